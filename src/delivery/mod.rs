//! Outbox -> channel: at least once, in order per conversation, as slowly as the platform asks.

mod queues;

use crate::channel::{
    Channel, Content, ConversationId, Illustrations, Inbox, Incoming, Outbound, Parcel, SendError, Sent,
};
use crate::engine::{self, Message};
use crate::metrics::{Attempt, Metrics};
use futures_util::FutureExt;
use queues::Queues;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use storage::{ConversationKey, MessageRef, OutboxId, Posted, Queued, Store, StoreError, Version};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{debug, info, warn};

/// Pauses between two tries while the platform cannot be reached: from the first to the last, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);
/// Away for longer, of what waits for a conversation only the last words are said: a question that is still open, and no burst.
const STALE: Duration = Duration::from_secs(60 * 60);
/// Rows read at once when the service starts.
const PAGE: usize = 500;

#[derive(Debug)]
pub struct Delivery<C: ?Sized> {
    store: Arc<dyn Store>,
    channels: HashMap<&'static str, Arc<C>>,
    illustrations: Arc<dyn Illustrations>,
    /// Who is told that a citizen cannot be reached any more.
    told: Option<Told>,
    /// Between two messages of one turn, so that they can be read.
    bubble_pause: Duration,
    queues: Queues,
    metrics: Arc<Metrics>,
}

struct Told(Arc<dyn Inbox>);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
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
    pub fn new(
        store: Arc<dyn Store>,
        channels: Vec<Arc<C>>,
        illustrations: Arc<dyn Illustrations>,
        bubble_pause: Duration,
    ) -> Delivery<C> {
        let channels = channels.into_iter().map(|c| (c.name(), c)).collect();
        Delivery {
            store,
            channels,
            illustrations,
            told: None,
            bubble_pause,
            queues: Queues::default(),
            metrics: Arc::default(),
        }
    }

    /// Whoever takes events is told of citizens that cannot be reached any more: they are reminded of nothing.
    pub fn telling(mut self, inbox: Arc<dyn Inbox>) -> Delivery<C> {
        self.told = Some(Told(inbox));
        self
    }

    /// What it does is counted here.
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Delivery<C> {
        self.metrics = metrics;
        self
    }

    /// How many messages wait to be sent, and how long the first of them has, as far as this process knows.
    pub fn waiting(&self) -> (usize, Duration) {
        self.queues.waiting()
    }

    /// Sends what was left in the outbox, then what `posted` brings, until `stop` says so. Must begin before the first event is
    /// taken, so that old rows come before new ones.
    ///
    /// # Errors
    /// Those of the store while the outbox is read.
    pub async fn run(
        self: Arc<Self>,
        left: Vec<Queued>,
        mut posted: UnboundedReceiver<Posted>,
        stop: watch::Receiver<bool>,
    ) {
        let mut workers = JoinSet::new();
        self.enqueue(Posted::Rows(left), &mut workers, &stop);
        let mut stopped = stop.clone();
        loop {
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                // Workers that have nothing left are forgotten.
                Some(_) = workers.join_next() => {}
                more = posted.recv() => match more {
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

    fn enqueue(self: &Arc<Self>, posted: Posted, workers: &mut JoinSet<()>, stop: &watch::Receiver<bool>) {
        let rows = match posted {
            Posted::Rows(rows) => rows,
            Posted::Unsure(key, held) => {
                self.queues.look(&key);
                let (delivery, stop) = (self.clone(), stop.clone());
                workers.spawn(async move {
                    let found = delivery.look(key, &stop).await.unwrap_or_default();
                    let idle = delivery.queues.found(&key, found);
                    drop(held);
                    if idle {
                        delivery.run_worker(key, stop).await;
                    }
                });
                return;
            }
        };
        for row in rows {
            let key = row.id.conversation;
            if self.queues.add(row) {
                workers.spawn(self.clone().run_worker(key, stop.clone()));
            }
        }
    }

    async fn run_worker(self: Arc<Self>, key: ConversationKey, stop: watch::Receiver<bool>) {
        if AssertUnwindSafe(self.work(key, stop)).catch_unwind().await.is_err() {
            self.queues.leave(&key);
        }
    }

    async fn work(&self, key: ConversationKey, stop: watch::Receiver<bool>) {
        let mut address: Option<ConversationId> = None;
        let mut said = None;
        let mut away = None;
        while let Some(row) = self.queues.next(&key) {
            if *stop.borrow() {
                return self.queues.leave(&key);
            }
            if address.is_none() {
                match self.insist(&stop, "an address", || self.store.address(&key)).await {
                    Ok(found) => address = found.map(ConversationId),
                    Err(_) => return self.queues.leave(&key),
                }
            }
            let Some(to) = &address else {
                // Erased meanwhile: there is nobody to send to.
                self.settle(&row, None, &stop).await;
                continue;
            };
            let version = row.id.version;
            let parcel = match engine::decode::<Parcel>(&row.outgoing.body) {
                Ok(parcel) => parcel,
                Err(error) => {
                    warn!(%error, "an outbox row cannot be read and is dropped");
                    self.settle(&row, None, &stop).await;
                    continue;
                }
            };
            let is_say = matches!(parcel, Parcel::Say(_));
            if is_say && said == Some(version) {
                pause(self.bubble_pause, &stop).await;
            }
            match self.deliver(&row, parcel, to, &stop, &mut away).await {
                Done::Settled(sent) => self.settle(&row, sent, &stop).await,
                Done::Gone => {
                    info!(conversation = ?key, "cannot be reached any more: what waited is dropped");
                    // Taken at once: what comes from here on may be for somebody who is back.
                    let rest = self.queues.take(&key);
                    self.tell_gone(&row, to).await;
                    for row in std::iter::once(row).chain(rest) {
                        self.settle(&row, None, &stop).await;
                    }
                }
                Done::Waits => return self.queues.leave(&key),
            }
            if is_say {
                said = Some(version);
            }
        }
    }

    // Best effort: what is missed is learnt again with the next message.
    async fn tell_gone(&self, row: &Queued, to: &ConversationId) {
        let (Some(Told(inbox)), Some(channel)) = (&self.told, self.channels.get(to.channel())) else {
            return;
        };
        let OutboxId { conversation, version, n } = row.id;
        let update = format!("gone:{:032x}:{}:{n}", u128::from_be_bytes(conversation.0), version.0);
        let gone = Incoming {
            update,
            conversation: to.clone(),
            channel: channel.name(),
            language: None,
            content: Content::Blocked,
            message: None,
            upload: None,
            shows_recap: false,
        };
        if let Err(error) = inbox.receive(gone).await {
            warn!(%error, "that a citizen is gone could not be kept");
        }
    }

    // What the outbox holds for the conversation. Not at once: the store is in trouble.
    async fn look(&self, key: ConversationKey, stop: &watch::Receiver<bool>) -> storage::Result<Vec<Queued>> {
        pause(FIRST_PAUSE, stop).await;
        let mut rows: Vec<Queued> = Vec::new();
        let first = OutboxId { conversation: key, version: Version(0), n: 0 };
        loop {
            let after = rows.last().map_or(first, |row| row.id);
            let page =
                self.insist(stop, "what is to be sent", || self.store.outbox(Some(after), PAGE)).await?;
            let last = page.len() < PAGE || page.iter().any(|row| row.id.conversation != key);
            rows.extend(page.into_iter().filter(|row| row.id.conversation == key));
            if last {
                return Ok(rows);
            }
        }
    }

    // Asks the store until it answers. What is damaged stays damaged, and who is being stopped does not wait.
    async fn insist<T, F: Future<Output = storage::Result<T>>>(
        &self,
        stop: &watch::Receiver<bool>,
        what: &str,
        ask: impl Fn() -> F,
    ) -> storage::Result<T> {
        let mut wait = FIRST_PAUSE;
        loop {
            match ask().await {
                Err(error @ StoreError::Backend(_)) if !*stop.borrow() => {
                    warn!(what, %error, "the store did not answer; trying again in {wait:?}");
                    pause(wait, stop).await;
                    wait = (wait * 2).min(LAST_PAUSE);
                }
                Err(error) => {
                    warn!(what, %error, "the store does not answer; what is to be sent waits for the next start");
                    return Err(error);
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    async fn settle(&self, row: &Queued, sent: Option<Sent>, stop: &watch::Receiver<bool>) {
        let sent = sent.map(|s| s.0);
        // It may come again if this fails: that was told already.
        let _ = self.insist(stop, "a sent message", || self.store.settle(row.id, sent.clone())).await;
    }

    async fn platform_id(
        &self,
        row: &Queued,
        of: MessageRef,
        stop: &watch::Receiver<bool>,
    ) -> storage::Result<Option<String>> {
        self.insist(stop, "a message to change", || self.store.sent(&row.id.conversation, of)).await
    }

    // What is shown is read only now: a row of the outbox names its file. Without it, its words are said.
    async fn said(&self, message: Message) -> Outbound {
        let Some(shown) = &message.illustration else { return Outbound::Say(message) };
        match self.illustrations.bytes(shown).await {
            Some(file) => Outbound::Show { message, file },
            None => {
                let (institution, file) = (&shown.institution, &shown.file);
                warn!(institution, file, "what a dialogue shows is not there: its description is sent");
                Outbound::Say(message)
            }
        }
    }

    // Something is said after it.
    fn is_overtaken(&self, row: &Queued) -> bool {
        let says = |row: &Queued| matches!(engine::decode(&row.outgoing.body), Ok(Parcel::Say(_)));
        says(row) && self.queues.has(&row.id.conversation, says)
    }

    // `away`: since when the platform has taken nothing for this conversation.
    async fn deliver(
        &self,
        row: &Queued,
        parcel: Parcel,
        to: &ConversationId,
        stop: &watch::Receiver<bool>,
        away: &mut Option<Instant>,
    ) -> Done {
        let Some(channel) = self.channels.get(to.channel()) else {
            debug!(channel = to.channel(), "not connected: the message waits");
            return Done::Waits;
        };
        let outbound = match (parcel, row.outgoing.message) {
            (Parcel::Say(message), _) => self.said(message).await,
            (Parcel::Amend(message), Some(of)) => match self.platform_id(row, of, stop).await {
                Ok(Some(of)) => Outbound::Amend { of, message },
                // It never reached the platform, or is no longer ours to change.
                Ok(None) => return Done::Settled(None),
                Err(_) => return Done::Waits,
            },
            (Parcel::Amend(_), None) => return Done::Settled(None),
        };
        let mut wait = FIRST_PAUSE;
        loop {
            if *stop.borrow() {
                return Done::Waits;
            }
            if away.is_some_and(|since| since.elapsed() >= STALE) && self.is_overtaken(row) {
                return Done::Settled(None);
            }
            // A send under way is waited for: let go, it might have arrived and would come again after the next start.
            match channel.send(to, &outbound).await {
                Ok(sent) => {
                    self.metrics.send(channel.name(), Attempt::Sent);
                    *away = None;
                    return Done::Settled(Some(sent));
                }
                Err(SendError::Throttled(asked)) => {
                    self.metrics.send(channel.name(), Attempt::Throttled);
                    away.get_or_insert_with(Instant::now);
                    pause(asked, stop).await;
                }
                Err(SendError::Unreachable(why)) => {
                    self.metrics.send(channel.name(), Attempt::Unreachable);
                    away.get_or_insert_with(Instant::now);
                    // The channel tells once that its platform is away; here it would be told for each conversation.
                    debug!(channel = to.channel(), why, "cannot send; trying again in {wait:?}");
                    pause(wait, stop).await;
                    wait = (wait * 2).min(LAST_PAUSE);
                }
                Err(SendError::Blocked) => {
                    self.metrics.send(channel.name(), Attempt::Blocked);
                    return Done::Gone;
                }
                Err(SendError::Refused(why)) => {
                    self.metrics.send(channel.name(), Attempt::Refused);
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
