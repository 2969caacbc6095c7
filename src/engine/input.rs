//! What comes into a turn.

use super::facts::Facts;
use super::media::Media;
use super::message::{Press, Wish};
use super::place::Location;
use crate::script::Language;
use jiff::Timestamp;

/// One thing the citizen did, or the clock.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Text(String),
    Press(Press),
    /// A whole answer at once, as a web form sends it.
    Form(Form),
    Back,
    Skip,
    Stop,
    Help,
    Privacy,
    /// For a link to pass on.
    Share,
    /// To go on another time, without being reminded.
    Pause,
    /// A telephone number that the platform knows to be the citizen's own.
    Phone(String),
    /// Somebody else's number or card; what stands in it never comes here.
    OthersPhone,
    /// What was written as the answer to this question was written anew.
    Edited {
        question: String,
        words: String,
    },
    Wish(Wish),
    /// To a language, or to the choice of one.
    Language(Option<Language>),
    Location(Location),
    /// A picture, a voice message or a file.
    Media(Media),
    /// Something that is none of these: a sticker, a poll, …
    Unreadable,
    /// The wake-up fell due.
    TimeUp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The session's nonce: a form of an earlier run answers nothing in this one.
    pub session: u64,
    pub step: u16,
    pub visit: u16,
    /// Places of the ticked options in the file.
    pub options: Vec<u8>,
    /// What was written, beside or instead.
    pub words: String,
}

/// What a turn may know of the world: nothing in the engine asks a clock or draws a number.
#[derive(Debug, Clone)]
pub struct Moment {
    pub now: Timestamp,
    pub seed: u64,
    pub facts: Facts,
}

/// How a session begins.
#[derive(Debug, Clone)]
pub struct Begin {
    pub revision: u32,
    pub channel: &'static str,
    pub place: Option<String>,
    /// The platform's language, used as a default.
    pub language: Option<Language>,
    /// The citizen has answered this dialogue before.
    pub returning: bool,
    pub response: uuid::Uuid,
}
