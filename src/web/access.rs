//! Who did what: one entry for each pull and each act of the operator's; never with rows. Nothing here changes one.

use super::Web;
use super::auth::Caller;
use super::error::Refusal;
use crate::engine;
use crate::library::Entry;
use crate::metrics::Metrics;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use storage::{DialogueId, Kind, Store, StoreError};
use tracing::{error, info};

/// A pull that is counted and kept when it ends.
#[derive(Debug)]
pub struct Access {
    entry: Entry,
    metrics: Arc<Metrics>,
}

impl Access {
    /// `file` is what was asked for, `query` how, as it was sent.
    pub fn begin(web: &Web, caller: &Caller, dialogue: &DialogueId, file: &str, query: &str) -> Access {
        let entry = Entry::act(caller.name(), Timestamp::now(), &dialogue.0, file.to_owned(), 0);
        let entry = Entry { query: query.to_owned(), finished: false, ..entry };
        Access { entry, metrics: web.metrics.clone() }
    }

    /// In the log, and on disk when this returns. A pull that cannot be logged is told of; its rows are given already.
    pub async fn end(&mut self, store: &dyn Store, rows: u64, finished: bool) {
        (self.entry.rows, self.entry.finished) = (rows, finished);
        let Entry { token, dialogue, file, query, .. } = &self.entry;
        self.metrics.pull(dialogue, file, rows, finished);
        info!(token, dialogue, file, query, rows, finished, "answers were pulled");
        if let Err(error) = keep(store, &self.entry).await {
            error!(%error, token, dialogue, rows, "a pull could not be logged");
        }
    }

    /// Something that was done to a dialogue, an institution or the whole service: how many things were touched.
    pub async fn act(store: &dyn Store, caller: &Caller, of: &str, what: &str, count: u64) {
        let entry = Entry::act(caller.name(), Timestamp::now(), of, what.to_owned(), count);
        info!(token = entry.token, of, what, count, "done");
        if let Err(error) = keep(store, &entry).await {
            error!(%error, of, what, "an act could not be logged");
        }
    }
}

async fn keep(store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
    let random = getrandom::u32()
        .map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))?;
    let document = entry.document(&format!("{random:08x}"));
    let document = document.map_err(|e| StoreError::Corrupt { what: "access", why: e.to_string() })?;
    store.keep(vec![document]).await
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
) -> Result<Json<Vec<Entry>>, Refusal> {
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
