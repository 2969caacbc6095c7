//! What people type is understood as meant: every row of `reading/*.tsv` is a phrase and the value that it must come to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use jiff::civil::{Date, date};
use snak::engine::reading::contact;
use snak::engine::reading::date::{Toward, date as read_date};
use snak::engine::reading::number::number;
use snak::engine::reading::place::{Place, place};
use snak::engine::reading::time::time;
use snak::engine::reading::yesno::yes_or_no;
use snak::script::Language;

const REFUSED: &str = "–";
/// A Wednesday.
const TODAY: Date = date(2026, 3, 4);

// Checks every row, and that there are `least` of them and none twice.
fn check(table: &str, least: usize, read: impl Fn(&[&str], Language) -> Option<String>) {
    let mut language = Language::DANISH;
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    for line in table.lines().filter(|l| !l.starts_with('#')) {
        if let Some(tag) = line.strip_prefix("language: ") {
            language = Language::parse(tag).unwrap();
            continue;
        }
        let (phrase, value) = line.rsplit_once('\t').unwrap();
        assert!(!seen.contains(&(language, phrase)), "twice: {line}");
        seen.push((language, phrase));
        let read = read(&phrase.split('\t').collect::<Vec<_>>(), language).unwrap_or(REFUSED.to_owned());
        if read != value {
            wrong.push(format!("{language} `{phrase}` is {value}, was read as {read}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows\n{}", wrong.len(), seen.len(), wrong.join("\n"));
    assert!(seen.len() >= least, "only {} rows", seen.len());
}

#[test]
fn numbers() {
    check(include_str!("reading/number.tsv"), 200, |phrase, language| {
        number(phrase[0], language).map(|n| n.to_string())
    });
}

#[test]
fn dates() {
    check(include_str!("reading/date.tsv"), 200, |phrase, language| {
        read_date(phrase[0], language, TODAY, Toward::Coming).map(|d| d.to_string())
    });
}

#[test]
fn days_that_have_been_are_looked_for_backwards() {
    for (phrase, day) in [
        ("12/3", "2025-03-12"),
        ("4/3", "2026-03-04"),
        ("lørdag", "2026-02-28"),
        ("juleaften", "2025-12-24"),
        ("på lørdag", "2026-03-07"),
    ] {
        let read = read_date(phrase, Language::DANISH, TODAY, Toward::Past);
        assert_eq!(read.map(|d| d.to_string()).as_deref(), Some(day), "{phrase}");
    }
}

#[test]
fn times() {
    check(include_str!("reading/time.tsv"), 200, |phrase, language| {
        time(phrase[0], language).map(|c| c.time.strftime("%H:%M").to_string())
    });
}

#[test]
fn yes_and_no() {
    check(include_str!("reading/yesno.tsv"), 200, |phrase, language| {
        yes_or_no(phrase[0], language).map(|yes| if yes { "ja" } else { "nej" }.to_owned())
    });
}

#[test]
fn addresses_and_names() {
    check(include_str!("reading/contact.tsv"), 200, |row, _| match row {
        ["email", phrase] => contact::email(phrase),
        ["phone", phrase] => contact::phone(phrase),
        ["name", phrase] => contact::name(phrase),
        other => panic!("{other:?}"),
    });
}

#[test]
fn places() {
    check(include_str!("reading/place.tsv"), 200, |phrase, language| match place(phrase[0], language)? {
        Place::Point(point) => Some(point.to_string()),
        Place::Words => Some("=".to_owned()),
    });
}

#[test]
fn what_is_shown_back_of_an_address_is_not_the_address() {
    assert_eq!(contact::masked("jens@x.dk"), "j…@x.dk");
    assert_eq!(contact::masked("+4520304050"), "+45 •• •• •• 50");
    assert_eq!(contact::masked("+46701234567"), "+46 •• •• 67");
}

// Readers meet whatever a keyboard can give: they answer or refuse, and take no time over it.
#[test]
fn no_input_is_too_odd() {
    let long = "og ".repeat(3000) + &"9".repeat(3000);
    let odd = [
        "",
        " ",
        "\u{202e}12",
        "𝟙𝟚",
        "½½½",
        "1/0",
        "/",
        "--",
        "\0",
        "e\u{301}",
        "٣/٣/٣/٣",
        "halv halv halv",
        &long,
    ];
    for typed in odd {
        for language in [Language::DANISH, Language::ENGLISH, Language::parse("ar").unwrap()] {
            let _ = number(typed, language);
            let _ = read_date(typed, language, TODAY, Toward::Past);
            let _ = time(typed, language);
            let _ = yes_or_no(typed, language);
            let _ = place(typed, language);
            let _ = (contact::email(typed), contact::phone(typed), contact::name(typed));
        }
    }
    assert_eq!(number("𝟙𝟚", Language::DANISH), Some(12.into()));
}
