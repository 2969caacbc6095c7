//! What a turn may know of other citizens: how many have answered, and what of theirs may be shown.

use crate::script::Script;
use std::collections::HashMap;

/// Read before the turn, for the dialogues that it can be about. Empty is true of a dialogue that nobody has answered.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Sums by the name of the counter, of all that [`Apart::Count`](super::Apart::Count) has added.
    pub counts: HashMap<String, u64>,
}

impl Facts {
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }
}

/// What the names of a dialogue's quota counters begin with; `None` where it has no quota.
pub fn quota_counters(script: &Script) -> Option<String> {
    script.header().quota.as_ref().map(|_| format!("quota/{}/", script.id()))
}
