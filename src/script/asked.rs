//! What a checked dialogue asks, and how it can be answered.

use super::condition::{Condition, Day};
use super::fold::fold;
use super::model::Jump;
use super::place::Around;
use super::terms::Redact;
use super::words::Words;
use jiff::civil::Time;
use regex::Regex;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub struct Question {
    pub id: String,
    /// Order in the file from 1. 0 is the opening card.
    pub number: u16,
    pub text: Words,
    pub hint: Option<Words>,
    pub answer: AnswerType,
    pub skip: Skip,
    pub retry: Option<Words>,
    pub retries: u8,
    pub example: Option<Words>,
    pub sensitive: bool,
    pub redact: Vec<Redact>,
    /// Earlier ids: their answers are this question's.
    pub was: Vec<String>,
    pub round: Option<Round>,
    pub common: Option<Common>,
    /// A table with a row for each response in which it, or what goes with it, was answered.
    pub table: Option<String>,
}

/// What a question is in a step that citizens see each other's words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Common {
    /// Whether the citizen agrees with a statement; `no` counts from 0 in what was drawn.
    Statement { no: usize },
    /// A statement of the citizen's own, for others.
    OwnStatement,
    /// `publish`: others see it once it has been read.
    Idea { publish: bool },
    /// Whether the citizen likes somebody else's idea; `no` as above.
    Like { no: usize },
}

impl Common {
    pub fn is_statement(self) -> bool {
        matches!(self, Common::Statement { .. })
    }
}

impl Question {
    /// Kept apart from the answers, never in a response.
    pub fn is_apart(&self) -> bool {
        match self.common {
            Some(Common::Statement { .. } | Common::OwnStatement | Common::Like { .. }) => true,
            Some(Common::Idea { .. }) | None => self.answer.is_contact(),
        }
    }
    /// Whether a script can name it: what is drawn while the conversation runs has no name there.
    pub fn is_named(&self) -> bool {
        !matches!(self.common, Some(Common::Statement { .. } | Common::Like { .. }))
    }
    /// The vote or the idea that it belongs to, as the script calls it.
    pub fn common_of(&self) -> Option<&str> {
        let id = match &self.round {
            Some(Round::Asks { id, .. }) => id.as_str(),
            Some(Round::Again) | None => self.id.as_str(),
        };
        let before = |id: &'_ str| id.rfind('.').unwrap_or(id.len());
        Some(match self.common? {
            Common::Idea { .. } => id,
            Common::Statement { .. } | Common::OwnStatement => &id[..before(id)],
            Common::Like { .. } => {
                let likes = &id[..before(id)];
                &likes[..before(likes)]
            }
        })
    }
}

/// Statements that citizens agree with or not, one at a time.
#[derive(Debug, Clone)]
pub struct Vote {
    pub id: String,
    pub text: Words,
    /// Those of the script; citizens may add more.
    pub statements: Options,
    /// Citizens may add statements, and see those that others have added.
    pub adds: bool,
    /// The ids of its questions, in the order in which they are put.
    pub slots: Vec<String>,
}

/// What a question is in a round of a `repeat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// One of its steps: `id` is the name in the script, `no` counts from 1.
    Asks { of: String, no: u16, id: String },
    /// Whether there is one more.
    Again,
}

#[derive(Debug, Clone)]
pub enum Skip {
    No,
    Yes,
    /// With the question's own label.
    As(Words),
}

#[derive(Debug, Clone)]
pub enum AnswerType {
    Choice(Options),
    Multi {
        options: Options,
        min: usize,
        max: usize,
    },
    YesNo(Options),
    Scale {
        min: i64,
        max: i64,
        labels: Vec<(i64, Words)>,
    },
    Number {
        min: Option<Decimal>,
        max: Option<Decimal>,
    },
    /// `voice`: a voice message is an answer too.
    Text {
        min_length: usize,
        max_length: usize,
        pattern: Option<Regex>,
        voice: bool,
    },
    /// `or_text`: words are an answer too. `within`: where a place is taken without asking twice.
    Location {
        or_text: bool,
        within: Option<Around>,
    },
    Media(Wanted),
    /// The first `pick` places of a ranking.
    Rank {
        options: Options,
        pick: usize,
    },
    Date {
        min: Option<Day>,
        max: Option<Day>,
    },
    Time {
        min: Option<Time>,
        max: Option<Time>,
    },
    Email,
    Phone,
    Name,
}

/// Which files answer a question, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub kind: MediaKind,
    pub max_files: usize,
    pub max_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Photo,
    Voice,
    File,
}

impl MediaKind {
    pub fn named(name: &str) -> Option<MediaKind> {
        [MediaKind::Photo, MediaKind::Voice, MediaKind::File].into_iter().find(|kind| kind.name() == name)
    }
    pub fn name(self) -> &'static str {
        match self {
            MediaKind::Photo => "photo",
            MediaKind::Voice => "voice",
            MediaKind::File => "file",
        }
    }
}

impl AnswerType {
    pub fn name(&self) -> &'static str {
        match self {
            AnswerType::Choice(_) => "choice",
            AnswerType::Multi { .. } => "multi",
            AnswerType::YesNo(_) => "yesno",
            AnswerType::Scale { .. } => "scale",
            AnswerType::Number { .. } => "number",
            AnswerType::Text { .. } => "text",
            AnswerType::Location { .. } => "location",
            AnswerType::Media(wanted) => wanted.kind.name(),
            AnswerType::Rank { .. } => "rank",
            AnswerType::Date { .. } => "date",
            AnswerType::Time { .. } => "time",
            AnswerType::Email => "email",
            AnswerType::Phone => "phone",
            AnswerType::Name => "name",
        }
    }
    pub fn options(&self) -> Option<&Options> {
        match self {
            AnswerType::Choice(o)
            | AnswerType::YesNo(o)
            | AnswerType::Multi { options: o, .. }
            | AnswerType::Rank { options: o, .. } => Some(o),
            AnswerType::Scale { .. }
            | AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Date { .. }
            | AnswerType::Time { .. }
            | AnswerType::Email
            | AnswerType::Phone
            | AnswerType::Name
            | AnswerType::Location { .. }
            | AnswerType::Media(_) => None,
        }
    }
    pub fn options_mut(&mut self) -> Option<&mut Options> {
        match self {
            AnswerType::Choice(o)
            | AnswerType::YesNo(o)
            | AnswerType::Multi { options: o, .. }
            | AnswerType::Rank { options: o, .. } => Some(o),
            AnswerType::Scale { .. }
            | AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Date { .. }
            | AnswerType::Time { .. }
            | AnswerType::Email
            | AnswerType::Phone
            | AnswerType::Name
            | AnswerType::Location { .. }
            | AnswerType::Media(_) => None,
        }
    }
    /// An address of a person: kept apart from the answers, never in a response.
    pub fn is_contact(&self) -> bool {
        matches!(self, AnswerType::Email | AnswerType::Phone)
    }
    /// Typed in many ways: what it was taken for is shown back.
    pub fn is_shown_back(&self) -> bool {
        matches!(
            self,
            AnswerType::Date { .. } | AnswerType::Time { .. } | AnswerType::Email | AnswerType::Phone
        )
    }
}

#[derive(Debug, Clone)]
pub struct Options {
    pub list: Vec<Choice>,
    pub shuffle: bool,
}

impl Options {
    pub fn find(&self, code: &str) -> Option<&Choice> {
        self.list.iter().find(|o| o.code == code)
    }
}

#[derive(Debug, Clone)]
pub struct Choice {
    pub code: String,
    pub label: Words,
    /// A short reply when it is chosen.
    pub say: Option<Words>,
    pub jump: Option<Jump>,
    pub also: Vec<String>,
    /// Asks for the citizen's own words.
    pub other: bool,
    pub exclusive: bool,
    /// Keeps its place when the rest is shuffled.
    pub fixed: bool,
    pub when: Option<Condition>,
    pub was: Vec<String>,
    pub folded: Folded,
}

/// An option's words as typed text is compared with them.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    pub labels: Vec<String>,
    /// A number may be meant as the label, not as the option's place.
    pub has_digit: bool,
    /// Code and synonyms.
    pub names: Vec<String>,
}

impl Choice {
    /// One that the script does not write itself: it keeps its place, and is nothing but its label.
    pub(super) fn named(code: &str, label: Words) -> Choice {
        Choice {
            code: code.to_owned(),
            label,
            say: None,
            jump: None,
            also: Vec::new(),
            other: false,
            exclusive: false,
            fixed: true,
            when: None,
            was: Vec::new(),
            folded: Folded::default(),
        }
    }

    pub(super) fn folded(mut self) -> Choice {
        self.folded.labels = self.label.languages().map(|(_, t)| fold(&t.plain())).collect();
        self.folded.has_digit = self.folded.labels.iter().any(|l| l.contains(|c: char| c.is_ascii_digit()));
        self.folded.names = std::iter::once(&self.code).chain(&self.also).map(|t| fold(t)).collect();
        self
    }
}

/// Danish law sets the age of consent to online services at this many years.
pub const AGE_OF_CONSENT: i64 = 15;

impl Choice {
    /// Whether only children choose it: code or label says that one is under fifteen, or under less. "Under 15 minutter" is no age.
    pub fn is_for_children(&self) -> bool {
        let years = ["år", "aar", "years", "year"];
        let is_age = |behind: &str| {
            let digits = behind.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let unit = behind.trim_start()[digits.len()..].trim_start();
            let unit = unit.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
            let young = digits.parse().is_ok_and(|n: i64| n <= AGE_OF_CONSENT);
            young && (unit.is_empty() || years.contains(&unit))
        };
        let young = |text: &str| text.split("under").skip(1).any(is_age);
        young(&self.code.replace('_', " "))
            || self.label.languages().any(|(_, label)| young(&label.plain().to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_fifteen_is_an_age_unless_something_else_is_counted() {
        let is = |code: &str| Choice::named(code, Words::default()).is_for_children();
        assert!(["under_15", "under_12", "under_15_aar", "barn_under_10"].iter().all(|code| is(code)));
        assert!(
            !["under_10_km", "under_15_minutter", "under_16", "over_15", "under"].iter().any(|code| is(code))
        );
    }
}
