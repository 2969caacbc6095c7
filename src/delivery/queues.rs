//! What waits to be sent, conversation by conversation: in the order of the commits, whoever told first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use storage::{ConversationKey, OutboxId, Queued};
use tokio::time::Instant;

#[derive(Debug, Default)]
pub struct Queues {
    open: Mutex<HashMap<ConversationKey, Queue>>,
    /// Conversations whose rows wait for the next start: how many, and since when.
    left: Mutex<HashMap<ConversationKey, (usize, Instant)>>,
}

/// What waits for one conversation; it is there as long as somebody works on it or looks for more.
#[derive(Debug, Default)]
struct Queue {
    rows: BTreeMap<OutboxId, Waiting>,
    /// The row that the worker took last.
    in_hand: Option<(OutboxId, Instant)>,
    working: bool,
    looking: bool,
}

#[derive(Debug)]
struct Waiting {
    row: Queued,
    since: Instant,
}

impl Queues {
    fn with<T>(&self, key: &ConversationKey, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queues = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = change(queues.entry(*key).or_default());
        if queues.get(key).is_some_and(|queue| !queue.working && !queue.looking) {
            queues.remove(key);
        }
        changed
    }

    /// Somebody looks for rows on disk; [`Queues::found`] ends it.
    pub fn look(&self, key: &ConversationKey) {
        self.with(key, |queue| queue.looking = true);
    }

    /// Whether the queue needs a worker now.
    pub fn add(&self, row: Queued) -> bool {
        self.with(&row.id.conversation.clone(), |queue| {
            queue.rows.insert(row.id, Waiting { row, since: Instant::now() });
            !std::mem::replace(&mut queue.working, true)
        })
    }

    /// The same for what was found on disk. What the worker took already is found there too, until it is settled.
    pub fn found(&self, key: &ConversationKey, rows: Vec<Queued>) -> bool {
        // What was left of it is among them.
        self.left.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        self.with(key, |queue| {
            queue.looking = false;
            let since = Instant::now();
            for row in rows.into_iter().filter(|row| queue.in_hand.is_none_or(|(id, _)| row.id > id)) {
                queue.rows.entry(row.id).or_insert(Waiting { row, since });
            }
            let idle = !queue.working && !queue.rows.is_empty();
            queue.working |= idle;
            idle
        })
    }

    /// The next row, or the end of the queue: taken together, so that a row that comes meanwhile starts a new worker.
    pub fn next(&self, key: &ConversationKey) -> Option<Queued> {
        self.with(key, |queue| {
            let next = queue.rows.pop_first().map(|(_, waiting)| waiting);
            queue.in_hand = next.as_ref().map_or(queue.in_hand, |w| Some((w.row.id, w.since)));
            queue.working = next.is_some();
            next.map(|waiting| waiting.row)
        })
    }

    /// What is left of the queue, the row in hand too, stays in the outbox, and is sent after the next start.
    pub fn leave(&self, key: &ConversationKey) {
        let queue = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        let Some(queue) = queue else { return };
        let waits = queue.rows.values().map(|waiting| waiting.since);
        let all: Vec<Instant> = waits.chain(queue.in_hand.map(|(_, since)| since)).collect();
        let since = all.iter().copied().min().unwrap_or_else(Instant::now);
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let of = left.entry(*key).or_insert((0, since));
        *of = (of.0 + all.len(), of.1.min(since));
    }

    /// All that waits behind the row in hand.
    pub fn take(&self, key: &ConversationKey) -> Vec<Queued> {
        let rows = self.with(key, |queue| std::mem::take(&mut queue.rows));
        rows.into_values().map(|waiting| waiting.row).collect()
    }

    /// Whether something of a kind waits behind the row in hand.
    pub fn has(&self, key: &ConversationKey, kind: impl Fn(&Queued) -> bool) -> bool {
        self.with(key, |queue| queue.rows.values().any(|waiting| kind(&waiting.row)))
    }

    /// How many wait, and how long the first of them has, as far as this process knows.
    pub fn waiting(&self) -> (usize, Duration) {
        let queues = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let queued = queues.values().flat_map(|queue| {
            let in_hand = queue.in_hand.filter(|_| queue.working).map(|(_, since)| since);
            queue.rows.values().map(|waiting| waiting.since).chain(in_hand)
        });
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let all = queued.map(|since| (1, since)).chain(left.values().copied());
        let earlier = |first: Option<Instant>, at| Some(first.map_or(at, |first| first.min(at)));
        let (count, first) = all.fold((0, None), |(n, first), (rows, at)| (n + rows, earlier(first, at)));
        (count, first.map_or(Duration::ZERO, |at| at.elapsed()))
    }
}
