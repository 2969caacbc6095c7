//! Statements and ideas that citizens give for others to see: one document each, held until staff have read it. The conversation
//! alone knows whose it is.

use super::conversation::{Contributed, Conversation};
use super::encoded;
use crate::engine::{Apart, Effect, Review, Reviewed, decode};
use crate::script::ScriptId;
use storage::{Document, Kind, Store, StoreError};

/// Takes what is contributed out of the effects. The documents to write and to remove.
///
/// # Errors
/// [`StoreError::Backend`] where no random number can be had.
pub fn take(
    conversation: &mut Conversation,
    effects: &mut Vec<Effect>,
    anonymous: impl Fn(&ScriptId, u32) -> bool,
    draw: impl Fn() -> Result<u128, StoreError>,
) -> Result<Vec<Document>, StoreError> {
    let mut documents = Vec::new();
    for effect in effects.extract_if(.., |e| matches!(e, Effect::Apart(Apart::Contribute { .. }))) {
        let Effect::Apart(Apart::Contribute { dialogue, session, contributions }) = effect else { continue };
        let ours = |c: &Contributed| c.session == session && c.dialogue == dialogue;
        let given = |c: &Contributed| contributions.iter().any(|(_, new)| new.question == c.question);
        let gone = conversation.contributed.extract_if(.., |c| ours(c) && !given(c));
        documents.extend(gone.map(|c| document(&c, None)));
        for (at, contribution) in contributions {
            let mut before =
                conversation.contributed.iter_mut().find(|c| ours(c) && c.question == contribution.question);
            let place = match &mut before {
                // What staff have said to it still holds.
                Some(place) if place.at == Some(at) => continue,
                Some(place) => {
                    place.at = Some(at);
                    place.clone()
                }
                None => {
                    let place = Contributed {
                        dialogue: dialogue.clone(),
                        is_idea: contribution.is_idea,
                        question: contribution.question.clone(),
                        session,
                        anonymous: anonymous(&dialogue, contribution.revision),
                        // Wholly random: an id that tells the time would lead to the response of the same moment.
                        id: uuid::Builder::from_random_bytes(draw()?.to_be_bytes()).into_uuid(),
                        at: Some(at),
                    };
                    conversation.contributed.push(place.clone());
                    place
                }
            };
            let record = Reviewed { contribution, review: Review::Held, detached: false };
            documents.push(document(&place, Some(encoded(&record)?)));
        }
    }
    let_go(conversation);
    Ok(documents)
}

/// What was given in an anonymous dialogue belongs to nobody once its session is gone.
pub fn let_go(conversation: &mut Conversation) {
    let sessions: Vec<u64> = conversation.sessions().map(|s| s.nonce).collect();
    conversation.contributed.retain(|c| !c.anonymous || sessions.contains(&c.session));
}

/// Removes contributions of somebody who is to be forgotten. What staff have approved stays, since others have seen it, and
/// belongs to nobody from now on.
///
/// # Errors
/// What the store says; what is left can still be found.
pub async fn erase(store: &dyn Store, contributed: &[Contributed]) -> Result<(), StoreError> {
    for of in contributed {
        let (kind, id) = place(of);
        // Staff may be reading it at this moment: what they say counts, and is not undone.
        while let Some(was) = store.document(kind, &id).await? {
            let body = match decode::<Reviewed>(&was) {
                Ok(seen) if seen.review == Review::Approved => {
                    Some(encoded(&Reviewed { detached: true, ..seen })?)
                }
                Ok(_) | Err(_) => None,
            };
            if store.replace(Document { kind, id: id.clone(), body }, &was).await? {
                break;
            }
        }
    }
    Ok(())
}

/// Where a contribution is kept.
pub fn place(of: &Contributed) -> (Kind, String) {
    let kind = if of.is_idea { Kind::Idea } else { Kind::Statement };
    (kind, format!("{}/{}", of.dialogue, of.id))
}

fn document(of: &Contributed, body: Option<Vec<u8>>) -> Document {
    let (kind, id) = place(of);
    Document { kind, id, body }
}
