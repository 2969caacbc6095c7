//! What is kept of a conversation between two events: its sessions, and which dialogues it has been through.

use crate::engine::{Ended, Session};
use crate::script::{Language, Script, ScriptId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use storage::MediaId;

/// So long after the end the session is still there: a page can show it, and an answer can be mended.
pub const ENDED_KEPT: SignedDuration = SignedDuration::from_mins(30);

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conversation {
    pub open: Option<Session>,
    /// Left for another dialogue; can be gone on with until they are given up.
    pub parked: Vec<Session>,
    /// The last one that ended, until 30 minutes have passed: with it goes the link to an anonymous response.
    pub ended: Option<Kept>,
    pub done: Vec<Done>,
    /// The entry that was asked for while another dialogue was open.
    pub wanted: Option<Wanted>,
    pub language: Option<Language>,
    /// The citizen blocked us: nothing is sent before they write again.
    pub blocked: bool,
    /// Where the addresses are that the citizen gave: they go with the conversation.
    #[serde(default)]
    pub contacts: Vec<Held>,
    /// Where it is kept that the citizen wants to hear more.
    #[serde(default)]
    pub subscribed: Vec<Subscribed>,
    /// Where the statements and ideas are that the citizen gave for others to see.
    #[serde(default)]
    pub contributed: Vec<Contributed>,
    /// The message that asks whether everything shall be deleted, while it stands open.
    #[serde(default)]
    pub asked: Option<u64>,
    /// Which answers the citizen's own messages gave, newest last: a message that is changed changes its answer.
    #[serde(default)]
    pub said: Vec<Said>,
    /// Closed because nothing more came: whoever writes then is shown its card again.
    #[serde(default)]
    pub lapsed: Option<ScriptId>,
    /// Much that fits nothing came at once.
    #[serde(default)]
    pub flood: Option<Flood>,
}

/// The message that gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The platform's id.
    pub message: String,
    /// The session's nonce.
    pub session: u64,
    pub question: String,
}

/// Inputs that fit nothing, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flood {
    pub since: Timestamp,
    pub count: u8,
    /// Nothing is said to them before then.
    pub silent_until: Option<Timestamp>,
}

/// A statement or an idea, kept for others to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributed {
    pub dialogue: ScriptId,
    pub is_idea: bool,
    pub question: String,
    /// The nonce of the session in which it was given.
    pub session: u64,
    /// Of an anonymous dialogue: known no longer than the session is.
    pub anonymous: bool,
    /// Of its document, behind the dialogue.
    pub id: uuid::Uuid,
    /// When it was answered, for as long as it can be mended: what was not is not written anew.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// A wish to hear more of a dialogue, kept apart from the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    pub dialogue: ScriptId,
    /// Of its document, behind the dialogue.
    pub id: uuid::Uuid,
}

/// An address that is kept apart from the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub dialogue: ScriptId,
    pub question: String,
    /// Of its document, behind the dialogue.
    pub id: uuid::Uuid,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub session: Session,
    pub until: Timestamp,
}

/// A dialogue that was answered. Of an anonymous one only the month is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub dialogue: ScriptId,
    pub on: Date,
    /// Up to its end. One that was broken off can be begun anew.
    #[serde(default = "yes")]
    pub whole: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    pub code: String,
    pub place: Option<String>,
}

impl Conversation {
    /// Takes note of a session that has ended.
    pub fn end(&mut self, script: &Script, session: Session, ended: Ended, now: Timestamp) {
        if ended == Ended::Declined {
            return;
        }
        let anonymous = script.header().privacy.anonymous;
        // An answer that is mended was given when it first was; and the cut of an anonymous link was promised from then.
        let finished_at = session.finished_at.unwrap_or(now);
        let day = finished_at.to_zoned(script.institution().timezone.clone()).date();
        let on = if anonymous { day.first_of_month() } else { day };
        let whole = ended == Ended::End;
        if whole || !self.completed(&session.script) {
            self.done.retain(|d| d.dialogue != session.script);
            self.done.push(Done { dialogue: session.script.clone(), on, whole });
        }
        let lapsed = matches!(ended, Ended::Timeout | Ended::Closed) && session.finished_at == Some(now);
        self.lapsed = lapsed.then(|| session.script.clone());
        let from = if anonymous { finished_at } else { now };
        let until = from.checked_add(ENDED_KEPT).unwrap_or(from);
        self.ended = Some(Kept { session, until });
    }

    /// Nothing is kept that anybody could miss. That somebody blocked us matters only while there is something to say to them.
    pub fn is_empty(&self) -> bool {
        self.open.is_none()
            && self.parked.is_empty()
            && self.ended.is_none()
            && self.done.is_empty()
            && self.contacts.is_empty()
            && self.subscribed.is_empty()
            && self.contributed.is_empty()
    }

    /// The responses that this conversation leads to.
    pub fn responses(&self) -> Vec<uuid::Uuid> {
        self.sessions().map(|session| session.response).collect()
    }

    /// The sessions that are still there.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        let ended = self.ended.iter().map(|kept| &kept.session);
        self.open.iter().chain(&self.parked).chain(ended)
    }

    /// The files that its sessions name, in order, each once.
    pub fn media(&self) -> Vec<MediaId> {
        let mut media: Vec<MediaId> = self.sessions().flat_map(Session::media).map(MediaId).collect();
        media.sort_unstable();
        media.dedup();
        media
    }

    /// When a dialogue was answered.
    pub fn done_on(&self, dialogue: &ScriptId) -> Option<Date> {
        self.done.iter().find(|d| d.dialogue == *dialogue).map(|d| d.on)
    }

    /// Whether it was once gone through to its end.
    pub fn completed(&self, dialogue: &ScriptId) -> bool {
        self.done.iter().any(|d| d.dialogue == *dialogue && d.whole)
    }

    pub fn done_before(&self, dialogue: &ScriptId) -> bool {
        self.done.iter().any(|d| d.dialogue == *dialogue)
    }
}
