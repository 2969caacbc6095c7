//! The machine-readable Bot API, and whether a value is what it says.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

static API: LazyLock<Api> = LazyLock::new(|| Api::read(include_str!("../api.json")));

pub struct Api {
    methods: HashMap<String, Method>,
    types: BTreeMap<String, Type>,
}

#[derive(Deserialize)]
pub struct Method {
    pub name: String,
    returns: Vec<String>,
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Type {
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    subtypes: Vec<String>,
}

#[derive(Deserialize)]
pub struct Field {
    pub name: String,
    pub types: Vec<String>,
    pub required: bool,
    description: String,
    /// The only words that may stand here; empty where any may. Read from the description.
    #[serde(skip)]
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    methods: BTreeMap<String, Method>,
    types: BTreeMap<String, Type>,
}

/// What is wrong with a method's parameters.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Telegram ignores it.
    Unknown(String),
    Missing(String),
    /// A sentence: where, and what was expected.
    Misfit(String),
}

pub fn api() -> &'static Api {
    &API
}

impl Method {
    /// The types that a parameter may have; `None` for an unknown one.
    pub fn types_of(&self, name: &str) -> Option<&[String]> {
        self.fields.iter().find(|f| f.name == name).map(|f| f.types.as_slice())
    }
}

impl Api {
    fn read(text: &str) -> Api {
        let mut file: File =
            serde_json::from_str(text).unwrap_or_else(|e| panic!("api.json is not what it was: {e}"));
        let methods = file.methods.values_mut().flat_map(|m| m.fields.iter_mut());
        for field in methods.chain(file.types.values_mut().flat_map(|t| t.fields.iter_mut())) {
            field.words = words(field);
        }
        let methods = file.methods.into_values().map(|m| (m.name.to_lowercase(), m)).collect();
        Api { methods, types: file.types }
    }

    /// The method of this name, in any case, as Telegram looks it up.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.get(&name.to_lowercase())
    }

    /// Everything that is wrong with the parameters of a call.
    pub fn parameters(&self, method: &Method, given: &Map<String, Value>) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        for (name, value) in given {
            match method.fields.iter().find(|f| f.name == *name) {
                None => wrongs.push(Wrong::Unknown(name.clone())),
                Some(field) => wrongs.extend(self.field(field, value, name).err().map(Wrong::Misfit)),
            }
        }
        let missing = method.fields.iter().filter(|f| f.required && !given.contains_key(&f.name));
        wrongs.extend(missing.map(|f| Wrong::Missing(f.name.clone())));
        wrongs
    }

    /// Whether a value is what the method returns.
    pub fn returned(&self, method: &Method, value: &Value) -> Result<(), String> {
        self.any_of(value, &method.returns, &method.name)
    }

    pub fn has_field(&self, type_name: &str, field: &str) -> bool {
        self.types.get(type_name).is_some_and(|t| t.fields.iter().any(|f| f.name == field))
    }

    /// The fields of a type; none for one that is only a choice of others.
    pub fn fields(&self, type_name: &str) -> &[Field] {
        self.types.get(type_name).map_or(&[], |t| t.fields.as_slice())
    }

    /// What a type is a choice of.
    pub fn subtypes(&self, type_name: &str) -> &[String] {
        self.types.get(type_name).map_or(&[], |t| t.subtypes.as_slice())
    }

    /// Whether a value is of a type, recursively. `at` names it in the answer.
    pub fn fits(&self, value: &Value, name: &str, at: &str) -> Result<(), String> {
        let fits = match name {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "String" => value.is_string(),
            // A file is uploaded beside the parameters and named by them.
            "InputFile" => value.as_str().is_some_and(|s| s.starts_with("attach://")),
            _ => return self.fits_composed(value, name, at),
        };
        if fits { Ok(()) } else { Err(format!("{at}: expected {name}, got {}", brief(value))) }
    }

    fn fits_composed(&self, value: &Value, name: &str, at: &str) -> Result<(), String> {
        if let Some(element) = name.strip_prefix("Array of ") {
            let items =
                value.as_array().ok_or_else(|| format!("{at}: expected {name}, got {}", brief(value)))?;
            return items
                .iter()
                .enumerate()
                .try_for_each(|(n, v)| self.fits(v, element, &format!("{at}[{n}]")));
        }
        let known = self.types.get(name).ok_or_else(|| format!("{at}: api.json names no type {name}"))?;
        if !known.subtypes.is_empty() {
            return self.any_of(value, &known.subtypes, at);
        }
        let object =
            value.as_object().ok_or_else(|| format!("{at}: expected {name}, got {}", brief(value)))?;
        for (key, inner) in object {
            let field = known.fields.iter().find(|f| f.name == *key);
            let field = field.ok_or_else(|| format!("{at}: {name} has no field {key}"))?;
            self.field(field, inner, &format!("{at}.{key}"))?;
        }
        let missing = known.fields.iter().find(|f| f.required && !object.contains_key(&f.name));
        missing.map_or(Ok(()), |f| Err(format!("{at}: {name} needs the field {}", f.name)))
    }

    fn field(&self, field: &Field, value: &Value, at: &str) -> Result<(), String> {
        self.any_of(value, &field.types, at)?;
        match value.as_str() {
            Some(word) if !field.words.is_empty() && !field.words.iter().any(|w| w == word) => {
                Err(format!("{at}: `{word}` is none of {}", field.words.join(", ")))
            }
            _ => Ok(()),
        }
    }

    // Of several complaints, that of the type which the value resembles most.
    fn any_of(&self, value: &Value, types: &[String], at: &str) -> Result<(), String> {
        if let [only] = types {
            return self.fits(value, only, at);
        }
        let mut best: Option<(usize, String)> = None;
        for name in types {
            let Err(complaint) = self.fits(value, name, at) else { return Ok(()) };
            let likeness = self.likeness(value, name);
            if best.as_ref().is_none_or(|(most, _)| likeness > *most) {
                best = Some((likeness, complaint));
            }
        }
        match best {
            Some((likeness, complaint)) if likeness > 0 => Err(complaint),
            _ => Err(format!("{at}: expected {}, got {}", types.join(" or "), brief(value))),
        }
    }

    // How many keys the type knows; a fitting `type` word settles it.
    fn likeness(&self, value: &Value, name: &str) -> usize {
        let (Some(object), Some(known)) = (value.as_object(), self.types.get(name)) else { return 0 };
        let alike = |f: &&Field| object.contains_key(&f.name);
        let settled = known.fields.iter().filter(alike).any(|f| {
            let [only] = f.words.as_slice() else { return false };
            object.get(&f.name).and_then(Value::as_str) == Some(only)
        });
        known.fields.iter().filter(alike).count() + if settled { 100 } else { 0 }
    }
}

// The documentation lists words in prose only: `must be chat`, `always "emoji"`, `can be "mention" (@username), …`.
fn words(field: &Field) -> Vec<String> {
    let listed = ["type", "source", "status", "state", "style", "emoji"].contains(&field.name.as_str());
    if !listed || field.types != ["String"] {
        return Vec::new();
    }
    let text = field.description.trim_end_matches('.').replace(['“', '”'], "\"");
    for before in ["must be ", "always "] {
        let last = text.rsplit_once(before).map(|(_, word)| word.trim_matches('"'));
        if let Some(word) = last.filter(|w| w.chars().all(|c| c.is_alphanumeric() || c == '_')) {
            return vec![word.to_owned()];
        }
    }
    let marks = ["one of \"", "can be \"", "can be either \""];
    let Some(start) = marks.iter().filter_map(|mark| text.find(mark)).min() else { return Vec::new() };
    text[start..].split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(60).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(method: &str, given: Value) -> Vec<Wrong> {
        let method = api().method(method).unwrap();
        api().parameters(method, given.as_object().unwrap())
    }

    #[test]
    fn a_call_is_checked_down_to_the_last_button() {
        let button = json!({"text": "Ja", "callback_data": "x"});
        let good = json!({"chat_id": 1, "text": "Hej", "entities": [{"type": "bold", "offset": 0, "length": 3}],
            "reply_markup": {"inline_keyboard": [[button]]}, "link_preview_options": {"is_disabled": true}});
        assert_eq!(wrong("SENDMESSAGE", good), []);

        let misfit = |given: Value| match wrong("sendMessage", given).as_slice() {
            [Wrong::Misfit(text)] => text.clone(),
            other => panic!("{other:?}"),
        };
        let with = |key: &str, value: Value| {
            let mut given = json!({"chat_id": 1, "text": "Hej"});
            given[key] = value;
            misfit(given)
        };
        assert_eq!(with("text", json!(3)), "text: expected String, got 3");
        assert_eq!(
            with("reply_markup", json!({"inline_keyboard": [[{"text": "Ja", "data": "x"}]]})),
            "reply_markup.inline_keyboard[0][0]: InlineKeyboardButton has no field data"
        );
        assert_eq!(
            with("entities", json!([{"type": "fat", "offset": 0, "length": 1}])).split(" is none").next(),
            Some("entities[0].type: `fat`")
        );
        assert_eq!(
            with("disable_notification", json!("true")),
            "disable_notification: expected Boolean, got \"true\""
        );
        assert_eq!(
            wrong("sendMessage", json!({"chat_id": "@x", "tekst": "Hej"})),
            [Wrong::Unknown("tekst".to_owned()), Wrong::Missing("text".to_owned())]
        );
    }

    #[test]
    fn a_union_is_told_by_its_type_word() {
        let scope = |scope: Value| {
            wrong(
                "setMyCommands",
                json!({"commands": [{"command": "stop", "description": "Stop"}], "scope": scope}),
            )
        };
        assert_eq!(scope(json!({"type": "all_private_chats"})), []);
        assert_eq!(scope(json!({"type": "chat", "chat_id": 1})), []);
        let [Wrong::Misfit(text)] = &scope(json!({"type": "chat"}))[..] else { panic!() };
        assert_eq!(text, "scope: BotCommandScopeChat needs the field chat_id");
        let [Wrong::Misfit(_)] = &scope(json!({"type": "everyone"}))[..] else { panic!() };

        let react = |emoji: &str| {
            wrong(
                "setMessageReaction",
                json!({"chat_id": 1, "message_id": 2, "reaction": [{"type": "emoji", "emoji": emoji}]}),
            )
        };
        assert_eq!(react("✍"), []);
        assert_eq!(react("🚀").len(), 1);
    }
}
