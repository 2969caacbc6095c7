//! Passing the dialogue on: a link with the place `ven`, which counts invitations and never tells who invited whom.

use super::advance::show_again;
use super::lines::{Arg, lines};
use super::message::{Effect, Message, Share, Text};
use super::session::Waiting;
use super::walk::Walk;
use crate::script::{Language, Question, Script};

/// The place of those who come by a link that somebody shared.
const FRIEND: &str = "ven";

/// What is passed on.
pub fn share(script: &Script, language: Language) -> Share {
    let l = lines(language);
    let (institution, title) = (&script.institution().name, &script.header().title);
    let (institution, title) = (institution.plain(language), title.plain(language));
    let values = [("title", Arg::Text(title.as_str())), ("institution", Arg::Text(&institution))];
    Share {
        label: l.get("share"),
        payload: format!("{}_{FRIEND}", script.header().entry.code),
        words: l.with("share-sentence", &values),
    }
}

/// A message that can be passed on.
pub fn message(script: &Script, language: Language) -> Message {
    let text = Text::plain(lines(language).get("share-how"));
    Message { text, share: Some(share(script, language)), ..Message::bare(language) }
}

/// Asked for beside a question, which then stands open again.
pub fn beside(walk: &mut Walk<'_>, question: &Question, waiting: Waiting) {
    walk.retire(&waiting);
    walk.effects.push(Effect::Say(message(walk.script, walk.session.language)));
    show_again(walk, question, waiting, None);
}
