//! What a pull costs out of a full store: rows a second in every form, the first byte, memory, what is new since the last one, and what
//! citizens notice of it. `cargo bench --bench pull -- [FOLDER] [STORED]`: where the store is made (default: the system's temporary
//! folder), and how many responses of twelve answers it holds (default 1,000,000).
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

use citizens::{cpu, memory, web};
use reqwest::Client;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use storage::MasterKey;
use support::service::{KEY, Place, Service};
use town::{bench, fill};

const CITIZENS: u64 = 200;
const SPAN: Duration = Duration::from_secs(20);
const NEW: u64 = 100;
const TIMES: usize = 20;
const SHEET: u64 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let base = arguments.first().map_or_else(std::env::temp_dir, PathBuf::from);
    let stored: u64 = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = Place::within(&base)
        .with("SNAK_DIALOGUES", concat!(env!("CARGO_MANIFEST_DIR"), "/benches/dialogues"));
    let key = MasterKey::from_text(KEY).unwrap();
    runtime.block_on(async {
        let bench = bench(&place.data().join("store"), &key).await;
        fill(&bench.store, 0, stored).await;
        bench.store.close().await.unwrap();
    });
    let service = place.serve();
    let puller = Puller { client: Client::new(), token: place.token("bench"), service: &service };
    println!("{stored} responses stored; resident {:.0} MiB", memory(&service, "VmRSS:"));
    runtime.block_on(async {
        for form in ["responses.ndjson", "responses.csv", "responses.json", "responses.csv?shape=long"] {
            puller.told(form, form).await;
        }
        let after = puller.cursor(stored - SHEET.min(stored)).await;
        puller.told("XLSX of 100,000", &format!("responses.xlsx?after={after}")).await;
        puller.news(stored).await;
        beside_citizens(&puller).await;
    });
    drop(puller);
    assert!(service.stop().success());
}

struct Puller<'a> {
    client: Client,
    token: String,
    service: &'a Service,
}

#[derive(Default)]
struct Pulled {
    first: Duration,
    took: Duration,
    bytes: usize,
    lines: usize,
}

impl Puller<'_> {
    async fn pull(&self, what: &str) -> Pulled {
        let url = self.service.link(&format!("/v1/dialogues/bench/tolv/{what}"));
        let begun = Instant::now();
        let mut answer = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut pulled = Pulled::default();
        while let Some(piece) = answer.chunk().await.unwrap() {
            if pulled.bytes == 0 {
                pulled.first = begun.elapsed();
            }
            pulled.bytes += piece.len();
            pulled.lines += piece.iter().filter(|b| **b == b'\n').count();
        }
        pulled.took = begun.elapsed();
        pulled
    }

    // By the clock and by the service's own processor time: a pull reads ahead on one core while another writes.
    async fn told(&self, name: &str, what: &str) {
        let spent = cpu(self.service);
        let pulled = self.pull(what).await;
        let spent = cpu(self.service) - spent;
        println!(
            "{name:<28} {:>4} MB {:>8} lines in {:>6.2} s, {:>5.2} s of processor; first byte {:>8.2?}; resident {:.0} MiB, at most {:.0}",
            pulled.bytes / 1_000_000,
            pulled.lines,
            pulled.took.as_secs_f64(),
            spent.as_secs_f64(),
            pulled.first,
            memory(self.service, "VmRSS:"),
            memory(self.service, "VmHWM:"),
        );
    }

    // Of the row so far on in the log.
    async fn cursor(&self, of: u64) -> String {
        let url = self.service.link("/v1/dialogues/bench/tolv/responses.ndjson");
        let mut answer = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
        let (mut left, mut rest) = (of, Vec::new());
        while left > 0 {
            rest.extend(answer.chunk().await.unwrap().unwrap());
            while left > 0
                && let Some(end) = rest.iter().position(|b| *b == b'\n')
            {
                let line: Vec<u8> = rest.drain(..=end).collect();
                left -= 1;
                if left == 0 {
                    let line = String::from_utf8(line).unwrap();
                    return line
                        .rsplit_once("\"cursor\":\"")
                        .unwrap()
                        .1
                        .split('"')
                        .next()
                        .unwrap()
                        .to_owned();
                }
            }
        }
        "0".to_owned()
    }

    // The last hundred of the log, as a nightly job pulls them.
    async fn news(&self, stored: u64) {
        let cursor = self.cursor(stored - NEW).await;
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let pulled = self.pull(&format!("responses.ndjson?after={cursor}")).await;
            assert_eq!(pulled.lines as u64, NEW);
            took.push(pulled.took);
        }
        took.sort_unstable();
        println!(
            "{NEW} new responses out of all    median {:.2?}, at most {:.2?}",
            took[TIMES / 2],
            took[TIMES - 1]
        );
    }
}

// The same citizens without a pull and while one full pull follows on another.
async fn beside_citizens(puller: &Puller<'_>) {
    let spent = cpu(puller.service);
    web(puller.service, "bench_her", CITIZENS, true, SPAN)
        .await
        .told("200 citizens, no pull", cpu(puller.service) - spent);
    let spent = cpu(puller.service);
    let (done, ended) = tokio::sync::oneshot::channel();
    let turns = async {
        let turns = web(puller.service, "bench_her", CITIZENS, true, SPAN).await;
        let _ = done.send(());
        turns
    };
    let pulls = async {
        let mut ended = ended;
        let mut pulls = 0u32;
        while ended.try_recv().is_err() {
            puller.pull("responses.ndjson").await;
            pulls += 1;
        }
        pulls
    };
    let (turns, pulls) = tokio::join!(turns, pulls);
    turns.told("200 citizens, pulls of everything", cpu(puller.service) - spent);
    println!("{pulls} pulls of everything meanwhile, the last one beyond the citizens' end");
}
