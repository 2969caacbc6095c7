//! A store written in each released format opens, with everything that was in it.
//!
//! `formats/<n>.store` holds such a folder: every file's path and length, and those of its blocks that are not empty.
//! `SNAK_WRITE_FORMAT=1 cargo test -p snak-storage --test formats` writes one anew: for a new format only, an old one stays.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use storage::contract::{at, conversation, dialogue, response, turn};
use storage::*;

const BLOCK: usize = 512;

fn key() -> MasterKey {
    MasterKey::from_text(&"0123456789abcdef".repeat(4)).unwrap()
}

fn packed(number: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/{number}.store"))
}

/// One of everything that a store may hold.
async fn fill(store: &dyn Store) {
    let picture = store.put_media(b"et billede".to_vec(), at(1)).await.unwrap();
    let message = |n, forget| Outgoing { message: Some(MessageRef(n)), forget, body: b"hej".to_vec() };
    store
        .commit(Changes {
            address: Some("telegram:17".to_owned()),
            responses: vec![ResponseChange { media: vec![picture], ..response(&dialogue("a"), 1, "svar 1") }],
            outbox: vec![message(1, false), message(2, false)],
            wake_at: Some(at(500)),
            media: Some(vec![picture]),
            counts: vec![Count { id: "talt".to_owned(), add: 3 }],
            ..turn(conversation(1), "1", 0)
        })
        .await
        .unwrap();
    let sent = store.outbox(None, 1).await.unwrap().remove(0).id;
    store.settle(sent, Some("4711".to_owned())).await.unwrap();
    let large = Body::Put(vec![b'x'; 60_000]);
    store
        .commit(Changes {
            body: large,
            responses: vec![response(&dialogue("a"), 2, "svar 2")],
            ..turn(conversation(2), "2", 0)
        })
        .await
        .unwrap();
    let document = Document { kind: Kind::Token, id: "navn".to_owned(), body: Some(b"et dokument".to_vec()) };
    let which =
        Document { id: "billede".to_owned(), body: Some(picture.0.as_bytes().to_vec()), ..document.clone() };
    store.keep(vec![document, which]).await.unwrap();
    store.erase(&conversation(2), at(9)).await.unwrap();
}

/// What a reader finds of it.
async fn found(store: &dyn Store) -> String {
    let mut out = String::new();
    for n in [1, 2] {
        let of = conversation(n);
        let stored = store.conversation(&of).await.unwrap();
        let body = stored.map(|s| format!("version {}, {} bytes", s.version.0, s.body.len()));
        out += &format!("conversation {n}: {body:?}, address {:?}\n", store.address(&of).await.unwrap());
        out += &format!("  sent {:?}\n", store.sent(&of, MessageRef(1)).await.unwrap());
    }
    for row in store.responses(&dialogue("a"), Cursor(0), 10).await.unwrap() {
        let said = match &row.row {
            Row::Live(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Row::Erased { at, reason } => format!("erased {at} {reason:?}"),
        };
        out += &format!("response {} {}: {said}\n", row.cursor.0, row.response);
    }
    for queued in store.outbox(None, 10).await.unwrap() {
        out += &format!("to send: {:?}\n", queued.outgoing);
    }
    out += &format!("due: {}\n", store.due(at(1_000), 10).await.unwrap().len());
    out += &format!("token: {:?}\n", store.document(Kind::Token, "navn").await.unwrap());
    let picture = store.document(Kind::Token, "billede").await.unwrap().unwrap();
    let picture = store.media(MediaId(uuid::Uuid::from_slice(&picture).unwrap())).await.unwrap();
    out += &format!("picture: {:?}\n", picture.map(|bytes| String::from_utf8(bytes).unwrap()));
    out += &format!("counter: {:?}\n", store.document(Kind::Counter, "talt").await.unwrap());
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_each_released_format_opens_with_everything_in_it() {
    if let Ok(number) = std::env::var("SNAK_WRITE_FORMAT") {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("store");
        let store = SledStore::open(&folder, &key()).await.unwrap();
        fill(&store).await;
        store.close().await.unwrap();
        drop(store);
        pack(&folder, &packed(number.parse().unwrap()));
    }
    let new = tempfile::tempdir().unwrap();
    let now = SledStore::open(&new.path().join("store"), &key()).await.unwrap();
    fill(&now).await;
    let wanted = found(&now).await;
    assert!(wanted.contains("svar 1") && wanted.contains("erased"), "{wanted}");
    for number in [1] {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("store");
        unpack(&packed(number), &folder);
        let store = SledStore::open(&folder, &key()).await.unwrap();
        assert_eq!(found(&store).await, wanted, "format {number}");
        // It is written to and copied like any other.
        store.commit(turn(conversation(3), "3", 0)).await.unwrap();
        store.compact(When::Now).await.unwrap();
        store.close().await.unwrap();
    }
}

fn pack(folder: &Path, to: &Path) {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder_now) = folders.pop() {
        for entry in std::fs::read_dir(folder_now).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let blocks: Vec<_> =
                bytes.chunks(BLOCK).enumerate().filter(|(_, b)| b.iter().any(|b| *b != 0)).collect();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            out.extend(format!("{name} {} {}\n", bytes.len(), blocks.len()).into_bytes());
            for (n, block) in blocks {
                out.extend((n as u32).to_be_bytes());
                out.extend((block.len() as u16).to_be_bytes());
                out.extend(block);
            }
        }
    }
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, out).unwrap();
}

fn unpack(from: &Path, folder: &Path) {
    let bytes = std::fs::read(from).unwrap();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').unwrap();
        let line = std::str::from_utf8(&rest[..end]).unwrap();
        let [name, length, blocks] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        rest = &rest[end + 1..];
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(&path).unwrap();
        file.set_len(length.parse().unwrap()).unwrap();
        for _ in 0..blocks.parse::<u32>().unwrap() {
            let n = u32::from_be_bytes(rest[..4].try_into().unwrap());
            let length = usize::from(u16::from_be_bytes(rest[4..6].try_into().unwrap()));
            file.write_all_at(&rest[6..6 + length], u64::from(n) * BLOCK as u64).unwrap();
            rest = &rest[6 + length..];
        }
    }
}
