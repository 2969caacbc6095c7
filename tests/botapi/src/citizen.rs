//! Citizens: what they do on their phones, and what they see there.

use crate::chats::{Chat, Room, Standing};
use crate::state::{Shared, State};
use crate::updates;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A citizen's phone in their private chat with the bot. Clones are the same phone.
#[derive(Clone)]
pub struct Citizen {
    shared: Arc<Shared>,
    id: i64,
    user: Value,
}

/// What came of something a citizen did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// The update that told the bot.
    pub update_id: i64,
    /// The message that was written, changed or pressed on; 0 for none.
    pub message_id: i64,
}

impl std::fmt::Debug for Citizen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Citizen({})", self.id)
    }
}

impl Citizen {
    pub(crate) fn new(shared: Arc<Shared>, id: i64, language: Option<&str>) -> Citizen {
        shared.lock().rooms.entry(id).or_insert_with(|| Room::new(updates::private_chat(id)));
        Citizen { shared, id, user: updates::user(id, language) }
    }

    pub fn id(&self) -> i64 {
        self.id
    }

    /// Follows `https://t.me/<bot>?start=<payload>`; an empty payload is a bare `/start`.
    pub fn start(&self, payload: &str) -> Act {
        self.write(format!("/start {payload}").trim_end())
    }

    /// Writes a message. One who had blocked the bot unblocks it first, as the app demands.
    pub fn write(&self, text: &str) -> Act {
        self.message(Value::Object(updates::text(text)))
    }

    /// A message with any content: the fields of a Message besides its id, sender, chat and date.
    pub fn message(&self, content: Value) -> Act {
        let mut state = self.shared.lock();
        self.unblock_in(&mut state);
        let sent = state.add(self.id, self.user.clone(), updates::object(content), false).unwrap_or_default();
        if let Some(room) = state.rooms.get_mut(&self.id) {
            room.placeholder = None;
        }
        let message_id = sent.get("message_id").and_then(Value::as_i64).unwrap_or_default();
        let update_id = state.queue.push(json!({"message": sent}));
        Act { update_id, message_id }
    }

    /// A sticker with this emoji.
    pub fn sticker(&self, emoji: &str) -> Act {
        let file = self.keep(b"a sticker".to_vec());
        self.message(updates::sticker(emoji, &file))
    }

    /// A small picture; an empty caption is none.
    pub fn photo(&self, caption: &str) -> Act {
        // The first bytes of a JPEG: enough to be told from anything else.
        self.photo_of(vec![0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, b'J', b'F', b'I', b'F', 0x00], caption)
    }

    /// A picture that the bot can fetch byte for byte.
    pub fn photo_of(&self, bytes: Vec<u8>, caption: &str) -> Act {
        let size = bytes.len();
        let file = self.keep(bytes.clone());
        let small = self.keep(bytes);
        self.message(captioned(updates::photo(&file, &small, size), caption))
    }

    /// Pictures sent together: one message each, with a name in common.
    pub fn album_of(&self, pictures: &[Vec<u8>]) -> Vec<Act> {
        let group = self.shared.lock().number().to_string();
        let one = |bytes: &Vec<u8>| {
            let file = self.keep(bytes.clone());
            let small = self.keep(bytes.clone());
            let mut photo = updates::photo(&file, &small, bytes.len());
            photo["media_group_id"] = json!(group);
            self.message(photo)
        };
        pictures.iter().map(one).collect()
    }

    /// A file, which the bot can fetch byte for byte.
    pub fn document(&self, name: &str, bytes: Vec<u8>, caption: &str) -> Act {
        let size = bytes.len();
        let file = self.keep(bytes);
        self.message(captioned(updates::document(&file, name, size), caption))
    }

    pub fn voice(&self) -> Act {
        self.voice_of(b"OggS".to_vec())
    }

    /// A voice message that the bot can fetch byte for byte.
    pub fn voice_of(&self, bytes: Vec<u8>) -> Act {
        let size = bytes.len();
        let file = self.keep(bytes);
        self.message(updates::voice(&file, size))
    }

    pub fn location(&self, latitude: f64, longitude: f64) -> Act {
        self.message(json!({"location": {"latitude": latitude, "longitude": longitude}}))
    }

    /// A place that goes on being shared.
    pub fn live_location(&self, latitude: f64, longitude: f64) -> Act {
        self.message(json!({"location": {"latitude": latitude, "longitude": longitude, "live_period": 900}}))
    }

    /// A place with a name.
    pub fn venue(&self, latitude: f64, longitude: f64, title: &str) -> Act {
        let location = json!({"latitude": latitude, "longitude": longitude});
        let venue = json!({"location": location, "title": title, "address": "Engvej 1"});
        // Telegram puts the location beside the venue, for older bots.
        self.message(json!({"location": location, "venue": venue}))
    }

    /// The citizen's own number, as the contact button sends it.
    pub fn contact(&self, phone_number: &str) -> Act {
        self.card(phone_number, self.id)
    }

    /// Somebody else's number, out of the phone's book.
    pub fn somebodys_contact(&self, phone_number: &str) -> Act {
        self.card(phone_number, self.id + 1)
    }

    fn card(&self, phone_number: &str, whose: i64) -> Act {
        let name = self.user.get("first_name").cloned().unwrap_or_default();
        self.message(json!({"contact": {"phone_number": phone_number, "first_name": name, "user_id": whose}}))
    }

    fn keep(&self, bytes: Vec<u8>) -> String {
        let mut state = self.shared.lock();
        let file = format!("file{}", state.number());
        state.files.insert(file.clone(), bytes);
        file
    }

    /// Changes the text of an own message.
    ///
    /// # Errors
    /// A sentence when there is no such message.
    pub fn edit(&self, message_id: i64, text: &str) -> Result<Act, String> {
        let mut state = self.shared.lock();
        let room = state.rooms.get_mut(&self.id).ok_or("the chat is gone")?;
        let message = room.messages.get_mut(&message_id).filter(|m| !m.from_bot);
        let message = message.ok_or_else(|| format!("there is no own message {message_id}"))?;
        message.json.remove("entities");
        message.json.extend(updates::text(text));
        message.json.insert("edit_date".to_owned(), json!(updates::now()));
        let edited = Value::Object(message.json.clone());
        room.tell_message("you edit", message_id);
        Ok(Act { update_id: state.queue.push(json!({"edited_message": edited})), message_id })
    }

    /// Presses the button of this label in the newest message that shows it; a tick box before the label does not count.
    /// A button of the reply keyboard writes its label, or shares the number that it asks for.
    ///
    /// # Errors
    /// The chat, when no such button is shown, or it is none that tells the bot.
    pub fn press(&self, label: &str) -> Result<Act, String> {
        let chat = self.chat();
        if let Some((message, button)) = chat.button(label) {
            let data = button.data.clone().ok_or_else(|| format!("[{label}] tells the bot nothing"))?;
            return Ok(self.press_data(message.message_id, &data));
        }
        if self.shared.lock().rooms.get(&self.id).is_some_and(|room| room.numbers.iter().any(|l| l == label))
        {
            return Ok(self.contact("4520304050"));
        }
        if chat.keyboard.iter().flatten().any(|l| l == label) {
            return Ok(self.write(label));
        }
        Err(format!("no button [{label}] is shown:\n{}", self.told()))
    }

    /// Presses a button that may be gone by now, as a second quick press does.
    pub fn press_data(&self, message_id: i64, data: &str) -> Act {
        let mut state = self.shared.lock();
        let id = format!("{}", state.number());
        let (message, label) = self.pressed(&state, message_id, data);
        state.queries.insert(id.clone(), self.id);
        if let Some(room) = state.rooms.get_mut(&self.id) {
            room.spinners += 1;
            room.tell(format!("you: [{label}]"));
        }
        let update = updates::callback_query(&id, &self.user, message, self.id, data);
        Act { update_id: state.queue.push(update), message_id }
    }

    fn pressed(&self, state: &State, message_id: i64, data: &str) -> (Value, String) {
        let room = state.rooms.get(&self.id);
        let Some(message) = room.and_then(|r| r.messages.get(&message_id)) else {
            // Telegram tells no more of a message that is gone; date 0 is how it is known.
            let gone = json!({"chat": updates::private_chat(self.id), "message_id": message_id, "date": 0});
            return (gone, data.to_owned());
        };
        let shown = state.on_the_phone(self.id).messages.into_iter().find(|m| m.message_id == message_id);
        let button =
            shown.and_then(|m| m.buttons.into_iter().flatten().find(|b| b.data.as_deref() == Some(data)));
        (Value::Object(message.json.clone()), button.map_or_else(|| data.to_owned(), |b| b.label))
    }

    /// Stops the bot: from now on it may not write here.
    pub fn block(&self) -> Act {
        let mut state = self.shared.lock();
        self.stand(&mut state, Standing::Blocked, "you block the bot");
        self.member_update(&mut state, "member", "kicked")
    }

    /// Lets the bot write again.
    pub fn unblock(&self) -> Act {
        self.unblock_in(&mut self.shared.lock()).unwrap_or(Act { update_id: 0, message_id: 0 })
    }

    /// Deletes the account. Telegram tells the bot only when it writes.
    pub fn deactivate(&self) {
        self.stand(&mut self.shared.lock(), Standing::Deactivated, "you delete your account");
    }

    fn unblock_in(&self, state: &mut State) -> Option<Act> {
        let room = state.rooms.get_mut(&self.id)?;
        let was = room.standing;
        room.standing = Standing::Open;
        if was != Standing::Blocked {
            return None;
        }
        room.tell("you unblock the bot".to_owned());
        Some(self.member_update(state, "kicked", "member"))
    }

    fn stand(&self, state: &mut State, standing: Standing, line: &str) {
        if let Some(room) = state.rooms.get_mut(&self.id) {
            room.standing = standing;
            room.tell(line.to_owned());
        }
    }

    fn member_update(&self, state: &mut State, old: &str, new: &str) -> Act {
        let chat = updates::private_chat(self.id);
        let update = updates::my_chat_member(&chat, &self.user, &state.me, old, new);
        Act { update_id: state.queue.push(update), message_id: 0 }
    }

    /// Adds the bot to a group with this id, a negative number. [`crate::Server::chat`] shows what it does there.
    pub fn add_bot_to_group(&self, group: i64, title: &str) -> Act {
        let mut state = self.shared.lock();
        let chat = updates::group_chat(group, title);
        let room = state.rooms.entry(group).or_insert_with(|| Room::new(chat.clone()));
        room.standing = Standing::Open;
        let update = updates::my_chat_member(&chat, &self.user, &state.me, "left", "member");
        state.queue.push(update);
        let joined =
            Map::from_iter([("new_chat_members".to_owned(), json!([updates::bot_as_sender(&state.me)]))]);
        let sent = state.add(group, self.user.clone(), joined, false).unwrap_or_default();
        let message_id = sent.get("message_id").and_then(Value::as_i64).unwrap_or_default();
        Act { update_id: state.queue.push(json!({"message": sent})), message_id }
    }

    /// The chat as it now stands on the phone.
    pub fn chat(&self) -> Chat {
        self.shared.lock().on_the_phone(self.id)
    }

    /// Answers to presses, oldest first; an answer without words is empty.
    pub fn toasts(&self) -> Vec<String> {
        self.chat().toasts
    }

    /// All that happened, line by line: `bot: …`, `you: …`, `you: [label]`, `bot edits: …`, `toast: …`.
    /// Buttons stand in brackets in lines of their own below their message.
    pub fn transcript(&self) -> Vec<String> {
        let state = self.shared.lock();
        let lines = state.rooms.get(&self.id).map(|room| room.transcript.iter().flat_map(|l| l.lines()));
        lines.into_iter().flatten().map(str::to_owned).collect()
    }

    fn told(&self) -> String {
        self.transcript().join("\n")
    }

    /// Waits until the chat is so; returns it as it then stands.
    ///
    /// # Errors
    /// The chat's transcript, when it was not so within this time.
    pub async fn wait_for(&self, met: impl Fn(&Chat) -> bool, within: Duration) -> Result<Chat, String> {
        let deadline = Instant::now() + within;
        let mut changes = {
            let state = self.shared.lock();
            state.rooms.get(&self.id).map(Room::subscribe).ok_or("the chat is gone")?
        };
        loop {
            let chat = self.chat();
            if met(&chat) {
                return Ok(chat);
            }
            let Ok(Ok(())) = timeout_at(deadline, changes.changed()).await else {
                return Err(format!("not within {within:?}:\n{}", self.told()));
            };
        }
    }
}

fn captioned(mut media: Value, caption: &str) -> Value {
    if !caption.is_empty() {
        media["caption"] = json!(caption);
    }
    media
}
