//! Addresses are kept apart: a document each, never in a row, and gone when the citizen stops.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::engine::{self, Contact, Response, Way};
use std::sync::Arc;
use storage::{Kind, MemoryStore, Row};
use support::desk::{Desk, desk};

const STEPS: &str = "steps:
  - {ask: Hvordan går det?, id: fri, type: text}
  - {ask: Din mail?, id: mail, type: email}
  - {ask: Dit nummer?, id: nummer, type: phone}
  - {ask: Mere?, id: mere, type: text}
";

/// The desk where one leaves an address.
struct Kontakt(Desk);

async fn kontakt() -> Kontakt {
    Kontakt(desk(Arc::new(MemoryStore::new().unwrap()), "kontakt", false, STEPS).await)
}

impl std::ops::Deref for Kontakt {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}

impl Kontakt {
    async fn contacts(&self) -> Vec<(String, Contact)> {
        let all = self.store.documents(Kind::Contact, "nordby/kontakt/").await.unwrap();
        all.into_iter().map(|(id, body)| (id, engine::decode(&body).unwrap())).collect()
    }
}

#[tokio::test]
async fn an_address_is_a_document_of_its_own_and_no_row_holds_it() {
    let desk = kontakt().await;
    desk.begin(7).await;
    desk.say(7, &["Fint", "jens@x.dk"]).await;
    assert_eq!(desk.contacts().await, [], "nothing is kept before the end");
    desk.say(7, &["20 30 40 50", "Nej"]).await;

    let kept = desk.contacts().await;
    let mut addresses: Vec<(&str, Way)> = kept.iter().map(|(_, c)| (c.address.as_str(), c.way)).collect();
    addresses.sort_by_key(|(address, _)| *address);
    assert_eq!(addresses, [("+4520304050", Way::Phone), ("jens@x.dk", Way::Email)]);

    let rows = desk.rows().await;
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
        desk.conversation(7).await.contacts.iter().map(|h| format!("{}/{}", h.dialogue, h.id)).collect();
    assert_eq!(held.len(), 2);
    assert!(kept.iter().all(|(id, _)| held.contains(id)));
}

#[tokio::test]
async fn a_newer_address_takes_the_place_of_the_older_and_who_stops_takes_it_along() {
    let desk = kontakt().await;
    desk.begin(7).await;
    desk.say(7, &["Fint", "jens@x.dk", "spring over", "Nej"]).await;
    let first = desk.contacts().await;
    assert_eq!(first.len(), 1);

    desk.begin(7).await;
    desk.say(7, &["Fint", "bo@x.dk", "spring over", "Nej"]).await;
    let second = desk.contacts().await;
    assert_eq!(second.len(), 1);
    assert_eq!((&second[0].0, second[0].1.address.as_str()), (&first[0].0, "bo@x.dk"));

    desk.begin(7).await;
    desk.say(7, &["Fint", "ida@x.dk", "stop"]).await;
    assert_eq!(desk.contacts().await, []);
    assert!(desk.conversation(7).await.contacts.is_empty());
}

#[tokio::test]
async fn who_takes_back_the_yes_when_mending_takes_the_address_back() {
    let steps = "steps:
  - {ask: Må vi skrive til dig?, id: ja_tak, type: yesno}
  - {ask: Din mail?, id: mail, type: email, when: {ja_tak: ja}}
  - {ask: Mere?, id: mere, type: text}
";
    let desk = Kontakt(desk(Arc::new(MemoryStore::new().unwrap()), "kontakt", false, steps).await);
    desk.begin(7).await;
    desk.say(7, &["ja", "jens@x.dk", "nej"]).await;
    desk.mend(7, "Mere?", "jo").await;
    assert_eq!(desk.contacts().await.len(), 1, "another answer leaves it as it is");
    desk.mend(7, "Må vi skrive til dig?", "nej").await;
    assert_eq!(desk.contacts().await, []);
}

#[tokio::test]
async fn who_stops_while_mending_hears_of_nothing_more() {
    let desk = kontakt().await;
    desk.begin(7).await;
    desk.say(7, &["Fint", "jens@x.dk", "spring over", "Nej", "få resultatet"]).await;
    let news = async || desk.store.documents(Kind::Subscription, "nordby/").await.unwrap().len();
    assert_eq!((news().await, desk.contacts().await.len()), (1, 1));
    desk.mend(7, "Mere?", "stop").await;
    assert_eq!((news().await, desk.contacts().await.len()), (0, 0));
    let Row::Live(body) = &desk.rows().await.pop().unwrap().row else { panic!("erased") };
    let response: Response = engine::decode(body).unwrap();
    assert_eq!(response.ended, engine::Ended::End, "what had reached its end stays there");
}
