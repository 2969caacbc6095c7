//! Where a page lives, and what its address asks for.

use crate::script::Language;

/// The entry that an address names: `/c/aabn`, `/c/aabn_station`, `/c/aabn?place=station`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    code: String,
    place: Option<String>,
}

/// What stands after the `?`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub place: Option<String>,
    pub language: Option<Language>,
    pub note: Option<Note>,
}

/// What the page shall say besides the conversation, told from one request to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Start was pressed.
    Started,
    /// No thanks was pressed.
    Goodbye,
    /// A form came whose question is not open any more.
    Stale,
    Help,
    Privacy,
    Delete,
    /// What is kept is shown on a page of its own.
    Data,
    /// A link to pass on was asked for.
    Share,
    /// Another language was asked for.
    Language,
    /// Answers given before are to be mended.
    Mend,
    /// It went wrong on our side.
    Trouble,
}

const NOTES: [(&str, Note); 10] = [
    ("started", Note::Started),
    ("goodbye", Note::Goodbye),
    ("stale", Note::Stale),
    ("help", Note::Help),
    ("privacy", Note::Privacy),
    ("delete", Note::Delete),
    ("share", Note::Share),
    ("language", Note::Language),
    ("mend", Note::Mend),
    ("trouble", Note::Trouble),
];

impl Query {
    pub fn read(raw: Option<&str>) -> Query {
        let mut query = Query::default();
        for (name, value) in form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
            match &*name {
                "place" => query.place = Some(value.into_owned()),
                "lang" => query.language = Language::parse(&value),
                "note" => query.note = NOTES.iter().find(|(name, _)| *name == value).map(|(_, note)| *note),
                _ => {}
            }
        }
        query
    }
}

impl Entry {
    /// `None` where no dialogue can have such a code. A place that cannot be one is left out.
    pub fn read(payload: &str, query: &Query) -> Option<Entry> {
        let payload = payload.trim().to_lowercase();
        let (code, place) = match payload.split_once('_') {
            Some((code, place)) => (code, Some(place.to_owned())),
            None => (&*payload, query.place.as_deref().map(str::to_lowercase)),
        };
        let place = place.filter(|p| !p.is_empty() && fits(p, |c| c == '_' || c == '-'));
        fits(code, |_| false).then(|| Entry { code: code.to_owned(), place }).filter(|e| !e.code.is_empty())
    }

    /// `<code>` or `<code>_<place>`.
    pub fn payload(&self) -> String {
        match &self.place {
            Some(place) => format!("{}_{place}", self.code),
            None => self.code.clone(),
        }
    }

    /// The page's one address, place included.
    pub fn path(&self) -> String {
        format!("/c/{}", self.payload())
    }

    /// The page, opened at what is asked now, or at what the note is about.
    pub fn question(&self, note: Option<Note>) -> String {
        if note == Some(Note::Data) {
            return format!("{}/data", self.path());
        }
        let query = NOTES.iter().find(|(_, n)| Some(*n) == note).map(|(name, _)| format!("?note={name}"));
        let at = match note {
            Some(Note::Help) => "help",
            Some(Note::Privacy) => "privacy",
            Some(Note::Delete) => "delete",
            Some(Note::Share) => "share",
            Some(Note::Language) => "languages",
            Some(Note::Mend) => "mends",
            Some(Note::Started | Note::Goodbye | Note::Stale | Note::Trouble | Note::Data) | None => "q",
        };
        format!("{}{}#{at}", self.path(), query.unwrap_or_default())
    }

    // One for each dialogue: what a citizen answers in one cannot be laid beside what they answer in another.
    pub fn cookie(&self) -> String {
        format!("snak-{}", self.code)
    }
}

fn fits(text: &str, also: impl Fn(char) -> bool) -> bool {
    text.len() <= 64 && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || also(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(path: &str, query: &str) -> Option<String> {
        Entry::read(path, &Query::read(Some(query))).map(|e| e.payload())
    }

    #[test]
    fn a_place_stands_in_the_path_or_behind_it() {
        assert_eq!(payload("AABN", "").as_deref(), Some("aabn"));
        assert_eq!(payload("aabn_Perron_1", "").as_deref(), Some("aabn_perron_1"));
        assert_eq!(payload("aabn", "place=station").as_deref(), Some("aabn_station"));
        assert_eq!(payload("aabn_torvet", "place=station").as_deref(), Some("aabn_torvet"));
    }

    #[test]
    fn nothing_odd_gets_into_an_address() {
        assert_eq!(payload("aabn", "place=a%22%3E%0d%0a").as_deref(), Some("aabn"));
        for odd in ["", "_station", "å", "a b", "a\r\nb", "-", "..", &"a".repeat(65)] {
            assert_eq!(payload(odd, ""), None, "{odd:?}");
        }
    }
}
