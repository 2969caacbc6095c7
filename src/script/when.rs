//! `when` as written -> [`Condition`]: names, codes and words checked against the questions they are about.

use super::condition::{Bounds, Condition, Day, Fact, Test};
use super::days::{day, time};
use super::fields::{Reader, wrong_value};
use super::media;
use super::model::{AnswerType, Question, Vote};
use super::names::{unknown_code, unknown_question};
use super::place::Around;
use super::problem::{Both, Problem, Span, both};
use super::question::{codes, type_named};
use super::repeat::out_of_the_round;
use super::suggest::unknown_key;
use super::tree::{Entry, Node, Value};
use jiff::ToSpan;
use rust_decimal::Decimal;

const WEEKDAYS: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const ENGLISH_DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What a condition can ask about, in the order of the file.
pub struct Questions<'q> {
    pub seen: Vec<&'q Question>,
    /// Questions in the rounds of a `repeat` that the condition stands outside of, with its name.
    pub hidden: Vec<(&'q str, &'q str)>,
    /// Every `repeat` with the questions of each of its rounds.
    pub rounds: &'q [(String, Vec<Vec<String>>)],
    pub votes: &'q [Vote],
}

/// All lines of a `when` must hold.
pub fn condition(reader: &mut Reader, node: &Node, questions: &Questions<'_>) -> Condition {
    let Some(entries) = node.map() else {
        let text = node.text().unwrap_or_default();
        let problem = wrong_value(
            node.at,
            text,
            both("linjer som `spørgsmål: svar`", "lines such as `question: answer`"),
        );
        let sides = text.split_once('=').map(|(a, b)| (a.trim(), b.trim_start_matches('=').trim()));
        reader.report(match sides {
            Some((name, value))
                if !name.is_empty() && !value.is_empty() && node.at.line == node.at.end_line =>
            {
                Problem { mend: Both::default(), ..problem }.guess(node.at, format!("{name}: {value}"))
            }
            Some(_) | None => problem,
        });
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
    let (name, counted) = match entry.key.strip_suffix(".count") {
        Some(name) => (name, true),
        None => (entry.key.as_str(), false),
    };
    if let Some((_, rounds)) = questions.rounds.iter().find(|(n, _)| n == name) {
        let test = if counted {
            Test::Count(bounds(reader, &entry.value)?)
        } else {
            of_rounds(reader, &entry.value)?
        };
        return Some(Condition::Rounds { rounds: rounds.clone(), test });
    }
    if let Some(vote) = questions.votes.iter().find(|v| v.id == entry.key) {
        let test = of_vote(reader, &entry.value, vote)?;
        return Some(Condition::Vote { vote: vote.id.clone(), slots: vote.slots.clone(), test });
    }
    if let Some((name, repeat)) = questions.hidden.iter().find(|(q, _)| *q == entry.key) {
        reader.report(out_of_the_round(entry.key_at, name, repeat));
        return None;
    }
    let Some(question) = questions.seen.iter().find(|q| q.id == entry.key) else {
        if reader.is_spoiled(&entry.key) {
            return None;
        }
        let votes = questions.votes.iter().map(|v| v.id.as_str());
        let known = questions.seen.iter().map(|q| q.id.as_str()).chain(votes);
        let known = known.chain(Fact::NAMES.iter().map(|(n, _)| *n));
        reader.report(unknown_question(entry.key_at, &entry.key, known));
        return None;
    };
    let test = test(reader, &entry.value, question)?;
    Some(Condition::Answer { question: question.id.clone(), test })
}

// Of a `repeat` one can ask whether there were rounds, and how many.
fn of_rounds(reader: &mut Reader, node: &Node) -> Option<Test> {
    match node.text().map(str::trim) {
        Some("answered") => return Some(Test::Answered),
        Some("skipped") => return Some(Test::Skipped),
        Some("not_asked") => return Some(Test::NotAsked),
        _ => {}
    }
    if let Some(count) = node.get("count") {
        reader.entries(node, &["count"], false);
        return Some(Test::Count(bounds(reader, count)?));
    }
    reader.report(wrong_value(
        node.at,
        node.text().unwrap_or_default(),
        both(
            "`answered`, `skipped`, `not_asked` eller `count`",
            "`answered`, `skipped`, `not_asked` or `count`",
        ),
    ));
    None
}

// Of a vote one can ask whether anything was agreed or disagreed with, and about single statements of the script.
fn of_vote(reader: &mut Reader, node: &Node, vote: &Vote) -> Option<Test> {
    match node.text().map(str::trim) {
        Some("answered") => return Some(Test::Answered),
        Some("skipped") => return Some(Test::Skipped),
        Some("not_asked") => return Some(Test::NotAsked),
        _ => {}
    }
    if node.map().is_none() {
        let expected = both(
            "`answered`, `skipped`, `not_asked`, `agrees` eller `disagrees`",
            "`answered`, `skipped`, `not_asked`, `agrees` or `disagrees`",
        );
        reader.report(wrong_value(node.at, node.text().unwrap_or_default(), expected));
        return None;
    }
    let known: Vec<String> = vote.statements.list.iter().map(|s| s.code.clone()).collect();
    let mut tests = Vec::new();
    for entry in reader.entries(node, &["agrees", "disagrees"], false) {
        let mut codes = Vec::new();
        for (code, at) in reader.texts(&entry.value) {
            match known.iter().any(|k| k == code) {
                true => codes.push(code.to_owned()),
                false => reader.report(unknown_code(at, code, &vote.id, &known)),
            }
        }
        tests.push(if entry.key == "agrees" { Test::Agrees(codes) } else { Test::Disagrees(codes) });
    }
    Some(Test::Each(tests))
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
        AnswerType::Location { .. } | AnswerType::Media(_) => {
            let expected =
                both("`answered`, `skipped` eller `not_asked`", "`answered`, `skipped` or `not_asked`");
            reader.report(wrong_value(node.at, node.text().unwrap_or_default(), expected));
            None
        }
        AnswerType::Text { .. } | AnswerType::Name => Some(Test::Is(plain(reader, node))),
        AnswerType::Rank { .. } => Some(Test::OneOf(coded(reader, node, question))),
        AnswerType::Date { .. } => {
            let expected =
                || both("en dato som 2027-03-31 eller `today`", "a date such as 2027-03-31 or `today`");
            Some(Test::Days(each(reader, node, expected, day)))
        }
        AnswerType::Time { .. } => {
            let expected = || both("et klokkeslæt som 16:00", "a time such as 16:00");
            Some(Test::Clock(each(reader, node, expected, time)))
        }
        AnswerType::Email | AnswerType::Phone => {
            only_whether(reader, node.at, node.text().unwrap_or_default(), question);
            None
        }
    }
}

// One value or a list of them.
fn each<T>(
    reader: &mut Reader,
    node: &Node,
    expected: impl Fn() -> Both,
    read: fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut list = Vec::new();
    for (text, at) in reader.texts(node) {
        match read(text) {
            Some(value) => list.push(value),
            None => reader.report(wrong_value(at, text, expected())),
        }
    }
    list
}

// An address can be there or not; what it is, no condition may ask.
fn only_whether(reader: &mut Reader, at: Span, written: &str, question: &Question) {
    let id = &question.id;
    let problem = wrong_value(at, written, both("`answered` eller `skipped`", "`answered` or `skipped`"));
    reader.report(
        problem
            .why(both(
                "en adresse bliver gemt for sig selv, og ingen betingelse kan se den",
                "an address is kept apart, and no condition can see it",
            ))
            .mend(both(format!("{id}: answered"), format!("{id}: answered"))),
    );
}

fn word(reader: &mut Reader, entry: &Entry, question: &Question) -> Option<Test> {
    let node = &entry.value;
    let allowed: &[&str] = match &question.answer {
        AnswerType::Choice(_) | AnswerType::YesNo(_) => &["not", "none_of"],
        AnswerType::Multi { .. } => &["has_all", "none_of", "not", "only", "count"],
        AnswerType::Scale { .. } | AnswerType::Number { .. } => {
            &["above", "below", "at_least", "at_most", "between", "not"]
        }
        AnswerType::Location { .. } => &["within"],
        AnswerType::Media(_) => &["count"],
        AnswerType::Text { .. } | AnswerType::Name => &["contains", "longer_than", "not"],
        AnswerType::Rank { .. } => &["top"],
        AnswerType::Date { .. } | AnswerType::Time { .. } => &["before", "after", "from", "until"],
        AnswerType::Email | AnswerType::Phone => {
            only_whether(reader, entry.key_at, &entry.key, question);
            return None;
        }
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
        ("top", _) => Test::Top(top(reader, node, question)?),
        (word, AnswerType::Date { .. }) => {
            let day = reader.day(node)?;
            match word {
                "from" => Test::Dates { from: Some(day), to: None },
                "after" => Test::Dates { from: Some(day.later(1)), to: None },
                "until" => Test::Dates { from: None, to: Some(day) },
                _ => Test::Dates { from: None, to: Some(day.later(-1)) },
            }
        }
        (word, AnswerType::Time { .. }) => {
            let at = reader.clock(node)?;
            // Times are whole minutes. The last minute of the day has none after it.
            let next = at.checked_add(1.minute()).ok();
            match word {
                "from" => Test::Times { from: Some(at), to: None },
                "after" if next.is_none() => Test::Clock(Vec::new()),
                "after" => Test::Times { from: next, to: None },
                "until" => Test::Times { from: None, to: next },
                _ => Test::Times { from: None, to: Some(at) },
            }
        }
        _ => return None,
    })
}

// `{2: [lys, toilet]}`: all of these among the first two.
fn top(reader: &mut Reader, node: &Node, question: &Question) -> Option<Vec<(usize, Vec<String>)>> {
    let AnswerType::Rank { pick, .. } = question.answer else { return None };
    let Some(entries) = node.map() else {
        reader.report(wrong_value(
            node.at,
            node.text().unwrap_or_default(),
            both(
                "et antal pladser og svar, som {2: [lys, toilet]}",
                "a number of places and answers, such as {2: [light, toilet]}",
            ),
        ));
        return None;
    };
    let mut list = Vec::new();
    for entry in entries {
        match entry.key.parse().ok().filter(|n| (1..=pick).contains(n)) {
            Some(places) => list.push((places, coded(reader, &entry.value, question))),
            None => reader.report(wrong_value(
                entry.key_at,
                &entry.key,
                both(format!("et tal fra 1 til {pick}"), format!("a number from 1 to {pick}")),
            )),
        }
    }
    Some(list)
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
        | AnswerType::Media(_)
        | AnswerType::Rank { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => false,
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
        | AnswerType::Media(_)
        | AnswerType::Rank { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => Default::default(),
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
    let (mut from, mut to): (Option<Day>, Option<Day>) = (None, None);
    if node.map().is_none() {
        let day = Day::On(reader.date(node)?);
        return Some(Test::Dates { from: Some(day), to: Some(day) });
    }
    for entry in reader.entries(node, &["before", "after", "from", "until"], false) {
        let day = Day::On(reader.date(&entry.value)?);
        match entry.key.as_str() {
            "from" => from = Some(day),
            "after" => from = Some(day.later(1)),
            "until" => to = Some(day),
            _ => to = Some(day.later(-1)),
        }
    }
    Some(Test::Dates { from, to })
}

fn times(reader: &mut Reader, node: &Node) -> Option<Test> {
    let (mut from, mut to) = (None, None);
    for entry in reader.entries(node, &["before", "after", "from", "until"], false) {
        let at = reader.clock(&entry.value)?;
        match entry.key.as_str() {
            "from" | "after" => from = Some(at),
            _ => to = Some(at),
        }
    }
    Some(Test::Times { from, to })
}
