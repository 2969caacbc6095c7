//! Who pulled what: one entry for each pull, never with rows.

use crate::engine;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storage::{DialogueId, Document, Kind, Store, StoreError};
use tracing::{error, info};

/// One pull.
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
}

impl Access {
    /// `file` is what was asked for, `query` how, as it was sent.
    pub fn begin(token: &str, dialogue: &DialogueId, file: &str, query: &str) -> Access {
        Access {
            token: token.to_owned(),
            at: Timestamp::now(),
            dialogue: dialogue.0.clone(),
            file: file.to_owned(),
            query: query.to_owned(),
            rows: 0,
            finished: false,
        }
    }

    /// In the log, and on disk when this returns. A pull that cannot be logged is told of; its rows are given already.
    pub async fn end(&mut self, store: &dyn Store, rows: u64, finished: bool) {
        self.rows = rows;
        self.finished = finished;
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
