//! `snak schema` fits the language: dialogues that the checker takes are valid, words that it refuses are not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use boon::{Compiler, SchemaIndex, Schemas};
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

/// The schema as a validator that is not ours understands it; it also checks the schema itself against draft-07.
struct Validator {
    schemas: Schemas,
    root: SchemaIndex,
}

impl Validator {
    fn of(schema: &Value) -> Validator {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("snak.json", schema.clone()).unwrap();
        let root = compiler.compile("snak.json", &mut schemas).unwrap_or_else(|e| panic!("{e:#}"));
        Validator { schemas, root }
    }

    /// What is wrong with it; empty for nothing.
    fn refuses(&self, value: &Value) -> String {
        self.schemas.validate(value, self.root).err().map(|e| format!("{e:#}")).unwrap_or_default()
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

/// Every whole dialogue of the repository.
fn all() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("tests/problems/base.yaml")];
    for folder in ["dialogues", "tests/transcripts", "tests/simulation/dialogues", "benches/dialogues"] {
        dialogues(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 10, "{paths:?}");
    paths
}

#[test]
fn what_the_checker_takes_is_valid() {
    let validator = Validator::of(&schema());
    for path in all() {
        let told = validator.refuses(&read(&fs::read_to_string(&path).unwrap()));
        assert!(told.is_empty(), "{}: {told}", path.display());
    }
}

fn words_of(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let properties = map.get("properties").and_then(Value::as_object);
            found.extend(properties.into_iter().flat_map(|p| p.keys().cloned()));
            map.values().for_each(|v| words_of(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| words_of(v, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Under these stand names that authors choose.
const NAMES: [&str; 6] = ["options", "sections", "places", "with", "labels", "skills"];

/// The value once for each of these words in it, with that word misspelt; `named`: the keys are the author's own.
fn misspelt(value: &Value, words: &BTreeSet<String>, named: bool, put: &mut dyn FnMut(&str, Value)) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let with = |key: &str, inner: Value| {
                    let mut map = map.clone();
                    map.remove(key.strip_suffix("_x").unwrap_or(key));
                    map.insert(key.to_owned(), inner);
                    Value::Object(map)
                };
                if !named && words.contains(key) {
                    put(key, with(&format!("{key}_x"), inner.clone()));
                }
                // What stands in a condition are the author's own names, and other channels' words are not described.
                if !matches!(key.as_str(), "when" | "channels") {
                    let names = !named && NAMES.contains(&key.as_str());
                    misspelt(inner, words, names, &mut |word, inner| put(word, with(key, inner)));
                }
            }
        }
        Value::Array(list) => {
            for (n, inner) in list.iter().enumerate() {
                misspelt(inner, words, false, &mut |word, inner| {
                    let mut list = list.clone();
                    list[n] = inner;
                    put(word, Value::Array(list));
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn each_word_misspelt_is_refused() {
    let schema = schema();
    let validator = Validator::of(&schema);
    let mut words = BTreeSet::new();
    words_of(&schema, &mut words);
    let mut tried = BTreeSet::new();
    for path in all() {
        let value = read(&fs::read_to_string(&path).unwrap());
        misspelt(&value, &words, false, &mut |word, wrong| {
            tried.insert(word.to_owned());
            assert!(!validator.refuses(&wrong).is_empty(), "{}: `{word}_x` is taken", path.display());
        });
    }
    assert!(tried.len() > 60, "only {} words are in the dialogues: {tried:?}", tried.len());
}

#[test]
fn wrong_words_are_refused_and_right_ones_explained() {
    let schema = schema();
    let validator = Validator::of(&schema);
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
        assert!(!validator.refuses(&read(&base.replacen(right, wrong, 1))).is_empty(), "{wrong}");
    }
    assert_eq!(
        schema["properties"]["purpose"]["description"],
        "Formålet: én sætning om, hvad I vil finde ud af."
    );
}
