//! A request's parameters, however they were sent: query string, urlencoded, multipart or JSON.

use crate::api::Method;
use axum::extract::{FromRequest, Query};
use axum::http::{HeaderMap, Method as Verb, Request, Uri, header::CONTENT_TYPE};
use axum::{Form, body::Body};
use serde_json::{Map, Value};

/// The parameters of one call, and the files that came with it.
#[derive(Default)]
pub struct Parameters {
    pub values: Map<String, Value>,
    pub files: Vec<File>,
}

#[derive(Clone)]
pub struct File {
    /// As an `attach://` names it.
    pub part: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// # Errors
/// Telegram's description of a body that cannot be read.
pub async fn parameters(
    method: &Method,
    verb: &Verb,
    uri: &Uri,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<Parameters, String> {
    let mut given = Parameters::default();
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|q| q.0).unwrap_or_default();
    given.add_texts(method, pairs);
    if body.is_empty() {
        return Ok(given);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/json" => given.values.extend(json(&body)?),
        "application/x-www-form-urlencoded" => given.add_texts(method, form(verb, body).await?),
        "multipart/form-data" => {
            let boundary = kind.split("boundary=").nth(1).unwrap_or_default().trim_matches('"').to_owned();
            given.add_parts(method, &body, &boundary)?;
        }
        other => return Err(format!("Bad Request: unsupported content type `{other}`")),
    }
    Ok(given)
}

fn json(body: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(body)
        .map_err(|_| "Bad Request: can't parse request: JSON object expected".to_owned())
}

async fn form(verb: &Verb, body: Vec<u8>) -> Result<Vec<(String, String)>, String> {
    let request = Request::builder()
        .method(verb)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .map_err(|e| e.to_string())?;
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    form.map(|f| f.0).map_err(|e| format!("Bad Request: can't parse request: {e}"))
}

impl Parameters {
    fn add_texts(&mut self, method: &Method, pairs: Vec<(String, String)>) {
        for (name, text) in pairs {
            let value = typed(method, &name, text);
            self.values.insert(name, value);
        }
    }

    fn add_parts(&mut self, method: &Method, body: &[u8], boundary: &str) -> Result<(), String> {
        let bad = || "Bad Request: can't parse multipart form data".to_owned();
        if boundary.is_empty() {
            return Err(bad());
        }
        let mark = format!("\r\n--{boundary}");
        // The first boundary has no line break before it.
        let body = [b"\r\n", body].concat();
        for piece in split(&body, mark.as_bytes()).skip(1) {
            if piece.starts_with(b"--") {
                return Ok(());
            }
            let end = find(piece, b"\r\n\r\n").ok_or_else(bad)?;
            let head = std::str::from_utf8(&piece[..end]).map_err(|_| bad())?;
            let content = &piece[end + 4..];
            let name = quoted(head, "name").ok_or_else(bad)?;
            match quoted(head, "filename") {
                Some(file) => self.add_file(method, name, file, content.to_vec()),
                None => {
                    let text = String::from_utf8(content.to_vec()).map_err(|_| bad())?;
                    self.add_texts(method, vec![(name, text)]);
                }
            }
        }
        Err(bad())
    }

    fn add_file(&mut self, method: &Method, part: String, name: String, bytes: Vec<u8>) {
        // A file may be sent under the parameter's own name, too.
        if method.types_of(&part).is_some() {
            self.values.insert(part.clone(), Value::String(format!("attach://{part}")));
        }
        self.files.push(File { part, name, bytes });
    }

    /// The file that a parameter names with `attach://`.
    pub fn attached(&self, reference: &str) -> Option<&File> {
        let part = reference.strip_prefix("attach://")?;
        self.files.iter().find(|f| f.part == part)
    }
}

// In a form everything is text: what is no text by the API is read as JSON. What cannot be read is left to the check.
fn typed(method: &Method, name: &str, text: String) -> Value {
    let types = method.types_of(name).unwrap_or_default();
    let is = |of: &str| types.iter().any(|t| t == of);
    if is("String") && is("Integer") {
        return text.parse::<i64>().map_or(Value::String(text), Value::from);
    }
    if is("String") {
        return Value::String(text);
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn quoted(head: &str, key: &str) -> Option<String> {
    let line = head.lines().find(|l| l.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let mut parts = line.split(';').map(str::trim);
    parts.find_map(|p| p.strip_prefix(key)?.strip_prefix('=')).map(|v| v.trim_matches('"').to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

fn split<'a>(mut rest: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let Some(at) = find(rest, mark) else {
            done = true;
            return Some(rest);
        };
        let piece = &rest[..at];
        rest = &rest[at + mark.len()..];
        Some(piece)
    })
}
