//! What citizens are promised of time: nothing is kept past it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::{Span, Timestamp};
use snak::dispatch::Conversation;
use snak::engine::{self, Answered, Audience, Ended, Kept, Outcome, Response, Status, Value};
use snak::script::{Language, MediaKind, ScriptId};
use storage::{
    Body, Changes, DialogueId, MasterKey, MediaId, Reason, ResponseChange, Row, UpdateId, Version,
};
use support::desk::{Desk, desk, desk_of, now};
use support::header::header;

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

const SOONER: &str = "steps:
  - {ask: Hvad siger du?, id: fri, type: text}
  - ask: Hvorfor?
    id: hvorfor
    options: {tid: Ingen tid, andet: {da: Noget andet, other: true}}
  - {ask: Et billede?, id: billede, type: photo}
  - {ask: Hvor mange?, id: antal, type: number}
";

fn later(span: Span) -> Timestamp {
    now().to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).unwrap().timestamp()
}

/// Somebody's answers as they were kept when they ended.
async fn answered(desk: &Desk, picture: MediaId) -> Response {
    let given = |question: &str, value, other: Option<&str>| Answered {
        question: question.to_owned(),
        outcome: Outcome::Given { value, other: other.map(str::to_owned) },
        at: now(),
    };
    let kept = Kept { id: picture.0, kind: MediaKind::Photo, bytes: 4, note: Some("hemmelig".to_owned()) };
    let response = Response {
        id: uuid::Uuid::from_u128(7),
        dialogue: ScriptId(DIALOGUE.to_owned()),
        citizen: "k".to_owned(),
        revision: 1,
        channel: "telegram".to_owned(),
        language: Language::DANISH,
        place: None,
        audience: Audience::Unknown,
        status: Status::Complete,
        ended: Ended::End,
        started_at: now(),
        finished_at: now(),
        changed_at: now(),
        answers: vec![
            given("fri", Value::Text("Et hemmeligt ord".to_owned()), None),
            given("hvorfor", Value::Code("andet".to_owned()), Some("hemmelige trapper")),
            given("billede", Value::Media(vec![kept]), None),
            given("antal", Value::Number(3.into()), None),
        ],
        withdrawn: Vec::new(),
    };
    let change = ResponseChange {
        dialogue: DialogueId(DIALOGUE.to_owned()),
        response: response.id,
        row: engine::encode(&response).unwrap(),
        linked: true,
        media: vec![picture],
    };
    let changes = Changes {
        conversation: desk.key(7),
        update: UpdateId("telegram:1".to_owned()),
        at: now(),
        expected: Version(0),
        body: Body::Put(engine::encode(&Conversation::default()).unwrap()),
        address: Some("telegram:7".to_owned()),
        responses: vec![change],
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    };
    desk.store.commit(changes).await.unwrap();
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_files_go_before_the_rest_and_the_row_comes_again_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let key = MasterKey::from_text(support::service::KEY).unwrap();
    let store = storage::open(&format!("sled:{}", folder.path().join("data").display()), &key).await.unwrap();
    let sooner = header("spor", false)
        .replace("keep: 12 months", "keep: 12 months, keep_text: 3 months, keep_media: 30 days");
    let desk = desk_of(store, "spor", sooner + SOONER).await;
    let picture = desk.store.put_media(b"foto".to_vec(), now()).await.unwrap();
    let before = answered(&desk, picture).await;
    let row = async || -> (u64, Response) {
        let rows = desk.rows().await;
        let [only] = rows.as_slice() else { panic!("{rows:?}") };
        let Row::Live(body) = &only.row else { panic!("{rows:?}") };
        (only.cursor.0, engine::decode(body).unwrap())
    };
    let trims = |expired: Vec<snak::library::Expired>| -> Vec<(usize, usize)> {
        expired.iter().map(|e| (e.responses.len(), e.trimmed.len())).collect()
    };
    assert_eq!(trims(desk.library.erase_expired(later(Span::new().days(29))).await.unwrap()), []);

    let month = later(Span::new().days(31));
    assert_eq!(trims(desk.library.expired(month).await.unwrap()), [(0, 1)]);
    assert_eq!(row().await, (1, before.clone()), "to look is not to erase");
    assert_eq!(trims(desk.library.erase_expired(month).await.unwrap()), [(0, 1)]);
    let (cursor, after) = row().await;
    assert_eq!((cursor, after.changed_at), (2, month), "it comes again");
    assert_eq!(
        (after.withdrawn.as_slice(), &after.answers[..2]),
        (["billede".to_owned()].as_slice(), &before.answers[..2])
    );
    assert_eq!(after.answers[2].outcome, Outcome::Skipped);
    assert_eq!(desk.store.media(picture).await.unwrap(), None, "the file is gone");
    assert_eq!(trims(desk.library.erase_expired(month).await.unwrap()), [], "it goes once");

    let spring = later(Span::new().months(3).hours(3));
    assert_eq!(trims(desk.library.erase_expired(spring).await.unwrap()), [(0, 1)]);
    let (cursor, bare) = row().await;
    assert_eq!((cursor, bare.withdrawn), (3, vec!["billede".to_owned(), "fri".to_owned()]));
    let option = Outcome::Given { value: Value::Code("andet".to_owned()), other: None };
    assert_eq!(
        (&bare.answers[1].outcome, &bare.answers[3]),
        (&option, &before.answers[3]),
        "what was chosen stays"
    );
    assert!(!format!("{:?}", bare.answers).contains("hemmelig"));

    desk.say(7, &["/minedata"]).await;
    let said = desk.said(7).await;
    let told: String = said.iter().flat_map(|m| &m.text.0).map(|run| run.0.as_str()).collect();
    assert!(told.contains("Hvor mange?") && told.contains("Noget andet"), "{told}");
    assert!(
        !told.contains("Hvad siger du?") && !told.contains("Et billede?"),
        "what is gone is not told as skipped: {told}"
    );

    // Whoever answered can still have it erased, and in the end it goes as a whole.
    let linked = desk.store.linked(&desk.key(7)).await.unwrap();
    assert_eq!(linked.len(), 1);
    let year = later(Span::new().months(12).hours(3));
    assert_eq!(trims(desk.library.erase_expired(year).await.unwrap()), [(1, 0)]);
    assert!(matches!(rows(&desk).await.as_slice(), [Row::Erased { reason: Reason::Retention, .. }]));
}
