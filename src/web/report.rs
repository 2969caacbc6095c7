//! What the answers of a dialogue say together: as JSON, and as a page to print.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::dialogues::{PRIVATE, Pairs, Readable, read};
use super::entry::Header;
use super::error::Refusal;
use super::openapi::{Refused, Where};
use super::report_page;
use crate::engine;
use crate::export::Atlas;
use crate::export::report::{Page, Tally};
use crate::script::Language;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use std::sync::Arc;
use storage::{Cursor, Row, StoreError};

/// Rows read at once.
const PAGE: usize = 500;

/// What the answers say together. Counts under 5 are `null`, and those that would give one away.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/report.json", tag = "report", params(Where),
    responses((status = 200, description = "counts, drop-off, who and where", body = Page), Refused))]
pub async fn json(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path((institution, dialogue)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<impl IntoResponse, Refusal> {
    unfiltered(pairs)?;
    let found = Readable::find(&web, &caller, &institution, &dialogue).await?;
    let (page, _) = page(&web, &caller, found, "report.json").await?;
    Ok(([(CACHE_CONTROL, PRIVATE)], Json(page)))
}

/// The report as a page to print, in Danish.
#[utoipa::path(get, path = "/report/{institution}/{dialogue}", tag = "report", params(Where),
    responses((status = 200, description = "the page", content_type = "text/html", body = String), Refused))]
pub async fn html(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path((institution, dialogue)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<impl IntoResponse, Refusal> {
    unfiltered(pairs)?;
    let found = Readable::find(&web, &caller, &institution, &dialogue).await?;
    let (page, language) = page(&web, &caller, found, "report").await?;
    let headers = [
        (CACHE_CONTROL, PRIVATE),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    Ok((headers, report_page::page(&page, language).into_string()))
}

// Two reports over different answers could be laid beside each other.
fn unfiltered(pairs: Pairs) -> Result<(), Refusal> {
    match read(pairs)?.first() {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::parameter(
            name,
            "the report is always over all answers: it takes no parameters",
            [""; 0],
        )),
    }
}

// The report, and the dialogue's first language.
async fn page(web: &Web, caller: &Caller, found: Readable, file: &str) -> Result<(Page, Language), Refusal> {
    let watermark = web.store.extent(&found.id).await?.latest;
    let mut access = Access::begin(web, caller, &found.id, file, "");
    let mut tally = Tally::new(Atlas::new(found.book), |column| caller.may_see(&column.name));
    let mut at = Cursor(0);
    while at < watermark {
        let rows = web.store.responses(&found.id, at, PAGE).await?;
        let Some(last) = rows.last().map(|row| row.cursor) else { break };
        for row in rows.into_iter().filter(|row| row.cursor <= watermark) {
            let Row::Live(body) = row.row else { continue };
            let broken = |e: engine::CodecError| StoreError::Corrupt { what: "response", why: e.to_string() };
            tally.add(engine::decode(&body).map_err(broken)?);
        }
        at = last;
    }
    let report = tally.report();
    access.end(&*web.store, report.counted, true).await;
    let script = found.published.as_ref().map(|p| &p.script);
    let language = script.map_or(Language::DANISH, |s| s.first_language());
    let header = script.map(|script| serde_json::to_value(Header::of(script)).unwrap_or_default());
    Ok((Page { dialogue: found.id.0, header: header.unwrap_or_default(), report }, language))
}
