//! Tokens: made, listed and revoked by the operator. Only a hash is kept; the token itself is shown once.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::error::Refusal;
use crate::engine;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::{Document, Kind, Store, StoreError};

/// Longest name of a token.
const MAX_NAME_CHARS: usize = 64;

/// What may be done with a token, and until when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub institution: String,
    /// Its name in the log; one of a kind within the institution.
    pub name: String,
    /// `institution/dialogue`; empty for all of the institution's.
    pub dialogues: Vec<String>,
    /// Names of questions' columns that alone may be read; empty for all.
    #[serde(default)]
    pub columns: Vec<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// May read contact data.
    pub contact: bool,
    pub media: bool,
    /// May read what citizens wrote freely.
    pub raw_text: bool,
    /// SHA-256 of the token: it is 256 random bits, so nothing slower is needed.
    pub(super) hash: Vec<u8>,
}

impl Token {
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    fn shown(&self) -> Value {
        json!({
            "institution": self.institution, "name": self.name, "dialogues": self.dialogues, "columns": self.columns,
            "created_at": self.created_at, "expires_at": self.expires_at,
            "contact": self.contact, "media": self.media, "raw_text": self.raw_text,
        })
    }
}

pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Every token there is, in the order of institutions and names.
pub async fn all(store: &dyn Store) -> Result<Vec<Token>, StoreError> {
    let documents = store.documents(Kind::Token, "").await?;
    let read = |body: Vec<u8>| {
        engine::decode(&body).map_err(|e| StoreError::Corrupt { what: "token", why: e.to_string() })
    };
    documents.into_iter().map(|(_, body)| read(body)).collect()
}

/// What a new token shall be. Dialogues may be named with or without the institution.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub institution: String,
    pub name: String,
    #[serde(default)]
    pub dialogues: Vec<String>,
    #[serde(default)]
    pub columns: Vec<String>,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    #[serde(default)]
    pub contact: bool,
    #[serde(default)]
    pub media: bool,
    #[serde(default = "yes")]
    pub raw_text: bool,
}

fn yes() -> bool {
    true
}

/// `POST /v1/operator/tokens`: the token, this once.
pub async fn create(
    State(web): State<Arc<Web>>,
    caller: Caller,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    caller.must_be_operator()?;
    let Json(wanted) = wanted.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))?;
    let secret = format!("snak_{}", URL_SAFE_NO_PAD.encode(random));
    let token = token(wanted, hash(&secret))?;
    let id = id(&token.institution, &token.name);
    if web.store.document(Kind::Token, &id).await?.is_some() {
        let detail =
            format!("{} has a token named `{}` already; revoke it first", token.institution, token.name);
        return Err(Refusal::new(StatusCode::CONFLICT, detail));
    }
    let body =
        engine::encode(&token).map_err(|e| StoreError::Corrupt { what: "token", why: e.to_string() })?;
    web.store.keep(vec![Document { kind: Kind::Token, id, body: Some(body) }]).await?;
    Access::act(&*web.store, &caller, &token.institution, &format!("token create {}", token.name), 1).await;
    let mut answer = token.shown();
    answer["token"] = secret.into();
    answer["not_published"] = unpublished(&*web.store, &token).await?.into();
    Ok((StatusCode::CREATED, Json(answer)))
}

// What the token names and nobody has published. No mistake, for it may be published later; but it may be a slip of the pen.
// On an empty store everything is still to come.
async fn unpublished(store: &dyn Store, token: &Token) -> Result<Vec<String>, StoreError> {
    let books = store.documents(Kind::Codebook, "").await?;
    let own = format!("{}/", token.institution);
    let known = |d: &String| books.iter().any(|(id, _)| id == d);
    if books.is_empty() {
        return Ok(Vec::new());
    }
    if !books.iter().any(|(id, _)| id.starts_with(&own)) {
        return Ok(vec![token.institution.clone()]);
    }
    Ok(token.dialogues.iter().filter(|d| !known(d)).cloned().collect())
}

fn token(wanted: Wanted, hash: Vec<u8>) -> Result<Token, Refusal> {
    let Wanted { institution, name, dialogues, columns, expires_at, contact, media, raw_text } = wanted;
    if !is_folder_name(&institution) {
        return Err(Refusal::parameter(
            "institution",
            "an institution is named as its folder, for example nordby-bibliotek",
            [""; 0],
        ));
    }
    let fits = |c: char| !c.is_control() && c != '/';
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS || !name.chars().all(fits) {
        let detail = format!("a token's name has 1 to {MAX_NAME_CHARS} characters and no slash");
        return Err(Refusal::parameter("name", detail, [""; 0]));
    }
    let own = format!("{institution}/");
    let dialogues: Vec<String> =
        dialogues.iter().map(|d| format!("{own}{}", d.strip_prefix(&own).unwrap_or(d))).collect();
    if let Some(wrong) = dialogues.iter().find(|d| !is_folder_name(&d[own.len()..])) {
        return Err(Refusal::parameter(
            "dialogues",
            format!("`{wrong}` is not a dialogue of {institution}"),
            [""; 0],
        ));
    }
    Ok(Token {
        institution,
        name,
        dialogues,
        columns,
        created_at: Timestamp::now(),
        expires_at,
        contact,
        media,
        raw_text,
        hash,
    })
}

/// As folders and files of dialogues are called.
pub fn is_folder_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn id(institution: &str, name: &str) -> String {
    format!("{institution}/{name}")
}

/// `GET /v1/operator/tokens`: every token, without what would let anybody use it.
pub async fn list(State(web): State<Arc<Web>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must_be_operator()?;
    let tokens: Vec<Value> = all(&*web.store).await?.iter().map(Token::shown).collect();
    Ok(Json(json!({ "tokens": tokens })))
}

#[derive(Debug, Deserialize)]
pub struct Of {
    institution: String,
}

/// `DELETE /v1/operator/tokens/{name}?institution=`: it stops working with the next request.
pub async fn revoke(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(name): Path<String>,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<StatusCode, Refusal> {
    caller.must_be_operator()?;
    let Query(of) = of.map_err(|_| Refusal::parameter("institution", "say whose token it is", [""; 0]))?;
    let id = id(&of.institution, &name);
    if web.store.document(Kind::Token, &id).await?.is_none() {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            format!("{} has no token named `{name}`", of.institution),
        ));
    }
    web.store.keep(vec![Document { kind: Kind::Token, id, body: None }]).await?;
    Access::act(&*web.store, &caller, &of.institution, &format!("token revoke {name}"), 1).await;
    Ok(StatusCode::NO_CONTENT)
}
