//! A dialogue at the desk: what citizens send goes through dispatch into a store, with a clock that stands and numbers in a row.

use super::header::header;
use jiff::Timestamp;
use snak::channel::{Content, ConversationId, Inbox, Incoming, Parcel};
use snak::dispatch::{Clock, Conversation, Dispatch};
use snak::engine::{self, Button, ButtonKind, Input, Message};
use snak::library::Library;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use storage::{ConversationKey, Cursor, DialogueId, ResponseRow, Store};
use tokio::sync::mpsc::unbounded_channel;

pub struct Desk {
    pub dispatch: Dispatch,
    pub library: Arc<Library>,
    pub store: Arc<dyn Store>,
    code: String,
    _folder: tempfile::TempDir,
    /// The number of the next one.
    pub updates: AtomicU64,
}

pub fn now() -> Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap()
}

/// The dialogue `nordby/<code>` with these steps, entered by its code.
pub async fn desk(store: Arc<dyn Store>, code: &str, anonymous: bool, steps: &str) -> Desk {
    desk_of(store, code, [header(code, anonymous).as_str(), steps].concat()).await
}

/// As [`desk`], with the whole text of the dialogue.
pub async fn desk_of(store: Arc<dyn Store>, code: &str, script: String) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nordby")).unwrap();
    std::fs::write(folder.path().join(format!("nordby/{code}.yaml")), script).unwrap();
    let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
    let reading = library.read(now()).await.unwrap();
    let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let drawn = AtomicU64::new(1);
    // Spread over all bits, as numbers that nobody can guess are.
    let draw = move || {
        let n = u128::from(drawn.fetch_add(1, Ordering::SeqCst));
        Ok(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
    };
    let (outbox, _) = unbounded_channel();
    let dispatch = Dispatch::new(store.clone(), library.clone(), Clock::new(now, draw), outbox);
    Desk { dispatch, library, store, code: code.to_owned(), _folder: folder, updates: AtomicU64::new(0) }
}

impl Desk {
    pub async fn take(&self, who: impl Display, content: Content) {
        let update = self.updates.fetch_add(1, Ordering::SeqCst);
        let incoming = Incoming {
            update: format!("telegram:{update}"),
            conversation: ConversationId::new("telegram", who),
            channel: "telegram",
            language: None,
            content,
            shows_recap: false,
            message: None,
            upload: None,
        };
        self.dispatch.receive(incoming).await.unwrap();
    }

    pub async fn say(&self, who: impl Display, words: &[&str]) {
        for word in words {
            self.take(&who, Content::Input(Input::Text((*word).to_owned()))).await;
        }
    }

    /// By the entry, past the question whether to answer again, to the first question.
    pub async fn begin(&self, who: impl Display) {
        self.take(&who, Content::Start { payload: self.code.clone() }).await;
        let buttons: Vec<Button> =
            self.said(&who).await.into_iter().flat_map(|m| m.buttons.concat()).collect();
        if let Some(again) = buttons.iter().rfind(|b| b.press.button == ButtonKind::AnswerAgain) {
            self.take(&who, Content::Input(Input::Press(again.press))).await;
        }
        self.say(&who, &["start"]).await;
    }

    /// Presses the button of this label that was shown last.
    pub async fn press(&self, who: impl Display, label: &str) {
        let buttons: Vec<Button> =
            self.said(&who).await.into_iter().flat_map(|m| m.buttons.concat()).collect();
        let button = buttons.iter().rfind(|b| b.label == label).unwrap();
        self.take(&who, Content::Input(Input::Press(button.press))).await;
    }

    /// After the end: another answer to that question.
    pub async fn mend(&self, who: impl Display, question: &str, answer: &str) {
        self.say(&who, &["ret et svar"]).await;
        self.press(&who, question).await;
        self.say(&who, &[answer]).await;
    }

    pub fn key(&self, who: impl Display) -> ConversationKey {
        storage::key_of(self.store.secrets(), &ConversationId::new("telegram", who).0)
    }

    pub async fn conversation(&self, who: impl Display) -> Conversation {
        engine::decode(&self.store.conversation(&self.key(who)).await.unwrap().unwrap().body).unwrap()
    }

    /// What waits to be sent to them.
    pub async fn said(&self, who: impl Display) -> Vec<Message> {
        let (of, queued) = (self.key(who), self.store.outbox(None, 10_000).await.unwrap());
        let ours = queued.iter().filter(|q| q.id.conversation == of);
        ours.map(|q| match engine::decode(&q.outgoing.body).unwrap() {
            Parcel::Say(message) | Parcel::Amend(message) => message,
        })
        .collect()
    }

    /// The rows of the dialogue's responses.
    pub async fn rows(&self) -> Vec<ResponseRow> {
        let dialogue = DialogueId(format!("nordby/{}", self.code));
        self.store.responses(&dialogue, Cursor(0), 1_000).await.unwrap()
    }
}
