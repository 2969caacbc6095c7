//! The stylesheet and the mark, served from the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use maud::{Markup, PreEscaped};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const SHEET: &str = include_str!("style.css");
const ICON: &str = include_str!("icon.svg");

static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(SHEET.as_bytes());
    format!("/c/-/style.css?{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
});

/// Changes with its content, so that a browser may keep it for ever.
pub fn address() -> &'static str {
    &ADDRESS
}

pub async fn sheet() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")],
        SHEET,
    )
}

pub async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], ICON)
}

/// A speech bubble, drawn in the page.
pub fn mark() -> Markup {
    PreEscaped(ICON.to_owned())
}
