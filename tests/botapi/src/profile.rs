//! What the bot tells about itself: commands, descriptions, its webhook.

use crate::body::Parameters;
use crate::methods::{list, number, word};
use crate::state::{Answer, Refusal, State, breach, refused};
use serde_json::{Value, json};

type ByLanguage = (String, String);

/// core.telegram.org/bots/api#setmycommands
pub fn set_commands(state: &mut State, given: &Parameters) -> Answer {
    let commands = list(given, "commands");
    if commands.len() > 100 {
        return Err(breach("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let of = |key: &str| command.get(key).and_then(Value::as_str).unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let name = of("command").trim_start_matches('/');
        if !(1..=32).contains(&name.len()) || !name.chars().all(plain) {
            return Err(breach("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&of("description").trim().chars().count()) {
            return Err(breach("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    state.commands.insert(commands_key(given)?, commands.to_vec());
    Ok(json!(true))
}

pub fn commands(state: &State, given: &Parameters) -> Answer {
    Ok(json!(state.commands.get(&commands_key(given)?).cloned().unwrap_or_default()))
}

pub fn delete_commands(state: &mut State, given: &Parameters) -> Answer {
    state.commands.remove(&commands_key(given)?);
    Ok(json!(true))
}

fn commands_key(given: &Parameters) -> Result<ByLanguage, Refusal> {
    let scope = given.values.get("scope").cloned().unwrap_or_else(|| json!({"type": "default"}));
    Ok((scope.to_string(), language(given)?))
}

/// `description` or `short_description`, whose parameter has the same name.
pub fn set_description(state: &mut State, given: &Parameters, noun: &str, most: usize) -> Answer {
    let text = word(given, noun).unwrap_or_default();
    if text.chars().count() > most {
        return Err(breach(format!("{noun} must have at most {most} characters")));
    }
    state.descriptions.insert((noun.to_owned(), language(given)?), text.to_owned());
    Ok(json!(true))
}

pub fn description(state: &State, given: &Parameters, noun: &str) -> Answer {
    let text = state.descriptions.get(&(noun.to_owned(), language(given)?));
    Ok(json!({ noun: text.cloned().unwrap_or_default() }))
}

fn language(given: &Parameters) -> Result<String, Refusal> {
    let code = word(given, "language_code").unwrap_or_default();
    let fits = code.is_empty() || code.len() == 2 && code.chars().all(|c| c.is_ascii_lowercase());
    if fits { Ok(code.to_owned()) } else { Err(breach("invalid language code specified")) }
}

pub fn set_webhook(state: &mut State, given: &Parameters) -> Answer {
    let url = word(given, "url").unwrap_or_default();
    if url.is_empty() {
        return Ok(delete_webhook(state, given));
    }
    reachable(url, state.local)?;
    let secret = word(given, "secret_token").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if secret.len() > 256 || !secret.chars().all(plain) {
        return Err(breach("secret token contains unallowed characters"));
    }
    if number(given, "max_connections").is_some_and(|n| !(1..=100).contains(&n)) {
        return Err(refused("max_connections must be 1-100"));
    }
    state.queue.allow(allowed_updates(given)?);
    if given.values.get("drop_pending_updates") == Some(&json!(true)) {
        state.queue.drop_all();
    }
    state.queue.webhook = Some(Value::Object(given.values.clone()));
    state.queue.last_error = None;
    // Ends the poll that is going on.
    state.queue.changed();
    Ok(json!(true))
}

// core.telegram.org/bots/api#using-a-local-bot-api-server: that one takes http, any address of the local net, and any port.
fn reachable(url: &str, local: bool) -> Result<(), Refusal> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if scheme != "https" && !(local && scheme == "http") {
        return Err(breach("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let host = rest.split('/').next().unwrap_or_default();
    let port = host.rsplit_once(':').map_or("443", |(_, port)| port);
    if !local && !["443", "80", "88", "8443"].contains(&port) {
        return Err(breach("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
    }
    Ok(())
}

pub fn delete_webhook(state: &mut State, given: &Parameters) -> Value {
    if given.values.get("drop_pending_updates") == Some(&json!(true)) {
        state.queue.drop_all();
    }
    state.queue.webhook = None;
    json!(true)
}

pub fn webhook_info(state: &State) -> Value {
    let webhook = state.queue.webhook.as_ref();
    let url = webhook.and_then(|w| w.get("url")).cloned().unwrap_or_else(|| json!(""));
    let mut info = json!({
        "url": url, "has_custom_certificate": webhook.is_some_and(|w| w.get("certificate").is_some()),
        "pending_update_count": state.queue.waiting().len(),
    });
    if webhook.is_some() {
        info["max_connections"] =
            json!(webhook.and_then(|w| w.get("max_connections")?.as_i64()).unwrap_or(40));
    }
    if let Some((at, why)) = &state.queue.last_error {
        info["last_error_date"] = json!(at);
        info["last_error_message"] = json!(why);
    }
    if !state.queue.allowed().is_empty() {
        info["allowed_updates"] = json!(state.queue.allowed());
    }
    info
}

/// The kinds asked for; `None` leaves them as they were.
///
/// # Errors
/// A kind that the Bot API does not know; Telegram would pass over it.
pub fn allowed_updates(given: &Parameters) -> Result<Option<Vec<String>>, Refusal> {
    if !given.values.contains_key("allowed_updates") {
        return Ok(None);
    }
    let kinds: Vec<String> =
        list(given, "allowed_updates").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    match kinds.iter().find(|kind| !crate::api::api().has_field("Update", kind)) {
        Some(unknown) => Err(breach(format!("there is no update of the kind `{unknown}`"))),
        None => Ok(Some(kinds)),
    }
}
