//! The opening card, made from the header: who asks, how long it takes, what becomes of the answers. And the goodbye.

use super::beside::{leave, may_speak, named};
use super::input::{Begin, Input, Moment};
use super::lines::{Arg, is_label, lines};
use super::message::{Apart, Button, ButtonKind, Effect, Message, Press, Text, Turn, Wish};
use super::place::tidy_keyboard;
use super::reading::is_word;
use super::reading::yesno::yes_or_no;
use super::session::{Ended, Session, State};
use super::walk::Walk;
use super::{recap, share};
use crate::script::{Language, Script, ScriptId, Style, fold};

/// A new session, waiting at its opening card. Nothing is asked or kept before Start.
pub fn start(script: &Script, begin: Begin, moment: &Moment) -> Turn {
    let script = script.on(begin.channel);
    let mut session = fresh(script, begin, moment);
    let of = session.name_message();
    session.state = State::Card { message: of };
    let message = card(script, &session, of);
    let mut walk = Walk { script, session, moment, effects: vec![Effect::Say(message)], carried: None };
    walk.wake();
    Turn { session: walk.session, effects: walk.effects }
}

/// A session before anything was said in it.
pub(super) fn fresh(script: &Script, begin: Begin, moment: &Moment) -> Session {
    Session {
        script: script.id().clone(),
        revision: begin.revision,
        nonce: moment.seed,
        response: begin.response,
        channel: begin.channel.to_owned(),
        place: begin.place,
        language: script.offered(begin.language),
        returning: begin.returning,
        started_at: moment.now,
        touched_at: moment.now,
        reminded: false,
        state: State::Finished(Ended::Declined),
        answers: Vec::new(),
        trail: Vec::new(),
        returns: Vec::new(),
        kept: Vec::new(),
        visits: 0,
        named: 0,
        beside: None,
        told: None,
        voice: false,
        pending: None,
        album: None,
        keyboard: false,
        admitted: false,
        counted: Vec::new(),
        urgent: Vec::new(),
        drawn: Vec::new(),
        finished_at: None,
        remarks: Vec::new(),
    }
}

/// Ends a session from outside: replaced by another, or started over. What was answered is kept.
pub fn close(script: &Script, session: Session, ended: Ended, moment: &Moment) -> Turn {
    let script = script.on(&session.channel);
    let mut walk = Walk { script, session, moment, effects: Vec::new(), carried: None };
    match walk.session.state.clone() {
        State::Card { message } => {
            let shown = Message::bare(walk.session.language);
            walk.effects.push(Effect::Amend { of: message, message: shown });
            walk.session.state = State::Finished(Ended::Declined);
        }
        State::Waiting(waiting) => {
            leave(&mut walk);
            walk.retire(&waiting);
            walk.finish(ended);
        }
        State::Finished(_) => {}
    }
    tidy_keyboard(&mut walk);
    Turn { session: walk.session, effects: walk.effects }
}

pub fn card(script: &Script, session: &Session, of: u64) -> Message {
    let language = session.language;
    let l = lines(language);
    let header = script.header();
    let mut text = Text::default();
    text.push(&header.title.plain(language), Style::Bold);
    text.line("");
    text.line(&l.with("card-who", &[("institution", Arg::Text(&script.institution().name.plain(language)))]));
    if let Some(minutes) = header.minutes {
        text.push(" ", Style::Plain);
        text.push(&l.with("card-minutes", &[("minutes", Arg::Number(minutes.into()))]), Style::Plain);
    }
    text.line("");
    text.line(&header.privacy.notice.plain(language));
    text.push(" ", Style::Plain);
    text.push(&l.get("card-leave"), Style::Plain);
    Message {
        of: Some(of),
        language,
        text,
        buttons: card_buttons(script, session),
        ..Message::bare(language)
    }
}

fn card_buttons(script: &Script, session: &Session) -> Vec<Vec<Button>> {
    let l = lines(session.language);
    let button = |label: String, kind| Button {
        label,
        press: Press { session: session.nonce, step: 0, visit: 0, button: kind },
        on: None,
    };
    let mut rows = vec![
        vec![button(l.get("start"), ButtonKind::Start)],
        vec![button(l.get("more-about-data"), ButtonKind::MoreData)],
        vec![button(l.get("no-thanks"), ButtonKind::NoThanks)],
    ];
    let others: Vec<Button> = (0u8..)
        .zip(&script.header().languages)
        .filter(|(_, language)| **language != session.language)
        .map(|(n, language)| button(language.own_name().to_owned(), ButtonKind::Language(n)))
        .collect();
    rows.extend(others.chunks(3).map(<[Button]>::to_vec));
    rows
}

/// One input while the card is shown.
pub(super) fn at_card(walk: &mut Walk<'_>, of: u64, input: &Input) {
    match input {
        Input::Press(press) if press.step == 0 => match press.button {
            ButtonKind::Start => begin(walk, of),
            ButtonKind::NoThanks => decline(walk, of),
            ButtonKind::MoreData => {
                show_again(walk, of, recap::privacy_at(walk.script, walk.session.language, walk.moment.now))
            }
            ButtonKind::Language(n) => {
                switch(walk, of, walk.script.header().languages.get(n as usize).copied())
            }
            _ => walk.toast("already-answered"),
        },
        Input::Press(_) | Input::Form(_) => walk.toast("already-answered"),
        Input::Text(typed) => {
            let folded = fold(typed);
            let said = |walk: &Walk<'_>| yes_or_no(typed, walk.session.language);
            match () {
                () if is_word("start-words", &folded) || said(walk) == Some(true) => begin(walk, of),
                () if is_word("stop-words", &folded) || said(walk) == Some(false) => decline(walk, of),
                () if is_word("privacy-words", &folded) || is_label("more-about-data", &folded) => {
                    show_again(
                        walk,
                        of,
                        recap::privacy_at(walk.script, walk.session.language, walk.moment.now),
                    )
                }
                () if is_word("help-words", &folded) => {
                    show_again(walk, of, recap::help(walk.script, walk.session.language))
                }
                () if is_word("delete-words", &folded) => walk.effects.push(Effect::Wish(Wish::Delete)),
                () if is_word("my-data-words", &folded) => walk.effects.push(Effect::Wish(Wish::MyData)),
                () if is_word("language-words", &folded) => switch(walk, of, other_language(walk)),
                () if named(walk.script, &folded).is_some() => switch(walk, of, named(walk.script, &folded)),
                () => remind(walk, of),
            }
        }
        Input::Stop => decline(walk, of),
        Input::Help => show_again(walk, of, recap::help(walk.script, walk.session.language)),
        Input::Privacy => {
            show_again(walk, of, recap::privacy_at(walk.script, walk.session.language, walk.moment.now))
        }
        Input::Share => {
            let message = share::message(walk.script, walk.session.language);
            walk.effects.push(Effect::Say(message));
        }
        Input::Language(to) => switch(walk, of, to.or(other_language(walk))),
        Input::Wish(wish) => walk.effects.push(Effect::Wish(*wish)),
        Input::Back
        | Input::Skip
        | Input::Pause
        | Input::Phone(_)
        | Input::OthersPhone
        | Input::Edited { .. }
        | Input::Unreadable
        | Input::Location(_)
        | Input::Media(_) => remind(walk, of),
        // Woken for something else of this conversation: the card stands until its own time is up.
        Input::TimeUp if !walk.is_due() => {}
        Input::TimeUp => {
            walk.session.state = State::Finished(Ended::Declined);
            let shown = Message::bare(walk.session.language);
            walk.effects.push(Effect::Amend { of, message: shown });
        }
    }
}

// Where there are two, asking for another means the other one.
fn other_language(walk: &Walk<'_>) -> Option<Language> {
    match walk.script.header().languages.as_slice() {
        [one, other] => Some(if *one == walk.session.language { *other } else { *one }),
        _ => None,
    }
}

fn begin(walk: &mut Walk<'_>, of: u64) {
    let shown = Message::bare(walk.session.language);
    walk.effects.push(Effect::Amend { of, message: shown });
    walk.session.started_at = walk.moment.now;
    walk.go(Some(0));
}

/// Counts those who looked at the card and did not want to begin.
pub fn declined_counter(of: &ScriptId) -> String {
    format!("declined/{of}")
}

fn decline(walk: &mut Walk<'_>, of: u64) {
    let shown = Message::bare(walk.session.language);
    walk.effects.push(Effect::Amend { of, message: shown });
    walk.say(Text::plain(lines(walk.session.language).get("goodbye")));
    let name = declined_counter(walk.script.id());
    walk.effects.push(Effect::Apart(Apart::Count { name, add: 1 }));
    walk.session.state = State::Finished(Ended::Declined);
}

fn remind(walk: &mut Walk<'_>, of: u64) {
    show_again(walk, of, Text::plain(lines(walk.session.language).get("card-again")));
}

// The card's buttons move down under other words; the old message keeps its text.
fn show_again(walk: &mut Walk<'_>, of: u64, text: Text) {
    let old = Message::bare(walk.session.language);
    walk.effects.push(Effect::Amend { of, message: old });
    let of = walk.session.name_message();
    walk.session.state = State::Card { message: of };
    let message = Message { text, ..card(walk.script, &walk.session, of) };
    walk.effects.push(Effect::Say(message));
}

fn switch(walk: &mut Walk<'_>, of: u64, to: Option<Language>) {
    let Some(to) = to.filter(|l| may_speak(walk.script, *l)) else { return remind(walk, of) };
    walk.session.language = to;
    let message = card(walk.script, &walk.session, of);
    walk.effects.push(Effect::Amend { of, message });
}
