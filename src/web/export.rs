//! The routes of responses: what is asked, what is answered in the headers.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::dialogues::{PRIVATE, Pairs, Readable, read};
use super::error::Refusal;
use super::pull::{Pull, streamed};
use super::query::{Asked, Format};
use crate::engine::vote_log;
use crate::export::{Atlas, CursorError, Cursors, Form, Layout, Sheet, Wish};
use crate::script::ScriptId;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HOST, HeaderName, IF_NONE_MATCH, LINK,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::DialogueId;

/// What a proxy that does TLS says was asked for.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

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
        let log = match asked.table.as_deref().filter(|table| found.book.is_vote(table)) {
            Some(vote) => DialogueId(vote_log(&ScriptId(found.id.0.clone()), vote)),
            None => found.id.clone(),
        };
        let cursors = Cursors::new(secrets.cursor, secrets.epoch, &log.0);
        let after = asked.after.as_deref().map(|text| opened(&cursors, text)).transpose()?;
        let watermark = web.store.extent(&log).await?.latest.0;
        let etag = self.etag(secrets.epoch, watermark, &found);
        let mut access = Access::begin(self.caller.name(), &found.id, self.file(), &self.query);
        let limit = asked.limit;
        let sheet = self.sheet(found, asked, after, cursors.clone())?;
        if self.has(&etag) {
            access.end(&*web.store, 0, true).await;
            let headers = [(ETAG, etag), (CACHE_CONTROL, PRIVATE.to_owned())];
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        let pull = Pull::new(web.store.clone(), log, sheet, watermark, limit);
        let (body, next) = match limit {
            None => (Body::from_stream(streamed(pull, access)), watermark),
            Some(_) => {
                let (body, next) = pull.collected(access).await?;
                (Body::from(body), next)
            }
        };
        let mut headers = self.headers_of(etag);
        headers.push((LINK, format!("<{}>; rel=\"next\"", self.next(&cursors.text(next)))));
        Ok((AppendHeaders(headers), body).into_response())
    }

    fn sheet(
        &self,
        found: Readable,
        asked: Asked,
        after: Option<u64>,
        cursors: Cursors,
    ) -> Result<Sheet, Refusal> {
        let wish = Wish {
            table: asked.table,
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
