//! A store in which something happens between two calls: right after a contribution was read, its author is erased.

use async_trait::async_trait;
use jiff::Timestamp;
use snak::dispatch;
use std::path::Path;
use std::sync::Mutex;
use storage::*;
use uuid::Uuid;

#[derive(Debug)]
pub struct Meddling {
    pub inner: MemoryStore,
    /// Who is erased, once, when a contribution is read.
    pub next: Mutex<Option<ConversationKey>>,
}

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Store for Meddling {
            fn secrets(&self) -> &Secrets {
                self.inner.secrets()
            }

            fn broken(&self) -> Option<String> {
                self.inner.broken()
            }

            async fn document(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>> {
                let body = self.inner.document(kind, id).await?;
                let read = matches!(kind, Kind::Idea | Kind::Statement) && body.is_some();
                let gone = read.then(|| self.next.lock().unwrap().take());
                if let Some(of) = gone.flatten() {
                    dispatch::erase(&self.inner, |_, _| false, &of, super::desk::now()).await?;
                }
                Ok(body)
            }

            $(async fn $name(&self, $($argument: $kind),*) -> Result<$result> {
                self.inner.$name($($argument),*).await
            })*
        }
    };
}

passed_on! {
    conversation(of: &ConversationKey) -> Option<Stored>;
    commit(changes: Changes) -> Version;
    responses(of: &DialogueId, after: Cursor, limit: usize) -> Vec<ResponseRow>;
    extent(of: &DialogueId) -> Extent;
    address(of: &ConversationKey) -> Option<String>;
    outbox(after: Option<OutboxId>, limit: usize) -> Vec<Queued>;
    settle(id: OutboxId, sent: Option<String>) -> ();
    sent(of: &ConversationKey, message: MessageRef) -> Option<String>;
    due(now: Timestamp, limit: usize) -> Vec<ConversationKey>;
    documents(kind: Kind, prefix: &str) -> Vec<(String, Vec<u8>)>;
    keep(documents: Vec<Document>) -> ();
    replace(document: Document, was: &[u8]) -> bool;
    erase(of: &ConversationKey, at: Timestamp) -> Receipt;
    linked(of: &ConversationKey) -> Vec<(DialogueId, ResponseRow)>;
    erase_responses(responses: Vec<Uuid>, at: Timestamp, reason: Reason) -> usize;
    put_media(bytes: Vec<u8>, at: Timestamp) -> MediaId;
    media(id: MediaId) -> Option<Vec<u8>>;
    media_dialogue(id: MediaId) -> Option<DialogueId>;
    collect_media(before: Timestamp) -> usize;
    forget_updates(before: Timestamp) -> ();
    compact(when: When) -> Option<Compacted>;
    backup(to: &Path) -> Copied;
    rotate() -> Compacted;
    close() -> ();
}
