//! A day of a busy city and the night after it: how large the store is beside what lives in it.
//! `cargo bench --bench day -- [FOLDER] [CONVERSATIONS]`: where the store is made (default: the system's temporary folder), and
//! how many conversations of ten turns each there are (default 100,000).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

#[path = "../tests/support/mod.rs"]
mod support;
mod town;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use storage::{MasterKey, When};
use town::bench;

const AT_A_TIME: usize = 256;
const TURNS: usize = 10;
const LET_GO: Duration = Duration::from_millis(100);
/// Wanted at most.
const TIMES_LIVE: f64 = 3.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let base = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from);
    let conversations: u64 = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let data = tempfile::tempdir_in(&base).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(day(&data.path().join("store"), conversations));
}

async fn day(folder: &Path, conversations: u64) {
    let bench = bench(folder, &MasterKey::generate().unwrap()).await;
    let begun = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let work: Vec<_> = (0..AT_A_TIME)
        .map(|_| {
            let (bench, next) = (bench.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= conversations {
                        return;
                    }
                    // Every third is left in the middle, as people do: it lives on, and has no response.
                    bench.turns_of(n, if n % 3 == 0 { TURNS } else { usize::MAX }).await;
                }
            })
        })
        .collect();
    for task in work {
        task.await.unwrap();
    }
    let took = begun.elapsed();
    let before = size(folder);
    let night = Instant::now();
    bench.store.compact(When::Needed).await.unwrap();
    let (night, after) = (night.elapsed(), size(folder));
    bench.store.close().await.unwrap();
    drop(bench);
    let live = live(folder);
    let times = after as f64 / live as f64;
    println!(
        "{conversations} conversations in {took:.0?}: live {} MB, before the night {} MB, after it ({night:.1?}) {} MB: {times:.2} times the live data",
        live / 1_000_000,
        before / 1_000_000,
        after / 1_000_000
    );
    assert!(times <= TIMES_LIVE, "wanted are at most {TIMES_LIVE} times");
}

// What the store counts as live: every key and its sealed value, once.
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
    support::service::files(folder).iter().map(|(_, bytes)| bytes.len() as u64).sum()
}
