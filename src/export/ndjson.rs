//! Rows as JSON: one response, one line, with the cursor after it. The line's end is the matter of whoever joins them.

use super::atlas::{Atlas, Cell, Given, Side, State};
use super::codebook::Role;
use super::filter::second;
use super::labels::{Labels, Values, labels};
use super::layout::{Fixed, Layout, clock};
use super::table::{Look, ROUND, has_other};
use crate::engine::Response;
use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;
use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

/// A row laid over the codebook, as it is to be written.
#[derive(Clone, Copy)]
pub struct Row<'a, 'r> {
    pub look: Look,
    pub atlas: &'a Atlas,
    pub layout: &'a Layout,
    pub response: &'r Response,
    /// In a table of rounds.
    pub round: Option<u16>,
    pub cells: &'a [Option<Cell<'r>>],
}

impl Row<'_, '_> {
    /// A response with its answers, and the reasons for those that are not there.
    pub fn wide(&self, cursor: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
        line(out, |map| {
            self.fixed(map)?;
            map.serialize_entry("answers", &Answers(*self))?;
            if self.look.values == Values::Both {
                map.serialize_entry("labels", &AnswerLabels(*self))?;
            }
            map.serialize_entry("states", &States(*self))?;
            map.serialize_entry("cursor", cursor)
        })
    }

    /// The answer to the question at `place`, which the response's revision has.
    pub fn long(
        &self,
        (place, name): &(usize, String),
        cell: &Cell<'_>,
        cursor: &str,
        out: &mut Vec<u8>,
    ) -> serde_json::Result<()> {
        let column = &self.atlas.book().columns[*place];
        let labels = cell.given.as_ref().and_then(|given| labels(column, given, self.look.language));
        line(out, |map| {
            self.fixed(map)?;
            map.serialize_entry("question", name)?;
            match &labels {
                Some(labels) if self.look.values == Values::Label => map.serialize_entry("value", labels)?,
                Some(_) | None => map.serialize_entry("value", &cell.given)?,
            }
            if self.look.values == Values::Both {
                map.serialize_entry("label", &labels)?;
            }
            map.serialize_entry("other", &cell.other.filter(|_| has_other(self.atlas, self.layout, *place)))?;
            map.serialize_entry("state", cell.state.name())?;
            map.serialize_entry("cursor", cursor)
        })
    }

    fn fixed<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let shown = |f: &&Fixed| **f == Fixed::Response || self.layout.fixed.contains(f);
        for fixed in Fixed::ALL.iter().filter(shown) {
            match fixed {
                Fixed::DeletedAt | Fixed::DeletedReason => {}
                Fixed::Revision => map.serialize_entry(fixed.name(), &self.response.revision)?,
                Fixed::Response => map.serialize_entry(fixed.name(), &self.response.id)?,
                Fixed::StartedAt => map.serialize_entry(fixed.name(), &second(self.response.started_at))?,
                Fixed::FinishedAt => map.serialize_entry(fixed.name(), &second(self.response.finished_at))?,
                Fixed::ChangedAt => map.serialize_entry(fixed.name(), &second(self.response.changed_at))?,
                Fixed::Citizen
                | Fixed::Channel
                | Fixed::Language
                | Fixed::Place
                | Fixed::Audience
                | Fixed::Status
                | Fixed::Ended => map.serialize_entry(fixed.name(), &fixed.of(self.response))?,
            }
        }
        match self.round {
            Some(no) => map.serialize_entry(ROUND, &no),
            None => Ok(()),
        }
    }
}

/// A response that was erased: which, when and why, nothing else.
pub fn erased(
    of: Uuid,
    at: Timestamp,
    reason: &str,
    cursor: &str,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    line(out, |map| {
        map.serialize_entry("response", &of)?;
        map.serialize_entry("deleted_at", &second(at))?;
        map.serialize_entry("deleted_reason", reason)?;
        map.serialize_entry("cursor", cursor)
    })
}

/// A response that the filter does not let through, or no longer does.
pub fn left_filter(of: Uuid, cursor: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    line(out, |map| {
        map.serialize_entry("response", &of)?;
        map.serialize_entry("left_filter", &true)?;
        map.serialize_entry("cursor", cursor)
    })
}

fn line<'o>(
    out: &'o mut Vec<u8>,
    entries: impl FnOnce(
        &mut <&mut serde_json::Serializer<&'o mut Vec<u8>> as Serializer>::SerializeMap,
    ) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    let mut serializer = serde_json::Serializer::new(out);
    let mut map = serializer.serialize_map(None)?;
    entries(&mut map)?;
    map.end()
}

struct Answers<'a, 'r>(Row<'a, 'r>);

impl Serialize for Answers<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let mut map = serializer.serialize_map(None)?;
        for (place, name) in &row.layout.questions {
            let column = &row.atlas.book().columns[*place];
            let Some(cell) = &row.cells[column.of(*place)] else { continue };
            match &column.role {
                Role::Answer(_) => match (&cell.given, cell.state) {
                    (Some(given), _) => match labels(column, given, row.look.language) {
                        Some(labels) if row.look.values == Values::Label => {
                            map.serialize_entry(name, &labels)?
                        }
                        Some(_) | None => map.serialize_entry(name, given)?,
                    },
                    (None, State::Skipped | State::Failed) => map.serialize_entry(name, &())?,
                    (None, State::Answered | State::NotAsked | State::Withdrawn) => {}
                },
                Role::Other { .. } => {
                    if let Some(words) = cell.other {
                        map.serialize_entry(name, words)?;
                    }
                }
                Role::Part { part, .. } => match cell.given.as_ref().and_then(|given| given.side(*part)) {
                    None => {}
                    Some(Side::Number(number)) => map.serialize_entry(name, &Given::Number(number))?,
                    Some(Side::Words(words) | Side::Ids(words)) => map.serialize_entry(name, &words)?,
                },
                // The list of codes says it.
                Role::Flag { .. } => {}
            }
        }
        map.end()
    }
}

/// The labels beside the codes.
struct AnswerLabels<'a, 'r>(Row<'a, 'r>);

impl Serialize for AnswerLabels<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let mut map = serializer.serialize_map(None)?;
        for (place, name) in &row.layout.questions {
            let column = &row.atlas.book().columns[*place];
            if !matches!(column.role, Role::Answer(_)) {
                continue;
            }
            let given = row.cells[*place].as_ref().and_then(|cell| cell.given.as_ref());
            if let Some(labels) = given.and_then(|given| labels(column, given, row.look.language)) {
                map.serialize_entry(name, &labels)?;
            }
        }
        map.end()
    }
}

struct States<'a, 'r>(Row<'a, 'r>);

impl Serialize for States<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let mut map = serializer.serialize_map(None)?;
        for (place, name) in &row.layout.questions {
            if !matches!(row.atlas.book().columns[*place].role, Role::Answer(_)) {
                continue;
            }
            if let Some(cell) = row.cells[*place].as_ref().filter(|c| c.state != State::Answered) {
                map.serialize_entry(name, cell.state.name())?;
            }
        }
        map.end()
    }
}

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Labels::One(label) => serializer.serialize_str(label),
            Labels::Several(labels) => labels.serialize(serializer),
        }
    }
}

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Given::Code(code) => serializer.serialize_str(code),
            Given::Codes(codes) => codes.serialize(serializer),
            Given::Text(text) => serializer.serialize_str(text),
            Given::Place { point, .. } => serializer.collect_str(point),
            Given::Media(list) => serializer.collect_seq(list.iter().map(|kept| kept.id)),
            Given::Spoken(_) | Given::Voted => serializer.serialize_unit(),
            Given::Date(date) => serializer.collect_str(date),
            Given::Time(time) => serializer.serialize_str(&clock(*time)),
            // As every reader of JSON takes it: whole, or a double.
            Given::Number(number) => match number.to_i64().filter(|_| number.is_integer()) {
                Some(whole) => serializer.serialize_i64(whole),
                None => {
                    serializer.serialize_f64(number.to_string().parse().map_err(serde::ser::Error::custom)?)
                }
            },
        }
    }
}
