//! A store that forgets everything when the process ends: for trying things, and as the plain statement of what a store does.

use crate::seal::random;
use crate::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct MemoryStore {
    secrets: Secrets,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    conversations: HashMap<ConversationKey, Line>,
    addresses: HashMap<ConversationKey, String>,
    outbox: BTreeMap<OutboxId, Outgoing>,
    sent: BTreeMap<(ConversationKey, MessageRef), String>,
    logs: HashMap<DialogueId, Log>,
    places: HashMap<Uuid, (DialogueId, Cursor)>,
    links: BTreeSet<(ConversationKey, Uuid)>,
    seen: HashMap<UpdateId, Timestamp>,
    documents: BTreeMap<(Kind, String), Vec<u8>>,
    media: HashMap<MediaId, (Timestamp, Vec<u8>)>,
    owners: BTreeMap<Owner, Vec<MediaId>>,
    closed: bool,
}

/// `body: None` is a conversation that was removed and still has something to send.
#[derive(Debug)]
struct Line {
    version: Version,
    body: Option<Vec<u8>>,
    wake_at: Option<Timestamp>,
}

/// Who names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Conversation(ConversationKey),
    Response(Uuid),
}

#[derive(Debug, Default)]
struct Log {
    latest: Cursor,
    rows: BTreeMap<Cursor, (Uuid, Row)>,
}

impl MemoryStore {
    /// An empty store with secrets of its own.
    ///
    /// # Errors
    /// [`StoreError::Backend`] if the system has no random numbers.
    pub fn new() -> Result<MemoryStore> {
        Ok(MemoryStore::with(Secrets::generate()?))
    }

    /// An empty store with these secrets, so that a run can be repeated to the byte.
    pub fn with(secrets: Secrets) -> MemoryStore {
        MemoryStore { secrets, state: Mutex::default() }
    }

    fn state(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed { Err(StoreError::Closed) } else { Ok(state) }
    }
}

impl Secrets {
    pub(crate) fn generate() -> Result<Secrets> {
        let none = |e| StoreError::Backend(format!("the system gives no random numbers: {e}"));
        let epoch = u64::from_be_bytes(random().map_err(none)?);
        let fresh = || random::<32>().map_err(none);
        Ok(Secrets { lookup: fresh()?, pseudonym: fresh()?, cursor: fresh()?, epoch })
    }
}

impl State {
    fn log(&mut self, of: &DialogueId) -> &mut Log {
        self.logs.entry(of.clone()).or_default()
    }

    // The response's old row goes, a new one comes last.
    fn write(&mut self, dialogue: &DialogueId, response: Uuid, row: Row) {
        if let Some((old, cursor)) = self.places.remove(&response) {
            self.log(&old).rows.remove(&cursor);
        }
        let log = self.log(dialogue);
        log.latest.0 += 1;
        let cursor = log.latest;
        log.rows.insert(cursor, (response, row));
        self.places.insert(response, (dialogue.clone(), cursor));
    }

    fn erase_responses(&mut self, responses: &[Uuid], at: Timestamp, reason: Reason) -> usize {
        let mut erased = 0;
        for response in responses {
            let Some((dialogue, cursor)) = self.places.get(response).cloned() else { continue };
            if matches!(self.log(&dialogue).rows.get(&cursor), Some((_, Row::Live(_)))) {
                self.write(&dialogue, *response, Row::Erased { at, reason });
                self.own(Owner::Response(*response), Vec::new());
                erased += 1;
            }
        }
        erased
    }

    fn is_erased(&self, response: Uuid) -> bool {
        let row = self.places.get(&response).and_then(|(of, cursor)| self.logs.get(of)?.rows.get(cursor));
        matches!(row, Some((_, Row::Erased { .. })))
    }

    // What is linked to the conversation, and these; nothing that waited is sent any more.
    fn erase_of(&mut self, of: &ConversationKey, also: &[Uuid], at: Timestamp) -> usize {
        let mut gone: Vec<Uuid> =
            self.links.iter().filter(|(c, _)| c == of).map(|(_, response)| *response).collect();
        gone.extend(also);
        self.links.retain(|(c, _)| c != of);
        self.outbox.retain(|id, _| id.conversation != *of);
        self.erase_responses(&gone, at, Reason::Citizen)
    }

    // What loses its last name goes.
    fn own(&mut self, owner: Owner, media: Vec<MediaId>) {
        let old = match media.is_empty() {
            true => self.owners.remove(&owner),
            false => self.owners.insert(owner, media),
        };
        for id in old.unwrap_or_default() {
            if !self.is_named(id) {
                self.media.remove(&id);
            }
        }
    }

    fn is_named(&self, id: MediaId) -> bool {
        self.owners.values().any(|media| media.contains(&id))
    }

    fn has_outbox(&self, of: &ConversationKey) -> bool {
        self.outbox.keys().any(|id| id.conversation == *of)
    }

    fn forget(&mut self, of: &ConversationKey) {
        self.conversations.remove(of);
        self.addresses.remove(of);
        self.sent.retain(|(c, _), _| c != of);
    }

    // All or none: nothing is put before every sum is known.
    fn count(&mut self, counts: &[Count]) -> Result<()> {
        let mut sums = BTreeMap::new();
        for count in counts {
            let key = (Kind::Counter, count.id.clone());
            let before = sums.get(&key).or_else(|| self.documents.get(&key));
            let sum = count.on(before.map(Vec::as_slice))?;
            sums.insert(key, sum);
        }
        self.documents.extend(sums);
        Ok(())
    }

    fn documents(&mut self, documents: Vec<Document>) {
        for Document { kind, id, body } in documents {
            match body {
                Some(body) => self.documents.insert((kind, id), body),
                None => self.documents.remove(&(kind, id)),
            };
        }
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    async fn conversation(&self, of: &ConversationKey) -> Result<Option<Stored>> {
        let state = self.state()?;
        let line = state.conversations.get(of);
        Ok(line.and_then(|l| Some(Stored { version: l.version, body: l.body.clone()? })))
    }

    async fn commit(&self, changes: Changes) -> Result<Version> {
        let mut state = self.state()?;
        let of = changes.conversation;
        if state.seen.contains_key(&changes.update) {
            return Err(StoreError::Duplicate(changes.update));
        }
        let old = state.conversations.get(&of);
        if old.filter(|l| l.body.is_some()).map_or(Version(0), |l| l.version) != changes.expected {
            return Err(StoreError::Conflict(of));
        }
        let version = Version(old.map_or(0, |l| l.version.0) + 1);
        state.count(&changes.counts)?;
        if let Body::Erase(also) = &changes.body {
            state.erase_of(&of, also, changes.at);
        }
        for (n, outgoing) in (0u16..).zip(changes.outbox) {
            state.outbox.insert(OutboxId { conversation: of, version, n }, outgoing);
        }
        if let Some(address) = changes.address {
            state.addresses.insert(of, address);
        }
        let (body, wake_at) = match changes.body {
            Body::Put(body) => (Some(body), changes.wake_at),
            Body::Remove | Body::Erase(_) => (None, None),
        };
        let gone = body.is_none();
        let media = if gone { Some(Vec::new()) } else { changes.media };
        state.conversations.insert(of, Line { version, body, wake_at });
        if gone && !state.has_outbox(&of) {
            state.forget(&of);
        }
        for ResponseChange { dialogue, response, row, linked, media } in changes.responses {
            if state.is_erased(response) {
                // What is gone does not come back by being mended.
                state.links.remove(&(of, response));
                continue;
            }
            state.own(Owner::Response(response), media);
            state.write(&dialogue, response, Row::Live(row));
            match linked {
                true => state.links.insert((of, response)),
                false => state.links.remove(&(of, response)),
            };
        }
        if let Some(media) = media {
            state.own(Owner::Conversation(of), media);
        }
        state.documents(changes.documents);
        state.seen.insert(changes.update, changes.at);
        Ok(version)
    }

    async fn responses(&self, of: &DialogueId, after: Cursor, limit: usize) -> Result<Vec<ResponseRow>> {
        let state = self.state()?;
        let Some(log) = state.logs.get(of) else { return Ok(Vec::new()) };
        let rows = log.rows.range(Cursor(after.0.saturating_add(1))..).take(limit);
        Ok(rows
            .map(|(cursor, (response, row))| ResponseRow {
                cursor: *cursor,
                response: *response,
                row: row.clone(),
            })
            .collect())
    }

    async fn extent(&self, of: &DialogueId) -> Result<Extent> {
        let state = self.state()?;
        let live =
            |log: &Log| log.rows.values().filter(|(_, row)| matches!(row, Row::Live(_))).count() as u64;
        Ok(state
            .logs
            .get(of)
            .map_or(Extent::default(), |log| Extent { latest: log.latest, responses: live(log) }))
    }

    async fn address(&self, of: &ConversationKey) -> Result<Option<String>> {
        Ok(self.state()?.addresses.get(of).cloned())
    }

    async fn outbox(&self, after: Option<OutboxId>, limit: usize) -> Result<Vec<Queued>> {
        let state = self.state()?;
        let rows = state.outbox.iter().filter(|(id, _)| after.is_none_or(|after| **id > after)).take(limit);
        Ok(rows.map(|(id, outgoing)| Queued { id: *id, outgoing: outgoing.clone() }).collect())
    }

    async fn settle(&self, id: OutboxId, sent: Option<String>) -> Result<()> {
        let mut state = self.state()?;
        let Some(row) = state.outbox.remove(&id) else { return Ok(()) };
        let of = id.conversation;
        match (row.message, sent) {
            (Some(message), _) if row.forget => drop(state.sent.remove(&(of, message))),
            (Some(message), Some(sent)) => drop(state.sent.insert((of, message), sent)),
            (Some(_), None) | (None, _) => {}
        }
        if state.conversations.get(&of).is_none_or(|l| l.body.is_none()) && !state.has_outbox(&of) {
            state.forget(&of);
        }
        Ok(())
    }

    async fn sent(&self, of: &ConversationKey, message: MessageRef) -> Result<Option<String>> {
        Ok(self.state()?.sent.get(&(*of, message)).cloned())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationKey>> {
        let state = self.state()?;
        let due = |(key, line): (&ConversationKey, &Line)| {
            line.wake_at.filter(|at| *at <= now).map(|at| (at, *key))
        };
        let list: BTreeSet<(Timestamp, ConversationKey)> =
            state.conversations.iter().filter_map(due).collect();
        Ok(list.into_iter().take(limit).map(|(_, key)| key).collect())
    }

    async fn document(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.state()?.documents.get(&(kind, id.to_owned())).cloned())
    }

    async fn documents(&self, kind: Kind, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let state = self.state()?;
        let found = state.documents.iter().filter(|((k, id), _)| *k == kind && id.starts_with(prefix));
        Ok(found.map(|((_, id), body)| (id.clone(), body.clone())).collect())
    }

    async fn keep(&self, documents: Vec<Document>) -> Result<()> {
        self.state()?.documents(documents);
        Ok(())
    }

    async fn replace(&self, document: Document, was: &[u8]) -> Result<bool> {
        let mut state = self.state()?;
        let now = state.documents.get(&(document.kind, document.id.clone()));
        let as_read = now.is_some_and(|now| now == was);
        if as_read {
            state.documents(vec![document]);
        }
        Ok(as_read)
    }

    async fn erase(&self, of: &ConversationKey, at: Timestamp) -> Result<Receipt> {
        let mut state = self.state()?;
        let responses = state.erase_of(of, &[], at);
        let known = state.conversations.get(of).is_some_and(|l| l.body.is_some());
        state.own(Owner::Conversation(*of), Vec::new());
        state.forget(of);
        Ok(Receipt { conversations: known.into(), responses })
    }

    async fn linked(&self, of: &ConversationKey) -> Result<Vec<(DialogueId, ResponseRow)>> {
        let state = self.state()?;
        let ours = state.links.iter().filter(|(c, _)| c == of).filter_map(|(_, response)| {
            let (dialogue, cursor) = state.places.get(response)?;
            let (_, row) = state.logs.get(dialogue)?.rows.get(cursor)?;
            let row = ResponseRow { cursor: *cursor, response: *response, row: row.clone() };
            matches!(row.row, Row::Live(_)).then(|| (dialogue.clone(), row))
        });
        Ok(ours.collect())
    }

    async fn erase_responses(&self, responses: Vec<Uuid>, at: Timestamp, reason: Reason) -> Result<usize> {
        Ok(self.state()?.erase_responses(&responses, at, reason))
    }

    async fn put_media(&self, bytes: Vec<u8>, at: Timestamp) -> Result<MediaId> {
        let bits =
            random().map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))?;
        let id = MediaId(uuid::Builder::from_random_bytes(bits).into_uuid());
        self.state()?.media.insert(id, (at, bytes));
        Ok(id)
    }

    async fn media(&self, id: MediaId) -> Result<Option<Vec<u8>>> {
        Ok(self.state()?.media.get(&id).map(|(_, bytes)| bytes.clone()))
    }

    async fn media_dialogue(&self, id: MediaId) -> Result<Option<DialogueId>> {
        let state = self.state()?;
        let of = |(owner, media): (&Owner, &Vec<MediaId>)| match owner {
            Owner::Response(response) if media.contains(&id) => state.places.get(response),
            Owner::Response(_) | Owner::Conversation(_) => None,
        };
        Ok(state.owners.iter().find_map(of).map(|(dialogue, _)| dialogue.clone()))
    }

    async fn collect_media(&self, before: Timestamp) -> Result<usize> {
        let mut state = self.state()?;
        let old = state.media.iter().filter(|(id, (at, _))| *at < before && !state.is_named(**id));
        let old: Vec<MediaId> = old.map(|(id, _)| *id).collect();
        old.iter().for_each(|id| drop(state.media.remove(id)));
        Ok(old.len())
    }

    async fn forget_updates(&self, before: Timestamp) -> Result<()> {
        self.state()?.seen.retain(|_, at| *at >= before);
        Ok(())
    }

    async fn compact(&self, when: When) -> Result<Option<Compacted>> {
        self.state().map(|_| (when == When::Now).then(Compacted::default))
    }

    async fn backup(&self, _to: &Path) -> Result<Copied> {
        Err(StoreError::Backend("a store in memory has nothing on disk to back up".to_owned()))
    }

    async fn rotate(&self) -> Result<Compacted> {
        Err(StoreError::Backend("a store in memory has no data key".to_owned()))
    }

    fn broken(&self) -> Option<String> {
        None
    }

    async fn close(&self) -> Result<()> {
        self.state()?.closed = true;
        Ok(())
    }
}
