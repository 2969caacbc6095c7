//! What a `say` shows after its words: a picture or a film, which needs its file only when it is sent; and a link.

use super::message::{Illustration, Link, Message};
use super::session::Session;
use super::text::said;
use crate::script::{self, Item, Script};

/// What an item shows, each a message whose words say what is to be seen.
pub fn illustrations(item: &Item, script: &Script, session: &Session) -> Vec<Message> {
    let message = |shown: &script::Illustration| Message {
        text: said(&shown.alt, script, session),
        illustration: Some(Illustration {
            kind: shown.kind,
            institution: script.institution().folder.clone(),
            file: shown.file.clone(),
        }),
        ..Message::bare(session.language)
    };
    item.illustrations.iter().map(message).collect()
}

/// The link under what an item says.
pub fn link(item: &Item, script: &Script, session: &Session) -> Option<Link> {
    let link = item.link.as_ref()?;
    Some(Link { label: said(&link.label, script, session).to_string(), url: link.url.clone() })
}
