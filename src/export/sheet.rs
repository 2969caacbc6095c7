//! One pull: a stored row in, its bytes out.

use super::atlas::Atlas;
use super::csv::Csv;
use super::cursor::Cursors;
use super::filter::Filter;
use super::layout::Layout;
use super::ndjson;
use crate::engine::{self, Response};
use storage::{Reason, ResponseRow, Row};

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

/// The row cannot be given: a newer version wrote it, or it is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the stored response {0} cannot be read: {1}")]
pub struct SheetError(pub uuid::Uuid, pub String);

impl Sheet {
    /// What stands before the first row.
    pub fn begin(&self, out: &mut Vec<u8>) {
        match &self.form {
            Form::Csv(csv) => csv.header(&self.atlas, &self.layout, out),
            Form::Ndjson => {}
        }
    }

    /// Writes one row, and says whether the pull has one for it. In the long shape of CSV that is several lines.
    ///
    /// # Errors
    /// [`SheetError`]; nothing was written.
    pub fn row(&self, row: &ResponseRow, out: &mut Vec<u8>) -> Result<bool, SheetError> {
        let broken = |why: String| SheetError(row.response, why);
        let cursor = || self.cursors.text(row.cursor.0);
        let live = match &row.row {
            Row::Live(body) => body,
            Row::Erased { .. } if self.after.is_none() => return Ok(false),
            Row::Erased { at, reason } => {
                match &self.form {
                    Form::Csv(csv) => {
                        csv.gone(&self.atlas, &self.layout, row.response, Some(*at), word(*reason), out)
                    }
                    Form::Ndjson => ndjson::erased(row.response, *at, word(*reason), &cursor(), out)
                        .map_err(|e| broken(e.to_string()))?,
                }
                return Ok(true);
            }
        };
        let response: Response = engine::decode(live).map_err(|e| broken(e.to_string()))?;
        if !self.filter.holds(&response) {
            // Before the first cursor nobody has the row, so it cannot have left.
            if self.after.is_none_or(|after| after == 0) {
                return Ok(false);
            }
            match &self.form {
                Form::Csv(csv) => csv.gone(&self.atlas, &self.layout, row.response, None, "left_filter", out),
                Form::Ndjson => {
                    ndjson::left_filter(row.response, &cursor(), out).map_err(|e| broken(e.to_string()))?;
                }
            }
            return Ok(true);
        }
        let cells = self.atlas.lay(&response, self.withdrawn);
        match &self.form {
            Form::Csv(csv) => csv.response(&self.atlas, &self.layout, &response, &cells, out),
            Form::Ndjson => ndjson::response(&self.atlas, &self.layout, &response, &cells, &cursor(), out)
                .map_err(|e| broken(e.to_string()))?,
        }
        Ok(true)
    }
}

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Citizen => "citizen",
        Reason::Staff => "staff",
        Reason::Retention => "retention",
    }
}
