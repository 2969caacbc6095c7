//! Forgets a citizen: the conversation with its responses and votes, and what is kept apart from it.

use super::{contacts, contributions, decoded, subscriptions, votes};
use crate::engine::Session;
use crate::script::ScriptId;
use jiff::Timestamp;
use storage::{ConversationKey, Reason, Receipt, Store, StoreError};

/// Erases a conversation and everything that it leads to: responses, votes, addresses, the wish for news, statements and ideas.
/// Of the last two those stay that others may see already; they are nobody's from then on. `anonymous` tells whether the responses
/// of a revision are linked to nobody: they are found as long as their session is there.
///
/// Erasing twice is harmless; the second receipt counts nothing.
///
/// # Errors
/// What the store says. What was removed before stays removed, and the rest can still be found.
pub async fn erase(
    store: &dyn Store,
    anonymous: impl Fn(&ScriptId, u32) -> bool + Send + Sync,
    of: &ConversationKey,
    at: Timestamp,
) -> Result<Receipt, StoreError> {
    let stored = store.conversation(of).await?;
    let mut unlinked = 0;
    // What cannot be read leads nowhere.
    if let Ok(mut conversation) = decoded(stored.as_ref()) {
        let mut gone = contacts::all_gone(&mut conversation);
        gone.extend(subscriptions::all_gone(&mut conversation));
        store.keep(gone).await?;
        contributions::erase(store, &conversation.contributed).await?;
        let led_to = |s: &Session| votes::led_to(store.secrets(), s, anonymous(&s.script, s.revision));
        let responses = conversation.sessions().flat_map(led_to).collect();
        unlinked = store.erase_responses(responses, at, Reason::Citizen).await?;
    }
    let receipt = store.erase(of, at).await?;
    Ok(Receipt { responses: receipt.responses + unlinked, ..receipt })
}
