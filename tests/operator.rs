//! The operator's commands on the real binary, with the service running and without.
#![allow(clippy::unwrap_used, reason = "the helpers of a test fail it")]

mod support;

use jiff::Timestamp;
use serde_json::Value as Json;
use snak::engine::{
    self, Answered, Audience, Contribution, Ended, Outcome, Response, Review, Reviewed, Status, Value,
};
use snak::library::Library;
use snak::script::{Language, ScriptId};
use std::fs;
use std::sync::Arc;
use storage::{
    Body, Changes, ConversationKey, Cursor, DialogueId, Document, Kind, MasterKey, ResponseChange, Row,
    Store, UpdateId, Version,
};
use support::service::{KEY, Place, get};

const DIALOGUE: &str = "nordby-bibliotek/aabningstider";

/// The place's store while no service runs, with the dialogues published.
async fn open(place: &Place) -> Arc<dyn Store> {
    let url = format!("sled:{}", place.data().join("store").display());
    fs::create_dir_all(place.data()).unwrap();
    let store = storage::open(&url, &MasterKey::from_text(KEY).unwrap()).await.unwrap();
    let library = Library::open(&place.dialogues, store.clone()).await.unwrap();
    library.read(Timestamp::now()).await.unwrap();
    store
}

/// The citizen `n` has answered.
async fn answer(store: &dyn Store, n: u8, code: &str) {
    answer_in(store, ConversationKey([n; 16]), n, code).await;
}

async fn answer_in(store: &dyn Store, conversation: ConversationKey, n: u8, code: &str) {
    keep(store, conversation, n, answered(n, code)).await;
}

fn answered(n: u8, code: &str) -> Response {
    let now = Timestamp::now();
    Response {
        id: uuid::Uuid::from_u128(n.into()),
        dialogue: ScriptId(DIALOGUE.to_owned()),
        citizen: format!("citizen-{n}"),
        revision: 1,
        channel: "web".to_owned(),
        language: Language::DANISH,
        place: None,
        audience: Audience::Unknown,
        status: Status::Complete,
        ended: Ended::End,
        started_at: now,
        finished_at: now,
        changed_at: now,
        answers: vec![Answered {
            question: "bruger".to_owned(),
            outcome: Outcome::Given { value: Value::Code(code.to_owned()), other: None },
            at: now,
        }],
        withdrawn: Vec::new(),
    }
}

async fn keep(store: &dyn Store, conversation: ConversationKey, n: u8, response: Response) {
    let now = Timestamp::now();
    let changes = Changes {
        conversation,
        update: UpdateId(format!("web:{n}")),
        at: now,
        expected: Version(0),
        body: Body::Put(Vec::new()),
        address: Some(format!("web:{n}")),
        responses: vec![ResponseChange {
            dialogue: DialogueId(DIALOGUE.to_owned()),
            response: response.id,
            row: engine::encode(&response).unwrap(),
            linked: true,
            media: Vec::new(),
        }],
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    };
    store.commit(changes).await.unwrap();
}

/// Ids and whether erased, line by line.
fn lines(place: &Place, folder: &str) -> Vec<(u128, bool)> {
    let text = fs::read_to_string(place.folder.path().join(folder).join("responses.ndjson")).unwrap();
    let line = |l: &str| {
        let row: Json = serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"));
        let id: uuid::Uuid = row["response"].as_str().unwrap().parse().unwrap();
        (id.as_u128(), row["deleted_at"].is_string())
    };
    text.lines().map(line).collect()
}

#[tokio::test]
async fn export_and_tokens_are_the_same_with_the_service_and_without() {
    let place = Place::default();
    let store = open(&place).await;
    answer(&*store, 1, "aldrig").await;
    answer(&*store, 2, "jævnligt").await;
    store.close().await.unwrap();
    drop(store);
    let token = place.output(&["token", "create", "--institution", "nordby-bibliotek", "--name", "før"]);
    assert!(token.starts_with("snak_") && token.lines().count() == 1, "{token}");
    let stopped = place.output(&["export", DIALOGUE]);
    assert_eq!(stopped.lines().count(), 3);

    let service = place.serve();
    assert_eq!(place.output(&["export", DIALOGUE]), stopped);
    let address = service.link(&format!("/v1/dialogues/{DIALOGUE}/responses.csv"));
    let (status, body) = get(&address, &token).await;
    assert_eq!((status, body.trim_end()), (200, stopped.as_str()));
    let listed = place.output(&["token", "list"]);
    assert!(listed.contains("\nnordby-bibliotek\tfør\tall\t") && !listed.contains(&token), "{listed}");
    place.output(&["token", "revoke", "--institution", "nordby-bibliotek", "--name", "før"]);
    assert_eq!(get(&address, &token).await.0, 401);
    // A service that was killed leaves its address behind.
    service.kill();
    assert_eq!(place.output(&["export", DIALOGUE]), stopped);
    let unknown = place.snak(&["export", "nordby-bibliotek/findes-ikke"]).output().unwrap();
    assert_eq!((unknown.status.code(), unknown.stdout.len()), (Some(2), 0));
}

#[tokio::test]
async fn a_folder_goes_on_where_it_was_and_never_holds_a_row_twice() {
    let mut place = Place::default();
    let yaml = fs::read_to_string(place.dialogues.join(format!("{DIALOGUE}.yaml"))).unwrap();
    let scripts = tempfile::tempdir().unwrap();
    let script = scripts.path().join(format!("{DIALOGUE}.yaml"));
    fs::create_dir(script.parent().unwrap()).unwrap();
    fs::write(&script, &yaml).unwrap();
    place.dialogues = scripts.path().to_owned();
    let store = open(&place).await;
    answer(&*store, 1, "aldrig").await;
    answer(&*store, 2, "aldrig").await;
    store.close().await.unwrap();
    drop(store);
    let run = || place.output(&["export", DIALOGUE, "--into", "svar"]);
    let table = || place.output(&["export", DIALOGUE, "--into", "tabel", "--format", "csv"]);
    assert_eq!((run(), table()), (String::new(), String::new()), "what is kept is in the folder alone");
    assert_eq!(lines(&place, "svar"), [(1, false), (2, false)]);
    run();
    assert_eq!(lines(&place, "svar").len(), 2, "nothing new, nothing added");

    let store = open(&place).await;
    store.erase(&ConversationKey([1; 16]), Timestamp::now()).await.unwrap();
    answer(&*store, 3, "aldrig").await;
    store.close().await.unwrap();
    drop(store);
    // A run that was cut off after writing, before its cursor.
    let file = place.folder.path().join("svar/responses.ndjson");
    let before = fs::read_to_string(&file).unwrap();
    fs::write(&file, before + "{\"response\":\"0000").unwrap();
    run();
    assert_eq!(lines(&place, "svar"), [(2, false), (3, false)], "what was erased is gone here too");
    table();
    let csv = fs::read_to_string(place.folder.path().join("tabel/responses.csv")).unwrap();
    assert_eq!(csv.lines().count(), 3, "one header and the same two rows: {csv}");
    let mixed = place.snak(&["export", DIALOGUE, "--into", "svar", "--format", "csv"]).output().unwrap();
    assert_eq!(mixed.status.code(), Some(2));

    // A new column: the table is written anew, with one header.
    fs::write(&script, yaml.replace("    id: fri\n", "    id: frit\n")).unwrap();
    let store = open(&place).await;
    answer(&*store, 4, "aldrig").await;
    store.close().await.unwrap();
    drop(store);
    table();
    let csv = fs::read_to_string(place.folder.path().join("tabel/responses.csv")).unwrap();
    assert!(csv.lines().next().unwrap().ends_with(",fri,frit"), "{csv}");
    assert_eq!(csv.matches("response,citizen").count(), 1);
    assert_eq!(csv.lines().count(), 4, "a header and three answers: {csv}");
}

#[tokio::test]
async fn what_citizens_contribute_is_reviewed_with_the_service_and_without() {
    const SCENE: &str = "kulturhuset-havnen/aaben-scene";
    let place = Place::default();
    let store = open(&place).await;
    let document = |n: u128, words: &str| {
        let contribution = Contribution {
            is_idea: true,
            of: "idé".to_owned(),
            question: "idéer.1.idé".to_owned(),
            revision: 1,
            words: words.to_owned(),
            language: Language::DANISH,
            day: "2026-11-23".parse().unwrap(),
        };
        let body = engine::encode(&Reviewed { contribution, review: Review::Held, detached: false }).unwrap();
        let id = format!("{SCENE}/{}", uuid::Uuid::from_u128(n));
        Document { kind: Kind::Idea, id, body: Some(body) }
    };
    let (first, second) = (document(1, "Fællessang\nfor alle"), document(2, "Brætspil"));
    store.keep(vec![first.clone(), second.clone()]).await.unwrap();
    store.close().await.unwrap();
    drop(store);

    let listed = place.output(&["review", "list", SCENE]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert_eq!(lines[0], format!("{}\theld\tidea\tidé\t2026-11-23\t0\t0\tFællessang\\nfor alle", first.id));
    place.output(&["review", "approve", &first.id]);
    let service = place.serve();
    assert!(
        place.output(&["review", "list", SCENE]).starts_with(&second.id),
        "what was read no longer waits"
    );
    place.output(&["review", "reject", &second.id]);
    assert_eq!(place.output(&["review", "list", SCENE]), "");
    let all = place.output(&["review", "list", SCENE, "--all"]);
    let told: Vec<&str> = all.lines().map(|l| l.split('\t').nth(1).unwrap()).collect();
    assert_eq!(told, ["approved", "rejected"]);
    service.kill();
    for words in [["review", "approve", "nordby/x/1"], ["review", "list", "nordby/findes-ikke"]] {
        assert_eq!(place.snak(&words).output().unwrap().status.code(), Some(2), "{words:?}");
    }
}

#[tokio::test]
async fn who_asks_by_letter_is_forgotten_with_the_service_and_without() {
    let place = Place::default();
    let store = open(&place).await;
    for n in [1, 2] {
        answer(&*store, n, "aldrig").await;
    }
    let of = storage::key_of(store.secrets(), "telegram:12345");
    answer_in(&*store, of, 3, "aldrig").await;
    store.close().await.unwrap();
    drop(store);

    let id = |n: u128| uuid::Uuid::from_u128(n).to_string();
    let number = place.output(&["erase", "--response", &id(1)]);
    let told = place.output(&["erase", "--receipt", &number]);
    assert!(told.ends_with("\t1"), "{number}: {told}");
    let service = place.serve();
    assert_eq!(place.output(&["erase", "--receipt", &number.to_lowercase()]), told);
    let other = place.output(&["erase", "--conversation", "telegram:12345", "--response", &id(2)]);
    assert!(place.output(&["erase", "--receipt", &other]).ends_with("\t2"));
    let again = place.snak(&["erase", "--conversation", "telegram:12345"]).output().unwrap();
    assert_eq!(again.status.code(), Some(1), "there is nothing left to erase");
    service.kill();
    for words in
        [&["erase"][..], &["erase", "--receipt", "00000-00000"], &["erase", "--conversation", "12345"]]
    {
        assert_eq!(place.snak(words).output().unwrap().status.code(), Some(2), "{words:?}");
    }

    let store = open(&place).await;
    let rows = store.responses(&DialogueId(DIALOGUE.to_owned()), Cursor(0), 10).await.unwrap();
    assert!(rows.iter().all(|r| matches!(r.row, Row::Erased { .. })), "{rows:?}");
    assert_eq!((rows.len(), store.conversation(&of).await.unwrap()), (3, None));
}

#[tokio::test]
async fn the_account_of_a_year_tells_whom_a_dialogue_reached_and_what_is_overdue_until_it_is_given_back() {
    let mut place = Place::default();
    let yaml = fs::read_to_string(place.dialogues.join(format!("{DIALOGUE}.yaml"))).unwrap();
    let scripts = tempfile::tempdir().unwrap();
    let script = scripts.path().join(format!("{DIALOGUE}.yaml"));
    fs::create_dir(script.parent().unwrap()).unwrap();
    fs::write(&script, yaml.replace("by: 2028-05-01", "by: 2026-03-03")).unwrap();
    place.dialogues = scripts.path().to_owned();
    let store = open(&place).await;
    for n in 1..=12 {
        answer(&*store, n, "aldrig").await;
    }
    store.close().await.unwrap();
    drop(store);
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap();
    let year = Timestamp::now().to_zoned(zone).year().to_string();
    let account = || place.output(&["account", "--year", &year]);
    let before = account();
    for words in [
        "Hvornår skal biblioteket have åbent?",
        "Formål",
        "Målgruppe",
        "Forventet effekt",
        "12 svar",
        "FORFALDEN",
    ] {
        assert!(before.contains(words), "{words}: {before}");
    }
    let csv = place.output(&["account", "--year", &year, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let cells: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((cells.len(), &cells[0][0], &cells[0][7], &cells[0][12]), (1, DIALOGUE, "12", "ja"));
    assert!(place.output(&["account", "--year", "2019"]).contains(": 0 dialoger"));

    let given =
        ["account", "--given-back", DIALOGUE, "--what", "Åbent til kl. 20 fra august", "--on", "2026-06-01"];
    place.output(&given);
    let after = account();
    assert!(after.contains("2026-06-01: Åbent til kl. 20 fra august"), "{after}");
    assert!(!after.contains("FORFALDEN"), "{after}");
    let unknown =
        place.snak(&["account", "--given-back", "nordby/findes-ikke", "--what", "x"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    let report = place.output(&["report", DIALOGUE]);
    assert!(report.contains("10 svar talt med"), "in steps of five: {report}");
    assert!(report.contains("Aldrig") && report.contains("██████████"), "{report}");
}

#[test]
fn the_papers_say_what_the_dialogue_says_and_mark_what_only_people_know() {
    let place = Place::default();
    for dialogue in [DIALOGUE, "kulturhuset-havnen/aaben-scene", "nordby-idraet/tom-hal"] {
        place.output(&["papers", dialogue, "--into", "papirer"]);
        let read = |name: &str| fs::read_to_string(place.folder.path().join("papirer").join(name)).unwrap();
        let (record, draft, notice) =
            (read("fortegnelse.md"), read("konsekvensanalyse.md"), read("privatliv.html"));
        assert!(
            record.contains("artikel 6, stk. 1, litra") && record.contains("| Slettefrist | "),
            "{record}"
        );
        assert!(draft.contains("## 5. Konklusion") && draft.contains("[udfyldes"), "{draft}");
        assert!(
            notice.contains("<section lang=\"da\" dir=\"ltr\">") && !notice.contains("<script"),
            "{notice}"
        );
    }
    place.output(&["papers", DIALOGUE, "--into", "papirer"]);
    let record = fs::read_to_string(place.folder.path().join("papirer/fortegnelse.md")).unwrap();
    assert!(record.contains("Borgere over 15 år") && record.contains("12 måneder efter svaret"), "{record}");
    assert!(record.contains("| fri tekst | CPR-numre fjernes |"), "{record}");
}

#[tokio::test]
async fn who_published_reviewed_and_gave_back_is_in_the_log_and_nothing_in_it_can_be_changed() {
    const SCENE: &str = "kulturhuset-havnen/aaben-scene";
    let place = Place::default();
    let store = open(&place).await;
    let idea = format!("{SCENE}/{}", uuid::Uuid::from_u128(7));
    let contribution = Contribution {
        is_idea: true,
        of: "idé".to_owned(),
        question: "idéer.1.idé".to_owned(),
        revision: 1,
        words: "Hemmelig fællessang".to_owned(),
        language: Language::DANISH,
        day: "2026-11-23".parse().unwrap(),
    };
    let body = engine::encode(&Reviewed { contribution, review: Review::Held, detached: false }).unwrap();
    store.keep(vec![Document { kind: Kind::Idea, id: idea.clone(), body: Some(body) }]).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    place.output(&["review", "approve", &idea]);
    let service = place.serve();
    place.output(&["account", "--given-back", SCENE, "--what", "Hemmelig fest", "--on", "2026-06-01"]);
    place.output(&["key", "rotate"]);
    let log = place.output(&["token", "log"]);
    let lines: Vec<Vec<&str>> = log.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let told = |who: &str, of: &str, what: &str| {
        let fits = |line: &&Vec<&str>| line[1..4] == [who, of, what] && line[0].ends_with('Z');
        assert_eq!(lines.iter().filter(fits).count(), 1, "{who} {what} of {of:?}\n{log}");
    };
    told("dialogues folder", SCENE, "publish revision 1");
    told("dialogues folder", DIALOGUE, "publish revision 1");
    told("operator", SCENE, &format!("review approved idea {}", uuid::Uuid::from_u128(7)));
    told("operator", SCENE, "give back 2026-06-01");
    told("operator", "", "key rotate");
    assert!(!log.contains("Hemmelig"), "what was said is not in it: {log}");
    let own = place.output(&["token", "log", "--institution", "kulturhuset-havnen"]);
    assert!(own.contains("give back") && !own.contains("nordby") && !own.contains("key rotate"), "{own}");

    let operator = MasterKey::from_text(KEY).unwrap().operator();
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let url = service.link("/v1/operator/access");
        let request = reqwest::Client::new().request(method.parse().unwrap(), url).bearer_auth(&operator);
        assert_eq!(request.body("[]").send().await.unwrap().status().as_u16(), 405, "{method}");
    }
    assert_eq!(place.output(&["token", "log"]), log, "to ask for it adds nothing and takes nothing away");
}

#[tokio::test]
async fn words_past_their_time_are_counted_then_taken_out_and_the_puller_gets_the_row_without_them() {
    let mut place = Place::default();
    let yaml = fs::read_to_string(place.dialogues.join(format!("{DIALOGUE}.yaml"))).unwrap();
    place.dialogues = place.folder.path().join("dialogues");
    let script = place.dialogues.join(format!("{DIALOGUE}.yaml"));
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(script, yaml.replace("  keep: 12 months\n", "  keep: 12 months\n  keep_text: 90 days\n"))
        .unwrap();
    let store = open(&place).await;
    let mut old = answered(1, "aldrig");
    old.finished_at = old.finished_at.checked_sub(jiff::SignedDuration::from_hours(100 * 24)).unwrap();
    let words = Outcome::Given { value: Value::Text("Hemmelige ord".to_owned()), other: None };
    old.answers.push(Answered { question: "fri".to_owned(), outcome: words, at: old.finished_at });
    keep(&*store, ConversationKey([1; 16]), 1, old).await;
    answer(&*store, 2, "aldrig").await;
    store.close().await.unwrap();
    drop(store);

    let all = || place.output(&["export", DIALOGUE, "--format", "ndjson"]);
    let line = format!("{DIALOGUE}\t0\t1");
    assert_eq!(place.output(&["retention", "--dry-run"]), line);
    assert!(all().contains("Hemmelige ord"), "to count is not to erase");
    let service = place.serve();
    assert_eq!(place.output(&["retention"]), line);
    assert_eq!(place.output(&["retention"]), "", "it goes once");
    let rows: Vec<Json> = all().lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    let row = rows.iter().find(|row| row["response"].as_str().unwrap().ends_with("001")).unwrap();
    assert_eq!(
        (&row["answers"], &row["states"]["fri"]),
        (&serde_json::json!({"bruger": "aldrig"}), &"withdrawn".into())
    );
    assert_eq!(rows[1]["response"], row["response"], "it comes last, as what has changed does");
    assert!(service.stop().success());
}

#[tokio::test]
async fn the_report_in_the_terminal_has_each_question_by_place_when_asked() {
    let place = Place::default();
    let store = open(&place).await;
    for n in 1..=30_u8 {
        let code = if n <= 12 { "aldrig" } else { "jævnligt" };
        let at = if n.is_multiple_of(2) { "station" } else { "torvet" };
        let response = Response { place: Some(at.to_owned()), ..answered(n, code) };
        keep(&*store, ConversationKey([n; 16]), n, response).await;
    }
    store.close().await.unwrap();
    drop(store);
    let report = place.output(&["report", DIALOGUE, "--by", "place"]);
    let lines: Vec<Vec<&str>> = report.lines().map(|line| line.split_whitespace().collect()).collect();
    let places =
        lines.iter().position(|line| line[..] == ["station", "torvet"]).unwrap_or_else(|| panic!("{report}"));
    assert_eq!(lines[places + 1], ["Aldrig", "6", "6"], "{report}");
    assert_eq!(lines[places + 3][..], ["Oftere", "end", "det", "9", "9"], "{report}");
    let plain = place.output(&["report", DIALOGUE]);
    assert!(!plain.contains(" station  torvet") && plain.lines().count() < report.lines().count(), "{plain}");
    let unknown = place.snak(&["report", DIALOGUE, "--by", "alder"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}
