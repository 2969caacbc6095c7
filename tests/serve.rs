//! The service as its operator meets it: starting, refusing to start, stopping.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use std::net::TcpListener;
use std::process::Output;
use support::service::{Place, files, get};

fn refused(place: &Place, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = place.snak(arguments).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{arguments:?}: {said}");
    assert!(stdout.is_empty(), "only the ready line goes to standard output");
    let sentence = said.lines().last().unwrap_or_default().to_owned();
    assert!(
        sentence.starts_with("snak: ") && !sentence.contains("panicked") && !sentence.contains("Error {"),
        "{said}"
    );
    sentence
}

#[test]
fn what_keeps_it_from_starting_is_one_sentence_and_changes_nothing() {
    let place = Place::default();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    assert!(refused(&place, &["serve", "--listen", &port]).contains(&port));
    assert!(refused(&place, &["serve", "--listen", "8080"]).contains("SNAK_LISTEN"));
    assert!(refused(&place, &["serve", "--dialogues", "nowhere"]).contains("nowhere"));
    assert!(refused(&place, &["serve", "--config", "missing.toml"]).contains("missing.toml"));
    std::fs::write(place.folder.path().join("bad.toml"), "listne = \"x\"\n").unwrap();
    assert!(refused(&place, &["serve", "--config", "bad.toml"]).contains("listne"));
    let place = place.with("SNAK_STORE", "redis:x");
    assert!(refused(&place, &["serve"]).contains("redis:x"));
    assert!(
        files(&place.data()).is_empty(),
        "nothing was made: {:?}",
        files(&place.data()).iter().map(|f| &f.0).collect::<Vec<_>>()
    );
}

#[test]
fn a_store_that_is_in_use_or_has_another_key_is_left_as_it_is() {
    let place = Place::default();
    let service = place.serve();
    assert!(refused(&place, &["serve"]).contains("in use"));
    assert!(service.stop().success());
    let store = place.data().join("store");
    let before = files(&store);
    let key = place.folder.path().join("key");
    std::fs::write(&key, "f".repeat(64)).unwrap();
    assert!(refused(&place, &["serve"]).contains("key does not fit"));
    std::fs::write(&key, "not a key").unwrap();
    assert!(refused(&place, &["serve"]).contains("64"));
    std::fs::remove_file(&key).unwrap();
    assert!(refused(&place, &["serve"]).contains("key"));
    assert!(files(&store) == before, "the store was not touched");
}

#[test]
fn a_lost_key_is_not_replaced_by_a_new_one() {
    let place = Place::default().with("SNAK_KEY_FILE", "");
    place.serve().kill();
    let key = place.folder.path().join(".config/snak/key");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600,
        "only its owner reads the key"
    );
    std::fs::remove_file(&key).unwrap();
    assert!(refused(&place, &["serve"]).contains("put the key back"));
    assert!(!key.exists());
}

#[tokio::test]
async fn a_broken_script_is_told_and_the_others_are_served() {
    let mut place = Place::default();
    let dialogues = place.folder.path().join("dialogues/nordby-bibliotek");
    std::fs::create_dir_all(&dialogues).unwrap();
    let good = std::fs::read_to_string(place.dialogues.join("nordby-bibliotek/aabningstider.yaml")).unwrap();
    std::fs::write(dialogues.join("aabningstider.yaml"), &good).unwrap();
    std::fs::write(
        dialogues.join("brudt.yaml"),
        good.replace("code: aabn", "code: brudt").replace("shuffle:", "bland:"),
    )
    .unwrap();
    place.dialogues = dialogues.parent().unwrap().to_owned();
    let service = place.serve();
    let log = service.log();
    assert!(
        log.contains("nordby-bibliotek/brudt.yaml:") && log.contains("Y104") && log.contains("shuffle"),
        "{log}"
    );
    assert_eq!(get(&service.link("/c/aabn"), "").await.0, 200);
    assert_eq!(get(&service.link("/c/brudt"), "").await.0, 404);

    // Mended while the service runs: it is published without a restart.
    std::fs::write(dialogues.join("brudt.yaml"), good.replace("code: aabn", "code: brudt")).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while get(&service.link("/c/brudt"), "").await.0 != 200 {
        assert!(std::time::Instant::now() < deadline, "a mended script is published\n{}", service.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(service.stop().success());
}

#[tokio::test]
async fn without_telegram_in_reach_the_rest_works_and_says_so() {
    // A port that nobody listens on.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = Place::default().on_telegram(format!("http://{gone}/"));
    let service = place.serve();
    assert_eq!(get(&service.link("/healthz"), "").await.0, 200);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let (status, body) = get(&service.link("/readyz"), "").await;
        assert_eq!(status, 200, "answers can be taken and kept: {body}");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        if body["telegram"].is_string() {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "readyz tells of Telegram: {body}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(get(&service.link("/c/aabn_station"), "").await.0, 200);
    assert!(!service.log().contains("1:test"), "the token is in no log");
    assert!(service.stop().success());
}

#[tokio::test]
async fn an_empty_store_says_what_to_try_and_it_works() {
    let place = Place::default();
    let service = place.serve();
    let log = service.log();
    let chat = log.lines().find_map(|l| l.trim().strip_prefix("chat:")).unwrap().trim().to_owned();
    assert_eq!(get(&chat, "").await.0, 200, "{chat}");
    let token = place.token("nordby-bibliotek");
    assert_eq!(token.lines().count(), 1);
    let pull = log.lines().find(|l| l.contains("curl")).unwrap().rsplit(' ').next().unwrap().to_owned();
    let (status, body) = get(&pull, &token).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.starts_with("response,citizen,revision,channel,"), "{body}");
    assert_eq!(get(&pull, "wrong").await.0, 401);
    assert_eq!(get(&pull, &place.token("nordby-idraet")).await.0, 404);
}
