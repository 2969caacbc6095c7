//! Codes in words: what stands on the button, beside the code or instead of it.

use super::atlas::Given;
use super::codebook::Column;
use crate::script::Language;

/// What stands for a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    #[default]
    Code,
    Label,
    /// Codes, and labels in a column of their own behind them.
    Both,
}

/// The label of a choice, or of several in the order of their codes.
#[derive(Debug, PartialEq)]
pub enum Labels<'b> {
    One(&'b str),
    Several(Vec<&'b str>),
}

impl Labels<'_> {
    /// In one cell. A label may hold a space or a comma.
    pub fn joined(&self) -> String {
        match self {
            Labels::One(label) => (*label).to_owned(),
            Labels::Several(labels) => labels.join("; "),
        }
    }
}

/// The words for a value; `None` for what has no codes. A code without a label stands for itself.
pub fn labels<'b>(column: &'b Column, given: &Given<'b>, language: Option<Language>) -> Option<Labels<'b>> {
    match given {
        Given::Code(code) => Some(Labels::One(label(column, code, language).unwrap_or(code))),
        Given::Codes(codes) => {
            let each = |code: &&'b str| label(column, code, language).unwrap_or(code);
            Some(Labels::Several(codes.iter().map(each).collect()))
        }
        // Some values of a scale have a word.
        Given::Number(number) => label(column, &number.to_string(), language).map(Labels::One),
        Given::Text(_)
        | Given::Place { .. }
        | Given::Media(_)
        | Given::Spoken(_)
        | Given::Date(_)
        | Given::Time(_)
        | Given::Voted => None,
    }
}

/// Whether answers in the column have words.
pub fn has_labels(column: &Column) -> bool {
    !column.options.is_empty()
}

/// In the language that is asked for, else in the first there is.
pub fn label<'b>(column: &'b Column, code: &str, language: Option<Language>) -> Option<&'b str> {
    let option = column.options.iter().find(|o| o.code == code)?;
    let wanted = language.and_then(|l| option.label.get(&l));
    wanted.or(option.label.values().next()).map(String::as_str)
}
