//! What citizens write to hurt, over Telegram and the web: pulled in every form it is what was kept, and starts no formula.

use super::support::header::header;
use super::support::page::Browser;
use super::support::service::{Place, Service, get};
use botapi::{Citizen, Outcome, Server};
use calamine::{Data, Reader, Xlsx};
use serde_json::Value as Json;
use std::io::Cursor;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const PULL: &str = "/v1/dialogues/nordby/ond";
const STEPS: &str = "steps:
  - {ask: Hvad vil du sige?, id: fri, type: text}
";

/// What is written, and what is kept of it: no control signs but line breaks, no outer blanks.
const WRITTEN: [(&str, &str); 14] = [
    ("=HYPERLINK(\"http://ond.example\";\"klik\")", "=HYPERLINK(\"http://ond.example\";\"klik\")"),
    ("+1+1", "+1+1"),
    ("-1+1|cmd", "-1+1|cmd"),
    ("@SUM(A1:A9)", "@SUM(A1:A9)"),
    ("＝1+1", "＝1+1"),
    ("\t=1+1", "=1+1"),
    ("\r\n=2+2", "=2+2"),
    ("\0=3+3", "=3+3"),
    ("'=4+4", "'=4+4"),
    ("Han sagde \"hej\"; og,\tså\n\n=5+5\nfarvel", "Han sagde \"hej\"; og, så\n\n=5+5\nfarvel"),
    ("nul\0her\u{1b}[31m\u{7f}", "nulher[31m"),
    (
        "</script><img src=x onerror=alert(1)>&amp;_x0041_",
        "</script><img src=x onerror=alert(1)>&amp;_x0041_",
    ),
    (
        "\u{202e}bagvendt\u{feff} 🙂\u{1f468}\u{200d}\u{1f469}",
        "\u{202e}bagvendt 🙂\u{1f468}\u{200d}\u{1f469}",
    ),
    ("'); DROP TABLE svar;--\\", "'); DROP TABLE svar;--\\"),
];

fn place() -> Place {
    let mut place = Place::default();
    let dialogues = place.folder.path().join("dialogues");
    std::fs::create_dir_all(dialogues.join("nordby")).unwrap();
    std::fs::write(dialogues.join("nordby/ond.yaml"), [header("ond", false).as_str(), STEPS].concat())
        .unwrap();
    place.dialogues = dialogues;
    place
}

async fn sees(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("{words:?} is not shown\n{e}"));
}

async fn asked(server: &Server, id: i64) -> Citizen {
    let citizen = server.citizen(id, "da");
    citizen.start("ond");
    citizen.wait_for(|chat| chat.button("Start").is_some(), PATIENCE).await.unwrap();
    citizen.press("Start").unwrap();
    sees(&citizen, "Hvad vil du sige?").await;
    citizen
}

async fn asked_on_the_web(service: &Service) -> Browser {
    let mut page = Browser::new(&service.url);
    page.get("/c/ond").await;
    page.press("Start").await;
    page
}

/// An update of the citizen's whose text is half a sign: JSON lets it be written, and it is none.
async fn half_a_sign(service: &Service, server: &Server, id: i64) {
    let secret = server.webhook().unwrap()["secret_token"].as_str().unwrap().to_owned();
    let person = format!(r#"{{"id": {id}, "is_bot": false, "first_name": "Ida"}}"#);
    let chat = format!(r#"{{"id": {id}, "type": "private", "first_name": "Ida"}}"#);
    let body = format!(
        r#"{{"update_id": 900000001, "message": {{"message_id": 900, "date": 1790000000, "from": {person}, "chat": {chat}, "text": "\ud83d"}}}}"#
    );
    let http = reqwest::Client::new().post(service.link("/telegram/webhook")).body(body);
    let answer = http.header("X-Telegram-Bot-Api-Secret-Token", secret).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "it would be no other the next time");
}

/// The texts as a form of the pull gives them, in its order.
async fn texts(service: &Service, token: &str, file: &str, separator: u8) -> Vec<String> {
    let (status, body) = get(&service.link(&format!("{PULL}/{file}")), token).await;
    assert_eq!(status, 200, "{body}");
    let body = body.trim_start_matches('\u{feff}');
    let mut table = csv::ReaderBuilder::new().delimiter(separator).from_reader(body.as_bytes());
    let column = table.headers().unwrap().iter().position(|name| name == "fri" || name == "value").unwrap();
    table.records().map(|row| row.unwrap()[column].to_owned()).collect()
}

async fn sheet(service: &Service, token: &str) -> Vec<String> {
    let url = service.link(&format!("{PULL}/responses.xlsx"));
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
    let name = book.sheet_names()[0].clone();
    assert!(book.worksheet_formula(&name).unwrap().is_empty(), "nothing in it is worked out");
    let range = book.worksheet_range(&name).unwrap();
    let is_text = |cell: &Data| cell == &Data::String("fri".to_owned());
    let column = range.rows().next().unwrap().iter().position(is_text).unwrap();
    range.rows().skip(1).map(|row| row[column].to_string()).collect()
}

fn lines(body: &str) -> Vec<String> {
    let text = |row: Json| row["answers"]["fri"].as_str().unwrap().to_owned();
    body.lines().map(|line| text(serde_json::from_str(line).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_to_hurt_comes_back_as_it_was_kept_and_starts_no_formula() {
    let server = Server::start_local("1:test").await.unwrap();
    let (place, listen) = place().on_telegram(server.url()).brought();
    let token = place.token("nordby");
    let service = place.serve_on(&listen);
    server.wait_until(|s| s.count("setWebhook", &Outcome::Ok) > 0, PATIENCE).await.unwrap();
    for (n, (written, _)) in (1..).zip(WRITTEN) {
        let citizen = asked(&server, n).await;
        if n == 1 {
            half_a_sign(&service, &server, n).await;
            citizen.write(&"æ".repeat(50_000));
            sees(&citizen, "plads til").await;
        }
        citizen.write(written);
        sees(&citizen, "Tak for dine svar").await;
        let mut page = asked_on_the_web(&service).await;
        if n == 1 {
            page.write(&"æ".repeat(50_000)).send().await;
            assert_eq!(page.page.status, 413, "{}", page.text());
            page.get("/c/ond").await;
        }
        page.write(written).send().await;
        assert!(page.text().contains("Tak for dine svar"), "{written:?}\n{}", page.text());
    }
    // No UTF-8, in a form.
    let mut page = asked_on_the_web(&service).await;
    let letter = page.write("RÅT").enter();
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&letter.pairs).finish();
    let broken = page.posting(&letter).body(body.replace("R%C3%85T", "%ff=6%ed%a0%80%00"));
    assert!(broken.send().await.unwrap().status().is_redirection() || page.get("/c/ond").await.status == 200);

    let (_, body) = get(&service.link(&format!("{PULL}/responses.ndjson")), &token).await;
    let kept = lines(&body);
    let mut expected: Vec<&str> = WRITTEN.iter().flat_map(|(_, kept)| [*kept, *kept]).collect();
    expected.push("\u{fffd}=6\u{fffd}\u{fffd}\u{fffd}");
    let (mut sorted, all) = (kept.clone(), expected.sort());
    sorted.sort();
    assert_eq!((sorted.iter().map(String::as_str).collect::<Vec<_>>(), all), (expected, ()));

    let json = get(&service.link(&format!("{PULL}/responses.json")), &token).await.1;
    let list: Vec<Json> = serde_json::from_str(&json).unwrap();
    let list: Vec<&str> = list.iter().map(|row| row["answers"]["fri"].as_str().unwrap()).collect();
    assert_eq!(list, kept, "JSON");
    assert_eq!(sheet(&service, &token).await, kept, "XLSX");
    for file in ["responses.csv?raw=1", "responses.csv?raw=1&shape=long"] {
        assert_eq!(texts(&service, &token, file, b',').await, kept, "{file}");
    }
    let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '＝']);
    let safe: Vec<String> =
        kept.iter().map(|text| if formula(text) { format!("'{text}") } else { text.clone() }).collect();
    assert!(safe != kept);
    for (file, separator) in
        [("responses.csv", b','), ("responses.csv?shape=long", b','), ("responses.csv?dialect=excel", b';')]
    {
        let shown = texts(&service, &token, file, separator).await;
        assert_eq!(shown.iter().map(|t| t.replace("\r\n", "\n")).collect::<Vec<_>>(), safe, "{file}");
    }
    assert!(!service.log().contains("panicked"), "{}", service.log());
    assert!(service.stop().success());
}
