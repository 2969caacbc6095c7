//! Incoming -> engine -> one commit. What follows from an event is on disk before anybody hears of it.

mod clock;
mod code;
mod contacts;
mod contributions;
mod conversation;
mod entry;
mod erasure;
mod facts;
mod fetch;
mod flood;
mod illustrations;
mod mend;
mod mydata;
mod own;
mod pages;
mod queues;
mod reception;
mod subscriptions;
mod timer;
mod votes;
mod watched;
mod wishes;

pub use clock::Clock;
use conversation::Contributed;
pub use conversation::Conversation;
pub use erasure::erase;
pub use timer::run_timer;

use crate::channel::{Content, ConversationId, Fetch, Inbox, InboxError, Incoming, Parcel, Received};
use crate::engine::{self, Apart, Effect, Facts, Input, Message, Moment, Response, Session, Text, lines};
use crate::library::Library;
use crate::metrics::{Event as Counted, Metrics};
use crate::privacy::pseudonym;
use crate::script::{Language, ScriptId};
use async_trait::async_trait;
use flood::Strangers;
use jiff::{SignedDuration, Timestamp};
use own::Own;
use queues::Queues;
use reception::Reception;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use storage::{
    Body, Changes, ConversationKey, Count, DialogueId, Document, Kind, MediaId, MessageRef, OutboxId,
    Outgoing, Posted, Queued, Receipt, ResponseChange, Store, StoreError, Stored, UpdateId, Version,
};
use tokio::sync::mpsc::UnboundedSender;
use tracing::{debug, error, warn};
use uuid::Uuid;
use watched::Watched;
use wishes::Forgotten;

/// So often a turn is computed anew because another came first; then something else is wrong.
const MAX_CONFLICTS: usize = 20;

/// Takes events from all channels and turns them into commits.
#[derive(Debug)]
pub struct Dispatch {
    store: Arc<dyn Store>,
    library: Arc<Library>,
    clock: Clock,
    queues: Queues,
    /// What was just committed, for delivery. It is on disk too: whoever listens may come late.
    outbox: UnboundedSender<Posted>,
    /// Who brings citizens' files, by the channel's name.
    fetchers: HashMap<&'static str, Arc<dyn Fetch>>,
    /// Who looks at a page.
    watched: Watched,
    strangers: Strangers,
    metrics: Arc<Metrics>,
}

/// What one event comes to before it is committed.
#[derive(Default)]
struct Outcome {
    /// `None`: it cannot be read, and stays as it is.
    conversation: Option<Conversation>,
    effects: Vec<Effect>,
    wake_at: Option<Timestamp>,
    /// Addresses to write or to remove.
    documents: Vec<Document>,
    /// The files that the conversation names from now on, where that changes.
    media: Option<Vec<MediaId>>,
    /// A session is dropped, and with it the link between an anonymous response and this conversation.
    erases: bool,
    /// The citizen wants everything gone, and with it these responses and votes that nothing is linked to.
    forgets: Option<Vec<Uuid>>,
    /// What the citizen gave for others to see, where they are to be forgotten.
    cuts_loose: Vec<Contributed>,
    /// As [`Received`] has them.
    stale: bool,
    noted: bool,
    told: Option<String>,
    failed: bool,
}

/// One event as it is taken.
struct Event<'e> {
    incoming: &'e Incoming,
    /// As it came, or with the file that it is about.
    content: &'e Content,
    own: Own,
}

impl Dispatch {
    pub fn new(
        store: Arc<dyn Store>,
        library: Arc<Library>,
        clock: Clock,
        outbox: UnboundedSender<Posted>,
    ) -> Dispatch {
        Dispatch {
            store,
            library,
            clock,
            queues: Queues::default(),
            outbox,
            fetchers: HashMap::new(),
            watched: Watched::default(),
            strangers: Strangers::default(),
            metrics: Arc::default(),
        }
    }

    /// Files of this channel are brought by `fetch`; without one they are told to be out of reach.
    pub fn fetching(mut self, channel: &'static str, fetch: Arc<dyn Fetch>) -> Dispatch {
        self.fetchers.insert(channel, fetch);
        self
    }

    /// What it does is counted here.
    pub fn counting(mut self, metrics: Arc<Metrics>) -> Dispatch {
        self.metrics = metrics;
        self
    }

    fn key(&self, of: &ConversationId) -> ConversationKey {
        storage::key_of(self.store.secrets(), &of.0)
    }

    /// As [`erase`], between two turns of the conversation.
    ///
    /// # Errors
    /// What the store says.
    pub async fn forget(&self, of: &ConversationKey) -> Result<Receipt, StoreError> {
        let _in_turn = self.queues.wait(*of).await;
        let anonymous = |of: &ScriptId, revision| self.library.is_anonymous(of, revision);
        let receipt = erase(&*self.store, anonymous, of, self.clock.now()).await?;
        self.watched.changed(of);
        Ok(receipt)
    }

    fn draw(&self) -> Result<u128, StoreError> {
        let none = |why| StoreError::Backend(format!("the system gives no random numbers: {why}"));
        self.clock.draw().map_err(none)
    }

    // UUIDv7: ids made at different places never meet, and sort by time. Drawn apart from the seed, which names the session in
    // buttons and in the store: who holds the chat must not know the row in the export.
    fn response_id(&self, moment: &Moment) -> Result<Uuid, StoreError> {
        let mut random = [0; 10];
        random.copy_from_slice(&self.draw()?.to_be_bytes()[..10]);
        let millis = moment.now.as_millisecond().max(0) as u64;
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    async fn turn(&self, incoming: &Incoming) -> Result<Received, StoreError> {
        let key = self.key(&incoming.conversation);
        let in_turn = self.queues.wait(key).await;
        let mut conflicts = 0;
        let mut content = None;
        loop {
            let stored = self.store.conversation(&key).await?;
            if content.is_none() {
                content = self.fetched(stored.as_ref(), incoming).await?;
            }
            let content = content.as_ref().unwrap_or(&incoming.content);
            let mut conversation = decoded(stored.as_ref());
            if let (None, Ok(stranger)) = (&stored, &mut conversation) {
                stranger.flood = self.strangers.flood(&key);
            }
            let (facts, own) = match &conversation {
                Ok(conversation) => {
                    (self.facts(conversation, content).await?, self.own(&key, conversation, content).await?)
                }
                Err(_) => (Facts::default(), Own::default()),
            };
            let moment = Moment { now: self.clock.now(), seed: self.draw()? as u64, facts };
            let event = Event { incoming, content, own };
            let (changes, received, contributed) =
                self.changes(key, stored.as_ref(), conversation, event, &moment)?;
            // Before the conversation that leads to it: what fails after this is asked for again.
            contributions::erase(&*self.store, &contributed).await?;
            let outgoing = changes.outbox.clone();
            match self.metrics.commit(self.store.commit(changes)).await {
                Ok(version) => {
                    self.watched.changed(&key);
                    self.metrics.event(incoming.channel, Counted::Committed);
                    if !outgoing.is_empty() {
                        self.tell(Posted::Rows(queued(key, version, outgoing)));
                    }
                    return Ok(received);
                }
                Err(StoreError::Duplicate(_)) => {
                    debug!(conversation = ?key, "update came again");
                    self.metrics.event(incoming.channel, Counted::Duplicate);
                    return Ok(Received::default());
                }
                Err(StoreError::Conflict(_)) if conflicts < MAX_CONFLICTS => conflicts += 1,
                Err(other) => {
                    // Held until it is known what was kept: no later message goes out before.
                    self.tell(Posted::Unsure(key, Box::new(in_turn)));
                    return Err(other);
                }
            }
        }
    }

    fn tell(&self, posted: Posted) {
        // Nobody listens only while the service is being stopped; the rows are on disk.
        let _ = self.outbox.send(posted);
    }

    fn changes(
        &self,
        key: ConversationKey,
        stored: Option<&Stored>,
        conversation: Result<Conversation, String>,
        event: Event<'_>,
        moment: &Moment,
    ) -> Result<(Changes, Received, Vec<Contributed>), StoreError> {
        let response = self.response_id(moment)?;
        let incoming = event.incoming;
        let worked = catch_unwind(AssertUnwindSafe(|| {
            conversation.and_then(|conversation| self.outcome(conversation, event, moment, response))
        }));
        let outcome =
            worked.unwrap_or_else(|_| Err("the engine panicked".to_owned())).unwrap_or_else(|why| {
                error!(conversation = ?key, why, "an update could not be handled and was passed over");
                self.passed_over(stored, incoming, moment, response)
            });
        let body = match (&outcome.conversation, outcome.forgets) {
            (_, Some(also)) => Body::Erase(also),
            // What cannot be read stays as it was, to the byte.
            (None, None) => stored.map_or(Body::Remove, |s| Body::Put(s.body.clone())),
            (Some(conversation), None) if conversation.is_empty() => {
                self.strangers.note(key, conversation.flood, moment.now);
                Body::Remove
            }
            (Some(conversation), None) => Body::Put(encoded(conversation)?),
        };
        let blocked = outcome.conversation.as_ref().is_some_and(|c| c.blocked);
        let mut received = Received {
            stale: outcome.stale,
            noted: outcome.noted,
            forgotten: outcome.told,
            failed: outcome.failed,
            ..Received::default()
        };
        let mut outbox = Vec::new();
        let mut responses = Vec::new();
        let mut counts = Vec::new();
        let mut documents = outcome.documents;
        let ended = votes::response(&outcome.effects);
        let mut post = |parcel: &Parcel, message: Option<u64>, forget| {
            outbox.push(Outgoing { message: message.map(MessageRef), forget, body: encoded(parcel)? });
            Ok::<(), StoreError>(())
        };
        for effect in outcome.effects {
            match effect {
                Effect::Say(_) | Effect::Amend { .. } if incoming.shows_recap || blocked => {}
                Effect::Say(message) => {
                    let of = message.of;
                    post(&Parcel::Say(message), of, false)?;
                }
                Effect::Amend { of, message } => {
                    let forget = message.buttons.is_empty();
                    post(&Parcel::Amend(message), Some(of), forget)?;
                }
                Effect::Toast(text) => received.toast = Some(text),
                Effect::Unsay => received.unsay = true,
                // Taken out before.
                Effect::Wish(_) => {}
                Effect::Respond(response) => responses.push(self.response(&key, response)?),
                Effect::Apart(Apart::Count { name, add }) => counts.push(Count { id: name, add }),
                Effect::Apart(Apart::Flag(flag)) => {
                    // In the order of time, and nothing else can be read from it.
                    let id =
                        format!("{}/{:013}-{:032x}", flag.dialogue, flag.at.as_millisecond(), self.draw()?);
                    documents.push(Document { kind: Kind::Flag, id, body: Some(encoded(&flag)?) });
                }
                // The conversation's one wake-up is counted from all its sessions; what is kept as documents is taken out before.
                Effect::Apart(Apart::Votes { dialogue, revision, vote, ballots }) => {
                    let log = DialogueId(engine::vote_log(&dialogue, &vote));
                    responses.extend(self.votes(
                        &key,
                        ended.unwrap_or(response),
                        (&dialogue, revision),
                        &log,
                        ballots,
                    )?);
                }
                Effect::WakeAt(_)
                | Effect::Contacts(..)
                | Effect::Apart(Apart::Subscribe { .. } | Apart::Contribute { .. } | Apart::Quiet) => {}
            }
        }
        let changes = Changes {
            conversation: key,
            update: UpdateId(incoming.update.clone()),
            at: moment.now,
            expected: stored.map_or(Version(0), |s| s.version),
            body,
            address: stored.is_none().then(|| incoming.conversation.0.clone()),
            responses,
            outbox,
            wake_at: outcome.wake_at,
            documents,
            counts,
            media: outcome.media,
            erases: outcome.erases,
        };
        Ok((changes, received, outcome.cuts_loose))
    }

    fn reception(
        &self,
        conversation: Conversation,
        incoming: &Incoming,
        own: Own,
        moment: &Moment,
        response: Uuid,
    ) -> Reception<'_> {
        Reception {
            library: &self.library,
            channel: incoming.channel,
            platform_language: incoming.language,
            moment: moment.clone(),
            response,
            conversation,
            own,
            effects: Vec::new(),
            forgotten: None,
            message: incoming.message.clone(),
            stale: false,
            noted: false,
        }
    }

    // What the event comes to, or why nothing can be made of it.
    fn outcome(
        &self,
        conversation: Conversation,
        Event { incoming, content, own }: Event<'_>,
        moment: &Moment,
        response: Uuid,
    ) -> Result<Outcome, String> {
        let before = conversation.responses();
        let media = conversation.media();
        let mut reception = self.reception(conversation, incoming, own, moment, response);
        reception.take(content).map_err(|e| e.to_string())?;
        if let Some(forgotten) = reception.forgotten.take() {
            return self.forgotten(reception, forgotten).map_err(|e| e.to_string());
        }
        let wake_at = reception.wake_at();
        let after = reception.conversation.responses();
        let dropped = before.iter().any(|response| !after.contains(response));
        let Reception { mut conversation, mut effects, stale, noted, .. } = reception;
        mend::let_go(&mut conversation);
        let address = &incoming.conversation.0;
        let mut documents =
            contacts::take(&mut conversation, &mut effects, || self.draw()).map_err(|e| e.to_string())?;
        documents.extend(
            subscriptions::take(&mut conversation, &mut effects, address, || self.draw())
                .map_err(|e| e.to_string())?,
        );
        let anonymous = |script: &ScriptId, revision| self.library.is_anonymous(script, revision);
        documents.extend(
            contributions::take(&mut conversation, &mut effects, anonymous, || self.draw())
                .map_err(|e| e.to_string())?,
        );
        let erases = dropped || documents.iter().any(|d| d.body.is_none());
        let media = Some(conversation.media()).filter(|now| *now != media);
        Ok(Outcome {
            conversation: Some(conversation),
            effects,
            wake_at,
            documents,
            media,
            erases,
            stale,
            noted,
            ..Outcome::default()
        })
    }

    // Everything goes in one commit, the last words with their receipt in the same.
    fn forgotten(&self, reception: Reception<'_>, forgotten: Forgotten) -> Result<Outcome, StoreError> {
        let anonymous = |s: &Session| self.library.is_anonymous(&s.script, s.revision);
        let led_to = |s: &Session| votes::led_to(self.store.secrets(), s, anonymous(s));
        let also = forgotten.sessions.iter().flat_map(led_to).collect();
        let (number, erased) = forgotten.receipt;
        let mut documents = forgotten.documents;
        documents.push(erased.document(number).map_err(|e| StoreError::Backend(e.to_string()))?);
        Ok(Outcome {
            conversation: Some(reception.conversation),
            effects: reception.effects,
            documents,
            erases: true,
            forgets: Some(also),
            cuts_loose: forgotten.contributed,
            told: Some(forgotten.words),
            ..Outcome::default()
        })
    }

    // A permanent error must not stop the line: the citizen hears that it went wrong, and the update is done with. A wake-up
    // that fails would come again at once and for ever: it is put off for a day, and nobody hears of it; the link to a response
    // that has ended is cut all the same.
    fn passed_over(
        &self,
        stored: Option<&Stored>,
        incoming: &Incoming,
        moment: &Moment,
        response: Uuid,
    ) -> Outcome {
        let decoded = stored.and_then(|s| decoded(Some(s)).ok());
        let timer = incoming.content == Content::Input(Input::TimeUp);
        let language = incoming.language.unwrap_or(Language::DANISH);
        let sorry = lines(language).get("trouble");
        let effects = match timer {
            true => Vec::new(),
            // A page shows what stands open anew: what is said goes above it.
            false if incoming.shows_recap => vec![Effect::Toast(sorry)],
            false => vec![Effect::Say(Message { text: Text::plain(sorry), ..Message::bare(language) })],
        };
        let later = |hours| moment.now.checked_add(SignedDuration::from_hours(hours)).ok();
        let Some(mut conversation) = decoded else {
            return Outcome { effects, wake_at: later(24), failed: true, ..Outcome::default() };
        };
        let before = conversation.media();
        let cut = conversation.ended.take_if(|kept| kept.until <= moment.now).is_some();
        contributions::let_go(&mut conversation);
        mend::let_go(&mut conversation);
        let media = Some(conversation.media()).filter(|now| *now != before);
        let reception = self.reception(conversation, incoming, Own::default(), moment, response);
        let wake_at = if timer { later(24) } else { reception.wake_at().max(Some(moment.now)) };
        Outcome {
            conversation: Some(reception.conversation),
            effects,
            wake_at,
            media,
            erases: cut,
            failed: true,
            ..Outcome::default()
        }
    }

    fn response(&self, key: &ConversationKey, mut response: Response) -> Result<ResponseChange, StoreError> {
        let anonymous = self.library.is_anonymous(&response.dialogue, response.revision);
        let dialogue = DialogueId(response.dialogue.0.clone());
        response.citizen = match anonymous {
            true => pseudonym::anonymous(self.store.secrets(), response.id),
            false => pseudonym::citizen(self.store.secrets(), &dialogue, key),
        };
        let media = response.answers.iter().flat_map(|a| a.outcome.media());
        let media = media.map(|kept| MediaId(kept.id)).collect();
        let row = encoded(&response)?;
        Ok(ResponseChange { dialogue, response: response.id, row, linked: !anonymous, media })
    }
}

// What is kept of the conversation, or why it cannot be read.
fn decoded(stored: Option<&Stored>) -> Result<Conversation, String> {
    let Some(stored) = stored else { return Ok(Conversation::default()) };
    engine::decode(&stored.body).map_err(|e| e.to_string())
}

fn encoded<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    engine::encode(value).map_err(|e| StoreError::Backend(format!("a turn cannot be written: {e}")))
}

// The rows as the store names them.
fn queued(conversation: ConversationKey, version: Version, outgoing: Vec<Outgoing>) -> Vec<Queued> {
    let id = |n| OutboxId { conversation, version, n };
    (0u16..).zip(outgoing).map(|(n, outgoing)| Queued { id: id(n), outgoing }).collect()
}

#[async_trait]
impl Inbox for Dispatch {
    async fn receive(&self, incoming: Incoming) -> Result<Received, InboxError> {
        if incoming.content == Content::Nothing {
            self.metrics.event(incoming.channel, Counted::Nothing);
            return Ok(Received::default());
        }
        match self.turn(&incoming).await {
            Ok(received) => Ok(received),
            // Damaged on disk: it would be damaged again next time, and everybody behind would wait.
            Err(error @ StoreError::Corrupt { .. }) => {
                error!(conversation = ?self.key(&incoming.conversation), %error, "an update was passed over");
                self.metrics.event(incoming.channel, Counted::PassedOver);
                let language = incoming.language.unwrap_or(Language::DANISH);
                let toast = Some(lines(language).get("trouble"));
                Ok(Received { toast, failed: true, ..Received::default() })
            }
            Err(error) => {
                warn!(%error, "a turn could not be kept");
                self.metrics.event(incoming.channel, Counted::NotKept);
                Err(InboxError::NotKept(error.to_string()))
            }
        }
    }
}
