//! What a typed day, time or address is taken for. It is shown back, with a way to correct it.

use super::answer::{Reading, Reply};
use super::reading;
use super::reading::date::{Toward, date};
use super::reading::time::time;
use super::session::{Outcome, Value};
use super::text::date as said_date;
use crate::script::Day;
use jiff::civil::{Date, Time};

impl Reading<'_> {
    /// Today where the institution is.
    pub fn today(&self) -> Date {
        self.moment.now.to_zoned(self.script.institution().timezone.clone()).date()
    }

    pub(super) fn date(&self, typed: &str, min: Option<Day>, max: Option<Day>) -> Reply {
        let today = self.today();
        let (min, max) = (min.map(|d| d.at(today)), max.map(|d| d.at(today)));
        let toward = if max.is_some_and(|m| m <= today) { Toward::Past } else { Toward::Coming };
        match date(typed, self.session.language, today, toward) {
            Some(day) if min.is_none_or(|m| day >= m) && max.is_none_or(|m| day <= m) => {
                self.taken_for(Value::Date(day), reading::date::is_exact(typed))
            }
            _ => self.again(),
        }
    }

    // Of two times twelve hours apart, the first that is within the limits.
    pub(super) fn time(&self, typed: &str, min: Option<Time>, max: Option<Time>) -> Reply {
        let clock = time(typed, self.session.language);
        let mut meant = clock.into_iter().flat_map(|c| [Some(c.time), c.or]).flatten();
        match meant.find(|t| min.is_none_or(|m| *t >= m) && max.is_none_or(|m| *t <= m)) {
            Some(time) => self.taken_for(Value::Time(time), reading::time::is_exact(typed)),
            None => self.again(),
        }
    }

    pub(super) fn address(&self, read: Option<String>) -> Reply {
        read.map_or_else(|| self.again(), |address| self.taken_for(Value::Text(address), false))
    }

    fn taken_for(&self, value: Value, sure: bool) -> Reply {
        Reply::Answer { outcome: Outcome::Given { value, other: None }, sure, redacted: false }
    }

    pub(super) fn date_wanted(&self, min: Option<Day>, max: Option<Day>) -> String {
        let day = |d: Day| said_date(d.at(self.today()), self.session.language);
        self.wanted("retry-date", min.map(day), max.map(day))
    }
}
