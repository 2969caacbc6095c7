//! Users, chats and updates in Telegram's own JSON.

use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, as in every `date`.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// The bot as `getMe` gives it.
pub fn bot(id: i64) -> Value {
    json!({
        "id": id, "is_bot": true, "first_name": "Snak", "username": "snak_test_bot",
        "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
        "can_connect_to_business": false, "has_main_web_app": false, "has_topics_enabled": false,
        "allows_users_to_create_topics": false, "can_manage_bots": false, "supports_guest_queries": false,
        "supports_join_request_queries": false,
    })
}

/// The bot as the sender of a message: without what only `getMe` tells.
pub fn bot_as_sender(me: &Value) -> Value {
    let keep = ["id", "is_bot", "first_name", "username"];
    keep.iter()
        .filter_map(|key| Some(((*key).to_owned(), me.get(*key)?.clone())))
        .collect::<Map<_, _>>()
        .into()
}

pub fn user(id: i64, language: Option<&str>) -> Value {
    let mut user = json!({"id": id, "is_bot": false, "first_name": first_name(id)});
    if let Some(language) = language {
        user["language_code"] = json!(language);
    }
    user
}

pub fn private_chat(id: i64) -> Value {
    json!({"id": id, "type": "private", "first_name": first_name(id)})
}

fn first_name(id: i64) -> String {
    format!("Borger {id}")
}

pub fn group_chat(id: i64, title: &str) -> Value {
    json!({"id": id, "type": "group", "title": title})
}

/// A text as a citizen sends it: Telegram marks a command at its head.
pub fn text(text: &str) -> Map<String, Value> {
    let mut content = object(json!({"text": text}));
    if text.starts_with('/') {
        let length = text.split_whitespace().next().unwrap_or_default().encode_utf16().count();
        content
            .insert("entities".to_owned(), json!([{"type": "bot_command", "offset": 0, "length": length}]));
    }
    content
}

pub fn sticker(emoji: &str, file: &str) -> Value {
    json!({"sticker": {
        "file_id": file, "file_unique_id": format!("u{file}"), "type": "regular", "width": 512, "height": 512,
        "is_animated": false, "is_video": false, "emoji": emoji, "file_size": 20_000,
    }})
}

/// A picture in two sizes, the smaller first.
pub fn photo(file: &str, small: &str, size: usize) -> Value {
    json!({"photo": [
        {"file_id": small, "file_unique_id": format!("u{small}"), "width": 90, "height": 68, "file_size": size},
        {"file_id": file, "file_unique_id": format!("u{file}"), "width": 1280, "height": 960, "file_size": size},
    ]})
}

pub fn voice(file: &str, size: usize) -> Value {
    json!({"voice": {
        "file_id": file, "file_unique_id": format!("u{file}"), "duration": 4, "mime_type": "audio/ogg",
        "file_size": size,
    }})
}

pub fn video(file: &str, size: usize) -> Value {
    json!({"video": {
        "file_id": file, "file_unique_id": format!("u{file}"), "width": 640, "height": 360, "duration": 5,
        "mime_type": "video/mp4", "file_size": size,
    }})
}

pub fn document(file: &str, name: &str, size: usize) -> Value {
    json!({"document": {
        "file_id": file, "file_unique_id": format!("u{file}"), "file_name": name, "mime_type": mime_type(name),
        "file_size": size,
    }})
}

fn mime_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some(_) | None => "application/octet-stream",
    }
}

/// `my_chat_member`: the bot's standing in a chat has changed.
pub fn my_chat_member(chat: &Value, from: &Value, me: &Value, old: &str, new: &str) -> Value {
    json!({"my_chat_member": {
        "chat": chat, "from": from, "date": now(),
        "old_chat_member": member(me, old), "new_chat_member": member(me, new),
    }})
}

fn member(me: &Value, status: &str) -> Value {
    let mut member = json!({"user": bot_as_sender(me), "status": status});
    if status == "kicked" {
        member["until_date"] = json!(0);
    }
    member
}

/// A press on an inline button.
pub fn callback_query(id: &str, from: &Value, message: Value, chat: i64, data: &str) -> Value {
    json!({"callback_query": {
        "id": id, "from": from, "message": message, "chat_instance": format!("-{chat}77"), "data": data,
    }})
}

/// The fields of an object; none for anything else.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
