//! One seed: a town, a service that is started and dies, then calm, and the last accounts.

use super::citizen;
use super::platform::{Bot, Platform, address};
use super::store::Rough;
use super::town::{Life, Town, at_once};
use jiff::SignedDuration;
use snak::delivery::Delivery;
use snak::dispatch::{Clock, Conversation, Dispatch, run_timer};
use snak::engine;
use snak::library::Library;
use std::sync::Arc;
use std::time::Duration;
use storage::{Cursor, Store};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

const BUBBLE: Duration = Duration::from_millis(700);
/// Longer than the longest pause between two tries, several times over.
pub const CALM: Duration = Duration::from_secs(400);
/// Updates that the platform hands out at once.
const BATCH: u64 = 8;
/// Things somebody does at most until a dialogue has ended.
const PATIENCE: usize = 40;

/// Lives through a whole seed.
pub async fn live(town: Arc<Town>, library: Arc<Library>) {
    let citizens = town.chance.between(3, 8) as usize;
    let platform = Platform::new(town.clone(), citizens, BATCH);
    let mut outside = JoinSet::new();
    for citizen in 0..citizens {
        outside.spawn(citizen::lives(platform.clone(), citizen));
    }
    outside.spawn(clock_jumps(town.clone()));
    for _ in 0..town.chance.below(4) {
        let span = Duration::from_millis(town.chance.between(1_000, 60_000));
        lives_and_dies(&town, &platform, &library, span).await;
        if town.broken().is_some() {
            return;
        }
    }
    let (_life, _running) = start(&town, &platform, &library).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    outside.shutdown().await;
    town.calm();
    tokio::time::sleep(CALM).await;
    rests(&town, &platform).await;
    ends(&town, &platform, citizens).await;
    rests(&town, &platform).await;
    logs(&town).await;
}

/// One life of the service: after so long it crashes.
pub async fn lives_and_dies(
    town: &Arc<Town>,
    platform: &Arc<Platform>,
    library: &Arc<Library>,
    span: Duration,
) {
    let (life, running) = start(town, platform, library).await;
    tokio::time::sleep(span).await;
    // From here on nothing that the old process does counts; then its tasks are let go.
    life.end();
    drop(running);
    town.crash().await;
}

pub struct Running {
    _stop: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

pub async fn start(town: &Arc<Town>, platform: &Arc<Platform>, library: &Arc<Library>) -> (Life, Running) {
    town.tell(|| "the service starts".to_owned());
    let life = Life::new();
    let store: Arc<dyn Store> = Arc::new(Rough { town: town.clone(), life: life.clone() });
    let (stop, stopped) = watch::channel(false);
    let (outbox, rows) = mpsc::unbounded_channel();
    let (clock, chance) = (town.clone(), town.clone());
    let clock = Clock::new(move || clock.now(), move || Ok(chance.chance.draw()));
    let dispatch = Arc::new(Dispatch::new(store.clone(), library.clone(), clock, outbox));
    let bot = Arc::new(Bot { town: town.clone(), platform: platform.clone(), life: life.clone() });
    let delivery = Arc::new(Delivery::new(store.clone(), vec![bot], dispatch.clone(), BUBBLE));
    let left = loop {
        // A service that cannot start is started again.
        if let Ok(left) = Delivery::<Bot>::left_over(store.as_ref()).await {
            break left;
        }
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(delivery.run(left, rows, stopped.clone()));
    tasks.spawn(run_timer(dispatch.clone(), stopped));
    tasks.spawn(platform.clone().receive(dispatch, life.clone()));
    (life, Running { _stop: stop, _tasks: tasks })
}

// Hours and days pass at once; now and then the clock is set back a little.
async fn clock_jumps(town: Arc<Town>) {
    loop {
        tokio::time::sleep(Duration::from_millis(town.chance.between(2_000, 30_000))).await;
        let by = match town.chance.below(4) {
            0 => SignedDuration::from_millis(-(town.chance.between(1, 5_000) as i64)),
            1 => SignedDuration::from_mins(town.chance.between(1, 90) as i64),
            2 => SignedDuration::from_hours(town.chance.between(12, 40) as i64),
            _ => SignedDuration::from_hours(town.chance.between(24, 24 * 9) as i64),
        };
        town.jump(by);
    }
}

pub async fn rests(town: &Town, platform: &Platform) {
    let unsent: Vec<_> = town.unsent().await.into_iter().map(|q| q.id).collect();
    // What falls due at this moment is woken in the next round.
    let before = town.now() - SignedDuration::from_secs(10);
    let due = at_once(town.disk.due(before, usize::MAX)).unwrap().len();
    town.check(|ledger| ledger.rests(&unsent, due));
    town.check(|_| match platform.everything_is_confirmed() {
        true => Ok(()),
        false => Err("REST: updates are waiting".to_owned()),
    });
}

// Whoever is on the way gets to an end.
async fn ends(town: &Town, platform: &Platform, citizens: usize) {
    let is_open = |citizen: &usize| {
        let stored = at_once(town.disk.conversation(&platform.key(&address(*citizen)))).unwrap();
        let conversation: Option<Conversation> = stored.map(|s| engine::decode(&s.body).unwrap());
        conversation.is_some_and(|c| c.open.is_some())
    };
    for round in 0..=PATIENCE {
        let open: Vec<usize> = (0..citizens).filter(is_open).collect();
        if open.is_empty() {
            break;
        }
        town.check(|_| match round == PATIENCE {
            true => Err(format!("REST: the citizens {open:?} cannot get to an end")),
            false => Ok(()),
        });
        for citizen in open {
            platform.act(citizen, platform.look(citizen, |chat, _| citizen::forward(chat, round)));
        }
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
    tokio::time::sleep(CALM).await;
}

pub async fn logs(town: &Town) {
    let dialogues = super::town::lock(&town.ledger).dialogues();
    for dialogue in dialogues {
        let latest = at_once(town.disk.extent(&dialogue)).unwrap().latest;
        let rows = at_once(town.disk.responses(&dialogue, Cursor(0), usize::MAX)).unwrap();
        town.check(|ledger| ledger.log(&dialogue, latest, &rows));
    }
}
