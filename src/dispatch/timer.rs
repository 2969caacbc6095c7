//! Wakes conversations that are due: reminders, giving up, cutting the link to what has ended.

use super::Dispatch;
use crate::channel::{Content, ConversationId, Incoming};
use crate::engine::Input;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use storage::{ConversationKey, StoreError};
use tokio::sync::watch;
use tracing::warn;

/// How often the store is asked what is due. Reminders are hours away: seconds do not matter.
const ROUND: Duration = Duration::from_secs(2);
/// Conversations woken in one round, so that a backlog does not crowd out replies.
const AT_ONCE: usize = 50;

/// Runs until `stop` says so.
pub async fn run_timer(dispatch: Arc<Dispatch>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        if let Err(error) = dispatch.wake_due(Timestamp::now()).await {
            warn!(%error, "what is due could not be read");
        }
    }
}

impl Dispatch {
    /// Wakes what is due, and gives how many conversations that were.
    ///
    /// # Errors
    /// Those of the store while it is asked. A conversation that cannot be woken does not keep the others from it.
    pub async fn wake_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.store.due(now, AT_ONCE).await?;
        for key in &due {
            if let Err(error) = self.wake(key).await {
                warn!(conversation = ?key, %error, "could not be woken");
            }
        }
        Ok(due.len())
    }

    async fn wake(&self, key: &ConversationKey) -> Result<(), StoreError> {
        let Some(stored) = self.store.conversation(key).await? else { return Ok(()) };
        let Some(address) = self.store.address(key).await? else { return Ok(()) };
        let conversation = ConversationId(address);
        let (channel, shows_recap) = match conversation.channel() {
            "web" => ("web", true),
            _ => ("telegram", false),
        };
        // The version makes the id one of a kind: a wake-up that was committed is not done again.
        let update = format!("timer:{:032x}:{}", u128::from_be_bytes(key.0), stored.version.0);
        let content = Content::Input(Input::TimeUp);
        self.turn(&Incoming { update, conversation, channel, language: None, content, shows_recap })
            .await
            .map(drop)
    }
}
