//! What the citizens of each place, channel or language chose, a group told whole or not at all.
//!
//! One table alone is told, the first that has several groups: of two laid over each other, the few would follow who are in a group of
//! the one and not of the other. What is new is added in lots in which every group has a step's number of responses or none; so two
//! reports of two days differ in no group by less. Those of groups that have fewer go together, and are told in the whole alone.

use super::small::hidden_groups;
use super::{Count, Part, STEP, Split};
use std::collections::BTreeMap;

/// In the order of the tables of a report.
const BY: [&str; 3] = ["place", "channel", "language"];

/// One question's answers, counted by place, channel and language.
#[derive(Debug, Default)]
pub struct Cross([Table; 3]);

#[derive(Debug, Default)]
struct Table {
    /// Every group there is, with what may be told of it.
    told: BTreeMap<String, Cells>,
    /// What is counted in no group.
    apart: Cells,
    waiting: BTreeMap<String, Cells>,
}

#[derive(Debug, Default, Clone)]
struct Cells {
    all: u64,
    answered: u64,
    chosen: BTreeMap<String, u64>,
}

impl Cross {
    /// One response: its groups, and what it chose.
    pub fn add(&mut self, groups: [&str; 3], chosen: &[String], answered: bool) {
        for (table, group) in self.0.iter_mut().zip(groups) {
            table.told.entry(group.to_owned()).or_default();
            let one = Cells {
                all: 1,
                answered: u64::from(answered),
                chosen: chosen.iter().map(|code| (code.clone(), 1)).collect(),
            };
            table.waiting.entry(group.to_owned()).or_default().add(&one);
        }
    }

    /// A step is full.
    pub fn step(&mut self) {
        self.0.iter_mut().for_each(Table::step);
    }

    /// `several`: more than one option may be chosen; `gone`: groups that are hidden in any case.
    pub fn told(&self, codes: &[&str], several: bool, gone: &[Vec<bool>; 3]) -> Vec<Split> {
        let mut tables = BY.iter().zip(&self.0).zip(gone).filter(|((_, table), _)| table.told.len() > 1);
        tables.next().map(|((by, table), gone)| table.split(by, codes, several, gone)).into_iter().collect()
    }
}

impl Table {
    fn step(&mut self) {
        let is_few = |cells: &Cells| cells.all < STEP as u64;
        let (mut few, mut many): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, cells)| is_few(cells));
        let sum = |few: &[(String, Cells)]| few.iter().map(|(_, cells)| cells.all).sum::<u64>();
        // Few are not left by themselves.
        while (1..STEP as u64).contains(&sum(&few))
            && let Some(last) = many.pop()
        {
            few.push(last);
        }
        if many.is_empty() {
            self.waiting = few.into_iter().collect();
            return;
        }
        many.iter().for_each(|(group, cells)| self.told.entry(group.clone()).or_default().add(cells));
        few.iter().for_each(|(_, cells)| self.apart.add(cells));
    }

    fn split(&self, by: &str, codes: &[&str], several: bool, gone: &[bool]) -> Split {
        let mut rest = self.apart.clone();
        self.waiting.values().for_each(|cells| rest.add(cells));
        let gone: Vec<bool> =
            gone.iter().zip(self.told.values()).map(|(gone, c)| *gone || c.all == 0).collect();
        let hidden =
            hidden_groups(&rows(self.told.values(), codes, several), &gone, &rest.row(codes, several));
        let groups = self.told.iter().zip(hidden).map(|((code, cells), gone)| cells.part(code, codes, gone));
        Split { by: by.to_owned(), groups: groups.collect() }
    }
}

impl Cells {
    fn of(&self, code: &str) -> u64 {
        self.chosen.get(code).copied().unwrap_or(0)
    }

    fn add(&mut self, more: &Cells) {
        self.all += more.all;
        self.answered += more.answered;
        for (code, count) in &more.chosen {
            *self.chosen.entry(code.clone()).or_default() += count;
        }
    }

    // Every count that follows from what would be told: also how many did not answer, and did not choose what several may.
    fn row(&self, codes: &[&str], several: bool) -> Vec<u64> {
        let mut row = vec![self.all - self.answered];
        for code in codes {
            row.push(self.of(code));
            if several {
                row.push(self.answered.saturating_sub(self.of(code)));
            }
        }
        row
    }

    fn part(&self, group: &str, codes: &[&str], hidden: bool) -> Part {
        let told = |count: u64| (!hidden).then_some(count);
        let bar = |code: &&str| Count { code: (*code).to_owned(), count: told(self.of(code)) };
        Part { code: group.to_owned(), answered: told(self.answered), bars: codes.iter().map(bar).collect() }
    }
}

// Row by row what the groups have.
fn rows<'c>(groups: impl Iterator<Item = &'c Cells>, codes: &[&str], several: bool) -> Vec<Vec<u64>> {
    let groups: Vec<Vec<u64>> = groups.map(|cells| cells.row(codes, several)).collect();
    let count = groups.first().map_or(0, Vec::len);
    (0..count).map(|n| groups.iter().map(|group| group[n]).collect()).collect()
}
