//! Who sends a request, as far as a page may know: a random token in a cookie, the browser's languages, where a form came from.

use super::address::Entry;
use crate::channel::ConversationId;
use crate::script::Language;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HOST, ORIGIN};

/// So long the browser remembers where the citizen was; about the time after which a conversation is given up.
const REMEMBERED_SECONDS: u32 = 7 * 24 * 60 * 60;
/// Languages read from one request.
const MAX_LANGUAGES: usize = 8;

/// 128 random bits in hex. Whoever has it can go on with the conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Token(format!("{:032x}", u128::from_be_bytes(bytes))))
    }

    pub fn parse(text: &str) -> Option<Token> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 32 && text.bytes().all(hex)).then(|| Token(text.to_owned()))
    }

    /// What the browser brings for this dialogue.
    pub fn brought(headers: &HeaderMap, entry: &Entry) -> Option<Token> {
        let name = entry.cookie();
        let cookies = headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| Token::parse(value))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn conversation(&self) -> ConversationId {
        ConversationId::new("web", &self.0)
    }

    /// The cookie that keeps it in the browser.
    pub fn kept(&self, entry: &Entry, secure: bool) -> String {
        cookie(entry, &self.0, REMEMBERED_SECONDS, secure)
    }

    /// The cookie that takes it out of the browser.
    pub fn forgotten(entry: &Entry, secure: bool) -> String {
        cookie(entry, "", 0, secure)
    }
}

fn cookie(entry: &Entry, value: &str, seconds: u32, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{}={value}; Path=/c; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", entry.cookie())
}

/// The languages that the browser asks for, in its order; weights are not read, since browsers write them falling.
pub fn languages(headers: &HeaderMap) -> Vec<Language> {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let tags = header.split(',').filter_map(|part| part.split(';').next());
    tags.filter_map(Language::parse).take(MAX_LANGUAGES).collect()
}

/// Whether a form was sent from our own page. Browsers say so in `Sec-Fetch-Site`, older ones in `Origin` alone; what
/// says neither is no browser that could be led astray.
pub fn is_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    let header = |name| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = header(ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == origin_of(public_url) || host.is_some() && host == header(HOST)
}

fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |n| n + 3);
    let end = url[start..].find('/').map_or(url.len(), |n| start + n);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_page_may_send_forms() {
        let here = |pairs: &[(&'static str, &str)]| is_from_here(&headers(pairs), "https://snak.example/x");
        assert!(here(&[]));
        assert!(here(&[("origin", "https://snak.example")]));
        assert!(here(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]));
        assert!(here(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!here(&[("origin", "https://evil.example"), ("host", "snak.example")]));
        assert!(!here(&[("origin", "null"), ("host", "snak.example")]));
        assert!(!here(&[("sec-fetch-site", "same-site"), ("origin", "https://snak.example")]));
        assert!(!here(&[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn a_cookie_that_is_no_token_is_none() {
        let entry = Entry::read("aabn", &Default::default()).unwrap();
        let brought = |line: &str| Token::brought(&headers(&[("cookie", line)]), &entry).map(|t| t.0);
        let token = "0123456789abcdef0123456789abcdef";
        assert_eq!(brought(&format!("a=b; snak-aabn={token}")).as_deref(), Some(token));
        assert_eq!(brought(&format!("snak-andet={token}")), None);
        assert_eq!(brought("snak-aabn=../../etc/passwd"), None);
        assert_eq!(brought("snak-aabn=; ;=;"), None);
    }
}
