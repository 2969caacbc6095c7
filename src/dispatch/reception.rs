//! Which dialogue is an event about? Entries, keywords, what is offered, and the sessions a conversation has. Pure.

use super::conversation::{Conversation, Wanted};
use super::own::Own;
use super::wishes::{Forgotten, is_forget};
use crate::channel::Content;
use crate::engine::{
    self, Apart, Arg, Begin, Button, ButtonKind, Effect, Ended, EngineError, Input, Message, Moment, Press,
    Session, State, Text, Turn, Wish, date, is_word, lines,
};
use crate::library::{Library, Published};
use crate::script::{Language, PeriodState, Script, fold};
use std::sync::Arc;

/// Dialogues offered at once: more are not read on a phone.
const OFFERED: usize = 8;
/// The step of buttons that belong to no session: they name an entry code instead.
const ENTRY: u16 = u16::MAX;

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
        match content {
            Content::Start { payload } => self.enter(payload),
            Content::Accepted { payload, language } => self.accepted(payload, *language),
            Content::Input(Input::TimeUp) => self.time_up(),
            Content::Input(Input::Press(press)) => self.press(press),
            Content::Input(input) => self.input(input),
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

    fn enter(&mut self, payload: &str) -> Result<(), EngineError> {
        let (code, place) = split(payload);
        if code.is_empty() {
            return self.offer(None);
        }
        let Some(published) = self.library.by_code(&code) else { return self.offer(Some("over")) };
        let place = known_place(&published.script, place);
        let id = published.script.id();
        let begun = |s: &Session| s.script == *id && matches!(s.state, State::Waiting(_));
        if self.conversation.open.as_ref().is_some_and(begun) {
            return self.running(&published.script);
        }
        if !self.is_open(&published.script, place.as_deref()) && !self.is_parked(&published.script) {
            return self.closed(&published.script);
        }
        if let Some(open) = &self.conversation.open {
            return match open.state {
                State::Waiting(_) => self.busy(Wanted { code, place }),
                State::Card { .. } | State::Finished(_) => self.begin(&published, place, false),
            };
        }
        if let Some(n) = self.conversation.parked.iter().position(|s| s.script == *id) {
            let session = self.conversation.parked.remove(n);
            self.conversation.open = Some(session);
            return self.show_open();
        }
        if self.conversation.done_before(id) {
            return self.done_before(&published);
        }
        self.begin(&published, place, false)
    }

    /// The card was shown and accepted elsewhere: it is passed at once.
    fn accepted(&mut self, payload: &str, language: Option<Language>) -> Result<(), EngineError> {
        let (code, place) = split(payload);
        let Some(published) = self.library.by_code(&code) else { return Ok(()) };
        let place = known_place(&published.script, place);
        if !self.is_open(&published.script, place.as_deref()) {
            return Ok(());
        }
        if self.conversation.open.is_some() {
            // Pressed twice, or in two windows: the session that began first goes on.
            return Ok(());
        }
        if self.conversation.done_before(published.script.id()) && !published.script.header().answer_again {
            return Ok(());
        }
        self.conversation.language = language.or(self.conversation.language);
        self.begin(&published, place, true)
    }

    fn begin(
        &mut self,
        published: &Published,
        place: Option<String>,
        accepted: bool,
    ) -> Result<(), EngineError> {
        let script = &published.script;
        if let Some(old) = self.conversation.open.take() {
            self.close(old, Ended::Restarted);
        }
        let begin = Begin {
            revision: published.revision,
            channel: self.channel,
            place,
            language: self.conversation.language.or(self.platform_language),
            returning: self.conversation.done_before(script.id()),
            response: self.response,
        };
        let mut turn = engine::start(script, begin, &self.moment);
        if accepted {
            let press = Press { session: turn.session.nonce, step: 0, visit: 0, button: ButtonKind::Start };
            turn = engine::advance(script, turn.session, &Input::Press(press), &self.moment)?;
        }
        self.apply(script, turn);
        Ok(())
    }

    // The turn's session goes back where it belongs.
    fn apply(&mut self, script: &Script, turn: Turn) {
        self.effects.extend(turn.effects);
        self.conversation.language =
            Some(turn.session.language).filter(|_| turn.session.is_finished()).or(self.conversation.language);
        match turn.session.state {
            State::Finished(ended) => self.conversation.end(script, turn.session, ended, self.moment.now),
            State::Card { .. } | State::Waiting(_) => self.conversation.open = Some(turn.session),
        }
    }

    fn close(&mut self, session: Session, ended: Ended) {
        let Some(published) = self.library.revision(&session.script, session.revision) else { return };
        let turn = engine::close(&published.script, session, ended, &self.moment);
        self.effects.extend(turn.effects.into_iter().filter(|e| !matches!(e, Effect::WakeAt(_))));
    }

    fn script_of(&self, session: &Session) -> Result<Arc<Published>, EngineError> {
        let found = self.library.revision(&session.script, session.revision);
        found
            .ok_or_else(|| EngineError::StepGone(format!("{} revision {}", session.script, session.revision)))
    }

    fn input(&mut self, input: &Input) -> Result<(), EngineError> {
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
            _ => self.offer(None),
        }
    }

    fn last_script(&self) -> Option<Arc<Published>> {
        let session = &self.conversation.ended.as_ref()?.session;
        self.library.revision(&session.script, session.revision)
    }

    fn press(&mut self, press: &Press) -> Result<(), EngineError> {
        if press.step == ENTRY {
            return self.entry_button(press);
        }
        if !is_forget(press) && self.conversation.open.as_ref().is_some_and(|s| s.nonce == press.session) {
            return self.input(&Input::Press(*press));
        }
        let toast = self.line("closed");
        self.effects.push(Effect::Toast(toast));
        Ok(())
    }

    fn entry_button(&mut self, press: &Press) -> Result<(), EngineError> {
        let code = code_of(press.session);
        let Some(published) = self.library.by_code(&code) else { return self.offer(Some("over")) };
        match press.button {
            ButtonKind::Start => self.enter(&code),
            // Who has begun may finish, whatever has come since.
            ButtonKind::GoOn => self.show_open(),
            ButtonKind::StartOver | ButtonKind::AnswerAgain | ButtonKind::Switch
                if !self.is_open(&published.script, None) && !self.is_parked(&published.script) =>
            {
                self.closed(&published.script)
            }
            ButtonKind::StartOver => {
                let place = self.conversation.open.as_ref().and_then(|s| s.place.clone());
                self.begin(&published, place, false)
            }
            ButtonKind::AnswerAgain
                if published.script.header().answer_again && self.conversation.open.is_none() =>
            {
                let place = self.conversation.ended.as_ref().and_then(|k| k.session.place.clone());
                self.begin(&published, place, false)
            }
            ButtonKind::Switch => {
                if let Some(open) = self.conversation.open.take_if(|s| s.script != *published.script.id()) {
                    self.conversation.parked.push(open);
                }
                let place = self.conversation.wanted.take().filter(|w| w.code == code).and_then(|w| w.place);
                let resumed =
                    self.conversation.parked.iter().position(|s| s.script == *published.script.id());
                match resumed {
                    Some(n) => {
                        let session = self.conversation.parked.remove(n);
                        self.conversation.open = Some(session);
                        self.show_open()
                    }
                    None => self.begin(&published, place, false),
                }
            }
            _ => {
                let toast = self.line("closed");
                self.effects.push(Effect::Toast(toast));
                Ok(())
            }
        }
    }

    pub(super) fn show_open(&mut self) -> Result<(), EngineError> {
        let Some(session) = &self.conversation.open else { return self.offer(None) };
        let press = Press { session: session.nonce, step: 0, visit: 0, button: ButtonKind::GoOn };
        self.input(&Input::Press(press))
    }

    fn button(&self, label: &str, code: &str, kind: ButtonKind) -> Vec<Button> {
        vec![Button { label: label.to_owned(), press: entry_press(code, kind), on: None }]
    }

    fn running(&mut self, script: &Script) -> Result<(), EngineError> {
        let language = self.language();
        let code = script.header().entry.code.clone();
        let title = script.header().title_in(language);
        let text = lines(language).with("running", &[("title", Arg::Text(&title))]);
        let buttons = vec![
            self.button(&self.line("go-on"), &code, ButtonKind::GoOn),
            self.button(&self.line("start-over"), &code, ButtonKind::StartOver),
        ];
        self.say(text, buttons);
        Ok(())
    }

    fn busy(&mut self, wanted: Wanted) -> Result<(), EngineError> {
        let language = self.language();
        let Some(open) = self.conversation.open.as_ref() else { return Ok(()) };
        let current = self.script_of(open)?;
        let title = current.script.header().title_in(language);
        let text = lines(language).with("running", &[("title", Arg::Text(&title))]);
        let buttons = vec![
            self.button(&self.line("finish-first"), &current.script.header().entry.code, ButtonKind::GoOn),
            self.button(&self.line("switch"), &wanted.code, ButtonKind::Switch),
        ];
        self.conversation.wanted = Some(wanted);
        self.say(text, buttons);
        Ok(())
    }

    fn done_before(&mut self, published: &Published) -> Result<(), EngineError> {
        let language = self.language();
        let header = published.script.header();
        let text =
            lines(language).with("answered-before", &[("title", Arg::Text(&header.title_in(language)))]);
        let buttons = match header.answer_again {
            true => {
                vec![self.button(&self.line("answer-again"), &header.entry.code, ButtonKind::AnswerAgain)]
            }
            false => Vec::new(),
        };
        self.say(text, buttons);
        Ok(())
    }

    // Whether somebody new who comes from there can begin.
    fn is_open(&self, script: &Script, place: Option<&str>) -> bool {
        script.runs_on(self.channel)
            && script.period_at(self.moment.now) == PeriodState::Open
            && !engine::is_full(script, place, &self.moment.facts)
    }

    fn is_parked(&self, script: &Script) -> bool {
        self.conversation.parked.iter().any(|s| s.script == *script.id())
    }

    fn closed(&mut self, script: &Script) -> Result<(), EngineError> {
        let text = closed_words(script, self.channel, &self.moment, self.language());
        self.say(text, Vec::new());
        self.offer(Some("others-open"))
    }

    // What can be answered, nearest deadline first; `lead` is what was wrong with what was asked for.
    fn offer(&mut self, lead: Option<&str>) -> Result<(), EngineError> {
        let mut open: Vec<Arc<Published>> =
            self.library.offered().into_iter().filter(|p| self.is_open(&p.script, None)).collect();
        open.sort_by_key(|p| (p.script.header().period.to.is_none(), p.script.header().period.to));
        let language = self.language();
        if open.is_empty() {
            let text = self.line(if lead == Some("over") { "over" } else { "nothing-open" });
            if lead != Some("others-open") {
                self.say(text, Vec::new());
            }
            return Ok(());
        }
        let buttons = open
            .iter()
            .take(OFFERED)
            .map(|p| {
                self.button(
                    &p.script.header().title_in(language),
                    &p.script.header().entry.code,
                    ButtonKind::Start,
                )
            })
            .collect();
        let text = match lead {
            None => self.line("greeting"),
            Some("over") => format!("{} {}", self.line("over"), self.line("others-open")),
            Some(lead) => self.line(lead),
        };
        self.say(text, buttons);
        Ok(())
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

/// Why a dialogue cannot be answered now.
pub fn closed_words(script: &Script, channel: &str, moment: &Moment, language: Language) -> String {
    if !script.runs_on(channel) {
        return elsewhere(script, language);
    }
    match script.period_at(moment.now) {
        PeriodState::NotYet(from) => {
            lines(language).with("opens", &[("date", Arg::Text(&date(from, language)))])
        }
        PeriodState::Open => engine::full_words(script, language),
        PeriodState::Over(_) => lines(language).get("over"),
    }
}

fn elsewhere(script: &Script, language: Language) -> String {
    let l = lines(language);
    let channels: Vec<String> =
        script.header().defaults.channels.iter().map(|c| l.get(&format!("on-{c}"))).collect();
    let channels = channels.join(&format!(" {} ", l.get("or")));
    let title = script.header().title_in(language);
    let values = [("title", &*title), ("where", &*channels), ("contact", script.contact())];
    l.with("elsewhere", &values.map(|(name, text)| (name, Arg::Text(text))))
}

/// `<code>` or `<code>_<place>`, case folded; a code has no `_`.
pub fn split(payload: &str) -> (String, Option<String>) {
    let payload = payload.trim().to_lowercase();
    match payload.split_once('_') {
        Some((code, place)) => (code.to_owned(), Some(place.to_owned()).filter(|p| !p.is_empty())),
        None => (payload, None),
    }
}

pub fn known_place(script: &Script, place: Option<String>) -> Option<String> {
    let known = |p: &String| p == "ven" || script.header().entry.places.iter().any(|(code, _)| code == p);
    place.map(|p| if known(&p) { p } else { "other".to_owned() })
}

/// Whether a button names an entry code, and no session.
pub fn is_entry(press: &Press) -> bool {
    press.step == ENTRY
}

const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

// A code of up to twelve letters and digits as one number, so that it fits where a session's nonce stands.
fn entry_press(code: &str, button: ButtonKind) -> Press {
    let session = code.bytes().fold(0u64, |sum, b| {
        let letter = LETTERS.iter().position(|l| *l == b).unwrap_or(0) as u64 + 1;
        sum.wrapping_mul(37).wrapping_add(letter)
    });
    Press { session, step: ENTRY, visit: 0, button }
}

fn code_of(mut number: u64) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        let letter = (number % 37) as usize;
        letters.push(letter.checked_sub(1).map_or(b'?', |n| LETTERS[n]));
        number /= 37;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_code_travels_in_a_button() {
        for code in ["a", "aabn", "999999999999", "abc123xyz"] {
            assert_eq!(code_of(entry_press(code, ButtonKind::Start).session), code);
        }
    }

    #[test]
    fn a_payload_splits_at_the_first_underscore() {
        assert_eq!(split("AABN_perron_1"), ("aabn".to_owned(), Some("perron_1".to_owned())));
        assert_eq!(split("aabn"), ("aabn".to_owned(), None));
        assert_eq!(split("aabn_"), ("aabn".to_owned(), None));
    }
}
