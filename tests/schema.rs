//! `snak schema` fits the language: dialogues that the checker takes are valid, words that it refuses are not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn schema() -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_snak")).arg("schema").output().unwrap();
    assert!(run.status.success());
    serde_json::from_slice(&run.stdout).unwrap()
}

/// YAML as an editor reads it: plain words for truth and numbers are values.
fn read(yaml: &str) -> Value {
    let mut open: Vec<(Value, Option<String>)> = Vec::new();
    let mut root = Value::Null;
    for event in Parser::new_from_str(yaml) {
        let done = match event.unwrap().0 {
            Event::SequenceStart(..) => {
                open.push((json!([]), None));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((json!({}), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().unwrap().0,
            Event::Scalar(text, style, ..) => scalar(&text, style),
            _ => continue,
        };
        match open.last_mut() {
            None => root = done,
            Some((Value::Array(list), _)) => list.push(done),
            Some((Value::Object(map), key)) => match key.take() {
                Some(key) => drop(map.insert(key, done)),
                None => *key = Some(done.as_str().map_or_else(|| done.to_string(), str::to_owned)),
            },
            Some(_) => unreachable!("only lists and maps are open"),
        }
    }
    root
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        _ if style != ScalarStyle::Plain => json!(text),
        "" | "~" | "null" => Value::Null,
        "true" | "false" => json!(text == "true"),
        _ => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
    }
}

/// As much of draft-07 as the schema uses; a word that is not known here fails the test.
fn is_valid(value: &Value, schema: &Value, root: &Value) -> bool {
    let Value::Object(rules) = schema else { panic!("no schema: {schema}") };
    let valid = |value: &Value, schema: &Value| is_valid(value, schema, root);
    let list = |rule: &Value| rule.as_array().unwrap().clone();
    rules.iter().all(|(name, rule)| match name.as_str() {
        "$schema" | "title" | "description" | "definitions" => true,
        "$ref" => valid(value, root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap()),
        "const" => value == rule,
        "enum" => list(rule).contains(value),
        "anyOf" => list(rule).iter().any(|s| valid(value, s)),
        "allOf" => list(rule).iter().all(|s| valid(value, s)),
        "minimum" => value.as_i64().is_none_or(|n| n >= rule.as_i64().unwrap()),
        "type" => match rule {
            Value::Array(types) => types.iter().any(|t| is_a(value, t.as_str().unwrap())),
            one => is_a(value, one.as_str().unwrap()),
        },
        "required" => {
            value.as_object().is_none_or(|m| list(rule).iter().all(|k| m.contains_key(k.as_str().unwrap())))
        }
        "items" => value.as_array().is_none_or(|items| items.iter().all(|i| valid(i, rule))),
        "properties" => value
            .as_object()
            .is_none_or(|map| map.iter().all(|(key, v)| rule.get(key).is_none_or(|s| valid(v, s)))),
        "patternProperties" => value.as_object().is_none_or(|map| {
            let of = |key: &str| {
                rule.as_object().unwrap().iter().find(|(p, _)| fits(p, key)).map(|(_, s)| s.clone())
            };
            map.iter().all(|(key, v)| of(key).is_none_or(|s| valid(v, &s)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            map.iter().filter(|(key, _)| !is_named(key, rules)).all(|(_, v)| match rule {
                Value::Bool(allowed) => *allowed,
                schema => valid(v, schema),
            })
        }),
        other => panic!("the test does not know `{other}`"),
    })
}

fn is_named(key: &str, rules: &Map<String, Value>) -> bool {
    let patterns = rules.get("patternProperties").and_then(Value::as_object);
    rules.get("properties").is_some_and(|p| p.get(key).is_some())
        || patterns.is_some_and(|p| p.keys().any(|pattern| fits(pattern, key)))
}

fn fits(pattern: &str, key: &str) -> bool {
    regex::Regex::new(pattern).unwrap().is_match(key)
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type: {other}"),
    }
}

fn dialogues(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match path.is_dir() {
            true if !name.starts_with('_') && name != "parts" => dialogues(&path, found),
            false if name.ends_with(".yaml") && !name.starts_with('_') => found.push(path),
            true | false => {}
        }
    }
}

#[test]
fn the_shipped_dialogues_are_valid() {
    let schema = schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("tests/problems/base.yaml")];
    dialogues(&root.join("dialogues"), &mut paths);
    assert!(paths.len() > 1);
    for path in paths {
        let value = read(&fs::read_to_string(&path).unwrap());
        for (key, part) in value.as_object().unwrap() {
            let rule = &schema["properties"][key];
            assert!(rule.is_object() && is_valid(part, rule, &schema), "{}: {key}: {part:#}", path.display());
        }
        assert!(is_valid(&value, &schema, &schema), "{}", path.display());
    }
}

#[test]
fn wrong_words_are_refused_and_right_ones_explained() {
    let schema = schema();
    let base =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base.yaml")).unwrap();
    for (right, wrong) in [
        ("purpose:", "formål:"),
        ("  basis: public_task", "  basis: samtykke"),
        ("    shuffle: true", "    bland: true"),
        ("    type: scale", "    type: skala"),
        ("    max_length: 80", "    max_lenght: 80"),
        ("        goto: fare", "        gå_til: fare"),
        ("  - say:", "  - sig:"),
        ("    id: alder\n", ""),
        ("title:\n", "titel:\n"),
    ] {
        assert!(base.contains(right), "{right}");
        let value = read(&base.replacen(right, wrong, 1));
        assert!(!is_valid(&value, &schema, &schema), "{wrong}");
    }
    assert_eq!(
        schema["properties"]["purpose"]["description"],
        "Formålet: én sætning om, hvad I vil finde ud af."
    );
}
