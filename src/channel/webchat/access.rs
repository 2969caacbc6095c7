//! The accessibility statement: how far the pages meet the law, whom to tell of what does not, and where to complain.
//!
//! The Danish act (§ 4, after directive (EU) 2016/2102 and the model in (EU) 2018/1523) wants these parts. An institution makes
//! its own statement in the authority's tool; this page says what is true of the program, and leads on to it.

use super::address::{Entry, Query};
use super::page::frame;
use super::visitor::Token;
use super::{Chat, Payload, Trouble, entry};
use crate::channel::Page;
use crate::engine::{Arg, date, lines};
use crate::script::Language;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Html;
use jiff::civil::Date;
use maud::{Markup, html};
use std::sync::Arc;

/// When the pages were last gone through; at least once a year, and whenever they change much.
const EXAMINED: Date = Date::constant(2026, 11, 28);
/// What to do about a public page that cannot be used, in the words of the authority.
const AUTHORITY: &str =
    "https://digst.dk/digital-inklusion/webtilgaengelighed/oplever-du-ikke-tilgaengeligt-indhold/";

/// `GET /c/{code}/accessibility`.
pub async fn page(
    State(chat): State<Arc<Chat>>,
    payload: Payload,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Html<String>, Trouble> {
    let query = Query::read(query.as_deref());
    let entry = entry(payload, &query)?;
    let token = Token::brought(&headers, &entry);
    let page = chat.page(&entry, token.as_ref(), query.language, &headers).await?;
    Ok(Html(drawn(&entry, &page).into_string()))
}

/// For the foot of every page, in that page's language.
pub fn link(entry: &Entry, language: Language) -> Markup {
    html! {
        p.beside {
            a href={ (entry.path()) "/accessibility?lang=" (language) } { (lines(language).get("page-access")) }
        }
    }
}

fn drawn(entry: &Entry, page: &Page) -> Markup {
    let l = lines(page.language);
    let title = l.get("page-access");
    let institution = [("institution", Arg::Text(&page.institution))];
    let contact = if page.contact.is_empty() { &page.institution } else { &page.contact };
    let day = date(EXAMINED, page.language);
    let parts = [
        ("page-access-status-head", l.get("page-access-status")),
        ("page-access-gaps-head", l.get("page-access-gaps")),
        ("page-access-how-head", l.with("page-access-how", &[("date", Arg::Text(&day))])),
        ("page-access-contact-head", l.with("page-access-contact", &[("contact", Arg::Text(contact))])),
        ("page-access-complain-head", l.get("page-access-complain")),
    ];
    let body = html! {
        main.aside tabindex="-1" {
            h1 { (title) }
            p { (l.with("page-access-who", &institution)) }
            @for (head, words) in parts {
                h2 { (l.get(head)) }
                p { (words) }
            }
            p { a href=(AUTHORITY) rel="noopener noreferrer" { (l.get("page-access-complain-link")) } }
            @if let Some(own) = &page.accessibility {
                p { a href=(own) rel="noopener noreferrer" { (l.with("page-access-official", &institution)) } }
            }
            p { a href=(entry.path()) { (l.get("page-start-after-all")) } }
        }
    };
    frame(page.language, &format!("{title} – {}", page.institution), None, &body)
}
