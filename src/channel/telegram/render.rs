//! A message in Telegram's form: text with entities counted in UTF-16, and inline buttons.

use super::callback;
use crate::engine::{Button, Field, Keyboard, Message, Run, Share, Text, lines};
use crate::script::Style;
use teloxide::types::{
    ButtonRequest, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup,
    KeyboardRemove, MessageEntity, MessageEntityKind, ReplyMarkup,
};

/// core.telegram.org/bots/api#sendmessage
const MAX_TEXT: usize = 4096;
/// core.telegram.org/bots/api#sendphoto
const MAX_CAPTION: usize = 1024;

/// Text and entities of one message.
pub type Part = (String, Vec<MessageEntity>);

/// The text in pieces that Telegram takes, each with its entities. Never empty; cut at a line or a word where there is one.
pub fn parts(text: &Text) -> Vec<Part> {
    cut_into(text, MAX_TEXT)
}

/// What stands under a picture, and what of the words does not fit there.
pub fn caption(text: &Text) -> (Part, Vec<Part>) {
    let mut parts = cut_into(text, MAX_CAPTION);
    let rest = parts.split_off(1);
    (parts.swap_remove(0), rest)
}

fn cut_into(text: &Text, most: usize) -> Vec<Part> {
    let mut parts = vec![(String::new(), Vec::new())];
    let mut length = 0;
    for Run(words, style) in &text.0 {
        let mut rest = words.as_str();
        while !rest.is_empty() {
            let room = most - length;
            let end = cut(rest, room);
            if end == 0 {
                parts.push((String::new(), Vec::new()));
                length = 0;
                continue;
            }
            let piece = &rest[..end];
            rest = &rest[end..];
            let size = piece.encode_utf16().count();
            if let Some((out, entities)) = parts.last_mut() {
                let kind = match style {
                    Style::Plain => None,
                    Style::Bold => Some(MessageEntityKind::Bold),
                    Style::Italic => Some(MessageEntityKind::Italic),
                };
                entities.extend(kind.map(|kind| MessageEntity::new(kind, length, size)));
                out.push_str(piece);
            }
            length += size;
            if !rest.is_empty() {
                parts.push((String::new(), Vec::new()));
                length = 0;
            }
        }
    }
    parts.retain(|(text, _)| !text.trim().is_empty());
    if parts.is_empty() {
        parts.push(("…".to_owned(), Vec::new()));
    }
    parts
}

// Where to cut so that at most `room` UTF-16 units come before: all of it, else after a line, a word, or any character.
fn cut(text: &str, room: usize) -> usize {
    let mut units = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > room {
            let whole = &text[..at];
            return whole.rfind('\n').or_else(|| whole.rfind(' ')).map_or(at, |n| n + 1);
        }
        end = at + c.len_utf8();
    }
    end
}

/// What stands under a message, or in place of the citizen's own keyboard. A keyboard for sharing holds the message's buttons
/// as words that are typed by pressing them; both kinds do not fit under one message.
pub fn markup(message: &Message, bot: Option<&str>) -> Option<ReplyMarkup> {
    let link = message.link.as_ref().and_then(|link| {
        Some(InlineKeyboardButton::url(link.label.clone(), reqwest::Url::parse(&link.url).ok()?))
    });
    let share = message.share.as_ref().zip(bot).and_then(|(s, bot)| share(s, bot));
    let links: Vec<InlineKeyboardButton> = link.into_iter().chain(share).collect();
    match &message.keyboard {
        Some(Keyboard::Share { share, write }) => {
            let share = KeyboardButton::new(share).request(ButtonRequest::Location);
            Some(reply_keyboard(share, write.as_ref(), message))
        }
        Some(Keyboard::Number { share }) => {
            let share = KeyboardButton::new(share).request(ButtonRequest::Contact);
            Some(reply_keyboard(share, None, message))
        }
        Some(Keyboard::Remove) if message.buttons.is_empty() => {
            Some(ReplyMarkup::KeyboardRemove(KeyboardRemove::new()))
        }
        Some(Keyboard::Remove) | None if message.buttons.is_empty() && links.is_empty() => written(message),
        Some(Keyboard::Remove) | None => {
            let below = links.into_iter().map(|link| vec![link]);
            Some(ReplyMarkup::InlineKeyboard(
                below.fold(keyboard(&message.buttons), |k, row| k.append_row(row)),
            ))
        }
    }
}

fn reply_keyboard(share: KeyboardButton, write: Option<&String>, message: &Message) -> ReplyMarkup {
    let labels = message.buttons.iter().flatten().map(|b| &b.label);
    let typed = write.into_iter().chain(labels).map(KeyboardButton::new);
    let rows = std::iter::once(share).chain(typed).map(|button| vec![button]);
    ReplyMarkup::Keyboard(KeyboardMarkup::new(rows).resize_keyboard().one_time_keyboard())
}

// Open words that must be given: the field says so. Under a message with buttons Telegram has no room for it, and [Spring over]
// helps more; a message with it can be changed no more, as those of other answers are.
fn written(message: &Message) -> Option<ReplyMarkup> {
    let Some(Field::Text { .. }) = message.field else { return None };
    let words = lines(message.language).get("write-answer");
    Some(ReplyMarkup::ForceReply(ForceReply::new().input_field_placeholder(words)))
}

/// Rows of inline buttons; a several-choice shows its ticks.
pub fn keyboard(rows: &[Vec<Button>]) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(rows.iter().map(|row| row.iter().map(button)))
}

fn button(button: &Button) -> InlineKeyboardButton {
    let label = match button.on {
        Some(true) => format!("☑ {}", button.label),
        Some(false) => format!("☐ {}", button.label),
        None => button.label.clone(),
    };
    InlineKeyboardButton::callback(label, callback::data(&button.press))
}

/// The button that opens Telegram's own choice of whom to send the link to, with the words to change
/// (core.telegram.org/widgets/share).
fn share(share: &Share, bot: &str) -> Option<InlineKeyboardButton> {
    let link = format!("https://t.me/{bot}?start={}", share.payload);
    let query = [("url", link.as_str()), ("text", &share.words)];
    let url = reqwest::Url::parse_with_params("https://t.me/share/url", query).ok()?;
    Some(InlineKeyboardButton::url(share.label.clone(), url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_counted_in_utf16_and_citizens_stars_stay_stars() {
        let text = Text(vec![Run("👍 *hej* ".to_owned(), Style::Plain), Run("fed".to_owned(), Style::Bold)]);
        let parts = parts(&text);
        assert_eq!(parts[0].0, "👍 *hej* fed");
        assert_eq!((parts[0].1[0].offset, parts[0].1[0].length), (9, 3));
    }

    #[test]
    fn a_link_to_pass_on_is_a_button_with_the_sentence_in_it() {
        let share = Share { label: "Del".into(), payload: "aabn_ven".into(), words: "Kom & svar?".into() };
        let message = Message { share: Some(share), ..Message::bare(crate::script::Language::DANISH) };
        assert_eq!(markup(&message, None), None, "nobody knows yet what the bot is called");
        let Some(ReplyMarkup::InlineKeyboard(keyboard)) = markup(&message, Some("nordby_bot")) else {
            panic!("no buttons")
        };
        let button = serde_json::to_value(&keyboard.inline_keyboard[0][0]).unwrap();
        assert_eq!(
            button["url"],
            "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fnordby_bot%3Fstart%3Daabn_ven&text=Kom+%26+svar%3F"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let text = Text::plain("åben ".repeat(2000));
        let parts = parts(&text);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|(t, _)| t.encode_utf16().count() <= MAX_TEXT && t.starts_with("åben")));
    }
}
