//! `idea`: what a citizen comes up with, in free text. Lowered to questions: the idea, a picture of it, and whether one likes the
//! ideas of others.

use super::condition::{Condition, Test};
use super::fields::Reader;
use super::limits::crossed;
use super::media;
use super::model::*;
use super::names::named;
use super::offer::own_words;
use super::problem::both;
use super::question::{self, MAX_TEXT_CHARS, own_id};
use super::steps::{Draft, Drafts};
use super::tree::{Entry, Node};
use super::words::{Language, Words};

pub const KEYS: [&str; 16] = [
    "idea",
    "id",
    "publish",
    "show_others",
    "min_length",
    "max_length",
    "photo",
    "skip",
    "hint",
    "retry",
    "retries",
    "example",
    "redact",
    "sensitive",
    "when",
    "was",
];
/// The ends of the ids of the questions that follow.
const PHOTO: &str = "photo";
const LIKES: &str = "likes";
const MAX_OTHERS: usize = 10;

impl<'n> Drafts<'n> {
    /// A group: the idea, and what is asked about it.
    pub fn idea(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        idea: &'n Entry,
        path: String,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        if reader.words_beside(step, idea) {
            return None;
        }
        reader.entries(step, &KEYS, false);
        let id = own_id(reader, step, idea, &KEYS)?;
        let mut whole = |key: &str| step.get(key).and_then(|n| reader.whole::<usize>(n));
        let (min_length, max_length) = (whole("min_length").unwrap_or(1), whole("max_length"));
        let max_length = max_length.unwrap_or(MAX_TEXT_CHARS);
        crossed(reader, step, ("min_length", "max_length"), max_length < min_length);
        let answer = AnswerType::Text { min_length, max_length, pattern: None, voice: false };
        let publish = publish(reader, step);
        let others = others(reader, step);
        let photo = step.get(PHOTO).and_then(|n| photo(reader, n));
        let number = self.next_question();
        let question = question::asked(reader, step, idea, id.clone(), number, answer, defaults);
        let (common, table) = (Some(Common::Idea { publish }), Some(id.clone()));
        let question = Question { common, table, ..question };
        let no = self.list.len();
        let group = Item::new(path, Kind::Group { first: Some(no + 1) });
        self.list.push(Draft { when: step.get("when"), ..Draft::bare(group, idea.key_at) });
        let item = Item::new(&id, Kind::Ask(Box::new(question.clone())));
        self.list.push(Draft { id_at: step.get("id").map(|n| n.at), ..Draft::bare(item, idea.key_at) });
        let plain = Question { hint: None, retry: None, example: None, was: Vec::new(), ..question };
        if let Some(text) = photo {
            let wanted = Wanted { max_files: 1, ..media::wanted(reader, step, MediaKind::Photo) };
            let question = Question {
                id: format!("{id}.{PHOTO}"),
                number: self.next_question(),
                text,
                answer: AnswerType::Media(wanted),
                skip: Skip::Yes,
                common: None,
                ..plain.clone()
            };
            let mut item = Item::new(question.id.clone(), Kind::Ask(Box::new(question)));
            item.when = Some(Condition::Answer { question: id.clone(), test: Test::Answered });
            self.list.push(Draft::bare(item, idea.key_at));
        }
        for place in 0..others {
            let question = Question {
                id: format!("{id}.{LIKES}.{}", place + 1),
                number: self.next_question(),
                text: Words(Vec::new()),
                answer: AnswerType::YesNo(thumbs_up(&reader.languages)),
                skip: Skip::As(own_words(&reader.languages, "Videre", "Next", "التالي")),
                common: Some(Common::Like { no: place }),
                ..plain.clone()
            };
            let item = Item::new(question.id.clone(), Kind::Ask(Box::new(question)));
            self.list.push(Draft::bare(item, idea.key_at));
        }
        self.list[no].children = (no + 1..self.list.len()).collect();
        Some(no)
    }
}

fn publish(reader: &mut Reader, step: &Node) -> bool {
    let expected = || both("`after_review` eller `never`", "`after_review` or `never`");
    let read = |text: &str| match text {
        "after_review" => Some(true),
        "never" => Some(false),
        _ => None,
    };
    step.get("publish").and_then(|n| reader.value(n, expected(), read)).unwrap_or(true)
}

fn others(reader: &mut Reader, step: &Node) -> usize {
    let expected = || both("et helt tal fra 0 til 10", "a whole number from 0 to 10");
    let read = |text: &str| text.parse().ok().filter(|n| *n <= MAX_OTHERS);
    step.get("show_others").and_then(|n| reader.value(n, expected(), read)).unwrap_or(0)
}

// `yes`, `no`, or the question in the author's own words.
fn photo(reader: &mut Reader, node: &Node) -> Option<Words> {
    match node.text().map(str::trim) {
        Some("no" | "nej" | "false") => None,
        Some("yes" | "ja" | "true") => Some(own_words(
            &reader.languages,
            "Send gerne et billede, der viser idéen. Helst uden mennesker.",
            "Feel free to send a picture that shows the idea. Preferably without people.",
            "يمكنك أن ترسل صورة توضح الفكرة، ويفضل أن تكون بلا أشخاص.",
        )),
        _ => Some(reader.words(node, &named("spørgsmålet", "the question", PHOTO))),
    }
}

fn thumbs_up(languages: &[Language]) -> Options {
    let like = Choice::named("ja", own_words(languages, "👍 God idé", "👍 Good idea", "👍 فكرة جيدة"));
    Options { list: vec![like.folded()], shuffle: false }
}
