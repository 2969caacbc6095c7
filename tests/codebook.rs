//! A codebook over revisions: columns are appended, never moved, and keep what they mean.
#![allow(clippy::unwrap_used, reason = "the helpers of a test fail it")]

#[path = "support/header.rs"]
mod header;

use header::header;
use jiff::Timestamp;
use snak::export::Codebook;
use snak::script::{Institution, Parts, Script, ScriptId, StaffLanguage, picture};

fn script(steps: &str) -> Script {
    let source = format!("{}steps:\n{steps}", header("havn", true));
    let parts = Parts { institution: Institution::named_after("nordby") };
    let (script, problems) = Script::check(&ScriptId("nordby/havn".to_owned()), &source, &parts);
    let pictures: Vec<String> = problems.iter().map(|p| picture(p, &source, StaffLanguage::En)).collect();
    script.unwrap_or_else(|| panic!("{}", pictures.join("\n")))
}

fn question(id: &str, kind: &str, more: &str) -> String {
    format!("  - ask: Spørgsmål {id}?\n    id: {id}\n    type: {kind}\n{more}")
}

fn options(list: &[(&str, &str)]) -> String {
    let option = |(code, more): &(&str, &str)| format!("      {code}:\n        da: Svar {code}\n{more}");
    format!("    options:\n{}", list.iter().map(option).collect::<String>())
}

fn book(revisions: &[String]) -> Codebook {
    let mut book = None;
    for (number, steps) in (1..).zip(revisions) {
        let next = Codebook::with_revision(book, &script(steps), number, Timestamp::UNIX_EPOCH);
        let stored = next.to_bytes().unwrap();
        book = Some(Codebook::from_bytes(&stored).unwrap());
    }
    book.unwrap()
}

fn names(book: &Codebook) -> Vec<&str> {
    book.columns.iter().map(|c| c.name.as_str()).collect()
}

#[test]
fn columns_are_appended_over_revisions_and_never_move() {
    let other = "        other: true\n";
    let first =
        question("hvorfor", "multi", &options(&[("tid", ""), ("langt", "")])) + &question("fri", "text", "");
    let second = question("fri", "text", "")
        + &question("alder", "number", "")
        + &question("hvorfor", "multi", &options(&[("pris", ""), ("tid", ""), ("andet", other)]));
    let third = question("hvorfor", "multi", &options(&[("tid", ""), ("langt", "")]));
    let book = book(&[first, second, third]);
    assert_eq!(
        names(&book),
        [
            "hvorfor",
            "hvorfor.tid",
            "hvorfor.langt",
            "fri",
            "alder",
            "hvorfor.pris",
            "hvorfor.andet",
            "hvorfor_other"
        ]
    );
    let json: serde_json::Value = serde_json::from_slice(&book.to_json(false).unwrap()).unwrap();
    let column = |n: usize| &json["columns"][n];
    assert_eq!(column(4)["ordinal"], 5);
    assert_eq!(
        (&column(3)["since"], &column(3)["until"]),
        (&1.into(), &2.into()),
        "a question that was taken out"
    );
    assert_eq!(
        (&column(2)["since"], &column(2)["until"]),
        (&1.into(), &serde_json::Value::Null),
        "an option that came back"
    );
    let removed = column(0)["options"].as_array().unwrap().iter().find(|o| o["code"] == "pris").unwrap();
    assert_eq!(
        *removed,
        serde_json::json!({"code": "pris", "label": {"da": "Svar pris"}, "since": 2, "until": 2})
    );
}

#[test]
fn a_question_of_another_type_is_another_column_and_a_renamed_one_is_the_same() {
    let first = question("tid", "text", "") + &question("glad", "scale", "    min: 1\n    max: 5\n");
    let second = question("tid", "choice", &options(&[("nu", ""), ("snart", "")]))
        + &question("tilfreds", "scale", "    min: 1\n    max: 5\n    was: [glad]\n");
    let third = question("tid", "text", "")
        + &question("tilfreds", "scale", "    min: 1\n    max: 10\n    was: [glad]\n");
    let book = book(&[first, second, third]);
    assert_eq!(names(&book), ["tid", "glad", "tid_r2", "tid_r3", "tilfreds_r3"]);
    let json: serde_json::Value = serde_json::from_slice(&book.to_json(false).unwrap()).unwrap();
    assert_eq!(json["columns"][1]["question"], "tilfreds");
    assert_eq!(json["columns"][1]["was"], serde_json::json!(["glad"]));
}

#[test]
fn a_renamed_option_keeps_its_code_and_column() {
    let first = question("hvad", "multi", &options(&[("tid", ""), ("langt", "")]));
    let second = question("hvad", "multi", &options(&[("timer", "        was: [tid]\n"), ("langt", "")]));
    // `tid` is a new option now: it must not be taken for the old one.
    let third = question("hvad", "multi", &options(&[("timer", ""), ("langt", ""), ("tid", "")]));
    let book = book(&[first, second, third]);
    assert_eq!(names(&book), ["hvad", "hvad.tid", "hvad.langt", "hvad.tid_r3"]);
    let codes: Vec<(&str, Vec<&str>)> = book.columns[0]
        .options
        .iter()
        .map(|o| (o.code.as_str(), o.known.iter().map(|k| k.id.as_str()).collect()))
        .collect();
    assert_eq!(codes, [("tid", vec!["tid", "timer"]), ("langt", vec!["langt"]), ("tid_r3", vec!["tid"])]);
}
