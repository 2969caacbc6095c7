//! Words as the citizen reads them: earlier answers put in, numbers and lists in the language's way.

use super::lines::{Arg, lines};
use super::media;
use super::message::Text;
use super::reading::contact;
use super::session::{Outcome, Session, Value};
use crate::script::{AnswerType, Language, Piece, Question, Script, Template, Words};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

/// A citizen's own words are cut here when they are said back.
const MAX_PIPED: usize = 200;

/// `words` in the session's language, answers put in.
pub fn said(words: &Words, script: &Script, session: &Session) -> Text {
    filled(words.to(session.language), script, session)
}

fn filled(template: &Template, script: &Script, session: &Session) -> Text {
    let mut text = Text::default();
    for piece in template.pieces() {
        match piece {
            Piece::Text { text: words, style } => text.push(words, *style),
            Piece::Answer { question, fallback, style } => {
                let answer = script.question(question).zip(session.outcome(question));
                let year = year_at(session.started_at, script);
                let words = answer.and_then(|(q, o)| outcome_in(q, o, session.language, Some(year)));
                text.push(words.as_deref().or(fallback.as_deref()).unwrap_or_default(), *style);
            }
        }
    }
    text
}

/// The year in which the institution is at a moment.
pub fn year_at(now: Timestamp, script: &Script) -> i16 {
    now.to_zoned(script.institution().timezone.clone()).year()
}

/// An answer in the citizen's language: labels of options, own words beside them. `None` where there is none.
pub fn outcome(question: &Question, outcome: &Outcome, language: Language) -> Option<String> {
    outcome_in(question, outcome, language, None)
}

/// As [`outcome`]; of a day in `year`, the year goes without saying. Addresses are masked.
pub fn outcome_in(
    question: &Question,
    outcome: &Outcome,
    language: Language,
    year: Option<i16>,
) -> Option<String> {
    let Outcome::Given { value, other } = outcome else { return None };
    let label = |code: &String| match (question.answer.options().and_then(|o| o.find(code)), other) {
        (Some(option), Some(words)) if option.other => cut(words),
        (Some(option), _) => option.label.plain(language),
        (None, _) => code.clone(),
    };
    Some(match value {
        Value::Code(code) => label(code),
        Value::Codes(codes) | Value::Ranked(codes) => {
            list(&codes.iter().map(label).collect::<Vec<_>>(), language)
        }
        Value::Number(number) => match &question.answer {
            AnswerType::Scale { labels, .. } => {
                let named = labels.iter().find(|(n, _)| Decimal::from(*n) == *number);
                named.map_or(decimal(*number, language), |(n, words)| {
                    format!("{n} ({})", words.plain(language))
                })
            }
            _ => decimal(*number, language),
        },
        Value::Place { point, .. } => point.to_string(),
        Value::Media(list) => media::said(list, language),
        Value::Text(address) if question.answer.is_contact() => contact::masked(address),
        Value::Text(text) => cut(text),
        Value::Voted => return None,
        Value::Date(date) => day(*date, language, year == Some(date.year())),
        Value::Time(time) => clock(*time, language),
    })
}

/// An answer as it is shown back to who gave it: as [`outcome_in`], and a ranking with its places.
pub fn shown_back(
    question: &Question,
    outcome: &Outcome,
    language: Language,
    year: Option<i16>,
) -> Option<String> {
    let Outcome::Given { value: Value::Ranked(codes), .. } = outcome else {
        return outcome_in(question, outcome, language, year);
    };
    let label = |code: &String| question.answer.options()?.find(code).map(|o| o.label.plain(language));
    let placed = (1..).zip(codes).map(|(n, code)| format!("{n}. {}", label(code).as_ref().unwrap_or(code)));
    Some(placed.collect::<Vec<_>>().join(", "))
}

/// `a, b og c`.
pub fn list(items: &[String], language: Language) -> String {
    let Some((first, rest)) = items.split_first() else { return String::new() };
    let joined = |line, list: &str, item: &str| {
        lines(language).with(line, &[("list", Arg::Text(list)), ("item", Arg::Text(item))])
    };
    let Some((last, middle)) = rest.split_last() else { return first.clone() };
    let most = middle.iter().fold(first.clone(), |list, item| joined("list-more", &list, item));
    joined("list-last", &most, last)
}

fn decimal(number: Decimal, language: Language) -> String {
    number.normalize().to_string().replace('.', &lines(language).get("decimal-sign"))
}

/// `lørdag 7. marts`, `Saturday 7 March`, with the year unless it goes without saying.
pub fn day(day: Date, language: Language, this_year: bool) -> String {
    let line = if this_year { "day-this-year" } else { "day" };
    let weekday = day.weekday().to_monday_zero_offset() as usize;
    dated(line, day, language, nth(&lines(language).get("weekdays"), weekday))
}

/// `14.30`, `14:30`.
pub fn clock(time: Time, language: Language) -> String {
    let two = |n: i8| format!("{n:02}");
    let (hour, minute) = (two(time.hour()), two(time.minute()));
    lines(language).with("time", &[("hour", Arg::Text(&hour)), ("minute", Arg::Text(&minute))])
}

/// `1. maj 2028`, `1 May 2028`.
pub fn date(date: Date, language: Language) -> String {
    dated("date", date, language, "")
}

fn dated(line: &str, date: Date, language: Language, weekday: &str) -> String {
    let l = lines(language);
    let months = l.get("months");
    let values = [
        ("weekday", Arg::Text(weekday)),
        ("day", Arg::Number(date.day().into())),
        ("month", Arg::Text(nth(&months, date.month() as usize - 1))),
        ("year", Arg::Number(date.year().into())),
    ];
    l.with(line, &values)
}

// Of words in a row.
fn nth(words: &str, n: usize) -> &str {
    words.split_whitespace().nth(n).unwrap_or_default()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_PIPED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is kept of typed text: no control signs but line breaks, no outer blanks; nothing where nothing can be seen. Marks of
/// writing direction stay.
pub fn clean(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() || c == '\u{feff}' => None,
            c => Some(c),
        })
        .collect();
    match kept.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        true => String::new(),
        false => kept.trim().to_owned(),
    }
}

// Zero-width signs, marks of writing direction, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}')
}
