//! Pages that stand for themselves: what goes wrong, in words that blame nobody, and that everything is deleted. Where the language is not known they say it in two.

use super::access;
use super::address::Entry;
use super::assets;
use super::bubble;
use super::form::{Deed, Posted};
use super::page::frame;
use crate::engine::{Lines, lines};
use crate::script::Language;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use std::time::Duration;

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
        let (title, _) = self.words();
        let title = lines(Language::DANISH).get(title);
        document(self.status(), Language::DANISH, &title, &told(self, &html! {}))
    }
}

/// What is wrong, in two languages, and what can be done instead.
pub fn told(trouble: Trouble, instead: &Markup) -> Markup {
    let (title, why) = trouble.words();
    html! {
        main.trouble tabindex="-1" {
            span.mark aria-hidden="true" { (assets::mark()) }
            @for language in [Language::DANISH, Language::ENGLISH] {
                section lang=(language) {
                    h1 { (lines(language).get(title)) }
                    @if let Some(why) = why { p { (lines(language).get(why)) } }
                }
            }
            (instead)
        }
    }
}

/// It could not be kept, or not be deleted: what was sent stands there still, and can be sent once more.
pub fn not_kept(entry: &Entry, posted: &Posted) -> Response {
    let title = match posted.deed() {
        Some(Deed::Delete) => "page-not-deleted",
        Some(
            Deed::Start
            | Deed::Decline
            | Deed::Restart(_)
            | Deed::Mend
            | Deed::Forget
            | Deed::Answer(_)
            | Deed::Files { .. }
            | Deed::Other(_),
        )
        | None => "page-not-kept",
    };
    once_more(StatusCode::SERVICE_UNAVAILABLE, entry, posted, title)
}

/// More comes from this address than one address may send: what was sent stands there still, and can be sent after `wait`.
pub fn too_many(entry: &Entry, posted: &Posted, wait: Duration) -> Response {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let page = once_more(StatusCode::TOO_MANY_REQUESTS, entry, posted, "page-busy");
    ([(RETRY_AFTER, seconds.to_string())], page).into_response()
}

fn once_more(status: StatusCode, entry: &Entry, posted: &Posted, title: &str) -> Response {
    let language = posted.language().unwrap_or(Language::DANISH);
    let l = lines(language);
    let title = l.get(title);
    let body = html! {
        main.trouble tabindex="-1" {
            span.mark aria-hidden="true" { (assets::mark()) }
            h1 { (title) }
            // No page can fill in a file.
            @if posted.files.is_empty() { (again(entry, posted, l)) } @else {
                p.elsewhere { a href=(entry.question(None)) { (l.get("page-files-again")) } }
            }
        }
        footer { (access::link(entry, language)) }
    };
    document(status, language, &title, &body)
}

// Sent with the same number, so that an answer which was kept after all counts once.
fn again(entry: &Entry, posted: &Posted, l: &Lines) -> Markup {
    let written = posted.fields().iter().any(|(name, value)| name == "words" && !value.is_empty());
    html! {
        @if written { p { (l.get("page-busy-why")) } }
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
}

/// Everything kept of the conversation is deleted: what is told of it stands in the log, which is read aloud.
/// `None`: there was nothing, or it was deleted before.
pub fn deleted(entry: &Entry, posted: &Posted, receipt: Option<&str>) -> Response {
    let language = posted.language().unwrap_or(Language::DANISH);
    let l = lines(language);
    let title = l.get("page-deleted");
    let nothing = l.get("nothing-kept");
    let body = html! {
        main.trouble tabindex="-1" {
            span.mark aria-hidden="true" { (assets::mark()) }
            h1 { (title) }
            (bubble::receipt(receipt.unwrap_or(&nothing), l))
            p.elsewhere { a href=(entry.path()) { (l.get("page-start-after-all")) } }
        }
        footer { (access::link(entry, language)) }
    };
    document(StatusCode::OK, language, &title, &body)
}

/// A whole page with this status.
pub fn document(status: StatusCode, language: Language, title: &str, body: &Markup) -> Response {
    (status, Html(frame(language, title, None, body).into_string())).into_response()
}
