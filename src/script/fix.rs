//! Writes proposals into a file: all of them, or those that are safe.

use super::lines::DASHES;
use super::problem::{Fix, Problem, Span};
use std::cmp::Reverse;
use std::collections::HashSet;

/// A mending may bring the next mistake to light; so often the file is looked at again.
const MAX_ROUNDS: usize = 20;

/// `source` with the proposals of `problems` written in, its line ends kept. Where two touch the same place, the first counts.
pub fn mended<'p>(source: &str, problems: impl IntoIterator<Item = &'p Problem>) -> String {
    let mut fixes: Vec<&Fix> = problems.into_iter().filter_map(|p| p.fix.as_ref()).collect();
    fixes.sort_by_key(|f| f.at);
    with(source, &fixes)
}

/// `source` with every safe proposal written in, and what was mended, in the order of the file. `check` tells what is wrong
/// with a text.
///
/// A proposal is safe if what it is about is gone with it, and no error comes instead that has to do with its lines. Doing
/// it again changes nothing.
pub fn mended_safely(source: &str, check: impl Fn(&str) -> Vec<Problem>) -> (String, Vec<Problem>) {
    let mut text = source.to_owned();
    let mut done: Vec<Problem> = Vec::new();
    let mut problems = check(&text);
    for _ in 0..MAX_ROUNDS {
        let before = done.len();
        // From the end: the places of those before stay what they are.
        let mut proposed: Vec<Problem> = problems.iter().filter(|p| p.is_safe()).cloned().collect();
        proposed.sort_by_key(|p| Reverse(p.fix.as_ref().map(|f| f.at)));
        let mut touched: Option<Span> = None;
        for problem in proposed {
            let Some(fix) = &problem.fix else { continue };
            if touched.is_some_and(|t| (fix.at.end_line, fix.at.end_column) > (t.line, t.column)) {
                continue;
            }
            let after = mended(&text, [&problem]);
            let left = check(&after);
            if after != text && is_better(&problem, fix, &problems, &left) {
                (text, problems, touched) = (after, left, Some(fix.at));
                done.push(problem);
            }
        }
        if done.len() == before {
            break;
        }
    }
    done.sort_by_key(|p| p.at);
    (text, done)
}

/// Takes the mark off the proposals that are not in `done`, which is what [`mended_safely`] mended.
pub fn marked<'p>(problems: impl IntoIterator<Item = &'p mut Problem>, done: &[Problem]) {
    for problem in problems {
        let is_it =
            |d: &Problem| d.code == problem.code && d.at.line == problem.at.line && d.what == problem.what;
        let written = done.iter().any(is_it);
        if let Some(fix) = &mut problem.fix {
            fix.safe &= written;
        }
    }
}

fn is_better(problem: &Problem, fix: &Fix, before: &[Problem], after: &[Problem]) -> bool {
    let same = |list: &[Problem]| list.iter().filter(|p| p.code == problem.code).count();
    let known: HashSet<(&str, u32)> = before.iter().map(|p| (p.code, p.at.line)).collect();
    let lines = fix.at.line..=fix.at.end_line;
    // What was hidden behind the mistake comes to light in other lines; that is not the mending's doing.
    let made = |p: &Problem| {
        let new = p.is_error() && !known.contains(&(p.code, p.at.line));
        new && (lines.contains(&p.at.line) || p.also.iter().any(|(at, _)| lines.contains(&at.line)))
    };
    same(after) < same(before) && !after.iter().any(made)
}

fn with(source: &str, fixes: &[&Fix]) -> String {
    let windows = source.contains("\r\n");
    let mut out = String::with_capacity(source.len());
    let mut written = 0;
    for fix in fixes {
        let Some((from, to)) = bytes(source, fix.at).filter(|(from, _)| *from >= written) else { continue };
        out.push_str(&source[written..from]);
        match windows {
            true => out.push_str(&fix.text.replace('\n', "\r\n")),
            false => out.push_str(&fix.text),
        }
        written = to;
    }
    out.push_str(&source[written..]);
    out
}

fn bytes(source: &str, at: Span) -> Option<(usize, usize)> {
    let from = byte(source, at.line, at.column)?;
    let to = byte(source, at.end_line, at.end_column)?;
    (from <= to).then_some((from, to))
}

// A column behind the end of a line is its end.
fn byte(source: &str, line: u32, column: u32) -> Option<usize> {
    // Columns count without the mark that some editors put first.
    let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut start = mark;
    for _ in 1..line {
        start += source[start..].find('\n')? + 1;
    }
    let text = source[start..].lines().next().unwrap_or("");
    Some(start + text.char_indices().nth(column as usize - 1).map_or(text.len(), |(n, _)| n))
}

/// What line `fix` is on and will be, without what stands before its words, unless that alone is what changes; `None` where it
/// is about several lines.
pub fn line_to_write(lines: &[&str], fix: &Fix, alone: bool) -> Option<(String, String)> {
    let line =
        lines.get((fix.at.line as usize).checked_sub(1)?).filter(|_| fix.at.line == fix.at.end_line)?;
    let line = line.trim_start_matches('\u{feff}');
    let at = Span { line: 1, end_line: 1, ..fix.at };
    let after = with(line, &[&Fix { at, ..fix.clone() }]);
    let is_begin = |c: char| matches!(c, ' ' | '\t' | '-') || DASHES.contains(&c);
    let words = |line: &str| line.trim_start_matches(is_begin).trim_end().to_owned();
    let (now, then) = (words(line), words(&after));
    Some(if alone && now == then { (line.trim().to_owned(), after.trim().to_owned()) } else { (now, then) })
}
