//! A part's names as they are outside: ids with the name of the part before them, `with` texts put in.

use super::condition::Condition;
use super::model::*;
use super::words::{Language, Piece, Template, Words};

/// What a part's own names become.
pub struct Names<'u> {
    /// The ids of its questions.
    pub own: Vec<String>,
    pub prefix: &'u str,
    /// `with`, as written; `None` where other names stay as they are.
    pub given: Option<Vec<(&'u str, &'u Words)>>,
}

impl Names<'_> {
    /// An item as it stands in the dialogue; `path` is that of the `use`.
    pub fn outside(&self, item: &Item, path: &str) -> Item {
        let mut item = self.renamed(item);
        match &mut item.kind {
            Kind::Ask(question) => {
                item.id.clone_from(&question.id);
                question.was = question.was.iter().map(|id| self.name(id)).collect();
            }
            Kind::Say(_) | Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) | Kind::End(_) => {
                item.id = format!("{path}{}", item.id.trim_start_matches("steps"));
            }
        }
        item
    }

    /// An item with its questions under their other names; its own id stays.
    pub fn renamed(&self, item: &Item) -> Item {
        let mut item = item.clone();
        if let Some(when) = &mut item.when {
            self.condition(when);
        }
        if let Kind::Ask(question) = &mut item.kind {
            if self.own.contains(&question.id) {
                question.id = self.name(&question.id);
                question.table = question.table.as_ref().map(|id| self.name(id));
            }
            for option in question.answer.options_mut().into_iter().flat_map(|o| &mut o.list) {
                option.when.iter_mut().for_each(|when| self.condition(when));
            }
        }
        each_words(&mut item, &mut |words| self.words(words));
        item
    }

    /// A vote as it stands in the dialogue.
    pub fn vote(&self, vote: &Vote) -> Vote {
        let slots = vote.slots.iter().map(|id| self.name(id)).collect();
        let mut vote = Vote { id: self.name(&vote.id), slots, ..vote.clone() };
        self.words(&mut vote.text);
        vote.statements.list.iter_mut().for_each(|s| self.words(&mut s.label));
        vote
    }

    fn name(&self, id: &str) -> String {
        format!("{}.{id}", self.prefix)
    }

    fn condition(&self, when: &mut Condition) {
        match when {
            Condition::All(list) | Condition::Any(list) => list.iter_mut().for_each(|c| self.condition(c)),
            Condition::Answer { question, .. } => {
                if self.own.contains(question) {
                    *question = self.name(question);
                }
            }
            Condition::Vote { vote, slots, .. } => {
                if slots.iter().any(|id| self.own.contains(id)) {
                    *vote = self.name(vote);
                    slots.iter_mut().for_each(|id| *id = self.name(id));
                }
            }
            Condition::Fact { .. } | Condition::Rounds { .. } => {}
        }
    }

    fn words(&self, words: &mut Words) {
        for (language, template) in &mut words.0 {
            let pieces = std::mem::take(&mut template.0);
            template.0 = pieces.into_iter().flat_map(|piece| self.piece(piece, *language)).collect();
        }
    }

    fn piece(&self, piece: Piece, language: Language) -> Vec<Piece> {
        let Piece::Answer { question, fallback, style } = piece else { return vec![piece] };
        if self.own.contains(&question) {
            return vec![Piece::Answer { question: self.name(&question), fallback, style }];
        }
        let Some(given) = &self.given else { return vec![Piece::Answer { question, fallback, style }] };
        match given.iter().find(|(name, _)| *name == question) {
            Some((_, words)) => words.to(language).0.clone(),
            None => vec![Piece::Text { text: fallback.unwrap_or_default(), style }],
        }
    }
}

/// The names in the texts of `items` and `votes` that are no questions of theirs, and whether one of them has no words to fall
/// back on.
pub fn wanted<'i>(items: impl Iterator<Item = &'i Item> + Clone, votes: &[Vote]) -> Vec<(String, bool)> {
    let own: Vec<&str> = items.clone().filter_map(Item::question).map(|q| q.id.as_str()).collect();
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut look = |words: &mut Words| {
        for piece in words.0.iter().flat_map(|(_, Template(pieces))| pieces) {
            let Piece::Answer { question, fallback, .. } = piece else { continue };
            if own.contains(&question.as_str()) {
                continue;
            }
            match found.iter_mut().find(|(name, _)| name == question) {
                Some((_, must)) => *must |= fallback.is_none(),
                None => found.push((question.clone(), fallback.is_none())),
            }
        }
    };
    items.cloned().for_each(|mut item| each_words(&mut item, &mut look));
    votes.iter().flat_map(|v| &v.statements.list).for_each(|s| look(&mut s.label.clone()));
    found
}

// Every text of an item that citizens meet.
fn each_words(item: &mut Item, change: &mut dyn FnMut(&mut Words)) {
    for variant in &mut item.on {
        let labels = variant.labels.iter_mut().map(|(_, label)| label);
        variant.text.iter_mut().chain(labels).for_each(&mut *change);
    }
    let labels = item.link.iter_mut().map(|link| &mut link.label);
    item.illustrations.iter_mut().map(|shown| &mut shown.alt).chain(labels).for_each(&mut *change);
    match &mut item.kind {
        Kind::Say(bubbles) => bubbles.iter_mut().for_each(change),
        Kind::End(words) => words.iter_mut().for_each(change),
        Kind::Ask(question) => {
            change(&mut question.text);
            let others = [&mut question.hint, &mut question.retry, &mut question.example];
            others.into_iter().flatten().for_each(&mut *change);
            if let Skip::As(words) = &mut question.skip {
                change(words);
            }
            if let AnswerType::Scale { labels, .. } = &mut question.answer {
                labels.iter_mut().for_each(|(_, words)| change(words));
            }
            for option in question.answer.options_mut().into_iter().flat_map(|o| &mut o.list) {
                change(&mut option.label);
                option.say.iter_mut().for_each(&mut *change);
            }
        }
        Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) => {}
    }
}

/// Every place that an item leads to becomes another.
pub fn shift(kind: &mut Kind, moved: &dyn Fn(ItemNo) -> ItemNo) {
    let to = |target: &mut Target| match target {
        Target::Item(no) => *no = moved(*no),
        Target::End => {}
    };
    match kind {
        Kind::Group { first } => first.iter_mut().for_each(|no| *no = moved(*no)),
        Kind::Visit(target) | Kind::Goto(target) => to(target),
        Kind::Ask(question) => {
            for option in question.answer.options_mut().into_iter().flat_map(|o| &mut o.list) {
                match &mut option.jump {
                    Some(Jump::Visit(target) | Jump::Goto(target)) => to(target),
                    None => {}
                }
            }
        }
        Kind::Say(_) | Kind::End(_) => {}
    }
}
