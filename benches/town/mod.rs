//! What the benchmarks of the store share: a town that talks, a store that is filled, and sled by itself.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]
#![allow(dead_code, reason = "each benchmark uses its own part")]

use jiff::Timestamp;
use sled::transaction::{ConflictableTransactionError, Transactional};
use snak::channel::{Content, ConversationId, Inbox, Incoming};
use snak::dispatch::{Clock, Dispatch};
use snak::engine::Input;
use snak::library::Library;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use storage::{
    Body, Changes, ConversationKey, Cursor, DialogueId, MasterKey, Posted, ResponseChange, ResponseRow, Row,
    Store, UpdateId, Version,
};
use tokio::sync::{mpsc, oneshot};

// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

#[derive(Debug)]
pub struct Bench {
    dispatch: Arc<Dispatch>,
    pub store: Arc<dyn Store>,
    update: AtomicU64,
}

pub async fn bench(folder: &Path, key: &MasterKey) -> Arc<Bench> {
    over(storage::open(&format!("sled:{}", folder.display()), key).await.unwrap()).await
}

async fn over(store: Arc<dyn Store>) -> Arc<Bench> {
    let dialogues = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/dialogues");
    let library = Arc::new(Library::open(&dialogues, store.clone()).await.unwrap());
    let reading = library.read(Timestamp::now()).await.unwrap();
    assert!(reading.problems.iter().all(|(p, _)| !p.is_error()), "{:?}", reading.problems);
    let clock = Clock::new(Timestamp::now, || {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        Ok(u128::from_be_bytes(random))
    });
    let (outbox, mut rows) = mpsc::unbounded_channel::<Posted>();
    let settled = store.clone();
    // Sent at once, so that the outbox is settled as in a service whose platform is quick.
    tokio::spawn(async move {
        while let Some(Posted::Rows(rows)) = rows.recv().await {
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

fn said() -> impl Iterator<Item = Content> {
    let start = Content::Start { payload: "bench_her".to_owned() };
    let words = std::iter::once("start").chain(TYPED).map(|t| Content::Input(Input::Text(t.to_owned())));
    std::iter::once(start).chain(words)
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
            message: None,
            upload: None,
            shows_recap: false,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    // Whole conversations one after another until the time is up; gives the latency of each turn.
    async fn citizen(&self, mut conversation: u64, until: Instant, step: u64) -> Vec<Duration> {
        let mut took = Vec::new();
        while Instant::now() < until {
            took.extend(self.conversation(conversation, Some(until)).await);
            conversation += step;
        }
        took
    }

    /// One conversation to its end, or until the time is up.
    pub async fn conversation(&self, of: u64, until: Option<Instant>) -> Vec<Duration> {
        let mut took = Vec::new();
        for content in said() {
            let begun = Instant::now();
            if until.is_some_and(|until| begun >= until) {
                break;
            }
            self.receive(of, content).await;
            took.push(begun.elapsed());
        }
        took
    }

    /// Turns a second, and how long each took, sorted.
    pub async fn turns(
        self: &Arc<Bench>,
        at_a_time: u64,
        first: u64,
        span: Duration,
    ) -> (f64, Vec<Duration>) {
        let begun = Instant::now();
        let until = begun + span;
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

/// A finished conversation and its response as dispatch stores them: what a store is filled with.
pub async fn finished() -> (Vec<u8>, Vec<u8>) {
    let bench = over(Arc::new(storage::MemoryStore::new().unwrap())).await;
    let of = storage::key_of(bench.store.secrets(), &ConversationId::new("telegram", 1).0);
    let (mut body, mut sizes) = (Vec::new(), Vec::new());
    for content in said() {
        bench.receive(1, content).await;
        body = bench.store.conversation(&of).await.unwrap().unwrap().body;
        sizes.push(body.len());
    }
    println!("bytes of a conversation after each turn {sizes:?}");
    let rows = bench.store.responses(&DialogueId("bench/tolv".to_owned()), Cursor(0), 1).await.unwrap();
    let Some(ResponseRow { row: Row::Live(row), .. }) = rows.into_iter().next() else {
        panic!("no response")
    };
    (body, row)
}

/// Conversations `from..to`, each finished and with its response, 512 at a time; gives commits a second.
pub async fn fill(store: &Arc<dyn Store>, from: u64, to: u64) -> f64 {
    let (body, row) = finished().await;
    let begun = Instant::now();
    let next = Arc::new(AtomicU64::new(from));
    let work: Vec<_> = (0..512)
        .map(|_| {
            let (store, next, body, row) = (store.clone(), next.clone(), body.clone(), row.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= to {
                        return;
                    }
                    store.commit(changes(n, &body, &row)).await.unwrap();
                }
            })
        })
        .collect();
    for task in work {
        task.await.unwrap();
    }
    (to - from) as f64 / begun.elapsed().as_secs_f64()
}

// As keyed hashes lie: anywhere. Its response's id begins with the time, as ids do.
fn changes(n: u64, body: &[u8], row: &[u8]) -> Changes {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[8..].copy_from_slice(&n.to_be_bytes());
    Changes {
        conversation: ConversationKey(key),
        update: UpdateId(format!("fill:{n}")),
        at: Timestamp::now(),
        expected: Version(0),
        body: Body::Put(body.to_vec()),
        address: Some(format!("telegram:{n}")),
        responses: vec![ResponseChange {
            dialogue: DialogueId("bench/tolv".to_owned()),
            response: uuid::Uuid::from_u128(u128::from(n) | 7 << 80),
            row: row.to_vec(),
            linked: true,
            media: Vec::new(),
        }],
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    }
}

/// Sizes of what one turn of the bench dialogue writes, as [tree, key, value] with a value of 0 for a removal. Taken from the
/// store's own layout: conversation, old and new wake-up, outbox (two rows), seen (256 turns share one), and the two rows settled of
/// the turn before.
const WRITES: [(usize, usize, usize); 9] = [
    (0, 17, 824),
    (3, 25, 0),
    (3, 25, 0),
    (2, 26, 420),
    (2, 26, 330),
    (4, 20, 73),
    (2, 26, 0),
    (2, 26, 0),
    (0, 25, 41),
];

/// The same number of writes of the same sizes, in the same groups, flushed and synced the same way, by nothing but sled.
pub fn bare(folder: &Path, at_a_time: usize, span: Duration) -> f64 {
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
                        let id = match tree {
                            0 => number % 100_000,
                            4 => number / 256,
                            _ => *number,
                        };
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
    let until = begun + span;
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

pub fn percentile(sorted: &[Duration], p: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * p) as usize]
}

pub fn row(what: &str, rate: f64, took: &[Duration]) {
    let (p50, p99) = (percentile(took, 0.5), percentile(took, 0.99));
    println!("{what:<46} {rate:>9.0} turns/s   p50 {p50:>9.2?}   p99 {p99:>9.2?}");
}
