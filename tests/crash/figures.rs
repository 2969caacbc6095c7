//! What was done and seen, told at the end.

use std::time::Duration;

#[derive(Debug, Default)]
pub struct Figures {
    pub kills: u64,
    pub cuts: u64,
    /// Acknowledged turns, all found again.
    pub turns: u64,
    /// Conversations that came to their end, each with its one row.
    pub conversations: u64,
}

impl Figures {
    pub fn told(&self, part: &str, took: Duration) -> String {
        let Figures { kills, cuts, turns, conversations } = self;
        let mut words = vec![format!("{part}: {:.1} s", took.as_secs_f64())];
        let counted = [
            (kills, "kills"),
            (cuts, "power cuts"),
            (turns, "acknowledged turns"),
            (conversations, "conversations"),
        ];
        words.extend(counted.iter().filter(|(n, _)| **n > 0).map(|(n, of)| format!("{n} {of}")));
        words.join(", ")
    }
}
