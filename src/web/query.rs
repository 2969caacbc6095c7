//! Query parameters: each is known, fits and comes once, or the request is refused with what could stand there.

use super::error::Refusal;
use crate::engine::{Audience, Status};
use crate::export::{CONTACTS, Csv, Dialect, Filter, Look, Shape, Values};
use crate::script::Language;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// So many rows can be asked for at once: they are collected before the first is sent.
pub const MAX_LIMIT: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Ndjson,
    Json,
    Xlsx,
    CodebookCsv,
    CodebookJson,
}

/// What every pull of responses takes.
const OF_RESPONSES: [&str; 17] = [
    "after", "limit", "since", "until", "status", "revision", "place", "channel", "audience", "values",
    "lang", "shape", "columns", "include", "raw", "ascii", "table",
];

impl Format {
    fn parameters(self) -> Vec<&'static str> {
        let more: &[&str] = match self {
            Format::Csv => &["states", "dialect"],
            Format::Xlsx => &["states"],
            Format::Ndjson | Format::Json => &[],
            Format::CodebookCsv => return vec!["ascii", "raw", "dialect"],
            Format::CodebookJson => return vec!["ascii"],
        };
        OF_RESPONSES.iter().chain(more).copied().collect()
    }
}

/// What a pull of votes takes: nothing that leads to the response, and no pull of a few rows, whose order would.
const OF_VOTES: [&str; 5] = ["after", "table", "raw", "dialect", "ascii"];
/// What a pull of addresses takes: there is no order in which they came.
const OF_CONTACTS: [&str; 4] = ["table", "raw", "dialect", "ascii"];

/// What a dialogue's responses can have.
#[derive(Debug)]
pub struct Known {
    pub format: Format,
    pub revisions: Vec<u32>,
    pub places: Vec<String>,
    pub channels: Vec<String>,
    /// Besides the responses.
    pub tables: Vec<String>,
    /// Those of them that have votes in their rows.
    pub votes: Vec<String>,
    /// Of labels.
    pub languages: Vec<Language>,
    /// In which `since` and `until` without a time are days.
    pub zone: TimeZone,
}

#[derive(Debug, Default)]
pub struct Asked {
    /// The cursor as it was given.
    pub after: Option<String>,
    pub limit: Option<usize>,
    pub filter: Filter,
    pub columns: Vec<String>,
    /// `None`: the responses.
    pub table: Option<String>,
    pub withdrawn: bool,
    pub ascii: bool,
    pub csv: Csv,
    pub look: Look,
}

impl Asked {
    /// # Errors
    /// A [`Refusal`] that names the parameter and what is allowed.
    pub fn read(pairs: &[(String, String)], known: &Known) -> Result<Asked, Refusal> {
        let allowed = known.format.parameters();
        let mut asked = Asked::default();
        for (n, (name, value)) in pairs.iter().enumerate() {
            if !allowed.contains(&name.as_str()) {
                return Err(Refusal::parameter(
                    name,
                    format!("there is no parameter `{name}` here"),
                    &allowed,
                ));
            }
            if pairs[..n].iter().any(|(earlier, _)| earlier == name) {
                return Err(Refusal::parameter(
                    name,
                    format!("`{name}` was given twice; write several values with commas"),
                    [""; 0],
                ));
            }
            asked.take(name, value, known)?;
        }
        match asked.table.as_deref() {
            Some(CONTACTS) => fits(pairs, &allowed, &OF_CONTACTS, "addresses")?,
            Some(table) if known.votes.iter().any(|v| v == table) => {
                fits(pairs, &allowed, &OF_VOTES, &format!("the votes of `{table}`"))?;
            }
            Some(_) | None => {}
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, value: &str, known: &Known) -> Result<(), Refusal> {
        let filter = &mut self.filter;
        match name {
            "after" => self.after = Some(value.to_owned()),
            "limit" => self.limit = Some(limit(value)?),
            "since" => filter.since = Some(time(name, value, &known.zone, false)?),
            "until" => filter.until = Some(time(name, value, &known.zone, true)?),
            "status" => filter.status = one(name, value, &STATUS)?,
            "revision" => {
                let revisions = several(name, value, known.revisions.iter().map(u32::to_string))?;
                filter.revisions =
                    known.revisions.iter().copied().filter(|r| revisions.contains(&r.to_string())).collect();
            }
            "place" => filter.places = several(name, value, known.places.iter().cloned())?,
            "channel" => filter.channels = several(name, value, known.channels.iter().cloned())?,
            "audience" => {
                let names = several(name, value, AUDIENCES.iter().map(|(n, _)| (*n).to_owned()))?;
                filter.audiences =
                    AUDIENCES.iter().filter(|(n, _)| names.iter().any(|w| w == n)).map(|(_, a)| *a).collect();
            }
            // Which columns there are, the layout knows.
            "columns" if value.split(',').any(|c| c.trim().is_empty()) => {
                return Err(Refusal::parameter(name, "name columns with commas between them", [""; 0]));
            }
            "columns" => self.columns = value.split(',').map(|c| c.trim().to_owned()).collect(),
            // No response is a test yet: there is nothing more to give to who asks for tests too.
            "include" => {
                let named = several(name, value, ["withdrawn", "test"].map(str::to_owned).into_iter())?;
                self.withdrawn = named.iter().any(|word| word == "withdrawn");
            }
            "table" => match known.tables.iter().find(|t| *t == value) {
                Some(table) => self.table = Some(table.clone()),
                None => return Err(wrong(name, value, &known.tables)),
            },
            "ascii" => self.ascii = one(name, value, &SWITCH)?,
            "raw" => self.csv.raw = one(name, value, &SWITCH)?,
            "states" => self.look.states = one(name, value, &SWITCH)?,
            "values" => self.look.values = one(name, value, &VALUES)?,
            "lang" => {
                let language = known.languages.iter().find(|l| l.tag() == value);
                self.look.language = Some(*language.ok_or_else(|| wrong(name, value, &known.languages))?);
            }
            "dialect" => self.csv.dialect = one(name, value, &[("excel", Dialect::Excel)])?,
            "shape" => self.look.shape = one(name, value, &[("wide", Shape::Wide), ("long", Shape::Long)])?,
            other => {
                return Err(Refusal::parameter(
                    other,
                    format!("there is no parameter `{other}` here"),
                    [""; 0],
                ));
            }
        }
        Ok(())
    }
}

// What cannot be asked of a table whose rows must lead to no response.
fn fits(pairs: &[(String, String)], allowed: &[&str], of: &[&str], what: &str) -> Result<(), Refusal> {
    let fits = |name: &str| of.contains(&name) && allowed.contains(&name);
    match pairs.iter().find(|(name, _)| !fits(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let allowed: Vec<&str> = of.iter().copied().filter(|n| allowed.contains(n)).collect();
            Err(Refusal::parameter(name, format!("{what} cannot be told apart by `{name}`"), allowed))
        }
    }
}

const SWITCH: [(&str, bool); 2] = [("1", true), ("0", false)];
const STATUS: [(&str, Option<Status>); 3] =
    [("complete", Some(Status::Complete)), ("partial", Some(Status::Partial)), ("all", None)];
const VALUES: [(&str, Values); 3] =
    [("code", Values::Code), ("label", Values::Label), ("both", Values::Both)];
const AUDIENCES: [(&str, Audience); 3] =
    [("not_yet_user", Audience::NotYetUser), ("user", Audience::User), ("unknown", Audience::Unknown)];

fn one<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T, Refusal> {
    let found = choices.iter().find(|(n, _)| *n == value).map(|(_, choice)| *choice);
    found.ok_or_else(|| wrong(name, value, choices.iter().map(|(n, _)| n)))
}

// One of them, or several with commas.
fn several(name: &str, value: &str, choices: impl Iterator<Item = String>) -> Result<Vec<String>, Refusal> {
    let choices: Vec<String> = choices.collect();
    let wanted: Vec<String> = value.split(',').map(|v| v.trim().to_owned()).collect();
    match wanted.iter().find(|w| !choices.contains(w)) {
        Some(stranger) => Err(wrong(name, stranger, choices)),
        None => Ok(wanted),
    }
}

fn limit(value: &str) -> Result<usize, Refusal> {
    let number = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
    number.ok_or_else(|| wrong("limit", value, [format!("1 to {MAX_LIMIT}")]))
}

// A time, or a day in the institution's zone: `until` then means to its last second.
fn time(name: &str, value: &str, zone: &TimeZone, end: bool) -> Result<Timestamp, Refusal> {
    // An unescaped `+` of an offset arrives as a space.
    if let Ok(at) = value.replace(' ', "+").parse::<Timestamp>() {
        return Ok(at);
    }
    let day = value.parse::<Date>().ok().filter(|_| value.len() == "2026-11-23".len());
    let day = if end { day.and_then(|d| d.tomorrow().ok()) } else { day };
    let begins = day.and_then(|d| d.to_zoned(zone.clone()).ok()).map(|z| z.timestamp());
    let at = if end { begins.and_then(|b| b.checked_sub(SignedDuration::from_secs(1)).ok()) } else { begins };
    at.ok_or_else(|| wrong(name, value, ["2026-11-23", "2026-11-23T08:15:04Z"]))
}

fn wrong(name: &str, value: &str, allowed: impl IntoIterator<Item = impl ToString>) -> Refusal {
    Refusal::parameter(name, format!("`{name}` cannot be `{value}`"), allowed)
}
