//! The line that stands out of step: the one that, moved by a few blanks, makes the file readable, and not its good neighbours.

use super::beside::blanks;
use super::fix::mended;
use super::lines::{self, key};
use super::moves::{Change, changes, in_place, indent, is_ours};
use super::problem::{Problem, Span, both};
use super::shape::Shape;
use super::slip::{self, is_unreadable, says_only_where};
use super::tree;
use std::cmp::Reverse;

/// So many places are looked at in vain in one file, so many changes tried at each, and so many bytes read again for them all: a
/// mistake is told at once.
const MAX_IN_VAIN: usize = 3;
const MAX_TRIED: usize = 5;
const MAX_READ: usize = 160 * 1024;

/// `problems` of `source`, with one line or block blamed for those that go away when it is moved. `check` tells what is wrong
/// with a text.
pub fn blamed(source: &str, problems: Vec<Problem>, check: impl Fn(&str) -> Vec<Problem>) -> Vec<Problem> {
    if source.len() > MAX_READ / 4 {
        return problems;
    }
    let file = problems.first().map(|p| p.file.clone()).unwrap_or_default();
    let lines = source.strip_prefix('\u{feff}').unwrap_or(source).lines();
    let text = lines.fold(String::new(), |text, line| text + line + "\n");
    let tabs: Vec<usize> = (1..).zip(text.lines()).filter(|(_, l)| tabs_in(l) > 0).map(|(n, _)| n).collect();
    let (mut text, mut found) = match tabs.is_empty() {
        true => (text, problems),
        false => without_tabs(&text, &check),
    };
    let mut moved: Vec<Problem> = Vec::new();
    let mut search = Search { bytes: MAX_READ, in_vain: MAX_IN_VAIN, seen: Vec::new(), tabs: tabs.clone() };
    while let Some(best) = search.best(&text, &found, &check) {
        moved.push(best.told.clone().unwrap_or_else(|| best.problem(&text)));
        (text, found) = (best.after, best.left);
    }
    // Of a line that begins with a tab, that is what the author can see.
    moved.retain(|p| !tabs.contains(&(p.at.line as usize)));
    moved.extend(tabs.iter().map(|n| tab(source, &text, *n, &file)));
    for problem in &mut found {
        // Columns of a line that was moved in memory are not those of the file.
        let touches = |at: Span| {
            let lines = |p: &Problem| p.fix.as_ref().map(|f| (f.at.line, f.at.end_line));
            moved.iter().filter_map(lines).any(|(first, last)| at.line <= last && first <= at.end_line)
        };
        if problem.fix.as_ref().is_some_and(|f| touches(f.at)) {
            problem.fix = None;
        }
    }
    found.extend(moved);
    found.sort_by_key(|p| (p.severity, p.at, p.code));
    found
}

// How many signs the indentation of a line has, if a tab is among them.
fn tabs_in(line: &str) -> usize {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    if line[..indent].contains('\t') && indent < line.len() { indent } else { 0 }
}

// The text with blanks for the tabs at the start of its lines, as many for each as make the fewest mistakes.
fn without_tabs(text: &str, check: impl Fn(&str) -> Vec<Problem>) -> (String, Vec<Problem>) {
    let with = |width: usize| {
        let blanks = " ".repeat(width);
        text.lines().fold(String::new(), |text, line| {
            let (begin, words) = line.split_at(tabs_in(line));
            text + &begin.replace('\t', &blanks) + words + "\n"
        })
    };
    let tried = [2, 4, 8].map(with).map(|text| (check(&text), text));
    let best = tried.into_iter().min_by_key(|(problems, _)| problems.iter().filter(|p| p.is_error()).count());
    best.map_or_else(Default::default, |(problems, text)| (text, problems))
}

// The line of `source` numbered `number` begins with a tab; in `text` it stands as it should.
fn tab(source: &str, text: &str, number: usize, file: &str) -> Problem {
    let lines: Vec<&str> = text.lines().collect();
    let line = lines[number - 1];
    let length = source.lines().nth(number - 1).map_or(0, tabs_in);
    let shown = in_place(&lines, number, &[line.to_owned()]);
    let problem = slip::tab(number as u32, length as u32, &" ".repeat(indent(line))).mend(both(
        format!("brug mellemrum, to for hvert trin ind, så der står:\n{shown}"),
        format!("use spaces, two for each step inwards, so that it reads:\n{shown}"),
    ));
    Problem { file: file.to_owned(), ..problem }
}

/// Whether a line out of step may be behind it.
pub fn is_form(problem: &Problem) -> bool {
    const FORM: [&str; 14] = [
        "Y101", "Y103", "Y104", "Y105", "Y106", "Y107", "Y108", "Y110", "F206", "H501", "H502", "T301",
        "A450", "A451",
    ];
    // A word that was meant for another is no line out of step.
    problem.is_error() && FORM.contains(&problem.code) && !(problem.code == "Y104" && problem.fix.is_some())
}

// How much of a text's form is wrong; where it cannot be read, all of the rest may be.
fn weight(problems: &[Problem]) -> usize {
    problems.iter().filter(|p| is_form(p)).map(|p| if is_unreadable(p) { 1000 } else { 1 }).sum()
}

struct Search {
    bytes: usize,
    in_vain: usize,
    /// Lines that were looked at.
    seen: Vec<u32>,
    /// Lines that begin with a tab: of them nobody knows where they begin.
    tabs: Vec<usize>,
}

struct Moved {
    change: Change,
    after: String,
    left: Vec<Problem>,
    file: String,
    /// Nothing else could have been meant.
    sure: bool,
    /// What the checker says of it by itself, where that mends as much.
    told: Option<Problem>,
}

impl Search {
    fn best(&mut self, text: &str, found: &[Problem], check: impl Fn(&str) -> Vec<Problem>) -> Option<Moved> {
        let file = &found.first()?.file;
        let reach = reach(text);
        let told = found.iter().filter(|p| is_form(p) && p.file == *file).map(|p| p.at.line);
        for place in std::iter::once(reach).filter(|line| *line < u32::MAX).chain(told) {
            if self.seen.contains(&place) {
                continue;
            }
            self.seen.push(place);
            let best = self.at(place, text, reach, found, &check);
            if best.is_some() {
                return best;
            }
            self.in_vain = self.in_vain.checked_sub(1)?;
        }
        None
    }

    fn at(
        &mut self,
        place: u32,
        text: &str,
        read: u32,
        found: &[Problem],
        check: impl Fn(&str) -> Vec<Problem>,
    ) -> Option<Moved> {
        let lines: Vec<&str> = text.lines().collect();
        let shape = Shape::of(&lines);
        let now = shape.faults(None);
        let mut changes: Vec<_> = changes(&lines, place as usize)
            .into_iter()
            .map(|c| {
                let distance = c.first.abs_diff(place as usize);
                let common = Reverse(c.commoner(&lines));
                let untabbed = !self.tabs.contains(&c.first);
                let rank = (
                    shape.faults(Some(c)),
                    untabbed,
                    c.last - c.first,
                    common,
                    c.from.abs_diff(c.to),
                    distance,
                );
                (rank, c)
            })
            .filter(|(rank, _)| rank.0 < now)
            .collect();
        changes.sort_by_key(|(rank, _)| *rank);
        let mut best: Option<((usize, usize), Moved)> = None;
        for (_, change) in changes.into_iter().take(MAX_TRIED) {
            let Some(bytes) = self.bytes.checked_sub(text.len()) else { break };
            self.bytes = bytes;
            let after = change.made(&lines);
            // What could be read must stay so; what could not must be read further.
            if reach(&after) < read.saturating_add(1) {
                continue;
            }
            let left = check(&after);
            if !helps(change, found, &left) {
                continue;
            }
            let errors = left.iter().filter(|p| p.is_error()).count();
            let rank = (weight(&left), errors);
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                let sure = read < u32::MAX || is_ours(lines[change.first - 1]);
                let file = found.first().map(|p| p.file.clone()).unwrap_or_default();
                best = Some((rank, Moved { change, after, left, file, sure, told: None }));
            }
            if errors == 0 {
                break;
            }
        }
        let (rank, moved) = best?;
        // What is told of the line already may mend as much, in words that know more about it.
        let knows = |p: &&Problem| {
            let lines = p.fix.as_ref().map(|f| f.at.line as usize..=f.at.end_line as usize);
            let Change { first, last, .. } = moved.change;
            p.is_safe()
                && !says_only_where(p)
                && lines.is_some_and(|l| *l.start() <= last && first <= *l.end())
        };
        for told in found.iter().filter(knows) {
            let after = mended(text, [told]);
            let left = check(&after);
            if (weight(&left), left.iter().filter(|p| p.is_error()).count()) <= rank {
                return Some(Moved { after, left, told: Some(told.clone()), ..moved });
            }
        }
        Some(moved)
    }
}

// The line up to which a text can be read.
fn reach(text: &str) -> u32 {
    match tree::read(&lines::straightened(text).0) {
        Ok(_) => u32::MAX,
        Err(broken) => broken.line,
    }
}

// Fewer mistakes of form, and no new one near; names that were not known before are told where they are used.
fn helps(change: Change, found: &[Problem], left: &[Problem]) -> bool {
    let is_use = |p: &Problem| p.code.starts_with("C4") || p.code.starts_with("F2");
    let near =
        |p: &Problem| !is_use(p) && (change.first..=change.last + 8).contains(&(p.at.line as usize + 4));
    let same = |a: &Problem, b: &Problem| (a.code, a.at.line, &a.what) == (b.code, b.at.line, &b.what);
    weight(left) < weight(found)
        && !left.iter().any(|p| p.is_error() && near(p) && !found.iter().any(|f| same(f, p)))
}

impl Moved {
    fn problem(&self, text: &str) -> Problem {
        let Change { first, last, from, to } = self.change;
        let lines: Vec<&str> = text.lines().collect();
        let line = lines[first - 1];
        let words = line.trim_start();
        let name = match key(words) {
            Some((word, _)) if words.starts_with('-') => format!("`- {word}:`"),
            Some((word, _)) => format!("`{word}:`"),
            None => String::new(),
        };
        let (subject_da, subject_en) = match (name.is_empty(), first == last) {
            (true, true) => ("linjen".to_owned(), "this line".to_owned()),
            (false, true) => (format!("linjen {name}"), format!("the line {name}")),
            (true, false) => ("linjerne".to_owned(), "these lines".to_owned()),
            (false, false) => (format!("linjerne fra {name}"), format!("the lines from {name} on")),
        };
        let (way_da, way_en) = if from > to { ("ind", "in") } else { ("ud", "out") };
        let verb = if first == last { "begins" } else { "begin" };
        let (side_da, side_en) = if from > to { ("venstre", "left") } else { ("højre", "right") };
        let (blanks_da, blanks_en) = blanks(from.abs_diff(to) as u32);
        let (lines_da, lines_en) = super::beside::lines(first as u32, last as u32);
        let length = words.find([' ', ':']).map_or(words.chars().count(), |n| words[..n].chars().count());
        let length = key(words).map_or(length, |(_, end)| words[..end - 1].chars().count());
        let whole = Span {
            line: first as u32,
            column: 1,
            end_line: last as u32,
            end_column: lines[last - 1].chars().count() as u32 + 1,
        };
        let moved: Vec<String> = lines[first - 1..last].iter().map(|l| self.change.line(l)).collect();
        let problem = Problem::error(
            "Y103",
            Span::on_line(first as u32, from as u32 + 1, length as u32),
            both(
                format!("{subject_da} er rykket for langt {way_da}"),
                format!("{subject_en} {verb} too far {way_en}"),
            ),
        )
        .label(both(
            format!("begynder {from} mellemrum inde; skal begynde {to} inde"),
            format!("begins {from} spaces in; belongs {to} in"),
        ))
        .why(both(
            "tjenesten kan ikke se, hvad linjen hører til",
            "the service cannot tell what the line belongs to",
        ));
        let shown = in_place(&lines, first, &moved);
        let problem = problem.mend(both(
            format!("ryk {lines_da} {blanks_da} til {side_da}, så der står:\n{shown}"),
            format!("move {lines_en} {blanks_en} to the {side_en}, so that it reads:\n{shown}"),
        ));
        let text = moved.join("\n");
        let problem = if self.sure { problem.fix(whole, text) } else { problem.guess(whole, text) };
        Problem { file: self.file.clone(), ..problem }
    }
}
