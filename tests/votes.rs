//! Votes and contributions from the chat to the store: apart from the response, held until staff have read them, gone with the citizen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use jiff::Timestamp;
use snak::channel::{Content, ConversationId, Inbox, Incoming, Parcel};
use snak::dispatch::{self, Clock, Conversation, Dispatch};
use snak::engine::{self, ButtonKind, Input, Response, Review, Reviewed, Vote, VoteRow};
use snak::library::Library;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::{Cursor, DialogueId, Document, Kind, MemoryStore, Row, Store};
use tokio::sync::mpsc::unbounded_channel;

const DIALOGUE: &str = "nordby/scene";
const SCRIPT: &str = "format: 1
title: Scene
languages: [da]
owner: Mette Lund
contact: havn@nordby.example
purpose: Finde ud af noget.
method: Chat.
target_group: Alle.
expected_effect: Noget.
give_back: {by: 2028-05-01, how: På døren.}
period: {from: 2026-01-01, to: open}
privacy: {basis: consent, anonymous: ANONYMOUS, keep: 12 months, notice: Vi gemmer dine svar.}
entry: {code: scene}
audience: everyone
progress: no
steps:
  - vote: Hvad synes du?
    id: udsagn
    show: 3
    let_people_add: ja
    statements: {gratis: Alt er gratis., sent: Der er åbent sent., kaffe: Der er kaffe.}
  - {idea: Hvad vil du selv?, id: idé, show_others: 2}
";

struct Desk {
    dispatch: Dispatch,
    library: Arc<Library>,
    store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
    updates: AtomicU64,
}

async fn desk(anonymous: bool) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nordby")).unwrap();
    let script = SCRIPT.replace("ANONYMOUS", if anonymous { "yes" } else { "no" });
    std::fs::write(folder.path().join("nordby/scene.yaml"), script).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
    let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let reading = library.read(now).await.unwrap();
    let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let drawn = AtomicU64::new(1);
    let draw = move || {
        let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
        Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
    };
    let (outbox, _) = unbounded_channel();
    let dispatch = Dispatch::new(store.clone(), library.clone(), Clock::new(move || now, draw), outbox);
    Desk { dispatch, library, store, _folder: folder, updates: AtomicU64::new(0) }
}

impl Desk {
    async fn take(&self, who: u32, content: Content) {
        let update = self.updates.fetch_add(1, Ordering::SeqCst);
        let incoming = Incoming {
            update: format!("telegram:{update}"),
            conversation: ConversationId::new("telegram", who),
            channel: "telegram",
            language: None,
            content,
            shows_recap: false,
            upload: None,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    /// Begins, and says these; a word that answers nothing fails at the end.
    async fn chat(&self, who: u32, words: &[&str]) {
        self.take(who, Content::Start { payload: "scene".to_owned() }).await;
        let mut again = self.said(who).await.into_iter().flat_map(|m| m.buttons.concat());
        if let Some(again) = again.rfind(|b| b.press.button == ButtonKind::AnswerAgain) {
            self.take(who, Content::Input(Input::Press(again.press))).await;
        }
        for word in ["start"].iter().chain(words) {
            self.take(who, Content::Input(Input::Text((*word).to_owned()))).await;
        }
        assert!(self.conversation(who).await.open.is_none(), "{:?}", self.said(who).await.last());
    }

    fn key(&self, who: u32) -> storage::ConversationKey {
        storage::key_of(self.store.secrets(), &format!("telegram:{who}"))
    }

    async fn conversation(&self, who: u32) -> Conversation {
        engine::decode(&self.store.conversation(&self.key(who)).await.unwrap().unwrap().body).unwrap()
    }

    async fn said(&self, who: u32) -> Vec<engine::Message> {
        let queued = self.store.outbox(None, 10_000).await.unwrap();
        let ours = queued.iter().filter(|q| q.id.conversation == self.key(who));
        ours.map(|q| match engine::decode(&q.outgoing.body).unwrap() {
            Parcel::Say(message) | Parcel::Amend(message) => message,
        })
        .collect()
    }

    async fn heard(&self, who: u32, words: &str) -> bool {
        self.said(who).await.iter().any(|m| m.text.to_string().contains(words))
    }

    async fn rows(&self, log: &str) -> Vec<Row> {
        let rows = self.store.responses(&DialogueId(log.to_owned()), Cursor(0), 100).await.unwrap();
        rows.into_iter().map(|r| r.row).collect()
    }

    async fn votes(&self) -> Vec<VoteRow> {
        let rows = self.rows("nordby/scene#udsagn").await;
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
        let desk = desk(anonymous).await;
        desk.chat(7, &ONE).await;
        let Row::Live(body) = desk.rows(DIALOGUE).await.remove(0) else { panic!("erased") };
        let response: Response = engine::decode(&body).unwrap();
        let answered: Vec<&str> = response.answers.iter().map(|a| a.question.as_str()).collect();
        assert_eq!(answered, ["idé", "udsagn"], "that there was a vote, and nothing of it");
        assert!(!String::from_utf8_lossy(&body).contains("lys"), "the statement is no answer");

        let votes = desk.votes().await;
        let mut said: Vec<Vote> = votes.iter().map(|v| v.vote).collect();
        said.sort_by_key(|v| v.name());
        assert_eq!(said, [Vote::Agree, Vote::Disagree, Vote::Pass]);
        for row in desk.rows("nordby/scene#udsagn").await {
            let Row::Live(body) = row else { panic!("erased") };
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(!text.contains(&response.citizen) && !text.contains(&response.id.to_string()));
        }
        assert!(votes.iter().all(|v| v.voter == votes[0].voter && v.day.to_string() == "2026-03-04"));
    }
}

#[tokio::test]
async fn who_votes_again_has_one_vote_on_each_statement() {
    let desk = desk(false).await;
    desk.chat(7, &ONE).await;
    desk.chat(7, &["nej", "nej", "nej", "spring over", "spring over"]).await;
    let votes = desk.votes().await;
    assert_eq!(votes.len(), 3);
    assert!(votes.iter().all(|v| v.vote == Vote::Disagree));
}

#[tokio::test]
async fn others_see_what_staff_have_approved_and_nobody_their_own() {
    let desk = desk(false).await;
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
    let desk = desk(false).await;
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
    let desk = desk(true).await;
    desk.chat(7, &ONE).await;
    desk.library.erase_expired("2027-03-04T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((desk.votes().await.len(), desk.contributions().await.len()), (3, 2), "the day is not over");
    desk.library.erase_expired("2027-03-05T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((desk.votes().await.len(), desk.contributions().await.len()), (0, 0));
}
