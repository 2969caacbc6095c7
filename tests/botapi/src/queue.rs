//! The updates that wait for the bot, with `getUpdates`' promises.

use crate::faults::Weather;
use serde_json::{Value, json};
use std::collections::{HashSet, VecDeque};
use tokio::sync::watch;

/// core.telegram.org/bots/api#getupdates: what comes only when asked for by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Updates of one strand are brought to a webhook one after the other; those of several at the same time, as Telegram's own server
/// does: the messages of a chat, its changed messages, the presses of a person.
pub type Strand = (String, i64);

/// Which poller is the newest, and a number that grows with every change.
pub struct Queue {
    next_id: i64,
    waiting: VecDeque<Value>,
    /// Handed out once more although confirmed.
    again: VecDeque<Value>,
    /// Everything ever handed in, for [`Queue::repeat`].
    all: Vec<Value>,
    allowed: Vec<String>,
    everything: bool,
    twice: bool,
    /// Some come twice.
    weather: Option<Weather>,
    pub webhook: Option<Value>,
    /// When an update could not be brought, and why.
    pub last_error: Option<(u64, String)>,
    /// Who is being brought something.
    in_hand: HashSet<Strand>,
    poller: u64,
    changes: watch::Sender<u64>,
}

impl Queue {
    pub fn new() -> Queue {
        Queue {
            next_id: 700_000_001,
            waiting: VecDeque::new(),
            again: VecDeque::new(),
            all: Vec::new(),
            allowed: Vec::new(),
            everything: false,
            twice: false,
            weather: None,
            webhook: None,
            last_error: None,
            in_hand: HashSet::new(),
            poller: 0,
            changes: watch::Sender::new(0),
        }
    }

    /// Takes `{"message": {…}}` and gives it an id, unless it has one. Dropped if its kind is not allowed.
    pub fn push(&mut self, mut update: Value) -> i64 {
        let kind = update.as_object().and_then(|u| u.keys().find(|k| *k != "update_id")).cloned();
        let id = update.get("update_id").and_then(Value::as_i64).unwrap_or(self.next_id);
        self.next_id = self.next_id.max(id + 1);
        if kind.is_none_or(|kind| self.allows(&kind)) {
            update["update_id"] = json!(id);
            self.all.push(update.clone());
            self.waiting.push_back(update);
            self.changed();
        }
        id
    }

    pub fn weather(&mut self, weather: Option<Weather>) {
        self.weather = weather;
    }

    fn comes_twice(&mut self) -> bool {
        self.twice || self.weather.as_mut().is_some_and(Weather::strikes)
    }

    pub fn everything(&mut self) {
        self.everything = true;
    }

    fn allows(&self, kind: &str) -> bool {
        if self.everything {
            return true;
        }
        if self.allowed.is_empty() {
            return !ON_REQUEST.contains(&kind);
        }
        self.allowed.iter().any(|a| a == kind)
    }

    /// Hands an update out once more, even one that was confirmed. Whether there is one of this id.
    pub fn repeat(&mut self, id: i64) -> bool {
        let found = self.all.iter().find(|u| id_of(u) == id).cloned();
        let known = found.is_some();
        self.again.extend(found);
        self.changed();
        known
    }

    pub fn hand_out_twice(&mut self, twice: bool) {
        self.twice = twice;
    }

    /// An empty list is the default again; `None` leaves it as it was.
    pub fn allow(&mut self, kinds: Option<Vec<String>>) {
        if let Some(kinds) = kinds {
            self.allowed = kinds;
        }
    }

    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// A poller comes; the one before it is to go away.
    pub fn enter(&mut self) -> (u64, watch::Receiver<u64>) {
        self.poller += 1;
        self.changed();
        (self.poller, self.changes.subscribe())
    }

    pub fn is_newest(&self, poller: u64) -> bool {
        self.poller == poller
    }

    /// Forgets what lies before `offset`; a negative one keeps that many from the end.
    pub fn confirm(&mut self, offset: i64) {
        let keep = usize::try_from(-offset).unwrap_or(0);
        while let Some(first) = self.waiting.front() {
            let done = if offset < 0 { self.waiting.len() > keep } else { id_of(first) < offset };
            if !done {
                break;
            }
            let confirmed = self.waiting.pop_front();
            if self.comes_twice() {
                self.again.extend(confirmed);
            }
        }
    }

    /// At most `limit`, oldest first. They stay until they are confirmed.
    pub fn batch(&mut self, limit: usize) -> Vec<Value> {
        let again = self.again.len().min(limit);
        let mut batch: Vec<Value> = self.again.drain(..again).collect();
        batch.extend(self.waiting.iter().take(limit - again).cloned());
        batch
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The oldest update whose strand is free; it stays until it was brought.
    pub fn next_to_bring(&mut self) -> Option<(Strand, Value)> {
        let room = self.webhook.as_ref()?.get("max_connections").and_then(Value::as_u64).unwrap_or(40);
        if self.in_hand.len() as u64 >= room {
            return None;
        }
        let free = |update: &&Value| !self.in_hand.contains(&strand(update));
        let update = self.again.iter().chain(&self.waiting).find(free)?.clone();
        let strand = strand(&update);
        self.in_hand.insert(strand.clone());
        Some((strand, update))
    }

    /// It was brought.
    pub fn brought(&mut self, strand: &Strand, update: &Value) {
        let id = id_of(update);
        match self.again.iter().position(|u| id_of(u) == id) {
            Some(place) => drop(self.again.remove(place)),
            None => {
                self.waiting.retain(|u| id_of(u) != id);
                let again = self.comes_twice().then(|| update.clone());
                self.again.extend(again);
            }
        }
        self.let_go(strand);
    }

    /// It was not brought, and waits on.
    pub fn let_go(&mut self, strand: &Strand) {
        self.in_hand.remove(strand);
        self.changed();
    }

    pub fn nothing_in_hand(&mut self) {
        self.in_hand.clear();
    }

    pub fn waiting(&self) -> Vec<Value> {
        self.again.iter().chain(&self.waiting).cloned().collect()
    }

    pub fn drop_all(&mut self) {
        self.waiting.clear();
        self.again.clear();
    }

    pub fn changed(&self) {
        self.changes.send_modify(|n| *n += 1);
    }
}

fn strand(update: &Value) -> Strand {
    let (kind, content) = update
        .as_object()
        .and_then(|u| u.iter().find(|(key, _)| *key != "update_id"))
        .map_or(("", &Value::Null), |(k, v)| (k.as_str(), v));
    let whose = match kind {
        "callback_query" => &content["from"]["id"],
        _ => &content["chat"]["id"],
    };
    (kind.to_owned(), whose.as_i64().unwrap_or_default())
}

fn id_of(update: &Value) -> i64 {
    update.get("update_id").and_then(Value::as_i64).unwrap_or_default()
}
