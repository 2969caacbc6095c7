//! What a form says, read once.

use super::visitor::Token;
use crate::engine::{ButtonKind, Form, Input, Press, is_word};
use crate::script::{Language, MediaKind, fold};
use axum::extract::Multipart;
use sha2::{Digest, Sha256};

/// A form as it was posted, in its order.
#[derive(Default)]
pub struct Posted {
    fields: Vec<(String, String)>,
    pub files: Vec<Vec<u8>>,
}

/// What the citizen did with it.
#[derive(Debug, PartialEq)]
pub enum Deed {
    /// Start, or answer again.
    Start,
    Decline,
    /// Begin anew what goes on in the session of this nonce.
    Restart(u64),
    /// Mend what was answered some time ago.
    Mend,
    /// Take the conversation out of this browser.
    Forget,
    /// Delete everything that is kept of it.
    Delete,
    Answer(Form),
    /// Files of this kind; `allowed`: the citizen has said yes to their being kept, where that is asked.
    Files {
        form: Form,
        kind: MediaKind,
        allowed: bool,
    },
    Other(Input),
}

impl Posted {
    pub fn read(body: &[u8]) -> Posted {
        Posted { fields: form_urlencoded::parse(body).into_owned().collect(), files: Vec::new() }
    }

    /// A form with files, as it comes part by part. `None`: it is none, or larger than the body may be.
    pub async fn read_parts(mut parts: Multipart) -> Option<Posted> {
        let mut posted = Posted::default();
        while let Some(part) = parts.next_field().await.ok()? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.ok()?;
            match is_file {
                true if bytes.is_empty() => {}
                true => posted.files.push(bytes.to_vec()),
                false => posted.fields.push((name, String::from_utf8(bytes.to_vec()).ok()?)),
            }
        }
        Some(posted)
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
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
        if let Some(of) = self.get("mend") {
            let (session, step) = of.split_once('-')?;
            let (session, step) = (session.parse().ok()?, step.parse().ok()?);
            let press = Press { session, step, visit: 0, button: ButtonKind::Correct };
            return Some(Deed::Other(Input::Press(press)));
        }
        Some(match self.get("do").unwrap_or("answer") {
            "start" => Deed::Start,
            "decline" => Deed::Decline,
            "restart" => Deed::Restart(self.get("session")?.parse().ok()?),
            "mend" => Deed::Mend,
            "forget" => Deed::Forget,
            "delete" => Deed::Delete,
            "answer" => match self.get("kind") {
                Some(kind) => Deed::Files {
                    form: self.answer()?,
                    kind: MediaKind::named(kind)?,
                    allowed: self.get("allow").is_some(),
                },
                None => Deed::Answer(self.answer()?),
            },
            "done" => Deed::Other(Input::Press(self.press(ButtonKind::Done)?)),
            // As a press it names its question: one from an older page skips nothing else.
            "skip" => Deed::Other(Input::Press(self.press(ButtonKind::Skip)?)),
            "back" => Deed::Other(Input::Back),
            "stop" => Deed::Other(Input::Stop),
            _ => return None,
        })
    }

    // A place of a ranking that was left open comes as an option without a number.
    fn answer(&self) -> Option<Form> {
        let options = self
            .fields
            .iter()
            .filter(|(name, n)| name == "option" && !n.is_empty())
            .map(|(_, n)| n.parse().ok());
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
        let parts = self.fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        for part in parts.chain(self.files.iter().map(Vec::as_slice)) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
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

/// Whether the words alone ask for a link to pass on.
pub fn asks_to_share(form: &Form) -> bool {
    let typed = form.words.trim();
    ["/del", "/share"].iter().any(|name| typed.eq_ignore_ascii_case(name))
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
            "do=restart&session=x",
            "language=",
            "mend=7",
            "mend=7-x",
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
