//! The values that go in and come out of a store.

use jiff::Timestamp;
use uuid::Uuid;

/// HMAC-SHA-256(lookup secret, address), cut to 16 bytes. The platform's id cannot be read from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationKey(pub [u8; 16]);

impl std::fmt::Debug for ConversationKey {
    // Enough to tell conversations apart in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c:{:02x}{:02x}{:02x}{:02x}", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// How often a conversation was committed. 0: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub version: Version,
    pub body: Vec<u8>,
}

/// A platform's event, with the channel's name in front: `telegram:981`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UpdateId(pub String);

/// `institution/dialogue`. Never holds a zero byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogueId(pub String);

/// Position in the answer log: counted in the same write as its row, so cursor order is commit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor(pub u64);

/// How far an answer log reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// The last cursor; counts every row ever written, erased ones too.
    pub latest: Cursor,
    /// Rows that are there and not erased.
    pub responses: u64,
}

/// Our name for a message of a conversation, before and after the platform has given it one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageRef(pub u64);

/// Conversation, the version whose commit wrote the row, and its place in that commit: order within a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId {
    pub conversation: ConversationKey,
    pub version: Version,
    pub n: u16,
}

/// A picture, voice message or file. Drawn at random: nothing can be read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaId(pub Uuid);

/// Everything that one turn changes.
#[derive(Debug, Clone)]
pub struct Changes {
    pub conversation: ConversationKey,
    /// The update that caused the turn; a second commit with it is a `Duplicate`.
    pub update: UpdateId,
    pub at: Timestamp,
    /// The version the turn was computed from; 0 if there was no conversation.
    pub expected: Version,
    pub body: Body,
    /// Set once, when the conversation begins; `None` keeps what is there.
    pub address: Option<String>,
    pub responses: Vec<ResponseChange>,
    pub outbox: Vec<Outgoing>,
    /// Replaces the conversation's one wake-up; `None` clears it.
    pub wake_at: Option<Timestamp>,
    pub documents: Vec<Document>,
    pub counts: Vec<Count>,
    /// The media that the body names from now on; `None` keeps what is there. A removed body names none.
    pub media: Option<Vec<MediaId>>,
    /// The turn drops something that must not stay readable: the next nightly compaction has to run.
    pub erases: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Put(Vec<u8>),
    /// The conversation is forgotten: body, address, sent ids and wake-up. Its outbox rows are still sent first:
    /// the address stays until the last of them is settled.
    Remove,
    /// As [`Body::Remove`], at the citizen's wish: every linked response is erased too, and these, each leaving a tombstone.
    /// Of the outbox only the rows of this commit are left.
    Erase(Vec<Uuid>),
}

/// A response ended or changed: its old row, if any, goes and a new one is written under a new cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseChange {
    pub dialogue: DialogueId,
    pub response: Uuid,
    pub row: Vec<u8>,
    /// Whether erasing the conversation erases the response. Anonymous responses are not linked.
    pub linked: bool,
    /// The media that the row names: they go with it.
    pub media: Vec<MediaId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRow {
    pub cursor: Cursor,
    pub response: Uuid,
    pub row: Row,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Live(Vec<u8>),
    Erased { at: Timestamp, reason: Reason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Citizen,
    Staff,
    Retention,
}

/// A message to be sent, changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The message it is about; `None` for one that is never touched again.
    pub message: Option<MessageRef>,
    /// After this row the message is not touched again: its platform id is dropped.
    pub forget: bool,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub id: OutboxId,
    pub outgoing: Outgoing,
}

/// What a commit left for whoever sends, told beside the store, which holds it too.
#[derive(Debug)]
pub enum Posted {
    Rows(Vec<Queued>),
    /// The commit failed, or only its answer was lost: the outbox alone knows what there is to send. Nothing is committed to the
    /// conversation before the second part is dropped.
    Unsure(ConversationKey, Box<dyn std::any::Any + Send>),
}

/// What kind of document. The byte is what is stored: numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Revision = 1,
    Codebook = 2,
    Token = 3,
    Access = 4,
    Counter = 5,
    /// Addresses of citizens: `institution/dialogue/<uuid>`.
    Contact = 6,
    /// Who wants to hear more, and where: `institution/dialogue/<uuid>`.
    Subscription = 7,
    /// Statements that citizens have added to a vote: `institution/dialogue/<uuid>`.
    Statement = 8,
    /// Ideas of citizens: `institution/dialogue/<uuid>`.
    Idea = 9,
    /// Where staff are asked to look: `institution/dialogue/<when>-<random>`.
    Flag = 10,
    /// That somebody's answers were erased, by the number they were told. Nothing about them.
    Receipt = 11,
    /// What citizens were told came of their answers: `institution/dialogue/<day>`.
    GivenBack = 12,
}

/// `body: None` removes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: Kind,
    pub id: String,
    pub body: Option<Vec<u8>>,
}

/// Added to a counter inside the commit, so that turns of different conversations that count the same thing do not wait for
/// one another. A counter is a document of [`Kind::Counter`]: its sum as eight bytes, highest first. It begins at 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub id: String,
    pub add: i64,
}

impl Count {
    /// The sum that a counter's document holds; `None` where it is not one.
    pub fn sum(body: &[u8]) -> Option<i64> {
        Some(i64::from_be_bytes(body.try_into().ok()?))
    }

    pub(crate) fn on(&self, body: Option<&[u8]>) -> crate::Result<Vec<u8>> {
        let before = match body {
            Some(body) => Count::sum(body).ok_or_else(|| crate::StoreError::Corrupt {
                what: "counter",
                why: "it is not eight bytes long".to_owned(),
            })?,
            None => 0,
        };
        Ok(before.saturating_add(self.add).to_be_bytes().to_vec())
    }
}

/// When a compaction runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    /// If something was erased since the last one, or the file is more than three times what is live in it.
    Needed,
}

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    pub bytes_before: u64,
    pub bytes_after: u64,
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    pub bytes: u64,
    /// Things kept: conversations, responses, messages, documents and what points to them.
    pub values: u64,
}

/// What a restore brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    pub values: u64,
    /// Responses and conversations in the backup that had been erased since: they were erased again.
    pub erased_again: usize,
}

/// What an erasure removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipt {
    pub conversations: usize,
    pub responses: usize,
}

/// Made with the store and kept in it, sealed. They outlive a change of the master key.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Secrets {
    pub lookup: [u8; 32],
    pub pseudonym: [u8; 32],
    pub cursor: [u8; 32],
    /// Changes when a backup is restored: a cursor from before means something else afterwards.
    pub epoch: u64,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}
