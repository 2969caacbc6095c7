//! Compaction, backup, restore and a new key, each while turns go on: nothing is lost, and what was erased is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use storage::contract::{at, conversation, dialogue, response, turn};
use storage::*;

fn key() -> MasterKey {
    MasterKey::from_text(&"0123456789abcdef".repeat(4)).unwrap()
}

async fn opened(folder: &Path) -> Arc<SledStore> {
    Arc::new(SledStore::open(folder, &key()).await.unwrap())
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()))
        }
    }
    found.sort();
    found
}

fn changes(n: u8, k: u64) -> Changes {
    Changes {
        responses: vec![response(&dialogue("tur"), u128::from(n) << 32 | u128::from(k), &format!("{n}-{k}"))],
        outbox: vec![Outgoing { message: Some(MessageRef(k)), forget: false, body: vec![n; 300] }],
        wake_at: Some(at(k as i64)),
        body: Body::Put(format!("{n}-{k} {}", "x".repeat(k as usize % 7 * 20_000)).into_bytes()),
        documents: vec![Document {
            kind: Kind::Counter,
            id: n.to_string(),
            body: Some(k.to_be_bytes().to_vec()),
        }],
        ..turn(conversation(n), &format!("{n}-{k}"), k)
    }
}

/// Citizens that answer as fast as they can until they are stopped; gives how many turns each made.
fn busy(store: &Arc<SledStore>, stop: &Arc<AtomicBool>) -> Vec<tokio::task::JoinHandle<u64>> {
    let citizen = |n: u8| {
        let (store, stop) = (store.clone(), stop.clone());
        tokio::spawn(async move {
            let mut k = 0;
            while !stop.load(Ordering::SeqCst) {
                let version = store.commit(changes(n, k)).await.unwrap();
                assert_eq!(version, Version(k + 1));
                let id = OutboxId { conversation: conversation(n), version, n: 0 };
                store.settle(id, Some(format!("p{k}"))).await.unwrap();
                k += 1;
            }
            k
        })
    };
    (1..=12).map(citizen).collect()
}

async fn all_there(store: &SledStore, turns: &[u64]) {
    let mut rows = Vec::new();
    let mut after = Cursor(0);
    loop {
        let page = store.responses(&dialogue("tur"), after, 1000).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.cursor;
        rows.extend(page);
    }
    assert_eq!(rows.len() as u64, turns.iter().sum::<u64>(), "every turn's response is there once");
    assert!(
        rows.iter().enumerate().all(|(n, row)| row.cursor.0 == n as u64 + 1),
        "cursors mean what they meant"
    );
    for (n, turns) in (1u8..).zip(turns) {
        let stored = store.conversation(&conversation(n)).await.unwrap().unwrap();
        assert_eq!(stored.version, Version(*turns));
        assert!(stored.body.starts_with(format!("{n}-{} ", turns - 1).as_bytes()));
        let sent = store.sent(&conversation(n), MessageRef(turns - 1)).await.unwrap();
        assert_eq!(sent, Some(format!("p{}", turns - 1)));
        let counter = store.document(Kind::Counter, &n.to_string()).await.unwrap();
        assert_eq!(counter, Some((turns - 1).to_be_bytes().to_vec()));
    }
    assert_eq!(store.due(at(1_000_000), 100).await.unwrap().len(), turns.len());
    assert_eq!(store.outbox(None, 100).await.unwrap(), Vec::new(), "what was settled stays settled");
}

async fn ended(citizens: Vec<tokio::task::JoinHandle<u64>>, stop: &AtomicBool) -> Vec<u64> {
    stop.store(true, Ordering::SeqCst);
    let mut turns = Vec::new();
    for citizen in citizens {
        turns.push(citizen.await.unwrap());
    }
    turns
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_while_turns_go_on_lose_nothing() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let store = opened(&folder).await;
    let stop = Arc::new(AtomicBool::new(false));
    let citizens = busy(&store, &stop);
    for round in 0..3 {
        store.compact(When::Now).await.unwrap().unwrap();
        store.rotate().await.unwrap();
        let copied = store.backup(&data.path().join(format!("backup{round}"))).await.unwrap();
        assert!(copied.values > 100, "{copied:?}");
    }
    let turns = ended(citizens, &stop).await;
    assert!(turns.iter().all(|t| *t > 3), "turns went on meanwhile: {turns:?}");
    store.keep(Vec::new()).await.unwrap();
    all_there(&store, &turns).await;
    store.close().await.unwrap();
    drop(store);
    let store = opened(&folder).await;
    all_there(&store, &turns).await;
    let generations =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let generations = generations.filter(|name| name.starts_with("generation-")).count();
    assert_eq!(generations, 1, "old copies are gone");
    assert!(!files(&folder).iter().any(|(p, _)| p.to_string_lossy().contains("blobs/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overwritten_store_is_small_again_after_the_night() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let store = opened(&folder).await;
    for k in 0..1_200u64 {
        let body = Body::Put(vec![k as u8; 40_000]);
        store.commit(Changes { body, ..turn(conversation(1), &k.to_string(), k) }).await.unwrap();
    }
    let done = store.compact(When::Now).await.unwrap().unwrap();
    assert!(done.bytes_before > 40_000_000 && done.bytes_after < 20_000_000, "{done:?}");
    assert_eq!(store.compact(When::Needed).await.unwrap(), None);
    store.erase(&conversation(1), at(0)).await.unwrap();
    assert!(store.compact(When::Needed).await.unwrap().is_some(), "something was erased");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_since_a_backup_is_erased_again_when_it_is_restored() {
    let data = tempfile::tempdir().unwrap();
    let (folder, backup) = (data.path().join("store"), data.path().join("2026-11-24.full"));
    let url = format!("sled:{}", folder.display());
    let store = opened(&folder).await;
    for n in 1..=3 {
        store.commit(changes(n, 0)).await.unwrap();
    }
    let address = |id: &str, there: bool| Document {
        kind: Kind::Contact,
        id: format!("tur/{id}"),
        body: there.then(|| id.as_bytes().to_vec()),
    };
    store.keep(vec![address("jens@x.dk", true), address("bo@x.dk", true)]).await.unwrap();
    store.backup(&backup).await.unwrap();
    store.keep(vec![address("jens@x.dk", false)]).await.unwrap();
    let refused = store.backup(&backup).await.unwrap_err();
    assert!(refused.to_string().contains("not empty"), "{refused}");
    store.erase(&conversation(1), at(5)).await.unwrap();
    store.erase_responses(vec![uuid::Uuid::from_u128(2 << 32)], at(6), Reason::Retention).await.unwrap();
    store.commit(changes(4, 0)).await.unwrap();
    let epoch = store.secrets().epoch;
    assert!(
        matches!(restore(&url, &backup, &key(), Replaced::Remembered).await, Err(StoreError::InUse(_))),
        "not under a running service"
    );
    store.close().await.unwrap();
    drop(store);
    let other = MasterKey::generate().unwrap();
    assert!(matches!(restore(&url, &backup, &other, Replaced::Remembered).await, Err(StoreError::WrongKey)));

    let restored = restore(&url, &backup, &key(), Replaced::Remembered).await.unwrap();
    assert_eq!(restored.erased_again, 4, "a conversation with its response, a response, an address");
    let store = opened(&folder).await;
    assert_ne!(store.secrets().epoch, epoch, "cursors from before are void");
    assert_eq!(store.conversation(&conversation(1)).await.unwrap(), None);
    assert!(store.conversation(&conversation(2)).await.unwrap().is_some());
    assert_eq!(store.conversation(&conversation(4)).await.unwrap(), None, "it came after the backup");
    let rows = store.responses(&dialogue("tur"), Cursor(0), 10).await.unwrap();
    let live: Vec<u128> =
        rows.iter().filter(|r| matches!(r.row, Row::Live(_))).map(|r| r.response.as_u128() >> 32).collect();
    assert_eq!(live, [3]);
    assert_eq!(rows.len(), 3);
    let addresses = store.documents(Kind::Contact, "tur/").await.unwrap();
    assert_eq!(addresses, [("tur/bo@x.dk".to_owned(), b"bo@x.dk".to_vec())]);
    store.close().await.unwrap();
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
    opened(&folder).await.close().await.unwrap();
    let restored = restore(&url, &backup, &key(), Replaced::Remembered).await.unwrap();
    assert_eq!(restored.erased_again, 0, "a store that never had it has not erased it");
    let store = opened(&folder).await;
    assert_eq!(store.documents(Kind::Contact, "tur/").await.unwrap().len(), 2);
    let beside: Vec<_> = std::fs::read_dir(data.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(
        !beside
            .iter()
            .any(|n| n.to_string_lossy().contains("restored") || n.to_string_lossy().contains("replaced")),
        "{beside:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_or_backup_is_refused_in_a_sentence() {
    let data = tempfile::tempdir().unwrap();
    let (folder, backup) = (data.path().join("store"), data.path().join("backup"));
    let store = opened(&folder).await;
    for k in 0..200 {
        store.commit(changes(1, k)).await.unwrap();
    }
    store.backup(&backup).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let (db, mut bytes) = files(&backup).into_iter().find(|(p, _)| p.ends_with("db")).unwrap();
    let middle = bytes.iter().position(|b| *b != 0).unwrap() + 40_000;
    for n in 0..2_000 {
        bytes[middle + n] ^= 0x55;
    }
    std::fs::write(db, bytes).unwrap();
    let before = files(&folder);
    let refused = restore(&format!("sled:{}", folder.display()), &backup, &key(), Replaced::Remembered)
        .await
        .unwrap_err();
    assert!(!refused.to_string().is_empty());
    assert!(files(&folder) == before, "the store is as it was: {refused}");
    let current = folder.join("CURRENT");
    std::fs::write(&current, &std::fs::read(&current).unwrap()[..20]).unwrap();
    let refused = SledStore::open(&folder, &key()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
}

/// A store with one file that a response names, and one that nobody names yet.
async fn with_media(folder: &Path) -> (Arc<SledStore>, MediaId, MediaId) {
    let store = opened(folder).await;
    let named = store.put_media(vec![7; 300_000], at(0)).await.unwrap();
    let orphan = store.put_media(b"ingen".to_vec(), at(0)).await.unwrap();
    let change = ResponseChange { media: vec![named], ..response(&dialogue("foto"), 1, "svar") };
    store.commit(Changes { responses: vec![change], ..turn(conversation(1), "a", 0) }).await.unwrap();
    (store, named, orphan)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_seals_every_file_anew_and_a_damaged_one_stops_nothing() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let (store, named, orphan) = with_media(&folder).await;
    let damaged = store.put_media(b"skadet".to_vec(), at(0)).await.unwrap();
    let path = |id: MediaId| folder.join("media").join(id.0.to_string());
    std::fs::write(path(damaged), b"noget andet").unwrap();
    let before = std::fs::read(path(named)).unwrap();
    store.rotate().await.unwrap();
    let after = std::fs::read(path(named)).unwrap();
    assert_eq!(before.len(), after.len());
    assert!(before.chunks(64).zip(after.chunks(64)).all(|(a, b)| a != b), "sealed by another key");
    for _ in 0..2 {
        store.rotate().await.unwrap();
    }
    assert_eq!(store.media(named).await.unwrap(), Some(vec![7; 300_000]));
    assert!(matches!(store.media(damaged).await, Err(StoreError::Corrupt { .. })));
    store.close().await.unwrap();
    drop(store);
    let store = opened(&folder).await;
    assert_eq!(store.media(named).await.unwrap(), Some(vec![7; 300_000]), "opened again");
    assert_eq!(store.media(orphan).await.unwrap().as_deref(), Some(b"ingen".as_slice()));
    assert_eq!(files(&folder.join("media")).len(), 3, "nothing is left of the change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_the_files_that_are_named_and_a_restore_erases_them_again() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let (store, named, orphan) = with_media(&folder).await;
    let other = store.put_media(b"bliver".to_vec(), at(0)).await.unwrap();
    store.commit(Changes { media: Some(vec![other]), ..turn(conversation(2), "b", 0) }).await.unwrap();
    let backup = data.path().join("backup");
    assert!(store.backup(&backup).await.unwrap().bytes > 300_000);
    assert_eq!(files(&backup.join("media")).len(), 2, "what nobody names is not in it");
    // Another key from now on: the backup opens with its own.
    store.rotate().await.unwrap();
    store.erase(&conversation(1), at(9)).await.unwrap();
    assert_eq!(store.media(named).await.unwrap(), None);
    store.close().await.unwrap();
    drop(store);
    let url = format!("sled:{}", folder.display());
    let restored = restore(&url, &backup, &key(), Replaced::Remembered).await.unwrap();
    assert!(restored.erased_again > 0);
    let store = opened(&folder).await;
    assert_eq!(store.media(other).await.unwrap().as_deref(), Some(b"bliver".as_slice()));
    assert_eq!((store.media(named).await.unwrap(), store.media(orphan).await.unwrap()), (None, None));
    assert_eq!(files(&folder.join("media")).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_snapshot_is_no_hindrance_and_a_cut_log_is_told() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    for round in 0..3 {
        let store = opened(&folder).await;
        store.commit(changes(1, round)).await.unwrap();
        store.close().await.unwrap();
        drop(store);
        std::fs::write(folder.join("generation-1/snap.7FFFFFFFFFFFFFFF.generating"), "half").unwrap();
    }
    // As it is when the log lost what came last: what is there reads well.
    std::fs::write(folder.join("KEPT"), format!("{:020}\n", 5)).unwrap();
    let refused = SledStore::open(&folder, &key()).await.unwrap_err();
    assert!(refused.to_string().contains("the last 2 are missing"), "{refused}");
    std::fs::remove_file(folder.join("KEPT")).unwrap();
    let store = opened(&folder).await;
    assert_eq!(store.conversation(&conversation(1)).await.unwrap().unwrap().version, Version(3));
}
