//! What must hold whatever goes wrong. Each invariant is a sentence; what happens is held against them as it happens.
//!
//! 1. ONCE: an update is committed at most once, and is acknowledged only after that.
//! 2. STEP: the versions of a conversation step by one, each computed from the one before.
//! 3. ORDER: the messages of a conversation arrive in the order of their commits; what was never committed never arrives.
//! 4. SENT: a row is settled only when it arrived, or can never arrive (refused, blocked, the message to change is not there).
//! 5. AMEND: a message is changed only after it arrived, and by a row about that message.
//! 6. REMIND: a session is reminded once at most, and never after its end.
//! 7. OWN: the words in a response were typed by its citizen, in an update that was committed.
//! 8. ROW: a response has one row in the log, and it holds what the citizen's session held last.
//! 9. CURSOR: cursors count every row ever written, without gaps, in the order of the commits.
//! 10. REST: when nothing goes wrong any more, everything is sent, everybody due is woken, and every dialogue can be ended.

use snak::channel::{Outbound, Parcel};
use snak::dispatch::Conversation;
use snak::engine::{self, Message, Outcome, Response, Value, lines};
use snak::script::Language;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use storage::{Body, Changes, ConversationKey, Cursor, DialogueId, OutboxId, ResponseRow, Row, Version};
use uuid::Uuid;

type Held = Result<(), String>;

/// What became of an outbox row.
#[derive(Debug)]
pub struct Post {
    /// The message that it is about.
    pub about: Option<u64>,
    /// After this row that message is not touched again.
    pub forget: bool,
    is_amend: bool,
    /// What it says, as a number.
    says: u64,
    arrived: usize,
    /// Refused by the platform, or the citizen had blocked us: it need not arrive.
    hopeless: bool,
    settled: bool,
}

impl Post {
    fn is_done(&self) -> bool {
        self.arrived > 0 || self.hopeless || self.settled
    }
}

fn number(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn said(outbound: &Outbound) -> Result<u64, String> {
    let parcel = match outbound {
        Outbound::Say(message) | Outbound::Show { message, .. } => Parcel::Say(message.clone()),
        Outbound::Amend { message, .. } => Parcel::Amend(message.clone()),
    };
    engine::encode(&parcel).map(|body| number(&body)).map_err(|e| e.to_string())
}

#[derive(Debug, Default)]
struct Line {
    version: u64,
    removed: bool,
    posts: BTreeMap<OutboxId, Post>,
}

/// Everything that was promised so far.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The first promise that was broken.
    pub broken: Option<String>,
    updates: HashSet<String>,
    lines: HashMap<ConversationKey, Line>,
    reminded: HashSet<u64>,
    /// How a reminder begins in each language.
    reminder: HashMap<Language, String>,
    /// Of each response: its dialogue, and the row as it was committed last.
    responses: BTreeMap<Uuid, (DialogueId, Vec<u8>)>,
    /// In the order of the commits.
    written: BTreeMap<DialogueId, Vec<Uuid>>,
    /// What each update typed, and what each conversation has typed in committed ones.
    typed: HashMap<String, String>,
    words: HashMap<ConversationKey, BTreeSet<String>>,
    /// Which message the platform knows by an id.
    names: HashMap<String, (ConversationKey, Option<u64>)>,
    pub turns: usize,
    pub arrivals: usize,
    pub reminders: usize,
}

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(why()) }
}

impl Ledger {
    pub fn row(&self, id: &OutboxId) -> Option<&Post> {
        self.lines.get(&id.conversation)?.posts.get(id)
    }

    /// An update types these words.
    pub fn types(&mut self, update: &str, words: &str) {
        self.typed.insert(update.to_owned(), words.to_owned());
    }

    pub fn committed(&mut self, changes: &Changes, version: Version) -> Held {
        let (of, update) = (changes.conversation, &changes.update.0);
        self.turns += 1;
        ensure(self.updates.insert(update.clone()), || format!("ONCE: {update} was committed twice"))?;
        if let Some(words) = self.typed.get(update) {
            self.words.entry(of).or_default().insert(words.clone());
        }
        let line = self.lines.entry(of).or_default();
        // Forgotten and come back: numbers begin anew.
        if version.0 == 1 && line.removed {
            let waiting = line.posts.iter().find(|(_, post)| !post.is_done());
            ensure(waiting.is_none(), || format!("SENT: {of:?} was forgotten with {waiting:?} to send"))?;
            *line = Line::default();
        }
        let before = if line.removed { 0 } else { line.version };
        ensure(version.0 == line.version + 1 && changes.expected.0 == before, || {
            format!(
                "STEP: {of:?} went from {} to {} by a turn on {:?}",
                line.version, version.0, changes.expected
            )
        })?;
        line.version = version.0;
        line.removed = !matches!(changes.body, Body::Put(_));
        let mut parcels = Vec::new();
        for (n, outgoing) in (0u16..).zip(&changes.outbox) {
            let parcel: Parcel = engine::decode(&outgoing.body).map_err(|e| e.to_string())?;
            let post = Post {
                about: outgoing.message.map(|m| m.0),
                forget: outgoing.forget,
                is_amend: matches!(parcel, Parcel::Amend(_)),
                says: number(&outgoing.body),
                arrived: 0,
                hopeless: false,
                settled: false,
            };
            line.posts.insert(OutboxId { conversation: of, version, n }, post);
            parcels.push(parcel);
        }
        self.reminders(&parcels, changes)?;
        match changes.responses.is_empty() {
            true => Ok(()),
            false => self.responses(changes, &conversation(changes)?),
        }
    }

    fn reminders(&mut self, parcels: &[Parcel], changes: &Changes) -> Held {
        for parcel in parcels {
            let Parcel::Say(message) = parcel else { continue };
            let language = message.language;
            let reminder = self.reminder.entry(language).or_insert_with(|| lines(language).get("reminder"));
            if message.text.to_string() != *reminder {
                continue;
            }
            let Some(nonce) = nonce(message) else { continue };
            self.reminders += 1;
            ensure(self.reminded.insert(nonce), || format!("REMIND: session {nonce:x} was reminded twice"))?;
            let open = conversation(changes)?.open.is_some_and(|s| s.nonce == nonce && !s.is_finished());
            ensure(open, || format!("REMIND: session {nonce:x} was reminded after its end"))?;
        }
        Ok(())
    }

    fn responses(&mut self, changes: &Changes, conversation: &Conversation) -> Held {
        for change in &changes.responses {
            let response: Response = engine::decode(&change.row).map_err(|e| e.to_string())?;
            let id = change.response;
            ensure(response.id == id, || format!("ROW: the row of {id} is about {}", response.id))?;
            if let Some(kept) = &conversation.ended
                && kept.session.response == id
            {
                let held = kept
                    .session
                    .answers
                    .iter()
                    .all(|a| response.answers.contains(a) || response.withdrawn.contains(&a.question));
                ensure(held, || format!("ROW: {id} does not hold the answers of its session"))?;
            }
            for answered in &response.answers {
                if let Outcome::Given { value: Value::Text(words), .. } = &answered.outcome {
                    let own = self.words.get(&changes.conversation).is_some_and(|w| w.contains(words));
                    ensure(own, || format!("OWN: {id} holds `{words}`, which its citizen did not type"))?;
                }
            }
            self.responses.insert(id, (change.dialogue.clone(), change.row.clone()));
            self.written.entry(change.dialogue.clone()).or_default().push(id);
        }
        Ok(())
    }

    /// The service told the platform that an update is done with.
    pub fn acknowledged(&self, update: &str) -> Held {
        ensure(self.updates.contains(update), || {
            format!("ONCE: {update} was acknowledged before its turn was committed")
        })
    }

    /// A message is in the chat. `named`: the platform's id of it.
    pub fn arrived(&mut self, of: ConversationKey, outbound: &Outbound, named: &str) -> Held {
        self.arrivals += 1;
        let changed = match outbound {
            Outbound::Say(_) | Outbound::Show { .. } => None,
            Outbound::Amend { of: old, .. } => match self.names.get(old) {
                Some((owner, about)) if *owner == of => *about,
                Some(_) | None => return Err(format!("AMEND: {of:?} has no message {old}")),
            },
        };
        let line = self.lines.entry(of).or_default();
        let says = said(outbound)?;
        let carries = |post: &Post| post.says == says && (changed.is_none() || post.about == changed);
        // The first that has not arrived, if it is its turn; else one that comes again, as a crash lost what became of it.
        let waits = |post: &Post| carries(post) && !post.settled && post.arrived == 0;
        let fresh = line.posts.iter().find(|(_, post)| waits(post)).map(|(id, _)| *id);
        let early = fresh.and_then(|id| line.posts.range(..id).find(|(_, post)| !post.is_done()));
        let early = early.map(|(id, _)| *id);
        let again =
            line.posts.iter().rev().find(|(_, post)| carries(post) && (post.arrived > 0 || post.hopeless));
        let again = again.map(|(id, _)| *id);
        let id = match (fresh, early, again) {
            (Some(id), None, _) | (_, _, Some(id)) => id,
            (Some(id), Some(before), None) => {
                let (at, first) =
                    (format!("{}.{}", id.version.0, id.n), format!("{}.{}", before.version.0, before.n));
                return Err(format!("ORDER: {of:?} was sent {at} before {first}"));
            }
            (None, _, None) => {
                return Err(format!("ORDER: {of:?} was sent what no commit wrote: {outbound:?}"));
            }
        };
        let Some(post) = line.posts.get_mut(&id) else { return Ok(()) };
        post.arrived += 1;
        let about = post.about;
        if !matches!(outbound, Outbound::Amend { .. }) {
            self.names.insert(named.to_owned(), (of, about));
        }
        Ok(())
    }

    /// The platform takes this message never.
    pub fn refused(&mut self, of: ConversationKey, outbound: &Outbound) -> Held {
        let line = self.lines.entry(of).or_default();
        let says = said(outbound)?;
        // One that arrived and whose settling was lost in a crash may be refused when it comes again.
        let mut posts = line.posts.values_mut();
        if let Some(post) = posts.find(|post| post.says == says && !post.settled && !post.hopeless) {
            post.hopeless = true;
        }
        Ok(())
    }

    /// The citizen cannot be reached: what was written so far need not arrive.
    pub fn blocked(&mut self, of: ConversationKey) {
        let line = self.lines.entry(of).or_default();
        line.posts.values_mut().for_each(|post| post.hopeless = true);
    }

    pub fn settled(&mut self, id: OutboxId, sent: bool) -> Held {
        let of = id.conversation;
        let Some(line) = self.lines.get_mut(&of) else { return Ok(()) };
        let Some(about) = line.posts.get(&id).map(|p| p.about) else { return Ok(()) };
        // Nobody has the message that was to be changed, or it was let go.
        let earlier = || line.posts.range(..id).map(|(_, p)| p).filter(|p| p.about == about);
        let lost = !earlier().any(|p| p.arrived > 0 && !p.hopeless) || earlier().any(|p| p.forget);
        let Some(post) = line.posts.get_mut(&id) else { return Ok(()) };
        let done = post.arrived > 0 || post.hopeless || (!sent && post.is_amend && lost);
        post.settled = true;
        ensure(done, || format!("SENT: {of:?} {}.{} was settled and had not arrived", id.version.0, id.n))
    }

    /// A crash lost the settlement: the row is there again.
    pub fn unsettled(&mut self, id: &OutboxId) {
        let line = self.lines.entry(id.conversation).or_default();
        if let Some(post) = line.posts.get_mut(id) {
            post.settled = false;
        }
    }

    /// The log of a dialogue as it stands at the end.
    pub fn log(&self, of: &DialogueId, latest: Cursor, rows: &[ResponseRow]) -> Held {
        let none = Vec::new();
        let written = self.written.get(of).unwrap_or(&none);
        ensure(latest.0 == written.len() as u64, || {
            format!(
                "CURSOR: {} rows were written to {}, and its log counts {}",
                written.len(),
                of.0,
                latest.0
            )
        })?;
        let mut last: BTreeMap<Uuid, u64> = BTreeMap::new();
        for (cursor, id) in (1u64..).zip(written) {
            last.insert(*id, cursor);
        }
        let found: BTreeMap<Uuid, u64> = rows.iter().map(|r| (r.response, r.cursor.0)).collect();
        ensure(found.len() == rows.len() && found == last, || {
            format!("CURSOR: the rows of {} are not where they were written: {found:?}, {last:?}", of.0)
        })?;
        for row in rows {
            let kept = self.responses.get(&row.response).map(|(_, body)| Row::Live(body.clone()));
            ensure(kept.as_ref() == Some(&row.row), || {
                format!("ROW: {} is not as it was last", row.response)
            })?;
        }
        Ok(())
    }

    /// Nothing goes wrong any more, and some time has passed.
    pub fn rests(&self, unsent: &[OutboxId], due: usize) -> Held {
        ensure(unsent.is_empty(), || {
            format!("REST: {} messages are still to be sent: {unsent:?}", unsent.len())
        })?;
        ensure(due == 0, || format!("REST: {due} conversations are due and nobody wakes them"))?;
        let lost = self.lines.values().flat_map(|l| &l.posts).find(|(_, post)| !post.is_done());
        ensure(lost.is_none(), || format!("SENT: {:?} never arrived", lost.map(|(id, _)| id)))
    }

    pub fn dialogues(&self) -> Vec<DialogueId> {
        self.written.keys().cloned().collect()
    }

    pub fn responses_count(&self) -> usize {
        self.responses.len()
    }
}

fn conversation(changes: &Changes) -> Result<Conversation, String> {
    match &changes.body {
        Body::Put(body) => engine::decode(body).map_err(|e| e.to_string()),
        Body::Remove | Body::Erase(_) => Ok(Conversation::default()),
    }
}

fn nonce(message: &Message) -> Option<u64> {
    message.buttons.iter().flatten().next().map(|b| b.press.session)
}
