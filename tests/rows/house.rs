//! The whole service in one process, on a Bot API server, with a clock that the test moves.

use super::support::dialogues;
use super::support::ground::Ground;
use botapi::{Citizen, Server};
use jiff::SignedDuration;
use snak::channel::telegram::{self, Status, Telegram};
use snak::delivery::Delivery;
use snak::dispatch::Dispatch;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct House {
    pub server: Server,
    ground: Ground,
    running: Option<Running>,
}

struct Running {
    dispatch: Arc<Dispatch>,
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 2],
}

impl Deref for House {
    type Target = Ground;
    fn deref(&self) -> &Ground {
        &self.ground
    }
}

impl House {
    /// With these dialogues, or all.
    pub async fn open(only: &[String]) -> House {
        House::with(|folder| dialogues::write(folder, only)).await
    }

    /// With the dialogues that are written to its folder.
    pub async fn with(write: impl FnOnce(&Path)) -> House {
        let ground = Ground::with(write).await;
        let server = Server::start("1:test").await.unwrap();
        let mut house = House { server, ground, running: None };
        house.start().await;
        house
    }

    async fn start(&mut self) {
        let telegram = Telegram::new("1:test", Some(&self.server.url())).unwrap();
        let (outbox, rows) = mpsc::unbounded_channel();
        let dispatch = Dispatch::new(self.store.clone(), self.library.clone(), self.clock(), outbox);
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

    /// Time goes by, and what falls due on the way is woken at its hour.
    pub async fn wait(&self, span: SignedDuration) {
        self.ground.wait(&self.running.as_ref().unwrap().dispatch, span).await;
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
