//! Brings updates to the webhook, and again until they are taken.

use crate::faults::{Fault, WEBHOOK};
use crate::queue::Strand;
use crate::state::{Call, Outcome, Shared};
use crate::updates::now;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(1);
/// Nobody waits longer for a webhook's answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Until the task is aborted; what it has in hand then is brought again.
pub async fn run(shared: Arc<Shared>) {
    let client = reqwest::Client::new();
    let mut changes = {
        let mut state = shared.lock();
        state.queue.nothing_in_hand();
        state.queue.subscribe()
    };
    let mut work = JoinSet::new();
    loop {
        while let Some((strand, update)) = next(&shared) {
            let (shared, client) = (shared.clone(), client.clone());
            work.spawn(async move { bring(&shared, &client, strand, update).await });
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            Some(_) = work.join_next() => {}
        }
    }
}

// A server that is not local has no way to an address on loopback.
fn next(shared: &Shared) -> Option<(Strand, Value)> {
    let mut state = shared.lock();
    if !state.local {
        return None;
    }
    state.queue.next_to_bring()
}

async fn bring(shared: &Shared, client: &reqwest::Client, strand: Strand, update: Value) {
    let mut pause = FIRST_PAUSE;
    loop {
        let (url, secret, fault) = {
            let mut state = shared.lock();
            let fault = state.faults.due(WEBHOOK, None);
            let Some(webhook) = &state.queue.webhook else {
                return state.queue.let_go(&strand);
            };
            let of = |key: &str| webhook.get(key).and_then(Value::as_str).map(str::to_owned);
            (of("url").unwrap_or_default(), of("secret_token"), fault)
        };
        let error = match fault {
            Some(Fault::AnswerLost) => {
                let _ = post(client, &url, secret.as_deref(), &update).await;
                Some("Read timeout expired".to_owned())
            }
            Some(_) => Some("Connection reset by peer".to_owned()),
            None => post(client, &url, secret.as_deref(), &update).await.err(),
        };
        let outcome = match (&error, fault) {
            (_, Some(fault)) => Outcome::Fault(fault),
            (None, None) => Outcome::Ok,
            (Some(why), None) => Outcome::Refused { code: 0, description: why.clone() },
        };
        if tell(shared, &strand, &update, outcome, error) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

// Whether it is done.
fn tell(shared: &Shared, strand: &Strand, update: &Value, outcome: Outcome, error: Option<String>) -> bool {
    let mut state = shared.lock();
    let done = error.is_none();
    state.queue.last_error = error.map(|why| (now(), why)).or(state.queue.last_error.take());
    if done {
        state.queue.brought(strand, update);
    }
    let (at, method, parameters) = (Instant::now(), WEBHOOK.to_owned(), update.clone());
    state.log(Call { at, method, chat: None, parameters, outcome, message_id: None });
    done
}

async fn post(
    client: &reqwest::Client,
    url: &str,
    secret: Option<&str>,
    update: &Value,
) -> Result<(), String> {
    let mut request = client.post(url).header("content-type", "application/json").timeout(PATIENCE);
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    match request.body(update.to_string()).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("Wrong response from the webhook: {}", answer.status())),
        Err(_) => Err("Connection refused".to_owned()),
    }
}
