//! Typed words while a question is open: an option, a command, an answer, or the rest of the answer before.

use super::advance::{at_question, reading, show_again, skip, take};
use super::answer::{Reply, redact};
use super::input::Input;
use super::lines::is_label;
use super::message::{Effect, Wish};
use super::reading::lists_of;
use super::session::{Answered, Outcome, Value, Waiting};
use super::text::clean;
use super::walk::Walk;
use super::{ask, matching, media, place, ranking, urgent};
use crate::script::{AnswerType, Common, Question, Skip, fold};
use jiff::SignedDuration;

/// What is written this soon after an open answer may belong to it.
const ONE_THOUGHT: SignedDuration = SignedDuration::from_secs(8);

/// Takes what was typed.
pub fn typed_text(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, typed: &str) {
    let folded = fold(typed);
    if ["/del", "/share"].iter().any(|name| typed.trim().eq_ignore_ascii_case(name)) {
        return at_question(walk, question, waiting, &Input::Share);
    }
    // An option called "Stop" is an answer; elsewhere the word alone is a command.
    if !is_option(walk, question, &waiting, &folded) {
        let lists = lists_of(&folded);
        if let Some(input) = command(lists) {
            return at_question(walk, question, waiting, &input);
        }
        // A command that nobody knows is no answer: it is not stored.
        if is_command(typed) {
            return at_question(walk, question, waiting, &Input::Help);
        }
        if !waiting.media.is_empty() && lists.contains(&"done-words") {
            return media::accept(walk, question, waiting);
        }
        if waiting.other.is_none() && is_done(question, lists) {
            let reply = reading(walk, question).done(waiting.chosen.clone());
            return take(walk, question, waiting, reply);
        }
        if waiting.other.is_none() && is_own_skip(question, &folded) {
            return skip(walk, question, waiting);
        }
    }
    if waiting.other.is_none() && place::typed(walk, question, &waiting, typed) {
        return;
    }
    if matches!(question.answer, AnswerType::Rank { .. }) {
        if is_label("undo", &folded) {
            let mut waiting = waiting;
            waiting.chosen.pop();
            walk.retire(&waiting);
            return show_again(walk, question, waiting, None);
        }
        if let Some(place) = reading(walk, question).one_of_ranking(typed) {
            return ranking::typed(walk, question, waiting, place);
        }
    }
    let reply = reading(walk, question).text(typed, &waiting);
    // Half an address belongs to no other answer.
    let may_continue = !question.answer.is_contact();
    if may_continue && matches!(reply, Reply::Again { counts: true, .. }) && continued(walk, typed) {
        return;
    }
    take(walk, question, waiting, reply);
}

fn command(lists: &[&str]) -> Option<Input> {
    lists.iter().find_map(|list| match *list {
        "back-words" => Some(Input::Back),
        "skip-words" => Some(Input::Skip),
        "stop-words" => Some(Input::Stop),
        "help-words" => Some(Input::Help),
        "privacy-words" => Some(Input::Privacy),
        "language-words" => Some(Input::Language(None)),
        "pause-words" => Some(Input::Pause),
        "my-data-words" => Some(Input::Wish(Wish::MyData)),
        "delete-words" => Some(Input::Wish(Wish::Delete)),
        _ => None,
    })
}

// `/ukendt`, alone.
fn is_command(typed: &str) -> bool {
    let name = typed.trim().strip_prefix('/').unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '@'))
}

fn is_done(question: &Question, lists: &[&str]) -> bool {
    matches!(question.answer, AnswerType::Multi { .. } | AnswerType::Rank { .. })
        && lists.contains(&"done-words")
}

// The question's own words on the button that passes it over.
fn is_own_skip(question: &Question, folded: &str) -> bool {
    match &question.skip {
        // To pass is what one does with a statement, whatever the button says.
        _ if question.common.is_some_and(Common::is_statement) && matches!(folded, "pas" | "pass") => true,
        Skip::As(words) => words.languages().any(|(_, label)| fold(&label.plain()) == folded),
        Skip::Yes | Skip::No => false,
    }
}

// People write a thought in several messages: what fits nowhere right after an open answer belongs to that answer.
fn continued(walk: &mut Walk<'_>, typed: &str) -> bool {
    let script = walk.script;
    let Some(before) = walk.session.trail.last().and_then(|p| script.question(&p.0)) else { return false };
    let AnswerType::Text { max_length, pattern: None, .. } = &before.answer else { return false };
    let found = walk.session.answers.iter_mut().find(|a| a.question == before.id);
    let Some(Answered { outcome: Outcome::Given { value: Value::Text(words), .. }, at, .. }) = found else {
        return false;
    };
    let whole = format!("{words}\n{}", clean(typed));
    if walk.moment.now.duration_since(*at) > ONE_THOUGHT || whole.chars().count() > *max_length {
        return false;
    }
    *at = walk.moment.now;
    let (whole, redacted) = redact(before, &whole);
    words.clone_from(&whole);
    if redacted {
        walk.line("cpr-removed");
        walk.effects.push(Effect::Unsay);
    }
    urgent::notice(walk, before, &Outcome::Given { value: Value::Text(whole), other: None });
    true
}

fn is_option(walk: &Walk<'_>, question: &Question, waiting: &Waiting, folded: &str) -> bool {
    let Some(options) = question.answer.options().filter(|_| waiting.other.is_none()) else { return false };
    let shown = ask::shown(options, question.number, walk.script, &walk.session, walk.moment);
    matching::exactly(folded, &shown).is_some()
}
