//! YAML events -> a tree that keeps every scalar's text and place. No scalar is guessed to be a number, boolean or date.

use super::problem::{Problem, Span, both};
use super::words::Language;
use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub at: Span,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `note` is a `#` after the text with all that follows on the line: YAML drops it.
    Text {
        text: String,
        note: Option<(Span, String)>,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_at: Span,
    pub value: Node,
}

/// Deeper than this is no dialogue: six groups inside one another and their conditions stay well below.
const MAX_DEPTH: usize = 32;

/// So many entries are looked through faster than they are counted.
const FEW: usize = 16;

/// Where the parser gave up.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    pub line: u32,
    pub column: u32,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// YAML cannot read on.
    Syntax,
    /// `&`, `*` or `!` before a text: YAML means something by it, authors never do.
    Sign,
    TooDeep,
    SecondDocument,
}

impl Node {
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            Value::Text { .. } | Value::Map(_) => None,
        }
    }
    pub fn map(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Text { .. } | Value::List(_) => None,
        }
    }
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Text { text, .. } => text.trim().is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }
    /// Where the first of what stands in it begins.
    pub fn first(&self) -> Span {
        self.map().and_then(|m| m.first()).map_or(self.at, |e| e.key_at)
    }
    /// Where the last of what stands in it ends.
    pub fn last(&self) -> Span {
        match &self.value {
            Value::Text { .. } => self.at,
            Value::List(items) => items.last().map_or(self.at, Node::last),
            Value::Map(entries) => entries.last().map_or(self.at, |e| e.value.last()),
        }
    }
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|e| e.key == key).map(|e| &e.value)
    }
}

/// The one document in `source`, and what is wrong with its form although it could be read.
pub fn read(source: &str) -> Result<(Node, Vec<Problem>), Broken> {
    let lines: Vec<&str> = source.lines().collect();
    let mut builder = Builder { lines: &lines, problems: Vec::new(), open: Vec::new(), root: None };
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(|e| Broken {
            line: e.marker().line() as u32,
            column: e.marker().col() as u32 + 1,
            why: Why::Syntax,
        })?;
        builder.take(event, place(&span)).map_err(|why| Broken {
            line: span.start.line() as u32,
            column: span.start.col() as u32 + 1,
            why,
        })?;
    }
    let nothing = Node { at: Span::on_line(1, 1, 1), value: Value::Map(Vec::new()) };
    Ok((builder.root.unwrap_or(nothing), builder.problems))
}

fn place(span: &saphyr_parser::Span) -> Span {
    Span {
        line: span.start.line() as u32,
        column: span.start.col() as u32 + 1,
        end_line: span.end.line() as u32,
        end_column: span.end.col() as u32 + 1,
    }
}

enum Open {
    List(Span, Vec<Node>),
    /// With the keys so far and their places, once they are more than a few, and the key whose value comes next.
    Map(Span, Vec<Entry>, FxHashMap<String, Span>, Option<(String, Span)>),
}

struct Builder<'s> {
    lines: &'s [&'s str],
    problems: Vec<Problem>,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: Span) -> Result<(), Why> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if anchor != 0 || tag.is_some() {
                    return Err(Why::Sign);
                }
                let node = self.scalar(text, style, at);
                self.put(node);
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if anchor != 0 || tag.is_some() =>
            {
                return Err(Why::Sign);
            }
            Event::SequenceStart(..) => self.enter(Open::List(at, Vec::new()))?,
            Event::MappingStart(..) => self.enter(Open::Map(at, Vec::new(), FxHashMap::default(), None))?,
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Alias(_) => return Err(Why::Sign),
            Event::DocumentStart(_) if self.root.is_some() => return Err(Why::SecondDocument),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn enter(&mut self, open: Open) -> Result<(), Why> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Why::TooDeep);
        }
        self.open.push(open);
        Ok(())
    }

    fn leave(&mut self) {
        let node = match self.open.pop() {
            Some(Open::List(at, items)) => Node { at, value: Value::List(items) },
            Some(Open::Map(at, entries, ..)) => Node { at, value: Value::Map(entries) },
            None => return,
        };
        self.put(node);
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, seen, key)) => match key.take() {
                None => {
                    // A list or map as a key is no key that we know; its place is enough for the message.
                    let text = node.text().unwrap_or("?").trim().to_owned();
                    *key = Some((text, node.at));
                }
                Some((name, key_at)) => {
                    let first = match entries.len() {
                        0..FEW => entries.iter().find(|e| e.key == name).map(|e| e.key_at),
                        _ => seen.get(&name).copied(),
                    };
                    if let Some(first) = first {
                        self.problems.push(written_twice(&name, key_at, first));
                        return;
                    }
                    entries.push(Entry { key: name, key_at, value: node });
                    let fresh: &[Entry] = match entries.len() {
                        0..FEW => &[],
                        FEW => entries.as_slice(),
                        more => &entries[more - 1..],
                    };
                    seen.extend(fresh.iter().map(|e| (e.key.clone(), e.key_at)));
                }
            },
        }
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, mut at: Span) -> Node {
        let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let plain = style == ScalarStyle::Plain;
        // The parser writes `~` where nothing stands.
        let empty = plain && (at.line, at.column) == (at.end_line, at.end_column);
        let text = if empty { String::new() } else { composed(text) };
        // Where nothing stands, a `#` with a blank after it is a note on purpose; without, it was meant as words.
        let note = self.note_after(&at).filter(|(_, note)| plain && (!empty || !note.starts_with("# ")));
        if quoted {
            at = self.closing_quote(at);
        }
        Node { at, value: Value::Text { text, note } }
    }

    fn note_after(&self, at: &Span) -> Option<(Span, String)> {
        let line = self.lines.get(at.end_line as usize - 1).filter(|line| line.contains('#'))?;
        let rest: Vec<char> = line.chars().skip(at.end_column as usize - 1).collect();
        // Where nothing stands, the place is that of the colon before it.
        let blank = rest.iter().take_while(|c| c.is_whitespace() || **c == ':').count();
        (rest.get(blank) == Some(&'#')).then(|| {
            let place = Span::on_line(at.end_line, at.end_column + blank as u32, (rest.len() - blank) as u32);
            (place, rest[blank..].iter().collect::<String>().trim_end().to_owned())
        })
    }

    // A quoted scalar's end swallows trailing blanks and a comment: the real end is its last quotation mark.
    fn closing_quote(&self, at: Span) -> Span {
        let Some(line) = self.lines.get(at.line as usize - 1) else { return at };
        let quote = line.chars().nth(at.column as usize - 1);
        if at.end_line != at.line {
            return at;
        }
        let end = line
            .chars()
            .enumerate()
            .take((at.end_column as usize).saturating_sub(1))
            .filter(|(n, c)| *n >= at.column as usize && Some(*c) == quote)
            .map(|(n, _)| n as u32 + 2)
            .last();
        Span { end_column: end.unwrap_or(at.end_column), ..at }
    }
}

// In one form for letters that have two; nearly all texts have it already.
fn composed(text: Cow<'_, str>) -> String {
    match text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => text.into_owned(),
        false => text.nfc().collect(),
    }
}

fn written_twice(key: &str, at: Span, first: Span) -> Problem {
    Problem::error(
        "Y107",
        at,
        both(format!("`{key}` er skrevet to gange"), format!("`{key}` is written twice")),
    )
    .also(first, both("første gang her", "first here"))
    .label(both("og igen her", "and again here"))
    .why(both(
        "kun det ene kan gælde, og det andet ville gå tabt",
        "only one of them can count; the other would be lost",
    ))
    .mend(match Language::parse(key).filter(|l| l.tag() == key && key.len() == 2) {
        Some(_) => {
            let other = if key == "en" { "da" } else { "en" };
            both(
                format!("er den ene på et andet sprog, så skriv det foran, fx `{other}:`; ellers behold den ene"),
                format!("if one is in another language, write that before it, such as `{other}:`; else keep one of them"),
            )
        }
        None => both("behold den ene af de to linjer", "keep one of the two lines"),
    })
}
