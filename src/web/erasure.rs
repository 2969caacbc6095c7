//! Requests to be forgotten that come by letter: by the ids of responses, or by the address that somebody wrote from.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::error::Refusal;
use crate::library::{Erased, receipt_number};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use storage::{Reason, StoreError};
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whom {
    /// As a pull gives them, or the citizen's own file.
    #[serde(default)]
    responses: Vec<Uuid>,
    /// `telegram:12345`, with everything that it leads to.
    conversation: Option<String>,
}

/// `POST /v1/operator/erase`
pub async fn erase(
    State(web): State<Arc<Web>>,
    caller: Caller,
    whom: Result<Json<Whom>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let Json(whom) = whom.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    let now = Timestamp::now();
    let mut responses = web.store.erase_responses(whom.responses, now, Reason::Staff).await?;
    let mut conversations = 0;
    if let Some(address) = whom.conversation {
        let of = storage::key_of(web.store.secrets(), address.trim());
        let receipt = (web.forget)(of).await?;
        (conversations, responses) = (receipt.conversations, responses + receipt.responses);
    }
    if (conversations, responses) == (0, 0) {
        return Ok(Json(json!({"conversations": 0, "responses": 0, "receipt": null})));
    }
    let seed =
        getrandom::u64().map_err(|e| StoreError::Backend(format!("there are no random numbers: {e}")))?;
    let number = receipt_number(seed);
    let document = Erased::at(now, responses).document(number.clone());
    web.store.keep(vec![document.map_err(|e| StoreError::Backend(e.to_string()))?]).await?;
    Access::act(&*web.store, &caller, "", &format!("erase {number}"), responses as u64).await;
    Ok(Json(json!({"conversations": conversations, "responses": responses, "receipt": number})))
}

/// `GET /v1/operator/receipts/{number}`
pub async fn receipt(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let erased = web.library.erased(&number).await?.ok_or_else(Refusal::not_found)?;
    Ok(Json(json!({"on": erased.on.to_string(), "responses": erased.responses})))
}
