//! What is kept of whoever looks: to read on a page, and the same as a file. Both are behind the conversation's cookie.

use super::address::{Entry, Query};
use super::page::frame;
use super::visitor::Token;
use super::{Chat, Payload, Trouble, access, bubble, entry};
use crate::channel::{InboxError, Kept, Page};
use crate::engine::lines;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use std::sync::Arc;

/// `GET /c/{code}/data`.
pub async fn page(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (entry, page, kept) = found(&chat, payload, query, &headers).await?;
    Ok(Html(drawn(&entry, &page, kept.as_ref()).into_string()).into_response())
}

/// `GET /c/{code}/data.json`.
pub async fn file(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (_, page, kept) = found(&chat, payload, query, &headers).await?;
    let kept = kept.ok_or(Trouble::Unknown)?;
    let name = lines(page.language).get("data-file-name");
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, kept.json).into_response())
}

async fn found(
    chat: &Chat,
    payload: Payload,
    query: Option<String>,
    headers: &HeaderMap,
) -> Result<(Entry, Page, Option<Kept>), Trouble> {
    let query = Query::read(query.as_deref());
    let entry = entry(payload, &query)?;
    let token = Token::brought(headers, &entry);
    let page = chat.page(&entry, token.as_ref(), query.language, headers).await?;
    let Some(token) = token else { return Ok((entry, page, None)) };
    let kept = chat.pages.kept(&token.conversation(), page.language).await;
    let kept = kept.map_err(|InboxError::NotKept(_)| Trouble::Down)?;
    Ok((entry, page, kept))
}

fn drawn(entry: &Entry, page: &Page, kept: Option<&Kept>) -> Markup {
    let l = lines(page.language);
    let title = l.get("page-my-data");
    let body = html! {
        main.aside tabindex="-1" {
            h1 { (title) }
            @match kept {
                Some(kept) => {
                    div.kept dir="auto" { (bubble::words(&kept.text)) }
                    p { a href={ (entry.path()) "/data.json" } download { (l.get("page-data-file")) } }
                }
                None => p { (l.get("nothing-kept")) },
            }
            p { a href=(entry.path()) { (l.get("page-start-after-all")) } }
        }
        footer { (access::link(entry, page.language)) }
    };
    frame(page.language, &format!("{title} – {}", page.institution), None, &body)
}
