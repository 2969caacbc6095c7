//! Live data copied to a fresh generation while the store goes on: what makes an erasure real on disk, and a file small again.
//!
//! sled never reclaims what is overwritten, and deleted values stay readable in its file (spacejam/sled#1512). Keys that change
//! while the copy runs are noted by the writer and copied again; the last few while it stands still.

use super::folder::{Generation, NextKey, Plan};
use super::keys::{self, TREES, Tree};
use super::trees::{Batch, Trees};
use super::writer::{Job, Reply};
use crate::{Compacted, MasterKey, Result, StoreError, When};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

pub type Touched = Vec<(Tree, Vec<u8>)>;

/// Values copied at once; between two pages the copy rests as long as the page took, so that turns go on.
const PAGE: usize = 256;
/// So many changed keys are left to the writer, which stands still meanwhile.
const FEW: usize = 500;
/// Rounds of catching up; a store that changes faster than it is copied is swapped all the same.
const ROUNDS: usize = 20;
/// A file of this size is not worth copying for its size alone.
const SMALL: u64 = 64 * 1024 * 1024;
const TIMES_LIVE: u64 = 3;
/// A page is never rested on longer than this.
const LONGEST_REST: Duration = Duration::from_millis(50);

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
    if let Err(error) = fill(jobs, &plan.trees, &next.generation) {
        next.discard();
        return Err(error);
    }
    ask(jobs, |reply| Job::Swap(Box::new(next), reply))
}

/// Copies everything, and what changes meanwhile, but for a few last keys that are left with the writer.
pub fn fill(jobs: &Sender<Job>, from: &Trees, to: &Generation) -> Result<()> {
    let mut torn = Touched::new();
    for (tree, _) in TREES.into_iter().filter(|(t, _)| *t != Tree::Pieces) {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let begun = Instant::now();
            let found = from.keys_after(tree, after.as_deref(), PAGE)?;
            let Some(last) = found.last().cloned() else { break };
            // What had been erased before is not in the copy.
            let copied = found.into_iter().filter(|key| tree != Tree::Documents || *key != keys::erased());
            let page: Touched = copied.map(|key| (tree, key)).collect();
            copy(from, &to.trees, &page, Some(&mut torn))?;
            after = Some(last);
            std::thread::sleep(begun.elapsed().min(LONGEST_REST));
        }
    }
    to.sync()?;
    // What was being written just while it was read is copied again by the writer, whatever happens to it.
    for _ in 0..ROUNDS {
        let touched: Touched = ask(jobs, Job::Touched)?;
        if touched.len() <= FEW {
            let left: Touched = touched.into_iter().chain(torn).collect();
            return ask(jobs, |reply| Job::Touch(left, reply));
        }
        for page in touched.chunks(PAGE) {
            copy(from, &to.trees, page, Some(&mut torn))?;
        }
    }
    ask(jobs, |reply| Job::Touch(torn, reply))
}

/// Makes the given keys in `to` what they are in `from`. A value that cannot be read goes to `torn`, where there is one.
pub fn copy(
    from: &Trees,
    to: &Trees,
    keys: &[(Tree, Vec<u8>)],
    mut torn: Option<&mut Touched>,
) -> Result<()> {
    let mut batch = Batch::over(to);
    for (tree, key) in keys {
        match (from.get(*tree, key), torn.as_mut()) {
            (Ok(Some(value)), _) => batch.put(*tree, key.clone(), value),
            (Ok(None), _) => batch.remove(*tree, key.clone()),
            (Err(StoreError::Corrupt { .. }), Some(torn)) => torn.push((*tree, key.clone())),
            (Err(error), _) => return Err(error),
        }
    }
    batch.apply()
}
