//! The institution's file: its name and what all its dialogues share.

use super::channels::where_it_runs;
use super::fields::{Reader, wrong_value};
use super::illustration::{MediaFile, address, logo};
use super::languages::languages;
use super::left_out;
use super::model::*;
use super::problem::{Problem, Span, StaffLanguage, both};
use super::tree::{Entry, Node};
use super::urgent::urgent;
use super::words::{Language, Template, Words};
use jiff::SignedDuration;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::sync::Arc;

const KEYS: [&str; 18] = [
    "format",
    "name",
    "contact",
    "data_protection_contact",
    "staff_language",
    "timezone",
    "languages",
    "quiet_hours",
    "remind_after",
    "give_up_after",
    "retries",
    "redact",
    "progress",
    "channels",
    "urgent",
    "logo",
    "accessibility",
    "four_eyes",
];

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            quiet_hours: (Time::constant(21, 0, 0, 0), Time::constant(8, 0, 0, 0)),
            remind_after: SignedDuration::from_hours(24),
            give_up_after: SignedDuration::from_hours(7 * 24),
            retries: 2,
            redact: vec![Redact::Cpr],
            progress: true,
            channels: Vec::new(),
        }
    }
}

impl Institution {
    /// An institution without a file of its own: named after its folder.
    pub fn named_after(folder: &str) -> Institution {
        let title: Vec<String> = folder
            .split('-')
            .map(|w| w.chars().take(1).flat_map(char::to_uppercase).chain(w.chars().skip(1)).collect())
            .collect();
        Institution {
            folder: folder.to_owned(),
            name: Words(vec![(Language::DANISH, Template::parse(&title.join(" ")))]),
            contact: None,
            data_protection_contact: None,
            staff_language: StaffLanguage::Da,
            timezone: TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC),
            languages: Vec::new(),
            defaults: Defaults::default(),
            urgent: Urgent::default(),
            logo: None,
            accessibility: None,
            source: String::new(),
            parts: Arc::default(),
            media: None,
        }
    }

    /// Reads `_institution.yaml`; what is missing keeps its default.
    pub fn parse(folder: &str, source: &str) -> (Institution, Vec<Problem>) {
        Institution::named_after(folder).with(source)
    }

    // As `self` says, with what the file says.
    fn with(self, source: &str) -> (Institution, Vec<Problem>) {
        let (institution, problems) = self.clone().with_once(source);
        (institution, left_out::told(source, problems, |text| self.clone().with_once(text).1))
    }

    fn with_once(self, source: &str) -> (Institution, Vec<Problem>) {
        let mut institution = Institution { source: source.to_owned(), ..self };
        let (root, problems) = super::mend::read(source);
        let mut reader = Reader::of(source, problems).beside(&institution);
        if let Some(root) = root {
            institution.read(&mut reader, &root);
        }
        let file = format!("{}/_institution.yaml", institution.folder);
        let problems = super::told(reader.problems, &file, source);
        (institution, problems)
    }

    /// As [`Institution::parse`], with an empty text for a file that is not there, and the files in its folder `media`.
    pub fn beside(
        folder: &str,
        source: &str,
        media: Option<Arc<[MediaFile]>>,
    ) -> (Institution, Vec<Problem>) {
        let institution = Institution { media, ..Institution::named_after(folder) };
        match source.trim().is_empty() {
            true => (institution, Vec::new()),
            false => institution.with(source),
        }
    }

    fn read(&mut self, reader: &mut Reader, root: &Node) {
        self.languages = root.get("languages").map(|n| languages(reader, n)).unwrap_or_default();
        // Names are read in whatever languages they come in.
        reader.languages = [self.languages.clone(), vec![Language::DANISH, Language::ENGLISH]].concat();
        for entry in reader.entries(root, &KEYS, false) {
            let node = &entry.value;
            match entry.key.as_str() {
                "name" => self.name = reader.staff_words(node),
                "contact" => self.contact = contact_of(reader, node, &entry.key),
                "data_protection_contact" => {
                    self.data_protection_contact = contact_of(reader, node, &entry.key)
                }
                "staff_language" => {
                    let language = reader.value(node, both("`da` eller `en`", "`da` or `en`"), |t| match t {
                        "da" => Some(StaffLanguage::Da),
                        "en" => Some(StaffLanguage::En),
                        _ => None,
                    });
                    self.staff_language = language.unwrap_or_default();
                }
                "timezone" => {
                    let zone = reader.value(
                        node,
                        both("en tidszone som Europe/Copenhagen", "a time zone such as Europe/Copenhagen"),
                        |t| TimeZone::get(t).ok(),
                    );
                    self.timezone = zone.unwrap_or(self.timezone.clone());
                }
                "urgent" => self.urgent = urgent(reader, node),
                "logo" => self.logo = logo(reader, node),
                "accessibility" => self.accessibility = address(reader, node),
                "four_eyes" => {
                    if reader.boolean(node) == Some(true) {
                        reader.report(holds_nothing_back(node.at));
                    }
                }
                _ => read_default(reader, entry, &mut self.defaults),
            }
        }
    }
}

/// Whom citizens may turn to, and a warning where it does not say how.
pub fn contact_of(reader: &mut Reader, node: &Node, key: &str) -> Option<String> {
    let text = reader.text(node)?;
    if !can_be_reached(text) {
        reader.report(
            Problem::warning(
                "H508",
                node.at,
                both(
                    format!("`{key}` siger ikke, hvordan borgeren får fat i jer"),
                    format!("`{key}` does not say how citizens can reach you"),
                ),
            )
            .label(both(
                "hverken mailadresse, telefonnummer eller link",
                "neither an e-mail address, a phone number nor a link",
            ))
            .why(both(
                "den, der beder om hjælp, får dette at læse og kan ikke komme videre",
                "whoever asks for help gets to read this, and gets no further",
            ))
            .mend(both(
                format!("skriv det efter navnet, fx:\n{key}: {text}, bibliotek@nordby.example"),
                format!("write it after the name, for example:\n{key}: {text}, library@nordby.example"),
            )),
        );
    }
    Some(text.to_owned())
}

// An address, a number of at least four digits, or something like `nordby.dk`.
fn can_be_reached(text: &str) -> bool {
    let mail = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let phone = text.chars().filter(char::is_ascii_digit).count() >= 4;
    let mut words = text.split([' ', ',', '(', ')']).map(|w| w.trim_end_matches('.'));
    let is_host = |w: &str| {
        let (before, ending) = w.rsplit_once('.')?;
        let ending = ending.split('/').next().unwrap_or_default();
        (before.len() > 1 && ending.len() > 1 && ending.chars().all(char::is_alphabetic)).then_some(())
    };
    mail || phone || words.any(|w| w.contains("://") || is_host(w).is_some())
}

/// One default, if `entry` is one.
pub fn read_default(reader: &mut Reader, entry: &Entry, defaults: &mut Defaults) {
    let node = &entry.value;
    match entry.key.as_str() {
        "quiet_hours" => defaults.quiet_hours = reader.hours(node).unwrap_or(defaults.quiet_hours),
        "remind_after" => defaults.remind_after = reader.duration(node).unwrap_or(defaults.remind_after),
        "give_up_after" => defaults.give_up_after = reader.duration(node).unwrap_or(defaults.give_up_after),
        "retries" => defaults.retries = reader.whole(node).unwrap_or(defaults.retries),
        "redact" => defaults.redact = redact(reader, node),
        "progress" => defaults.progress = reader.boolean(node).unwrap_or(true),
        "channels" => defaults.channels = where_it_runs(reader, node),
        _ => {}
    }
}

pub fn redact(reader: &mut Reader, node: &Node) -> Vec<Redact> {
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        match word {
            "cpr" => list.push(Redact::Cpr),
            "phone" => list.push(Redact::Phone),
            "email" => list.push(Redact::Email),
            _ => reader.report(wrong_value(
                at,
                word,
                both("`cpr`, `phone` eller `email`", "`cpr`, `phone` or `email`"),
            )),
        }
    }
    list
}

// H507: there is no place yet where a second person could say yes.
fn holds_nothing_back(at: Span) -> Problem {
    Problem::warning(
        "H507",
        at,
        both(
            "`four_eyes` holder ikke noget tilbage i denne udgave",
            "`four_eyes` holds nothing back in this version",
        ),
    )
    .why(both(
        "en fil uden fejl bliver udgivet, så snart den ligger i mappen",
        "a file without mistakes is published as soon as it is in the folder",
    ))
    .mend(both(
        "lad en anden læse filen, før den lægges i mappen; linjen kan blive stående",
        "let somebody else read the file before it is put into the folder; the line may stay",
    ))
}
