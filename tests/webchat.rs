//! The web chat as a citizen without JavaScript meets it, on the real service.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::page::Browser;
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
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_station").await;
    assert!(page.text().contains("Jeg er en chatbot og stiller spørgsmål for Nordby Bibliotek"));
    assert!(
        page.text().contains("De slettes efter 12 måneder"),
        "what is kept is said before the first question"
    );
    assert!(page.cookies.is_empty(), "nothing is left by looking");
    page.press("Start").await;
    page.press("Under en gang om året").await;
    assert!(page.text().contains("Hvad holder dig væk?"));
    page.tick(&["Der er for langt", "Noget andet"]);
    page.write("For <mange> trapper & \"døre\"");
    page.press("Færdig").await;
    assert!(page.text().contains("For <mange> trapper & \"døre\""), "own words are shown as they were typed");
    page.tick(&["Før kl. 9", "Midt på dagen", "Efter kl. 18"]);
    page.press("Færdig").await;
    assert!(page.text().contains("Vælg højst 2."), "too many is told");
    page.tick(&["Efter kl. 18"]);
    page.press("Færdig").await;
    page.press("Ja").await;
    page.press("Tilbage").await;
    assert!(page.text().contains("låse dig ind"), "back asks the question before again");
    page.press("Nej").await;
    page.write("\u{202e}Kaffe\0 og\u{7} kage 🙂\r\nog ro");
    page.press("Send").await;
    assert!(page.text().contains("Tak for dine svar!"), "{}", page.text());
    page.get("/c/aabn").await;
    assert!(page.text().contains("Tak for dine svar!"), "coming back shows how it went");

    let rows = rows(&service, &place).await;
    assert_eq!(rows.len(), 1);
    for (name, value) in [
        ("channel", "web"),
        ("place", "station"),
        ("language", "da"),
        ("audience", "not_yet_user"),
        ("status", "complete"),
    ] {
        assert_eq!(rows[0][name], value, "{name}");
    }
    let answers = json!({
        "bruger": "sjældent", "hvorfor_ikke": ["langt", "andet"], "hvorfor_ikke_other": "For <mange> trapper & \"døre\"",
        "tidspunkt": ["aften"], "selvbetjent": "nej", "fri": "\u{202e}Kaffe og kage 🙂\nog ro",
    });
    assert_eq!(rows[0]["answers"], answers);
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_once_and_only_where_it_belongs() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn_torvet").await;
    let start = page.form("Start");
    page.send(&start).await;
    // Pressed twice before the first answer came: the browser had no cookie yet.
    page.cookies.clear();
    page.send(&start).await;
    let never = page.form("Aldrig");
    page.send_from(&never, &[("origin", "https://evil.example")]).await;
    assert_eq!(page.status, 403, "a form on another site is not taken");
    page.send_from(&never, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(page.status, 403);
    page.send(&never).await;
    page.send(&never).await;
    assert!(
        page.text().contains("Hvad holder dig væk?"),
        "sent twice, it answers one question\n{}",
        page.text()
    );
    // Back in the browser's history, then another option: the question has been answered meanwhile.
    let mut stale = never.clone();
    for (name, value) in &mut stale.fields {
        match name.as_str() {
            "ticket" => *value = "0".repeat(32),
            "option" => *value = "2".to_owned(),
            _ => {}
        }
    }
    page.send(&stale).await;
    assert!(page.text().contains("Det har du allerede svaret på."), "{}", page.text());
    page.get("/c/aabn").await;
    page.press("Stop").await;
    assert!(page.text().contains("Samtalen er stoppet"));
    let rows = rows(&service, &place).await;
    assert_eq!(rows.len(), 1, "one citizen, one row");
    assert_eq!(
        (&rows[0]["status"], &rows[0]["ended"], &rows[0]["answers"]),
        (&json!("partial"), &json!("stop"), &json!({"bruger": "aldrig"}))
    );
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_person_sends_is_met_kindly_and_the_line_goes_on() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/findesikke").await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("Her er ingen samtale"), "{}", page.text());
    page.get("/c/aabn_nye-steder?lang=en").await;
    page.press("Start").await;
    assert!(page.text().contains("How often do you go to the library?"), "{}", page.text());
    page.press("More often than that").await;
    page.press("Skip").await;
    page.press("Skip").await;
    page.write(&"å".repeat(50_000));
    page.press("Send").await;
    assert!(
        page.text().contains("That is 50000 characters")
            || page.text().contains("50,000")
            || page.text().contains("50000"),
        "{}",
        page.text()
    );
    page.write(&"x".repeat(3_000_000));
    page.press("Send").await;
    assert!(page.status == 413 && page.text().contains("prøv igen"), "{} {}", page.status, page.text());
    page.get("/c/aabn").await;
    for body in [
        "",
        "do=",
        "do=answer&step=99999999&visit=-1&option=zzz",
        "do=answer&option=200",
        "%ff%fe=%00",
        "do=launch",
    ] {
        let mut form = page.form("Send");
        form.fields = Vec::new();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let cookie = page.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<String>();
        let sent = client
            .post(service.link(&form.to))
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        let status = sent.body(body).send().await.unwrap().status().as_u16();
        assert!(status < 500, "{body:?} gives {status}");
    }
    page.get("/c/aabn").await;
    page.write("Coffee");
    page.press("Send").await;
    assert!(page.text().contains("Thank you for your answers!"), "{}", page.text());
    let rows = rows(&service, &place).await;
    assert_eq!(
        (&rows[0]["place"], &rows[0]["answers"]["fri"]),
        (&json!("other"), &json!("Coffee")),
        "an unknown place counts as other"
    );
    assert!(!service.log().contains("panicked"), "{}", service.log());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_keeps_nothing() {
    let place = Place::default();
    let service = place.serve();
    let mut page = Browser::new(&service.url);
    page.get("/c/aabn").await;
    page.press("Nej tak").await;
    assert!(page.text().contains("Helt i orden"));
    assert!(page.cookies.is_empty());
    assert_eq!(rows(&service, &place).await.len(), 0);
}
