//! What the store by itself costs and keeps: commits beside bare sled, opening and memory when it is full, and a compaction while
//! turns go on. `cargo bench --bench store -- [FOLDER] [STORED]`: where the stores are made (default: the system's temporary folder),
//! and how many finished conversations with a response the full one holds (default 1,000,000).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a figure that cannot be measured ends the run"
)]

mod citizens;
#[path = "../tests/support/mod.rs"]
mod support;
mod town;

use citizens::memory;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use storage::{
    Body, Changes, ConversationKey, MasterKey, MessageRef, OutboxId, Outgoing, Store, UpdateId, Version, When,
};
use support::page::Browser;
use support::service::{KEY, Place, Service};
use town::{bare, bench, fill, percentile, row};

const SPAN: Duration = Duration::from_secs(6);
const ROUNDS: usize = 5;
const IN_FLIGHT: u64 = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let base = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from);
    let stored: u64 = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let data = tempfile::tempdir_in(&base).unwrap();
    beside_sled(&runtime, data.path());
    let place = Place::within(&base)
        .with("SNAK_DIALOGUES", concat!(env!("CARGO_MANIFEST_DIR"), "/benches/dialogues"));
    let key = MasterKey::from_text(KEY).unwrap();
    let store = place.data().join("store");
    runtime.block_on(async {
        let bench = bench(&store, &key).await;
        let rate = fill(&bench.store, 0, stored).await;
        println!(
            "filling it with {stored} conversations            {rate:>9.0} commits/s, {} MB",
            megabytes(&store)
        );
        bench.store.close().await.unwrap();
    });
    let begun = Instant::now();
    let opened = runtime.block_on(storage::open(&format!("sled:{}", store.display()), &key)).unwrap();
    println!("opening it                                     {:>9.2?}", begun.elapsed());
    runtime.block_on(opened.close()).unwrap();
    drop(opened);
    println!("as it was filled:");
    served(&runtime, &place);
    runtime.block_on(compacted(&store, &key));
    println!("after the night:");
    served(&runtime, &place);
}

// The same writes in the same groups, with and without sealing, versions, links and readers, one after the other.
fn beside_sled(runtime: &tokio::runtime::Runtime, data: &Path) {
    let mut shares = Vec::new();
    for round in 0..ROUNDS {
        let bare = bare(&data.join(format!("bare{round}")), IN_FLIGHT as usize, SPAN);
        let key = MasterKey::generate().unwrap();
        let url = format!("sled:{}", data.join(format!("store{round}")).display());
        let rate = runtime.block_on(async {
            let store = storage::open(&url, &key).await.unwrap();
            let rate = commits(&store).await;
            store.close().await.unwrap();
            rate
        });
        shares.push((rate / bare, rate, bare));
    }
    shares.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (share, rate, bare) = shares[ROUNDS / 2];
    println!(
        "{IN_FLIGHT} commits in flight        store {rate:>9.0}/s   bare sled {bare:>9.0}/s   store/sled {share:.2}"
    );
}

// Turns of the sizes that dispatch makes (the conversation's is the mean over its turns), each with the two messages of the turn before settled.
async fn commits(store: &Arc<dyn Store>) -> f64 {
    let begun = Instant::now();
    let until = begun + SPAN;
    let work: Vec<_> = (0..IN_FLIGHT)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = 0u64;
                while Instant::now() < until {
                    let of = ConversationKey((u128::from(n) | u128::from(done / 14 + 1) << 64).to_be_bytes());
                    let version = Version(done % 14);
                    let message = |n: u64, forget, size| Outgoing {
                        message: Some(MessageRef(n)),
                        forget,
                        body: vec![7; size],
                    };
                    let changes = Changes {
                        conversation: of,
                        update: UpdateId(format!("telegram:{}", n << 32 | done)),
                        at: Timestamp::now(),
                        expected: version,
                        body: Body::Put(vec![7; 764]),
                        address: (version.0 == 0).then(|| format!("telegram:{n}")),
                        responses: Vec::new(),
                        outbox: vec![message(version.0, true, 370), message(version.0 + 1, false, 280)],
                        wake_at: Timestamp::from_millisecond((done + n) as i64 * 1_000).ok(),
                        documents: Vec::new(),
                        counts: Vec::new(),
                        media: None,
                        erases: false,
                    };
                    let version = store.commit(changes).await.unwrap();
                    for n in [0, 1] {
                        let id = OutboxId { conversation: of, version, n };
                        store.settle(id, Some("12345".to_owned())).await.unwrap();
                    }
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut sum = 0;
    for task in work {
        sum += task.await.unwrap();
    }
    sum as f64 / begun.elapsed().as_secs_f64()
}

// The real service on the full store: citizens in their browsers, and one who pulls everything.
fn served(runtime: &tokio::runtime::Runtime, place: &Place) {
    let begun = Instant::now();
    let service = place.serve();
    println!("`snak serve` ready on it                       {:>9.2?}", begun.elapsed());
    println!("resident then                                  {:>9.0} MiB", memory(&service, "VmRSS:"));
    let token = place.token("bench");
    let (turns, bytes) = runtime.block_on(async {
        let citizens: Vec<_> = (0..32).map(|_| tokio::spawn(citizen(service.url.clone()))).collect();
        let bytes = pulled(&service, &token).await;
        let mut turns = 0;
        for citizen in citizens {
            turns += citizen.await.unwrap();
        }
        (turns, bytes)
    });
    println!(
        "resident after {turns} pages and a pull of {} MB    {:.0} MiB, at most {:.0} MiB",
        bytes / 1_000_000,
        memory(&service, "VmRSS:"),
        memory(&service, "VmHWM:")
    );
    assert!(service.stop().success());
}

async fn citizen(url: String) -> usize {
    let mut pages = 0;
    for _ in 0..5 {
        let mut page = Browser::new(&url);
        page.get("/c/bench_her").await;
        page.press("Start").await;
        page.press("Den anden mulighed").await;
        page.tick(&["Den første mulighed", "Den anden mulighed"]).send().await;
        pages += 4;
    }
    pages
}

async fn pulled(service: &Service, token: &str) -> usize {
    let url = service.link("/v1/dialogues/bench/tolv/responses.ndjson");
    let mut answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut bytes = 0;
    while let Some(piece) = answer.chunk().await.unwrap() {
        bytes += piece.len();
    }
    bytes
}

// Turns at the same pace before and while the store is copied.
async fn compacted(store: &Path, key: &MasterKey) {
    let bench = bench(store, key).await;
    let (rate, before) = bench.turns(16, 1 << 40, SPAN).await;
    row("16 at a time, before", rate, &before);
    let done = Arc::new(AtomicBool::new(false));
    let turns = tokio::spawn({
        let (bench, done) = (bench.clone(), done.clone());
        async move {
            let (mut all, mut rates, mut first) = (Vec::new(), Vec::new(), 1 << 41);
            while !done.load(Ordering::Relaxed) {
                let (rate, took) = bench.turns(16, first, Duration::from_secs(1)).await;
                rates.push(rate);
                all.extend(took);
                first += 1 << 32;
            }
            all.sort_unstable();
            (rates.iter().sum::<f64>() / rates.len() as f64, all)
        }
    });
    let begun = Instant::now();
    let compacted = bench.store.compact(When::Now).await.unwrap().unwrap();
    let took = begun.elapsed();
    done.store(true, Ordering::Relaxed);
    let (rate, meanwhile) = turns.await.unwrap();
    row("16 at a time, meanwhile", rate, &meanwhile);
    let p99 = percentile(&meanwhile, 0.99).as_secs_f64() / percentile(&before, 0.99).as_secs_f64();
    println!(
        "compaction of {} MB to {} MB                  {took:>9.2?}   p99 meanwhile {p99:.2} times",
        compacted.bytes_before / 1_000_000,
        compacted.bytes_after / 1_000_000
    );
    bench.store.close().await.unwrap();
}

fn megabytes(folder: &Path) -> u64 {
    support::service::files(folder).iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>() / 1_000_000
}
