//! A checked dialogue. Made only by [`Script::parse`], so whoever holds one need not check again.

use super::condition::{Condition, Day};
use super::fold::fold;
use super::illustration::{Illustration, Link, MediaFile};
use super::part::{NEWS_WHERE, WANTS_NEWS};
use super::place::Around;
use super::problem::StaffLanguage;
use super::words::{Language, Words};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// `institution/dialogue`, as the folder and the file are called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScriptId(pub String);

impl ScriptId {
    pub fn institution(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
    pub fn dialogue(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
    }
}

impl std::fmt::Display for ScriptId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Place in [`Script::items`].
pub type ItemNo = usize;

#[derive(Debug, Clone)]
pub struct Script {
    pub(super) id: ScriptId,
    pub(super) fingerprint: String,
    pub(super) institution: Institution,
    pub(super) header: Header,
    pub(super) items: Vec<Item>,
    pub(super) questions: FxHashMap<String, ItemNo>,
    pub(super) ids: FxHashMap<String, ItemNo>,
    pub(super) longest: Vec<u16>,
    /// As it is on channels that have words of their own.
    pub(super) elsewhere: Vec<(String, Script)>,
    pub(super) parts: Vec<Part>,
    pub(super) opt_ins: Vec<String>,
    pub(super) votes: Vec<Vote>,
}

impl Script {
    pub fn id(&self) -> &ScriptId {
        &self.id
    }
    /// SHA-256 over the dialogue's text and everything it draws in, in hex.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
    pub fn institution(&self) -> &Institution {
        &self.institution
    }
    pub fn header(&self) -> &Header {
        &self.header
    }
    /// Every step, in the order of the file; rounds after the first come last. The conversation begins with the first.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
    pub fn item(&self, no: ItemNo) -> &Item {
        &self.items[no]
    }
    /// The questions on the longest way from an item to where its list runs out, itself included.
    pub fn longest_from(&self, no: ItemNo) -> u16 {
        self.longest[no]
    }
    /// For each time the opt-in is used: the ids of whether the citizen wants to hear more, and where.
    pub fn opt_ins(&self) -> impl Iterator<Item = [String; 2]> {
        self.opt_ins.iter().map(|prefix| [WANTS_NEWS, NEWS_WHERE].map(|id| format!("{prefix}.{id}")))
    }
    /// The parts it uses, for the frozen revision.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
    /// In the order of the file.
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }
    pub fn vote(&self, id: &str) -> Option<&Vote> {
        self.votes.iter().find(|v| v.id == id)
    }
    pub fn find(&self, id: &str) -> Option<ItemNo> {
        self.ids.get(id).copied()
    }
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.get(id).and_then(|no| self.items[*no].question())
    }
    /// Every question, in the order of the file.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.items.iter().filter_map(Item::question)
    }
    pub fn first_language(&self) -> Language {
        self.header.languages.first().copied().unwrap_or(Language::DANISH)
    }
    /// `wanted` if the dialogue is offered in it, else its first language.
    pub fn offered(&self, wanted: Option<Language>) -> Language {
        wanted.filter(|l| self.header.languages.contains(l)).unwrap_or(self.first_language())
    }
    pub fn contact(&self) -> &str {
        self.header.contact.as_deref().or(self.institution.contact.as_deref()).unwrap_or_default()
    }
    /// Whether it can be begun on a channel. In the console staff try it out, whatever it says.
    pub fn runs_on(&self, channel: &str) -> bool {
        let named = &self.header.defaults.channels;
        named.is_empty() || channel == "console" || named.iter().any(|c| c == channel)
    }
    /// Whether the dialogue's period holds `now`, in the institution's time zone; both days count whole.
    pub fn period_at(&self, now: Timestamp) -> PeriodState {
        let today = now.to_zoned(self.institution.timezone.clone()).date();
        match &self.header.period {
            Period { from, .. } if today < *from => PeriodState::NotYet(*from),
            Period { to: Some(to), .. } if today > *to => PeriodState::Over(*to),
            Period { .. } => PeriodState::Open,
        }
    }
    /// When the period is over; `None` where it is open until unpublished.
    pub fn period_end(&self) -> Option<Timestamp> {
        let after = self.header.period.to?.tomorrow().ok()?;
        Some(after.to_zoned(self.institution.timezone.clone()).ok()?.timestamp())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodState {
    NotYet(Date),
    Open,
    Over(Date),
}

/// Who asks, and what all its dialogues share.
#[derive(Debug, Clone)]
pub struct Institution {
    pub folder: String,
    pub name: Words,
    pub contact: Option<String>,
    pub data_protection_contact: Option<String>,
    /// What its staff read messages in.
    pub staff_language: StaffLanguage,
    pub timezone: TimeZone,
    pub languages: Vec<Language>,
    pub defaults: Defaults,
    pub urgent: Urgent,
    /// A picture in its folder `media`.
    pub logo: Option<String>,
    /// Where its own accessibility statement stands.
    pub accessibility: Option<String>,
    /// The file as read, for the fingerprint and the frozen revision.
    pub source: String,
    /// The parts its dialogues may use, its own first.
    pub parts: Arc<[Part]>,
    /// The files in its folder `media`; `None` where nobody has looked.
    pub media: Option<Arc<[MediaFile]>>,
}

/// Steps that dialogues share, as they lie in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// As the file is called.
    pub name: String,
    /// Path below the dialogues folder.
    pub file: String,
    pub source: String,
}

/// What is noticed in free text, and what is said then.
#[derive(Debug, Clone)]
pub struct Urgent {
    /// Finds them in folded text; `None`: nothing is noticed.
    pub keywords: Option<Regex>,
    /// `None`: the bot's own words.
    pub text: Option<Words>,
}

/// What a dialogue inherits where it says nothing itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    pub quiet_hours: (Time, Time),
    pub remind_after: SignedDuration,
    pub give_up_after: SignedDuration,
    pub retries: u8,
    pub redact: Vec<Redact>,
    pub progress: bool,
    /// Where it can be begun; empty: everywhere.
    pub channels: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redact {
    Cpr,
    Phone,
    Email,
}

#[derive(Debug, Clone)]
pub struct Header {
    pub title: Words,
    pub languages: Vec<Language>,
    pub owner: String,
    pub contact: Option<String>,
    pub purpose: Words,
    pub method: Words,
    pub target_group: Words,
    pub expected_effect: Words,
    pub method_mix: Vec<String>,
    pub give_back: GiveBack,
    pub period: Period,
    pub minutes: Option<u16>,
    pub privacy: Privacy,
    pub entry: Entry,
    pub audience: Option<Audience>,
    pub quota: Option<Quota>,
    pub answer_again: bool,
    pub defaults: Defaults,
}

#[derive(Debug, Clone)]
pub struct GiveBack {
    pub by: Date,
    pub how: Words,
}

/// Both days inclusive; `to: None` is open until unpublished.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    pub from: Date,
    pub to: Option<Date>,
}

#[derive(Debug, Clone)]
pub struct Privacy {
    pub basis: Basis,
    pub anonymous: bool,
    pub keep: Keep,
    /// What citizens write in their own words goes sooner; never later than `keep`.
    pub keep_text: Option<Keep>,
    /// The same for their pictures, voices and files.
    pub keep_media: Option<Keep>,
    pub notice: Words,
    pub link: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    Consent,
    PublicTask,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    pub months: i32,
    pub days: i32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub code: String,
    pub keywords: Vec<String>,
    /// Code and description, in the order of the file.
    pub places: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    pub question: String,
    pub not_yet_users: Vec<String>,
    /// Where users are sent instead.
    pub otherwise: Option<ItemNo>,
}

/// How many complete responses are enough.
#[derive(Debug, Clone)]
pub struct Quota {
    pub total: Option<u32>,
    /// So many of each.
    pub per: Option<(Per, u32)>,
    pub when_full: Option<Words>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Per {
    /// Each answer to this question, of which one is chosen.
    Question(String),
    Place,
}

/// One thing said, asked or decided.
#[derive(Debug, Clone)]
pub struct Item {
    /// A question's own id, else its place in the file: `steps.3`, `musik.0`. Outlives the process.
    pub id: String,
    pub when: Option<Condition>,
    pub kind: Kind,
    pub next: Next,
    /// 0: `steps`; n: the n-th of `sections`.
    pub section: usize,
    /// What it says instead on some channels.
    pub on: Vec<Variant>,
    /// With what is said comes a link to pass on.
    pub share: bool,
    /// What is shown after the words.
    pub illustrations: Vec<Illustration>,
    /// Stands under the last of it.
    pub link: Option<Link>,
}

/// What a step says on one channel: other words, or only these options with other labels; empty for no change.
#[derive(Debug, Clone)]
pub struct Variant {
    pub channel: String,
    pub text: Vec<Words>,
    pub labels: Vec<(String, Words)>,
}

impl Item {
    /// An item that stands alone: it is not yet said where it goes on.
    pub(super) fn new(id: impl Into<String>, kind: Kind) -> Item {
        let id = id.into();
        Item {
            id,
            when: None,
            kind,
            next: Next::Return,
            section: 0,
            on: Vec::new(),
            share: false,
            illustrations: Vec::new(),
            link: None,
        }
    }
    pub fn question(&self) -> Option<&Question> {
        match &self.kind {
            Kind::Ask(question) => Some(question),
            Kind::Say(_) | Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) | Kind::End(_) => None,
        }
    }
}

/// Where a list of steps goes on after an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Item(ItemNo),
    /// The list ran out: back to where it was visited from, or the normal ending.
    Return,
}

#[derive(Debug, Clone)]
pub enum Kind {
    /// One bubble each.
    Say(Vec<Words>),
    Ask(Box<Question>),
    Group {
        first: Option<ItemNo>,
    },
    Visit(Target),
    Goto(Target),
    End(Option<Words>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Item(ItemNo),
    End,
}

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
    /// Whether only children choose it: code or label says that one is under fifteen, or under less.
    pub fn is_for_children(&self) -> bool {
        let young = |text: &str| {
            let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
            words.windows(2).any(|w| w[0] == "under" && w[1].parse().is_ok_and(|n: i64| n <= AGE_OF_CONSENT))
        };
        young(&self.code.replace('_', " ")) || self.folded.labels.iter().any(|label| young(label))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    Visit(Target),
    Goto(Target),
}
