//! What is outside the service in one seed: time, chance, the trace, and what everybody must be able to rely on.

use super::invariants::Ledger;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;
use storage::{MemoryStore, OutboxId, Secrets, Store};
use tokio::time::Instant;

const BEGAN: Timestamp = Timestamp::constant(1_780_308_000, 0); // 2026-06-01 10:00 UTC

/// A stream of numbers that a seed determines (SplitMix64).
#[derive(Debug)]
pub struct Chance(Mutex<u64>);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(Mutex::new(seed))
    }
    pub fn next(&self) -> u64 {
        let mut state = lock(&self.0);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    pub fn between(&self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }
    pub fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len() as u64) as usize)
    }
    pub fn draw(&self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a real disk while the town's clock stands still: nothing comes between, so that a seed is the same run again.
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    struct Woken(Thread);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    // Not made to yield: there is nobody to yield to.
    let mut work = std::pin::pin!(tokio::task::unconstrained(work));
    let waker = Waker::from(Arc::new(Woken(std::thread::current())));
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A settled row that is not on disk yet: its id, the platform's id, and since when.
pub type Lazy = (OutboxId, Option<String>, Instant);

#[derive(Debug)]
pub struct Town {
    pub chance: Chance,
    pub disk: Arc<dyn Store>,
    /// So many times rarer than in a small town things go wrong.
    rarity: u64,
    /// Lost in a crash.
    pub lazy: Mutex<Vec<Lazy>>,
    pub ledger: Mutex<Ledger>,
    faults: AtomicBool,
    /// What happened, where somebody wants to read it.
    trace: Option<Mutex<Vec<String>>>,
    began: Instant,
    /// How far the system's clock is from the time that has passed.
    skew: Mutex<SignedDuration>,
}

impl Town {
    pub fn new(seed: u64, traced: bool) -> Arc<Town> {
        let chance = Chance::new(seed);
        let secret = || {
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&chance.draw().to_be_bytes());
            bytes
        };
        let secrets = Secrets { lookup: secret(), pseudonym: secret(), cursor: secret(), epoch: 1 };
        let disk = Arc::new(MemoryStore::with(secrets));
        Town::over(disk, chance, 1, traced)
    }

    pub fn over(disk: Arc<dyn Store>, chance: Chance, rarity: u64, traced: bool) -> Arc<Town> {
        Arc::new(Town {
            disk,
            chance,
            rarity,
            lazy: Mutex::default(),
            ledger: Mutex::default(),
            faults: AtomicBool::new(true),
            trace: traced.then(Mutex::default),
            began: Instant::now(),
            skew: Mutex::new(SignedDuration::ZERO),
        })
    }

    pub fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap();
        BEGAN + passed + *lock(&self.skew)
    }

    /// The clock is set, forwards or back.
    pub fn jump(&self, by: SignedDuration) {
        *lock(&self.skew) += by;
        self.tell(|| format!("the clock is set by {by:#}"));
    }

    /// Whether something goes wrong, once in `n` times while things go wrong at all.
    pub fn fault(&self, n: u64) -> bool {
        self.faults.load(Ordering::Relaxed) && self.chance.one_in(n * self.rarity)
    }

    pub fn calm(&self) {
        self.faults.store(false, Ordering::Relaxed);
        self.tell(|| "nothing goes wrong from now on".to_owned());
    }

    /// Something takes its time: a few milliseconds, now and then seconds.
    pub async fn takes_time(&self) {
        let millis = if self.fault(40) { self.chance.between(200, 4_000) } else { self.chance.below(20) };
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    pub fn tell(&self, what: impl FnOnce() -> String) {
        let Some(trace) = &self.trace else { return };
        let at = self.began.elapsed().as_secs_f64();
        lock(trace).push(format!("{at:9.3}  {}", what()));
    }

    pub fn trace(&self) -> Vec<String> {
        self.trace.as_ref().map(|trace| lock(trace).clone()).unwrap_or_default()
    }

    /// Holds what happened against the invariants.
    pub fn check(&self, what: impl FnOnce(&mut Ledger) -> Result<(), String>) {
        let mut ledger = lock(&self.ledger);
        if let Err(why) = what(&mut ledger)
            && ledger.broken.is_none()
        {
            self.tell(|| format!("BROKEN: {why}"));
            ledger.broken = Some(why);
        }
    }

    pub fn broken(&self) -> Option<String> {
        lock(&self.ledger).broken.clone()
    }
}

/// One life of the service, from a start to a crash: nothing it does counts afterwards.
#[derive(Debug, Clone)]
pub struct Life(Arc<AtomicBool>);

impl Life {
    pub fn new() -> Life {
        Life(Arc::new(AtomicBool::new(true)))
    }
    pub fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
    /// Goes on only while the process lives.
    pub async fn goes_on(&self) {
        if !self.0.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }
}
