//! Turns of one conversation follow one another, so that what they say is told in the order of their commits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use storage::ConversationKey;
use tokio::sync::OwnedMutexGuard;

/// Those in hand; nothing is kept of a conversation that rests.
#[derive(Debug, Default)]
pub struct Queues(Arc<Waiting>);

type Waiting = Mutex<HashMap<ConversationKey, Arc<tokio::sync::Mutex<()>>>>;

/// The turn is ours until this is dropped.
pub struct InTurn {
    queues: Arc<Waiting>,
    key: ConversationKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Queues {
    pub async fn wait(&self, key: ConversationKey) -> InTurn {
        // Made before the wait: whoever gives up waiting tidies up too.
        let mut turn = InTurn { queues: self.0.clone(), key, guard: None };
        let queue = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        turn.guard = Some(queue.lock_owned().await);
        turn
    }
}

impl Drop for InTurn {
    fn drop(&mut self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        if queues.get(&self.key).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.key);
        }
    }
}
