//! Rows about what no chat shows: groups, new versions, restarts, a platform that is away.

use super::house::{House, PATIENCE};
use async_trait::async_trait;
use botapi::{Citizen, Fault, Outcome};
use jiff::SignedDuration;
use snak::channel::{Channel, ConversationId, Illustrations, Outbound, Parcel, SendError, Sent};
use snak::delivery::Delivery;
use snak::engine::{self, Illustration, Message, Text};
use snak::script::Language;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{Body, Changes, MemoryStore, Outgoing, Store, UpdateId, Version};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

async fn at(code: &str) -> (House, Citizen) {
    let house = House::open(&[code.to_owned()]).await;
    let citizen = house.citizen(7);
    citizen.start(code);
    house.rest().await;
    citizen.press("Start").unwrap();
    house.rest().await;
    (house, citizen)
}

fn words(citizen: &Citizen) -> Vec<String> {
    citizen.chat().messages.iter().filter(|m| m.from_bot).map(|m| m.text.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_44_deletes_the_account() {
    let (house, citizen) = at("hal").await;
    citizen.press("Aften").unwrap();
    house.rest().await;
    citizen.deactivate();
    for days in [2, 8] {
        house.wait(SignedDuration::from_hours(24 * days)).await;
        house.rest().await;
    }
    let refused = |c: &botapi::Call| matches!(c.outcome, Outcome::Refused { code: 403, .. });
    assert_eq!(
        house.server.calls().iter().filter(|c| refused(c)).count(),
        1,
        "then nothing is sent any more"
    );
    house.well();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_45_the_bot_is_added_to_a_group() {
    let house = House::open(&["hal".to_owned()]).await;
    house.citizen(7).add_bot_to_group(-100_500, "Banden");
    house.server.wait_until(|server| server.chat(-100_500).bot_left, PATIENCE).await.unwrap();
    let chat = house.server.chat(-100_500);
    let said = chat.last_from_bot().unwrap();
    assert_eq!(said.text, "Jeg taler kun privat. Skriv til mig i en chat for os to.");
    let button = &said.buttons[0][0];
    assert!(button.url.as_ref().unwrap().starts_with("https://t.me/"), "{button:?}");
    house.rest().await;
    let group = storage::key_of(house.store.secrets(), "telegram:-100500");
    assert_eq!(house.store.conversation(&group).await.unwrap(), None, "nothing of it is kept");
    house.well();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_a_new_version_on_the_way() {
    let (house, citizen) = at("hal").await;
    let file = house.folder.path().join("nordby/hal.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Kommer du alene?", "Kommer I flere?")).unwrap();
    house.publish().await;
    citizen.press("Aften").unwrap();
    house.rest().await;
    assert_eq!(words(&citizen).last().unwrap(), "Kommer du alene?", "who has begun goes on as it was");
    citizen.start("hal");
    house.rest().await;
    for label in ["Start forfra", "Start", "Aften"] {
        citizen.press(label).unwrap();
        house.rest().await;
    }
    assert_eq!(words(&citizen).last().unwrap(), "Kommer I flere?");
    house.well();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_48_restarts_and_updates_that_come_twice() {
    let (mut house, citizen) = at("hal").await;
    house.server.hand_out_twice(true);
    citizen.press("Aften").unwrap();
    house.rest().await;
    house.restart().await;
    citizen.write("ja");
    house.rest().await;
    let asked = words(&citizen);
    let times = |of: &str| asked.iter().filter(|w| w.starts_with(of)).count();
    assert_eq!((times("Kommer du alene?"), times("Hvad mangler du?")), (1, 1), "{asked:#?}");
    house.well();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_49_asked_to_wait_the_order_is_kept() {
    let (house, citizen) = at("hal").await;
    house.server.throttle_chat(7, 2, 1);
    citizen.write("aften");
    house.rest().await;
    citizen.write("nej");
    house.rest().await;
    let asked = words(&citizen);
    assert_eq!(asked[asked.len() - 2..], ["Kommer du alene?\n✓ Nej", "Hvad mangler du?"]);
    let refused = |c: &botapi::Call| c.outcome == Outcome::Fault(Fault::RetryAfter(1));
    assert_eq!(house.server.calls().iter().filter(|c| refused(c)).count(), 2);
    house.well();
}

/// A platform that cannot be reached before some time.
#[derive(Debug)]
struct Away {
    until: Instant,
    taken: Mutex<Vec<String>>,
}

#[async_trait]
impl Channel for Away {
    fn name(&self) -> &'static str {
        "telegram"
    }
    async fn send(&self, _: &ConversationId, outbound: &Outbound) -> Result<Sent, SendError> {
        if Instant::now() < self.until {
            return Err(SendError::Unreachable("away".to_owned()));
        }
        let Outbound::Say(message) = outbound else { panic!("{outbound:?}") };
        self.taken.lock().unwrap().push(message.text.to_string());
        Ok(Sent("1".to_owned()))
    }
}

#[derive(Debug)]
struct Nothing;

#[async_trait]
impl Illustrations for Nothing {
    async fn bytes(&self, _: &Illustration) -> Option<Vec<u8>> {
        None
    }
}

async fn taken_after(minutes: u64) -> Vec<String> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let said = |words: &str| {
        let message = Message { text: Text::plain(words), ..Message::bare(Language::DANISH) };
        Outgoing { message: None, forget: false, body: engine::encode(&Parcel::Say(message)).unwrap() }
    };
    let conversation = storage::key_of(store.secrets(), "telegram:7");
    let changes = Changes {
        conversation,
        update: UpdateId("test:1".to_owned()),
        at: "2026-03-04T10:00:00Z".parse().unwrap(),
        expected: Version(0),
        body: Body::Put(vec![1]),
        address: Some("telegram:7".to_owned()),
        responses: Vec::new(),
        outbox: ["Tak!", "Det skriver jeg ned.", "Hvad mangler du?"].map(said).to_vec(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    };
    store.commit(changes).await.unwrap();
    let away = Away { until: Instant::now() + Duration::from_secs(minutes * 60), taken: Mutex::default() };
    let away = Arc::new(away);
    let delivery = Delivery::new(store.clone(), vec![away.clone()], Arc::new(Nothing), Duration::ZERO);
    let left = Delivery::<Away>::left_over(&*store).await.unwrap();
    let ((_outbox, rows), (stop, stopped)) = (mpsc::unbounded_channel(), watch::channel(false));
    let running = tokio::spawn(Arc::new(delivery).run(left, rows, stopped));
    tokio::time::sleep(Duration::from_secs(minutes * 60 + 120)).await;
    stop.send(true).unwrap();
    running.await.unwrap();
    assert_eq!(store.outbox(None, 10).await.unwrap().len(), 0);
    away.taken.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn row_49_after_an_hour_only_the_open_question_comes() {
    assert_eq!(taken_after(20).await, ["Tak!", "Det skriver jeg ned.", "Hvad mangler du?"]);
    assert_eq!(taken_after(90).await, ["Hvad mangler du?"]);
}
