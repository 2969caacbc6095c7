//! One input against the open question.

use super::answer::{Reading, Reply};
use super::card::at_card;
use super::input::{Form, Input, Moment};
use super::lines::{Arg, lines};
use super::media::{self, Fetched};
use super::message::{Button, ButtonKind, Effect, Message, Press, Text, Turn};
use super::place::{location, tidy_keyboard};
use super::session::{Ended, Outcome, Session, State, Value, Waiting, other_value};
use super::share;
use super::typing::typed_text;
use super::wake::closes;
use super::walk::Walk;
use super::{ask, beside, mend, ranking, recap, text, urgent};
use crate::script::{AnswerType, Language, Question, Script, Skip, Style};

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The session waits at a step that its script has not got: the wrong revision was handed in.
    #[error("there is no step `{0}` in this revision")]
    StepGone(String),
}

/// Takes one input to the next wait. An odd reply is a turn that asks again, never an error.
///
/// # Errors
/// [`EngineError::StepGone`] if `script` is not the revision that the session walks through.
pub fn advance(
    script: &Script,
    session: Session,
    input: &Input,
    moment: &Moment,
) -> Result<Turn, EngineError> {
    let script = script.on(&session.channel);
    let mut walk = Walk { script, session, moment, effects: Vec::with_capacity(6), carried: None };
    match input {
        Input::Press(press) if press.session != walk.session.nonce => {
            walk.toast("closed");
            walk.wake();
            return Ok(Turn { session: walk.session, effects: walk.effects });
        }
        Input::TimeUp => {}
        _ => {
            walk.session.touched_at = moment.now;
            walk.session.remarks.clear();
        }
    }
    match walk.session.state.clone() {
        State::Card { message } => at_card(&mut walk, message, input),
        State::Waiting(waiting) => {
            let question =
                script.question(&waiting.at).ok_or_else(|| EngineError::StepGone(waiting.at.clone()))?;
            beside_or_at_question(&mut walk, question, waiting, input);
        }
        State::Finished(_) => mend::at_end(&mut walk, input),
    }
    tidy_keyboard(&mut walk);
    walk.wake();
    Ok(Turn { session: walk.session, effects: walk.effects })
}

fn beside_or_at_question(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, input: &Input) {
    if let (Input::Media(came), Some(pending)) = (input, &walk.session.pending)
        && came.handle == pending.handle
        && came.fetched != Fetched::No
    {
        // Fetched, because the citizen said yes.
        walk.session.voice = true;
    }
    if let Some(beside) = walk.session.beside
        && *input != Input::TimeUp
    {
        if let Some(choice) = beside::choice(walk.script, walk.session.language, beside, input) {
            return beside::settle(walk, question, waiting, beside, choice);
        }
        beside::leave(walk);
    }
    at_question(walk, question, waiting, input);
}

pub(super) fn at_question(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, input: &Input) {
    match input {
        Input::Text(typed) => typed_text(walk, question, waiting, typed),
        Input::Press(press) => pressed(walk, question, waiting, press),
        Input::Form(form) => filled_in(walk, question, waiting, form),
        Input::Back => back(walk, question, &waiting),
        Input::Skip => skip(walk, question, waiting),
        Input::Stop => stop(walk, &waiting),
        Input::Help => told(walk, question, waiting, recap::help(walk.script, walk.session.language)),
        Input::Privacy => {
            let text = recap::privacy_at(walk.script, walk.session.language, walk.moment.now);
            told(walk, question, waiting, text);
        }
        Input::Share => share::beside(walk, question, waiting),
        Input::Phone(number) if matches!(question.answer, AnswerType::Phone) => {
            typed_text(walk, question, waiting, number);
        }
        Input::OthersPhone if matches!(question.answer, AnswerType::Phone) => {
            unreadable(walk, question, waiting, "others-number");
        }
        Input::Phone(_) | Input::OthersPhone => unreadable(walk, question, waiting, "cannot-read"),
        Input::Edited { question: of, words } => mend::edited(walk, question, waiting, of, words),
        Input::Pause => beside::pause(walk, question, &waiting),
        Input::Wish(wish) => walk.effects.push(Effect::Wish(*wish)),
        Input::Language(to) => language(walk, question, waiting, *to),
        Input::Location(shared) => location(walk, question, waiting, *shared),
        Input::Media(came) => media::media(walk, question, waiting, came),
        Input::Unreadable => unreadable(walk, question, waiting, "cannot-read"),
        Input::TimeUp => time_up(walk, question, waiting),
    }
}

pub(super) fn reading<'w>(walk: &'w Walk<'_>, question: &'w Question) -> Reading<'w> {
    Reading { script: walk.script, question, session: &walk.session, moment: walk.moment }
}

fn pressed(walk: &mut Walk<'_>, question: &Question, mut waiting: Waiting, press: &Press) {
    if let ButtonKind::Language(n) = press.button {
        let to = walk.script.header().languages.get(n as usize).copied();
        return language(walk, question, waiting, to);
    }
    if press.button == ButtonKind::GoOn {
        walk.retire(&waiting);
        return show_again(walk, question, waiting, None);
    }
    let script = walk.script;
    if press.step != question.number || press.visit != waiting.visit {
        let earlier = walk.script.questions().find(|q| q.number == press.step).map(|q| q.id.clone());
        return match earlier {
            Some(id) if press.button == ButtonKind::Correct && walk.session.outcome(&id).is_some() => {
                walk.retire(&waiting);
                walk.rewind(&id);
            }
            Some(id) if id != question.id => match script.question(&id) {
                Some(earlier) => beside::ask_change(walk, earlier, press),
                None => walk.toast("already-answered"),
            },
            _ => walk.toast("already-answered"),
        };
    }
    match press.button {
        ButtonKind::Skip => skip(walk, question, waiting),
        ButtonKind::Done if !waiting.media.is_empty() => media::accept(walk, question, waiting),
        ButtonKind::More if !waiting.media.is_empty() => walk.line("media-send"),
        ButtonKind::Done if waiting.other.is_none() => {
            let reply = reading(walk, question).done(waiting.chosen.clone());
            match reply {
                // Under the limit: a word over the button is enough, the ticks stay.
                Reply::Again { why, .. } => walk.effects.push(Effect::Toast(why.to_string())),
                reply => take(walk, question, waiting, reply),
            }
        }
        ButtonKind::Option(n) if waiting.other.is_none() => match &question.answer {
            AnswerType::Multi { .. } => toggle(walk, question, &mut waiting, n),
            AnswerType::Rank { .. } => ranking::press(walk, question, &mut waiting, n),
            _ => {
                let reply = reading(walk, question).pressed(n);
                take(walk, question, waiting, reply);
            }
        },
        ButtonKind::Undo => ranking::undo(walk, question, &mut waiting),
        _ => walk.toast("already-answered"),
    }
}

fn toggle(walk: &mut Walk<'_>, question: &Question, waiting: &mut Waiting, place: u8) {
    let AnswerType::Multi { options, max, .. } = &question.answer else { return };
    let shown = ask::shown(options, question.number, walk.script, &walk.session, walk.moment);
    let Some((_, option)) = shown.into_iter().find(|(n, _)| *n == place) else { return };
    let alone = |code: &String| options.find(code).is_some_and(|o| o.exclusive);
    if waiting.chosen.contains(&option.code) {
        waiting.chosen.retain(|c| *c != option.code);
    } else if option.exclusive {
        waiting.chosen = vec![option.code.clone()];
    } else {
        waiting.chosen.retain(|c| !alone(c));
        if waiting.chosen.len() >= *max {
            let toast =
                lines(walk.session.language).with("choose-at-most", &[("max", Arg::Number(*max as i64))]);
            return walk.effects.push(Effect::Toast(toast));
        }
        waiting.chosen.push(option.code.clone());
    }
    redraw(walk, question, waiting);
}

/// The buttons of the open question as they stand now.
pub(super) fn redraw(walk: &mut Walk<'_>, question: &Question, waiting: &mut Waiting) {
    waiting.only.clear();
    if let Some(of) = waiting.message {
        let message = ask::message(question, waiting, None, walk.script, &walk.session, walk.moment);
        walk.effects.push(Effect::Amend { of, message: Message { text: Text::default(), ..message } });
    }
    walk.session.state = State::Waiting(waiting.clone());
}

fn filled_in(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, form: &Form) {
    if form.session != walk.session.nonce || form.step != question.number || form.visit != waiting.visit {
        return walk.toast("already-answered");
    }
    if form.options.is_empty() && !form.words.trim().is_empty() {
        return typed_text(walk, question, waiting, &form.words);
    }
    let reply = reading(walk, question).form(form, &waiting);
    take(walk, question, waiting, reply);
}

pub(super) fn take(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, reply: Reply) {
    match reply {
        Reply::Answer { outcome, sure, redacted } => {
            settle(walk, question, &waiting, &outcome, sure);
            if redacted {
                walk.line("cpr-removed");
                walk.effects.push(Effect::Unsay);
            }
            urgent::notice(walk, question, &outcome);
            walk.accept(question, outcome);
        }
        Reply::AskWords { code, chosen } => ask_words(walk, question, waiting, code, chosen),
        Reply::Again { why, counts, only, unsay } => {
            if unsay {
                walk.effects.push(Effect::Unsay);
            }
            again(walk, question, waiting, why, counts, &only);
        }
    }
}

pub(super) fn ask_words(
    walk: &mut Walk<'_>,
    question: &Question,
    mut waiting: Waiting,
    code: String,
    chosen: Vec<String>,
) {
    waiting.chosen = chosen;
    let ticked = Outcome::Given { value: other_value(question, &code, &waiting.chosen), other: None };
    settle(walk, question, &waiting, &ticked, true);
    waiting.other = Some(code);
    waiting.tries = 0;
    waiting.why = None;
    walk.show(question, waiting, None, &[]);
}

pub(super) fn again(
    walk: &mut Walk<'_>,
    question: &Question,
    mut waiting: Waiting,
    mut why: Text,
    counts: bool,
    only: &[u8],
) {
    if counts {
        waiting.tries = waiting.tries.saturating_add(1);
        if waiting.tries > question.retries {
            amend(walk, question, &waiting, None, None);
            walk.line("given-up");
            let outcome = given_up(walk, question, &waiting);
            return walk.accept(question, outcome);
        }
        if let Some(example) = reading(walk, question).example().filter(|_| waiting.tries > 1) {
            why.line(&lines(walk.session.language).with("example", &[("example", Arg::Text(&example))]));
        }
    }
    walk.retire(&waiting);
    waiting.why = Some(why.to_string());
    walk.show(question, waiting, Some(why), only);
}

// An `other` chosen without words still stands, and so does what was answered before the citizen went back.
fn given_up(walk: &Walk<'_>, question: &Question, waiting: &Waiting) -> Outcome {
    if !waiting.media.is_empty() {
        return Outcome::Given { value: Value::Media(waiting.media.clone()), other: None };
    }
    if waiting.other.is_some() {
        return without_words(question, waiting);
    }
    let before = walk.session.answers.iter().find(|a| a.question == question.id);
    before.map_or(Outcome::Failed, |a| a.outcome.clone())
}

fn without_words(question: &Question, waiting: &Waiting) -> Outcome {
    let code = waiting.other.as_deref().unwrap_or_default();
    Outcome::Given { value: other_value(question, code, &waiting.chosen), other: None }
}

// The question's message shows what was answered and loses its buttons; a guess keeps one to correct it.
fn settle(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting, outcome: &Outcome, sure: bool) {
    let shown = question.answer.options().is_some()
        || question.answer.is_shown_back()
        || matches!(question.answer, AnswerType::Scale { .. });
    let is_day = matches!(question.answer, AnswerType::Date { .. });
    let year = is_day.then(|| text::year_at(walk.moment.now, walk.script));
    let label = text::shown_back(question, outcome, walk.session.language, year)
        .filter(|_| shown && waiting.other.is_none());
    let correct = (!sure).then(|| Button {
        label: lines(walk.session.language).get("correct"),
        press: Press {
            session: walk.session.nonce,
            step: question.number,
            visit: waiting.visit,
            button: ButtonKind::Correct,
        },
        on: None,
    });
    amend(walk, question, waiting, label.as_deref(), correct);
}

fn amend(
    walk: &mut Walk<'_>,
    question: &Question,
    waiting: &Waiting,
    label: Option<&str>,
    button: Option<Button>,
) {
    let Some(label) = label else { return walk.retire(waiting) };
    let below = ("✓ ", label, Style::Bold);
    let buttons = button.map(|b| vec![vec![b]]).unwrap_or_default();
    let Some(of) = waiting.message else {
        if ask::keyboard(question, waiting, &walk.session).is_none() {
            return;
        }
        // Above a keyboard for sharing nothing can be changed: what was taken is said instead.
        let of = Some(walk.session.name_message());
        let mut message = Message { of, buttons, ..Message::bare(walk.session.language) };
        message.text.push(below.0, Style::Plain);
        message.text.push(below.1, below.2);
        return walk.effects.push(Effect::Say(message));
    };
    let message = ask::answered(question, waiting, walk.script, &walk.session, below);
    walk.effects.push(Effect::Amend { of, message: Message { buttons, ..message } });
}

fn back(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting) {
    let script = walk.script;
    if waiting.other.is_some() {
        // Own words are awaited: the options of the same question lie behind.
        walk.retire(waiting);
        return walk.ask(question);
    }
    let before =
        walk.session.trail.iter().rev().find(|p| script.question(&p.0).is_some()).map(|p| p.0.clone());
    match before {
        Some(id) => {
            walk.retire(waiting);
            // The open question may have an answer from before the citizen went back: it is passed over again later.
            if walk.session.answers.iter().any(|a| a.question == waiting.at)
                && !walk.session.kept.contains(&waiting.at)
            {
                walk.session.kept.push(waiting.at.clone());
            }
            walk.rewind(&id);
        }
        None => walk.line("no-way-back"),
    }
}

pub(super) fn skip(walk: &mut Walk<'_>, question: &Question, waiting: Waiting) {
    if !waiting.media.is_empty() {
        return media::accept(walk, question, waiting);
    }
    if waiting.other.is_some() {
        amend(walk, question, &waiting, None, None);
        let outcome = without_words(question, &waiting);
        return walk.accept(question, outcome);
    }
    match &question.skip {
        Skip::No => walk.line("answer-needed"),
        Skip::Yes | Skip::As(_) => {
            let label = ask::skip_label(question, walk.session.language);
            let Some(of) = waiting.message else { return walk.accept(question, Outcome::Skipped) };
            let below = ("", &*format!("– {}", label.unwrap_or_default()), Style::Italic);
            let message = ask::answered(question, &waiting, walk.script, &walk.session, below);
            walk.effects.push(Effect::Amend { of, message });
            walk.accept(question, Outcome::Skipped);
        }
    }
}

pub(super) fn stop(walk: &mut Walk<'_>, waiting: &Waiting) {
    walk.retire(waiting);
    walk.finish(Ended::Stop);
}

// Said twice, then the question alone: whoever sends stickers for fun is not lectured.
pub(super) fn unreadable(walk: &mut Walk<'_>, question: &Question, mut waiting: Waiting, name: &str) {
    if waiting.unreadable >= 2 {
        walk.retire(&waiting);
        return show_again(walk, question, waiting, None);
    }
    waiting.unreadable += 1;
    let why = Text::plain(lines(walk.session.language).get(name));
    aside(walk, question, waiting, why);
}

// Something is said beside the question, then the question stands open again.
pub(super) fn aside(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, text: Text) {
    walk.retire(&waiting);
    walk.remark(text);
    show_again(walk, question, waiting, None);
}

// As [`aside`], for what stands in the foot of every page anyway.
fn told(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, text: Text) {
    walk.retire(&waiting);
    walk.say(text);
    show_again(walk, question, waiting, None);
}

pub(super) fn show_again(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, lead: Option<Text>) {
    walk.show(question, waiting, lead, &[]);
}

fn language(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, to: Option<Language>) {
    match to.filter(|l| beside::may_speak(walk.script, *l)) {
        Some(to) => {
            walk.retire(&waiting);
            beside::speak(walk, to);
            show_again(walk, question, waiting, None);
        }
        None => beside::ask_language(walk, question, &waiting),
    }
}

fn time_up(walk: &mut Walk<'_>, question: &Question, waiting: Waiting) {
    if !walk.is_due() {
        return;
    }
    if let Some((_, ended)) = closes(walk.script, &walk.session).filter(|(at, _)| *at <= walk.moment.now) {
        beside::leave(walk);
        walk.retire(&waiting);
        return walk.finish(ended);
    }
    walk.session.reminded = true;
    beside::remind(walk, question, &waiting);
}
