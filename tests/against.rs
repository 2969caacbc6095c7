//! `snak check --against published`: the file in the folder beside what the service, or its store, has published.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use std::fs;
use std::process::Output;
use support::service::Place;

fn against(place: &Place, more: &[&str]) -> Output {
    place.snak(&[&["check", "--against", "published", "--format", "json"], more].concat()).output().unwrap()
}

fn told(run: &Output) -> Vec<(String, String, u64)> {
    let list: Vec<Value> = serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&run.stderr)));
    let text = |p: &Value, key: &str| p[key].as_str().unwrap().to_owned();
    list.iter().map(|p| (text(p, "code"), text(p, "file"), p["line"].as_u64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_hurt_the_published_answers_is_told_while_the_service_runs_and_after() {
    let mut place = Place::default();
    let folder = place.folder.path().join("dialoger");
    fs::create_dir_all(folder.join("nordby")).unwrap();
    let file = folder.join("nordby/park.yaml");
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/problems/base.yaml")).unwrap();
    fs::write(&file, &text).unwrap();
    place.dialogues.clone_from(&folder);

    let before = against(&place, &[]);
    assert_eq!(before.status.code(), Some(2));
    let sentence = String::from_utf8(before.stderr).unwrap();
    assert!(
        sentence.contains("nothing is published yet: no service runs, and there is no store in"),
        "{sentence}"
    );
    assert!(!place.data().exists(), "looking makes no store");

    let service = place.serve();
    assert_eq!(against(&place, &["--strict"]).status.code(), Some(0), "as published");

    // Beside the folder that is served, so that it is not published at once.
    let draft = place.folder.path().join("nordby");
    fs::create_dir(&draft).unwrap();
    let text = text.replacen("id: vej\n", "id: gade\n", 1).replacen("da: Bænke\n", "da: Borde og bænke\n", 1);
    fs::write(draft.join("park.yaml"), &text).unwrap();
    let draft = draft.join("park.yaml");
    let line = |words: &str| text.lines().position(|l| l.contains(words)).unwrap() as u64 + 1;
    let of = |code: &str, words: &str| (code.to_owned(), "nordby/park.yaml".to_owned(), line(words));
    let expected = [of("V751", "id: gade"), of("T302", "en: Benches")];
    let run = against(&place, &[draft.to_str().unwrap()]);
    assert_eq!((run.status.code(), told(&run)), (Some(1), expected.to_vec()));
    assert!(service.stop().success());
    let run = against(&place, &[draft.to_str().unwrap()]);
    assert_eq!((run.status.code(), told(&run)), (Some(1), expected.to_vec()), "from the store");
    // Without the store the same file is clean.
    assert_eq!(place.snak(&["check", draft.to_str().unwrap()]).output().unwrap().status.code(), Some(0));
}
