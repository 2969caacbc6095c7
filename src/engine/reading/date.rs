//! A day of the calendar, as people write it: day before month, the next such day where the year is left out.

use super::number::in_words;
use super::tokens::{Kind, tokens};
use super::vocabulary::{Vocabulary, vocabularies};
use crate::script::Language;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// Which way a day without a year, or a weekday alone, is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    Coming,
    /// For questions about what has been.
    Past,
}

/// The day that is meant: `12. marts`, `d. 12/3`, `2026-03-12`, `på lørdag`, `i overmorgen`, `March 12th`, `om 14 dage`.
/// Nothing for a day that no calendar has, or one whose weekday does not fit.
pub fn date(typed: &str, language: Language, today: Date, toward: Toward) -> Option<Date> {
    vocabularies(language).find_map(|v| {
        let items = items(typed, v)?;
        let toward = if items.contains(&Item::Ahead) { Toward::Coming } else { toward };
        Reader { today, toward }.read(&items)
    })
}

/// Whether it was written as the standard has it, `2026-03-12`: nobody can mean another day.
pub fn is_exact(typed: &str) -> bool {
    typed.len() == 10 && typed.parse::<Date>().is_ok()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    /// In digits, and how many.
    Number(u32, usize),
    /// In words, or `anden`.
    Count(u32),
    Ordinal(u32),
    /// 1 to 12.
    Month(i8),
    /// 0 is Monday.
    Weekday(i8),
    /// The latest such day: `i lørdags`.
    PastWeekday(i8),
    /// Days from today.
    Shift(i32),
    Next,
    Last,
    In,
    Ago,
    Days,
    Weeks,
    Months,
    Holiday(i8, i8),
    /// `den 12.`
    The,
    /// `på lørdag`, which never means one that has been.
    Ahead,
    Comma,
}

const SHIFTS: [(&str, i32); 5] =
    [("today", 0), ("tomorrow", 1), ("overmorrow", 2), ("yesterday", -1), ("foreyesterday", -2)];

// `None` where something else is said than a day.
fn items(typed: &str, v: &Vocabulary) -> Option<Vec<Item>> {
    let tokens = tokens(typed);
    if tokens.len() > 16 {
        return None;
    }
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|t| match &t.kind {
            Kind::Word(word) => Some(word.as_str()),
            Kind::Digits(_) | Kind::Part(_) | Kind::Sign(_) => None,
        })
        .collect();
    let phrase = words.join(" ");
    let all_words = tokens.iter().all(|t| !matches!(t.kind, Kind::Digits(_) | Kind::Part(_)));
    if all_words && let Some(item) = whole(&phrase, v) {
        return Some(vec![item]);
    }
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let glued = tokens.get(at + 1).is_some_and(|t| !t.gap);
        match &tokens[at].kind {
            Kind::Digits(digits) if digits.len() <= 8 => {
                items.push(Item::Number(digits.parse().ok()?, digits.len()));
                // `12th`, `12te`
                let suffix = tokens.get(at + 1).map(|t| &t.kind);
                if glued
                    && matches!(suffix, Some(Kind::Word(w)) if matches!(w.as_str(), "st" | "nd" | "rd" | "th" | "te" | "de"))
                {
                    at += 1;
                }
            }
            Kind::Digits(_) | Kind::Part(_) => return None,
            Kind::Word(word) => {
                let pair = match tokens.get(at + 1).map(|t| &t.kind) {
                    Some(Kind::Word(next)) => Some(format!("{word} {next}")),
                    _ => None,
                };
                if let Some(item) = pair.and_then(|p| whole(&p, v)) {
                    items.push(item);
                    at += 2;
                    continue;
                }
                items.extend(word_item(word, v)?);
            }
            Kind::Sign(',') => items.push(Item::Comma),
            Kind::Sign('.' | '/' | '-' | '!' | '(' | ')' | '"') => {}
            Kind::Sign(_) => return None,
        }
        at += 1;
    }
    Some(items)
}

// `i morgen`, `juleaften`
fn whole(phrase: &str, v: &Vocabulary) -> Option<Item> {
    if let Some((_, days)) = SHIFTS.iter().find(|(list, _)| v.has(list, phrase)) {
        return Some(Item::Shift(*days));
    }
    v.holiday(phrase).map(|(day, month)| Item::Holiday(day, month))
}

// `None`: the word is not known. Some words say nothing: no item.
fn word_item(word: &str, v: &Vocabulary) -> Option<Option<Item>> {
    if let Some(item) = whole(word, v) {
        return Some(Some(item));
    }
    let place = |list: &str| v.place(list, word);
    let item = match () {
        () if place("months").is_some() => Item::Month(place("months")? as i8 + 1),
        () if place("weekdays").is_some() => Item::Weekday(place("weekdays")? as i8),
        () if place("past-weekdays").is_some() => Item::PastWeekday(place("past-weekdays")? as i8),
        () if v.has("next", word) => Item::Next,
        () if v.has("last", word) => Item::Last,
        () if v.has("in", word) => Item::In,
        () if v.has("ago", word) => Item::Ago,
        () if v.has("days", word) => Item::Days,
        () if v.has("weeks", word) => Item::Weeks,
        () if v.has("months-long", word) => Item::Months,
        () if matches!(word, "d" | "den" | "the") => Item::The,
        () if v.has("coming", word) => Item::Ahead,
        () if v.has("date-words", word) || v.has("ago-lead", word) => return Some(None),
        () if place("ordinals").is_some() => Item::Ordinal(place("ordinals")? as u32 + 1),
        () if v.has("article-words", word) => Item::Count(1),
        () => Item::Count(in_words(&[word], v)?),
    };
    Some(Some(item))
}

struct Reader {
    today: Date,
    toward: Toward,
}

impl Reader {
    fn read(&self, items: &[Item]) -> Option<Date> {
        use Item::*;
        let the = items.contains(&The);
        let items: Vec<Item> = items.iter().copied().filter(|i| !matches!(i, The | Ahead)).collect();
        // `lørdag, den 7. marts`: the weekday must be that of the day.
        if let [Weekday(day), rest @ ..] | [Next, Weekday(day), rest @ ..] = items.as_slice() {
            let rest = if let [Comma, rest @ ..] = rest { rest } else { rest };
            if let Some(date) = self.calendar(rest, true) {
                return (date.weekday().to_monday_zero_offset() == *day).then_some(date);
            }
        }
        if let [rest @ .., Weekday(day)] = items.as_slice()
            && let Some(date) = self.calendar(rest, false)
        {
            return (date.weekday().to_monday_zero_offset() == *day).then_some(date);
        }
        self.calendar(&items, the).or_else(|| self.relative(&items))
    }

    // A day by its numbers. With `the`, the day of the month is enough.
    fn calendar(&self, items: &[Item], the: bool) -> Option<Date> {
        use Item::*;
        match *items {
            [Number(y, 4), Number(m, 1..=2), Number(d, 1..=2)] => day(y, m, d),
            [Number(d, 1..=2), Number(m, 1..=2)] => self.yearless(m, d),
            [Number(d, 1..=2), Number(m, 1..=2), Number(y, n @ (2 | 4))] => day(self.year(y, n), m, d),
            [Number(n, 8)] => day(n / 10_000, n / 100 % 100, n % 100)
                .filter(|d| (1900..2100).contains(&d.year()))
                .or_else(|| day(n % 10_000, n / 10_000 % 100, n / 1_000_000)),
            [Number(d, 1..=2) | Ordinal(d), Month(m)] | [Month(m), Number(d, 1..=2) | Ordinal(d)] => {
                self.yearless(m as u32, d)
            }
            [Count(t), Ordinal(d), Month(m)] | [Month(m), Count(t), Ordinal(d)] => {
                self.yearless(m as u32, tens(t, d)?)
            }
            [Number(d, 1..=2) | Ordinal(d), Month(m), Number(y, n @ (2 | 4))]
            | [Number(d, 1..=2) | Ordinal(d), Month(m), Comma, Number(y, n @ (2 | 4))]
            | [Month(m), Number(d, 1..=2) | Ordinal(d), Number(y, n @ (2 | 4))]
            | [Month(m), Number(d, 1..=2) | Ordinal(d), Comma, Number(y, n @ (2 | 4))] => {
                day(self.year(y, n), m as u32, d)
            }
            [Holiday(d, m)] => self.yearless(m as u32, d as u32),
            [Number(d, 1..=2) | Ordinal(d)] if the => self.monthless(d),
            [Count(t), Ordinal(d)] if the => self.monthless(tens(t, d)?),
            _ => None,
        }
    }

    // A day by its distance from today.
    fn relative(&self, items: &[Item]) -> Option<Date> {
        use Item::*;
        let shift = |span: Span| self.today.checked_add(span).ok();
        match *items {
            [Shift(days)] => shift(days.days()),
            [Shift(days), Weekday(w)]
            | [Weekday(w), Shift(days)]
            | [Shift(days), Comma, Weekday(w)]
            | [Weekday(w), Comma, Shift(days)] => {
                shift(days.days()).filter(|d| d.weekday().to_monday_zero_offset() == w)
            }
            [Weekday(w)] if self.toward == Toward::Past => Some(self.latest(w)),
            [Weekday(w)] => Some(self.coming(w)),
            [PastWeekday(w)] | [Last, Weekday(w)] | [Weekday(w), Last] => Some(self.latest(w)),
            [Next, Weekday(w)]
            | [Weekday(w), Next, Weeks]
            | [Next, Weeks, Weekday(w)]
            | [Weekday(w), Next] => self.next_week(w),
            [Weekday(w), In, Number(n, _) | Count(n), Weeks] => {
                self.coming(w).checked_add(i64::from(n.min(520)).weeks()).ok()
            }
            [In, Number(n, _) | Count(n), unit] => shift(span(n, unit)?),
            [Number(n, _) | Count(n), unit, Ago] => shift(span(n, unit)?.negate()),
            _ => None,
        }
    }

    // The day of this year, or the nearest one the way that is looked.
    fn yearless(&self, month: u32, d: u32) -> Option<Date> {
        let this = i32::from(self.today.year());
        let all = (this - 8..=this + 8).filter_map(|y| day(y as u32, month, d));
        match self.toward {
            Toward::Coming => all.filter(|d| *d >= self.today).min(),
            Toward::Past => all.filter(|d| *d <= self.today).max(),
        }
    }

    fn monthless(&self, d: u32) -> Option<Date> {
        let first = self.today.first_of_month();
        let months = (-2..=2i32).filter_map(|n| first.checked_add(n.months()).ok());
        let all = months.filter_map(|m| day(m.year() as u32, m.month() as u32, d));
        match self.toward {
            Toward::Coming => all.filter(|d| *d >= self.today).min(),
            Toward::Past => all.filter(|d| *d <= self.today).max(),
        }
    }

    // Two digits: not more than ten years ahead.
    fn year(&self, y: u32, digits: usize) -> u32 {
        let this = self.today.year() as u32;
        match digits {
            4 => y,
            _ if 2000 + y <= this + 10 => 2000 + y,
            _ => 1900 + y,
        }
    }

    // Today itself is `i dag`, so the day lies ahead.
    fn coming(&self, weekday: i8) -> Date {
        let ahead = i32::from((weekday - self.today.weekday().to_monday_zero_offset()).rem_euclid(7));
        self.today.saturating_add(if ahead == 0 { 7 } else { ahead }.days())
    }

    fn latest(&self, weekday: i8) -> Date {
        let behind = i32::from((self.today.weekday().to_monday_zero_offset() - weekday).rem_euclid(7));
        self.today.saturating_sub(if behind == 0 { 7 } else { behind }.days())
    }

    // `næste lørdag` is that of next week, which begins on Monday.
    fn next_week(&self, weekday: i8) -> Option<Date> {
        let back = i32::from(self.today.weekday().to_monday_zero_offset());
        self.today.checked_add((7 - back + i32::from(weekday)).days()).ok()
    }
}

fn tens(tens: u32, unit: u32) -> Option<u32> {
    (matches!(tens, 20 | 30) && unit < 10).then_some(tens + unit)
}

fn span(n: u32, unit: Item) -> Option<Span> {
    let n = i64::from(n.min(3650));
    match unit {
        Item::Days => Some(n.days()),
        Item::Weeks => Some(n.weeks()),
        Item::Months => Some(n.months()),
        _ => None,
    }
}

fn day(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
        .ok()
        .filter(|d| d.year() > 1000)
}
