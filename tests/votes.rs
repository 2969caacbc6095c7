//! Votes and contributions from the chat to the store: apart from the response, held until staff have read them, gone with the citizen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use futures_util::TryStreamExt;
use snak::dispatch;
use snak::engine::{self, Response, Review, Reviewed, Vote, VoteRow};
use snak::script::ScriptId;
use snak::web::{Inside, Web};
use std::sync::{Arc, Mutex};
use storage::{Cursor, DialogueId, Kind, MemoryStore, Receipt, Row};
use support::desk::{Desk, desk};
use support::meddling::Meddling;

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

    /// The words of what is left, and whether it belongs to nobody.
    async fn left(&self) -> Vec<(String, bool)> {
        let all = self.contributions().await;
        all.into_iter().map(|(_, _, r)| (r.contribution.words, r.detached)).collect()
    }

    async fn erase(&self, who: u32) -> Receipt {
        let now = "2026-03-05T10:00:00Z".parse().unwrap();
        let anonymous = |of: &ScriptId, revision| self.library.is_anonymous(of, revision);
        dispatch::erase(&*self.store, anonymous, &self.key(who), now).await.unwrap()
    }

    /// What the routes answer the operator.
    async fn ask(&self, method: &str, path: &str, json: Option<String>) -> (u16, String) {
        let web = Web {
            forget: Arc::new(|_| Box::pin(async { Ok(storage::Receipt::default()) })),
            store: self.store.clone(),
            library: self.library.clone(),
            telegram: Arc::new(|| None),
            guard: snak::web::Guard::default(),
            metrics: Arc::default(),
            operator: "0123456789abcdef".to_owned(),
        };
        let path: String = path
            .bytes()
            .map(|b| if b < 128 { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        let answer = Inside::new(web).ask(method, &path, json).await.unwrap();
        let body: Vec<_> = answer.body.try_collect().await.unwrap();
        (answer.status, String::from_utf8(body.concat()).unwrap())
    }

    async fn review(&self, id: &str, review: &str) -> (u16, String) {
        let verdict = serde_json::json!({"id": id, "review": review});
        self.ask("POST", "/v1/operator/review", Some(verdict.to_string())).await
    }

    async fn approve_all(&self) {
        for (_, id, _) in self.contributions().await {
            assert_eq!(self.review(&id, "approved").await.0, 200);
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
async fn with_a_citizen_go_their_votes_and_what_nobody_has_approved() {
    let desk = scene(false).await;
    desk.chat(7, &ONE).await;
    desk.chat(8, &["enig", "enig", "enig", "Mere musik.", "spring over"]).await;
    let receipt = desk.erase(7).await;
    assert_eq!((receipt.conversations, receipt.responses), (1, 4), "a response and three votes");
    assert_eq!(desk.votes().await.len(), 3, "those of the other");
    assert_eq!(desk.left().await, [("Mere musik.".to_owned(), false)]);
    let again = desk.erase(7).await;
    assert_eq!((again.conversations, again.responses), (0, 0));
}

#[tokio::test]
async fn an_anonymous_citizen_who_writes_a_letter_in_time_is_forgotten_whole() {
    let desk = scene(true).await;
    desk.chat(7, &ONE).await;
    desk.chat(8, &["enig", "enig", "enig", "spring over", "spring over"]).await;
    let receipt = desk.erase(7).await;
    assert_eq!((receipt.conversations, receipt.responses), (1, 4), "a response and three votes");
    assert_eq!(desk.votes().await.len(), 3, "those of the other");
    let live = desk.log(DIALOGUE).await.into_iter().filter(|row| matches!(row, Row::Live(_))).count();
    assert_eq!(live, 1);
}

#[tokio::test]
async fn what_staff_have_said_to_a_contribution_holds_until_its_words_change() {
    let steps = "steps:
  - {ask: Vil du være med?, id: vil, type: yesno}
  - {idea: Hvad vil du selv?, id: idé, show_others: 2, when: {vil: ja}}
  - {ask: Mere?, id: mere, type: text}
";
    let desk = Scene(support::desk::desk(Arc::new(MemoryStore::new().unwrap()), "scene", false, steps).await);
    desk.chat(7, &["ja", "Fællessang i gården", "nej"]).await;
    desk.approve_all().await;
    desk.mend(7, "Mere?", "jo").await;
    let reviews: Vec<Review> = desk.contributions().await.into_iter().map(|(_, _, r)| r.review).collect();
    assert_eq!(reviews, [Review::Approved]);
    desk.mend(7, "Vil du være med?", "nej").await;
    assert_eq!(desk.left().await, [], "who does not take part any more shows nothing");
}

#[tokio::test]
async fn what_others_see_stays_when_its_author_is_erased_and_leads_to_nobody() {
    let desk = scene(false).await;
    desk.chat(7, &ONE).await;
    let Row::Live(body) = desk.log(DIALOGUE).await.remove(0) else { panic!("erased") };
    let response: Response = engine::decode(&body).unwrap();
    let voter = desk.votes().await.remove(0).voter;
    desk.approve_all().await;
    desk.erase(7).await;

    let kept = [("Der skal være lys.".to_owned(), true), ("Fællessang i gården".to_owned(), true)];
    assert_eq!(desk.left().await, kept);
    for (kind, id, _) in desk.contributions().await {
        let body = desk.store.document(kind, &id).await.unwrap().unwrap();
        let all = format!("{id} {}", String::from_utf8_lossy(&body));
        for name in [&response.citizen, &response.id.to_string(), &voter] {
            assert!(!all.contains(name), "{all}");
        }
    }
    desk.chat(9, &["enig", "enig", "uenig", "spring over", "spring over", "👍"]).await;
    assert!(desk.heard(9, "Fællessang i gården").await, "others go on seeing it");

    // The table of ideas says that there was one, and nothing of it.
    let (status, table) =
        desk.ask("GET", "/v1/dialogues/nordby/scene/responses.ndjson?table=idé&after=0", None).await;
    assert_eq!(status, 200, "{table}");
    assert!(table.contains("\"deleted_reason\":\"citizen\"") && !table.contains("Fællessang"), "{table}");

    // Nobody is left who could take it back: once staff do not want it shown, it goes.
    for (_, id, _) in desk.contributions().await {
        assert_eq!(desk.review(&id, "rejected").await.0, 200);
    }
    assert_eq!(desk.left().await, []);
}

#[tokio::test]
async fn what_is_erased_while_staff_approve_it_does_not_come_back() {
    let store = Arc::new(Meddling { inner: MemoryStore::new().unwrap(), next: Mutex::default() });
    let desk = Scene(support::desk::desk(store.clone(), "scene", false, STEPS).await);
    desk.chat(7, &ONE).await;
    let (_, id, _) = desk.contributions().await.remove(1);
    *store.next.lock().unwrap() = Some(desk.key(7));
    let (status, why) = desk.review(&id, "approved").await;
    assert_eq!(status, 409, "{why}");
    assert_eq!(desk.left().await, []);
    assert_eq!(desk.review(&id, "approved").await.0, 404);
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
