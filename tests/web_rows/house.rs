//! The web chat on the real dispatch, over HTTP, with a clock that the test moves.

use super::support::dialogues;
use super::support::ground::Ground;
use jiff::SignedDuration;
use snak::channel::webchat::{self, Limits, Links};
use snak::dispatch::Dispatch;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

pub struct House {
    ground: Ground,
    running: Running,
}

struct Running {
    base: String,
    dispatch: Arc<Dispatch>,
    stop: watch::Sender<bool>,
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
        let running = Running::on(&ground).await;
        House { ground, running }
    }

    /// Where it is.
    pub fn base(&self) -> &str {
        &self.running.base
    }

    /// Stopped and started again, on the same store, at another address.
    pub async fn restart(&mut self) {
        let _ = self.running.stop.send(true);
        self.running = Running::on(&self.ground).await;
    }

    /// Time goes by, and what falls due on the way is woken at its hour.
    pub async fn wait(&self, span: SignedDuration) {
        self.ground.wait(&self.running.dispatch, span).await;
    }
}

impl Running {
    async fn on(ground: &Ground) -> Running {
        // A page is drawn anew each time: nothing is ever sent.
        let (outbox, _) = mpsc::unbounded_channel();
        let dispatch = Dispatch::new(ground.store.clone(), ground.library.clone(), ground.clock(), outbox);
        let dispatch = Arc::new(dispatch);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let links = Links { public_url: base.clone(), telegram: Arc::new(OnceLock::new()) };
        let (stop, stopped) = watch::channel(false);
        let (inbox, pages, pictures) = (dispatch.clone(), dispatch.clone(), dispatch.clone());
        let app = webchat::router(inbox, pages, pictures, links, Limits::default(), stopped.clone());
        tokio::spawn(snak::web::serve(listener, app, stopped));
        Running { base, dispatch, stop }
    }
}
