//! How far long work has come, told to a terminal; silent elsewhere.

use std::io::{self, IsTerminal, Write};

/// Letters of a whole bar.
const BAR: u64 = 30;
/// Told so often that it moves, and not more.
const STEPS: u64 = 100;

pub struct Progress {
    shown: bool,
    unit: &'static str,
    done: u64,
    told: u64,
    total: Option<u64>,
}

impl Progress {
    /// `wanted`: standard output is not the terminal's too.
    pub fn of_bytes(wanted: bool) -> Progress {
        Progress { shown: wanted && io::stderr().is_terminal(), unit: "bytes", done: 0, told: 0, total: None }
    }

    pub fn of_rows(wanted: bool, total: Option<u64>) -> Progress {
        Progress { unit: "rows", total, ..Progress::of_bytes(wanted) }
    }

    pub fn add(&mut self, count: u64) {
        self.done += count;
        let step = self.total.unwrap_or(self.done).div_ceil(STEPS).max(1);
        if self.shown && self.done - self.told >= step {
            self.told = self.done;
            let _ = write!(io::stderr(), "\r{}", self.line());
        }
    }

    pub fn end(&self, words: &str) {
        if self.shown {
            let _ = writeln!(io::stderr(), "\r{}{words}", self.line());
        }
    }

    fn line(&self) -> String {
        let (done, unit) = (self.done, self.unit);
        let Some(total) = self.total.filter(|total| *total > 0) else { return format!("{done} {unit}") };
        let length = usize::try_from((done.min(total) * BAR) / total).unwrap_or(0);
        let rest = usize::try_from(BAR).unwrap_or(0) - length;
        format!("[{}{}] {done} of {total} {unit}", "#".repeat(length), "-".repeat(rest))
    }
}
