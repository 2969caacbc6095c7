//! Outbox -> channel: at least once, in order per conversation, as slowly as the platform asks.

use crate::channel::{Channel, ConversationId, Outbound, Parcel, SendError, Sent};
use crate::engine;
use futures_util::FutureExt;
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::{ConversationKey, OutboxId, Queued, Store};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{debug, info, warn};

/// Pauses between two tries while the platform cannot be reached: from the first to the last, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);
/// Rows read at once when the service starts.
const PAGE: usize = 500;

#[derive(Debug)]
pub struct Delivery<C: ?Sized> {
    store: Arc<dyn Store>,
    channels: HashMap<&'static str, Arc<C>>,
    /// Between two messages of one turn, so that they can be read.
    bubble_pause: Duration,
    /// In the order of the commits, whoever told first.
    queues: Mutex<HashMap<ConversationKey, BTreeMap<OutboxId, Queued>>>,
}

/// What became of a row.
enum Done {
    /// Sent, or never to be sent: it is settled.
    Settled(Option<Sent>),
    /// The citizen cannot be reached any more: everything that waits for them is dropped.
    Gone,
    /// The row stays in the outbox until the next start.
    Waits,
}

impl<C: Channel + ?Sized + 'static> Delivery<C> {
    pub fn new(store: Arc<dyn Store>, channels: Vec<Arc<C>>, bubble_pause: Duration) -> Delivery<C> {
        let channels = channels.into_iter().map(|c| (c.name(), c)).collect();
        Delivery { store, channels, bubble_pause, queues: Mutex::default() }
    }

    /// Sends what was left in the outbox, then what `rows` brings, until `stop` says so. Must begin before the first event is
    /// taken, so that old rows come before new ones.
    ///
    /// # Errors
    /// Those of the store while the outbox is read.
    pub async fn run(
        self: Arc<Self>,
        left: Vec<Queued>,
        mut rows: UnboundedReceiver<Vec<Queued>>,
        stop: watch::Receiver<bool>,
    ) {
        let mut workers = JoinSet::new();
        self.enqueue(left, &mut workers, &stop);
        let mut stopped = stop.clone();
        loop {
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                // Workers that have nothing left are forgotten.
                Some(_) = workers.join_next() => {}
                more = rows.recv() => match more {
                    Some(more) => self.enqueue(more, &mut workers, &stop),
                    None => break,
                },
            }
        }
        while workers.join_next().await.is_some() {}
    }

    /// Everything in the outbox of `store`, in order per conversation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn left_over(store: &dyn Store) -> storage::Result<Vec<Queued>> {
        let mut all: Vec<Queued> = Vec::new();
        loop {
            let page = store.outbox(all.last().map(|q| q.id), PAGE).await?;
            let last = page.len() < PAGE;
            all.extend(page);
            if last {
                return Ok(all);
            }
        }
    }

    fn enqueue(self: &Arc<Self>, rows: Vec<Queued>, workers: &mut JoinSet<()>, stop: &watch::Receiver<bool>) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let key = row.id.conversation;
            if let Some(queue) = queues.get_mut(&key) {
                queue.insert(row.id, row);
                continue;
            }
            queues.insert(key, BTreeMap::from([(row.id, row)]));
            let delivery = self.clone();
            let stop = stop.clone();
            workers.spawn(async move {
                let work = AssertUnwindSafe(delivery.work(key, stop));
                if work.catch_unwind().await.is_err() {
                    delivery.leave(&key);
                }
            });
        }
    }

    // The next row, or the end of the queue: taken together, so that a row that comes meanwhile starts a new worker.
    fn next(&self, key: &ConversationKey) -> Option<Queued> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let next = queues.get_mut(key)?.pop_first().map(|(_, row)| row);
        if next.is_none() {
            queues.remove(key);
        }
        next
    }

    // What is left of the queue stays in the outbox, and is sent after the next start.
    fn leave(&self, key: &ConversationKey) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    async fn work(&self, key: ConversationKey, stop: watch::Receiver<bool>) {
        let mut address: Option<ConversationId> = None;
        let mut said = None;
        while let Some(row) = self.next(&key) {
            if *stop.borrow() {
                return self.leave(&key);
            }
            if address.is_none() {
                match self.store.address(&key).await {
                    Ok(found) => address = found.map(ConversationId),
                    Err(error) => {
                        warn!(%error, "an address could not be read; its messages wait for the next start");
                        return self.leave(&key);
                    }
                }
            }
            let Some(to) = &address else {
                // Erased meanwhile: there is nobody to send to.
                self.settle(&row, None).await;
                continue;
            };
            let is_say = matches!(engine::decode::<Parcel>(&row.outgoing.body), Ok(Parcel::Say(_)));
            if is_say && said == Some(row.id.version) {
                pause(self.bubble_pause, &stop).await;
            }
            match self.deliver(&row, to, &stop).await {
                Done::Settled(sent) => self.settle(&row, sent).await,
                Done::Gone => {
                    info!(conversation = ?key, "cannot be reached any more: what waited is dropped");
                    self.settle(&row, None).await;
                    while let Some(rest) = self.next(&key) {
                        self.settle(&rest, None).await;
                    }
                    return;
                }
                Done::Waits => return self.leave(&key),
            }
            if is_say {
                said = Some(row.id.version);
            }
        }
    }

    async fn settle(&self, row: &Queued, sent: Option<Sent>) {
        if let Err(error) = self.store.settle(row.id, sent.map(|s| s.0)).await {
            warn!(%error, "a sent message could not be marked as sent; it may come again");
        }
    }

    async fn deliver(&self, row: &Queued, to: &ConversationId, stop: &watch::Receiver<bool>) -> Done {
        let Some(channel) = self.channels.get(to.channel()) else {
            debug!(channel = to.channel(), "not connected: the message waits");
            return Done::Waits;
        };
        let outbound = match (engine::decode::<Parcel>(&row.outgoing.body), row.outgoing.message) {
            (Ok(Parcel::Say(message)), _) => Outbound::Say(message),
            (Ok(Parcel::Amend(message)), Some(of)) => match self.store.sent(&row.id.conversation, of).await {
                Ok(Some(of)) => Outbound::Amend { of, message },
                // It never reached the platform, or is no longer ours to change.
                Ok(None) => return Done::Settled(None),
                Err(error) => {
                    warn!(%error, "a message to change could not be looked up; it waits for the next start");
                    return Done::Waits;
                }
            },
            (Ok(Parcel::Amend(_)), None) => return Done::Settled(None),
            (Err(error), _) => {
                warn!(%error, "an outbox row cannot be read and is dropped");
                return Done::Settled(None);
            }
        };
        let mut wait = FIRST_PAUSE;
        loop {
            if *stop.borrow() {
                return Done::Waits;
            }
            // A send under way is waited for: let go, it might have arrived and would come again after the next start.
            match channel.send(to, &outbound).await {
                Ok(sent) => return Done::Settled(Some(sent)),
                Err(SendError::Throttled(asked)) => pause(asked, stop).await,
                Err(SendError::Unreachable(why)) => {
                    // The channel tells once that its platform is away; here it would be told for each conversation.
                    debug!(channel = to.channel(), why, "cannot send; trying again in {wait:?}");
                    pause(wait, stop).await;
                    wait = (wait * 2).min(LAST_PAUSE);
                }
                Err(SendError::Blocked) => return Done::Gone,
                Err(SendError::Refused(why)) => {
                    warn!(channel = to.channel(), why, "the platform refused a message; it is dropped");
                    return Done::Settled(None);
                }
            }
        }
    }
}

async fn pause(span: Duration, stop: &watch::Receiver<bool>) {
    let mut stopped = stop.clone();
    tokio::select! {
        biased;
        _ = stopped.wait_for(|stop| *stop) => {}
        () = tokio::time::sleep(span) => {}
    }
}
