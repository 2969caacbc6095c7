//! A checked dialogue and its steps. Made only by [`Script::parse`], so whoever holds one need not check again.

pub use super::asked::*;
pub use super::terms::*;

use super::condition::Condition;
use super::illustration::{Illustration, Link};
use super::part::{NEWS_WHERE, WANTS_NEWS};
use super::words::{Language, Words};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    Visit(Target),
    Goto(Target),
}
