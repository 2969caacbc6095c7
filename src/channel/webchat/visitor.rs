//! Who sits at the browser: a random name in a cookie, one for each dialogue, made when they start and not before.

use crate::channel::ConversationId;
use crate::script::Language;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HOST, ORIGIN};

/// Seven days, the time after which a silent conversation is closed unless its dialogue says otherwise.
const COOKIE_SECONDS: u32 = 7 * 24 * 60 * 60;
/// 128 bits in hex.
const NAME_LENGTH: usize = 32;

#[derive(Debug, Clone, Default)]
pub struct Visitor(Option<String>);

impl Visitor {
    /// The visitor of this dialogue that the cookies name.
    pub fn of(headers: &HeaderMap, payload: &str) -> Visitor {
        let wanted = cookie_name(payload);
        let cookies =
            headers.get_all(COOKIE).iter().filter_map(|c| c.to_str().ok()).flat_map(|c| c.split(';'));
        let found = cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == wanted);
        Visitor(found.and_then(|(_, value)| checked(value)))
    }

    /// The visitor that a form names, for one who has no cookie yet.
    pub fn or_named(self, name: &str) -> Visitor {
        Visitor(self.0.or_else(|| checked(name)))
    }

    pub fn conversation(&self) -> Option<ConversationId> {
        self.0.as_ref().map(|name| ConversationId::new("web", name))
    }

    /// The name, as the first part of what names an event.
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The cookie that makes the browser come back as this visitor.
    pub fn cookie(&self, payload: &str, secure: bool) -> Option<String> {
        let name = self.0.as_ref()?;
        let secure = if secure { "; Secure" } else { "" };
        let key = cookie_name(payload);
        Some(format!("{key}={name}; Path=/c; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}"))
    }
}

fn cookie_name(payload: &str) -> String {
    let code = payload.split('_').next().unwrap_or_default().to_lowercase();
    // Only what may stand in a cookie's name; such codes are known to nobody anyway.
    format!("snak-{}", code.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

fn checked(name: &str) -> Option<String> {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    (name.len() == NAME_LENGTH && name.chars().all(hex)).then(|| name.to_owned())
}

/// A new random name: for a visitor, or for one showing of a form.
pub fn ticket() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; NAME_LENGTH / 2];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

/// The browser's first language.
pub fn preferred(headers: &HeaderMap) -> Option<Language> {
    let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    Language::parse(list.split([',', ';']).next()?)
}

/// Whether another site's page sent this form.
pub fn from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return false };
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    text(HOST.as_str()).is_none_or(|own| own != host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn each_dialogue_has_a_visitor_of_its_own() {
        let visitor = Visitor::default().or_named(&"a".repeat(32));
        let cookie = visitor.cookie("aabn_station", true).unwrap();
        assert!(cookie.starts_with("snak-aabn=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"));
        let back = headers(&[("cookie", &format!("x=1; {}", cookie.split(';').next().unwrap()))]);
        assert_eq!(Visitor::of(&back, "AABN").name(), visitor.name());
        assert_eq!(Visitor::of(&back, "skriv").name(), None);
        assert_eq!(Visitor::default().or_named("../../etc/passwd").name(), None);
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        assert!(!from_elsewhere(&headers(&[("host", "snak.dk"), ("origin", "https://snak.dk")])));
        assert!(!from_elsewhere(&headers(&[("host", "snak.dk")])));
        assert!(!from_elsewhere(&headers(&[("sec-fetch-site", "same-origin"), ("origin", "null")])));
        assert!(from_elsewhere(&headers(&[("host", "snak.dk"), ("origin", "https://evil.example")])));
        assert!(from_elsewhere(&headers(&[("host", "snak.dk"), ("origin", "null")])));
        assert!(from_elsewhere(&headers(&[("sec-fetch-site", "cross-site"), ("host", "snak.dk")])));
    }
}
