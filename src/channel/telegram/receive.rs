//! Long polling that confirms an update only when its turn is on disk: the next offset is asked for after the whole batch.

use super::incoming::incoming;
use super::{POLL_SECONDS, Telegram, scrubbed};
use crate::channel::{ConversationId, Inbox, Incoming};
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use teloxide::RequestError;
use teloxide::payloads::{AnswerCallbackQuerySetters, GetUpdatesSetters, SetMyCommandsSetters};
use teloxide::requests::Requester;
use teloxide::types::{AllowedUpdate, BotCommand, CallbackQueryId, Update};
use tokio::sync::watch;
use tracing::{info, warn};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);

/// What stands in the bot's menu. Names are Latin letters only (core.telegram.org/bots/api#botcommand).
const COMMANDS: [(&str, &str); 7] = [
    ("start", "What can I answer?"),
    ("back", "Change the answer before"),
    ("skip", "Skip this question"),
    ("language", "Another language"),
    ("help", "What is this, and whom can I ask?"),
    ("privacy", "What happens to my answers?"),
    ("stop", "Stop the conversation"),
];
const COMMANDS_DANISH: [(&str, &str); 7] = [
    ("start", "Hvad kan jeg svare på?"),
    ("tilbage", "Ret svaret før"),
    ("spring", "Spring spørgsmålet over"),
    ("sprog", "Et andet sprog"),
    ("hjaelp", "Hvad er det her, og hvem kan jeg spørge?"),
    ("privatliv", "Hvad sker der med mine svar?"),
    ("stop", "Stop samtalen"),
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
    let mut offset: i32 = 0;
    let mut greeted = false;
    loop {
        if !greeted {
            greeted = greet(&telegram, &status).await;
        }
        match poll(&telegram, offset).await {
            Ok(updates) => {
                status.set(None);
                wait = FIRST_PAUSE;
                let last = updates.iter().map(|u| u.id.0).max();
                if handle(&telegram, &inbox, updates).await {
                    offset = last.map_or(offset, |last| last.wrapping_add(1) as i32);
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

fn commands(list: [(&str, &str); 7]) -> Vec<BotCommand> {
    list.into_iter().map(|(name, words)| BotCommand::new(name, words)).collect()
}

async fn poll(telegram: &Telegram, offset: i32) -> Result<Vec<Update>, String> {
    let request =
        telegram.bot.get_updates().offset(offset).timeout(POLL_SECONDS).limit(100).allowed_updates(vec![
            AllowedUpdate::Message,
            AllowedUpdate::CallbackQuery,
            AllowedUpdate::MyChatMember,
        ]);
    request.await.map_err(scrubbed)
}

// In order within a conversation, side by side across conversations. Whether all of the batch is on disk.
async fn handle(telegram: &Telegram, inbox: &Arc<dyn Inbox>, updates: Vec<Update>) -> bool {
    let mut lines: HashMap<ConversationId, Vec<(Incoming, Option<String>)>> = HashMap::new();
    for update in &updates {
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

async fn in_order(telegram: Telegram, inbox: Arc<dyn Inbox>, line: Vec<(Incoming, Option<String>)>) -> bool {
    for (event, press) in line {
        // The rest of the line waits for it: an answer must not overtake the one before.
        let Ok(received) = inbox.receive(event).await else { return false };
        if let Some(id) = press {
            // Best effort: an unanswered press only leaves a spinner.
            let bot = telegram.bot.clone();
            tokio::spawn(async move {
                let answer = bot.answer_callback_query(CallbackQueryId(id));
                let _ = match received.toast {
                    Some(toast) => answer.text(toast).await,
                    None => answer.await,
                };
            });
        }
    }
    true
}
