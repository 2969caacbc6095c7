//! Votes as rows: who, on which statement, what, on which day. No cursor and no time of day: with them a row could be laid beside the
//! response of the same moment.

use super::csv::{Csv, Line, harmless};
use crate::engine::VoteRow;
use jiff::Timestamp;
use serde_json::json;
use std::borrow::Cow;
use uuid::Uuid;

/// `row` is what a later pull tells of a vote that has changed or was erased by.
const COLUMNS: [&str; 8] =
    ["row", "voter", "statement", "text", "vote", "day", "deleted_on", "deleted_reason"];

pub enum Entry {
    Cast(VoteRow),
    Erased { at: Timestamp, reason: &'static str },
}

pub fn header(csv: &Csv, out: &mut Vec<u8>) {
    if csv.dialect == super::csv::Dialect::Excel {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    let mut line = Line::new(csv.dialect, out);
    COLUMNS.iter().for_each(|name| line.cell(name));
    line.end();
}

/// `words`: with those of a statement that a citizen has added.
pub fn csv(csv: &Csv, row: Uuid, entry: &Entry, words: bool, out: &mut Vec<u8>) {
    let mut line = Line::new(csv.dialect, out);
    line.cell(&row.to_string());
    match entry {
        Entry::Cast(cast) => {
            let text = cast.words.as_deref().filter(|_| words).unwrap_or_default();
            line.cell(&cast.voter);
            line.cell(&cast.statement);
            line.cell(&if csv.raw { Cow::Borrowed(text) } else { harmless(text) });
            line.cell(cast.vote.name());
            line.cell(&cast.day.to_string());
            line.cell("");
            line.cell("");
        }
        Entry::Erased { at, reason } => {
            (0..5).for_each(|_| line.cell(""));
            line.cell(&day(*at));
            line.cell(reason);
        }
    }
    line.end();
}

pub fn ndjson(row: Uuid, entry: &Entry, words: bool, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let value = match entry {
        Entry::Cast(cast) => {
            let mut value = json!({
                "row": row, "voter": cast.voter, "statement": cast.statement, "vote": cast.vote.name(), "day": cast.day,
            });
            if let Some(text) = cast.words.as_ref().filter(|_| words) {
                value["text"] = json!(text);
            }
            value
        }
        Entry::Erased { at, reason } => json!({"row": row, "deleted_on": day(*at), "deleted_reason": reason}),
    };
    serde_json::to_writer(&mut *out, &value)?;
    out.push(b'\n');
    Ok(())
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
