//! Who is calling: the operator, or the holder of an institution's token.

use super::Web;
use super::error::Refusal;
use super::token::{Token, hash};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::sync::Arc;
use subtle::ConstantTimeEq;

#[derive(Debug)]
pub enum Caller {
    Operator,
    Holder(Token),
}

impl Caller {
    /// The name under which pulls are logged.
    pub fn name(&self) -> &str {
        match self {
            Caller::Operator => "operator",
            Caller::Holder(token) => &token.name,
        }
    }

    /// Whether a dialogue, `institution/dialogue`, may be read.
    pub fn may_read(&self, dialogue: &str) -> bool {
        let Caller::Holder(token) = self else { return true };
        let own = dialogue.strip_prefix(&token.institution).is_some_and(|rest| rest.starts_with('/'));
        own && (token.dialogues.is_empty() || token.dialogues.iter().any(|d| d == dialogue))
    }

    /// Whether free text may be read.
    pub fn raw_text(&self) -> bool {
        match self {
            Caller::Operator => true,
            Caller::Holder(token) => token.raw_text,
        }
    }

    /// Whether pictures, voice messages and files may be read.
    pub fn media(&self) -> bool {
        match self {
            Caller::Operator => true,
            Caller::Holder(token) => token.media,
        }
    }

    /// Whether the addresses of citizens may be read.
    pub fn contact(&self) -> bool {
        match self {
            Caller::Operator => true,
            Caller::Holder(token) => token.contact,
        }
    }

    /// The questions that alone may be read; empty for all.
    pub fn columns(&self) -> &[String] {
        match self {
            Caller::Operator => &[],
            Caller::Holder(token) => &token.columns,
        }
    }

    /// Whether the answers in a question's column may be read.
    pub fn may_see(&self, column: &str) -> bool {
        self.columns().is_empty() || self.columns().iter().any(|c| c == column)
    }

    /// What every dialogue begins with that may be read.
    pub fn prefix(&self) -> String {
        match self {
            Caller::Operator => String::new(),
            Caller::Holder(token) => format!("{}/", token.institution),
        }
    }

    pub fn must_be_operator(&self) -> Result<(), Refusal> {
        match self {
            Caller::Operator => Ok(()),
            Caller::Holder(_) => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "this is for the operator's commands alone"))
            }
        }
    }
}

impl FromRequestParts<Arc<Web>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Caller, Refusal> {
        let secret = secret(&parts.headers).ok_or_else(Refusal::unauthorized)?;
        if !secret.is_empty() && bool::from(secret.as_bytes().ct_eq(web.operator.as_bytes())) {
            return Ok(Caller::Operator);
        }
        let given = hash(&secret);
        let now = Timestamp::now();
        let tokens = super::token::all(&*web.store).await?;
        // All are compared, so that the time taken tells nothing of where one stands.
        let fitting = tokens
            .into_iter()
            .fold(None, |fitting, t| if bool::from(t.hash.ct_eq(&given)) { Some(t) } else { fitting });
        fitting.filter(|t| t.is_valid(now)).map(Caller::Holder).ok_or_else(|| {
            web.metrics.wrong_token();
            web.guard.wrong(parts)
        })
    }
}

// The token, or the password of HTTP Basic with whatever user name.
fn secret(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}
