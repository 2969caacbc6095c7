//! Forgets a citizen: the conversation with its responses and votes, and what is kept apart from it.

use super::{contacts, contributions, decoded, subscriptions};
use jiff::Timestamp;
use storage::{ConversationKey, Receipt, Store, StoreError};

/// Erases a conversation and everything that it leads to: responses, votes, addresses, the wish for news, statements and ideas.
/// Of the last two those stay that others may see already; they are nobody's from then on.
///
/// Erasing twice is harmless; the second receipt counts nothing.
///
/// # Errors
/// What the store says. What was removed before stays removed, and the rest can still be found.
pub async fn erase(store: &dyn Store, of: &ConversationKey, at: Timestamp) -> Result<Receipt, StoreError> {
    let stored = store.conversation(of).await?;
    // What cannot be read leads nowhere.
    if let Ok(mut conversation) = decoded(stored.as_ref()) {
        let mut gone = contacts::all_gone(&mut conversation);
        gone.extend(subscriptions::all_gone(&mut conversation));
        store.keep(gone).await?;
        contributions::erase(store, &conversation.contributed).await?;
    }
    store.erase(of, at).await
}
