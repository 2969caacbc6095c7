//! The whole service in one process, on a Bot API server, with a clock that the test moves.

use botapi::{Citizen, Server};
use jiff::{SignedDuration, Timestamp};
use snak::channel::telegram::{self, Status, Telegram};
use snak::delivery::Delivery;
use snak::dispatch::{Clock, Dispatch};
use snak::library::Library;
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{MemoryStore, Secrets, Store};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct House {
    pub server: Server,
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    pub folder: tempfile::TempDir,
    now: Arc<Mutex<Timestamp>>,
    drawn: Arc<AtomicU64>,
    running: Option<Running>,
}

struct Running {
    dispatch: Arc<Dispatch>,
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 2],
}

impl House {
    /// With these dialogues, or all.
    pub async fn open(only: &[String]) -> House {
        House::with(|folder| super::dialogues::write(folder, only)).await
    }

    /// With the dialogues that are written to its folder.
    pub async fn with(write: impl FnOnce(&Path)) -> House {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let secrets = Secrets { lookup: [1; 32], pseudonym: [2; 32], cursor: [3; 32], epoch: 1 };
        let store: Arc<dyn Store> = Arc::new(MemoryStore::with(secrets));
        let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
        let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let server = Server::start("1:test").await.unwrap();
        let (now, drawn) = (Arc::new(Mutex::new(now)), Arc::new(AtomicU64::new(1)));
        let mut house = House { server, store, library, folder, now, drawn, running: None };
        house.publish().await;
        house.start().await;
        house
    }

    /// Reads the dialogues again.
    pub async fn publish(&self) {
        let reading = self.library.read(self.now()).await.unwrap();
        let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    async fn start(&mut self) {
        let telegram = Telegram::new("1:test", Some(&self.server.url())).unwrap();
        let (told, drawn) = (self.now.clone(), self.drawn.clone());
        // Spread over all bits, as numbers that nobody can guess are.
        let draw = move || {
            let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
            Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
        };
        let (outbox, rows) = mpsc::unbounded_channel();
        let clock = Clock::new(move || *told.lock().unwrap(), draw);
        let dispatch = Dispatch::new(self.store.clone(), self.library.clone(), clock, outbox);
        let dispatch = Arc::new(dispatch.fetching("telegram", Arc::new(telegram.clone())));
        let (stop, stopped) = watch::channel(false);
        let channels = vec![Arc::new(telegram.clone())];
        let delivery = Delivery::new(self.store.clone(), channels, dispatch.clone(), Duration::ZERO);
        let delivery = Arc::new(delivery.telling(dispatch.clone()));
        let left = Delivery::<Telegram>::left_over(&*self.store).await.unwrap();
        let tasks = [
            tokio::spawn(delivery.run(left, rows, stopped.clone())),
            tokio::spawn(telegram::run(telegram, dispatch.clone(), Status::default(), stopped)),
        ];
        self.running = Some(Running { dispatch, stop, tasks });
    }

    /// Stopped and started again, on the same store.
    pub async fn restart(&mut self) {
        let Running { stop, tasks, .. } = self.running.take().unwrap();
        let _ = stop.send(true);
        for task in tasks {
            task.await.unwrap();
        }
        self.start().await;
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
        let dispatch = &self.running.as_ref().unwrap().dispatch;
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
        if let Some(running) = &self.running {
            let _ = running.stop.send(true);
        }
    }
}
