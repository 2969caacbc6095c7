//! Reads keys and plain values of a file, and says what is wrong with them in the author's words.

use super::attempt::{quote, quoted};
use super::condition::Day;
use super::days::{date_meant, day, duration, time};
use super::illustration::MediaFile;
use super::languages::{counted, language_not_offered, missing_language, read_in_another};
use super::model::Institution;
use super::problem::{Both, Problem, Span, both};
use super::slip;
use super::suggest::{suggest, unknown_key};
use super::tree::{Entry, Node, Value};
use super::values::{LONG_TEXT, MAX_TEXT, empty_text, needs_lines, needs_text, too_long};
pub use super::values::{not_yet, wrong_value};
use super::words::{Language, Piece, Template, Words};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// A file with so many problems is told as it is.
const MAX_PROBLEMS: usize = 300;
/// Collects problems while a file is read.
#[derive(Debug, Default)]
pub struct Reader {
    pub problems: Vec<Problem>,
    pub languages: Vec<Language>,
    /// The lines of the file, as they were read.
    pub lines: Vec<String>,
    /// `${name}` and its place, in every text that citizens meet.
    pub pipes: Vec<(String, Span)>,
    /// The line of `languages`, 0 where it has none.
    pub languages_line: u32,
    /// Questions and sections that were left out because of a mistake that is told already.
    pub spoiled: Vec<String>,
    /// The file is a part: it knows nothing but itself.
    pub inside_part: bool,
    /// The text was published once: a part of it with mistakes is used as long as it is whole.
    pub is_kept: bool,
    /// Problems of the parts that are used, as they are told there.
    pub elsewhere: Vec<Problem>,
    /// The institution's folder, and the files that it may show; `None` where nobody has looked.
    pub folder: String,
    pub media: Option<Arc<[MediaFile]>>,
    /// `languages` itself cannot be trusted: what is missing or too much in texts is not told.
    pub languages_unclear: bool,
    /// Channels that some step has words of its own for.
    pub channels: Vec<&'static str>,
    /// Texts that citizens meet, and those that lack a language.
    texts: usize,
    missing: Vec<(Language, Problem)>,
    /// Texts in a language that the dialogue is not offered in.
    too_many: Vec<(Language, Problem)>,
}

impl Reader {
    /// A reader of the file with these lines, which has found `problems` already.
    pub fn of(source: &str, problems: Vec<Problem>) -> Reader {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        Reader { problems, lines: source.lines().map(str::to_owned).collect(), ..Reader::default() }
    }

    /// Knows what lies in the institution's folder.
    pub fn beside(self, institution: &Institution) -> Reader {
        Reader { folder: institution.folder.clone(), media: institution.media.clone(), ..self }
    }

    /// More than anybody mends before the next look are not kept.
    pub fn report(&mut self, problem: Problem) {
        if !self.is_full() {
            self.problems.push(problem);
        }
    }

    /// Whether a name was left out because of a mistake that is told already; one that ends in `.` stands for all behind it.
    pub fn is_spoiled(&self, name: &str) -> bool {
        self.spoiled.iter().any(|s| s == name || (s.ends_with('.') && name.starts_with(s.as_str())))
    }

    /// Whether there is more to tell already than anybody reads.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS
    }

    /// The entries of a map. Keys that are not in `known` are reported; with `worded`, language tags are known too.
    pub fn entries<'n>(&mut self, node: &'n Node, known: &[&str], worded: bool) -> &'n [Entry] {
        self.entries_but(node, known, &[], worded)
    }

    /// As [`Reader::entries`], with keys that the language has and this version does not do yet.
    pub fn entries_but<'n>(
        &mut self,
        node: &'n Node,
        known: &[&str],
        later: &[&str],
        worded: bool,
    ) -> &'n [Entry] {
        let Some(entries) = node.map() else {
            if !node.is_empty() {
                self.report(needs_lines(node.at));
            }
            return &[];
        };
        for entry in entries {
            if self.is_full() {
                break;
            }
            if later.contains(&entry.key.as_str()) {
                self.report(not_yet(entry.key_at, &entry.key));
                continue;
            }
            if known.contains(&entry.key.as_str()) {
                continue;
            }
            let tag = Language::parse(&entry.key).filter(|l| l.tag() == entry.key);
            if worded && tag.is_some_and(|l| self.languages.contains(&l)) {
                continue;
            }
            match tag {
                Some(language) if worded && language.own_name() != language.tag() => {
                    self.too_many.push((language, language_not_offered(entry)));
                }
                _ if worded && self.cut_by_a_comma(entries, entry) => {}
                _ if worded => {
                    let tags = self.languages.iter().map(Language::tag);
                    let known: Vec<&str> = known.iter().copied().chain(tags).collect();
                    let problem = unknown_key(entry, &known);
                    self.report(problem);
                }
                _ => self.report(unknown_key(entry, known)),
            }
        }
        entries
    }

    // `{da: Hej, hvornår kommer du?}`: the second half became a name of its own with nothing behind it.
    fn cut_by_a_comma(&mut self, entries: &[Entry], entry: &Entry) -> bool {
        let before = entries.iter().take_while(|e| e.key_at != entry.key_at).last();
        let Some(before) = before.filter(|b| b.value.at.end_line == entry.key_at.line) else { return false };
        if !entry.value.is_empty() || before.value.text().is_none() {
            return false;
        }
        let (from, to) = (before.value.at, entry.key_at);
        let whole = Span { end_line: to.end_line, end_column: to.end_column, ..from };
        let text = self.source(whole);
        let comma = Span::on_line(from.end_line, from.end_column, 1);
        let problem = slip::comma(comma, &entry.key);
        self.report(if text.is_empty() { problem } else { problem.fix(whole, quote(&text)) });
        true
    }

    /// What stands in the file at a place on one line; empty for several lines.
    pub fn source(&self, at: Span) -> String {
        let line = (at.line as usize).checked_sub(1).and_then(|n| self.lines.get(n));
        let Some(line) = line.filter(|_| at.line == at.end_line) else { return String::new() };
        let length = at.end_column.saturating_sub(at.column) as usize;
        line.chars().skip(at.column as usize - 1).take(length).collect()
    }

    /// Tells what is only known at the end: how many texts lack a language, and how many have one too many.
    pub fn finish(&mut self) {
        let (missing, too_many) = (std::mem::take(&mut self.missing), std::mem::take(&mut self.too_many));
        if self.languages_unclear {
            return;
        }
        for (language, problem) in &missing {
            let count = missing.iter().filter(|(l, _)| l == language).count();
            self.problems.push(counted(problem.clone(), count, self.texts, *language, self.languages_line));
        }
        let mut told: Vec<Language> = Vec::new();
        for (language, problem) in &too_many {
            if told.contains(language) {
                continue;
            }
            told.push(*language);
            let others = too_many.iter().filter(|(l, _)| l == language).count() - 1;
            self.problems.push(match others {
                0 => problem.clone(),
                n => problem
                    .clone()
                    .label(both(format!("og {n} steder til"), format!("and in {n} more places"))),
            });
        }
    }

    /// A text for citizens: plain, or one per language. A language that is missing is reported.
    pub fn words(&mut self, node: &Node, subject: &Both) -> Words {
        match &node.value {
            Value::Text { note: Some((note, words)), .. } if node.is_empty() => {
                self.report(slip::all_after_hash(*note).fix(*note, quote(words)));
                Words::default()
            }
            Value::Text { .. } if node.is_empty() => {
                self.report(empty_text(node.at, subject));
                Words::default()
            }
            Value::Text { text, .. } => {
                if self.tag_without_a_blank(node, text) {
                    return Words::default();
                }
                self.lost_words(node);
                let first = self.languages.first().copied().unwrap_or(Language::DANISH);
                self.hard_to_read(first, node);
                self.missing_beside(node, first, subject);
                Words(vec![(first, template(text))])
            }
            Value::Map(entries) => {
                self.entries(node, &[], true);
                let at = entries.first().map_or(node.at, |e| e.key_at);
                self.worded(entries, at, subject)
            }
            Value::List(_) => {
                self.report(needs_text(node.at));
                Words::default()
            }
        }
    }

    // `da:Hej`: without a blank the tag is part of the words.
    fn tag_without_a_blank(&mut self, node: &Node, text: &str) -> bool {
        let Some((tag, rest)) = text.split_once(':') else { return false };
        let length = tag.len() as u32;
        let typed = self.source(Span::on_line(node.at.line, node.at.column, length));
        let is_tag = self.languages.iter().any(|l| l.tag() == tag);
        if !is_tag || typed != tag || rest.starts_with(' ') {
            return false;
        }
        let colon = Span::on_line(node.at.line, node.at.column + length, 1);
        let problem = slip::no_blank_after_colon(colon, tag);
        self.report(if node.at.line == node.at.end_line { problem.fix(colon, ": ") } else { problem });
        true
    }

    /// The texts among `entries`: those whose key is one of the dialogue's languages.
    pub fn worded(&mut self, entries: &[Entry], at: Span, subject: &Both) -> Words {
        let mut words = Words::default();
        for n in 0..self.languages.len() {
            let language = self.languages[n];
            let Some(entry) = entries.iter().find(|e| e.key == language.tag()) else { continue };
            match entry.value.text() {
                Some(text) if !text.trim().is_empty() => {
                    self.hard_to_read(language, &entry.value);
                    self.lost_words(&entry.value);
                    words.0.push((language, template(text)));
                }
                Some(_) => match &entry.value.value {
                    Value::Text { note: Some((note, words)), .. } => {
                        self.report(slip::all_after_hash(*note).fix(*note, quote(words)));
                    }
                    _ => self.report(empty_text(entry.key_at, subject)),
                },
                None => self.report(needs_text(entry.value.at)),
            }
        }
        self.not_translated(entries);
        // A tag with a slip in it is told where it stands.
        let offered: Vec<&str> = self.languages.iter().map(Language::tag).collect();
        let tag = |key: &str| match offered.contains(&key) {
            true => Language::parse(key),
            false => suggest(key, offered.iter().copied()).and_then(Language::parse),
        };
        let tags = || entries.iter().filter_map(|e| Some((tag(&e.key)?, e.value.at)));
        if words.0.is_empty() && tags().next().is_none() {
            self.report(empty_text(at, subject));
        } else {
            self.missing_languages(&tags().collect::<Vec<_>>(), at, subject);
        }
        words
    }

    /// A text for staff: one language is enough.
    pub fn staff_words(&mut self, node: &Node) -> Words {
        match &node.value {
            Value::Text { text, .. } => {
                self.lost_words(node);
                let first = self.languages.first().copied().unwrap_or(Language::DANISH);
                Words(vec![(first, plain(text))])
            }
            Value::Map(entries) => {
                self.entries(node, &[], true);
                let texts = entries.iter().filter_map(|e| Some((Language::parse(&e.key)?, e.value.text()?)));
                Words(texts.map(|(l, t)| (l, plain(t))).collect())
            }
            Value::List(_) => {
                self.report(needs_text(node.at));
                Words::default()
            }
        }
    }

    /// T301 as a warning: of a text for staff that citizens read as well.
    pub fn read_by_citizens(&mut self, node: &Node, words: &Words, subject: &Both) {
        let written: Vec<Language> = words.languages().map(|(l, _)| l).collect();
        let lines = node.text().and_then(|_| self.in_each_language(node));
        let at = node.first();
        let first = written.first().map(|l| (*l, at));
        let missing = self.languages.iter().filter(|l| !written.contains(l) && !self.languages_unclear);
        let missing: Vec<Problem> =
            missing.map(|l| read_in_another(at, subject, *l, first.as_ref(), lines.clone())).collect();
        for problem in missing {
            self.report(problem);
        }
    }

    // A text that stands without a language: the lines to write instead are shown.
    fn missing_beside(&mut self, node: &Node, first: Language, subject: &Both) {
        let from = self.missing.len();
        self.missing_languages(&[(first, node.at)], node.at, subject);
        let Some(lines) = self.in_each_language(node) else { return };
        for (_, problem) in &mut self.missing[from..] {
            problem.mend = both(lines.clone(), lines.clone());
        }
    }

    /// The lines that say a text without a language in each of them, the others left open.
    pub fn in_each_language(&self, node: &Node) -> Option<String> {
        let line = self.lines.get((node.at.line as usize).checked_sub(1)?)?;
        let before: String = line.chars().take(node.at.column as usize - 1).collect();
        let name = before.trim();
        if name.contains(['{', '[']) || !name.ends_with([':', '-']) {
            return None;
        }
        let text = Some(self.source(node.at)).filter(|t| !t.is_empty()).unwrap_or_else(|| "…".to_owned());
        let texts = self.languages.iter().enumerate();
        let texts = texts.map(|(n, l)| format!("{l}: {}", if n == 0 { &text } else { "…" }));
        Some(match name {
            "-" => format!("- {}", texts.collect::<Vec<_>>().join("\n  ")),
            name => {
                let gap = if name.starts_with('-') { "\n    " } else { "\n  " };
                texts.fold(name.to_owned(), |lines, text| lines + gap + &text)
            }
        })
    }

    /// Tells each of the dialogue's languages that a text was not written in.
    pub fn missing_languages(&mut self, written: &[(Language, Span)], at: Span, subject: &Both) {
        self.texts += 1;
        for n in 0..self.languages.len() {
            let language = self.languages[n];
            if !written.iter().any(|(l, _)| *l == language) {
                self.missing.push((language, missing_language(at, subject, language, written.first())));
            }
        }
    }

    // YAML drops everything after ` #`: a citizen would read half a sentence. Notes where a name is put in.
    fn lost_words(&mut self, node: &Node) {
        self.measure(node);
        self.pipes_in(node);
        if let Value::Text { text, note: Some((note, words)) } = &node.value {
            self.lost_after_hash(node, text, *note, words);
        }
    }

    fn lost_after_hash(&mut self, node: &Node, kept: &str, note: Span, words: &str) {
        let problem = slip::lost_after_hash(note, kept);
        let whole = Span { end_column: note.end_column, ..node.at };
        self.report(match (node.at.line == note.line, quoted(&format!("{kept} {words}"))) {
            (true, (text, false)) => problem.fix(whole, text),
            (true, (text, true)) => problem.guess(whole, text),
            (false, _) => problem,
        });
    }

    fn pipes_in(&mut self, node: &Node) {
        for number in node.at.line..=node.at.end_line {
            let Some(line) = self.lines.get(number as usize - 1).filter(|l| l.contains("${")) else {
                continue;
            };
            let from = if number == node.at.line { node.at.column as usize - 1 } else { 0 };
            let text: String = line.chars().skip(from).collect();
            // Texts that are too long are told so; what stands in the rest of them is not looked at.
            for (n, _) in text.match_indices("${").take_while(|(n, _)| *n < MAX_TEXT * 4) {
                let Some(length) = text[n..].find('}') else { break };
                let name = text[n + 2..n + length].split('|').next().unwrap_or_default().trim();
                let column = (from + text[..n].chars().count()) as u32 + 1;
                let at = Span::on_line(number, column, text[n..=n + length].chars().count() as u32);
                self.pipes.push((name.nfc().collect(), at));
            }
        }
    }

    fn measure(&mut self, node: &Node) {
        let length = node.text().map_or(0, |t| t.chars().count());
        if length > LONG_TEXT {
            self.report(too_long(node.at, length));
        }
    }

    /// A text of any kind, for a key that staff or the service reads.
    pub fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.text();
        match &node.value {
            // A note has a blank behind its `#`; `#word` was meant.
            Value::Text { text, note: Some((note, words)) }
                if !words.starts_with("# ") && words.len() > 1 =>
            {
                self.lost_after_hash(node, text, *note, words);
            }
            Value::Text { .. } => {}
            Value::List(_) | Value::Map(_) => self.report(needs_text(node.at)),
        }
        text.map(str::trim).filter(|t| !t.is_empty())
    }

    /// One text or a list of them.
    pub fn texts<'n>(&mut self, node: &'n Node) -> Vec<(&'n str, Span)> {
        match &node.value {
            Value::Text { text, .. } => vec![(text.trim(), node.at)],
            Value::List(items) => items.iter().filter_map(|n| self.text(n).map(|t| (t, n.at))).collect(),
            Value::Map(_) => {
                self.report(needs_text(node.at));
                Vec::new()
            }
        }
    }

    pub fn boolean(&mut self, node: &Node) -> Option<bool> {
        let value = match node.text().map(|t| t.trim().to_lowercase()).as_deref() {
            Some("yes" | "ja" | "true") => Some(true),
            Some("no" | "nej" | "false") => Some(false),
            _ => None,
        };
        if value.is_none() {
            self.report(wrong_value(
                node.at,
                node.text().unwrap_or_default(),
                both("`yes` eller `no`", "`yes` or `no`"),
            ));
        }
        value
    }

    /// A value that `read` understands; else a problem that says what would be.
    pub fn value<T>(&mut self, node: &Node, expected: Both, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = node.text().and_then(|t| read(t.trim()));
        if value.is_none() {
            self.report(wrong_value(node.at, node.text().unwrap_or_default(), expected));
        }
        value
    }

    pub fn whole<T: std::str::FromStr>(&mut self, node: &Node) -> Option<T> {
        self.value(node, both("et helt tal", "a whole number"), |t| t.parse().ok())
    }

    pub fn date(&mut self, node: &Node) -> Option<Date> {
        let expected = both("en dato som 2027-03-31", "a date such as 2027-03-31");
        let text = node.text().unwrap_or_default().trim();
        match (text.parse().ok(), date_meant(text)) {
            (Some(date), _) => Some(date),
            (None, Some((date, sure))) => {
                let problem = wrong_value(node.at, text, expected);
                let problem = Problem { mend: Both::default(), ..problem };
                let text = date.to_string();
                self.report(if sure { problem.fix(node.at, text) } else { problem.guess(node.at, text) });
                None
            }
            (None, None) => self.value(node, expected, |_| None),
        }
    }

    /// A date, or a day counted from today.
    pub fn day(&mut self, node: &Node) -> Option<Day> {
        self.value(
            node,
            both(
                "en dato som 2027-03-31, `today` eller `in 7 days`",
                "a date such as 2027-03-31, `today` or `in 7 days`",
            ),
            day,
        )
    }

    pub fn clock(&mut self, node: &Node) -> Option<Time> {
        self.value(node, both("et klokkeslæt som 16:00", "a time such as 16:00"), time)
    }

    pub fn duration(&mut self, node: &Node) -> Option<SignedDuration> {
        self.value(
            node,
            both("et tidsrum som `24 hours` eller `7 days`", "a time span such as `24 hours` or `7 days`"),
            duration,
        )
    }

    pub fn hours(&mut self, node: &Node) -> Option<(Time, Time)> {
        self.value(node, both("klokkeslæt som 21:00-08:00", "times such as 21:00-08:00"), |t| {
            let (from, to) = t.split_once('-')?;
            Some((time(from)?, time(to)?))
        })
    }
}

fn template(text: &str) -> Template {
    let end = text.char_indices().nth(MAX_TEXT).map_or(text.len(), |(n, _)| n);
    Template::parse(&text[..end])
}

fn plain(text: &str) -> Template {
    Template(vec![Piece::Text { text: text.trim().to_owned(), style: Default::default() }])
}
