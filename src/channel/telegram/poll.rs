//! Long polling that confirms an update only when its turn is on disk: the next offset is asked for after the whole batch.

use super::intake::{Intake, KINDS};
use super::{POLL_SECONDS, Status, Telegram, asked_to_wait, profile, scrubbed};
use crate::channel::Inbox;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use teloxide::RequestError;
use teloxide::requests::Requester;
use tokio::sync::watch;

pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);
pub(super) const LAST_PAUSE: Duration = Duration::from_secs(60);

/// Receives until `stop` says so. Telegram being away is no end: it is tried again with growing pauses.
pub async fn run(telegram: Telegram, inbox: Arc<dyn Inbox>, status: Status, mut stop: watch::Receiver<bool>) {
    let work = async {
        tokio::join!(receive(&telegram, inbox, &status), profile::keep(&telegram));
    };
    tokio::select! {
        // A turn in hand is finished by its own task; what was not confirmed comes again.
        _ = stop.wait_for(|stop| *stop) => {}
        () = work => {}
    }
}

async fn receive(telegram: &Telegram, inbox: Arc<dyn Inbox>, status: &Status) {
    let intake = Intake::new(telegram.clone(), inbox);
    let mut wait = FIRST_PAUSE;
    let mut offset: i64 = 0;
    let mut ready = false;
    loop {
        match poll(telegram, status, &mut ready, offset).await {
            Ok(updates) => {
                status.set(None);
                wait = FIRST_PAUSE;
                let last = updates.iter().filter_map(|u| u["update_id"].as_i64()).max();
                if intake.take(&updates).await {
                    offset = last.map_or(offset, |last| last + 1);
                } else {
                    // Not kept: the same batch is asked for again, what was kept of it is known by its id.
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
            }
            Err(error) => {
                // Somebody has set a webhook: it is taken away again.
                let pause = wait.max(asked_to_wait(&error));
                let why = scrubbed(error);
                ready = ready && !why.to_lowercase().contains("webhook");
                status.set(Some(why));
                tokio::time::sleep(pause).await;
                wait = (wait * 2).min(LAST_PAUSE);
            }
        }
    }
}

// As values: teloxide throws away the content of an update that it cannot read whole.
async fn poll(
    telegram: &Telegram,
    status: &Status,
    ready: &mut bool,
    offset: i64,
) -> Result<Vec<Value>, RequestError> {
    if !*ready {
        telegram.meet(status).await?;
        // One from before would keep updates from us.
        telegram.call(telegram.bot.delete_webhook()).await?;
        *ready = true;
    }
    // Each by itself: one that cannot be read must not take the others with it.
    let asked = json!({"offset": offset, "timeout": POLL_SECONDS, "limit": 100, "allowed_updates": KINDS});
    let updates: Vec<Box<RawValue>> = telegram.post("getUpdates", asked.to_string()).await?;
    Ok(updates.iter().filter_map(|update| value(update.get())).collect())
}

#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

// Of what is nested too deep to be read there is its number alone, so that it can be confirmed.
fn value(update: &str) -> Option<Value> {
    serde_json::from_str(update).ok().or_else(|| {
        let Numbered { update_id } = serde_json::from_str(update).ok()?;
        Some(json!({ "update_id": update_id }))
    })
}
