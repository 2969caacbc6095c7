//! What an outbox row holds: a message to send, or what an earlier one becomes.

use crate::engine::Message;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Parcel {
    Say(Message),
    /// Which message it is about stands in the row.
    Amend(Message),
}
