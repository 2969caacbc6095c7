//! What the benchmarks of the running service share: citizens on the web who think or do not, how long their turns took, and what the
//! service used meanwhile.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]
#![allow(dead_code, reason = "each benchmark uses its own part")]

use crate::support::page::{Browser, Letter, client};
use crate::support::service::Service;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// What came of some turns.
#[derive(Default)]
pub struct Turns {
    pub took: Vec<Duration>,
    pub span: Duration,
}

impl Turns {
    pub fn told(mut self, what: &str, cpu: Duration) {
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

// A turn is a form with its answer and the page that is shown then.
pub async fn web(service: &Service, code: &str, citizens: u64, think: bool, span: Duration) -> Turns {
    let client = client();
    let until = Instant::now() + span;
    let work: Vec<_> = (0..citizens)
        .map(|n| {
            let (mut browser, chat) = (Browser::with(client.clone(), &service.url), format!("/c/{code}"));
            let chance = Chance::of(n);
            tokio::spawn(async move {
                let mut took = Vec::new();
                browser.get(&chat).await;
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

// Whatever is asked, some answer to it, a number or words alike; at the end, once more from the beginning.
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
        return browser.write("4").enter();
    }
    let options: Vec<_> = form.buttons.iter().filter(|(name, ..)| name == "option").collect();
    browser.letter(&options[chance.below(options.len())].2).unwrap()
}

/// Chance that is the same in every run.
pub struct Chance(Cell<u64>);

impl Chance {
    pub fn of(citizen: u64) -> Chance {
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
    pub fn thinking(&self) -> Duration {
        Duration::from_millis(500 + self.next() % 1_001)
    }
}

/// User and system time of the service so far; /proc counts hundredths of a second.
pub fn cpu(service: &Service) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", service.id())).unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|t| t.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// `VmRSS:` or `VmHWM:`, in MiB.
pub fn memory(service: &Service, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
