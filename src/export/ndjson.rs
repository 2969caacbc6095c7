//! Rows as NDJSON: one response, one line, with the cursor after it.

use super::atlas::{Atlas, Cell, Given, Side, State};
use super::codebook::Role;
use super::csv::ROUND;
use super::layout::{Fixed, Layout, clock, time};
use crate::engine::Response;
use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;
use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

/// A response with its answers, and the reasons for those that are not there.
pub fn response(
    atlas: &Atlas,
    layout: &Layout,
    (response, round): (&Response, Option<u16>),
    cells: &[Option<Cell<'_>>],
    cursor: &str,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    line(out, |map| {
        for fixed in Fixed::ALL.iter().filter(|f| **f == Fixed::Response || layout.fixed.contains(f)) {
            match fixed {
                Fixed::DeletedAt | Fixed::DeletedReason => {}
                Fixed::Revision => map.serialize_entry(fixed.name(), &response.revision)?,
                Fixed::Response
                | Fixed::Citizen
                | Fixed::Channel
                | Fixed::Language
                | Fixed::Place
                | Fixed::Audience
                | Fixed::Status
                | Fixed::Ended
                | Fixed::StartedAt
                | Fixed::FinishedAt
                | Fixed::ChangedAt => map.serialize_entry(fixed.name(), &fixed.of(response))?,
            }
        }
        if let Some(no) = round {
            map.serialize_entry(ROUND, &no)?;
        }
        map.serialize_entry("answers", &Answers { atlas, layout, cells })?;
        map.serialize_entry("states", &States { atlas, layout, cells })?;
        map.serialize_entry("cursor", cursor)
    })
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
        map.serialize_entry("deleted_at", &time(at))?;
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
    map.end()?;
    serializer.into_inner().push(b'\n');
    Ok(())
}

struct Answers<'a, 'r> {
    atlas: &'a Atlas,
    layout: &'a Layout,
    cells: &'a [Option<Cell<'r>>],
}

impl Serialize for Answers<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (place, name) in &self.layout.questions {
            let column = &self.atlas.book().columns[*place];
            let Some(cell) = &self.cells[column.of(*place)] else { continue };
            match &column.role {
                Role::Answer(_) => match (&cell.given, cell.state) {
                    (Some(given), _) => map.serialize_entry(name, given)?,
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

struct States<'a, 'r> {
    atlas: &'a Atlas,
    layout: &'a Layout,
    cells: &'a [Option<Cell<'r>>],
}

impl Serialize for States<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (place, name) in &self.layout.questions {
            if !matches!(self.atlas.book().columns[*place].role, Role::Answer(_)) {
                continue;
            }
            if let Some(cell) = self.cells[*place].as_ref().filter(|c| c.state != State::Answered) {
                map.serialize_entry(name, cell.state.name())?;
            }
        }
        map.end()
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
