//! Gets past lines that YAML cannot read, so that one run finds every mistake.

use super::problem::{Problem, Span};
use super::slip;
use super::tree::{self, Broken, Node, Why};

/// A dialogue is a page or two; a larger file is something else.
pub const MAX_BYTES: usize = 256 * 1024;
/// So many bytes are read again to find mendings, and a broken file is still told about at once.
const MAX_READ: usize = 4 * 1024 * 1024;

/// So many lines above the place where YAML gave up an open quotation mark is looked for.
const MAX_SWALLOWED: usize = 100;

/// What could be read, and the problems of form. `None` where nothing could.
pub fn read(source: &str) -> (Option<Node>, Vec<Problem>) {
    if source.len() > MAX_BYTES {
        return (None, vec![slip::too_large()]);
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if let Some(at) = no_text(source) {
        return (None, vec![slip::no_text(at)]);
    }
    let (mut text, mut problems) = without_tabs(source);
    let mut tries = 20 + MAX_READ / text.len().max(1);
    loop {
        let broken = match tree::read(&text) {
            Ok((root, form)) => {
                problems.extend(form);
                return (Some(root), problems);
            }
            Err(broken) => broken,
        };
        let mended = match broken.why {
            Why::Syntax | Why::Sign => {
                let mut attempt = Attempt { text: &text, broken: &broken, tries: &mut tries };
                attempt.quote_a_line().or_else(|| attempt.close_a_quote()).or_else(|| attempt.move_a_line())
            }
            Why::TooDeep | Why::SecondDocument => None,
        };
        let Some((mended, problem)) = mended else {
            problems.push(slip::unreadable(&text, &broken));
            return (None, problems);
        };
        // A line moved because its tab was taken for two blanks: the tab is what the author can see.
        match problems.iter_mut().find(|p| p.code == "Y106" && p.at.line == problem.at.line) {
            Some(tab) if problem.code == "Y103" => tab.fix = problem.fix,
            _ => problems.push(problem),
        }
        text = mended;
    }
}

// Signs that no editor writes into a text. YAML takes the first of them for the end of the file.
fn no_text(source: &str) -> Option<Span> {
    let strange = |(n, c): (usize, char)| {
        let carriage = c == '\r' && !source[n + 1..].starts_with('\n');
        let control = (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || c == '\u{feff}';
        (carriage || control).then_some(n)
    };
    let at = source.char_indices().find_map(strange)?;
    let before = &source[..at];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    Some(Span::on_line(line, column, 1))
}

fn without_tabs(source: &str) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut text = String::with_capacity(source.len());
    for (line, number) in source.lines().zip(1u32..) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let spaces = line[..indent].replace('\t', "  ");
        if line[..indent].contains('\t') && indent < line.len() {
            problems.push(slip::tab(number, indent as u32, &spaces));
        }
        text.push_str(&spaces);
        text.push_str(&line[indent..]);
        text.push('\n');
    }
    (text, problems)
}

/// One look for what to change so that YAML reads on beyond the place where it gave up.
struct Attempt<'t> {
    text: &'t str,
    broken: &'t Broken,
    tries: &'t mut usize,
}

impl Attempt<'_> {
    fn line(&self, number: u32) -> Option<&str> {
        self.text.lines().nth((number as usize).checked_sub(1)?)
    }

    // The text with one line changed, if that moved the error on.
    fn with(&mut self, number: u32, line: &str) -> Option<String> {
        *self.tries = self.tries.checked_sub(1)?;
        let mended: String = self
            .text
            .lines()
            .zip(1..)
            .flat_map(|(old, n)| [if n == number { line } else { old }, "\n"])
            .collect();
        let better = match tree::read(&mended) {
            Ok(_) => true,
            Err(next) => next.line > self.broken.line,
        };
        better.then_some(mended)
    }

    // Quotes the text part of the line where the parser gave up, or of the one above.
    fn quote_a_line(&mut self) -> Option<(String, Problem)> {
        for number in [self.broken.line, self.broken.line.saturating_sub(1)] {
            let Some(line) = self.line(number).map(str::to_owned) else { continue };
            let Some(start) = value_start(&line) else { continue };
            let (before, value) = (&line[..start], line[start..].trim_end());
            let quoted = if is_left_open(value) { closed(value) } else { quote(value) };
            if let Some(mended) = self.with(number, &format!("{before}{quoted}")) {
                let at =
                    Span::on_line(number, before.chars().count() as u32 + 1, value.chars().count() as u32);
                return Some((mended, slip::needs_quotes(at, value, &quoted)));
            }
        }
        None
    }

    // A quotation mark that was opened further up and swallowed everything since.
    fn close_a_quote(&mut self) -> Option<(String, Problem)> {
        let text = self.text;
        let before: Vec<(&str, u32)> = text.lines().zip(1u32..self.broken.line).collect();
        for (line, number) in before.into_iter().rev().take(MAX_SWALLOWED) {
            let Some(start) = value_start(line).filter(|start| is_left_open(line[*start..].trim_end()))
            else {
                continue;
            };
            let (before, value) = (&line[..start], line[start..].trim_end());
            let quoted = closed(value);
            let mended = self.with(number, &format!("{before}{quoted}"))?;
            let at = Span::on_line(number, before.chars().count() as u32 + 1, value.chars().count() as u32);
            return Some((mended, slip::needs_quotes(at, value, &quoted)));
        }
        None
    }

    // Moves the line where the parser gave up, or the one above, to where a line before it begins.
    fn move_a_line(&mut self) -> Option<(String, Problem)> {
        for number in [self.broken.line, self.broken.line.saturating_sub(1)] {
            let Some(line) = self.line(number).filter(|l| !l.trim().is_empty()).map(str::to_owned) else {
                continue;
            };
            let indent = line.len() - line.trim_start_matches(' ').len();
            for to in self.starts_before(number, indent) {
                let moved = format!("{}{}", " ".repeat(to), &line[indent..]);
                if let Some(mended) = self.with(number, &moved) {
                    return Some((mended, slip::moved(number, indent as u32, to as u32)));
                }
            }
        }
        None
    }

    // Where the lines before `number` begin, dashes passed over as well; the nearest to `indent` first.
    fn starts_before(&self, number: u32, indent: usize) -> Vec<usize> {
        let lines: Vec<&str> = self.text.lines().take(number as usize - 1).collect();
        let mut starts: Vec<usize> = Vec::new();
        for line in lines.into_iter().rev().filter(|l| !l.trim().is_empty()).take(8) {
            let outer = line.len() - line.trim_start().len();
            let inner = line.len() - line[outer..].trim_start_matches(['-', ' ']).len();
            starts.extend([inner, outer]);
        }
        let mut seen = Vec::new();
        starts.retain(|s| {
            *s != indent && !seen.contains(s) && {
                seen.push(*s);
                true
            }
        });
        starts.sort_by_key(|s| s.abs_diff(indent));
        starts
    }
}

// Byte where the text begins: behind dashes and a key.
fn value_start(line: &str) -> Option<usize> {
    let mut start = line.len() - line.trim_start().len();
    while let Some(rest) = line[start..].strip_prefix("- ") {
        start = line.len() - rest.trim_start().len();
    }
    let rest = &line[start..];
    let key = rest
        .find(": ")
        .filter(|n| rest[..*n].chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
    if let Some(n) = key {
        start = line.len() - rest[n + 2..].trim_start().len();
    }
    let value = line[start..].trim_end();
    (!value.is_empty() && !matches!(value, "|" | ">" | ">-" | "|-") && !value.ends_with(':')).then_some(start)
}

fn is_left_open(value: &str) -> bool {
    value.starts_with(['"', '\'']) && !value[1..].contains(&value[..1])
}

fn closed(value: &str) -> String {
    format!("{value}{}", &value[..1])
}

/// A text as YAML takes it whole.
pub fn quote(text: &str) -> String {
    if text.contains('"') || text.contains('\\') {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}
