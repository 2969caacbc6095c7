//! A small town in which everything goes wrong that can: one seed is one run, and the same seed is the same run.
//!
//! `cargo test --test simulation` runs a fixed number of seeds, `SEEDS=10000` more of them, `SEED=17` replays one with its
//! trace. What must hold stands in `invariants.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod citizen;
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

fn run(seed: u64, library: &Arc<Library>) -> Arc<Town> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let town = Town::new(seed);
        service::live(town.clone(), library.clone()).await;
        town
    })
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|n| n.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

fn hold(seed: u64, town: &Town) {
    if let Some(why) = town.broken() {
        let mut trace = town.trace();
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
        let town = run(seed, &library);
        hold(seed, &town);
        return println!("{}", town.trace().join("\n"));
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    let lived = || {
        let mut sums = [0; 4];
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return sums;
            }
            let town = run(seed, &library);
            hold(seed, &town);
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
        let (one, two) = (run(seed, &library).trace(), run(seed, &library).trace());
        assert_eq!(one, two, "seed {seed}");
    }
}
