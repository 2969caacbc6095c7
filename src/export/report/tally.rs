//! Counts responses one by one, and says what may be told of them.

use super::small::{hidden, hidden_of_several, hidden_rows};
use super::split::Cross;
use super::{Bar, Count, Group, Question, Report, SMALLEST, STEP};
use crate::engine::{Audience, Outcome, Response, Status};
use crate::export::atlas::{Atlas, Cell, Given, State};
use crate::export::codebook::{Column, Role, TypeOf};
use std::collections::BTreeMap;

/// The states of a question, and last that the response's revision did not have it.
const STATES: usize = 6;

/// Responses counted so far. Memory does not grow with their number, but for one number for each answer's time.
#[derive(Debug)]
pub struct Tally {
    atlas: Atlas,
    waiting: Vec<Response>,
    counted: u64,
    complete: u64,
    seconds: Vec<u32>,
    audience: [u64; 3],
    /// All, and not-yet users among them.
    place: BTreeMap<String, (u64, u64)>,
    channel: BTreeMap<String, (u64, u64)>,
    language: BTreeMap<String, (u64, u64)>,
    /// Left before the first answer.
    left_at_once: u64,
    /// Place in the codebook -> counts of its question.
    questions: BTreeMap<usize, Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    states: [u64; STATES],
    left_after: u64,
    seconds: Vec<u32>,
    /// All, and not-yet users among them.
    chosen: BTreeMap<String, (u64, u64)>,
    cross: Cross,
}

impl Tally {
    /// `may`: which questions the reader may see the answers of.
    pub fn new(atlas: Atlas, may: impl Fn(&Column) -> bool) -> Tally {
        let columns = atlas.book().columns.iter().enumerate();
        let questions =
            columns.filter(|(_, c)| is_counted(c) && may(c)).map(|(n, _)| (n, Asked::default())).collect();
        Tally {
            atlas,
            waiting: Vec::new(),
            counted: 0,
            complete: 0,
            seconds: Vec::new(),
            audience: [0; 3],
            place: BTreeMap::new(),
            channel: BTreeMap::new(),
            language: BTreeMap::new(),
            left_at_once: 0,
            questions,
        }
    }

    /// One more response; it is counted when a step is full.
    pub fn add(&mut self, response: Response) {
        self.waiting.push(response);
        if self.waiting.len() == STEP {
            for response in std::mem::take(&mut self.waiting) {
                self.count(&response);
            }
            self.questions.values_mut().for_each(|asked| asked.cross.step());
        }
    }

    fn count(&mut self, response: &Response) {
        self.counted += 1;
        let complete = response.status == Status::Complete;
        if complete {
            self.complete += 1;
            self.seconds.push(seconds(response.started_at, response.finished_at));
        }
        self.audience[slot(response.audience)] += 1;
        let not_yet = u64::from(response.audience == Audience::NotYetUser);
        for (table, code) in [
            (&mut self.place, response.place.as_deref().unwrap_or_default()),
            (&mut self.channel, &response.channel),
            (&mut self.language, response.language.tag()),
        ] {
            let of = table.entry(code.to_owned()).or_default();
            *of = (of.0 + 1, of.1 + not_yet);
        }
        self.answers(response, complete, not_yet);
    }

    fn answers(&mut self, response: &Response, complete: bool, not_yet: u64) {
        let cells = self.atlas.lay(response, false);
        let groups =
            [response.place.as_deref().unwrap_or_default(), &response.channel, response.language.tag()];
        for (place, asked) in &mut self.questions {
            let cell = cells[*place].as_ref();
            asked.state(cell, not_yet);
            asked.cross.add(groups, &chosen(cell), cell.is_some_and(|c| c.state == State::Answered));
        }
        let mut before = response.started_at;
        let mut last = None;
        for answered in &response.answers {
            let place = self.atlas.place_of(response.revision, &answered.question);
            if let Some(asked) = place.and_then(|place| self.questions.get_mut(&place)) {
                if matches!(answered.outcome, Outcome::Given { .. }) {
                    asked.seconds.push(seconds(before, answered.at));
                }
                last = place;
            }
            before = answered.at;
        }
        if complete {
            return;
        }
        match last.and_then(|place| self.questions.get_mut(&place)) {
            Some(asked) => asked.left_after += 1,
            None => self.left_at_once += 1,
        }
    }

    /// What may be told.
    pub fn report(mut self) -> Report {
        let partial = self.counted - self.complete;
        let ended = hidden(&[self.complete, partial]);
        let audience = hidden(&self.audience);
        let told = |count: u64, hidden: bool| (!hidden).then_some(count);
        let groups = |table: &BTreeMap<String, (u64, u64)>| groups(table, audience[0]);
        let (place, channel, language) = (groups(&self.place), groups(&self.channel), groups(&self.language));
        let gone = [&place, &channel, &language].map(|of| of.iter().map(|g| g.count.is_none()).collect());
        let mut left: Vec<u64> = vec![self.left_at_once];
        left.extend(self.questions.values().map(|q| q.left_after));
        let left_hidden = if ended[1] { vec![true; left.len()] } else { hidden(&left) };
        let book = self.atlas.book();
        let questions = self.questions.iter_mut().zip(left_hidden.iter().skip(1));
        let questions = questions
            .map(|((place, asked), left)| asked.told(&book.columns[*place], *left, audience[0], &gone))
            .collect();
        Report {
            counted: self.counted,
            smallest: SMALLEST,
            complete: told(self.complete, ended[0]),
            partial: told(partial, ended[1]),
            median_seconds: median(&mut self.seconds).filter(|_| !ended[0]),
            not_yet_user_share: if audience[0] { None } else { share(self.audience[0], self.counted) },
            audience: ["not_yet_user", "user", "unknown"]
                .into_iter()
                .enumerate()
                .map(|(n, code)| Count { code: code.to_owned(), count: told(self.audience[n], audience[n]) })
                .collect(),
            place,
            channel,
            language,
            questions,
        }
    }
}

impl Asked {
    fn state(&mut self, cell: Option<&Cell<'_>>, not_yet: u64) {
        let state = match cell.map(|c| c.state) {
            Some(State::Answered) => 0,
            Some(State::Skipped) => 1,
            Some(State::NotAsked) => 2,
            Some(State::Failed) => 3,
            Some(State::Withdrawn) => 4,
            None => 5,
        };
        self.states[state] += 1;
        for code in chosen(cell) {
            let of = self.chosen.entry(code).or_default();
            *of = (of.0 + 1, of.1 + not_yet);
        }
    }

    // `small`: how many not-yet users there are in all is not told, so it is told nowhere.
    // `gone`: groups by place, channel and language of which not even is told how many they are.
    fn told(&mut self, column: &Column, left_hidden: bool, small: bool, gone: &[Vec<bool>; 3]) -> Question {
        let options = options(column);
        let counts: Vec<(u64, u64)> =
            options.iter().map(|(code, _)| self.chosen.get(code).copied().unwrap_or_default()).collect();
        let all: Vec<u64> = counts.iter().map(|(all, _)| *all).collect();
        let several = kind(column) == Some(TypeOf::Multi);
        let (states, bars) = self.hidden(&all, several);
        let codes: Vec<&str> = options.iter().map(|(code, _)| code.as_str()).collect();
        // Where the whole is not told, its parts are not.
        let whole = !states[0] && !bars.contains(&true) && !codes.is_empty();
        let by = if whole { self.cross.told(&codes, several, gone) } else { Vec::new() };
        let rows: Vec<(u64, u64)> = counts.iter().map(|(all, not_yet)| (*not_yet, all - not_yet)).collect();
        let split = if small { vec![true; rows.len()] } else { hidden_rows(&rows, &bars) };
        let state = |n: usize| (!states[n]).then_some(self.states[n]);
        let each = options.into_iter().zip(counts).zip(bars.into_iter().zip(split));
        Question {
            name: column.name.clone(),
            kind: kind(column).map_or("", TypeOf::name).to_owned(),
            text: column.text.clone(),
            answered: state(0),
            skipped: state(1),
            not_asked: state(2),
            failed: state(3),
            withdrawn: state(4),
            not_in_revision: state(5),
            left_after: (!left_hidden).then_some(self.left_after),
            bars: each
                .map(|(((code, label), (all, not_yet)), (gone, split))| Bar {
                    code,
                    label,
                    count: (!gone).then_some(all),
                    not_yet_users: (!split).then_some(not_yet),
                })
                .collect(),
            median_seconds: median(&mut self.seconds),
            by,
        }
    }

    // Of the states and of the options. Those who answered are the sum of the options where one is chosen, and with the other
    // states they are all there are.
    fn hidden(&self, counts: &[u64], several: bool) -> (Vec<bool>, Vec<bool>) {
        let states = hidden(&self.states);
        let [answered, others @ ..] = self.states;
        if several {
            let of = if states[0] { self.states.iter().sum() } else { answered };
            return (states, hidden_of_several(counts, of));
        }
        if !states[0] || counts.is_empty() {
            return (states, hidden(counts));
        }
        // How many answered is not told: the options are what the others hide among.
        let all: Vec<u64> = others.iter().chain(counts).copied().collect();
        let gone = hidden(&all);
        let (others, bars) = gone.split_at(others.len());
        let states = std::iter::once(true).chain(others.iter().copied()).collect();
        (states, bars.to_vec())
    }
}

// The options that stand in a cell; of a ranking all, and nothing of what was written.
fn chosen(cell: Option<&Cell<'_>>) -> Vec<String> {
    match cell.and_then(|c| c.given.as_ref()) {
        Some(Given::Code(code)) => vec![(*code).to_owned()],
        Some(Given::Codes(codes)) => codes.iter().map(|code| (*code).to_owned()).collect(),
        Some(Given::Number(number)) => vec![number.to_string()],
        Some(
            Given::Text(_)
            | Given::Place { .. }
            | Given::Media(_)
            | Given::Spoken(_)
            | Given::Date(_)
            | Given::Time(_)
            | Given::Voted,
        )
        | None => Vec::new(),
    }
}

fn is_counted(column: &Column) -> bool {
    column.table.is_none() && kind(column).is_some()
}

fn kind(column: &Column) -> Option<TypeOf> {
    match &column.role {
        Role::Answer(kind) => Some(*kind),
        Role::Flag { .. } | Role::Other { .. } | Role::Part { .. } => None,
    }
}

// A scale has all of its values; a ranking says too little by its first place alone.
fn options(column: &Column) -> Vec<(String, super::Texts)> {
    let label = |code: &str| column.options.iter().find(|o| o.code == code).map(|o| o.label.clone());
    match kind(column) {
        Some(TypeOf::Scale { min, max }) => {
            (min..=max).map(|n| (n.to_string(), label(&n.to_string()).unwrap_or_default())).collect()
        }
        Some(TypeOf::Choice | TypeOf::Multi | TypeOf::YesNo) => {
            column.options.iter().map(|o| (o.code.clone(), o.label.clone())).collect()
        }
        Some(
            TypeOf::Rank
            | TypeOf::Number
            | TypeOf::Text
            | TypeOf::Location
            | TypeOf::Media(_)
            | TypeOf::Date
            | TypeOf::Time
            | TypeOf::Name
            | TypeOf::Vote,
        )
        | None => Vec::new(),
    }
}

// `small`: how many not-yet users there are in all is not told, so it is told nowhere.
fn groups(table: &BTreeMap<String, (u64, u64)>, small: bool) -> Vec<Group> {
    let counts: Vec<u64> = table.values().map(|(all, _)| *all).collect();
    let gone = hidden(&counts);
    let rows: Vec<(u64, u64)> = table.values().map(|(all, not_yet)| (*not_yet, all - not_yet)).collect();
    let split = if small { vec![true; rows.len()] } else { hidden_rows(&rows, &gone) };
    let each = table.iter().zip(gone).zip(split);
    each.map(|(((code, (all, not_yet)), gone), split)| Group {
        code: code.clone(),
        count: (!gone).then_some(*all),
        not_yet_users: (!split).then_some(*not_yet),
        not_yet_user_share: if split { None } else { share(*not_yet, *all) },
    })
    .collect()
}

fn slot(audience: Audience) -> usize {
    match audience {
        Audience::NotYetUser => 0,
        Audience::User => 1,
        Audience::Unknown => 2,
    }
}

fn share(part: u64, all: u64) -> Option<f64> {
    // Counts of citizens are far below 2^53.
    (all > 0).then(|| (part as f64 / all as f64 * 1000.0).round() / 1000.0)
}

fn seconds(from: jiff::Timestamp, to: jiff::Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

// Of at least the smallest number that is told.
fn median(seconds: &mut [u32]) -> Option<u64> {
    if (seconds.len() as u64) < SMALLEST {
        return None;
    }
    let middle = seconds.len() / 2;
    let (_, median, _) = seconds.select_nth_unstable(middle);
    Some(u64::from(*median))
}
