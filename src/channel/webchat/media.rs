//! Pictures and films of the dialogues, from the service's own address.

use super::Chat;
use crate::engine::Illustration;
use crate::script::media_type;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Where a page finds the file. Its name holds no sign that an address must hide.
pub fn address(of: &Illustration) -> String {
    format!("/c/-/media/{}/{}", of.institution, of.file)
}

/// `GET /c/-/media/{institution}/{file}`. There is no list of files.
pub async fn file(
    State(chat): State<Arc<Chat>>,
    Path((institution, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some((kind, content_type)) = media_type(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(bytes) = chat.illustrations.bytes(&Illustration { kind, institution, file }).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let fixed = [
        (CONTENT_TYPE, content_type),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        // Staff may put a better picture in its place.
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCEPT_RANGES, "bytes"),
    ];
    let asked = headers.get(RANGE).and_then(|v| v.to_str().ok());
    match asked.and_then(|asked| range(asked, bytes.len())) {
        // Some browsers play a film only in pieces that they ask for.
        Some((from, to)) => {
            let place = format!("bytes {from}-{to}/{}", bytes.len());
            let piece = bytes[from..=to].to_vec();
            (StatusCode::PARTIAL_CONTENT, fixed, [(CONTENT_RANGE, place)], piece).into_response()
        }
        None => (fixed, bytes).into_response(),
    }
}

// First and last byte of `bytes=a-b`, `bytes=a-`, `bytes=-n`. Of anything else the whole is sent, as is allowed.
fn range(asked: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let last = length.checked_sub(1)?;
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.min(last)),
        (Ok(from), Err(_)) if to.is_empty() => (from, last),
        (Err(_), Ok(count)) if from.is_empty() && count > 0 => (length.saturating_sub(count), last),
        (Ok(_) | Err(_), _) => return None,
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_is_asked_for_is_inside_the_file() {
        assert_eq!(range("bytes=0-1", 10), Some((0, 1)));
        assert_eq!(range("bytes=4-", 10), Some((4, 9)));
        assert_eq!(range("bytes=-3", 10), Some((7, 9)));
        assert_eq!(range("bytes=8-99", 10), Some((8, 9)));
        for odd in ["bytes=10-", "bytes=5-4", "bytes=-0", "bytes=0-1,4-5", "lines=1-2", "bytes=x-"] {
            assert_eq!(range(odd, 10), None, "{odd}");
        }
        assert_eq!(range("bytes=0-", 0), None);
    }
}
