//! Addresses as rows: how to reach who asked for it. Nothing in them leads to a response.

use super::table::Cells;
use crate::engine::{Contact, Way};
use serde_json::json;

const COLUMNS: [&str; 5] = ["contact", "question", "way", "address", "language"];

pub fn header(out: &mut impl Cells) {
    COLUMNS.iter().for_each(|name| out.text(name));
    out.end();
}

pub fn row(id: &str, contact: &Contact, out: &mut impl Cells) {
    out.text(id);
    out.text(&contact.question);
    out.text(way(contact.way));
    // `+4520304050` is a number to dial, and to a spreadsheet a formula.
    out.words(&contact.address);
    out.text(contact.language.tag());
    out.end();
}

/// One line, without its end.
pub fn json(id: &str, contact: &Contact, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let value = json!({
        "contact": id, "question": contact.question, "way": way(contact.way), "address": contact.address,
        "language": contact.language,
    });
    serde_json::to_writer(out, &value)
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Email => "email",
        Way::Phone => "phone",
    }
}
