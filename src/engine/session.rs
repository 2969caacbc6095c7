//! One walk through one revision: what outlives the process between two messages.

use super::media::{Album, Kept, Media};
use super::message::{Audience, ButtonKind, Text};
use crate::script::{AnswerType, Common, Language, Point, Question, Script, ScriptId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::serde::timestamp::microsecond;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub script: ScriptId,
    pub revision: u32,
    /// Names the session in buttons and seeds its shuffles.
    pub nonce: u64,
    pub response: Uuid,
    pub channel: String,
    pub place: Option<String>,
    pub language: Language,
    pub returning: bool,
    #[serde(with = "microsecond::required")]
    pub started_at: Timestamp,
    /// When the citizen last did something.
    #[serde(with = "microsecond::required")]
    pub touched_at: Timestamp,
    pub reminded: bool,
    pub state: State,
    pub answers: Vec<Answered>,
    /// Steps passed, in order: what was said and asked.
    pub trail: Vec<Passed>,
    /// Steps that visits return behind, innermost last.
    pub returns: Vec<String>,
    /// Questions answered before the citizen went back: passed over when they are reached again.
    pub kept: Vec<String>,
    /// How many questions were put, repeats included.
    pub visits: u16,
    /// How many messages got a name.
    pub named: u32,
    /// What the bot asks beside the open question.
    #[serde(default)]
    pub beside: Option<Beside>,
    /// How far the citizen was told to be: question so-and-so of so many.
    #[serde(default)]
    pub told: Option<(u16, u16)>,
    /// The citizen has agreed that voice messages are kept.
    #[serde(default)]
    pub voice: bool,
    /// A voice message that waits for that.
    #[serde(default)]
    pub pending: Option<Media>,
    #[serde(default)]
    pub album: Option<Album>,
    /// A keyboard for sharing a place or a number stands in the chat.
    #[serde(default)]
    pub keyboard: bool,
    /// The question of the quota is passed.
    #[serde(default)]
    pub admitted: bool,
    /// The counters in which the response is counted.
    #[serde(default)]
    pub counted: Vec<String>,
    /// Questions whose answer holds words of danger.
    #[serde(default)]
    pub urgent: Vec<String>,
    /// Statements and ideas that were drawn to be shown.
    #[serde(default)]
    pub drawn: Vec<Drawn>,
    /// When it ended the first time: an answer is being mended, or was.
    #[serde(default, with = "microsecond::optional")]
    pub finished_at: Option<Timestamp>,
    /// What was said beside the questions since the citizen last did something, where a page tells the conversation anew.
    #[serde(default)]
    pub remarks: Vec<Text>,
}

/// What was drawn for one vote, or after one idea; it stays as it is whatever happens to it meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// What the ids of its questions begin with.
    pub of: String,
    pub list: Vec<Shown>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The code of a statement of the script, else the name of a contribution.
    pub id: String,
    /// Somebody else's; `None`: the script has them.
    pub words: Option<String>,
}

/// A small question beside the open one, and the message that puts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    pub message: u64,
    pub asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asks {
    /// Shall the answer to the question with this number become that of the button?
    Change { step: u16, to: ButtonKind },
    /// Which language?
    Language,
    /// Will you go on?
    GoOn,
    /// May we keep your voice?
    Voice,
    /// Which answer is to be mended?
    Mend,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// The opening card is shown; nothing is kept for the institution before Start.
    Card {
        message: u64,
    },
    Waiting(Waiting),
    Finished(Ended),
}

/// The open question, by id, not index: it outlives the process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub at: String,
    pub visit: u16,
    /// Answers that did not fit, and what was said to the last of them.
    pub tries: u8,
    pub why: Option<String>,
    /// Codes ticked so far, for several-choice; in the order pressed, for a ranking.
    pub chosen: Vec<String>,
    /// An `other` was chosen: its words are awaited.
    pub other: Option<String>,
    /// The message that shows it, where it has buttons.
    pub message: Option<u64>,
    /// Where several options lay near: these alone were shown.
    #[serde(default)]
    pub only: Vec<u8>,
    /// Things that could not be read while it was open.
    #[serde(default)]
    pub unreadable: u8,
    /// Question so-and-so of so many, where that is told.
    #[serde(default)]
    pub progress: Option<(u16, u16)>,
    /// Files that came so far.
    #[serde(default)]
    pub media: Vec<Kept>,
    /// What the last of them was sent together with.
    #[serde(default)]
    pub album: Option<String>,
    /// A place outside was shared once.
    #[serde(default)]
    pub far: bool,
}

impl Waiting {
    /// For a question that is put, before anything was said to it.
    pub(super) fn new(at: String, visit: u16) -> Waiting {
        Waiting {
            at,
            visit,
            tries: 0,
            why: None,
            chosen: Vec::new(),
            other: None,
            message: None,
            only: Vec::new(),
            unreadable: 0,
            progress: None,
            media: Vec::new(),
            album: None,
            far: false,
        }
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    End,
    Stop,
    Timeout,
    Restarted,
    Switched,
    Quota,
    Closed,
    /// The opening card was declined, or nobody answered it: no response is kept.
    Declined,
}

/// A step on the trail, and where visits returned to while it was passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passed(pub String, pub Vec<String>);

// Of these a response has many: their names are kept short on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    #[serde(rename = "q")]
    pub question: String,
    #[serde(rename = "o")]
    pub outcome: Outcome,
    #[serde(rename = "t", with = "microsecond::required")]
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// `other` holds the citizen's own words beside the code.
    #[serde(rename = "g")]
    Given {
        #[serde(rename = "v")]
        value: Value,
        #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
        other: Option<String>,
    },
    Skipped,
    /// Given up after retries.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Code(String),
    Codes(Vec<String>),
    Number(Decimal),
    /// Free text, a name, an address.
    Text(String),
    /// `outside`: farther away than the question asks for.
    Place {
        point: Point,
        outside: bool,
    },
    /// Never empty.
    Media(Vec<Kept>),
    /// Codes, the first place first.
    Ranked(Vec<String>),
    Date(Date),
    Time(Time),
    /// Took part in a vote: what was voted is kept elsewhere.
    Voted,
}

/// The value of a question whose `other` option `code` is chosen, alone or among several.
pub(super) fn other_value(question: &Question, code: &str, several: &[String]) -> Value {
    match &question.answer {
        AnswerType::Multi { .. } => Value::Codes(several.to_vec()),
        AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_)
        | AnswerType::Rank { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => Value::Code(code.to_owned()),
    }
}

impl Session {
    pub fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished(_))
    }

    /// The answer that counts: that of a question on the trail. `None`: not asked.
    pub fn outcome(&self, question: &str) -> Option<&Outcome> {
        if !self.trail.iter().any(|p| p.0 == question) {
            return None;
        }
        self.answers.iter().find(|a| a.question == question).map(|a| &a.outcome)
    }

    /// The statement or idea that a question is about; `None` where there was none left to draw.
    pub fn shown(&self, question: &Question) -> Option<&Shown> {
        let (of, _) = question.id.rsplit_once('.')?;
        let no = match question.common? {
            Common::Statement { no } | Common::Like { no } => no,
            Common::OwnStatement | Common::Idea { .. } => return None,
        };
        self.drawn.iter().find(|d| d.of == of)?.list.get(no)
    }

    pub fn audience(&self, script: &Script) -> Audience {
        let Some(audience) = &script.header().audience else { return Audience::Unknown };
        let not_yet = |code: &String| audience.not_yet_users.contains(code);
        match self.outcome(&audience.question) {
            Some(Outcome::Given { value: Value::Code(code), .. }) if not_yet(code) => Audience::NotYetUser,
            Some(Outcome::Given { value: Value::Codes(codes), .. }) if codes.iter().any(not_yet) => {
                Audience::NotYetUser
            }
            Some(Outcome::Given { .. }) => Audience::User,
            Some(Outcome::Skipped | Outcome::Failed) | None => Audience::Unknown,
        }
    }

    /// A name for a message that a later turn may change.
    pub(super) fn name_message(&mut self) -> u64 {
        self.named += 1;
        self.nonce.wrapping_add(u64::from(self.named))
    }

    pub(super) fn set(&mut self, question: &str, outcome: Outcome, at: Timestamp) {
        self.answers.retain(|a| a.question != question);
        self.answers.push(Answered { question: question.to_owned(), outcome, at });
    }
}

/// The form in which bodies are kept: a version byte, then MessagePack with names, so that a field can be added. Times are
/// microseconds since 1970.
const FORMAT: u8 = 2;

#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("body of format {0} was written by another version")]
    Foreign(u8),
    #[error("body is cut or damaged: {0}")]
    Damaged(String),
}

/// Bytes of a session, a response or a message.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = vec![FORMAT];
    let mut serializer = rmp_serde::Serializer::new(&mut bytes).with_struct_map();
    value.serialize(&mut serializer).map_err(|e| CodecError::Damaged(e.to_string()))?;
    Ok(bytes)
}

/// The value that [`encode`] wrote.
pub fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((&FORMAT, rest)) => rmp_serde::from_slice(rest).map_err(|e| CodecError::Damaged(e.to_string())),
        Some((format, _)) => Err(CodecError::Foreign(*format)),
        None => Err(CodecError::Damaged("empty".to_owned())),
    }
}
