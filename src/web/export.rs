//! Pulling responses: from a cursor to where the log ended when the pull began, a page at a time.

use super::Web;
use super::auth::Caller;
use super::dialogues::{PRIVATE, Pairs, Readable, read};
use super::error::Refusal;
use super::query::{Asked, Format};
use crate::engine;
use crate::export::{Atlas, CursorError, Cursors, Form, Layout, Sheet, SheetError, Stored, Wish};
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HOST, HeaderName, IF_NONE_MATCH, LINK,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::{Cursor, DialogueId, Document, Kind, Reason, Row, Store, StoreError};
use tokio::sync::mpsc;
use tracing::{error, info};

/// What a proxy that does TLS says was asked for.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Rows read at once: so much of a pull is in memory.
const PAGE: usize = 500;

/// `GET …/responses.csv`
pub async fn csv(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    pairs: Pairs,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    Request { web, caller, path, query, headers, format: Format::Csv }.answer(pairs).await
}

/// `GET …/responses.ndjson`
pub async fn ndjson(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    pairs: Pairs,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    Request { web, caller, path, query, headers, format: Format::Ndjson }.answer(pairs).await
}

struct Request {
    web: Arc<Web>,
    caller: Caller,
    /// Institution and dialogue.
    path: (String, String),
    /// As it was sent.
    query: String,
    headers: HeaderMap,
    format: Format,
}

impl Request {
    async fn answer(self, pairs: Pairs) -> Result<Response, Refusal> {
        let web = &self.web;
        let found = Readable::find(web, &self.caller, &self.path.0, &self.path.1).await?;
        let asked = Asked::read(&read(pairs)?, &found.known(web, self.format))?;
        let secrets = web.store.secrets();
        let cursors = Cursors::new(secrets.cursor, secrets.epoch, &found.id.0);
        let after = asked.after.as_deref().map(|text| opened(&cursors, text)).transpose()?;
        let watermark = web.store.extent(&found.id).await?.latest.0;
        let etag = self.etag(secrets.epoch, watermark, &found);
        let id = found.id.clone();
        let limit = asked.limit;
        let sheet = self.sheet(found, asked, after, cursors.clone())?;
        let mut access = Access::begin(&self, id.clone());
        if self.has(&etag) {
            access.end(&*web.store, 0, true).await;
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag), (CACHE_CONTROL, PRIVATE.to_owned())])
                .into_response());
        }
        let mut pull = Pull {
            store: web.store.clone(),
            dialogue: id,
            sheet,
            at: after.unwrap_or(0),
            watermark,
            left: limit.unwrap_or(usize::MAX),
            given: 0,
            begun: false,
        };
        let (body, next) = match limit {
            None => (Body::from_stream(streamed(pull, access)), watermark),
            Some(_) => {
                let body = pull.collected().await?;
                access.end(&*web.store, pull.given, true).await;
                (Body::from(body), pull.at)
            }
        };
        let mut headers = self.headers_of(etag);
        headers.push((LINK, format!("<{}>; rel=\"next\"", self.next(&cursors.text(next)))));
        Ok((axum::response::AppendHeaders(headers), body).into_response())
    }

    fn sheet(
        &self,
        found: Readable,
        asked: Asked,
        after: Option<u64>,
        cursors: Cursors,
    ) -> Result<Sheet, Refusal> {
        let wish = Wish {
            columns: asked.columns,
            ascii: asked.ascii,
            raw_text: self.caller.raw_text(),
            deletions: after.is_some(),
        };
        let layout = Layout::new(&found.book, &wish).map_err(|unknown| {
            Refusal::parameter(
                "columns",
                format!("there is no column `{}` in this pull", unknown.name),
                unknown.allowed,
            )
        })?;
        let form = if self.format == Format::Ndjson { Form::Ndjson } else { Form::Csv(asked.csv) };
        let atlas = Atlas::new(found.book);
        Ok(Sheet { atlas, layout, form, filter: asked.filter, withdrawn: asked.withdrawn, after, cursors })
    }

    // Over everything that the bytes depend on.
    fn etag(&self, epoch: u64, watermark: u64, found: &Readable) -> String {
        let mut hash = Sha256::new();
        for number in [epoch, watermark, u64::from(found.book.latest()), u64::from(self.caller.raw_text())] {
            hash.update(number.to_be_bytes());
        }
        for text in [env!("CARGO_PKG_VERSION"), self.file(), &found.id.0, &self.query] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        format!("\"{}\"", hash.finalize()[..16].iter().map(|b| format!("{b:02x}")).collect::<String>())
    }

    fn has(&self, etag: &str) -> bool {
        let lists = self.headers.get_all(IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
        lists
            .flat_map(|l| l.split(','))
            .map(|t| t.trim().trim_start_matches("W/"))
            .any(|t| t == etag || t == "*")
    }

    fn file(&self) -> &'static str {
        if self.format == Format::Ndjson { "responses.ndjson" } else { "responses.csv" }
    }

    fn headers_of(&self, etag: String) -> Vec<(HeaderName, String)> {
        let mut headers = vec![(ETAG, etag), (CACHE_CONTROL, PRIVATE.to_owned())];
        if self.format == Format::Ndjson {
            headers.push((CONTENT_TYPE, "application/x-ndjson".to_owned()));
            return headers;
        }
        let (institution, dialogue) = &self.path;
        let today = Timestamp::now().strftime("%Y-%m-%d");
        headers.push((CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()));
        headers.push((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{institution}-{dialogue}-{today}.csv\""),
        ));
        headers
    }

    // The same request with another cursor.
    fn next(&self, cursor: &str) -> String {
        let (institution, dialogue) = &self.path;
        let header = |name| self.headers.get(name).and_then(|h| h.to_str().ok());
        // The puller is told what it said itself, so nobody else can be misled by it.
        let scheme = if header(FORWARDED_PROTO) == Some("https") { "https" } else { "http" };
        let base = header(HOST).map(|host| format!("{scheme}://{host}")).unwrap_or_default();
        let kept: String = self
            .query
            .split('&')
            .filter(|p| !p.is_empty() && !p.starts_with("after="))
            .map(|p| format!("&{p}"))
            .collect();
        format!("{base}/v1/dialogues/{institution}/{dialogue}/{}?after={cursor}{kept}", self.file())
    }
}

fn opened(cursors: &Cursors, text: &str) -> Result<u64, Refusal> {
    if text == "0" {
        return Ok(0);
    }
    cursors.open(text).map_err(|error| match error {
        CursorError::Forged => {
            let detail = "the cursor was not given out for this dialogue; take one from a `Link` header or a row, or 0";
            Refusal::parameter("after", detail, [""; 0])
        }
        CursorError::OtherEpoch => Refusal::new(
            StatusCode::GONE,
            "the answers were restored from a backup after this cursor was given out: pull from the start, with after=0",
        ),
    })
}

#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sheet(#[from] SheetError),
}

impl From<PullError> for Refusal {
    fn from(error: PullError) -> Refusal {
        match error {
            PullError::Store(error) => error.into(),
            PullError::Sheet(error) => {
                StoreError::Corrupt { what: "response", why: error.to_string() }.into()
            }
        }
    }
}

/// A pull under way.
struct Pull {
    store: Arc<dyn Store>,
    dialogue: DialogueId,
    sheet: Sheet,
    /// The last row passed.
    at: u64,
    /// The last row there was when the pull began.
    watermark: u64,
    /// Rows that may still be given.
    left: usize,
    given: u64,
    begun: bool,
}

impl Pull {
    /// The next page's bytes, the header before the first; `None` at the end.
    async fn page(&mut self) -> Result<Option<Vec<u8>>, PullError> {
        let mut out = Vec::new();
        if !std::mem::replace(&mut self.begun, true) {
            self.sheet.begin(&mut out);
            return Ok(Some(out));
        }
        if self.left == 0 || self.at >= self.watermark {
            return Ok(None);
        }
        let rows = self.store.responses(&self.dialogue, Cursor(self.at), PAGE).await?;
        // Rows that changed since the pull began have moved behind the watermark.
        let last = rows.len() < PAGE;
        for row in rows.iter().take_while(|r| r.cursor.0 <= self.watermark) {
            self.at = row.cursor.0;
            if self.sheet.row(row.cursor.0, row.response, stored(&row.row), &mut out)? {
                self.given += 1;
                self.left -= 1;
            }
            if self.left == 0 {
                return Ok(Some(out));
            }
        }
        if last || rows.last().is_none_or(|r| r.cursor.0 >= self.watermark) {
            self.at = self.watermark;
        }
        Ok(Some(out))
    }

    async fn collected(&mut self) -> Result<Vec<u8>, PullError> {
        let mut all = Vec::new();
        while let Some(page) = self.page().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

fn stored(row: &Row) -> Stored<'_> {
    match row {
        Row::Live(body) => Stored::Live(body),
        Row::Erased { at, reason: Reason::Citizen } => Stored::Erased { at: *at, reason: "citizen" },
        Row::Erased { at, reason: Reason::Staff } => Stored::Erased { at: *at, reason: "staff" },
        Row::Erased { at, reason: Reason::Retention } => Stored::Erased { at: *at, reason: "retention" },
    }
}

// A task reads ahead by one page. It stops when nobody takes the pages any more, and logs the pull before the stream ends.
fn streamed(mut pull: Pull, mut access: Access) -> impl stream::Stream<Item = Result<Bytes, PullError>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let finished = loop {
            let page = match pull.page().await {
                Ok(Some(page)) if page.is_empty() => continue,
                Ok(Some(page)) => Ok(Bytes::from(page)),
                Ok(None) => break true,
                Err(error) => Err(error),
            };
            let failed = page.is_err();
            if let Err(error) = &page {
                error!(dialogue = pull.dialogue.0, %error, "a pull was broken off");
            }
            // Who hears an error has a transfer that is cut short, and so does not take it for the whole.
            if sender.send(page).await.is_err() || failed {
                break false;
            }
        };
        access.end(&*pull.store, pull.given, finished).await;
    });
    stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|page| (page, receiver)) })
}

/// Who pulled what: kept for each pull, never with rows.
#[derive(Debug, Serialize, Deserialize)]
struct Access {
    token: String,
    at: Timestamp,
    dialogue: String,
    file: String,
    query: String,
    /// Rows read for the puller.
    rows: u64,
    /// Whether the puller stayed to the end.
    finished: bool,
}

impl Access {
    fn begin(request: &Request, dialogue: DialogueId) -> Access {
        Access {
            token: request.caller.name().to_owned(),
            at: Timestamp::now(),
            dialogue: dialogue.0,
            file: request.file().to_owned(),
            query: request.query.clone(),
            rows: 0,
            finished: false,
        }
    }

    async fn end(&mut self, store: &dyn Store, rows: u64, finished: bool) {
        self.rows = rows;
        self.finished = finished;
        info!(
            token = self.token,
            dialogue = self.dialogue,
            file = self.file,
            query = self.query,
            rows,
            finished,
            "answers were pulled"
        );
        if let Err(error) = self.keep(store).await {
            error!(%error, token = self.token, dialogue = self.dialogue, rows, "a pull could not be logged");
        }
    }

    async fn keep(&self, store: &dyn Store) -> Result<(), StoreError> {
        let body =
            engine::encode(self).map_err(|e| StoreError::Corrupt { what: "access", why: e.to_string() })?;
        // In the order of time, and apart from others of the same moment.
        let random = getrandom::u32()
            .map_err(|e| StoreError::Backend(format!("the system gives no random numbers: {e}")))?;
        let id = format!("{}/{:.6}-{random:08x}", self.dialogue, self.at);
        store.keep(vec![Document { kind: Kind::Access, id, body: Some(body) }]).await
    }
}
