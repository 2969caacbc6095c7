//! Enough answers: newcomers are told so, and who belongs to a group that is full is thanked at the question that shows it.

use super::facts::{Facts, quota_counters};
use super::lines::lines;
use super::message::{Apart, Effect, Text};
use super::session::{Ended, Outcome, Session, Value};
use super::text::said;
use super::walk::Walk;
use crate::script::{Language, Per, Question, Script};

/// Whether nobody new can begin: the total is reached, or that of the place they come from.
pub fn is_full(script: &Script, place: Option<&str>, facts: &Facts) -> bool {
    let (Some(quota), Some(prefix)) = (&script.header().quota, quota_counters(script)) else { return false };
    let reached = |cell: &str, max: u32| facts.count(&format!("{prefix}{cell}")) >= u64::from(max);
    quota.total.is_some_and(|max| reached("total", max))
        || match (&quota.per, place) {
            (Some((Per::Place, max)), Some(place)) => reached(&place_cell(place), *max),
            (Some((Per::Place | Per::Question(_), _)) | None, _) => false,
        }
}

/// What is said when there are enough answers.
pub fn full_words(script: &Script, language: Language) -> String {
    let own = script.header().quota.as_ref().and_then(|q| q.when_full.as_ref());
    own.map_or_else(|| lines(language).get("full"), |words| words.plain(language))
}

pub(super) fn full_text(script: &Script, session: &Session) -> Text {
    match script.header().quota.as_ref().and_then(|q| q.when_full.as_ref()) {
        Some(words) => said(words, script, session),
        None => Text::plain(lines(session.language).get("full")),
    }
}

/// Whether this answer shows that the citizen belongs to a group of which there are enough. Asked once: who has been let
/// past the question is not stopped any more.
pub(super) fn stops(walk: &mut Walk<'_>, question: &Question, outcome: &Outcome) -> bool {
    let Some(quota) = &walk.script.header().quota else { return false };
    let Some((Per::Question(asked), max)) = &quota.per else { return false };
    if *asked != question.id || walk.session.admitted {
        return false;
    }
    let cell = answer_cell(question, outcome);
    let prefix = quota_counters(walk.script).unwrap_or_default();
    let full =
        cell.is_some_and(|cell| walk.moment.facts.count(&format!("{prefix}{cell}")) >= u64::from(*max));
    walk.session.admitted = !full;
    full
}

/// Counts the response where it is complete, and no longer where it was.
pub(super) fn count(walk: &mut Walk<'_>, ended: Ended) {
    let now = if ended == Ended::End { cells(walk.script, &walk.session) } else { Vec::new() };
    let before = std::mem::replace(&mut walk.session.counted, now.clone());
    let gone = before.iter().filter(|name| !now.contains(name)).map(|name| (name, -1));
    let new = now.iter().filter(|name| !before.contains(name)).map(|name| (name, 1));
    let effects: Vec<Effect> =
        gone.chain(new).map(|(name, add)| Effect::Apart(Apart::Count { name: name.clone(), add })).collect();
    walk.effects.extend(effects);
}

pub(super) fn cells(script: &Script, session: &Session) -> Vec<String> {
    let (Some(quota), Some(prefix)) = (&script.header().quota, quota_counters(script)) else {
        return Vec::new();
    };
    let per = match &quota.per {
        Some((Per::Place, _)) => session.place.as_deref().map(place_cell),
        Some((Per::Question(asked), _)) => {
            script.question(asked).zip(session.outcome(asked)).and_then(|(q, o)| answer_cell(q, o))
        }
        None => None,
    };
    std::iter::once("total".to_owned()).chain(per).map(|cell| format!("{prefix}{cell}")).collect()
}

fn place_cell(place: &str) -> String {
    format!("place/{place}")
}

fn answer_cell(question: &Question, outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Given { value: Value::Code(code), .. } => Some(format!("answer/{}/{code}", question.id)),
        Outcome::Given { .. } | Outcome::Skipped | Outcome::Failed => None,
    }
}
