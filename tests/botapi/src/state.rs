//! Everything the server remembers.

use crate::chats::{Chat, Message, Room, Standing};
use crate::faults::{Fault, Faults};
use crate::line::Lines;
use crate::queue::Queue;
use crate::updates;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// One call of a method, in the order of arrival.
#[derive(Debug, Clone)]
pub struct Call {
    pub at: Instant,
    /// As the documentation spells it.
    pub method: String,
    /// The chat that the call names.
    pub chat: Option<i64>,
    pub parameters: Value,
    pub outcome: Outcome,
    /// The message that was sent, or edited.
    pub message_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    /// Refused, with the status code and Telegram's description.
    Refused {
        code: u16,
        description: String,
    },
    /// A misfortune that a test had asked for.
    Fault(Fault),
}

/// A file that the bot sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub chat: i64,
    pub message_id: i64,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why a method does not do its work.
#[derive(Debug)]
pub struct Refusal {
    pub code: u16,
    pub description: String,
    /// The call would be wrong in any situation.
    pub breach: bool,
}

pub type Answer = Result<Value, Refusal>;

/// Right in another situation: 400.
pub fn refused(why: &str) -> Refusal {
    Refusal { code: 400, description: format!("Bad Request: {why}"), breach: false }
}

/// Wrong in any situation: 400.
pub fn breach(why: impl std::fmt::Display) -> Refusal {
    Refusal { code: 400, description: format!("Bad Request: {why}"), breach: true }
}

pub fn forbidden(why: &str) -> Refusal {
    Refusal { code: 403, description: format!("Forbidden: {why}"), breach: false }
}

pub fn conflict(why: &str) -> Refusal {
    Refusal { code: 409, description: format!("Conflict: {why}"), breach: false }
}

/// What server, citizens and requests share.
pub struct Shared {
    pub token: String,
    pub lines: Lines,
    state: Mutex<State>,
}

impl Shared {
    pub fn new(token: &str) -> Shared {
        let state = Mutex::new(State::new(token));
        Shared { token: token.to_owned(), lines: Lines::default(), state }
    }

    // A test that panicked with the lock in hand has failed anyway.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct State {
    /// The bot as a User, as `getMe` gives it.
    pub me: Value,
    /// A Bot API server of the bot's own, which brings updates to any address.
    pub local: bool,
    pub rooms: HashMap<i64, Room>,
    pub queue: Queue,
    /// Presses by the id of their callback query, until they are answered.
    pub queries: HashMap<String, i64>,
    pub files: HashMap<String, Vec<u8>>,
    /// Files whose path was given out: no other can be fetched.
    pub offered: HashSet<String>,
    /// What the bot has fetched, oldest first.
    pub fetched: Vec<Vec<u8>>,
    pub uploads: Vec<Upload>,
    pub faults: Faults,
    pub calls: Vec<Call>,
    pub breaches: Vec<String>,
    /// By scope and language.
    pub commands: BTreeMap<(String, String), Vec<Value>>,
    /// By method's noun and language.
    pub descriptions: BTreeMap<(String, String), String>,
    last_message: i64,
    last_number: i64,
    activity: watch::Sender<u64>,
}

impl State {
    fn new(token: &str) -> State {
        let id = token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(1);
        State {
            me: updates::bot(id),
            local: false,
            rooms: HashMap::new(),
            queue: Queue::new(),
            queries: HashMap::new(),
            files: HashMap::new(),
            offered: HashSet::new(),
            fetched: Vec::new(),
            uploads: Vec::new(),
            faults: Faults::default(),
            calls: Vec::new(),
            breaches: Vec::new(),
            commands: BTreeMap::new(),
            descriptions: BTreeMap::new(),
            last_message: 0,
            last_number: 4_000_000_000,
            activity: watch::Sender::new(0),
        }
    }

    pub fn log(&mut self, call: Call) {
        self.calls.push(call);
        self.stir();
    }

    /// Wakes who waits for something to happen anywhere.
    pub fn stir(&self) {
        self.activity.send_modify(|n| *n += 1);
    }

    pub fn activity(&self) -> watch::Receiver<u64> {
        self.activity.subscribe()
    }

    /// A number that was not given before.
    pub fn number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }

    pub fn on_the_phone(&self, chat: i64) -> Chat {
        self.rooms.get(&chat).map(Room::on_the_phone).unwrap_or_default()
    }

    /// The chat, where the bot may write now.
    pub fn open_room(&mut self, chat: Option<i64>) -> Result<&mut Room, Refusal> {
        let room = chat.and_then(|id| self.rooms.get_mut(&id)).ok_or_else(|| refused("chat not found"))?;
        match room.standing {
            Standing::Open => Ok(room),
            Standing::Unknown => Err(refused("chat not found")),
            Standing::Blocked => Err(forbidden("bot was blocked by the user")),
            Standing::Deactivated => Err(forbidden("user is deactivated")),
            Standing::Left => Err(forbidden("bot is not a member of the group chat")),
        }
    }

    /// Puts a message into a chat: `content` is what a Message has besides id, sender, chat and date.
    pub fn add(
        &mut self,
        chat: i64,
        from: Value,
        content: Map<String, Value>,
        sealed: bool,
    ) -> Option<Value> {
        let room = self.rooms.get_mut(&chat)?;
        self.last_message += 1;
        let id = self.last_message;
        let from_bot = from.get("is_bot") == Some(&json!(true));
        let mut json = Map::new();
        json.insert("message_id".to_owned(), json!(id));
        json.insert("from".to_owned(), from);
        json.insert("chat".to_owned(), room.chat.clone());
        json.insert("date".to_owned(), json!(updates::now()));
        json.extend(content);
        let whole = Value::Object(json.clone());
        room.messages.insert(id, Message { json, from_bot, sealed, reaction: None });
        room.tell_message(if from_bot { "bot" } else { "you" }, id);
        Some(whole)
    }
}
