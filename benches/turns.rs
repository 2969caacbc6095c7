//! Durable turns a second through dispatch and the sled store, beside bare sled doing the same writes, and what a store that
//! is already full costs. A program of its own: each figure is a few seconds of real work on a real disk.
//!
//! `cargo bench --bench turns -- [FOLDER] [STORED]`: where the stores are made (a folder on the disk to be measured; default:
//! the system's temporary folder), and how many conversations the large one holds (default 1,000,000).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

use jiff::Timestamp;
use sled::transaction::{ConflictableTransactionError, Transactional};
use snak::channel::{Content, ConversationId, Inbox, Incoming};
use snak::dispatch::{Clock, Dispatch};
use snak::engine::Input;
use snak::library::Library;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use storage::{
    Body, Changes, ConversationKey, DialogueId, MasterKey, Outgoing, ResponseChange, Store, UpdateId, Version,
};
use tokio::sync::{mpsc, oneshot};

const SPAN: Duration = Duration::from_secs(6);
/// How often the small and the full store are measured, in turns; the median counts.
const ROUNDS: u64 = 5;
/// One conversation: the link, Start, twelve answers.
const TYPED: [&str; 12] = [
    "1",
    "1 og 2",
    "ja",
    "4",
    "37",
    "En kop kaffe",
    "den anden mulighed",
    "2",
    "nej",
    "fire",
    "2,5",
    "Bedre lys",
];

struct Bench {
    dispatch: Arc<Dispatch>,
    store: Arc<dyn Store>,
    update: AtomicU64,
}

async fn bench(folder: &Path) -> Arc<Bench> {
    let key = MasterKey::generate().unwrap();
    let store = storage::open(&format!("sled:{}", folder.display()), &key).await.unwrap();
    let dialogues = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/dialogues");
    let library = Arc::new(Library::open(&dialogues, store.clone()).await.unwrap());
    let reading = library.read(Timestamp::now()).await.unwrap();
    assert_eq!(reading.published.len(), 1, "{:?}", reading.problems);
    let clock = Clock::new(Timestamp::now, || {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        Ok(u128::from_be_bytes(random))
    });
    let (outbox, mut rows) = mpsc::unbounded_channel::<Vec<storage::Queued>>();
    let settled = store.clone();
    // Sent at once, so that the outbox is settled as in a service whose platform is quick.
    tokio::spawn(async move {
        while let Some(rows) = rows.recv().await {
            for row in rows {
                // The store may be closed while rows are still on their way.
                let _ = settled.settle(row.id, Some("1".to_owned())).await;
            }
        }
    });
    Arc::new(Bench {
        dispatch: Arc::new(Dispatch::new(store.clone(), library, clock, outbox)),
        store,
        update: AtomicU64::new(0),
    })
}

impl Bench {
    async fn receive(&self, conversation: u64, content: Content) {
        let update = self.update.fetch_add(1, Ordering::Relaxed);
        let incoming = Incoming {
            update: format!("telegram:{update}"),
            conversation: ConversationId::new("telegram", conversation),
            channel: "telegram",
            language: None,
            content,
            shows_recap: false,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    // Whole conversations one after another until the time is up; gives the latency of each turn.
    async fn citizen(&self, mut conversation: u64, until: Instant, step: u64) -> Vec<Duration> {
        let mut took = Vec::new();
        while Instant::now() < until {
            let start = Content::Start { payload: "bench_her".to_owned() };
            let words =
                std::iter::once("start").chain(TYPED).map(|t| Content::Input(Input::Text(t.to_owned())));
            for content in std::iter::once(start).chain(words) {
                let begun = Instant::now();
                self.receive(conversation, content).await;
                took.push(begun.elapsed());
                if Instant::now() >= until {
                    break;
                }
            }
            conversation += step;
        }
        took
    }

    async fn turns(self: &Arc<Bench>, at_a_time: u64, first: u64) -> (f64, Vec<Duration>) {
        let begun = Instant::now();
        let until = begun + SPAN;
        let work: Vec<_> = (0..at_a_time)
            .map(|n| {
                let bench = self.clone();
                tokio::spawn(async move { bench.citizen(first + n, until, at_a_time).await })
            })
            .collect();
        let mut took = Vec::new();
        for citizen in work {
            took.extend(citizen.await.unwrap());
        }
        let rate = took.len() as f64 / begun.elapsed().as_secs_f64();
        took.sort_unstable();
        (rate, took)
    }
}

fn percentile(sorted: &[Duration], p: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * p) as usize]
}

/// Sizes of what one turn of the bench dialogue writes, as [tree, key, value] with a value of 0 for a removal. Taken from the
/// store's own layout: conversation, old and new wake-up, outbox (two rows), seen, and the two rows settled of the turn before.
const WRITES: [(usize, usize, usize); 9] = [
    (0, 17, 1_250),
    (3, 25, 0),
    (3, 25, 0),
    (2, 26, 420),
    (2, 26, 330),
    (4, 20, 0),
    (2, 26, 0),
    (2, 26, 0),
    (0, 25, 41),
];

// The same number of writes of the same sizes, in the same groups, flushed and synced the same way, by nothing but sled.
fn bare(folder: &Path, at_a_time: usize) -> f64 {
    let config =
        sled::Config::new().path(folder).segment_size(8 << 20).cache_capacity(64 << 20).flush_every_ms(None);
    let db = config.open().unwrap();
    let trees: Vec<sled::Tree> = (0..7).map(|n| db.open_tree(format!("t{n}")).unwrap()).collect();
    let file = std::fs::File::open(folder.join("db")).unwrap();
    let (jobs, queue) = std::sync::mpsc::channel::<(u64, oneshot::Sender<()>)>();
    let writer = std::thread::spawn(move || {
        while let Ok(first) = queue.recv() {
            let group: Vec<_> = std::iter::once(first).chain(queue.try_iter()).collect();
            let value = vec![7u8; 2_000];
            let done = trees.as_slice().transaction(|t: &Vec<sled::transaction::TransactionalTree>| {
                for (number, _) in &group {
                    for (n, (tree, key, size)) in WRITES.iter().enumerate() {
                        let mut name = vec![n as u8; *key];
                        // The conversation is written over, the rest is new with each turn.
                        let id = if *tree == 0 { number % 100_000 } else { *number };
                        name[..8].copy_from_slice(&id.to_be_bytes());
                        match size {
                            0 if *tree == 2 => drop(t[*tree].remove(name)?),
                            size => drop(t[*tree].insert(name, &value[..*size])?),
                        }
                    }
                }
                Ok::<(), ConflictableTransactionError<()>>(())
            });
            done.unwrap();
            db.flush().unwrap();
            file.sync_data().unwrap();
            for (_, reply) in group {
                let _ = reply.send(());
            }
        }
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let number = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let until = begun + SPAN;
    let done = runtime.block_on(async {
        let work: Vec<_> = (0..at_a_time)
            .map(|_| {
                let (jobs, number) = (jobs.clone(), number.clone());
                tokio::spawn(async move {
                    let mut done = 0u64;
                    while Instant::now() < until {
                        let (reply, answer) = oneshot::channel();
                        jobs.send((number.fetch_add(1, Ordering::Relaxed), reply)).unwrap();
                        answer.await.unwrap();
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
        sum
    });
    drop(jobs);
    writer.join().unwrap();
    done as f64 / begun.elapsed().as_secs_f64()
}

async fn fill(store: &Arc<dyn Store>, from: u64, to: u64) {
    let dialogue = DialogueId("bench/tolv".to_owned());
    let next = Arc::new(AtomicU64::new(from));
    let work: Vec<_> = (0..512)
        .map(|_| {
            let (store, dialogue, next) = (store.clone(), dialogue.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= to {
                        return;
                    }
                    let mut key = [0; 16];
                    key[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
                    key[8..].copy_from_slice(&n.to_be_bytes());
                    let changes = Changes {
                        conversation: ConversationKey(key),
                        update: UpdateId(format!("fill:{n}")),
                        at: Timestamp::now(),
                        expected: Version(0),
                        body: Body::Put(vec![1; 200]),
                        address: Some(format!("telegram:{n}")),
                        responses: vec![ResponseChange {
                            dialogue: dialogue.clone(),
                            response: uuid::Uuid::from_u128(u128::from(n) | 7 << 80),
                            row: vec![2; 600],
                            linked: true,
                            media: Vec::new(),
                        }],
                        outbox: Vec::<Outgoing>::new(),
                        wake_at: None,
                        documents: Vec::new(),
                        media: None,
                        erases: false,
                    };
                    store.commit(changes).await.unwrap();
                }
            })
        })
        .collect();
    for task in work {
        task.await.unwrap();
    }
}

fn row(what: &str, rate: f64, took: &[Duration]) {
    let (p50, p99) = (percentile(took, 0.5), percentile(took, 0.99));
    println!("{what:<46} {rate:>9.0} turns/s   p50 {p50:>9.2?}   p99 {p99:>9.2?}");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let base = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from);
    let stored: u64 = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let data = tempfile::tempdir_in(base).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for at_a_time in [1, 16, 64, 256].into_iter().filter(|_| std::env::var_os("FULL").is_none()) {
        let bare = bare(&data.path().join(format!("bare{at_a_time}")), at_a_time as usize);
        let (rate, took) = runtime.block_on(async {
            let bench = bench(&data.path().join(format!("store{at_a_time}"))).await;
            let result = bench.turns(at_a_time, 1).await;
            bench.store.close().await.unwrap();
            result
        });
        row(&format!("{at_a_time} conversations at a time"), rate, &took);
        println!("{:<46} {bare:>9.0} turns/s   snak/sled {:.2}", "  bare sled, the same writes", rate / bare);
    }
    runtime.block_on(full(data.path(), stored));
}

// The two stores take turns, so that whatever else the machine does falls on both.
async fn full(data: &Path, stored: u64) {
    let (few, many) = (bench(&data.join("few")).await, bench(&data.join("many")).await);
    fill(&few.store, 0, 1_000).await;
    let begun = Instant::now();
    fill(&many.store, 0, stored).await;
    let filled = stored as f64 / begun.elapsed().as_secs_f64();
    println!("{:<46} {filled:>9.0} commits/s", "filling the store, 512 at a time");
    let (mut in_few, mut in_many) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        in_few.push(few.turns(16, (1 << 40) + (round << 32)).await);
        in_many.push(many.turns(16, (1 << 40) + (round << 32)).await);
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
