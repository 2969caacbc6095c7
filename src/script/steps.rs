//! Steps of a dialogue -> items in a row, each knowing where it goes on.

use super::channels::variants;
use super::fields::Reader;
use super::illustration;
use super::model::*;
use super::names::{named, nowhere};
use super::problem::{Problem, Span, both};
use super::question;
use super::repeat::{Repeat, around, out_of_the_round, sees};
use super::suggest::{meant_by, suggest};
use super::tree::{Entry, Node};
use std::collections::HashMap;

/// More than this in one file is several dialogues.
pub const MAX_STEPS: usize = 200;
const MAX_NESTING: usize = 6;
/// Kinds of steps; the first of these keys that a step has says what it is.
pub const KINDS: [&str; 10] =
    ["say", "ask", "visit", "goto", "end", "vote", "idea", "offer", "repeat", "use"];

/// What may stand beside the words of a `say`.
pub const SAY_KEYS: [&str; 8] = ["say", "when", "id", "share", "channels", "image", "video", "link"];

/// A list of steps in lowered form.
pub type Block = Vec<ItemNo>;

/// What is known of an item besides the item itself, until everything is read.
pub struct Draft<'n> {
    pub item: Item,
    pub at: Span,
    /// The value of `id`, where the step has one.
    pub id_at: Option<Span>,
    pub when: Option<&'n Node>,
    pub children: Block,
    /// `when` of each option that has one.
    pub options_when: Vec<(usize, &'n Node)>,
    /// Where a step or an option goes, by name.
    pub goes: Vec<Going<'n>>,
}

#[derive(Clone, Copy)]
pub struct Going<'n> {
    pub to: &'n str,
    pub at: Span,
    pub visit: bool,
    /// The option that goes there; `None`: the step itself.
    pub option: Option<usize>,
}

/// Everything that is lowered, in the order of the file.
#[derive(Default)]
pub struct Drafts<'n> {
    pub list: Vec<Draft<'n>>,
    pub main: Block,
    pub sections: Vec<(String, Span, Block)>,
    /// Where the parts are that may be used; `None` inside one.
    pub institution: Option<&'n Institution>,
    /// The parts that are used.
    pub parts: Vec<Part>,
    /// What the ids of the opt-in begin with, for each time it is used.
    pub opt_ins: Vec<String>,
    /// What the ids of each begin with.
    pub prefixes: Vec<(String, Span)>,
    pub repeats: Vec<Repeat>,
    pub votes: Vec<Vote>,
    /// The steps that are read stand in one.
    pub in_repeat: bool,
    questions: u16,
    /// The first step beyond those that are read.
    pub too_many: Option<Span>,
    /// A step, a way or a line of a condition was left out for a mistake.
    pub lacks_some: bool,
}

impl Draft<'_> {
    /// An item of which nothing else is known.
    pub fn bare<'n>(item: Item, at: Span) -> Draft<'n> {
        Draft {
            item,
            at,
            id_at: None,
            when: None,
            children: Block::new(),
            options_when: Vec::new(),
            goes: Vec::new(),
        }
    }
}

impl<'n> Drafts<'n> {
    /// Lowers `steps` and `sections`.
    pub fn read(
        reader: &mut Reader,
        root: &'n Node,
        institution: Option<&'n Institution>,
        defaults: &Defaults,
    ) -> Drafts<'n> {
        let mut drafts = Drafts { institution, ..Drafts::default() };
        match root.get("steps").filter(|n| !n.is_empty()) {
            Some(steps) => drafts.main = drafts.block(reader, steps, "steps", 0, defaults),
            None => reader.report(
                Problem::error(
                    "F206",
                    root.map().and_then(|m| m.last()).map_or(Span::on_line(1, 1, 1), |e| e.key_at),
                    both("dialogen har ingen trin (`steps`)", "the dialogue has no `steps`"),
                )
                .label(both("tilføj `steps` herefter", "add `steps` after this"))
                .why(both("der er intet at tale om", "there is nothing to talk about"))
                .mend(both("steps:\n  - ask: …", "steps:\n  - ask: …")),
            ),
        }
        for entry in root.get("sections").and_then(Node::map).unwrap_or_default() {
            let block = match entry.value.is_empty() {
                true => {
                    reader.report(empty_section(entry));
                    Block::new()
                }
                false => drafts.block(reader, &entry.value, &entry.key, 0, defaults),
            };
            drafts.sections.push((entry.key.clone(), entry.key_at, block));
        }
        if let Some(at) = drafts.too_many {
            reader.report(too_many(at));
        }
        drafts.link_all();
        drafts
    }

    pub fn block(
        &mut self,
        reader: &mut Reader,
        steps: &'n Node,
        path: &str,
        depth: usize,
        defaults: &Defaults,
    ) -> Block {
        let Some(list) = steps.list() else {
            reader.report(
                Problem::error(
                    "Y103",
                    steps.at,
                    both("trin skrives med en streg foran", "steps are written with a dash in front"),
                )
                .why(both("trinene kan ikke læses, som de står", "the steps cannot be read as they stand"))
                .mend(both("- say: …\n- ask: …", "- say: …\n- ask: …")),
            );
            return Block::new();
        };
        let mut block = Block::new();
        for (n, step) in list.iter().enumerate() {
            let path = format!("{path}.{n}");
            match self.step(reader, step, path, depth, defaults) {
                Some(no) => block.push(no),
                None => self.lacks_some = true,
            }
        }
        block
    }

    fn step(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        path: String,
        depth: usize,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        let entries = step.map().unwrap_or_default();
        if self.list.len() >= MAX_STEPS {
            self.too_many.get_or_insert(step.at);
            reader.spoiled.extend(step.get("id").and_then(Node::text).map(|t| t.trim().to_owned()));
            return None;
        }
        let kind = KINDS.iter().find_map(|k| entries.iter().find(|e| e.key == *k));
        if kind.is_none() && reader.condition_beside(step, &["steps"]) {
            return None;
        }
        let Some(kind) = kind else { return self.group(reader, step, path, depth, defaults) };
        if step.get("when").is_some_and(Node::is_empty) && reader.condition_beside(step, &keys_beside_when())
        {
            reader.spoiled.extend(step.get("id").and_then(Node::text).map(|t| t.trim().to_owned()));
            return None;
        }
        let item = |kind| Item::new(&path, kind);
        let mut draft = Draft {
            id_at: step.get("id").map(|n| n.at),
            when: step.get("when"),
            ..Draft::bare(item(Kind::Group { first: None }), kind.key_at)
        };
        match kind.key.as_str() {
            "say" => {
                if reader.words_beside(step, kind) {
                    return None;
                }
                reader.entries(step, &SAY_KEYS, false);
                let subject = both("beskeden", "the message");
                let bubbles = match kind.value.list() {
                    Some(list) => list.iter().map(|n| reader.words(n, &subject)).collect(),
                    None => vec![reader.words(&kind.value, &subject)],
                };
                draft.item = item(Kind::Say(bubbles));
                draft.item.illustrations = illustration::illustrations(reader, step);
                draft.item.link = step.get("link").and_then(|n| illustration::link(reader, n));
                draft.item.share = step.get("share").and_then(|n| reader.boolean(n)).unwrap_or(false);
                draft.item.on = step.get("channels").map(|n| variants(reader, n, None)).unwrap_or_default();
            }
            "ask" => {
                let number = self.next_question();
                let Some(read) = question::read(reader, step, kind, number, defaults) else {
                    reader.spoiled.extend(step.get("id").and_then(Node::text).map(|t| t.trim().to_owned()));
                    return None;
                };
                draft.item =
                    Item { id: read.question.id.clone(), ..item(Kind::Ask(Box::new(read.question))) };
                let channels = step.get("channels");
                draft.item.on =
                    channels.map(|n| variants(reader, n, draft.item.question())).unwrap_or_default();
                draft.options_when = read.options_when;
                draft.goes = read.goes;
            }
            "visit" | "goto" => {
                reader.entries(step, &["visit", "goto", "when", "id"], false);
                let to = reader.text(&kind.value)?;
                let visit = kind.key == "visit";
                draft.goes.push(Going { to, at: kind.value.at, visit, option: None });
                draft.item = item(if visit { Kind::Visit(Target::End) } else { Kind::Goto(Target::End) });
            }
            "end" => {
                if reader.words_beside(step, kind) {
                    return None;
                }
                reader.entries(step, &["end", "when", "id"], false);
                let words = (!kind.value.is_empty())
                    .then(|| reader.words(&kind.value, &both("afslutningen", "the ending")));
                draft.item = item(Kind::End(words));
            }
            "use" => return self.used(reader, step, kind, path, defaults),
            "repeat" => return self.repeated(reader, step, kind, path, depth, defaults),
            several => {
                let read = match several {
                    "offer" => self.offered(reader, step, kind, path, defaults),
                    "vote" => self.voted(reader, step, kind, path, defaults),
                    _ => self.idea(reader, step, kind, path, defaults),
                };
                if read.is_none() {
                    reader.spoiled.extend(step.get("id").and_then(Node::text).map(|t| t.trim().to_owned()));
                }
                return read;
            }
        }
        self.list.push(draft);
        Some(self.list.len() - 1)
    }

    fn group(
        &mut self,
        reader: &mut Reader,
        step: &'n Node,
        path: String,
        depth: usize,
        defaults: &Defaults,
    ) -> Option<ItemNo> {
        let Some(steps) = step.get("steps") else {
            reader.report(not_a_step(step));
            return None;
        };
        reader.entries(step, &["when", "steps"], false);
        if depth >= MAX_NESTING {
            reader.report(
                Problem::error(
                    "Y109",
                    steps.at,
                    both("her er for mange lag inden i hinanden", "too many layers inside one another"),
                )
                .why(both(
                    "ingen kan overskue, hvem der får hvad at se",
                    "nobody can tell who gets to see what",
                ))
                .mend(both("brug en sektion og `visit`", "use a section and `visit`")),
            );
            return None;
        }
        let no = self.list.len();
        let kind = Kind::Group { first: None };
        let item = Item::new(&path, kind);
        let at = step.map().and_then(|m| m.first()).map_or(step.at, |e| e.key_at);
        self.list.push(Draft { when: step.get("when"), ..Draft::bare(item, at) });
        let children = self.block(reader, steps, &path, depth + 1, defaults);
        self.list[no].item.kind = Kind::Group { first: children.first().copied() };
        self.list[no].children = children;
        Some(no)
    }

    /// The number of one more question.
    pub fn next_question(&mut self) -> u16 {
        self.questions += 1;
        self.questions
    }

    fn link_all(&mut self) {
        let blocks: Vec<Block> = std::iter::once(self.main.clone())
            .chain(self.sections.iter().map(|(_, _, b)| b.clone()))
            .collect();
        for (section, block) in blocks.iter().enumerate() {
            self.link(block, Next::Return, section);
        }
    }

    fn link(&mut self, block: &[ItemNo], after: Next, section: usize) {
        for (n, no) in block.iter().enumerate() {
            let next = block.get(n + 1).map_or(after, |next| Next::Item(*next));
            self.list[*no].item.next = next;
            self.list[*no].item.section = section;
            let children = self.list[*no].children.clone();
            self.link(&children, next, section);
        }
    }

    /// Sections that have steps, with the first of them.
    pub fn section_starts(&self) -> Vec<(String, ItemNo)> {
        self.sections.iter().filter_map(|(name, _, block)| Some((name.clone(), *block.first()?))).collect()
    }

    /// Gives every `visit` and `goto` its place.
    pub fn resolve(&mut self, reader: &mut Reader) {
        let mut places: HashMap<String, ItemNo> = self.section_starts().into_iter().collect();
        let mut known: Vec<(String, bool, u32)> =
            self.sections.iter().map(|(name, at, _)| (name.clone(), true, at.line)).collect();
        for (no, draft) in self.list.iter().enumerate() {
            if let Some(question) = draft.item.question() {
                places.entry(question.id.clone()).or_insert(no);
                known.push((question.id.clone(), false, draft.at.line));
            }
        }
        let known: Vec<(&str, bool, u32)> =
            known.iter().take(2 * MAX_STEPS).map(|(n, s, l)| (n.as_str(), *s, *l)).collect();
        for (from, draft) in self.list.iter_mut().enumerate() {
            for going in draft.goes.clone() {
                let hidden = places.get(going.to).filter(|to| !sees(from, **to, &self.repeats));
                if let Some(repeat) = hidden.and_then(|to| around(*to, &self.repeats)) {
                    reader.report(out_of_the_round(going.at, going.to, repeat));
                    self.lacks_some = true;
                    continue;
                }
                let target = match (going.to, places.get(going.to)) {
                    ("end", _) => Target::End,
                    (_, Some(no)) => Target::Item(*no),
                    (name, None) => {
                        self.lacks_some = true;
                        // What is there but has mistakes of its own is told there.
                        let told = self.sections.iter().any(|(s, ..)| s == name) || reader.is_full();
                        if !told && !reader.is_spoiled(name) {
                            let own = draft.item.question().map(|q| q.id.as_str());
                            let fits = |(k, section, _): &&(&str, bool, u32)| {
                                *section || (!going.visit && own != Some(*k))
                            };
                            let known: Vec<_> = known.iter().filter(fits).copied().collect();
                            let problem = nowhere(going.at, name, &known, &reader.lines);
                            reader.report(problem);
                        }
                        continue;
                    }
                };
                place(&mut draft.item.kind, going, target);
            }
        }
    }
}

// Whatever a step of some kind may hold besides its `when`.
fn keys_beside_when() -> Vec<&'static str> {
    let own = question::OWN_KEYS.iter().flat_map(|(_, keys)| keys.iter());
    let others = [
        question::KEYS.as_slice(),
        &SAY_KEYS,
        &KINDS,
        &super::idea::KEYS,
        &super::offer::KEYS,
        &super::vote::KEYS,
        &super::repeat::KEYS,
        &super::part::USE_KEYS,
    ];
    others.into_iter().flatten().chain(own).copied().collect()
}

fn place(kind: &mut Kind, going: Going<'_>, target: Target) {
    match kind {
        Kind::Visit(to) | Kind::Goto(to) => *to = target,
        Kind::Ask(question) => {
            let Some(options) = question.answer.options_mut() else { return };
            if let Some(option) = going.option.and_then(|n| options.list.get_mut(n)) {
                option.jump = Some(if going.visit { Jump::Visit(target) } else { Jump::Goto(target) });
            }
        }
        Kind::Say(_) | Kind::Group { .. } | Kind::End(_) => {}
    }
}

fn too_many(at: Span) -> Problem {
    let at = Span { end_line: at.line, end_column: at.column + 1, ..at };
    Problem::error("Y109", at, both("dialogen har mere end 200 trin", "the dialogue has more than 200 steps"))
        .label(both("trin nr. 201", "step 201"))
        .why(both("så lang en samtale når ingen igennem", "nobody gets through a conversation that long"))
        .mend(both("del den i flere dialoger", "split it into several dialogues"))
}

fn not_a_step(step: &Node) -> Problem {
    let known =
        ["say", "ask", "vote", "idea", "offer", "visit", "goto", "end", "use", "repeat", "when", "steps"];
    let Some(first) = step.map().and_then(|m| m.first()) else {
        return Problem::error("Y103", step.at, both("her skal stå et trin", "a step belongs here"))
            .why(both("teksten ville ikke nå borgeren", "the text would not reach the citizen"))
            .mend(both("- say: …", "- say: …"));
    };
    if first.key == "when" {
        return Problem::error(
            "Y103",
            first.key_at,
            both(
                "`when` står alene: her mangler trin (`steps`)",
                "`when` stands alone: it lacks its `steps`",
            ),
        )
        .why(both(
            "betingelsen gælder ikke noget, og trinnene efter ville blive vist for alle",
            "the condition is about nothing, and the steps after it would be shown to everybody",
        ))
        .mend(both("- when:\n    …\n  steps:\n    - say: …", "- when:\n    …\n  steps:\n    - say: …"));
    }
    let problem = Problem::error(
        "Y104",
        first.key_at,
        both(
            format!("`{}` er ikke et trin, tjenesten kender", first.key),
            format!("`{}` is not a step the service knows", first.key),
        ),
    )
    .why(both("borgeren ville aldrig møde trinet", "citizens would never meet this step"));
    match suggest(&first.key, known) {
        Some(word) => problem.label(meant_by(&first.key, word)).fix(first.key_at, word),
        None => problem.mend(both(
            "et trin er say, ask, vote, idea, offer, visit, goto, end, use, repeat, eller when med steps",
            "a step is say, ask, vote, idea, offer, visit, goto, end, use, repeat, or when with steps",
        )),
    }
}

fn empty_section(entry: &Entry) -> Problem {
    let name = named("sektionen", "the section", &entry.key);
    Problem::error("F206", entry.key_at, both(format!("{} er tom", name.da), format!("{} is empty", name.en)))
        .why(both("den, der sendes hertil, hører ikke mere", "whoever is sent here hears nothing more"))
        .mend(both(
            format!("skriv mindst ét trin under den:\n{}:\n  - say: …", entry.key),
            format!("write at least one step below it:\n{}:\n  - say: …", entry.key),
        ))
}
