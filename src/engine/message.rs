//! What comes out of a turn: messages in no platform's form, and everything else the world shall do.

use super::session::{Answered, Ended, Session};
use crate::script::{IllustrationKind, Language, MediaKind, ScriptId, Style};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::serde::timestamp::microsecond;
use serde::{Deserialize, Serialize};

/// Words with their formatting. Nothing in it is markup: a citizen's `*` is a star.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text(pub Vec<Run>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run(pub String, pub Style);

impl Text {
    pub fn plain(text: impl Into<String>) -> Text {
        Text(vec![Run(text.into(), Style::Plain)])
    }
    pub fn push(&mut self, text: &str, style: Style) {
        match self.0.last_mut() {
            Some(Run(last, s)) if *s == style => last.push_str(text),
            _ if text.is_empty() => {}
            _ => {
                // What is said grows: a line below, how far the citizen is.
                let mut first = String::with_capacity(text.len() + 64);
                first.push_str(text);
                self.0.push(Run(first, style));
            }
        }
    }
    pub fn line(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.push("\n", Style::Plain);
        }
        self.push(text, Style::Plain);
    }
    pub fn append(&mut self, other: Text) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        for Run(text, style) in &other.0 {
            self.push(text, *style);
        }
    }
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|r| r.0.trim().is_empty())
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|Run(text, _)| f.write_str(text))
    }
}

/// One thing the bot says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Our name for it, where a later turn may change it.
    pub of: Option<u64>,
    pub language: Language,
    pub text: Text,
    /// Rows of buttons under the message; empty for none.
    pub buttons: Vec<Vec<Button>>,
    /// What a typed answer to it would be; `None` where nothing is asked.
    pub field: Option<Field>,
    /// A keyboard in place of the citizen's own, where the platform has such.
    #[serde(default)]
    pub keyboard: Option<Keyboard>,
    /// A link that the citizen can pass on.
    #[serde(default)]
    pub share: Option<Share>,
    /// A picture or a film; the text says what is to be seen in it.
    #[serde(default)]
    pub illustration: Option<Illustration>,
    /// A page that can be opened.
    #[serde(default)]
    pub link: Option<Link>,
    /// A file that is made for the citizen, with the text beside it.
    #[serde(default)]
    pub file: Option<TextFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFile {
    pub name: String,
    pub text: String,
}

/// Names a file of an institution. It is read when it is sent or looked at, and may be gone by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Illustration {
    pub kind: IllustrationKind,
    pub institution: String,
    /// Below the institution's folder `media`.
    pub file: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The words on the button.
    pub label: String,
    pub url: String,
}

/// What is passed on: the channel makes the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The words on the button.
    pub label: String,
    /// `aabn_ven`: entry code and place.
    pub payload: String,
    /// What stands beside the link, for the citizen to change.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keyboard {
    /// Shares where the citizen is; `write`: the words on a button for writing it instead. The message's buttons stand there too.
    Share { share: String, write: Option<String> },
    /// The one from before goes.
    Remove,
    /// Shares the citizen's own telephone number. The message's buttons stand there too.
    Number { share: String },
}

impl Message {
    /// Neither words nor buttons.
    pub fn bare(language: Language) -> Message {
        Message {
            of: None,
            language,
            text: Text::default(),
            buttons: Vec::new(),
            field: None,
            keyboard: None,
            share: None,
            illustration: None,
            link: None,
            file: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    pub press: Press,
    /// For several-choice: chosen or not.
    pub on: Option<bool>,
}

/// How a question can be answered by typing or in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    OneOf {
        other: bool,
    },
    SeveralOf {
        other: bool,
    },
    Text {
        max_length: usize,
    },
    Number,
    /// Up to `max` more files.
    Files {
        kind: MediaKind,
        max: usize,
    },
    /// The first so many places of a ranking of the options; `chosen` are those that have one already, in order. Their
    /// labels begin with the place, `1. `.
    Ranked {
        places: usize,
        chosen: Vec<u8>,
    },
    /// Both days inside.
    Date {
        min: Option<Date>,
        max: Option<Date>,
    },
    Time {
        min: Option<Time>,
        max: Option<Time>,
    },
    Email,
    Phone,
    Name,
}

/// Which button of which question was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    /// The session's nonce.
    pub session: u64,
    /// The question's number; 0 is the opening card.
    pub step: u16,
    /// How many questions had been put when this one was: tells a repeated question from its earlier showing.
    pub visit: u16,
    pub button: ButtonKind,
}

/// What a button does. The numbers travel in buttons that may be pressed years later: they are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ButtonKind {
    /// The option's place in the file, 0 to 59. Of a scale: the value less the lowest.
    Option(u8),
    Skip,
    Done,
    Start,
    MoreData,
    NoThanks,
    /// Place in the dialogue's languages.
    Language(u8),
    Correct,
    GoOn,
    StartOver,
    Switch,
    AnswerAgain,
    /// Yes, another answer than before.
    Change,
    /// No, the answer as it was.
    Keep,
    /// One more file.
    More,
    /// Yes, voice messages may be kept.
    Allow,
    Refuse,
    /// Takes the last place of a ranking back.
    Undo,
    /// Yes, everything that is kept goes.
    Forget,
    /// To an answer of a session that has ended.
    Mend,
    /// To be told of the result.
    News,
}

impl ButtonKind {
    pub fn to_byte(self) -> u8 {
        match self {
            ButtonKind::Option(n) => n.min(99),
            ButtonKind::Language(n) => 200 + n.min(30),
            ButtonKind::Skip => 100,
            ButtonKind::Done => 101,
            ButtonKind::Start => 102,
            ButtonKind::MoreData => 103,
            ButtonKind::NoThanks => 104,
            ButtonKind::Correct => 105,
            ButtonKind::GoOn => 106,
            ButtonKind::StartOver => 107,
            ButtonKind::Switch => 108,
            ButtonKind::AnswerAgain => 109,
            ButtonKind::Change => 110,
            ButtonKind::Keep => 111,
            ButtonKind::More => 112,
            ButtonKind::Allow => 113,
            ButtonKind::Refuse => 114,
            ButtonKind::Undo => 120,
            ButtonKind::Forget => 121,
            ButtonKind::Mend => 122,
            ButtonKind::News => 123,
        }
    }
    pub fn from_byte(byte: u8) -> Option<ButtonKind> {
        Some(match byte {
            0..=99 => ButtonKind::Option(byte),
            200..=230 => ButtonKind::Language(byte - 200),
            100 => ButtonKind::Skip,
            101 => ButtonKind::Done,
            102 => ButtonKind::Start,
            103 => ButtonKind::MoreData,
            104 => ButtonKind::NoThanks,
            105 => ButtonKind::Correct,
            106 => ButtonKind::GoOn,
            107 => ButtonKind::StartOver,
            108 => ButtonKind::Switch,
            109 => ButtonKind::AnswerAgain,
            110 => ButtonKind::Change,
            111 => ButtonKind::Keep,
            112 => ButtonKind::More,
            113 => ButtonKind::Allow,
            114 => ButtonKind::Refuse,
            120 => ButtonKind::Undo,
            121 => ButtonKind::Forget,
            122 => ButtonKind::Mend,
            123 => ButtonKind::News,
            _ => return None,
        })
    }
}

/// What the world shall do after a turn, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Say(Message),
    /// The message sent earlier becomes this; an empty text leaves its words as they are. Without buttons it is not touched
    /// again.
    Amend {
        of: u64,
        message: Message,
    },
    /// A word shown over the button that was pressed, where the platform can.
    Toast(String),
    /// Asked for beside the open question: the session stays as it is.
    Wish(Wish),
    /// What the citizen just wrote must not stay in the chat either.
    Unsay,
    /// The response ended or changed.
    Respond(Response),
    /// The addresses that the citizen has given in this dialogue are these from now on, apart from the answers; empty: none.
    Contacts(ScriptId, Vec<Contact>),
    /// Kept apart from the response.
    Apart(Apart),
    /// The conversation's one wake-up; later ones replace earlier.
    WakeAt(Timestamp),
}

/// What a citizen asks for that concerns everything that is kept of them, whatever is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To see it.
    MyData,
    /// To have it deleted.
    Delete,
}

/// How to reach a citizen who asked for it. Nothing in it leads to the answers: neither the response nor when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The question that asked for it.
    pub question: String,
    pub way: Way,
    /// `jens@x.dk`, `+4520304050`.
    pub address: String,
    pub language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Email,
    Phone,
}

/// What is kept apart from the response, because others see it or because it must not be joined with the answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Apart {
    /// Adds to a counter that [`Facts`](super::Facts) tells of later.
    Count {
        name: String,
        add: i64,
    },
    Flag(Flag),
    /// What the citizen voted; nothing of it is in the response.
    Votes {
        dialogue: ScriptId,
        revision: u32,
        vote: String,
        ballots: Vec<Ballot>,
    },
    /// What the citizen gave in this session for others to see, and when; an earlier one of the same question gives way.
    Contribute {
        dialogue: ScriptId,
        /// The session's nonce.
        session: u64,
        contributions: Vec<(Timestamp, Contribution)>,
    },
    /// The citizen wants to hear more of this dialogue here in the chat, in this language; `None`: does not.
    Subscribe {
        dialogue: ScriptId,
        language: Option<Language>,
    },
    /// The citizen has stopped, and hears of no dialogue any more.
    Quiet,
}

/// What one citizen said to one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// As [`Shown`](super::Shown) has it.
    pub statement: String,
    pub words: Option<String>,
    pub vote: Vote,
    /// Where the institution is.
    pub day: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    Agree,
    Disagree,
    Pass,
}

impl Vote {
    pub const ALL: [Vote; 3] = [Vote::Agree, Vote::Disagree, Vote::Pass];
    pub fn name(self) -> &'static str {
        match self {
            Vote::Agree => "agree",
            Vote::Disagree => "disagree",
            Vote::Pass => "pass",
        }
    }
}

/// A vote as it is kept, in a log of its own: nothing in it leads to the response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteRow {
    pub revision: u32,
    /// The citizen's name in this vote and nowhere else.
    pub voter: String,
    pub statement: String,
    /// Of a statement that a citizen has added.
    pub words: Option<String>,
    pub vote: Vote,
    pub day: Date,
}

/// A statement or an idea as it waits for staff, and what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub contribution: Contribution,
    pub review: Review,
    /// Whose it was has been erased: nothing leads from it to anybody, and nobody can take it back.
    #[serde(default)]
    pub detached: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    Held,
    /// Others see it.
    Approved,
    Rejected,
}

/// A statement or an idea, for others to see once staff have read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    pub is_idea: bool,
    /// The vote or the idea in the script.
    pub of: String,
    /// The question that it answers, which tells the rounds of a `repeat` apart.
    pub question: String,
    pub revision: u32,
    pub words: String,
    pub language: Language,
    pub day: Date,
}

/// Staff are asked to look at the answers to a question today. What was written is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    pub dialogue: ScriptId,
    pub question: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub session: Session,
    pub effects: Vec<Effect>,
}

/// Everything a citizen answered in one session, as it is kept for the institution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    pub id: uuid::Uuid,
    pub dialogue: ScriptId,
    /// Put in when it is stored: the engine knows no citizens.
    pub citizen: String,
    pub revision: u32,
    pub channel: String,
    pub language: Language,
    pub place: Option<String>,
    pub audience: Audience,
    pub status: Status,
    pub ended: Ended,
    #[serde(with = "microsecond::required")]
    pub started_at: Timestamp,
    #[serde(with = "microsecond::required")]
    pub finished_at: Timestamp,
    #[serde(with = "microsecond::required")]
    pub changed_at: Timestamp,
    /// In the order in which they were given.
    pub answers: Vec<Answered>,
    /// Answers whose question is no longer on the way.
    pub withdrawn: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    NotYetUser,
    User,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Complete,
    Partial,
}
