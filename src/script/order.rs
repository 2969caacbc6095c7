//! Conditions about answers that cannot be there yet.

use super::condition::Condition;
use super::flow::{jumps, section_of, successors};
use super::model::*;
use super::problem::{Problem, Span, both};
use super::steps::{Draft, Drafts};
use super::tree::Node;
use rustc_hash::FxHashSet;

// C402: a condition about a question that no way leads past before it.
pub fn too_early(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut before: Vec<FxHashSet<&str>> = vec![FxHashSet::default(); drafts.list.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for no in 0..drafts.list.len() {
            let mut after = before[no].clone();
            after.extend(drafts.list[no].item.question().map(|q| q.id.as_str()));
            // What is asked inside a visit or a group is known after it: its ways lead on to the same next.
            for next in successors(no, drafts, audience).into_iter().chain(back_from(no, drafts)) {
                let known = before[next].len();
                before[next].extend(after.iter());
                changed |= before[next].len() > known;
            }
        }
    }
    let mut problems = Vec::new();
    for (no, draft) in drafts.list.iter().enumerate() {
        for (node, when) in conditions_of(draft) {
            for name in when.questions().into_iter().filter(|name| !before[no].contains(name)) {
                let asked = drafts.list.iter().find(|d| d.item.question().is_some_and(|q| q.id == name));
                let at = key_in(node, name).unwrap_or(node.at);
                let earlier: Vec<&str> = drafts
                    .list
                    .iter()
                    .filter_map(|d| d.item.question())
                    .map(|q| q.id.as_str())
                    .filter(|id| before[no].contains(id))
                    .collect();
                problems.push(asked_later(name, at, asked.map_or(0, |d| d.at.line), &earlier));
            }
        }
    }
    problems
}

/// The conditions of a step and of its options, each with what was written.
pub fn conditions_of<'d, 'n>(draft: &'d Draft<'n>) -> impl Iterator<Item = (&'n Node, &'d Condition)> {
    let own = draft.when.into_iter().zip(&draft.item.when);
    let options = draft.item.question().and_then(|q| q.answer.options());
    let of_options = draft.options_when.iter().filter_map(move |(n, node)| {
        Some((*node, options.and_then(|o| o.list.get(*n)).and_then(|o| o.when.as_ref())?))
    });
    own.chain(of_options)
}

/// Where a condition names a question, however deep in `any` and `all`.
pub fn key_in(node: &Node, name: &str) -> Option<Span> {
    let entries = node.map().unwrap_or_default();
    let here = entries.iter().find(|e| e.key == name).map(|e| e.key_at);
    here.or_else(|| entries.iter().find_map(|e| key_in(&e.value, name)))
        .or_else(|| node.list().unwrap_or_default().iter().find_map(|n| key_in(n, name)))
}

// The end of a visited section leads back to the step after each visit.
fn back_from(no: ItemNo, drafts: &Drafts<'_>) -> Vec<ItemNo> {
    let Some(section) = section_of(no, drafts).filter(|_| drafts.list[no].item.next == Next::Return) else {
        return Vec::new();
    };
    let first = drafts.sections[section].2.first();
    let visits = |d: &Draft<'_>| {
        jumps(&d.item).iter().any(|j| matches!(j, Jump::Visit(Target::Item(t)) if Some(t) == first))
    };
    let next = |d: &Draft<'_>| match d.item.next {
        Next::Item(no) => Some(no),
        Next::Return => None,
    };
    drafts.list.iter().filter(|d| visits(d)).filter_map(next).collect()
}

fn asked_later(name: &str, at: Span, line: u32, earlier: &[&str]) -> Problem {
    let problem = Problem::error(
        "C402",
        at,
        both(
            format!("betingelsen spørger til et svar, der først kommer i linje {line}"),
            "this asks about an answer that has not been given yet",
        ),
    )
    .label(both(
        format!("`{name}` bliver først stillet i linje {line}"),
        format!("`{name}` is first asked on line {line}"),
    ))
    .why(both(
        "betingelsen kan aldrig være sand her, så ingen ville få det at se",
        "the condition can never be true at this point, so nobody would see it",
    ));
    match earlier {
        [] => problem.mend(both("flyt trinet ned under spørgsmålet", "move this step below that question")),
        ids => problem.mend(both(
            format!("flyt trinet ned under spørgsmålet, eller brug et tidligere ({})", ids.join(", ")),
            format!("move this step below that question, or use one asked earlier ({})", ids.join(", ")),
        )),
    }
}
