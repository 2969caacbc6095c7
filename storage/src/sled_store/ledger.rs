//! What each job means for the trees. Plain functions over a batch: nothing here touches the disk.

use super::keys::{self, Filed, Tree};
use super::owners::{self, Owner};
use super::seen;
use super::trees::{Batch, Trees};
use crate::*;

/// A conversation as it is stored, without its body, which comes behind.
#[derive(Clone, Copy)]
struct Line {
    version: Version,
    wake_at: Option<i64>,
}

/// No wake-up.
const NEVER: i64 = i64::MIN;

impl Line {
    fn to_bytes(self, body: &[u8]) -> Vec<u8> {
        let wake_at = self.wake_at.unwrap_or(NEVER);
        [self.version.0.to_be_bytes().as_slice(), &wake_at.to_be_bytes(), body].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Result<(Line, &[u8])> {
        let read = || {
            let (version, rest) = bytes.split_first_chunk()?;
            let (wake_at, body) = rest.split_first_chunk()?;
            let wake_at = Some(i64::from_be_bytes(*wake_at)).filter(|at| *at != NEVER);
            Some((Line { version: Version(u64::from_be_bytes(*version)), wake_at }, body))
        };
        read().ok_or_else(|| cut("conversation"))
    }
}

fn cut(what: &'static str) -> StoreError {
    StoreError::Corrupt { what, why: "it is shorter than it must be".to_owned() }
}

/// The conversation that lies under these bytes.
pub fn stored(bytes: &[u8]) -> Result<Stored> {
    Line::from_bytes(bytes).map(|(line, body)| Stored { version: line.version, body: body.to_vec() })
}

fn line(batch: &Batch<'_>, of: &ConversationKey) -> Result<Option<Line>> {
    let bytes = batch.head(&keys::conversation(of))?;
    bytes.map(|bytes| Line::from_bytes(&bytes).map(|(line, _)| line)).transpose()
}

// The last version of a conversation that was removed and still has something to send: whoever comes back goes on from it, so
// that rows in the outbox keep their order.
fn gone(batch: &mut Batch<'_>, of: &ConversationKey) -> Result<Option<Version>> {
    if !is_gone(batch, of)? {
        return Ok(None);
    }
    let bytes = batch.get(Tree::Index, &keys::gone(of))?;
    let version = |bytes: Vec<u8>| Some(Version(u64::from_be_bytes(bytes.try_into().ok()?)));
    bytes.map(|b| version(b).ok_or_else(|| cut("version"))).transpose()
}

// There are few such conversations, and most of the time none: then nobody need look for one.
fn is_gone(batch: &mut Batch<'_>, of: &ConversationKey) -> Result<bool> {
    Ok(batch.any(Tree::Index, keys::GONE)? && batch.has(Tree::Index, &keys::gone(of))?)
}

pub fn commit(batch: &mut Batch<'_>, secrets: &Secrets, changes: Changes) -> Result<Version> {
    let of = changes.conversation;
    let today = keys::day(changes.at);
    let update = Filed::of(&changes.update, secrets);
    if seen::has(batch, today, update)? {
        return Err(StoreError::Duplicate(changes.update));
    }
    let old = line(batch, &of)?;
    if old.as_ref().map_or(Version(0), |l| l.version) != changes.expected {
        return Err(StoreError::Conflict(of));
    }
    let last = match &old {
        Some(line) => Some(line.version),
        None => gone(batch, &of)?,
    };
    let version = Version(last.unwrap_or_default().0 + 1);
    if let Body::Erase(also) = &changes.body {
        erase_of(batch, &of, also, changes.at)?;
        remember_erased(batch, &of, changes.at);
    }
    for (n, outgoing) in (0u16..).zip(&changes.outbox) {
        batch.put(
            Tree::Outbox,
            keys::outbox(&OutboxId { conversation: of, version, n }),
            outgoing_bytes(outgoing),
        );
    }
    if let Some(address) = changes.address {
        batch.put(Tree::Conversations, keys::address(&of), address.into_bytes());
    }
    let media = if matches!(changes.body, Body::Put(_)) { changes.media } else { Some(Vec::new()) };
    if let Some(media) = media {
        owners::set(batch, Owner::Conversation(of), &media)?;
    }
    put_line(batch, &of, old, version, changes.body, changes.wake_at)?;
    for change in changes.responses {
        let link = keys::link(&of, change.response);
        let erased = is_erased(batch, change.response)?;
        match change.linked && !erased {
            true => batch.put(Tree::Conversations, link, Vec::new()),
            false => batch.remove(Tree::Conversations, link),
        }
        if erased {
            // What is gone does not come back by being mended.
            continue;
        }
        owners::set(batch, Owner::Response(change.response), &change.media)?;
        write(batch, &change.dialogue, change.response, &Row::Live(change.row))?;
    }
    documents(batch, secrets, changes.documents)?;
    for count in &changes.counts {
        let key = keys::document(Kind::Counter, &count.id);
        let sum = count.on(batch.get(Tree::Documents, &key)?.as_deref())?;
        batch.put(Tree::Documents, key, sum);
    }
    if changes.erases {
        mark_erased(batch);
    }
    seen::add(batch, today, update)?;
    Ok(version)
}

fn put_line(
    batch: &mut Batch<'_>,
    of: &ConversationKey,
    old: Option<Line>,
    version: Version,
    body: Body,
    wake_at: Option<Timestamp>,
) -> Result<()> {
    let began = old.is_none();
    if let Some(at) = old.and_then(|l| l.wake_at) {
        batch.remove(Tree::Index, wake_key(at, of));
    }
    let Body::Put(body) = body else {
        if !has_outbox(batch, of)? {
            return forget(batch, of);
        }
        batch.remove(Tree::Conversations, keys::conversation(of));
        batch.put(Tree::Index, keys::gone(of), version.0.to_be_bytes().to_vec());
        return Ok(());
    };
    if began && is_gone(batch, of)? {
        batch.remove(Tree::Index, keys::gone(of));
    }
    let wake_at = wake_at.map(|at| at.as_millisecond().max(0));
    if let Some(at) = wake_at {
        batch.put(Tree::Index, wake_key(at, of), Vec::new());
    }
    batch.put(Tree::Conversations, keys::conversation(of), Line { version, wake_at }.to_bytes(&body));
    Ok(())
}

fn wake_key(millis: i64, of: &ConversationKey) -> Vec<u8> {
    keys::wake(Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH), of)
}

fn has_outbox(batch: &Batch<'_>, of: &ConversationKey) -> Result<bool> {
    Ok(!batch.keys(Tree::Outbox, &of.0)?.is_empty())
}

// What is gone for readers is still in the file: the nightly compaction has to run.
fn mark_erased(batch: &mut Batch<'_>) {
    // Put even where it is there: a copy that is being made takes note of it.
    batch.put(Tree::Documents, keys::erased(), vec![1]);
}

// Everything that names the citizen, and the conversation itself.
fn forget(batch: &mut Batch<'_>, of: &ConversationKey) -> Result<()> {
    mark_erased(batch);
    batch.remove(Tree::Conversations, keys::conversation(of));
    batch.remove(Tree::Conversations, keys::address(of));
    batch.remove(Tree::Index, keys::gone(of));
    for key in batch.keys(Tree::Conversations, &keys::sent_of(of))? {
        batch.remove(Tree::Conversations, key);
    }
    Ok(())
}

// The response's old row goes, a new one comes last. Counted in the same write, so order of cursors is order of commits.
fn write(batch: &mut Batch<'_>, to: &DialogueId, response: Uuid, row: &Row) -> Result<()> {
    let place = keys::place(response);
    if let Some(old) = batch.get(Tree::Index, &place)? {
        if is_live(batch, &old)? {
            let of = dialogue(&old)?;
            let extent = extent(batch, &of)?;
            let responses = extent.responses.saturating_sub(1);
            put_extent(batch, &of, Extent { responses, ..extent });
        }
        batch.remove(Tree::Responses, old);
    }
    let before = extent(batch, to)?;
    let live = matches!(row, Row::Live(_));
    let now = Extent { latest: Cursor(before.latest.0 + 1), responses: before.responses + u64::from(live) };
    put_extent(batch, to, now);
    let key = keys::row(to, now.latest);
    batch.put(Tree::Responses, key.clone(), row_bytes(response, row));
    batch.put(Tree::Index, place, key);
    Ok(())
}

fn is_live(batch: &Batch<'_>, row: &[u8]) -> Result<bool> {
    Ok(batch.get(Tree::Responses, row)?.is_some_and(|bytes| bytes.first() == Some(&LIVE)))
}

fn is_erased(batch: &Batch<'_>, response: Uuid) -> Result<bool> {
    let place = batch.get(Tree::Index, &keys::place(response))?;
    place.map_or(Ok(false), |row| is_live(batch, &row).map(|live| !live))
}

fn dialogue(row: &[u8]) -> Result<DialogueId> {
    keys::dialogue_of(row).ok_or_else(|| cut("place of a response"))
}

fn extent(batch: &Batch<'_>, of: &DialogueId) -> Result<Extent> {
    batch.get(Tree::Documents, &keys::extent(of))?.map_or(Ok(Extent::default()), |bytes| extent_of(&bytes))
}

fn put_extent(batch: &mut Batch<'_>, of: &DialogueId, extent: Extent) {
    let bytes = [extent.latest.0.to_be_bytes(), extent.responses.to_be_bytes()].concat();
    batch.put(Tree::Documents, keys::extent(of), bytes);
}

pub fn extent_of(bytes: &[u8]) -> Result<Extent> {
    let read = || {
        let (latest, rest) = bytes.split_first_chunk()?;
        Some(Extent {
            latest: Cursor(u64::from_be_bytes(*latest)),
            responses: u64::from_be_bytes(rest.try_into().ok()?),
        })
    };
    read().ok_or_else(|| cut("count of responses"))
}

const LIVE: u8 = 0;
const ERASED: u8 = 1;

fn row_bytes(response: Uuid, row: &Row) -> Vec<u8> {
    match row {
        Row::Live(body) => [&[LIVE], response.as_bytes().as_slice(), body].concat(),
        Row::Erased { at, reason } => {
            let reason = match reason {
                Reason::Citizen => 0,
                Reason::Staff => 1,
                Reason::Retention => 2,
            };
            [&[ERASED], response.as_bytes().as_slice(), &at.as_millisecond().to_be_bytes(), &[reason]]
                .concat()
        }
    }
}

/// The row at `key`.
pub fn row(key: &[u8], mut bytes: Vec<u8>) -> Result<ResponseRow> {
    let read = || {
        let cursor = keys::cursor_of(key)?;
        let (kind, rest) = bytes.split_first()?;
        let (response, rest) = rest.split_first_chunk()?;
        let (kind, response) = (*kind, Uuid::from_bytes(*response));
        let row = match kind {
            LIVE => {
                bytes.drain(..bytes.len() - rest.len());
                Row::Live(bytes)
            }
            _ => {
                let (at, reason) = rest.split_first_chunk()?;
                let reason = match reason.first()? {
                    0 => Reason::Citizen,
                    1 => Reason::Staff,
                    _ => Reason::Retention,
                };
                Row::Erased { at: Timestamp::from_millisecond(i64::from_be_bytes(*at)).ok()?, reason }
            }
        };
        Some(ResponseRow { cursor, response, row })
    };
    read().ok_or_else(|| cut("response"))
}

fn outgoing_bytes(outgoing: &Outgoing) -> Vec<u8> {
    let named = u8::from(outgoing.message.is_some()) | u8::from(outgoing.forget) << 1;
    let message = outgoing.message.map_or(0, |m| m.0);
    [&[named], message.to_be_bytes().as_slice(), &outgoing.body].concat()
}

pub fn outgoing(bytes: &[u8]) -> Result<Outgoing> {
    let read = || {
        let (named, rest) = bytes.split_first()?;
        let (message, body) = rest.split_first_chunk()?;
        let message = (named & 1 != 0).then(|| MessageRef(u64::from_be_bytes(*message)));
        Some(Outgoing { message, forget: named & 2 != 0, body: body.to_vec() })
    };
    read().ok_or_else(|| cut("message to send"))
}

pub fn documents(batch: &mut Batch<'_>, secrets: &Secrets, documents: Vec<Document>) -> Result<()> {
    for Document { kind, id, body } in documents {
        let key = keys::document(kind, &id);
        let given = GIVEN.contains(&kind);
        match body {
            Some(body) => {
                let mark = keys::erased_document(secrets, &key);
                if given && batch.has(Tree::Index, &mark)? {
                    batch.remove(Tree::Index, mark);
                }
                batch.put(Tree::Documents, key, body);
            }
            None if given => erase_document(batch, secrets, key),
            None => batch.remove(Tree::Documents, key),
        }
    }
    Ok(())
}

/// What citizens give that a conversation leads to by names which the store cannot read.
pub const GIVEN: [Kind; 4] = [Kind::Contact, Kind::Subscription, Kind::Statement, Kind::Idea];

/// Removes a document that a citizen gave. A backup from before holds it still: when that is restored, it is erased again.
pub fn erase_document(batch: &mut Batch<'_>, secrets: &Secrets, key: Vec<u8>) {
    batch.put(Tree::Index, keys::erased_document(secrets, &key), Vec::new());
    batch.remove(Tree::Documents, key);
    mark_erased(batch);
}

/// Whether the document still was what was read; else nothing is done.
pub fn replace(batch: &mut Batch<'_>, secrets: &Secrets, document: Document, was: &[u8]) -> Result<bool> {
    let now = batch.get(Tree::Documents, &keys::document(document.kind, &document.id))?;
    let as_read = now.is_some_and(|now| now == was);
    if as_read {
        documents(batch, secrets, vec![document])?;
    }
    Ok(as_read)
}

/// A message that was sent, or never will be.
pub struct Settled {
    pub id: OutboxId,
    pub message: Option<MessageRef>,
    pub forget: bool,
    pub sent: Option<String>,
}

pub fn settle(batch: &mut Batch<'_>, settled: &Settled) -> Result<()> {
    let key = keys::outbox(&settled.id);
    if !batch.has(Tree::Outbox, &key)? {
        return Ok(());
    }
    batch.remove(Tree::Outbox, key);
    let of = settled.id.conversation;
    match (settled.message, &settled.sent) {
        (Some(message), _) if settled.forget => {
            batch.remove(Tree::Conversations, keys::sent(&of, message));
        }
        (Some(message), Some(sent)) => {
            batch.put(Tree::Conversations, keys::sent(&of, message), sent.clone().into_bytes());
        }
        (Some(_), None) | (None, _) => {}
    }
    if is_gone(batch, &of)? && !has_outbox(batch, &of)? {
        forget(batch, &of)?;
    }
    Ok(())
}

pub fn erase(batch: &mut Batch<'_>, of: &ConversationKey, at: Timestamp) -> Result<Receipt> {
    let mut receipt = Receipt { conversations: 0, responses: erase_of(batch, of, &[], at)? };
    if let Some(line) = line(batch, of)? {
        receipt.conversations = 1;
        if let Some(at) = line.wake_at {
            batch.remove(Tree::Index, wake_key(at, of));
        }
    }
    owners::set(batch, Owner::Conversation(*of), &[])?;
    forget(batch, of)?;
    if receipt != Receipt::default() {
        remember_erased(batch, of, at);
    }
    Ok(receipt)
}

// What is linked to the conversation, and these; nothing that waited is sent any more.
fn erase_of(batch: &mut Batch<'_>, of: &ConversationKey, also: &[Uuid], at: Timestamp) -> Result<usize> {
    let mut erased = 0;
    for link in batch.keys(Tree::Conversations, &keys::links(of))? {
        let response = keys::response_of(&link).ok_or_else(|| cut("link to a response"))?;
        erased += erase_responses(batch, &[response], at, Reason::Citizen)?;
        batch.remove(Tree::Conversations, link);
    }
    for key in batch.keys(Tree::Outbox, &of.0)? {
        batch.remove(Tree::Outbox, key);
    }
    Ok(erased + erase_responses(batch, also, at, Reason::Citizen)?)
}

// A backup from before holds it still: when that is restored, it is erased again.
fn remember_erased(batch: &mut Batch<'_>, of: &ConversationKey, at: Timestamp) {
    batch.put(Tree::Index, keys::erased_conversation(of), at.as_millisecond().to_be_bytes().to_vec());
}

/// The row that a link leads to, with its dialogue; `None` where it is erased.
pub fn linked(trees: &Trees, link: &[u8]) -> Result<Option<(DialogueId, ResponseRow)>> {
    let response = keys::response_of(link).ok_or_else(|| cut("link to a response"))?;
    let Some(place) = trees.get(Tree::Index, &keys::place(response))? else { return Ok(None) };
    let Some(bytes) = trees.get(Tree::Responses, &place)? else { return Ok(None) };
    let row = row(&place, bytes)?;
    Ok(matches!(row.row, Row::Live(_)).then_some((dialogue(&place)?, row)))
}

pub fn erase_responses(
    batch: &mut Batch<'_>,
    responses: &[Uuid],
    at: Timestamp,
    reason: Reason,
) -> Result<usize> {
    let mut erased = 0;
    for response in responses {
        let Some(place) = batch.get(Tree::Index, &keys::place(*response))? else { continue };
        if is_live(batch, &place)? {
            owners::set(batch, Owner::Response(*response), &[])?;
            write(batch, &dialogue(&place)?, *response, &Row::Erased { at, reason })?;
            erased += 1;
        }
    }
    if erased > 0 {
        mark_erased(batch);
    }
    Ok(erased)
}
