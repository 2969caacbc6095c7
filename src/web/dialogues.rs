//! What there is to pull: the dialogues a token may read, and their codebooks.

use super::Web;
use super::auth::Caller;
use super::entry::{Dialogues, Entry, Header, revisions};
use super::error::Refusal;
use super::openapi::{InExcel, Plain, Raw, Refused, Where};
use super::query::{Asked, Format, Known};
use super::token::is_folder_name;
use crate::export::{CONTACTS, Codebook, Described};
use crate::library::Published;
use crate::script::ScriptId;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use jiff::tz::TimeZone;
use std::sync::Arc;
use storage::{DialogueId, Kind, Store, StoreError};

pub type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Answers are nobody's business on the way: no cache keeps them.
pub const PRIVATE: &str = "private, no-store";

/// A dialogue that the caller may read, with its columns.
#[derive(Debug)]
pub struct Readable {
    pub id: DialogueId,
    pub book: Codebook,
    /// The latest revision.
    pub published: Option<Arc<Published>>,
}

impl Readable {
    /// # Errors
    /// 404, for what is not there and for what is not the caller's.
    pub async fn find(
        web: &Web,
        caller: &Caller,
        institution: &str,
        dialogue: &str,
    ) -> Result<Readable, Refusal> {
        let id = format!("{institution}/{dialogue}");
        if !is_folder_name(institution) || !is_folder_name(dialogue) || !caller.may_read(&id) {
            return Err(Refusal::not_found());
        }
        let body = web.store.document(Kind::Codebook, &id).await?.ok_or_else(Refusal::not_found)?;
        Ok(Readable::new(web, id, &body)?)
    }

    fn new(web: &Web, id: String, body: &[u8]) -> Result<Readable, StoreError> {
        let book = Codebook::from_bytes(body).map_err(|why| StoreError::Corrupt { what: "codebook", why })?;
        let published = web.library.revision(&ScriptId(id.clone()), book.latest());
        Ok(Readable { id: DialogueId(id), book, published })
    }

    /// What parameters can be. Places are those of every revision.
    pub fn known(&self, web: &Web, format: Format) -> Known {
        let id = ScriptId(self.id.0.clone());
        let revisions: Vec<u32> = self.book.revisions.iter().map(|r| r.number).collect();
        let mut places: Vec<String> = Vec::new();
        for published in revisions.iter().filter_map(|n| web.library.revision(&id, *n)) {
            places.extend(published.script.header().entry.places.iter().map(|(code, _)| code.clone()));
        }
        // A link that a citizen shared, and a code that no script knows.
        places.extend(["ven".to_owned(), "other".to_owned()]);
        places.sort();
        places.dedup();
        let zone = self.published.as_ref().map_or(TimeZone::UTC, |p| p.script.institution().timezone.clone());
        let mut tables: Vec<String> = self.book.tables().into_iter().map(str::to_owned).collect();
        let votes = tables.iter().filter(|t| self.book.is_vote(t)).cloned().collect();
        tables.push(CONTACTS.to_owned());
        let languages = self.book.languages().into_iter().collect();
        let channels = vec!["telegram".to_owned(), "web".to_owned()];
        Known { format, revisions, places, channels, tables, votes, languages, zone }
    }
}

/// The dialogues that the token may read.
#[utoipa::path(get, path = "/v1/dialogues", tag = "dialogues",
    responses((status = 200, description = "with what staff wrote at their top", body = Dialogues), Refused))]
pub async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
    pairs: Pairs,
) -> Result<impl IntoResponse, Refusal> {
    if let Some((name, _)) = read(pairs)?.first() {
        return Err(Refusal::parameter(name, "the list of dialogues takes no parameters", [""; 0]));
    }
    let mut dialogues = Vec::new();
    for (id, body) in web.store.documents(Kind::Codebook, &caller.prefix()).await? {
        if caller.may_read(&id) {
            dialogues.push(entry(&*web.store, Readable::new(&web, id, &body)?).await?);
        }
    }
    Ok(([(CACHE_CONTROL, PRIVATE)], Json(Dialogues { dialogues })))
}

pub fn read(pairs: Pairs) -> Result<Vec<(String, String)>, Refusal> {
    let Query(pairs) = pairs.map_err(|e| Refusal::new(e.status(), e.body_text()))?;
    Ok(pairs)
}

async fn entry(store: &dyn Store, of: Readable) -> Result<Entry, StoreError> {
    Ok(Entry {
        header: of.published.as_ref().map(|p| Header::of(&p.script)),
        revisions: revisions(&of.book),
        responses: store.extent(&of.id).await?.responses,
        path: of.id.0,
    })
}

/// Every column there ever was, and what it means.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/codebook.json", tag = "codebook",
    params(Where, Plain), responses((status = 200, description = "the codebook", body = Described), Refused))]
pub async fn codebook_json(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path((institution, dialogue)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<impl IntoResponse, Refusal> {
    let found = Readable::find(&web, &caller, &institution, &dialogue).await?;
    let asked = Asked::read(&read(pairs)?, &found.known(&web, Format::CodebookJson))?;
    let body = found.book.to_json(asked.ascii);
    let body = body.map_err(|e| StoreError::Corrupt { what: "codebook", why: e.to_string() })?;
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, PRIVATE)], body))
}

/// The codebook as a table: a row for each column, followed by one for each of its options.
#[utoipa::path(get, path = "/v1/dialogues/{institution}/{dialogue}/codebook.csv", tag = "codebook",
    params(Where, Plain, Raw, InExcel),
    responses((status = 200, description = "the codebook", content_type = "text/csv", body = String), Refused))]
pub async fn codebook_csv(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path((institution, dialogue)): Path<(String, String)>,
    pairs: Pairs,
) -> Result<impl IntoResponse, Refusal> {
    let found = Readable::find(&web, &caller, &institution, &dialogue).await?;
    let asked = Asked::read(&read(pairs)?, &found.known(&web, Format::CodebookCsv))?;
    let name = format!("attachment; filename=\"{institution}-{dialogue}-codebook.csv\"");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, PRIVATE.to_owned()),
    ];
    Ok((headers, found.book.to_csv(asked.ascii, asked.csv.raw, asked.csv.dialect)))
}
