//! One pull: a stored row in, its bytes out.

use super::atlas::{Atlas, Cell};
use super::csv::{Csv, Line};
use super::cursor::Cursors;
use super::filter::Filter;
use super::layout::{Layout, Table};
use super::ndjson::Row;
use super::table::{Cells, Look, Shape};
use super::xlsx::{Pen, Workbook};
use super::{contacts, ndjson, votes};
use crate::engine::{self, Contact, Response};
use jiff::Timestamp;
use uuid::Uuid;

/// What a pull shall be.
#[derive(Debug)]
pub struct Sheet {
    pub atlas: Atlas,
    pub layout: Layout,
    pub form: Form,
    pub look: Look,
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
    /// One line for each row.
    Ndjson,
    /// One list.
    Json,
    Xlsx,
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

/// A pull while it is written: rows go in, bytes are taken out.
#[derive(Debug)]
pub struct Writer {
    sheet: Sheet,
    out: Vec<u8>,
    /// Objects of a list so far.
    listed: u64,
    pen: Pen,
    workbook: Workbook,
}

impl Writer {
    pub fn new(sheet: Sheet) -> Writer {
        Writer { sheet, out: Vec::new(), listed: 0, pen: Pen::default(), workbook: Workbook::default() }
    }

    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// What has been written since it was last asked for.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// What stands before the first row.
    pub fn begin(&mut self) -> std::io::Result<()> {
        match &self.sheet.form {
            Form::Csv(csv) => {
                csv.begin(&mut self.out);
                self.sheet.header(&mut Line::new(*csv, &mut self.out));
            }
            Form::Ndjson => {}
            Form::Json => self.out.push(b'['),
            Form::Xlsx => self.new_sheet()?,
        }
        Ok(())
    }

    /// Writes one row, and says whether the pull has one for it. In the long shape that is several lines.
    ///
    /// # Errors
    /// [`SheetError`]; nothing was written.
    pub fn row(&mut self, cursor: u64, of: Uuid, row: Stored<'_>) -> Result<bool, SheetError> {
        if let Table::Votes { words, .. } = self.sheet.layout.table {
            return self.vote(of, row, words);
        }
        match row {
            Stored::Live(body) => {
                let response = engine::decode(body).map_err(|e| SheetError(of, e.to_string()))?;
                self.live(cursor, &response)
            }
            // A plain download is plain: only who has pulled before has something to erase.
            Stored::Erased { .. } if self.sheet.after.is_none() => Ok(false),
            Stored::Erased { at, reason } => self.gone(cursor, of, Some((at, reason))),
        }
    }

    /// An address; `id` is its name.
    pub fn contact(&mut self, id: &str, contact: &Contact) -> std::io::Result<()> {
        match self.sheet.form {
            Form::Csv(csv) => contacts::row(id, contact, &mut Line::new(csv, &mut self.out)),
            Form::Ndjson | Form::Json => {
                self.object(|out| contacts::json(id, contact, out))?;
            }
            Form::Xlsx => contacts::row(id, contact, &mut self.pen),
        }
        self.settle()
    }

    /// What stands behind the last row; of a workbook the codebook too, on a sheet of its own.
    pub fn end(&mut self) -> std::io::Result<()> {
        match self.sheet.form {
            Form::Csv(_) | Form::Ndjson => Ok(()),
            Form::Json => {
                self.out.extend_from_slice(if self.listed == 0 { b"]\n" } else { b"\n]\n" });
                Ok(())
            }
            Form::Xlsx => {
                self.workbook.sheet("codebook", &mut self.pen, &mut self.out)?;
                self.sheet.atlas.book().rows(self.sheet.layout.ascii, &mut self.pen);
                self.workbook.take(&mut self.pen, &mut self.out)?;
                self.workbook.end(&mut self.out)
            }
        }
    }

    fn live(&mut self, cursor: u64, response: &Response) -> Result<bool, SheetError> {
        // Before the first cursor nobody has the row, so it cannot have left.
        let known = self.sheet.after.is_some_and(|after| after > 0);
        let Writer { sheet, out, listed, pen, .. } = self;
        let rounds = if sheet.filter.holds(response) { sheet.rows_of(response) } else { Vec::new() };
        if rounds.is_empty() {
            // Whoever pulled before may have the response, or rounds of it that the citizen took back.
            return if known { self.gone(cursor, response.id, None) } else { Ok(false) };
        }
        for (round, cells) in rounds {
            let row = Row {
                look: sheet.look,
                atlas: &sheet.atlas,
                layout: &sheet.layout,
                response,
                round,
                cells: &cells,
            };
            let of = (response, round);
            let Sheet { look, atlas, layout, .. } = &*sheet;
            match sheet.form {
                Form::Csv(csv) => look.response(atlas, layout, of, &cells, &mut Line::new(csv, out)),
                Form::Xlsx => look.response(atlas, layout, of, &cells, pen),
                form @ (Form::Ndjson | Form::Json) => {
                    let cursor = sheet.cursors.text(cursor);
                    let written = objects(&row, &cursor, form, listed, out);
                    written.map_err(|e| SheetError(response.id, e.to_string()))?;
                }
            }
        }
        self.settle().map_err(|e| SheetError(response.id, e.to_string()))?;
        Ok(true)
    }

    fn vote(&mut self, of: Uuid, row: Stored<'_>, words: bool) -> Result<bool, SheetError> {
        let unreadable = |why: String| SheetError(of, why);
        let entry = match row {
            Stored::Live(body) => {
                votes::Entry::Cast(engine::decode(body).map_err(|e| unreadable(e.to_string()))?)
            }
            Stored::Erased { .. } if self.sheet.after.is_none() => return Ok(false),
            Stored::Erased { at, reason } => votes::Entry::Erased { at, reason },
        };
        match self.sheet.form {
            Form::Csv(csv) => votes::row(of, &entry, words, &mut Line::new(csv, &mut self.out)),
            Form::Xlsx => votes::row(of, &entry, words, &mut self.pen),
            Form::Ndjson | Form::Json => {
                self.object(|out| votes::json(of, &entry, words, out))
                    .map_err(|e| unreadable(e.to_string()))?;
            }
        }
        self.settle().map_err(|e| unreadable(e.to_string()))?;
        Ok(true)
    }

    // Erased, or (without a time) left behind by the filter.
    fn gone(&mut self, cursor: u64, of: Uuid, erased: Option<(Timestamp, &str)>) -> Result<bool, SheetError> {
        let unreadable = |why: String| SheetError(of, why);
        let why = (erased.map(|(at, _)| at), erased.map_or("left_filter", |(_, reason)| reason));
        let Sheet { look, atlas, layout, .. } = &self.sheet;
        match self.sheet.form {
            Form::Csv(csv) => look.gone(atlas, layout, of, why, &mut Line::new(csv, &mut self.out)),
            Form::Xlsx => look.gone(atlas, layout, of, why, &mut self.pen),
            Form::Ndjson | Form::Json => {
                let cursor = self.sheet.cursors.text(cursor);
                let written = self.object(|out| match erased {
                    Some((at, reason)) => ndjson::erased(of, at, reason, &cursor, out),
                    None => ndjson::left_filter(of, &cursor, out),
                });
                written.map_err(|e| unreadable(e.to_string()))?;
            }
        }
        self.settle().map_err(|e| unreadable(e.to_string()))?;
        Ok(true)
    }

    fn object(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        before(self.sheet.form, &mut self.listed, &mut self.out);
        write(&mut self.out)?;
        behind(self.sheet.form, &mut self.out);
        Ok(())
    }

    // Rows of a workbook go into the package; a sheet that is full is followed by another.
    fn settle(&mut self) -> std::io::Result<()> {
        if self.sheet.form != Form::Xlsx {
            return Ok(());
        }
        self.workbook.take(&mut self.pen, &mut self.out)?;
        if self.workbook.is_full(&self.pen) { self.new_sheet() } else { Ok(()) }
    }

    fn new_sheet(&mut self) -> std::io::Result<()> {
        let name = match &self.sheet.layout.table {
            Table::Responses => "responses",
            Table::Rounds(name) | Table::Answered(name) | Table::Votes { of: name, .. } => name,
            Table::Contacts => "contacts",
        };
        self.workbook.sheet(name, &mut self.pen, &mut self.out)?;
        self.sheet.header(&mut self.pen);
        self.workbook.take(&mut self.pen, &mut self.out)
    }
}

impl Sheet {
    /// Whether the rows are votes: they are of a log of their own.
    pub fn is_votes(&self) -> bool {
        matches!(self.layout.table, Table::Votes { .. })
    }

    fn header(&self, out: &mut impl Cells) {
        match &self.layout.table {
            Table::Votes { .. } => votes::header(out),
            Table::Contacts => contacts::header(out),
            Table::Responses | Table::Rounds(_) | Table::Answered(_) => {
                self.look.header(&self.atlas, &self.layout, out);
            }
        }
    }

    // The cells of each row that the response has in the table.
    fn rows_of<'r>(&'r self, response: &'r Response) -> Vec<(Option<u16>, Vec<Option<Cell<'r>>>)> {
        if let Table::Rounds(table) = &self.layout.table {
            let rounds = self.atlas.rounds(response, self.withdrawn, table);
            return rounds.into_iter().map(|(no, cells)| (Some(no), cells)).collect();
        }
        let cells = self.atlas.lay(response, self.withdrawn);
        let given = |(place, _): &(usize, String)| {
            let of = self.atlas.book().columns[*place].of(*place);
            cells[of].as_ref().is_some_and(|cell| cell.given.is_some())
        };
        let listed = matches!(self.layout.table, Table::Answered(_));
        let is_row = !listed || self.layout.questions.iter().any(given);
        is_row.then_some((None, cells)).into_iter().collect()
    }
}

// One object for the response, or one for each of its questions.
fn objects(
    row: &Row<'_, '_>,
    cursor: &str,
    form: Form,
    listed: &mut u64,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    if row.look.shape == Shape::Wide {
        before(form, listed, out);
        row.wide(cursor, out)?;
        behind(form, out);
        return Ok(());
    }
    for question in &row.layout.questions {
        let Some(cell) = row.atlas.question(question.0).and_then(|place| row.cells[place].as_ref()) else {
            continue;
        };
        before(form, listed, out);
        row.long(question, cell, cursor, out)?;
        behind(form, out);
    }
    Ok(())
}

fn before(form: Form, listed: &mut u64, out: &mut Vec<u8>) {
    if form == Form::Json {
        out.extend_from_slice(if *listed == 0 { b"\n" } else { b",\n" });
    }
    *listed += 1;
}

fn behind(form: Form, out: &mut Vec<u8>) {
    if form == Form::Ndjson {
        out.push(b'\n');
    }
}
