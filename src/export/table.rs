//! Rows as cells: wide with one row for each response, long with one for each of its questions. How a cell looks in bytes is
//! the matter of CSV and XLSX.

use super::atlas::{Atlas, Cell, Given, Side, State, ids};
use super::codebook::{Column, Part, Role};
use super::labels::{Values, has_labels, labels};
use super::layout::{Fixed, Layout, Table};
use crate::engine::Response;
use crate::script::Language;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The columns after the fixed ones in the long shape; a `label` comes after the value where it is asked for.
const LONG: [&str; 4] = ["question", "value", "other", "state"];

/// The column with the number of the round.
pub const ROUND: &str = "round";

/// How rows are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub shape: Shape,
    /// A `_state` column for each question of the wide shape.
    pub states: bool,
    pub values: Values,
    /// Of the labels; `None`: the first that a label has.
    pub language: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Wide,
    Long,
}

/// Takes the cells of one row after the other.
pub trait Cells {
    /// An id, a code, the name of a column.
    fn text(&mut self, text: &str);
    /// What somebody wrote: it must not become a formula.
    fn words(&mut self, text: &str);
    fn number(&mut self, number: Decimal);
    /// 1 or 0.
    fn flag(&mut self, on: bool);
    fn moment(&mut self, at: Timestamp);
    fn date(&mut self, date: Date);
    fn clock(&mut self, time: Time);
    fn empty(&mut self);
    /// The row is whole.
    fn end(&mut self);
}

impl Look {
    pub fn header(&self, atlas: &Atlas, layout: &Layout, out: &mut impl Cells) {
        layout.fixed.iter().for_each(|f| out.text(f.name()));
        if matches!(layout.table, Table::Rounds(_)) {
            out.text(ROUND);
        }
        match self.shape {
            Shape::Long => {
                for name in LONG {
                    out.text(name);
                    if name == "value" && self.values == Values::Both {
                        out.text("label");
                    }
                }
            }
            Shape::Wide => {
                for (place, name) in &layout.questions {
                    out.text(name);
                    if self.has_label(atlas, *place) {
                        out.text(&format!("{name}_label"));
                    }
                    if self.has_state(atlas, *place) {
                        out.text(&format!("{name}_state"));
                    }
                }
            }
        }
        out.end();
    }

    /// `round`: of which the row is, in a table of rounds.
    pub fn response(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        of: (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut impl Cells,
    ) {
        match self.shape {
            Shape::Wide => self.wide(atlas, layout, of, cells, out),
            Shape::Long => self.long(atlas, layout, of, cells, out),
        }
    }

    /// The row of a response that was erased: its id, when, and why. Without a time it is one that the filter does not let
    /// through, or no longer does: `deleted_reason` is then `left_filter`, and `deleted_at` is empty.
    pub fn gone(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        of: Uuid,
        (at, reason): (Option<Timestamp>, &str),
        out: &mut impl Cells,
    ) {
        for fixed in &layout.fixed {
            match (fixed, at) {
                (Fixed::Response, _) => out.text(&of.to_string()),
                (Fixed::DeletedAt, Some(at)) => out.moment(at),
                (Fixed::DeletedReason, _) => out.text(reason),
                (
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
                    | Fixed::ChangedAt
                    | Fixed::DeletedAt,
                    _,
                ) => out.empty(),
            }
        }
        let of_question = |place: usize| {
            1 + u8::from(self.has_label(atlas, place)) + u8::from(self.has_state(atlas, place))
        };
        let rest: usize = match self.shape {
            Shape::Long => LONG.len() + usize::from(self.values == Values::Both),
            Shape::Wide => layout.questions.iter().map(|(place, _)| usize::from(of_question(*place))).sum(),
        };
        let round = usize::from(matches!(layout.table, Table::Rounds(_)));
        (0..rest + round).for_each(|_| out.empty());
        out.end();
    }

    fn has_state(&self, atlas: &Atlas, place: usize) -> bool {
        self.states && matches!(atlas.book().columns[place].role, Role::Answer(_))
    }

    fn has_label(&self, atlas: &Atlas, place: usize) -> bool {
        let column = &atlas.book().columns[place];
        self.values == Values::Both && matches!(column.role, Role::Answer(_)) && has_labels(column)
    }

    fn wide(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        (response, round): (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut impl Cells,
    ) {
        fixed(layout, response, round, out);
        for (place, _) in &layout.questions {
            let column = &atlas.book().columns[*place];
            let cell = cells[column.of(*place)].as_ref();
            match &column.role {
                Role::Answer(_) => self.value(column, cell, out),
                Role::Other { .. } => own_words(cell.and_then(|c| c.other), out),
                Role::Part { part, .. } => side(cell, *part, out),
                Role::Flag { code, .. } => flag(cell, code, column.life.holds(response.revision), out),
            }
            if self.has_label(atlas, *place) {
                self.label(column, cell, out);
            }
            if self.has_state(atlas, *place) {
                out.text(cell.map_or("", |c| c.state.name()));
            }
        }
        out.end();
    }

    fn long(
        &self,
        atlas: &Atlas,
        layout: &Layout,
        (response, round): (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut impl Cells,
    ) {
        for (place, name) in &layout.questions {
            let column = &atlas.book().columns[*place];
            if !matches!(column.role, Role::Answer(_)) {
                continue;
            }
            let Some(cell) = &cells[*place] else { continue };
            fixed(layout, response, round, out);
            out.text(name);
            self.value(column, Some(cell), out);
            if self.values == Values::Both {
                self.label(column, Some(cell), out);
            }
            own_words(cell.other.filter(|_| has_other(atlas, layout, *place)), out);
            out.text(cell.state.name());
            out.end();
        }
    }

    fn value(&self, column: &Column, cell: Option<&Cell<'_>>, out: &mut impl Cells) {
        let Some(given) = cell.and_then(|c| c.given.as_ref()) else { return out.empty() };
        if self.values == Values::Label
            && let Some(labels) = labels(column, given, self.language)
        {
            return out.words(&labels.joined());
        }
        match given {
            Given::Code(code) => out.text(code),
            Given::Codes(codes) => out.text(&codes.join(" ")),
            Given::Text(text) => out.words(text),
            Given::Date(date) => out.date(*date),
            Given::Time(time) => out.clock(*time),
            Given::Number(number) => out.number(*number),
            Given::Place { point, .. } => out.text(&point.to_string()),
            Given::Media(list) => out.text(&ids(list)),
            Given::Spoken(_) | Given::Voted => out.empty(),
        }
    }

    fn label(&self, column: &Column, cell: Option<&Cell<'_>>, out: &mut impl Cells) {
        let given = cell.and_then(|c| c.given.as_ref());
        match given.and_then(|given| labels(column, given, self.language)) {
            Some(labels) => out.words(&labels.joined()),
            None => out.empty(),
        }
    }
}

fn own_words(words: Option<&str>, out: &mut impl Cells) {
    match words {
        Some(words) => out.words(words),
        None => out.empty(),
    }
}

fn side(cell: Option<&Cell<'_>>, part: Part, out: &mut impl Cells) {
    match cell.and_then(|c| c.given.as_ref()).and_then(|given| given.side(part)) {
        None => out.empty(),
        Some(Side::Number(number)) => out.number(number),
        Some(Side::Words(words)) => out.words(&words),
        Some(Side::Ids(ids)) => out.text(&ids),
    }
}

/// Words of an `other` are free text: a pull that may not have their column does not have them in the long shape.
pub fn has_other(atlas: &Atlas, layout: &Layout, place: usize) -> bool {
    let columns = &atlas.book().columns;
    layout.questions.iter().any(|(p, _)| columns[*p].role == Role::Other { of: place })
}

fn flag(cell: Option<&Cell<'_>>, code: &str, offered: bool, out: &mut impl Cells) {
    let answered = |c: &&Cell<'_>| matches!(c.state, State::Answered | State::Withdrawn);
    match cell.filter(answered).and_then(|c| c.given.as_ref()) {
        Some(Given::Codes(codes)) if codes.contains(&code) => out.flag(true),
        Some(Given::Codes(_)) if offered => out.flag(false),
        _ => out.empty(),
    }
}

fn fixed(layout: &Layout, response: &Response, round: Option<u16>, out: &mut impl Cells) {
    for fixed in &layout.fixed {
        match fixed {
            Fixed::Revision => out.number(response.revision.into()),
            Fixed::StartedAt => out.moment(response.started_at),
            Fixed::FinishedAt => out.moment(response.finished_at),
            Fixed::ChangedAt => out.moment(response.changed_at),
            Fixed::Response
            | Fixed::Citizen
            | Fixed::Channel
            | Fixed::Language
            | Fixed::Place
            | Fixed::Audience
            | Fixed::Status
            | Fixed::Ended
            | Fixed::DeletedAt
            | Fixed::DeletedReason => match fixed.of(response) {
                Some(text) => out.text(&text),
                None => out.empty(),
            },
        }
    }
    if let Some(no) = round {
        out.number(no.into());
    }
}
