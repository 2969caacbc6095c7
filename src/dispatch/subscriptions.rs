//! Who wants to hear more, here in the chat: an address and a dialogue, kept apart from the answers. The conversation alone
//! knows where the record is.

use super::conversation::{Conversation, Subscribed};
use super::encoded;
use crate::engine::{Apart, Effect};
use crate::script::{Language, ScriptId};
use serde::{Deserialize, Serialize};
use storage::{Document, Kind, StoreError};

/// What is kept. Nothing in it leads to the answers: neither the response nor when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub dialogue: ScriptId,
    /// `telegram:12345`: where to write.
    pub conversation: String,
    pub language: Language,
}

/// Takes what concerns news out of the effects. The records to write and to remove. Whoever stops hears of nothing more.
///
/// # Errors
/// [`StoreError::Backend`] where no random number can be had.
pub fn take(
    conversation: &mut Conversation,
    effects: &mut Vec<Effect>,
    address: &str,
    draw: impl Fn() -> Result<u128, StoreError>,
) -> Result<Vec<Document>, StoreError> {
    let mut documents = Vec::new();
    if effects.extract_if(.., |e| matches!(e, Effect::Apart(Apart::Quiet))).count() > 0 {
        documents.extend(all_gone(conversation));
    }
    for effect in effects.extract_if(.., |e| matches!(e, Effect::Apart(Apart::Subscribe { .. }))) {
        let Effect::Apart(Apart::Subscribe { dialogue, language }) = effect else { continue };
        let before = conversation.subscribed.iter().position(|s| s.dialogue == dialogue);
        match (language, before) {
            (Some(language), before) => {
                let place = match before {
                    Some(place) => conversation.subscribed[place].clone(),
                    // Wholly random: an id that tells the time would lead to the response of the same moment.
                    None => {
                        let id = uuid::Builder::from_random_bytes(draw()?.to_be_bytes()).into_uuid();
                        conversation.subscribed.push(Subscribed { dialogue: dialogue.clone(), id });
                        Subscribed { dialogue: dialogue.clone(), id }
                    }
                };
                let record = Subscription { dialogue, conversation: address.to_owned(), language };
                documents.push(document(&place, Some(encoded(&record)?)));
            }
            (None, Some(place)) => {
                let gone = conversation.subscribed.remove(place);
                documents.push(document(&gone, None));
            }
            (None, None) => {}
        }
    }
    Ok(documents)
}

/// Removes every record of the conversation.
pub fn all_gone(conversation: &mut Conversation) -> Vec<Document> {
    conversation.subscribed.drain(..).map(|s| document(&s, None)).collect()
}

fn document(subscribed: &Subscribed, body: Option<Vec<u8>>) -> Document {
    let id = format!("{}/{}", subscribed.dialogue, subscribed.id);
    Document { kind: Kind::Subscription, id, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(conversation: &mut Conversation, dialogue: &str, language: Option<Language>) -> Vec<Document> {
        let dialogue = ScriptId(dialogue.to_owned());
        let mut effects = vec![Effect::Apart(Apart::Subscribe { dialogue, language })];
        let documents = take(conversation, &mut effects, "telegram:7", || Ok(7)).unwrap();
        assert!(effects.is_empty());
        documents
    }

    #[test]
    fn a_yes_is_one_record_and_a_no_takes_it_away() {
        let mut conversation = Conversation::default();
        let first = took(&mut conversation, "nordby/aabn", Some(Language::DANISH));
        let again = took(&mut conversation, "nordby/aabn", Some(Language::ENGLISH));
        assert_eq!((first.len(), &first[0].id), (1, &again[0].id), "answered again: the same record");
        let record: Subscription = crate::engine::decode(again[0].body.as_ref().unwrap()).unwrap();
        assert_eq!((record.conversation.as_str(), record.language), ("telegram:7", Language::ENGLISH));
        assert!(!conversation.is_empty(), "its address must be found when it is erased");
        let gone = took(&mut conversation, "nordby/aabn", None);
        assert_eq!((gone[0].body.as_ref(), &gone[0].id), (None, &first[0].id));
        assert!(took(&mut conversation, "nordby/aabn", None).is_empty(), "a second no removes nothing");
    }
}
