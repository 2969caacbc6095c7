//! The pull over real HTTP: each test is a promise to whoever pulls.
#![allow(clippy::unwrap_used, reason = "the helpers of a test fail it")]

mod examples;
mod folder;
mod forms;
mod guard;
mod hostile;
mod metrics;
mod openapi;
mod report;
mod site;
mod slow;
#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value as Json, json};
use site::*;
use snak::engine::{self, Audience, Response, Status, Value, Vote, VoteRow};
use storage::{DialogueId, Kind, ResponseChange};

fn never(digit: u128) -> Response {
    response(
        digit,
        vec![
            given("bruger", code("aldrig"), None),
            given("hvorfor_ikke", codes(&["tid", "andet"]), Some("Der er for mange trapper")),
            given("selvbetjent", code("ja"), None),
            skipped("fri"),
        ],
    )
}

fn rows(got: &Got, separator: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(got.body.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The named cells of a row.
fn cells<'r>(rows: &'r [Vec<String>], row: usize, names: &[&str]) -> Vec<&'r str> {
    let place = |name: &str| {
        rows[0].iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}: {:?}", rows[0]))
    };
    names.iter().map(|name| rows[row][place(name)].as_str()).collect()
}

#[tokio::test]
async fn every_row_says_where_it_is_from_and_tells_no_answer_from_not_asked() {
    let site = service().await;
    let mut second = never(2);
    second.answers =
        vec![given("bruger", code("jævnligt"), None), given("tidspunkt", codes(&["aften"]), None)];
    second.withdrawn = vec!["tidspunkt".to_owned()];
    second.place = None;
    second.audience = Audience::User;
    site.put(1, 0, &never(1)).await;
    site.put(2, 0, &second).await;
    let got = site.pull("responses.ndjson").await;
    assert_eq!(got.header("content-type"), "application/x-ndjson");
    let cursor = |n| site.cursors(0).text(n);
    let first = format!(
        r#"{{"response":"0192f1c4-0000-7000-8000-000000000001","citizen":"citizen-1","revision":1,"channel":"telegram","language":"da","place":"station","audience":"not_yet_user","status":"complete","ended":"end","started_at":"2026-11-23T08:15:04Z","finished_at":"2026-11-23T08:17:40Z","changed_at":"2026-11-23T08:17:40Z","answers":{{"bruger":"aldrig","hvorfor_ikke":["tid","andet"],"hvorfor_ikke_other":"Der er for mange trapper","selvbetjent":"ja","fri":null}},"states":{{"tidspunkt":"not_asked","fri":"skipped"}},"cursor":"{}"}}"#,
        cursor(1)
    );
    assert_eq!(got.body.lines().next().unwrap(), first);
    let second = &got.lines()[1];
    assert_eq!(second["place"], Json::Null);
    assert_eq!(second["answers"], json!({"bruger": "jævnligt"}), "what was withdrawn is left out");
    assert_eq!(
        second["states"],
        json!({"hvorfor_ikke": "not_asked", "tidspunkt": "withdrawn", "selvbetjent": "not_asked", "fri": "not_asked"})
    );
    let with = site.pull("responses.ndjson?include=withdrawn").await.lines();
    assert_eq!(with[1]["answers"], json!({"bruger": "jævnligt", "tidspunkt": ["aften"]}));
    for (tests, same) in [("test", ""), ("test,withdrawn", "?include=withdrawn")] {
        let tests = site.pull(&format!("responses.ndjson?include={tests}")).await.body;
        assert_eq!(
            tests,
            site.pull(&format!("responses.ndjson{same}")).await.body,
            "no answer is a test yet"
        );
    }
    let refused = site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.csv?include=drafts")).await;
    assert_eq!((refused.status, &refused.json()["allowed"]), (400, &json!(["withdrawn", "test"])));

    let got = site.pull("responses.csv?states=1").await;
    assert_eq!(got.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(
        got.header("content-disposition")
            .starts_with("attachment; filename=\"nordby-bibliotek-aabningstider-20")
    );
    assert_eq!(got.header("cache-control"), "private, no-store");
    let table = rows(&got, b',');
    let fixed = "response citizen revision channel language place audience status ended started_at finished_at changed_at deleted_at deleted_reason";
    assert_eq!(table[0][..14].join(" "), fixed);
    assert_eq!(
        table[0][14..].join(" "),
        "bruger bruger_state hvorfor_ikke hvorfor_ikke_state hvorfor_ikke.tid hvorfor_ikke.langt hvorfor_ikke.behov \
         hvorfor_ikke.andet hvorfor_ikke_other tidspunkt tidspunkt_state tidspunkt.morgen tidspunkt.dag tidspunkt.aften \
         tidspunkt.weekend selvbetjent selvbetjent_state fri fri_state"
    );
    let of = |row, names: &[&str]| cells(&table, row, names).join("|");
    assert_eq!(
        of(1, &["hvorfor_ikke", "hvorfor_ikke.tid", "hvorfor_ikke.langt", "hvorfor_ikke_other"]),
        "tid andet|1|0|Der er for mange trapper"
    );
    assert_eq!(of(1, &["fri", "fri_state", "tidspunkt.dag", "tidspunkt_state"]), "|skipped||not_asked");
    assert_eq!(of(2, &["place", "tidspunkt", "tidspunkt.aften", "tidspunkt_state"]), "|||withdrawn");

    let long =
        rows(&site.pull("responses.csv?shape=long&columns=response,bruger,hvorfor_ikke,fri").await, b',');
    let lines: Vec<String> = long[1..4].iter().map(|r| r[1..].join("|")).collect();
    assert_eq!(long[0].join(" "), "response question value other state");
    assert_eq!(lines, ["bruger|aldrig||answered", "hvorfor_ikke|tid andet||answered", "fri|||skipped"]);
}

#[tokio::test]
async fn a_new_revision_moves_no_column_and_a_row_keeps_its_own_revisions_questions() {
    let site = service().await;
    site.put(1, 0, &never(1)).await;
    let before = rows(&site.pull("responses.csv").await, b',');
    let newer = sample()
        .replace(
            "      tid:\n",
            "      pris:\n        da: Det er for dyrt\n        en: It is too expensive\n      tid:\n",
        )
        .replace("    id: fri\n", "    id: frit\n    was: [fri]\n")
        .replace("    id: selvbetjent\n    type: yesno\n", "    id: selvbetjent\n    type: text\n")
        .replace("      behov:\n", "      intet:\n        was: [behov]\n");
    site.publish(&newer).await;
    let mut second = never(2);
    second.revision = 2;
    second.answers = vec![
        given("hvorfor_ikke", codes(&["pris", "intet"]), None),
        given("selvbetjent", text("måske"), None),
        given("frit", text("Kaffe"), None),
    ];
    site.put(2, 0, &second).await;
    let after = rows(&site.pull("responses.csv").await, b',');
    let columns = before[0].len();
    assert_eq!(after[0][..columns], before[0][..]);
    assert_eq!(after[1][..columns], before[1][..]);
    assert_eq!(after[0][columns..].join(" "), "hvorfor_ikke.pris selvbetjent_r2");
    assert_eq!(
        cells(&after, 2, &["hvorfor_ikke", "hvorfor_ikke.behov"]),
        ["pris behov", "1"],
        "a renamed option"
    );
    let names = ["hvorfor_ikke.pris", "hvorfor_ikke.tid", "selvbetjent", "selvbetjent_r2", "fri"];
    assert_eq!(cells(&after, 1, &names), ["", "1", "ja", "", ""]);
    assert_eq!(cells(&after, 2, &names), ["1", "0", "", "måske", "Kaffe"]);
    let codebook = site.pull("codebook.json").await.json();
    assert_eq!(codebook["dialogue"], DIALOGUE);
    assert_eq!(codebook["revisions"].as_array().unwrap().len(), 2);
    let column = |name: &str| {
        codebook["columns"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap().clone()
    };
    assert_eq!(column("selvbetjent")["until"], 1);
    assert_eq!(
        column("fri"),
        json!({"ordinal": 14, "name": "fri", "table": "responses", "question": "frit", "type": "text",
            "text": {"da": "Hvad ville få dig til at komme næste uge? Skriv frit.", "en": "What would make you come next week? Write freely."},
            "options": [], "since": 1, "until": null, "was": ["fri"]})
    );
    let flat = rows(&site.pull("codebook.csv").await, b',');
    let option = flat.iter().find(|r| r[1] == "bruger" && r[7] == "aldrig").unwrap();
    assert_eq!(
        option.join("|"),
        "1|bruger|responses|bruger|choice|Hvor tit kommer du på biblioteket?|How often do you go to the library?|aldrig|Aldrig|Never|1||"
    );
}

#[tokio::test]
async fn a_cursor_loses_and_repeats_nothing() {
    let site = service().await;
    for n in 1..=5 {
        site.put(n, 0, &never(n.into())).await;
    }
    let mut address = format!("/v1/dialogues/{DIALOGUE}/responses.ndjson?limit=2");
    let mut seen = Vec::new();
    loop {
        let got = site.get(&address).await;
        let lines = got.lines();
        if lines.is_empty() {
            break;
        }
        assert!(
            got.next()
                .ends_with(&format!("?after={}&limit=2", lines.last().unwrap()["cursor"].as_str().unwrap()))
        );
        address = got.next();
        seen.extend(lines.into_iter().map(|l| l["response"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, (1..=5).map(|n| never(n).id.to_string()).collect::<Vec<_>>());
    assert_eq!(site.get(&address).await.body, "");

    let mut changed = never(2);
    changed.status = Status::Partial;
    site.put(2, 1, &changed).await;
    site.erase(3).await;
    let news = site.get(&address).await;
    let lines = news.lines();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["response"], &lines[0]["status"]), (&json!(changed.id), &json!("partial")));
    let gone = json!({"response": never(3).id, "deleted_at": "2026-11-24T10:00:00Z", "deleted_reason": "citizen", "cursor": site.cursors(0).text(7)});
    assert_eq!(lines[1], gone);
    assert_eq!(site.get(&address).await.body, news.body, "the same cursor gives the same bytes");
    assert_eq!(site.get(&news.next()).await.body, "");

    let complete = site.get(&format!("{address}&status=complete")).await.lines();
    assert_eq!(
        complete[0],
        json!({"response": changed.id, "left_filter": true, "cursor": site.cursors(0).text(6)})
    );
    let plain = site.pull("responses.ndjson?status=complete").await.lines();
    assert_eq!(plain.len(), 3, "a plain download has neither tombstones nor what a filter leaves out");
    let start = site.pull("responses.ndjson?after=0&status=complete").await.lines();
    assert_eq!(start.len(), 4, "from cursor 0 the tombstones come too");
    let after = site.cursors(0).text(5);
    let table =
        rows(&site.pull(&format!("responses.csv?after={after}&status=complete&columns=bruger")).await, b',');
    assert_eq!(table[0].join(" "), "response deleted_at deleted_reason bruger");
    assert_eq!(table[1][1..].join("|"), "|left_filter|");
    assert_eq!(table[2][1..].join("|"), "2026-11-24T10:00:00Z|citizen|");
}

#[tokio::test]
async fn a_pull_that_would_bring_nothing_new_is_304_and_a_cursor_from_elsewhere_is_refused() {
    let site = service().await;
    site.put(1, 0, &never(1)).await;
    let path = format!("/v1/dialogues/{DIALOGUE}/responses.csv");
    let etag = site.get(&path).await.header("etag").to_owned();
    let again = || site.request(&path).bearer_auth(OPERATOR).header("if-none-match", &etag);
    let unchanged = site.send(again()).await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    site.put(2, 0, &never(2)).await;
    assert_eq!(site.send(again()).await.status, 200);

    let mut forged = site.cursors(0).text(1).into_bytes();
    forged[12] ^= 1;
    let forged = site.get(&format!("{path}?after={}", String::from_utf8(forged).unwrap())).await;
    assert_eq!((forged.status, &forged.json()["parameter"]), (400, &json!("after")));
    let earlier = site.get(&format!("{path}?after={}", site.cursors(1).text(1))).await;
    assert_eq!(earlier.status, 410);
    assert_eq!(earlier.header("content-type"), "application/problem+json");
    assert!(earlier.json()["detail"].as_str().unwrap().contains("pull from the start"));
}

#[tokio::test]
async fn what_is_not_understood_is_named_with_what_is_allowed() {
    let site = service().await;
    for (query, parameter, allowed) in [
        ("responses.csv?statuss=all", "statuss", "status"),
        ("responses.csv?status=done", "status", "partial"),
        ("responses.csv?place=statoin", "place", "station"),
        ("responses.csv?revision=2", "revision", "1"),
        ("responses.csv?channel=sms", "channel", "web"),
        ("responses.csv?columns=bruger,hvorfor", "columns", "hvorfor_ikke"),
        ("responses.csv?since=yesterday", "since", "2026-11-23"),
        ("responses.csv?limit=0", "limit", "1 to 10000"),
        ("responses.csv?dialect=libre", "dialect", "excel"),
        ("responses.ndjson?shape=tall", "shape", "long"),
        ("responses.json?values=words", "values", "label"),
        ("responses.xlsx?dialect=excel", "dialect", "states"),
        ("responses.ndjson?states=1", "states", "after"),
        ("codebook.json?lang=da", "lang", "ascii"),
    ] {
        let got = site.get(&format!("/v1/dialogues/{DIALOGUE}/{query}")).await;
        assert_eq!((got.status, got.header("content-type")), (400, "application/problem+json"), "{query}");
        let problem = got.json();
        assert_eq!((&problem["status"], &problem["parameter"]), (&json!(400), &json!(parameter)), "{query}");
        assert!(problem["allowed"].as_array().unwrap().contains(&json!(allowed)), "{query}: {problem}");
    }
    assert_eq!(site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.pdf")).await.status, 404);
}

#[tokio::test]
async fn filters_and_dialects_do_what_they_are_called() {
    let site = service().await;
    let numbers = sample()
        .replace("    id: fri\n    type: text\n    max_length: 500\n", "    id: alder_å\n    type: number\n");
    site.publish(&numbers).await;
    for (n, place, changed) in [
        (1, "station", "2026-11-22T22:59:59.5Z"),
        (2, "torvet", "2026-11-22T23:00:00Z"),
        (3, "torvet", "2026-11-23T22:59:59.9Z"),
    ] {
        let mut response = response(n.into(), vec![given("alder_å", number("-12.50"), None)]);
        response.revision = 2;
        response.place = Some(place.to_owned());
        response.changed_at = at(changed);
        site.put(n, 0, &response).await;
    }
    // Days are the institution's: the 23rd begins at 23 UTC the evening before.
    for (query, count) in [
        ("since=2026-11-23", 2),
        ("until=2026-11-22", 1),
        ("since=2026-11-23&until=2026-11-23", 2),
        ("since=2026-11-23T00:00:00+01:00", 2),
        ("place=torvet", 2),
        ("place=station,torvet&revision=2&audience=not_yet_user&channel=telegram", 3),
        ("audience=user,unknown", 0),
    ] {
        assert_eq!(site.pull(&format!("responses.ndjson?{query}")).await.lines().len(), count, "{query}");
    }
    let lines = site.pull("responses.ndjson").await.lines();
    assert_eq!(lines[0]["answers"], json!({"alder_å": -12.5}));
    let excel = site.pull("responses.csv?dialect=excel&ascii=1&columns=response,alder_å&limit=1").await;
    assert_eq!(excel.body, format!("\u{feff}response;alder_aa\r\n{};-12,5\r\n", response(1, Vec::new()).id));
}

#[tokio::test]
async fn days_and_times_are_as_the_standard_has_them_a_ranking_in_order_and_addresses_nowhere() {
    let site = service().await;
    let (head, _) = sample().split_once("audience:").map(|(h, t)| (h.to_owned(), t.to_owned())).unwrap();
    let steps = "
  - {ask: {da: Dag?, en: Day?}, id: dag, type: date}
  - {ask: {da: Tid?, en: Time?}, id: tid, type: time}
  - ask: {da: Hvad først?, en: What first?}
    id: først
    type: rank
    options:
      lys: {da: Lys, en: Light}
      bænk: {da: Bænk, en: Bench}
      kaffe: {da: Kaffe, en: Coffee}
  - {ask: {da: Navn?, en: Name?}, id: navn, type: name}
  - {ask: {da: Mail?, en: Mail?}, id: mail, type: email}
";
    let head = head.replace("anonymous: true", "anonymous: false");
    site.publish(&format!("{head}audience: everyone\nsteps:{steps}")).await;
    let day = Value::Date("2026-03-07".parse().unwrap());
    let time = Value::Time("14:30".parse().unwrap());
    let ranked = Value::Ranked(["kaffe", "lys"].map(str::to_owned).into());
    let answers = vec![
        given("dag", day, None),
        given("tid", time, None),
        given("først", ranked, None),
        given("navn", text("=Bo"), None),
    ];
    site.put(1, 0, &Response { revision: 2, ..response(1, answers) }).await;
    for dialect in ["", "&dialect=excel"] {
        let got = site.pull(&format!("responses.csv?revision=2{dialect}")).await;
        let rows = rows(&got, if dialect.is_empty() { b',' } else { b';' });
        let cells = cells(&rows, 1, &["dag", "tid", "først", "navn"]);
        assert_eq!(cells, ["2026-03-07", "14:30", "kaffe lys", "'=Bo"]);
        assert!(!rows[0].iter().any(|name| name.contains("mail") || name == "først.lys"), "{:?}", rows[0]);
    }
    let answers = &site.pull("responses.ndjson?revision=2").await.lines()[0]["answers"];
    let expected = json!({"dag": "2026-03-07", "tid": "14:30", "først": ["kaffe", "lys"], "navn": "=Bo"});
    assert_eq!(*answers, expected);
    let book = site.pull("codebook.json").await.json();
    let types: Vec<&str> = ["dag", "tid", "først", "navn", "mail"]
        .iter()
        .filter_map(|name| book["columns"].as_array().unwrap().iter().find(|c| c["name"] == **name))
        .map(|column| column["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["date", "time", "rank", "name"]);
}

#[tokio::test]
async fn a_cell_that_a_citizen_wrote_is_no_formula() {
    let site = service().await;
    let written = "=HYPERLINK(\"http://x\";\"klik\")";
    let mut response = never(1);
    response.answers =
        vec![given("hvorfor_ikke", codes(&["andet"]), Some("+45")), given("fri", text(written), None)];
    site.put(1, 0, &response).await;
    let safe = rows(&site.pull("responses.csv").await, b',');
    assert_eq!(cells(&safe, 1, &["hvorfor_ikke_other", "fri"]), ["'+45", &format!("'{written}")]);
    let raw = rows(&site.pull("responses.csv?raw=1").await, b',');
    assert_eq!(cells(&raw, 1, &["hvorfor_ikke_other", "fri"]), ["+45", written]);
    assert_eq!(site.pull("responses.ndjson").await.lines()[0]["answers"]["fri"], written);
}

#[tokio::test]
async fn only_a_token_of_the_institution_reads_its_dialogues() {
    let site = service().await;
    site.publish_as("nordby-teater/rolle", &sample().replace("code: aabn", "code: rolle")).await;
    site.put(
        1,
        0,
        &response(1, vec![given("bruger", code("aldrig"), None), given("fri", text("hemmeligt"), None)]),
    )
    .await;
    let path = format!("/v1/dialogues/{DIALOGUE}/responses.csv");
    let nobody = site.send(site.request(&path)).await;
    assert_eq!(nobody.status, 401);
    let challenges: Vec<&str> =
        nobody.headers.get_all("www-authenticate").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(
        challenges.iter().any(|c| c.starts_with("Bearer"))
            && challenges.iter().any(|c| c.starts_with("Basic"))
    );
    assert_eq!(site.get_as("snak_wrong", &path).await.status, 401);

    let library = site.token(json!({"institution": "nordby-bibliotek", "name": "natjob"})).await;
    let theatre = site.token(json!({"institution": "nordby-teater", "name": "natjob"})).await;
    let narrow = site
        .token(json!({"institution": "nordby-bibliotek", "name": "snæver", "dialogues": ["andet"]}))
        .await;
    let late = site.token(json!({"institution": "nordby-bibliotek", "name": "gammel", "expires_at": "2026-01-01T00:00:00Z"})).await;
    let shy = site.token(json!({"institution": "nordby-bibliotek", "name": "tal", "raw_text": false})).await;
    let status = async |token: &str| site.get_as(token, &path).await.status;
    assert_eq!(status(&library).await, 200);
    assert_eq!(site.send(site.request(&path).basic_auth("excel", Some(&library))).await.status, 200);
    assert_eq!((status(&theatre).await, status(&narrow).await, status(&late).await), (404, 404, 401));
    assert_eq!(
        site.get_as(&library, "/v1/dialogues/nordby-bibliotek/findes-ikke/responses.csv").await.status,
        404
    );
    let quiet = site.get_as(&shy, &path).await;
    assert!(quiet.body.contains("aldrig") && !quiet.body.contains("hemmeligt"), "{}", quiet.body);

    let paths = |got: Got| -> Vec<String> {
        got.json()["dialogues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| d["path"].as_str().unwrap().to_owned())
            .collect()
    };
    let listed = site.get_as(&library, "/v1/dialogues").await;
    let entry = &listed.json()["dialogues"][0];
    assert_eq!(
        (&entry["responses"], &entry["title"]["en"], &entry["privacy"]["keep"]),
        (&json!(1), &json!("When should the library be open?"), &json!("12 months"))
    );
    assert_eq!(paths(listed), [DIALOGUE]);
    assert_eq!(paths(site.get_as(&theatre, "/v1/dialogues").await), ["nordby-teater/rolle"]);

    assert_eq!(site.get_as(&library, "/v1/operator/tokens").await.status, 403);
    let revoke = |token: &str| {
        site.http
            .delete(format!("{}/v1/operator/tokens/natjob?institution=nordby-bibliotek", site.url))
            .bearer_auth(token)
    };
    assert_eq!(site.send(revoke(&theatre)).await.status, 403);
    assert_eq!(site.send(revoke(OPERATOR)).await.status, 204);
    assert_eq!((status(&library).await, status(&theatre).await), (401, 404));

    let stored = site.store.documents(Kind::Token, "").await.unwrap();
    let holds = |body: &[u8], secret: &str| body.windows(secret.len()).any(|w| w == secret.as_bytes());
    assert!(
        stored.len() == 4
            && stored.iter().all(|(_, body)| !holds(body, &theatre) && !holds(body, &theatre[5..]))
    );
    assert_eq!(site.get_as(&theatre, "/v1/operator/access").await.status, 403);
    let whole = site.get("/v1/operator/access?institution=nordby-bibliotek").await.json();
    let acts: Vec<&str> = whole.as_array().unwrap().iter().map(|a| a["file"].as_str().unwrap()).collect();
    assert!(acts.contains(&"token create natjob") && acts.contains(&"token revoke natjob"), "{acts:?}");
    let log = site.pulls().await;
    let logged: Vec<Json> = log.iter().map(|(_, body)| snak::engine::decode(body).unwrap()).collect();
    let named: Vec<&str> = logged.iter().map(|a| a["token"].as_str().unwrap()).collect();
    assert_eq!(named, ["natjob", "natjob", "tal"], "each pull, and nothing that was refused");
    assert!(
        logged.iter().all(|a| a["rows"] == 1 && a["finished"] == true)
            && !log.iter().any(|(_, body)| holds(body, "aldrig"))
    );
}

#[tokio::test]
async fn a_puller_who_hangs_up_stops_the_work() {
    let site = service().await;
    let many: Vec<storage::ResponseChange> = (0..20_000)
        .map(|n| {
            let response = response(n, vec![given("fri", text(&"lang tekst ".repeat(40)), None)]);
            let row = snak::engine::encode(&response).unwrap();
            storage::ResponseChange {
                dialogue: storage::DialogueId(DIALOGUE.to_owned()),
                response: response.id,
                row,
                linked: true,
                media: Vec::new(),
            }
        })
        .collect();
    site.commit(1, 0, many).await;
    let path = format!("/v1/dialogues/{DIALOGUE}/responses.ndjson");
    let mut answer = site.request(&path).bearer_auth(OPERATOR).send().await.unwrap();
    assert!(answer.chunk().await.unwrap().is_some());
    drop(answer);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let log = loop {
        let log = site.pulls().await;
        if !log.is_empty() {
            break log;
        }
        assert!(std::time::Instant::now() < deadline, "the pull goes on without a puller");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    let access: Json = snak::engine::decode(&log[0].1).unwrap();
    assert_eq!(access["finished"], false);
    assert!(access["rows"].as_u64().unwrap() < 20_000, "{access}");
}

#[tokio::test]
async fn health_is_told_without_a_token_and_telegram_alone_is_no_reason_to_be_unready() {
    let site = service().await;
    assert_eq!(site.send(site.request("/healthz")).await.body, "ok");
    let ready = site.send(site.request("/readyz")).await;
    assert_eq!(
        (ready.status, ready.json()),
        (200, json!({"ready": true, "store": null, "telegram": "cannot be reached"}))
    );
}

#[tokio::test]
async fn the_rounds_of_a_repetition_are_rows_of_a_table_of_their_own() {
    let site = service().await;
    site.publish(include_str!("../transcripts/runder/runder.yaml")).await;
    let answers = vec![
        given("vil", code("ja"), None),
        given("idéer.1.idé", text("Loppemarked"), None),
        given("idéer.1.for_hvem", codes(&["unge", "andre"]), Some("Naboer")),
        given("idéer.again.1", code("ja"), None),
        skipped("idéer.2.idé"),
        skipped("idéer.2.for_hvem"),
        given("idéer.again.2", code("ja"), None),
        given("idéer.3.idé", text("=Sangaften"), None),
    ];
    let first = Response { revision: 2, ..response(1, answers) };
    site.put(1, 0, &first).await;
    site.put(2, 0, &Response { revision: 2, ..response(2, vec![given("vil", code("nej"), None)]) }).await;
    let of_responses = rows(&site.pull("responses.csv?columns=response,vil").await, b',');
    assert_eq!(of_responses.len(), 3, "both responses, whatever rounds they have");
    let names = rows(&site.pull("responses.csv").await, b',').remove(0);
    assert!(names.ends_with(&["fri".to_owned(), "vil".to_owned()]), "no round is a column: {names:?}");

    let table = rows(&site.pull("responses.csv?table=idéer").await, b',');
    let lines: Vec<String> = table.iter().map(|r| r[14..].join("|")).collect();
    assert_eq!(
        lines,
        [
            "round|idé|for_hvem|for_hvem.unge|for_hvem.børn|for_hvem.andre|for_hvem_other",
            "1|Loppemarked|unge andre|1|0|1|Naboer",
            "3|'=Sangaften|||||",
        ],
        "a round without an answer does not count"
    );
    let ndjson = site.pull("responses.ndjson?table=idéer").await.lines();
    assert_eq!(ndjson.len(), 2);
    assert_eq!(ndjson[1]["round"], 3);
    assert_eq!(ndjson[1]["answers"], json!({"idé": "=Sangaften"}));
    assert_eq!(ndjson[1]["states"], json!({"for_hvem": "not_asked"}));
    assert_eq!(ndjson[0]["cursor"], ndjson[1]["cursor"]);
    let codebook = site.pull("codebook.json").await.json();
    let columns = codebook["columns"].as_array().unwrap();
    let idea = columns.iter().find(|c| c["name"] == "idé").unwrap();
    assert_eq!((&idea["table"], &idea["question"]), (&json!("idéer"), &json!("idé")));

    let seen = site.cursors(0).text(2);
    let taken_back = Response { answers: vec![given("vil", code("nej"), None)], ..first };
    site.put(1, 1, &taken_back).await;
    let left = site.pull(&format!("responses.ndjson?table=idéer&after={seen}")).await.lines();
    assert_eq!((left.len(), &left[0]["left_filter"]), (1, &json!(true)));
    let stranger = site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=ideer")).await;
    assert_eq!(stranger.status, 400);
    assert!(stranger.body.contains("idéer"), "{}", stranger.body);
}

fn ballot(n: u128, voter: &str, statement: &str, vote: Vote, words: Option<&str>) -> ResponseChange {
    let (voter, statement) = (voter.to_owned(), statement.to_owned());
    let day = "2026-11-23".parse().unwrap();
    let row = VoteRow { revision: 2, voter, statement, words: words.map(str::to_owned), vote, day };
    ResponseChange {
        dialogue: DialogueId(format!("{DIALOGUE}#udsagn")),
        response: uuid::Uuid::from_u128(n),
        row: engine::encode(&row).unwrap(),
        linked: true,
        media: Vec::new(),
    }
}

#[tokio::test]
async fn votes_are_a_table_of_their_own_that_leads_to_no_response() {
    let site = service().await;
    site.publish(include_str!("../transcripts/afstemning/afstemning.yaml")).await;
    let took_part = Response { revision: 2, ..response(1, vec![given("udsagn", Value::Voted, None)]) };
    site.put(9, 0, &took_part).await;
    let first = [
        ballot(9, "A", "gratis", Vote::Agree, None),
        ballot(3, "A", "a1", Vote::Pass, Some("=Der skal være kaffe")),
    ];
    site.commit(1, 0, first.to_vec()).await;
    site.commit(2, 0, vec![ballot(5, "B", "gratis", Vote::Disagree, None)]).await;

    let table = site.pull("responses.csv?table=udsagn").await;
    let uuid = |n: u128| uuid::Uuid::from_u128(n).to_string();
    let lines = [
        "row,voter,statement,text,vote,day,deleted_on,deleted_reason".to_owned(),
        format!("{},A,a1,'=Der skal være kaffe,pass,2026-11-23,,", uuid(3)),
        format!("{},B,gratis,,disagree,2026-11-23,,", uuid(5)),
        format!("{},A,gratis,,agree,2026-11-23,,", uuid(9)),
    ];
    assert_eq!(table.body.lines().collect::<Vec<_>>(), lines, "not in the order in which they came");
    let ndjson = site.pull("responses.ndjson?table=udsagn").await;
    let row =
        json!({"row": uuid(5), "voter": "B", "statement": "gratis", "vote": "disagree", "day": "2026-11-23"});
    assert_eq!(ndjson.lines()[1], row, "no cursor, no time, no place");

    site.erase(1).await;
    let later = site.get(&ndjson.next()).await.lines();
    let mut gone: Vec<String> = later.iter().map(|r| r["row"].as_str().unwrap().to_owned()).collect();
    gone.sort();
    assert_eq!(gone, [uuid(3), uuid(9)]);
    assert_eq!(
        (&later[0]["deleted_on"], &later[0]["deleted_reason"]),
        (&json!("2026-11-24"), &json!("citizen"))
    );
    for query in ["limit=1", "since=2026-11-23", "place=station", "columns=voter", "shape=long"] {
        let refused = site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=udsagn&{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    let foreign = site.pull("responses.ndjson?limit=1").await.next();
    let foreign = foreign.split("after=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let refused =
        site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=udsagn&after={foreign}")).await;
    assert_eq!(refused.status, 400, "a cursor of the responses");
    let token = json!({"institution": "nordby-bibliotek", "name": "tal", "dialogues": [], "raw_text": false});
    let token = site.token(token).await;
    let bare = site.get_as(&token, &format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=udsagn")).await;
    assert!(bare.status == 200 && !bare.body.contains("kaffe"), "{}", bare.body);

    let narrow = json!({"institution": "nordby-bibliotek", "name": "kun", "columns": ["fri"]});
    let narrow = site.token(narrow).await;
    let table = format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=udsagn");
    assert_eq!(site.get_as(&narrow, &table).await.status, 403, "no answers to read, no votes either");

    let wide = rows(&site.pull("responses.csv?states=1&columns=response,udsagn").await, b',');
    assert_eq!(wide[0][1..], ["udsagn", "udsagn_state"]);
    assert_eq!(wide[1][1..], ["", "answered"]);
    let codebook = site.pull("codebook.json").await.json();
    let columns = codebook["columns"].as_array().unwrap();
    let of = |table: &str| columns.iter().filter(|c| c["table"] == table).collect::<Vec<_>>();
    let own: Vec<&Json> = of("udsagn").iter().map(|c| &c["name"]).collect();
    assert_eq!(own, ["statement", "vote"]);
    assert_eq!(of("udsagn")[0]["options"][0]["label"]["da"], "Alt skal være gratis.");
    assert_eq!(of("udsagn")[1]["options"][2]["code"], "pass");
    assert!(columns.iter().all(|c| c["name"] != "udsagn.1" && c["name"] != "udsagn.own"));
}

#[tokio::test]
async fn an_offer_has_a_table_with_those_who_offered_something() {
    let site = service().await;
    site.publish(include_str!("../transcripts/tilbud/tilbud.yaml")).await;
    let offered = vec![given("hjælp", codes(&["lyd"]), None), given("hjælp.hours", number("4"), None)];
    site.put(1, 0, &Response { revision: 2, ..response(1, offered) }).await;
    site.put(2, 0, &Response { revision: 2, ..response(2, vec![skipped("hjælp")]) }).await;
    let table = rows(&site.pull("responses.csv?table=hjælp&columns=response,hjælp,hjælp.hours").await, b',');
    assert_eq!(table.len(), 2, "{table:?}");
    assert_eq!(table[1][1..], ["lyd", "4"]);
    let ndjson = site.pull("responses.ndjson?table=hjælp").await.lines();
    assert_eq!((ndjson.len(), &ndjson[0]["answers"]), (1, &json!({"hjælp": ["lyd"], "hjælp.hours": 4})));
}
