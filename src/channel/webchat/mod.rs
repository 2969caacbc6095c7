//! The web chat: pages at `/c/{code}` that work without scripts. What the citizen sees is drawn anew from the session each
//! time; what they send is a plain form.

mod access;
mod address;
mod assets;
mod body;
mod bubble;
mod deeds;
mod files;
mod form;
mod front;
mod limits;
mod media;
mod news;
mod own;
mod page;
mod question;
mod trouble;
mod visitor;

use super::{Illustrations, Inbox, InboxError, Page, PageState, Pages};
use crate::engine::Form;
use crate::gate::{self, Meter, Seats};
use crate::script::Language;
use address::{Entry, Note, Query};
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
pub use limits::Limits;
use page::View;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;
use trouble::Trouble;
use visitor::Token;

/// What the pages must know of the world around them.
#[derive(Debug, Clone)]
pub struct Links {
    /// The address under which citizens reach the service, without a path: `https://snak.nordby.example`.
    pub public_url: String,
    /// The Telegram bot's name, set once it is known; pages drawn later offer to go on there.
    pub telegram: Arc<OnceLock<String>>,
}

struct Chat {
    inbox: Arc<dyn Inbox>,
    pages: Arc<dyn Pages>,
    illustrations: Arc<dyn Illustrations>,
    links: Links,
    limits: Limits,
    openings: Meter,
    posts: Meter,
    listeners: Arc<Seats>,
    /// Turns true when the service is being stopped: what streams ends then.
    stopped: watch::Receiver<bool>,
}

/// `GET` and `POST /c/{code}`, what can be answered at `/c`, and what the pages need besides: everything under `/c`.
pub fn router(
    inbox: Arc<dyn Inbox>,
    pages: Arc<dyn Pages>,
    illustrations: Arc<dyn Illustrations>,
    links: Links,
    limits: Limits,
    stopped: watch::Receiver<bool>,
) -> Router {
    let (openings, posts) = (Meter::new(limits.openings), Meter::new(limits.posts));
    let listeners = Seats::new(limits.listeners);
    let chat = Chat { inbox, pages, illustrations, links, limits, openings, posts, listeners, stopped };
    Router::new()
        // Whoever shortens the address on the poster.
        .route("/", get(async || Redirect::to("/c")))
        .route("/c", get(front::page))
        .route("/c/", get(front::page))
        .route("/c/{payload}", get(show).post(take))
        .route("/c/{payload}/accessibility", get(access::page))
        .route("/c/{payload}/data", get(own::page))
        .route("/c/{payload}/data.json", get(own::file))
        .layer(DefaultBodyLimit::max(body::MAX_UPLOAD_BYTES))
        .layer(middleware::map_response(guarded))
        .route("/c/-/style.css", get(assets::sheet))
        .route("/c/-/chat.js", get(assets::script))
        .route("/c/-/icon.svg", get(assets::icon))
        .route("/c/-/news/{payload}", get(news::news))
        .route("/c/-/media/{institution}/{*file}", get(media::file))
        .with_state(Arc::new(chat))
}

type Payload = Result<Path<String>, PathRejection>;

async fn show(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let query = Query::read(query.as_deref());
    let Ok(entry) = entry(payload, &query) else { return Ok(front::unknown(&chat, &headers).await) };
    let token = Token::brought(&headers, &entry);
    let page = match chat.page(&entry, token.as_ref(), query.language, &headers).await {
        Err(Trouble::Unknown) => return Ok(front::unknown(&chat, &headers).await),
        page => page?,
    };
    chat.drawn(&entry, &page, token.is_some(), query.note, None)
}

async fn take(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Trouble> {
    let entry = entry(payload, &Query::read(query.as_deref()))?;
    if !visitor::is_from_here(&headers, &chat.links.public_url) {
        return Err(Trouble::Foreign);
    }
    let from = gate::client(&headers, request.extensions(), &chat.limits.trusted);
    let posted = body::posted(&headers, request).await?;
    let deed = posted.deed().ok_or(Trouble::Unread)?;
    if let Err(wait) = chat.counted(from, &deed) {
        return Ok(trouble::too_many(&entry, &posted, wait));
    }
    let token = Token::brought(&headers, &entry);
    chat.done(&entry, token, posted, deed).await
}

impl Chat {
    fn is_secure(&self) -> bool {
        self.links.public_url.starts_with("https://")
    }

    async fn page(
        &self,
        entry: &Entry,
        token: Option<&Token>,
        wanted: Option<Language>,
        headers: &HeaderMap,
    ) -> Result<Page, Trouble> {
        let of = token.map(Token::conversation);
        let page = async |language| match self.pages.page(&entry.payload(), of.as_ref(), language).await {
            Ok(found) => found.ok_or(Trouble::Unknown),
            Err(InboxError::NotKept(_)) => Err(Trouble::Down),
        };
        let first = page(wanted).await?;
        let fresh = matches!(first.state, PageState::Opening(_) | PageState::Closed(..));
        let liked = visitor::languages(headers).into_iter().find(|l| first.languages.contains(l));
        match liked.filter(|l| fresh && wanted.is_none() && *l != first.language) {
            Some(language) => page(Some(language)).await,
            None => Ok(first),
        }
    }

    fn drawn(
        &self,
        entry: &Entry,
        page: &Page,
        known: bool,
        note: Option<Note>,
        draft: Option<&Form>,
    ) -> Result<Response, Trouble> {
        let nonce = Token::random().map_err(|_| Trouble::Down)?;
        let telegram = self.links.telegram.get().filter(|_| page.telegram).map(String::as_str);
        let view = View { entry, page, nonce: nonce.as_str(), note, known, draft, telegram };
        Ok(Html(page::render(&view).into_string()).into_response())
    }
}

fn entry(payload: Payload, query: &Query) -> Result<Entry, Trouble> {
    let Ok(Path(payload)) = payload else { return Err(Trouble::Unknown) };
    Entry::read(&payload, query).ok_or(Trouble::Unknown)
}

fn see(entry: &Entry, note: Option<Note>, cookie: Option<String>) -> Response {
    with_cookie((StatusCode::SEE_OTHER, [(LOCATION, entry.question(note))]).into_response(), cookie)
}

fn with_cookie(mut response: Response, cookie: Option<String>) -> Response {
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

// A page is one person's, loads nothing from elsewhere, and stands in nobody's frame.
async fn guarded(mut response: Response) -> Response {
    let rules: [(HeaderName, &str); 5] = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        // Not `no-referrer`: with that, browsers send our own forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        // Where the citizen is, the page may ask; nothing on it may ask for anything else.
        (HeaderName::from_static("permissions-policy"), "geolocation=(self), camera=(), microphone=()"),
    ];
    for (name, value) in rules {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
