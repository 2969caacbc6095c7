//! Telegram's updates in our words. What is not for us becomes [`Content::Nothing`]: acknowledged and dropped.

use super::callback;
use crate::channel::{Content, ConversationId, Incoming};
use crate::engine::{Fetched, Input, Location, Media, Wish};
use crate::script::{Language, MediaKind, Point};
use serde_json::Value;
use std::panic::catch_unwind;
use teloxide::types::{CallbackQuery, ChatMemberKind, Message, Update, UpdateKind, User};

/// A press that wants an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    pub query: String,
    /// The message with the button.
    pub message: Option<i32>,
}

const OURS: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];

/// The update as an event, and the press to answer.
pub fn incoming(raw: &Value) -> (Incoming, Option<Pressed>) {
    // Of another kind, though it was not asked for: it is only remembered as seen.
    if !OURS.iter().any(|kind| raw.get(kind).is_some()) {
        return (nothing(raw), None);
    }
    let read = read(raw).map(|update| known(&update));
    let worded = raw["message"]["text"].is_string() || raw["message"]["caption"].is_string();
    match read {
        // A message with something newer than the library in it comes out as one without content.
        Some((incoming, press)) if incoming.content != Content::Nothing || !worded => (incoming, press),
        Some(_) | None => (unknown(raw), None),
    }
}

// teloxide panics over some updates that it does not expect: one of those must not stop the line.
fn read(raw: &Value) -> Option<Update> {
    // From text: its own reading of an update takes its keys as borrowed ones.
    catch_unwind(|| serde_json::from_str::<Update>(&raw.to_string()).ok()).ok()?
}

fn known(update: &Update) -> (Incoming, Option<Pressed>) {
    let mut own = None;
    let (chat, from, content, press) = match &update.kind {
        UpdateKind::Message(message) if message.chat.is_private() => {
            own = Some(message.id.0.to_string());
            (message.chat.id.0, message.from.as_ref(), said(message), None)
        }
        UpdateKind::CallbackQuery(query) => {
            let chat = query.message.as_ref().map_or(query.from.id.0 as i64, |m| m.chat().id.0);
            let message = query.message.as_ref().map(|m| m.id().0);
            let press = Pressed { query: query.id.0.clone(), message };
            // Buttons of ours stand in private chats alone.
            let content = if chat > 0 { pressed(query) } else { Content::Nothing };
            (chat, Some(&query.from), content, Some(press))
        }
        UpdateKind::EditedMessage(message) if message.chat.is_private() => {
            own = Some(message.id.0.to_string());
            let words = message.text().or(message.caption()).map(str::to_owned);
            // A place that goes on being shared is an edited message too.
            let content = words.map_or(Content::Nothing, |words| Content::Edited { words });
            (message.chat.id.0, message.from.as_ref(), content, None)
        }
        UpdateKind::MyChatMember(change) if change.chat.is_private() => {
            let gone =
                matches!(change.new_chat_member.kind, ChatMemberKind::Banned(_) | ChatMemberKind::Left);
            (
                change.chat.id.0,
                Some(&change.from),
                if gone { Content::Blocked } else { Content::Nothing },
                None,
            )
        }
        _ => (0, None, Content::Nothing, None),
    };
    let incoming = Incoming {
        update: format!("telegram:{}", update.id.0),
        conversation: ConversationId::new("telegram", chat),
        channel: "telegram",
        language: from.and_then(language),
        content,
        message: own,
        upload: None,
        shows_recap: false,
    };
    (incoming, press)
}

// Something in the update is newer than the library. A citizen's words are read all the same; anything else of theirs is met
// with a word, and what is not theirs is dropped.
fn unknown(raw: &Value) -> Incoming {
    let update = raw["update_id"].as_i64().unwrap_or(0);
    let message = &raw["message"];
    let chat = message["chat"]["id"].as_i64().filter(|_| message["chat"]["type"] == "private");
    let text = message["text"].as_str().or(message["caption"].as_str());
    let content = match (chat, text) {
        (Some(_), Some(text)) => typed(text),
        (Some(_), None) => Content::Input(Input::Unreadable),
        (None, _) => Content::Nothing,
    };
    tracing::warn!(update, private = chat.is_some(), "an update holds what this version does not know");
    Incoming {
        conversation: ConversationId::new("telegram", chat.unwrap_or(0)),
        language: message["from"]["language_code"].as_str().and_then(Language::parse),
        content,
        message: message["message_id"].as_i64().map(|id| id.to_string()),
        ..nothing(raw)
    }
}

fn nothing(raw: &Value) -> Incoming {
    Incoming {
        update: format!("telegram:{}", raw["update_id"].as_i64().unwrap_or(0)),
        conversation: ConversationId::new("telegram", 0),
        channel: "telegram",
        language: None,
        content: Content::Nothing,
        message: None,
        upload: None,
        shows_recap: false,
    }
}

fn typed(text: &str) -> Content {
    command(text).unwrap_or_else(|| Content::Input(Input::Text(text.to_owned())))
}

fn language(user: &User) -> Option<Language> {
    user.language_code.as_deref().and_then(Language::parse)
}

fn pressed(query: &CallbackQuery) -> Content {
    match query.data.as_deref().and_then(callback::press) {
        Some(press) => Content::Input(Input::Press(press)),
        None => Content::Nothing,
    }
}

fn said(message: &Message) -> Content {
    if let Some(contact) = message.contact() {
        // Only a number of one's own.
        let own = contact.user_id.is_some() && contact.user_id == message.from.as_ref().map(|from| from.id);
        // As Telegram has it: with its country, and mostly without the sign for it.
        let number = own.then(|| format!("+{}", contact.phone_number.trim_start_matches('+')));
        return Content::Input(number.map_or(Input::OthersPhone, Input::Phone));
    }
    if let Some(sent) = shared(message).or_else(|| media(message).map(Input::Media)) {
        return message.caption().and_then(command).unwrap_or(Content::Input(sent));
    }
    // A film's caption is taken as the words; the film is not fetched.
    match message.text().or(message.caption()) {
        Some(text) => typed(text),
        None => match message.sticker().and_then(|s| s.emoji.as_deref()) {
            // A thumb is an answer, whatever it is drawn on.
            Some(thumb) if thumb.starts_with(['👍', '👎']) => {
                Content::Input(Input::Text(thumb.to_owned()))
            }
            _ if is_service(message) => Content::Nothing,
            _ => Content::Input(Input::Unreadable),
        },
    }
}

// A place, alone or with a name; of one that goes on being shared, only this first point comes here.
fn shared(message: &Message) -> Option<Input> {
    let location = message.location().or_else(|| message.venue().map(|venue| &venue.location))?;
    let point = Point::new(location.latitude, location.longitude)?;
    Some(Input::Location(Location { point, live: location.live_period.is_some() }))
}

fn media(message: &Message) -> Option<Media> {
    // Of the sizes that Telegram makes, the largest.
    let photo = message.photo().and_then(|sizes| sizes.iter().max_by_key(|s| s.width * s.height));
    let document = message.document().filter(|_| message.animation().is_none());
    let (kind, file) = match (photo, document, message.voice()) {
        (Some(photo), ..) => (MediaKind::Photo, &photo.file),
        // A picture sent as a file is a picture.
        (_, Some(document), _) => match &document.mime_type {
            Some(mime) if mime.type_() == "image" => (MediaKind::Photo, &document.file),
            Some(_) | None => (MediaKind::File, &document.file),
        },
        (_, _, Some(voice)) => (MediaKind::Voice, &voice.file),
        (None, None, None) => return None,
    };
    Some(Media {
        kind,
        handle: file.id.0.clone(),
        // 0 where Telegram does not tell.
        bytes: Some(u64::from(file.size)).filter(|size| *size > 0 && *size < u64::from(u32::MAX)),
        caption: message.caption().map(str::to_owned),
        album: message.media_group_id().map(|id| id.0.clone()),
        allowed: false,
        fetched: Fetched::No,
    })
}

// Things that Telegram tells rather than the citizen: pinned messages, changed pictures, …
fn is_service(message: &Message) -> bool {
    !matches!(message.kind, teloxide::types::MessageKind::Common(_) | teloxide::types::MessageKind::Dice(_))
}

// Command names are Latin letters only, in Danish and in English.
fn command(text: &str) -> Option<Content> {
    let rest = text.strip_prefix('/')?;
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let name = name.split('@').next().unwrap_or_default().to_lowercase();
    Some(match name.as_str() {
        "start" => Content::Start { payload: argument.trim().to_owned() },
        "tilbage" | "back" => Content::Input(Input::Back),
        "spring" | "skip" => Content::Input(Input::Skip),
        "stop" => Content::Input(Input::Stop),
        "hjaelp" | "help" => Content::Input(Input::Help),
        "privatliv" | "privacy" => Content::Input(Input::Privacy),
        "pause" => Content::Input(Input::Pause),
        "minedata" | "mydata" => Content::Input(Input::Wish(Wish::MyData)),
        "slet" | "delete" => Content::Input(Input::Wish(Wish::Delete)),
        "del" | "share" => Content::Input(Input::Share),
        "sprog" | "language" => Content::Input(Input::Language(Language::parse(argument))),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_beside_something_new_are_read_all_the_same() {
        let raw = json!({"update_id": 7, "message": {"message_id": 9001, "date": 1_790_000_000, "text": "hjælp",
            "entities": [{"type": "hologram", "offset": 0, "length": 4}],
            "chat": {"id": 19, "type": "private", "first_name": "Ny"},
            "from": {"id": 19, "is_bot": false, "first_name": "Ny", "language_code": "da"}}});
        let (incoming, press) = incoming(&raw);
        assert_eq!(incoming.content, Content::Input(Input::Text("hjælp".to_owned())));
        assert_eq!((incoming.conversation.address(), press), ("19", None));
        assert_eq!(incoming.update, "telegram:7");
    }
}
