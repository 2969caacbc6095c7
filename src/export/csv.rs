//! Cells as CSV (RFC 4180), plain or as a Danish Excel opens it.

use super::filter::second;
use super::layout::clock;
use super::table::Cells;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Csv {
    /// What citizens wrote stays as it is, also where a spreadsheet would take it for a formula.
    pub raw: bool,
    pub dialect: Dialect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// UTF-8, comma, LF.
    #[default]
    Plain,
    /// Byte order mark, semicolon, CRLF, decimal comma.
    Excel,
}

impl Csv {
    /// What stands before the first row.
    pub fn begin(&self, out: &mut Vec<u8>) {
        if self.dialect == Dialect::Excel {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
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

/// Rows while they are written.
pub struct Line<'o> {
    csv: Csv,
    out: &'o mut Vec<u8>,
    first: bool,
}

impl Line<'_> {
    pub fn new(csv: Csv, out: &mut Vec<u8>) -> Line<'_> {
        Line { csv, out, first: true }
    }

    // Quoted where the text holds a separator, a quote or a line break.
    fn cell(&mut self, text: &str) {
        let separator = self.begin();
        if !text.bytes().any(|b| b == separator || matches!(b, b'"' | b'\n' | b'\r')) {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        self.out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        self.out.push(b'"');
    }

    // Of something that needs no quotes.
    fn plain(&mut self, value: impl Display) {
        self.begin();
        // Writing to memory does not fail.
        let _ = write!(self.out, "{value}");
    }

    // Gives the separator, and puts it where a cell stands before.
    fn begin(&mut self) -> u8 {
        let separator = match self.csv.dialect {
            Dialect::Plain => b',',
            Dialect::Excel => b';',
        };
        if !std::mem::take(&mut self.first) {
            self.out.push(separator);
        }
        separator
    }
}

impl Cells for Line<'_> {
    fn text(&mut self, text: &str) {
        self.cell(text);
    }

    fn words(&mut self, text: &str) {
        let safe = if self.csv.raw { Cow::Borrowed(text) } else { harmless(text) };
        self.cell(&safe);
    }

    fn number(&mut self, number: Decimal) {
        match self.csv.dialect {
            Dialect::Plain => self.plain(number),
            Dialect::Excel => self.cell(&number.to_string().replace('.', ",")),
        }
    }

    fn flag(&mut self, on: bool) {
        self.plain(u8::from(on));
    }

    fn moment(&mut self, at: Timestamp) {
        self.plain(second(at));
    }

    fn date(&mut self, date: Date) {
        self.plain(date);
    }

    fn clock(&mut self, time: Time) {
        self.cell(&clock(time));
    }

    fn empty(&mut self) {
        self.begin();
    }

    fn end(&mut self) {
        self.first = true;
        self.out.extend_from_slice(match self.csv.dialect {
            Dialect::Plain => b"\n",
            Dialect::Excel => b"\r\n",
        });
    }
}
