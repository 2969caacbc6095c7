//! Where a conversation can go: endings that are missing, loops that ask nothing, steps that nobody reaches.

use super::condition::Condition;
use super::fields::did_you_mean;
use super::model::*;
use super::problem::{Problem, Span, both};
use super::steps::Drafts;
use std::collections::{HashMap, HashSet};

/// Everything that is wrong with the ways through a dialogue.
pub fn check(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut problems = twice(drafts);
    problems.extend(endless(drafts));
    problems.extend(runs_out(drafts, audience));
    let reached = reach(drafts, audience);
    for (no, draft) in drafts.list.iter().enumerate() {
        if !reached.contains(&no) && starts_a_gap(no, drafts, &reached) {
            problems.push(
                Problem::warning("F205", draft.at, both("hertil kommer ingen", "nobody gets here"))
                    .why(both("trinet bliver aldrig vist", "the step is never shown"))
                    .mend(both(
                        "send nogen hertil med `visit` eller `goto`, eller fjern det",
                        "send someone here with `visit` or `goto`, or remove it",
                    )),
            );
        }
    }
    problems.extend(too_early(drafts, audience));
    problems
}

// Only the first of several unreachable steps in a row is told.
fn starts_a_gap(no: ItemNo, drafts: &Drafts<'_>, reached: &HashSet<ItemNo>) -> bool {
    let before = drafts.list.iter().position(|d| d.item.next == Next::Item(no));
    before.is_none_or(|b| reached.contains(&b))
}

fn twice(drafts: &Drafts<'_>) -> Vec<Problem> {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    let mut problems = Vec::new();
    for draft in &drafts.list {
        let Some(question) = draft.item.question() else { continue };
        let Some(first) = seen.insert(&question.id, draft.at) else { continue };
        let id = &question.id;
        problems.push(
            Problem::error(
                "F202",
                draft.at,
                both(
                    format!("to spørgsmål har samme id `{id}` (linje {} og {})", first.line, draft.at.line),
                    format!(
                        "two questions have the same id `{id}` (lines {} and {})",
                        first.line, draft.at.line
                    ),
                ),
            )
            .also(first, both("første gang her", "first here"))
            .label(both("og igen her (kopieret?)", "and again here (copied?)"))
            .why(both(
                "svarene ville havne i samme kolonne og overskrive hinanden",
                "both answers would land in the same column and overwrite each other",
            ))
            .mend(both("giv det andet sit eget id", "give the second its own id")),
        );
    }
    for (name, at, _) in &drafts.sections {
        if seen.contains_key(name.as_str()) || name == "end" || name == "steps" {
            problems.push(
                Problem::error(
                    "F202",
                    *at,
                    both(
                        format!("sektionen `{name}` hedder det samme som et spørgsmål"),
                        format!("the section `{name}` has the name of a question"),
                    ),
                )
                .why(both("`goto` ved ikke, hvor den skal hen", "`goto` cannot know where to go"))
                .mend(both("giv sektionen et andet navn", "give the section another name")),
            );
        }
    }
    problems
}

fn jumps(item: &Item) -> Vec<Jump> {
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
fn successors(no: ItemNo, drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<ItemNo> {
    let draft = &drafts.list[no];
    let item = &draft.item;
    let conditional = draft.when.is_some();
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
        .why(both("borgeren ville få den samme besked igen og igen", "the citizen would get the same message again and again"))
        .mend(both("sæt et spørgsmål ind på vejen, eller fjern springet tilbage", "put a question on the way, or remove the jump back")),
    )
}

fn section_of(no: ItemNo, drafts: &Drafts<'_>) -> Option<usize> {
    drafts.list[no].item.section.checked_sub(1)
}

// F203: a section entered by `goto` whose end leads nowhere.
fn runs_out(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut entered: Vec<(ItemNo, Option<Span>)> = Vec::new();
    for draft in &drafts.list {
        for jump in jumps(&draft.item) {
            if let Jump::Goto(Target::Item(no)) = jump {
                let at = draft.goes.first().map_or(draft.at, |g| g.at);
                entered.push((no, Some(at)));
            }
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
            let stops = matches!(draft.item.kind, Kind::Goto(_) | Kind::End(_)) && draft.when.is_none();
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
            format!("samtalen stopper uden farvel: sektionen `{section}` løber ud, og ingen vej fører videre"),
            format!("the conversation stops here without a goodbye: the section `{section}` runs out"),
        ),
    )
    .label(both("her løber sektionen ud", "here the section runs out"))
    .why(both("borgeren svarer og hører ikke mere", "the citizen answers and hears nothing more"))
    .mend(both(
        format!("skriv `- end: …` eller `- goto: …` til sidst i `{section}`,\neller `visit: {section}`, hvis man skal tilbage"),
        format!("add `- end: …` or `- goto: …` at the end of `{section}`,\nor write `visit: {section}` if they should come back"),
    ));
    match from {
        Some(from) => {
            problem.also(from, both("hertil sendes man for altid", "people are sent here for good"))
        }
        None => problem,
    }
}

// C402: a condition about a question that no way leads past before it.
fn too_early(drafts: &Drafts<'_>, audience: Option<&Audience>) -> Vec<Problem> {
    let mut before: Vec<HashSet<&str>> = vec![HashSet::new(); drafts.list.len()];
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
        let own = draft.when.map(|n| (n, draft.item.when.as_ref()));
        let Some((node, Some(when))) = own else { continue };
        for name in when.questions() {
            if before[no].contains(name) {
                continue;
            }
            let line = drafts
                .list
                .iter()
                .find(|d| d.item.question().is_some_and(|q| q.id == name))
                .map_or(0, |d| d.at.line);
            let at = node.map().and_then(|m| m.iter().find(|e| e.key == name)).map_or(node.at, |e| e.key_at);
            problems.push(asked_later(name, at, line, when, &before[no]));
        }
    }
    problems
}

// The end of a visited section leads back to the step after each visit.
fn back_from(no: ItemNo, drafts: &Drafts<'_>) -> Vec<ItemNo> {
    let Some(section) = section_of(no, drafts).filter(|_| drafts.list[no].item.next == Next::Return) else {
        return Vec::new();
    };
    let first = drafts.sections[section].2.first();
    let visits = |d: &super::steps::Draft<'_>| {
        jumps(&d.item).iter().any(|j| matches!(j, Jump::Visit(Target::Item(t)) if Some(t) == first))
    };
    let next = |d: &super::steps::Draft<'_>| match d.item.next {
        Next::Item(no) => Some(no),
        Next::Return => None,
    };
    drafts.list.iter().filter(|d| visits(d)).filter_map(next).collect()
}

fn asked_later(name: &str, at: Span, line: u32, _when: &Condition, known: &HashSet<&str>) -> Problem {
    let mut earlier: Vec<&str> = known.iter().copied().collect();
    earlier.sort_unstable();
    let earlier = earlier.join(", ");
    Problem::error(
        "C402",
        at,
        both(
            format!("betingelsen spørger til `{name}`, der først kommer i linje {line}"),
            format!("this asks about `{name}`, which is first asked on line {line}"),
        ),
    )
    .label(did_you_mean(None))
    .why(both("den kan aldrig blive sand her", "it can never be true at this point"))
    .mend(both(
        format!("flyt trinet ned under spørgsmålet, eller brug et tidligere ({earlier})"),
        format!("move this step below that question, or use an earlier one ({earlier})"),
    ))
}
