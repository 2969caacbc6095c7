//! What a citizen waits for: the first byte of a page and its weight, a turn on the web and on Telegram while two hundred others are
//! at it, and what all that costs the release binary. `cargo bench --bench chat -- [SECONDS]`: how long each part goes on (default 20).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a figure that cannot be measured ends the run"
)]

mod citizens;
#[path = "../tests/support/mod.rs"]
mod support;

use botapi::Server;
use citizens::{Chance, Turns, cpu, web};
use std::time::{Duration, Instant};
use support::page::client;
use support::service::{Place, Service};

const CITIZENS: u64 = 200;
/// As many as keep both cores at work.
const AT_ONCE: u64 = 32;
const OPENED: usize = 200;
const PATIENCE: Duration = Duration::from_secs(30);
const CODE: &str = "aabn_station";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(20);
    let span = Duration::from_secs(seconds);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = Place::default();
    let service = place.serve();
    runtime.block_on(async {
        page(&service).await;
        let spent = cpu(&service);
        web(&service, CODE, CITIZENS, true, span)
            .await
            .told("200 citizens on the web, thinking", cpu(&service) - spent);
        let spent = cpu(&service);
        let none = web(&service, CODE, AT_ONCE, false, span).await;
        none.told("32 on the web, thinking nothing", cpu(&service) - spent);
    });
    assert!(service.stop().success());
    runtime.block_on(telegram(span));
}

// Each time over a connection of its own: what who scans a code waits for, less the way.
async fn page(service: &Service) {
    let mut took = Vec::new();
    for _ in 0..OPENED {
        let client = client();
        let begun = Instant::now();
        let answer = client.get(service.link(&format!("/c/{CODE}"))).send().await.unwrap();
        took.push(begun.elapsed());
        assert_eq!(answer.status(), 200);
    }
    let client = client();
    let html = client.get(service.link(&format!("/c/{CODE}"))).send().await.unwrap().text().await.unwrap();
    let mut weight = html.len();
    for part in html.split('"').filter(|part| part.starts_with("/c/-/") && !part.contains("/news/")) {
        weight += client.get(service.link(part)).send().await.unwrap().bytes().await.unwrap().len();
    }
    let elsewhere =
        ["src=\"http", "href=\"http"].iter().map(|named| html.matches(named).count()).sum::<usize>();
    took.sort_unstable();
    println!(
        "first byte of the page   p50 {:.2?}   p99 {:.2?}   most {:.2?}",
        took[OPENED / 2],
        took[OPENED * 99 / 100],
        took[OPENED - 1]
    );
    println!("the page with all it needs {:.1} kB, {elsewhere} addresses elsewhere", weight as f64 / 1_000.0);
}

// From what the citizen does until the first reply is on the phone, the way over the Bot API and back in it.
async fn telegram(span: Duration) {
    let server = Server::start("1:bench").await.unwrap();
    let place = Place::default().with("TELOXIDE_TOKEN", "1:bench").with("TELOXIDE_API_URL", server.url());
    let service = place.serve();
    let until = Instant::now() + span;
    let spent = cpu(&service);
    let work: Vec<_> = (0..CITIZENS)
        .map(|n| {
            let citizen = server.citizen(1_000 + n as i64, "da");
            let chance = Chance::of(n);
            tokio::spawn(async move {
                let mut took = Vec::new();
                citizen.start(CODE);
                citizen.wait_for(|chat| chat.shows("Start"), PATIENCE).await.unwrap();
                while Instant::now() < until {
                    tokio::time::sleep(chance.thinking()).await;
                    let chat = citizen.chat();
                    let before = chat.messages.iter().filter(|m| m.from_bot).count();
                    let open = ["Start", "Svar igen, fx for en anden", "Aldrig", "Færdig", "Spring over"]
                        .into_iter()
                        .find(|label| chat.button(label).is_some());
                    let begun = Instant::now();
                    match open {
                        // Nothing can be passed over any more: it is at its end.
                        None => _ = citizen.start(CODE),
                        Some("Færdig") => _ = citizen.write("1"),
                        Some(label) => _ = citizen.press(label).unwrap(),
                    }
                    let more = citizen.wait_for(
                        |chat| chat.messages.iter().filter(|m| m.from_bot).count() > before,
                        PATIENCE,
                    );
                    more.await.unwrap();
                    took.push(begun.elapsed());
                }
                took
            })
        })
        .collect();
    let mut turns = Turns { span, ..Turns::default() };
    for citizen in work {
        turns.took.extend(citizen.await.unwrap());
    }
    turns.told("200 citizens on Telegram, thinking", cpu(&service) - spent);
    assert_eq!(server.breaches(), Vec::<String>::new());
    assert!(service.stop().success());
}
