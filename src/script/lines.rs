//! Slips that show in the lines themselves, whatever YAML makes of them: tabs, and steps without their dash.

use super::problem::{Problem, Span, both};
use super::slip;
use super::steps::KINDS;

/// The text with its tabs made blanks and its dashes put in, line for line, and what was wrong.
pub fn straightened(source: &str) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut text = String::with_capacity(source.len());
    let mut steps = Steps::default();
    for (line, number) in source.lines().zip(1u32..) {
        let line = without_hard_blanks(line, number, &mut problems);
        let line = with_plain_dash(line, number, &mut problems);
        let line = without_tabs(&line, number, &mut problems);
        text.push_str(&steps.with_dash(line, number, &mut problems));
        text.push('\n');
    }
    (text, problems)
}

/// Blanks that look like one and are none to the service: they come along from web pages and word processors.
const HARD_BLANKS: [char; 5] = ['\u{a0}', '\u{2002}', '\u{2003}', '\u{2007}', '\u{202f}'];
/// What phones and word processors make of a dash at the start of a line.
pub const DASHES: [char; 8] = ['–', '—', '−', '‐', '‑', '*', '•', '·'];

fn without_hard_blanks(line: &str, number: u32, problems: &mut Vec<Problem>) -> String {
    let words = line.trim_start_matches(|c| c == ' ' || HARD_BLANKS.contains(&c));
    let begin = &line[..line.len() - words.len()];
    if words.is_empty() || !begin.contains(HARD_BLANKS) {
        return line.to_owned();
    }
    let blanks = begin.chars().count();
    problems.push(hard_blanks(number, blanks as u32));
    format!("{}{words}", " ".repeat(blanks))
}

fn with_plain_dash(line: String, number: u32, problems: &mut Vec<Problem>) -> String {
    let rest = line.trim_start_matches([' ', '\t']);
    let Some(sign) = rest.chars().next().filter(|c| DASHES.contains(c)) else { return line };
    let words = &rest[sign.len_utf8()..];
    let is_step = words.starts_with([' ', '\u{a0}'])
        && key(words.trim_start_matches([' ', '\u{a0}']))
            .is_some_and(|(w, _)| KINDS.contains(&w) || w == "when");
    if !is_step {
        return line;
    }
    let indent = &line[..line.len() - rest.len()];
    let at = Span::on_line(number, indent.chars().count() as u32 + 1, 1);
    let gap = words.len() - words.trim_start_matches([' ', '\u{a0}']).len();
    let word = key(words.trim_start_matches([' ', '\u{a0}'])).map_or("…", |(word, _)| word);
    problems.push(other_dash(at, sign, word).fix(at, "-"));
    format!("{indent}- {}", &words[gap..])
}

fn without_tabs(line: &str, number: u32, problems: &mut Vec<Problem>) -> String {
    if !line.contains('\t') {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let spaces = line[..indent].replace('\t', "  ");
    if line[..indent].contains('\t') && indent < line.len() {
        problems.push(slip::tab(number, indent as u32, &spaces));
    }
    let rest = &line[indent..];
    let Some((at, tabs)) = key(rest).and_then(|(_, end)| tabs_at(rest, end)) else {
        return spaces + rest;
    };
    // The author's columns, should the indentation have been changed as well.
    let column = line[..indent].chars().count() + rest[..at].chars().count() + 1;
    problems.push(tab_after_colon(Span::on_line(number, column as u32, tabs as u32)));
    format!("{spaces}{} {}", &rest[..at], &rest[at + tabs..])
}

// Blanks behind a colon that ends at `end`, where a tab is among them: where they begin, and how many.
fn tabs_at(rest: &str, end: usize) -> Option<(usize, usize)> {
    let blanks = rest[end..].len() - rest[end..].trim_start_matches([' ', '\t']).len();
    (rest[end..end + blanks].contains('\t') && end + blanks < rest.len()).then_some((end, blanks))
}

/// The key that a line without its indentation begins with, dashes passed over, and the byte behind its colon.
pub fn key(rest: &str) -> Option<(&str, usize)> {
    let words = rest.trim_start_matches(['-', ' ']);
    let from = rest.len() - words.len();
    let end = words.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    (end > 0 && words[end..].starts_with(':')).then(|| (&words[..end], from + end + 1))
}

/// Follows which step a line belongs to.
#[derive(Default)]
struct Steps {
    /// Dashes that are open: how far in each stands, and whether its step has said what it is.
    open: Vec<(usize, bool)>,
    /// A line that ends in a colon right before, under which steps belong.
    expected: Option<usize>,
    in_sections: bool,
    /// Lines deeper than this are words of a text that began with `|` or `>`.
    block: Option<usize>,
}

impl Steps {
    fn with_dash(&mut self, line: String, number: u32, problems: &mut Vec<Problem>) -> String {
        let rest = line.trim_start_matches(' ');
        let indent = line.len() - rest.len();
        if rest.trim_end().is_empty() || rest.starts_with('#') {
            return line;
        }
        if self.block.is_some_and(|block| indent > block) {
            return line;
        }
        let opens = |mark: &str| rest.trim_end().ends_with(mark);
        self.block = [" |", " >", " |-", " >-"].iter().any(|mark| opens(mark)).then_some(indent);
        let expected = self.expected.take();
        let dash = rest.starts_with('-');
        self.open.retain(|(open, _)| if dash { *open < indent } else { *open <= indent });
        if dash {
            return self.dashed(line, indent, number, problems);
        }
        let Some((word, end)) = key(rest) else { return line };
        let alone = rest[end..].trim().is_empty();
        let is_kind = KINDS.contains(&word);
        if indent == 0 {
            self.in_sections = word == "sections";
        }
        if alone && (word == "steps" || (self.in_sections && indent > 0 && self.open.is_empty())) {
            self.expected = Some(indent);
        }
        let own = self.open.last().copied();
        let forgotten = is_kind
            && match own {
                Some((open, said)) => open == indent || (open + 2 == indent && said),
                None => expected.is_some_and(|above| indent > above),
            };
        if let (Some(own), true, false) = (self.open.last_mut(), is_kind, forgotten) {
            own.1 |= own.0 + 2 == indent;
        }
        if !forgotten {
            return line;
        }
        let inside = own.map_or(indent >= expected.unwrap_or(0) + 4, |(open, _)| open + 2 == indent);
        let place = if inside { indent - 2 } else { indent };
        self.open.retain(|(open, _)| *open < place);
        self.open.push((place, true));
        let column = indent as u32 + 1;
        let at = Span::on_line(number, column, word.chars().count() as u32);
        let gap = Span::on_line(number, place as u32 + 1, if inside { 2 } else { 0 });
        problems.push(no_dash(at, word).fix(gap, "- "));
        format!("{}- {rest}", &line[..place])
    }

    fn dashed(&mut self, line: String, indent: usize, number: u32, problems: &mut Vec<Problem>) -> String {
        let rest = &line[indent..];
        let word = key(rest).map_or("", |(word, _)| word);
        let kind = KINDS.contains(&word);
        self.open.push((indent, kind));
        let tight = rest[1..].starts_with(word) && (kind || word == "when");
        if !tight {
            return line;
        }
        let at = Span::on_line(number, indent as u32 + 1, 1);
        problems.push(tight_dash(at, word).fix(at, "- "));
        format!("{}- {}", &line[..indent], &rest[1..])
    }
}

fn hard_blanks(line: u32, count: u32) -> Problem {
    let at = Span::on_line(line, 1, count);
    Problem::error(
        "Y106",
        at,
        both("linjen begynder med hårde mellemrum", "the line begins with hard spaces"),
    )
    .label(both(
        "ligner mellemrum; følger med, når man kopierer fra en hjemmeside",
        "they look like spaces and come along when one copies from a web page",
    ))
    .why(both(
        "tjenesten kan ikke se, hvad linjen hører til",
        "the service cannot tell what the line belongs to",
    ))
    .mend(both("slet dem, og skriv almindelige mellemrum", "delete them and type plain spaces"))
    .fix(at, " ".repeat(count as usize))
}

fn other_dash(at: Span, sign: char, word: &str) -> Problem {
    Problem::error(
        "Y103",
        at,
        both(
            format!("der står {sign}, hvor et nyt trin skal begynde med en almindelig streg"),
            format!("{sign} stands where a new step must begin with a plain dash"),
        ),
    )
    .label(both("her skal stå -", "a - belongs here"))
    .why(both(
        "uden den almindelige streg hører linjen til trinnet før og ville ikke blive vist",
        "without the plain dash the line belongs to the step before it and would not be shown",
    ))
    .mend(both(format!("- {word}: …"), format!("- {word}: …")))
}

fn tab_after_colon(at: Span) -> Problem {
    Problem::error("Y106", at, both("efter kolonet står en tabulator", "a tab stands after the colon"))
        .label(both("her skal være et mellemrum", "a space belongs here"))
        .why(both(
            "tjenesten læser kun navnet og teksten hver for sig, når der er et mellemrum imellem",
            "the service tells the name from the text only where a space stands between them",
        ))
        .fix(at, " ")
}

fn no_dash(at: Span, word: &str) -> Problem {
    Problem::error(
        "Y103",
        at,
        both(format!("der mangler en streg foran `{word}`"), format!("a dash is missing before `{word}`")),
    )
    .label(both("her begynder et nyt trin", "a new step begins here"))
    .why(both(
        "uden stregen hører linjen til trinnet før og ville ikke blive vist",
        "without the dash the line belongs to the step before it and would not be shown",
    ))
    .mend(both(
        format!("skriv `- {word}:` lige under stregen foran trinnet før"),
        format!("write `- {word}:` right below the dash of the step before"),
    ))
}

fn tight_dash(at: Span, word: &str) -> Problem {
    Problem::error(
        "Y103",
        at,
        both("der mangler et mellemrum efter stregen", "a space is missing after the dash"),
    )
    .label(both("her", "here"))
    .why(both(
        format!("tjenesten læser `-{word}` som ét ord"),
        format!("the service reads `-{word}` as one word"),
    ))
}
