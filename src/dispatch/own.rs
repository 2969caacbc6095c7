//! Everything that is kept of one citizen, read before a turn that may ask for it.

use super::code::is_entry;
use super::conversation::{Contributed, Conversation};
use super::{Dispatch, contacts, contributions, wishes};
use crate::channel::Content;
use crate::engine::{self, Contact, Input, Response, Review, Reviewed, VoteRow};
use crate::script::{ScriptId, fold};
use storage::{ConversationKey, Kind, Row, Store, StoreError};

/// What is kept beside the conversation's body.
#[derive(Debug, Clone, Default)]
pub struct Own {
    pub responses: Vec<Response>,
    /// The log of each names the dialogue and the vote.
    pub votes: Vec<(String, VoteRow)>,
    pub contacts: Vec<(ScriptId, Contact)>,
    pub contributed: Vec<(Contributed, Reviewed)>,
}

impl Own {
    /// Whether others can read something of the citizen's.
    pub fn is_published(&self) -> bool {
        self.contributed.iter().any(|(_, reviewed)| reviewed.review == Review::Approved)
    }
}

impl Dispatch {
    /// What a turn needs for which the citizen asks to see or to delete everything; nothing is read for any other.
    pub(super) async fn own(
        &self,
        of: &ConversationKey,
        conversation: &Conversation,
        content: &Content,
    ) -> Result<Own, StoreError> {
        match concerns_all(conversation, content) {
            true => read(&*self.store, of, conversation).await,
            false => Ok(Own::default()),
        }
    }
}

// Rather once too often: what a word means is decided later.
fn concerns_all(conversation: &Conversation, content: &Content) -> bool {
    // Whoever has answered is told so, and may mend it.
    let comes_back = !conversation.done.is_empty();
    match content {
        Content::Input(Input::Wish(_)) => true,
        Content::Input(Input::Press(press)) => wishes::is_forget(press) || (comes_back && is_entry(press)),
        Content::Start { .. } | Content::Mended { .. } => comes_back,
        Content::Input(Input::Text(typed)) => {
            let folded = fold(typed);
            // A keyword brings back too.
            (comes_back && conversation.open.is_none())
                || conversation.asked.is_some()
                || engine::is_word("delete-words", &folded)
                || engine::is_word("my-data-words", &folded)
        }
        Content::Input(_)
        | Content::Accepted { .. }
        | Content::Declined { .. }
        | Content::Restarted { .. }
        | Content::Edited { .. }
        | Content::Blocked
        | Content::Nothing => false,
    }
}

/// Reads what is kept of a conversation. What cannot be read is left out, and told.
///
/// # Errors
/// What the store says.
pub async fn read(
    store: &dyn Store,
    of: &ConversationKey,
    conversation: &Conversation,
) -> Result<Own, StoreError> {
    let mut own = Own::default();
    for (log, row) in store.linked(of).await? {
        let Row::Live(body) = row.row else { continue };
        match log.0.contains('#') {
            true => own.votes.extend(decoded(&body).map(|vote| (log.0, vote))),
            false => own.responses.extend(decoded::<Response>(&body)),
        }
    }
    own.responses.sort_by_key(|response| response.finished_at);
    for held in &conversation.contacts {
        let body = store.document(Kind::Contact, &contacts::place(held)).await?;
        own.contacts.extend(body.and_then(|b| decoded(&b)).map(|contact| (held.dialogue.clone(), contact)));
    }
    for of in &conversation.contributed {
        let (kind, id) = contributions::place(of);
        let body = store.document(kind, &id).await?;
        own.contributed.extend(body.and_then(|b| decoded(&b)).map(|reviewed| (of.clone(), reviewed)));
    }
    Ok(own)
}

fn decoded<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    let read = engine::decode(body);
    read.inspect_err(|error| tracing::warn!(%error, "something kept of a citizen cannot be read")).ok()
}
