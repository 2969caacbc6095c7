//! What a house stands on in a test: a store in memory, dialogues in a folder, a clock that the test moves.

use jiff::{SignedDuration, Timestamp};
use snak::dispatch::{Clock, Dispatch};
use snak::library::Library;
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use storage::{MemoryStore, Secrets, Store};

pub struct Ground {
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    pub folder: tempfile::TempDir,
    now: Arc<Mutex<Timestamp>>,
    drawn: Arc<AtomicU64>,
}

impl Ground {
    /// With the dialogues that are written to its folder.
    pub async fn with(write: impl FnOnce(&Path)) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let secrets = Secrets { lookup: [1; 32], pseudonym: [2; 32], cursor: [3; 32], epoch: 1 };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::with(secrets));
        let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
        let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let (now, drawn) = (Arc::new(Mutex::new(now)), Arc::new(AtomicU64::new(1)));
        let ground = Ground { store, library, folder, now, drawn };
        ground.publish().await;
        ground
    }

    /// Reads the dialogues again.
    pub async fn publish(&self) {
        let reading = self.library.read(self.now()).await.unwrap();
        let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    pub fn clock(&self) -> Clock {
        let (told, drawn) = (self.now.clone(), self.drawn.clone());
        // Spread over all bits, as numbers that nobody can guess are.
        let draw = move || {
            let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
            Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
        };
        Clock::new(move || *told.lock().unwrap(), draw)
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// The clock alone.
    pub fn pass(&self, span: SignedDuration) {
        *self.now.lock().unwrap() += span;
    }

    /// Time goes by, and what falls due on the way is woken at its hour.
    pub async fn wait(&self, dispatch: &Dispatch, span: SignedDuration) {
        let until = self.now() + span;
        while self.now() < until {
            self.pass(SignedDuration::from_mins(30).min(until.duration_since(self.now())));
            let mut rounds = 0;
            while dispatch.wake_due(self.now(), &mut HashSet::new()).await.unwrap() > 0 {
                rounds += 1;
                assert!(rounds < 10, "woken again and again");
            }
        }
    }
}
