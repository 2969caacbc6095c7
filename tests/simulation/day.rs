//! A busy day of a city on the real store, with the same promises; and what the night after it leaves on the disk.

use super::citizen;
use super::platform::Platform;
use super::service::{CALM, lives_and_dies, logs, rests, start};
use super::town::{Chance, Town};
use snak::library::Library;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use storage::{MasterKey, SledStore, When};
use tokio::task::JoinSet;

const DAY: Duration = Duration::from_secs(16 * 3600);
const TURNS: usize = 10;
/// In a crowd hardly a moment would pass without what goes wrong in a small town every minute.
const RARITY: u64 = 50;
/// core.telegram.org/bots/api#getupdates
const BATCH: u64 = 100;
/// Crashes of the service.
const CRASHES: u32 = 3;
const LET_GO: Duration = Duration::from_millis(100);
/// Wanted at most: the size of the store after the night, against what is live in it.
pub const TIMES_LIVE: f64 = 3.0;

/// What a day came to.
#[derive(Debug)]
pub struct Day {
    pub turns: usize,
    pub arrivals: usize,
    pub responses: usize,
    /// Bytes: every key and its sealed value once; the folder before the night, and after it.
    pub live: u64,
    pub before: u64,
    pub after: u64,
    pub took: Duration,
    pub night: Duration,
}

/// The store draws keys of its own, so that a day is nearly, not wholly, the same again.
pub async fn day(folder: &Path, library: Arc<Library>, conversations: usize, seed: u64) -> Day {
    let begun = Instant::now();
    let store = Arc::new(SledStore::open(folder, &MasterKey::generate().unwrap()).await.unwrap());
    let town = Town::over(store, Chance::new(seed), RARITY, false);
    let platform = Platform::new(town.clone(), conversations, BATCH);
    let mut outside = JoinSet::new();
    for citizen in 0..conversations {
        let comes = Duration::from_millis(town.chance.below(DAY.as_millis() as u64));
        let platform = platform.clone();
        outside.spawn(async move {
            tokio::time::sleep(comes).await;
            citizen::answers(platform, citizen, TURNS).await;
        });
    }
    for _ in 0..CRASHES {
        lives_and_dies(&town, &platform, &library, DAY / (CRASHES + 1)).await;
    }
    let (life, running) = start(&town, &platform, &library).await;
    while outside.join_next().await.is_some() {}
    town.calm();
    tokio::time::sleep(CALM).await;
    rests(&town, &platform).await;
    life.end();
    drop(running);
    town.crash().await;
    let (before, night) = (size(folder), Instant::now());
    let took = begun.elapsed();
    town.disk.compact(When::Now).await.unwrap();
    let (after, night) = (size(folder), night.elapsed());
    logs(&town).await;
    if let Some(why) = town.broken() {
        panic!("seed {seed}, {conversations} conversations: {why}");
    }
    town.disk.close().await.unwrap();
    let (turns, arrivals, responses) = {
        let ledger = super::town::lock(&town.ledger);
        (ledger.turns, ledger.arrivals, ledger.responses_count())
    };
    // What holds the store holds its file.
    drop((town, platform));
    Day { turns, arrivals, responses, live: live(folder), before, after, took, night }
}

impl Day {
    /// The store after the night, against what is live in it.
    pub fn times(&self) -> f64 {
        self.after as f64 / self.live as f64
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Day { turns, arrivals, responses, took, night, .. } = self;
        let [live, before, after] = [self.live, self.before, self.after].map(|bytes| bytes / 1_000_000);
        write!(
            f,
            "{turns} turns, {arrivals} messages and {responses} responses in {took:.0?}: live {live} MB, before the night {before} MB, \
             after it ({night:.1?}) {after} MB: {:.2} times the live data",
            self.times()
        )
    }
}

fn live(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let generation = entries.into_iter().find(|p| p.join("db").exists()).unwrap();
    let config = sled::Config::new().path(generation).segment_size(8 << 20);
    // sled lets a file go some time after it was closed.
    let tries = std::iter::repeat_with(|| config.open().ok().ok_or_else(|| std::thread::sleep(LET_GO)));
    let db = tries.take(100).find_map(Result::ok).unwrap();
    let trees = db.tree_names().into_iter().map(|name| db.open_tree(name).unwrap());
    trees.flat_map(|tree| tree.iter().map(|e| e.unwrap())).map(|(k, v)| (k.len() + v.len()) as u64).sum()
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.map(|path| if path.is_dir() { size(&path) } else { path.metadata().unwrap().len() }).sum()
}
