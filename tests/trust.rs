//! What citizens are promised of time: nothing is kept past it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::Span;
use storage::{MasterKey, Reason, Row};
use support::desk::{Desk, desk, now};

const DIALOGUE: &str = "nordby/spor";
const STEPS: &str = "steps:
  - {ask: Hvad siger du?, id: fri, type: text}
";

async fn rows(desk: &Desk) -> Vec<Row> {
    desk.rows().await.into_iter().map(|r| r.row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_time_goes_and_leaves_a_tombstone() {
    let folder = tempfile::tempdir().unwrap();
    let key = MasterKey::from_text(support::service::KEY).unwrap();
    let store = storage::open(&format!("sled:{}", folder.path().join("data").display()), &key).await.unwrap();
    let desk = desk(store, "spor", false, STEPS).await;
    desk.begin(7).await;
    desk.say(7, &["Et ord"]).await;
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
