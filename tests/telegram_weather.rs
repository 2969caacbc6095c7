//! Sixty citizens answer while calls to Telegram go wrong in every way they can: all come to the end, and what is pulled is what
//! they said. `SEED` draws other misfortunes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Fault, On, Outcome, Server, WEBHOOK};
use serde_json::Value;
use std::time::{Duration, Instant};
use support::library::{PULL, Plan, answer, decided};
use support::service::{Place, Service, get};

const CITIZENS: i64 = 60;
/// Two calls in a hundred.
const FOUL: usize = 20;
const PATIENCE: Duration = Duration::from_secs(60);

fn seed() -> u64 {
    std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

fn went_wrong(server: &Server) -> usize {
    server.calls().iter().filter(|call| matches!(call.outcome, Outcome::Fault(_))).count()
}

fn sorted(rows: impl Iterator<Item = Value>) -> Vec<String> {
    let mut rows: Vec<String> = rows.map(|row| row.to_string()).collect();
    rows.sort();
    rows
}

async fn all_come_to_the_end(server: &Server, place: &Place, service: Service) {
    let token = place.token("nordby-bibliotek");
    let begun = Instant::now();
    server.weather(seed(), FOUL);
    // And each of them once at least, whatever is drawn.
    for fault in [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Cut,
        Fault::Hang(Duration::from_secs(2)),
        Fault::AnswerLost,
    ] {
        server.fault(fault, On::Sends, 1);
    }
    let citizens: Vec<_> = (0..CITIZENS)
        .map(|n| tokio::spawn(answer(server.citizen(4_000_000_000 + n, Some("da")), Plan { n }, || ())))
        .collect();
    for citizen in citizens {
        citizen.await.unwrap();
    }
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let (status, body) = get(&service.link(PULL), &token).await;
    assert_eq!(status, 200, "{body}");
    let pulled = sorted(body.lines().map(|line| decided(&serde_json::from_str(line).unwrap())));
    assert_eq!(pulled, sorted((0..CITIZENS).map(|n| Plan { n }.row("telegram"))));

    let count = went_wrong(server);
    assert!(count >= 12, "fair weather: {count} calls went wrong");
    assert_eq!(server.breaches(), Vec::<String>::new());
    assert!(!service.log().contains("panicked"), "{}", service.log());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn fetched_in_foul_weather_no_answer_is_lost_or_doubled() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let service = place.serve();
    all_come_to_the_end(&server, &place, service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn brought_in_foul_weather_no_answer_is_lost_or_doubled() {
    let server = Server::start_local("1:test").await.unwrap();
    let (place, free) = Place::default().on_telegram(server.url()).brought();
    let service = place.serve_on(&free);
    server.fault(Fault::AnswerLost, On::Method(WEBHOOK), 3);
    all_come_to_the_end(&server, &place, service).await;
    let lost = |server: &Server| server.count(WEBHOOK, &Outcome::Fault(Fault::AnswerLost));
    assert!(lost(&server) > 0, "no update was taken without Telegram hearing of it");
}
