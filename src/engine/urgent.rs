//! Words of danger in free text: the citizen is told where there is help, staff are told to look, and the talk goes on.

use super::lines::{Arg, lines};
use super::message::{Apart, Effect, Flag, Text};
use super::session::{Outcome, Session, Value};
use super::walk::Walk;
use crate::script::{Question, Script};

/// Notices an answer that is about to be kept. Nobody is told twice over the same question.
pub(super) fn notice(walk: &mut Walk<'_>, question: &Question, outcome: &Outcome) {
    let urgent = &walk.script.institution().urgent;
    if !free_text(question, outcome).is_some_and(|words| urgent.is_in(words)) {
        return walk.session.urgent.retain(|id| *id != question.id);
    }
    let text = help(walk.script, &walk.session);
    walk.say(text);
    if walk.session.urgent.contains(&question.id) {
        return;
    }
    walk.session.urgent.push(question.id.clone());
    let (dialogue, at) = (walk.script.id().clone(), walk.moment.now);
    walk.effects.push(Effect::Apart(Apart::Flag(Flag { dialogue, question: question.id.clone(), at })));
}

/// Where there is help. Fixed words: nothing pretends that somebody has read along.
pub(super) fn help(script: &Script, session: &Session) -> Text {
    let own = script.institution().urgent.text.as_ref();
    Text::plain(match own {
        Some(words) => words.plain(session.language),
        None => lines(session.language).with("urgent", &[("contact", Arg::Text(script.contact()))]),
    })
}

fn free_text<'o>(question: &Question, outcome: &'o Outcome) -> Option<&'o str> {
    match outcome {
        Outcome::Given { other: Some(words), .. } => Some(words),
        Outcome::Given { value: Value::Text(words), .. } if !question.answer.is_contact() => Some(words),
        Outcome::Given { .. } | Outcome::Skipped | Outcome::Failed => None,
    }
}
