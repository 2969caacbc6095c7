//! CPR numbers: a table of the forms in which people write them, which must go, and one of what only looks like one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use snak::privacy::redaction::{CPR_MARK, cpr};

/// A line each; `\u{a0}` and the like are signs that cannot be seen.
fn table(text: &str) -> Vec<String> {
    let escape = regex::Regex::new(r"\\u\{([0-9a-f]+)\}").unwrap();
    let sign = |c: &regex::Captures<'_>| {
        char::from_u32(u32::from_str_radix(&c[1], 16).unwrap()).unwrap().to_string()
    };
    let line = |line: &str| escape.replace_all(line, sign).replace("\\n", "\n").replace("\\t", "\t");
    let lines: Vec<String> = text.lines().map(line).collect();
    assert!(lines.len() >= 200, "only {} forms", lines.len());
    lines
}

#[test]
fn every_form_in_which_a_cpr_number_is_written_goes() {
    let wrong: Vec<String> = table(include_str!("redaction/go.txt"))
        .into_iter()
        .filter_map(|form| {
            let (text, found) = cpr(&form);
            // What may stay beside it is a phone number, and that of a list.
            let left = text.replace(CPR_MARK, "").replace("20304050", "").replace("20 30 40 50", "");
            let digits = left.chars().filter(|c| c.is_numeric()).count();
            (!found || !text.contains(CPR_MARK) || digits > 1).then(|| format!("{form:?} -> {text:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} stay:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_only_looks_like_a_cpr_number_stays_letter_by_letter() {
    let wrong: Vec<String> = table(include_str!("redaction/stay.txt"))
        .into_iter()
        .filter_map(|form| {
            let (text, found) = cpr(&form);
            (found || text != form).then(|| format!("{form:?} -> {text:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} go:\n{}", wrong.len(), wrong.join("\n"));
}
