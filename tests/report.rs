//! The whole report against somebody who tries: for each count that is not told there is another set of answers with another
//! count, of which exactly the same is told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "support/header.rs"]
mod header;

use header::header;
use jiff::Timestamp;
use proptest::prelude::*;
use snak::engine::{Answered, Audience, Ended, Outcome, Response, Status, Value};
use snak::export::report::{Report, Tally};
use snak::export::{Atlas, Codebook};
use snak::script::{Institution, Language, Parts, Script, ScriptId};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use uuid::Uuid;

static BOOK: LazyLock<Codebook> = LazyLock::new(|| {
    let steps = "steps:
  - ask: Hvad?
    id: hvad
    type: choice
    options: {a: Svar a, b: Svar b, c: Svar c, d: Svar d}
";
    let yaml = [header("havn", true).as_str(), steps].concat();
    let (id, parts) =
        (ScriptId("nordby/havn".to_owned()), Parts { institution: Institution::named_after("nordby") });
    let (script, _) = Script::check(&id, &yaml, &parts);
    Codebook::with_revision(None, &script.unwrap(), 1, Timestamp::UNIX_EPOCH)
});

/// What one citizen did: nothing of it beyond these.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Citizen {
    /// 0 to 3: an option; 4: skipped; 5: not asked.
    answer: u8,
    place: u8,
    not_yet_user: bool,
    complete: bool,
}

fn response((n, citizen): (usize, &Citizen)) -> Response {
    let at: Timestamp = "2026-11-23T08:15:04Z".parse().unwrap();
    let outcome = match citizen.answer {
        code @ 0..=3 => {
            let value = Value::Code(["a", "b", "c", "d"][usize::from(code)].to_owned());
            Some(Outcome::Given { value, other: None })
        }
        4 => Some(Outcome::Skipped),
        _ => None,
    };
    let answered = |outcome| Answered { question: "hvad".to_owned(), outcome, at };
    Response {
        id: Uuid::from_u128(n as u128),
        dialogue: ScriptId("nordby/havn".to_owned()),
        citizen: "k".to_owned(),
        revision: 1,
        channel: "web".to_owned(),
        language: Language::DANISH,
        place: Some(["station", "torvet", "park", "bageren"][usize::from(citizen.place)].to_owned()),
        audience: if citizen.not_yet_user { Audience::NotYetUser } else { Audience::User },
        status: if citizen.complete { Status::Complete } else { Status::Partial },
        ended: Ended::End,
        started_at: at,
        finished_at: at,
        changed_at: at,
        answers: outcome.map(answered).into_iter().collect(),
        withdrawn: Vec::new(),
    }
}

fn report(citizens: &[Citizen]) -> Report {
    let mut tally = Tally::new(Atlas::new(BOOK.clone()), |_| true);
    citizens.iter().enumerate().map(response).for_each(|r| tally.add(r));
    let mut report = tally.report();
    // Times are not what is asked for here, and change with who answered at all.
    report.questions[0].median_seconds = None;
    report.median_seconds = None;
    report
}

/// How many there are of everything that somebody could want to know.
fn counts(citizens: &[Citizen]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for c in citizens {
        for what in [
            format!("answer {}", c.answer),
            format!("place {}", c.place),
            format!("place {} not yet {}", c.place, c.not_yet_user),
            format!("answer {} not yet {}", c.answer, c.not_yet_user),
            format!("not yet {}", c.not_yet_user),
            format!("complete {}", c.complete),
            // Skipped or not asked at a place is told as one.
            format!("answer {} place {}", c.answer.min(4), c.place),
        ] {
            *counts.entry(what).or_insert(0) += 1;
        }
    }
    counts
}

/// Every set of answers in which one citizen, or two, did something else.
fn others(citizens: &[Citizen]) -> impl Iterator<Item = Vec<Citizen>> + '_ {
    let changed = |c: Citizen| {
        let answers = (0..6).map(move |answer| Citizen { answer, ..c });
        let places = (0..3)
            .flat_map(move |place| [true, false].map(|not_yet_user| Citizen { place, not_yet_user, ..c }));
        answers.chain(places).chain([Citizen { complete: !c.complete, ..c }]).filter(move |new| *new != c)
    };
    let with = move |set: Vec<Citizen>, at: usize| {
        changed(set[at]).map(move |new| {
            let mut set = set.clone();
            set[at] = new;
            set
        })
    };
    // Who is like another before them does nothing else than they could.
    let first = |set: &[Citizen], at: usize| !set[..at].contains(&set[at]);
    let one = (0..citizens.len())
        .filter(move |at| first(citizens, *at))
        .flat_map(move |at| with(citizens.to_vec(), at));
    one.flat_map(move |set| {
        let again = set.clone();
        let two = (0..set.len()).filter(move |at| first(&again, *at)).collect::<Vec<_>>();
        std::iter::once(set.clone()).chain(two.into_iter().flat_map(move |at| with(set.clone(), at)))
    })
}

fn citizen() -> impl Strategy<Value = Citizen> {
    let answer = prop_oneof![4 => 0_u8..2, 1 => 2_u8..6];
    let place = prop_oneof![3 => Just(0_u8), 2 => Just(1_u8), 1 => Just(2_u8)];
    let often = prop_oneof![4 => Just(true), 1 => Just(false)];
    (answer, place, any::<bool>(), often).prop_map(|(answer, place, not_yet_user, complete)| Citizen {
        answer,
        place,
        not_yet_user,
        complete,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_small_count_follows_from_what_is_told(citizens in proptest::collection::vec(citizen(), 20..=20)) {
        let told = report(&citizens);
        let real = counts(&citizens);
        let mut open: Vec<&String> = real.iter().filter(|(_, n)| (1..5).contains(*n)).map(|(what, _)| what).collect();
        for other in others(&citizens) {
            if open.is_empty() {
                break;
            }
            let theirs = counts(&other);
            if open.iter().any(|what| theirs.get(*what) != real.get(*what)) && report(&other) == told {
                open.retain(|what| theirs.get(*what) == real.get(*what));
            }
        }
        prop_assert!(open.is_empty(), "{open:?} of {real:?} follows from {told:#?}");
    }
}

/// How many gave which answer where; skipped and not asked are told as one.
fn crossed(citizens: &[Citizen]) -> BTreeMap<(u8, u8), u64> {
    let mut counts = BTreeMap::new();
    for c in citizens {
        *counts.entry((c.answer.min(4), c.place)).or_insert(0) += 1;
    }
    counts
}

/// Every set in which some of one kind, and as many of another at another place, gave each other's answer, or some were at another
/// place: whatever is told of all of them is the same.
fn swapped(citizens: &[Citizen]) -> Vec<Vec<Citizen>> {
    let kinds: Vec<Citizen> =
        citizens.iter().enumerate().filter(|(at, c)| !citizens[..*at].contains(c)).map(|(_, c)| *c).collect();
    let mut sets = Vec::new();
    for a in &kinds {
        for b in kinds
            .iter()
            .filter(|b| a.place < b.place && a.answer != b.answer && a.not_yet_user == b.not_yet_user)
        {
            changed(
                citizens,
                &[(*a, Citizen { answer: b.answer, ..*a }), (*b, Citizen { answer: a.answer, ..*b })],
                &mut sets,
            );
        }
        for place in (0..4).filter(|place| *place != a.place) {
            changed(citizens, &[(*a, Citizen { place, ..*a })], &mut sets);
        }
    }
    sets
}

/// The sets in which one, two, … of each kind are of another, up to all there are.
fn changed(citizens: &[Citizen], kinds: &[(Citizen, Citizen)], sets: &mut Vec<Vec<Citizen>>) {
    let mut set = citizens.to_vec();
    loop {
        for (old, new) in kinds {
            let Some(at) = (0..set.len()).find(|at| citizens[*at] == *old && set[*at] == *old) else {
                return;
            };
            set[at] = *new;
        }
        sets.push(set.clone());
    }
}

/// Two answers at four places, often enough that the question is told whole, and now and then few at one of them.
fn town() -> impl Strategy<Value = Vec<Citizen>> {
    let count = prop_oneof![3 => 5_usize..12, 2 => 1_usize..5, 1 => Just(0)];
    let counts = proptest::collection::vec(count, 8..=8);
    let rest = prop_oneof![Just(0_usize), 6_usize..9];
    (counts, rest, proptest::collection::vec(any::<bool>(), 100..=100)).prop_map(|(counts, rest, not_yet)| {
        let cells = (0_u8..).zip(counts).flat_map(|(n, count)| std::iter::repeat_n((n % 2, n / 2), count));
        let all = cells.chain(std::iter::repeat_n((4, 0), rest)).zip(not_yet);
        let mut citizens: Vec<Citizen> = all
            .map(|((answer, place), not_yet_user)| Citizen { answer, place, not_yet_user, complete: true })
            .collect();
        // The last step is not full, and not counted.
        citizens.truncate(citizens.len() / 5 * 5);
        citizens
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn who_answered_what_where_follows_from_no_place_that_is_told(citizens in town()) {
        let told = report(&citizens);
        let groups = told.questions[0].by.iter().flat_map(|split| &split.groups);
        if groups.filter(|group| group.answered.is_some()).count() == 0 {
            // Of no place is anything told.
            return Ok(());
        }
        let real = crossed(&citizens);
        let mut open: Vec<_> = real.iter().filter(|(_, n)| (1..5).contains(*n)).map(|(cell, _)| cell).collect();
        for other in swapped(&citizens) {
            if open.is_empty() {
                break;
            }
            let theirs = crossed(&other);
            if open.iter().any(|cell| theirs.get(*cell) != real.get(*cell)) && report(&other) == told {
                open.retain(|cell| theirs.get(*cell) == real.get(*cell));
            }
        }
        prop_assert!(open.is_empty(), "{open:?} of {real:?} follows from {:#?}", told.questions[0].by);
    }
}
