//! What citizens are promised: nothing readable on the disk, nothing left after an erasure, nothing kept past its time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::{Span, Timestamp};
use std::collections::HashSet;
use std::path::Path;
use storage::{MasterKey, Reason, Row, When};
use support::desk::{Desk, desk, now};
use support::service::files;

const DIALOGUE: &str = "nordby/spor";
const STEPS: &str = "steps:
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

async fn spor(folder: &Path) -> Desk {
    let key = MasterKey::from_text(support::service::KEY).unwrap();
    let store = storage::open(&format!("sled:{}", folder.join("data").display()), &key).await.unwrap();
    desk(store, "spor", false, STEPS).await
}

async fn answered(desk: &Desk) {
    desk.begin(ADDRESS).await;
    desk.say(ADDRESS, &TYPED.map(|(typed, _)| typed)).await;
    desk.say(ADDRESS, &[PHONE]).await;
}

async fn rows(desk: &Desk) -> Vec<Row> {
    desk.rows().await.into_iter().map(|r| r.row).collect()
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
    let desk = spor(folder.path()).await;
    let data = folder.path().join("data");
    let picture = desk.store.put_media(b"et billede med sporetfritekst".to_vec(), now()).await.unwrap();
    answered(&desk).await;
    let rows = rows(&desk).await;
    let [Row::Live(row)] = rows.as_slice() else { panic!("{rows:?}") };
    // What is looked for was truly given: addresses alone are not in the row, they lie apart.
    for (_, marker) in TYPED.iter().filter(|(_, marker)| *marker != "sporetmail") {
        assert!(row.windows(marker.len()).any(|w| w == marker.as_bytes()), "{marker} is not in the row");
    }
    assert_eq!(readable(&data), Vec::<String>::new());
    let of = desk.key(ADDRESS);
    let response = desk.rows().await[0].response;
    // What the tombstones are filed under stays: the response's id, which a puller must be told of, and the conversation's keyed hash.
    let filed = |piece: &[u8]| {
        [*response.as_bytes(), of.0]
            .iter()
            .any(|id| id.windows(6).any(|part| piece.windows(6).any(|p| p == part)))
    };
    let before: HashSet<_> = sealed(&data).into_iter().filter(|piece| !filed(piece)).collect();
    assert!(before.len() > 100, "{} pieces are too few to compare", before.len());

    let receipt = desk.store.erase(&of, now()).await.unwrap();
    assert_eq!((receipt.conversations, receipt.responses), (1, 1));
    desk.store.compact(When::Needed).await.unwrap().expect("an erasure needs a compaction");
    desk.store.collect_media(Timestamp::MAX).await.unwrap();
    assert!(desk.store.media(picture).await.unwrap().is_none(), "a file that nobody names is collected");
    desk.store.close().await.unwrap();
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
    let desk = spor(folder.path()).await;
    answered(&desk).await;
    let after = |span: Span| now().to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).unwrap().timestamp();
    let early = after(Span::new().months(12).hours(-3));
    assert_eq!(desk.library.erase_expired(early).await.unwrap(), [], "twelve months are not over");
    let late = after(Span::new().months(12).hours(3));
    let expired = desk.library.expired(late).await.unwrap();
    let count: Vec<_> = expired.iter().map(|e| (e.dialogue.0.as_str(), e.responses.len())).collect();
    assert_eq!(count, [(DIALOGUE, 1)]);
    assert!(matches!(rows(&desk).await.as_slice(), [Row::Live(_)]), "to look is not to erase");
    assert_eq!(desk.library.erase_expired(late).await.unwrap(), expired);
    let rows = rows(&desk).await;
    assert!(matches!(rows.as_slice(), [Row::Erased { reason: Reason::Retention, .. }]), "{rows:?}");
    assert_eq!(desk.library.erase_expired(late).await.unwrap(), [], "it goes once");
}
