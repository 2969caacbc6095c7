//! Two hundred citizens answer the library's dialogue on Telegram at the same time, and what is pulled equals what they said;
//! the same while the service is killed and started again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Outcome, Server};
use std::time::Duration;
use support::library::{PULL, Plan, answer, decided};
use support::service::{Place, get};

const CITIZENS: i64 = 200;
const PATIENCE: Duration = Duration::from_secs(120);

async fn pulled(url: &str, token: &str) -> Vec<String> {
    let (status, body) = get(url, token).await;
    assert_eq!(status, 200, "{body}");
    let mut rows: Vec<String> =
        body.lines().map(|l| decided(&serde_json::from_str(l).unwrap()).to_string()).collect();
    rows.sort();
    rows
}

fn expected() -> Vec<String> {
    let mut rows: Vec<String> = (0..CITIZENS).map(|n| Plan { n }.row("telegram").to_string()).collect();
    rows.sort();
    rows
}

fn everybody_answers(server: &Server) -> Vec<tokio::task::JoinHandle<()>> {
    (0..CITIZENS)
        .map(|n| tokio::spawn(answer(server.citizen(4_000_000_000 + n, Some("da")), Plan { n }, || ())))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_and_every_row_is_what_they_said() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let service = place.serve();
    for citizen in everybody_answers(&server) {
        citizen.await.unwrap();
    }
    let rows = pulled(&service.link(PULL), &place.token("nordby-bibliotek")).await;
    assert_eq!(rows, expected());
    assert_eq!(server.breaches(), Vec::<String>::new());
    let log = service.log();
    for private in ["4000000", "Trapperne", "Kaffe", "1:test"] {
        assert!(!log.contains(private), "{private} is in the log");
    }
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twice_on_the_way_no_answer_is_lost_or_doubled() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let token = place.token("nordby-bibliotek");
    let mut service = place.serve();
    let citizens = everybody_answers(&server);
    for share in [3, 7] {
        // Killed when a good part of the conversation's messages is sent: in the middle of turns.
        let enough = CITIZENS as usize * share;
        server.wait_until(|s| s.count("sendMessage", &Outcome::Ok) >= enough, PATIENCE).await.unwrap();
        service.kill();
        service = place.serve();
    }
    for citizen in citizens {
        citizen.await.unwrap();
    }
    assert_eq!(pulled(&service.link(PULL), &token).await, expected());
    assert_eq!(server.breaches(), Vec::<String>::new());
    assert!(service.stop().success());
}
