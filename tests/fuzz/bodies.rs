//! What is tried with bytes that nobody chose, and what must hold: for the fuzz targets in `fuzz/` and for `tests/fuzz.rs`.
#![allow(dead_code, reason = "each fuzz target uses its own part")]

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use snak::engine::reading::contact;
use snak::engine::reading::date::{Toward, date as read_date};
use snak::engine::reading::number::number;
use snak::engine::reading::place::{Place, place};
use snak::engine::reading::time::time;
use snak::engine::reading::yesno::yes_or_no;
use snak::engine::{self, Begin, Button, Effect, Facts, Input, Moment};
use snak::script::{
    Institution, Language, Parts, Problem, Script, ScriptId, StaffLanguage, mended, mended_safely, picture,
};
use std::sync::LazyLock;

const BASE: &str = include_str!("../problems/base.yaml");
/// A dialogue with every kind of question.
const ROUND_TRIP: &str = include_str!("../transcripts/rundtur/rundtur.yaml");

fn check(source: &str) -> (Option<Script>, Vec<Problem>) {
    let parts = Parts { institution: Institution::named_after("nordby") };
    let (script, problems) = Script::check(&ScriptId("nordby/x".to_owned()), source, &parts);
    assert_eq!(
        script.is_some(),
        !problems.iter().any(Problem::is_error),
        "a script without errors, or errors"
    );
    for problem in problems.iter().take(20) {
        assert!(problem.at.line > 0 && problem.at.column > 0, "{problem:?} has no place");
        assert!(!problem.why.is_empty() && !problem.mend.is_empty(), "{problem:?} gives no advice");
        for language in [StaffLanguage::Da, StaffLanguage::En] {
            let _ = picture(problem, source, language);
        }
    }
    (script, problems)
}

/// A whole file.
pub fn parser(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let (_, problems) = check(&source);
    let _ = mended(&source, &problems);
    // What is written into files by itself can be read again.
    let (safe, done) = mended_safely(&source, |text| check(text).1);
    assert!(done.is_empty() == (safe == source), "what is written is told, and the other way round");
    let _ = Institution::parse("nordby", &source);
}

/// A dialogue in which each line of the input takes the place of one: its first sign says which.
pub fn lowering(data: &[u8]) {
    let mut lines: Vec<String> = BASE.lines().map(str::to_owned).collect();
    for edit in String::from_utf8_lossy(data).lines().take(40) {
        let Some(first) = edit.chars().next() else { continue };
        let (count, rest) = (lines.len(), &edit[first.len_utf8()..]);
        let line = &mut lines[first as usize % count];
        let margin = line.len() - line.trim_start_matches([' ', '-']).len();
        // With a blank before it, the margin is the input's own.
        *line = match rest.strip_prefix(' ') {
            Some(own) => own.to_owned(),
            None => format!("{}{rest}", &line[..margin]),
        };
    }
    let source = lines.join("\n");
    let (script, _) = check(&source);
    if let Some(script) = script {
        talk(&script, &["1", "ja", "spring over", "tilbage", "1", "1", "2", "12"]);
    }
}

/// Words as an answer of every kind; the first byte chooses the language.
pub fn answers(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let tags = ["da", "en", "ar", "fa", "pl", "so", "tr", "uk", "ur"];
    let language = Language::parse(tags[*first as usize % tags.len()]).unwrap_or(Language::DANISH);
    let words = String::from_utf8_lossy(rest);
    let _ = number(&words, language);
    let _ = yes_or_no(&words, language);
    let today = date(2026, 3, 4);
    for toward in [Toward::Coming, Toward::Past] {
        if let Some(day) = read_date(&words, language, today, toward) {
            assert_eq!(read_date(&day.to_string(), language, today, toward), Some(day), "{words:?} is {day}");
        }
    }
    if let Some(clock) = time(&words, language) {
        assert_eq!((clock.time.second(), clock.time.subsec_nanosecond()), (0, 0), "{words:?}");
    }
    // What was understood is understood again, and as the same.
    for read in [contact::email, contact::phone] {
        if let Some(address) = read(&words) {
            assert_eq!(read(&address).as_ref(), Some(&address), "{words:?}");
            assert_ne!(contact::masked(&address), address, "{words:?} is shown whole");
        }
    }
    if let Some(Place::Point(point)) = place(&words, language) {
        assert_eq!(place(&point.to_string(), language), Some(Place::Point(point)), "{words:?}");
    }
    if let Some(name) = contact::name(&words) {
        assert!(name.trim() == name && !name.is_empty(), "{name:?}");
    }
}

/// A conversation with every kind of question, a line of the input for each thing that is typed; a line that begins with `#`
/// presses a button.
pub fn conversation(data: &[u8]) {
    static SCRIPT: LazyLock<Option<Script>> = LazyLock::new(|| check(ROUND_TRIP).0);
    let script = SCRIPT.as_ref();
    assert!(script.is_some(), "the dialogue is clean");
    let words = String::from_utf8_lossy(data);
    let lines: Vec<&str> = words.split('\n').take(60).collect();
    if let Some(script) = script {
        talk(script, &lines);
    }
}

// From the card on; a session is stored and read back between any two inputs.
fn talk(script: &Script, typed: &[&str]) {
    let begin = Begin {
        revision: 1,
        channel: "telegram",
        place: None,
        language: None,
        returning: false,
        response: uuid::Uuid::nil(),
    };
    let mut moment = Moment { now: Timestamp::UNIX_EPOCH, seed: 7, facts: Facts::default() };
    moment.now += SignedDuration::from_hours(24 * 365 * 57);
    let mut turn = engine::start(script, begin, &moment);
    let mut shown: Vec<Button> = Vec::new();
    for words in std::iter::once("start").chain(typed.iter().copied()) {
        for effect in &turn.effects {
            if let Effect::Say(message) | Effect::Amend { message, .. } = effect {
                shown.extend(message.buttons.iter().flatten().cloned());
            }
        }
        let Ok(stored) = engine::encode(&turn.session) else { return };
        let Ok(session) = engine::decode::<engine::Session>(&stored) else {
            panic!("what was stored is not read back");
        };
        assert_eq!(session, turn.session);
        moment.now += SignedDuration::from_secs(10);
        let pressed = words.strip_prefix('#').and_then(|n| n.bytes().next());
        let input = match pressed.and_then(|n| shown.iter().rev().nth(n as usize)) {
            Some(button) => Input::Press(button.press),
            None => Input::Text(words.to_owned()),
        };
        match engine::advance(script, session, &input, &moment) {
            Ok(next) => turn = next,
            Err(error) => panic!("{error}"),
        }
    }
}
