//! A line that was left out: `steps:` above the steps. And the last word on a file's form.

use super::lines::key;
use super::out_of_step::{blamed, is_form};
use super::problem::{Problem, Span, both};
use super::steps::KINDS;
use super::suggest::suggest;

/// `problems` of `source`, told so that the line that was left out, or stands out of step, is blamed for them. `check` tells what
/// is wrong with a text.
pub fn told(source: &str, problems: Vec<Problem>, check: impl Fn(&str) -> Vec<Problem>) -> Vec<Problem> {
    if !problems.iter().any(is_form) {
        return problems;
    }
    let Some(gap) = Gap::of(source) else { return blamed(source, problems, check) };
    let text = gap.filled(source);
    let mut left = blamed(&text, check(&text), check);
    if let Some(line) = gap.shifts() {
        // The lines below would be told with other numbers than they have.
        left.retain(|p| p.at.line < line && p.also.iter().all(|(at, _)| at.line < line));
    }
    let file = problems.first().map(|p| p.file.clone()).unwrap_or_default();
    left.push(Problem { file, ..gap.problem() });
    left.sort_by_key(|p| (p.severity, p.at, p.code));
    left
}

/// Where `steps:` is missing.
struct Gap {
    /// The line of the first step, and how far in its dash stands.
    line: u32,
    indent: usize,
    kind: String,
    /// How far in `steps:` belongs.
    edge: usize,
    /// The line above says nothing: `steps:` can stand there, and no line gets another number.
    room: bool,
}

impl Gap {
    fn of(source: &str) -> Option<Gap> {
        let lines: Vec<Line> = source.lines().map(Line::of).collect();
        let mut top = false;
        let mut has_steps = false;
        // How far in the dash of an open `when` stands that has no `steps` yet.
        let mut group: Option<usize> = None;
        for (n, line) in lines.iter().enumerate().filter(|(_, l)| l.says_something) {
            let starts = line.dash && (KINDS.contains(&line.word) || line.word == "when");
            if group.is_some_and(|dash| line.indent <= dash || line.is_steps) {
                group = None;
            }
            let edge = match group {
                Some(dash) if starts && !steps_follow(&lines[n..], dash) => Some(dash + 2),
                None if starts && !has_steps && top => Some(0),
                Some(_) | None => None,
            };
            if let Some(edge) = edge {
                let room = n > 0 && lines[n - 1].is_blank;
                return Some(Gap {
                    line: n as u32 + 1,
                    indent: line.indent,
                    kind: line.word.to_owned(),
                    edge,
                    room,
                });
            }
            if line.dash && line.word == "when" {
                group = Some(line.indent);
            }
            top |= line.indent == 0 && !line.dash;
            has_steps |= line.is_steps || (line.indent == 0 && line.word == "sections");
        }
        None
    }

    fn to_write(&self) -> String {
        format!("{}steps:", " ".repeat(self.edge))
    }

    fn shifts(&self) -> Option<u32> {
        (!self.room).then_some(self.line)
    }

    fn filled(&self, source: &str) -> String {
        let mut text = String::new();
        for (line, number) in source.lines().zip(1u32..) {
            if self.room && number + 1 == self.line {
                text += &self.to_write();
            } else {
                if !self.room && number == self.line {
                    text += &format!("{}\n", self.to_write());
                }
                text += line;
            }
            text.push('\n');
        }
        text
    }

    fn problem(&self) -> Problem {
        let (line, kind, edge) = (self.line, &self.kind, self.edge);
        let at = Span::on_line(line, self.indent as u32 + 1, kind.chars().count() as u32 + 2);
        let what =
            both("linjen `steps:` mangler over trinnene", "the line `steps:` is missing above the steps");
        let why = match edge {
            0 => both(
                "uden den ved tjenesten ikke, hvor samtalen begynder",
                "without it the service cannot know where the conversation begins",
            ),
            _ => both(
                "uden den ved tjenesten ikke, hvilke trin betingelsen gælder",
                "without it the service cannot know which steps the condition is about",
            ),
        };
        let shown = format!("steps:\n{}- {kind}: …", " ".repeat(self.indent.saturating_sub(edge)));
        let (where_da, where_en) = match edge {
            0 => ("helt ude ved kanten".to_owned(), "all the way to the left".to_owned()),
            _ => (
                format!("{edge} mellemrum inde, lige under `when`"),
                format!("{edge} spaces in, right below `when`"),
            ),
        };
        Problem::error("F206", at, what)
            .label(both("her begynder trinnene", "here the steps begin"))
            .why(why)
            .mend(both(
                format!("skriv `steps:` på en linje for sig over linje {line}, {where_da}:\n{shown}"),
                format!("write `steps:` on a line of its own above line {line}, {where_en}:\n{shown}"),
            ))
            .fix(Span::on_line(line, 1, 0), format!("{}\n", self.to_write()))
    }
}

/// What a line begins with.
struct Line<'t> {
    indent: usize,
    dash: bool,
    word: &'t str,
    is_steps: bool,
    is_blank: bool,
    says_something: bool,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Line<'t> {
        let words = line.trim_start_matches(' ');
        let word = key(words).map_or("", |(word, _)| word);
        let is_blank = words.trim().is_empty();
        Line {
            indent: line.len() - words.len(),
            dash: words.starts_with("- "),
            word,
            is_steps: word == "steps" || suggest(word, ["steps"]).is_some(),
            is_blank,
            says_something: !is_blank && !words.starts_with('#'),
        }
    }
}

// Whether the group whose dash stands so far in has its `steps` further down.
fn steps_follow(lines: &[Line<'_>], dash: usize) -> bool {
    lines.iter().filter(|l| l.says_something).take_while(|l| l.indent > dash).any(|l| l.is_steps)
}
