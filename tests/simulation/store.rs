//! A store on which things go wrong: slow, refusing, or done without the answer arriving. A crash loses what was lazy.

use super::town::{Life, Town, at_once, lock};
use async_trait::async_trait;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::*;
use uuid::Uuid;

/// The longest that a settled row may wait for the disk.
const LAZY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub struct Rough {
    pub town: Arc<Town>,
    pub life: Life,
}

impl Town {
    // What was settled goes to disk: all of it with a commit, else what has waited its time.
    async fn flush(&self, all: bool) {
        let ripe: Vec<_> = {
            let mut lazy = lock(&self.lazy);
            let waits = |since: tokio::time::Instant| !all && since.elapsed() < LAZY;
            let count = lazy.iter().take_while(|(_, _, since)| !waits(*since)).count();
            lazy.drain(..count).collect()
        };
        for (id, sent, _) in ripe {
            at_once(self.disk.settle(id, sent)).unwrap();
        }
    }

    /// The process dies: what was lazy is on disk or not, in order.
    pub async fn crash(&self) {
        self.flush(false).await;
        {
            let mut lazy = lock(&self.lazy);
            let kept = self.chance.below(lazy.len() as u64 + 1) as usize;
            let lost = lazy.split_off(kept);
            lost.iter().for_each(|(id, ..)| lock(&self.ledger).unsettled(id));
        }
        self.flush(true).await;
        self.tell(|| "CRASH".to_owned());
    }

    /// Every message that is still to be sent.
    pub async fn unsent(&self) -> Vec<Queued> {
        self.flush(true).await;
        at_once(self.disk.outbox(None, usize::MAX)).unwrap()
    }
}

impl Rough {
    async fn works(&self, what: &str, once_in: u64) -> Result<()> {
        self.life.goes_on().await;
        self.town.takes_time().await;
        self.life.goes_on().await;
        self.town.flush(false).await;
        if self.town.fault(once_in) {
            self.town.tell(|| format!("the store fails: {what}"));
            return Err(StoreError::Backend(format!("simulated: {what}")));
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Rough {
    fn secrets(&self) -> &Secrets {
        self.town.disk.secrets()
    }

    async fn conversation(&self, of: &ConversationKey) -> Result<Option<Stored>> {
        self.works("reading a conversation", 40).await?;
        at_once(self.town.disk.conversation(of))
    }

    async fn commit(&self, changes: Changes) -> Result<Version> {
        self.works("before a commit", 30).await?;
        if self.town.fault(30) {
            return Err(StoreError::Conflict(changes.conversation));
        }
        self.town.flush(true).await;
        let version = at_once(self.town.disk.commit(changes.clone()))?;
        self.town.tell(|| {
            let Changes { conversation, update, outbox, .. } = &changes;
            format!("committed {conversation:?} {} as {} with {} rows", update.0, version.0, outbox.len())
        });
        self.town.check(|ledger| ledger.committed(&changes, version));
        self.works("after a commit", 30).await?;
        Ok(version)
    }

    async fn responses(&self, of: &DialogueId, after: Cursor, limit: usize) -> Result<Vec<ResponseRow>> {
        at_once(self.town.disk.responses(of, after, limit))
    }

    async fn extent(&self, of: &DialogueId) -> Result<Extent> {
        at_once(self.town.disk.extent(of))
    }

    async fn address(&self, of: &ConversationKey) -> Result<Option<String>> {
        self.works("reading an address", 40).await?;
        at_once(self.town.disk.address(of))
    }

    async fn outbox(&self, after: Option<OutboxId>, limit: usize) -> Result<Vec<Queued>> {
        self.works("reading the outbox", 40).await?;
        at_once(self.town.disk.outbox(after, limit))
    }

    async fn settle(&self, id: OutboxId, sent: Option<String>) -> Result<()> {
        self.works("settling", 40).await?;
        self.town.tell(|| format!("settled {:?} {}.{}", id.conversation, id.version.0, id.n));
        self.town.check(|ledger| ledger.settled(id, sent.is_some()));
        lock(&self.town.lazy).push((id, sent, tokio::time::Instant::now()));
        Ok(())
    }

    async fn sent(&self, of: &ConversationKey, message: MessageRef) -> Result<Option<String>> {
        self.works("looking up what was sent", 40).await?;
        // Known at once, also what is not on disk yet.
        let fresh = {
            let ledger = lock(&self.town.ledger);
            let lazy = lock(&self.town.lazy);
            let about = lazy.iter().filter(|(id, sent, _)| {
                let row = ledger.row(id).filter(|_| id.conversation == *of);
                row.is_some_and(|r| r.about == Some(message.0) && (r.forget || sent.is_some()))
            });
            let latest = about.max_by_key(|(id, _, _)| *id);
            latest.map(|(id, sent, _)| sent.clone().filter(|_| ledger.row(id).is_some_and(|r| !r.forget)))
        };
        match fresh {
            Some(sent) => Ok(sent),
            None => at_once(self.town.disk.sent(of, message)),
        }
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationKey>> {
        self.works("reading what is due", 40).await?;
        at_once(self.town.disk.due(now, limit))
    }

    async fn document(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>> {
        self.works("reading a document", 40).await?;
        at_once(self.town.disk.document(kind, id))
    }

    async fn documents(&self, kind: Kind, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.works("reading documents", 40).await?;
        at_once(self.town.disk.documents(kind, prefix))
    }

    async fn keep(&self, documents: Vec<Document>) -> Result<()> {
        self.works("keeping documents", 40).await?;
        at_once(self.town.disk.keep(documents))
    }

    async fn replace(&self, document: Document, was: &[u8]) -> Result<bool> {
        self.works("replacing a document", 40).await?;
        self.town.disk.replace(document, was).await
    }

    async fn erase(&self, of: &ConversationKey, at: Timestamp) -> Result<Receipt> {
        at_once(self.town.disk.erase(of, at))
    }

    async fn linked(&self, of: &ConversationKey) -> Result<Vec<(DialogueId, ResponseRow)>> {
        self.works("reading what is linked", 40).await?;
        self.town.disk.linked(of).await
    }

    async fn erase_responses(&self, responses: Vec<Uuid>, at: Timestamp, reason: Reason) -> Result<usize> {
        at_once(self.town.disk.erase_responses(responses, at, reason))
    }

    async fn put_media(&self, bytes: Vec<u8>, at: Timestamp) -> Result<MediaId> {
        at_once(self.town.disk.put_media(bytes, at))
    }

    async fn media(&self, id: MediaId) -> Result<Option<Vec<u8>>> {
        at_once(self.town.disk.media(id))
    }

    async fn media_dialogue(&self, id: MediaId) -> Result<Option<DialogueId>> {
        at_once(self.town.disk.media_dialogue(id))
    }

    async fn collect_media(&self, before: Timestamp) -> Result<usize> {
        at_once(self.town.disk.collect_media(before))
    }

    async fn forget_updates(&self, before: Timestamp) -> Result<()> {
        at_once(self.town.disk.forget_updates(before))
    }

    async fn compact(&self, when: When) -> Result<Option<Compacted>> {
        at_once(self.town.disk.compact(when))
    }

    async fn backup(&self, to: &Path) -> Result<Copied> {
        at_once(self.town.disk.backup(to))
    }

    async fn rotate(&self) -> Result<Compacted> {
        at_once(self.town.disk.rotate())
    }

    fn broken(&self) -> Option<String> {
        None
    }

    async fn close(&self) -> Result<()> {
        Ok(())
    }
}
