//! Places, pictures, voices and files on their way through the service: fetched only when they are wanted, cleaned, sealed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Citizen, Server};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use support::page::Browser;
use support::service::{Place, Service, files, get};

const PATIENCE: Duration = Duration::from_secs(30);
const TOKEN: &str = "1:GEHEIM";

fn place() -> Place {
    let mut place = Place::default();
    place.dialogues = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    place
}

async fn connected() -> (Server, Place, Service) {
    let server = Server::start(TOKEN).await.unwrap();
    let place = place().with("TELOXIDE_TOKEN", TOKEN).with("TELOXIDE_API_URL", server.url());
    let service = place.serve();
    (server, place, service)
}

async fn sees(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("{words:?} is not shown\n{e}"));
}

async fn press(citizen: &Citizen, label: &str) {
    sees(citizen, label).await;
    citizen.press(label).unwrap();
}

async fn begun(server: &Server, id: i64) -> Citizen {
    let citizen = server.citizen(id, Some("da"));
    citizen.start("parken_her");
    press(&citizen, "Start").await;
    sees(&citizen, "Vis os stedet").await;
    citizen
}

/// A picture with the place where it was taken in it; `n` tells one from another.
fn picture(n: u8) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        [&[0xff, marker], (body.len() as u16 + 2).to_be_bytes().as_slice(), body].concat()
    };
    let exif = segment(0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0MARKER-GPS 55.7 12.4");
    [&[0xff, 0xd8], exif.as_slice(), &segment(0xda, &[1, n, 0, 0, 63, 0]), &[n; 3000], &[0xff, 0xd9]].concat()
}

fn clean(n: u8) -> Vec<u8> {
    let Some(cut) = picture(n).windows(2).position(|w| w == [0xff, 0xda]) else { panic!() };
    [&[0xff, 0xd8], &picture(n)[cut..]].concat()
}

async fn answers(place: &Place, service: &Service) -> Vec<Value> {
    let url = service.link("/v1/dialogues/parken/parken/responses.ndjson");
    let (status, body) = get(&url, &place.token("parken")).await;
    assert_eq!(status, 200, "{body}");
    body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn well(server: &Server, place: &Place, service: &Service) {
    assert_eq!(server.breaches(), Vec::<String>::new(), "every call is one that Telegram takes");
    let log = service.log();
    for secret in ["GEHEIM", "MARKER", "panicked"] {
        assert!(!log.contains(secret), "{secret} is in the log\n{log}");
    }
    for (path, bytes) in files(&place.data()) {
        for secret in [b"MARKER".as_slice(), b"GEHEIM", &[7; 20]] {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret),
                "something is in clear in {}",
                path.display()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_telegram_a_place_is_shared_with_a_keyboard_that_goes_again() {
    let (server, place, service) = connected().await;
    let citizen = begun(&server, 31).await;
    let keyboard = citizen.chat().keyboard;
    assert_eq!(keyboard, [["📍 Del sted"], ["Skriv i stedet"], ["Spring over"]]);
    citizen.venue(55.7010, 12.4030, "Bænken");
    sees(&citizen, "Tag gerne et billede").await;
    citizen.wait_for(|chat| chat.keyboard.is_empty(), PATIENCE).await.unwrap();

    let far = begun(&server, 32).await;
    far.live_location(55.9, 12.4);
    sees(&far, "et stykke fra parken").await;
    far.live_location(55.9, 12.4);
    sees(&far, "Jeg følger ikke med").await;
    sees(&far, "Tag gerne et billede").await;

    let skips = begun(&server, 33).await;
    skips.press("Spring over").unwrap();
    sees(&skips, "Tag gerne et billede").await;
    skips.wait_for(|chat| chat.keyboard.is_empty(), PATIENCE).await.unwrap();
    for who in [&citizen, &far, &skips] {
        who.write("/stop");
        sees(who, "Samtalen er stoppet").await;
    }
    let mut places: Vec<Value> =
        answers(&place, &service).await.into_iter().map(|mut row| row["answers"].take()).collect();
    places.sort_by_key(|given| given["sted"].to_string());
    assert_eq!((&places[0]["sted"], &places[0]["sted.outside"]), (&"55.701000, 12.403000".into(), &0.into()));
    assert_eq!((&places[1]["sted"], &places[1]["sted.outside"]), (&"55.900000, 12.400000".into(), &1.into()));
    assert_eq!(
        (places[0]["sted.lat"].as_f64(), places[0]["sted.lon"].as_f64()),
        (Some(55.701), Some(12.403))
    );
    assert_eq!(places[2]["sted"], Value::Null);
    well(&server, &place, &service);
}

async fn file(url: &str, token: &str) -> (u16, String, Vec<u8>) {
    let response = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), kind, response.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_fetched_when_they_are_asked_for_and_lose_what_they_hide() {
    let (server, place, service) = connected().await;
    let citizen = begun(&server, 41).await;
    citizen.photo_of(picture(1), "");
    sees(&citizen, "Det kan jeg ikke læse").await;
    citizen.write("ved søen");
    sees(&citizen, "Tag gerne et billede").await;
    assert_eq!(server.fetched(), Vec::<Vec<u8>>::new(), "nothing is fetched that nobody asked for");
    citizen.album_of(&[picture(7), picture(8)]);
    sees(&citizen, "2 billeder").await;
    // Sent as a file, a picture is a picture.
    citizen.document("park.jpg", picture(9), "Her er mørkt");
    sees(&citizen, "Har du en plan").await;
    citizen.document("plan.pdf", vec![9; 6_000_000], "");
    sees(&citizen, "Filen er for stor").await;
    citizen.document("plan.pdf", b"%PDF MARKER-plan".to_vec(), "");
    sees(&citizen, "Hvad skal der til").await;
    assert_eq!(server.fetched().len(), 4, "the one that is too large is not fetched");
    citizen.voice();
    sees(&citizen, "Må vi gemme din stemme").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    assert_eq!(server.fetched().len(), 4, "a voice is not fetched before yes");
    press(&citizen, "Ja, gem den").await;
    sees(&citizen, "Hvilken bænk").await;
    assert_eq!(server.fetched().len(), 5);
    citizen.write("/stop");
    sees(&citizen, "Samtalen er stoppet").await;
    let rows = answers(&place, &service).await;
    let given = &rows[0]["answers"];
    assert_eq!(given["billede"].as_array().map(Vec::len), Some(3), "{given}");
    assert_eq!(given["billede.note"], "Her er mørkt");
    let token = place.output(&["token", "create", "--institution", "parken", "--name", "foto", "--media"]);
    let link =
        |id: &Value| service.link(&format!("/v1/dialogues/parken/parken/media/{}", id.as_str().unwrap()));
    for (n, id) in (7..10).zip(given["billede"].as_array().unwrap()) {
        let (status, kind, bytes) = file(&link(id), &token).await;
        assert_eq!((status, kind.as_str()), (200, "image/jpeg"));
        assert_eq!(bytes, clean(n), "the pixels, and nothing of where it was taken");
    }
    let voice = link(&given["trygt.voice"]);
    assert_eq!(file(&voice, &token).await, (200, "audio/ogg".to_owned(), b"OggS".to_vec()));
    assert_eq!(file(&voice, &place.token("parken")).await.0, 403, "media are a permission of their own");
    assert_eq!(file(&voice.replace("parken/parken", "svar/svar"), &token).await.0, 404);
    let stranger = place.output(&["token", "create", "--institution", "svar", "--name", "foto", "--media"]);
    assert_eq!(file(&voice, &stranger).await.0, 404);
    assert_eq!(
        file(&voice.replace("parken/parken", "svar/svar"), &stranger).await.0,
        404,
        "not by another door"
    );
    assert!(given["trygt.voice"].is_string() && given["trygt"].is_null(), "{given}");
    well(&server, &place, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_web_files_go_with_a_plain_form() {
    let place = place();
    let service = place.serve();
    let mut browser = Browser::new(&service.url);
    browser.get("/c/parken_her").await;
    browser.press("Start").await;
    browser.write("Ved søen").send().await;
    assert!(browser.page.html.contains("enctype=\"multipart/form-data\""), "{}", browser.page.html);
    let send = async |browser: &mut Browser, files: &[(&str, Vec<u8>)]| -> u16 {
        let letter = browser.letter("Send").unwrap();
        let status = browser.uploading(&letter, files).send().await.unwrap().status().as_u16();
        browser.get("/c/parken_her").await;
        status
    };
    assert_eq!(send(&mut browser, &[("a.jpg", picture(7)), ("b.txt", b"MARKER".to_vec())]).await, 303);
    assert!(
        browser.text().contains("Jeg har fået et billede. Der er plads til 2 mere."),
        "{}",
        browser.text()
    );
    assert!(browser.text().contains("Den slags billede kan jeg ikke tage imod"), "{}", browser.text());
    let old = browser.letter("Send").unwrap();
    browser.press("Færdig").await;
    assert!(browser.text().contains("Har du en plan"), "{}", browser.text());
    browser.uploading(&old, &[("c.jpg", picture(8))]).send().await.unwrap();
    assert_eq!(send(&mut browser, &[("plan.pdf", vec![1; 26_000_000])]).await, 413);
    assert_eq!(send(&mut browser, &[("plan.pdf", b"%PDF MARKER".to_vec())]).await, 303);
    assert!(browser.text().contains("Hvad skal der til"), "{}", browser.text());
    browser.press("Stop samtalen").await;
    let rows = answers(&place, &service).await;
    let given = &rows[0]["answers"];
    assert_eq!(
        given["billede"].as_array().map(Vec::len),
        Some(1),
        "what came from an old page is not taken: {given}"
    );
    let token = place.output(&["token", "create", "--institution", "parken", "--name", "foto", "--media"]);
    let link =
        |id: &Value| service.link(&format!("/v1/dialogues/parken/parken/media/{}", id.as_str().unwrap()));
    assert_eq!(file(&link(&given["billede"][0]), &token).await.2, clean(7));
    assert_eq!(file(&link(&given["plan"][0]), &token).await.1, "application/pdf");
}
