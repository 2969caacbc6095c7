//! One pull: a stored row in, its bytes out.

use super::atlas::{Atlas, Cell};
use super::csv::Csv;
use super::cursor::Cursors;
use super::filter::Filter;
use super::layout::{Layout, Table};
use super::{ndjson, votes};
use crate::engine::{self, Response};
use jiff::Timestamp;
use uuid::Uuid;

/// What a pull shall be.
#[derive(Debug)]
pub struct Sheet {
    pub atlas: Atlas,
    pub layout: Layout,
    pub form: Form,
    pub filter: Filter,
    /// Answers whose question is no longer on the citizen's way are given too.
    pub withdrawn: bool,
    /// The cursor that was given, 0 included; `None` is a plain download.
    pub after: Option<u64>,
    pub cursors: Cursors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv(Csv),
    Ndjson,
}

/// A row of the answer log.
#[derive(Debug, Clone, Copy)]
pub enum Stored<'r> {
    /// A response as [`engine::encode`] wrote it.
    Live(&'r [u8]),
    Erased {
        at: Timestamp,
        reason: &'static str,
    },
}

/// The row cannot be given: a newer version wrote it, or it is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the stored response {0} cannot be read: {1}")]
pub struct SheetError(pub Uuid, pub String);

impl Sheet {
    /// What stands before the first row.
    pub fn begin(&self, out: &mut Vec<u8>) {
        match &self.form {
            Form::Csv(csv) if self.is_votes() => votes::header(csv, out),
            Form::Csv(csv) => csv.header(&self.atlas, &self.layout, out),
            Form::Ndjson => {}
        }
    }

    /// Writes one row, and says whether the pull has one for it. In the long shape of CSV that is several lines.
    ///
    /// # Errors
    /// [`SheetError`]; nothing was written.
    pub fn row(&self, cursor: u64, of: Uuid, row: Stored<'_>, out: &mut Vec<u8>) -> Result<bool, SheetError> {
        if let Table::Votes { words } = self.layout.table {
            return self.vote(of, row, words, out);
        }
        match row {
            Stored::Live(body) => {
                let response = engine::decode(body).map_err(|e| SheetError(of, e.to_string()))?;
                self.live(cursor, &response, out)
            }
            // A plain download is plain: only who has pulled before has something to erase.
            Stored::Erased { .. } if self.after.is_none() => Ok(false),
            Stored::Erased { at, reason } => self.gone(cursor, of, Some((at, reason)), out),
        }
    }

    fn live(&self, cursor: u64, response: &Response, out: &mut Vec<u8>) -> Result<bool, SheetError> {
        if !self.filter.holds(response) {
            // Before the first cursor nobody has the row, so it cannot have left.
            let known = self.after.is_some_and(|after| after > 0);
            return if known { self.gone(cursor, response.id, None, out) } else { Ok(false) };
        }
        let rounds: Vec<(Option<u16>, _)> = match &self.layout.table {
            Table::Rounds(table) => {
                let rounds = self.atlas.rounds(response, self.withdrawn, table);
                rounds.into_iter().map(|(no, cells)| (Some(no), cells)).collect()
            }
            Table::Responses | Table::Answered | Table::Votes { .. } => {
                let cells = self.atlas.lay(response, self.withdrawn);
                let given = |(place, _): &(usize, String)| {
                    let of = self.atlas.book().columns[*place].of(*place);
                    cells[of].as_ref().is_some_and(|cell| cell.given.is_some())
                };
                let is_row = self.layout.table != Table::Answered || self.layout.questions.iter().any(given);
                is_row.then_some((None, cells)).into_iter().collect()
            }
        };
        if rounds.is_empty() {
            // Whoever pulled before may have rounds of it that the citizen took back.
            let known = self.after.is_some_and(|after| after > 0);
            return if known { self.gone(cursor, response.id, None, out) } else { Ok(false) };
        }
        for (no, cells) in rounds {
            self.line(cursor, (response, no), &cells, out)?;
        }
        Ok(true)
    }

    /// Whether the rows are votes: they are of a log of their own.
    pub fn is_votes(&self) -> bool {
        matches!(self.layout.table, Table::Votes { .. })
    }

    fn vote(&self, of: Uuid, row: Stored<'_>, words: bool, out: &mut Vec<u8>) -> Result<bool, SheetError> {
        let unreadable = |why: String| SheetError(of, why);
        let entry = match row {
            Stored::Live(body) => {
                votes::Entry::Cast(engine::decode(body).map_err(|e| unreadable(e.to_string()))?)
            }
            Stored::Erased { .. } if self.after.is_none() => return Ok(false),
            Stored::Erased { at, reason } => votes::Entry::Erased { at, reason },
        };
        match &self.form {
            Form::Csv(csv) => votes::csv(csv, of, &entry, words, out),
            Form::Ndjson => votes::ndjson(of, &entry, words, out).map_err(|e| unreadable(e.to_string()))?,
        }
        Ok(true)
    }

    fn line(
        &self,
        cursor: u64,
        of: (&Response, Option<u16>),
        cells: &[Option<Cell<'_>>],
        out: &mut Vec<u8>,
    ) -> Result<(), SheetError> {
        match &self.form {
            Form::Csv(csv) => csv.response(&self.atlas, &self.layout, of, cells, out),
            Form::Ndjson => {
                let cursor = self.cursors.text(cursor);
                ndjson::response(&self.atlas, &self.layout, of, cells, &cursor, out)
                    .map_err(|e| SheetError(of.0.id, e.to_string()))?;
            }
        }
        Ok(())
    }

    // Erased, or (without a time) left behind by the filter.
    fn gone(
        &self,
        cursor: u64,
        of: Uuid,
        erased: Option<(Timestamp, &str)>,
        out: &mut Vec<u8>,
    ) -> Result<bool, SheetError> {
        let cursor = || self.cursors.text(cursor);
        let written = match (&self.form, erased) {
            (Form::Csv(csv), erased) => {
                let reason = erased.map_or("left_filter", |(_, reason)| reason);
                csv.gone(&self.atlas, &self.layout, of, erased.map(|(at, _)| at), reason, out);
                Ok(())
            }
            (Form::Ndjson, Some((at, reason))) => ndjson::erased(of, at, reason, &cursor(), out),
            (Form::Ndjson, None) => ndjson::left_filter(of, &cursor(), out),
        };
        written.map_err(|e| SheetError(of, e.to_string()))?;
        Ok(true)
    }
}
