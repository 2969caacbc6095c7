//! The page for authors, `docs/skriv-en-dialog.md`: every example on it checks clean, and every word of a dialogue has one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use serde_json::Value;
use snak::script::{Institution, Parts, Problem, Script, ScriptId, StaffLanguage, picture, schema};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn blocks() -> Vec<String> {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/skriv-en-dialog.md")).unwrap();
    page.split("```yaml\n").skip(1).map(|b| b.split("```").next().unwrap().to_owned()).collect()
}

/// The key that a line at the left edge begins with.
fn top(line: &str) -> Option<&str> {
    line.split_once(':')
        .map(|(key, _)| key)
        .filter(|key| key.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// What each top key of a text holds, itself included.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match top(line) {
            Some(key) => found.push((key.to_owned(), format!("{line}\n"))),
            None => found.last_mut().expect("a text begins with a key").1 += &format!("{line}\n"),
        }
    }
    found
}

/// An example as a whole dialogue: what it does not say is taken from the first on the page, or is as short as can be.
fn whole(example: &str, first: &str) -> String {
    if example.starts_with("format:") {
        return example.to_owned();
    }
    let steps = example.starts_with('-');
    let example = if steps { format!("audience: everyone\nsteps:\n{example}") } else { example.to_owned() };
    let own = parts(&example);
    let mut text = String::new();
    for (key, part) in parts(first) {
        let own = own.iter().find(|(k, _)| *k == key);
        text += own.map_or(&part, |(_, part)| part);
    }
    let known: Vec<String> = parts(first).into_iter().map(|(key, _)| key).collect();
    text += &own.iter().filter(|(key, _)| !known.contains(key)).map(|(_, p)| p.as_str()).collect::<String>();
    // Examples of steps are short on purpose, and the promise about places and pictures is another example's matter.
    if own.iter().any(|(key, _)| key == "steps") { text.replacen("minutes: 2\n", "", 1) } else { text }
}

#[test]
fn every_example_checks_clean() {
    let blocks = blocks();
    let first = blocks.iter().find(|b| b.starts_with("format:")).unwrap();
    assert_eq!(first.matches("  - ask:").count(), 10, "the first dialogue asks ten questions");
    for block in &blocks {
        let text = whole(block, first);
        let id = ScriptId("nordby/ferie".to_owned());
        let (_, problems) =
            Script::check(&id, &text, &Parts { institution: Institution::named_after("nordby") });
        let shown: String = problems.iter().map(|p| picture(p, &text, StaffLanguage::Da)).collect();
        assert!(!problems.iter().any(Problem::is_error), "{block}\n{shown}");
        assert!(block != first || problems.is_empty(), "{shown}");
    }
}

fn keys_of(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(
                map.get("properties").and_then(Value::as_object).into_iter().flat_map(|p| p.keys().cloned()),
            );
            map.values().for_each(|v| keys_of(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| keys_of(v, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_word_of_a_dialogue_has_an_example() {
    let mut keys = BTreeSet::new();
    keys_of(&schema(), &mut keys);
    let page = blocks().join("\n");
    let is_there =
        |key: &str| page.lines().any(|l| l.trim_start_matches(['-', ' ']).starts_with(&format!("{key}:")));
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| !is_there(key) && !["channels", "use", "as", "with"].contains(&key.as_str()))
        .collect();
    assert!(missing.is_empty(), "no example on the page has {missing:?}");
}
