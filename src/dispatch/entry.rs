//! How a dialogue is entered: by its code, from the list of what can be answered, again, or beside another. Pure.

use super::code::{closed_words, code_of, entry_press, known_place, split};
use super::conversation::{Conversation, Wanted};
use super::reception::Reception;
use crate::engine::{
    self, Apart, Arg, Begin, Button, ButtonKind, Effect, Ended, EngineError, Input, Message, Moment, Press,
    State, Text, date, lines,
};
use crate::library::{Library, Published};
use crate::script::{Language, PeriodState, Script};
use std::sync::Arc;

/// Dialogues offered at once: more are not read on a phone.
const OFFERED: usize = 8;

impl Reception<'_> {
    pub(super) fn enter(&mut self, payload: &str) -> Result<(), EngineError> {
        let (code, place) = split(payload);
        if code.is_empty() {
            return self.offer(None);
        }
        let Some(published) = self.library.by_code(&code) else { return self.offer(Some("over")) };
        let place = known_place(&published.script, place);
        let id = published.script.id();
        if self.waiting() && self.is_in(&published.script) {
            return self.running(&published.script);
        }
        if !self.is_open(&published.script, place.as_deref()) && !self.is_parked(&published.script) {
            return self.closed(&published.script);
        }
        if self.waiting() {
            return self.busy(Wanted { code, place });
        }
        // A card that nobody has accepted gives way.
        if let Some(card) = self.conversation.open.take() {
            self.close(card, Ended::Restarted);
        }
        if let Some(n) = self.conversation.parked.iter().position(|s| s.script == *id) {
            let session = self.conversation.parked.remove(n);
            self.conversation.open = Some(session);
            return self.show_open();
        }
        if self.conversation.completed(id) {
            return self.done_before(&published);
        }
        self.begin(&published, place, false)
    }

    /// The card was shown and accepted elsewhere: it is passed at once.
    pub(super) fn accepted(&mut self, payload: &str, language: Option<Language>) -> Result<(), EngineError> {
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
        if self.conversation.completed(published.script.id()) && !published.script.header().answer_again {
            return Ok(());
        }
        self.conversation.language = language.or(self.conversation.language);
        self.begin(&published, place, true)
    }

    /// The card was shown and turned down elsewhere: that somebody did is counted, and nothing else kept.
    pub(super) fn declined(&mut self, payload: &str) {
        let Some(published) = self.library.by_code(&split(payload).0) else { return };
        let name = engine::declined_counter(published.script.id());
        self.effects.push(Effect::Apart(Apart::Count { name, add: 1 }));
    }

    /// The page of this session asks for it.
    pub(super) fn restarted(&mut self, payload: &str, session: u64) -> Result<(), EngineError> {
        let open = self.conversation.open.as_ref().filter(|open| open.nonce == session);
        let place = open.map(|open| open.place.clone());
        let published = self.library.by_code(&split(payload).0);
        match (published, place) {
            (Some(published), Some(place))
                if self.is_in(&published.script) && self.is_open(&published.script, place.as_deref()) =>
            {
                self.begin(&published, place, true)
            }
            (Some(_) | None, Some(_) | None) => {
                self.is_closed();
                Ok(())
            }
        }
    }

    pub(super) fn begin(
        &mut self,
        published: &Published,
        place: Option<String>,
        accepted: bool,
    ) -> Result<(), EngineError> {
        let script = &published.script;
        self.conversation.lapsed = None;
        if let Some(old) = self.conversation.open.take() {
            // Whoever begins anew goes on in the same language.
            self.conversation.language = Some(old.language);
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

    pub(super) fn entry_button(&mut self, press: &Press) -> Result<(), EngineError> {
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
            ButtonKind::Mend => self.reopen(published.script.id()),
            ButtonKind::StartOver if self.is_in(&published.script) => {
                let place = self.conversation.open.as_ref().and_then(|s| s.place.clone());
                self.begin(&published, place, false)
            }
            ButtonKind::AnswerAgain
                if published.script.header().answer_again && self.conversation.open.is_none() =>
            {
                let place = self.conversation.ended.as_ref().and_then(|k| k.session.place.clone());
                self.begin(&published, place, false)
            }
            ButtonKind::Switch if self.is_in(&published.script) => {
                // Pressed twice.
                let toast = self.line("already-answered");
                self.effects.push(Effect::Toast(toast));
                Ok(())
            }
            ButtonKind::Switch => {
                if self.waiting() {
                    self.conversation.parked.extend(self.conversation.open.take());
                }
                let wanted = self.conversation.wanted.take().filter(|w| w.code == code);
                match wanted.and_then(|w| w.place) {
                    Some(place) => self.enter(&format!("{code}_{place}")),
                    None => self.enter(&code),
                }
            }
            _ => {
                self.is_closed();
                Ok(())
            }
        }
    }

    fn button(&self, label: &str, code: &str, kind: ButtonKind) -> Vec<Button> {
        vec![Button { label: label.to_owned(), press: entry_press(code, kind), on: None }]
    }

    fn running(&mut self, script: &Script) -> Result<(), EngineError> {
        let language = self.language();
        let code = script.header().entry.code.clone();
        let title = script.header().title_in(language);
        let place = self.conversation.open.as_ref().and_then(|session| engine::place(script, session));
        let text = match place {
            Some((place, total)) => {
                let (place, total) = (Arg::Number(place.into()), Arg::Number(total.into()));
                let values = [("title", Arg::Text(title.as_str())), ("place", place), ("total", total)];
                lines(language).with("running-at", &values)
            }
            None => lines(language).with("running", &[("title", Arg::Text(&title))]),
        };
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
        let (script, header) = (&published.script, published.script.header());
        let text = answered_words(&self.conversation, script, language);
        let mut buttons = Vec::new();
        let ended = self.conversation.ended.as_ref().map(|kept| &kept.session);
        let ended = ended.filter(|s| s.script == *script.id() && s.state == State::Finished(Ended::End));
        let mends = self.line("mend-answers");
        match ended {
            Some(ended) => {
                let press = Press { session: ended.nonce, step: 0, visit: 0, button: ButtonKind::Mend };
                buttons.push(vec![Button { label: mends, press, on: None }]);
            }
            None if self.can_reopen(script.id()) => {
                buttons.push(self.button(&mends, &header.entry.code, ButtonKind::Mend));
            }
            None => {}
        }
        if header.answer_again {
            buttons.push(self.button(
                &self.line("answer-again"),
                &header.entry.code,
                ButtonKind::AnswerAgain,
            ));
        }
        // Whoever came here from another dialogue can go back to it.
        for left in &self.conversation.parked {
            let Ok(published) = self.script_of(left) else { continue };
            let header = published.script.header();
            let title = header.title_in(language);
            let label = lines(language).with("go-on-with", &[("title", Arg::Text(&title))]);
            buttons.push(self.button(&engine::cut(&label), &header.entry.code, ButtonKind::Start));
        }
        let share = Some(engine::share(script, language)).filter(|_| !header.answer_again);
        let share = share.and_then(|message| message.share);
        self.effects.push(Effect::Say(Message {
            text: Text::plain(text),
            buttons,
            share,
            ..Message::bare(language)
        }));
        Ok(())
    }

    // Whether somebody new who comes from there can begin.
    pub(super) fn is_open(&self, script: &Script, place: Option<&str>) -> bool {
        is_open(script, self.channel, place, &self.moment)
    }

    // Whether a question stands open.
    fn waiting(&self) -> bool {
        self.conversation.open.as_ref().is_some_and(|s| matches!(s.state, State::Waiting(_)))
    }

    // Whether what is open is this dialogue.
    fn is_in(&self, script: &Script) -> bool {
        self.conversation.open.as_ref().is_some_and(|s| s.script == *script.id())
    }

    fn is_parked(&self, script: &Script) -> bool {
        self.conversation.parked.iter().any(|s| s.script == *script.id())
    }

    fn closed(&mut self, script: &Script) -> Result<(), EngineError> {
        let text = closed_words(script, self.channel, &self.moment, self.language());
        let tells_whom = text.contains(script.contact());
        self.say(text, Vec::new());
        if !self.open_ones().is_empty() {
            return self.offer(Some("others-open"));
        }
        if !tells_whom {
            self.say(self.whom_to_write_to(script), Vec::new());
        }
        Ok(())
    }

    fn whom_to_write_to(&self, script: &Script) -> String {
        whom_to_write_to(script, self.language())
    }

    fn open_ones(&self) -> Vec<Arc<Published>> {
        open_ones(self.library, self.channel, &self.moment)
    }

    // What can be answered; `lead` is what was wrong with what was asked for.
    pub(super) fn offer(&mut self, lead: Option<&str>) -> Result<(), EngineError> {
        let open = self.open_ones();
        let language = self.language();
        if open.is_empty() {
            let text = self.line(if lead == Some("over") { "over" } else { "nothing-open" });
            let contact = self.library.offered().first().map(|p| self.whom_to_write_to(&p.script));
            let said: Vec<String> = [text].into_iter().chain(contact).collect();
            self.say(said.join(" "), Vec::new());
            return Ok(());
        }
        let buttons = open
            .iter()
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
}

/// Whether somebody new who comes from there can begin.
pub fn is_open(script: &Script, channel: &str, place: Option<&str>, moment: &Moment) -> bool {
    script.runs_on(channel)
        && script.period_at(moment.now) == PeriodState::Open
        && !engine::is_full(script, place, &moment.facts)
}

/// What can be answered, nearest deadline first, as many as are offered at once.
pub fn open_ones(library: &Library, channel: &str, moment: &Moment) -> Vec<Arc<Published>> {
    let offered = library.offered().into_iter();
    let mut open: Vec<Arc<Published>> =
        offered.filter(|p| is_open(&p.script, channel, None, moment)).collect();
    open.sort_by_key(|p| (p.script.header().period.to.is_none(), p.script.header().period.to));
    open.truncate(OFFERED);
    open
}

pub fn whom_to_write_to(script: &Script, language: Language) -> String {
    lines(language).with("nothing-open-contact", &[("contact", Arg::Text(script.contact()))])
}

/// When a dialogue was answered; of an anonymous one only the month is known, and it is not told.
pub fn answered_words(conversation: &Conversation, script: &Script, language: Language) -> String {
    let header = script.header();
    let title = header.title_in(language);
    let on = conversation.done_on(script.id()).filter(|_| !header.privacy.anonymous);
    match on.map(|day| date(day, language)) {
        Some(day) => {
            let values = [("title", Arg::Text(title.as_str())), ("date", Arg::Text(&day))];
            lines(language).with("answered-on", &values)
        }
        None => lines(language).with("answered-before", &[("title", Arg::Text(&title))]),
    }
}
