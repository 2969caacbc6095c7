//! The year's account: for each dialogue what it was for, whom it reached, what was given back, what is overdue.

use super::Web;
use super::access::Access;
use super::auth::Caller;
use super::entry::Header;
use super::error::Refusal;
use crate::engine::{self, Audience, CodecError, Response};
use crate::export::Codebook;
use crate::export::report::hidden;
use crate::script::{Script, ScriptId};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use storage::{Cursor, DialogueId, Document, Kind, Row, StoreError};

/// Rows read at once.
const PAGE: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    year: i16,
}

/// One dialogue in a year.
#[derive(Debug, Serialize, Deserialize)]
pub struct Account {
    pub dialogue: String,
    #[serde(flatten)]
    pub header: serde_json::Value,
    /// Responses of the year that are still kept; `None` where they are few.
    pub reached: Option<u64>,
    pub not_yet_users: Option<u64>,
    /// In the order of days, up to now.
    pub given_back: Vec<GivenBack>,
    /// Nothing was given back, and the day for it is past.
    pub overdue: bool,
}

/// What citizens were told came of their answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GivenBack {
    pub on: Date,
    pub what: String,
}

/// `GET /v1/operator/account?year=2026`
pub async fn year(
    State(web): State<Arc<Web>>,
    caller: Caller,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<Json<Vec<Account>>, Refusal> {
    caller.must_be_operator()?;
    let Query(Of { year }) = of.map_err(|_| Refusal::parameter("year", "say which year", ["2026"]))?;
    let mut all = Vec::new();
    for (id, body) in web.store.documents(Kind::Codebook, "").await? {
        let book =
            Codebook::from_bytes(&body).map_err(|why| StoreError::Corrupt { what: "codebook", why })?;
        let Some(published) = web.library.revision(&ScriptId(id.clone()), book.latest()) else { continue };
        let script = &published.script;
        let (reached, not_yet) = reached(&web, &id, script, year).await?;
        let period = &script.header().period;
        let runs = period.from.year() <= year && period.to.is_none_or(|to| to.year() >= year);
        if runs || reached > 0 {
            all.push(account(&web, id, script, (reached, not_yet)).await?);
        }
    }
    Ok(Json(all))
}

async fn account(
    web: &Web,
    id: String,
    script: &Script,
    (reached, not_yet): (u64, u64),
) -> Result<Account, Refusal> {
    let gone = hidden(&[not_yet, reached - not_yet]);
    let mut given_back = Vec::new();
    for (_, body) in web.store.documents(Kind::GivenBack, &format!("{id}/")).await? {
        given_back.push(engine::decode(&body).map_err(|e| broken("give-back", e))?);
    }
    let today = Timestamp::now().to_zoned(script.institution().timezone.clone()).date();
    Ok(Account {
        dialogue: id,
        header: serde_json::to_value(Header::of(script)).unwrap_or_default(),
        // Few in all are as telling as few of them.
        reached: (reached == 0 || reached >= crate::export::report::SMALLEST).then_some(reached),
        not_yet_users: (!gone[0]).then_some(not_yet),
        overdue: given_back.is_empty() && script.header().give_back.by < today,
        given_back,
    })
}

// Responses that ended in the year, by the institution's calendar, and not-yet users among them.
async fn reached(web: &Web, id: &str, script: &Script, year: i16) -> Result<(u64, u64), Refusal> {
    let dialogue = DialogueId(id.to_owned());
    let zone = &script.institution().timezone;
    let (mut reached, mut not_yet, mut at) = (0, 0, Cursor(0));
    loop {
        let rows = web.store.responses(&dialogue, at, PAGE).await?;
        let Some(last) = rows.last() else { return Ok((reached, not_yet)) };
        at = last.cursor;
        for row in &rows {
            let Row::Live(body) = &row.row else { continue };
            let response: Response = engine::decode(body).map_err(|e| broken("response", e))?;
            if response.finished_at.to_zoned(zone.clone()).year() == year {
                reached += 1;
                not_yet += u64::from(response.audience == Audience::NotYetUser);
            }
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// `institution/dialogue`
    dialogue: String,
    on: Date,
    what: String,
}

/// `POST /v1/operator/given-back`: remembered for the account. A second one of the same day replaces the first.
pub async fn given_back(
    State(web): State<Arc<Web>>,
    caller: Caller,
    given: Result<Json<Given>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    caller.must_be_operator()?;
    let Json(Given { dialogue, on, what }) =
        given.map_err(|e| Refusal::new(StatusCode::BAD_REQUEST, e.body_text()))?;
    if web.store.document(Kind::Codebook, &dialogue).await?.is_none() {
        return Err(Refusal::not_found());
    }
    let body = engine::encode(&GivenBack { on, what }).map_err(|e| broken("give-back", e))?;
    let id = format!("{dialogue}/{on}");
    web.store.keep(vec![Document { kind: Kind::GivenBack, id, body: Some(body) }]).await?;
    Access::act(&*web.store, &caller, &dialogue, &format!("give back {on}"), 1).await;
    Ok(StatusCode::NO_CONTENT)
}

fn broken(what: &'static str, error: CodecError) -> StoreError {
    StoreError::Corrupt { what, why: error.to_string() }
}
