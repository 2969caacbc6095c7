//! Whatever comes in, in whatever order: nothing panics, nothing is lost, nothing is told that was not said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use snak::engine::{
    self, Answered, Begin, Button, ButtonKind, Effect, Ended, Facts, Form, Input, Message, Moment, Outcome,
    Press, Session, State, Status, Value,
};
use snak::script::{
    AnswerType, Institution, Language, Parts, Problem, Script, ScriptId, StaffLanguage, picture,
};
use std::collections::HashMap;
use std::path::Path;
use support::play::{dialogues, load};

/// Sequences tried for each script; the whole takes some seconds in debug.
const RUNS: u32 = 300;
const STEPS: usize = 30;
/// A CPR number in the forms of everyday writing. No other digits are typed, so none of these may ever be found.
const CPR: [&str; 4] = ["010203-1234", "3112991234", "010203 1234", "mit nummer er 01.02.03-1234 :)"];
const CPR_DIGITS: [&str; 3] = ["0102031234", "3112991234", "102031234"];

fn scripts() -> Vec<Script> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        dialogues().join("nordby-bibliotek/aabningstider.yaml"),
        dialogues().join("nordby-kultur/skriv-til-os.yaml"),
        dialogues().join("kulturhuset-havnen/soendag.yaml"),
        dialogues().join("nordby-idraet/tom-hal.yaml"),
        root.join("tests/transcripts/rundtur/rundtur.yaml"),
        root.join("tests/transcripts/typer/typer.yaml"),
    ]
    .iter()
    .map(|path| load(path))
    .collect()
}

/// One thing that happens, chosen without knowing the script.
#[derive(Debug, Clone)]
enum Event {
    Text(String),
    /// A button that was ever shown, counted from the newest.
    Button(usize),
    /// A press made up out of nothing; `own` with the right session.
    Forged {
        own: bool,
        step: u16,
        visit: u16,
        byte: u8,
    },
    /// A form for the open question, or for one made up.
    Form {
        open: bool,
        options: Vec<u8>,
        words: String,
    },
    Word(Input),
    /// So many seconds pass, and the wake-up comes whether it is due or not.
    TimeUp(i64),
}

fn words() -> impl Strategy<Value = String> {
    let said = [
        "ja",
        "nej",
        "stop",
        "tilbage",
        "spring over",
        "hjælp",
        "privatliv",
        "sprog",
        "English",
        "færdig",
        "start",
        "fortsæt",
        "nej tak",
        "1",
        "2",
        "3",
        "1 og 3",
        "1, 2, 3",
        "ca. 12",
        "2,5 kr.",
        "tolv",
        "mellem 2 og 4",
        "aldrg",
        "Nordby",
        "musik",
        "om",
        "noget andet",
        "👍",
        "👎🏽",
        "",
        " ",
        "\0",
        "\u{200f}\u{202e}",
        "a\u{30a}ben",
        "\u{feff}",
        "$${id} **fed** _k_",
        "-1",
        "1e9",
        "99999999999999999999999999999999",
        "٣",
    ];
    prop_oneof![
        8 => prop::sample::select(said.to_vec()).prop_map(str::to_owned),
        2 => prop::sample::select(CPR.to_vec()).prop_map(str::to_owned),
        1 => (1usize..9000).prop_map(|n| "æ ".repeat(n)),
        1 => "[\\PC\u{0}\u{7}\n\t\u{202e}\u{200b}👩‍🚀]{0,40}".prop_filter("digits are only typed where they are counted", |t| {
            t.chars().filter(|c| c.is_numeric()).count() < 4
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let commands = vec![
        Input::Back,
        Input::Back,
        Input::Skip,
        Input::Stop,
        Input::Help,
        Input::Privacy,
        Input::Unreadable,
        Input::Language(None),
        Input::Language(Some(Language::DANISH)),
        Input::Language(Some(Language::ENGLISH)),
        Input::Language(Language::parse("ar")),
    ];
    prop_oneof![
        6 => words().prop_map(Event::Text),
        12 => (0usize..12).prop_map(Event::Button),
        1 => (0usize..200).prop_map(Event::Button),
        1 => (any::<bool>(), 0u16..12, 0u16..40, any::<u8>())
            .prop_map(|(own, step, visit, byte)| Event::Forged { own, step, visit, byte }),
        3 => (prop::bool::weighted(0.8), prop::collection::vec(0u8..70, 0..4), words())
            .prop_map(|(open, options, words)| Event::Form { open, options, words }),
        2 => prop::sample::select(commands).prop_map(Event::Word),
        1 => (0i64..700_000).prop_map(Event::TimeUp),
    ]
}

struct Run<'s> {
    script: &'s Script,
    session: Session,
    now: Timestamp,
    /// Every button that was ever under a message, oldest first.
    buttons: Vec<Button>,
    /// Messages that still have buttons, by name.
    standing: HashMap<u64, Vec<Button>>,
}

impl Run<'_> {
    fn moment(&self) -> Moment {
        Moment { now: self.now, seed: 99, facts: Facts::default() }
    }

    fn input(&self, event: &Event) -> Input {
        match event {
            Event::Text(text) => Input::Text(text.clone()),
            Event::Button(n) => match self.buttons.iter().rev().nth(*n) {
                Some(button) => Input::Press(button.press),
                None => Input::Text("start".to_owned()),
            },
            Event::Forged { own, step, visit, byte } => {
                let session = if *own { self.session.nonce } else { 1 };
                let button = ButtonKind::from_byte(*byte).unwrap_or(ButtonKind::Start);
                Input::Press(Press { session, step: *step, visit: *visit, button })
            }
            Event::Form { open, options, words } => {
                let (step, visit) = self.asked().filter(|_| *open).unwrap_or((3, 2));
                let session = if *open { self.session.nonce } else { 1 };
                Input::Form(Form { session, step, visit, options: options.clone(), words: words.clone() })
            }
            Event::Word(input) => input.clone(),
            Event::TimeUp(_) => Input::TimeUp,
        }
    }

    // Number and visit of the open question.
    fn asked(&self) -> Option<(u16, u16)> {
        match &self.session.state {
            State::Waiting(waiting) => Some((self.script.question(&waiting.at)?.number, waiting.visit)),
            State::Card { .. } | State::Finished(_) => None,
        }
    }

    fn step(&mut self, event: &Event) {
        if let Event::TimeUp(seconds) = event {
            self.now += SignedDuration::from_secs(*seconds);
        }
        self.now += SignedDuration::from_secs(2);
        let input = self.input(event);
        let bytes = engine::encode(&self.session).unwrap();
        let stored: Session = engine::decode(&bytes).unwrap();
        assert_eq!(stored, self.session, "a session that is stored comes back as it was");
        let before = self.session.clone();
        let turn = engine::advance(self.script, stored, &input, &self.moment()).unwrap();
        let same = engine::advance(self.script, before.clone(), &input, &self.moment()).unwrap();
        assert_eq!(turn, same, "the same input gives the same turn");
        self.session = turn.session;
        self.messages(&turn.effects);
        self.nothing_is_lost(&before);
        self.is_over_when_it_is_over(&before, &turn.effects);
        self.says_nothing_private(&turn.effects);
    }

    fn messages(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Say(message) => self.said(message),
                Effect::Amend { of, message } => {
                    let old = self.standing.remove(of);
                    assert!(old.is_some(), "a message without buttons is not touched again");
                    self.stands(*of, message);
                }
                Effect::Toast(text) => assert!(!text.is_empty()),
                Effect::Respond(_)
                | Effect::Wish(_)
                | Effect::Unsay
                | Effect::WakeAt(_)
                | Effect::Contacts(..)
                | Effect::Apart(_) => {}
            }
        }
        assert!(effects.len() < 40, "{} things at once", effects.len());
        let open = !self.session.is_finished();
        let woken = effects.iter().any(|e| matches!(e, Effect::WakeAt(_)));
        assert_eq!(open, woken, "an open session is always woken again, an ended one never");
    }

    fn said(&mut self, message: &Message) {
        assert!(!message.text.is_empty(), "an empty message was sent");
        // On a keyboard for sharing they are words to type, and the platform lets nobody change the message.
        let changes = message.keyboard.is_none() && !message.buttons.is_empty();
        assert!(message.of.is_some() || !changes, "what has buttons can be changed");
        if let Some(of) = message.of {
            assert!(!self.standing.contains_key(&of), "two messages have one name");
            self.stands(of, message);
        }
        let rows = message.buttons.iter().map(|row| row.iter().map(|b| &b.label).collect::<Vec<_>>());
        for row in rows {
            assert!(!row.is_empty() && row.iter().all(|label| !label.trim().is_empty()));
        }
    }

    fn stands(&mut self, of: u64, message: &Message) {
        let buttons: Vec<Button> = message.buttons.iter().flatten().cloned().collect();
        self.buttons.extend(buttons.iter().cloned());
        if !buttons.is_empty() {
            self.standing.insert(of, buttons);
        }
    }

    fn nothing_is_lost(&mut self, before: &Session) {
        for Answered { question, .. } in &before.answers {
            assert!(self.session.answers.iter().any(|a| a.question == *question), "`{question}` was lost");
        }
        let mut ids: Vec<&String> = self.session.answers.iter().map(|a| &a.question).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), self.session.answers.len(), "one answer for each question");
        assert!(self.session.trail.len() <= self.script.items().len());
        for answered in &self.session.answers {
            self.is_valid(answered);
        }
    }

    fn is_valid(&self, answered: &Answered) {
        let question = self.script.question(&answered.question).unwrap();
        let Outcome::Given { value, other } = &answered.outcome else { return };
        let options = question.answer.options();
        let known = |code: &String| options.is_some_and(|o| o.find(code).is_some());
        match value {
            Value::Code(code) => assert!(known(code)),
            Value::Codes(codes) => {
                assert!(!codes.is_empty() && codes.iter().all(known));
                let alone =
                    codes.iter().any(|c| options.is_some_and(|o| o.find(c).is_some_and(|o| o.exclusive)));
                assert!(!alone || codes.len() == 1, "{codes:?}");
            }
            Value::Number(_) => assert!(options.is_none()),
            Value::Text(text) => assert!(!text.trim().is_empty()),
            Value::Place { .. } => assert_eq!(question.answer.name(), "location"),
            Value::Media(list) => assert!(!list.is_empty()),
            Value::Ranked(codes) => {
                let once = codes.iter().enumerate().all(|(n, code)| !codes[..n].contains(code));
                assert!(!codes.is_empty() && codes.iter().all(known) && once, "{codes:?}");
            }
            Value::Date(_) => assert!(matches!(question.answer, AnswerType::Date { .. })),
            Value::Time(_) => assert!(matches!(question.answer, AnswerType::Time { .. })),
            Value::Voted => panic!("a session holds votes, a response that there were some"),
        }
        assert!(other.as_ref().is_none_or(|words| !words.trim().is_empty()));
    }

    fn is_over_when_it_is_over(&self, before: &Session, effects: &[Effect]) {
        let responses = effects.iter().filter_map(|e| match e {
            Effect::Respond(response) => Some(response),
            Effect::Say(_)
            | Effect::Amend { .. }
            | Effect::Toast(_)
            | Effect::Wish(_)
            | Effect::Unsay
            | Effect::WakeAt(_)
            | Effect::Contacts(..)
            | Effect::Apart(_) => None,
        });
        let responses: Vec<_> = responses.collect();
        if before.state == State::Finished(Ended::End) {
            // An answer may be put right; before that, nothing changes.
            assert_eq!(self.session.answers, before.answers);
            assert!(responses.is_empty());
            return;
        }
        if before.is_finished() {
            assert_eq!(self.session.state, before.state);
            assert_eq!(self.session.answers, before.answers);
            assert!(responses.is_empty() && !effects.iter().any(|e| matches!(e, Effect::Say(_))));
            return;
        }
        match (&self.session.state, responses.as_slice()) {
            (State::Finished(Ended::Declined), []) => assert!(self.session.answers.is_empty()),
            (State::Finished(ended), [response]) => {
                let contact = |id: &str| self.script.question(id).unwrap().answer.is_contact();
                let answers: Vec<Answered> =
                    self.session.answers.iter().filter(|a| !contact(&a.question)).cloned().collect();
                assert_eq!(response.answers, answers, "the response is what was answered, without addresses");
                assert_eq!(response.status == Status::Complete, *ended == Ended::End);
                let on_the_way = |id: &str| self.session.trail.iter().any(|p| p.0 == id);
                for answered in &response.answers {
                    assert_eq!(
                        response.withdrawn.contains(&answered.question),
                        !on_the_way(&answered.question)
                    );
                }
                assert!(self.nothing_asks(), "a closed session leaves buttons that ask");
            }
            (State::Card { .. } | State::Waiting(_), []) => {}
            (state, responses) => panic!("{state:?} with {} responses", responses.len()),
        }
    }

    // Only a guess keeps its button, to be corrected.
    fn nothing_asks(&self) -> bool {
        let after =
            |b: &Button| matches!(b.press.button, ButtonKind::Correct | ButtonKind::Mend | ButtonKind::News);
        self.standing.values().flatten().all(after)
    }

    fn says_nothing_private(&self, effects: &[Effect]) {
        let mut bytes = engine::encode(&self.session).unwrap();
        for effect in effects {
            match effect {
                Effect::Say(message) | Effect::Amend { message, .. } => {
                    bytes.extend(engine::encode(message).unwrap())
                }
                Effect::Toast(text) => bytes.extend(text.as_bytes()),
                Effect::Respond(response) => bytes.extend(engine::encode(response).unwrap()),
                Effect::Wish(_)
                | Effect::Unsay
                | Effect::WakeAt(_)
                | Effect::Contacts(..)
                | Effect::Apart(_) => {}
            }
        }
        let digits: String =
            String::from_utf8_lossy(&bytes).chars().filter(|c| !matches!(c, '-' | ' ' | '.' | '/')).collect();
        for cpr in CPR_DIGITS {
            assert!(!digits.contains(cpr), "{cpr} was kept");
        }
    }
}

fn begin() -> Begin {
    Begin {
        revision: 1,
        channel: "telegram",
        place: None,
        language: None,
        returning: false,
        response: uuid::Uuid::nil(),
    }
}

fn run(script: &Script, events: &[Event]) -> Session {
    let now = "2026-11-23T10:00:00Z".parse().unwrap();
    let turn = engine::start(script, begin(), &Moment { now, seed: 99, facts: Facts::default() });
    let mut run = Run { script, session: turn.session, now, buttons: Vec::new(), standing: HashMap::new() };
    run.messages(&turn.effects);
    events.iter().for_each(|event| run.step(event));
    run.session
}

#[test]
fn no_sequence_of_inputs_breaks_a_conversation() {
    let mut endings: HashMap<String, usize> = HashMap::new();
    for script in scripts() {
        let mut runner =
            TestRunner::new(Config { cases: RUNS, failure_persistence: None, ..Config::default() });
        let ended = std::cell::RefCell::new(&mut endings);
        let events = prop::collection::vec(event(), 1..STEPS).prop_map(|mut events| {
            events.insert(0, Event::Button(0));
            events.insert(1, Event::Text("start".to_owned()));
            events
        });
        runner
            .run(&events, |events| {
                let session = run(&script, &events);
                *ended
                    .borrow_mut()
                    .entry(format!("{:?}", std::mem::discriminant(&session.state)))
                    .or_default() += 1;
                Ok(())
            })
            .unwrap_or_else(|e| panic!("{}: {e}", script.id()));
    }
    assert!(endings.len() > 1, "every run ended alike: the inputs do not reach far enough");
}

#[test]
fn progress_never_goes_backwards() {
    for script in scripts() {
        let mut runner =
            TestRunner::new(Config { cases: RUNS, failure_persistence: None, ..Config::default() });
        runner
            .run(&prop::collection::vec((0usize..9, 0i64..22), 1..20), |picks| {
                forwards(&script, &picks);
                Ok(())
            })
            .unwrap_or_else(|e| panic!("{}: {e}", script.id()));
    }
}

// Answers with the buttons there are, or a number, and reads "2 af 5" off each question.
fn forwards(script: &Script, picks: &[(usize, i64)]) {
    let now = "2026-11-23T10:00:00Z".parse().unwrap();
    let moment = Moment { now, seed: 99, facts: Facts::default() };
    let mut session = engine::start(script, begin(), &moment).session;
    let mut input = Input::Text("start".to_owned());
    let mut last = (0, u32::MAX);
    for (pick, number) in picks {
        let turn = engine::advance(script, session, &input, &moment).unwrap();
        session = turn.session;
        for effect in turn.effects {
            let Effect::Say(message) = effect else { continue };
            for (place, all) in message.text.to_string().lines().filter_map(place_and_all) {
                let on = place <= all && place >= last.0 && all <= last.1;
                assert!(on, "{}: after {last:?} came {place} of {all}", script.id());
                last = (place, all);
            }
        }
        let Some(open) = engine::recap(script, &session, &moment).open else { return };
        let presses: Vec<Press> = open.buttons.iter().flatten().map(|b| b.press).collect();
        input = match presses.len() {
            0 | 1 => Input::Text(number.to_string()),
            many => Input::Press(presses[pick % many]),
        };
    }
}

fn place_and_all(line: &str) -> Option<(u32, u32)> {
    let (place, all) = line.split_once(" af ")?;
    Some((place.parse().ok()?, all.parse().ok()?))
}

#[test]
fn a_dialogue_with_anything_done_to_it_is_read_or_refused_with_a_reason() {
    let path = dialogues().join("nordby-kultur/skriv-til-os.yaml");
    let good: Vec<char> = std::fs::read_to_string(&path).unwrap().chars().collect();
    let shared = std::fs::read_to_string(path.with_file_name("_institution.yaml")).unwrap();
    let (institution, _) = Institution::parse("nordby-kultur", &shared);
    let parts = Parts { institution };
    let put = "[ \\t\\n:#\\-\"'\\[\\]{}&*!|>%@a-z0-9æøå\u{0}\u{202e}]{0,6}";
    let slips = prop::collection::vec((0usize..9000, 0usize..12, put), 1..5);
    let mut runner = TestRunner::new(Config { cases: RUNS, failure_persistence: None, ..Config::default() });
    runner
        .run(&slips, |slips| {
            let mut text = good.clone();
            for (at, length, put) in slips {
                let from = at.min(text.len());
                let to = (from + length).min(text.len());
                text.splice(from..to, put.chars());
            }
            let source: String = text.into_iter().collect();
            let (script, problems) =
                Script::check(&ScriptId("nordby-kultur/skriv".to_owned()), &source, &parts);
            let broken = problems.iter().any(Problem::is_error);
            prop_assert_eq!(script.is_none(), broken);
            let lines = source.lines().count() as u32;
            for problem in &problems {
                prop_assert!((1..=lines + 1).contains(&problem.at.line), "line {}", problem.at.line);
                for language in [StaffLanguage::Da, StaffLanguage::En] {
                    let picture = picture(problem, &source, language);
                    let advice = [&problem.what, &problem.why, &problem.mend].map(|words| words.to(language));
                    prop_assert!(advice.iter().all(|words| !words.is_empty()), "{picture}");
                }
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}
