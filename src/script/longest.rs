//! How many questions may still come: the longest way from each step to the end of its list. Conditions are not weighed.

use super::model::*;

/// For each item, the questions on the longest way from it to where its list runs out, itself included. A way back to a
/// step that is already on the way counts nothing.
pub fn longest(items: &[Item], audience: Option<&Audience>) -> Vec<u16> {
    let mut ways = Ways { items, audience, weigh: &|_| 1, found: vec![None; items.len()] };
    (0..items.len()).map(|no| ways.from(no)).collect()
}

/// What the questions on the longest way through the whole dialogue weigh together.
pub fn on_the_longest_way(
    items: &[Item],
    audience: Option<&Audience>,
    weigh: impl Fn(&Question) -> u16,
) -> u16 {
    let mut ways = Ways { items, audience, weigh: &weigh, found: vec![None; items.len()] };
    if items.is_empty() { 0 } else { ways.from(0) }
}

struct Ways<'i> {
    items: &'i [Item],
    audience: Option<&'i Audience>,
    weigh: &'i dyn Fn(&Question) -> u16,
    found: Vec<Option<u16>>,
}

impl Ways<'_> {
    fn from(&mut self, no: ItemNo) -> u16 {
        if let Some(found) = self.found[no] {
            return found;
        }
        self.found[no] = Some(0);
        let item = &self.items[no];
        let after = match item.next {
            Next::Item(next) => self.from(next),
            Next::Return => 0,
        };
        let way = match &item.kind {
            Kind::Say(_) => after,
            Kind::Ask(question) => (self.weigh)(question).saturating_add(self.past(question, after)),
            Kind::Group { first } => first.map_or(after, |first| self.from(first)),
            Kind::Visit(to) => self.jump(Jump::Visit(*to), after),
            Kind::Goto(to) => self.jump(Jump::Goto(*to), after),
            Kind::End(_) => 0,
        };
        let passed_over = if item.when.is_some() { after } else { 0 };
        let longest = way.max(passed_over);
        self.found[no] = Some(longest);
        longest
    }

    fn past(&mut self, question: &Question, after: u16) -> u16 {
        let jumps =
            question.answer.options().map(|o| o.list.iter().filter_map(|c| c.jump).collect::<Vec<_>>());
        let audience = self.audience.filter(|a| a.question == question.id).and_then(|a| a.otherwise);
        let elsewhere = audience.map(|to| Jump::Goto(Target::Item(to)));
        let ways = jumps.into_iter().flatten().chain(elsewhere);
        ways.fold(after, |longest, jump| longest.max(self.jump(jump, after)))
    }

    fn jump(&mut self, jump: Jump, after: u16) -> u16 {
        match jump {
            Jump::Visit(Target::Item(to)) => self.from(to).saturating_add(after),
            Jump::Goto(Target::Item(to)) => self.from(to),
            Jump::Visit(Target::End) | Jump::Goto(Target::End) => 0,
        }
    }
}
