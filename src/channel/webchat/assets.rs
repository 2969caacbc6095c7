//! The stylesheet, the script and the mark, served from the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use maud::{Markup, PreEscaped};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const SHEET: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("chat.js");
const ICON: &str = include_str!("icon.svg");

/// Addresses that change with their content, so that a browser may keep it for ever.
pub static SHEET_ADDRESS: LazyLock<String> = LazyLock::new(|| address("style.css", SHEET));
pub static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address("chat.js", SCRIPT));

const FOR_EVER: &str = "public, max-age=31536000, immutable";

fn address(name: &str, content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    format!("/c/-/{name}?{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
}

pub async fn sheet() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, FOR_EVER)], SHEET)
}

pub async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, FOR_EVER)], SCRIPT)
}

pub async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], ICON)
}

/// A speech bubble, drawn in the page.
pub fn mark() -> Markup {
    PreEscaped(ICON.to_owned())
}
