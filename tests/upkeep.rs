//! An operator keeps the store: backup and a new key while the service runs, and the way back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use support::page::Browser;
use support::service::{Place, Service, get};

const LIBRARY: &str = "/v1/dialogues/nordby-bibliotek/aabningstider/responses.ndjson";

async fn answered(service: &Service, words: &str) {
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_station").await;
    page.press("Start").await;
    page.press("Oftere end det").await;
    page.tick(&["Efter kl. 18"]).send().await;
    page.press("Ja").await;
    page.write(words).send().await;
    assert!(page.text().contains("Tak for dine svar!"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_while_serving_and_brings_back_what_was_there() {
    let place = Place::default();
    let service = place.serve();
    answered(&service, "før").await;
    let backup = place.folder.path().join("backup");
    let backup = backup.to_str().unwrap();
    place.output(&["backup", backup]);
    place.output(&["key", "rotate"]);
    answered(&service, "efter").await;
    let token = place.token("nordby-bibliotek");
    let (_, rows) = get(&service.link(LIBRARY), &token).await;
    assert!(rows.contains("før") && rows.contains("efter"), "{rows}");
    let cursor =
        serde_json::from_str::<serde_json::Value>(rows.lines().last().unwrap()).unwrap()["cursor"].clone();

    let refused = place.snak(&["restore", backup]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "not under a running service");
    assert!(service.stop().success());
    place.output(&["restore", backup]);
    let service = place.serve();
    let token = place.token("nordby-bibliotek");
    let (_, rows) = get(&service.link(LIBRARY), &token).await;
    assert!(rows.contains("før") && !rows.contains("efter"), "{rows}");
    let old = service.link(&format!("{LIBRARY}?after={}", cursor.as_str().unwrap()));
    let (status, problem) = get(&old, &token).await;
    assert_eq!(status, 410, "{problem}");
    answered(&service, "igen").await;
    assert!(service.stop().success());
}
