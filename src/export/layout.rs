//! Which columns a pull has, in which order, under which names.

use super::codebook::{Codebook, Part, Role, TypeOf};
use super::filter::second;
use crate::engine::{Audience, Ended, Response, Status};
use jiff::Timestamp;
use std::borrow::Cow;

/// What every row says about its response, in the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    Response,
    Citizen,
    Revision,
    Channel,
    Language,
    Place,
    Audience,
    Status,
    Ended,
    StartedAt,
    FinishedAt,
    ChangedAt,
    DeletedAt,
    DeletedReason,
}

impl Fixed {
    pub const ALL: [Fixed; 14] = [
        Fixed::Response,
        Fixed::Citizen,
        Fixed::Revision,
        Fixed::Channel,
        Fixed::Language,
        Fixed::Place,
        Fixed::Audience,
        Fixed::Status,
        Fixed::Ended,
        Fixed::StartedAt,
        Fixed::FinishedAt,
        Fixed::ChangedAt,
        Fixed::DeletedAt,
        Fixed::DeletedReason,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fixed::Response => "response",
            Fixed::Citizen => "citizen",
            Fixed::Revision => "revision",
            Fixed::Channel => "channel",
            Fixed::Language => "language",
            Fixed::Place => "place",
            Fixed::Audience => "audience",
            Fixed::Status => "status",
            Fixed::Ended => "ended",
            Fixed::StartedAt => "started_at",
            Fixed::FinishedAt => "finished_at",
            Fixed::ChangedAt => "changed_at",
            Fixed::DeletedAt => "deleted_at",
            Fixed::DeletedReason => "deleted_reason",
        }
    }

    /// Its value as text; `None` where the response has none.
    pub fn of(self, response: &Response) -> Option<Cow<'_, str>> {
        Some(match self {
            Fixed::Response => response.id.to_string().into(),
            Fixed::Citizen => response.citizen.as_str().into(),
            Fixed::Revision => response.revision.to_string().into(),
            Fixed::Channel => response.channel.as_str().into(),
            Fixed::Language => response.language.tag().into(),
            Fixed::Place => response.place.as_deref()?.into(),
            Fixed::Audience => audience(response.audience).into(),
            Fixed::Status => status(response.status).into(),
            Fixed::Ended => ended(response.ended).into(),
            Fixed::StartedAt => time(response.started_at).into(),
            Fixed::FinishedAt => time(response.finished_at).into(),
            Fixed::ChangedAt => time(response.changed_at).into(),
            Fixed::DeletedAt | Fixed::DeletedReason => return None,
        })
    }
}

/// RFC 3339 in UTC, whole seconds.
pub fn time(at: Timestamp) -> String {
    second(at).to_string()
}

/// `14:30`: a time of day in whole minutes.
pub fn clock(at: jiff::civil::Time) -> String {
    at.strftime("%H:%M").to_string()
}

fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::NotYetUser => "not_yet_user",
        Audience::User => "user",
        Audience::Unknown => "unknown",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Complete => "complete",
        Status::Partial => "partial",
    }
}

fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::End => "end",
        Ended::Stop => "stop",
        Ended::Timeout => "timeout",
        Ended::Restarted => "restarted",
        Ended::Switched => "switched",
        Ended::Quota => "quota",
        Ended::Closed => "closed",
        Ended::Declined => "declined",
    }
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The table that is asked for; `None`: the responses.
    pub table: Option<String>,
    /// Names of columns; empty for all.
    pub columns: Vec<String>,
    /// Names without letters outside ASCII.
    pub ascii: bool,
    /// Whether free text may be read.
    pub raw_text: bool,
    /// Rows that are deletions come too: which response they are about, and why, is then always told.
    pub deletions: bool,
    /// The questions that alone may be read, by the names of their columns; empty for all.
    pub only: Vec<String>,
}

/// The name of the table of addresses.
pub const CONTACTS: &str = "contacts";

/// What the rows of a pull are.
#[derive(Debug, Clone, PartialEq)]
pub enum Table {
    Responses,
    /// Rounds of a `repeat`, each with its number after the fixed columns.
    Rounds(String),
    /// The responses in which this offer or idea was answered.
    Answered(String),
    /// Votes of this vote; `words`: with those of statements that citizens added.
    Votes {
        of: String,
        words: bool,
    },
    /// Addresses, which lead to no response.
    Contacts,
}

impl Table {
    fn of(book: &Codebook, wish: &Wish) -> Table {
        match &wish.table {
            None => Table::Responses,
            Some(table) if table == CONTACTS => Table::Contacts,
            Some(table) if book.is_vote(table) => Table::Votes { of: table.clone(), words: wish.raw_text },
            Some(table) if book.is_list(table) => Table::Answered(table.clone()),
            Some(table) => Table::Rounds(table.clone()),
        }
    }
}

/// The columns of a pull.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    pub table: Table,
    pub fixed: Vec<Fixed>,
    /// Places in the codebook, ascending, with the name in this pull.
    pub questions: Vec<(usize, String)>,
    /// Names without letters outside ASCII.
    pub ascii: bool,
}

/// A column that this pull cannot have.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    pub name: String,
    pub allowed: Vec<String>,
}

impl Layout {
    /// # Errors
    /// [`Unknown`], if a column was asked for that there is not, or that may not be read.
    pub fn new(book: &Codebook, wish: &Wish) -> Result<Layout, Unknown> {
        let names = if wish.ascii {
            ascii_names(book)
        } else {
            book.columns.iter().map(|c| c.name.clone()).collect()
        };
        let table = Table::of(book, wish);
        let questions: Vec<(usize, String)> = names
            .into_iter()
            .enumerate()
            .filter(|(place, _)| match (&table, &book.columns[*place]) {
                (Table::Answered(_), column) => column.list == wish.table,
                (_, column) => column.table == wish.table,
            })
            .filter(|(place, _)| wish.raw_text || !is_text(book, *place))
            .filter(|(place, _)| {
                let of = book.columns[*place].of(*place);
                wish.only.is_empty() || wish.only.contains(&book.columns[of].name)
            })
            .collect();
        if wish.columns.is_empty() {
            return Ok(Layout { table, fixed: Fixed::ALL.to_vec(), questions, ascii: wish.ascii });
        }
        let canonical = |place: usize| book.columns[place].name.as_str();
        let is =
            |wanted: &str, (place, name): &(usize, String)| canonical(*place) == wanted || name == wanted;
        for wanted in &wish.columns {
            let fixed = Fixed::ALL.iter().any(|f| f.name() == wanted);
            if !fixed && !questions.iter().any(|q| is(wanted, q)) {
                let fixed = Fixed::ALL.iter().map(|f| f.name().to_owned());
                let allowed = fixed.chain(questions.into_iter().map(|(_, name)| name)).collect();
                return Err(Unknown { name: wanted.clone(), allowed });
            }
        }
        let wanted = |f: &Fixed| wish.columns.iter().any(|w| w == f.name());
        let told = |f: &Fixed| matches!(f, Fixed::Response | Fixed::DeletedAt | Fixed::DeletedReason);
        Ok(Layout {
            table,
            fixed: Fixed::ALL.into_iter().filter(|f| wanted(f) || (wish.deletions && told(f))).collect(),
            questions: questions.into_iter().filter(|q| wish.columns.iter().any(|w| is(w, q))).collect(),
            ascii: wish.ascii,
        })
    }

    /// The name of a column in this pull, if it has it.
    pub fn name(&self, place: usize) -> Option<&str> {
        let at = self.questions.binary_search_by_key(&place, |(p, _)| *p).ok()?;
        Some(&self.questions[at].1)
    }
}

/// Whether citizens write freely in it.
pub fn is_text(book: &Codebook, place: usize) -> bool {
    match book.columns[place].role {
        Role::Answer(TypeOf::Text | TypeOf::Name | TypeOf::Location)
        | Role::Other { .. }
        | Role::Part { part: Part::Note, .. } => true,
        Role::Answer(
            TypeOf::Choice
            | TypeOf::Multi
            | TypeOf::YesNo
            | TypeOf::Scale { .. }
            | TypeOf::Number
            | TypeOf::Media(_)
            | TypeOf::Rank
            | TypeOf::Date
            | TypeOf::Time
            | TypeOf::Vote,
        )
        | Role::Flag { .. }
        | Role::Part { part: Part::Lat | Part::Lon | Part::Outside | Part::Voice, .. } => false,
    }
}

/// Every column's name in ASCII. Two that become one are told apart in the order of the columns, so that a name stays.
pub fn ascii_names(book: &Codebook) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in &book.columns {
        let plain = ascii(&column.name);
        let mut name = plain.clone();
        let mut n = 2;
        let beside = |(name, of): (&String, &super::codebook::Column), new: &String| {
            name == new && of.table == column.table
        };
        while names.iter().zip(&book.columns).any(|pair| beside(pair, &name)) {
            name = format!("{plain}_{n}");
            n += 1;
        }
        names.push(name);
    }
    names
}

fn ascii(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::new();
    // å is one letter in NFC; other letters lose their marks.
    for c in name.nfc() {
        match c {
            'æ' | 'ä' => out.push_str("ae"),
            'ø' | 'ö' => out.push_str("oe"),
            'å' => out.push_str("aa"),
            'Æ' | 'Ä' => out.push_str("Ae"),
            'Ø' | 'Ö' => out.push_str("Oe"),
            'Å' => out.push_str("Aa"),
            c if c.is_ascii() => out.push(c),
            c => match c.nfd().next().filter(char::is_ascii) {
                Some(letter) => out.push(letter),
                None => out.push('_'),
            },
        }
    }
    out
}
