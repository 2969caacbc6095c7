//! Which columns a dialogue's answers have, and what they mean. Append-only over revisions: a column never moves.

use crate::engine;
use crate::script::{
    AnswerType, Choice, Language, MediaKind, Options, Question, Round, Script, Skip, Vote, Wanted, Words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in each language that it was written in.
pub type Texts = BTreeMap<Language, String>;

/// Every column that a dialogue ever had. Its order is the order in which columns were first published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Codebook {
    pub dialogue: String,
    /// Oldest first; never empty.
    pub revisions: Vec<Revision>,
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    pub number: u32,
    pub fingerprint: String,
    pub published_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The contract with whoever pulls: it never changes.
    pub name: String,
    /// The `repeat` whose rounds it is about; `None`: the responses.
    #[serde(default)]
    pub table: Option<String>,
    /// The offer or idea of which a table has a row for each response.
    #[serde(default)]
    pub list: Option<String>,
    pub role: Role,
    /// Of an answer column: the question's ids, oldest first.
    pub known: Vec<Known>,
    /// The question's words in its latest revision.
    pub text: Texts,
    /// Of an answer column: codes with labels, in the order in which they were first published.
    pub options: Vec<Coded>,
    pub life: Life,
}

/// Places (`of`) count from 0 in [`Codebook::columns`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Role {
    Answer(TypeOf),
    /// 0 or 1: whether an option of a several-choice was chosen.
    Flag {
        of: usize,
        code: String,
    },
    /// The citizen's own words beside `other`.
    Other {
        of: usize,
    },
    /// One side of an answer that has several.
    Part {
        of: usize,
        part: Part,
    },
}

/// The columns `<name>.lat` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Of a place that was shared, in degrees.
    Lat,
    Lon,
    /// 0 or 1: whether it is farther away than was asked for.
    Outside,
    /// The words that came with files.
    Note,
    /// The file of a text that was spoken.
    Voice,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Part::Lat => "lat",
            Part::Lon => "lon",
            Part::Outside => "outside",
            Part::Note => "note",
            Part::Voice => "voice",
        }
    }

    /// Those that an answer to this question may have.
    fn of(answer: &AnswerType) -> &'static [Part] {
        match answer {
            AnswerType::Location { within: Some(_), .. } => &[Part::Lat, Part::Lon, Part::Outside],
            AnswerType::Location { within: None, .. } => &[Part::Lat, Part::Lon],
            AnswerType::Media(Wanted { kind: MediaKind::Photo | MediaKind::File, .. }) => &[Part::Note],
            AnswerType::Text { voice: true, .. } => &[Part::Voice],
            AnswerType::Choice(_)
            | AnswerType::Multi { .. }
            | AnswerType::YesNo(_)
            | AnswerType::Scale { .. }
            | AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Rank { .. }
            | AnswerType::Date { .. }
            | AnswerType::Time { .. }
            | AnswerType::Email
            | AnswerType::Phone
            | AnswerType::Name
            | AnswerType::Media(_) => &[],
        }
    }
}

/// What makes a question another column when it changes. Another range of a scale gives its numbers another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeOf {
    Choice,
    Multi,
    YesNo,
    Scale {
        min: i64,
        max: i64,
    },
    Number,
    Text,
    Location,
    /// Ids of files.
    Media(MediaKind),
    Rank,
    Date,
    Time,
    Name,
    /// Only whether the citizen took part: the votes have a table of their own.
    Vote,
}

/// An option, or a labelled value of a scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coded {
    /// The code in every export, also after the script has given it another.
    pub code: String,
    pub known: Vec<Known>,
    pub label: Texts,
    pub life: Life,
}

/// What scripts call it, from a revision on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub id: String,
    pub since: u32,
}

/// The runs of revisions that hold a thing, first and last of each, in order; never empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Life(Vec<(u32, u32)>);

impl Codebook {
    /// The codebook with one more revision. Columns that are there already keep their place and name; what is new goes last.
    pub fn with_revision(old: Option<Codebook>, script: &Script, revision: u32, now: Timestamp) -> Codebook {
        let mut book = old.unwrap_or_else(|| Codebook {
            dialogue: script.id().to_string(),
            revisions: Vec::new(),
            columns: Vec::new(),
        });
        let before = book.latest();
        let fingerprint = script.fingerprint().to_owned();
        book.revisions.push(Revision { number: revision, fingerprint, published_at: now });
        // What is kept apart from the answers has no column beside them.
        for question in script.questions().filter(|q| !q.is_apart()) {
            let (table, id) = match &question.round {
                None => (None, question.id.as_str()),
                // All rounds have the columns of the first.
                Some(Round::Asks { of, no: 1, id }) => (Some(of.as_str()), id.as_str()),
                Some(Round::Asks { .. } | Round::Again) => continue,
            };
            let kind = TypeOf::of(&question.answer);
            book.add(Addition { question, kind, table, id, script, revision, before });
        }
        for vote in script.votes() {
            for (question, kind, table) in ballot(script, vote) {
                let id = question.id.as_str();
                book.add(Addition { question: &question, kind, table, id, script, revision, before });
            }
        }
        book
    }

    /// # Errors
    /// A sentence, if the bytes were written by a newer version or are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Codebook, String> {
        engine::decode(bytes).map_err(|e| e.to_string())
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, String> {
        engine::encode(self).map_err(|e| e.to_string())
    }

    /// The number of the latest revision; 0 before the first.
    pub fn latest(&self) -> u32 {
        self.revisions.last().map_or(0, |r| r.number)
    }

    fn add(&mut self, new: Addition<'_>) {
        let of = self.answer_column(&new);
        let several = matches!(new.question.answer, AnswerType::Multi { .. });
        for (code, was, label) in coded(&new.question.answer) {
            let code = self.option_code(of, &new, &code, was, label);
            if several {
                let name = format!("{}.{code}", self.columns[of].name);
                self.derived(Role::Flag { of, code }, name, &new);
            }
        }
        if new.question.answer.options().is_some_and(|o| o.list.iter().any(|c| c.other)) {
            let name = format!("{}_other", self.columns[of].name);
            self.derived(Role::Other { of }, name, &new);
        }
        for part in Part::of(&new.question.answer) {
            let name = format!("{}.{}", self.columns[of].name, part.name());
            self.derived(Role::Part { of, part: *part }, name, &new);
        }
    }

    // The question's column, made if need be.
    fn answer_column(&mut self, new: &Addition<'_>) -> usize {
        let (kind, id) = (new.kind, new.id);
        let text = texts(&new.question.text);
        let earlier = self.earlier(new);
        if let Some(at) = earlier.filter(|at| self.columns[*at].role == Role::Answer(kind)) {
            let column = &mut self.columns[at];
            column.text = text;
            column.list = new.list();
            column.life.seen(new.revision, new.before);
            know(&mut column.known, id, new.revision);
            return at;
        }
        let name = if earlier.is_some() { format!("{id}_r{}", new.revision) } else { id.to_owned() };
        self.columns.push(Column {
            name: self.free(name, new),
            table: new.table.map(str::to_owned),
            list: new.list(),
            role: Role::Answer(kind),
            known: vec![Known { id: id.to_owned(), since: new.revision }],
            text,
            options: Vec::new(),
            life: Life::from(new.revision),
        });
        self.columns.len() - 1
    }

    // The column of this question in an earlier revision, of whatever type. What the last revision held goes before what
    // is long gone, and the question's own id before an alias.
    fn earlier(&self, new: &Addition<'_>) -> Option<usize> {
        let (id, was) = (new.id, &new.question.was);
        let ours = |c: &Column| matches!(c.role, Role::Answer(_)) && c.table.as_deref() == new.table;
        let answers = || self.columns.iter().enumerate().rev().filter(|(_, c)| ours(c));
        let own = |c: &Column| c.is_now(id);
        let alias = |c: &Column| was.iter().any(|w| c.is_now(w) && new.script.question(w).is_none());
        let live = |c: &Column| c.life.reaches(new.before);
        let found = answers().find(|(_, c)| live(c) && own(c));
        let found = found.or_else(|| answers().find(|(_, c)| live(c) && alias(c)));
        let found = found.or_else(|| answers().find(|(_, c)| own(c)));
        found.or_else(|| answers().find(|(_, c)| alias(c))).map(|(at, _)| at)
    }

    // The code under which exports know the option.
    fn option_code(
        &mut self,
        of: usize,
        new: &Addition<'_>,
        code: &str,
        was: &[String],
        label: Texts,
    ) -> String {
        let codes: Vec<String> = coded(&new.question.answer).map(|(code, _, _)| code).collect();
        let options = &mut self.columns[of].options;
        let own = |o: &Coded| last(&o.known) == code;
        let alias = |o: &Coded| was.iter().any(|w| last(&o.known) == w && !codes.contains(w));
        let live = |o: &Coded| o.life.reaches(new.before);
        let found = options.iter().position(|o| live(o) && own(o));
        let found = found.or_else(|| options.iter().position(|o| live(o) && alias(o)));
        let found = found.or_else(|| options.iter().position(own));
        if let Some(at) = found.or_else(|| options.iter().position(alias)) {
            let option = &mut options[at];
            option.label = label;
            option.life.seen(new.revision, new.before);
            know(&mut option.known, code, new.revision);
            return option.code.clone();
        }
        let taken = options.iter().any(|o| o.code == code);
        let known = vec![Known { id: code.to_owned(), since: new.revision }];
        let code = if taken { format!("{code}_r{}", new.revision) } else { code.to_owned() };
        options.push(Coded { code: code.clone(), known, label, life: Life::from(new.revision) });
        code
    }

    fn derived(&mut self, role: Role, name: String, new: &Addition<'_>) {
        if let Some(column) = self.columns.iter_mut().find(|c| c.role == role) {
            column.life.seen(new.revision, new.before);
            return;
        }
        let name = self.free(name, new);
        let life = Life::from(new.revision);
        self.columns.push(Column {
            name,
            table: new.table.map(str::to_owned),
            list: new.list(),
            role,
            known: Vec::new(),
            text: Texts::new(),
            options: Vec::new(),
            life,
        });
    }

    fn free(&self, name: String, new: &Addition<'_>) -> String {
        if self.columns.iter().all(|c| c.name != name || c.table.as_deref() != new.table) {
            return name;
        }
        self.free(format!("{name}_r{}", new.revision), new)
    }

    /// Whether a table has votes in its rows.
    pub fn is_vote(&self, table: &str) -> bool {
        self.columns.iter().any(|c| c.name == table && c.role == Role::Answer(TypeOf::Vote))
    }

    /// Whether a table has a row for each response, of an offer or an idea.
    pub fn is_list(&self, table: &str) -> bool {
        self.columns.iter().all(|c| c.table.as_deref() != Some(table))
    }

    /// The tables besides the responses, in the order in which they were first published.
    pub fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> = Vec::new();
        for table in self.columns.iter().flat_map(|c| [c.table.as_deref(), c.list.as_deref()]).flatten() {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }
}

/// One question of the revision that is added.
#[derive(Clone, Copy)]
struct Addition<'s> {
    question: &'s Question,
    kind: TypeOf,
    table: Option<&'s str>,
    /// As the script calls it.
    id: &'s str,
    script: &'s Script,
    revision: u32,
    /// The revision before; 0 for none.
    before: u32,
}

impl Addition<'_> {
    // In a round the table is that of the rounds.
    fn list(&self) -> Option<String> {
        self.question.table.clone().filter(|_| self.table.is_none())
    }
}

impl Column {
    /// Whether the latest script that held the question called it so.
    fn is_now(&self, id: &str) -> bool {
        last(&self.known) == id
    }
    /// Since when scripts call the question so, counted up to `revision`; `None` if they did not.
    pub fn known_as(&self, question: &str, revision: u32) -> Option<u32> {
        since(&self.known, question, revision)
    }
}

impl Coded {
    /// As [`Column::known_as`], for the option's code.
    pub fn known_as(&self, code: &str, revision: u32) -> Option<u32> {
        since(&self.known, code, revision)
    }
}

fn since(known: &[Known], id: &str, revision: u32) -> Option<u32> {
    known.iter().rev().find(|k| k.id == id && k.since <= revision).map(|k| k.since)
}

fn last(known: &[Known]) -> &str {
    known.last().map_or("", |k| &k.id)
}

fn know(known: &mut Vec<Known>, id: &str, since: u32) {
    if last(known) != id {
        known.push(Known { id: id.to_owned(), since });
    }
}

impl Life {
    fn from(revision: u32) -> Life {
        Life(vec![(revision, revision)])
    }
    fn seen(&mut self, revision: u32, before: u32) {
        match self.0.last_mut() {
            Some((_, to)) if *to == before || *to == revision => *to = revision,
            Some(_) | None => self.0.push((revision, revision)),
        }
    }
    pub fn holds(&self, revision: u32) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&revision))
    }
    fn reaches(&self, revision: u32) -> bool {
        self.last() == revision
    }
    pub fn first(&self) -> u32 {
        self.0.first().map_or(0, |(from, _)| *from)
    }
    pub fn last(&self) -> u32 {
        self.0.last().map_or(0, |(_, to)| *to)
    }
}

impl TypeOf {
    fn of(answer: &AnswerType) -> TypeOf {
        match answer {
            AnswerType::Choice(_) => TypeOf::Choice,
            AnswerType::Multi { .. } => TypeOf::Multi,
            AnswerType::YesNo(_) => TypeOf::YesNo,
            AnswerType::Scale { min, max, .. } => TypeOf::Scale { min: *min, max: *max },
            AnswerType::Number { .. } => TypeOf::Number,
            AnswerType::Location { .. } => TypeOf::Location,
            AnswerType::Media(wanted) => TypeOf::Media(wanted.kind),
            AnswerType::Text { .. } | AnswerType::Email | AnswerType::Phone => TypeOf::Text,
            AnswerType::Rank { .. } => TypeOf::Rank,
            AnswerType::Date { .. } => TypeOf::Date,
            AnswerType::Time { .. } => TypeOf::Time,
            AnswerType::Name => TypeOf::Name,
        }
    }
    /// The word that scripts use.
    pub fn name(self) -> &'static str {
        match self {
            TypeOf::Choice => "choice",
            TypeOf::Multi => "multi",
            TypeOf::YesNo => "yesno",
            TypeOf::Scale { .. } => "scale",
            TypeOf::Number => "number",
            TypeOf::Text => "text",
            TypeOf::Location => "location",
            TypeOf::Media(kind) => kind.name(),
            TypeOf::Rank => "rank",
            TypeOf::Date => "date",
            TypeOf::Time => "time",
            TypeOf::Name => "name",
            TypeOf::Vote => "vote",
        }
    }
}

// The columns of a vote: whether the citizen took part, and in its own table the statement and what was said to it.
fn ballot<'v>(script: &'v Script, vote: &'v Vote) -> Vec<(Question, TypeOf, Option<&'v str>)> {
    let Some(asked) = vote.slots.first().and_then(|slot| script.question(slot)) else { return Vec::new() };
    let column = |id: &str, list: Vec<Choice>| {
        let answer = AnswerType::Choice(Options { list, shuffle: false });
        Question { id: id.to_owned(), text: vote.text.clone(), answer, was: Vec::new(), ..asked.clone() }
    };
    let options = asked.answer.options().map(|o| o.list.as_slice()).unwrap_or_default();
    let said = engine::Vote::ALL.iter().filter_map(|said| {
        let option = options.get(usize::from(*said == engine::Vote::Disagree))?.clone();
        let label = match (said, &asked.skip) {
            (engine::Vote::Pass, Skip::As(words)) => words.clone(),
            _ => option.label.clone(),
        };
        Some(Choice { code: said.name().to_owned(), label, ..option })
    });
    let table = Some(vote.id.as_str());
    vec![
        (column(&vote.id, Vec::new()), TypeOf::Vote, None),
        (column("statement", vote.statements.list.clone()), TypeOf::Choice, table),
        (column("vote", said.collect()), TypeOf::Choice, table),
    ]
}

// Code, earlier codes and label of everything that can be chosen.
fn coded(answer: &AnswerType) -> impl Iterator<Item = (String, &[String], Texts)> {
    let options: &[_] = answer.options().map_or(&[], |Options { list, .. }| list);
    let labels: &[_] = match answer {
        AnswerType::Scale { labels, .. } => labels,
        AnswerType::Choice(_)
        | AnswerType::Multi { .. }
        | AnswerType::YesNo(_)
        | AnswerType::Number { .. }
        | AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_)
        | AnswerType::Rank { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => &[],
    };
    let none: &[String] = &[];
    let options = options.iter().map(|o| (o.code.clone(), o.was.as_slice(), texts(&o.label)));
    options.chain(labels.iter().map(move |(value, label)| (value.to_string(), none, texts(label))))
}

fn texts(words: &Words) -> Texts {
    words.languages().map(|(language, template)| (language, template.plain())).collect()
}
