//! What a citizen asks for that concerns everything kept of them: to see it, to have it deleted. Pure.

use super::conversation::{Contributed, Conversation};
use super::reception::Reception;
use super::{contacts, mydata, subscriptions};
use crate::channel::Content;
use crate::engine::{
    self, Arg, Button, ButtonKind, Effect, Ended, EngineError, Input, Message, Press, Session, State, Text,
    TextFile, Wish, lines,
};
use crate::library::{Erased, receipt_number};
use crate::script::{Language, ScriptId, fold};
use storage::Document;

/// The step of the two buttons below the question whether everything shall go.
const FORGET: u16 = u16::MAX - 1;

pub fn is_forget(press: &Press) -> bool {
    press.step == FORGET
}

/// Everything goes: what the commit needs for it.
#[derive(Debug)]
pub struct Forgotten {
    /// Sessions that lead to responses and votes which nothing else leads to.
    pub sessions: Vec<Session>,
    /// What lies apart and goes too.
    pub documents: Vec<Document>,
    /// What was given for others to see.
    pub contributed: Vec<Contributed>,
    /// What the citizen is told.
    pub words: String,
    /// The number, and what is kept under it.
    pub receipt: (String, Erased),
}

impl Reception<'_> {
    pub fn wish(&mut self, wish: Wish) -> Result<(), EngineError> {
        // A page asks by itself, and shows no file.
        if self.channel == "web" {
            return Ok(());
        }
        if self.conversation.is_empty() && self.own.responses.is_empty() {
            let text = self.line("nothing-kept");
            self.say(text, Vec::new());
            return Ok(());
        }
        match wish {
            Wish::MyData => self.my_data(),
            Wish::Delete => {
                self.ask_to_forget();
                Ok(())
            }
        }
    }

    /// A page has asked whether it is meant.
    pub(super) fn forget_at_once(&mut self) {
        if !(self.conversation.is_empty() && self.own.responses.is_empty()) {
            self.forget();
        }
    }

    fn my_data(&mut self) -> Result<(), EngineError> {
        let language = self.language();
        let told = mydata::all(self.library, &self.conversation, &self.own, language);
        let l = lines(language);
        self.effects.push(Effect::Say(Message { text: told.text, ..Message::bare(language) }));
        let file = TextFile { name: l.get("data-file-name"), text: told.json };
        let text = Text::plain(l.get("data-file"));
        self.effects.push(Effect::Say(Message { text, file: Some(file), ..Message::bare(language) }));
        self.back_to_the_question()
    }

    fn back_to_the_question(&mut self) -> Result<(), EngineError> {
        match self.conversation.open.as_ref().map(|s| &s.state) {
            Some(State::Waiting(_)) => self.show_open(),
            Some(State::Card { .. } | State::Finished(_)) | None => Ok(()),
        }
    }

    fn ask_to_forget(&mut self) {
        let language = self.language();
        let l = lines(language);
        // Names the message and the question: a later one is another.
        let of = self.moment.seed;
        let button = |name: &str, button| {
            let press = Press { session: of, step: FORGET, visit: 0, button };
            vec![Button { label: l.get(name), press, on: None }]
        };
        let buttons = vec![button("delete-yes", ButtonKind::Forget), button("keep-answer", ButtonKind::Keep)];
        self.conversation.asked = Some(of);
        let text = Text::plain(l.get("delete-question"));
        let message = Message { of: Some(of), text, buttons, ..Message::bare(language) };
        self.effects.push(Effect::Say(message));
    }

    /// The answer to the question whether everything shall go, where it stands open. Whatever else is said closes it.
    pub(super) fn answer_to_forget(&mut self, content: &Content) -> Option<Result<(), EngineError>> {
        if matches!(content, Content::Blocked | Content::Nothing | Content::Input(Input::TimeUp)) {
            return None;
        }
        let of = self.conversation.asked.take()?;
        let language = self.language();
        let yes = choice(of, content, language);
        self.effects.push(Effect::Amend { of, message: Message::bare(language) });
        match yes? {
            true => self.forget(),
            false => {
                let text = self.line("delete-no");
                self.say(text, Vec::new());
                return Some(self.back_to_the_question());
            }
        }
        Some(Ok(()))
    }

    fn forget(&mut self) {
        let language = self.language();
        let l = lines(language);
        let mut gone = std::mem::take(&mut self.conversation);
        let receipt = receipt_number(self.moment.seed);
        let mut text = Text::plain(l.with("deleted", &[("number", Arg::Text(&receipt))]));
        text.line(&l.get("deleted-mark"));
        if self.own.is_published() {
            text.line(&l.get("deleted-published"));
        }
        if self.is_beyond_reach(&gone) {
            text.line(&l.get("deleted-anonymous"));
        }
        let sessions: Vec<Session> = gone
            .open
            .take()
            .into_iter()
            .chain(gone.parked.drain(..))
            .chain(gone.ended.take().map(|k| k.session))
            .collect();
        for session in &sessions {
            self.tidy(session.clone());
        }
        let mut documents = contacts::all_gone(&mut gone);
        documents.extend(subscriptions::all_gone(&mut gone));
        let words = text.to_string();
        self.effects.push(Effect::Say(Message { text, ..Message::bare(language) }));
        let unlinked = sessions.iter().filter(|s| s.is_finished());
        let unlinked = unlinked.filter(|s| !self.own.responses.iter().any(|r| r.id == s.response)).count();
        let erased = Erased::at(self.moment.now, self.own.responses.len() + unlinked);
        self.forgotten = Some(Forgotten {
            sessions,
            documents,
            contributed: gone.contributed,
            words,
            receipt: (receipt, erased),
        });
    }

    // Something was answered that no longer belongs to anybody.
    fn is_beyond_reach(&self, gone: &Conversation) -> bool {
        let ended = gone.ended.as_ref().map(|kept| &kept.session.script);
        let linked = |of: &ScriptId| self.own.responses.iter().any(|r| r.dialogue == *of);
        gone.done.iter().any(|done| Some(&done.dialogue) != ended && !linked(&done.dialogue))
    }

    // Buttons and a keyboard of what stood open go; nothing else of it is told.
    fn tidy(&mut self, session: Session) {
        let Some(published) = self.library.revision(&session.script, session.revision) else { return };
        let turn = engine::close(&published.script, session, Ended::Restarted, &self.moment);
        self.effects.extend(turn.effects.into_iter().filter(|effect| match effect {
            Effect::Amend { .. } => true,
            Effect::Say(message) => message.keyboard.is_some(),
            _ => false,
        }));
    }
}

fn choice(of: u64, content: &Content, language: Language) -> Option<bool> {
    match content {
        Content::Input(Input::Press(press)) if is_forget(press) && press.session == of => {
            Some(press.button == ButtonKind::Forget)
        }
        Content::Input(Input::Text(typed)) => {
            let folded = fold(typed);
            let says = |name| engine::is_label(name, &folded);
            match () {
                () if says("delete-yes") => Some(true),
                () if says("keep-answer") => Some(false),
                () => engine::yes_or_no(typed, language),
            }
        }
        _ => None,
    }
}
