//! Groups and channels: the bot talks in private alone, says so once and leaves. Nothing of it is kept.

use super::{Telegram, scrubbed};
use crate::engine::lines;
use crate::script::Language;
use serde_json::Value;
use teloxide::payloads::SendMessageSetters;
use teloxide::requests::Requester;
use teloxide::types::{ChatId, InlineKeyboardButton, InlineKeyboardMarkup};
use tracing::info;

/// The group or channel that the bot was put into, and the language of whoever did it.
pub fn invited(raw: &Value) -> Option<(i64, Language)> {
    let change = &raw["my_chat_member"];
    let is_in =
        matches!(change["new_chat_member"]["status"].as_str()?, "member" | "administrator" | "restricted");
    let language = change["from"]["language_code"].as_str().and_then(Language::parse);
    let chat = change["chat"]["id"].as_i64().filter(|_| is_in && change["chat"]["type"] != "private")?;
    Some((chat, language.unwrap_or(Language::DANISH)))
}

/// Best effort: who may not write there still leaves.
pub async fn leave(telegram: &Telegram, chat: i64, language: Language) {
    let l = lines(language);
    let link = telegram.name.get().and_then(|name| reqwest::Url::parse(&format!("https://t.me/{name}")).ok());
    let buttons = link.map(|link| [[InlineKeyboardButton::url(l.get("group-open"), link)]]);
    let mut request = telegram.bot.send_message(ChatId(chat), l.get("group-only"));
    if let Some(buttons) = buttons {
        request = request.reply_markup(InlineKeyboardMarkup::new(buttons));
    }
    if let Err(error) = telegram.call(request).await {
        info!(why = scrubbed(error), "a group was left without a word");
    }
    if let Err(error) = telegram.call(telegram.bot.leave_chat(ChatId(chat))).await {
        info!(why = scrubbed(error), "a group could not be left");
    }
}
