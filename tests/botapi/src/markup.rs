//! Keyboards: what a button may be, and what Telegram keeps of them.

use crate::state::{Refusal, breach};
use crate::text::utf16;
use serde_json::{Value, json};

/// What one inline button may do; exactly one of these.
const ACTIONS: [&str; 10] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// Not in the documentation: Telegram's server answers "reply markup is too long" beyond it.
const MAX_BUTTONS: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub enum Markup {
    None,
    /// Without empty rows, never empty.
    Inline(Value),
    /// Labels, row by row, and those of them that share the citizen's number.
    Keyboard(Vec<Vec<String>>, Vec<String>),
    Remove,
    /// What the empty field says.
    ForceReply(Option<String>),
}

/// A `reply_markup` whose types were checked before.
pub fn markup(given: Option<&Value>) -> Result<Markup, Refusal> {
    let Some(given) = given else { return Ok(Markup::None) };
    if let Some(rows) = given.get("inline_keyboard") {
        return inline(rows);
    }
    if let Some(rows) = given.get("keyboard") {
        placeholder(given)?;
        return keyboard(rows);
    }
    let is = |key: &str| given.get(key) == Some(&json!(true));
    if is("remove_keyboard") {
        return Ok(Markup::Remove);
    }
    if is("force_reply") {
        placeholder(given)?;
        return Ok(Markup::ForceReply(
            Some(word(given, "input_field_placeholder").to_owned()).filter(|w| !w.is_empty()),
        ));
    }
    Err(breach("can't parse reply markup: its flag must be True"))
}

fn inline(rows: &Value) -> Result<Markup, Refusal> {
    let rows = rows_of(rows);
    if rows.iter().map(Vec::len).sum::<usize>() > MAX_BUTTONS {
        return Err(breach("reply markup is too long"));
    }
    rows.iter().flatten().try_for_each(inline_button)?;
    if rows.is_empty() { Ok(Markup::None) } else { Ok(Markup::Inline(json!({"inline_keyboard": rows}))) }
}

fn inline_button(button: &Value) -> Result<(), Refusal> {
    if word(button, "text").trim().is_empty() {
        return Err(breach("inline keyboard button text must be non-empty"));
    }
    let actions: Vec<&str> = ACTIONS.into_iter().filter(|action| button.get(*action).is_some()).collect();
    let [action] = actions.as_slice() else {
        return Err(breach(match actions.as_slice() {
            [] => text_button(),
            several => format!("an inline keyboard button has several actions: {}", several.join(", ")),
        }));
    };
    let value = word(button, action);
    match *action {
        "callback_data" if value.is_empty() => Err(breach(text_button())),
        "callback_data" if value.len() > 64 => Err(breach("BUTTON_DATA_INVALID")),
        "url" if !["http://", "https://", "tg://"].iter().any(|scheme| value.starts_with(scheme)) => {
            Err(breach(format!("inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")))
        }
        "web_app" | "login_url" => {
            let url = button.get(*action).map(|a| word(a, "url")).unwrap_or_default();
            if url.starts_with("https://") { Ok(()) } else { Err(breach("BUTTON_URL_INVALID")) }
        }
        "copy_text" => {
            let length = button.get("copy_text").map(|c| word(c, "text").chars().count());
            if length.is_some_and(|n| (1..=256).contains(&n)) {
                Ok(())
            } else {
                Err(breach("BUTTON_COPY_TEXT_INVALID"))
            }
        }
        _ => Ok(()),
    }
}

fn text_button() -> String {
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard".to_owned()
}

fn keyboard(rows: &Value) -> Result<Markup, Refusal> {
    let rows = rows_of(rows);
    for button in rows.iter().flatten() {
        if word(button, "text").trim().is_empty() {
            return Err(breach("keyboard button text must be non-empty"));
        }
        let asks = button.as_object().into_iter().flat_map(|b| b.keys());
        if asks.filter(|key| key.starts_with("request_") || *key == "web_app").count() > 1 {
            return Err(breach("a keyboard button asks for several things"));
        }
    }
    let labels = |row: &Vec<Value>| row.iter().map(|b| word(b, "text").to_owned()).collect();
    let shares = |b: &&Value| b.get("request_contact") == Some(&json!(true));
    let numbers = rows.iter().flatten().filter(shares).map(|b| word(b, "text").to_owned()).collect();
    Ok(Markup::Keyboard(rows.iter().map(labels).collect(), numbers))
}

fn placeholder(given: &Value) -> Result<(), Refusal> {
    let words = given.get("input_field_placeholder").and_then(Value::as_str);
    match words.map(utf16) {
        Some(length) if !(1..=64).contains(&length) => {
            Err(breach("input field placeholder must have 1-64 characters"))
        }
        Some(_) | None => Ok(()),
    }
}

fn rows_of(rows: &Value) -> Vec<Vec<Value>> {
    let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_array).cloned();
    rows.filter(|row| !row.is_empty()).collect()
}

fn word<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_does_exactly_one_thing_and_its_data_has_1_to_64_bytes() {
        let of = |button: Value| markup(Some(&json!({"inline_keyboard": [[button], []]})));
        let why = |button: Value| of(button).unwrap_err().description;
        assert!(of(json!({"text": "Ja", "callback_data": "x".repeat(64)})).is_ok());
        assert_eq!(
            why(json!({"text": "Ja", "callback_data": "å".repeat(33)})),
            "Bad Request: BUTTON_DATA_INVALID"
        );
        assert!(why(json!({"text": "Ja"})).contains("Text buttons are unallowed"));
        assert!(why(json!({"text": "Ja", "callback_data": ""})).contains("Text buttons are unallowed"));
        assert!(why(json!({"text": "Ja", "callback_data": "x", "url": "https://x.dk"})).contains("several"));
        assert!(why(json!({"text": " ", "callback_data": "x"})).contains("must be non-empty"));
        assert!(why(json!({"text": "Ja", "url": "x.dk"})).contains("is invalid"));
        assert_eq!(markup(Some(&json!({"inline_keyboard": []}))).unwrap(), Markup::None);
    }
}
