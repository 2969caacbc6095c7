//! Takes in a form, and no more of it than a form may hold.

use super::form::Posted;
use super::trouble::Trouble;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use futures_util::StreamExt;

/// A form larger than this is not read: many times the longest answer.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// Of a form with files: some more than the largest file that is taken, for all of it is in memory at once.
pub const MAX_UPLOAD_BYTES: usize = 25_000_000;
/// So much of a form that is too large is read and thrown away: a browser that is still sending would not see our page.
const MAX_DRAINED_BYTES: usize = 4 * MAX_UPLOAD_BYTES;

/// A form as it was posted, or what is to be said instead.
pub async fn posted(headers: &HeaderMap, request: Request) -> Result<Posted, Trouble> {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > MAX_UPLOAD_BYTES) {
            drained(request).await;
            return Err(Trouble::TooLong);
        }
        let parts = Multipart::from_request(request, &()).await.map_err(|_| Trouble::Unread)?;
        return Posted::read_parts(parts).await.ok_or(Trouble::Unread);
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Trouble::Unread);
    }
    let mut bytes = Vec::new();
    let mut seen = 0;
    let mut stream = request.into_body().into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Trouble::Unread)?;
        seen += chunk.len();
        if seen <= MAX_FORM_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if seen > MAX_DRAINED_BYTES {
            break;
        }
    }
    if seen > MAX_FORM_BYTES {
        return Err(Trouble::TooLong);
    }
    Ok(Posted::read(&bytes))
}

// A browser sends all of a form before it reads the answer: closed on it in the middle, the citizen would see a broken connection
// and not what is wrong.
async fn drained(request: Request) {
    let mut stream = request.into_body().into_data_stream();
    let mut seen = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        seen += chunk.len();
        if seen > MAX_DRAINED_BYTES {
            break;
        }
    }
}
