//! The one thread that writes: everything that waits becomes one transaction, one flush and one sync, and only then is
//! anybody answered. The flush and the sync are the syncer's, so that the next group is prepared meanwhile.
//!
//! sled 0.34.7 alone loses acknowledged writes in a power cut (its flush ends in `sync_file_range`) and hangs when many tasks
//! flush at once (spacejam/sled#1077, #1412). One transaction per group because each seals sled's buffers.

use super::copy::{self, Touched};
use super::folder::{Folder, Next, Plan};
use super::heads::Heads;
use super::keys::{self, Tree};
use super::ledger::Settled;
use super::syncer::{Answer, Applied, Syncer};
use super::trees::Batch;
use super::{Shared, ledger, owners, seen};
use crate::*;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// Jobs in one group: bounds how long the first of them waits for the rest.
const MAX_GROUP: usize = 1024;
/// A settled message may wait this long for a group to ride with.
const LAZY: Duration = Duration::from_millis(200);
/// Values with update ids dropped in one job.
const FORGET_AT_ONCE: usize = 10_000;

pub type Reply<T> = oneshot::Sender<Result<T>>;

pub enum Job {
    Commit(Box<Changes>, Reply<Version>),
    Settle(Settled),
    Keep(Vec<Document>, Reply<()>),
    /// Only what still is what was read.
    Replace(Document, Vec<u8>, Reply<bool>),
    /// What media are sealed with from now on.
    MediaKeys(Zeroizing<Vec<u8>>, Reply<()>),
    Erase(ConversationKey, Timestamp, Reply<Receipt>),
    EraseResponses(Vec<Uuid>, Timestamp, Reason, Reply<usize>),
    ForgetUpdates(Timestamp, Reply<bool>),
    /// Read between two groups, so that only what is on disk is seen.
    Outbox(Option<OutboxId>, usize, Reply<Vec<Queued>>),
    /// From now on keys that change are noted, for a copy that begins.
    Track(Reply<Plan>),
    /// The keys noted since this was last asked.
    Touched(Reply<Touched>),
    /// Notes these keys too.
    Touch(Touched, Reply<()>),
    Untrack(Reply<()>),
    /// Copies what is noted still, and goes on in the copy.
    Swap(Box<Next>, Reply<Compacted>),
    /// Copies what is noted still, and gives the copy back: it is the store as it is at this moment.
    Complete(Box<Next>, Reply<Next>),
    Close(Reply<()>),
}

fn answer<T: Send + 'static>(reply: Reply<T>, result: Result<T>) -> Answer {
    Box::new(move |kept| {
        // Whoever asked may have gone; what was written stays.
        let _ = reply.send(kept.map_err(StoreError::Backend).and(result));
    })
}

pub struct Writer {
    folder: Folder,
    shared: Arc<Shared>,
    syncer: Syncer,
    /// Keys that changed while a copy is made; `None` while none is.
    touched: Option<HashSet<(Tree, Vec<u8>)>>,
    heads: Heads,
}

/// What is asked of the writer between two groups.
type Between = Vec<Job>;

impl Writer {
    pub fn new(folder: Folder, shared: Arc<Shared>, syncer: Syncer) -> Writer {
        Writer { folder, shared, syncer, touched: None, heads: Heads::default() }
    }

    /// Works until the store is closed or nobody can send jobs any more.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        let mut lazy: Vec<Settled> = Vec::new();
        let mut since = Instant::now();
        loop {
            let next = match lazy.is_empty() {
                true => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                false => jobs.recv_timeout((since + LAZY).saturating_duration_since(Instant::now())),
            };
            let mut group = Vec::new();
            let mut ended = false;
            match next {
                Ok(job) => group.push(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => ended = true,
            }
            while group.len() < MAX_GROUP
                && let Ok(job) = jobs.try_recv()
            {
                group.push(job);
            }
            let mut work = Vec::with_capacity(group.len());
            for job in group {
                match job {
                    Job::Settle(settled) => {
                        if lazy.is_empty() {
                            since = Instant::now();
                        }
                        lazy.push(settled);
                    }
                    other => work.push(other),
                }
            }
            let waits = work.is_empty() && !ended && lazy.len() < MAX_GROUP && since.elapsed() < LAZY;
            if waits {
                continue;
            }
            let closing = self.group(work, std::mem::take(&mut lazy));
            if ended || closing.is_some() {
                // The folder is let go only when nothing is written to it any more.
                self.syncer.drain();
                drop(self);
                if let Some(reply) = closing {
                    let _ = reply.send(Ok(()));
                }
                return;
            }
        }
    }

    fn group(&mut self, jobs: Vec<Job>, settled: Vec<Settled>) -> Option<Reply<()>> {
        let trees = self.folder.generation.trees.clone();
        let mut heads = std::mem::take(&mut self.heads);
        let mut batch = Batch::over(&trees).with(&heads);
        let mut answers: Vec<Answer> = Vec::new();
        let mut between = Between::new();
        for settled in &settled {
            if let Err(error) = batch.job(|b| ledger::settle(b, settled)) {
                tracing::warn!(%error, "a sent message could not be marked as sent");
            }
        }
        for job in jobs {
            match job {
                Job::Commit(changes, reply) => {
                    let result = batch.job(|b| ledger::commit(b, &self.folder.secrets, *changes));
                    answers.push(answer(reply, result));
                }
                Job::Keep(documents, reply) => {
                    let result = batch.job(|b| ledger::documents(b, &self.folder.secrets, documents));
                    answers.push(answer(reply, result));
                }
                Job::Replace(document, was, reply) => {
                    let result = batch.job(|b| ledger::replace(b, &self.folder.secrets, document, &was));
                    answers.push(answer(reply, result));
                }
                Job::MediaKeys(keys, reply) => {
                    batch.put(Tree::Documents, keys::media_keys(), keys.to_vec());
                    answers.push(answer(reply, Ok(())));
                }
                Job::Erase(of, at, reply) => {
                    let result = batch.job(|b| ledger::erase(b, &of, at));
                    answers.push(answer(reply, result));
                }
                Job::EraseResponses(responses, at, reason, reply) => {
                    let result = batch.job(|b| ledger::erase_responses(b, &responses, at, reason));
                    answers.push(answer(reply, result));
                }
                Job::ForgetUpdates(before, reply) => {
                    let result = batch.job(|b| seen::forget(b, before, FORGET_AT_ONCE));
                    answers.push(answer(reply, result.map(|count| count == FORGET_AT_ONCE)));
                }
                Job::Settle(..) => {}
                other => between.push(other),
            }
        }
        let mut fresh = Heads::default();
        batch.note(&mut fresh);
        let applied = self.apply(batch).unwrap_or_else(|error| {
            self.shared.fail(&error.to_string());
            Applied::default()
        });
        heads.extend(fresh);
        self.heads = heads;
        let settled = settled.into_iter().map(|settled| settled.id).collect();
        self.syncer.sync(Applied { settled, answers, ..applied });
        if between.is_empty() {
            return None;
        }
        self.syncer.drain();
        self.between(between)
    }

    // What is done between two groups, so that it sees only what is on disk. Gives who waits for the end, if it was asked for.
    fn between(&mut self, jobs: Between) -> Option<Reply<()>> {
        let mut closing = None;
        for job in jobs {
            match job {
                Job::Outbox(after, limit, reply) => drop(reply.send(self.outbox(after, limit))),
                Job::Track(reply) => drop(reply.send(self.track())),
                Job::Touched(reply) => {
                    let touched = self.touched.as_mut().map(|t| t.drain().collect()).unwrap_or_default();
                    let _ = reply.send(Ok(touched));
                }
                Job::Touch(keys, reply) => {
                    self.touched.get_or_insert_default().extend(keys);
                    let _ = reply.send(Ok(()));
                }
                Job::Untrack(reply) => {
                    self.touched = None;
                    let _ = reply.send(Ok(()));
                }
                Job::Swap(next, reply) => drop(reply.send(self.swap(*next))),
                Job::Complete(next, reply) => drop(reply.send(self.complete(*next))),
                Job::Close(reply) => closing = Some(reply),
                Job::Commit(..) | Job::Settle(..) | Job::Keep(..) | Job::Replace(..) | Job::Erase(..) => {}
                Job::EraseResponses(..) | Job::ForgetUpdates(..) | Job::MediaKeys(..) => {}
            }
        }
        closing
    }

    fn track(&mut self) -> Result<Plan> {
        let plan = self.folder.plan()?;
        self.touched = Some(HashSet::new());
        Ok(plan)
    }

    fn complete(&mut self, next: Next) -> Result<Next> {
        let left: Touched = self.touched.take().unwrap_or_default().into_iter().collect();
        let now = &self.folder.generation.trees;
        let copied = match self.shared.broken() {
            Some(why) => Err(StoreError::Backend(why)),
            None => left
                .chunks(MAX_GROUP)
                .try_for_each(|page| copy::copy(now, &next.generation.trees, page, None)),
        };
        match copied {
            Ok(()) => Ok(next),
            Err(error) => {
                next.discard();
                Err(error)
            }
        }
    }

    fn swap(&mut self, next: Next) -> Result<Compacted> {
        let bytes_before = self.folder.generation.size()?;
        let next = self.complete(next)?;
        if let Err(error) = self.folder.announce(&next) {
            next.discard();
            return Err(error);
        }
        // From the renaming of CURRENT on there is no way back: whatever fails now, nothing more may be acknowledged here.
        let old = self.folder.swap(next).inspect_err(|error| self.shared.set_broken(&error.to_string()))?;
        self.shared.set_trees(self.folder.generation.trees.clone());
        if let Err(error) = old.remove() {
            tracing::warn!(%error, "the old copy of the store could not be removed; it goes at the next start");
        }
        Ok(Compacted { bytes_before, bytes_after: self.folder.generation.size()? })
    }

    // What a group changes, applied in memory and in sled's buffers; nothing of it is on disk for certain.
    fn apply(&mut self, mut batch: Batch<'_>) -> Result<Applied> {
        if batch.is_empty() || self.shared.broken().is_some() {
            return Ok(Applied::default());
        }
        let note = self.folder.mark.next();
        batch.put(Tree::Documents, keys::groups(), note.bytes());
        if let Some(touched) = &mut self.touched {
            touched.extend(batch.touched());
        }
        let (extents, unnamed) = (batch.extents()?, owners::unnamed(&batch)?);
        batch.apply()?;
        let disk = Some((self.folder.generation.disk(), note));
        Ok(Applied { disk, extents, unnamed, ..Applied::default() })
    }

    // A row that is damaged is passed over: the others are sent all the same.
    fn outbox(&self, after: Option<OutboxId>, limit: usize) -> Result<Vec<Queued>> {
        // Rows that were applied and could not be synced would be sent without being kept.
        if let Some(why) = self.shared.broken() {
            return Err(StoreError::Backend(why));
        }
        let trees = &self.folder.generation.trees;
        let mut rows = Vec::new();
        let mut last = after.map(|id| keys::outbox(&id));
        while rows.len() < limit {
            let page = trees.keys_after(Tree::Outbox, last.as_deref(), limit - rows.len())?;
            let Some(end) = page.last().cloned() else { break };
            for key in page {
                let bytes = trees.get(Tree::Outbox, &key);
                match (
                    keys::outbox_id(&key),
                    bytes.and_then(|b| b.as_deref().map(ledger::outgoing).transpose()),
                ) {
                    (Some(id), Ok(Some(outgoing))) => rows.push(Queued { id, outgoing }),
                    (_, Ok(_)) => {}
                    (_, Err(error @ StoreError::Corrupt { .. })) => {
                        tracing::error!(%error, "a message is not sent");
                        let _ = self.shared.note::<()>(Err(error));
                    }
                    (_, Err(error)) => return Err(error),
                }
            }
            last = Some(end);
        }
        Ok(rows)
    }
}
