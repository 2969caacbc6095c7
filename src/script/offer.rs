//! `offer`: what a citizen could help with, and for how long. Lowered to questions, so that it is asked, kept and exported as these are.

use super::condition::{Condition, Test};
use super::fields::Reader;
use super::model::*;
use super::names::named;
use super::options::options_of;
use super::problem::{Problem, Span, both};
use super::question::{self, own_id};
use super::steps::{Draft, Drafts};
use super::tree::{Entry, Node};
use super::words::{Language, Template, Words};
use rust_decimal::Decimal;

pub const KEYS: [&str; 12] = [
    "offer",
    "id",
    "skills",
    "hours_per_month",
    "shuffle",
    "skip",
    "hint",
    "retry",
    "retries",
    "redact",
    "when",
    "was",
];
/// The code of what the citizen offers in their own words, and the end of the id of the question about hours.
const OTHER: &str = "other";
const HOURS: &str = "hours";
/// More is a full-time job.
const MAX_HOURS: u8 = 160;

impl<'n> Drafts<'n> {
    /// A group of one question or two: which skills, and how many hours a month.
    pub fn offered(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        offer: &'n Entry,
        path: String,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        if reader.words_beside(step, offer) {
            return None;
        }
        reader.entries(step, &KEYS, false);
        let id = own_id(reader, step, offer, &KEYS)?;
        let (mut goes, mut options_when) = (Vec::new(), Vec::new());
        let shuffle = step.get("shuffle").and_then(|n| reader.boolean(n)).unwrap_or(false);
        let skills = step.get("skills");
        let mut options =
            options_of(reader, skills, offer.key_at, shuffle, true, &mut goes, &mut options_when)?;
        for entry in skills.and_then(Node::map).unwrap_or_default() {
            if entry.key == OTHER || entry.key == HOURS {
                reader.report(taken(entry.key_at, &entry.key));
            }
        }
        if !options.list.iter().any(|o| o.other) {
            options.list.push(something_else(&reader.languages));
        }
        super::fits::labels(reader, step, "skills");
        let max = options.list.len();
        let answer = AnswerType::Multi { options, min: 1, max };
        let number = self.next_question();
        let question = question::asked(reader, step, offer, id.clone(), number, answer, defaults);
        let question = Question { table: Some(id.clone()), ..question };
        let hours = step.get("hours_per_month").and_then(|n| hours(reader, n));
        let no = self.list.len();
        let group = Item::new(path, Kind::Group { first: Some(no + 1) });
        self.list.push(Draft { when: step.get("when"), ..Draft::bare(group, offer.key_at) });
        self.list.push(Draft {
            id_at: step.get("id").map(|n| n.at),
            options_when,
            goes,
            ..Draft::bare(Item::new(&id, Kind::Ask(Box::new(question.clone()))), offer.key_at)
        });
        self.list[no].children.push(no + 1);
        if let Some(text) = hours {
            let question = Question {
                id: format!("{id}.{HOURS}"),
                number: self.next_question(),
                text,
                hint: None,
                answer: AnswerType::Number { min: Some(Decimal::ZERO), max: Some(MAX_HOURS.into()) },
                skip: Skip::Yes,
                retry: None,
                was: question.was.iter().map(|was| format!("{was}.{HOURS}")).collect(),
                ..question
            };
            let mut item = Item::new(question.id.clone(), Kind::Ask(Box::new(question)));
            item.when = Some(Condition::Answer { question: id, test: Test::Answered });
            self.list.push(Draft::bare(item, offer.key_at));
            self.list[no].children.push(no + 2);
        }
        Some(no)
    }
}

// `yes`, `no`, or the question in the author's own words.
fn hours(reader: &mut Reader, node: &Node) -> Option<Words> {
    match node.text().map(str::trim) {
        Some("no" | "nej" | "false") => None,
        Some("yes" | "ja" | "true") => Some(own_words(
            &reader.languages,
            "Cirka hvor mange timer om måneden kunne det være?",
            "Roughly how many hours a month could that be?",
            "كم ساعة في الشهر يمكن أن يكون ذلك تقريبًا؟",
        )),
        _ => Some(reader.words(node, &named("spørgsmålet", "the question", "hours_per_month"))),
    }
}

fn something_else(languages: &[Language]) -> Choice {
    Choice {
        code: OTHER.to_owned(),
        label: own_words(languages, "Noget andet", "Something else", "شيء آخر"),
        say: None,
        jump: None,
        also: Vec::new(),
        other: true,
        exclusive: false,
        fixed: true,
        when: None,
        was: Vec::new(),
        folded: Folded::default(),
    }
    .folded()
}

// In those of the dialogue's languages that the service speaks, else in English; and in Arabic, which the bot speaks beside all of
// them.
pub fn own_words(languages: &[Language], da: &str, en: &str, ar: &str) -> Words {
    let arabic = Language::parse("ar");
    let english = languages.iter().any(|l| *l != Language::DANISH && Some(*l) != arabic);
    let danish = languages.contains(&Language::DANISH);
    // The first is what further languages get.
    let texts =
        [(Some(Language::ENGLISH), en, english), (Some(Language::DANISH), da, danish), (arabic, ar, true)];
    let spoken = texts.into_iter().filter(|(.., in_it)| *in_it);
    Words(spoken.filter_map(|(l, t, _)| Some((l?, Template::parse(t)))).collect())
}

fn taken(at: Span, code: &str) -> Problem {
    Problem::error(
        "F210",
        at,
        both(format!("navnet `{code}` er optaget"), format!("the name `{code}` is reserved")),
    )
    .why(both(
        "tjenesten bruger det til timer og til det, borgeren selv foreslår",
        "the service uses it for hours and for what citizens suggest themselves",
    ))
    .fix(at, format!("{code}_1"))
}
