//! The whole service in one process, on a Bot API server, with a clock that the test moves.

use botapi::{Citizen, Server};
use jiff::{SignedDuration, Timestamp};
use snak::channel::telegram::{self, Status, Telegram};
use snak::delivery::Delivery;
use snak::dispatch::{Clock, Dispatch};
use snak::library::Library;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{MemoryStore, Secrets, Store};
use tokio::sync::{mpsc, watch};

pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct House {
    pub server: Server,
    pub store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
    dispatch: Arc<Dispatch>,
    now: Arc<Mutex<Timestamp>>,
    stop: watch::Sender<bool>,
}

impl House {
    pub async fn open() -> House {
        let folder = tempfile::tempdir().unwrap();
        super::dialogues::write(folder.path());
        let secrets = Secrets { lookup: [1; 32], pseudonym: [2; 32], cursor: [3; 32], epoch: 1 };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::with(secrets));
        let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
        let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let reading = library.read(now).await.unwrap();
        let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let server = Server::start("1:test").await.unwrap();
        let telegram = Telegram::new("1:test", Some(&server.url())).unwrap();
        let now = Arc::new(Mutex::new(now));
        let drawn = AtomicU64::new(1);
        let told = now.clone();
        // Spread over all bits, as numbers that nobody can guess are.
        let draw = move || {
            let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
            Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
        };
        let (outbox, rows) = mpsc::unbounded_channel();
        let clock = Clock::new(move || *told.lock().unwrap(), draw);
        let dispatch = Dispatch::new(store.clone(), library, clock, outbox);
        let dispatch = Arc::new(dispatch.fetching("telegram", Arc::new(telegram.clone())));
        let (stop, stopped) = watch::channel(false);
        let delivery =
            Delivery::new(store.clone(), vec![Arc::new(telegram.clone())], dispatch.clone(), Duration::ZERO);
        tokio::spawn(Arc::new(delivery).run(Vec::new(), rows, stopped.clone()));
        tokio::spawn(telegram::run(telegram, dispatch.clone(), Status::default(), stopped));
        House { server, store, _folder: folder, dispatch, now, stop }
    }

    pub fn citizen(&self, id: i64) -> Citizen {
        self.server.citizen(id, Some("da"))
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// The clock alone.
    pub fn pass(&self, span: SignedDuration) {
        *self.now.lock().unwrap() += span;
    }

    /// Time goes by, and what falls due on the way is woken at its hour.
    pub async fn wait(&self, span: SignedDuration) {
        let until = self.now() + span;
        while self.now() < until {
            let hop = SignedDuration::from_mins(30).min(until.duration_since(self.now()));
            self.pass(hop);
            while self.dispatch.wake_due(self.now(), &mut HashSet::new()).await.unwrap() > 0 {}
        }
    }

    /// Until everything that came is handled, and everything that follows is sent.
    pub async fn rest(&self) {
        self.server.wait_until_confirmed(PATIENCE).await.unwrap();
        let begun = std::time::Instant::now();
        while !self.store.outbox(None, 1).await.unwrap().is_empty() {
            assert!(begun.elapsed() < PATIENCE, "something waits to be sent");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    pub fn well(&self) {
        assert_eq!(self.server.breaches(), Vec::<String>::new(), "every call is one that Telegram takes");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
