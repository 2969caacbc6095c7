//! Reads what a turn may know of other citizens, for the dialogues that it can be about.

use super::Dispatch;
use super::conversation::Conversation;
use super::reception::is_entry;
use crate::channel::Content;
use crate::engine::{Facts, Input, quota_counters};
use crate::library::Published;
use std::sync::Arc;
use storage::{Count, Kind, StoreError};

impl Dispatch {
    /// What must be known before an event of this conversation is taken.
    pub(super) async fn facts(
        &self,
        conversation: &Conversation,
        content: &Content,
    ) -> Result<Facts, StoreError> {
        let mut scripts: Vec<Arc<Published>> = conversation
            .open
            .iter()
            .filter_map(|session| self.library.revision(&session.script, session.revision))
            .collect();
        let enters = match content {
            Content::Start { .. } | Content::Accepted { .. } => true,
            Content::Input(Input::Press(press)) => is_entry(press) || conversation.open.is_none(),
            Content::Input(Input::TimeUp) | Content::Blocked | Content::Nothing => false,
            Content::Input(_) => conversation.open.is_none(),
        };
        if enters {
            scripts.extend(self.library.offered());
        }
        self.facts_of(&scripts).await
    }

    pub(super) async fn facts_of(&self, scripts: &[Arc<Published>]) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        for prefix in scripts.iter().filter_map(|p| quota_counters(&p.script)) {
            self.counts(&prefix, &mut facts).await?;
        }
        Ok(facts)
    }

    async fn counts(&self, prefix: &str, facts: &mut Facts) -> Result<(), StoreError> {
        for (name, body) in self.store.documents(Kind::Counter, prefix).await? {
            // One that was taken back below nothing is nothing.
            let sum = Count::sum(&body).and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0);
            facts.counts.insert(name, sum);
        }
        Ok(())
    }
}
