//! Whether a `when` holds. Three-valued: a comparison with something that was not answered is unknown, and unknown shows nothing.

use super::input::Moment;
use super::message::Audience;
use super::session::{Outcome, Session, Value};
use crate::script::{Condition, Fact, Script, Test};
use jiff::Zoned;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

/// `true`, `false` or `None` for unknown.
type Truth = Option<bool>;

/// At the top, unknown counts as no.
pub fn holds(when: Option<&Condition>, script: &Script, session: &Session, moment: &Moment) -> bool {
    when.is_none_or(|c| truth(c, script, session, moment) == Some(true))
}

fn truth(condition: &Condition, script: &Script, session: &Session, moment: &Moment) -> Truth {
    let part = |c: &Condition| truth(c, script, session, moment);
    match condition {
        Condition::All(list) => all(list.iter().map(part)),
        Condition::Any(list) => any(list.iter().map(part)),
        Condition::Answer { question, test } => {
            let today = moment.now.to_zoned(script.institution().timezone.clone()).date();
            answer(test, session.outcome(question), today)
        }
        Condition::Rounds { rounds, test } => of_rounds(rounds, test, session),
        Condition::Vote { vote, slots, test } => of_vote(vote, slots, test, session),
        Condition::Fact { fact, test } => about(*fact, test, script, session, moment),
    }
}

// A round counts when one answer in it was given.
fn of_rounds(rounds: &[Vec<String>], test: &Test, session: &Session) -> Truth {
    let given = |id: &String| matches!(session.outcome(id), Some(Outcome::Given { .. }));
    let asked = rounds.iter().flatten().any(|id| session.outcome(id).is_some());
    let count = rounds.iter().filter(|round| round.iter().any(given)).count();
    match test {
        Test::Answered => Some(count > 0),
        Test::Skipped => Some(asked && count == 0),
        Test::NotAsked => Some(!asked),
        Test::Count(bounds) if asked => Some(bounds.hold(Decimal::from(count))),
        _ => None,
    }
}

// What was not shown, or passed over, is neither agreed nor disagreed with.
fn of_vote(vote: &str, slots: &[String], test: &Test, session: &Session) -> Truth {
    let agreed = |slot: &String| match session.outcome(slot) {
        Some(Outcome::Given { value: Value::Code(code), .. }) => Some(code == "ja"),
        Some(Outcome::Given { .. } | Outcome::Skipped | Outcome::Failed) | None => None,
    };
    let asked = || slots.iter().any(|slot| session.outcome(slot).is_some());
    let answered = || slots.iter().any(|slot| agreed(slot).is_some());
    let on = |statement: &String| {
        let drawn = session.drawn.iter().find(|d| d.of == vote)?;
        let place = drawn.list.iter().position(|s| s.id == *statement)?;
        agreed(slots.get(place)?)
    };
    match test {
        Test::Answered => Some(answered()),
        Test::Skipped => Some(asked() && !answered()),
        Test::NotAsked => Some(!asked()),
        Test::Agrees(list) => any(list.iter().map(on)),
        Test::Disagrees(list) => any(list.iter().map(|s| on(s).map(|agrees| !agrees))),
        Test::Each(list) => all(list.iter().map(|t| of_vote(vote, slots, t, session))),
        _ => None,
    }
}

// False beats unknown beats true.
fn all(list: impl Iterator<Item = Truth>) -> Truth {
    strongest(list, false)
}

// True beats unknown beats false.
fn any(list: impl Iterator<Item = Truth>) -> Truth {
    strongest(list, true)
}

// `decides` beats unknown, and unknown beats the other.
fn strongest(list: impl Iterator<Item = Truth>, decides: bool) -> Truth {
    let mut sum = Some(!decides);
    for one in list {
        match one {
            Some(one) if one == decides => return Some(decides),
            Some(_) => {}
            None => sum = None,
        }
    }
    sum
}

fn answer(test: &Test, outcome: Option<&Outcome>, today: Date) -> Truth {
    match test {
        Test::Answered => return Some(matches!(outcome, Some(Outcome::Given { .. }))),
        Test::Skipped => return Some(matches!(outcome, Some(Outcome::Skipped))),
        Test::NotAsked => return Some(outcome.is_none()),
        Test::Each(list) => return all(list.iter().map(|t| answer(t, outcome, today))),
        _ => {}
    }
    let Some(Outcome::Given { value, .. }) = outcome else { return None };
    Some(match value {
        Value::Code(code) => codes(test, std::slice::from_ref(code)),
        Value::Codes(list) => codes(test, list),
        Value::Number(number) => numbers(test, *number),
        // Of a place in words nobody knows how far it is.
        Value::Text(_) if matches!(test, Test::Around(_)) => return None,
        Value::Text(text) => words(test, text),
        Value::Place { point, .. } => match test {
            Test::Around(around) => around.holds(*point),
            _ => return None,
        },
        Value::Media(list) => match test {
            Test::Count(bounds) => bounds.hold(Decimal::from(list.len())),
            // A spoken answer: what it says is not known.
            _ => return None,
        },
        Value::Ranked(list) => ranks(test, list),
        Value::Voted => return None,
        Value::Date(day) => days(test, *day, today),
        Value::Time(time) => times(test, *time),
    })
}

// A bare code is about the first place.
fn ranks(test: &Test, have: &[String]) -> bool {
    match test {
        Test::OneOf(list) => have.first().is_some_and(|first| list.contains(first)),
        Test::Top(tops) => tops
            .iter()
            .all(|(places, list)| list.iter().all(|code| have.iter().take(*places).any(|h| h == code))),
        _ => false,
    }
}

fn days(test: &Test, have: Date, today: Date) -> bool {
    match test {
        Test::Days(list) => list.iter().any(|d| d.at(today) == have),
        Test::Dates { from, to } => {
            from.is_none_or(|f| have >= f.at(today)) && to.is_none_or(|t| have <= t.at(today))
        }
        _ => false,
    }
}

fn times(test: &Test, have: Time) -> bool {
    match test {
        Test::Clock(list) => list.contains(&have),
        Test::Times { from, to } => from.is_none_or(|f| have >= f) && to.is_none_or(|t| have < t),
        _ => false,
    }
}

fn codes(test: &Test, have: &[String]) -> bool {
    match test {
        Test::OneOf(list) => list.iter().any(|c| have.contains(c)),
        Test::NoneOf(list) => !list.iter().any(|c| have.contains(c)),
        Test::HasAll(list) => list.iter().all(|c| have.contains(c)),
        Test::Only(list) => !have.is_empty() && have.iter().all(|c| list.contains(c)),
        Test::Count(bounds) => bounds.hold(Decimal::from(have.len())),
        _ => false,
    }
}

fn numbers(test: &Test, have: Decimal) -> bool {
    match test {
        Test::Equals(list) => list.contains(&have),
        Test::NoneOf(list) => !list.contains(&have.normalize().to_string()),
        Test::Within(bounds) => bounds.hold(have),
        _ => false,
    }
}

fn words(test: &Test, have: &str) -> bool {
    let have = have.trim().to_lowercase();
    match test {
        Test::Is(list) => list.contains(&have),
        Test::NoneOf(list) => !list.contains(&have),
        Test::Contains(list) => list.iter().any(|w| have.contains(w)),
        Test::LongerThan(length) => have.chars().filter(|c| c.is_alphanumeric()).count() > *length,
        _ => false,
    }
}

fn about(fact: Fact, test: &Test, script: &Script, session: &Session, moment: &Moment) -> Truth {
    let here = || moment.now.to_zoned(script.institution().timezone.clone());
    let word = match fact {
        Fact::Channel => session.channel.clone(),
        Fact::Language => session.language.tag().to_owned(),
        Fact::Place => session.place.clone()?,
        Fact::Audience => match session.audience(script) {
            Audience::NotYetUser => "not_yet_user".to_owned(),
            Audience::User => "user".to_owned(),
            Audience::Unknown => return None,
        },
        Fact::Returning => if session.returning { "ja" } else { "nej" }.to_owned(),
        Fact::Weekday => weekday(&here()),
        Fact::Today => {
            let Test::Dates { .. } = test else { return None };
            let day = here().date();
            return Some(days(test, day, day));
        }
        Fact::TimeOfDay => {
            let Test::Times { .. } = test else { return None };
            return Some(times(test, here().time()));
        }
    };
    let same = |w: &String| match (fact, w.as_str()) {
        (Fact::Returning, "yes" | "true") => word == "ja",
        (Fact::Returning, "no" | "false") => word == "nej",
        (_, w) => word == w,
    };
    match test {
        Test::OneOf(list) => Some(list.iter().any(same)),
        Test::NoneOf(list) => Some(!list.iter().any(same)),
        _ => None,
    }
}

fn weekday(now: &Zoned) -> String {
    use jiff::civil::Weekday::*;
    match now.weekday() {
        Monday => "mandag",
        Tuesday => "tirsdag",
        Wednesday => "onsdag",
        Thursday => "torsdag",
        Friday => "fredag",
        Saturday => "lørdag",
        Sunday => "søndag",
    }
    .to_owned()
}
