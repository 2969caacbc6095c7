//! Is the service alive, and can it take and keep answers?

use super::Web;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn alive() -> &'static str {
    "ok"
}

/// Telegram being out of reach is told, but is no reason to take the service away: the web chat and the pull work.
pub async fn ready(State(web): State<Arc<Web>>) -> (StatusCode, Json<Value>) {
    // What is damaged is not mended by going on: whoever runs it must hear of it.
    let store = web.store.broken().or_else(|| web.store.damaged());
    let status = if store.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": store.is_none(), "store": store, "telegram": (web.telegram)() })))
}
