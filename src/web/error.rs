//! Why a request is refused, as `application/problem+json` (RFC 9457).

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use storage::StoreError;

/// A refused request. `detail` is a sentence for whoever reads the answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Refusal {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// The query parameter or field that cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// What could stand there instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
    /// Seconds, in a header.
    #[serde(skip)]
    retry_after: Option<u16>,
}

impl Refusal {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Refusal {
        Refusal {
            // The status says what kind it is; RFC 9457 section 4.2.1 names that so.
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
            allowed: Vec::new(),
            retry_after: None,
        }
    }

    pub fn parameter(
        name: &str,
        detail: impl Into<String>,
        allowed: impl IntoIterator<Item = impl ToString>,
    ) -> Refusal {
        Refusal {
            parameter: Some(name.to_owned()),
            allowed: allowed.into_iter().map(|a| a.to_string()).collect(),
            ..Refusal::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    pub fn unauthorized() -> Refusal {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            "send a token as `Authorization: Bearer`, or as the password of HTTP Basic; this one is missing, not known, revoked or expired",
        )
    }

    /// For wrong tokens alone.
    pub fn too_many(wait: Duration) -> Refusal {
        let detail =
            "too many requests with a wrong token came from this address; a right one is answered at once";
        let seconds = u16::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u16::MAX);
        Refusal { retry_after: Some(seconds), ..Refusal::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// The same for what is not there and for what is another institution's.
    pub fn not_found() -> Refusal {
        Refusal::new(
            StatusCode::NOT_FOUND,
            "there is no such published dialogue that may be read; GET /v1/dialogues lists those that may",
        )
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        tracing::error!(%error, "a request could not be answered");
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the stored answers cannot be read at the moment")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"snak\""));
            // Excel and Power BI ask for a password only when they are told so.
            headers.append(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"snak\", charset=\"UTF-8\""),
            );
        }
        response
    }
}

pub async fn no_such_route(uri: Uri) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

pub async fn no_such_method(method: Method, uri: Uri) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take {method}", uri.path()))
}
