//! Who did what, as it is kept: an entry for each act, written once. Nothing in the service changes one or takes one away.

use crate::engine::{self, CodecError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storage::{Document, Kind};

/// A pull, or another act. Never with answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose: a token's name, `operator`, or what did it by itself.
    pub token: String,
    pub at: Timestamp,
    /// What it was done to: `institution/dialogue`, an institution, or empty for the whole service.
    pub dialogue: String,
    /// What was asked for, or done.
    pub file: String,
    /// How, as it was sent.
    pub query: String,
    /// Rows read for a puller, or how many things were touched.
    pub rows: u64,
    /// Whether the puller stayed to the end.
    pub finished: bool,
}

impl Entry {
    /// An act that is done.
    pub fn act(who: &str, at: Timestamp, of: &str, what: String, count: u64) -> Entry {
        let (token, dialogue) = (who.to_owned(), of.to_owned());
        Entry { token, at, dialogue, file: what, query: String::new(), rows: count, finished: true }
    }

    /// As it is kept: in the order of time, and by `apart` apart from others of the same moment.
    ///
    /// # Errors
    /// None that is known.
    pub fn document(&self, apart: &str) -> Result<Document, CodecError> {
        let id = format!("{}/{:.6}-{apart}", self.dialogue, self.at);
        Ok(Document { kind: Kind::Access, id, body: Some(engine::encode(self)?) })
    }
}
