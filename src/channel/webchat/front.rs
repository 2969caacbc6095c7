//! What can be answered here: for whoever comes without a code, or with one that leads nowhere.

use super::page::frame;
use super::{Chat, Trouble, assets, trouble, visitor};
use crate::channel::Offered;
use crate::engine::{lines, spoken};
use crate::script::Language;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use std::sync::Arc;

/// `GET /c`.
pub async fn page(State(chat): State<Arc<Chat>>, headers: HeaderMap) -> Result<Response, Trouble> {
    let language = language(&headers);
    let l = lines(language);
    let (offered, contact) = chat.pages.offered(language).await.map_err(|_| Trouble::Down)?;
    let title = l.get("page-front");
    let body = html! {
        main.trouble tabindex="-1" {
            span.mark aria-hidden="true" { (assets::mark()) }
            @if offered.is_empty() {
                h1 { (l.get("nothing-open")) }
                @if let Some(contact) = contact { p { (contact) } }
            } @else {
                h1 { (title) }
                (list(&offered))
            }
        }
    };
    Ok(Html(frame(language, &title, None, &body).into_string()).into_response())
}

/// No such code: that is said, and what can be answered.
pub async fn unknown(chat: &Chat, headers: &HeaderMap) -> Response {
    let language = language(headers);
    // Where even that cannot be read, there is nothing to offer.
    let (offered, _) = chat.pages.offered(language).await.unwrap_or_default();
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    let others = html! { div lang=(language) dir=(direction) { (others(&offered, language)) } };
    let title = lines(Language::DANISH).get("page-unknown");
    let body = trouble::told(Trouble::Unknown, &others);
    trouble::document(StatusCode::NOT_FOUND, Language::DANISH, &title, &body)
}

/// What else can be answered; nothing where there is nothing.
pub fn others(offered: &[Offered], language: Language) -> Markup {
    html! {
        @if !offered.is_empty() {
            p.others { (lines(language).get("others-open")) }
            (list(offered))
        }
    }
}

fn list(offered: &[Offered]) -> Markup {
    html! {
        ul.offers {
            @for of in offered {
                li {
                    a.option href={ "/c/" (of.payload) } {
                        bdi { (of.title) } " "
                        span.hint { (of.institution) }
                    }
                }
            }
        }
    }
}

fn language(headers: &HeaderMap) -> Language {
    let ours = |wanted: &Language| spoken().any(|l| l == *wanted);
    visitor::languages(headers).into_iter().find(ours).unwrap_or(Language::DANISH)
}
