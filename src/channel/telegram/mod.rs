//! Telegram, through teloxide's `Bot`, types and requests on our own HTTP client. The receive loop is ours: an update is
//! confirmed only when its turn is on disk.

mod call;
mod callback;
mod fetch;
mod group;
mod incoming;
mod intake;
mod poll;
mod profile;
mod render;
mod status;
mod webhook;

pub use poll::run;
pub use status::Status;
pub use webhook::{Webhook, attend, router};

use super::{Channel, ConversationId, Outbound, SendError, Sent};
use crate::engine::Message;
use crate::script::IllustrationKind;
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use teloxide::payloads::{
    EditMessageReplyMarkupSetters, EditMessageTextSetters, SendDocumentSetters, SendMessageSetters,
    SendPhotoSetters, SendVideoSetters,
};
use teloxide::requests::Requester;
use teloxide::types::{ChatId, InputFile, LinkPreviewOptions, MessageId, ReplyMarkup};
use teloxide::{ApiError, Bot, RequestError};
use tracing::warn;

/// core.telegram.org/bots/api#getupdates: long polling; must stay below the client's own time-out.
pub(super) const POLL_SECONDS: u32 = 30;
const CLIENT_TIMEOUT: Duration = Duration::from_secs(45);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub struct Telegram {
    bot: Bot,
    /// What the bot is called, once Telegram has told.
    name: Arc<OnceLock<String>>,
}

impl Telegram {
    /// A bot with this token, at another Bot API server than Telegram's where one is given.
    ///
    /// # Errors
    /// A sentence when the address is none, or the client cannot be made.
    pub fn new(token: &str, api_url: Option<&str>) -> Result<Telegram, String> {
        let client = reqwest::Client::builder()
            .timeout(CLIENT_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|e| format!("the HTTP client cannot be made: {e}"))?;
        let mut bot = Bot::with_client(token, client);
        if let Some(url) = api_url {
            let url = url.parse().map_err(|_| format!("TELOXIDE_API_URL is not an address: {url}"))?;
            bot = bot.set_api_url(url);
        }
        Ok(Telegram { bot, name: Arc::default() })
    }

    // Links to the bot need its name.
    async fn meet(&self, status: &Status) -> Result<(), RequestError> {
        let me = self.call(self.bot.get_me()).await?;
        let _ = self.name.set(me.username().to_owned());
        status.name(me.username());
        Ok(())
    }
}

#[async_trait]
impl Channel for Telegram {
    fn name(&self) -> &'static str {
        "telegram"
    }

    async fn send(&self, to: &ConversationId, outbound: &Outbound) -> Result<Sent, SendError> {
        let chat =
            to.address().parse().map(ChatId).map_err(|_| SendError::Refused("not a chat id".to_owned()))?;
        match outbound {
            Outbound::Say(message) => self.say(chat, message).await,
            Outbound::Show { message, file } => self.show(chat, message, file).await,
            Outbound::Amend { of, message } => self.amend(chat, of, message).await,
        }
    }
}

impl Telegram {
    async fn say(&self, chat: ChatId, message: &Message) -> Result<Sent, SendError> {
        if let Some(made) = &message.file {
            let (text, entities) = render::caption(&message.text).0;
            let file = InputFile::memory(made.text.clone()).file_name(made.name.clone());
            let request = self.bot.send_document(chat, file).caption(text).caption_entities(entities);
            return accepted(request.await).map(|id| Sent(id.0.to_string()));
        }
        self.say_parts(chat, message, &render::parts(&message.text)).await
    }

    // What of the words does not fit below the picture follows as a message, with the buttons under it.
    async fn show(&self, chat: ChatId, message: &Message, file: &[u8]) -> Result<Sent, SendError> {
        let Some(shown) = &message.illustration else { return self.say(chat, message).await };
        let (caption, rest) = render::caption(&message.text);
        let markup = self.markup(message).filter(|_| rest.is_empty());
        let name = shown.file.rsplit('/').next().unwrap_or_default().to_owned();
        let file = InputFile::memory(file.to_vec()).file_name(name);
        let (text, entities) = caption;
        let result = match shown.kind {
            IllustrationKind::Image => {
                let mut request = self.bot.send_photo(chat, file).caption(text).caption_entities(entities);
                request.reply_markup = markup;
                request.await
            }
            IllustrationKind::Video => {
                let mut request = self.bot.send_video(chat, file).caption(text).caption_entities(entities);
                request.reply_markup = markup;
                request.await
            }
        };
        match accepted(result) {
            Ok(id) if rest.is_empty() => Ok(Sent(id.0.to_string())),
            Ok(_) => self.say_parts(chat, message, &rest).await,
            // A file that Telegram cannot use: what is to be seen in it is told in words.
            Err(SendError::Refused(why)) => {
                let (institution, file) = (&shown.institution, &shown.file);
                warn!(institution, file, why, "Telegram does not take a file: its description is sent");
                self.say(chat, message).await
            }
            Err(error) => Err(error),
        }
    }

    fn markup(&self, message: &Message) -> Option<ReplyMarkup> {
        render::markup(message, self.name.get().map(String::as_str))
    }

    async fn say_parts(
        &self,
        chat: ChatId,
        message: &Message,
        parts: &[render::Part],
    ) -> Result<Sent, SendError> {
        let markup = self.markup(message);
        let mut sent = None;
        for (n, (text, entities)) in parts.iter().enumerate() {
            let mut request = self
                .bot
                .send_message(chat, text)
                .entities(entities.clone())
                .link_preview_options(no_preview());
            // The buttons stand under the last part.
            if n + 1 == parts.len()
                && let Some(markup) = &markup
            {
                request = request.reply_markup(markup.clone());
            }
            sent = Some(accepted(self.call(request).await)?);
        }
        sent.map(|id| Sent(id.0.to_string()))
            .ok_or_else(|| SendError::Refused("the message has no words".to_owned()))
    }

    async fn amend(&self, chat: ChatId, of: &str, message: &Message) -> Result<Sent, SendError> {
        let id = MessageId(of.parse().map_err(|_| SendError::Refused("not a message id".to_owned()))?);
        let keyboard = render::keyboard(&message.buttons);
        let result = if message.text.is_empty() {
            // An edit of the buttons alone leaves no "edited" beside the message.
            let request = self.bot.edit_message_reply_markup(chat, id).reply_markup(keyboard);
            self.call(request).await.map(drop)
        } else {
            let (text, entities) = render::parts(&message.text).swap_remove(0);
            let request = self
                .bot
                .edit_message_text(chat, id, text)
                .entities(entities)
                .link_preview_options(no_preview());
            self.call(request.reply_markup(keyboard)).await.map(drop)
        };
        match result {
            Ok(()) => Ok(Sent(of.to_owned())),
            Err(RequestError::Api(
                // Done before, or the citizen has deleted the chat's history: there is nothing left to change.
                ApiError::MessageNotModified
                | ApiError::MessageToEditNotFound
                | ApiError::MessageIdInvalid
                | ApiError::MessageCantBeEdited,
            )) => Ok(Sent(of.to_owned())),
            Err(error) => Err(send_error(error)),
        }
    }
}

fn accepted(result: Result<teloxide::types::Message, RequestError>) -> Result<MessageId, SendError> {
    match result {
        Ok(message) => Ok(message.id),
        // Accepted, but the answer holds something that this version cannot read: it must not be sent again.
        Err(RequestError::InvalidJson { raw, .. }) if message_id(&raw).is_some() => {
            Ok(message_id(&raw).unwrap_or(MessageId(0)))
        }
        Err(error) => Err(send_error(error)),
    }
}

// The id in the answer to a message that was accepted.
fn message_id(answer: &str) -> Option<MessageId> {
    let answer: serde_json::Value = serde_json::from_str(answer).ok()?;
    let id = answer.get("result").filter(|_| answer["ok"] == true)?.get("message_id")?.as_i64()?;
    Some(MessageId(id.try_into().ok()?))
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// What a failed request means for delivery.
fn send_error(error: RequestError) -> SendError {
    match error {
        RequestError::RetryAfter(seconds) => SendError::Throttled(seconds.duration()),
        RequestError::Api(
            ApiError::BotBlocked
            | ApiError::UserDeactivated
            | ApiError::CantInitiateConversation
            | ApiError::ChatNotFound,
        ) => SendError::Blocked,
        RequestError::Api(ApiError::Unknown(text)) => by_description(text),
        // A wrong token is mended by the operator: messages wait for it.
        RequestError::Api(e @ ApiError::InvalidToken) => SendError::Unreachable(e.to_string()),
        RequestError::Api(other) => SendError::Refused(other.to_string()),
        RequestError::MigrateToChatId(_) => SendError::Refused("the chat has become a group".to_owned()),
        // Addresses hold the token: they never reach a log.
        RequestError::Network(e) => {
            let e = std::sync::Arc::try_unwrap(e).map(reqwest::Error::without_url);
            SendError::Unreachable(e.map_or_else(|_| "network error".to_owned(), |e| e.to_string()))
        }
        RequestError::InvalidJson { .. } => SendError::Unreachable("the answer is no JSON".to_owned()),
        RequestError::Io(e) => SendError::Unreachable(e.to_string()),
    }
}

// teloxide leaves out the error code: only what Telegram calls a bad request is the message's own fault.
fn by_description(text: String) -> SendError {
    if text.starts_with("Forbidden") {
        SendError::Blocked
    } else if text.starts_with("Bad Request") {
        SendError::Refused(text)
    } else {
        SendError::Unreachable(text)
    }
}

/// How long Telegram asks to wait before the next request.
fn asked_to_wait(error: &RequestError) -> Duration {
    match error {
        RequestError::RetryAfter(seconds) => seconds.duration(),
        _ => Duration::ZERO,
    }
}

/// What a failed request of another kind is called in a log.
fn scrubbed(error: RequestError) -> String {
    match send_error(error) {
        SendError::Throttled(wait) => format!("asked to wait {wait:?}"),
        SendError::Unreachable(why) | SendError::Refused(why) => why,
        SendError::Blocked => "blocked".to_owned(),
    }
}
