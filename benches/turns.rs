//! Durable turns a second through dispatch and the sled store, beside bare sled doing the same writes, and what a store that
//! is already full costs. A program of its own: each figure is a few seconds of real work on a real disk.
//!
//! `cargo bench --bench turns -- [FOLDER] [STORED]`: where the stores are made (a folder on the disk to be measured; default:
//! the system's temporary folder), and how many conversations the large one holds (default 1,000,000).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

mod town;

use std::path::{Path, PathBuf};
use std::time::Duration;
use storage::MasterKey;
use town::{bare, bench, fill, row};

const SPAN: Duration = Duration::from_secs(6);
/// How often the small and the full store are measured, in turns; the median counts.
const ROUNDS: u64 = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let base = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from);
    let stored: u64 = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let data = tempfile::tempdir_in(base).unwrap();
    let key = MasterKey::generate().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for at_a_time in [1, 16, 64, 256] {
        let bare = bare(&data.path().join(format!("bare{at_a_time}")), at_a_time as usize, SPAN);
        let (rate, took) = runtime.block_on(async {
            let bench = bench(&data.path().join(format!("store{at_a_time}")), &key).await;
            let result = bench.turns(at_a_time, 1, SPAN).await;
            bench.store.close().await.unwrap();
            result
        });
        row(&format!("{at_a_time} conversations at a time"), rate, &took);
        println!("{:<46} {bare:>9.0} turns/s   snak/sled {:.2}", "  bare sled, the same writes", rate / bare);
    }
    runtime.block_on(full(data.path(), &key, stored));
}

// The two stores take turns, so that whatever else the machine does falls on both.
async fn full(data: &Path, key: &MasterKey, stored: u64) {
    let (few, many) = (bench(&data.join("few"), key).await, bench(&data.join("many"), key).await);
    fill(&few.store, 0, 1_000).await;
    let filled = fill(&many.store, 0, stored).await;
    println!("{:<46} {filled:>9.0} commits/s", "filling the store, 512 at a time");
    let (mut in_few, mut in_many) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        in_few.push(few.turns(16, (1 << 40) + (round << 32), SPAN).await);
        in_many.push(many.turns(16, (1 << 40) + (round << 32), SPAN).await);
    }
    let (few_rate, took) = middle(in_few);
    row("16 at a time, 1,000 conversations stored", few_rate, &took);
    let (many_rate, took) = middle(in_many);
    row(&format!("16 at a time, {stored} stored"), many_rate, &took);
    println!("  cost of a turn in the full store: {:.2} times that in the small one", few_rate / many_rate);
    few.store.close().await.unwrap();
    many.store.close().await.unwrap();
}

/// The run with the median rate.
fn middle(mut runs: Vec<(f64, Vec<Duration>)>) -> (f64, Vec<Duration>) {
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    runs.swap_remove(runs.len() / 2)
}
