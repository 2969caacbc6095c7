//! A small town in which everything goes wrong that can: one seed is one run, and the same seed is the same run.
//!
//! `cargo test --test simulation` runs a fixed number of seeds, `SEEDS=10000` more of them, `FROM=300` others, `SEED=17` replays
//! one with its trace. What must hold stands in `invariants.rs`. `CONVERSATIONS=100000 cargo test --release --test simulation day --
//! --nocapture` is a busy day of a city on the real store.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod citizen;
mod day;
mod invariants;
mod platform;
mod service;
mod store;
mod town;

use snak::library::Library;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::MemoryStore;
use town::Town;

/// What a run of all tests has time for.
const SEEDS: u64 = 300;

fn library() -> Arc<Library> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/dialogues");
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        let library = Library::open(&folder, Arc::new(MemoryStore::new().unwrap())).await.unwrap();
        let reading = library.read("2026-06-01T08:00:00Z".parse().unwrap()).await.unwrap();
        assert_eq!(reading.published.len(), 2, "{:?}", reading.problems);
        Arc::new(library)
    })
}

// Time passes only when everybody waits.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn run(seed: u64, library: &Arc<Library>, traced: bool) -> Arc<Town> {
    runtime().block_on(async {
        let town = Town::new(seed, traced);
        service::live(town.clone(), library.clone()).await;
        town
    })
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|n| n.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

fn hold(seed: u64, town: &Town, library: &Arc<Library>) {
    if let Some(why) = town.broken() {
        let mut trace = run(seed, library, true).trace();
        // What came after tells nothing of how it came about.
        trace.truncate(trace.iter().position(|line| line.contains("BROKEN")).map_or(trace.len(), |n| n + 1));
        let trace = trace.join("\n");
        panic!(
            "{trace}\n\nseed {seed} breaks a promise: {why}\n\
             replay it: SEED={seed} cargo test --test simulation promises -- --nocapture"
        );
    }
}

#[test]
fn promises_are_kept_whatever_goes_wrong() {
    let library = library();
    if let Some(seed) = number("SEED") {
        let town = run(seed, &library, true);
        hold(seed, &town, &library);
        return println!("{}", town.trace().join("\n"));
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let from = number("FROM").unwrap_or(0);
    let next = AtomicU64::new(from);
    let lived = || {
        let mut sums = [0; 4];
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from + seeds {
                return sums;
            }
            let town = run(seed, &library, false);
            hold(seed, &town, &library);
            let ledger = town::lock(&town.ledger);
            let these = [ledger.turns, ledger.arrivals, ledger.reminders, ledger.responses_count()];
            sums = std::array::from_fn(|n| sums[n] + these[n]);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let [turns, arrivals, reminders, responses] = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(lived)).collect();
        let sums = threads.into_iter().map(|t| t.join().unwrap_or_else(|why| std::panic::resume_unwind(why)));
        sums.fold([0; 4], |sum, one| std::array::from_fn(|n| sum[n] + one[n]))
    });
    println!(
        "{seeds} seeds: {turns} turns, {arrivals} messages, {reminders} reminders, {responses} responses"
    );
    assert!(reminders > 0 && responses > 0, "a town where nobody is reminded or answers shows nothing");
}

#[test]
fn a_seed_is_the_same_run_again() {
    let library = library();
    for seed in 0..3 {
        let (one, two) = (run(seed, &library, true).trace(), run(seed, &library, true).trace());
        assert_eq!(one, two, "seed {seed}");
    }
}

/// Conversations of a day that a run of all tests has time for.
const CONVERSATIONS: u64 = 300;

#[test]
fn a_day_of_a_city_on_the_real_store_keeps_them_too() {
    let conversations = number("CONVERSATIONS").unwrap_or(CONVERSATIONS);
    let data = std::env::var_os("FOLDER").map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
    let seed = number("SEED").unwrap_or(0);
    let folder = data.path().join("store");
    let day = runtime().block_on(day::day(&folder, library(), conversations as usize, seed));
    println!("{conversations} conversations: {day}");
    assert!(day.turns > 5 * conversations as usize && day.responses > 0, "{day:?}");
    // A file of the store grows by whole segments: of a small day they are nearly all there is.
    if conversations >= 10_000 {
        assert!(day.times() <= day::TIMES_LIVE, "wanted are at most {} times: {day:?}", day::TIMES_LIVE);
    }
}
