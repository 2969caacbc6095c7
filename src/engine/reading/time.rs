//! A time of day, as people write it: `kl. 14.30`, `halv tre`, `kvart i seks`, `half past two`, `3 pm`.

use super::number::in_words;
use super::tokens::{Kind, Token, tokens};
use super::vocabulary::{Vocabulary, vocabularies};
use crate::script::Language;
use jiff::civil::Time;

/// What was meant, and what it may have meant too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub time: Time,
    /// Twelve hours apart, where the hour may be of the morning or of the evening. Of the two, `time` is the one at which
    /// people are up: from 7 to 19.
    pub or: Option<Time>,
}

/// The one time that is meant; nothing where two are named, or none there is.
pub fn time(typed: &str, language: Language) -> Option<Clock> {
    let tokens = tokens(typed);
    if tokens.len() > 12 {
        return None;
    }
    vocabularies(language).find_map(|v| clock(&items(&tokens, v)?))
}

/// Whether it was written as the standard has it, `14:30`.
pub fn is_exact(typed: &str) -> bool {
    typed.len() == 5 && typed.parse::<Time>().is_ok()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    /// In digits, and how many.
    Number(u32, usize),
    Count(u32),
    /// Between hour and minutes: `14:30`, `14.30`, `14h30`.
    Colon,
    /// `halv tre` is half past two.
    HalfTo,
    /// `half past two`.
    Half,
    Quarter,
    Past,
    To,
    Morning,
    Afternoon,
    Night,
    Noon,
    Midnight,
}

fn items(tokens: &[Token], v: &Vocabulary) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let between = at > 0
            && matches!(tokens[at - 1].kind, Kind::Digits(_))
            && matches!(tokens.get(at + 1).map(|t| &t.kind), Some(Kind::Digits(_)));
        match &tokens[at].kind {
            Kind::Digits(digits) if digits.len() <= 4 => {
                items.push(Item::Number(digits.parse().ok()?, digits.len()));
            }
            Kind::Digits(_) | Kind::Part(_) => return None,
            Kind::Sign(':' | '.') if between => items.push(Item::Colon),
            Kind::Word(word) if word == "h" && between => items.push(Item::Colon),
            Kind::Word(word) if word == "h" || word == "u" => {}
            Kind::Word(word) => {
                let next = |n: usize| match tokens.get(at + n).map(|t| &t.kind) {
                    Some(Kind::Word(next)) => Some(next.as_str()),
                    _ => None,
                };
                // `ved middagstid`, `p.m.`
                if let Some(next) = next(1)
                    && let Some(item) = phrase(&format!("{word} {next}"), v)
                {
                    items.push(item);
                    at += 2;
                    continue;
                }
                if let ("a" | "p", Some(Kind::Sign('.'))) =
                    (word.as_str(), tokens.get(at + 1).map(|t| &t.kind))
                    && next(2) == Some("m")
                {
                    items.push(if word == "a" { Item::Morning } else { Item::Afternoon });
                    at += 3;
                    continue;
                }
                // `twenty-five`
                let dash = matches!(tokens.get(at + 1).map(|t| &t.kind), Some(Kind::Sign('-')));
                let length = if dash { 2 } else { 1 };
                if let Some(n) = next(length).and_then(|next| in_words(&[word, next], v)) {
                    items.push(Item::Count(n));
                    at += length + 1;
                    continue;
                }
                items.extend(word_item(word, v)?);
            }
            Kind::Sign('.' | ',' | '!' | '~' | '≈' | '(' | ')') => {}
            // `14-tiden`, but not `14-16`.
            Kind::Sign('-') if !between => {}
            Kind::Sign(':') if items.is_empty() => {}
            Kind::Sign(_) => return None,
        }
        at += 1;
    }
    Some(items)
}

fn phrase(words: &str, v: &Vocabulary) -> Option<Item> {
    match () {
        () if v.has("noon", words) => Some(Item::Noon),
        () if v.has("midnight", words) => Some(Item::Midnight),
        () => None,
    }
}

// `None`: the word is not known. Some words say nothing: no item.
fn word_item(word: &str, v: &Vocabulary) -> Option<Option<Item>> {
    if let Some(item) = phrase(word, v) {
        return Some(Some(item));
    }
    Some(Some(match () {
        () if v.has("half-to", word) => Item::HalfTo,
        () if v.has("half-past", word) => Item::Half,
        () if v.has("quarter", word) => Item::Quarter,
        () if v.has("past", word) => Item::Past,
        () if v.has("to", word) => Item::To,
        () if v.has("am-words", word) => Item::Morning,
        () if v.has("pm-words", word) => Item::Afternoon,
        () if v.has("night-words", word) => Item::Night,
        () if v.has("minutes", word) || v.has("time-words", word) || v.has("day-fillers", word) => {
            return Some(None);
        }
        () if v.has("article-words", word) => return Some(None),
        () => Item::Count(in_words(&[word], v)?),
    }))
}

fn clock(items: &[Item]) -> Option<Clock> {
    use Item::*;
    let parts: Vec<Item> =
        items.iter().copied().filter(|i| matches!(i, Morning | Afternoon | Night)).collect();
    let rest: Vec<Item> =
        items.iter().copied().filter(|i| !matches!(i, Morning | Afternoon | Night)).collect();
    let part = match parts.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => return None,
    };
    // Minutes since midnight, and whether the hour was said as a clock with hands shows it.
    let (minutes, hands): (i32, bool) = match *rest.as_slice() {
        [Noon] if part.is_none() => return exact(12, 0),
        [Midnight] if part.is_none() => return exact(0, 0),
        [Number(h, 1..=2), Colon, Number(m, 2)] => (at(h, m)?, false),
        // A web form sends seconds.
        [Number(h, 2), Colon, Number(m, 2), Colon, Number(0, 2)] => (at(h, m)?, false),
        [Number(h, 1..=2), Number(m, 2)] => (at(h, m)?, false),
        [Number(n, 3..=4)] => (at(n / 100, n % 100)?, false),
        [Number(12, _) | Count(12), Noon] => return exact(12, 0),
        [Number(h, 1..=2)] | [Count(h)] => (at(h, 0)?, (1..=12).contains(&h)),
        [HalfTo, Number(h, _) | Count(h)] => (hand(h)? - 30, true),
        [Half, Past, Number(h, _) | Count(h)] => (hand(h)? + 30, true),
        [Quarter, Past, Number(h, _) | Count(h)] => (hand(h)? + 15, true),
        [Quarter, To, Number(h, _) | Count(h)] => (hand(h)? - 15, true),
        [Number(m, _) | Count(m), Past, Number(h, _) | Count(h)] => (hand(h)? + minute(m)?, true),
        [Number(m, _) | Count(m), To, Number(h, _) | Count(h)] => (hand(h)? - minute(m)?, true),
        [Number(m, _) | Count(m), Past, HalfTo, Number(h, _) | Count(h)] => {
            (hand(h)? - 30 + minute(m)?, true)
        }
        [Number(m, _) | Count(m), To, HalfTo, Number(h, _) | Count(h)] => (hand(h)? - 30 - minute(m)?, true),
        _ => return None,
    };
    let minutes = minutes.rem_euclid(24 * 60);
    let (hour, minute) = (minutes / 60, minutes % 60);
    let exact = |hour: i32| exact(hour, minute);
    match part {
        Some(Morning) if hour > 12 => None,
        Some(Morning) => exact(hour % 12),
        Some(Afternoon) if hour == 0 => None,
        Some(Afternoon) => exact(if hour < 12 { hour + 12 } else { hour }),
        Some(Night) => exact(if (6..=12).contains(&hour) { (hour + 12) % 24 } else { hour }),
        Some(_) => None,
        None if hands && hour <= 12 => {
            let (early, late) = (time_of(hour % 12, minute)?, time_of(hour % 12 + 12, minute)?);
            let (time, or) = if (7..12).contains(&hour) { (early, late) } else { (late, early) };
            Some(Clock { time, or: Some(or) })
        }
        None => exact(hour),
    }
}

fn exact(hour: i32, minute: i32) -> Option<Clock> {
    Some(Clock { time: time_of(hour, minute)?, or: None })
}

fn time_of(hour: i32, minute: i32) -> Option<Time> {
    Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).ok()
}

// `24:00` is midnight.
fn at(hour: u32, minute: u32) -> Option<i32> {
    let good = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    good.then_some((hour % 24 * 60 + minute) as i32)
}

// The hour on a clock with hands.
fn hand(hour: u32) -> Option<i32> {
    (1..=24).contains(&hour).then_some(hour as i32 * 60)
}

fn minute(minute: u32) -> Option<i32> {
    (1..60).contains(&minute).then_some(minute as i32)
}
