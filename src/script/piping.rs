//! T303: an answer that is put into a text may be missing there.

use super::condition::{Condition, Test};
use super::fields::Reader;
use super::model::{Item, ItemNo, Kind};
use super::problem::{Problem, Span, both};
use super::steps::Drafts;
use super::words::{Piece, Words};

/// Every `${question}` without a fallback in a step that is also reached without an answer to it.
pub fn may_be_missing(reader: &mut Reader, drafts: &Drafts<'_>, pipes: &[(String, Span)]) {
    for (no, draft) in drafts.list.iter().enumerate() {
        for name in bare(&draft.item) {
            let asked = drafts.list.iter().any(|d| d.item.question().is_some_and(|q| q.id == name));
            if !asked || guarded(no, &name, drafts) {
                continue;
            }
            let place = pipes.iter().find(|(n, at)| *n == name && at.line >= draft.at.line);
            reader.report(hole(&name, place.map_or(draft.at, |(_, at)| *at)));
        }
    }
}

// The answers that an item says without words for when there is none, each once.
fn bare(item: &Item) -> Vec<String> {
    let texts: Vec<&Words> = match &item.kind {
        Kind::Say(bubbles) => bubbles.iter().collect(),
        Kind::End(words) => words.iter().collect(),
        Kind::Ask(question) => std::iter::once(&question.text).chain(&question.hint).collect(),
        Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) => Vec::new(),
    };
    let elsewhere = item.on.iter().flat_map(|v| &v.text);
    let shown = item.illustrations.iter().map(|i| &i.alt).chain(item.link.iter().map(|l| &l.label));
    let pieces = texts
        .into_iter()
        .chain(elsewhere)
        .chain(shown)
        .flat_map(Words::languages)
        .flat_map(|(_, template)| template.pieces());
    let mut names: Vec<String> = pieces
        .filter_map(|piece| match piece {
            Piece::Answer { question, fallback: None, .. } => Some(question.clone()),
            Piece::Answer { .. } | Piece::Text { .. } => None,
        })
        .collect();
    names.dedup();
    names
}

// Whether the item, or a group around it, is only shown when the question was answered; or the way to it leads through.
fn guarded(no: ItemNo, name: &str, drafts: &Drafts<'_>) -> bool {
    let holds = |no: ItemNo| drafts.list[no].item.when.as_ref().is_some_and(|when| needs(when, name));
    let around = drafts.list.iter().position(|d| d.children.contains(&no));
    if holds(no) || around.is_some_and(|group| guarded(group, name, drafts)) {
        return true;
    }
    // A section is as safe as every way into it.
    let Some(section) = drafts.list[no].item.section.checked_sub(1) else { return false };
    let Some((section, _, block)) = drafts.sections.get(section) else { return false };
    let Some(first) = block.first() else { return false };
    let mut ways =
        drafts.list.iter().enumerate().flat_map(|(from, d)| d.goes.iter().map(move |g| (from, d, g)));
    let enters = |to: &str| to == section || drafts.list[*first].item.id == to;
    let safe = |(from, draft, going): (ItemNo, &super::steps::Draft<'_>, &super::steps::Going<'_>)| {
        let chosen = going.option.is_some() && draft.item.id == name;
        !enters(going.to) || chosen || holds(from)
    };
    ways.all(safe)
}

// Whether a condition can only hold when the question was answered.
fn needs(when: &Condition, name: &str) -> bool {
    match when {
        Condition::All(list) => list.iter().any(|c| needs(c, name)),
        Condition::Any(list) => !list.is_empty() && list.iter().all(|c| needs(c, name)),
        Condition::Answer { question, test } => {
            question == name && !matches!(test, Test::Skipped | Test::NotAsked)
        }
        Condition::Fact { .. } | Condition::Rounds { .. } | Condition::Vote { .. } => false,
    }
}

fn hole(name: &str, at: Span) -> Problem {
    Problem::error(
        "T303",
        at,
        both(
            format!("`${{{name}}}` kan mangle her"),
            format!("`${{{name}}}` may be missing here"),
        ),
    )
    .label(both("ikke alle har svaret på det", "not everybody has answered it"))
    .why(both("borgeren ville se et hul i teksten", "the citizen would see a hole in the text"))
    .mend(both(
        format!("skriv, hvad der skal stå i stedet: ${{{name} | …}}, eller vis kun trinet med\nwhen:\n  {name}: answered"),
        format!("write what to say instead: ${{{name} | …}}, or show the step only with\nwhen:\n  {name}: answered"),
    ))
}
