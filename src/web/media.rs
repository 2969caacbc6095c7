//! `GET …/media/{id}`: one picture, voice message or file of a response, for whoever may have media.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::choices::Bytes;
use super::dialogues::{PRIVATE, Readable};
use super::error::Refusal;
use super::openapi::{Refused, Where};
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::IntoResponse;
use std::sync::Arc;
use storage::MediaId;

/// One picture, voice message or file.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/media/{id}", tag = "media",
    params(Where, ("id" = String, Path, description = "as a row names it")),
    responses(
        (status = 200, description = "its bytes", content(
            (Bytes = "image/jpeg"), (Bytes = "image/png"), (Bytes = "image/webp"), (Bytes = "audio/ogg"),
            (Bytes = "application/pdf"), (Bytes = "application/octet-stream"),
        )),
        Refused,
    ))]
pub async fn file(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path((institution, dialogue, id)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, Refusal> {
    let found = Readable::find(&web, &caller, &institution, &dialogue).await?;
    if !caller.media() {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "this token may not read media; one that may is made with `snak token create --media`",
        ));
    }
    let gone = || Refusal::new(StatusCode::NOT_FOUND, "there is no such file in this dialogue's answers");
    let id = MediaId(id.parse().map_err(|_| gone())?);
    if web.store.media_dialogue(id).await?.is_none_or(|of| of != found.id) {
        return Err(gone());
    }
    let bytes = web.store.media(id).await?.ok_or_else(gone)?;
    let mut access = Access::begin(&web, &caller, &found.id, &format!("media/{}", id.0), "");
    access.end(&*web.store, 1, true).await;
    let (kind, ending) = kind(&bytes);
    let headers: [(HeaderName, String); 5] = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{ending}\"", id.0)),
        (CACHE_CONTROL, PRIVATE.to_owned()),
        // A citizen chose these bytes: no browser shall run them.
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, bytes))
}

// By its first bytes: what the sender called it is not kept.
fn kind(bytes: &[u8]) -> (&'static str, &'static str) {
    match bytes {
        [0xff, 0xd8, ..] => ("image/jpeg", "jpg"),
        [0x89, b'P', b'N', b'G', ..] => ("image/png", "png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ("image/webp", "webp"),
        [b'O', b'g', b'g', b'S', ..] => ("audio/ogg", "ogg"),
        [b'%', b'P', b'D', b'F', ..] => ("application/pdf", "pdf"),
        _ => ("application/octet-stream", "bin"),
    }
}
