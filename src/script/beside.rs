//! Words that stand one step too far left or right of what they belong to.

use super::fields::Reader;
use super::problem::{Problem, Span, both};
use super::tree::{Entry, Node};

impl Reader {
    /// Y103 where the words of a `say`, `ask` or `end` stand beside it, not under it.
    pub fn words_beside(&mut self, step: &Node, kind: &Entry) -> bool {
        let is_tag = |e: &&Entry| self.languages.iter().any(|l| l.tag() == e.key);
        let beside: Vec<&Entry> = step.map().unwrap_or_default().iter().filter(is_tag).collect();
        let (Some(first), Some(last)) = (beside.first(), beside.last()) else { return false };
        if !kind.value.is_empty() {
            return false;
        }
        let key = &kind.key;
        let names: Vec<String> = beside.iter().map(|e| format!("`{}`", e.key)).collect();
        let (da, en) = match key.as_str() {
            "ask" => ("spørgsmålet", "this question"),
            "end" => ("afslutningen", "this ending"),
            _ => ("beskeden", "this message"),
        };
        let verb = if names.len() == 1 { "stands" } else { "stand" };
        let problem = Problem::error(
            "Y103",
            first.key_at,
            both(
                format!("{da} har ingen tekst: {} står ved siden af `{key}`, ikke under", names.join(" og ")),
                format!("{en} has no words: {} {verb} beside `{key}`, not under it", names.join(" and ")),
            ),
        )
        .label(both(
            format!("står ved siden af `{key}` og hører derfor ikke til"),
            format!("stands beside `{key}`, so it does not belong to it"),
        ))
        .why(both(
            format!("`{key}` er tom, og borgeren ville ikke se noget"),
            format!("`{key}` is empty and the citizen would see nothing"),
        ));
        let problem = self.move_lines(problem, first.key_at, last.value.last(), kind.key_at.column + 2);
        self.report(problem);
        true
    }

    /// Y103 where the words of an option stand beside its code, not under it.
    pub fn labels_beside(&mut self, options: &[Entry]) -> bool {
        let is_tag = |e: &Entry| self.languages.iter().any(|l| l.tag() == e.key);
        let Some(start) = options.iter().position(is_tag) else { return false };
        let Some(option) = start.checked_sub(1).and_then(|n| options.get(n)) else { return false };
        let first = &options[start];
        // An option of its own may be called `da`: where the one before has its words, it is.
        let lacks = match option.value.map() {
            Some(words) => words.iter().any(is_tag) && option.value.get(&first.key).is_none(),
            None => option.value.is_empty(),
        };
        let last = options[start..].iter().take_while(|e| is_tag(e)).last();
        let (true, Some(last)) = (lacks, last) else { return false };
        let (code, tag) = (&option.key, &first.key);
        let problem = Problem::error(
            "Y103",
            first.key_at,
            both(
                format!("`{tag}` står ved siden af muligheden `{code}`, ikke under den"),
                format!("`{tag}` stands beside the option `{code}`, not under it"),
            ),
        )
        .also(option.key_at, both("muligheden", "the option"))
        .label(both("bliver læst som en mulighed for sig", "is read as an option of its own"))
        .why(both(
            format!("`{code}` ville mangle sin tekst, og der ville komme en knap for meget"),
            format!("`{code}` would lack its words, and there would be one button too many"),
        ));
        let problem = self.move_lines(problem, first.key_at, last.value.last(), option.key_at.column + 2);
        self.report(problem);
        true
    }

    /// Y103 where the options of a question stand beside `options`, not under it. `known` are the keys of a question.
    pub fn options_beside(&mut self, step: &Node, known: &[&str]) -> bool {
        let entries = step.map().unwrap_or_default();
        let Some(n) = entries.iter().position(|e| e.key == "options" && e.value.is_empty()) else {
            return false;
        };
        let is_tag = |e: &Entry| self.languages.iter().any(|l| l.tag() == e.key);
        let is_option = |e: &&Entry| {
            !known.contains(&e.key.as_str()) && e.value.map().is_some_and(|words| words.iter().any(is_tag))
        };
        let beside: Vec<&Entry> = entries[n + 1..].iter().take_while(is_option).collect();
        let (Some(first), Some(last)) = (beside.first(), beside.last()) else { return false };
        let problem = Problem::error(
            "Y103",
            first.key_at,
            both(
                "svarmulighederne står ved siden af `options`, ikke under",
                "the options stand beside `options`, not under it",
            ),
        )
        .also(entries[n].key_at, both("her står der ikke noget", "nothing stands here"))
        .label(both("hører til under `options`", "belongs under `options`"))
        .why(both(
            "borgeren ville ikke få noget at vælge imellem",
            "the citizen would have nothing to choose from",
        ));
        let problem = self.move_lines(problem, first.key_at, last.value.last(), entries[n].key_at.column + 2);
        self.report(problem);
        true
    }

    /// `problem` with the advice, and the proposal, to move the lines from `first` to `last` so that they begin in `column`.
    pub fn move_lines(&self, problem: Problem, first: Span, last: Span, column: u32) -> Problem {
        let steps = column.abs_diff(first.column);
        let (da, en) = if column > first.column { ("højre", "right") } else { ("venstre", "left") };
        // A block of several lines ends on the line after its last.
        let end =
            if last.end_column == 1 && last.end_line > last.line { last.end_line - 1 } else { last.end_line };
        let (lines_da, lines_en) = lines(first.line, end);
        let (blanks_da, blanks_en) = blanks(steps);
        let problem = problem.mend(both(
            format!("ryk {lines_da} {blanks_da} til {da}"),
            format!("move {lines_en} {blanks_en} to the {en}"),
        ));
        let Some(lines) = self.lines.get(first.line as usize - 1..end as usize) else { return problem };
        let by = |line: &String| match column > first.column {
            true => Some(format!("{}{line}", " ".repeat(steps as usize))),
            false => line.strip_prefix(&" ".repeat(steps as usize)).map(str::to_owned),
        };
        let own_lines =
            lines.first().is_some_and(|l| l.chars().take(first.column as usize - 1).all(|c| c == ' '));
        let moved: Option<Vec<String>> = lines.iter().map(by).collect();
        let (Some(moved), true) = (moved, own_lines) else { return problem };
        let end_column = lines.last().map_or(1, |l| l.chars().count() as u32 + 1);
        let whole = Span { line: first.line, column: 1, end_line: end, end_column };
        problem.fix(whole, moved.join("\n"))
    }
}

/// `linje 3-5` and `lines 3 to 5`.
pub fn lines(first: u32, last: u32) -> (String, String) {
    match last - first {
        0 => (format!("linje {last}"), format!("line {last}")),
        1 => (format!("linje {first} og {last}"), format!("lines {first} and {last}")),
        _ => (format!("linje {first}-{last}"), format!("lines {first} to {last}")),
    }
}

/// `to mellemrum` and `two spaces`.
pub fn blanks(count: u32) -> (String, String) {
    const WORDS: [(&str, &str); 6] =
        [("et", "one"), ("to", "two"), ("tre", "three"), ("fire", "four"), ("fem", "five"), ("seks", "six")];
    let number = count.to_string();
    let (da, en) = WORDS.get((count as usize).wrapping_sub(1)).copied().unwrap_or((&number, &number));
    (format!("{da} mellemrum"), format!("{en} {}", if count == 1 { "space" } else { "spaces" }))
}
