//! Pictures, films and links of a dialogue, as citizens meet them on Telegram, on the web and in the terminal.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Chat, Citizen, Server};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use support::page::Browser;
use support::service::{Place, Service};

const PATIENCE: Duration = Duration::from_secs(30);
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";
const FILM: &[u8] = b"\0\0\0\x18ftypmp42 and hardly a film";
const PICTURED: &str = "Hallen set fra døren, med nye vinduer mod havnen.";
const FILMED: &str = "En tur gennem hallen til pladsen: Ved vinduet.";

/// A folder of dialogues with the one of the transcripts and its two files.
fn place() -> (Place, PathBuf) {
    let mut place = Place::default();
    place.dialogues = place.folder.path().join("dialogues");
    let media = place.dialogues.join("nordby-hal/media");
    fs::create_dir_all(media.join("tur")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/billeder/billeder.yaml");
    fs::copy(script, place.dialogues.join("nordby-hal/billeder.yaml")).unwrap();
    fs::write(media.join("hallen.png"), PICTURE).unwrap();
    fs::write(media.join("tur/hallen.mp4"), FILM).unwrap();
    (place, media)
}

async fn on_telegram(place: Place) -> (Server, Place, Service) {
    let server = Server::start("1:test").await.unwrap();
    let place = place.with("TELOXIDE_TOKEN", "1:test").with("TELOXIDE_API_URL", server.url());
    let service = place.serve();
    (server, place, service)
}

async fn answered(server: &Server, id: i64) -> (Citizen, Chat) {
    let citizen = server.citizen(id, Some("da"));
    citizen.start("hallen");
    for (words, label) in [("Start", "Start"), ("Hvor vil du sidde", "Ved vinduet")] {
        citizen.wait_for(|chat| chat.shows(words), PATIENCE).await.unwrap();
        citizen.press(label).unwrap();
    }
    citizen.wait_for(|chat| chat.shows("Tak for dine svar"), PATIENCE).await.unwrap();
    assert_eq!(server.breaches(), Vec::<String>::new(), "every call is one that Telegram takes");
    let chat = citizen.chat();
    (citizen, chat)
}

#[tokio::test(flavor = "multi_thread")]
async fn telegram_gets_the_file_with_its_description_below_and_the_link_as_a_button() {
    let (server, _place, service) = on_telegram(place().0).await;
    let (_, chat) = answered(&server, 31).await;
    let place_of = |words: &str| chat.messages.iter().position(|m| m.text == words).unwrap();
    let (picture, film) = (place_of(PICTURED), place_of(FILMED));
    assert_eq!(chat.messages[picture].media.as_deref(), Some("photo"));
    assert_eq!(chat.messages[picture].entities.len(), 1, "the harbour is bold in a caption, too");
    assert_eq!(chat.messages[picture - 1].text, "Sådan bliver hallen.");
    let link = &chat.messages[picture].buttons[0][0];
    assert_eq!(
        (link.label.as_str(), link.url.as_deref()),
        ("Se hele planen", Some("https://nordby.example/hallen?plan=1&side=2"))
    );
    assert_eq!(chat.messages[film].media.as_deref(), Some("video"));
    let sent = server.uploads();
    let files: Vec<(&str, &[u8])> = sent.iter().map(|u| (u.name.as_str(), u.bytes.as_slice())).collect();
    assert_eq!(files, [("hallen.png", PICTURE), ("hallen.mp4", FILM)]);
    assert!(!service.log().contains("description is sent"), "{}", service.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_is_gone_the_description_is_sent() {
    let (place, media) = place();
    let (server, _place, service) = on_telegram(place).await;
    fs::remove_file(media.join("hallen.png")).unwrap();
    // Nor is one shown that lies elsewhere.
    let elsewhere = media.join("../elsewhere.mp4");
    fs::rename(media.join("tur/hallen.mp4"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, media.join("tur/hallen.mp4")).unwrap();
    let (_, chat) = answered(&server, 32).await;
    for words in [PICTURED, FILMED] {
        let said = chat.messages.iter().find(|m| m.text == words).unwrap();
        assert_eq!(said.media, None);
    }
    assert!(chat.button("Se hele planen").is_some(), "the link is there all the same");
    assert!(server.uploads().is_empty());
    let mut browser = Browser::new(&service.url);
    browser.get("/c/hallen").await;
    browser.press("Start").await;
    assert!(browser.text().contains(PICTURED), "{}", browser.text());
    assert!(!browser.page.html.contains("<img"), "no picture that cannot come: {}", browser.page.html);
    assert_eq!(service.log().matches("its description is sent").count(), 2, "{}", service.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_chat_shows_it_from_its_own_address_and_nothing_else_beside_it() {
    let (place, media) = place();
    let service = place.serve();
    let mut browser = Browser::new(&service.url);
    browser.get("/c/hallen").await;
    browser.press("Start").await;
    let html = &browser.page.html;
    let image = format!("<img src=\"/c/-/media/nordby-hal/hallen.png\" alt=\"{PICTURED}\" loading=\"lazy\">");
    assert!(html.contains(&image), "{html}");
    let link = "<a href=\"https://nordby.example/hallen?plan=1&amp;side=2\" rel=\"noopener noreferrer\">Se hele planen</a>";
    assert!(html.contains(link), "{html}");
    browser.press("Ved vinduet").await;
    assert!(browser.page.html.contains("<video src=\"/c/-/media/nordby-hal/tur/hallen.mp4\" controls"));
    assert!(browser.text().contains(FILMED), "a film has its description beside it");

    let client = reqwest::Client::new();
    let get = async |path: &str, range: Option<&str>| {
        let mut request = client.get(service.link(path));
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let answer = request.send().await.unwrap();
        let header = |name| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (kind, sniff) = (header("content-type"), header("x-content-type-options"));
        (answer.status().as_u16(), kind, sniff, answer.bytes().await.unwrap().to_vec())
    };
    let nosniff = || Some("nosniff".to_owned());
    let picture = get("/c/-/media/nordby-hal/hallen.png", None).await;
    assert_eq!(picture, (200, Some("image/png".to_owned()), nosniff(), PICTURE.to_vec()));
    let piece = get("/c/-/media/nordby-hal/tur/hallen.mp4", Some("bytes=4-7")).await;
    assert_eq!(piece, (206, Some("video/mp4".to_owned()), nosniff(), b"ftyp".to_vec()));

    fs::write(media.join("side.html"), "<script>").unwrap();
    fs::write(media.join("../hemmelig.png"), "x").unwrap();
    std::os::unix::fs::symlink(media.join("../hemmelig.png"), media.join("ude.png")).unwrap();
    for path in [
        "nordby-hal/side.html",
        "nordby-hal/ude.png",
        "nordby-hal/../hemmelig.png",
        "nordby-hal/..%2fhemmelig.png",
        "nordby-hal/%2e%2e/hemmelig.png",
        "../dialogues/nordby-hal/hallen.png",
        "nordby-hal/tur",
        "nordby-hal/",
        "nordby-hal",
        "",
        "nordby-kultur/hallen.png",
    ] {
        let (status, ..) = get(&format!("/c/-/media/{path}"), None).await;
        assert_eq!(status, 404, "{path}");
    }
}

#[test]
fn the_terminal_prints_the_description_and_where_the_file_lies() {
    let (place, _) = place();
    let mut chat = place.snak(&["chat", "nordby-hal/billeder"]);
    let mut chat = chat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    chat.stdin.take().unwrap().write_all(b"start\n1\n").unwrap();
    let out = String::from_utf8(chat.wait_with_output().unwrap().stdout).unwrap();
    for words in [
        &format!(
            "{PICTURED}\n  [image: nordby-hal/media/hallen.png]\n  Se hele planen: https://nordby.example/hallen?"
        ),
        &format!("{FILMED}\n  [video: nordby-hal/media/tur/hallen.mp4]\n"),
    ] {
        assert!(out.contains(words.as_str()), "{words:?} is not in\n{out}");
    }
}
