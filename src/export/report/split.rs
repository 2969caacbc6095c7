//! What the citizens of each place, channel and language chose, a group told whole or not at all.

use super::small::hidden_groups;
use super::{Count, Part, Split};
use std::collections::BTreeMap;

/// In the order of the tables of a report.
const BY: [&str; 3] = ["place", "channel", "language"];

/// One question's answers, counted by group.
#[derive(Debug, Default)]
pub struct Cross([BTreeMap<String, Cells>; 3]);

#[derive(Debug, Default)]
struct Cells {
    all: u64,
    answered: u64,
    chosen: BTreeMap<String, u64>,
}

impl Cross {
    /// One response: its groups, and what it chose.
    pub fn add(&mut self, groups: [&str; 3], chosen: &[String], answered: bool) {
        for (table, group) in self.0.iter_mut().zip(groups) {
            let cells = table.entry(group.to_owned()).or_default();
            cells.all += 1;
            cells.answered += u64::from(answered);
            for code in chosen {
                *cells.chosen.entry(code.clone()).or_default() += 1;
            }
        }
    }

    /// The tables that have several groups. `several`: more than one option may be chosen; `gone`: groups that are hidden in any case.
    pub fn told(&self, codes: &[&str], several: bool, gone: &[Vec<bool>; 3]) -> Vec<Split> {
        let tables = BY.iter().zip(&self.0).zip(gone).filter(|((_, table), _)| table.len() > 1);
        let split = |((by, table), gone): ((&&str, &BTreeMap<String, Cells>), &Vec<bool>)| {
            let hidden = hidden_groups(&rows(table, codes, several), gone);
            let groups =
                table.iter().zip(hidden).map(|((code, cells), hidden)| cells.part(code, codes, hidden));
            Split { by: (**by).to_owned(), groups: groups.collect() }
        };
        tables.map(split).collect()
    }
}

impl Cells {
    fn of(&self, code: &str) -> u64 {
        self.chosen.get(code).copied().unwrap_or(0)
    }

    fn part(&self, group: &str, codes: &[&str], hidden: bool) -> Part {
        let told = |count: u64| (!hidden).then_some(count);
        let bar = |code: &&str| Count { code: (*code).to_owned(), count: told(self.of(code)) };
        Part { code: group.to_owned(), answered: told(self.answered), bars: codes.iter().map(bar).collect() }
    }
}

// Every count that follows from what would be told of a group: also how many did not answer, and did not choose what several may.
fn rows(table: &BTreeMap<String, Cells>, codes: &[&str], several: bool) -> Vec<Vec<u64>> {
    let row = |count: &dyn Fn(&Cells) -> u64| table.values().map(count).collect::<Vec<u64>>();
    let mut rows = vec![row(&|cells| cells.all - cells.answered)];
    for code in codes {
        rows.push(row(&|cells| cells.of(code)));
        if several {
            rows.push(row(&|cells| cells.answered.saturating_sub(cells.of(code))));
        }
    }
    rows
}
