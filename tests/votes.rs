//! Votes and contributions from the chat to the store: apart from the response, held until staff have read them, gone with the citizen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::dispatch;
use snak::engine::{self, Response, Review, Reviewed, Vote, VoteRow};
use std::sync::Arc;
use storage::{Cursor, DialogueId, Document, Kind, MemoryStore, Row};
use support::desk::{Desk, desk};

const DIALOGUE: &str = "nordby/scene";
const STEPS: &str = "steps:
  - vote: Hvad synes du?
    id: udsagn
    show: 3
    let_people_add: ja
    statements: {gratis: Alt er gratis., sent: Der er åbent sent., kaffe: Der er kaffe.}
  - {idea: Hvad vil du selv?, id: idé, show_others: 2}
";

/// The desk of the stage.
struct Scene(Desk);

async fn scene(anonymous: bool) -> Scene {
    Scene(desk(Arc::new(MemoryStore::new().unwrap()), "scene", anonymous, STEPS).await)
}

impl std::ops::Deref for Scene {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}

impl Scene {
    /// Begins, and says these; a word that answers nothing fails at the end.
    async fn chat(&self, who: u32, words: &[&str]) {
        self.begin(who).await;
        self.say(who, words).await;
        assert!(self.conversation(who).await.open.is_none(), "{:?}", self.said(who).await.last());
    }

    async fn heard(&self, who: u32, words: &str) -> bool {
        self.said(who).await.iter().any(|m| m.text.to_string().contains(words))
    }

    async fn log(&self, log: &str) -> Vec<Row> {
        let rows = self.store.responses(&DialogueId(log.to_owned()), Cursor(0), 100).await.unwrap();
        rows.into_iter().map(|r| r.row).collect()
    }

    async fn votes(&self) -> Vec<VoteRow> {
        let rows = self.log("nordby/scene#udsagn").await;
        let live = rows.iter().filter_map(|r| if let Row::Live(body) = r { Some(body) } else { None });
        live.map(|body| engine::decode(body).unwrap()).collect()
    }

    async fn contributions(&self) -> Vec<(Kind, String, Reviewed)> {
        let mut found = Vec::new();
        for kind in [Kind::Statement, Kind::Idea] {
            let all = self.store.documents(kind, "nordby/scene/").await.unwrap();
            found.extend(all.into_iter().map(|(id, body)| (kind, id, engine::decode(&body).unwrap())));
        }
        found
    }

    async fn approve_all(&self) {
        for (kind, id, reviewed) in self.contributions().await {
            let body = engine::encode(&Reviewed { review: Review::Approved, ..reviewed }).unwrap();
            self.store.keep(vec![Document { kind, id, body: Some(body) }]).await.unwrap();
        }
    }
}

const ONE: [&str; 5] = ["enig", "uenig", "ved ikke", "Der skal være lys.", "Fællessang i gården"];

#[tokio::test]
async fn a_vote_is_apart_from_the_response_and_under_another_name() {
    for anonymous in [false, true] {
        let desk = scene(anonymous).await;
        desk.chat(7, &ONE).await;
        let Row::Live(body) = desk.log(DIALOGUE).await.remove(0) else { panic!("erased") };
        let response: Response = engine::decode(&body).unwrap();
        let answered: Vec<&str> = response.answers.iter().map(|a| a.question.as_str()).collect();
        assert_eq!(answered, ["idé", "udsagn"], "that there was a vote, and nothing of it");
        assert!(!String::from_utf8_lossy(&body).contains("lys"), "the statement is no answer");

        let votes = desk.votes().await;
        let mut said: Vec<Vote> = votes.iter().map(|v| v.vote).collect();
        said.sort_by_key(|v| v.name());
        assert_eq!(said, [Vote::Agree, Vote::Disagree, Vote::Pass]);
        for row in desk.log("nordby/scene#udsagn").await {
            let Row::Live(body) = row else { panic!("erased") };
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(!text.contains(&response.citizen) && !text.contains(&response.id.to_string()));
        }
        assert!(votes.iter().all(|v| v.voter == votes[0].voter && v.day.to_string() == "2026-03-04"));
    }
}

#[tokio::test]
async fn who_votes_again_has_one_vote_on_each_statement() {
    let desk = scene(false).await;
    desk.chat(7, &ONE).await;
    desk.chat(7, &["nej", "nej", "nej", "spring over", "spring over"]).await;
    let votes = desk.votes().await;
    assert_eq!(votes.len(), 3);
    assert!(votes.iter().all(|v| v.vote == Vote::Disagree));
}

#[tokio::test]
async fn others_see_what_staff_have_approved_and_nobody_their_own() {
    let desk = scene(false).await;
    desk.chat(7, &ONE).await;
    assert!(desk.contributions().await.iter().all(|(_, _, r)| r.review == Review::Held));
    desk.chat(8, &["enig", "enig", "enig", "spring over", "spring over"]).await;
    assert!(!desk.heard(8, "Fællessang").await, "nobody has read it");
    desk.approve_all().await;

    // One of the three seeds has been seen as often as the others: the new statement comes first.
    desk.chat(9, &["enig", "enig", "uenig", "spring over", "spring over", "👍"]).await;
    assert!(desk.heard(9, "Der skal være lys.").await && desk.heard(9, "Fællessang i gården").await);
    let added = desk.votes().await.into_iter().find(|v| v.words.is_some()).unwrap();
    assert_eq!((added.words.as_deref(), added.vote), (Some("Der skal være lys."), Vote::Agree));
    let liked = desk.store.documents(Kind::Counter, "liked/nordby/scene/idé/").await.unwrap();
    assert_eq!(liked.len(), 1);

    desk.chat(7, &["enig", "enig", "enig", "spring over", "spring over"]).await;
    assert!(!desk.heard(7, "”Der skal være lys.”").await, "one's own is not put to oneself");
}

#[tokio::test]
async fn with_a_citizen_go_their_votes_and_what_they_contributed() {
    let desk = scene(false).await;
    desk.chat(7, &ONE).await;
    desk.chat(8, &["enig", "enig", "enig", "Mere musik.", "spring over"]).await;
    desk.approve_all().await;
    let now = "2026-03-05T10:00:00Z".parse().unwrap();
    let receipt = dispatch::erase(&*desk.store, &desk.key(7), now).await.unwrap();
    assert_eq!((receipt.conversations, receipt.responses), (1, 4), "a response and three votes");
    assert_eq!(desk.votes().await.len(), 3, "those of the other");
    let left: Vec<String> =
        desk.contributions().await.into_iter().map(|(_, _, r)| r.contribution.words).collect();
    assert_eq!(left, ["Mere musik."]);
    let again = dispatch::erase(&*desk.store, &desk.key(7), now).await.unwrap();
    assert_eq!((again.conversations, again.responses), (0, 0));
}

#[tokio::test]
async fn what_is_past_its_time_goes_votes_and_contributions_too() {
    let desk = scene(true).await;
    desk.chat(7, &ONE).await;
    desk.library.erase_expired("2027-03-04T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((desk.votes().await.len(), desk.contributions().await.len()), (3, 2), "the day is not over");
    desk.library.erase_expired("2027-03-05T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((desk.votes().await.len(), desk.contributions().await.len()), (0, 0));
}
