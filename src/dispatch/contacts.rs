//! Addresses, kept apart from the answers: one document each, known to the conversation alone.

use super::conversation::{Conversation, Held};
use super::encoded;
use crate::engine::Effect;
use crate::script::ScriptId;
use storage::{Document, Kind, StoreError};

/// Takes what concerns addresses out of the effects. The documents to write and to remove; the conversation remembers where
/// they are.
///
/// # Errors
/// [`StoreError::Backend`] where no random number can be had.
pub fn take(
    conversation: &mut Conversation,
    effects: &mut Vec<Effect>,
    draw: impl Fn() -> Result<u128, StoreError>,
) -> Result<Vec<Document>, StoreError> {
    let mut documents = Vec::new();
    for effect in effects.extract_if(.., |e| matches!(e, Effect::Contacts(..))) {
        let Effect::Contacts(dialogue, contacts) = effect else { continue };
        let asked = |h: &Held| contacts.iter().any(|c| c.question == h.question);
        let gone = conversation.contacts.extract_if(.., |h| h.dialogue == dialogue && !asked(h));
        documents.extend(gone.map(|h| document(&h, None)));
        for contact in &contacts {
            let held = held(conversation, &dialogue, &contact.question, &draw)?;
            documents.push(document(&held, Some(encoded(contact)?)));
        }
    }
    Ok(documents)
}

// The same question answered again has the same document: the newer address stands.
fn held(
    conversation: &mut Conversation,
    dialogue: &ScriptId,
    question: &str,
    draw: &impl Fn() -> Result<u128, StoreError>,
) -> Result<Held, StoreError> {
    let same = |h: &&Held| h.dialogue == *dialogue && h.question == question;
    if let Some(held) = conversation.contacts.iter().find(same) {
        return Ok(held.clone());
    }
    // Wholly random: an id that tells the time would lead to the response that was kept in the same moment.
    let id = uuid::Builder::from_random_bytes(draw()?.to_be_bytes()).into_uuid();
    let held = Held { dialogue: dialogue.clone(), question: question.to_owned(), id };
    conversation.contacts.push(held.clone());
    Ok(held)
}

/// Removes every address of the conversation.
pub fn all_gone(conversation: &mut Conversation) -> Vec<Document> {
    conversation.contacts.drain(..).map(|held| document(&held, None)).collect()
}

/// Where an address is kept.
pub fn place(held: &Held) -> String {
    format!("{}/{}", held.dialogue, held.id)
}

fn document(held: &Held, body: Option<Vec<u8>>) -> Document {
    Document { kind: Kind::Contact, id: place(held), body }
}
