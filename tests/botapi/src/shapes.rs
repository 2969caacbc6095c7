//! Updates in every shape that the machine-readable Bot API knows: each kind, each field of a message, each kind of chat.

use crate::api::api;
use crate::compose::{Composer, Wants};
use serde_json::{Map, Value, json};

const CHATS: [&str; 4] = ["private", "group", "supergroup", "channel"];

/// An update, without its id.
#[derive(Debug, Clone)]
pub struct Shape {
    /// As `message`, `my_chat_member`.
    pub kind: &'static str,
    /// What is in it, for whoever looks for the one that went wrong.
    pub what: String,
    /// Where it comes from, below zero for a chat of many; 0 where it names no chat.
    pub chat: i64,
    /// Who has caused it; in a private chat the same as the chat.
    pub person: i64,
    pub update: Value,
}

/// Each update that is not a message of a private chat comes from a chat and a person of its own.
pub fn shapes(seed: u64) -> Vec<Shape> {
    let mut maker = Maker { composer: Composer::new(seed), people: 5_000_000_000, shapes: Vec::new() };
    for field in api().fields("Update").iter().filter(|f| f.name != "update_id") {
        match field.types[0].as_str() {
            "Message" => maker.messages(&field.name),
            "CallbackQuery" => maker.presses(&field.name),
            "ChatMemberUpdated" => maker.members(&field.name),
            other => maker.others(&field.name, other),
        }
    }
    maker.shapes
}

/// One message of a citizen for each thing that a message may hold, and nothing else in it.
pub fn messages_of(person: i64, seed: u64) -> Vec<Shape> {
    let mut maker = Maker { composer: Composer::new(seed), people: person, shapes: Vec::new() };
    for field in optional("Message") {
        maker.message("message", "private", person, Wants::Only(field));
    }
    maker.shapes
}

fn optional(type_name: &'static str) -> impl Iterator<Item = &'static str> {
    api().fields(type_name).iter().filter(|f| !f.required).map(|f| f.name.as_str())
}

struct Maker {
    composer: Composer,
    people: i64,
    shapes: Vec<Shape>,
}

impl Maker {
    fn person(&mut self) -> i64 {
        self.people += 1;
        self.people
    }

    fn add(&mut self, kind: &'static str, what: String, chat: i64, person: i64, content: Map<String, Value>) {
        self.shapes.push(Shape { kind, what, chat, person, update: json!({ kind: content }) });
    }

    // Alone each field is looked for in the two kinds that citizens send; the others have them by lot.
    fn messages(&mut self, kind: &'static str) {
        for chat in CHATS {
            let often = if kind.ends_with("message") && !kind.contains("business") { 6 } else { 3 };
            for wants in std::iter::repeat_n(Wants::ByLot, often).chain([Wants::None, Wants::All]) {
                let person = self.person();
                self.message(kind, chat, person, wants);
            }
            if ["message", "edited_message"].contains(&kind) {
                for field in optional("Message") {
                    let person = self.person();
                    self.message(kind, chat, person, Wants::Only(field));
                }
            }
        }
    }

    fn message(&mut self, kind: &'static str, chat: &str, person: i64, wants: Wants<'_>) {
        let place = self.composer.chat(chat, person);
        let mut content = self.composer.object("Message", 0, wants);
        // In a channel nobody in particular speaks.
        if chat != "channel" {
            content.insert("from".to_owned(), self.composer.user(Some(person)));
        }
        if kind.starts_with("edited") {
            content.insert("edit_date".to_owned(), json!(1_790_000_001));
        }
        let id = place["id"].as_i64().unwrap_or_default();
        content.insert("chat".to_owned(), place);
        self.add(kind, format!("{kind} in a {chat} with {wants:?}"), id, person, content);
    }

    fn presses(&mut self, kind: &'static str) {
        let data =
            [None, Some("xyz"), Some("AAAAAAAAAAAAAAAAAA"), Some("____________________________________")];
        for (n, data) in data.iter().enumerate() {
            for (chat, message) in CHATS
                .iter()
                .flat_map(|chat| ["Message", "InaccessibleMessage", ""].map(|message| (*chat, message)))
            {
                let person = self.person();
                let wants = if n == 0 { Wants::All } else { Wants::None };
                let mut content = self.composer.object("CallbackQuery", 0, wants);
                content.insert("from".to_owned(), self.composer.user(Some(person)));
                let place = self.composer.chat(chat, person);
                let id = place["id"].as_i64().unwrap_or_default();
                content.remove("message");
                if !message.is_empty() {
                    let mut pressed = self.composer.object(message, 2, Wants::None);
                    pressed.insert("chat".to_owned(), place);
                    content.insert("message".to_owned(), Value::Object(pressed));
                }
                if let Some(data) = data {
                    content.insert("data".to_owned(), json!(data));
                }
                self.add(kind, format!("{kind} of {data:?} on {message:?} in a {chat}"), id, person, content);
            }
        }
    }

    fn members(&mut self, kind: &'static str) {
        for chat in CHATS {
            for member in api().subtypes("ChatMember") {
                let person = self.person();
                let mut content = self.composer.object("ChatMemberUpdated", 1, Wants::ByLot);
                content.insert("from".to_owned(), self.composer.user(Some(person)));
                content.insert("new_chat_member".to_owned(), self.composer.value(member, 2));
                let place = self.composer.chat(chat, person);
                let id = place["id"].as_i64().unwrap_or_default();
                content.insert("chat".to_owned(), place);
                self.add(kind, format!("{kind} with {member} in a {chat}"), id, person, content);
            }
        }
    }

    fn others(&mut self, kind: &'static str, type_name: &str) {
        for wants in [Wants::None, Wants::All, Wants::ByLot, Wants::ByLot] {
            let content = self.composer.object(type_name, 0, wants);
            self.add(kind, format!("{kind} with {wants:?}"), 0, 0, content);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;

    #[test]
    fn every_shape_is_an_update_of_the_bot_api_and_the_same_for_the_same_seed() {
        let all = shapes(7);
        for Shape { what, update, .. } in all.iter().chain(&messages_of(3, 7)) {
            let mut update = update.clone();
            update["update_id"] = json!(1);
            check("Update", &update).unwrap_or_else(|why| panic!("{what}: {why}\n{update}"));
        }
        let kinds = api().fields("Update").iter().filter(|f| all.iter().any(|s| s.kind == f.name));
        assert_eq!(kinds.count() + 1, api().fields("Update").len());
        assert!(all.iter().zip(shapes(7)).all(|(a, b)| a.update == b.update));
        assert!(all.iter().zip(shapes(8)).any(|(a, b)| a.update != b.update));
    }
}
