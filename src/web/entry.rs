//! A dialogue in the list of those that may be read: what staff wrote at its top, and how much there is.

use crate::export::Codebook;
use crate::script::{Basis, Keep, Language, Script, Words};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The dialogues that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dialogues {
    pub dialogues: Vec<Entry>,
}

/// One dialogue. What staff wrote is that of its latest revision, and missing where this version of snak cannot read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// `institution/dialogue`
    pub path: String,
    #[serde(flatten)]
    pub header: Option<Header>,
    pub revisions: Vec<Revision>,
    /// Responses that are there and not erased.
    pub responses: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Revision {
    pub number: u32,
    pub fingerprint: String,
    #[schema(format = DateTime)]
    pub published_at: String,
}

/// Texts by the tag of their language.
type Texts = BTreeMap<String, String>;

/// What staff wrote at the top.
#[derive(Debug, Serialize, ToSchema)]
pub struct Header {
    pub title: Texts,
    /// Its name.
    pub institution: Texts,
    pub languages: Vec<String>,
    pub owner: String,
    pub purpose: Texts,
    pub method: Texts,
    pub target_group: Texts,
    pub expected_effect: Texts,
    pub method_mix: Vec<String>,
    pub give_back: GiveBack,
    pub period: Period,
    pub privacy: Privacy,
    pub entry: EntryCode,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GiveBack {
    #[schema(value_type = String, format = Date)]
    pub by: Date,
    pub how: Texts,
}

/// Both days belong to it; without an end it is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Privacy {
    /// `public_task` or `consent`
    pub basis: String,
    pub anonymous: bool,
    /// How long answers are kept, such as `12 months`.
    pub keep: String,
    /// What citizens wrote in their own words, where that is shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_text: Option<String>,
    /// Their pictures, voices and files, where that is shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_media: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EntryCode {
    pub code: String,
    /// What hangs where, by the code of the place.
    pub places: BTreeMap<String, String>,
}

impl Header {
    pub fn of(script: &Script) -> Header {
        let header = script.header();
        let privacy = &header.privacy;
        Header {
            title: texts(&header.title),
            institution: texts(&script.institution().name),
            languages: header.languages.iter().map(|l: &Language| l.tag().to_owned()).collect(),
            owner: header.owner.clone(),
            purpose: texts(&header.purpose),
            method: texts(&header.method),
            target_group: texts(&header.target_group),
            expected_effect: texts(&header.expected_effect),
            method_mix: header.method_mix.clone(),
            give_back: GiveBack { by: header.give_back.by, how: texts(&header.give_back.how) },
            period: Period { from: header.period.from, to: header.period.to },
            privacy: Privacy {
                basis: basis(privacy.basis).to_owned(),
                anonymous: privacy.anonymous,
                keep: keep(privacy.keep),
                keep_text: privacy.keep_text.map(keep),
                keep_media: privacy.keep_media.map(keep),
            },
            entry: EntryCode {
                code: header.entry.code.clone(),
                places: header.entry.places.iter().cloned().collect(),
            },
        }
    }
}

/// Those of a codebook.
pub fn revisions(book: &Codebook) -> Vec<Revision> {
    let each = book.revisions.iter().map(|r| Revision {
        number: r.number,
        fingerprint: r.fingerprint.clone(),
        published_at: format!("{:.0}", r.published_at),
    });
    each.collect()
}

fn texts(words: &Words) -> Texts {
    words.languages().map(|(language, text)| (language.tag().to_owned(), text.plain())).collect()
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "consent",
        Basis::PublicTask => "public_task",
    }
}

fn keep(keep: Keep) -> String {
    match keep {
        Keep { months, days: 0 } => format!("{months} months"),
        Keep { months: 0, days } => format!("{days} days"),
        Keep { months, days } => format!("{months} months {days} days"),
    }
}
