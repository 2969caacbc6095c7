//! Texts with entities: trimmed as Telegram trims, counted in UTF-16.

use crate::state::{Refusal, breach};
use serde_json::{Value, json};

/// core.telegram.org/bots/api#messageentity: more are ignored.
const MAX_ENTITIES: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub struct Formatted {
    pub text: String,
    pub entities: Vec<Value>,
}

/// The text as Telegram keeps it; it may be empty. The entities' types were checked before.
///
/// # Errors
/// An entity that does not lie inside the text.
pub fn formatted(text: &str, entities: Option<&Value>) -> Result<Formatted, Refusal> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let entities = entities.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if entities.len() > MAX_ENTITIES {
        return Err(breach("too many entities"));
    }
    let before = utf16(text) - utf16(text.trim_start());
    let kept = utf16(text.trim());
    let mut moved = Vec::new();
    for entity in entities {
        let (start, end) = inside(entity, &units)?;
        linked(entity)?;
        let start = start.saturating_sub(before).min(kept);
        let end = end.saturating_sub(before).min(kept);
        if start < end {
            let mut entity = entity.clone();
            entity["offset"] = json!(start);
            entity["length"] = json!(end - start);
            moved.push(entity);
        }
    }
    Ok(Formatted { text: text.trim().to_owned(), entities: moved })
}

pub fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn inside(entity: &Value, units: &[u16]) -> Result<(usize, usize), Refusal> {
    let number = |key: &str| entity.get(key).and_then(Value::as_i64).unwrap_or_default();
    let (offset, length) = (number("offset"), number("length"));
    let start = usize::try_from(offset);
    let start = start.map_err(|_| breach(format!("receive an entity with incorrect offset {offset}")))?;
    let size = usize::try_from(length).ok().filter(|length| *length > 0);
    let size = size.ok_or_else(|| breach(format!("receive an entity with incorrect length {length}")))?;
    let end = start + size;
    if start > units.len() {
        return Err(breach(format!("entity begins after the end of the text at UTF-16 offset {start}")));
    }
    if end > units.len() {
        let what = "ends after the end of the text at UTF-16 offset";
        return Err(breach(format!("entity beginning at UTF-16 offset {start} {what} {end}")));
    }
    // Between the halves of a surrogate pair there is no character's border.
    let splits = |at: usize| units.get(at).is_some_and(|unit| (0xDC00..=0xDFFF).contains(unit));
    if splits(start) || splits(end) {
        let what = "ends in a middle of a UTF-16 symbol";
        return Err(breach(format!("entity beginning at UTF-16 offset {start} {what}")));
    }
    Ok((start, end))
}

fn linked(entity: &Value) -> Result<(), Refusal> {
    let word = |key: &str| entity.get(key).and_then(Value::as_str).unwrap_or_default();
    let needs = match word("type") {
        "text_link" => {
            let url = word("url");
            let fits = ["http://", "https://", "tg://", "mailto:"].iter().any(|s| url.starts_with(s));
            return if fits { Ok(()) } else { Err(breach(format!("entity URL '{url}' is invalid"))) };
        }
        "text_mention" => "user",
        "custom_emoji" => "custom_emoji_id",
        _ => return Ok(()),
    };
    if entity.get(needs).is_some() { Ok(()) } else { Err(breach(format!("entity needs the field {needs}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_lie_inside_the_text_and_move_when_it_is_trimmed() {
        let bold = |offset: i64, length: i64| json!([{"type": "bold", "offset": offset, "length": length}]);
        let kept = formatted("  👍 hej ", Some(&bold(5, 4))).unwrap();
        assert_eq!(
            (kept.text.as_str(), &kept.entities[0]["offset"], &kept.entities[0]["length"]),
            ("👍 hej", &json!(3), &json!(3))
        );

        let why = |text: &str, offset, length| {
            formatted(text, Some(&bold(offset, length))).unwrap_err().description
        };
        assert_eq!(why("hej", -1, 1), "Bad Request: receive an entity with incorrect offset -1");
        assert_eq!(
            why("hej", 4, 1),
            "Bad Request: entity begins after the end of the text at UTF-16 offset 4"
        );
        assert!(why("hej", 1, 3).contains("ends after the end of the text"));
        assert!(why("👍", 0, 1).contains("ends in a middle of a UTF-16 symbol"));
    }
}
