//! Where a conversation can go: endings that are missing, loops that ask nothing, steps that nobody reaches.

use super::model::*;
use super::names::id_of;
use super::problem::{Problem, Span, both};
use super::steps::{Draft, Drafts};
use std::collections::{HashMap, HashSet};

/// Everything that is wrong with the ways through a dialogue. `whole` says that no step was left out for a mistake of its own:
/// only then is it certain that nobody gets to a step.
pub fn check(drafts: &Drafts<'_>, audience: Option<&Audience>, whole: bool) -> Vec<Problem> {
    let mut problems = twice(drafts);
    let reserved = reserved(drafts);
    let whole = whole && reserved.is_empty();
    problems.extend(reserved);
    problems.extend(endless(drafts));
    problems.extend(runs_out(drafts, audience));
    let reached = reach(drafts, audience);
    for (no, draft) in drafts.list.iter().enumerate().filter(|_| whole) {
        if !reached.contains(&no) && starts_a_gap(no, drafts, &reached) {
            problems.push(unreachable(no, draft.at, drafts));
        }
    }
    problems.extend(super::order::too_early(drafts, audience));
    problems
}

fn unreachable(no: ItemNo, at: Span, drafts: &Drafts<'_>) -> Problem {
    let section = section_of(no, drafts).map(|n| &drafts.sections[n]).filter(|s| s.2.first() == Some(&no));
    let problem = Problem::warning(
        "F205",
        section.map_or(at, |(_, at, _)| *at),
        match section {
            Some((name, ..)) => both(
                format!("ingen kommer til sektionen `{name}`"),
                format!("nobody gets to the section `{name}`"),
            ),
            None => both("hertil kommer ingen", "nobody gets here"),
        },
    )
    .why(both("det, der står her, bliver aldrig vist", "what stands here is never shown"));
    match section {
        Some((name, ..)) => problem.mend(both(
            format!("send nogen hertil med `visit: {name}` eller `goto: {name}`, eller fjern den"),
            format!("send someone here with `visit: {name}` or `goto: {name}`, or remove it"),
        )),
        None => problem.mend(both(
            "flyt det op over det `goto` eller `end`, der står før, eller fjern det",
            "move it above the `goto` or `end` that stands before it, or remove it",
        )),
    }
}

// Only the first of several unreachable steps in a row is told.
fn starts_a_gap(no: ItemNo, drafts: &Drafts<'_>, reached: &HashSet<ItemNo>) -> bool {
    let before = drafts.list.iter().position(|d| {
        d.item.next == Next::Item(no) || matches!(d.item.kind, Kind::Group { first } if first == Some(no))
    });
    before.is_none_or(|b| reached.contains(&b))
}

fn twice(drafts: &Drafts<'_>) -> Vec<Problem> {
    let mut seen: HashMap<&str, &Draft<'_>> = HashMap::new();
    let mut problems = Vec::new();
    for draft in &drafts.list {
        let Some(question) = draft.item.question() else { continue };
        match seen.get(question.id.as_str()) {
            Some(first) => problems.push(same_id(question, first, draft)),
            None => {
                seen.insert(&question.id, draft);
            }
        }
    }
    for (name, at, _) in &drafts.sections {
        let Some(question) = seen.get(name.as_str()) else { continue };
        problems.push(
            Problem::error(
                "F202",
                *at,
                both(
                    format!("sektionen `{name}` hedder det samme som et spørgsmål"),
                    format!("the section `{name}` has the name of a question"),
                ),
            )
            .also(question.id_at.unwrap_or(question.at), both("spørgsmålet", "the question"))
            .label(both("sektionen", "the section"))
            .why(both("`goto` ved ikke, hvor den skal hen", "`goto` cannot know where to go"))
            .mend(both("giv sektionen et andet navn", "give the section another name")),
        );
    }
    problems
}

fn same_id(question: &Question, first: &Draft<'_>, second: &Draft<'_>) -> Problem {
    let id = &question.id;
    let words = |q: &Question| q.text.languages().next().map_or_else(String::new, |(_, t)| t.plain());
    let short = |text: String| match text.chars().count() {
        0..=50 => text,
        _ => text.chars().take(49).chain(['…']).collect(),
    };
    let (one, other) = (first.item.question().map(words).unwrap_or_default(), words(question));
    let (from, to) = (first.id_at.unwrap_or(first.at), second.id_at.unwrap_or(second.at));
    let name = id_of(&other);
    let problem = Problem::error(
        "F202",
        to,
        both(
            format!("to spørgsmål har samme id `{id}` (linje {} og {})", from.line, to.line),
            format!("two questions have the same id `{id}` (lines {} and {})", from.line, to.line),
        ),
    );
    let (one, other) = (short(one), short(other));
    problem
        .also(from, both(format!("først her: \"{one}\""), format!("first here: \"{one}\"")))
        .label(both(
            format!("og igen her: \"{other}\"   (kopieret?)"),
            format!("and again here: \"{other}\"   (copied?)"),
        ))
        .why(both(
            "svarene ville havne i samme kolonne og overskrive hinanden",
            "both answers would land in the same column and overwrite each other",
        ))
        .mend(both(
            format!("giv det andet sit eget id, for eksempel\nid: {name}"),
            format!("give the second its own id, for example\nid: {name}"),
        ))
}

// `goto: end` means the ending, and items of `steps` are named after it.
fn reserved(drafts: &Drafts<'_>) -> Vec<Problem> {
    let ours = |name: &str| name == "end" || name == "steps";
    drafts
        .sections
        .iter()
        .filter(|(name, ..)| ours(name))
        .map(|(name, at, _)| {
            Problem::error(
                "F210",
                *at,
                both(format!("navnet `{name}` er optaget"), format!("the name `{name}` is reserved")),
            )
            .why(both("`goto` ved ikke, hvor den skal hen", "`goto` cannot know where to go"))
            .mend(both("giv sektionen et andet navn", "give the section another name"))
        })
        .collect()
}

pub fn jumps(item: &Item) -> Vec<Jump> {
    match &item.kind {
        Kind::Visit(to) => vec![Jump::Visit(*to)],
        Kind::Goto(to) => vec![Jump::Goto(*to)],
        Kind::Ask(question) => question
            .answer
            .options()
            .map(|o| o.list.iter().filter_map(|c| c.jump).collect())
            .unwrap_or_default(),
        Kind::Say(_) | Kind::Group { .. } | Kind::End(_) => Vec::new(),
    }
}

fn target(jump: Jump) -> Option<ItemNo> {
    match jump {
        Jump::Visit(Target::Item(no)) | Jump::Goto(Target::Item(no)) => Some(no),
        Jump::Visit(Target::End) | Jump::Goto(Target::End) => None,
    }
}

// Every item that may come right after `no`. A visit may also come back, so its next counts too.
pub fn successors(no: ItemNo, drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<ItemNo> {
    let draft = &drafts.list[no];
    let item = &draft.item;
    let conditional = item.when.is_some();
    let mut list: Vec<ItemNo> = jumps(item).into_iter().filter_map(target).collect();
    let goes_on = match &item.kind {
        Kind::Goto(_) | Kind::End(_) => conditional,
        Kind::Group { first } => {
            list.extend(first);
            conditional || first.is_none()
        }
        Kind::Say(_) | Kind::Ask(_) | Kind::Visit(_) => true,
    };
    if let (true, Next::Item(next)) = (goes_on, item.next) {
        list.push(next);
    }
    if let Some(audience) = audience.filter(|a| item.question().is_some_and(|q| q.id == a.question)) {
        list.extend(audience.otherwise);
    }
    list
}

fn reach(drafts: &Drafts<'_>, audience: Option<&Audience>) -> HashSet<ItemNo> {
    let mut reached = HashSet::new();
    let mut open: Vec<ItemNo> = drafts.main.first().copied().into_iter().collect();
    while let Some(no) = open.pop() {
        if reached.insert(no) {
            open.extend(successors(no, drafts, audience));
        }
    }
    reached
}

// F204: a way round that asks nothing. Steps between which no question lies are followed until one comes again.
fn endless(drafts: &Drafts<'_>) -> Option<Problem> {
    fn walk(
        no: ItemNo,
        drafts: &Drafts<'_>,
        path: &mut Vec<ItemNo>,
        done: &mut HashSet<ItemNo>,
    ) -> Option<(ItemNo, ItemNo)> {
        if drafts.list[no].item.question().is_some() || done.contains(&no) {
            return None;
        }
        if path.contains(&no) {
            return Some((path.last().copied().unwrap_or(no), no));
        }
        path.push(no);
        for next in successors(no, drafts, None) {
            if let Some(found) = walk(next, drafts, path, done) {
                return Some(found);
            }
        }
        path.pop();
        done.insert(no);
        None
    }
    let mut done = HashSet::new();
    let (from, to) = (0..drafts.list.len()).find_map(|no| walk(no, drafts, &mut Vec::new(), &mut done))?;
    let (from, to) = (drafts.list[from].at, drafts.list[to].at);
    Some(
        Problem::error(
            "F204",
            from,
            both(
                format!("botten ville gentage sig selv i det uendelige: der spørges ikke om noget mellem linje {} og {}", to.line, from.line),
                format!("the bot would repeat itself for ever: nothing is asked between line {} and {}", to.line, from.line),
            ),
        )
        .also(to, both("begynder forfra her", "begins again here"))
        .label(both("springer tilbage", "jumps back"))
        .why(both("borgeren ville få den samme besked igen og igen", "the citizen would get the same message again and again"))
        .mend(both("sæt et spørgsmål ind på vejen, eller fjern springet tilbage", "put a question on the way, or remove the jump back")),
    )
}

pub fn section_of(no: ItemNo, drafts: &Drafts<'_>) -> Option<usize> {
    drafts.list[no].item.section.checked_sub(1)
}

// F203: a section entered by `goto` whose end leads nowhere.
fn runs_out(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut entered: Vec<(ItemNo, Option<Span>)> = Vec::new();
    for draft in &drafts.list {
        for jump in jumps(&draft.item) {
            let Jump::Goto(Target::Item(no)) = jump else { continue };
            let name = section_of(no, drafts).map_or("", |n| &drafts.sections[n].0);
            let from = draft.goes.iter().find(|g| !g.visit && g.to == name);
            entered.push((no, Some(from.map_or(draft.at, |g| g.at))));
        }
    }
    entered.extend(audience.and_then(|a| a.otherwise).map(|no| (no, None)));
    let mut told = HashSet::new();
    let mut problems = Vec::new();
    for (start, from) in entered {
        let Some(section) = section_of(start, drafts) else { continue };
        let mut seen = HashSet::new();
        let mut open = vec![start];
        while let Some(no) = open.pop() {
            if !seen.insert(no) || section_of(no, drafts) != Some(section) {
                continue;
            }
            let draft = &drafts.list[no];
            let stops = matches!(draft.item.kind, Kind::Goto(_) | Kind::End(_)) && draft.item.when.is_none();
            if draft.item.next == Next::Return && !stops && told.insert(section) {
                problems.push(no_goodbye(&drafts.sections[section].0, draft.at, from));
            }
            open.extend(successors(no, drafts, None));
        }
    }
    problems
}

fn no_goodbye(section: &str, at: Span, from: Option<Span>) -> Problem {
    let problem = Problem::error(
        "F203",
        at,
        both(
            format!(
                "samtalen stopper uden farvel: sektionen `{section}` løber ud, og ingen vej fører videre"
            ),
            format!("the conversation stops here without a goodbye: the section `{section}` runs out"),
        ),
    )
    .label(both("her løber sektionen ud", "here the section runs out"))
    .why(both("borgeren svarer og hører ikke mere", "the citizen answers and hears nothing more"));
    let (da, en) = (
        format!("skriv `- end: …` eller `- goto: …` til sidst i `{section}`"),
        format!("add `- end: …` or `- goto: …` at the end of `{section}`"),
    );
    match from {
        Some(from) => problem
            .also(from, both("hertil sendes man for altid", "people are sent here for good"))
            .mend(both(
                format!("{da},\neller `visit: {section}` i linje {}, hvis man skal tilbage", from.line),
                format!("{en},\nor write `visit: {section}` on line {} if they should come back", from.line),
            )),
        None => problem.mend(both(da, en)),
    }
}
