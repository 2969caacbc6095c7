//! Wakes conversations that are due: reminders, giving up, cutting the link to what has ended.

use super::Dispatch;
use crate::channel::{Content, ConversationId, Incoming};
use crate::engine::Input;
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use storage::{ConversationKey, StoreError};
use tokio::sync::watch;
use tracing::warn;

/// How often the store is asked what is due. Reminders are hours away: seconds do not matter.
const ROUND: Duration = Duration::from_secs(2);
/// Conversations woken in one round, so that a backlog does not crowd out replies.
const AT_ONCE: usize = 50;
/// So many rounds later one that could not be woken is tried again: five minutes.
const STUCK: usize = 150;

/// Runs until `stop` says so.
pub async fn run_timer(dispatch: Arc<Dispatch>, mut stop: watch::Receiver<bool>) {
    let mut stuck = HashSet::new();
    for round in 0usize.. {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        if round.is_multiple_of(STUCK) {
            stuck.clear();
        }
        if let Err(error) = dispatch.wake_due(dispatch.clock.now(), &mut stuck).await {
            warn!(%error, "what is due could not be read");
        }
    }
}

impl Dispatch {
    /// Wakes what is due, and gives how many conversations that were. One that cannot be woken is `stuck`, and does not keep
    /// the others from it.
    ///
    /// # Errors
    /// Those of the store while it is asked.
    pub async fn wake_due(
        &self,
        now: Timestamp,
        stuck: &mut HashSet<ConversationKey>,
    ) -> Result<usize, StoreError> {
        let due = self.store.due(now, AT_ONCE + stuck.len()).await?;
        let due: Vec<ConversationKey> = due.into_iter().filter(|key| !stuck.contains(key)).collect();
        for key in &due {
            match self.wake(key).await {
                Ok(true) => {}
                Ok(false) => drop(stuck.insert(*key)),
                Err(error) => {
                    warn!(conversation = ?key, %error, "could not be woken");
                    stuck.insert(*key);
                }
            }
        }
        Ok(due.len())
    }

    // Whether there was somebody to wake.
    async fn wake(&self, key: &ConversationKey) -> Result<bool, StoreError> {
        let Some(stored) = self.store.conversation(key).await? else { return Ok(false) };
        let Some(address) = self.store.address(key).await? else { return Ok(false) };
        let conversation = ConversationId(address);
        let (channel, shows_recap) = match conversation.channel() {
            "web" => ("web", true),
            _ => ("telegram", false),
        };
        // Versions begin anew when a conversation was forgotten and comes back; the time does not.
        let (key, version, now) =
            (u128::from_be_bytes(key.0), stored.version.0, self.clock.now().as_millisecond());
        let update = format!("timer:{key:032x}:{version}:{now}");
        let content = Content::Input(Input::TimeUp);
        self.turn(&Incoming {
            update,
            conversation,
            channel,
            language: None,
            content,
            message: None,
            upload: None,
            shows_recap,
        })
        .await?;
        Ok(true)
    }
}
