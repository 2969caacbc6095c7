//! Changes that make a line readable which YAML gave up at: each is tried, and kept if the reading then goes further.

use super::keys::is_key;
use super::problem::{Problem, Span};
use super::slip;
use super::tree::{self, Broken};
use super::words::Language;

/// So many lines above the place where YAML gave up an open quotation mark is looked for.
const MAX_SWALLOWED: usize = 100;

/// One look for what to change so that YAML reads on beyond the place where it gave up.
pub struct Attempt<'t> {
    pub text: &'t str,
    pub broken: &'t Broken,
    /// So many may still be made.
    pub tries: &'t mut usize,
}

impl Attempt<'_> {
    /// The text that reads further, and what was wrong.
    pub fn make(&mut self) -> Option<(String, Problem)> {
        self.put_a_colon()
            .or_else(|| self.quote_a_line())
            .or_else(|| self.close_a_quote())
            .or_else(|| self.move_the_lines_above())
            .or_else(|| self.move_a_line())
    }

    fn line(&self, number: u32) -> Option<&str> {
        self.text.lines().nth((number as usize).checked_sub(1)?)
    }

    // The line where the parser gave up, and the one above that says something.
    fn suspects(&self) -> Vec<u32> {
        let above: Vec<(&str, u32)> = self.text.lines().zip(1u32..self.broken.line).collect();
        let said = above.into_iter().rev().find(|(line, _)| !line.trim().is_empty());
        std::iter::once(self.broken.line).chain(said.map(|(_, n)| n)).collect()
    }

    // The text with one line changed, if that moved the error on.
    fn with(&mut self, number: u32, line: &str) -> Option<String> {
        self.with_lines(number, std::slice::from_ref(&line))
    }

    // The same with several lines, from `first` on.
    fn with_lines(&mut self, first: u32, lines: &[impl AsRef<str>]) -> Option<String> {
        *self.tries = self.tries.checked_sub(1)?;
        let new = |n: u32| n.checked_sub(first).and_then(|n| lines.get(n as usize)).map(AsRef::as_ref);
        let mended: String =
            self.text.lines().zip(1..).flat_map(|(old, n)| [new(n).unwrap_or(old), "\n"]).collect();
        let better = match tree::read(&mended) {
            Ok(_) => true,
            Err(next) => next.line > self.broken.line,
        };
        better.then_some(mended)
    }

    // Puts the colon, or the blank behind it, that makes a name of the first word.
    fn put_a_colon(&mut self) -> Option<(String, Problem)> {
        for number in self.suspects() {
            let Some(line) = self.line(number).map(str::to_owned) else { continue };
            let Some((word, end)) = first_word(&line) else { continue };
            let rest = &line[end..];
            let column = line[..end].chars().count() as u32 + 1;
            // `http://…` is no name, and neither is a time of day.
            let tight = rest.strip_prefix(':').filter(|r| !r.starts_with([' ', '/', ':']) && !r.is_empty());
            let is_name = !word.starts_with(|c: char| c.is_ascii_digit());
            let known = is_key(word) || Language::parse(word).is_some_and(|l| l.tag() == word);
            let opens =
                rest.trim().is_empty() && self.line(number + 1).is_some_and(|next| is_deeper(next, &line));
            let (mended, problem) = match tight {
                Some(tight) if is_name => {
                    let colon = Span::on_line(number, column, 1);
                    let problem = slip::no_blank_after_colon(colon, word).fix(colon, ": ");
                    (format!("{}: {tight}", &line[..end]), problem)
                }
                None if !rest.starts_with(':') && (known || opens) => {
                    let place = Span::on_line(number, column, 0);
                    let at = Span::on_line(
                        number,
                        column - word.chars().count() as u32,
                        word.chars().count() as u32,
                    );
                    (format!("{}:{rest}", &line[..end]), slip::no_colon(at, word).fix(place, ":"))
                }
                Some(_) | None => continue,
            };
            if let Some(mended) = self.with(number, &mended) {
                return Some((mended, problem));
            }
        }
        None
    }

    // Quotes the text part of the line where the parser gave up, or of the one above.
    fn quote_a_line(&mut self) -> Option<(String, Problem)> {
        for number in self.suspects() {
            let Some(line) = self.line(number).map(str::to_owned) else { continue };
            let Some(start) = value_start(&line) else { continue };
            let (before, value) = (&line[..start], line[start..].trim_end());
            let listed = value.starts_with('[') && !value.contains(']') && !is_text(before);
            let (quoted, inside) = match is_left_open(value) {
                true => (closed(value), false),
                false if listed => (format!("{}]", value.trim_end_matches([',', ' '])), false),
                false => quoted(value),
            };
            if let Some(mended) = self.with(number, &format!("{before}{quoted}")) {
                let at =
                    Span::on_line(number, before.chars().count() as u32 + 1, value.chars().count() as u32);
                let problem = slip::needs_quotes(at, value, &quoted);
                return Some((
                    mended,
                    if inside { slip::quotes_inside(at, value, &quoted) } else { problem },
                ));
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

    // Moves the lines above out to where the parser gave up: they stand too far in, and this line is right.
    fn move_the_lines_above(&mut self) -> Option<(String, Problem)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let number = self.broken.line as usize;
        let to = indent(lines.get(number.checked_sub(1)?)?);
        let above = lines[..number - 1].iter().rev();
        let count = above.take_while(|l| l.trim().is_empty() || indent(l) > to).count();
        let block: Vec<&str> = lines[number - 1 - count..number - 1].to_vec();
        let outermost = block.iter().filter(|l| !l.trim().is_empty()).map(|l| indent(l)).min()?;
        let by = outermost - to;
        let moved: Vec<&str> = block.iter().map(|l| l.get(by..).unwrap_or("")).collect();
        let first = (number - count) as u32;
        let mended = self.with_lines(first, &moved)?;
        Some((mended, slip::moved_block(first, &block, &moved, outermost as u32, to as u32)))
    }

    // Moves the line where the parser gave up, or the one above, to where a line before it begins.
    fn move_a_line(&mut self) -> Option<(String, Problem)> {
        for number in self.suspects() {
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

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_deeper(next: &str, line: &str) -> bool {
    !next.trim().is_empty() && indent(next) > indent(line)
}

// The first word of a line, dashes passed over, and the byte behind it.
fn first_word(line: &str) -> Option<(&str, usize)> {
    let words = line.trim_start_matches([' ', '-']);
    let from = line.len() - words.len();
    let length = words.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(words.len());
    (length > 0).then(|| (&words[..length], from + length))
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
    // `ask:` is a name; a text of several words or behind a name is one also with a colon at its end.
    let is_name = value.ends_with(':') && key.is_none() && !value.contains(' ');
    (!value.is_empty() && !matches!(value, "|" | ">" | ">-" | "|-") && !is_name).then_some(start)
}

// Words to citizens stand behind this, and not a list.
fn is_text(before: &str) -> bool {
    let name = before.trim_start_matches([' ', '-']).trim_end().trim_end_matches(':');
    ["say", "ask", "end", "hint", "retry", "notice"].contains(&name)
        || Language::parse(name).is_some_and(|l| l.tag() == name)
}

fn is_left_open(value: &str) -> bool {
    value.starts_with(['"', '\'']) && !value[1..].contains(&value[..1])
}

fn closed(value: &str) -> String {
    format!("{value}{}", &value[..1])
}

/// What stands between quotation marks as phones and word processors write them, if they are round the whole text.
pub fn in_curly(text: &str) -> Option<&str> {
    const CURLY: [char; 7] = ['“', '”', '„', '‟', '«', '»', '’'];
    text.strip_prefix(CURLY)?.strip_suffix(CURLY).filter(|inner| !inner.contains(CURLY))
}

/// A text as YAML takes it whole, and whether it has quotation marks that its author may have meant otherwise: a lone one is
/// left out, and so are those round a text that has others inside.
pub fn quoted(text: &str) -> (String, bool) {
    if let Some(inner) = in_curly(text) {
        return (quote(inner), false);
    }
    let count = text.matches('"').count();
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    match (count, inner) {
        (1, _) => (quote(&text.replacen('"', "", 1)), true),
        (4.., Some(inner)) => (quote(inner), true),
        _ => (quote(text), count % 2 == 1),
    }
}

/// A text as YAML takes it whole.
pub fn quote(text: &str) -> String {
    if text.contains('"') || text.contains('\\') {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}
