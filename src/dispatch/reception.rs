//! Which dialogue is an event about? Commands, keywords, and the sessions a conversation has. Pure.

use super::code::{is_entry, split};
use super::conversation::Conversation;
use super::own::Own;
use super::wishes::{Forgotten, is_forget};
use crate::channel::Content;
use crate::engine::{
    self, Apart, Button, ButtonKind, Effect, Ended, EngineError, Input, Message, Moment, Press, Session,
    State, Text, Turn, Wish, is_word, lines,
};
use crate::library::{Library, Published};
use crate::script::{Language, Script, fold};
use std::sync::Arc;

/// What an event comes to: the conversation as it shall be, and what follows.
pub struct Reception<'l> {
    pub library: &'l Library,
    pub channel: &'static str,
    /// The platform's language.
    pub platform_language: Option<Language>,
    pub moment: Moment,
    /// The id of the response, should one begin.
    pub response: uuid::Uuid,
    pub conversation: Conversation,
    /// What is kept beside the conversation, where the event may be a wish to see it or to have it deleted.
    pub own: Own,
    pub effects: Vec<Effect>,
    pub forgotten: Option<Forgotten>,
    /// The platform's id of the citizen's message.
    pub message: Option<String>,
    /// The pressed button belongs to nothing any more.
    pub stale: bool,
    /// A changed message was taken note of.
    pub noted: bool,
}

impl Reception<'_> {
    /// Takes one event.
    ///
    /// # Errors
    /// [`EngineError`] if a session does not fit its revision.
    pub fn take(&mut self, content: &Content) -> Result<(), EngineError> {
        if !matches!(content, Content::Blocked | Content::Nothing | Content::Input(Input::TimeUp)) {
            self.conversation.blocked = false;
        }
        if let Some(done) = self.answer_to_forget(content) {
            return done;
        }
        self.unless_flooded(content)
    }

    pub(super) fn taken(&mut self, content: &Content) -> Result<(), EngineError> {
        match content {
            Content::Start { payload } => self.enter(payload),
            Content::Accepted { payload, language } => self.accepted(payload, *language),
            Content::Declined { payload } => {
                self.declined(payload);
                Ok(())
            }
            Content::Restarted { payload, session } => self.restarted(payload, *session),
            Content::Mended { payload } => match self.library.by_code(&split(payload).0) {
                Some(published) => self.reopen(published.script.id()),
                None => Ok(()),
            },
            Content::Input(Input::TimeUp) => self.time_up(),
            Content::Input(Input::Press(press)) => self.press(press),
            Content::Input(Input::Wish(Wish::Delete)) if self.channel == "web" => {
                self.forget_at_once();
                Ok(())
            }
            Content::Input(Input::Text(typed)) => {
                self.input(&Input::Text(typed.clone()))?;
                self.remember(typed);
                Ok(())
            }
            Content::Input(Input::Media(media)) => {
                self.input(&Input::Media(media.clone()))?;
                if let Some(caption) = &media.caption {
                    self.remember(caption);
                }
                Ok(())
            }
            Content::Input(input) => self.input(input),
            Content::Edited { words } => self.edited(words),
            Content::Blocked => {
                self.conversation.blocked = true;
                Ok(())
            }
            Content::Nothing => Ok(()),
        }
    }

    pub(super) fn language(&self) -> Language {
        let open = self.conversation.open.as_ref().or(self.conversation.ended.as_ref().map(|k| &k.session));
        open.map(|s| s.language)
            .or(self.conversation.language)
            .or(self.platform_language)
            .unwrap_or(Language::DANISH)
    }

    pub(super) fn say(&mut self, text: impl Into<String>, buttons: Vec<Vec<Button>>) {
        let language = self.language();
        self.effects.push(Effect::Say(Message {
            text: Text::plain(text),
            buttons,
            ..Message::bare(language)
        }));
    }

    pub(super) fn line(&self, name: &str) -> String {
        lines(self.language()).get(name)
    }

    // The turn's session goes back where it belongs.
    pub(super) fn apply(&mut self, script: &Script, turn: Turn) {
        self.effects.extend(turn.effects);
        self.conversation.language =
            Some(turn.session.language).filter(|_| turn.session.is_finished()).or(self.conversation.language);
        match turn.session.state {
            State::Finished(ended) => self.conversation.end(script, turn.session, ended, self.moment.now),
            State::Card { .. } | State::Waiting(_) => self.conversation.open = Some(turn.session),
        }
    }

    pub(super) fn close(&mut self, session: Session, ended: Ended) {
        let Some(published) = self.library.revision(&session.script, session.revision) else { return };
        let turn = engine::close(&published.script, session, ended, &self.moment);
        self.effects.extend(turn.effects.into_iter().filter(|e| !matches!(e, Effect::WakeAt(_))));
    }

    pub(super) fn script_of(&self, session: &Session) -> Result<Arc<Published>, EngineError> {
        let found = self.library.revision(&session.script, session.revision);
        found
            .ok_or_else(|| EngineError::StepGone(format!("{} revision {}", session.script, session.revision)))
    }

    pub(super) fn input(&mut self, input: &Input) -> Result<(), EngineError> {
        let Some(session) = self.conversation.open.take() else { return self.without_session(input) };
        let published = self.script_of(&session)?;
        let mut turn = engine::advance(&published.script, session, input, &self.moment)?;
        let is_wish = |effect: &mut Effect| matches!(effect, Effect::Wish(_));
        let wish = turn.effects.extract_if(.., is_wish).last();
        self.apply(&published.script, turn);
        match wish {
            Some(Effect::Wish(wish)) => self.wish(wish),
            Some(_) | None => Ok(()),
        }
    }

    fn without_session(&mut self, input: &Input) -> Result<(), EngineError> {
        let mends = |typed: &String| {
            ["mend-answer", "get-result"].iter().any(|name| engine::is_label(name, &fold(typed)))
        };
        if matches!(input, Input::Text(typed) if mends(typed)) && self.conversation.ended.is_some() {
            return self.mend(input);
        }
        if let Input::Text(typed) = input {
            let folded = fold(typed);
            let mut offered = self.library.offered();
            // Two may have one word, each on a channel of its own.
            offered.sort_by_key(|p| !p.script.runs_on(self.channel));
            let named = offered.into_iter().find(|p| {
                let entry = &p.script.header().entry;
                entry.keywords.iter().any(|k| fold(k) == folded) || entry.code == folded
            });
            if let Some(published) = named {
                let code = published.script.header().entry.code.clone();
                return self.enter(&code);
            }
            let privacy = is_word("privacy-words", &folded);
            if let Some(published) = self.last_script().filter(|_| privacy) {
                let language = self.language();
                let text = engine::privacy_at(&published.script, language, self.moment.now);
                self.effects.push(Effect::Say(Message { text, ..Message::bare(language) }));
                return Ok(());
            }
        }
        if let Some(wish) = wished(input) {
            return self.wish(wish);
        }
        let stops = match input {
            Input::Text(typed) => is_word("stop-words", &fold(typed)),
            input => *input == Input::Stop,
        };
        if stops && !self.conversation.subscribed.is_empty() {
            let gone = self.conversation.subscribed.iter().map(|s| s.dialogue.clone());
            let gone = gone.map(|dialogue| Effect::Apart(Apart::Subscribe { dialogue, language: None }));
            self.effects.extend(gone.collect::<Vec<_>>());
            let (text, language) = (Text::plain(self.line("news-stopped")), self.language());
            self.effects.push(Effect::Say(Message { text, ..Message::bare(language) }));
            return Ok(());
        }
        match input {
            Input::Form(_) => {
                let toast = self.line("closed");
                self.effects.push(Effect::Toast(toast));
                Ok(())
            }
            Input::Privacy | Input::Help | Input::Share => {
                let Some(published) =
                    self.last_script().or_else(|| self.library.offered().into_iter().next())
                else {
                    return self.offer(None);
                };
                let language = self.language();
                let bare = |text| Message { text, ..Message::bare(language) };
                self.effects.push(Effect::Say(match input {
                    Input::Share => engine::share(&published.script, language),
                    Input::Privacy => bare(engine::privacy_at(&published.script, language, self.moment.now)),
                    _ => bare(engine::help(&published.script, language)),
                }));
                Ok(())
            }
            _ => match self.conversation.lapsed.take().and_then(|id| self.library.latest(&id)) {
                Some(lapsed) if self.is_open(&lapsed.script, None) => self.begin(&lapsed, None, false),
                Some(_) | None => self.offer(None),
            },
        }
    }

    fn last_script(&self) -> Option<Arc<Published>> {
        let session = &self.conversation.ended.as_ref()?.session;
        self.library.revision(&session.script, session.revision)
    }

    fn press(&mut self, press: &Press) -> Result<(), EngineError> {
        if is_entry(press) {
            return self.entry_button(press);
        }
        if !is_forget(press) && self.conversation.open.as_ref().is_some_and(|s| s.nonce == press.session) {
            return self.input(&Input::Press(*press));
        }
        if self.conversation.ended.as_ref().is_some_and(|kept| kept.session.nonce == press.session) {
            return self.mend(&Input::Press(*press));
        }
        self.is_closed();
        Ok(())
    }

    pub(super) fn is_closed(&mut self) {
        let toast = self.line("closed");
        self.effects.push(Effect::Toast(toast));
        self.stale = true;
    }

    pub(super) fn show_open(&mut self) -> Result<(), EngineError> {
        let Some(session) = &self.conversation.open else { return self.offer(None) };
        let press = Press { session: session.nonce, step: 0, visit: 0, button: ButtonKind::GoOn };
        self.input(&Input::Press(press))
    }

    // One wake-up covers everything the conversation waits for; whatever is due now is done.
    fn time_up(&mut self) -> Result<(), EngineError> {
        let now = self.moment.now;
        if self.conversation.ended.as_ref().is_some_and(|k| k.until <= now) {
            self.conversation.ended = None;
        }
        for session in std::mem::take(&mut self.conversation.parked) {
            let published = self.script_of(&session)?;
            let script = &published.script;
            match engine::closes(script, &session).filter(|(at, _)| *at <= now) {
                Some((_, ended)) => {
                    let turn = engine::close(script, session, ended, &self.moment);
                    // Nobody has thought of it for days: it is closed without a word.
                    let kept = |e: &Effect| {
                        matches!(e, Effect::Respond(_) | Effect::Contacts(..) | Effect::Apart(_))
                    };
                    self.effects.extend(turn.effects.into_iter().filter(kept));
                }
                None => self.conversation.parked.push(session),
            }
        }
        if self.conversation.open.is_some() {
            return self.input(&Input::TimeUp);
        }
        Ok(())
    }

    /// When the conversation must be woken next.
    pub fn wake_at(&self) -> Option<jiff::Timestamp> {
        let open = self.conversation.open.as_ref().and_then(|s| {
            let published = self.library.revision(&s.script, s.revision)?;
            engine::wake_at(&published.script, s)
        });
        let parked = self.conversation.parked.iter().filter_map(|s| {
            let published = self.library.revision(&s.script, s.revision)?;
            engine::closes(&published.script, s).map(|(at, _)| at)
        });
        let ended = self.conversation.ended.as_ref().map(|k| k.until);
        open.into_iter().chain(parked).chain(ended).min()
    }
}

// While nothing is open.
fn wished(input: &Input) -> Option<Wish> {
    match input {
        Input::Wish(wish) => Some(*wish),
        Input::Text(typed) if is_word("delete-words", &fold(typed)) => Some(Wish::Delete),
        Input::Text(typed) if is_word("my-data-words", &fold(typed)) => Some(Wish::MyData),
        _ => None,
    }
}
