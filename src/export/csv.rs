//! Rows as CSV: wide with one row for each response, long with one for each of its questions.

use super::atlas::{Atlas, Cell, Given, Side, State, ids};
use super::codebook::{Part, Role};
use super::layout::{Fixed, Layout, Table, clock, time};
use crate::engine::Response;
use jiff::Timestamp;
use rust_decimal::Decimal;
use std::borrow::Cow;
use uuid::Uuid;

/// The columns after the fixed ones in the long shape.
pub const LONG: [&str; 4] = ["question", "value", "other", "state"];

/// The column with the number of the round.
pub const ROUND: &str = "round";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Csv {
    pub shape: Shape,
    /// A `_state` column for each question of the wide shape.
    pub states: bool,
    /// What citizens wrote stays as it is, also where a spreadsheet would take it for a formula.
    pub raw: bool,
    pub dialect: Dialect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Wide,
    Long,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// UTF-8, comma, LF.
    #[default]
    Plain,
    /// As a Danish Excel opens it: byte order mark, semicolon, CRLF, decimal comma.
    Excel,
}

impl Csv {
    pub fn header(&self, atlas: &Atlas, layout: &Layout, out: &mut Vec<u8>) {
        if self.dialect == Dialect::Excel {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        let mut line = Line::new(self.dialect, out);
        layout.fixed.iter().for_each(|f| line.cell(f.name()));
        if matches!(layout.table, Table::Rounds(_)) {
            line.cell(ROUND);
        }
        match self.shape {
            Shape::Long => LONG.iter().for_each(|name| line.cell(name)),
            Shape::Wide => {
                for (place, name) in &layout.questions {
                    line.cell(name);
                    if self.has_state(atlas, *place) {
                        line.cell(&format!("{name}_state"));
                    }
                }
            }
        }
        line.end();
    }

    /// `round`: of which the row is, in a table of rounds.
    pub fn response(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        (response, round): (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut Vec<u8>,
    ) {
        match self.shape {
            Shape::Wide => self.wide(atlas, layout, (response, round), cells, out),
            Shape::Long => self.long(atlas, layout, (response, round), cells, out),
        }
    }

    /// The row of a response that was erased: its id, when, and why. Without a time it is one that the filter does not let
    /// through, or no longer does: `deleted_reason` is then `left_filter`, and `deleted_at` is empty.
    pub fn gone(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        of: Uuid,
        at: Option<Timestamp>,
        reason: &str,
        out: &mut Vec<u8>,
    ) {
        let mut line = Line::new(self.dialect, out);
        for fixed in &layout.fixed {
            match fixed {
                Fixed::Response => line.cell(&of.to_string()),
                Fixed::DeletedAt => line.cell(&at.map(time).unwrap_or_default()),
                Fixed::DeletedReason => line.cell(reason),
                Fixed::Citizen
                | Fixed::Revision
                | Fixed::Channel
                | Fixed::Language
                | Fixed::Place
                | Fixed::Audience
                | Fixed::Status
                | Fixed::Ended
                | Fixed::StartedAt
                | Fixed::FinishedAt
                | Fixed::ChangedAt => line.cell(""),
            }
        }
        let rest = match self.shape {
            Shape::Long => LONG.len(),
            Shape::Wide => {
                let states =
                    layout.questions.iter().filter(|(place, _)| self.has_state(atlas, *place)).count();
                layout.questions.len() + states
            }
        };
        let round = usize::from(matches!(layout.table, Table::Rounds(_)));
        (0..rest + round).for_each(|_| line.cell(""));
        line.end();
    }

    fn has_state(&self, atlas: &Atlas, place: usize) -> bool {
        self.states && matches!(atlas.book().columns[place].role, Role::Answer(_))
    }

    fn wide(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        (response, round): (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut Vec<u8>,
    ) {
        let mut line = Line::new(self.dialect, out);
        fixed(&mut line, layout, response, round);
        for (place, _) in &layout.questions {
            let column = &atlas.book().columns[*place];
            let cell = cells[column.of(*place)].as_ref();
            match &column.role {
                Role::Answer(_) => line.cell(&self.value(cell)),
                Role::Other { .. } => line.cell(&self.words(cell.and_then(|c| c.other).unwrap_or_default())),
                Role::Part { part, .. } => line.cell(&self.side(cell, *part)),
                Role::Flag { code, .. } => line.cell(flag(cell, code, column.life.holds(response.revision))),
            }
            if self.has_state(atlas, *place) {
                line.cell(cell.map_or("", |c| c.state.name()));
            }
        }
        line.end();
    }

    fn long(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        (response, round): (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut Vec<u8>,
    ) {
        for (place, name) in &layout.questions {
            if !matches!(atlas.book().columns[*place].role, Role::Answer(_)) {
                continue;
            }
            let Some(cell) = &cells[*place] else { continue };
            let mut line = Line::new(self.dialect, out);
            fixed(&mut line, layout, response, round);
            line.cell(name);
            line.cell(&self.value(Some(cell)));
            let other = cell.other.filter(|_| has_other(atlas, layout, *place));
            line.cell(&self.words(other.unwrap_or_default()));
            line.cell(cell.state.name());
            line.end();
        }
    }

    fn value<'c>(&self, cell: Option<&'c Cell<'_>>) -> Cow<'c, str> {
        match cell.and_then(|c| c.given.as_ref()) {
            None => Cow::Borrowed(""),
            Some(Given::Code(code)) => Cow::Borrowed(code),
            Some(Given::Codes(codes)) => Cow::Owned(codes.join(" ")),
            Some(Given::Text(text)) => self.words(text),
            Some(Given::Date(date)) => Cow::Owned(date.to_string()),
            Some(Given::Time(time)) => Cow::Owned(clock(*time)),
            Some(Given::Number(number)) => Cow::Owned(self.number(*number)),
            Some(Given::Place { point, .. }) => Cow::Owned(point.to_string()),
            Some(Given::Media(list)) => Cow::Owned(ids(list)),
            Some(Given::Spoken(_) | Given::Voted) => Cow::Borrowed(""),
        }
    }

    fn number(&self, number: Decimal) -> String {
        match self.dialect {
            Dialect::Plain => number.to_string(),
            Dialect::Excel => number.to_string().replace('.', ","),
        }
    }

    fn side(&self, cell: Option<&Cell<'_>>, part: Part) -> String {
        match cell.and_then(|c| c.given.as_ref()).and_then(|given| given.side(part)) {
            None => String::new(),
            Some(Side::Number(number)) => self.number(number),
            Some(Side::Words(words)) => self.words(&words).into_owned(),
            Some(Side::Ids(ids)) => ids,
        }
    }

    fn words<'c>(&self, text: &'c str) -> Cow<'c, str> {
        if self.raw { Cow::Borrowed(text) } else { harmless(text) }
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str) -> Cow<'_, str> {
    // Excel takes the full-width signs for formulas too.
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

// Words of an `other` are free text: a pull that may not have their column does not have them here.
fn has_other(atlas: &Atlas, layout: &Layout, place: usize) -> bool {
    let columns = &atlas.book().columns;
    layout.questions.iter().any(|(p, _)| columns[*p].role == Role::Other { of: place })
}

fn flag(cell: Option<&Cell<'_>>, code: &str, offered: bool) -> &'static str {
    match cell.map(|c| (c.state, &c.given)) {
        Some((State::Answered | State::Withdrawn, Some(Given::Codes(codes)))) if codes.contains(&code) => "1",
        Some((State::Answered | State::Withdrawn, Some(Given::Codes(_)))) if offered => "0",
        _ => "",
    }
}

fn fixed(line: &mut Line<'_>, layout: &Layout, response: &Response, round: Option<u16>) {
    for fixed in &layout.fixed {
        line.cell(&fixed.of(response).unwrap_or_default());
    }
    round.iter().for_each(|no| line.cell(&no.to_string()));
}

/// One row while it is written.
pub struct Line<'o> {
    dialect: Dialect,
    out: &'o mut Vec<u8>,
    first: bool,
}

impl Line<'_> {
    pub fn new(dialect: Dialect, out: &mut Vec<u8>) -> Line<'_> {
        Line { dialect, out, first: true }
    }

    /// Quoted where the text holds a separator, a quote or a line break.
    pub fn cell(&mut self, text: &str) {
        let separator = match self.dialect {
            Dialect::Plain => b',',
            Dialect::Excel => b';',
        };
        if !std::mem::take(&mut self.first) {
            self.out.push(separator);
        }
        if !text.bytes().any(|b| b == separator || matches!(b, b'"' | b'\n' | b'\r')) {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        self.out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        self.out.push(b'"');
    }

    pub fn end(self) {
        self.out.extend_from_slice(match self.dialect {
            Dialect::Plain => b"\n",
            Dialect::Excel => b"\r\n",
        });
    }
}
