//! One response laid over the codebook: for each question an answer, or the reason why there is none.

use super::codebook::{Codebook, Column, Part, Role, TypeOf};
use crate::engine::{Answered, Kept, Outcome, Response, Value};
use crate::script::Point;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// A codebook with its questions found in advance for every revision.
#[derive(Debug)]
pub struct Atlas {
    book: Codebook,
    /// Revision, table and the question's id in it -> place of its answer column.
    places: FxHashMap<u32, FxHashMap<Option<String>, FxHashMap<String, usize>>>,
}

/// How a question fared in one response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Answered,
    Skipped,
    NotAsked,
    /// Given up after retries.
    Failed,
    /// Answered, but the citizen's later answers lead past the question.
    Withdrawn,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Answered => "answered",
            State::Skipped => "skipped",
            State::NotAsked => "not_asked",
            State::Failed => "failed",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// A question in one response. `given` is there when answered, and when withdrawn answers were asked for.
#[derive(Debug, PartialEq)]
pub struct Cell<'r> {
    pub state: State,
    pub given: Option<Given<'r>>,
    pub other: Option<&'r str>,
}

/// A value with its codes as exports know them.
#[derive(Debug, PartialEq)]
pub enum Given<'r> {
    Code(&'r str),
    /// In the order in which they were chosen; of a ranking, the first place first.
    Codes(Vec<&'r str>),
    Number(Decimal),
    Text(&'r str),
    Place {
        point: Point,
        outside: bool,
    },
    /// Files; the answer to a question that asks for them.
    Media(&'r [Kept]),
    /// Files; the spoken answer to a question that asks for words.
    Spoken(&'r [Kept]),
    Date(Date),
    Time(Time),
    /// Took part in a vote.
    Voted,
}

/// One side of an answer.
#[derive(Debug, PartialEq)]
pub enum Side {
    Number(Decimal),
    Words(String),
    Ids(String),
}

impl Given<'_> {
    /// `None` where the answer has no such side.
    pub fn side(&self, part: Part) -> Option<Side> {
        match (self, part) {
            (Given::Place { point, .. }, Part::Lat) => Some(Side::Number(point.lat())),
            (Given::Place { point, .. }, Part::Lon) => Some(Side::Number(point.lon())),
            (Given::Place { outside, .. }, Part::Outside) => Some(Side::Number(u8::from(*outside).into())),
            (Given::Media(list), Part::Note) => {
                let notes: Vec<&str> = list.iter().filter_map(|kept| kept.note.as_deref()).collect();
                (!notes.is_empty()).then(|| Side::Words(notes.join("\n")))
            }
            (Given::Spoken(list), Part::Voice) => Some(Side::Ids(ids(list))),
            _ => None,
        }
    }
}

/// The names of files, as `GET …/media/{id}` takes them, joined with a space.
pub fn ids(list: &[Kept]) -> String {
    list.iter().map(|kept| kept.id.to_string()).collect::<Vec<_>>().join(" ")
}

impl Atlas {
    pub fn new(book: Codebook) -> Atlas {
        let tables: Vec<Option<String>> =
            std::iter::once(None).chain(book.tables().into_iter().map(|t| Some(t.to_owned()))).collect();
        let of = |revision: u32| {
            tables.iter().map(|t| (t.clone(), questions(&book, revision, t))).collect::<FxHashMap<_, _>>()
        };
        let places = book.revisions.iter().map(|r| (r.number, of(r.number))).collect();
        Atlas { book, places }
    }

    pub fn book(&self) -> &Codebook {
        &self.book
    }

    /// The place itself, where an answer column is.
    pub fn question(&self, place: usize) -> Option<usize> {
        matches!(self.book.columns[place].role, Role::Answer(_)).then_some(place)
    }

    /// The column of a question of the responses, by its id in a revision.
    pub fn place_of(&self, revision: u32, question: &str) -> Option<usize> {
        self.places.get(&revision)?.get(&None)?.get(question).copied()
    }

    /// A cell for each answer column, at its place in the codebook; `None` for other columns, and for questions that were
    /// not in the response's revision.
    pub fn lay<'r>(&'r self, response: &'r Response, withdrawn: bool) -> Vec<Option<Cell<'r>>> {
        self.lay_in(response, withdrawn, &None, Some)
    }

    /// The rounds of a `repeat` in which something was answered, each with its number and cells as [`Atlas::lay`] gives them.
    pub fn rounds<'r>(
        &'r self,
        response: &'r Response,
        withdrawn: bool,
        table: &str,
    ) -> Vec<(u16, Vec<Option<Cell<'r>>>)> {
        let given = |a: &&Answered| matches!(a.outcome, Outcome::Given { .. });
        let counts = |a: &&Answered| withdrawn || !response.withdrawn.contains(&a.question);
        let answered = response.answers.iter().filter(given).filter(counts);
        let mut numbers: Vec<u16> = answered.filter_map(|a| Some(in_round(&a.question, table)?.0)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let of = Some(table.to_owned());
        let lay = |no: u16| {
            let asked = |question| in_round(question, table).filter(|(n, _)| *n == no).map(|(_, id)| id);
            (no, self.lay_in(response, withdrawn, &of, asked))
        };
        numbers.into_iter().map(lay).collect()
    }

    // `asked`: what a question that was answered is called in the table; `None` where it is not of it.
    fn lay_in<'r>(
        &'r self,
        response: &'r Response,
        withdrawn: bool,
        table: &Option<String>,
        asked: impl Fn(&'r str) -> Option<&'r str>,
    ) -> Vec<Option<Cell<'r>>> {
        let mut cells: Vec<Option<Cell<'r>>> = Vec::new();
        cells.resize_with(self.book.columns.len(), || None);
        let places = self.places.get(&response.revision).and_then(|tables| tables.get(table));
        let Some(places) = places else { return cells };
        for place in places.values() {
            cells[*place] = Some(Cell { state: State::NotAsked, given: None, other: None });
        }
        for answered in &response.answers {
            let Some(place) = asked(&answered.question).and_then(|id| places.get(id)) else { continue };
            let gone = response.withdrawn.contains(&answered.question);
            let cell = cell(&self.book.columns[*place], answered, response.revision);
            cells[*place] = Some(match gone {
                false => cell,
                true if withdrawn => Cell { state: State::Withdrawn, ..cell },
                true => Cell { state: State::Withdrawn, given: None, other: None },
            });
        }
        cells
    }
}

// `idéer.2.hvem` -> 2 and `hvem`.
fn in_round<'q>(question: &'q str, table: &str) -> Option<(u16, &'q str)> {
    let (no, id) = question.strip_prefix(table)?.strip_prefix('.')?.split_once('.')?;
    Some((no.parse().ok()?, id))
}

fn questions(book: &Codebook, revision: u32, table: &Option<String>) -> FxHashMap<String, usize> {
    let mut found: FxHashMap<String, (u32, usize)> = FxHashMap::default();
    let ours = |c: &Column| c.table == *table && c.life.holds(revision);
    for (place, column) in book.columns.iter().enumerate().filter(|(_, c)| ours(c)) {
        for id in column.known.iter().map(|k| &k.id) {
            let Some(since) = column.known_as(id, revision) else { continue };
            let newest = found.entry(id.clone()).or_insert((since, place));
            if newest.0 <= since {
                *newest = (since, place);
            }
        }
    }
    found.into_iter().map(|(id, (_, place))| (id, place)).collect()
}

fn cell<'r>(column: &'r Column, answered: &'r Answered, revision: u32) -> Cell<'r> {
    match &answered.outcome {
        Outcome::Skipped => Cell { state: State::Skipped, given: None, other: None },
        Outcome::Failed => Cell { state: State::Failed, given: None, other: None },
        Outcome::Given { value, other } => Cell {
            state: State::Answered,
            given: Some(match value {
                Value::Code(code) => Given::Code(exported(column, code, revision)),
                Value::Codes(codes) | Value::Ranked(codes) => {
                    Given::Codes(codes.iter().map(|code| exported(column, code, revision)).collect())
                }
                Value::Number(number) => Given::Number(number.normalize()),
                Value::Text(text) => Given::Text(text),
                Value::Place { point, outside } => Given::Place { point: *point, outside: *outside },
                Value::Media(list) if column.role == Role::Answer(TypeOf::Text) => Given::Spoken(list),
                Value::Media(list) => Given::Media(list),
                Value::Date(date) => Given::Date(*date),
                Value::Time(time) => Given::Time(*time),
                Value::Voted => Given::Voted,
            }),
            other: other.as_deref(),
        },
    }
}

// The code as exports know it; one that no revision had stays as it is.
fn exported<'r>(column: &'r Column, code: &'r str, revision: u32) -> &'r str {
    let known = column.options.iter().filter_map(|o| o.known_as(code, revision).map(|since| (since, o)));
    known.max_by_key(|(since, _)| *since).map_or(code, |(_, option)| &option.code)
}

impl Column {
    /// The answer column that this one belongs to, itself included.
    pub fn of(&self, own: usize) -> usize {
        match &self.role {
            Role::Answer(_) => own,
            Role::Flag { of, .. } | Role::Other { of } | Role::Part { of, .. } => *of,
        }
    }
}
