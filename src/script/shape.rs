//! How a file's lines stand to one another, told from their first words alone: where something does not fit, a line may have
//! slipped.

use super::header;
use super::keys::is_key;
use super::lines::key;
use super::moves::{Change, indent, says_something};
use super::steps::KINDS;
use super::words::Language;

/// Keys that stand beside a question, and never among the words of a text.
const BESIDE: [&str; 24] = [
    "id",
    "type",
    "options",
    "skip",
    "hint",
    "retry",
    "retries",
    "example",
    "sensitive",
    "shuffle",
    "min_choices",
    "max_choices",
    "min_length",
    "max_length",
    "pattern",
    "pick",
    "labels",
    "or_text",
    "near",
    "within",
    "max_files",
    "max_size",
    "min",
    "max",
];
/// Keys at the left edge besides those of a dialogue: of a part, of an institution, and such as are still to come.
const EDGE: [&str; 12] = [
    "part",
    "name",
    "data_protection_contact",
    "staff_language",
    "timezone",
    "urgent",
    "logo",
    "accessibility",
    "four_eyes",
    "channels",
    "was",
    "steps",
];
const WIDEST: usize = 8;

/// The lines of a text that say something, and how far inwards they usually step.
pub struct Shape<'t> {
    rows: Vec<Row<'t>>,
    usual: usize,
}

#[derive(Clone, Copy)]
struct Row<'t> {
    number: usize,
    indent: usize,
    dash: usize,
    key: &'t str,
    /// Nothing stands behind the key.
    opens: bool,
}

/// Lines that begin equally far in, inside the same thing.
struct Level<'t> {
    at: usize,
    owner: &'t str,
    keys: Vec<&'t str>,
    list: bool,
}

impl Row<'_> {
    fn inner(&self) -> usize {
        self.indent + self.dash
    }
}

impl<'t> Shape<'t> {
    pub fn of(lines: &[&'t str]) -> Shape<'t> {
        let mut rows: Vec<Row<'t>> = Vec::new();
        // Lines deeper than this are words of a text that began with `|` or `>`.
        let mut block: Option<usize> = None;
        for (line, number) in lines.iter().zip(1..).filter(|(l, _)| says_something(l)) {
            let (begin, words) = (indent(line), line.trim_start_matches(' ').trim_end());
            if block.is_some_and(|at| begin > at) {
                continue;
            }
            block = words.ends_with(['|', '>']).then_some(begin);
            let dash = words.len() - words.trim_start_matches(['-', ' ']).len();
            let (key, end) = key(words).unwrap_or(("", 0));
            rows.push(Row { number, indent: begin, dash, key, opens: end > 0 && words.len() == end });
        }
        let steps = rows.windows(2).filter(|w| w[0].opens && w[1].indent > w[0].inner());
        let steps: Vec<usize> = steps.map(|w| w[1].indent - w[0].inner()).collect();
        let count = |step: &usize| steps.iter().filter(|s| *s == step).count();
        let usual = (1..=WIDEST).rev().max_by_key(count).unwrap_or(2);
        Shape { rows, usual }
    }

    /// How many things do not fit, should `change` be made.
    pub fn faults(&self, change: Option<Change>) -> usize {
        let root = Level { at: 0, owner: "", keys: Vec::new(), list: false };
        let (mut levels, mut faults) = (vec![root], 0);
        let mut above: Option<Row<'t>> = None;
        for row in &self.rows {
            let moved = change.filter(|c| (c.first..=c.last).contains(&row.number));
            let indent = moved.map_or(row.indent, |c| (row.indent + c.to).saturating_sub(c.from));
            let row = Row { indent, ..*row };
            let mut left = false;
            while levels.last().is_some_and(|l| l.at > indent) {
                levels.pop();
                left = true;
            }
            let is_new = levels.last().is_none_or(|l| l.at < indent);
            match above {
                // Words that go on from the line above.
                Some(above) if is_new && !left && !above.opens && row.key.is_empty() && row.dash == 0 => {
                    continue;
                }
                Some(above) if is_new && !left && above.opens => {
                    faults += usize::from(indent - above.inner().min(indent) != self.usual);
                }
                Some(above) if above.opens && !is_new => {
                    let list_below = row.dash > 0 && indent == above.inner();
                    faults += usize::from(!list_below && indent <= above.inner());
                }
                Some(_) | None => {}
            }
            if is_new {
                let opened = above.filter(|a| a.opens && !left);
                faults += if opened.is_none() { 2 } else { 0 };
                levels.push(Level {
                    at: indent,
                    owner: opened.map_or("", |a| a.key),
                    keys: Vec::new(),
                    list: false,
                });
            }
            if let Some(level) = levels.last_mut() {
                match row.dash > 0 {
                    true => {
                        let below_its_key = above.is_some_and(|a| a.opens && a.inner() == indent);
                        faults += usize::from(!level.list && !level.keys.is_empty() && !below_its_key);
                        level.list = true;
                    }
                    false => faults += if level.list && level.keys.is_empty() { 2 } else { 0 },
                }
            }
            if row.dash > 0 {
                levels.push(Level { at: row.inner(), owner: "-", keys: Vec::new(), list: false });
            }
            if let Some(level) = levels.last_mut().filter(|_| !row.key.is_empty()) {
                faults += level.misfits(row.key);
                level.keys.push(row.key);
            }
            above = Some(row);
        }
        faults
    }
}

impl Level<'_> {
    // What speaks against `key` as the next one here.
    fn misfits(&self, key: &str) -> usize {
        let has = |is: fn(&str) -> bool| self.keys.iter().any(|k| is(k));
        let twice = self.keys.contains(&key);
        let beside_words = (is_tag(key) && has(is_beside)) || (is_beside(key) && has(is_tag));
        let stranger = (is_stranger(key) && has(is_beside)) || (is_beside(key) && has(is_stranger));
        let stray_words = is_tag(key) && self.owner == "-" && self.keys.first().is_some_and(|k| !is_tag(k));
        let mixed = (is_tag(key) && has(is_stranger)) || (is_stranger(key) && has(is_tag));
        let in_step = ["steps", "retries", "redact"].contains(&key);
        let of_the_header = header::KEYS.contains(&key) && !in_step && (self.owner == "-" || has(is_tag));
        let second_kind = self.owner == "-" && KINDS.contains(&key) && has(|k| KINDS.contains(&k));
        let elsewhere = match (self.owner, self.at) {
            ("", 0) => !header::KEYS.contains(&key) && !EDGE.contains(&key),
            ("give_back", _) => !header::GIVE_BACK_KEYS.contains(&key),
            ("period", _) => !header::PERIOD_KEYS.contains(&key),
            ("privacy", _) => !header::PRIVACY_KEYS.contains(&key),
            ("entry", _) => !header::ENTRY_KEYS.contains(&key),
            ("audience", _) => !header::AUDIENCE_KEYS.contains(&key),
            _ => false,
        };
        [twice, beside_words, stranger, stray_words, mixed, of_the_header, second_kind, elsewhere]
            .into_iter()
            .filter(|is| *is)
            .count()
    }
}

fn is_tag(key: &str) -> bool {
    key.len() == 2 && !is_key(key) && Language::parse(key).is_some_and(|l| l.tag() == key)
}

fn is_beside(key: &str) -> bool {
    BESIDE.contains(&key)
}

fn is_stranger(key: &str) -> bool {
    !is_key(key) && !is_tag(key)
}
