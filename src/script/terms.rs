//! Who asks, why, and on what terms: what stands above the steps of a checked dialogue.

use super::illustration::MediaFile;
use super::model::ItemNo;
use super::problem::StaffLanguage;
use super::words::{Language, Words};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
