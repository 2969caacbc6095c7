//! The web chat: server-rendered pages and plain form posts at `/c/{code}`. Nothing is stored by looking.

mod page;
mod post;
mod visitor;

use super::{Inbox, InboxError, Page, PageState, Pages};
use crate::script::Language;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::Markup;
use serde::Deserialize;
use std::sync::Arc;
use visitor::Visitor;

/// A form may hold a long text that the engine then asks to shorten; more than this is none that a person wrote.
const MAX_FORM_BYTES: usize = 1024 * 1024;
const STYLE: &str = include_str!("style.css");

/// The Telegram bot's name, once it is known.
pub type BotName = Arc<dyn Fn() -> Option<String> + Send + Sync>;

#[derive(Clone)]
struct Chat {
    inbox: Arc<dyn Inbox>,
    pages: Arc<dyn Pages>,
    /// Citizens come over https: cookies are for it alone.
    secure: bool,
    bot: BotName,
}

/// The routes below `/c/`. `secure`: the public address is https.
pub fn router(inbox: Arc<dyn Inbox>, pages: Arc<dyn Pages>, secure: bool, bot: BotName) -> Router {
    Router::new()
        .route("/c/-/style.css", get(style))
        .route("/c/{payload}", get(show).post(post::take))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .with_state(Chat { inbox, pages, secure, bot })
}

async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, STYLE).into_response()
}

#[derive(Deserialize)]
struct Asked {
    place: Option<String>,
    lang: Option<String>,
}

async fn show(
    State(chat): State<Chat>,
    Path(payload): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let payload = with_place(&payload, asked.place.as_deref());
    let visitor = Visitor::of(&headers, &payload);
    let language = asked.lang.as_deref().and_then(Language::parse).or_else(|| visitor::preferred(&headers));
    chat.page(&payload, &visitor, language, None).await
}

/// `?place=` beside the code means the same as `<code>_<place>`.
fn with_place(payload: &str, place: Option<&str>) -> String {
    match place.filter(|p| !p.is_empty() && !payload.contains('_')) {
        Some(place) => format!("{payload}_{place}"),
        None => payload.to_owned(),
    }
}

/// What a page shows besides the conversation.
pub(super) struct Note<'n> {
    /// Said above the open question.
    words: String,
    status: StatusCode,
    /// What was typed and is not kept yet.
    draft: &'n str,
}

impl Chat {
    async fn page(
        &self,
        payload: &str,
        visitor: &Visitor,
        language: Option<Language>,
        note: Option<Note<'_>>,
    ) -> Response {
        let page = match self.pages.page(payload, visitor.conversation().as_ref(), language).await {
            Ok(Some(page)) => page,
            Ok(None) => {
                return answer(StatusCode::NOT_FOUND, page::unknown(language.unwrap_or(Language::DANISH)));
            }
            Err(InboxError::NotKept(why)) => {
                tracing::warn!(why, "a web page could not be drawn");
                return answer(
                    StatusCode::SERVICE_UNAVAILABLE,
                    page::unreachable(language.unwrap_or(Language::DANISH)),
                );
            }
        };
        let Ok(ticket) = visitor::ticket() else {
            return answer(StatusCode::SERVICE_UNAVAILABLE, page::unreachable(page.language));
        };
        let status = note.as_ref().map_or(StatusCode::OK, |n| n.status);
        let bot = (self.bot)();
        answer(
            status,
            page::page(
                &page,
                &page::Around { payload, ticket: &ticket, note: note.as_ref(), bot: bot.as_deref() },
            ),
        )
    }
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // `no-referrer` would make browsers send `Origin: null` with our own forms.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            ),
        ),
    ];
    (status, headers, page.into_string()).into_response()
}
