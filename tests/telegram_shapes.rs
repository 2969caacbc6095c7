//! Updates in every shape that the Bot API knows, and in some that it does not know yet: none stops the line or is kept, and the
//! citizen's conversation goes on. `SEED` draws others.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Citizen, Server, Shape, messages_of, shapes};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use storage::{ConversationKey, MasterKey};
use support::service::{KEY, Place, Service, get};

const PATIENCE: Duration = Duration::from_secs(60);
const CITIZEN: i64 = 41;
const PULL: &str = "/v1/dialogues/nordby-bibliotek/aabningstider/responses.ndjson";
/// They would be answers, or commands.
const WORDS: [&str; 3] = ["text", "caption", "rich_message"];

fn seed() -> u64 {
    std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

async fn sees(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("{words:?} is not shown\n{e}"));
}

/// What no version of the Bot API has said yet.
fn from_the_future() -> Vec<Value> {
    let chat = |id: i64, kind: &str| json!({"id": id, "type": kind, "first_name": "Ida"});
    let message = |content: Value| {
        let mut message = json!({"message_id": 1, "date": 1_790_000_000, "chat": chat(7_000_000_001, "private"),
            "from": {"id": 7_000_000_001_i64, "is_bot": false, "first_name": "Ida"}});
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        json!({ "message": message })
    };
    let deep = (0..100).fold(json!("dybt"), |inner, _| json!({ "reply_to_message": [inner] }));
    vec![
        json!({}),
        json!({"hologram": {"id": 7, "chat": chat(7_000_000_002, "private")}}),
        json!({"message": {}}),
        json!({"message": null}),
        json!({"message": [1, 2, 3]}),
        json!({"message": {"chat": chat(-7_000_000_003, "hive"), "text": "hej"}}),
        json!({"message": {"chat": {"id": "nej", "type": "private"}, "text": "hej"}}),
        json!({"edited_message": {"message_id": "x"}}),
        json!({"callback_query": {"id": "1", "from": null, "data": 5}}),
        json!({"my_chat_member": {"chat": chat(7_000_000_004, "private"), "new_chat_member": {"status": "asleep"}}}),
        message(json!({"hologram": {"frames": [1, 2, 3]}})),
        message(json!({"sticker": {"file_id": "x", "emoji": 7}})),
        message(json!({"photo": []})),
        message(json!({"photo": "x"})),
        message(json!({"contact": {"phone_number": null}})),
        message(json!({"location": {"latitude": 1e300, "longitude": -1e300}})),
        message(json!({"location": {"latitude": "nord", "longitude": 12}})),
        message(json!({"voice": {"file_id": "", "duration": -1, "file_size": -5}})),
        message(json!({"entities": [{"type": "hologram", "offset": -4, "length": 1_000_000_000_000_i64}]})),
        message(
            json!({"date": -1, "message_id": 9_007_199_254_740_991_i64, "dice": {"emoji": "🎲", "value": 900}}),
        ),
        message(json!({"new_chat_members": deep})),
    ]
}

struct Told {
    shapes: Vec<Shape>,
    ids: Vec<(i64, String)>,
}

async fn everything_comes(server: &Server, service: &Service, token: &str) -> Told {
    server.hand_out_everything();
    let citizen = server.citizen(CITIZEN, Some("da"));
    citizen.start("aabn_station");
    sees(&citizen, "Jeg er en chatbot").await;
    citizen.press("Start").unwrap();
    sees(&citizen, "Hvor tit kommer du").await;

    let mut told = Told { shapes: shapes(seed()), ids: Vec::new() };
    let own = messages_of(CITIZEN, seed());
    let own =
        own.iter().filter(|shape| !WORDS.iter().any(|word| shape.what.contains(&format!("\"{word}\""))));
    for shape in own.chain(&told.shapes) {
        let mut update = shape.update.clone();
        if shape.chat == CITIZEN {
            update["message"]["message_id"] = json!(800_000 + told.ids.len());
        }
        told.ids.push((server.push_raw(update), shape.what.clone()));
    }
    for update in from_the_future() {
        told.ids.push((server.push_raw(update.clone()), update.to_string()));
    }
    let confirmed = server.wait_until_confirmed(PATIENCE).await;
    let left: Vec<&String> = server
        .pending()
        .iter()
        .flat_map(|u| {
            let id = u["update_id"].as_i64().unwrap();
            told.ids.iter().filter(move |(i, _)| *i == id).map(|(_, what)| what)
        })
        .take(5)
        .collect();
    assert!(confirmed.is_ok(), "these stop the line: {left:#?}\n{}", service.log());

    // Whatever of it he heard, what he is asked still stands open.
    citizen.press("Aldrig").unwrap();
    sees(&citizen, "Hvad holder dig væk").await;
    citizen.write("1");
    sees(&citizen, "Hvornår ville det passe dig").await;
    citizen.write("stop");
    sees(&citizen, "Samtalen er stoppet").await;
    let (status, body) = get(&service.link(PULL), token).await;
    assert_eq!((status, body.lines().count()), (200, 1), "{body}");
    assert!(body.contains("\"bruger\":\"aldrig\""), "{body}");
    assert_eq!(server.fetched(), Vec::<Vec<u8>>::new(), "no file is fetched that nobody asked for");
    assert_eq!(server.breaches(), Vec::<String>::new());
    told
}

/// Whether a word of theirs is for us: a message that somebody writes in private.
fn is_for_us(shape: &Shape) -> bool {
    shape.chat > 0 && shape.kind == "message"
}

/// Nothing is kept of chats of many, nor of people who said nothing in private.
async fn nothing_is_kept(place: &Place, told: &Told) {
    let url = format!("sled:{}", place.data().join("store").display());
    let store = storage::open(&url, &MasterKey::from_text(KEY).unwrap()).await.unwrap();
    let key = |id: i64| -> ConversationKey { storage::key_of(store.secrets(), &format!("telegram:{id}")) };
    let mut seen = BTreeSet::new();
    for shape in told.shapes.iter().filter(|shape| !is_for_us(shape)) {
        for id in [shape.chat, shape.person] {
            seen.insert(id);
            let kept = (store.conversation(&key(id)).await.unwrap(), store.address(&key(id)).await.unwrap());
            assert_eq!(kept, (None, None), "{} is kept of {id}", shape.what);
        }
    }
    assert!(seen.len() > 500, "there was nothing to look for: {}", seen.len());
    let known = store.address(&key(CITIZEN)).await.unwrap();
    assert!(known.is_some(), "this is not where it would stand");
}

#[tokio::test(flavor = "multi_thread")]
async fn fetched_in_every_shape_none_stops_the_line_or_is_kept() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().on_telegram(server.url());
    let token = place.token("nordby-bibliotek");
    let service = place.serve();
    let told = everything_comes(&server, &service, &token).await;
    assert!(service.stop().success());
    nothing_is_kept(&place, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn brought_in_every_shape_none_stops_the_line_or_is_kept() {
    let server = Server::start_local("1:test").await.unwrap();
    let (place, free) = Place::default().on_telegram(server.url()).brought();
    let token = place.token("nordby-bibliotek");
    let service = place.serve_on(&free);
    let told = everything_comes(&server, &service, &token).await;
    assert!(service.stop().success());
    nothing_is_kept(&place, &told).await;
}
