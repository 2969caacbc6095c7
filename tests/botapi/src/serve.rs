//! Requests in, Telegram's answers out.

use crate::api::{Method, Wrong, api};
use crate::body::{Parameters, parameters};
use crate::faults::Fault;
use crate::line::{Line, Switchboard};
use crate::methods::{self, chat_of, number};
use crate::profile::allowed_updates;
use crate::state::{Answer, Call, Outcome, Refusal, Shared, State as Memory, breach, conflict};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method as Verb, StatusCode, Uri, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout_at;

/// core.telegram.org/bots/api#sending-files: 50 MB, and something around it.
const MAX_BODY: usize = 60_000_000;

/// Serves until the task is aborted.
pub async fn run(switchboard: Switchboard, shared: Arc<Shared>) {
    let app = Router::new().fallback(answer).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(shared);
    let _ = axum::serve(switchboard, app.into_make_service_with_connect_info::<Line>()).await;
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(path) = uri.path().strip_prefix("/file/bot") {
        return file(&shared, path);
    }
    let path = uri.path().strip_prefix("/bot").and_then(|rest| rest.rsplit_once('/'));
    let Some((token, name)) = path else { return refusal(404, "Not Found") };
    if token != shared.token {
        return refusal(401, "Unauthorized");
    }
    let Some(method) = api().method(name) else {
        shared.lock().breaches.push(format!("there is no method {name}"));
        return refusal(404, "Not Found");
    };
    let given = match parameters(method, &verb, &uri, &headers, body.to_vec()).await {
        Ok(given) => given,
        Err(description) => {
            shared.lock().breaches.push(format!("{}: {description}", method.name));
            return refusal(400, &description);
        }
    };
    take(&shared, &line, method, given).await
}

async fn take(shared: &Shared, line: &Line, method: &Method, given: Parameters) -> Response {
    let (checked, fault) = {
        let mut state = shared.lock();
        let checked = check(&mut state, method, &given);
        let fault = match checked {
            Ok(()) => state.faults.due(&method.name, chat_of(&given)),
            Err(_) => None,
        };
        if let Some(fault) = fault.filter(|fault| *fault != Fault::AnswerLost) {
            log(&mut state, method, &given, Outcome::Fault(fault), None);
        }
        (checked, fault)
    };
    match fault {
        Some(Fault::RetryAfter(seconds)) => return retry_after(seconds),
        Some(Fault::Status(status)) => return broken(status),
        Some(Fault::Cut) => {
            line.cut();
            return StatusCode::BAD_GATEWAY.into_response();
        }
        Some(Fault::Hang(span)) => {
            tokio::time::sleep(span).await;
            line.cut();
            return StatusCode::BAD_GATEWAY.into_response();
        }
        Some(Fault::AnswerLost) | None => {}
    }
    let answer = match checked {
        Err(refusal) => refuse(&mut shared.lock(), method, &given, refusal),
        Ok(()) if method.name == "getUpdates" => poll(shared, method, &given, fault).await,
        Ok(()) => work(&mut shared.lock(), method, &given, fault),
    };
    if fault == Some(Fault::AnswerLost) {
        line.cut();
    }
    match answer {
        Ok(result) => reply(200, &json!({"ok": true, "result": result})),
        Err(why) => refusal(why.code, &why.description),
    }
}

// The work and its line in the log under one lock: the log's order is the order of the messages.
fn work(state: &mut Memory, method: &Method, given: &Parameters, fault: Option<Fault>) -> Answer {
    match methods::call(state, &method.name, given) {
        Ok(result) => {
            let outcome = fault.map_or(Outcome::Ok, Outcome::Fault);
            log(state, method, given, outcome, result.get("message_id").and_then(Value::as_i64));
            Ok(result)
        }
        Err(refusal) => refuse(state, method, given, refusal),
    }
}

fn refuse(state: &mut Memory, method: &Method, given: &Parameters, refusal: Refusal) -> Answer {
    if refusal.breach {
        state.breaches.push(format!("{}: {}", method.name, refusal.description));
    }
    let outcome = Outcome::Refused { code: refusal.code, description: refusal.description.clone() };
    log(state, method, given, outcome, None);
    Err(refusal)
}

fn log(state: &mut Memory, method: &Method, given: &Parameters, outcome: Outcome, message_id: Option<i64>) {
    state.log(Call {
        at: Instant::now(),
        method: method.name.clone(),
        chat: chat_of(given),
        parameters: Value::Object(given.values.clone()),
        outcome,
        message_id,
    });
}

// Everything unknown is written down; the first thing that is missing or does not fit is refused.
fn check(state: &mut Memory, method: &Method, given: &Parameters) -> Result<(), Refusal> {
    let mut refused = Ok(());
    for wrong in api().parameters(method, &given.values) {
        let why = match wrong {
            Wrong::Unknown(name) => {
                state.breaches.push(format!("{}: unknown parameter {name}", method.name));
                continue;
            }
            Wrong::Missing(name) => missing(&name),
            Wrong::Misfit(why) => format!("can't parse parameter {why}"),
        };
        refused = refused.and(Err(breach(why)));
    }
    let all = Value::Object(given.values.clone()).to_string();
    for file in &given.files {
        if !all.contains(&format!("\"attach://{}\"", file.part)) {
            state.breaches.push(format!("{}: no parameter names the file {}", method.name, file.part));
        }
    }
    refused
}

fn missing(name: &str) -> String {
    match name {
        "chat_id" => "chat_id is empty".to_owned(),
        "text" => "message text is empty".to_owned(),
        "message_id" => "message identifier is not specified".to_owned(),
        other => format!("parameter \"{other}\" is required"),
    }
}

async fn poll(shared: &Shared, method: &Method, given: &Parameters, fault: Option<Fault>) -> Answer {
    let limit = number(given, "limit").unwrap_or(100);
    let seconds = number(given, "timeout").unwrap_or(0);
    let (poller, mut changes) = {
        let mut state = shared.lock();
        if state.queue.webhook.is_some() {
            return refuse(&mut state, method, given, conflict(WEBHOOK));
        }
        match allowed_updates(given) {
            Ok(kinds) => state.queue.allow(kinds),
            Err(refusal) => return refuse(&mut state, method, given, refusal),
        }
        if !(1..=100).contains(&limit) || seconds < 0 {
            return refuse(&mut state, method, given, breach("limit must be 1-100, timeout not negative"));
        }
        if let Some(offset) = number(given, "offset") {
            state.queue.confirm(offset);
            state.stir();
        }
        state.queue.enter()
    };
    // core.telegram.org/bots/api#getupdates gives no upper bound; Telegram's server waits at most 50 s.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(seconds.unsigned_abs().min(50));
    let mut over = false;
    loop {
        {
            let mut state = shared.lock();
            if state.queue.webhook.is_some() {
                return refuse(&mut state, method, given, conflict("terminated by setWebhook request"));
            }
            if !state.queue.is_newest(poller) {
                return refuse(&mut state, method, given, conflict(OTHER_POLLER));
            }
            let batch = state.queue.batch(usize::try_from(limit).unwrap_or(100));
            if over || !batch.is_empty() {
                log(&mut state, method, given, fault.map_or(Outcome::Ok, Outcome::Fault), None);
                return Ok(Value::Array(batch));
            }
        }
        over = timeout_at(deadline, changes.changed()).await.is_err();
    }
}

const WEBHOOK: &str =
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLLER: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";

fn file(shared: &Shared, path: &str) -> Response {
    let mut state = shared.lock();
    let id = path.strip_prefix(&shared.token).and_then(|rest| rest.strip_prefix("/files/"));
    let id = id.filter(|id| state.offered.contains(*id));
    match id.and_then(|id| state.files.get(id).cloned()) {
        Some(bytes) => {
            state.fetched.push(bytes.clone());
            state.stir();
            ([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
        }
        None => refusal(404, "Not Found"),
    }
}

fn retry_after(seconds: u64) -> Response {
    let description = format!("Too Many Requests: retry after {seconds}");
    let body = json!({"ok": false, "error_code": 429, "description": description, "parameters": {"retry_after": seconds}});
    reply(429, &body)
}

// 500 comes from Telegram's own server; the rest from the proxies before it, which speak HTML.
fn broken(status: u16) -> Response {
    if status == 500 {
        return refusal(500, "Internal Server Error");
    }
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page = format!("<html><head><title>{code}</title></head><body><h1>{code}</h1></body></html>");
    (code, [(CONTENT_TYPE, "text/html")], page).into_response()
}

fn refusal(code: u16, description: &str) -> Response {
    reply(code, &json!({"ok": false, "error_code": code, "description": description}))
}

fn reply(code: u16, body: &Value) -> Response {
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
