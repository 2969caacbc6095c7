//! What the operator has the store do while it serves: a backup, a new data key, what is past its time erased.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::error::Refusal;
use crate::library::{Frozen, LibraryError};
use crate::script::ScriptId;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use storage::StoreError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct To {
    /// A folder on the service's machine, from the root.
    folder: PathBuf,
}

/// `POST /v1/operator/backup`
pub async fn backup(
    State(web): State<Arc<Web>>,
    caller: Caller,
    to: Result<Json<To>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let Json(to) = to.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    if !to.folder.is_absolute() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the folder is named from the root, with a / in front",
        ));
    }
    let copied = web.store.backup(&to.folder).await.map_err(refused)?;
    Access::act(&*web.store, &caller, "", "backup", copied.values).await;
    Ok(Json(json!({"bytes": copied.bytes, "values": copied.values})))
}

/// `POST /v1/operator/key/rotate`
pub async fn rotate(State(web): State<Arc<Web>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let done = web.store.rotate().await.map_err(refused)?;
    Access::act(&*web.store, &caller, "", "key rotate", 1).await;
    Ok(Json(json!({"bytes_before": done.bytes_before, "bytes_after": done.bytes_after})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// Only count.
    dry_run: bool,
}

/// `POST /v1/operator/retention`
pub async fn retention(
    State(web): State<Arc<Web>>,
    caller: Caller,
    wish: Result<Json<Expiry>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let Json(wish) = wish.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    let now = Timestamp::now();
    let expired = match wish.dry_run {
        true => web.library.expired(now).await,
        false => web.library.erase_expired(now).await,
    };
    let expired = expired.map_err(refused)?;
    for of in expired.iter().filter(|_| !wish.dry_run) {
        let count = of.responses.len() + of.trimmed.len();
        Access::act(&*web.store, &caller, &of.dialogue.0, "retention", count as u64).await;
    }
    let each = |e: crate::library::Expired| json!({"dialogue": e.dialogue, "responses": e.responses.len(), "trimmed": e.trimmed.len()});
    Ok(Json(expired.into_iter().map(each).collect()))
}

/// `GET /v1/operator/published`: the texts of what is published, for `snak check --against published`.
pub async fn published(State(web): State<Arc<Web>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let unreadable = |e: LibraryError| match e {
        LibraryError::Store(e) => refused(e),
        other => Refusal::new(StatusCode::CONFLICT, other.to_string()),
    };
    let each = |(id, frozen): (ScriptId, Frozen)| json!({"dialogue": id, "revision": frozen});
    Ok(Json(web.library.frozen().await.map_err(unreadable)?.into_iter().map(each).collect()))
}

// The operator is told what the disk said.
fn refused(error: StoreError) -> Refusal {
    match error {
        StoreError::Backend(why) => Refusal::new(StatusCode::CONFLICT, why),
        other => other.into(),
    }
}
