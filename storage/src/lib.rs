//! What is remembered: conversations, responses, and messages not yet sent.
//!
//! The trait speaks the domain (commit a turn, read on from a cursor, what is due), never keys, trees or iterators, so that
//! another database can stand behind it. Bodies are bytes that only the caller understands; every one is sealed before it
//! touches the disk.

#[cfg(feature = "contract")]
#[allow(clippy::unwrap_used, reason = "a promise that is broken panics")]
pub mod contract;
mod memory;
mod rows;
mod seal;
mod sled_store;

pub use memory::MemoryStore;
pub use rows::*;
pub use seal::{KeyError, MasterKey};
pub use sled_store::{Replaced, SledStore, restore};

use async_trait::async_trait;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// The store behind a URL: `sled:FOLDER` or `memory:`. A folder that is not there is made.
///
/// # Errors
/// [`StoreError::Url`], [`StoreError::WrongKey`], [`StoreError::InUse`], [`StoreError::Newer`]: nothing was changed on disk.
pub async fn open(url: &str, key: &MasterKey) -> Result<Arc<dyn Store>> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::new()?)),
        Some(("sled", folder)) if !folder.is_empty() => {
            Ok(Arc::new(SledStore::open(&PathBuf::from(folder), key).await?))
        }
        _ => Err(StoreError::Url(url.to_owned())),
    }
}

/// The lookup key of a conversation: a keyed hash, so that the platform's id cannot be read from it.
pub fn key_of(secrets: &Secrets, conversation: &str) -> ConversationKey {
    let mut key = ConversationKey([0; 16]);
    key.0.copy_from_slice(&seal::mac(&secrets.lookup, &[b"conversation", conversation.as_bytes()])[..16]);
    key
}

/// One place where everything is kept. Every method may be called from many tasks at once.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// The secrets made with the store; they never change and never leave the process.
    fn secrets(&self) -> &Secrets;

    /// The conversation's body with its version. `None` means that nothing was ever kept, or that it was removed.
    async fn conversation(&self, of: &ConversationKey) -> Result<Option<Stored>>;

    /// Applies one turn: all of it or none of it, on disk when this returns. Gives the conversation's new version, which
    /// also names its outbox rows.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the conversation's version is not `changes.expected`: read again and compute again.
    /// [`StoreError::Duplicate`] if the update was seen before: nothing is to be done.
    async fn commit(&self, changes: Changes) -> Result<Version>;

    /// One row per response of a dialogue after `after`, in commit order, at most `limit`. Only rows that are on disk.
    ///
    /// Cursor 0 is before the first. An empty list means "nothing new", not "no such cursor".
    async fn responses(&self, of: &DialogueId, after: Cursor, limit: usize) -> Result<Vec<ResponseRow>>;

    /// How far a dialogue's answer log reaches, counting only what is on disk. Nothing was ever written: both are 0.
    async fn extent(&self, of: &DialogueId) -> Result<Extent>;

    /// The platform address of a conversation, as given in [`Changes::address`]. Needed to send, kept apart from the rest.
    async fn address(&self, of: &ConversationKey) -> Result<Option<String>>;

    /// Messages not yet settled with ids after `after` (`None`: from the first), in id order, at most `limit`. Only rows
    /// that are on disk. In order within a conversation; between conversations the order means nothing.
    async fn outbox(&self, after: Option<OutboxId>, limit: usize) -> Result<Vec<Queued>>;

    /// The outbox row was sent, or will never be: it is dropped. With `sent`, the platform's id is kept for the row's
    /// `message`, until a row with [`Outgoing::forget`] on the same message is settled or the conversation is erased.
    ///
    /// Lazy: on disk with the next group of commits, at most 200 ms later; visible to [`Store::sent`] at once. After a crash
    /// the row may therefore be there again. Settling a row that is gone is no error.
    async fn settle(&self, id: OutboxId, sent: Option<String>) -> Result<()>;

    /// The platform's id of a message sent earlier.
    async fn sent(&self, of: &ConversationKey, message: MessageRef) -> Result<Option<String>>;

    /// Conversations whose wake-up is at or before `now`, earliest first, at most `limit`. They stay due until a commit
    /// moves or clears the wake-up.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationKey>>;

    /// A low-rate thing by name: a revision, a token, a codebook, …
    async fn document(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>>;

    /// Every document of a kind whose id starts with `prefix`, in id order. For kinds of which there are few.
    async fn documents(&self, kind: Kind, prefix: &str) -> Result<Vec<(String, Vec<u8>)>>;

    /// Writes or removes documents outside a turn: all or none, on disk when this returns.
    async fn keep(&self, documents: Vec<Document>) -> Result<()>;

    /// Writes or removes a document that still is what was read, `was`; on disk when this returns. `false`: it has changed or is
    /// gone, and nothing was done.
    async fn replace(&self, document: Document, was: &[u8]) -> Result<bool>;

    /// Removes a conversation: body, address, outbox, sent ids, wake-up, and every response still linked to it, each
    /// leaving a tombstone, with their media. Erasing twice is harmless; the second receipt counts nothing.
    async fn erase(&self, of: &ConversationKey, at: Timestamp) -> Result<Receipt>;

    /// The responses that are linked to a conversation and not erased, each with its dialogue.
    async fn linked(&self, of: &ConversationKey) -> Result<Vec<(DialogueId, ResponseRow)>>;

    /// Removes responses, each leaving a tombstone. Ids that are not there, or erased already, are passed over; gives how many
    /// were erased.
    async fn erase_responses(&self, responses: Vec<Uuid>, at: Timestamp, reason: Reason) -> Result<usize>;

    /// Seals and keeps a picture, voice message or file: on disk when this returns, so that a commit may name it. What no commit
    /// names is removed by [`Store::collect_media`].
    async fn put_media(&self, bytes: Vec<u8>, at: Timestamp) -> Result<MediaId>;

    /// The bytes of a file; `None` where there is none, or none any more.
    async fn media(&self, id: MediaId) -> Result<Option<Vec<u8>>>;

    /// The dialogue whose response names the file; `None` while none does.
    async fn media_dialogue(&self, id: MediaId) -> Result<Option<DialogueId>>;

    /// Removes media put before `before` that neither a response nor a conversation names; gives how many. What loses its last
    /// name is removed at once; this is for what never got one.
    async fn collect_media(&self, before: Timestamp) -> Result<usize>;

    /// Drops update ids older than `before`: the platform will not send them again.
    async fn forget_updates(&self, before: Timestamp) -> Result<()>;

    /// Copies what is live to a fresh place while the store goes on, and lets the old place go: afterwards nothing that was
    /// erased or overwritten is in the folder in any form. Needs room for a second copy. `None`: it was not needed.
    ///
    /// # Errors
    /// [`StoreError::Backend`] if there is no room, or the copy cannot be written; the store goes on as it was.
    async fn compact(&self, when: When) -> Result<Option<Compacted>>;

    /// Writes everything as it is at one moment to a folder that is not there yet or is empty, sealed, while the store goes on;
    /// then reads it back whole. The same master key opens it.
    ///
    /// # Errors
    /// [`StoreError::Backend`] if the folder cannot be written, or holds something.
    async fn backup(&self, to: &Path) -> Result<Copied>;

    /// A compaction with a new data key: what the old key had sealed is gone afterwards.
    ///
    /// # Errors
    /// As [`Store::compact`].
    async fn rotate(&self) -> Result<Compacted>;

    /// Why the store can no longer keep answers; `None` while it can. Once set it stays.
    fn broken(&self) -> Option<String>;

    /// What was found damaged since the store was opened, the first of it; `None` while nothing was. The rest is read and kept
    /// as before. Damage is found where something is read: at once for what is read, for all there is by [`Store::backup`].
    fn damaged(&self) -> Option<String> {
        None
    }

    /// Finishes what waits, makes it durable and lets the folder go. Later calls fail.
    async fn close(&self) -> Result<()>;
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// One variant for each thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the conversation {0:?} has moved on")]
    Conflict(ConversationKey),
    #[error("update was handled before")]
    Duplicate(UpdateId),
    #[error("the stored {what} cannot be read: {why}")]
    Corrupt { what: &'static str, why: String },
    #[error("the key does not fit this store")]
    WrongKey,
    #[error("the data folder {0} is in use by another process")]
    InUse(String),
    #[error("the store was written by a newer version (format {found}, this program knows {known})")]
    Newer { found: u32, known: u32 },
    #[error("`{0}` is not a store address: write sled:FOLDER or memory:")]
    Url(String),
    #[error("the store is closed")]
    Closed,
    #[error("the store failed: {0}")]
    Backend(String),
}
