//! What a citizen waits for: the first byte of a page and its weight, a turn on the web and on Telegram while two hundred others are
//! at it, and what all that costs the release binary. `cargo bench --bench chat -- [SECONDS]`: how long each part goes on (default 20).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a figure that cannot be measured ends the run"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use botapi::Server;
use std::cell::Cell;
use std::time::{Duration, Instant};
use support::page::{Browser, Letter, client};
use support::service::{Place, Service};

const CITIZENS: u64 = 200;
/// As many as keep both cores at work.
const AT_ONCE: u64 = 32;
const OPENED: usize = 200;
const PATIENCE: Duration = Duration::from_secs(30);
const CHAT: &str = "/c/aabn_station";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(20);
    let span = Duration::from_secs(seconds);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = Place::default();
    let service = place.serve();
    runtime.block_on(async {
        page(&service).await;
        let spent = cpu(&service);
        web(&service, CITIZENS, true, span)
            .await
            .told("200 citizens on the web, thinking", cpu(&service) - spent);
        let spent = cpu(&service);
        let none = web(&service, AT_ONCE, false, span).await;
        none.told("32 on the web, thinking nothing", cpu(&service) - spent);
    });
    assert!(service.stop().success());
    runtime.block_on(telegram(span));
}

/// What came of some turns.
#[derive(Default)]
struct Turns {
    took: Vec<Duration>,
    span: Duration,
}

impl Turns {
    fn told(mut self, what: &str, cpu: Duration) {
        self.took.sort_unstable();
        let at = |p: f64| self.took[((self.took.len() - 1) as f64 * p) as usize];
        let turns = self.took.len() as f64;
        println!(
            "{what:<40} {:>7.0} turns/s   p50 {:>8.2?}   p95 {:>8.2?}   p99 {:>8.2?}   {:.2} s of processor for 1,000",
            turns / self.span.as_secs_f64(),
            at(0.5),
            at(0.95),
            at(0.99),
            cpu.as_secs_f64() / turns * 1_000.0
        );
    }
}

// Each time over a connection of its own: what who scans a code waits for, less the way.
async fn page(service: &Service) {
    let mut took = Vec::new();
    for _ in 0..OPENED {
        let client = client();
        let begun = Instant::now();
        let answer = client.get(service.link(CHAT)).send().await.unwrap();
        took.push(begun.elapsed());
        assert_eq!(answer.status(), 200);
    }
    let client = client();
    let html = client.get(service.link(CHAT)).send().await.unwrap().text().await.unwrap();
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

// A turn is a form with its answer and the page that is shown then.
async fn web(service: &Service, citizens: u64, think: bool, span: Duration) -> Turns {
    let client = client();
    let until = Instant::now() + span;
    let work: Vec<_> = (0..citizens)
        .map(|n| {
            let mut browser = Browser::with(client.clone(), &service.url);
            let chance = Chance::of(n);
            tokio::spawn(async move {
                let mut took = Vec::new();
                browser.get(CHAT).await;
                while Instant::now() < until {
                    if think {
                        tokio::time::sleep(chance.thinking()).await;
                    }
                    let letter = next(&mut browser, &chance);
                    let begun = Instant::now();
                    browser.post(&letter).await;
                    took.push(begun.elapsed());
                    assert_eq!((browser.answered, browser.page.status), (303, 200), "{}", browser.text());
                }
                took
            })
        })
        .collect();
    let mut turns = Turns { span, ..Turns::default() };
    for citizen in work {
        turns.took.extend(citizen.await.unwrap());
    }
    turns
}

// Whatever is asked, some answer to it; at the end, once more from the beginning.
fn next(browser: &mut Browser, chance: &Chance) -> Letter {
    if let Some(begin) = browser.letter("Start").or_else(|| browser.letter("Svar igen, fx for en anden")) {
        return begin;
    }
    let asks = |name: &str| name == "step";
    let form =
        browser.page.forms.iter().find(|f| f.hidden.iter().any(|(name, _)| asks(name))).unwrap().clone();
    if let Some(first) = form.boxes.first() {
        return browser.tick(&[&first.2]).enter();
    }
    if !form.fields.is_empty() {
        return browser.write("Kaffe").enter();
    }
    let options: Vec<_> = form.buttons.iter().filter(|(name, ..)| name == "option").collect();
    browser.letter(&options[chance.below(options.len())].2).unwrap()
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
                citizen.start("aabn_station");
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
                        None => _ = citizen.start("aabn_station"),
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

/// Chance that is the same in every run.
struct Chance(Cell<u64>);

impl Chance {
    fn of(citizen: u64) -> Chance {
        Chance(Cell::new(citizen.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    // SplitMix64.
    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&self, many: usize) -> usize {
        (self.next() % many as u64) as usize
    }

    // A second on average.
    fn thinking(&self) -> Duration {
        Duration::from_millis(500 + self.next() % 1_001)
    }
}

// User and system time of the service so far; /proc counts hundredths of a second.
fn cpu(service: &Service) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", service.id())).unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|t| t.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
