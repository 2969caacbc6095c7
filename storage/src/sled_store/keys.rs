//! Where things lie: the trees of a sled store, and the keys in them. No key holds a platform's id in clear.

use crate::seal::mac;
use crate::*;

/// A fixed few: sled slows down with many trees (spacejam/sled#1484). The byte is bound into every sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Tree {
    /// Everything of one conversation lies together, since a turn touches most of it. conversation, then
    /// `c` -> version, wake-up, body; `a` -> platform address; `s` message -> platform's message id; `l` response: a link
    Conversations = 0,
    /// dialogue 0 cursor -> a response or its tombstone
    Responses = 1,
    /// conversation, version, place in the commit -> a message to send
    Outbox = 2,
    /// `p` response -> dialogue and cursor; `w` wake-up, conversation; `x` conversation that was erased -> when; `g`
    /// conversation that was removed and still has something to send -> its last version; `d` keyed hash of
    /// the key of a document that was erased; `m` and `o`: see `owners`
    Index = 3,
    /// day, place -> update ids that came: see `seen`
    Seen = 4,
    /// kind, id -> body; kind 0 is the store's own: `extent <dialogue>`, `secrets`
    Documents = 5,
    /// Further pieces of values that are too large for one
    Pieces = 6,
}

impl Tree {
    /// Whether a value here may be too large for one piece.
    pub fn may_hold_much(self) -> bool {
        match self {
            Tree::Conversations | Tree::Responses | Tree::Outbox | Tree::Documents => true,
            Tree::Index | Tree::Seen | Tree::Pieces => false,
        }
    }
}

pub const TREES: [(Tree, &str); 7] = [
    (Tree::Conversations, "conversations"),
    (Tree::Responses, "responses"),
    (Tree::Outbox, "outbox"),
    (Tree::Index, "index"),
    (Tree::Seen, "seen"),
    (Tree::Documents, "documents"),
    (Tree::Pieces, "pieces"),
];

/// The store's own kind of document.
const OWN: u8 = 0;

pub fn log(dialogue: &DialogueId) -> Vec<u8> {
    [dialogue.0.as_bytes(), &[0]].concat()
}

pub fn row(dialogue: &DialogueId, cursor: Cursor) -> Vec<u8> {
    [dialogue.0.as_bytes(), &[0], &cursor.0.to_be_bytes()].concat()
}

/// The cursor at the end of a row's key.
pub fn cursor_of(row: &[u8]) -> Option<Cursor> {
    row.last_chunk().map(|bytes| Cursor(u64::from_be_bytes(*bytes)))
}

/// The dialogue at the start of a row's key.
pub fn dialogue_of(row: &[u8]) -> Option<DialogueId> {
    let name = row.get(..row.len().checked_sub(9)?)?;
    Some(DialogueId(String::from_utf8(name.to_vec()).ok()?))
}

pub fn outbox(id: &OutboxId) -> Vec<u8> {
    [id.conversation.0.as_slice(), &id.version.0.to_be_bytes(), &id.n.to_be_bytes()].concat()
}

pub fn outbox_id(key: &[u8]) -> Option<OutboxId> {
    let (conversation, rest) = key.split_first_chunk()?;
    let (version, rest) = rest.split_first_chunk()?;
    let conversation = ConversationKey(*conversation);
    let version = Version(u64::from_be_bytes(*version));
    Some(OutboxId { conversation, version, n: u16::from_be_bytes(rest.try_into().ok()?) })
}

fn part(of: &ConversationKey, kind: u8, rest: &[u8]) -> Vec<u8> {
    [of.0.as_slice(), &[kind], rest].concat()
}

pub fn conversation(of: &ConversationKey) -> Vec<u8> {
    part(of, b'c', &[])
}

/// Whether the key is that of a conversation itself, not of something that belongs to it.
pub fn is_conversation(key: &[u8]) -> bool {
    key.get(16) == Some(&b'c')
}

pub fn address(of: &ConversationKey) -> Vec<u8> {
    part(of, b'a', &[])
}

pub const GONE: &[u8] = b"g";

pub fn gone(of: &ConversationKey) -> Vec<u8> {
    [GONE, &of.0].concat()
}

pub fn sent_of(of: &ConversationKey) -> Vec<u8> {
    part(of, b's', &[])
}

pub fn sent(of: &ConversationKey, message: MessageRef) -> Vec<u8> {
    part(of, b's', &message.0.to_be_bytes())
}

pub fn links(of: &ConversationKey) -> Vec<u8> {
    part(of, b'l', &[])
}

pub fn link(of: &ConversationKey, response: Uuid) -> Vec<u8> {
    part(of, b'l', response.as_bytes())
}

pub fn place(response: Uuid) -> Vec<u8> {
    [b"p".as_slice(), response.as_bytes()].concat()
}

pub fn response_of(link: &[u8]) -> Option<Uuid> {
    link.last_chunk().map(|bytes| Uuid::from_bytes(*bytes))
}

pub const ERASED: &[u8] = b"x";

pub fn erased_conversation(of: &ConversationKey) -> Vec<u8> {
    [ERASED, &of.0].concat()
}

pub fn conversation_of(erased: &[u8]) -> Option<ConversationKey> {
    Some(ConversationKey(erased.get(1..)?.try_into().ok()?))
}

pub const ERASED_DOCUMENTS: &[u8] = b"d";

/// The mark that a document leaves: its name is not in it.
pub fn erased_document(secrets: &Secrets, document: &[u8]) -> Vec<u8> {
    [ERASED_DOCUMENTS, &mac(&secrets.lookup, &[b"erased", document])[..16]].concat()
}

pub const WAKES: &[u8] = b"w";

pub fn wake(at: Timestamp, of: &ConversationKey) -> Vec<u8> {
    [WAKES, &at.as_millisecond().max(0).to_be_bytes(), &of.0].concat()
}

/// When and whom a wake-up key wakes.
pub fn woken(key: &[u8]) -> Option<(i64, ConversationKey)> {
    let (at, of) = key.get(1..)?.split_first_chunk()?;
    Some((i64::from_be_bytes(*at), ConversationKey(of.try_into().ok()?)))
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The day that an update is filed under, counted from 1970.
pub fn day(at: Timestamp) -> u32 {
    (at.as_millisecond().max(0) / DAY_MILLIS) as u32
}

/// Where an update is filed under its day. A platform that counts its updates has as many as a byte counts share a place, each with
/// its number there; any other id is a keyed hash, with a place of its own.
#[derive(Debug, Clone, Copy)]
pub struct Filed {
    place: [u8; 16],
    pub number: Option<u8>,
}

impl Filed {
    pub fn of(update: &UpdateId, secrets: &Secrets) -> Filed {
        let counted =
            update.0.split_once(':').and_then(|(channel, n)| Some((channel, n.parse::<u64>().ok()?)));
        let mut place = [0; 16];
        let Some((channel, n)) = counted else {
            place.copy_from_slice(&mac(&secrets.lookup, &[b"update", update.0.as_bytes()])[..16]);
            return Filed { place, number: None };
        };
        place[..8].copy_from_slice(&mac(&secrets.lookup, &[b"channel", channel.as_bytes()])[..8]);
        place[8..].copy_from_slice(&(n >> 8).to_be_bytes());
        Filed { place, number: Some(n as u8) }
    }

    pub fn on(&self, day: u32) -> Vec<u8> {
        [day.to_be_bytes().as_slice(), &self.place].concat()
    }
}

pub fn document(kind: Kind, id: &str) -> Vec<u8> {
    [&[kind as u8], id.as_bytes()].concat()
}

pub fn extent(of: &DialogueId) -> Vec<u8> {
    [&[OWN], b"extent ".as_slice(), of.0.as_bytes()].concat()
}

pub fn secrets() -> Vec<u8> {
    [&[OWN], b"secrets".as_slice()].concat()
}

/// What media are sealed with.
pub fn media_keys() -> Vec<u8> {
    [&[OWN], b"media keys".as_slice()].concat()
}

/// How many groups of changes there were, this one with them.
pub fn groups() -> Vec<u8> {
    [&[OWN], b"groups".as_slice()].concat()
}

/// There while bytes of something erased are still in the file.
pub fn erased() -> Vec<u8> {
    [&[OWN], b"erased".as_slice()].concat()
}

/// The dialogues' extents begin so.
pub fn extents() -> Vec<u8> {
    [&[OWN], b"extent ".as_slice()].concat()
}

/// A further piece of the value at `key`.
pub fn piece(tree: Tree, key: &[u8], n: u8) -> Vec<u8> {
    [&[tree as u8], key, &[n]].concat()
}
