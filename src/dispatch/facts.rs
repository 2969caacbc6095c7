//! Reads what a turn may know of other citizens, for the dialogues that it can be about.

use super::Dispatch;
use super::code::is_entry;
use super::conversation::Conversation;
use crate::channel::Content;
use crate::engine::{
    self, Facts, Input, Other, Review, Reviewed, list, may_draw, quota_counters, shown_counters,
};
use crate::library::Published;
use crate::script::ScriptId;
use std::sync::Arc;
use storage::{Count, Kind, StoreError};

impl Dispatch {
    /// What must be known before an event of this conversation is taken.
    pub(super) async fn facts(
        &self,
        conversation: &Conversation,
        content: &Content,
    ) -> Result<Facts, StoreError> {
        let open = conversation.open.as_ref();
        let published = open.and_then(|session| self.library.revision(&session.script, session.revision));
        let draws = published.as_ref().is_some_and(|p| may_draw(&p.script, open));
        let mut drawn_from: Vec<Arc<Published>> = published.iter().filter(|_| draws).cloned().collect();
        let mut scripts: Vec<Arc<Published>> = published.into_iter().collect();
        let enters = match content {
            Content::Start { .. }
            | Content::Accepted { .. }
            | Content::Declined { .. }
            | Content::Restarted { .. }
            | Content::Mended { .. } => true,
            Content::Input(Input::Press(press)) => is_entry(press) || conversation.open.is_none(),
            Content::Input(Input::TimeUp) | Content::Edited { .. } | Content::Blocked | Content::Nothing => {
                false
            }
            Content::Input(_) => conversation.open.is_none(),
        };
        if enters {
            let offered = self.library.offered();
            drawn_from.extend(offered.iter().filter(|p| may_draw(&p.script, None)).cloned());
            scripts.extend(offered);
        }
        let mut facts = self.facts_of(&scripts).await?;
        for published in drawn_from {
            self.others(published.script.id(), conversation, &mut facts).await?;
        }
        Ok(facts)
    }

    pub(super) async fn facts_of(&self, scripts: &[Arc<Published>]) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        for prefix in scripts.iter().filter_map(|p| quota_counters(&p.script)) {
            self.counts(&prefix, &mut facts).await?;
        }
        Ok(facts)
    }

    // What others have contributed, and how often each was shown.
    async fn others(
        &self,
        of: &ScriptId,
        conversation: &Conversation,
        facts: &mut Facts,
    ) -> Result<(), StoreError> {
        self.counts(&shown_counters(of), facts).await?;
        let prefix = format!("{of}/");
        for kind in [Kind::Statement, Kind::Idea] {
            for (id, body) in self.store.documents(kind, &prefix).await? {
                let id = &id[prefix.len()..];
                let own = conversation.contributed.iter().any(|c| c.id.to_string() == id);
                match engine::decode::<Reviewed>(&body) {
                    Ok(Reviewed { contribution, review: Review::Approved, .. }) if !own => {
                        let other = Other { id: id.to_owned(), words: contribution.words };
                        facts.others.entry(list(of, &contribution.of)).or_default().push(other);
                    }
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, dialogue = %of, "a contribution cannot be read"),
                }
            }
        }
        Ok(())
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
