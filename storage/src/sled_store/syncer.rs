//! The thread that makes groups durable: it flushes and syncs one while the writer prepares the next, and only then answers.

use super::Shared;
use super::folder::Disk;
use super::mark::Note;
use crate::{DialogueId, Extent, MediaId, OutboxId, Result, StoreError};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};

/// Answers one job once it is known whether its group is on disk.
pub type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;

/// A group that is applied and not yet on disk, and who waits for that.
#[derive(Default)]
pub struct Applied {
    /// `None`: the group changed nothing. Its answers still wait for the groups before it, whose changes they may be about.
    pub disk: Option<(Disk, Note)>,
    pub extents: Vec<(DialogueId, Extent)>,
    pub unnamed: Vec<MediaId>,
    pub settled: Vec<OutboxId>,
    pub answers: Vec<Answer>,
}

enum Work {
    Sync(Applied),
    /// Everything before this was worked off.
    Reached(SyncSender<()>),
}

pub struct Syncer {
    work: SyncSender<Work>,
    shared: Arc<Shared>,
}

impl Syncer {
    pub fn start(shared: Arc<Shared>) -> Result<Syncer> {
        // Nothing waits in between: the writer hands over when the syncer is free, and what comes meanwhile is its next group.
        let (work, groups) = sync_channel(0);
        let told = shared.clone();
        std::thread::Builder::new()
            .name("snak-syncer".to_owned())
            .spawn(move || run(&groups, &told))
            .map_err(|e| StoreError::Backend(format!("the store cannot start its threads: {e}")))?;
        Ok(Syncer { work, shared })
    }

    /// Hands a group over; waits while the one before is not on disk yet.
    pub fn sync(&self, group: Applied) {
        if let Err(std::sync::mpsc::SendError(Work::Sync(group))) = self.work.send(Work::Sync(group)) {
            self.shared.set_broken("the store stopped writing unexpectedly; restart the service");
            finish(group, &self.shared);
        }
    }

    /// Waits until everything handed over is on disk, or known not to be.
    pub fn drain(&self) {
        let (reached, wait) = sync_channel(1);
        if self.work.send(Work::Reached(reached)).is_ok() {
            // It fails only with the thread, which the next group finds out.
            let _ = wait.recv();
        }
    }
}

fn run(groups: &Receiver<Work>, shared: &Shared) {
    while let Ok(work) = groups.recv() {
        match work {
            Work::Sync(group) => finish(group, shared),
            Work::Reached(reached) => drop(reached.send(())),
        }
    }
}

// Everything on disk, or the store is broken from now on: after a failed sync nobody can say what is there.
fn finish(group: Applied, shared: &Shared) {
    let kept = match (shared.broken(), &group.disk) {
        (Some(why), _) => Err(why),
        (None, None) => Ok(()),
        (None, Some((disk, note))) => disk.sync().and_then(|()| note.passed()).map_err(|error| {
            let why = error.to_string();
            shared.fail(&why);
            why
        }),
    };
    if kept.is_ok() {
        shared.add_unnamed(group.unnamed);
        shared.extents.write().unwrap_or_else(PoisonError::into_inner).extend(group.extents);
    }
    for answer in group.answers {
        answer(kept.clone());
    }
    for id in &group.settled {
        shared.settled(id);
    }
}
