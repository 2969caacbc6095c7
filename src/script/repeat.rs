//! `repeat`: steps that are gone through several times. They are read once, as they stand; then each round becomes steps of
//! its own, so that a citizen can go back into any of them.

use super::condition::{Condition, Test};
use super::fields::Reader;
use super::model::*;
use super::names::named;
use super::options::yes_and_no;
use super::part::used_twice;
use super::part_words::{Names, shift};
use super::problem::{Problem, Span, both};
use super::question::checked_id;
use super::steps::{Draft, Drafts};
use super::tree::{Entry, Node, Value};
use super::words::Words;

pub const KEYS: [&str; 5] = ["repeat", "max", "again", "steps", "when"];
const MAX_ROUNDS: u16 = 20;

/// One `repeat`, with the places of its group, of the first step inside and of the first behind.
#[derive(Debug)]
pub struct Repeat {
    pub name: String,
    pub no: ItemNo,
    pub end: ItemNo,
    pub max: u16,
    /// First and last in the file.
    pub lines: (u32, u32),
}

impl Repeat {
    pub fn holds(&self, no: ItemNo) -> bool {
        no > self.no && no < self.end
    }

    // Asks whether there is one more; with one round there is nothing to ask.
    fn again(&self) -> Option<ItemNo> {
        (self.max > 1).then(|| self.end - 1)
    }

    /// The ids of the questions of each round, as they are outside.
    pub fn rounds(&self, drafts: &Drafts<'_>) -> Vec<Vec<String>> {
        let inside = (self.no + 1..self.end).filter(|no| Some(*no) != self.again());
        let ids: Vec<&str> =
            inside.filter_map(|no| drafts.list[no].item.question()).map(|q| q.id.as_str()).collect();
        let round = |n: u16| ids.iter().map(|id| format!("{}.{n}.{id}", self.name)).collect();
        (1..=self.max).map(round).collect()
    }
}

/// The `repeat` around an item.
pub fn around(no: ItemNo, repeats: &[Repeat]) -> Option<&str> {
    repeats.iter().find(|r| r.holds(no)).map(|r| r.name.as_str())
}

/// Whether an item knows of another: inside a `repeat` only those beside it do.
pub fn sees(from: ItemNo, to: ItemNo, repeats: &[Repeat]) -> bool {
    around(to, repeats).is_none_or(|name| around(from, repeats) == Some(name))
}

impl<'n> Drafts<'n> {
    /// The `repeat` that asks a question.
    pub fn repeat_of(&self, question: &str) -> Option<&Repeat> {
        let no = self.list.iter().position(|d| d.item.question().is_some_and(|q| q.id == question))?;
        self.repeats.iter().find(|r| r.holds(no))
    }

    /// The steps of one round in a group, and the question whether there is one more.
    pub fn repeated(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        kind: &'n Entry,
        path: String,
        depth: usize,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        reader.entries(step, &KEYS, false);
        if self.in_repeat || reader.inside_part {
            reader.report(repeat_inside(kind.key_at));
            return None;
        }
        let id = reader.text(&kind.value)?;
        let name = checked_id(reader, id, kind.value.at)?;
        let expected = || both("et helt tal fra 1 til 20", "a whole number from 1 to 20");
        let rounds = |text: &str| text.parse().ok().filter(|n| (1..=MAX_ROUNDS).contains(n));
        let max = step.get("max").and_then(|n| reader.value(n, expected(), rounds)).unwrap_or(1);
        let again = step.get("again").map(|n| reader.words(n, &named("`again` i", "the `again` of", &name)));
        for key in ["max", "again", "steps"].into_iter().filter(|k| step.get(k).is_none()) {
            if Reader::meant(step.map().unwrap_or_default(), key, &KEYS).is_none() {
                reader.report(without(kind.key_at, key));
            }
        }
        if step.get("steps").and_then(Node::list).is_some_and(<[Node]>::is_empty) {
            reader.report(without(kind.key_at, "steps"));
        }
        if let Some((_, first)) = self.prefixes.iter().find(|(p, _)| *p == name) {
            reader.report(used_twice(&name, kind.value.at, *first));
        }
        self.prefixes.push((name.clone(), kind.value.at));
        let no = self.list.len();
        let item = |id: String, kind| Item::new(id, kind);
        let group = item(path.clone(), Kind::Group { first: None });
        self.list.push(Draft { when: step.get("when"), ..Draft::bare(group, kind.key_at) });
        self.in_repeat = true;
        let mut children =
            step.get("steps").map(|n| self.block(reader, n, &path, depth + 1, defaults)).unwrap_or_default();
        self.in_repeat = false;
        if max > 1 {
            let question = again_question(reader, &name, again.unwrap_or_default(), defaults);
            let question = Question { number: self.next_question(), ..question };
            children.push(self.list.len());
            let asked = item(question.id.clone(), Kind::Ask(Box::new(question)));
            self.list.push(Draft::bare(asked, step.get("again").map_or(kind.key_at, |n| n.at)));
        }
        self.list[no].item.kind = Kind::Group { first: children.first().copied() };
        self.list[no].children = children;
        let lines = (kind.key_at.line, last_line(step));
        self.repeats.push(Repeat { name, no, end: self.list.len(), max, lines });
        Some(no)
    }
}

fn again_question(reader: &mut Reader, name: &str, text: Words, defaults: &Defaults) -> Question {
    Question {
        id: format!("{name}.again"),
        number: 0,
        text,
        hint: None,
        answer: AnswerType::YesNo(yes_and_no(reader, None, &mut Vec::new(), &mut Vec::new())),
        skip: Skip::No,
        retry: None,
        retries: defaults.retries,
        example: None,
        sensitive: false,
        redact: defaults.redact.clone(),
        was: Vec::new(),
        round: Some(Round::Again),
        common: None,
        table: None,
    }
}

fn last_line(node: &Node) -> u32 {
    match &node.value {
        Value::Text { .. } => node.at.end_line,
        Value::List(list) => list.iter().map(last_line).max().unwrap_or(node.at.end_line),
        Value::Map(entries) => entries.iter().map(|e| last_line(&e.value)).max().unwrap_or(node.at.end_line),
    }
}

/// Every round as steps of its own. The first stands where it was read; the others come behind everything.
pub fn unrolled(mut items: Vec<Item>, repeats: &[Repeat]) -> Vec<Item> {
    // One without steps is a mistake that is told; there is nothing to go through.
    for repeat in repeats.iter().filter(|r| (r.no + 1..r.end).any(|no| Some(no) != r.again())) {
        let read: Vec<Item> = items[repeat.no..repeat.end].to_vec();
        for round in 1..=repeat.max {
            unroll(&mut items, &read, repeat, round);
        }
    }
    items
}

fn unroll(items: &mut Vec<Item>, read: &[Item], repeat: &Repeat, round: u16) {
    let name = &repeat.name;
    let last = round == repeat.max;
    let base = if round == 1 { repeat.no } else { items.len() };
    let next_round = if round == 1 { items.len() } else { base + read.len() };
    let again = |round: u16| format!("{name}.again.{round}");
    let inside = |no: ItemNo| no >= repeat.no && no < repeat.end;
    let moved = |no: ItemNo| if inside(no) { no - repeat.no + base } else { no };
    let ours = read.iter().filter_map(Item::question).filter(|q| q.round.is_none());
    let prefix = format!("{name}.{round}");
    let names = Names { own: ours.map(|q| q.id.clone()).collect(), prefix: &prefix, given: None };
    let mut number = items.iter().filter_map(Item::question).map(|q| q.number).max().unwrap_or(0);
    for (n, item) in read.iter().enumerate() {
        let asks_again = Some(repeat.no + n) == repeat.again();
        if asks_again && last {
            continue;
        }
        let mut new = if n == 0 { item.clone() } else { names.renamed(item) };
        match &mut new.kind {
            // Every step inside has a mistake: only the question is left, which the last round does not ask.
            Kind::Group { first } if last && n == 0 && *first == repeat.again() => *first = None,
            kind => shift(kind, &moved),
        }
        new.next = match item.next {
            _ if asks_again => Next::Item(next_round),
            Next::Item(no) if last && Some(no) == repeat.again() => read[0].next,
            Next::Item(no) => Next::Item(moved(no)),
            Next::Return => Next::Return,
        };
        if round > 1 && item.question().is_none() {
            new.id = format!("{}~{round}", item.id);
        }
        if round > 1 && n == 0 {
            let test = Test::OneOf(vec!["ja".to_owned()]);
            new.when = Some(Condition::Answer { question: again(round - 1), test });
        }
        if let (Kind::Ask(question), Some(was)) = (&mut new.kind, item.question()) {
            if asks_again {
                question.id = again(round);
            } else {
                question.round = Some(Round::Asks { of: name.clone(), no: round, id: was.id.clone() });
            }
            if round > 1 {
                number += 1;
                question.number = number;
            }
            new.id.clone_from(&question.id);
        }
        match round {
            1 => items[repeat.no + n] = new,
            _ => items.push(new),
        }
    }
}

fn without(at: Span, key: &str) -> Problem {
    let (da, en) = match key {
        "max" => (
            "gentagelsen har ingen øvre grænse (`max`)".to_owned(),
            "the repetition has no upper limit (`max`)".to_owned(),
        ),
        _ => (format!("gentagelsen mangler `{key}`"), format!("the repetition lacks its `{key}`")),
    };
    let problem = Problem::error("F207", at, both(da, en))
        .why(both("borgeren ville ikke kunne komme videre", "the citizen could not get any further"));
    match key {
        "max" => problem.mend(both("max: 3", "max: 3")),
        "again" => problem.mend(both("again: Har du en mere?", "again: Do you have another?")),
        _ => problem.mend(both("steps:\n  - ask: …", "steps:\n  - ask: …")),
    }
}

fn repeat_inside(at: Span) -> Problem {
    Problem::error(
        "Y104",
        at,
        both(
            "en gentagelse kan ikke stå i en anden gentagelse eller i en del",
            "a repetition cannot stand in another one or in a part",
        ),
    )
    .why(both("ingen kunne overskue, hvad der svares på", "nobody could tell what is being answered"))
    .mend(both("lad den stå for sig selv", "let it stand by itself"))
}

/// C405: an answer that only exists inside its round.
pub fn out_of_the_round(at: Span, name: &str, repeat: &str) -> Problem {
    Problem::error(
        "C405",
        at,
        both(
            format!("`{name}` har et svar for hver runde af `{repeat}`"),
            format!("`{name}` has an answer in each round of `{repeat}`"),
        ),
    )
    .why(both(
        "uden for gentagelsen ved ingen, hvilken runde der menes",
        "outside the repetition nobody can tell which round is meant",
    ))
    .mend(both(
        format!("brug det inde i gentagelsen, eller spørg til runderne: {repeat}: answered"),
        format!("use it inside the repetition, or ask about the rounds: {repeat}: answered"),
    ))
}
