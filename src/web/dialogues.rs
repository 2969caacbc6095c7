//! What there is to pull: the dialogues a token may read, and their codebooks.

use super::Web;
use super::auth::Caller;
use super::error::Refusal;
use super::query::{Asked, Format, Known};
use super::token::is_folder_name;
use crate::export::{CONTACTS, Codebook};
use crate::library::Published;
use crate::script::{Basis, Keep, Script, ScriptId, Words};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
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

/// `GET /v1/dialogues`
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
    Ok(([(CACHE_CONTROL, PRIVATE)], Json(json!({ "dialogues": dialogues }))))
}

pub fn read(pairs: Pairs) -> Result<Vec<(String, String)>, Refusal> {
    let Query(pairs) = pairs.map_err(|e| Refusal::new(e.status(), e.body_text()))?;
    Ok(pairs)
}

async fn entry(store: &dyn Store, of: Readable) -> Result<Value, StoreError> {
    let revisions: Vec<Value> = of
        .book
        .revisions
        .iter()
        .map(|r| json!({ "number": r.number, "fingerprint": r.fingerprint, "published_at": format!("{:.0}", r.published_at) }))
        .collect();
    let mut entry = of.published.as_ref().map(|p| header(&p.script)).unwrap_or_default();
    entry.insert("path".to_owned(), of.id.0.clone().into());
    entry.insert("revisions".to_owned(), revisions.into());
    entry.insert("responses".to_owned(), store.extent(&of.id).await?.responses.into());
    Ok(entry.into())
}

// What staff wrote at the top of the dialogue's latest revision.
fn header(script: &Script) -> Map<String, Value> {
    let header = script.header();
    let privacy = &header.privacy;
    let places: Map<String, Value> =
        header.entry.places.iter().map(|(code, text)| (code.clone(), text.as_str().into())).collect();
    let value = json!({
        "title": texts(&header.title),
        "institution": texts(&script.institution().name),
        "languages": header.languages,
        "owner": header.owner,
        "purpose": texts(&header.purpose),
        "method": texts(&header.method),
        "target_group": texts(&header.target_group),
        "expected_effect": texts(&header.expected_effect),
        "method_mix": header.method_mix,
        "give_back": { "by": header.give_back.by, "how": texts(&header.give_back.how) },
        "period": { "from": header.period.from, "to": header.period.to },
        "privacy": { "basis": basis(privacy.basis), "anonymous": privacy.anonymous, "keep": keep(privacy.keep) },
        "entry": { "code": header.entry.code, "places": places },
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn texts(words: &Words) -> Map<String, Value> {
    words.languages().map(|(language, text)| (language.tag().to_owned(), text.plain().into())).collect()
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "consent",
        Basis::PublicTask => "public_task",
    }
}

fn keep(keep: Keep) -> String {
    match keep {
        Keep { months, days: 0 } => format!("{months} months"),
        Keep { months: 0, days } => format!("{days} days"),
        Keep { months, days } => format!("{months} months {days} days"),
    }
}

/// `GET …/codebook.json`
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

/// `GET …/codebook.csv`
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
