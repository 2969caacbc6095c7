//! The codebook for whoever pulls: as JSON and as CSV.

use super::codebook::{Codebook, Coded, Column, Known, Life, Role, Texts, TypeOf};
use super::csv::{Csv, Dialect, Line};
use super::layout::{ascii_names, time};
use super::table::Cells;
use crate::script::Language;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The table with a row for each response.
const TABLE: &str = "responses";

/// Every column that a dialogue ever had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Codebook)]
pub struct Described<'b> {
    dialogue: &'b str,
    revisions: Vec<DescribedRevision<'b>>,
    columns: Vec<DescribedColumn<'b>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DescribedRevision<'b> {
    number: u32,
    fingerprint: &'b str,
    published_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DescribedColumn<'b> {
    /// From 1, in the order of the columns.
    ordinal: usize,
    name: String,
    table: &'b str,
    /// The question's id in its latest revision.
    question: &'b str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    /// The question's words, by language.
    #[schema(value_type = HashMap<String, String>)]
    text: Texts,
    options: Vec<DescribedOption<'b>>,
    since: u32,
    /// The last revision with it; `null` while the latest has it.
    until: Option<u32>,
    was: Vec<&'b str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DescribedOption<'b> {
    code: &'b str,
    #[schema(value_type = HashMap<String, String>)]
    label: &'b Texts,
    since: u32,
    until: Option<u32>,
    /// Other codes that scripts have used for it; exports do not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    was: Vec<&'b str>,
}

impl DescribedColumn<'_> {
    // Its own row, or that of one of its options.
    fn row(
        &self,
        option: Option<&DescribedOption<'_>>,
        languages: &BTreeSet<Language>,
        line: &mut impl Cells,
    ) {
        line.number(self.ordinal.into());
        [&self.name, self.table, self.question, self.kind].iter().for_each(|text| line.text(text));
        let text = |texts: &Texts, l: &Language| texts.get(l).cloned().unwrap_or_default();
        languages.iter().for_each(|l| line.words(&text(&self.text, l)));
        line.text(option.map_or("", |o| o.code));
        languages.iter().for_each(|l| line.words(&option.map(|o| text(o.label, l)).unwrap_or_default()));
        line.text(&option.map_or(self.since, |o| o.since).to_string());
        let until = option.map_or(self.until, |o| o.until);
        line.text(&until.map(|n| n.to_string()).unwrap_or_default());
        line.text(&option.map_or(&self.was, |o| &o.was).join(" "));
        line.end();
    }
}

impl Codebook {
    /// Every column that the dialogue ever had, with `names` in ASCII where asked.
    pub fn to_json(&self, ascii: bool) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(&self.described(ascii))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The rows of [`Codebook::rows`] as CSV.
    pub fn to_csv(&self, ascii: bool, raw: bool, dialect: Dialect) -> Vec<u8> {
        let csv = Csv { raw, dialect };
        let mut out = Vec::new();
        csv.begin(&mut out);
        self.rows(ascii, &mut Line::new(csv, &mut out));
        out
    }

    /// A header, then one row for each column, followed by one for each of its options.
    pub fn rows(&self, ascii: bool, line: &mut impl Cells) {
        let described = self.described(ascii);
        let languages = self.languages();
        ["ordinal", "name", "table", "question", "type"].iter().for_each(|name| line.text(name));
        languages.iter().for_each(|l| line.text(&format!("text_{l}")));
        line.text("code");
        languages.iter().for_each(|l| line.text(&format!("label_{l}")));
        ["since", "until", "was"].iter().for_each(|name| line.text(name));
        line.end();
        for column in &described.columns {
            column.row(None, &languages, line);
            column.options.iter().for_each(|option| column.row(Some(option), &languages, line));
        }
    }

    fn described(&self, ascii: bool) -> Described<'_> {
        let names =
            if ascii { ascii_names(self) } else { self.columns.iter().map(|c| c.name.clone()).collect() };
        let columns = self.columns.iter().zip(names).enumerate();
        Described {
            dialogue: &self.dialogue,
            revisions: self
                .revisions
                .iter()
                .map(|r| DescribedRevision {
                    number: r.number,
                    fingerprint: &r.fingerprint,
                    published_at: time(r.published_at),
                })
                .collect(),
            columns: columns.map(|(place, (column, name))| self.column(place, column, name)).collect(),
        }
    }

    fn column<'b>(&'b self, place: usize, column: &'b Column, name: String) -> DescribedColumn<'b> {
        let of = &self.columns[column.of(place)];
        let (kind, range) = match &column.role {
            Role::Answer(TypeOf::Scale { min, max }) => ("scale", Some((*min, *max))),
            Role::Answer(kind) => (kind.name(), None),
            Role::Flag { .. } => ("flag", None),
            Role::Other { .. } => ("text", None),
            Role::Part { part, .. } => (part.name(), None),
        };
        let text = match &column.role {
            Role::Answer(_) | Role::Other { .. } | Role::Part { .. } => of.text.clone(),
            Role::Flag { code, .. } => with_label(of, code),
        };
        let (question, was) = ids(&of.known);
        DescribedColumn {
            ordinal: place + 1,
            name,
            table: column.table.as_deref().unwrap_or(TABLE),
            question,
            kind,
            min: range.map(|(min, _)| min),
            max: range.map(|(_, max)| max),
            text,
            options: column.options.iter().map(|o| self.option(o)).collect(),
            since: column.life.first(),
            until: self.until(&column.life),
            was,
        }
    }

    fn option<'b>(&'b self, option: &'b Coded) -> DescribedOption<'b> {
        let mut was: Vec<&str> =
            option.known.iter().map(|k| k.id.as_str()).filter(|id| *id != option.code).collect();
        was.dedup();
        let Coded { code, label, life, .. } = option;
        DescribedOption { code, label, since: life.first(), until: self.until(life), was }
    }

    fn until(&self, life: &Life) -> Option<u32> {
        Some(life.last()).filter(|last| *last != self.latest())
    }

    pub fn languages(&self) -> BTreeSet<Language> {
        let labels = self.columns.iter().flat_map(|c| c.options.iter().map(|o| &o.label));
        self.columns.iter().map(|c| &c.text).chain(labels).flat_map(|texts| texts.keys().copied()).collect()
    }
}

// The id now, and those before it.
fn ids(known: &[Known]) -> (&str, Vec<&str>) {
    let now = known.last().map_or("", |k| k.id.as_str());
    let mut was: Vec<&str> = known.iter().map(|k| k.id.as_str()).filter(|id| *id != now).collect();
    was.dedup();
    (now, was)
}

// "Hvad holder dig væk? Der er for langt"
fn with_label(of: &Column, code: &str) -> Texts {
    let option = of.options.iter().find(|o| o.code == code);
    let label = |language: &Language| option.and_then(|o| o.label.get(language)).map_or(code, String::as_str);
    of.text.iter().map(|(language, text)| (*language, format!("{text} {}", label(language)))).collect()
}
