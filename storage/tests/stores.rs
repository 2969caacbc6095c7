//! Both stores keep the contract; the one on disk keeps it across closing and opening.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use storage::contract::{self, at, conversation, dialogue, response, turn};
use storage::*;

fn key() -> MasterKey {
    MasterKey::from_text(&"0123456789abcdef".repeat(4)).unwrap()
}

async fn opened(folder: &Path) -> SledStore {
    SledStore::open(folder, &key()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_store_keeps_the_contract() {
    contract::check(&MemoryStore::new().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sled_store_keeps_the_contract() {
    let data = tempfile::tempdir().unwrap();
    contract::check(&opened(&data.path().join("store")).await).await;
}

/// Everything a reader can see, as text.
async fn everything(store: &dyn Store) -> String {
    let mut out = String::new();
    for n in 0..=8 {
        let of = conversation(n);
        out += &format!(
            "{:?} {:?}\n",
            store.conversation(&of).await.unwrap(),
            store.address(&of).await.unwrap()
        );
        for message in 0..4 {
            out += &format!("{:?} ", store.sent(&of, MessageRef(message)).await.unwrap());
        }
    }
    for name in ["a", "b"] {
        let rows = store.responses(&dialogue(name), Cursor(0), 1000).await.unwrap();
        out += &format!("{:?} {rows:?}\n", store.extent(&dialogue(name)).await.unwrap());
    }
    out += &format!("{:?}\n", store.outbox(None, 1000).await.unwrap());
    out += &format!("{:?}\n", store.due(at(1_000_000), 1000).await.unwrap());
    out + &format!("{:?}\n", store.documents(Kind::Counter, "").await.unwrap())
}

struct Random(u64);

impl Random {
    // SplitMix64
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) % n
    }
}

// One thing that a caller may do, right or wrong, done to a store; what came of it as text.
async fn step(store: &dyn Store, random: &mut Random, n: u64) -> String {
    let of = conversation(random.below(9) as u8);
    match random.below(10) {
        0 => format!("{:?}", store.erase(&of, at(n as i64)).await),
        1 | 2 => {
            let rows = store.outbox(None, 1000).await.unwrap();
            let Some(row) = rows.get(random.below(rows.len().max(1) as u64) as usize) else {
                return String::new();
            };
            let sent = (random.below(3) > 0).then(|| n.to_string());
            format!("{:?}", store.settle(row.id, sent).await)
        }
        _ => {
            let now = store.conversation(&of).await.unwrap().map_or(0, |s| s.version.0);
            let update = if random.below(8) == 0 { n.saturating_sub(1) } else { n };
            let mut changes = turn(of, &update.to_string(), if random.below(8) == 0 { now + 1 } else { now });
            changes.wake_at = (random.below(2) == 0).then(|| at(random.below(1000) as i64));
            for _ in 0..random.below(3) {
                let message = (random.below(2) == 0).then(|| MessageRef(random.below(4)));
                changes.outbox.push(Outgoing { message, forget: random.below(2) == 0, body: vec![n as u8] });
            }
            for _ in 0..random.below(3) {
                let log = dialogue(if random.below(2) == 0 { "a" } else { "b" });
                let linked = random.below(2) == 0;
                changes.responses.push(ResponseChange {
                    linked,
                    ..response(&log, random.below(20).into(), &n.to_string())
                });
            }
            if random.below(5) == 0 {
                changes.body = Body::Remove;
            }
            let body = (random.below(4) > 0).then(|| vec![1; random.below(120_000) as usize]);
            changes.documents.push(Document { kind: Kind::Counter, id: random.below(5).to_string(), body });
            format!("{:?}", store.commit(changes).await)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_both_stores_say_the_same_and_opening_again_changes_nothing() {
    for seed in 0..4 {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("store");
        let memory = MemoryStore::new().unwrap();
        let mut sled = opened(&folder).await;
        let (mut one, mut other) = (Random(seed), Random(seed));
        for n in 1..200 {
            // A group of its own: what was settled lazily is there for both.
            sled.keep(Vec::new()).await.unwrap();
            let (a, b) = (step(&memory, &mut one, n).await, step(&sled, &mut other, n).await);
            assert_eq!(a, b, "seed {seed}, step {n}");
            if n % 50 == 0 {
                let before = everything(&memory).await;
                sled.close().await.unwrap();
                drop(sled);
                sled = opened(&folder).await;
                assert!(
                    everything(&sled).await == before,
                    "seed {seed}, step {n}: opened again, it is another store"
                );
            }
        }
        let files: Vec<_> =
            walk(&folder).into_iter().filter(|p| p.to_string_lossy().contains("blobs/")).collect();
        assert!(files.is_empty(), "sled never syncs what it puts into files of its own: {files:?}");
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_stored_is_in_the_files_in_clear() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let store = opened(&folder).await;
    let of = key_of(store.secrets(), "telegram:4077001234");
    let changes = Changes {
        update: UpdateId("MARKER-update".to_owned()),
        address: Some("telegram:4077001234".to_owned()),
        responses: vec![response(&dialogue("a"), 1, "MARKER-svar")],
        outbox: vec![Outgoing { message: None, forget: false, body: b"MARKER-besked".to_vec() }],
        documents: vec![Document {
            kind: Kind::Token,
            id: "t".to_owned(),
            body: Some(b"MARKER-token".repeat(9000)),
        }],
        ..turn(of, "MARKER-samtale", 0)
    };
    store.commit(changes).await.unwrap();
    store.put_media(b"MARKER-billede".repeat(9000), at(0)).await.unwrap();
    store.close().await.unwrap();
    let files = walk(&folder);
    assert!(files.len() >= 4);
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        for marker in [b"MARKER".as_slice(), b"4077001234"] {
            assert!(
                !bytes.windows(marker.len()).any(|w| w == marker),
                "{} in {}",
                String::from_utf8_lossy(marker),
                path.display()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_says_why_and_stays_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("store");
    let store = opened(&folder).await;
    assert!(matches!(SledStore::open(&folder, &key()).await, Err(StoreError::InUse(_))));
    store.commit(turn(conversation(1), "a", 0)).await.unwrap();
    store.close().await.unwrap();
    assert!(matches!(store.commit(turn(conversation(1), "b", 1)).await, Err(StoreError::Closed)));
    drop(store);

    let bytes =
        |folder: &Path| -> Vec<Vec<u8>> { walk(folder).iter().map(|p| std::fs::read(p).unwrap()).collect() };
    let before = bytes(&folder);
    let other = MasterKey::generate().unwrap();
    assert!(matches!(SledStore::open(&folder, &other).await, Err(StoreError::WrongKey)));
    assert!(bytes(&folder) == before, "a wrong key changes nothing");

    let current = folder.join("CURRENT");
    let text = std::fs::read_to_string(&current).unwrap();
    std::fs::write(&current, text.replace("snak-store 1", "snak-store 2")).unwrap();
    let newer = SledStore::open(&folder, &key()).await.unwrap_err();
    assert!(newer.to_string().contains("newer version"), "{newer}");
    std::fs::write(&current, text).unwrap();
    assert!(opened(&folder).await.conversation(&conversation(1)).await.unwrap().is_some());

    for url in ["redis:x", "sled:", "memory:x", ""] {
        assert!(matches!(storage::open(url, &key()).await, Err(StoreError::Url(_))), "{url}");
    }
}
