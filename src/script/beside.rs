//! Words that stand one step too far left or right of what they belong to.

use super::fields::Reader;
use super::moves::in_place;
use super::problem::{Problem, Span, both};
use super::question::TYPES;
use super::suggest::is_yes_or_no;
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

    /// Y103 where the lines of a `when` stand beside it, not under it. `known` are the keys that may stand beside it.
    pub fn condition_beside(&mut self, node: &Node, known: &[&str]) -> bool {
        let entries = node.map().unwrap_or_default();
        let Some(n) = entries.iter().position(|e| e.key == "when" && e.value.is_empty()) else {
            return false;
        };
        let is_tag = |e: &Entry| self.languages.iter().any(|l| l.tag() == e.key);
        let beside: Vec<&Entry> =
            entries[n + 1..].iter().take_while(|e| !known.contains(&e.key.as_str()) && !is_tag(e)).collect();
        let (Some(first), Some(last)) = (beside.first(), beside.last()) else { return false };
        let when = entries[n].key_at;
        let problem = Problem::error(
            "Y103",
            first.key_at,
            both(
                "betingelsen står ved siden af `when`, ikke under",
                "the condition stands beside `when`, not under it",
            ),
        )
        .also(when, both("her står der ikke noget", "nothing stands here"))
        .label(both("hører til under `when`", "belongs under `when`"))
        .why(both(
            "alle ville få det at se, uanset hvad de har svaret",
            "everybody would see it, whatever they answered",
        ));
        let problem = self.move_lines(problem, first.key_at, last.value.last(), when.column + 2);
        self.report(problem);
        true
    }

    /// Y103 where a line of an option, or of the question, stands among the options and would become one.
    pub fn keys_among(&mut self, options: &[Entry]) -> bool {
        let Some((n, stray, of)) = options.iter().enumerate().find_map(|(n, e)| Some((n, e, owner(e)?)))
        else {
            return false;
        };
        let key = &stray.key;
        let (da, en) = match of {
            Owner::Option => ("hører til en mulighed", "belongs to an option"),
            Owner::Question => ("hører til spørgsmålet", "belongs to the question"),
        };
        let problem = Problem::error(
            "Y103",
            stray.key_at,
            both(
                format!("`{key}` {da}, men står mellem mulighederne"),
                format!("`{key}` {en} but stands among the options"),
            ),
        )
        .label(both("bliver læst som en mulighed for sig", "is read as an option of its own"))
        .why(both(
            format!("borgeren ville få en knap for meget, og `{key}` ville ikke gøre noget"),
            format!("there would be one button too many, and `{key}` would do nothing"),
        ));
        let before = n.checked_sub(1).and_then(|n| options.get(n));
        let problem = match (of, before) {
            (Owner::Question, _) => {
                let column = stray.key_at.column.saturating_sub(2).max(1);
                self.move_lines(problem, stray.key_at, stray.value.last(), column)
            }
            (Owner::Option, Some(option)) if option.value.map().is_some() => {
                self.move_lines(problem, stray.key_at, stray.value.last(), option.key_at.column + 2)
            }
            (Owner::Option, option) => {
                let code = option.map_or("…", |o| o.key.as_str());
                let words = option.and_then(|o| o.value.text()).unwrap_or("…").trim();
                let tag = self.languages.first().map_or("da", |l| l.tag());
                let value = stray.value.text().unwrap_or("…").trim();
                let lines = format!("{code}:\n  {tag}: {words}\n  {key}: {value}");
                problem.mend(both(
                    format!("giv muligheden sine egne linjer:\n{lines}"),
                    format!("give the option lines of its own:\n{lines}"),
                ))
            }
        };
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
        let mend = problem.mend.clone();
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
        let all: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        let shown = in_place(&all, first.line as usize, &moved);
        problem
            .mend(both(
                format!("{}, så der står:\n{shown}", mend.da),
                format!("{}, so that it reads:\n{shown}", mend.en),
            ))
            .fix(whole, moved.join("\n"))
    }
}

#[derive(Clone, Copy)]
enum Owner {
    Option,
    Question,
}

// What a line is of that has the word, and the kind of value, of no option an author would name so.
fn owner(entry: &Entry) -> Option<Owner> {
    let text = entry.value.text().map(str::trim);
    let is_name = text.is_some_and(|t| !t.is_empty() && !t.contains(' '));
    let is_flag = text.is_some_and(is_yes_or_no);
    let is_number = text.is_some_and(|t| t.parse::<u32>().is_ok());
    let is_list = entry.value.list().is_some();
    let is_map = entry.value.map().is_some();
    Some(match entry.key.as_str() {
        "goto" | "visit" if is_name => Owner::Option,
        "exclusive" | "fixed" | "other" if is_flag => Owner::Option,
        "also" | "was" if is_list => Owner::Option,
        "id" if is_name => Owner::Question,
        "type" if text.is_some_and(|t| TYPES.contains(&t)) => Owner::Question,
        "skip" | "shuffle" | "sensitive" if is_flag => Owner::Question,
        "min_choices" | "max_choices" | "pick" | "retries" if is_number => Owner::Question,
        "when" if is_map => Owner::Question,
        _ => return None,
    })
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
