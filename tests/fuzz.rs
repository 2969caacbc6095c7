//! The bodies of the fuzz targets in `fuzz/`, tried with a bounded number of inputs: those that read like what they stand for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "fuzz/bodies.rs"]
mod bodies;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

fn tried(cases: u32, strategy: impl Strategy<Value = Vec<u8>>, body: fn(&[u8])) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strategy, |data| {
        body(&data);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}

/// Pieces of files, in any order.
fn yaml() -> impl Strategy<Value = String> {
    let pieces = [
        "say", "ask", ":", ": ", " ", "  ", "\n", "\n  ", "\n    - ", "- ", "#", " #", "\"", "'", "{", "}",
        "[", "]", ",", "|", ">", "&", "*", "!", "%", "@", "${", "}", "da", "en", "id", "type", "options",
        "when", "steps", "sections", "goto", "end", "image", "file", "alt", "link", "\t", "\r\n", "---",
        "\u{feff}", "\0", "å", "a\u{30a}", "1", "ja", "true", "~", "👍", "\u{202e}",
    ];
    let piece = prop_oneof![8 => select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,5}"];
    prop::collection::vec(piece, 0..60).prop_map(|list| list.concat())
}

/// Lines that take the place of others.
fn edits() -> impl Strategy<Value = String> {
    let words = [
        "say:",
        "ask: Hvad?",
        "da: Hej",
        "en: Hi",
        "id: bruger",
        "type: multi",
        "type: rank",
        "min: 9",
        "max: 2",
        "options:",
        "goto: fare",
        "visit: bruger",
        "when:",
        "bruger: aldrig",
        "tryghed: {at_least: 3}",
        "end:",
        "repeat: r",
        "image: {file: a.jpg, alt: b}",
        "link: x",
        "use: foelg-op",
        "- say: ${bruger}",
        "shuffle: ja",
        "pattern: '['",
        "example: \"a",
        "",
        "#",
        "exclusive: true",
        "languages: [da]",
        "audience: everyone",
        "keep: 1 day",
    ];
    let edit = ("[!-~]", prop::bool::ANY, select(words.to_vec()));
    let line = edit.prop_map(|(first, own, words)| format!("{first}{}{words}", if own { " " } else { "" }));
    prop::collection::vec(line, 0..8).prop_map(|list| list.join("\n"))
}

/// What people type, whole and in pieces.
fn typed() -> impl Strategy<Value = String> {
    let said = [
        "ja",
        "nej",
        "👍",
        "halv",
        "to",
        "tolv",
        "en",
        "og",
        "kvart over",
        "i morgen",
        "på lørdag",
        "24/12",
        "kl.",
        "14:30",
        "2,5",
        "1.000",
        "ca.",
        "mellem",
        "juleaften",
        "uge",
        "7",
        "٣",
        "½",
        "jens@x.dk",
        "(at)",
        "+45",
        "20 30 40 50",
        "tlf",
        "Jeg hedder",
        "Bo",
        "1",
        "2",
        "3",
        "stop",
        "tilbage",
        "spring over",
        "/sprog",
        "musik",
        "#0",
        "#1",
        "#5",
        "-",
        ".",
        ",",
        "\n",
        "\u{200f}",
        "𝟙",
    ];
    let word = prop_oneof![9 => select(said.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    let gap = select(vec![" ", " ", "\n", ""]);
    prop::collection::vec((word, gap), 0..24)
        .prop_map(|list| list.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

#[test]
fn files() {
    tried(400, yaml().prop_map(String::into_bytes), bodies::parser);
}

#[test]
fn dialogues_with_lines_changed() {
    tried(400, edits().prop_map(String::into_bytes), bodies::lowering);
}

#[test]
fn answers() {
    let chosen = (any::<u8>(), typed());
    tried(1500, chosen.prop_map(|(n, words)| [&[n], words.as_bytes()].concat()), bodies::answers);
}

#[test]
fn conversations() {
    tried(200, typed().prop_map(String::into_bytes), bodies::conversation);
}
