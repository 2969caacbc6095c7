//! Updates that Telegram brings: the route that it posts to, and telling it where that is.

use super::intake::{Intake, KINDS};
use super::poll::{FIRST_PAUSE, LAST_PAUSE};
use super::{Status, Telegram, asked_to_wait, profile, scrubbed};
use crate::channel::Inbox;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use teloxide::RequestError;
use tokio::sync::watch;
use tracing::warn;

/// core.telegram.org/bots/api#setwebhook
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The most that Telegram keeps open (core.telegram.org/bots/api#setwebhook): turns that wait for the disk share its flushes.
const MAX_CONNECTIONS: u32 = 100;
/// An update is some kilobytes; one with many long texts in it some hundred.
const MAX_BODY_BYTES: usize = 1 << 20;
/// So much of one that is too large is read and thrown away, so that its sender sees the answer.
const MAX_DRAINED_BYTES: usize = 16 << 20;
/// How often Telegram is asked whether it still brings updates here, and how that goes.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Where Telegram brings updates, and what it shows to be let in.
#[derive(Clone)]
pub struct Webhook {
    pub url: String,
    /// 1-256 of `A-Z a-z 0-9 _ -`.
    pub secret: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Webhook({})", self.url)
    }
}

struct Door {
    intake: Intake,
    secret: String,
}

/// `POST /telegram/webhook`. To whoever does not show the secret there is no such route.
pub fn router(telegram: Telegram, inbox: Arc<dyn Inbox>, webhook: &Webhook) -> Router {
    let door = Door { intake: Intake::new(telegram, inbox), secret: webhook.secret.clone() };
    let unknown = async || StatusCode::NOT_FOUND;
    Router::new().route("/telegram/webhook", post(take).fallback(unknown)).with_state(Arc::new(door))
}

// The order within a conversation is Telegram's: it brings a chat's next message when the one before was taken.
async fn take(State(door): State<Arc<Door>>, headers: HeaderMap, request: Request) -> StatusCode {
    let shown = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
    if !bool::from(shown.ct_eq(door.secret.as_bytes())) {
        return StatusCode::NOT_FOUND;
    }
    let Some(body) = read(request.into_body()).await else { return StatusCode::BAD_REQUEST };
    match body.as_deref().map(serde_json::from_slice::<Value>) {
        Some(Ok(update)) if update["update_id"].is_i64() => match door.intake.take(&[update]).await {
            true => StatusCode::OK,
            // Not kept: Telegram brings it again.
            false => StatusCode::SERVICE_UNAVAILABLE,
        },
        // It would be no other the next time: taken, so that it is not brought for ever.
        Some(_) | None => {
            let bytes = body.map(|body| body.len());
            warn!(bytes, "what Telegram brought is no update and is dropped");
            StatusCode::OK
        }
    }
}

// `Some(None)`: it is larger than any update. `None`: it did not come to its end.
async fn read(body: Body) -> Option<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.ok()?;
        seen += chunk.len();
        if seen <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if seen > MAX_DRAINED_BYTES {
            break;
        }
    }
    Some((seen <= MAX_BODY_BYTES).then_some(bytes))
}

/// Tells Telegram where to bring updates, and looks now and then whether it does, until `stop` says so. Telegram being away is no
/// end: it is told again with growing pauses. What it could not bring waits there, also while the service is stopped.
pub async fn attend(telegram: Telegram, webhook: Webhook, status: Status, mut stop: watch::Receiver<bool>) {
    let work = async {
        tokio::join!(tell(&telegram, &webhook, &status), profile::keep(&telegram));
    };
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => {}
        () = work => {}
    }
}

async fn tell(telegram: &Telegram, webhook: &Webhook, status: &Status) {
    let mut wait = FIRST_PAUSE;
    // When something last went wrong that is over.
    let mut known = None;
    loop {
        match look(telegram, webhook, status, &mut known).await {
            Ok(trouble) => {
                status.set(trouble);
                wait = FIRST_PAUSE;
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => {
                let pause = wait.max(asked_to_wait(&error));
                status.set(Some(scrubbed(error)));
                tokio::time::sleep(pause).await;
                wait = (wait * 2).min(LAST_PAUSE);
            }
        }
    }
}

// Whether Telegram has had trouble in bringing updates since the last look.
async fn look(
    telegram: &Telegram,
    webhook: &Webhook,
    status: &Status,
    known: &mut Option<i64>,
) -> Result<Option<String>, RequestError> {
    if telegram.name.get().is_none() {
        telegram.meet(status).await?;
    }
    let info: Value = telegram.post("getWebhookInfo", "{}".to_owned()).await?;
    let failed = info["last_error_date"].as_i64().unwrap_or(0);
    // At the start always: whether the secret is still ours is nothing that Telegram tells.
    let Some(before) = known.filter(|_| info["url"] == webhook.url.as_str()) else {
        let set = json!({
            "url": webhook.url, "secret_token": webhook.secret, "max_connections": MAX_CONNECTIONS, "allowed_updates": KINDS,
        });
        telegram.post::<bool>("setWebhook", set.to_string()).await?;
        // What went wrong before may be that nobody was here.
        *known = Some(failed);
        return Ok(None);
    };
    // What is brought at last was only late.
    if info["pending_update_count"] == 0 {
        *known = Some(failed);
        return Ok(None);
    }
    let why = info["last_error_message"].as_str().unwrap_or("it does not say why");
    // Without the address, which need not be known to whoever asks how we are.
    Ok((failed > before).then(|| format!("Telegram cannot bring updates: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use botapi::Server;

    #[tokio::test]
    async fn that_updates_cannot_be_brought_is_told_until_they_are_and_a_lost_webhook_is_set_again() {
        let server = Server::start_local("1:test").await.unwrap();
        let telegram = Telegram::new("1:test", Some(&server.url())).unwrap();
        // Nobody listens there.
        let webhook =
            Webhook { url: "http://127.0.0.1:9/telegram/webhook".to_owned(), secret: "s".to_owned() };
        let (status, mut known) = (Status::default(), None);
        let mut looked = async || look(&telegram, &webhook, &status, &mut known).await.unwrap();
        assert_eq!(looked().await, None);
        server.citizen(7, "da").write("hej");
        let tried = |server: &Server| server.calls().iter().any(|call| call.method == botapi::WEBHOOK);
        server.wait_until(tried, Duration::from_secs(10)).await.unwrap();
        let trouble = looked().await.unwrap();
        assert_eq!(trouble, "Telegram cannot bring updates: Connection refused");
        assert_eq!(looked().await, Some(trouble));

        telegram.post::<bool>("deleteWebhook", r#"{"drop_pending_updates": true}"#.to_owned()).await.unwrap();
        assert_eq!(looked().await, None);
        assert_eq!(server.webhook().unwrap()["url"], webhook.url.as_str(), "it is set again");
        assert_eq!(looked().await, None, "nothing waits any more");
        assert_eq!(server.breaches(), Vec::<String>::new());
    }
}
