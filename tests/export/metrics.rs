//! What Prometheus reads of the real binary, and who may read it.

use super::support::page::Browser;
use super::support::service::{Place, Service, get};
use botapi::{Fault, On, Server};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const LIBRARY: &str = "nordby-bibliotek/aabningstider";

/// Every sample by its name and labels. Each must be announced with what it means and of what type it is.
async fn samples(service: &Service) -> BTreeMap<String, f64> {
    let answer = reqwest::Client::new().get(service.link("/metrics")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    let (mut told, mut typed, mut found) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some((name, words)) = line.strip_prefix("# HELP ").and_then(|l| l.split_once(' ')) {
            assert!(words.len() > 10 && told.insert(name.to_owned()), "{line}");
        } else if let Some((name, _)) = line.strip_prefix("# TYPE ").and_then(|l| l.split_once(' ')) {
            assert!(typed.insert(name.to_owned()), "{line}");
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let of =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(told.contains(of) && typed.contains(of), "{line} is not announced");
            assert_eq!(found.insert(sample.to_owned(), value.parse().unwrap()), None, "{line}");
        }
    }
    found
}

fn of(samples: &BTreeMap<String, f64>, name: &str) -> f64 {
    *samples.get(name).unwrap_or_else(|| panic!("there is no {name} in {samples:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_does_is_counted_by_channel_and_dialogue() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let token = place.token("nordby-bibliotek");
    let service = place.serve();

    // By Telegram, each update twice: three turns, and three that came again.
    server.hand_out_twice(true);
    let citizen = server.citizen(12345, "da");
    citizen.start("aabn_station");
    citizen.wait_for(|chat| chat.button("Start").is_some(), PATIENCE).await.unwrap();
    citizen.press("Start").unwrap();
    citizen.wait_for(|chat| chat.button("Aldrig").is_some(), PATIENCE).await.unwrap();
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    server.hand_out_twice(false);
    // What is answered next cannot be sent.
    server.fault(Fault::Cut, On::Sends, usize::MAX);
    citizen.press("Aldrig").unwrap();
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    // On the web, to the end.
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn").await;
    page.press("Start").await;
    page.press("Stop samtalen").await;
    let path = format!("/v1/dialogues/{LIBRARY}/responses.csv");
    assert_eq!(get(&service.link(&path), &token).await.0, 200);
    assert_eq!(get(&service.link(&path), "snak_forkert").await.0, 401);

    let samples = samples(&service).await;
    let events = |channel: &str, outcome: &str| {
        of(&samples, &format!("snak_events_total{{channel=\"{channel}\",outcome=\"{outcome}\"}}"))
    };
    assert_eq!((events("telegram", "committed"), events("web", "committed")), (3.0, 2.0));
    assert!(events("telegram", "duplicate") >= 1.0);
    let commits = of(&samples, "snak_commit_seconds_count");
    assert!(commits >= 6.0 && of(&samples, "snak_commit_seconds_bucket{le=\"+Inf\"}") == commits);
    assert!(of(&samples, "snak_sends_total{channel=\"telegram\",outcome=\"sent\"}") >= 2.0);
    assert!(of(&samples, "snak_outbox_messages") >= 1.0, "it waits for Telegram");
    assert!(of(&samples, "snak_outbox_oldest_seconds") > 0.0);
    let pulls =
        format!("snak_pulls_total{{dialogue=\"{LIBRARY}\",file=\"responses.csv\",outcome=\"finished\"}}");
    assert_eq!(of(&samples, &pulls), 1.0);
    let rows = format!("snak_pulled_rows_total{{dialogue=\"{LIBRARY}\",file=\"responses.csv\"}}");
    assert_eq!(of(&samples, &rows), 1.0);
    assert_eq!(of(&samples, "snak_wrong_tokens_total"), 1.0);
    assert!(of(&samples, "snak_dialogues") >= 3.0 && of(&samples, "snak_dialogue_files_broken") == 0.0);
    assert!(of(&samples, "snak_store_bytes") > 1_000.0);
    assert!(of(&samples, "process_resident_memory_bytes") > 1_000_000.0);
    let build = format!("snak_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(of(&samples, &build), 1.0);
}

#[tokio::test]
async fn who_is_not_on_this_machine_shows_a_token_and_sees_no_other_institution() {
    let place = Place::default();
    let (library, theatre) = (place.token("nordby-bibliotek"), place.token("kulturhuset-havnen"));
    let service = place.serve();
    let path = format!("/v1/dialogues/{LIBRARY}/responses.csv");
    assert_eq!(get(&service.link(&path), &library).await.0, 200);
    let asked = async |header: Option<&str>, token: Option<&str>| {
        let mut request = reqwest::Client::new().get(service.link("/metrics"));
        if let Some(header) = header {
            request = request.header(header, "for=192.0.2.7");
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, here) = asked(None, None).await;
    assert!(status == 200 && here.contains(LIBRARY), "{here}");
    for header in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-anything"] {
        let (status, body) = asked(Some(header), None).await;
        assert!(status == 401 && !body.contains("snak_"), "{header}: {body}");
        assert_eq!(asked(Some(header), Some("snak_forkert")).await.0, 401, "{header}");
        let (status, own) = asked(Some(header), Some(&library)).await;
        assert!(status == 200 && own.contains(LIBRARY), "{own}");
        let (status, others) = asked(Some(header), Some(&theatre)).await;
        assert!(
            status == 200 && others.contains("snak_store_bytes") && !others.contains(LIBRARY),
            "{others}"
        );
    }
}

#[tokio::test]
async fn each_metric_is_told_of_in_its_page() {
    let place = Place::default();
    let service = place.serve();
    let page = include_str!("../../docs/metrics.md");
    let answer = reqwest::get(service.link("/metrics")).await.unwrap().text().await.unwrap();
    let names: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() >= 9, "{answer}");
    for name in names {
        assert!(page.contains(&format!("`{name}")), "{name} is not in docs/metrics.md");
    }
}
