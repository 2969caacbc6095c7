//! The same routes without a network: for commands while no service runs.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Request};
use futures_util::stream::{BoxStream, StreamExt};
use tower::ServiceExt;

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: BoxStream<'static, Result<Bytes, String>>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}

/// The routes, asked within this process.
#[derive(Debug, Clone)]
pub struct Inside {
    router: Router,
    bearer: String,
}

impl Inside {
    pub fn new(web: super::Web) -> Inside {
        let bearer = web.operator.clone();
        Inside { router: super::router(web, Router::new()), bearer }
    }

    /// Asks as the operator. `path` begins with `/` and may have a query; `json` is the body.
    ///
    /// # Errors
    /// A sentence, if `method` or `path` is none.
    pub async fn ask(&self, method: &str, path: &str, json: Option<String>) -> Result<Answer, String> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {}", self.bearer))
            .header(CONTENT_TYPE, "application/json")
            .body(json.map_or_else(Body::empty, Body::from))
            .map_err(|e| e.to_string())?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.into_data_stream().map(|chunk| chunk.map_err(|e| e.to_string()));
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.boxed() })
    }
}
