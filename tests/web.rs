//! The web chat on the real service: from the poster to the row that is pulled.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use futures_util::StreamExt;
use serde_json::{Value, json};
use support::page::{Browser, client};
use support::service::{Place, Service, get};

const LIBRARY: &str = "/v1/dialogues/nordby-bibliotek/aabningstider/responses.ndjson";

async fn rows(service: &Service, place: &Place) -> Vec<Value> {
    let (status, body) = get(&service.link(LIBRARY), &place.token("nordby-bibliotek")).await;
    assert_eq!(status, 200, "{body}");
    body.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_dialogue_from_the_poster_to_the_row() {
    let place = Place::default();
    let mut service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_station").await;
    assert!(
        page.text().contains("De slettes efter 12 måneder"),
        "what is kept is said before the first question"
    );
    page.press("Start").await;
    page.press("Under en gang om året").await;
    page.tick(&["Der er for langt", "Noget andet"]).send().await;
    page.write("For <mange> trapper & \"døre\"").send().await;
    page.tick(&["Efter kl. 18"]).send().await;

    // Killed and started again under another port: the browser has its cookie still.
    let cookies = page.cookies.clone();
    service.kill();
    service = place.serve();
    page = Browser::new(&service.url);
    page.cookies = cookies;
    page.get("/c/aabn").await;
    assert!(page.text().contains("låse dig ind"), "the open question is still open\n{}", page.text());
    page.press("Ja").await;
    page.press("Ret forrige svar").await;
    page.press("Nej").await;
    page.write("\u{202e}Kaffe\0 og\u{7} kage 🙂\nog ro, 010203-1234").send().await;
    assert!(page.text().contains("Tak for dine svar!"), "{}", page.text());
    page.get("/c/aabn").await;
    assert!(page.text().contains("Tak for dine svar!"), "coming back shows how it went");
    page.press("Ville du komme, hvis du selv kunne låse dig ind uden for åbningstid?").await;
    page.press("Ja").await;
    assert!(page.text().contains("Tak for dine svar!"), "an answer is mended after the end\n{}", page.text());

    let rows = rows(&service, &place).await;
    assert_eq!(rows.len(), 1);
    let decided = [
        ("channel", "web"),
        ("place", "station"),
        ("language", "da"),
        ("audience", "not_yet_user"),
        ("status", "complete"),
        ("ended", "end"),
    ];
    for (name, value) in decided {
        assert_eq!(rows[0][name], value, "{name}");
    }
    let answers = json!({
        "bruger": "sjældent", "hvorfor_ikke": ["langt", "andet"], "hvorfor_ikke_other": "For <mange> trapper & \"døre\"",
        "tidspunkt": ["aften"], "selvbetjent": "ja", "fri": "\u{202e}Kaffe og kage 🙂\nog ro, [CPR fjernet]",
    });
    assert_eq!(rows[0]["answers"], answers);
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_it_deletes_what_they_answered() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn").await;
    page.press("Start").await;
    page.press("Oftere end det").await;
    page.press("Stop samtalen").await;
    assert_eq!(rows(&service, &place).await.len(), 1);
    page.get("/c/aabn").await;
    page.press("Ja, slet alt").await;
    assert!(page.text().contains("Kvitteringsnummer: "), "{}", page.text());
    assert!(page.cookies.values().all(String::is_empty), "{:?}", page.cookies);
    assert_eq!(rows(&service, &place).await.len(), 0);
    page.get("/c/aabn").await;
    assert!(!page.text().contains("Slet mine svar"), "there is nothing to delete\n{}", page.text());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answered_sees_all_that_is_kept_and_nobody_else_does() {
    let mut place = Place::default();
    place.dialogues = place.folder.path().join("dialogues");
    let folder = place.dialogues.join("typer");
    std::fs::create_dir_all(&folder).unwrap();
    let every_kind =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/typer/typer.yaml");
    std::fs::copy(every_kind, folder.join("typer.yaml")).unwrap();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/park").await;
    page.press("Start").await;
    for _ in 0..5 {
        page.press("Spring over").await;
    }
    page.press("Ja").await;
    page.write("Jens@Nordby.example").send().await;
    page.press("Mine data").await;
    assert_eq!(page.page.headers["cache-control"], "no-store");
    let text = page.text();
    assert!(text.contains("J…@nordby.example") && !text.contains("Jens@"), "{text}");
    let file = page.get("/c/park/data.json").await;
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"mine-data.json\"");
    assert_eq!((file.status, file.headers["cache-control"].as_str()), (200, "no-store"));
    let whole: Value = serde_json::from_str(&file.html).unwrap();
    assert_eq!(whole["running"][0]["dialogue"], "typer/typer");
    assert!(!file.html.contains("Jens@"));

    let mut other = Browser::new(&service.url);
    other.get("/c/park/data").await;
    assert!(other.text().contains("Vi har ikke gemt noget om dig."), "{}", other.text());
    assert_eq!(other.get("/c/park/data.json").await.status, 404);
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_once_and_only_where_it_belongs() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_torvet").await;
    let start = page.letter("Start").unwrap();
    page.post(&start).await;
    // Pressed twice before the first answer came: the browser had no cookie yet.
    page.cookies.clear();
    page.post(&start).await;
    let never = page.letter("Aldrig").unwrap();
    let here = std::mem::replace(&mut page.origin, "https://evil.example".to_owned());
    page.post(&never).await;
    assert_eq!(page.answered, 403, "a form on another site is not taken");
    page.origin = here;
    page.post(&never).await;
    page.post(&never).await;
    assert!(
        page.text().contains("Hvad holder dig væk?"),
        "sent twice, it answers one question\n{}",
        page.text()
    );
    page.get("/c/aabn").await;
    page.tick(&["Der er for langt"]).send().await;
    let rows = rows(&service, &place).await;
    assert_eq!(rows.len(), 0, "a conversation that runs is not pulled");
    page.press("Stop samtalen").await;
    let rows = self::rows(&service, &place).await;
    assert_eq!(rows.len(), 1, "one citizen, one row");
    assert_eq!((&rows[0]["status"], &rows[0]["ended"]), (&json!("partial"), &json!("stop")));
    assert_eq!(rows[0]["answers"], json!({"bruger": "aldrig", "hvorfor_ikke": ["langt"]}));
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_person_sends_is_met_kindly_and_the_line_goes_on() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/findesikke").await;
    assert_eq!(page.page.status, 404);
    page.get("/c/aabn_nye-steder?lang=en").await;
    page.press("Start").await;
    page.press("More often than that").await;
    page.press("Skip").await;
    page.press("Skip").await;
    page.write(&"x".repeat(100_000)).send().await;
    assert!((400..500).contains(&page.answered), "{}", page.answered);
    page.get("/c/aabn").await;
    page.write(&"å".repeat(5_000)).send().await;
    assert!(page.text().contains("room for 500"), "{}", page.text());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let cookie = page.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<String>();
    for body in [
        "",
        "do=",
        "step=99999999&visit=-1&option=zzz",
        "step=5&visit=5&option=200",
        "%ff%fe=%00",
        "do=launch",
    ] {
        let sent = client.post(service.link("/c/aabn")).header("cookie", &cookie);
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").body(body);
        let status = sent.send().await.unwrap().status().as_u16();
        assert!(status < 500, "{body:?} gives {status}");
    }
    page.get("/c/aabn").await;
    page.write("Coffee").send().await;
    assert!(page.text().contains("Thank you for your answers!"), "{}", page.text());
    let rows = rows(&service, &place).await;
    assert_eq!(rows[0]["place"], "other", "an unknown place counts as other");
    assert_eq!(rows[0]["answers"]["fri"], "Coffee");
    assert!(!service.log().contains("panicked"), "{}", service.log());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_who_asks_and_nobody_else_does() {
    let begin = async |service: &Service, from: &str, n: u32| {
        let begun = client().post(service.link("/c/aabn")).header("x-forwarded-for", from);
        let begun = begun.header("content-type", "application/x-www-form-urlencoded");
        begun.body(format!("do=start&lang=da&nonce={n:032x}")).send().await.unwrap().status().as_u16()
    };
    let all = async |service: &Service| {
        let many = futures_util::stream::iter(0..520).map(|n| begin(service, "192.0.2.7", n));
        many.buffer_unordered(32).collect::<Vec<u16>>().await
    };
    let place = Place::default().with("SNAK_TRUSTED_PROXY", "10.0.0.0/8, 127.0.0.1");
    let service = place.serve();
    let answered = all(&service).await;
    let taken = answered.iter().filter(|status| **status == 303).count();
    assert!((500..520).contains(&taken), "a whole house may begin at once, and no more: {taken}");
    assert!(answered.contains(&429));
    assert_eq!(begin(&service, "192.0.2.8", 1_000).await, 303, "the neighbours are not held back");
    assert!(!service.log().contains("192.0.2."), "no address is logged");
    assert!(service.stop().success());

    // A proxy that nobody has told of: it cannot be known who asks, and none is refused.
    let place = Place::default();
    let service = place.serve();
    assert!(all(&service).await.iter().all(|status| *status == 303));
    assert_eq!(service.log().matches("SNAK_TRUSTED_PROXY").count(), 1, "{}", service.log());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_of_what_another_does_and_lets_the_service_stop() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_station").await;
    let link = service.link("/c/-/news/aabn_station");
    let client = reqwest::Client::new();
    assert_eq!(client.get(&link).send().await.unwrap().status(), 404, "there is no conversation to hear of");
    page.press("Start").await;
    let cookies: Vec<String> = page.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut news = client.get(&link).header("cookie", cookies.join("; ")).send().await.unwrap();
    assert_eq!(
        (news.status().as_u16(), news.headers()["content-type"].to_str().unwrap()),
        (200, "text/event-stream")
    );
    page.press("Under en gang om året").await;
    assert_eq!(&news.chunk().await.unwrap().unwrap()[..], b"event: changed\ndata: page\n\n");
    assert!(service.stop().success(), "it does not wait for those who listen");
    assert_eq!(news.chunk().await.unwrap(), None);
}
