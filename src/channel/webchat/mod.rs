//! The web chat: pages at `/c/{code}` that work without scripts. What the citizen sees is drawn anew from the session each
//! time; what they send is a plain form.

mod access;
mod address;
mod assets;
mod body;
mod bubble;
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

use super::{Content, Illustrations, Inbox, InboxError, Incoming, Page, PageState, Pages, Received};
use crate::engine::{Asked, Fetched, Field, Form, Input, Line, Media, Wish, lines};
use crate::gate::{self, Meter, Seats};
use crate::script::{Language, MediaKind};
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
use form::{Deed, Posted, asks_for, asks_to_share};
pub use limits::Limits;
use page::View;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
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
    match deed {
        Deed::Decline => {
            chat.declined(&entry, &posted).await;
            Ok(see(&entry, Some(Note::Goodbye), None))
        }
        Deed::Forget => Ok(see(&entry, None, Some(Token::forgotten(&entry, chat.is_secure())))),
        Deed::Delete => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            Ok(chat.deleted(&entry, &token, &posted).await)
        }
        Deed::Start => {
            let token = match token {
                Some(token) => token,
                None => chat.new_token(&entry, &posted).await?,
            };
            let content = Content::Accepted { payload: entry.payload(), language: posted.language() };
            Ok(chat.received(&entry, &token, &posted, content, Some(Note::Started)).await)
        }
        Deed::Restart(session) => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            let content = Content::Restarted { payload: entry.payload(), session };
            Ok(chat.received(&entry, &token, &posted, content, None).await)
        }
        Deed::Mend => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            let content = Content::Mended { payload: entry.payload() };
            Ok(chat.received(&entry, &token, &posted, content, Some(Note::Mend)).await)
        }
        Deed::Files { form, kind, allowed } => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            match chat.asks_for_files(&entry, &token, &form, kind).await? {
                true => Ok(chat.uploaded(&entry, &token, posted, kind, allowed).await),
                false => Ok(see(&entry, Some(Note::Stale), None)),
            }
        }
        Deed::Other(input) => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            Ok(chat.received(&entry, &token, &posted, Content::Input(input), None).await)
        }
        Deed::Answer(form) => {
            let Some(token) = token else { return Ok(see(&entry, Some(Note::Stale), None)) };
            let note = asked_beside(&form);
            let content = Content::Input(Input::Form(form.clone()));
            let response = chat.received(&entry, &token, &posted, content, note).await;
            match response.status() {
                StatusCode::SEE_OTHER => Ok(chat.to_mend(&entry, &token, &form).await.unwrap_or(response)),
                _ => Ok(response),
            }
        }
    }
}

// What the page itself shows, whatever question is open.
fn asked_beside(form: &Form) -> Option<Note> {
    match () {
        () if asks_for("help-words", form) => Some(Note::Help),
        () if asks_for("privacy-words", form) => Some(Note::Privacy),
        () if asks_for("delete-words", form) => Some(Note::Delete),
        () if asks_for("my-data-words", form) => Some(Note::Data),
        () if asks_for("language-words", form) => Some(Note::Language),
        () if asks_to_share(form) => Some(Note::Share),
        () => None,
    }
}

impl Chat {
    fn is_secure(&self) -> bool {
        self.links.public_url.starts_with("https://")
    }

    // Whoever has many behind one address is let through for long; what is refused stands on the page still.
    fn counted(&self, from: Option<IpAddr>, deed: &Deed) -> Result<(), Duration> {
        let Some(from) = from else { return Ok(()) };
        match deed {
            Deed::Start => self.openings.take(from).and_then(|()| self.posts.take(from)),
            // Keeps nothing.
            Deed::Forget => Ok(()),
            Deed::Decline
            | Deed::Restart(_)
            | Deed::Mend
            | Deed::Delete
            | Deed::Answer(_)
            | Deed::Files { .. }
            | Deed::Other(_) => self.posts.take(from),
        }
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

    // Named after its form, a conversation begins once however often Start is pressed. Whoever has answered something in it has its
    // cookie: without one, an old page on a computer that others use as well does not lead there again.
    async fn new_token(&self, entry: &Entry, posted: &Posted) -> Result<Token, Trouble> {
        if let Some(named) = posted.nonce() {
            let page = self.pages.page(&entry.payload(), Some(&named.conversation()), None).await;
            let answered = match page.map_err(|_| Trouble::Down)?.map(|page| page.state) {
                Some(PageState::Running(recap)) => recap.lines.iter().any(|l| matches!(l, Line::Citizen(_))),
                Some(PageState::Ended { .. } | PageState::Answered { .. }) => true,
                Some(PageState::Opening(_) | PageState::Closed(..)) | None => false,
            };
            if !answered {
                return Ok(named);
            }
        }
        Token::random().map_err(|_| Trouble::Down)
    }

    // Whether the form is that of the open question, and the question asks for such files.
    async fn asks_for_files(
        &self,
        entry: &Entry,
        token: &Token,
        form: &Form,
        kind: MediaKind,
    ) -> Result<bool, Trouble> {
        let page = self.pages.page(&entry.payload(), Some(&token.conversation()), None).await;
        let page = page.map_err(|_| Trouble::Down)?.ok_or(Trouble::Unknown)?;
        let PageState::Running(recap) = page.state else { return Ok(false) };
        let asked = Asked { session: form.session, step: form.step, visit: form.visit };
        let field = recap.open.and_then(|open| open.field);
        let wanted = matches!(field, Some(Field::Files { kind: wanted, .. }) if wanted == kind);
        Ok(wanted && recap.asked == Some(asked))
    }

    // Each file is an event of its own; those beyond the question's number are met by the engine as the rest of an album.
    async fn uploaded(
        &self,
        entry: &Entry,
        token: &Token,
        mut posted: Posted,
        kind: MediaKind,
        allowed: bool,
    ) -> Response {
        let update = posted.update(token);
        let cookie = token.kept(entry, self.is_secure());
        for (n, bytes) in std::mem::take(&mut posted.files).into_iter().enumerate() {
            let media = Media {
                kind,
                handle: n.to_string(),
                bytes: Some(bytes.len() as u64),
                caption: None,
                album: Some(update.clone()),
                allowed,
                fetched: Fetched::No,
            };
            let event = self.event(token, &posted, Content::Input(Input::Media(media)));
            let incoming = Incoming { update: format!("{update}-{n}"), upload: Some(bytes), ..event };
            if let Err(InboxError::NotKept(_)) = self.inbox.receive(incoming).await {
                return trouble::not_kept(entry, &posted);
            }
        }
        see(entry, None, Some(cookie))
    }

    fn event(&self, token: &Token, posted: &Posted, content: Content) -> Incoming {
        Incoming {
            update: posted.update(token),
            conversation: token.conversation(),
            channel: "web",
            language: posted.language(),
            content,
            message: None,
            upload: None,
            shows_recap: true,
        }
    }

    // The page itself has asked whether it is meant. What is told of it stands on a page that is shown once.
    async fn deleted(&self, entry: &Entry, token: &Token, posted: &Posted) -> Response {
        let content = Content::Input(Input::Wish(Wish::Delete));
        match self.inbox.receive(self.event(token, posted, content)).await {
            // A word that comes instead of a receipt says that it went wrong: what is kept can still be reached.
            Ok(Received { forgotten: None, toast: Some(_), .. }) => trouble::not_kept(entry, posted),
            Ok(Received { forgotten, .. }) => {
                let gone = Token::forgotten(entry, self.is_secure());
                with_cookie(trouble::deleted(entry, posted, forgotten.as_deref()), Some(gone))
            }
            Err(InboxError::NotKept(_)) => trouble::not_kept(entry, posted),
        }
    }

    // That somebody declined is counted once for each page; whoever did is nobody, and need not hear that it could not be.
    async fn declined(&self, entry: &Entry, posted: &Posted) {
        let Some(nobody) = posted.nonce() else { return };
        let content = Content::Declined { payload: entry.payload() };
        let _ = self.inbox.receive(self.event(&nobody, posted, content)).await;
    }

    // Hands the event in, and sends the browser back to the page.
    async fn received(
        &self,
        entry: &Entry,
        token: &Token,
        posted: &Posted,
        content: Content,
        note: Option<Note>,
    ) -> Response {
        let incoming = self.event(token, posted, content);
        let cookie = token.kept(entry, self.is_secure());
        match self.inbox.receive(incoming).await {
            Ok(Received { failed: true, .. }) => see(entry, Some(Note::Trouble), Some(cookie)),
            // Else a word over a button says that it came too late.
            Ok(received) => see(entry, received.toast.map(|_| Note::Stale).or(note), Some(cookie)),
            Err(InboxError::NotKept(_)) => trouble::not_kept(entry, posted),
        }
    }

    // An answer that did not fit stands there still, to be mended: it is kept nowhere, so this page is the answer to the
    // form itself. `None` where there is nothing to mend.
    async fn to_mend(&self, entry: &Entry, token: &Token, form: &Form) -> Option<Response> {
        if form.words.trim().is_empty() && form.options.len() < 2 {
            return None;
        }
        let page = self.pages.page(&entry.payload(), Some(&token.conversation()), None).await.ok()??;
        let PageState::Running(recap) = &page.state else { return None };
        let asked = recap.asked.filter(|a| a.step == form.step && a.visit == form.visit);
        if asked.is_none() || recap.why.is_none() || asked_beside(form).is_some() {
            return None;
        }
        // What must not be written here does not stand there again.
        let written = recap.why != Some(lines(page.language).get("cpr-not-here"));
        let response = self.drawn(entry, &page, true, None, Some(form).filter(|_| written)).ok()?;
        Some((StatusCode::UNPROCESSABLE_ENTITY, response).into_response())
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
