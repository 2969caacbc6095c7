//! One chat as Telegram keeps it, and as the phone shows it.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tokio::sync::watch;

/// A chat as it now stands on the phone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chat {
    /// Oldest first; deleted ones are gone.
    pub messages: Vec<Shown>,
    /// The reply keyboard's labels, row by row; empty when none is shown.
    pub keyboard: Vec<Vec<String>>,
    /// What the field to write in says while it is empty, where the bot's last question asks for it.
    pub placeholder: Option<String>,
    /// Answers to presses, oldest first; an answer without words is empty.
    pub toasts: Vec<String>,
    /// How many presses still wait for an answer, each with its spinner.
    pub spinners: usize,
    /// Whether the bot has left this chat.
    pub bot_left: bool,
}

/// A message as it now stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub message_id: i64,
    pub from_bot: bool,
    /// The text, or the caption, or a sticker's emoji; empty for none.
    pub text: String,
    /// As in the Bot API, offsets in UTF-16 units.
    pub entities: Vec<Value>,
    /// Inline buttons, row by row.
    pub buttons: Vec<Vec<Button>>,
    /// `photo`, `document`, `sticker`, `voice`, `location`, …; `None` for a plain text.
    pub media: Option<String>,
    /// Whether the phone says "edited": the words were changed, not the buttons alone.
    pub edited: bool,
    /// The emoji that the bot put on it.
    pub reaction: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    /// `callback_data`; `None` for a button of another kind.
    pub data: Option<String>,
    pub url: Option<String>,
}

impl Chat {
    /// The newest message of the bot.
    pub fn last_from_bot(&self) -> Option<&Shown> {
        self.messages.iter().rev().find(|m| m.from_bot)
    }

    /// Whether a message's text contains this, or a button is called so.
    pub fn shows(&self, words: &str) -> bool {
        self.messages.iter().any(|m| m.text.contains(words)) || self.button(words).is_some()
    }

    /// The newest message with a button of this label, and the button. A tick box before the label does not count.
    pub fn button(&self, label: &str) -> Option<(&Shown, &Button)> {
        self.messages.iter().rev().find_map(|m| Some((m, m.button(label)?)))
    }
}

impl Shown {
    pub fn button(&self, label: &str) -> Option<&Button> {
        self.buttons.iter().flatten().find(|b| b.label == label || unticked(&b.label) == label)
    }

    /// All labels, row by row, as they are shown.
    pub fn labels(&self) -> Vec<Vec<&str>> {
        self.buttons.iter().map(|row| row.iter().map(|b| b.label.as_str()).collect()).collect()
    }
}

fn unticked(label: &str) -> &str {
    label.strip_prefix(['☐', '☑']).and_then(|rest| rest.strip_prefix(' ')).unwrap_or(label)
}

/// Why a chat takes no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The citizen has not written yet.
    Unknown,
    Open,
    Blocked,
    Deactivated,
    /// A group that the bot is not in.
    Left,
}

pub struct Room {
    /// The Bot API's Chat.
    pub chat: Value,
    pub standing: Standing,
    pub messages: BTreeMap<i64, Message>,
    pub keyboard: Vec<Vec<String>>,
    /// Labels of the keyboard that share the citizen's number.
    pub numbers: Vec<String>,
    pub placeholder: Option<String>,
    pub toasts: Vec<String>,
    pub spinners: usize,
    pub transcript: Vec<String>,
    changes: watch::Sender<u64>,
}

pub struct Message {
    /// The Bot API's Message.
    pub json: Map<String, Value>,
    pub from_bot: bool,
    /// Sent with a reply keyboard or its removal: Telegram lets no bot edit those.
    pub sealed: bool,
    pub reaction: Option<String>,
}

impl Room {
    pub fn new(chat: Value) -> Room {
        Room {
            chat,
            standing: Standing::Unknown,
            messages: BTreeMap::new(),
            keyboard: Vec::new(),
            numbers: Vec::new(),
            placeholder: None,
            toasts: Vec::new(),
            spinners: 0,
            transcript: Vec::new(),
            changes: watch::Sender::new(0),
        }
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Writes a line of the transcript and wakes who waits.
    pub fn tell(&mut self, line: String) {
        self.transcript.push(line);
        self.changes.send_modify(|n| *n += 1);
    }

    /// A message in the transcript: its words, and its buttons in a line below.
    pub fn tell_message(&mut self, who: &str, id: i64) {
        let Some(message) = self.messages.get(&id) else { return };
        let shown = message.shown(id);
        let media = shown.media.map(|m| format!("({m}) ")).unwrap_or_default();
        let mut line = format!("{who}: {media}{}", shown.text);
        for row in &shown.buttons {
            line.push_str("\n    ");
            line.push_str(&row.iter().map(|b| format!("[{}]", b.label)).collect::<Vec<_>>().join(" "));
        }
        self.tell(line);
    }

    pub fn on_the_phone(&self) -> Chat {
        Chat {
            messages: self.messages.iter().map(|(id, m)| m.shown(*id)).collect(),
            keyboard: self.keyboard.clone(),
            placeholder: self.placeholder.clone(),
            toasts: self.toasts.clone(),
            spinners: self.spinners,
            bot_left: self.standing == Standing::Left,
        }
    }
}

// What a message may be besides a text; a list of the kinds that tests send.
const MEDIA: [&str; 15] = [
    "photo",
    "document",
    "sticker",
    "voice",
    "location",
    "venue",
    "contact",
    "animation",
    "audio",
    "video",
    "video_note",
    "dice",
    "poll",
    "new_chat_members",
    "left_chat_member",
];

impl Message {
    fn shown(&self, message_id: i64) -> Shown {
        let text = ["text", "caption"].iter().find_map(|key| self.json.get(*key)?.as_str());
        let emoji = self.json.get("sticker").and_then(|s| s.get("emoji")?.as_str());
        let entities =
            ["entities", "caption_entities"].iter().find_map(|key| self.json.get(*key)?.as_array());
        Shown {
            message_id,
            from_bot: self.from_bot,
            text: text.or(emoji).unwrap_or_default().to_owned(),
            entities: entities.cloned().unwrap_or_default(),
            buttons: self.json.get("reply_markup").map(buttons).unwrap_or_default(),
            media: MEDIA.iter().find(|kind| self.json.contains_key(**kind)).map(|kind| (*kind).to_owned()),
            edited: self.json.contains_key("edit_date"),
            reaction: self.reaction.clone(),
        }
    }
}

fn buttons(markup: &Value) -> Vec<Vec<Button>> {
    let rows = markup.get("inline_keyboard").and_then(Value::as_array);
    let button = |b: &Value| {
        let word = |key: &str| b.get(key).and_then(Value::as_str).map(str::to_owned);
        Button { label: word("text").unwrap_or_default(), data: word("callback_data"), url: word("url") }
    };
    let row = |row: &Value| row.as_array().into_iter().flatten().map(button).collect();
    rows.into_iter().flatten().map(row).collect()
}
