//! The service on Telegram, against a server that refuses what Telegram refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Citizen, Fault, On, Outcome, Server};
use serde_json::json;
use std::time::{Duration, Instant};
use support::service::{Place, Service};

const PATIENCE: Duration = Duration::from_secs(30);

async fn connected() -> (Server, Place, Service) {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let service = place.serve();
    (server, place, service)
}

async fn sees(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("{words:?} is not shown\n{e}"));
}

/// Waits until a button is there, then presses it.
async fn press(citizen: &Citizen, label: &str) {
    sees(citizen, label).await;
    citizen.press(label).unwrap();
}

async fn begun(server: &Server, id: i64) -> Citizen {
    let citizen = server.citizen(id, Some("da"));
    citizen.start("aabn_torvet");
    press(&citizen, "Start").await;
    sees(&citizen, "Hvor tit kommer du").await;
    citizen
}

fn times(citizen: &Citizen, words: &str) -> usize {
    citizen.chat().messages.iter().filter(|m| m.from_bot && m.text.contains(words)).count()
}

fn well(server: &Server, service: &Service) {
    assert_eq!(server.breaches(), Vec::<String>::new(), "every call is one that Telegram takes");
    assert!(!service.log().contains("panicked"), "{}", service.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_answered_its_message_shows_the_choice_and_a_second_press_does_nothing() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 11).await;
    let (question, button) = {
        let chat = citizen.chat();
        let (message, button) = chat.button("Aldrig").unwrap();
        (message.message_id, button.data.clone().unwrap())
    };
    citizen.press_data(question, &button);
    citizen.press_data(question, &button);
    sees(&citizen, "Hvad holder dig væk").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    citizen.wait_for(|chat| chat.spinners == 0, PATIENCE).await.unwrap();
    let chat = citizen.chat();
    let shown = chat.messages.iter().find(|m| m.message_id == question).unwrap();
    assert!(shown.text.ends_with("✓ Aldrig") && shown.buttons.is_empty(), "{shown:?}");
    assert_eq!(times(&citizen, "Hvad holder dig væk"), 1, "{:?}", citizen.transcript());
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_comes_twice_counts_once() {
    let (server, _place, service) = connected().await;
    server.hand_out_twice(true);
    let citizen = begun(&server, 12).await;
    citizen.write("aldrig");
    sees(&citizen, "Hvad holder dig væk").await;
    citizen.write("1 og 2");
    sees(&citizen, "Hvornår ville det passe dig").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    for words in
        ["Jeg er en chatbot", "Hvor tit kommer du", "Hvad holder dig væk", "Hvornår ville det passe dig"]
    {
        assert_eq!(times(&citizen, words), 1, "{words}: {:?}", citizen.transcript());
    }
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_wait_it_waits_and_keeps_the_order() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 13).await;
    let other = begun(&server, 14).await;
    server.throttle_chat(13, 2, 1);
    citizen.write("jævnligt");
    other.write("jævnligt");
    sees(&other, "Hvornår ville det passe dig").await;
    sees(&citizen, "Hvornår ville det passe dig").await;
    citizen.write("aften");
    sees(&citizen, "låse dig ind").await;
    let refused: Vec<_> = server
        .calls()
        .into_iter()
        .filter(|c| c.chat == Some(13) && c.outcome == Outcome::Fault(Fault::RetryAfter(1)))
        .collect();
    assert_eq!(refused.len(), 2);
    let order = |words: &str| {
        citizen.chat().messages.iter().position(|m| m.from_bot && m.text.contains(words)).unwrap()
    };
    assert!(order("Hvor tit") < order("Hvornår ville") && order("Hvornår ville") < order("låse dig ind"));
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_platform_lose_no_message_and_no_answer() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 15).await;
    server.fault(Fault::Cut, On::Sends, 1);
    citizen.write("jævnligt");
    sees(&citizen, "Hvornår ville det passe dig").await;
    server.fault(Fault::AnswerLost, On::Sends, 1);
    citizen.write("aften");
    sees(&citizen, "låse dig ind").await;
    // The one message in flight may come twice; a press on either copy counts once.
    citizen
        .wait_for(
            |chat| chat.messages.iter().filter(|m| m.text.contains("låse dig ind")).count() == 2,
            PATIENCE,
        )
        .await
        .unwrap();
    let copies: Vec<_> = {
        let chat = citizen.chat();
        let asked = chat.messages.iter().filter(|m| m.text.contains("låse dig ind"));
        asked.map(|m| (m.message_id, m.button("Ja").unwrap().data.clone().unwrap())).collect()
    };
    for (message, data) in &copies {
        citizen.press_data(*message, data);
    }
    sees(&citizen, "komme næste uge").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    assert_eq!(times(&citizen, "komme næste uge"), 1);
    server.stop().await;
    citizen.write("En kop kaffe");
    server.resume().await.unwrap();
    sees(&citizen, "Tak for dine svar").await;
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_the_bot_is_left_alone_and_the_others_go_on() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 16).await;
    citizen.write("jævnligt");
    citizen.block();
    let gone = begun(&server, 17).await;
    gone.deactivate();
    gone.write("aldrig");
    let other = begun(&server, 18).await;
    other.write("jævnligt");
    sees(&other, "Hvornår ville det passe dig").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    let refusals = |chat: i64| {
        server
            .calls()
            .iter()
            .filter(|c| c.chat == Some(chat) && matches!(c.outcome, Outcome::Refused { code: 403, .. }))
            .count()
    };
    assert!(refusals(16) <= 1 && refusals(17) <= 1, "a 403 is not tried again");
    citizen.unblock();
    citizen.write("hjælp");
    sees(&citizen, "ring 112").await;
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_the_service_goes_on() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 19).await;
    citizen.sticker("🎉");
    citizen.voice();
    citizen.location(55.7, 12.4);
    citizen.write(&"æ".repeat(4096));
    citizen.write("\u{202e}\u{0}\u{7}\u{200f}");
    citizen.write("🙂");
    citizen.write("/ukendt kommando");
    citizen.press_data(1, "rubbish");
    citizen.press_data(1, &"A".repeat(24));
    citizen.add_bot_to_group(-100_500, "Banden");
    server.push_raw(
        json!({"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": false,
        "is_anonymous": true, "type": "regular", "allows_multiple_answers": false}}),
    );
    server.push_raw(json!({"something_new": {"id": 7}}));
    // A citizen's words with something in them that the library does not know yet: they are an answer all the same.
    let entity = json!([{"type": "hologram", "offset": 0, "length": 4}]);
    server.push_raw(json!({"message": {"message_id": 9001, "date": 1_790_000_000, "text": "hjælp", "entities": entity,
        "chat": {"id": 19, "type": "private", "first_name": "Ny"}, "from": {"id": 19, "is_bot": false, "first_name": "Ny"}}}));
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    sees(&citizen, "ring 112").await;
    citizen.start("aabn_torvet");
    press(&citizen, "Start forfra").await;
    press(&citizen, "Start").await;
    press(&citizen, "Oftere end det").await;
    sees(&citizen, "Hvornår ville det passe dig").await;
    citizen.wait_for(|chat| chat.spinners == 0, PATIENCE).await.unwrap();
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_beside_the_messages_holds_up_the_line_once_however_much_it_is() {
    let (server, _place, service) = connected().await;
    let citizen = begun(&server, 21).await;
    let other = begun(&server, 22).await;
    server.fault(Fault::Hang(Duration::from_secs(20)), On::Method("editMessageReplyMarkup"), 4);
    let old = citizen.chat().messages.iter().find(|m| m.from_bot).unwrap().message_id;
    let pressed = Instant::now();
    for n in 0..4 {
        // Of no session that is known: its buttons go.
        citizen.press_data(old, &format!("{}AAAAA", "ABCDEFGHIJKLM".repeat(2).split_at(n).1.split_at(13).0));
    }
    other.write("jævnligt");
    sees(&other, "Hvornår ville det passe dig").await;
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    assert!(pressed.elapsed() < Duration::from_secs(15), "one after the other: {:?}", pressed.elapsed());
    assert_eq!(
        citizen.toasts().iter().filter(|toast| !toast.is_empty()).count(),
        4,
        "{:?}",
        citizen.toasts()
    );
    well(&server, &service);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_lead_where_they_should() {
    let (server, _place, service) = connected().await;
    let citizen = server.citizen(20, Some("en"));
    citizen.start("nosuch");
    sees(&citizen, "When should the library be open?").await;
    citizen.write("åbningstider");
    sees(&citizen, "I am a chatbot").await;
    press(&citizen, "Dansk").await;
    sees(&citizen, "Jeg er en chatbot").await;
    press(&citizen, "Nej tak").await;
    sees(&citizen, "Helt i orden").await;
    well(&server, &service);
}

/// What is told of the bot, by language: the name of its fourth command, how its descriptions begin.
fn profile(server: &Server) -> Vec<(String, String, String, String)> {
    let start = |noun: &str, language: &str| {
        let words = server.description(noun, language).unwrap_or_default();
        words.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    };
    let about = |(_, language, list): (String, String, Vec<serde_json::Value>)| {
        let name = list[3]["command"].as_str().unwrap().to_owned();
        (language.clone(), name, start("description", &language), start("short_description", &language))
    };
    server.commands().into_iter().map(about).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bot_is_stands_there_in_each_language_and_is_told_once() {
    let server = Server::start("1:test").await.unwrap();
    // Trouble with it holds up no conversation.
    server.fault(Fault::RetryAfter(1), On::Method("setMyDescription"), 1);
    server.fault(Fault::Status(500), On::Method("getMyCommands"), 1);
    let place = Place::default().on_telegram(server.url());
    let service = place.serve();
    let shorts = |server: &Server| server.count("getMyShortDescription", &Outcome::Ok);
    server.wait_until(|s| s.count("setMyShortDescription", &Outcome::Ok) == 4, PATIENCE).await.unwrap();
    let told = profile(&server);
    let of = |language: &str| told.iter().find(|(l, ..)| l == language).cloned().unwrap_or_default();
    let danish = ("sprog".to_owned(), "Hej! Jeg".to_owned(), "Chatbot, der".to_owned());
    for language in ["", "da"] {
        let (_, name, long, short) = of(language);
        assert_eq!((name, long, short), danish, "{language:?}");
    }
    assert_eq!((of("en").1, of("en").2), ("language".to_owned(), "Hello! I".to_owned()));
    assert_eq!((of("ar").1, of("ar").2), ("language".to_owned(), "مرحبًا! أنا".to_owned()));
    well(&server, &service);
    assert!(service.stop().success());

    let before = shorts(&server);
    let service = place.serve();
    server.wait_until(|s| shorts(s) == before + 4, PATIENCE).await.unwrap();
    for method in ["setMyCommands", "setMyDescription", "setMyShortDescription"] {
        assert_eq!(server.count(method, &Outcome::Ok), 4, "{method} is not told again");
    }
    well(&server, &service);
}
