//! A method's name to what does its work.

use crate::body::Parameters;
use crate::chats::Standing;
use crate::state::{Answer, Refusal, State, breach, refused};
use crate::{profile, sending};
use serde_json::{Value, json};

/// Known to the Bot API, not to us: to ignore them would let a test pass that must not.
const NOT_HERE: [&str; 9] = [
    "business_connection_id",
    "direct_messages_topic_id",
    "inline_message_id",
    "message_effect_id",
    "message_thread_id",
    "parse_mode",
    "reply_parameters",
    "rich_message",
    "suggested_post_parameters",
];

/// core.telegram.org/bots/api#sendchataction
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

/// Does the work of every method but `getUpdates`, whose parameters were checked by their types.
pub fn call(state: &mut State, method: &str, given: &Parameters) -> Answer {
    if let Some(name) = NOT_HERE.iter().find(|name| given.values.contains_key(**name)) {
        return Err(breach(format!("{name} is not supported by this test server")));
    }
    match method {
        "getMe" => Ok(state.me.clone()),
        "sendMessage" => sending::send_message(state, given),
        "sendPhoto" => sending::send_file(state, given, "photo"),
        "sendVideo" => sending::send_file(state, given, "video"),
        "sendDocument" => sending::send_file(state, given, "document"),
        "editMessageText" => sending::edit_words(state, given, "text"),
        "editMessageCaption" => sending::edit_words(state, given, "caption"),
        "editMessageReplyMarkup" => sending::edit_markup(state, given),
        "deleteMessage" => sending::delete_message(state, given),
        "deleteMessages" => sending::delete_messages(state, given),
        "setMessageReaction" => sending::react(state, given),
        "answerCallbackQuery" => answer_callback_query(state, given),
        "sendChatAction" => send_chat_action(state, given),
        "leaveChat" => leave_chat(state, given),
        "getFile" => get_file(state, given),
        "setWebhook" => profile::set_webhook(state, given),
        "deleteWebhook" => Ok(profile::delete_webhook(state, given)),
        "getWebhookInfo" => Ok(profile::webhook_info(state)),
        "setMyCommands" => profile::set_commands(state, given),
        "getMyCommands" => profile::commands(state, given),
        "deleteMyCommands" => profile::delete_commands(state, given),
        "setMyDescription" => profile::set_description(state, given, "description", 512),
        "setMyShortDescription" => profile::set_description(state, given, "short_description", 120),
        "getMyDescription" => profile::description(state, given, "description"),
        "getMyShortDescription" => profile::description(state, given, "short_description"),
        _ => Err(breach("not supported by this test server")),
    }
}

/// The chat that a call names: by number, or by a number in a string.
pub fn chat_of(given: &Parameters) -> Option<i64> {
    let chat = given.values.get("chat_id")?;
    chat.as_i64().or_else(|| chat.as_str()?.parse().ok())
}

pub fn word<'a>(given: &'a Parameters, key: &str) -> Option<&'a str> {
    given.values.get(key)?.as_str()
}

pub fn number(given: &Parameters, key: &str) -> Option<i64> {
    given.values.get(key)?.as_i64()
}

fn answer_callback_query(state: &mut State, given: &Parameters) -> Answer {
    let text = word(given, "text").unwrap_or_default();
    if text.chars().count() > 200 {
        return Err(breach("MESSAGE_TOO_LONG"));
    }
    let late = || refused("query is too old and response timeout expired or query ID is invalid");
    let id = word(given, "callback_query_id").unwrap_or_default();
    let chat = state.queries.remove(id).ok_or_else(late)?;
    if let Some(room) = state.rooms.get_mut(&chat) {
        room.toasts.push(text.to_owned());
        room.spinners = room.spinners.saturating_sub(1);
        room.tell(format!("toast: {text}"));
    }
    Ok(json!(true))
}

fn send_chat_action(state: &mut State, given: &Parameters) -> Answer {
    let action = word(given, "action").unwrap_or_default();
    if !ACTIONS.contains(&action) {
        return Err(breach("wrong parameter action in request"));
    }
    state.open_room(chat_of(given))?;
    Ok(json!(true))
}

fn leave_chat(state: &mut State, given: &Parameters) -> Answer {
    let room = state.open_room(chat_of(given))?;
    if room.chat.get("type") == Some(&json!("private")) {
        return Err(refused("chat member status can't be changed in private chats"));
    }
    room.standing = Standing::Left;
    room.tell("bot leaves".to_owned());
    Ok(json!(true))
}

fn get_file(state: &mut State, given: &Parameters) -> Answer {
    let id = word(given, "file_id").unwrap_or_default();
    let bytes = state.files.get(id).ok_or_else(|| refused("invalid file_id"))?;
    let size = bytes.len();
    // core.telegram.org/bots/api#getfile
    if size > 20_000_000 {
        return Err(refused("file is too big"));
    }
    state.offered.insert(id.to_owned());
    Ok(json!({
        "file_id": id, "file_unique_id": format!("u{id}"), "file_size": size, "file_path": format!("files/{id}"),
    }))
}

/// The entries of a list parameter; none where it is left out.
pub fn list<'a>(given: &'a Parameters, key: &str) -> &'a [Value] {
    given.values.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// # Errors
/// Where an edit, reaction or deletion names no message.
pub fn message_of(given: &Parameters) -> Result<i64, Refusal> {
    number(given, "message_id").ok_or_else(|| breach("message identifier is not specified"))
}
