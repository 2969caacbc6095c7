//! An answer is put right: after the end, for as long as the session is there, or by changing the words that gave it.

use super::advance::{aside, reading, show_again, take};
use super::answer::Reply;
use super::card::fresh;
use super::input::{Begin, Input, Moment};
use super::lines::{is_label, lines};
use super::message::{Apart, Button, ButtonKind, Effect, Press, Response, Text};
use super::session::{Answered, Asks, Ended, Outcome, Session, State, Value, Waiting};
use super::walk::Walk;
use super::{ask, beside, quota};
use crate::script::{AGE_OF_CONSENT, Choice, Question, Script, Style, fold};

/// Buttons are cut to this many signs, so that a phone shows them whole.
const LABEL: usize = 34;

/// One input after the end.
pub fn at_end(walk: &mut Walk<'_>, input: &Input) {
    if !matches!(walk.session.state, State::Finished(Ended::End)) {
        return walk.toast("closed");
    }
    match input {
        Input::Press(press) if press.button == ButtonKind::Mend => which(walk),
        Input::Press(press) if press.button == ButtonKind::News => news(walk),
        Input::Press(Press { button: ButtonKind::Correct, step, .. }) => again(walk, *step),
        Input::Text(typed) if is_label("mend-answer", &fold(typed)) => which(walk),
        Input::Text(typed) if is_label("get-result", &fold(typed)) => news(walk),
        Input::Edited { question, words } => reworded(walk, question, words),
        _ => walk.toast("closed"),
    }
}

/// Below the last words of a session that has reached its end: an answer can be mended, the result asked for, the dialogue passed
/// on.
pub fn offer(walk: &mut Walk<'_>) {
    let (language, nonce) = (walk.session.language, walk.session.nonce);
    let share = super::share::share(walk.script, language);
    let l = lines(language);
    let button = |name, button| {
        let press = Press { session: nonce, step: 0, visit: 0, button };
        vec![Button { label: l.get(name), press, on: None }]
    };
    let mut buttons = Vec::new();
    if walk.session.answers.iter().any(|a| can_mend(walk.script, &walk.session, &a.question)) {
        buttons.push(button("mend-answer", ButtonKind::Mend));
    }
    if may_want_news(walk) {
        buttons.push(button("get-result", ButtonKind::News));
    }
    let of = (!buttons.is_empty()).then(|| walk.session.name_message());
    let bare = |effect: &&mut Effect| matches!(effect, Effect::Say(m) if m.buttons.is_empty() && m.keyboard.is_none() && m.illustration.is_none());
    if let Some(Effect::Say(last)) = walk.effects.iter_mut().rev().find(bare) {
        last.of = last.of.or(of);
        last.buttons = buttons;
        last.share = last.share.take().or(Some(share));
    }
}

// Where the script asks itself, it knows whom it may ask. Else everybody is offered it but those who have said here that they are
// younger than fifteen: whoever is may not agree to being written to. Of whom no age is known, none is asked for on this account:
// that would be to keep more of everybody so as to keep less of a few.
fn may_want_news(walk: &Walk<'_>) -> bool {
    walk.script.opt_ins().next().is_none() && !is_a_child(walk.script, &walk.session)
}

/// Whether one of the answers that count is an age below that of consent: an option that says "under 15" or less, or a number for
/// a question called `alder` or `age`.
pub fn is_a_child(script: &Script, session: &Session) -> bool {
    let asks_age = |q: &Question| matches!(q.id.rsplit('.').next(), Some("alder" | "age"));
    script.questions().any(|question| match session.outcome(&question.id) {
        Some(Outcome::Given { value: Value::Code(code), .. }) => {
            let chosen = question.answer.options().and_then(|o| o.find(code));
            chosen.is_some_and(Choice::is_for_children)
        }
        Some(Outcome::Given { value: Value::Number(years), .. }) => {
            asks_age(question) && *years < AGE_OF_CONSENT.into()
        }
        Some(Outcome::Given { .. } | Outcome::Skipped | Outcome::Failed) | None => false,
    })
}

fn news(walk: &mut Walk<'_>) {
    if !may_want_news(walk) {
        return walk.toast("closed");
    }
    let (dialogue, language) = (walk.script.id().clone(), Some(walk.session.language));
    walk.effects.push(Effect::Apart(Apart::Subscribe { dialogue, language }));
    walk.line("get-result-yes");
}

fn can_mend(script: &Script, session: &Session, id: &str) -> bool {
    let on_the_way = session.outcome(id).is_some();
    on_the_way && script.question(id).is_some_and(|q| q.common.is_none())
}

/// For each answer that can be mended a button with its question, which puts it anew; none where no end was reached.
pub fn mendable(script: &Script, session: &Session) -> Vec<Button> {
    if !matches!(session.state, State::Finished(Ended::End)) {
        return Vec::new();
    }
    let button = |question: &Question| {
        let press =
            Press { session: session.nonce, step: question.number, visit: 0, button: ButtonKind::Correct };
        Button { label: question.text.plain(session.language), press, on: None }
    };
    let script = script.on(&session.channel);
    script.questions().filter(|q| can_mend(script, session, &q.id)).map(button).collect()
}

fn which(walk: &mut Walk<'_>) {
    let asked = mendable(walk.script, &walk.session).into_iter();
    let buttons = asked.map(|b| vec![Button { label: cut(&b.label), ..b }]).collect();
    let text = Text::plain(lines(walk.session.language).get("mend-which"));
    beside::put(walk, Asks::Mend, text, buttons);
}

/// As much of a label as a phone shows.
pub fn cut(words: &str) -> String {
    match words.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words.to_owned(),
    }
}

// The question is put anew, with the answer as it was; what comes behind it is passed over, or asked where it is new.
fn again(walk: &mut Walk<'_>, step: u16) {
    let Some(question) =
        walk.script.questions().find(|q| q.number == step && can_mend(walk.script, &walk.session, &q.id))
    else {
        return walk.toast("closed");
    };
    beside::leave(walk);
    walk.session.reminded = true;
    walk.rewind(&question.id);
}

fn reworded(walk: &mut Walk<'_>, id: &str, words: &str) {
    let Some(question) = walk.script.question(id).filter(|q| can_mend(walk.script, &walk.session, &q.id))
    else {
        return;
    };
    let reply = reading(walk, question).text(words, &blank(question));
    match reply {
        reply @ Reply::Answer { .. } => {
            walk.session.reminded = true;
            let Some(waiting) = walk.unwind(id) else { return };
            take(walk, question, waiting, reply);
        }
        Reply::AskWords { .. } | Reply::Again { .. } => {
            unsaid(walk, &reply);
            walk.line("edit-unfit");
        }
    }
}

/// A message was changed that had given the answer to `of`; another question stands open.
pub fn edited(walk: &mut Walk<'_>, open: &Question, waiting: Waiting, of: &str, words: &str) {
    let Some(question) = walk.script.question(of).filter(|q| walk.session.outcome(&q.id).is_some()) else {
        return;
    };
    let reply = reading(walk, question).text(words, &blank(question));
    match reply {
        Reply::Answer { ref outcome, .. } if walk.session.outcome(of) == Some(outcome) => {}
        reply @ Reply::Answer { .. } => {
            walk.retire(&waiting);
            // The open question is put again, with what was ticked and sent so far.
            walk.carried = Some(waiting.clone());
            let Some(before) = walk.unwind(of) else { return show_again(walk, open, waiting, None) };
            take(walk, question, before, reply);
        }
        Reply::AskWords { .. } | Reply::Again { .. } => {
            unsaid(walk, &reply);
            let mut text = Text::plain(lines(walk.session.language).get("edit-unfit"));
            text.line("");
            text.push(&ask::words(question, walk.script, &walk.session).to_string(), Style::Italic);
            aside(walk, open, waiting, text);
        }
    }
}

// A CPR number that did not become an answer goes out of the chat all the same.
fn unsaid(walk: &mut Walk<'_>, reply: &Reply) {
    if matches!(reply, Reply::Again { unsay: true, .. }) {
        walk.effects.push(Effect::Unsay);
    }
}

// As a question waits before anything was said to it.
fn blank(question: &Question) -> Waiting {
    Waiting::new(question.id.clone(), 0)
}

/// Whether a response can be mended when its session is gone. What was drawn by lot, and what others see, cannot be told from it.
pub fn can_reopen(script: &Script) -> bool {
    script.questions().all(|question| question.common.is_none())
}

/// The session of a response that reached its end, as it stood there. `None` where it cannot be told from the response.
pub fn reopen(
    script: &Script,
    channel: &'static str,
    response: &Response,
    moment: &Moment,
) -> Option<Session> {
    let script = script.on(channel);
    if response.ended != Ended::End || !can_reopen(script) {
        return None;
    }
    let begin = Begin {
        revision: response.revision,
        channel,
        place: response.place.clone(),
        language: Some(response.language),
        returning: false,
        response: response.id,
    };
    let mut session = fresh(script, begin, moment);
    session.answers.clone_from(&response.answers);
    // Addresses are kept apart: who mends another answer is not asked for them again.
    let apart = script.questions().filter(|q| q.answer.is_contact());
    let passed = |q: &Question| Answered {
        question: q.id.clone(),
        outcome: Outcome::Skipped,
        at: response.finished_at,
    };
    session.answers.extend(apart.map(passed));
    session.kept = script.items().iter().map(|item| item.id.clone()).collect();
    session.started_at = response.started_at;
    session.finished_at = Some(response.finished_at);
    session.admitted = true;
    session.counted = quota::cells(script, &session);
    let mut walk = Walk { script, session, moment, effects: Vec::new(), carried: None };
    walk.go(Some(0));
    // What is said on the way was said then.
    walk.session.is_finished().then_some(walk.session)
}
