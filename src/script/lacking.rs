//! I901: conditions that leave out whoever has not answered, and questions that may be left without options.

use super::condition::{Condition, Test};
use super::flow::successors;
use super::model::*;
use super::order::{conditions_of, key_in};
use super::problem::{Both, Problem, Span, both};
use super::steps::{Draft, Drafts};
use std::collections::HashSet;

/// What is said of conditions with `not`: they read as if they held for those who did not answer, and do not.
pub fn answers(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (no, draft) in drafts.list.iter().enumerate() {
        for (node, when) in conditions_of(draft) {
            for name in all_but(when) {
                let mut asked = drafts.list.iter().filter_map(|d| Some((d, d.item.question()?)));
                let asked = asked.find(|(_, q)| q.id == name);
                let Some((of, question)) = asked else { continue };
                let skipped = !matches!(question.skip, Skip::No);
                let passed = is_passed(no, name, drafts, audience);
                if skipped || passed {
                    let at = key_in(node, name).unwrap_or(node.at);
                    problems.push(left_out(name, at, ways(of.at.line, skipped, passed)));
                }
            }
        }
        if let Some(at) = all_conditional(draft) {
            problems.push(no_options(at));
        }
    }
    problems
}

// The questions that `not` or `none_of` asks about, where nothing is said of those who did not answer.
fn all_but(when: &Condition) -> Vec<&str> {
    let told = asking(when, &|t| matches!(t, Test::Answered | Test::Skipped | Test::NotAsked));
    asking(when, &excludes).into_iter().filter(|name| !told.contains(name)).collect()
}

// The questions that are tested in such a way, however deep.
fn asking<'c>(when: &'c Condition, so: &dyn Fn(&Test) -> bool) -> Vec<&'c str> {
    match when {
        Condition::All(list) | Condition::Any(list) => list.iter().flat_map(|c| asking(c, so)).collect(),
        Condition::Answer { question, test } if so(test) => vec![question],
        Condition::Answer { .. }
        | Condition::Fact { .. }
        | Condition::Rounds { .. }
        | Condition::Vote { .. } => Vec::new(),
    }
}

fn excludes(test: &Test) -> bool {
    match test {
        Test::NoneOf(_) => true,
        Test::Each(tests) => tests.iter().any(excludes),
        _ => false,
    }
}

// Whether a way leads to an item past a question.
fn is_passed(no: ItemNo, name: &str, drafts: &Drafts<'_>, audience: Option<&Audience>) -> bool {
    let mut seen = HashSet::new();
    let mut open: Vec<ItemNo> = drafts.main.first().copied().into_iter().collect();
    while let Some(at) = open.pop() {
        if at == no {
            return true;
        }
        let draft = &drafts.list[at];
        let asks = draft.item.question().is_some_and(|q| q.id == name) && draft.when.is_none();
        if !asks && seen.insert(at) {
            open.extend(successors(at, drafts, audience));
        }
    }
    false
}

fn ways(line: u32, skipped: bool, passed: bool) -> Both {
    match (skipped, passed) {
        (true, true) => both(
            format!("spørgsmålet i linje {line} kan springes over, og ikke alle får det"),
            format!("the question on line {line} can be skipped, and not everybody gets it"),
        ),
        (true, false) => both(
            format!("spørgsmålet i linje {line} kan springes over"),
            format!("the question on line {line} can be skipped"),
        ),
        (false, _) => both(
            format!("ikke alle får spørgsmålet i linje {line}"),
            format!("not everybody gets the question on line {line}"),
        ),
    }
}

fn left_out(name: &str, at: Span, ways: Both) -> Problem {
    Problem::info(
        "I901",
        at,
        both(
            format!("den, der ikke har svaret på `{name}`, er ikke med her"),
            format!("whoever has not answered `{name}` is not included here"),
        ),
    )
    .label(ways)
    .why(both(
        "et `when` om noget, som borgeren ikke har svaret på, er aldrig sandt",
        "a `when` about something the citizen did not answer is never true",
    ))
    .mend(both(
        format!(
            "skal de være med, så skriv\nany:\n  - {name}: …\n  - {name}: skipped\n  - {name}: not_asked"
        ),
        format!("to include them, write\nany:\n  - {name}: …\n  - {name}: skipped\n  - {name}: not_asked"),
    ))
}

fn all_conditional(draft: &Draft<'_>) -> Option<Span> {
    let options = draft.item.question()?.answer.options()?;
    let all = !options.list.is_empty() && options.list.iter().all(|o| o.when.is_some());
    all.then_some(draft.at)
}

fn no_options(at: Span) -> Problem {
    Problem::info(
        "I901",
        at,
        both(
            "nogle kan stå uden svarmuligheder: de har alle et `when`",
            "some may be left without options: each of them has a `when`",
        ),
    )
    .why(both(
        "et `when` om noget, som borgeren ikke har svaret på, er aldrig sandt",
        "a `when` about something the citizen did not answer is never true",
    ))
    .mend(both(
        "lad mindst én svarmulighed være uden `when`, eller giv spørgsmålet selv et",
        "leave at least one option without a `when`, or give the question itself one",
    ))
}
