//! What may have slipped: lines, and blocks of them, that would begin elsewhere; and how they would look there.

use super::keys::is_key;
use super::lines::key;
use super::words::Language;

/// Farther than this nobody slips.
const MAX_BLANKS: usize = 4;
/// So many lines above and below a place that cannot be understood the one to blame is looked for.
const LINES_ABOVE: usize = 6;
const LINES_BELOW: usize = 8;
/// Lines of a moved block that are shown.
const SHOWN: usize = 4;

/// Lines `first` to `last`, each `from` blanks in or deeper, moved so that the first begins `to` blanks in.
#[derive(Clone, Copy)]
pub struct Change {
    pub first: usize,
    pub last: usize,
    pub from: usize,
    pub to: usize,
}

/// A word of the language, or a dash: an author chose it neither as a code nor as an id.
pub fn is_ours(line: &str) -> bool {
    let words = line.trim_start();
    let word = key(words).map_or("", |(word, _)| word);
    words.starts_with("- ") || is_key(word) || Language::parse(word).is_some_and(|l| l.tag() == word)
}

pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

// Where the words of a line begin, its dashes passed over.
fn inner(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

pub fn says_something(line: &str) -> bool {
    let words = line.trim_start_matches(' ');
    !words.trim().is_empty() && !words.starts_with(['#', '\t'])
}

/// What may have slipped near the line numbered `place`.
pub fn changes(lines: &[&str], place: usize) -> Vec<Change> {
    let numbers = |from: usize, to: usize| from.max(1)..=to.min(lines.len());
    let above = numbers(1, place).rev().filter(|n| says_something(lines[n - 1])).take(LINES_ABOVE);
    let below = numbers(place + 1, lines.len()).filter(|n| says_something(lines[n - 1])).take(LINES_BELOW);
    let mut near: Vec<usize> = above.chain(below).collect();
    near.extend(owners(lines, place).into_iter().filter(|n| !near.contains(n)).collect::<Vec<_>>());
    let mut changes = Vec::new();
    for first in near {
        let line = lines[first - 1];
        let from = indent(line);
        let deeper = lines[first..].iter().take_while(|l| !says_something(l) || indent(l) > from);
        let block = deeper.collect::<Vec<_>>();
        let block = block.iter().rposition(|l| says_something(l)).map_or(0, |n| n + 1);
        for to in targets(lines, first).into_iter().filter(|to| to.abs_diff(from) <= MAX_BLANKS) {
            changes.push(Change { first, last: first, from, to });
            if block > 0 {
                changes.push(Change { first, last: first + block, from, to });
            }
        }
    }
    changes
}

// Where the lines around the one numbered `number` begin, and where what belongs to the one above would.
fn targets(lines: &[&str], number: usize) -> Vec<usize> {
    let above = lines[..number - 1].iter().rev().filter(|l| says_something(l)).take(3);
    let below = lines[number..].iter().filter(|l| says_something(l)).take(2);
    let mut found: Vec<usize> = Vec::new();
    for (n, line) in above.chain(below).enumerate() {
        found.extend([indent(line), inner(line)]);
        if n == 0 && line.trim_end().ends_with(':') {
            found.push(inner(line) + 2);
        }
    }
    let before = (1..number).rev().find(|n| says_something(lines[n - 1])).unwrap_or(number);
    let around = owners(lines, number).into_iter().chain(owners(lines, before));
    found.extend(around.flat_map(|n| [indent(lines[n - 1]), inner(lines[n - 1])]));
    let from = indent(lines[number - 1]);
    found.sort_unstable();
    found.dedup();
    found.retain(|to| *to != from);
    found
}

// The lines that the one numbered `number` stands inside of, from the nearest to the left edge.
fn owners(lines: &[&str], number: usize) -> Vec<usize> {
    let mut edge = lines.get(number.wrapping_sub(1)).map_or(0, |l| indent(l));
    let mut found = Vec::new();
    for n in (1..number.min(lines.len() + 1)).rev().filter(|n| says_something(lines[n - 1])) {
        if edge == 0 {
            break;
        }
        if indent(lines[n - 1]) < edge {
            edge = indent(lines[n - 1]);
            found.push(n);
        }
    }
    found
}

impl Change {
    pub fn line(&self, line: &str) -> String {
        match self.to.checked_sub(self.from) {
            Some(more) if !line.trim().is_empty() => format!("{}{line}", " ".repeat(more)),
            Some(_) => line.to_owned(),
            // A note or an empty line among them may stand farther out.
            None => line[(self.from - self.to).min(indent(line))..].to_owned(),
        }
    }

    pub fn made(&self, lines: &[&str]) -> String {
        let mut text = String::new();
        for (n, line) in lines.iter().enumerate() {
            match (self.first..=self.last).contains(&(n + 1)) {
                true => text.push_str(&self.line(line)),
                false => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }

    /// How many more lines of the file begin where this one would than where it does.
    pub fn commoner(&self, lines: &[&str]) -> i64 {
        let begin = |at: usize| lines.iter().filter(|l| says_something(l) && indent(l) == at).count() as i64;
        begin(self.to) - begin(self.from)
    }
}

/// Lines as they should be, from the one numbered `first` on, between the one above and the one below: so much of them as shows
/// where they begin.
pub fn in_place(lines: &[&str], first: usize, moved: &[String]) -> String {
    let above = lines[..first - 1].iter().rev().find(|l| says_something(l));
    let below = lines[first - 1 + moved.len()..].iter().find(|l| says_something(l));
    let mut shown: Vec<&str> = above.copied().into_iter().collect();
    shown.extend(moved.iter().map(String::as_str).filter(|l| says_something(l)).take(SHOWN));
    match moved.len() > SHOWN {
        true => {}
        false => shown.extend(below),
    }
    let edge = shown.iter().map(|l| indent(l)).min().unwrap_or(0);
    shown.iter().map(|l| l[edge..].trim_end()).collect::<Vec<_>>().join("\n")
}
