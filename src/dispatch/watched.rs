//! Who looks at a conversation's page hears that it has changed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use storage::ConversationKey;
use tokio::sync::watch;

#[derive(Debug, Default)]
pub struct Watched(Mutex<HashMap<ConversationKey, watch::Sender<()>>>);

impl Watched {
    pub fn watch(&self, of: ConversationKey) -> watch::Receiver<()> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.retain(|_, told| told.receiver_count() > 0);
        watched.entry(of).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    pub fn changed(&self, of: &ConversationKey) {
        if let Some(told) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(of) {
            // Fails where nobody looks any more.
            let _ = told.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_is_told_and_whoever_went_is_forgotten() {
        let watched = Watched::default();
        let (one, other) = (ConversationKey([1; 16]), ConversationKey([2; 16]));
        let mut looks = watched.watch(one);
        drop(watched.watch(other));
        watched.changed(&other);
        assert!(!looks.has_changed().unwrap());
        watched.changed(&one);
        assert!(looks.has_changed().unwrap());
        looks.mark_unchanged();
        let _again = watched.watch(one);
        assert_eq!(watched.0.lock().unwrap().len(), 1);
    }
}
