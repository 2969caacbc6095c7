//! A ranking: options pressed in order, one by one, or written as a list.

use super::advance::{reading, redraw, show_again};
use super::answer::{Reading, Reply};
use super::lines::{Arg, lines};
use super::matching::{self, Match};
use super::message::Effect;
use super::session::{Value, Waiting};
use super::text::clean;
use super::walk::Walk;
use crate::script::{AnswerType, Options, Question};

impl Reading<'_> {
    // A whole ranking in words: `3, 1, 2`.
    pub(super) fn order(&self, typed: &str, options: &Options) -> Reply {
        let list = self.visible(options);
        let places = match (matching::several(typed, &list), matching::option(typed, &list)) {
            (Some(places), _) => places,
            (None, Match::One { option, .. }) => vec![option],
            (None, Match::Several(places)) => return self.near(places, &[]),
            (None, Match::None) => return self.again(),
        };
        self.ranked(places.iter().map(|n| options.list[*n as usize].code.clone()).collect())
    }

    /// A ranking, first place first.
    pub fn ranked(&self, codes: Vec<String>) -> Reply {
        let AnswerType::Rank { options, pick } = &self.question.answer else { return self.again() };
        let visible = self.visible(options);
        let l = lines(self.session.language);
        if codes.iter().enumerate().any(|(n, code)| codes[..n].contains(code)) {
            return Reply::again(l.get("rank-once"), false);
        }
        if codes.is_empty() || codes.iter().any(|c| !visible.iter().any(|(_, o)| o.code == *c)) {
            return Reply::again(l.with("choose-at-least", &[("min", Arg::Number(1))]), !codes.is_empty());
        }
        if codes.len() > *pick {
            return Reply::again(l.with("choose-at-most", &[("max", Arg::Number(*pick as i64))]), true);
        }
        self.given(Value::Ranked(codes))
    }

    /// The one option that was typed, for a ranking that is built one by one.
    pub fn one_of_ranking(&self, typed: &str) -> Option<u8> {
        let AnswerType::Rank { options, .. } = &self.question.answer else { return None };
        let list = self.visible(options);
        match (matching::several(typed, &list), matching::option(&clean(typed), &list)) {
            (None, Match::One { option, .. }) => Some(option),
            (_, Match::One { .. } | Match::Several(_) | Match::None) => None,
        }
    }
}

/// An option was pressed: it takes the next place, or gives its own up again.
pub fn press(walk: &mut Walk<'_>, question: &Question, waiting: &mut Waiting, place: u8) {
    if put(walk, question, waiting, place) {
        redraw(walk, question, waiting);
    }
}

/// As [`press`], for an option that was typed: the question is shown again below.
pub fn typed(walk: &mut Walk<'_>, question: &Question, mut waiting: Waiting, place: u8) {
    put(walk, question, &mut waiting, place);
    walk.retire(&waiting);
    show_again(walk, question, waiting, None);
}

/// The last place is taken back.
pub fn undo(walk: &mut Walk<'_>, question: &Question, waiting: &mut Waiting) {
    waiting.chosen.pop();
    redraw(walk, question, waiting);
}

// Whether anything changed.
fn put(walk: &mut Walk<'_>, question: &Question, waiting: &mut Waiting, place: u8) -> bool {
    let AnswerType::Rank { options, pick } = &question.answer else { return false };
    let visible = reading(walk, question).visible(options);
    let Some((_, option)) = visible.into_iter().find(|(n, _)| *n == place) else { return false };
    if waiting.chosen.contains(&option.code) {
        waiting.chosen.retain(|c| *c != option.code);
        return true;
    }
    if waiting.chosen.len() >= *pick {
        let max = [("max", Arg::Number(*pick as i64))];
        let toast = lines(walk.session.language).with("choose-at-most", &max);
        walk.effects.push(Effect::Toast(toast));
        return false;
    }
    waiting.chosen.push(option.code.clone());
    true
}
