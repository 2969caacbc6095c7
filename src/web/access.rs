//! Who did what: one entry for each pull, each token made or revoked, each erasure; never with rows. Nothing here changes one.

use super::Web;
use super::auth::Caller;
use super::error::Refusal;
use crate::engine;
use crate::metrics::Metrics;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use storage::{DialogueId, Document, Kind, Store, StoreError};
use tracing::{error, info};

/// One pull, or another act.
#[derive(Debug, Serialize, Deserialize)]
pub struct Access {
    token: String,
    at: Timestamp,
    dialogue: String,
    file: String,
    query: String,
    /// Rows read for the puller.
    rows: u64,
    /// Whether the puller stayed to the end.
    finished: bool,
    #[serde(skip)]
    counted: Option<Arc<Metrics>>,
}

impl Access {
    /// `file` is what was asked for, `query` how, as it was sent.
    pub fn begin(web: &Web, caller: &Caller, dialogue: &DialogueId, file: &str, query: &str) -> Access {
        let counted = Some(web.metrics.clone());
        Access { counted, ..Access::entry(caller.name(), dialogue, file, query) }
    }

    fn entry(token: &str, dialogue: &DialogueId, file: &str, query: &str) -> Access {
        Access {
            token: token.to_owned(),
            at: Timestamp::now(),
            dialogue: dialogue.0.clone(),
            file: file.to_owned(),
            query: query.to_owned(),
            rows: 0,
            finished: false,
            counted: None,
        }
    }

    /// In the log, and on disk when this returns. A pull that cannot be logged is told of; its rows are given already.
    pub async fn end(&mut self, store: &dyn Store, rows: u64, finished: bool) {
        self.rows = rows;
        self.finished = finished;
        if let Some(metrics) = &self.counted {
            metrics.pull(&self.dialogue, &self.file, rows, finished);
        }
        info!(
            token = self.token,
            dialogue = self.dialogue,
            file = self.file,
            query = self.query,
            rows,
            finished,
            "answers were pulled"
        );
        if let Err(error) = self.keep(store).await {
            error!(%error, token = self.token, dialogue = self.dialogue, rows, "a pull could not be logged");
        }
    }

    /// Something that was done to a dialogue, or to an institution: how many things were touched.
    pub async fn act(store: &dyn Store, caller: &Caller, of: &str, what: &str, count: u64) {
        let mut access = Access::entry(caller.name(), &DialogueId(of.to_owned()), what, "");
        (access.rows, access.finished) = (count, true);
        info!(token = access.token, of, what, count, "done");
        if let Err(error) = access.keep(store).await {
            error!(%error, of, what, "an act could not be logged");
        }
    }

    async fn keep(&self, store: &dyn Store) -> Result<(), StoreError> {
        let body =
            engine::encode(self).map_err(|e| StoreError::Corrupt { what: "access", why: e.to_string() })?;
        // In the order of time, and apart from others of the same moment.
        let random = getrandom::u32()
            .map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))?;
        let id = format!("{}/{:.6}-{random:08x}", self.dialogue, self.at);
        store.keep(vec![Document { kind: Kind::Access, id, body: Some(body) }]).await
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// Its folder; without one, everything.
    #[serde(default)]
    institution: String,
}

/// `GET /v1/operator/access?institution=`: in the order of dialogues and times.
pub async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<Json<Vec<Access>>, Refusal> {
    caller.must_be_operator()?;
    let Query(Of { institution }) =
        of.map_err(|_| Refusal::parameter("institution", "say whose log it is", [""; 0]))?;
    let prefix = if institution.is_empty() { institution } else { format!("{institution}/") };
    let read = |(_, body): (String, Vec<u8>)| {
        engine::decode(&body).map_err(|e| StoreError::Corrupt { what: "access", why: e.to_string() })
    };
    let entries = web.store.documents(Kind::Access, &prefix).await?;
    Ok(Json(entries.into_iter().map(read).collect::<Result<_, _>>()?))
}
