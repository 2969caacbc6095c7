//! Bodies packed on the wire for who takes gzip: chunk by chunk, so that the first row still leaves before the last is read.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::StreamExt;
use futures_util::stream;
use std::io::{self, Write};

/// Below this many bytes the packed form is hardly shorter.
const WORTH_IT: u64 = 1_024;

/// Whether the answer may be packed.
pub fn is_accepted(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|l| l.split(',')).any(|coding| {
        let mut words = coding.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused = |q: &str| q.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        named && !words.any(refused)
    })
}

/// The layer that packs.
pub async fn pack(request: Request, next: Next) -> Response {
    let wanted = is_accepted(request.headers());
    let mut response = next.run(request).await;
    if !is_text(response.headers()) {
        return response;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    let long = response.body().size_hint().exact().is_none_or(|length| length >= WORTH_IT);
    if !wanted || !long || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().remove(CONTENT_LENGTH);
    response.map(packed)
}

// A workbook and most pictures are packed already.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    ["text/", "application/json", "application/x-ndjson"].iter().any(|text| kind.starts_with(text))
}

fn packed(body: Body) -> Body {
    let encoder = GzEncoder::new(Vec::new(), Compression::new(4));
    let begin = (body.into_data_stream(), Some(encoder));
    Body::from_stream(stream::unfold(begin, |(mut chunks, encoder)| async move {
        let mut encoder = encoder?;
        match chunks.next().await {
            Some(Ok(chunk)) => {
                let packed = squeezed(&mut encoder, &chunk).map_err(axum::Error::new);
                Some((packed, (chunks, Some(encoder))))
            }
            // Cut short: who hears an error does not take it for the whole.
            Some(Err(error)) => Some((Err(error), (chunks, None))),
            None => {
                let rest = encoder.finish().map(Bytes::from).map_err(axum::Error::new);
                Some((rest, (chunks, None)))
            }
        }
    }))
}

// All of the chunk, and nothing of it held back.
fn squeezed(encoder: &mut GzEncoder<Vec<u8>>, chunk: &[u8]) -> io::Result<Bytes> {
    encoder.write_all(chunk)?;
    encoder.flush()?;
    Ok(Bytes::from(std::mem::take(encoder.get_mut())))
}
