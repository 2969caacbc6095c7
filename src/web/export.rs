//! The routes of responses: what is asked, what is answered in the headers.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::choices::Bytes;
use super::dialogues::{PRIVATE, Pairs, Readable, read};
use super::error::Refusal;
use super::gzip;
use super::openapi::{InExcel, Parameters, Refused, Row, States, Where};
use super::pull::{Pull, streamed};
use super::query::{Asked, Format};
use crate::engine::{self, Contact, vote_log};
use crate::export::{Atlas, CONTACTS, CursorError, Cursors, Form, Layout, Sheet, Wish, Writer};
use crate::script::ScriptId;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HOST, HeaderName, IF_NONE_MATCH, LINK,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::{DialogueId, Kind, StoreError};

/// What a proxy that does TLS says was asked for.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// A table: a row for each response, or for each of its questions.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/responses.csv", tag = "responses",
    params(Where, Parameters, States, InExcel),
    responses(
        (status = 200, description = "the rows; `Link: <…>; rel=\"next\"` goes on behind them", content_type = "text/csv", body = String),
        (status = 304, description = "nothing has changed since the answer with this `ETag`"),
        Refused,
    ))]
pub async fn csv(request: Request, pairs: Pairs) -> Result<Response, Refusal> {
    request.answer(Format::Csv, pairs).await
}

/// A line for each response, each with its cursor.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/responses.ndjson", tag = "responses",
    params(Where, Parameters),
    responses(
        (status = 200, description = "the rows; `Link: <…>; rel=\"next\"` goes on behind them", content_type = "application/x-ndjson", body = Row),
        (status = 304, description = "nothing has changed since the answer with this `ETag`"),
        Refused,
    ))]
pub async fn ndjson(request: Request, pairs: Pairs) -> Result<Response, Refusal> {
    request.answer(Format::Ndjson, pairs).await
}

/// A list of what NDJSON has line by line.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/responses.json", tag = "responses",
    params(Where, Parameters),
    responses(
        (status = 200, description = "the rows; `Link: <…>; rel=\"next\"` goes on behind them", content_type = "application/json", body = Vec<Row>),
        (status = 304, description = "nothing has changed since the answer with this `ETag`"),
        Refused,
    ))]
pub async fn json(request: Request, pairs: Pairs) -> Result<Response, Refusal> {
    request.answer(Format::Json, pairs).await
}

/// A workbook: numbers are numbers, dates are dates.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/responses.xlsx", tag = "responses",
    params(Where, Parameters, States),
    responses(
        (status = 200, description = "the rows; `Link: <…>; rel=\"next\"` goes on behind them", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Bytes),
        (status = 304, description = "nothing has changed since the answer with this `ETag`"),
        Refused,
    ))]
pub async fn xlsx(request: Request, pairs: Pairs) -> Result<Response, Refusal> {
    request.answer(Format::Xlsx, pairs).await
}

/// A request for responses, with the right to make it.
pub struct Request {
    web: Arc<Web>,
    caller: Caller,
    /// Institution and dialogue.
    path: (String, String),
    /// As it was sent.
    query: String,
    headers: HeaderMap,
    format: Format,
}

impl FromRequestParts<Arc<Web>> for Request {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Request, Refusal> {
        let caller = Caller::from_request_parts(parts, web).await?;
        let path = Path::<(String, String)>::from_request_parts(parts, web).await;
        let Path(path) = path.map_err(|_| Refusal::not_found())?;
        Ok(Request {
            web: web.clone(),
            caller,
            path,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            format: Format::Csv,
        })
    }
}

impl Request {
    async fn answer(mut self, format: Format, pairs: Pairs) -> Result<Response, Refusal> {
        self.format = format;
        let web = &self.web;
        let found = Readable::find(web, &self.caller, &self.path.0, &self.path.1).await?;
        let asked = Asked::read(&read(pairs)?, &found.known(web, self.format))?;
        if asked.table.as_deref() == Some(CONTACTS) {
            return self.contacts(found, asked).await;
        }
        let secrets = web.store.secrets();
        let log = match asked.table.as_deref().filter(|table| found.book.is_vote(table)) {
            Some(vote) if !self.caller.may_see(vote) => {
                let detail = format!("this token is narrowed to columns without `{vote}`");
                return Err(Refusal::new(StatusCode::FORBIDDEN, detail));
            }
            Some(vote) => DialogueId(vote_log(&ScriptId(found.id.0.clone()), vote)),
            None => found.id.clone(),
        };
        let cursors = Cursors::new(secrets.cursor, secrets.epoch, &log.0);
        let after = asked.after.as_deref().map(|text| opened(&cursors, text)).transpose()?;
        let watermark = web.store.extent(&log).await?.latest.0;
        let etag = self.etag(secrets.epoch, watermark, &found);
        let mut access = Access::begin(web, &self.caller, &found.id, self.file(), &self.query);
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
        let mut headers = self.headers_of();
        headers.extend([(ETAG, etag), (CACHE_CONTROL, PRIVATE.to_owned())]);
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
            only: self.caller.columns().to_vec(),
        };
        let layout = Layout::new(&found.book, &wish).map_err(|unknown| {
            Refusal::parameter(
                "columns",
                format!("there is no column `{}` in this pull", unknown.name),
                unknown.allowed,
            )
        })?;
        let form = match self.format {
            Format::Ndjson => Form::Ndjson,
            Format::Json => Form::Json,
            Format::Xlsx => Form::Xlsx,
            Format::Csv | Format::CodebookCsv | Format::CodebookJson => Form::Csv(asked.csv),
        };
        let atlas = Atlas::new(found.book);
        let Asked { look, filter, withdrawn, .. } = asked;
        Ok(Sheet { atlas, layout, form, look, filter, withdrawn, after, cursors })
    }

    // Addresses are documents, few of them and in no order.
    async fn contacts(&self, found: Readable, asked: Asked) -> Result<Response, Refusal> {
        if !self.caller.contact() {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "this token may not read contact data; one that may is made with `snak token create --contact`",
            ));
        }
        let store = &*self.web.store;
        let id = found.id.clone();
        let prefix = format!("{}/", id.0);
        let documents = store.documents(Kind::Contact, &prefix).await?;
        let cursors = Cursors::new(store.secrets().cursor, store.secrets().epoch, CONTACTS);
        let mut writer = Writer::new(self.sheet(found, asked, None, cursors)?);
        let broken = |e: &dyn std::fmt::Display| StoreError::Corrupt { what: "contact", why: e.to_string() };
        writer.begin().map_err(|e| broken(&e))?;
        for (document, body) in &documents {
            let contact: Contact = engine::decode(body).map_err(|e| broken(&e))?;
            writer.contact(&document[prefix.len()..], &contact).map_err(|e| broken(&e))?;
        }
        writer.end().map_err(|e| broken(&e))?;
        let mut access = Access::begin(&self.web, &self.caller, &id, self.file(), &self.query);
        access.end(store, documents.len() as u64, true).await;
        let mut headers = self.headers_of();
        headers.push((CACHE_CONTROL, PRIVATE.to_owned()));
        Ok((AppendHeaders(headers), writer.take()).into_response())
    }

    // Over everything that the bytes depend on.
    fn etag(&self, epoch: u64, watermark: u64, found: &Readable) -> String {
        let mut hash = Sha256::new();
        let switches = [self.caller.raw_text(), gzip::is_accepted(&self.headers)];
        for number in [epoch, watermark, u64::from(found.book.latest())] {
            hash.update(number.to_be_bytes());
        }
        switches.iter().for_each(|on| hash.update([u8::from(*on)]));
        let columns = self.caller.columns().join("\n");
        for text in [env!("CARGO_PKG_VERSION"), self.file(), &found.id.0, &self.query, &columns] {
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
        match self.format {
            Format::Ndjson => "responses.ndjson",
            Format::Json => "responses.json",
            Format::Xlsx => "responses.xlsx",
            Format::Csv | Format::CodebookCsv | Format::CodebookJson => "responses.csv",
        }
    }

    fn headers_of(&self) -> Vec<(HeaderName, String)> {
        let kind = match self.format {
            Format::Ndjson => return vec![(CONTENT_TYPE, "application/x-ndjson".to_owned())],
            Format::Json => return vec![(CONTENT_TYPE, "application/json".to_owned())],
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv | Format::CodebookCsv | Format::CodebookJson => {
                "text/csv; charset=utf-8; header=present"
            }
        };
        let (institution, dialogue) = &self.path;
        let today = Timestamp::now().strftime("%Y-%m-%d");
        let ending = self.file().rsplit('.').next().unwrap_or_default();
        let name = format!("attachment; filename=\"{institution}-{dialogue}-{today}.{ending}\"");
        vec![(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)]
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
