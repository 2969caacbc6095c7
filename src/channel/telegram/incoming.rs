//! Telegram's updates in our words. What is not for us becomes [`Content::Nothing`]: acknowledged and dropped.

use super::callback;
use crate::channel::{Content, ConversationId, Incoming};
use crate::engine::Input;
use crate::script::Language;
use teloxide::types::{CallbackQuery, ChatMemberKind, Message, Update, UpdateKind, User};

/// The update as an event, and the id of the press to answer.
pub fn incoming(update: &Update) -> (Incoming, Option<String>) {
    let (chat, from, content, press) = match &update.kind {
        UpdateKind::Error(raw) => return (unknown(update, raw), None),
        UpdateKind::Message(message) if message.chat.is_private() => {
            (message.chat.id.0, message.from.as_ref(), said(message), None)
        }
        UpdateKind::CallbackQuery(query) => {
            let chat = query.message.as_ref().map_or(query.from.id.0 as i64, |m| m.chat().id.0);
            (chat, Some(&query.from), pressed(query), Some(query.id.0.clone()))
        }
        UpdateKind::MyChatMember(change) if change.chat.is_private() => {
            let gone =
                matches!(change.new_chat_member.kind, ChatMemberKind::Banned(_) | ChatMemberKind::Left);
            (
                change.chat.id.0,
                Some(&change.from),
                if gone { Content::Blocked } else { Content::Nothing },
                None,
            )
        }
        _ => (0, None, Content::Nothing, None),
    };
    let incoming = Incoming {
        update: format!("telegram:{}", update.id.0),
        conversation: ConversationId::new("telegram", chat),
        channel: "telegram",
        language: from.and_then(language),
        content,
        shows_recap: false,
    };
    (incoming, press)
}

// Something in the update is newer than the library. A citizen's words are read all the same; anything else of theirs is met
// with a word, and what is not theirs is dropped.
fn unknown(update: &Update, raw: &serde_json::Value) -> Incoming {
    let message = &raw["message"];
    let chat = message["chat"]["id"].as_i64().filter(|_| message["chat"]["type"] == "private");
    let text = message["text"].as_str().or(message["caption"].as_str());
    let content = match (chat, text) {
        (Some(_), Some(text)) => typed(text),
        (Some(_), None) => Content::Input(Input::Unreadable),
        (None, _) => Content::Nothing,
    };
    tracing::warn!(
        update = update.id.0,
        private = chat.is_some(),
        "an update holds what this version does not know"
    );
    Incoming {
        update: format!("telegram:{}", update.id.0),
        conversation: ConversationId::new("telegram", chat.unwrap_or(0)),
        channel: "telegram",
        language: message["from"]["language_code"].as_str().and_then(Language::parse),
        content,
        shows_recap: false,
    }
}

fn typed(text: &str) -> Content {
    command(text).unwrap_or_else(|| Content::Input(Input::Text(text.to_owned())))
}

fn language(user: &User) -> Option<Language> {
    user.language_code.as_deref().and_then(Language::parse)
}

fn pressed(query: &CallbackQuery) -> Content {
    match query.data.as_deref().and_then(callback::press) {
        Some(press) => Content::Input(Input::Press(press)),
        None => Content::Nothing,
    }
}

fn said(message: &Message) -> Content {
    // A picture's caption is taken as the words; the picture is not fetched.
    match message.text().or(message.caption()) {
        Some(text) => typed(text),
        None => match message.sticker().and_then(|s| s.emoji.as_deref()) {
            // A thumb is an answer, whatever it is drawn on.
            Some(thumb) if thumb.starts_with(['👍', '👎']) => {
                Content::Input(Input::Text(thumb.to_owned()))
            }
            _ if is_service(message) => Content::Nothing,
            _ => Content::Input(Input::Unreadable),
        },
    }
}

// Things that Telegram tells rather than the citizen: pinned messages, changed pictures, …
fn is_service(message: &Message) -> bool {
    !matches!(message.kind, teloxide::types::MessageKind::Common(_) | teloxide::types::MessageKind::Dice(_))
}

// Command names are Latin letters only, in Danish and in English.
fn command(text: &str) -> Option<Content> {
    let rest = text.strip_prefix('/')?;
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let name = name.split('@').next().unwrap_or_default().to_lowercase();
    Some(match name.as_str() {
        "start" => Content::Start { payload: argument.trim().to_owned() },
        "tilbage" | "back" => Content::Input(Input::Back),
        "spring" | "skip" => Content::Input(Input::Skip),
        "stop" => Content::Input(Input::Stop),
        "hjaelp" | "help" => Content::Input(Input::Help),
        "privatliv" | "privacy" => Content::Input(Input::Privacy),
        "sprog" | "language" => Content::Input(Input::Language(Language::parse(argument))),
        _ => return None,
    })
}
