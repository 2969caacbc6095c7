//! What citizens see of one another: statements to vote on and ideas to like. Drawn once, those that fewest have seen first;
//! what a citizen says to them, and gives for others, is handed over at the end.

use super::ask::next;
use super::facts::{liked_counters, list, shown_counters};
use super::lines::{Arg, lines};
use super::message::{Apart, Ballot, Contribution, Effect, Text, Vote};
use super::session::{Answered, Drawn, Outcome, Session, Shown, Value};
use super::text::said;
use super::walk::Walk;
use crate::script::{Common, Question, Script};
use jiff::Timestamp;
use jiff::civil::Date;

/// Whether the question has something to be about: what it shows is drawn when the first of its kind is reached.
pub fn has_something(walk: &mut Walk<'_>, question: &Question) -> bool {
    let Some(Common::Statement { .. } | Common::Like { .. }) = question.common else { return true };
    let Some((of, _)) = question.id.rsplit_once('.') else { return false };
    if !walk.session.drawn.iter().any(|d| d.of == of) {
        let drawn = Drawn { of: of.to_owned(), list: draw(walk, question) };
        walk.session.drawn.push(drawn);
    }
    walk.session.shown(question).is_some()
}

// All that there is, in the order in which it shall be shown.
fn draw(walk: &Walk<'_>, question: &Question) -> Vec<Shown> {
    let Some(of) = question.common_of() else { return Vec::new() };
    let (facts, seed) = (&walk.moment.facts, walk.moment.seed);
    let vote = walk.script.vote(of).filter(|_| matches!(question.common, Some(Common::Statement { .. })));
    let seeds = vote.into_iter().flat_map(|v| &v.statements.list);
    let seeds = seeds.map(|s| Shown { id: s.code.clone(), words: None });
    let others = facts.others.get(&list(walk.script.id(), of)).into_iter().flatten();
    let others = others.map(|o| Shown { id: o.id.clone(), words: Some(o.words.clone()) });
    let before = |shown: &Shown| walk.session.drawn.iter().flat_map(|d| &d.list).any(|s| s.id == shown.id);
    let mut all: Vec<Shown> = seeds.chain(others.filter(|o| !before(o))).collect();
    let times = |shown: &Shown| facts.count(&counter(walk.script, of, &shown.id));
    all.sort_by_cached_key(|s| (times(s), s.words.is_some(), lot(seed, &s.id)));
    let slots = walk.script.questions().filter(|q| same_draw(q, question)).count();
    all.truncate(slots);
    all
}

fn same_draw(one: &Question, other: &Question) -> bool {
    let of = |q: &Question| q.id.rsplit_once('.').map(|(of, _)| of.to_owned());
    let drawn = matches!(one.common, Some(Common::Statement { .. } | Common::Like { .. }));
    drawn && of(one) == of(other)
}

fn lot(seed: u64, id: &str) -> u64 {
    id.bytes().fold(seed, |lot, byte| next(&mut (lot ^ u64::from(byte))))
}

fn counter(script: &Script, of: &str, id: &str) -> String {
    format!("{}{of}/{id}", shown_counters(script.id()))
}

/// Counts that what the question shows was seen, the first time it is answered.
pub fn count(walk: &mut Walk<'_>, question: &Question) {
    let answered = walk.session.answers.iter().any(|a| a.question == question.id);
    let (Some(shown), Some(of), false) = (walk.session.shown(question), question.common_of(), answered)
    else {
        return;
    };
    let name = counter(walk.script, of, &shown.id);
    walk.effects.push(Effect::Apart(Apart::Count { name, add: 1 }));
}

/// The words of the statement or idea that the question is about; `None` for any other question.
pub fn words(question: &Question, script: &Script, session: &Session) -> Option<Text> {
    let shown = session.shown(question)?;
    let own = question.common_of().and_then(|of| script.vote(of)).and_then(|v| v.statements.find(&shown.id));
    let words = match (&shown.words, own) {
        (Some(words), _) => words.clone(),
        (None, Some(statement)) => said(&statement.label, script, session).to_string(),
        (None, None) => return None,
    };
    let line = if matches!(question.common, Some(Common::Like { .. })) { "others-idea" } else { "statement" };
    Some(Text::plain(lines(session.language).with(line, &[("words", Arg::Text(&words))])))
}

/// Whether the citizen took part in a vote, which is all that the response tells of it; `None`: was not asked.
pub fn took_part(walk: &Walk<'_>, vote: &str) -> Option<Answered> {
    let slots = &walk.script.vote(vote)?.slots;
    let outcomes: Vec<&Outcome> = slots.iter().filter_map(|slot| walk.session.outcome(slot)).collect();
    let outcome = match outcomes.first()? {
        _ if outcomes.iter().any(|o| matches!(o, Outcome::Given { .. })) => {
            Outcome::Given { value: Value::Voted, other: None }
        }
        _ if outcomes.contains(&&Outcome::Skipped) => Outcome::Skipped,
        _ => Outcome::Failed,
    };
    Some(Answered { question: vote.to_owned(), outcome, at: walk.moment.now })
}

/// The session has ended: votes, likes and contributions go their own ways.
pub fn hand_over(walk: &mut Walk<'_>, mended: bool) {
    // A like counts once: it cannot be mended.
    let likes = likes(walk).filter(|_| !mended);
    let effects: Vec<Apart> = votes(walk).chain(likes).chain(contributions(walk, mended)).collect();
    walk.effects.extend(effects.into_iter().map(Effect::Apart));
}

fn votes<'w>(walk: &'w Walk<'_>) -> impl Iterator<Item = Apart> + use<'w> {
    walk.script.votes().iter().filter_map(|vote| {
        let asked = vote.slots.iter().filter_map(|slot| walk.script.question(slot));
        let ballots: Vec<Ballot> = asked.filter_map(|question| ballot(walk, question)).collect();
        let (dialogue, vote) = (walk.script.id().clone(), vote.id.clone());
        let revision = walk.session.revision;
        (!ballots.is_empty()).then_some(Apart::Votes { dialogue, revision, vote, ballots })
    })
}

fn ballot(walk: &Walk<'_>, question: &Question) -> Option<Ballot> {
    let shown = walk.session.shown(question)?;
    let vote = match walk.session.outcome(&question.id)? {
        Outcome::Given { value: Value::Code(code), .. } if code == "ja" => Vote::Agree,
        Outcome::Given { .. } => Vote::Disagree,
        Outcome::Skipped => Vote::Pass,
        Outcome::Failed => return None,
    };
    let (statement, words) = (shown.id.clone(), shown.words.clone());
    Some(Ballot { statement, words, vote, day: day(walk, &question.id)? })
}

fn likes<'w>(walk: &'w Walk<'_>) -> impl Iterator<Item = Apart> + use<'w> {
    let liked = |question: &Question| {
        let of = question.common_of().filter(|_| matches!(question.common, Some(Common::Like { .. })))?;
        let Some(Outcome::Given { .. }) = walk.session.outcome(&question.id) else { return None };
        let name = format!("{}{of}/{}", liked_counters(walk.script.id()), walk.session.shown(question)?.id);
        Some(Apart::Count { name, add: 1 })
    };
    walk.script.questions().filter_map(liked)
}

// Mended, they are told even where none is left: what was given before goes.
fn contributions(walk: &Walk<'_>, mended: bool) -> Option<Apart> {
    let given = |question: &Question| {
        let is_idea = is_idea(question)?;
        let Some(Outcome::Given { value: Value::Text(words), .. }) = walk.session.outcome(&question.id)
        else {
            return None;
        };
        let at = walk.session.answers.iter().find(|a| a.question == question.id)?.at;
        let contribution = Contribution {
            is_idea,
            of: question.common_of()?.to_owned(),
            question: question.id.clone(),
            revision: walk.session.revision,
            words: words.clone(),
            language: walk.session.language,
            day: day(walk, &question.id)?,
        };
        Some((at, contribution))
    };
    let contributions: Vec<(Timestamp, Contribution)> = walk.script.questions().filter_map(given).collect();
    let (dialogue, session) = (walk.script.id().clone(), walk.session.nonce);
    let may_go = mended && walk.script.questions().any(|q| is_idea(q).is_some());
    let told = may_go || !contributions.is_empty();
    told.then_some(Apart::Contribute { dialogue, session, contributions })
}

// Whether the words of this question, for others to see, are an idea or a statement; `None`: others do not see them.
fn is_idea(question: &Question) -> Option<bool> {
    match question.common? {
        Common::Idea { publish: true } => Some(true),
        Common::OwnStatement => Some(false),
        Common::Idea { publish: false } | Common::Statement { .. } | Common::Like { .. } => None,
    }
}

fn day(walk: &Walk<'_>, question: &str) -> Option<Date> {
    let at: Timestamp = walk.session.answers.iter().find(|a| a.question == question)?.at;
    Some(at.to_zoned(walk.script.institution().timezone.clone()).date())
}

/// Whether a turn of this session, or one that begins, may draw from what others have contributed.
pub fn may_draw(script: &Script, session: Option<&Session>) -> bool {
    script.questions().any(|question| {
        let Some((of, _)) = question.id.rsplit_once('.') else { return false };
        let draws = matches!(question.common, Some(Common::Statement { .. } | Common::Like { .. }));
        draws && session.is_none_or(|s| !s.drawn.iter().any(|d| d.of == of))
    })
}
