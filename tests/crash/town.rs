//! A town that talks to the real binary while it is killed: citizens on Telegram and in browsers, and one who pulls.

use crate::chance::Chance;
use crate::figures::Figures;
use crate::support::library::{Plan, answer, decided};
use crate::support::page::client;
use crate::support::service::{Place, Service, get};
use crate::{puller, visitor};
use botapi::Server;
use serde_json::Value;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const TELEGRAM: usize = 10;
const BROWSERS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);
/// spec: SIGTERM ends it within this time.
const LEAVE: Duration = Duration::from_secs(10);

/// What the citizens and the puller share.
pub struct World {
    pub server: Server,
    pub client: reqwest::Client,
    url: Mutex<String>,
    token: Mutex<String>,
    pulled: Mutex<Vec<Value>>,
    /// The rows of those who came to the end.
    said: Mutex<Vec<String>>,
    /// Turns that were acknowledged.
    turns: AtomicU64,
    next: AtomicI64,
    closing: AtomicBool,
    over: AtomicBool,
}

impl World {
    pub fn url(&self) -> String {
        self.url.lock().unwrap().clone()
    }
    pub fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }
    pub fn pulled(&self) -> MutexGuard<'_, Vec<Value>> {
        self.pulled.lock().unwrap()
    }
    pub fn heard(&self) {
        self.turns.fetch_add(1, Ordering::SeqCst);
    }
    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::SeqCst)
    }
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
    fn next(&self) -> Option<Plan> {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        (!self.closing.load(Ordering::SeqCst)).then_some(Plan { n })
    }
    fn end(&self, plan: &Plan, channel: &str) {
        self.said.lock().unwrap().push(plan.row(channel).to_string());
    }
}

pub struct Town {
    pub world: Arc<World>,
    pub place: Place,
    pub chance: Chance,
    pub service: Option<Service>,
    citizens: JoinSet<()>,
    puller: JoinSet<()>,
}

impl Town {
    /// With everybody talking.
    pub async fn new(chance: Chance) -> Town {
        Town::with(chance, &[]).await
    }

    /// The same, with this in the environment of the binary.
    pub async fn with(mut chance: Chance, environment: &[(&str, &str)]) -> Town {
        let server = Server::start("1:test").await.unwrap();
        let mut place =
            Place::default().with("TELOXIDE_TOKEN", "1:test").with("TELOXIDE_API_URL", server.url());
        for (name, value) in environment {
            place = place.with(name, *value);
        }
        let world = Arc::new(World {
            server,
            client: client(),
            url: Mutex::default(),
            token: Mutex::default(),
            pulled: Mutex::default(),
            said: Mutex::default(),
            turns: AtomicU64::new(0),
            next: AtomicI64::new(0),
            closing: AtomicBool::new(false),
            over: AtomicBool::new(false),
        });
        let (citizens, puller) = (JoinSet::new(), JoinSet::new());
        let split = chance.split();
        let mut town = Town { world, place, chance, service: None, citizens, puller };
        town.serve();
        *town.world.token.lock().unwrap() = town.place.token("nordby-bibliotek");
        town.everybody(split);
        town
    }

    fn everybody(&mut self, chance: Chance) {
        for lane in 0..TELEGRAM + BROWSERS {
            let world = self.world.clone();
            self.citizens.spawn(async move {
                while let Some(plan) = world.next() {
                    if lane < TELEGRAM {
                        let citizen = world.server.citizen(4_000_000_000 + plan.n, Some("da"));
                        answer(citizen, Plan { n: plan.n }, || world.heard()).await;
                        world.end(&plan, "telegram");
                    } else {
                        visitor::answer(&world, &plan).await;
                        world.end(&plan, "web");
                    }
                }
            });
        }
        let world = self.world.clone();
        self.puller.spawn(async move { puller::pull(&world, chance).await });
    }

    pub fn serve(&mut self) {
        let service = self.place.serve();
        *self.world.url.lock().unwrap() = service.url.clone();
        self.service = Some(service);
    }

    pub fn service(&self) -> &Service {
        self.service.as_ref().expect("a service that runs")
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.service.take().expect("a service that runs").kill();
    }

    /// Starts it, and kills it before or soon after it is ready.
    pub async fn kill_at_the_start(&mut self) {
        let mut command = self.place.snak(&["serve"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(self.chance.below(150))).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM: it ends well, in time.
    pub async fn stop(&mut self) {
        let service = self.service.take().expect("a service that runs");
        let begun = Instant::now();
        let ended = tokio::task::spawn_blocking(move || service.stop()).await.unwrap();
        assert!(ended.success(), "asked to stop, it ends with {ended}");
        assert!(begun.elapsed() < LEAVE, "asked to stop, it takes {:?}", begun.elapsed());
    }

    /// SIGTERM to one that cannot keep anything more: it ends in time, and may say that it did not end well.
    pub async fn leave(&mut self) {
        let service = self.service.take().expect("a service that runs");
        let begun = Instant::now();
        tokio::task::spawn_blocking(move || service.stop()).await.unwrap();
        assert!(begun.elapsed() < LEAVE, "asked to stop, it takes {:?}", begun.elapsed());
    }

    /// Waits for a random number of turns that are acknowledged, or of milliseconds.
    pub async fn a_while(&mut self) {
        if self.chance.below(3) == 0 {
            tokio::time::sleep(Duration::from_millis(self.chance.below(300))).await;
        } else {
            let turns = 1 + self.chance.below(80);
            self.turns(turns).await;
        }
    }

    /// Waits until so many more turns are acknowledged.
    pub async fn turns(&mut self, more: u64) {
        let (enough, begun) = (self.world.turns() + more, Instant::now());
        while self.world.turns() < enough {
            self.all_is_well().await;
            assert!(begun.elapsed() < PATIENCE, "the town has fallen silent\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whoever panicked is heard.
    pub async fn all_is_well(&mut self) {
        while let Some(ended) = self.citizens.try_join_next().or_else(|| self.puller.try_join_next()) {
            if let Err(error) = ended {
                panic!("{error}\n{}", self.log());
            }
        }
    }

    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.place.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    pub async fn cursors_hold(&mut self) {
        puller::cursors_hold(&self.world, &mut self.chance).await;
    }

    /// Readiness, and what is said of the store.
    pub async fn ready(&self) -> (u16, Value) {
        let (status, body) = get(&self.service().link("/readyz"), "").await;
        (status, serde_json::from_str::<Value>(&body).unwrap()["store"].take())
    }

    /// Everybody comes to the end, and what is pulled is what they said: nothing less, nothing twice.
    pub async fn close(mut self, figures: &mut Figures) {
        self.finish().await;
        let rows = self.rows();
        let mut said = self.world.said.lock().unwrap().clone();
        said.sort();
        assert_eq!(rows, said, "what is pulled is not what was said");
        assert_eq!(self.world.server.breaches(), Vec::<String>::new());
        self.cursors_hold().await;
        self.stop().await;
        figures.turns += self.world.turns();
        figures.conversations += said.len() as u64;
    }

    /// Everybody comes to the end, and it is pulled.
    pub async fn finish(&mut self) {
        self.world.closing.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        while !self.citizens.is_empty() {
            self.all_is_well().await;
            assert!(begun.elapsed() < PATIENCE, "somebody does not come to the end\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.world.server.wait_until_confirmed(PATIENCE).await.unwrap();
        self.world.over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.puller.join_next().await {
            ended.unwrap();
        }
    }

    fn rows(&self) -> Vec<String> {
        let mut rows: Vec<String> = self.world.pulled().iter().map(|row| decided(row).to_string()).collect();
        rows.sort();
        rows
    }
}
