//! Votes as rows: who, on which statement, what, on which day. No cursor and no time of day: with them a row could be laid beside the
//! response of the same moment.

use super::table::Cells;
use crate::engine::VoteRow;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

/// `row` is what a later pull tells of a vote that has changed or was erased by.
const COLUMNS: [&str; 8] =
    ["row", "voter", "statement", "text", "vote", "day", "deleted_on", "deleted_reason"];

pub enum Entry {
    Cast(VoteRow),
    Erased { at: Timestamp, reason: &'static str },
}

pub fn header(out: &mut impl Cells) {
    COLUMNS.iter().for_each(|name| out.text(name));
    out.end();
}

/// `words`: with those of a statement that a citizen has added.
pub fn row(row: Uuid, entry: &Entry, words: bool, out: &mut impl Cells) {
    out.text(&row.to_string());
    match entry {
        Entry::Cast(cast) => {
            out.text(&cast.voter);
            out.text(&cast.statement);
            out.words(cast.words.as_deref().filter(|_| words).unwrap_or_default());
            out.text(cast.vote.name());
            out.date(cast.day);
            out.empty();
            out.empty();
        }
        Entry::Erased { at, reason } => {
            (0..5).for_each(|_| out.empty());
            out.date(day(*at));
            out.text(reason);
        }
    }
    out.end();
}

/// One line, without its end.
pub fn json(row: Uuid, entry: &Entry, words: bool, out: &mut Vec<u8>) -> serde_json::Result<()> {
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
    serde_json::to_writer(out, &value)
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
