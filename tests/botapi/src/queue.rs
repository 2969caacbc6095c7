//! The updates that wait for the bot, with `getUpdates`' promises.

use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::sync::watch;

/// core.telegram.org/bots/api#getupdates: what comes only when asked for by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Which poller is the newest, and a number that grows with every change.
pub struct Queue {
    next_id: i64,
    waiting: VecDeque<Value>,
    /// Handed out once more although confirmed.
    again: VecDeque<Value>,
    /// Everything ever handed in, for [`Queue::repeat`].
    all: Vec<Value>,
    allowed: Vec<String>,
    twice: bool,
    pub webhook: Option<Value>,
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
            twice: false,
            webhook: None,
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

    fn allows(&self, kind: &str) -> bool {
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
        let mut confirmed = Vec::new();
        while let Some(first) = self.waiting.front() {
            let done = if offset < 0 { self.waiting.len() > keep } else { id_of(first) < offset };
            if !done {
                break;
            }
            confirmed.extend(self.waiting.pop_front());
        }
        if self.twice {
            self.again.extend(confirmed);
        }
    }

    /// At most `limit`, oldest first. They stay until they are confirmed.
    pub fn batch(&mut self, limit: usize) -> Vec<Value> {
        let again = self.again.len().min(limit);
        let mut batch: Vec<Value> = self.again.drain(..again).collect();
        batch.extend(self.waiting.iter().take(limit - again).cloned());
        batch
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

fn id_of(update: &Value) -> i64 {
    update.get("update_id").and_then(Value::as_i64).unwrap_or_default()
}
