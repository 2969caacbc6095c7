//! The surface described: as OpenAPI 3.1, made from the routes' own code, and as a page that asks for nothing from elsewhere.

use super::choices::{Bytes, OfChoices, OfCsv, OfRows, OfStatus, Switch};
use super::entry::Dialogues;
use super::error::Refusal;
use super::{dialogues, export, media, report};
use crate::export::Described;
use crate::export::report::Page;
use axum::Json;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi, ToSchema};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "snak: pulling the answers",
        description = "One resource, the responses of a dialogue, in several forms; its codebook, its report, its files. \
                       Send a token as `Authorization: Bearer`, or as the password of HTTP Basic."
    ),
    paths(
        dialogues::list, export::csv, export::xlsx, export::json, export::ndjson, dialogues::codebook_json,
        dialogues::codebook_csv, report::json, report::html, media::file, document, page,
    ),
    components(schemas(Dialogues, Row, Described, Page, Refusal, Bytes)),
    modifiers(&Ways),
    security(("bearer" = []), ("basic" = [])),
)]
struct Surface;

struct Ways;

impl Modify for Ways {
    fn modify(&self, document: &mut Document) {
        let Some(components) = document.components.as_mut() else { return };
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    }
}

/// `GET /v1/openapi.json`
#[utoipa::path(get, path = "/v1/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "this document", content_type = "application/json", body = Object)))]
pub async fn document() -> Json<Document> {
    Json(Surface::openapi())
}

/// Where a dialogue is.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct Where {
    /// The folder of the institution
    institution: String,
    /// The file of the dialogue, without its ending
    dialogue: String,
}

/// What a pull of responses can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct Parameters {
    /// A cursor, or `0`: only what was committed after it; with it, erasures come too
    after: Option<String>,
    /// So many rows at most
    #[param(minimum = 1, maximum = 10000)]
    limit: Option<u32>,
    /// `changed_at` is not before: a day of the institution's time zone, or a time
    since: Option<String>,
    /// `changed_at` is not after
    until: Option<String>,
    /// `complete`, `partial` or `all`
    #[param(inline)]
    status: Option<OfStatus>,
    /// One, or several with commas
    revision: Option<String>,
    /// One, or several with commas
    place: Option<String>,
    /// One, or several with commas
    channel: Option<String>,
    /// `not_yet_user`, `user`, `unknown`: one, or several with commas
    audience: Option<String>,
    /// What stands for a choice: `code`, `label` or `both`
    #[param(inline)]
    values: Option<OfChoices>,
    /// The language of labels
    lang: Option<String>,
    /// `wide`: a row for each response; `long`: a row for each question of its revision
    #[param(inline)]
    shape: Option<OfRows>,
    /// Names with commas
    columns: Option<String>,
    /// `withdrawn`: answers whose question a citizen's later answers lead past. `test`: answers to drafts, of which there are none
    /// yet. One, or both with a comma
    include: Option<String>,
    /// `1`: cells of CSV are not kept from being taken for formulas
    #[param(inline)]
    raw: Option<Switch>,
    /// `1`: names of columns without æøå
    #[param(inline)]
    ascii: Option<Switch>,
    /// A table of the codebook, or `contacts`
    table: Option<String>,
}

/// What else a table can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct States {
    /// `1`: a `_state` column after each question
    #[param(inline)]
    states: Option<Switch>,
}

/// How CSV is written.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct InExcel {
    /// `excel`: byte order mark, semicolon, CRLF, decimal comma
    #[param(inline)]
    dialect: Option<OfCsv>,
}

/// How names and cells are written.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct Plain {
    /// `1`: names of columns without æøå
    #[param(inline)]
    ascii: Option<Switch>,
}

/// As [`Parameters::raw`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described, and read by other means")]
pub struct Raw {
    /// `1`: cells of CSV are not kept from being taken for formulas
    #[param(inline)]
    raw: Option<Switch>,
}

/// Why there is no answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described, and made by other means")]
pub enum Refused {
    /// A parameter is not known or does not fit: it is named, with what could stand there
    #[response(status = 400, content_type = "application/problem+json")]
    Parameter(Refusal),
    /// The token is missing, not known, revoked or expired
    #[response(status = 401, content_type = "application/problem+json")]
    Token(Refusal),
    /// The token may not read this
    #[response(status = 403, content_type = "application/problem+json")]
    Permission(Refusal),
    /// Not there, or another institution's
    #[response(status = 404, content_type = "application/problem+json")]
    NotThere(Refusal),
    /// The answers were restored from a backup after the cursor was given out: pull from the start
    #[response(status = 410, content_type = "application/problem+json")]
    Restored(Refusal),
    /// The token is wrong, and so were too many from this address: `Retry-After` says how many seconds to wait. A right token is
    /// never put off
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Refusal),
    /// The store cannot be read at the moment
    #[response(status = 503, content_type = "application/problem+json")]
    Store(Refusal),
}

/// A response, its erasure, or that it left the filter. With `shape=long` one question of it; with `table` a round, a vote or an
/// address.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "described, and written by other means")]
pub enum Row {
    Response(ResponseRow),
    Erased(Erased),
    Left(Left),
    Answer(AnswerRow),
    Vote(VoteRow),
    Address(Address),
}

/// Columns that were not asked for are missing.
#[derive(Serialize, ToSchema)]
pub struct ResponseRow {
    response: String,
    citizen: Option<String>,
    revision: Option<u32>,
    channel: Option<String>,
    language: Option<String>,
    place: Option<String>,
    audience: Option<String>,
    status: Option<String>,
    ended: Option<String>,
    #[schema(format = DateTime)]
    started_at: Option<String>,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    #[schema(format = DateTime)]
    changed_at: Option<String>,
    /// In a table of rounds
    round: Option<u32>,
    /// By the names of the codebook's columns; `null` where the question was skipped or given up
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
    /// With `values=both`
    #[schema(value_type = Option<Object>)]
    labels: Option<Map<String, Value>>,
    /// Only of questions without an answer: `skipped`, `not_asked`, `failed`, `withdrawn`
    #[schema(value_type = Object)]
    states: Map<String, Value>,
    /// Where to go on behind this row
    cursor: String,
}

/// One question of a response. What every row says of its response stands there too, as in the wide shape.
#[derive(Serialize, ToSchema)]
pub struct AnswerRow {
    response: String,
    question: String,
    /// `null` without an answer
    value: Value,
    /// The citizen's own words
    other: Option<String>,
    /// `answered`, `skipped`, `not_asked`, `failed`, `withdrawn`
    state: String,
    cursor: String,
}

/// One citizen's vote on one statement, or that it was erased.
#[derive(Serialize, ToSchema)]
pub struct VoteRow {
    row: String,
    voter: Option<String>,
    statement: Option<String>,
    text: Option<String>,
    /// `agree`, `disagree`, `pass`
    vote: Option<String>,
    day: Option<String>,
    deleted_on: Option<String>,
    deleted_reason: Option<String>,
}

/// How to reach who asked for it.
#[derive(Serialize, ToSchema)]
pub struct Address {
    contact: String,
    question: String,
    /// `email` or `phone`
    way: String,
    address: String,
    language: String,
}

/// Erase your copy.
#[derive(Serialize, ToSchema)]
pub struct Erased {
    response: String,
    #[schema(format = DateTime)]
    deleted_at: String,
    /// `citizen`, `staff` or `retention`
    deleted_reason: String,
    cursor: String,
}

/// Take your copy out of what you filter; the response itself still exists.
#[derive(Serialize, ToSchema)]
pub struct Left {
    response: String,
    left_filter: bool,
    cursor: String,
}

const STYLE: &str = "
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.05rem;margin:2rem 0 .3rem;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.15rem .8rem .15rem 0}
pre{background:#f3f5f7;padding:.8rem;overflow:auto}
";

/// `GET /v1/docs`
#[utoipa::path(get, path = "/v1/docs", tag = "description", security(()),
    responses((status = 200, description = "this document to read", content_type = "text/html", body = String)))]
pub async fn page() -> impl IntoResponse {
    let document = serde_json::to_value(Surface::openapi()).unwrap_or_default();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(described(&document).into_string()))
}

fn described(document: &Value) -> Markup {
    let none = Map::new();
    let paths = document["paths"].as_object().unwrap_or(&none);
    let schemas = document["components"]["schemas"].as_object().unwrap_or(&none);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text(&document["info"]["title"])) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (text(&document["info"]["title"])) }
                p { (text(&document["info"]["description"])) }
                p { "For machines: " a href="/v1/openapi.json" { code { "/v1/openapi.json" } } }
                @for (path, methods) in paths {
                    @for (method, operation) in methods.as_object().unwrap_or(&none) {
                        (route(path, method, operation))
                    }
                }
                h1 { "Shapes" }
                @for (name, schema) in schemas {
                    h2 id=(name) { (name) }
                    p { (text(&schema["description"])) }
                    pre { (format!("{schema:#}")) }
                }
            }
        }
    }
}

fn route(path: &str, method: &str, operation: &Value) -> Markup {
    let none = Map::new();
    html! {
        h2 { code { (method.to_uppercase()) " " (path) } }
        p { (text(&operation["summary"])) }
        table {
            @for parameter in operation["parameters"].as_array().into_iter().flatten() {
                tr { td { code { (text(&parameter["name"])) } } td { (text(&parameter["description"])) } }
            }
            @for (status, response) in operation["responses"].as_object().unwrap_or(&none) {
                tr { td { (status) } td { (text(&response["description"])) } }
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
