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
use std::time::Instant;
use storage::{Cursor, DialogueId, MasterKey, Row, When};
use town::{Bench, bench};

const AT_A_TIME: usize = 256;
const TURNS: usize = 10;
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
    let live = live(&bench, conversations).await;
    let before = size(folder);
    let night = Instant::now();
    bench.store.compact(When::Needed).await.unwrap();
    let (night, after) = (night.elapsed(), size(folder));
    let times = after as f64 / live as f64;
    println!(
        "{conversations} conversations in {took:.0?}: live {} MB, before the night {} MB, after it ({night:.1?}) {} MB: {times:.2} times the live data",
        live / 1_000_000,
        before / 1_000_000,
        after / 1_000_000
    );
    bench.store.close().await.unwrap();
    assert!(times <= TIMES_LIVE, "wanted are at most {TIMES_LIVE} times");
}

// The plain bytes of conversations and responses alone: no keys, no seals, no ids of updates and messages, which live as well.
async fn live(bench: &Bench, conversations: u64) -> u64 {
    let mut sum = 0;
    for n in 0..conversations {
        let of = storage::key_of(bench.store.secrets(), &snak::channel::ConversationId::new("telegram", n).0);
        sum += bench.store.conversation(&of).await.unwrap().map_or(0, |stored| stored.body.len() as u64);
    }
    let dialogue = DialogueId("bench/tolv".to_owned());
    let mut after = Cursor(0);
    loop {
        let rows = bench.store.responses(&dialogue, after, 1000).await.unwrap();
        let Some(last) = rows.last() else { return sum };
        after = last.cursor;
        for row in rows {
            if let Row::Live(bytes) = row.row {
                sum += bytes.len() as u64;
            }
        }
    }
}

fn size(folder: &Path) -> u64 {
    support::service::files(folder).iter().map(|(_, bytes)| bytes.len() as u64).sum()
}
