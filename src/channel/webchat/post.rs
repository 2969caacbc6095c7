//! A posted form as an event; then back to the page, so that reloading sends nothing again.

use super::visitor::{self, Visitor};
use super::{Chat, Note, answer, page};
use crate::channel::{Content, InboxError, Incoming, Received};
use crate::engine::{Form, Input, lines};
use crate::script::Language;
use axum::extract::rejection::FormRejection;
use axum::extract::{self, Path, State};
use axum::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

type Fields = Vec<(String, String)>;

/// What a form says.
struct Posted(Fields);

impl Posted {
    /// The last one counts: a button's value comes after what the form says for all of them.
    fn get(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
    fn number<T: std::str::FromStr + Default>(&self, name: &str) -> T {
        self.get(name).parse().unwrap_or_default()
    }
    fn language(&self) -> Option<Language> {
        Language::parse(self.get("lang"))
    }

    /// The event; `None` for a form that is not ours.
    fn content(&self, payload: &str) -> Option<Content> {
        Some(match self.get("do") {
            "start" => Content::Accepted { payload: payload.to_owned(), language: self.language() },
            "skip" => Content::Input(Input::Skip),
            "back" => Content::Input(Input::Back),
            "stop" => Content::Input(Input::Stop),
            "language" => Content::Input(Input::Language(self.language())),
            "answer" => Content::Input(Input::Form(Form {
                step: self.number("step"),
                visit: self.number("visit"),
                options: self
                    .0
                    .iter()
                    .filter(|(n, _)| n == "option")
                    .filter_map(|(_, v)| v.parse().ok())
                    .collect(),
                words: self.get("words").to_owned(),
            })),
            _ => return None,
        })
    }
}

pub async fn take(
    State(chat): State<Chat>,
    Path(payload): Path<String>,
    headers: HeaderMap,
    form: Result<extract::Form<Fields>, FormRejection>,
) -> Response {
    let language = visitor::preferred(&headers).unwrap_or(Language::DANISH);
    let fields = match form {
        Ok(extract::Form(fields)) => fields,
        // Larger than anything a person writes, or no form at all.
        Err(rejection) => return answer(rejection.status(), page::unreadable(language)),
    };
    if visitor::from_elsewhere(&headers) {
        return answer(StatusCode::FORBIDDEN, page::unreadable(language));
    }
    let posted = Posted(fields);
    if posted.get("do") == "decline" {
        // Nothing was kept, so there is nothing to forget.
        return answer(StatusCode::OK, page::goodbye(posted.language().unwrap_or(language)));
    }
    let Some(content) = posted.content(&payload) else {
        return answer(StatusCode::BAD_REQUEST, page::unreadable(language));
    };
    let visitor = Visitor::of(&headers, &payload);
    let visitor = match content {
        // The form names the visitor that Start makes: pressed twice, it makes one.
        Content::Accepted { .. } => visitor.or_named(posted.get("ticket")),
        _ => visitor,
    };
    let (Some(conversation), Some(name)) = (visitor.conversation(), visitor.name()) else {
        // The cookie is gone or was never taken: the page begins anew.
        return back(&payload, None);
    };
    let update = format!("web:{name}:{}", posted.get("ticket"));
    let incoming = Incoming {
        update,
        conversation,
        channel: "web",
        language: Some(language),
        content,
        shows_recap: true,
    };
    match chat.inbox.receive(incoming).await {
        Ok(Received { toast: None }) => back(&payload, visitor.cookie(&payload, chat.secure)),
        Ok(Received { toast: Some(words) }) => {
            let note = Note { words, status: StatusCode::OK, draft: "" };
            chat.page(&payload, &visitor, Some(language), Some(note)).await
        }
        Err(InboxError::NotKept(why)) => {
            tracing::warn!(why, "an answer on the web was not kept");
            let words = lines(language).get("page-not-kept");
            let note = Note { words, status: StatusCode::SERVICE_UNAVAILABLE, draft: posted.get("words") };
            chat.page(&payload, &visitor, Some(language), Some(note)).await
        }
    }
}

fn back(payload: &str, cookie: Option<String>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path: String =
        payload.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
    // The open question is where the page is read on from.
    if let Ok(to) = HeaderValue::from_str(&format!("/c/{path}#nu")) {
        response.headers_mut().insert(LOCATION, to);
    }
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
