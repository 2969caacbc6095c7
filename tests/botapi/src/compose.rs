//! Values of the Bot API's types, made up from what the machine-readable API says of them.

use crate::api::{Field, api};
use crate::lot::Lot;
use serde_json::{Map, Value, json};

/// Deeper than this only what must be there.
const DEEP: usize = 3;

const WORDS: [&str; 8] = [
    "xyz",
    "Hej med dig",
    "🙂👍🏽 ÆØÅ",
    "\u{202e}نص عربي\u{202c}",
    "'; DROP TABLE svar; --",
    "{{navn}} *fed* [link](x)",
    "a\nb\r\n\tc",
    "\u{0}\u{7f}\u{feff}",
];

/// Which optional fields of an object are there.
#[derive(Debug, Clone, Copy)]
pub enum Wants<'a> {
    None,
    Only(&'a str),
    All,
    ByLot,
}

#[derive(Debug)]
pub struct Composer {
    lot: Lot,
}

impl Composer {
    pub fn new(seed: u64) -> Composer {
        Composer { lot: Lot::new(seed) }
    }

    /// A value of a type, as `Message` or `Array of PhotoSize`.
    pub fn value(&mut self, type_name: &str, depth: usize) -> Value {
        if let Some(element) = type_name.strip_prefix("Array of ") {
            let count = if depth >= DEEP { 0 } else { 1 + self.lot.below(2) };
            return (0..count).map(|_| self.value(element, depth + 1)).collect();
        }
        match type_name {
            "Integer" => json!(1 + self.lot.below(1000)),
            "Float" => json!(self.lot.below(9000) as f64 / 100.0),
            "Boolean" => json!(self.lot.below(2) == 1),
            "String" => json!(self.lot.of(&WORDS)),
            "User" => self.user(None),
            "Chat" => {
                let kind = *self.lot.of(&["private", "group", "supergroup", "channel"]);
                let id = 6_000_000_000 + self.lot.below(1000) as i64;
                self.chat(kind, id)
            }
            _ => self.composed(type_name, depth),
        }
    }

    fn composed(&mut self, type_name: &str, depth: usize) -> Value {
        let subtypes = api().subtypes(type_name);
        if subtypes.is_empty() {
            let wants = if depth >= DEEP { Wants::None } else { Wants::ByLot };
            return Value::Object(self.object(type_name, depth, wants));
        }
        let plain: Vec<&String> = subtypes.iter().filter(|name| is_plain(name)).collect();
        let name = match depth >= DEEP && !plain.is_empty() {
            true => *self.lot.of(&plain),
            false => self.lot.of(subtypes),
        };
        self.value(name, depth + 1)
    }

    /// The fields of a type that has some.
    pub fn object(&mut self, type_name: &str, depth: usize, wants: Wants<'_>) -> Map<String, Value> {
        let mut object = Map::new();
        for field in api().fields(type_name) {
            let wanted = match wants {
                Wants::None => false,
                Wants::Only(name) => field.name == name,
                Wants::All => true,
                Wants::ByLot => self.lot.below(3) == 0,
            };
            if field.required || wanted {
                object.insert(field.name.clone(), self.field(type_name, field, depth));
            }
        }
        object
    }

    fn field(&mut self, of: &str, field: &Field, depth: usize) -> Value {
        let Some(type_name) = field.types.first() else { return Value::Null };
        match (field.name.as_str(), type_name.as_str()) {
            ("date", _) if of == "InaccessibleMessage" => json!(0),
            (name, "Integer") if name == "date" || name.ends_with("_date") => json!(1_790_000_000),
            // What may be left out is only ever true.
            (_, "Boolean") if !field.required => json!(true),
            (_, "String") if !field.words.is_empty() => json!(self.lot.of(&field.words)),
            (name, "String") if name.ends_with("url") => json!("https://eksempel.dk/side?x=1"),
            ("mime_type", _) => json!("image/png"),
            ("language_code", _) => json!("da"),
            ("currency", "String") => json!("DKK"),
            ("phone_number", _) => json!("+4520304050"),
            (name, "String") if name.ends_with("_id") => {
                json!(format!("{}", 1_000_000 + self.lot.below(1000)))
            }
            _ => self.value(type_name, depth + 1),
        }
    }

    /// A person; another one where no id is given.
    pub fn user(&mut self, id: Option<i64>) -> Value {
        let mut user = self.object("User", DEEP, Wants::ByLot);
        let id = id.unwrap_or_else(|| 6_000_000_000 + self.lot.below(1000) as i64);
        user.insert("id".to_owned(), json!(id));
        user.insert("is_bot".to_owned(), json!(false));
        Value::Object(user)
    }

    /// A chat of this kind; one of many people has the number below zero.
    pub fn chat(&mut self, kind: &str, id: i64) -> Value {
        match kind {
            "private" => json!({"id": id, "type": kind, "first_name": "Ida"}),
            _ => json!({"id": -id, "type": kind, "title": "Banden"}),
        }
    }
}

// Whether its values hold no others.
fn is_plain(type_name: &str) -> bool {
    let scalar = |name: &String| ["Integer", "Float", "Boolean", "String"].contains(&name.as_str());
    scalar(&type_name.to_owned())
        || !type_name.starts_with("Array")
            && api().subtypes(type_name).is_empty()
            && api().fields(type_name).iter().all(|f| !f.required || f.types.iter().all(scalar))
}
