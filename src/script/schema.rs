//! A JSON Schema (draft-07) of the language, for editors: what may stand where, in Danish. Made of the lists of keys that the
//! checker itself reads by.

use super::header::{self, AUDIENCE_KEYS, ENTRY_KEYS, GIVE_BACK_KEYS, PERIOD_KEYS, PRIVACY_KEYS};
use super::illustration::{ILLUSTRATION_KEYS, LINK_KEYS};
use super::keys::does;
use super::missing::MANDATORY;
use super::options::OPTION_KEYS;
use super::part::USE_KEYS;
use super::question::{self, OWN_KEYS, TYPES};
use super::steps::SAY_KEYS;
use super::{idea, offer, quota, repeat, vote};
use serde_json::{Map, Value, json};

/// The schema of one dialogue's file.
pub fn schema() -> Value {
    let mut top = object(header::KEYS, &MANDATORY.map(|(key, ..)| key), |key| match key {
        "give_back" => object(GIVE_BACK_KEYS, &GIVE_BACK_KEYS, plain),
        "period" => object(PERIOD_KEYS, &PERIOD_KEYS, plain),
        "privacy" => object(PRIVACY_KEYS, &["basis", "anonymous", "keep", "notice"], plain),
        "entry" => object(ENTRY_KEYS, &["code"], plain),
        "audience" => json!({"anyOf": [
            {"const": "everyone"},
            object(AUDIENCE_KEYS, &["ask", "not_yet_users"], |key| match key {
                "ask" => text(),
                other => plain(other),
            }),
        ]}),
        "quota" => object(quota::KEYS, &[], |key| match key {
            "per" => object(quota::PER_KEYS, &["max"], plain),
            other => plain(other),
        }),
        "channels" => json!({"anyOf": [text(), {"type": "array", "items": text()}]}),
        "steps" => list_of("step"),
        "sections" => json!({"type": "object", "additionalProperties": list_of("step")}),
        other => plain(other),
    });
    if let Value::Object(top) = &mut top {
        // What the institution's file may give.
        if let Some(Value::Array(required)) = top.get_mut("required") {
            required.retain(|key| key != "contact");
        }
        top.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        top.insert("title".to_owned(), json!("snak-dialog"));
        top.insert("definitions".to_owned(), definitions());
    }
    top
}

fn definitions() -> Value {
    let language = json!({"^[a-z]{2,3}$": {"type": ["string", "number", "null"]}});
    let step = json!({"anyOf": [
        one_step("say", &SAY_KEYS[1..]),
        offer_step(),
        object(vote::KEYS, &["vote", "id", "statements"], plain),
        object(idea::KEYS, &["idea", "id"], plain),
        question_step(),
        one_step("visit", &["when", "id"]),
        one_step("goto", &["when", "id"]),
        one_step("end", &["when", "id"]),
        object(["when", "steps"], &["steps"], plain),
        object(repeat::KEYS, &["repeat", "max", "again", "steps"], plain),
        object(USE_KEYS, &["use"], |key| match key {
            "with" => json!({"type": "object", "additionalProperties": words()}),
            other => plain(other),
        }),
    ]});
    json!({
        "words": {"anyOf": [
            {"type": ["string", "number"]},
            {"type": "object", "patternProperties": language, "additionalProperties": false},
        ]},
        "when": {"type": "object"},
        "option": option(),
        "step": step,
    })
}

fn one_step(kind: &str, others: &[&str]) -> Value {
    let keys: Vec<&str> = std::iter::once(kind).chain(others.iter().copied()).collect();
    object(keys, &[kind], |key| match key {
        "say" => json!({"anyOf": [words(), {"type": "array", "items": words()}]}),
        "end" => json!({"anyOf": [words(), {"type": "null"}]}),
        "image" | "video" => object(ILLUSTRATION_KEYS, &ILLUSTRATION_KEYS, |key| match key {
            "alt" => words(),
            other => plain(other),
        }),
        "link" => link(),
        other => plain(other),
    })
}

// An address, or an address and the words on the button.
fn link() -> Value {
    let mut link = object(LINK_KEYS, &LINK_KEYS, plain);
    link["patternProperties"] = json!({"^[a-z]{2,3}$": {"type": ["string", "number"]}});
    json!({"anyOf": [{"type": "string"}, link]})
}

fn offer_step() -> Value {
    object(offer::KEYS, &["offer", "id", "skills"], |key| match key {
        "offer" => words(),
        "skills" => json!({"type": "object", "additionalProperties": {"$ref": "#/definitions/option"}}),
        "skip" | "hours_per_month" => json!({"anyOf": [yes_or_no(), words()]}),
        other => plain(other),
    })
}

fn question_step() -> Value {
    let own = OWN_KEYS.iter().flat_map(|(_, keys)| keys.iter().copied());
    let mut keys: Vec<&str> = question::KEYS.into_iter().chain(own).collect();
    keys.sort_unstable();
    keys.dedup();
    object(keys, &["ask", "id"], |key| match key {
        "type" => json!({"enum": TYPES}),
        "options" => json!({"type": "object", "additionalProperties": {"$ref": "#/definitions/option"}}),
        "labels" => json!({"type": "object", "additionalProperties": words()}),
        "skip" => json!({"anyOf": [yes_or_no(), words()]}),
        other => plain(other),
    })
}

// An option is a text, or its texts by language with keys of its own among them.
fn option() -> Value {
    let mut option = object(OPTION_KEYS.into_iter().chain(["channels"]), &[], |key| match key {
        "say" => words(),
        other => plain(other),
    });
    option["patternProperties"] = json!({"^[a-z]{2}$": {"type": ["string", "number"]}});
    json!({"anyOf": [{"type": ["string", "number"]}, option]})
}

fn object<'k>(
    keys: impl IntoIterator<Item = &'k str>,
    required: &[&str],
    shape: impl Fn(&str) -> Value,
) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut property = shape(key);
        if let Value::Object(property) = &mut property {
            property.insert("description".to_owned(), json!(does(key)));
        }
        properties.insert(key.to_owned(), property);
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

// What stands behind a key that means the same wherever it is.
fn plain(key: &str) -> Value {
    match key {
        "format" => json!({"const": 1}),
        "languages" | "method_mix" | "keywords" | "not_yet_users" | "redact" | "also" | "was" => {
            json!({"anyOf": [text(), {"type": "array", "items": text()}]})
        }
        "basis" => json!({"enum": ["consent", "public_task"]}),
        "anonymous" | "answer_again" | "progress" | "shuffle" | "sensitive" | "voice" | "or_text"
        | "other" | "exclusive" | "fixed" | "share" | "let_people_add" => yes_or_no(),
        "minutes" | "retries" | "min_choices" | "max_choices" | "min_length" | "max_length" | "max_files"
        | "pick" | "show" | "show_others" => {
            json!({"type": "integer", "minimum": 0})
        }
        "statements" => json!({"type": "object", "additionalProperties": words()}),
        "photo" | "skip" => json!({"anyOf": [yes_or_no(), words()]}),
        "publish" => json!({"enum": ["after_review", "never"]}),
        "places" => json!({"type": "object", "additionalProperties": text()}),
        "when" => json!({"allOf": [{"$ref": "#/definitions/when"}]}),
        "steps" => list_of("step"),
        "channels" => json!({"type": "object"}),
        "title" | "purpose" | "method" | "target_group" | "expected_effect" | "how" | "notice"
        | "when_full" | "again" | "ask" | "vote" | "idea" | "hint" | "retry" | "example" => words(),
        _ => text(),
    }
}

fn list_of(name: &str) -> Value {
    json!({"type": "array", "items": {"$ref": format!("#/definitions/{name}")}})
}

// In draft-07 whatever stands beside a `$ref` is passed over, descriptions too.
fn words() -> Value {
    json!({"allOf": [{"$ref": "#/definitions/words"}]})
}

fn text() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

fn yes_or_no() -> Value {
    json!({"enum": [true, false, "yes", "no", "ja", "nej"]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undescribed(value: &Value, found: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for (key, property) in properties {
                if property["description"].as_str().is_none_or(str::is_empty) {
                    found.push(key.clone());
                }
            }
        }
        match value {
            Value::Object(map) => map.values().for_each(|v| undescribed(v, found)),
            Value::Array(list) => list.iter().for_each(|v| undescribed(v, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_key_is_described_in_danish() {
        let mut found = Vec::new();
        undescribed(&schema(), &mut found);
        assert_eq!(found, Vec::<String>::new(), "add them to keys.rs");
    }
}
