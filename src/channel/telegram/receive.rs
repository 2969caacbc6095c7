//! Long polling that confirms an update only when its turn is on disk: the next offset is asked for after the whole batch.

use super::incoming::{Pressed, incoming};
use super::{POLL_SECONDS, Telegram, group, scrubbed};
use crate::channel::{ConversationId, Inbox, Incoming, Received};
use futures_util::future::join_all;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use teloxide::payloads::{
    AnswerCallbackQuerySetters, GetUpdates, SetMessageReactionSetters, SetMyCommandsSetters,
};
use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, BotCommand, CallbackQueryId, ChatId, MessageId, ReactionType};
use teloxide::{Bot, RequestError};
use tokio::sync::watch;
use tracing::{info, warn};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);

/// What is shown beside the messages is waited for no longer.
const AT_ONCE: Duration = Duration::from_secs(5);

/// What stands in the bot's menu. Names are Latin letters only (core.telegram.org/bots/api#botcommand).
const COMMANDS: [(&str, &str); 11] = [
    ("start", "What can I answer?"),
    ("back", "Change the answer before"),
    ("skip", "Skip this question"),
    ("language", "Another language"),
    ("share", "A link to pass on"),
    ("help", "What is this, and whom can I ask?"),
    ("privacy", "What happens to my answers?"),
    ("pause", "Go on another time"),
    ("stop", "Stop the conversation"),
    ("mydata", "What do you keep about me?"),
    ("delete", "Delete everything about me"),
];
const COMMANDS_DANISH: [(&str, &str); 11] = [
    ("start", "Hvad kan jeg svare på?"),
    ("tilbage", "Ret svaret før"),
    ("spring", "Spring spørgsmålet over"),
    ("sprog", "Et andet sprog"),
    ("del", "Et link til at sende videre"),
    ("hjaelp", "Hvad er det her, og hvem kan jeg spørge?"),
    ("privatliv", "Hvad sker der med mine svar?"),
    ("pause", "Fortsæt en anden gang"),
    ("stop", "Stop samtalen"),
    ("minedata", "Hvad har I gemt om mig?"),
    ("slet", "Slet alt om mig"),
];

/// How it stands with Telegram, for the operator and for links.
#[derive(Debug, Clone, Default)]
pub struct Status {
    trouble: Arc<Mutex<Option<String>>>,
    bot: Arc<OnceLock<String>>,
}

impl Status {
    /// Why Telegram cannot be reached, in a sentence; `None` while all is well.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// The bot's name in links, set once Telegram has told it.
    pub fn bot(&self) -> Arc<OnceLock<String>> {
        self.bot.clone()
    }
    // Told once for each time it begins and ends.
    fn set(&self, trouble: Option<String>) {
        let mut now = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*now, &trouble) {
            (None, Some(why)) => warn!(why, "Telegram cannot be reached; it is tried again"),
            (Some(_), None) => info!("Telegram can be reached"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        *now = trouble;
    }
}

/// Receives until `stop` says so. Telegram being away is no end: it is tried again with growing pauses.
pub async fn run(telegram: Telegram, inbox: Arc<dyn Inbox>, status: Status, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        // A turn in hand is finished by its own task; what was not confirmed comes again.
        _ = stop.wait_for(|stop| *stop) => {}
        () = receive_for_ever(telegram, inbox, status) => {}
    }
}

async fn receive_for_ever(telegram: Telegram, inbox: Arc<dyn Inbox>, status: Status) {
    let mut wait = FIRST_PAUSE;
    let mut offset: i64 = 0;
    let mut greeted = false;
    loop {
        if !greeted {
            greeted = greet(&telegram, &status).await;
        }
        match poll(&telegram, offset).await {
            Ok(updates) => {
                status.set(None);
                wait = FIRST_PAUSE;
                let last = updates.iter().filter_map(|u| u["update_id"].as_i64()).max();
                if handle(&telegram, &inbox, updates).await {
                    offset = last.map_or(offset, |last| last + 1);
                } else {
                    // Not kept: the same batch is asked for again, what was kept of it is known by its id.
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
            }
            Err(why) => {
                status.set(Some(why));
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LAST_PAUSE);
            }
        }
    }
}

// Tells the operator the link that citizens use, and Telegram the commands. A webhook from before would keep updates from us.
async fn greet(telegram: &Telegram, status: &Status) -> bool {
    let Ok(me) = telegram.bot.get_me().await else { return false };
    info!("Telegram bot connected: https://t.me/{}", me.username());
    let _ = status.bot.set(me.username().to_owned());
    let _ = telegram.name.set(me.username().to_owned());
    if let Err(error) = prepare(telegram).await {
        warn!(why = scrubbed(error), "Telegram did not take the list of commands");
    }
    true
}

async fn prepare(telegram: &Telegram) -> Result<(), RequestError> {
    telegram.bot.delete_webhook().await?;
    telegram.bot.set_my_commands(commands(COMMANDS)).await?;
    telegram.bot.set_my_commands(commands(COMMANDS_DANISH)).language_code("da").await?;
    Ok(())
}

fn commands(list: [(&str, &str); 11]) -> Vec<BotCommand> {
    list.into_iter().map(|(name, words)| BotCommand::new(name, words)).collect()
}

// Posted by ourselves: teloxide throws away the content of an update that it cannot read whole.
async fn poll(telegram: &Telegram, offset: i64) -> Result<Vec<Value>, String> {
    let kinds = vec![
        AllowedUpdate::Message,
        AllowedUpdate::EditedMessage,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
    ];
    let mut payload = GetUpdates::new();
    payload.timeout = Some(POLL_SECONDS);
    payload.limit = Some(100);
    payload.allowed_updates = Some(kinds);
    let mut payload = serde_json::to_value(payload).map_err(|e| e.to_string())?;
    // Update ids are larger than what teloxide has room for.
    payload["offset"] = offset.into();
    let bot = &telegram.bot;
    let mut url = bot.api_url();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&format!("bot{}", bot.token())).push("GetUpdates");
    }
    // The address holds the token: it stays out of what is logged.
    let unreachable = |e: reqwest::Error| e.without_url().to_string();
    let request = bot.client().post(url).header("content-type", "application/json").body(payload.to_string());
    let answer = request.send().await.map_err(unreachable)?.bytes().await.map_err(unreachable)?;
    let mut answer: Value =
        serde_json::from_slice(&answer).map_err(|_| "the answer is no JSON".to_owned())?;
    match (answer["ok"] == true, answer["result"].take()) {
        (true, Value::Array(updates)) => Ok(updates),
        _ => Err(answer["description"].as_str().unwrap_or("the answer is no list of updates").to_owned()),
    }
}

// In order within a conversation, side by side across conversations. Whether all of the batch is on disk.
async fn handle(telegram: &Telegram, inbox: &Arc<dyn Inbox>, updates: Vec<Value>) -> bool {
    let mut lines: HashMap<ConversationId, Vec<(Incoming, Option<Pressed>)>> = HashMap::new();
    for update in &updates {
        if let Some((chat, language)) = group::invited(update) {
            let telegram = telegram.clone();
            tokio::spawn(async move { group::leave(&telegram, chat, language).await });
        }
        let (event, press) = incoming(update);
        lines.entry(event.conversation.clone()).or_default().push((event, press));
    }
    let work = lines.into_values().map(|line| {
        let telegram = telegram.clone();
        let inbox = inbox.clone();
        tokio::spawn(async move { in_order(telegram, inbox, line).await })
    });
    join_all(work).await.into_iter().all(|kept| kept.unwrap_or(false))
}

async fn in_order(telegram: Telegram, inbox: Arc<dyn Inbox>, line: Vec<(Incoming, Option<Pressed>)>) -> bool {
    for (event, press) in line {
        let (chat, own) = (event.conversation.address().parse().map(ChatId), event.message.clone());
        // The rest of the line waits for it: an answer must not overtake the one before.
        let Ok(received) = inbox.receive(event).await else { return false };
        let Ok(chat) = chat else { continue };
        let telegram = telegram.clone();
        let waits = received.stale || received.unsay || received.noted;
        // Best effort: an unanswered press only leaves a spinner.
        let shown = tokio::spawn(async move { at_once(&telegram.bot, chat, own, press, received).await });
        if waits {
            // Rare, and better done before what comes next.
            let _ = tokio::time::timeout(AT_ONCE, shown).await;
        }
    }
    true
}

// What is shown beside the messages that follow.
async fn at_once(bot: &Bot, chat: ChatId, own: Option<String>, press: Option<Pressed>, received: Received) {
    if let Some(press) = press {
        let answer = bot.answer_callback_query(CallbackQueryId(press.query));
        let _ = match received.toast {
            Some(toast) => answer.text(toast).await,
            None => answer.await,
        };
        if let Some(message) = press.message.filter(|_| received.stale) {
            let _ = bot.edit_message_reply_markup(chat, MessageId(message)).await;
        }
    } else if let Some(words) = received.toast {
        let _ = bot.send_message(chat, words).await;
    }
    let Some(own) = own.and_then(|id| id.parse().ok()).map(MessageId) else { return };
    if received.unsay {
        let _ = bot.delete_message(chat, own).await;
    } else if received.noted {
        let pen = ReactionType::Emoji { emoji: "✍".to_owned() };
        let _ = bot.set_message_reaction(chat, own).reaction([pen]).await;
    }
}
