//! What no chat shows: a fault of ours.

use super::house::House;
use super::support::page::Browser;
use snak::dispatch::Conversation;
use snak::engine::{self, State};
use storage::{Body, Changes, UpdateId};

async fn at_the_first_question(house: &House) -> Browser {
    let mut browser = Browser::new(house.base());
    browser.get("/c/hal").await;
    browser.press("Start").await;
    browser
}

// Its open question is in no revision.
async fn loses_its_question(house: &House, browser: &Browser) {
    let key = storage::key_of(house.store.secrets(), &format!("web:{}", browser.cookies["snak-hal"]));
    let stored = house.store.conversation(&key).await.unwrap().unwrap();
    let mut conversation: Conversation = engine::decode(&stored.body).unwrap();
    let Some(State::Waiting(waiting)) = conversation.open.as_mut().map(|open| &mut open.state) else {
        panic!("no question is open")
    };
    waiting.at = "gone".to_owned();
    let changes = Changes {
        conversation: key,
        update: UpdateId("test:1".to_owned()),
        at: house.now(),
        expected: stored.version,
        body: Body::Put(engine::encode(&conversation).unwrap()),
        address: None,
        responses: Vec::new(),
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: false,
    };
    house.store.commit(changes).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_is_told_on_the_page() {
    let house = House::open(&["hal".to_owned()]).await;
    let mut browser = at_the_first_question(&house).await;
    loses_its_question(&house, &browser).await;
    browser.press("Aften").await;
    let text = browser.text();
    assert!(text.contains("Det gik galt hos os, og det er ikke dig."), "{text}");
    assert!(!text.contains("ikke åbent længere"), "{text}");
}
