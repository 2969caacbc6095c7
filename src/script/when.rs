//! `when` as written -> [`Condition`]: names, codes and words checked against the questions they are about.

use super::condition::{Bounds, Condition, Fact, Test};
use super::fields::{Reader, time, wrong_value};
use super::media;
use super::model::{AnswerType, Question};
use super::names::{unknown_code, unknown_question};
use super::place::Around;
use super::problem::{Problem, Span, both};
use super::question::{codes, type_named};
use super::suggest::unknown_key;
use super::tree::{Entry, Node, Value};
use jiff::civil::Date;
use rust_decimal::Decimal;

const WEEKDAYS: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const ENGLISH_DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The questions of a dialogue, in the order of the file.
pub type Questions<'q> = Vec<&'q Question>;

/// All lines of a `when` must hold.
pub fn condition(reader: &mut Reader, node: &Node, questions: &Questions<'_>) -> Condition {
    let Some(entries) = node.map() else {
        reader.report(wrong_value(
            node.at,
            node.text().unwrap_or_default(),
            both("linjer som `spørgsmål: svar`", "lines such as `question: answer`"),
        ));
        return Condition::All(Vec::new());
    };
    Condition::All(entries.iter().filter_map(|e| line(reader, e, questions)).collect())
}

fn line(reader: &mut Reader, entry: &Entry, questions: &Questions<'_>) -> Option<Condition> {
    if matches!(entry.key.as_str(), "any" | "all") {
        let Some(list) = entry.value.list() else {
            reader.report(wrong_value(
                entry.value.map().and_then(|m| m.first()).map_or(entry.value.at, |e| e.key_at),
                "",
                both("en liste med streg foran hver linje", "a list with a dash before each line"),
            ));
            return None;
        };
        let parts = list.iter().map(|n| condition(reader, n, questions)).collect();
        return Some(if entry.key == "any" { Condition::Any(parts) } else { Condition::All(parts) });
    }
    if let Some(fact) = Fact::named(&entry.key) {
        let test = fact_test(reader, fact, &entry.value)?;
        return Some(Condition::Fact { fact, test });
    }
    let Some(question) = questions.iter().find(|q| q.id == entry.key) else {
        if reader.spoiled.contains(&entry.key) {
            return None;
        }
        let known = questions.iter().map(|q| q.id.as_str()).chain(Fact::NAMES.iter().map(|(n, _)| *n));
        reader.report(unknown_question(entry.key_at, &entry.key, known));
        return None;
    };
    let test = test(reader, &entry.value, question)?;
    Some(Condition::Answer { question: question.id.clone(), test })
}

fn fact_test(reader: &mut Reader, fact: Fact, node: &Node) -> Option<Test> {
    match fact {
        Fact::Today => dates(reader, node),
        Fact::TimeOfDay => times(reader, node),
        Fact::Channel | Fact::Language | Fact::Place | Fact::Audience | Fact::Returning | Fact::Weekday => {
            match &node.value {
                Value::Map(entries) => {
                    reader.entries(node, &["not", "none_of"], false);
                    let not = entries.iter().find(|e| matches!(e.key.as_str(), "not" | "none_of"))?;
                    Some(Test::NoneOf(known_words(reader, &not.value, fact)))
                }
                Value::Text { .. } | Value::List(_) => Some(Test::OneOf(known_words(reader, node, fact))),
            }
        }
    }
}

// The words that a fact may be; `None` where they depend on the dialogue.
fn words_of(reader: &Reader, fact: Fact) -> Option<Vec<String>> {
    let list: &[&str] = match fact {
        Fact::Channel => &["telegram", "web", "console"],
        Fact::Audience => &["not_yet_user", "user"],
        Fact::Returning => &["ja", "nej", "yes", "no", "true", "false"],
        Fact::Weekday => &WEEKDAYS,
        Fact::Language => return Some(reader.languages.iter().map(|l| l.tag().to_owned()).collect()),
        Fact::Place | Fact::Today | Fact::TimeOfDay => return None,
    };
    Some(list.iter().map(|w| (*w).to_owned()).collect())
}

fn known_words(reader: &mut Reader, node: &Node, fact: Fact) -> Vec<String> {
    let known = words_of(reader, fact);
    let name = Fact::NAMES.iter().find(|(_, f)| *f == fact).map_or("", |(n, _)| *n);
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        if reader.is_full() {
            break;
        }
        let lower = word.to_lowercase();
        let word = match ENGLISH_DAYS.iter().position(|d| fact == Fact::Weekday && *d == lower) {
            Some(n) => WEEKDAYS[n].to_owned(),
            None => lower,
        };
        match &known {
            Some(known) if !known.contains(&word) => reader.report(unknown_code(at, &word, name, known)),
            Some(_) | None => list.push(word),
        }
    }
    list
}

fn plain(reader: &mut Reader, node: &Node) -> Vec<String> {
    reader.texts(node).into_iter().map(|(t, _)| t.to_lowercase()).collect()
}

fn test(reader: &mut Reader, node: &Node, question: &Question) -> Option<Test> {
    match node.text().map(str::trim) {
        Some("answered") => return Some(Test::Answered),
        Some("skipped") => return Some(Test::Skipped),
        Some("not_asked") => return Some(Test::NotAsked),
        _ => {}
    }
    let Some(entries) = node.map() else { return bare(reader, node, question) };
    let tests: Vec<Test> = entries.iter().filter_map(|e| word(reader, e, question)).collect();
    Some(Test::Each(tests))
}

fn bare(reader: &mut Reader, node: &Node, question: &Question) -> Option<Test> {
    match &question.answer {
        AnswerType::Choice(_) | AnswerType::YesNo(_) | AnswerType::Multi { .. } => {
            Some(Test::OneOf(coded(reader, node, question)))
        }
        AnswerType::Scale { .. } | AnswerType::Number { .. } => {
            Some(Test::Equals(numbers(reader, node, question)))
        }
        AnswerType::Text { .. } => Some(Test::Is(plain(reader, node))),
        AnswerType::Location { .. } | AnswerType::Media(_) => {
            let expected =
                both("`answered`, `skipped` eller `not_asked`", "`answered`, `skipped` or `not_asked`");
            reader.report(wrong_value(node.at, node.text().unwrap_or_default(), expected));
            None
        }
    }
}

fn word(reader: &mut Reader, entry: &Entry, question: &Question) -> Option<Test> {
    let node = &entry.value;
    let allowed: &[&str] = match &question.answer {
        AnswerType::Choice(_) | AnswerType::YesNo(_) => &["not", "none_of"],
        AnswerType::Multi { .. } => &["has_all", "none_of", "not", "only", "count"],
        AnswerType::Scale { .. } | AnswerType::Number { .. } => {
            &["above", "below", "at_least", "at_most", "between", "not"]
        }
        AnswerType::Text { .. } => &["contains", "longer_than", "not"],
        AnswerType::Location { .. } => &["within"],
        AnswerType::Media(_) => &["count"],
    };
    if !allowed.contains(&entry.key.as_str()) {
        reader.report(unknown_key(entry, allowed));
        return None;
    }
    let number = |reader: &mut Reader| numbers(reader, node, question).first().copied();
    Some(match (entry.key.as_str(), &question.answer) {
        ("not" | "none_of", AnswerType::Choice(_) | AnswerType::YesNo(_) | AnswerType::Multi { .. }) => {
            Test::NoneOf(coded(reader, node, question))
        }
        ("not", AnswerType::Scale { .. } | AnswerType::Number { .. }) => {
            Test::NoneOf(numbers(reader, node, question).iter().map(|n| n.normalize().to_string()).collect())
        }
        ("not" | "none_of", _) => Test::NoneOf(plain(reader, node)),
        ("has_all", _) => Test::HasAll(coded(reader, node, question)),
        ("only", _) => Test::Only(coded(reader, node, question)),
        ("count", _) => Test::Count(bounds(reader, node)?),
        ("above", _) => Test::Within(Bounds { low: Some((number(reader)?, false)), high: None }),
        ("at_least", _) => Test::Within(Bounds { low: Some((number(reader)?, true)), high: None }),
        ("below", _) => Test::Within(Bounds { low: None, high: Some((number(reader)?, false)) }),
        ("at_most", _) => Test::Within(Bounds { low: None, high: Some((number(reader)?, true)) }),
        ("between", _) => {
            let ends = numbers(reader, node, question);
            let ([low, high], true) = (ends.as_slice(), ends.is_sorted()) else {
                reader.report(wrong_value(
                    node.at,
                    node.text().unwrap_or_default(),
                    both(
                        "to tal som [2, 4], det mindste først",
                        "two numbers such as [2, 4], the lower first",
                    ),
                ));
                return None;
            };
            Test::Within(Bounds { low: Some((*low, true)), high: Some((*high, true)) })
        }
        ("contains", _) => Test::Contains(plain(reader, node)),
        ("within", _) => {
            let (Some(of), Some(distance)) = (node.get("of"), node.get("distance")) else {
                reader.report(wrong_value(
                    node.at,
                    node.text().unwrap_or_default(),
                    both("linjerne `of` og `distance`", "the lines `of` and `distance`"),
                ));
                return None;
            };
            reader.entries(node, &["of", "distance"], false);
            Test::Around(Around { of: media::point(reader, of)?, metres: media::distance(reader, distance)? })
        }
        ("longer_than", _) => Test::LongerThan(reader.whole(node)?),
        _ => return None,
    })
}

fn bounds(reader: &mut Reader, node: &Node) -> Option<Bounds> {
    let mut bounds = Bounds::default();
    if node.map().is_none() {
        let n = reader.whole::<u32>(node)?;
        return Some(Bounds { low: Some((n.into(), true)), high: Some((n.into(), true)) });
    }
    for entry in reader.entries(node, &["at_least", "at_most", "above", "below"], false) {
        let n: Decimal = reader.whole::<u32>(&entry.value)?.into();
        match entry.key.as_str() {
            "at_least" => bounds.low = Some((n, true)),
            "above" => bounds.low = Some((n, false)),
            "at_most" => bounds.high = Some((n, true)),
            _ => bounds.high = Some((n, false)),
        }
    }
    Some(bounds)
}

fn coded(reader: &mut Reader, node: &Node, question: &Question) -> Vec<String> {
    let known = codes(&question.answer);
    let mut list = Vec::new();
    for (text, at) in reader.texts(node) {
        if reader.is_full() {
            break;
        }
        let code = match (&question.answer, text) {
            (AnswerType::YesNo(_), "yes" | "true") => "ja",
            (AnswerType::YesNo(_), "no" | "false") => "nej",
            (_, text) => text,
        };
        if known.iter().any(|k| k == code) {
            list.push(code.to_owned());
        } else {
            reader.report(unknown_code(at, code, &question.id, &known));
        }
    }
    list
}

fn numbers(reader: &mut Reader, node: &Node, question: &Question) -> Vec<Decimal> {
    let mut list = Vec::new();
    for (text, at) in reader.texts(node) {
        match text.parse() {
            Ok(number) if is_off(number, &question.answer) => {
                reader.report(off_the_scale(at, text, question))
            }
            Ok(number) => list.push(number),
            Err(_) => {
                let kind = type_named(&question.answer);
                let id = &question.id;
                reader.report(
                    Problem::error(
                        "C403",
                        at,
                        both(
                            format!("`{text}` er ikke et tal, og `{id}` har {}", kind.da),
                            format!("`{text}` is no number, and `{id}` has {}", kind.en),
                        ),
                    )
                    .why(both("betingelsen kan aldrig være sand", "the condition can never be true"))
                    .mend(both(
                        format!("{id}: 15\neller  {id}:\n         at_least: 15"),
                        format!("{id}: 15\nor  {id}:\n      at_least: 15"),
                    )),
                );
            }
        }
    }
    list
}

fn is_off(number: Decimal, answer: &AnswerType) -> bool {
    match answer {
        AnswerType::Scale { min, max, .. } => number < Decimal::from(*min) || number > Decimal::from(*max),
        AnswerType::Number { min, max } => min.is_some_and(|m| number < m) || max.is_some_and(|m| number > m),
        AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Multi { .. }
        | AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_) => false,
    }
}

fn off_the_scale(at: Span, text: &str, question: &Question) -> Problem {
    let id = &question.id;
    let bound = |n: Option<String>| n.unwrap_or_else(|| "…".to_owned());
    let (low, high) = match &question.answer {
        AnswerType::Scale { min, max, .. } => (min.to_string(), max.to_string()),
        AnswerType::Number { min, max } => {
            (bound(min.map(|m| m.to_string())), bound(max.map(|m| m.to_string())))
        }
        AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Multi { .. }
        | AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_) => Default::default(),
    };
    Problem::error(
        "C401",
        at,
        both(
            format!("{text} er ikke et svar på `{id}`"),
            format!("{text} is not one of the answers to `{id}`"),
        ),
    )
    .label(both(format!("svarene går fra {low} til {high}"), format!("the answers go from {low} to {high}")))
    .why(both(
        "ingen kan svare det, så grænsen betyder ikke noget",
        "nobody can answer that, so the limit means nothing",
    ))
    .mend(both(format!("vælg et tal fra {low} til {high}"), format!("choose a number from {low} to {high}")))
}

fn dates(reader: &mut Reader, node: &Node) -> Option<Test> {
    let (mut from, mut to): (Option<Date>, Option<Date>) = (None, None);
    if node.map().is_none() {
        let day = reader.date(node)?;
        return Some(Test::Dates { from: Some(day), to: Some(day) });
    }
    for entry in reader.entries(node, &["before", "after", "from", "until"], false) {
        let day = reader.date(&entry.value)?;
        match entry.key.as_str() {
            "from" => from = Some(day),
            "after" => from = day.tomorrow().ok(),
            "until" => to = Some(day),
            _ => to = day.yesterday().ok(),
        }
    }
    Some(Test::Dates { from, to })
}

fn times(reader: &mut Reader, node: &Node) -> Option<Test> {
    let (mut from, mut to) = (None, None);
    for entry in reader.entries(node, &["before", "after", "from", "until"], false) {
        let at = reader.value(&entry.value, both("et klokkeslæt som 16:00", "a time such as 16:00"), time)?;
        match entry.key.as_str() {
            "from" | "after" => from = Some(at),
            _ => to = Some(at),
        }
    }
    Some(Test::Times { from, to })
}
