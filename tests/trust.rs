//! What citizens are promised: nothing readable on the disk, nothing left after an erasure, nothing kept past its time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::{Span, Timestamp};
use snak::channel::{Content, ConversationId, Inbox, Incoming};
use snak::dispatch::{Clock, Dispatch};
use snak::engine::Input;
use snak::library::Library;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::{Cursor, DialogueId, MasterKey, Reason, Row, Store, When};
use support::service::files;

const DIALOGUE: &str = "nordby/spor";
const SCRIPT: &str = "format: 1
title: Spor
languages: [da]
owner: Mette Lund
contact: havn@nordby.example
purpose: Finde ud af noget.
method: Chat.
target_group: Alle.
expected_effect: Noget.
give_back: {by: 2028-05-01, how: På døren.}
period: {from: 2026-01-01, to: open}
privacy: {basis: consent, anonymous: false, keep: 12 months, notice: Vi gemmer dine svar.}
entry: {code: spor}
audience: everyone
steps:
  - {ask: Hvad siger du?, id: fri, type: text}
  - ask: Hvilken?
    id: valg
    options:
      sporkodenvalgt: {da: Den første}
      andet: {da: Noget andet}
  - ask: Hvilke?
    id: flere
    type: multi
    options:
      en: {da: Den ene}
      andet: {da: Noget andet, other: true}
  - {ask: Hvor mange?, id: antal, type: number}
  - {ask: Hvornår?, id: dag, type: date}
  - {ask: Hvor?, id: sted, type: location, or_text: true}
  - {ask: Hvad hedder du?, id: navn, type: name}
  - {ask: Din mail?, id: mail, type: email}
  - {ask: Dit nummer?, id: nummer, type: phone}
";

/// What the citizen types, and what of it must be nowhere.
const TYPED: [(&str, &str); 8] = [
    ("Jeg savner sporetfritekst ved åen", "sporetfritekst"),
    ("Den første", "sporkodenvalgt"),
    ("sporetandet", "sporetandet"),
    ("731946825", "731946825"),
    ("17-03-2031", "2031-03-17"),
    ("ved sporetsted", "sporetsted"),
    ("Sporine Sporetnavn", "Sporetnavn"),
    ("sporetmail@nordby.example", "sporetmail"),
];
const PHONE: &str = "71946825";
const ADDRESS: &str = "sporetadresse";

struct Town {
    store: Arc<dyn Store>,
    library: Arc<Library>,
    dispatch: Dispatch,
    updates: AtomicU64,
}

fn now() -> Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap()
}

async fn town(folder: &Path) -> Town {
    let dialogues = folder.join("dialogues");
    std::fs::create_dir_all(dialogues.join("nordby")).unwrap();
    std::fs::write(dialogues.join("nordby/spor.yaml"), SCRIPT).unwrap();
    let key = MasterKey::from_text(support::service::KEY).unwrap();
    let store = storage::open(&format!("sled:{}", folder.join("data").display()), &key).await.unwrap();
    let library = Arc::new(Library::open(&dialogues, store.clone()).await.unwrap());
    let reading = library.read(now()).await.unwrap();
    let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let drawn = AtomicU64::new(1);
    let draw = move || {
        let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
        Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
    };
    let (outbox, _) = tokio::sync::mpsc::unbounded_channel();
    let dispatch = Dispatch::new(store.clone(), library.clone(), Clock::new(now, draw), outbox);
    Town { store, library, dispatch, updates: AtomicU64::new(0) }
}

impl Town {
    async fn take(&self, content: Content) {
        let update = self.updates.fetch_add(1, Ordering::SeqCst);
        let incoming = Incoming {
            update: format!("telegram:{update}"),
            conversation: ConversationId::new("telegram", ADDRESS),
            channel: "telegram",
            language: None,
            content,
            shows_recap: false,
            upload: None,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    async fn answered(&self) {
        self.take(Content::Start { payload: "spor_her".to_owned() }).await;
        self.take(Content::Input(Input::Text("start".to_owned()))).await;
        for (typed, _) in TYPED {
            self.take(Content::Input(Input::Text(typed.to_owned()))).await;
        }
        self.take(Content::Input(Input::Text(PHONE.to_owned()))).await;
    }

    async fn rows(&self) -> Vec<Row> {
        let rows = self.store.responses(&DialogueId(DIALOGUE.to_owned()), Cursor(0), 10).await.unwrap();
        rows.into_iter().map(|r| r.row).collect()
    }
}

fn markers() -> impl Iterator<Item = &'static str> {
    TYPED.into_iter().map(|(_, marker)| marker).chain([PHONE, ADDRESS])
}

fn readable(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files(folder) {
        for marker in markers() {
            if bytes.windows(marker.len()).any(|w| w.eq_ignore_ascii_case(marker.as_bytes())) {
                found.push(format!("{marker} in {}", path.display()));
            }
        }
    }
    found
}

// Pieces of the files that cannot be alike by chance: what is sealed has them, what is empty or counted has not.
fn sealed(folder: &Path) -> HashSet<[u8; 24]> {
    let mut pieces = HashSet::new();
    for (_, bytes) in files(folder) {
        for piece in bytes.windows(24).step_by(8) {
            let distinct: HashSet<u8> = piece.iter().copied().collect();
            if distinct.len() >= 20 {
                pieces.insert(piece.try_into().unwrap());
            }
        }
    }
    pieces
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_never_readable_on_disk_and_after_an_erasure_they_are_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let town = town(folder.path()).await;
    let data = folder.path().join("data");
    let picture = town.store.put_media(b"et billede med sporetfritekst".to_vec(), now()).await.unwrap();
    town.answered().await;
    let rows = town.rows().await;
    let [Row::Live(row)] = rows.as_slice() else { panic!("{rows:?}") };
    // What is looked for was truly given: addresses alone are not in the row, they lie apart.
    for (_, marker) in TYPED.iter().filter(|(_, marker)| *marker != "sporetmail") {
        assert!(row.windows(marker.len()).any(|w| w == marker.as_bytes()), "{marker} is not in the row");
    }
    assert_eq!(readable(&data), Vec::<String>::new());
    let of = storage::key_of(town.store.secrets(), &ConversationId::new("telegram", ADDRESS).0);
    let response =
        town.store.responses(&DialogueId(DIALOGUE.to_owned()), Cursor(0), 1).await.unwrap()[0].response;
    // What the tombstones are filed under stays: the response's id, which a puller must be told of, and the conversation's keyed hash.
    let filed = |piece: &[u8]| {
        [*response.as_bytes(), of.0]
            .iter()
            .any(|id| id.windows(6).any(|part| piece.windows(6).any(|p| p == part)))
    };
    let before: HashSet<_> = sealed(&data).into_iter().filter(|piece| !filed(piece)).collect();
    assert!(before.len() > 100, "{} pieces are too few to compare", before.len());

    let receipt = town.store.erase(&of, now()).await.unwrap();
    assert_eq!((receipt.conversations, receipt.responses), (1, 1));
    town.store.compact(When::Needed).await.unwrap().expect("an erasure needs a compaction");
    town.store.collect_media(Timestamp::MAX).await.unwrap();
    assert!(town.store.media(picture).await.unwrap().is_none(), "a file that nobody names is collected");
    town.store.close().await.unwrap();
    assert_eq!(readable(&data), Vec::<String>::new());
    let left: Vec<_> = files(&data)
        .into_iter()
        .filter(|(_, bytes)| bytes.windows(24).any(|w| before.contains(w)))
        .map(|(path, _)| path)
        // Keys wrapped by the master key, which outlive an erasure.
        .filter(|path| path.file_name().is_none_or(|n| n != "CURRENT"))
        .collect();
    assert!(left.is_empty(), "sealed bytes from before the erasure are still in {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_time_goes_and_leaves_a_tombstone() {
    let folder = tempfile::tempdir().unwrap();
    let town = town(folder.path()).await;
    town.answered().await;
    let after = |span: Span| now().to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).unwrap().timestamp();
    let early = after(Span::new().months(12).hours(-3));
    assert_eq!(town.library.erase_expired(early).await.unwrap(), [], "twelve months are not over");
    let late = after(Span::new().months(12).hours(3));
    let expired = town.library.expired(late).await.unwrap();
    let count: Vec<_> = expired.iter().map(|e| (e.dialogue.0.as_str(), e.responses.len())).collect();
    assert_eq!(count, [(DIALOGUE, 1)]);
    assert!(matches!(town.rows().await.as_slice(), [Row::Live(_)]), "to look is not to erase");
    assert_eq!(town.library.erase_expired(late).await.unwrap(), expired);
    let rows = town.rows().await;
    assert!(matches!(rows.as_slice(), [Row::Erased { reason: Reason::Retention, .. }]), "{rows:?}");
    assert_eq!(town.library.erase_expired(late).await.unwrap(), [], "it goes once");
}
