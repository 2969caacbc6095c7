//! Addresses are kept apart: a document each, never in a row, and gone when the citizen stops.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use jiff::Timestamp;
use snak::channel::{Content, ConversationId, Inbox, Incoming, Parcel};
use snak::dispatch::{Clock, Conversation, Dispatch};
use snak::engine::{self, Button, ButtonKind, Contact, Input, Response, Way};
use snak::library::Library;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::{Cursor, DialogueId, Kind, MemoryStore, Row, Store};
use tokio::sync::mpsc::unbounded_channel;

const DIALOGUE: &str = "nordby/kontakt";
const SCRIPT: &str = "format: 1
title: Kontakt
languages: [da]
owner: Mette Lund
contact: havn@nordby.example
purpose: Finde ud af noget.
method: Chat.
target_group: Alle.
expected_effect: Noget.
give_back: {by: 2028-05-01, how: På døren.}
period: {from: 2026-01-01, to: open}
privacy: {basis: consent, anonymous: false, keep: 12 months, notice: Vi gemmer dine svar.}
entry: {code: kontakt}
audience: everyone
steps:
  - {ask: Hvordan går det?, id: fri, type: text}
  - {ask: Din mail?, id: mail, type: email}
  - {ask: Dit nummer?, id: nummer, type: phone}
  - {ask: Mere?, id: mere, type: text}
";

struct Desk {
    dispatch: Dispatch,
    store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
    updates: AtomicU64,
}

async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nordby")).unwrap();
    std::fs::write(folder.path().join("nordby/kontakt.yaml"), SCRIPT).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
    let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let reading = library.read(now).await.unwrap();
    let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let drawn = AtomicU64::new(1);
    // Spread over all bits, as numbers that nobody can guess are.
    let draw = move || {
        let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
        Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
    };
    let (outbox, _) = unbounded_channel();
    let dispatch = Dispatch::new(store.clone(), library, Clock::new(move || now, draw), outbox);
    Desk { dispatch, store, _folder: folder, updates: AtomicU64::new(0) }
}

impl Desk {
    async fn take(&self, content: Content) {
        let update = self.updates.fetch_add(1, Ordering::SeqCst);
        let incoming = Incoming {
            update: format!("telegram:{update}"),
            conversation: ConversationId::new("telegram", 7),
            channel: "telegram",
            language: None,
            content,
            shows_recap: false,
            upload: None,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    async fn say(&self, words: &[&str]) {
        for words in words {
            self.take(Content::Input(Input::Text((*words).to_owned()))).await;
        }
    }

    async fn begin(&self) {
        self.take(Content::Start { payload: "kontakt".to_owned() }).await;
        self.say(&["start"]).await;
    }

    // The entry again: who has answered before is asked first.
    async fn again(&self) {
        self.take(Content::Start { payload: "kontakt".to_owned() }).await;
        let queued = self.store.outbox(None, 1000).await.unwrap();
        let parcels = queued.iter().map(|q| engine::decode(&q.outgoing.body).unwrap());
        let buttons: Vec<Button> = parcels
            .flat_map(|parcel| match parcel {
                Parcel::Say(message) | Parcel::Amend(message) => message.buttons.concat(),
            })
            .collect();
        let again = buttons.iter().rfind(|b| b.press.button == ButtonKind::AnswerAgain).unwrap();
        self.take(Content::Input(Input::Press(again.press))).await;
        self.say(&["start"]).await;
    }

    async fn contacts(&self) -> Vec<(String, Contact)> {
        let all = self.store.documents(Kind::Contact, "nordby/kontakt/").await.unwrap();
        all.into_iter().map(|(id, body)| (id, engine::decode(&body).unwrap())).collect()
    }

    async fn conversation(&self) -> Conversation {
        let key = storage::key_of(self.store.secrets(), "telegram:7");
        engine::decode(&self.store.conversation(&key).await.unwrap().unwrap().body).unwrap()
    }
}

#[tokio::test]
async fn an_address_is_a_document_of_its_own_and_no_row_holds_it() {
    let desk = desk().await;
    desk.begin().await;
    desk.say(&["Fint", "jens@x.dk"]).await;
    assert_eq!(desk.contacts().await, [], "nothing is kept before the end");
    desk.say(&["20 30 40 50", "Nej"]).await;

    let kept = desk.contacts().await;
    let mut addresses: Vec<(&str, Way)> = kept.iter().map(|(_, c)| (c.address.as_str(), c.way)).collect();
    addresses.sort_by_key(|(address, _)| *address);
    assert_eq!(addresses, [("+4520304050", Way::Phone), ("jens@x.dk", Way::Email)]);

    let rows = desk.store.responses(&DialogueId(DIALOGUE.to_owned()), Cursor(0), 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    let Row::Live(body) = &rows[0].row else { panic!("{rows:?}") };
    let response: Response = engine::decode(body).unwrap();
    let answered: Vec<&str> = response.answers.iter().map(|a| a.question.as_str()).collect();
    assert_eq!(answered, ["fri", "mere"]);
    for secret in ["jens@x.dk", "20304050"] {
        assert!(!String::from_utf8_lossy(body).contains(secret), "{secret}");
    }
    // Neither leads to the other.
    for (id, _) in &kept {
        assert!(!id.contains(&response.id.to_string()));
    }

    // The conversation knows where they are, so that they can go with it.
    let held: Vec<String> =
        desk.conversation().await.contacts.iter().map(|h| format!("{}/{}", h.dialogue, h.id)).collect();
    assert_eq!(held.len(), 2);
    assert!(kept.iter().all(|(id, _)| held.contains(id)));
}

#[tokio::test]
async fn a_newer_address_takes_the_place_of_the_older_and_who_stops_takes_it_along() {
    let desk = desk().await;
    desk.begin().await;
    desk.say(&["Fint", "jens@x.dk", "spring over", "Nej"]).await;
    let first = desk.contacts().await;
    assert_eq!(first.len(), 1);

    desk.again().await;
    desk.say(&["Fint", "bo@x.dk", "spring over", "Nej"]).await;
    let second = desk.contacts().await;
    assert_eq!(second.len(), 1);
    assert_eq!((&second[0].0, second[0].1.address.as_str()), (&first[0].0, "bo@x.dk"));

    desk.again().await;
    desk.say(&["Fint", "ida@x.dk", "stop"]).await;
    assert_eq!(desk.contacts().await, []);
    assert!(desk.conversation().await.contacts.is_empty());
}
