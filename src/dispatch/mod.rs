//! Incoming -> engine -> one commit. What follows from an event is on disk before anybody hears of it.

mod conversation;
mod pages;
mod parcel;
mod reception;
mod timer;

pub use conversation::Conversation;
pub use parcel::Parcel;
pub use timer::run_timer;

use crate::channel::{Content, ConversationId, Inbox, InboxError, Incoming, Received};
use crate::engine::{self, Effect, Input, Message, Moment, Response, Text, lines};
use crate::library::Library;
use crate::privacy::pseudonym;
use crate::script::Language;
use async_trait::async_trait;
use jiff::Timestamp;
use reception::Reception;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use storage::{
    Body, Changes, ConversationKey, DialogueId, MessageRef, OutboxId, Outgoing, Queued, ResponseChange, Store, StoreError, UpdateId,
    Version,
};
use tokio::sync::mpsc::UnboundedSender;
use tracing::{debug, error, warn};

/// So often a turn is computed anew because another came first; then something else is wrong.
const MAX_CONFLICTS: usize = 20;

/// Takes events from all channels and turns them into commits.
#[derive(Debug)]
pub struct Dispatch {
    store: Arc<dyn Store>,
    library: Arc<Library>,
    /// Rows just committed, for delivery. They are on disk too: whoever listens may come late.
    outbox: UnboundedSender<Vec<Queued>>,
}

/// What one event comes to before it is committed.
struct Outcome {
    conversation: Conversation,
    effects: Vec<Effect>,
    wake_at: Option<Timestamp>,
}

impl Dispatch {
    pub fn new(store: Arc<dyn Store>, library: Arc<Library>, outbox: UnboundedSender<Vec<Queued>>) -> Dispatch {
        Dispatch { store, library, outbox }
    }

    fn key(&self, of: &ConversationId) -> ConversationKey {
        storage::key_of(self.store.secrets(), &of.0)
    }

    async fn turn(&self, incoming: &Incoming) -> Result<Received, StoreError> {
        let key = self.key(&incoming.conversation);
        let mut conflicts = 0;
        loop {
            let moment = Moment { now: Timestamp::now(), seed: seed()? };
            let stored = self.store.conversation(&key).await?;
            let outcome = self.outcome(&key, stored.as_ref().map(|s| s.body.as_slice()), incoming, moment)?;
            let expected = stored.as_ref().map_or(Version(0), |s| s.version);
            let first = stored.is_none();
            let (changes, received) = self.changes(key, expected, first, incoming, outcome, &moment)?;
            let rows = queued(&changes);
            match self.store.commit(changes).await {
                Ok(()) => {
                    if !rows.is_empty() {
                        // Nobody listens only while the service is being stopped; the rows are on disk.
                        let _ = self.outbox.send(rows);
                    }
                    return Ok(received);
                }
                Err(StoreError::Duplicate(_)) => {
                    debug!(conversation = ?key, "update came again");
                    return Ok(Received::default());
                }
                Err(StoreError::Conflict(_)) if conflicts < MAX_CONFLICTS => conflicts += 1,
                Err(other) => return Err(other),
            }
        }
    }

    // A permanent error must not stop the line: the citizen hears that it went wrong, the update is done with, and what
    // had been answered stays as it was.
    fn outcome(&self, key: &ConversationKey, body: Option<&[u8]>, incoming: &Incoming, moment: Moment) -> Result<Outcome, StoreError> {
        let conversation: Conversation = match body {
            Some(bytes) => engine::decode(bytes).map_err(|e| StoreError::Corrupt { what: "conversation", why: e.to_string() })?,
            None => Conversation::default(),
        };
        let before = conversation.clone();
        let work = AssertUnwindSafe(|| {
            let mut reception = Reception {
                library: &self.library,
                channel: incoming.channel,
                platform_language: incoming.language,
                moment,
                conversation,
                effects: Vec::new(),
            };
            reception.take(&incoming.content).map(|()| {
                let wake_at = reception.wake_at();
                Outcome { conversation: reception.conversation, effects: reception.effects, wake_at }
            })
        });
        let why = match catch_unwind(work) {
            Ok(Ok(outcome)) => return Ok(outcome),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the engine panicked".to_owned(),
        };
        error!(conversation = ?key, why, "an update could not be handled and was passed over");
        let language = before.open.as_ref().map(|s| s.language).or(incoming.language).unwrap_or(Language::DANISH);
        let apology = Message { text: Text::plain(lines(language).get("trouble")), ..Message::bare(language) };
        // A timer that fails would come again at once and for ever: it is put off for a day.
        let wake_at = moment.now.checked_add(jiff::SignedDuration::from_hours(24)).ok().filter(|_| before.open.is_some());
        let effects = if incoming.content == Content::Input(Input::TimeUp) { Vec::new() } else { vec![Effect::Say(apology)] };
        Ok(Outcome { conversation: before, effects, wake_at })
    }

    fn changes(
        &self,
        conversation: ConversationKey,
        expected: Version,
        first: bool,
        incoming: &Incoming,
        outcome: Outcome,
        moment: &Moment,
    ) -> Result<(Changes, Received), StoreError> {
        let damaged = |e: engine::CodecError| StoreError::Corrupt { what: "turn", why: e.to_string() };
        let mut outbox = Vec::new();
        let mut responses = Vec::new();
        let mut received = Received::default();
        let mut say = |parcel: Parcel, message: Option<u64>, forget: bool| -> Result<(), StoreError> {
            let body = engine::encode(&parcel).map_err(damaged)?;
            outbox.push(Outgoing { message: message.map(MessageRef), forget, body });
            Ok(())
        };
        for effect in outcome.effects {
            match effect {
                Effect::Say(_) | Effect::Amend { .. } if incoming.shows_recap || outcome.conversation.blocked => {}
                Effect::Say(message) => {
                    let of = message.of;
                    say(Parcel::Say(message), of, false)?;
                }
                Effect::Amend { of, message } => {
                    let forget = message.buttons.is_empty();
                    say(Parcel::Amend(message), Some(of), forget)?;
                }
                Effect::Toast(text) => received.toast = Some(text),
                Effect::Respond(response) => responses.push(self.response(&conversation, response, moment)?),
                // The conversation's one wake-up is counted from all its sessions.
                Effect::WakeAt(_) => {}
            }
        }
        let body = match outcome.conversation.is_empty() {
            true => Body::Remove,
            false => Body::Put(engine::encode(&outcome.conversation).map_err(damaged)?),
        };
        let changes = Changes {
            conversation,
            update: UpdateId(incoming.update.clone()),
            at: moment.now,
            expected,
            body,
            address: first.then(|| incoming.conversation.0.clone()),
            responses,
            outbox,
            wake_at: outcome.wake_at,
            documents: Vec::new(),
        };
        Ok((changes, received))
    }

    fn response(&self, key: &ConversationKey, mut response: Response, moment: &Moment) -> Result<ResponseChange, StoreError> {
        let anonymous = self.library.revision(&response.dialogue, response.revision).is_none_or(|p| p.script.header().privacy.anonymous);
        let dialogue = DialogueId(response.dialogue.0.clone());
        response.citizen = match anonymous {
            true => pseudonym::anonymous(response.id, moment.seed),
            false => pseudonym::citizen(self.store.secrets(), &dialogue, key),
        };
        let row = engine::encode(&response).map_err(|e| StoreError::Corrupt { what: "response", why: e.to_string() })?;
        Ok(ResponseChange { dialogue, response: response.id, row, linked: !anonymous })
    }
}

// The rows as the store names them: by the version that the commit makes.
fn queued(changes: &Changes) -> Vec<Queued> {
    let version = Version(changes.expected.0 + 1);
    (0u16..)
        .zip(&changes.outbox)
        .map(|(n, outgoing)| Queued { id: OutboxId { conversation: changes.conversation, version, n }, outgoing: outgoing.clone() })
        .collect()
}

fn seed() -> Result<u64, StoreError> {
    getrandom::u64().map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))
}

#[async_trait]
impl Inbox for Dispatch {
    async fn receive(&self, incoming: Incoming) -> Result<Received, InboxError> {
        if incoming.content == Content::Nothing {
            return Ok(Received::default());
        }
        self.turn(&incoming).await.map_err(|e| {
            warn!(error = %e, "a turn could not be kept");
            InboxError::NotKept(e.to_string())
        })
    }
}
