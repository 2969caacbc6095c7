//! Tells an open page that its conversation has changed: from another tab, by a reminder, by the end of the period.

use super::{Chat, Payload, Query, Token, Trouble, entry};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::StreamExt;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Shorter than proxies wait for a silent connection.
const SIGN_OF_LIFE: Duration = Duration::from_secs(25);

/// Server-sent events, one for each change; what has changed, the page itself says.
pub async fn news(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Trouble> {
    let entry = entry(payload, &Query::default())?;
    let token = Token::brought(&headers, &entry).ok_or(Trouble::Unknown)?;
    let mut stopped = chat.stopped.clone();
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let changes = chat.pages.changes(&token.conversation());
    // Browsers drop an event that has no data.
    let events = changes.map(|()| Ok::<_, Infallible>(Event::default().event("changed").data("page")));
    Ok(Sse::new(events.take_until(Box::pin(stop))).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}
