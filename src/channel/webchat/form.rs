//! What a form says, read once.

use super::visitor::Token;
use crate::engine::{ButtonKind, Form, Input, Press, is_word};
use crate::script::{Language, fold};
use sha2::{Digest, Sha256};

/// A form as it was posted, in its order.
pub struct Posted(Vec<(String, String)>);

/// What the citizen did with it.
#[derive(Debug, PartialEq)]
pub enum Deed {
    /// Start, or answer again.
    Start,
    Decline,
    /// Take the conversation out of this browser.
    Forget,
    Answer(Form),
    Other(Input),
}

impl Posted {
    pub fn read(body: &[u8]) -> Posted {
        Posted(form_urlencoded::parse(body).into_owned().collect())
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The language of the page that it was sent from.
    pub fn language(&self) -> Option<Language> {
        self.get("lang").and_then(Language::parse)
    }

    /// The number drawn for the page that it was sent from.
    pub fn nonce(&self) -> Option<Token> {
        self.get("nonce").and_then(Token::parse)
    }

    /// `None` where it is no form of ours.
    pub fn deed(&self) -> Option<Deed> {
        if let Some(tag) = self.get("language") {
            return Some(Deed::Other(Input::Language(Some(Language::parse(tag)?))));
        }
        Some(match self.get("do").unwrap_or("answer") {
            "start" => Deed::Start,
            "decline" => Deed::Decline,
            "forget" => Deed::Forget,
            "answer" => Deed::Answer(self.answer()?),
            // As a press it names its question: one from an older page skips nothing else.
            "skip" => Deed::Other(Input::Press(self.press(ButtonKind::Skip)?)),
            "back" => Deed::Other(Input::Back),
            "stop" => Deed::Other(Input::Stop),
            _ => return None,
        })
    }

    // A place of a ranking that was left open comes as an option without a number.
    fn answer(&self) -> Option<Form> {
        let options =
            self.0.iter().filter(|(name, n)| name == "option" && !n.is_empty()).map(|(_, n)| n.parse().ok());
        Some(Form {
            session: self.get("session")?.parse().ok()?,
            step: self.get("step")?.parse().ok()?,
            visit: self.get("visit")?.parse().ok()?,
            options: options.collect::<Option<Vec<u8>>>()?,
            // Browsers send line breaks as CR LF.
            words: self.get("words").unwrap_or_default().replace("\r\n", "\n"),
        })
    }

    fn press(&self, button: ButtonKind) -> Option<Press> {
        Some(Press {
            session: self.get("session")?.parse().ok()?,
            step: self.get("step")?.parse().ok()?,
            visit: self.get("visit")?.parse().ok()?,
            button,
        })
    }

    /// Names the event. The same form sent twice is one event; another answer on the same page is another, and so is the
    /// same answer on a page drawn anew. Of what was written nothing can be guessed from it: the token is secret.
    pub fn update(&self, token: &Token) -> String {
        let mut hash = Sha256::new();
        hash.update(token.as_str());
        for (name, value) in &self.0 {
            for part in [name, value] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        let digest = hash.finalize();
        let hex: String = digest[..16].iter().map(|b| format!("{b:02x}")).collect();
        format!("web:{hex}")
    }
}

/// Whether the words alone ask for help, or for what becomes of the answers.
pub fn asks_for(list: &'static str, form: &Form) -> bool {
    form.options.is_empty() && is_word(list, &fold(&form.words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(body: &str) -> Option<Deed> {
        Posted::read(body.as_bytes()).deed()
    }

    #[test]
    fn a_form_that_is_not_ours_is_none() {
        for body in [
            "",
            "step=1",
            "step=1&visit=x",
            "session=7&step=1&visit=1&option=300",
            "step=1&visit=1&option=0",
            "do=skip&step=1",
            "do=fly",
            "language=",
        ] {
            assert_eq!(deed(body), None, "{body}");
        }
        assert!(deed("session=7&step=1&visit=1&option=0&option=2&words=a%00%ff").is_some());
    }

    #[test]
    fn an_event_is_named_by_all_that_was_sent() {
        let token = Token::parse(&"a".repeat(32)).unwrap();
        let other = Token::parse(&"b".repeat(32)).unwrap();
        let update = |body: &str, token| Posted::read(body.as_bytes()).update(token);
        assert_eq!(update("nonce=1&words=a", &token), update("nonce=1&words=a", &token));
        assert_ne!(update("nonce=1&words=a", &token), update("nonce=2&words=a", &token));
        assert_ne!(update("nonce=1&words=a", &token), update("nonce=1&words=b", &token));
        assert_ne!(update("nonce=1&words=a", &token), update("nonce=1&words=a", &other));
    }
}
