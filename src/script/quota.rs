//! `quota`: how many answers are enough, in all and of each kind.

use super::fields::{Reader, wrong_value};
use super::missing::part;
use super::model::{AnswerType, Per, Question, Quota};
use super::names::unknown_question;
use super::problem::both;
use super::tree::Node;

pub const KEYS: [&str; 3] = ["total", "per", "when_full"];
pub const PER_KEYS: [&str; 3] = ["question", "place", "max"];

/// The quota, once the questions are known.
pub fn quota(reader: &mut Reader, node: &Node, questions: &[Question]) -> Option<Quota> {
    reader.entries(node, &KEYS, false);
    let total = node.get("total").and_then(|n| count(reader, n));
    let per = node.get("per").and_then(|n| per(reader, n, questions));
    let subject = both("teksten, når der er svar nok", "the text when there are enough answers");
    let when_full = node.get("when_full").map(|n| reader.words(n, &subject));
    if node.get("total").is_none() && node.get("per").is_none() {
        part(reader, node, "total", &KEYS, "quota");
    }
    Some(Quota { total, per, when_full })
}

fn per(reader: &mut Reader, node: &Node, questions: &[Question]) -> Option<(Per, u32)> {
    reader.entries(node, &PER_KEYS, false);
    let max = part(reader, node, "max", &PER_KEYS, "per").and_then(|n| count(reader, n));
    if let Some(place) = node.get("place") {
        let each =
            reader.value(place, both("ordet `each`", "the word `each`"), |t| (t == "each").then_some(()));
        return Some((each.map(|()| Per::Place)?, max?));
    }
    let asked = part(reader, node, "question", &PER_KEYS, "per")?;
    let name = reader.text(asked)?;
    let Some(question) = questions.iter().find(|q| q.id == name) else {
        if !reader.spoiled.iter().any(|s| s == name) {
            reader.report(unknown_question(asked.at, name, questions.iter().map(|q| q.id.as_str())));
        }
        return None;
    };
    if !matches!(question.answer, AnswerType::Choice(_) | AnswerType::YesNo(_)) {
        let expected = both("et spørgsmål, hvor man vælger én ting", "a question where one thing is chosen");
        reader.report(wrong_value(asked.at, name, expected));
        return None;
    }
    Some((Per::Question(question.id.clone()), max?))
}

// Nobody could answer where none are wanted.
fn count(reader: &mut Reader, node: &Node) -> Option<u32> {
    reader.value(node, both("et helt tal over 0", "a whole number above 0"), |t| {
        t.parse().ok().filter(|n| *n > 0)
    })
}
