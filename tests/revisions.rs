//! A revision stays as it was published, parts included: for who talks on it while the part changes, and after a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use snak::library::{Library, Published};
use snak::script::{Language, ScriptId};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use storage::{MemoryStore, Store};

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
    assert!(
        reading.problems.iter().all(|(p, text)| p.file == "dele/parts/hvem.yaml" && **text == *"part: ?\n")
    );
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
