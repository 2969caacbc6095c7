//! What a citizen has answered, told back to them: in words, and as values for whoever helps them with the file.

use super::lines::lines;
use super::message::VoteRow;
use super::session::{Answered, Outcome, Value};
use super::text::outcome;
use crate::script::{Language, Script};
use serde_json::{Map, Value as Json, json};

/// One answer, as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The question as it was asked, without what was put into it.
    pub asked: String,
    pub answer: String,
    /// The same for a machine.
    pub json: Json,
}

/// Answers in the order in which they were given. An address is masked.
pub fn told(script: &Script, answers: &[Answered], language: Language) -> Vec<Told> {
    answers.iter().filter_map(|answered| one(script, answered, language)).collect()
}

// `None` for what is only a mark that something is kept elsewhere.
fn one(script: &Script, answered: &Answered, language: Language) -> Option<Told> {
    let question = script.question(&answered.question)?;
    let asked = question.text.plain(language);
    let l = lines(language);
    let answer = match &answered.outcome {
        Outcome::Skipped => l.get("data-skipped"),
        Outcome::Failed => l.get("data-none"),
        given @ Outcome::Given { .. } => outcome(question, given, language)?,
    };
    let mut json = Map::new();
    json.insert("question".to_owned(), json!(question.id));
    json.insert("asked".to_owned(), json!(asked));
    json.insert("answer".to_owned(), json!(answer));
    json.insert("at".to_owned(), json!(answered.at.to_string()));
    if let Outcome::Given { value, other } = &answered.outcome {
        let masked = question.answer.is_contact();
        json.insert("value".to_owned(), if masked { json!(answer) } else { machine(value) });
        if let Some(other) = other {
            json.insert("own_words".to_owned(), json!(other));
        }
    }
    Some(Told { asked, answer, json: Json::Object(json) })
}

fn machine(value: &Value) -> Json {
    match value {
        Value::Code(text) | Value::Text(text) => json!(text),
        Value::Codes(codes) | Value::Ranked(codes) => json!(codes),
        Value::Number(number) => json!(number.normalize().to_string()),
        Value::Place { point, .. } => json!(point.to_string()),
        Value::Media(files) => {
            files.iter().map(|f| json!({"file": f.kind.name(), "bytes": f.bytes, "note": f.note})).collect()
        }
        Value::Date(date) => json!(date.to_string()),
        Value::Time(time) => json!(time.strftime("%H:%M").to_string()),
        Value::Voted => Json::Null,
    }
}

/// The statement that a citizen has voted on.
pub fn ballot_words(script: &Script, vote: &str, row: &VoteRow, language: Language) -> String {
    let own = script.vote(vote).and_then(|v| v.statements.find(&row.statement));
    row.words.clone().or_else(|| Some(own?.label.plain(language))).unwrap_or_else(|| row.statement.clone())
}
