//! What a turn may know of other citizens: how many have answered, and what of theirs may be shown.

use crate::script::{Script, ScriptId};
use std::collections::HashMap;

/// Read before the turn, for the dialogues that it can be about. Empty is true of a dialogue that nobody has answered.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Sums by the name of the counter, of all that [`Apart::Count`](super::Apart::Count) has added.
    pub counts: HashMap<String, u64>,
    /// What others have contributed and staff have approved, by the [`list`] it belongs to; none of the citizen's own.
    pub others: HashMap<String, Vec<Other>>,
}

/// A statement or an idea of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub id: String,
    pub words: String,
}

impl Facts {
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }
}

/// The name of what citizens have contributed to a vote or an idea of a dialogue.
pub fn list(script: &ScriptId, of: &str) -> String {
    format!("{script}/{of}")
}

/// The log in which the votes of one vote are kept.
pub fn vote_log(script: &ScriptId, vote: &str) -> String {
    format!("{script}#{vote}")
}

/// What the names of the counters begin with that tell how often each statement and idea was shown.
pub fn shown_counters(script: &ScriptId) -> String {
    format!("shown/{script}/")
}

/// As [`shown_counters`], for how many like an idea.
pub fn liked_counters(script: &ScriptId) -> String {
    format!("liked/{script}/")
}

/// What the names of a dialogue's quota counters begin with; `None` where it has no quota.
pub fn quota_counters(script: &Script) -> Option<String> {
    script.header().quota.as_ref().map(|_| format!("quota/{}/", script.id()))
}
