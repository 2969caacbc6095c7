//! `GET /metrics`: for Prometheus on this machine, or for who has a token.

use super::Web;
use super::auth::Caller;
use super::error::Refusal;
use crate::metrics;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use std::net::SocketAddr;
use std::sync::Arc;

/// Who may read what the service counts.
pub enum Reader {
    /// Somebody on this machine.
    Local,
    Known(Caller),
}

impl FromRequestParts<Arc<Web>> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Reader, Refusal> {
        match is_local(parts) {
            true => Ok(Reader::Local),
            false => Caller::from_request_parts(parts, web).await.map(Reader::Known),
        }
    }
}

// What a proxy passes on comes from this machine too, and from anybody.
fn is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let passed_on = |name: &str| name == "forwarded" || name.starts_with("x-forwarded-");
    peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback())
        && !parts.headers.keys().any(|name| passed_on(name.as_str()))
}

/// `GET /metrics`
pub async fn text(State(web): State<Arc<Web>>, reader: Reader) -> Result<impl IntoResponse, Refusal> {
    // It looks at the store's folder, which may hold many files.
    let metrics = web.metrics.clone();
    let text = tokio::task::spawn_blocking(move || metrics.text()).await;
    let text = text.ok().and_then(Result::ok).ok_or_else(|| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the figures cannot be read at the moment")
    })?;
    let text: String = match &reader {
        Reader::Local => text,
        Reader::Known(caller) => text.split_inclusive('\n').filter(|line| may_see(caller, line)).collect(),
    };
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}

// Institutions cannot see each other: how much is pulled of another's dialogue is not told.
fn may_see(caller: &Caller, line: &str) -> bool {
    let dialogue = line.split_once("dialogue=\"").and_then(|(_, rest)| rest.split('"').next());
    dialogue.is_none_or(|dialogue| caller.may_read(dialogue))
}
