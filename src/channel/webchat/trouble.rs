//! Pages that stand for themselves: what goes wrong, in words that blame nobody, and that everything is deleted. Where the language is not known they say it in two.

use super::address::Entry;
use super::assets;
use super::form::Posted;
use super::page::frame;
use crate::engine::lines;
use crate::script::Language;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No such code.
    Unknown,
    /// Not a form of ours.
    Unread,
    TooLong,
    /// Sent from another site's page.
    Foreign,
    /// The conversation cannot be read now.
    Down,
}

impl Trouble {
    fn status(self) -> StatusCode {
        match self {
            Trouble::Unknown => StatusCode::NOT_FOUND,
            Trouble::Unread => StatusCode::BAD_REQUEST,
            Trouble::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Trouble::Foreign => StatusCode::FORBIDDEN,
            Trouble::Down => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    // The headline, and what to do about it.
    fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Trouble::Unknown => ("page-unknown", Some("page-unknown-why")),
            Trouble::Unread => ("page-unread", Some("page-unread-why")),
            Trouble::TooLong => ("page-too-long", Some("page-too-long-why")),
            Trouble::Foreign => ("page-foreign", Some("page-foreign-why")),
            Trouble::Down => ("page-down", None),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (title, why) = self.words();
        let body = html! {
            main.trouble {
                span.mark aria-hidden="true" { (assets::mark()) }
                @for language in [Language::DANISH, Language::ENGLISH] {
                    section lang=(language) {
                        h1 { (lines(language).get(title)) }
                        @if let Some(why) = why { p { (lines(language).get(why)) } }
                    }
                }
            }
        };
        document(self.status(), Language::DANISH, &lines(Language::DANISH).get(title), &body)
    }
}

/// The answer could not be kept: what was sent stands there still, and can be sent once more.
pub fn not_kept(entry: &Entry, posted: &Posted) -> Response {
    let language = posted.language().unwrap_or(Language::DANISH);
    let l = lines(language);
    let title = l.get("page-not-kept");
    let body = html! {
        main.trouble {
            span.mark aria-hidden="true" { (assets::mark()) }
            h1 { (title) }
            // Sent with the same number, so that an answer which was kept after all counts once.
            form.answer method="post" action=(entry.question(None)) {
                @for (name, value) in posted.fields() {
                    @if name == "words" && !value.is_empty() {
                        label for="words" { (l.get("page-your-answer")) }
                        textarea #words name="words" rows="4" { "\n" (value) }
                    } @else {
                        input type="hidden" name=(name) value=(value);
                    }
                }
                div.row { button.send { (l.get("page-try-again")) } }
            }
        }
    };
    document(StatusCode::SERVICE_UNAVAILABLE, language, &title, &body)
}

/// Everything kept of the conversation is deleted.
pub fn deleted(entry: &Entry, posted: &Posted, words: &str) -> Response {
    let language = posted.language().unwrap_or(Language::DANISH);
    let l = lines(language);
    let title = l.get("page-deleted");
    let body = html! {
        main.trouble {
            span.mark aria-hidden="true" { (assets::mark()) }
            h1 { (title) }
            @for line in words.lines() { p { (line) } }
            p.elsewhere { a href=(entry.path()) { (l.get("page-start-after-all")) } }
        }
    };
    document(StatusCode::OK, language, &title, &body)
}

fn document(status: StatusCode, language: Language, title: &str, body: &Markup) -> Response {
    (status, Html(frame(language, title, None, body).into_string())).into_response()
}
