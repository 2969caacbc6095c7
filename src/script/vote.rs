//! `vote`: statements, one at a time. Lowered to questions in a row, of which each asks about the statement that is drawn for it
//! when the conversation gets there.

use super::fields::Reader;
use super::model::*;
use super::names::named;
use super::offer::own_words;
use super::problem::{Both, Problem, Span, both};
use super::question::{checked_code, own_id};
use super::steps::{Draft, Drafts};
use super::tree::{Entry, Node};
use super::words::{Language, Words};

pub const KEYS: [&str; 7] = ["vote", "id", "statements", "show", "let_people_add", "redact", "when"];
/// The end of the id of the question about a statement of the citizen's own.
const OWN: &str = "own";
/// Longer ones are not taken in at a glance.
const MAX_OWN: usize = 140;
/// Statements for one citizen, where the script does not say.
const SHOWN: usize = 10;
const MAX_SHOWN: usize = 20;
const MAX_STATEMENTS: usize = 60;

impl<'n> Drafts<'n> {
    /// A group: the words before, a question for each statement that is shown, and one about a statement of one's own.
    pub fn voted(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        vote: &'n Entry,
        path: String,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        if reader.words_beside(step, vote) {
            return None;
        }
        reader.entries(step, &KEYS, false);
        if self.in_repeat {
            reader.report(in_rounds(vote.key_at));
            return None;
        }
        let id = own_id(reader, step, vote, &KEYS)?;
        let text = reader.words(&vote.value, &named("afstemningen", "the vote", &id));
        let statements = statements(reader, step, vote.key_at)?;
        let adds = step.get("let_people_add").and_then(|n| reader.boolean(n)).unwrap_or(false);
        let show = shown(reader, step, statements.list.len(), adds);
        let redact = step.get("redact").map(|n| super::institution::redact(reader, n));
        let question = Question {
            id: id.clone(),
            number: 0,
            text: Words(Vec::new()),
            hint: None,
            answer: AnswerType::YesNo(agreement(&reader.languages)),
            skip: Skip::As(own_words(&reader.languages, "Ved ikke", "Not sure", "لا أعرف")),
            retry: Some(own_words(
                &reader.languages,
                "Skriv enig eller uenig, eller tryk på en knap.",
                "Please write agree or disagree, or press a button.",
                "اكتب موافق أو غير موافق، أو اضغط زرًا.",
            )),
            retries: defaults.retries,
            example: None,
            sensitive: false,
            redact: redact.unwrap_or(defaults.redact.clone()),
            was: Vec::new(),
            round: None,
            common: None,
            table: None,
        };
        let id_at = step.get("id").map_or(vote.key_at, |n| n.at);
        if let Some((_, first)) = self.prefixes.iter().find(|(p, _)| *p == id) {
            reader.report(super::part::used_twice(&id, id_at, *first));
        }
        self.prefixes.push((id.clone(), id_at));
        let no = self.list.len();
        let group = Item::new(path.clone(), Kind::Group { first: Some(no + 1) });
        self.list.push(Draft { when: step.get("when"), ..Draft::bare(group, vote.key_at) });
        let intro = Item::new(format!("{path}.0"), Kind::Say(vec![text.clone()]));
        self.list.push(Draft::bare(intro, vote.key_at));
        let mut slots = Vec::new();
        for place in 0..show {
            let question = Question {
                id: format!("{id}.{}", place + 1),
                number: self.next_question(),
                common: Some(Common::Statement { no: place }),
                ..question.clone()
            };
            slots.push(question.id.clone());
            self.list.push(Draft::bare(asked(question), vote.key_at));
        }
        if adds {
            let question = Question {
                id: format!("{id}.{OWN}"),
                number: self.next_question(),
                text: own_words(
                    &reader.languages,
                    "Vil du selv tilføje et udsagn, som andre kan tage stilling til? Vi læser det, før andre ser det.",
                    "Would you like to add a statement for others to vote on? We read it before others see it.",
                    "هل تود أن تضيف رأيًا يصوّت عليه الآخرون؟ نقرؤه قبل أن يراه الآخرون.",
                ),
                answer: AnswerType::Text { min_length: 1, max_length: MAX_OWN, pattern: None, voice: false },
                skip: Skip::Yes,
                retry: None,
                common: Some(Common::OwnStatement),
                ..question
            };
            self.list.push(Draft::bare(asked(question), vote.key_at));
        }
        self.list[no].children = (no + 1..self.list.len()).collect();
        self.votes.push(Vote { id, text, statements, adds, slots });
        Some(no)
    }
}

fn asked(question: Question) -> Item {
    Item::new(question.id.clone(), Kind::Ask(Box::new(question)))
}

/// The options with which a statement is answered. Who is not sure passes it over.
fn agreement(languages: &[Language]) -> Options {
    let option = |code: &str, [da, en, ar]: [&str; 3], also: &[&str]| {
        Choice {
            code: code.to_owned(),
            label: own_words(languages, da, en, ar),
            say: None,
            jump: None,
            also: also.iter().map(|a| (*a).to_owned()).collect(),
            other: false,
            exclusive: false,
            fixed: true,
            when: None,
            was: Vec::new(),
            folded: Folded::default(),
        }
        .folded()
    };
    let list = vec![
        option("ja", ["Enig", "Agree", "موافق"], &["agree", "enig"]),
        option("nej", ["Uenig", "Disagree", "غير موافق"], &["disagree", "uenig"]),
    ];
    Options { list, shuffle: false }
}

fn statements(reader: &mut Reader, step: &Node, vote_at: Span) -> Option<Options> {
    let entries = step.get("statements").and_then(Node::map).unwrap_or_default();
    let mut list: Vec<Choice> = Vec::new();
    for entry in entries {
        checked_code(reader, &entry.key, entry.key_at)?;
        let label = reader.words(&entry.value, &named("udsagnet", "the statement", &entry.key));
        let blank = agreement(&[]).list.swap_remove(0);
        list.push(Choice { code: entry.key.clone(), label, also: Vec::new(), ..blank }.folded());
    }
    match list.len() {
        0 | 1 => {
            if Reader::meant(step.map()?, "statements", &KEYS).is_none() {
                let at = entries.first().map_or(vote_at, |e| e.key_at);
                reader.report(too_few(at));
            }
            None
        }
        n if n > MAX_STATEMENTS => {
            reader.report(too_many(vote_at));
            None
        }
        _ => Some(Options { list, shuffle: false }),
    }
}

// How many statements one citizen gets.
fn shown(reader: &mut Reader, step: &Node, statements: usize, adds: bool) -> usize {
    let Some(node) = step.get("show") else { return statements.min(SHOWN) };
    let most = if adds { MAX_SHOWN } else { statements.min(MAX_SHOWN) };
    let fits = |text: &str| text.parse().ok().filter(|n| (1..=most).contains(n));
    let expected: Both =
        both(format!("et helt tal fra 1 til {most}"), format!("a whole number from 1 to {most}"));
    reader.value(node, expected, fits).unwrap_or(1)
}

fn too_few(at: Span) -> Problem {
    Problem::error("A451", at, both("her er færre end to udsagn", "there are fewer than two statements"))
        .why(both("så er der ikke noget at stemme om", "then there is nothing to vote on"))
        .mend(both(
            "statements:\n  gratis: Det skal være gratis.\n  sent: Der skal være åbent sent.",
            "statements:\n  free: It should be free.\n  late: It should be open late.",
        ))
}

fn too_many(at: Span) -> Problem {
    Problem::error("Y109", at, both("her er mere end 60 udsagn", "there are more than 60 statements"))
        .why(both("mange af dem ville næsten ingen få at se", "hardly anybody would get to see many of them"))
        .mend(both("del afstemningen i to", "split the vote in two"))
}

/// Each round would ask the same citizen about the same statements, and the last vote is the one that counts.
pub fn in_rounds(at: Span) -> Problem {
    Problem::error(
        "Y104",
        at,
        both("en afstemning kan ikke stå i en gentagelse", "a vote cannot stand in a repetition"),
    )
    .why(both(
        "den samme borger ville stemme om det samme i hver runde, og kun den sidste stemme tæller",
        "the same citizen would vote on the same in each round, and only the last vote counts",
    ))
    .mend(both("lad den stå før eller efter gentagelsen", "put it before or after the repetition"))
}
