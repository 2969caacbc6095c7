//! A bit flipped anywhere in the store's log, long before where it ends: refused in a sentence, or found where it is read. No
//! answer is another, and none is silently gone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::channel::{Content, ConversationId, Inbox, Incoming};
use snak::engine::Input;
use snak::web::{self, Web};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Document, Kind, MasterKey, ResponseRow, Store, StoreError, Stored};
use support::desk::{Desk, desk};
use support::service::{KEY, files, get};

const STEPS: &str = "steps:
  - {ask: Hvad siger du?, id: ord, type: text, max_length: 4000}
  - {ask: Og så?, id: mere, type: text, max_length: 4000}
";
const CITIZENS: u32 = 120;
const SEGMENT: usize = 8 << 20;
/// What is written after the citizens have spoken, so that this lies a segment behind the end of the log.
const MORE: usize = 210;
const MORE_BYTES: usize = 40_000;
/// Places, spread over all that is written.
const FLIPS: usize = 10;

async fn opened(folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    storage::open(&format!("sled:{}", folder.display()), &MasterKey::from_text(KEY).unwrap()).await
}

/// Everybody has said a long word; every other has come to the end. Closed, opened and closed: sled has looked at all of it.
async fn filled(folder: &Path) {
    let desk = desk(opened(folder).await.unwrap(), "skade", false, STEPS).await;
    for who in 0..CITIZENS {
        desk.take(who, Content::Start { payload: "skade".to_owned() }).await;
        desk.say(who, &["start"]).await;
        let words = format!("{who} ").repeat(800);
        desk.say(who, &[words.as_str(); 2][..1 + who as usize % 2]).await;
    }
    for n in 0..MORE {
        let more = Document { kind: Kind::Counter, id: format!("mere/{n}"), body: Some(vec![7; MORE_BYTES]) };
        desk.store.keep(vec![more]).await.unwrap();
    }
    desk.store.close().await.unwrap();
    drop(desk);
    opened(folder).await.unwrap().close().await.unwrap();
}

/// What is read of a conversation, of everybody's.
type Read<T> = Result<T, StoreError>;

async fn conversations(store: &dyn Store) -> Vec<Read<Option<Stored>>> {
    let mut all = Vec::new();
    for who in 0..CITIZENS {
        all.push(store.conversation(&key(store, who)).await);
    }
    all
}

fn key(store: &dyn Store, who: u32) -> storage::ConversationKey {
    storage::key_of(store.secrets(), &ConversationId::new("telegram", who).0)
}

async fn rows(store: &dyn Store) -> Read<Vec<ResponseRow>> {
    let dialogue = storage::DialogueId("nordby/skade".to_owned());
    store.responses(&dialogue, storage::Cursor(0), usize::MAX).await
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let copy = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, bytes).unwrap();
    }
}

fn log(folder: &Path) -> (PathBuf, Vec<u8>) {
    files(folder).into_iter().find(|(path, _)| path.ends_with("db")).expect("a log")
}

/// Whether what was read is what was there, or an error that says so.
fn is_there<T: PartialEq>(now: &Read<T>, before: &T) -> bool {
    match now {
        Ok(now) if now == before => true,
        Err(StoreError::Corrupt { .. }) => false,
        Ok(_) => panic!("something else is there, and nothing is said"),
        Err(error) => panic!("no clear refusal: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_is_refused_or_found_where_it_is_read_and_by_a_backup() {
    let data = tempfile::tempdir().unwrap();
    let whole = data.path().join("whole");
    filled(&whole).await;
    let store = opened(&whole).await.unwrap();
    let before: Vec<_> = conversations(store.as_ref()).await.into_iter().map(Result::unwrap).collect();
    let rows_before = rows(store.as_ref()).await.unwrap();
    assert!(before.iter().all(Option::is_some) && rows_before.len() == CITIZENS as usize / 2);
    store.close().await.unwrap();
    drop(store);
    let (path, bytes) = log(&whole);
    let written = bytes.iter().rposition(|b| *b != 0).unwrap();
    assert!(written > SEGMENT, "{written} bytes are no more than one segment");
    let (mut refused, mut found, mut harmless) = (0, 0, 0);
    for n in 0..FLIPS {
        let folder = data.path().join(n.to_string()).join("store");
        copy(&whole, &folder);
        let at = written * n / FLIPS + n * 4_099 % (written / FLIPS);
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (n % 8);
        fs::write(folder.join(path.strip_prefix(&whole).unwrap()), bytes).unwrap();
        match opened(&folder).await {
            Err(error) => {
                assert!(matches!(error, StoreError::Corrupt { .. }), "at {at}: {error}");
                refused += 1;
            }
            Ok(store) => {
                let now = conversations(store.as_ref()).await;
                let mut hurt = now.iter().zip(&before).filter(|(now, before)| !is_there(now, before)).count();
                hurt += usize::from(!is_there(&rows(store.as_ref()).await, &rows_before));
                assert_eq!(store.damaged().is_some(), hurt > 0, "at {at}: {hurt}, {:?}", store.damaged());
                let copied = store.backup(&data.path().join(n.to_string()).join("backup")).await;
                assert!(hurt == 0 || copied.is_err(), "at {at}: {hurt} are damaged, and the backup is whole");
                match copied {
                    // The old version of something, which nobody reads any more.
                    Ok(_) => harmless += 1,
                    Err(error) => {
                        assert!(matches!(error, StoreError::Corrupt { .. }), "at {at}: {error}");
                        assert!(store.damaged().is_some());
                        found += 1;
                    }
                }
                store.close().await.unwrap();
            }
        }
        fs::remove_dir_all(data.path().join(n.to_string())).unwrap();
    }
    println!(
        "of {FLIPS} flips {refused} were refused at the start, {found} found when read, {harmless} in what is over"
    );
    assert!(found > 0, "no flip hit what is read later");
}

// Flips a bit of a conversation's body in every place of the log where it stands. It is looked up in a copy: to open is to write.
fn hurt(folder: &Path, of: &storage::ConversationKey) {
    let scratch = tempfile::tempdir().unwrap();
    copy(folder, scratch.path());
    let db = sled::Config::new()
        .path(log(scratch.path()).0.parent().unwrap())
        .segment_size(SEGMENT)
        .open()
        .unwrap();
    let stored = db.open_tree("conversations").unwrap().get([of.0.as_slice(), b"c"].concat()).unwrap();
    let body = stored.unwrap()[..64].to_vec();
    let (path, mut bytes) = log(folder);
    let places: Vec<usize> = (0..bytes.len() - 64).filter(|at| bytes[*at..*at + 64] == body[..]).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + 32] ^= 4;
    }
    fs::write(path, bytes).unwrap();
}

// Somebody whose conversation is damaged, in a store that opens: where it lies at the end of the log, the store is refused.
async fn hurt_and_opened(whole: &Path, data: &Path) -> (u32, Arc<dyn Store>) {
    let store = opened(whole).await.unwrap();
    let keys: Vec<_> = (0..CITIZENS).map(|who| key(store.as_ref(), who)).collect();
    store.close().await.unwrap();
    drop(store);
    for who in (0..CITIZENS).step_by(9) {
        let folder = data.join(who.to_string());
        copy(whole, &folder);
        hurt(&folder, &keys[who as usize]);
        match opened(&folder).await {
            Ok(store) => return (who, store),
            Err(error) => assert!(matches!(error, StoreError::Corrupt { .. }), "{error}"),
        }
    }
    panic!("every conversation lies at the end of the log");
}

// What is shown at once, by an update that was never before; or why it could not be kept.
async fn told(desk: &Desk, update: u32, who: u32, content: Content) -> Result<Option<String>, String> {
    let incoming = Incoming {
        update: format!("telegram:{}", 900_000 + update),
        conversation: ConversationId::new("telegram", who),
        channel: "telegram",
        language: None,
        content,
        shows_recap: false,
        message: None,
        upload: None,
    };
    desk.dispatch.receive(incoming).await.map(|received| received.toast).map_err(|e| e.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_conversation_is_damaged_is_told_and_the_service_says_so_while_others_go_on() {
    let data = tempfile::tempdir().unwrap();
    let whole = data.path().join("whole");
    filled(&whole).await;
    let store = opened(&whole).await.unwrap();
    let before = rows(store.as_ref()).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let (who, store) = hurt_and_opened(&whole, data.path()).await;
    let of = key(store.as_ref(), who);

    let desk = desk(store, "skade", false, STEPS).await;
    let site = Web {
        forget: Arc::new(|_| Box::pin(async { Ok(storage::Receipt::default()) })),
        store: desk.store.clone(),
        library: desk.library.clone(),
        telegram: Arc::new(|| None),
        guard: snak::web::Guard::default(),
        metrics: Arc::default(),
        operator: String::new(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ready = format!("http://{}/readyz", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, web::router(site, axum::Router::new())).await.unwrap() });
    assert_eq!(get(&ready, "").await.0, 200, "nobody has read it");

    let says = |words: &str| Content::Input(Input::Text(words.to_owned()));
    let sentence = told(&desk, 0, who, says("Mere")).await.unwrap().expect("a sentence");
    assert!(sentence.contains("gik galt hos os"), "{sentence}");
    assert!(matches!(desk.store.conversation(&of).await, Err(StoreError::Corrupt { .. })), "as it was");
    let (status, why) = get(&ready, "").await;
    assert!(status == 503 && why.contains("damaged") && why.contains("restore a backup"), "{status}: {why}");
    let refused = desk.store.backup(&data.path().join("backup")).await.unwrap_err();
    assert!(refused.to_string().contains("damaged"), "{refused}");

    // What somebody says whose conversation lies elsewhere is kept as before: an eighth of all keys away, in another leaf and not
    // in the one beside it.
    let far = |n: &u32| key(desk.store.as_ref(), *n).0[0].abs_diff(of.0[0]) > 32;
    let other = (CITIZENS..).find(far).unwrap();
    let start = Content::Start { payload: "skade".to_owned() };
    for (n, content) in (1..).zip([start, says("start"), says("Et ord"), says("Et ord til")]) {
        match told(&desk, n, other, content).await {
            Ok(toast) => assert_eq!(toast, None),
            // Something had to be written just where it is damaged, such as that an old message was sent: then nothing more is
            // taken from anybody, and that is said.
            Err(why) => {
                assert!(why.contains("a part of its file is damaged"), "{why}");
                assert_eq!(get(&ready, "").await.0, 503);
                return println!("{why}");
            }
        }
    }
    let rows = desk.rows().await;
    assert!(rows.len() == before.len() + 1 && rows[..before.len()] == before, "{} rows", rows.len());
    desk.store.close().await.unwrap();
}
