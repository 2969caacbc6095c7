//! A revision stays as it was published, parts included: for who talks on it while the part changes, and after a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::engine::{self, Response, Status};
use snak::library::{Frozen, Library, Published};
use snak::script::{Language, Parts, Script, ScriptId};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use storage::{Document, Kind, MemoryStore, Row, Store};
use support::desk::desk;

fn transcripts() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts/dele"))
}

fn asked(published: &Published) -> (u32, String) {
    let question = published.script.question("hvem.antal").unwrap();
    (published.revision, question.text.to(Language::DANISH).plain())
}

#[tokio::test]
async fn a_part_that_changes_makes_a_new_revision_and_leaves_the_old_one_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let institution = folder.path().join("dele");
    fs::create_dir_all(institution.join("parts")).unwrap();
    fs::copy(transcripts().join("dele.yaml"), institution.join("dele.yaml")).unwrap();
    let part = fs::read_to_string(transcripts().join("parts/hvem.yaml")).unwrap();
    let file = institution.join("parts/hvem.yaml");
    fs::write(&file, &part).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let now = "2026-11-23T09:00:00Z".parse().unwrap();
    let id = ScriptId("dele/dele".to_owned());
    let before = (1, "Hvor mange er I?".to_owned());
    let after = (2, "Hvor mange plejer I at være?".to_owned());

    let library = Library::open(folder.path(), store.clone()).await.unwrap();
    library.read(now).await.unwrap();
    assert_eq!(library.read(now).await.unwrap().published, [], "nothing has changed");
    assert_eq!(asked(&library.latest(&id).unwrap()), before);

    fs::write(&file, part.replace(&before.1, &after.1)).unwrap();
    assert_eq!(library.read(now).await.unwrap().published, std::slice::from_ref(&id));
    fs::write(&file, "part: ?\n").unwrap();
    let reading = library.read(now).await.unwrap();
    let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
    assert!(
        errors.iter().all(|(p, text)| p.file == "dele/parts/hvem.yaml" && **text == *"part: ?\n"),
        "{errors:?}"
    );
    assert!(!errors.is_empty());
    assert_eq!(
        asked(&library.latest(&id).unwrap()),
        after,
        "a broken part leaves its dialogues as they were"
    );

    fs::remove_dir_all(&institution).unwrap();
    let restarted = Library::open(folder.path(), store).await.unwrap();
    assert_eq!(asked(&restarted.revision(&id, 1).unwrap()), before);
    assert_eq!(asked(&restarted.revision(&id, 2).unwrap()), after);
}

const STEPS: &str = "steps:
  - {ask: Hvor gammel er du?, id: alder, type: number, min: 0, max: 120}
  - {say: Så må du stemme., when: {alder: {at_least: 18}}}
  - {ask: Hvad mangler der?, id: mangler, type: text}
";

/// The first revision of `nordby/alder` as another version published it.
async fn published_as(store: &dyn Store, old: &str, new: &str) -> Frozen {
    let (id, body) = store.documents(Kind::Revision, "nordby/alder/").await.unwrap().remove(0);
    let mut frozen: Frozen = engine::decode(&body).unwrap();
    assert!(frozen.yaml.contains(old));
    frozen.yaml = frozen.yaml.replace(old, new);
    let body = Some(engine::encode(&frozen).unwrap());
    store.keep(vec![Document { kind: Kind::Revision, id, body }]).await.unwrap();
    frozen
}

#[tokio::test]
async fn who_is_on_a_revision_that_would_be_refused_today_goes_on() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let before = desk(store.clone(), "alder", false, STEPS).await;
    before.begin(7).await;
    let frozen = published_as(&*store, "at_least: 18", "at_least: 18, below: 15").await;
    let id = ScriptId("nordby/alder".to_owned());
    let institution = before.library.latest(&id).unwrap().script.institution().clone();
    let (today, problems) = Script::check(&id, &frozen.yaml, &Parts { institution });
    assert!(today.is_none() && problems.iter().any(|p| p.code == "C404"), "{problems:?}");

    let after =
        desk(store.clone(), "alder", false, "steps:\n  - {ask: Noget andet?, id: andet, type: text}\n").await;
    after.updates.store(100, std::sync::atomic::Ordering::SeqCst);
    after.say(7, &["40", "Lys"]).await;
    let Row::Live(body) = after.rows().await.remove(0).row else { panic!("erased") };
    let response: Response = engine::decode(&body).unwrap();
    assert_eq!((response.revision, response.status, response.answers.len()), (1, Status::Complete, 2));
}

#[tokio::test]
async fn a_revision_of_which_a_step_cannot_be_read_is_not_played_in_part() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let before = desk(store.clone(), "alder", false, STEPS).await;
    let id = ScriptId("nordby/alder".to_owned());
    for (old, new) in [
        ("type: text", "type: digt"),
        ("{say: Så må du stemme.,", "{syng: Så må du stemme.,"),
        ("{alder: {at_least: 18}}", "{højde: {at_least: 18}}"),
    ] {
        assert!(before.library.revision(&id, 1).is_some());
        published_as(&*store, old, new).await;
        let folder = tempfile::tempdir().unwrap();
        let restarted = Library::open(folder.path(), store.clone()).await.unwrap();
        assert!(restarted.revision(&id, 1).is_none(), "{new}");
        published_as(&*store, new, old).await;
    }
}
