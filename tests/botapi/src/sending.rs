//! Messages of the bot: sent, changed, deleted.

use crate::body::Parameters;
use crate::chats::{Message, Room};
use crate::markup::{Markup, markup};
use crate::methods::{chat_of, list, message_of, word};
use crate::state::{Answer, Refusal, State, Upload, breach, refused};
use crate::text::{Formatted, formatted, utf16};
use crate::updates;
use serde_json::{Map, Value, json};

/// core.telegram.org/bots/api#sendmessage
const MAX_TEXT: usize = 4096;
/// core.telegram.org/bots/api#sendphoto
const MAX_CAPTION: usize = 1024;

pub fn send_message(state: &mut State, given: &Parameters) -> Answer {
    let words = words(given, "text")?;
    if words.text.is_empty() {
        return Err(breach("message text is empty"));
    }
    if utf16(&words.text) > MAX_TEXT {
        return Err(breach("message is too long"));
    }
    let mut content = content(words, "text");
    if let Some(options) = given.values.get("link_preview_options") {
        content.insert("link_preview_options".to_owned(), options.clone());
    }
    send(state, given, content)
}

/// `sendPhoto`, `sendVideo` and `sendDocument`.
pub fn send_file(state: &mut State, given: &Parameters, kind: &str) -> Answer {
    let words = words(given, "caption")?;
    if utf16(&words.text) > MAX_CAPTION {
        return Err(breach("message caption is too long"));
    }
    state.open_room(chat_of(given))?;
    let reference = word(given, kind).unwrap_or_default();
    let attached = given.attached(reference).cloned();
    let known = state.files.contains_key(reference) || reference.starts_with("http");
    let size = match &attached {
        Some(file) if file.bytes.is_empty() => return Err(breach("file must be non-empty")),
        Some(file) => file.bytes.len(),
        None if known => state.files.get(reference).map_or(1, Vec::len),
        None if reference.starts_with("attach://") => {
            return Err(breach(format!("there is no {kind} in the request")));
        }
        None => return Err(refused("wrong file identifier/HTTP URL specified")),
    };
    let file = format!("sent{}", state.number());
    let media = match (&attached, kind) {
        (Some(file_sent), "document") => updates::document(&file, &file_sent.name, size),
        (None, "document") => updates::document(&file, "file", size),
        (_, "video") => updates::video(&file, size),
        _ => updates::photo(&file, &format!("{file}s"), size),
    };
    let mut content = content(words, "caption");
    content.extend(updates::object(media));
    let sent = send(state, given, content)?;
    if let Some(kept) = attached {
        let message_id = sent.get("message_id").and_then(Value::as_i64).unwrap_or_default();
        state.files.insert(file, kept.bytes.clone());
        let chat = chat_of(given).unwrap_or_default();
        state.uploads.push(Upload { chat, message_id, name: kept.name, bytes: kept.bytes });
    }
    Ok(sent)
}

fn send(state: &mut State, given: &Parameters, mut content: Map<String, Value>) -> Answer {
    let markup = markup(given.values.get("reply_markup"))?;
    let room = state.open_room(chat_of(given))?;
    let sealed = match markup {
        Markup::None => false,
        Markup::Inline(buttons) => {
            content.insert("reply_markup".to_owned(), buttons);
            false
        }
        Markup::Keyboard(rows, numbers) => {
            room.keyboard = rows;
            room.numbers = numbers;
            true
        }
        Markup::Remove => {
            room.keyboard.clear();
            true
        }
        Markup::ForceReply(placeholder) => {
            room.placeholder = placeholder;
            true
        }
    };
    let sender = updates::bot_as_sender(&state.me);
    let chat = chat_of(given).unwrap_or_default();
    state.add(chat, sender, content, sealed).ok_or_else(|| refused("chat not found"))
}

/// `editMessageText` and `editMessageCaption`. Buttons that are not given again are gone.
pub fn edit_words(state: &mut State, given: &Parameters, key: &str) -> Answer {
    let words = words(given, key)?;
    if key == "text" && words.text.is_empty() {
        return Err(breach("message text is empty"));
    }
    if utf16(&words.text) > if key == "text" { MAX_TEXT } else { MAX_CAPTION } {
        return Err(breach("MESSAGE_TOO_LONG"));
    }
    let buttons = inline(given)?;
    let room = state.open_room(chat_of(given))?;
    let message = editable(room, given)?;
    let is_text = message.json.contains_key("text");
    if is_text != (key == "text") {
        return Err(refused(&format!("there is no {key} in the message to edit")));
    }
    let mut edited = message.json.clone();
    for gone in [key, entities_of(key), "reply_markup"] {
        edited.remove(gone);
    }
    edited.extend(content(words, key));
    edited.extend(buttons.map(|b| ("reply_markup".to_owned(), b)));
    edited.insert("edit_date".to_owned(), json!(updates::now()));
    put(room, given, edited)
}

/// A change of buttons alone leaves no "edited" beside the message, and no date.
pub fn edit_markup(state: &mut State, given: &Parameters) -> Answer {
    let buttons = inline(given)?;
    let room = state.open_room(chat_of(given))?;
    let mut edited = editable(room, given)?.json.clone();
    edited.remove("reply_markup");
    edited.extend(buttons.map(|b| ("reply_markup".to_owned(), b)));
    put(room, given, edited)
}

fn put(room: &mut Room, given: &Parameters, edited: Map<String, Value>) -> Answer {
    let id = message_of(given)?;
    let message = room.messages.get_mut(&id).ok_or_else(|| refused("message to edit not found"))?;
    if same(&message.json, &edited) {
        let why = "message is not modified: specified new message content and reply markup are exactly the same \
                   as a current content and reply markup of the message";
        return Err(refused(why));
    }
    message.json.clone_from(&edited);
    room.tell_message("bot edits", id);
    Ok(Value::Object(edited))
}

fn same(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    ["text", "entities", "caption", "caption_entities", "reply_markup"]
        .iter()
        .all(|key| old.get(*key) == new.get(*key))
}

fn editable<'a>(room: &'a Room, given: &Parameters) -> Result<&'a Message, Refusal> {
    let message = room.messages.get(&message_of(given)?);
    let message = message.ok_or_else(|| refused("message to edit not found"))?;
    if message.from_bot && !message.sealed { Ok(message) } else { Err(refused("message can't be edited")) }
}

fn inline(given: &Parameters) -> Result<Option<Value>, Refusal> {
    match markup(given.values.get("reply_markup"))? {
        Markup::Inline(buttons) => Ok(Some(buttons)),
        Markup::None => Ok(None),
        Markup::Keyboard(..) | Markup::Remove | Markup::ForceReply(_) => {
            Err(breach("inline keyboard expected"))
        }
    }
}

/// In a private chat a bot may delete the citizen's messages, too.
pub fn delete_message(state: &mut State, given: &Parameters) -> Answer {
    let id = message_of(given)?;
    let room = known_room(state, given)?;
    if delete(room, id) { Ok(json!(true)) } else { Err(refused("message to delete not found")) }
}

/// Messages that are not found are passed over.
pub fn delete_messages(state: &mut State, given: &Parameters) -> Answer {
    let ids = list(given, "message_ids");
    if ids.is_empty() || ids.len() > 100 {
        return Err(breach("1-100 message identifiers expected"));
    }
    let room = known_room(state, given)?;
    ids.iter().filter_map(Value::as_i64).for_each(|id| {
        delete(room, id);
    });
    Ok(json!(true))
}

fn known_room<'a>(state: &'a mut State, given: &Parameters) -> Result<&'a mut Room, Refusal> {
    chat_of(given).and_then(|id| state.rooms.get_mut(&id)).ok_or_else(|| refused("chat not found"))
}

fn delete(room: &mut Room, id: i64) -> bool {
    let gone = room.messages.remove(&id).is_some();
    if gone {
        room.tell(format!("bot deletes message {id}"));
    }
    gone
}

pub fn react(state: &mut State, given: &Parameters) -> Answer {
    let reactions = list(given, "reaction");
    // core.telegram.org/bots/api#setmessagereaction: one by a bot, and never a paid one.
    if reactions.len() > 1 {
        return Err(breach("REACTIONS_TOO_MANY"));
    }
    if reactions.iter().any(|r| r.get("type") != Some(&json!("emoji"))) {
        return Err(breach("REACTION_INVALID"));
    }
    let id = message_of(given)?;
    let room = state.open_room(chat_of(given))?;
    let message = room.messages.get_mut(&id).ok_or_else(|| refused("message to react not found"))?;
    let emoji = reactions.first().and_then(|r| r.get("emoji")?.as_str()).map(str::to_owned);
    let line = format!("bot reacts to message {id}: {}", emoji.as_deref().unwrap_or("nothing"));
    message.reaction = emoji;
    room.tell(line);
    Ok(json!(true))
}

fn words(given: &Parameters, key: &str) -> Result<Formatted, Refusal> {
    formatted(word(given, key).unwrap_or_default(), given.values.get(entities_of(key)))
}

fn content(words: Formatted, key: &str) -> Map<String, Value> {
    let mut content = Map::new();
    if !words.text.is_empty() {
        content.insert(key.to_owned(), json!(words.text));
    }
    if !words.entities.is_empty() {
        content.insert(entities_of(key).to_owned(), json!(words.entities));
    }
    content
}

fn entities_of(key: &str) -> &'static str {
    if key == "text" { "entities" } else { "caption_entities" }
}
