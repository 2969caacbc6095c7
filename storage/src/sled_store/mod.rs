//! The store on disk: sled 0.34.7 behind one writer thread. Readers read the trees; what they may see of the answer log ends
//! at the durable watermark.

mod backup;
mod copy;
mod folder;
mod heads;
mod keys;
mod ledger;
mod mark;
mod media;
mod owners;
mod seen;
mod syncer;
mod trees;
mod writer;

use crate::*;
pub use backup::{Replaced, restore};
use keys::Tree;
use ledger::Settled;
use media::Media;
use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError, RwLock};
use syncer::Syncer;
use tokio::sync::oneshot;
use trees::Trees;

use writer::{Job, Reply, Writer};

pub struct SledStore {
    secrets: Secrets,
    jobs: Sender<Job>,
    shared: Arc<Shared>,
    media: Arc<Media>,
    /// One copy at a time; no file is removed meanwhile.
    copying: Arc<Mutex<()>>,
    master: MasterKey,
}

impl std::fmt::Debug for SledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SledStore")
    }
}

/// What the writer tells the readers.
#[derive(Debug)]
struct Shared {
    /// Those of the generation that counts.
    trees: RwLock<Arc<Trees>>,
    /// How far each dialogue's log is on disk.
    extents: RwLock<HashMap<DialogueId, Extent>>,
    /// Messages settled but not yet written: their platform ids are known at once. `None`: the id was dropped.
    fresh: Mutex<HashMap<OutboxId, (MessageRef, Option<String>)>>,
    /// Files that lost their last name and are still there.
    unnamed: Mutex<Vec<MediaId>>,
    broken: Mutex<Option<String>>,
    damaged: Mutex<Option<String>>,
}

impl Shared {
    fn add_unnamed(&self, mut more: Vec<MediaId>) {
        if !more.is_empty() {
            self.unnamed.lock().unwrap_or_else(PoisonError::into_inner).append(&mut more);
        }
    }
    fn take_unnamed(&self) -> Vec<MediaId> {
        std::mem::take(&mut self.unnamed.lock().unwrap_or_else(PoisonError::into_inner))
    }
    fn has_unnamed(&self) -> bool {
        !self.unnamed.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
    fn trees(&self) -> Arc<Trees> {
        self.trees.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn set_trees(&self, trees: Arc<Trees>) {
        *self.trees.write().unwrap_or_else(PoisonError::into_inner) = trees;
    }
    fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn set_broken(&self, why: &str) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| why.to_owned());
    }
    fn damaged(&self) -> Option<String> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Remembers the first damage that was found.
    fn note<T>(&self, read: Result<T>) -> Result<T> {
        if let Err(error @ StoreError::Corrupt { .. }) = &read {
            self.damaged
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert_with(|| format!("{error}; restore a backup"));
        }
        read
    }
    /// One value, opened.
    fn read(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.note(self.trees().get(tree, key))
    }
    /// Said once, when it happens.
    fn fail(&self, why: &str) {
        tracing::error!(why, "the store can keep nothing more; restart the service when the cause is mended");
        self.set_broken(why);
    }
    fn settled(&self, id: &OutboxId) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl SledStore {
    /// Opens the folder, or makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::InUse`], [`StoreError::Newer`], [`StoreError::Corrupt`]: nothing was changed.
    pub async fn open(path: &Path, key: &MasterKey) -> Result<SledStore> {
        let (path, key) = (path.to_owned(), key.clone());
        blocking(move || SledStore::open_now(&path, &key)).await
    }

    fn open_now(path: &Path, key: &MasterKey) -> Result<SledStore> {
        let folder = folder::open(path, key)?;
        let trees = folder.generation.trees.clone();
        let prefix = keys::extents();
        let extents = trees.from(Tree::Documents, &prefix, usize::MAX, |key| key.starts_with(&prefix))?;
        let named = |(key, bytes): (Vec<u8>, Vec<u8>)| {
            let dialogue = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            Ok((DialogueId(dialogue), ledger::extent_of(&bytes)?))
        };
        let extents: HashMap<DialogueId, Extent> = extents.into_iter().map(named).collect::<Result<_>>()?;
        let shared = Arc::new(Shared {
            trees: RwLock::new(trees),
            extents: RwLock::new(extents),
            fresh: Mutex::default(),
            unnamed: Mutex::default(),
            broken: Mutex::default(),
            damaged: Mutex::default(),
        });
        let secrets = folder.secrets.clone();
        let media = folder.media.clone();
        let (jobs, queue) = std::sync::mpsc::channel();
        let writer = Writer::new(folder, shared.clone(), Syncer::start(shared.clone())?);
        let thread = std::thread::Builder::new().name("snak-writer".to_owned());
        let told = shared.clone();
        thread
            .spawn(move || {
                let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| writer.run(&queue)));
                if ended.is_err() {
                    told.set_broken("the writer stopped unexpectedly; restart the service");
                }
            })
            .map_err(|e| StoreError::Backend(format!("the writer cannot be started: {e}")))?;
        Ok(SledStore { secrets, jobs, shared, media, copying: Arc::default(), master: key.clone() })
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).map_err(|_| StoreError::Closed)?;
        self.shared.note(answer.await.map_err(|_| StoreError::Closed)?)
    }

    async fn copy<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sender<Job>, &MasterKey) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (jobs, copying, master) = (self.jobs.clone(), self.copying.clone(), self.master.clone());
        let (shared, media) = (self.shared.clone(), self.media.clone());
        blocking(move || {
            let _one_at_a_time = copying.lock().unwrap_or_else(PoisonError::into_inner);
            let done = shared.note(work(&jobs, &master));
            remove_unnamed(&shared, &media);
            done
        })
        .await
    }

    // What lost its last name goes at once; while a copy is made, at its end.
    async fn clear(&self) -> Result<()> {
        if !self.shared.has_unnamed() {
            return Ok(());
        }
        let (copying, shared, media) = (self.copying.clone(), self.shared.clone(), self.media.clone());
        blocking(move || {
            if let Ok(_nobody_copies) = copying.try_lock() {
                remove_unnamed(&shared, &media);
            }
            Ok(())
        })
        .await
    }

    // Scans may wait for the disk: they get a thread of their own.
    async fn scan<T: Send + 'static>(
        &self,
        scan: impl FnOnce(&Trees) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let trees = self.shared.trees();
        self.shared.note(blocking(move || scan(&trees)).await)
    }
}

// The erasure is done in the store: a file that cannot be removed now is found by the nightly collection.
fn remove_unnamed(shared: &Shared, media: &Media) {
    let list = shared.take_unnamed();
    if let Err(error) = media.remove(&list) {
        tracing::warn!(%error, "a file that nobody names could not be removed; it is tried again at night");
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| StoreError::Backend(format!("a reading was broken off: {e}")))?
}

#[async_trait]
impl Store for SledStore {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    async fn conversation(&self, of: &ConversationKey) -> Result<Option<Stored>> {
        // What was applied and could not be synced is still to be seen in the trees: nobody may be told of it.
        if let Some(why) = self.shared.broken() {
            return Err(StoreError::Backend(why));
        }
        let bytes = self.shared.read(Tree::Conversations, &keys::conversation(of))?;
        self.shared.note(bytes.map(|bytes| ledger::stored(&bytes)).transpose())
    }

    async fn commit(&self, changes: Changes) -> Result<Version> {
        let version = self.ask(|reply| Job::Commit(Box::new(changes), reply)).await?;
        self.clear().await?;
        Ok(version)
    }

    async fn responses(&self, of: &DialogueId, after: Cursor, limit: usize) -> Result<Vec<ResponseRow>> {
        let watermark = self.extent(of).await?.latest;
        if after >= watermark {
            return Ok(Vec::new());
        }
        let (log, from) = (keys::log(of), keys::row(of, Cursor(after.0 + 1)));
        self.scan(move |trees| {
            let on_disk =
                |key: &[u8]| key.starts_with(&log) && keys::cursor_of(key).is_some_and(|c| c <= watermark);
            let rows = trees.from(Tree::Responses, &from, limit, on_disk)?;
            rows.into_iter().map(|(key, bytes)| ledger::row(&key, bytes)).collect()
        })
        .await
    }

    async fn extent(&self, of: &DialogueId) -> Result<Extent> {
        Ok(self
            .shared
            .extents
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(of)
            .copied()
            .unwrap_or_default())
    }

    async fn address(&self, of: &ConversationKey) -> Result<Option<String>> {
        let address = self.shared.read(Tree::Conversations, &keys::address(of))?;
        Ok(address.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    async fn outbox(&self, after: Option<OutboxId>, limit: usize) -> Result<Vec<Queued>> {
        self.ask(|reply| Job::Outbox(after, limit, reply)).await
    }

    async fn settle(&self, id: OutboxId, sent: Option<String>) -> Result<()> {
        let Some(bytes) = self.shared.read(Tree::Outbox, &keys::outbox(&id))? else { return Ok(()) };
        let row = ledger::outgoing(&bytes)?;
        if let Some(message) = row.message
            && (row.forget || sent.is_some())
        {
            let now = sent.clone().filter(|_| !row.forget);
            self.shared.fresh.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (message, now));
        }
        let settled = Settled { id, message: row.message, forget: row.forget, sent };
        self.jobs.send(Job::Settle(settled)).map_err(|_| StoreError::Closed)
    }

    async fn sent(&self, of: &ConversationKey, message: MessageRef) -> Result<Option<String>> {
        let fresh = {
            let all = self.shared.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            let about = all.iter().filter(|(id, (m, _))| id.conversation == *of && *m == message);
            about.max_by_key(|(id, _)| **id).map(|(_, (_, sent))| sent.clone())
        };
        if let Some(sent) = fresh {
            return Ok(sent);
        }
        let sent = self.shared.read(Tree::Conversations, &keys::sent(of, message))?;
        Ok(sent.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ConversationKey>> {
        let now = now.as_millisecond();
        self.scan(move |trees| {
            let mut due = Vec::new();
            for key in trees.keys(Tree::Index, keys::WAKES) {
                let Some((at, of)) = keys::woken(&key?) else { continue };
                if at > now || due.len() == limit {
                    break;
                }
                due.push(of);
            }
            Ok(due)
        })
        .await
    }

    async fn document(&self, kind: Kind, id: &str) -> Result<Option<Vec<u8>>> {
        self.shared.read(Tree::Documents, &keys::document(kind, id))
    }

    async fn documents(&self, kind: Kind, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let prefix = keys::document(kind, prefix);
        self.scan(move |trees| {
            let found = trees.from(Tree::Documents, &prefix, usize::MAX, |key| key.starts_with(&prefix))?;
            Ok(found
                .into_iter()
                .map(|(key, body)| (String::from_utf8_lossy(&key[1..]).into_owned(), body))
                .collect())
        })
        .await
    }

    async fn keep(&self, documents: Vec<Document>) -> Result<()> {
        self.ask(|reply| Job::Keep(documents, reply)).await
    }

    async fn replace(&self, document: Document, was: &[u8]) -> Result<bool> {
        let was = was.to_vec();
        self.ask(|reply| Job::Replace(document, was, reply)).await
    }

    async fn erase(&self, of: &ConversationKey, at: Timestamp) -> Result<Receipt> {
        let of = *of;
        let receipt = self.ask(|reply| Job::Erase(of, at, reply)).await?;
        self.clear().await?;
        Ok(receipt)
    }

    async fn linked(&self, of: &ConversationKey) -> Result<Vec<(DialogueId, ResponseRow)>> {
        let links = keys::links(of);
        self.scan(move |trees| {
            let mut rows = Vec::new();
            for link in trees.keys(Tree::Conversations, &links) {
                rows.extend(ledger::linked(trees, &link?)?);
            }
            Ok(rows)
        })
        .await
    }

    async fn erase_responses(&self, responses: Vec<Uuid>, at: Timestamp, reason: Reason) -> Result<usize> {
        let erased = self.ask(|reply| Job::EraseResponses(responses, at, reason, reply)).await?;
        self.clear().await?;
        Ok(erased)
    }

    async fn put_media(&self, bytes: Vec<u8>, at: Timestamp) -> Result<MediaId> {
        if let Some(why) = self.broken() {
            return Err(StoreError::Backend(why));
        }
        let media = self.media.clone();
        blocking(move || media.put(&bytes, at)).await
    }

    async fn media(&self, id: MediaId) -> Result<Option<Vec<u8>>> {
        let media = self.media.clone();
        self.shared.note(blocking(move || media.get(id)).await)
    }

    async fn media_dialogue(&self, id: MediaId) -> Result<Option<DialogueId>> {
        self.scan(move |trees| {
            let Some(response) = owners::response(trees, id)? else { return Ok(None) };
            let place = trees.get(Tree::Index, &keys::place(response))?;
            Ok(place.and_then(|row| keys::dialogue_of(&row)))
        })
        .await
    }

    async fn collect_media(&self, before: Timestamp) -> Result<usize> {
        let (media, shared) = (self.media.clone(), self.shared.clone());
        // Nothing is removed while a copy is made.
        self.copy(move |_, _| media.collect(before, |id| owners::is_named(&shared.trees(), id))).await
    }

    async fn forget_updates(&self, before: Timestamp) -> Result<()> {
        while self.ask(|reply| Job::ForgetUpdates(before, reply)).await? {}
        Ok(())
    }

    async fn compact(&self, when: When) -> Result<Option<Compacted>> {
        self.copy(move |jobs, _| copy::compact(jobs, when, None)).await
    }

    async fn backup(&self, to: &Path) -> Result<Copied> {
        let to = to.to_owned();
        let media = self.media.clone();
        self.copy(move |jobs, master| backup::backup(jobs, &media, &to, master)).await
    }

    async fn rotate(&self) -> Result<Compacted> {
        let media = self.media.clone();
        let rotated = move |jobs: &Sender<Job>, master: &MasterKey| {
            media.renew(|keys| copy::ask(jobs, |reply| Job::MediaKeys(keys, reply)))?;
            copy::compact(jobs, When::Now, Some(master))
        };
        let done = self.copy(rotated).await?;
        Ok(done.unwrap_or_default())
    }

    fn broken(&self) -> Option<String> {
        self.shared.broken()
    }

    fn damaged(&self) -> Option<String> {
        self.shared.damaged()
    }

    async fn close(&self) -> Result<()> {
        self.ask(Job::Close).await
    }
}
