//! Tells an open page that its conversation has changed: from another tab, by a reminder, by the end of the period.

use super::{Chat, Payload, Query, Token, Trouble, entry};
use crate::gate;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Shorter than proxies wait for a silent connection.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// Whoever finds all seats taken may ask again after this many seconds.
const LATER: &str = "300";

/// Server-sent events, one for each change; what has changed, the page itself says. Where too many listen from one address already,
/// 429: the page then stays as it is until the citizen does something.
pub async fn news(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    request: Request,
) -> Result<Response, Trouble> {
    let headers = request.headers();
    let entry = entry(payload, &Query::default())?;
    let token = Token::brought(headers, &entry).ok_or(Trouble::Unknown)?;
    let from = gate::client(headers, request.extensions(), &chat.limits.trusted);
    let seat = match from.map(|from| chat.listeners.take(from)) {
        Some(None) => return Ok((StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, LATER)]).into_response()),
        Some(seat @ Some(_)) => seat,
        None => None,
    };
    let mut stopped = chat.stopped.clone();
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let changes = chat.pages.changes(&token.conversation());
    let events = changes.map(move |()| {
        // Left when the stream is.
        let _taken = &seat;
        // Browsers drop an event that has no data.
        Ok::<_, Infallible>(Event::default().event("changed").data("page"))
    });
    let events = Sse::new(events.take_until(Box::pin(stop)));
    Ok(events.keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response())
}
