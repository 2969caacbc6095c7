//! From updates to durable turns: in order within a conversation, side by side across conversations.

use super::incoming::{Pressed, incoming};
use super::{Telegram, group};
use crate::channel::{ConversationId, Inbox, Incoming, Received};
use futures_util::future::join_all;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use teloxide::payloads::{AnswerCallbackQuerySetters, SetMessageReactionSetters};
use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, CallbackQueryId, ChatId, MessageId, ReactionType};

/// What is done beside the messages is waited for no longer, all of it together.
const AT_ONCE: Duration = Duration::from_secs(5);

/// What Telegram is asked to tell; `my_chat_member` comes only when it is named.
pub const KINDS: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

#[derive(Clone)]
pub struct Intake {
    telegram: Telegram,
    inbox: Arc<dyn Inbox>,
}

impl Intake {
    pub fn new(telegram: Telegram, inbox: Arc<dyn Inbox>) -> Intake {
        Intake { telegram, inbox }
    }

    /// Whether what follows from all of them is on disk: only then may they be acknowledged. Whoever stops waiting stops no turn.
    pub async fn take(&self, updates: &[Value]) -> bool {
        let mut lines: HashMap<ConversationId, Vec<(Incoming, Option<Pressed>)>> = HashMap::new();
        for update in updates {
            if let Some((chat, language)) = group::invited(update) {
                let telegram = self.telegram.clone();
                tokio::spawn(async move { group::leave(&telegram, chat, language).await });
            }
            let (event, press) = incoming(update);
            lines.entry(event.conversation.clone()).or_default().push((event, press));
        }
        let work = lines.into_values().map(|line| {
            let intake = self.clone();
            tokio::spawn(async move { intake.in_order(line).await })
        });
        join_all(work).await.into_iter().all(|kept| kept.unwrap_or(false))
    }

    async fn in_order(&self, line: Vec<(Incoming, Option<Pressed>)>) -> bool {
        let mut beside = Vec::new();
        let mut kept = true;
        for (event, press) in line {
            let (chat, own) = (event.conversation.address().parse().map(ChatId), event.message.clone());
            // The rest of the line waits for it: an answer must not overtake the one before.
            let Ok(received) = self.inbox.receive(event).await else {
                kept = false;
                break;
            };
            let Ok(chat) = chat else { continue };
            let telegram = self.telegram.clone();
            let waits = received.stale || received.unsay || received.noted;
            // Best effort: an unanswered press only leaves a spinner.
            let shown = tokio::spawn(async move { at_once(&telegram, chat, own, press, received).await });
            if waits {
                beside.push(shown);
            }
        }
        // Rare, and better done before more comes: a message to be unsaid goes while it is still the last one.
        let _ = tokio::time::timeout(AT_ONCE, join_all(beside)).await;
        kept
    }
}

// What is shown beside the messages that follow.
async fn at_once(
    telegram: &Telegram,
    chat: ChatId,
    own: Option<String>,
    press: Option<Pressed>,
    received: Received,
) {
    let bot = &telegram.bot;
    if let Some(press) = press {
        let mut answer = bot.answer_callback_query(CallbackQueryId(press.query));
        if let Some(toast) = received.toast {
            answer = answer.text(toast);
        }
        let _ = telegram.call(answer).await;
        if let Some(message) = press.message.filter(|_| received.stale) {
            let _ = telegram.call(bot.edit_message_reply_markup(chat, MessageId(message))).await;
        }
    } else if let Some(words) = received.toast {
        let _ = telegram.call(bot.send_message(chat, words)).await;
    }
    let Some(own) = own.and_then(|id| id.parse().ok()).map(MessageId) else { return };
    if received.unsay {
        let _ = telegram.call(bot.delete_message(chat, own)).await;
    } else if received.noted {
        let pen = ReactionType::Emoji { emoji: "✍".to_owned() };
        let _ = telegram.call(bot.set_message_reaction(chat, own).reaction([pen])).await;
    }
}
