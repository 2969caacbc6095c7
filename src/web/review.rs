//! What citizens have contributed for others to see, for staff to read first: listed, approved, rejected.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::error::Refusal;
use crate::engine::{self, Review, Reviewed, liked_counters, shown_counters};
use crate::script::ScriptId;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use storage::{Count, Document, Kind, StoreError};

const KINDS: [(Kind, &str); 2] = [(Kind::Statement, "statement"), (Kind::Idea, "idea")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// `institution/dialogue`
    dialogue: String,
}

/// `GET /v1/operator/review?dialogue=…`
pub async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let Query(Of { dialogue }) = of.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    let script = ScriptId(dialogue);
    if web.library.latest(&script).is_none() && web.store.document(Kind::Codebook, &script.0).await?.is_none()
    {
        return Err(Refusal::not_found());
    }
    let mut found = Vec::new();
    for (kind, name) in KINDS {
        let prefix = format!("{script}/");
        for (id, body) in web.store.documents(kind, &prefix).await? {
            let Reviewed { contribution, review, .. } = read(&body)?;
            let place = format!("{}/{}", contribution.of, &id[prefix.len()..]);
            let count = async |counters: String| -> Result<i64, StoreError> {
                let body = web.store.document(Kind::Counter, &format!("{counters}{place}")).await?;
                Ok(body.and_then(|body| Count::sum(&body)).unwrap_or(0))
            };
            found.push(json!({
                "id": id, "kind": name, "of": contribution.of, "words": contribution.words,
                "language": contribution.language, "day": contribution.day, "review": review,
                "shown": count(shown_counters(&script)).await?, "liked": count(liked_counters(&script)).await?,
            }));
        }
    }
    Ok(Json(found.into()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// As the list gives it.
    id: String,
    review: Review,
}

/// `POST /v1/operator/review`
pub async fn decide(
    State(web): State<Arc<Web>>,
    caller: Caller,
    verdict: Result<Json<Verdict>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let Json(Verdict { id, review }) =
        verdict.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    for (kind, name) in KINDS {
        let Some(body) = web.store.document(kind, &id).await? else { continue };
        let reviewed = Reviewed { review, ..read(&body)? };
        // Nobody is left who could take it back.
        let goes = reviewed.detached && review == Review::Rejected;
        let new = engine::encode(&reviewed).map_err(|e| StoreError::Backend(e.to_string()))?;
        let document = Document { kind, id: id.clone(), body: (!goes).then_some(new) };
        // The citizen may have erased or changed it since it was read.
        return match web.store.replace(document, &body).await? {
            true => {
                let (dialogue, contribution) = id.rsplit_once('/').unwrap_or(("", &id));
                let what = format!("review {} {name} {contribution}", json!(review).as_str().unwrap_or("?"));
                Access::act(&*web.store, &caller, dialogue, &what, 1).await;
                Ok(Json(json!({"id": id, "review": review})))
            }
            false => {
                Err(Refusal::new(StatusCode::CONFLICT, "it was changed or removed meanwhile; list it again"))
            }
        };
    }
    Err(Refusal::not_found())
}

fn read(body: &[u8]) -> Result<Reviewed, StoreError> {
    engine::decode(body).map_err(|e| StoreError::Corrupt { what: "contribution", why: e.to_string() })
}
