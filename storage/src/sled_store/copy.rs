//! Live data copied to a fresh generation while the store goes on: what makes an erasure real on disk, and a file small again.
//!
//! sled never reclaims what is overwritten, and deleted values stay readable in its file (spacejam/sled#1512). Keys that change
//! while the copy runs are noted by the writer and copied again; the last few while it stands still.

use super::folder::{Generation, Next, NextKey, Plan};
use super::keys::{self, TREES, Tree};
use super::trees::{Batch, Entry, Trees};
use super::writer::{Job, Reply};
use crate::{Compacted, MasterKey, Result, StoreError, When};
use std::cmp::Ordering;
use std::sync::mpsc::Sender;
use std::time::Instant;
use tokio::sync::oneshot;

pub type Touched = Vec<(Tree, Vec<u8>)>;

/// Values copied at once.
const PAGE: usize = 256;
/// After so many pages what was copied is brought to the disk, a little at a time: a turn whose sync comes meanwhile waits for it.
/// What has changed behind the copy is copied again then.
const PAGES: usize = 4;
/// So many changed keys are left to the writer, which stands still meanwhile.
const FEW: usize = 500;
/// Rounds of catching up; a store that changes faster than it is copied is swapped all the same.
const ROUNDS: usize = 20;
/// A file of this size is not worth copying for its size alone.
const SMALL: u64 = 64 * 1024 * 1024;
const TIMES_LIVE: u64 = 3;

pub fn ask<T>(jobs: &Sender<Job>, job: impl FnOnce(Reply<T>) -> Job) -> Result<T> {
    let (reply, answer) = oneshot::channel();
    jobs.send(job(reply)).map_err(|_| StoreError::Closed)?;
    answer.blocking_recv().map_err(|_| StoreError::Closed)?
}

/// Copies and swaps. With `rotate`, the copy is sealed with a new data key. Blocks until it is done; one at a time.
pub fn compact(jobs: &Sender<Job>, when: When, rotate: Option<&MasterKey>) -> Result<Option<Compacted>> {
    let plan: Plan = ask(jobs, Job::Track)?;
    let result = match when == When::Now || needed(&plan)? {
        true => copied(jobs, &plan, rotate).map(Some),
        false => {
            ask(jobs, Job::Untrack)?;
            return Ok(None);
        }
    };
    if result.is_err() {
        ask(jobs, Job::Untrack)?;
    }
    result
}

fn needed(plan: &Plan) -> Result<bool> {
    if plan.trees.get(Tree::Documents, &keys::erased())?.is_some() {
        return Ok(true);
    }
    if plan.size < SMALL {
        return Ok(false);
    }
    let mut live = 0;
    for (tree, _) in TREES {
        live += plan.trees.bytes(tree)?;
    }
    Ok(plan.size > live.saturating_mul(TIMES_LIVE))
}

fn copied(jobs: &Sender<Job>, plan: &Plan, rotate: Option<&MasterKey>) -> Result<Compacted> {
    let next = plan.begin(None, &rotate.map_or(NextKey::Same, NextKey::New))?;
    let next = fill(jobs, &plan.trees, next)?;
    ask(jobs, |reply| Job::Swap(Box::new(next), reply))
}

/// Copies everything, and what changes meanwhile, but for a few last keys that are left with the writer. What cannot be filled is
/// discarded.
pub fn fill(jobs: &Sender<Job>, from: &Trees, next: Next) -> Result<Next> {
    let mut torn = Touched::new();
    let whole = all(jobs, from, &next.generation, &mut torn);
    let next = match whole {
        Ok(()) => next.reopened()?,
        Err(error) => return Err(discarded(next, error)),
    };
    match rest(jobs, from, &next.generation, torn) {
        Ok(()) => Ok(next),
        Err(error) => Err(discarded(next, error)),
    }
}

fn discarded(next: Next, error: StoreError) -> StoreError {
    next.discard();
    error
}

fn all(jobs: &Sender<Job>, from: &Trees, to: &Generation, torn: &mut Touched) -> Result<()> {
    let mut begun = Instant::now();
    for (tree, _) in TREES.into_iter().filter(|(t, _)| *t != Tree::Pieces) {
        let mut after: Option<Vec<u8>> = None;
        for pages in 1.. {
            let mut page = from.after(tree, after.as_deref(), PAGE)?;
            let Some((_, last, _)) = page.last() else { break };
            after = Some(last.clone());
            // What had been erased before the copy began is not in it.
            page.retain(|(_, key, _)| tree != Tree::Documents || *key != keys::erased());
            put(page, &to.trees, Some(torn))?;
            if pages % PAGES == 0 {
                to.sync()?;
                let worked = begun.elapsed();
                let mut touched: Touched = ask(jobs, Job::Touched)?;
                // The others are come to as they are then; but what is erased from now on stays in the copy's file.
                touched.retain(|(t, key)| match t.cmp(&tree) {
                    Ordering::Less => true,
                    Ordering::Equal if Some(key) <= after.as_ref() => true,
                    Ordering::Equal | Ordering::Greater => *t == Tree::Documents && *key == keys::erased(),
                });
                catch_up(from, to, &touched, torn)?;
                // In between turns have the disk and the processor to themselves. No rest after catching up: where much changes, that
                // would never come to an end.
                std::thread::sleep(worked);
                begun = Instant::now();
            }
        }
    }
    to.sync()
}

fn rest(jobs: &Sender<Job>, from: &Trees, to: &Generation, mut torn: Touched) -> Result<()> {
    // What was being written just while it was read is copied again by the writer, whatever happens to it.
    for _ in 0..ROUNDS {
        let touched: Touched = ask(jobs, Job::Touched)?;
        if touched.len() <= FEW {
            let left: Touched = touched.into_iter().chain(torn).collect();
            return ask(jobs, |reply| Job::Touch(left, reply));
        }
        catch_up(from, to, &touched, &mut torn)?;
    }
    ask(jobs, |reply| Job::Touch(torn, reply))
}

fn catch_up(from: &Trees, to: &Generation, touched: &[(Tree, Vec<u8>)], torn: &mut Touched) -> Result<()> {
    touched.chunks(PAGE).try_for_each(|page| copy(from, &to.trees, page, Some(torn)))
}

/// Makes the given keys in `to` what they are in `from`. A value that cannot be read goes to `torn`, where there is one.
pub fn copy(from: &Trees, to: &Trees, keys: &[(Tree, Vec<u8>)], torn: Option<&mut Touched>) -> Result<()> {
    let read = |(tree, key): &(Tree, Vec<u8>)| (*tree, key.clone(), from.get(*tree, key));
    put(keys.iter().map(read).collect(), to, torn)
}

fn put(entries: Vec<Entry>, to: &Trees, mut torn: Option<&mut Touched>) -> Result<()> {
    let mut batch = Batch::over(to);
    for (tree, key, value) in entries {
        match (value, torn.as_mut()) {
            (Ok(Some(value)), _) => batch.put(tree, key, value),
            (Ok(None), _) => batch.remove(tree, key),
            (Err(StoreError::Corrupt { .. }), Some(torn)) => torn.push((tree, key)),
            (Err(error), _) => return Err(error),
        }
    }
    batch.write()
}
