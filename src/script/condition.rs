//! A checked `when`: a tree of tests over earlier answers and a few facts. How it is decided stands in the engine.

use super::place::Around;
use jiff::Span;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Answer {
        question: String,
        test: Test,
    },
    Fact {
        fact: Fact,
        test: Test,
    },
    /// About the rounds of a `repeat`: the questions of each. A round counts when one of them was answered.
    Rounds {
        rounds: Vec<Vec<String>>,
        test: Test,
    },
    /// About a vote: the questions of its statements.
    Vote {
        vote: String,
        slots: Vec<String>,
        test: Test,
    },
}

/// What a condition may ask about besides answers. The names are reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    Channel,
    Language,
    Place,
    Audience,
    Returning,
    Today,
    TimeOfDay,
    Weekday,
}

impl Fact {
    pub const NAMES: [(&'static str, Fact); 8] = [
        ("channel", Fact::Channel),
        ("language", Fact::Language),
        ("place", Fact::Place),
        ("audience", Fact::Audience),
        ("returning", Fact::Returning),
        ("today", Fact::Today),
        ("time_of_day", Fact::TimeOfDay),
        ("weekday", Fact::Weekday),
    ];
    pub fn named(name: &str) -> Option<Fact> {
        Fact::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
    }
}

/// A day that is written out, or counted from the day it is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    On(Date),
    FromToday(i32),
}

impl Day {
    /// The day it is when today is `today`.
    pub fn at(self, today: Date) -> Date {
        match self {
            Day::On(date) => date,
            Day::FromToday(days) => today.saturating_add(Span::new().days(days)),
        }
    }
    /// So many days later.
    pub fn later(self, days: i32) -> Day {
        match self {
            Day::On(date) => Day::On(date.saturating_add(Span::new().days(days))),
            Day::FromToday(from) => Day::FromToday(from.saturating_add(days)),
        }
    }
}

/// One test of one value. Lists are "one of"; for multi-choice "includes at least one".
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Answered,
    Skipped,
    NotAsked,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    HasAll(Vec<String>),
    Only(Vec<String>),
    Count(Bounds),
    /// A number that is one of these.
    Equals(Vec<Decimal>),
    Within(Bounds),
    /// Free text, compared without case and outer spaces.
    Is(Vec<String>),
    Contains(Vec<String>),
    LongerThan(usize),
    /// A place so near.
    Around(Around),
    /// Both days inside.
    Dates {
        from: Option<Day>,
        to: Option<Day>,
    },
    /// From `from` on, before `to`.
    Times {
        from: Option<Time>,
        to: Option<Time>,
    },
    /// A day that is one of these.
    Days(Vec<Day>),
    /// A time that is one of these.
    Clock(Vec<Time>),
    /// Of a ranking: all of these stand among the first so many.
    Top(Vec<(usize, Vec<String>)>),
    /// Of a vote: one of these statements.
    Agrees(Vec<String>),
    Disagrees(Vec<String>),
    /// Every line of one question's test holds.
    Each(Vec<Test>),
}

/// Bounds of a number; the flag says whether the bound itself is inside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bounds {
    pub low: Option<(Decimal, bool)>,
    pub high: Option<(Decimal, bool)>,
}

impl Bounds {
    pub fn hold(&self, value: Decimal) -> bool {
        let above = self.low.is_none_or(|(low, inside)| if inside { value >= low } else { value > low });
        let below = self.high.is_none_or(|(high, inside)| if inside { value <= high } else { value < high });
        above && below
    }
}

impl Condition {
    /// Every question the condition asks about.
    pub fn questions(&self) -> Vec<&str> {
        match self {
            Condition::All(list) | Condition::Any(list) => {
                list.iter().flat_map(Condition::questions).collect()
            }
            Condition::Answer { question, .. } => vec![question],
            Condition::Fact { .. } | Condition::Rounds { .. } | Condition::Vote { .. } => Vec::new(),
        }
    }
}
