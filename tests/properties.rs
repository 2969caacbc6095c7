//! Whatever a citizen does, and whatever an author types: nothing panics, nothing hangs, no answer is lost.
//!
//! A walk is a row of random acts against a dialogue: words of all kinds, presses on buttons that are or once were there,
//! forged ones, forms, commands, time. A mangled dialogue is a shipped one with random damage.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::Config;
use snak::engine::{
    self, Begin, ButtonKind, Effect, Ended, Facts, Form, Input, Message, Moment, Outcome, Press, Session,
    State, Turn,
};
use snak::script::{Institution, Language, Parts, Problem, Script, ScriptId, StaffLanguage, mended, picture};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// One thing a citizen does, in terms that fit wherever the conversation is.
#[derive(Debug, Clone)]
enum Act {
    Say(String),
    /// The label of the n-th option of the open question, with a slip at a place.
    Label(usize, Slip),
    /// A CPR number in one of the ways in which people write it.
    Cpr {
        day: u8,
        month: u8,
        year: u8,
        last: u16,
        form: usize,
    },
    /// The n-th newest button that was ever shown.
    Button(usize),
    /// The n-th button of the newest message that has some: the one a thumb is over.
    Near(usize),
    Forged(Press),
    Form {
        here: bool,
        step: u16,
        visit: u16,
        options: Vec<u8>,
        words: String,
    },
    Command(usize),
    Wait(i64),
}

#[derive(Debug, Clone)]
enum Slip {
    None,
    Upper,
    Without(usize),
    Doubled(usize),
    Swapped(usize),
    Half,
}

const WORDS: [&str; 48] = [
    "ja",
    "nej",
    "stop",
    "tilbage",
    "spring over",
    "hjælp",
    "privatliv",
    "sprog",
    "English",
    "العربية",
    "1",
    "2",
    "1 og 3",
    "1,2,3",
    "42",
    "12",
    "-1",
    "2,5",
    "1.000",
    "99999999999999999999999999",
    "tolv",
    "fortsæt",
    "færdig",
    "andet",
    "👍",
    "👎",
    "🙂🙂🙂",
    "👩‍👩‍👧‍👦",
    "på lørdag",
    "i går",
    "halv tre",
    "25:00",
    "2, 1",
    "fortryd",
    "jens@x.dk",
    "+45 20 30 40 50",
    "\u{202e}tilbage\u{202c}",
    "\u{200f}",
    "\0",
    "a\0b",
    "",
    "   ",
    "\n\n",
    "e\u{301}\u{301}\u{301}",
    "**fed**",
    "${skridt}",
    "{navn}",
    "<b>&amp;\"'",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        2 => ".{0,40}",
        1 => "[a-zæøå ]{1,30}",
        1 => "[0-9]{1,30}",
        1 => (1usize..6000).prop_map(|n| "lang ".repeat(n / 5)),
    ]
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        Just(Slip::None),
        Just(Slip::Upper),
        (0usize..20).prop_map(Slip::Without),
        (0usize..20).prop_map(Slip::Doubled),
        (0usize..20).prop_map(Slip::Swapped),
        Just(Slip::Half),
    ]
}

fn press() -> impl Strategy<Value = Press> {
    (any::<u64>(), 0u16..12, 0u16..30, any::<u8>()).prop_filter_map(
        "a byte of no button",
        |(session, step, visit, byte)| {
            Some(Press { session, step, visit, button: ButtonKind::from_byte(byte)? })
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => words().prop_map(Act::Say),
        4 => ((0usize..8), slip()).prop_map(|(n, s)| Act::Label(n, s)),
        1 => (1u8..29, 1u8..13, 0u8..100, 0u16..10_000, 0usize..FORMS).prop_map(|(day, month, year, last, form)| Act::Cpr { day, month, year, last, form }),
        8 => (0usize..8).prop_map(Act::Near),
        2 => (0usize..60).prop_map(Act::Button),
        1 => press().prop_map(Act::Forged),
        2 => (any::<bool>(), 0u16..12, 0u16..30, prop::collection::vec(0u8..8, 0..4), words())
            .prop_map(|(here, step, visit, options, words)| Act::Form { here, step, visit, options, words }),
        4 => (0usize..COMMANDS).prop_map(Act::Command),
        1 => (0i64..400_000).prop_map(Act::Wait),
    ]
}

const COMMANDS: usize = 10;

fn command(n: usize) -> Input {
    match n {
        0 | 1 => Input::Back,
        2 | 3 => Input::Skip,
        4 => Input::Help,
        5 => Input::Privacy,
        6 => Input::Language(None),
        7 => Input::Language([Language::DANISH, Language::ENGLISH].get(n % 2).copied()),
        8 => Input::Unreadable,
        _ => Input::TimeUp,
    }
}

const FORMS: usize = 8;

/// As it is typed, in one message or two, and the ten digits.
fn cpr(day: u8, month: u8, year: u8, last: u16, form: usize) -> (Vec<String>, String) {
    let (d, m, y, l) =
        (format!("{day:02}"), format!("{month:02}"), format!("{year:02}"), format!("{last:04}"));
    let digits = format!("{d}{m}{y}{l}");
    let wide = |text: &str| -> String {
        text.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap()).collect()
    };
    let typed = match form {
        0 => vec![format!("{d}{m}{y}-{l}")],
        1 => vec![digits.clone()],
        2 => vec![format!("mit cpr er {d}.{m}.{y} {l}, tak")],
        3 => vec![wide(&digits)],
        4 => vec![format!("{d}{m}{y}"), l],
        5 => vec![format!("cpr: {d}{m}{y}"), format!("-{l}")],
        6 => vec![format!("({d}-{m}-{y} – {l})")],
        _ => vec![format!("{d}{m}{y}{l} {d}{m}{y}{l}")],
    };
    (typed, digits)
}

fn spelled(label: &str, slip: &Slip) -> String {
    let mut letters: Vec<char> = label.chars().collect();
    let length = letters.len();
    match slip {
        Slip::None => {}
        Slip::Upper => return label.to_uppercase(),
        Slip::Without(n) if length > 0 => {
            letters.remove(n % length);
        }
        Slip::Doubled(n) if length > 0 => letters.insert(n % length, letters[n % length]),
        Slip::Swapped(n) if length > 1 => letters.swap(n % (length - 1), n % (length - 1) + 1),
        Slip::Half => letters.truncate(length / 2),
        Slip::Without(_) | Slip::Doubled(_) | Slip::Swapped(_) => {}
    }
    letters.into_iter().collect()
}

/// A conversation, with all that has been shown in it.
struct Talk<'s> {
    script: &'s Script,
    session: Session,
    now: Timestamp,
    shown: Vec<Message>,
    /// The digits of every CPR number that was typed.
    secrets: Vec<String>,
}

impl<'s> Talk<'s> {
    fn start(script: &'s Script, seed: u64, language: Option<Language>) -> Talk<'s> {
        let begin = Begin {
            revision: 1,
            channel: "telegram",
            place: None,
            language,
            returning: seed.is_multiple_of(2),
            response: uuid::Uuid::nil(),
        };
        let now: Timestamp = "2026-11-23T10:00:00+01:00".parse().unwrap();
        let turn = engine::start(script, begin, &Moment { now, seed, facts: Facts::default() });
        let mut talk =
            Talk { script, session: turn.session.clone(), now, shown: Vec::new(), secrets: Vec::new() };
        talk.show(&turn);
        talk
    }

    fn show(&mut self, turn: &Turn) {
        for effect in &turn.effects {
            match effect {
                Effect::Say(message) => self.shown.push(message.clone()),
                Effect::Amend { message, .. } if !message.buttons.is_empty() => {
                    self.shown.push(message.clone())
                }
                Effect::Amend { .. }
                | Effect::Toast(_)
                | Effect::Wish(_)
                | Effect::Unsay
                | Effect::Respond(_)
                | Effect::WakeAt(_)
                | Effect::Contacts(..)
                | Effect::Apart(_) => {}
            }
        }
    }

    fn buttons(&self) -> Vec<Press> {
        self.shown.iter().rev().flat_map(|m| m.buttons.iter().flatten()).map(|b| b.press).collect()
    }

    /// What an act comes to where the conversation is now.
    fn inputs(&mut self, act: &Act) -> Vec<Input> {
        match act {
            Act::Say(text) => vec![Input::Text(text.clone())],
            Act::Label(n, slip) => {
                let State::Waiting(waiting) = &self.session.state else {
                    return vec![Input::Text("start".to_owned())];
                };
                let options = self.script.question(&waiting.at).and_then(|q| q.answer.options());
                let label = options
                    .and_then(|o| o.list.get(n % o.list.len()))
                    .map_or_else(|| n.to_string(), |o| o.label.plain(self.session.language));
                vec![Input::Text(spelled(&label, slip))]
            }
            Act::Cpr { day, month, year, last, form } => {
                let (typed, digits) = cpr(*day, *month, *year, *last, *form);
                self.secrets.push(digits);
                typed.into_iter().map(Input::Text).collect()
            }
            Act::Button(n) => {
                let buttons = self.buttons();
                buttons.get(n % buttons.len().max(1)).copied().map(Input::Press).into_iter().collect()
            }
            Act::Near(n) => {
                let near = self.shown.iter().rev().find(|m| !m.buttons.is_empty());
                let buttons: Vec<Press> =
                    near.map(|m| m.buttons.iter().flatten().map(|b| b.press).collect()).unwrap_or_default();
                buttons.get(n % buttons.len().max(1)).copied().map(Input::Press).into_iter().collect()
            }
            Act::Forged(press) => vec![Input::Press(*press)],
            Act::Form { here, step, visit, options, words } => {
                let (mut step, mut visit) = (*step, *visit);
                if let (true, State::Waiting(waiting)) = (*here, &self.session.state) {
                    visit = waiting.visit;
                    step = self.script.question(&waiting.at).map_or(step, |q| q.number);
                }
                // Every fourth comes from an earlier run.
                let session = self.session.nonce.wrapping_add(u64::from(step % 4 == 3 && !here));
                let (options, words) = (options.clone(), words.clone());
                vec![Input::Form(Form { session, step, visit, options, words })]
            }
            Act::Command(n) => vec![command(*n)],
            Act::Wait(seconds) => {
                self.now += SignedDuration::from_secs(*seconds);
                vec![Input::TimeUp]
            }
        }
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        for input in self.inputs(act) {
            self.now += SignedDuration::from_secs(3);
            self.take(&input)?;
        }
        Ok(())
    }

    fn take(&mut self, input: &Input) -> Result<(), TestCaseError> {
        let before = self.session.clone();
        let bytes = engine::encode(&before).unwrap();
        let stored: Session = engine::decode(&bytes).unwrap();
        prop_assert_eq!(&stored, &before, "storing changed the session");
        let moment = Moment { now: self.now, seed: 7, facts: Facts::default() };
        let turn = engine::advance(self.script, stored, input, &moment);
        let turn = turn.map_err(|e| TestCaseError::fail(format!("{input:?}: {e}")))?;
        self.keeps_answers(&before, &turn, input)?;
        self.stays_small(&turn)?;
        self.keeps_no_secret(&turn)?;
        if before.is_finished() && before.state != State::Finished(Ended::End) {
            let responds = turn.effects.iter().any(|e| matches!(e, Effect::Respond(_) | Effect::WakeAt(_)));
            prop_assert!(
                !responds && turn.session.state == before.state,
                "a finished session went on at {:?}",
                input
            );
        }
        self.show(&turn);
        self.session = turn.session;
        Ok(())
    }

    // An answer goes only when it is given anew, in this turn and on purpose.
    fn keeps_answers(&self, before: &Session, turn: &Turn, input: &Input) -> Result<(), TestCaseError> {
        let after = &turn.session;
        let silent = matches!(
            input,
            Input::Back
                | Input::Stop
                | Input::Help
                | Input::Privacy
                | Input::Share
                | Input::Pause
                | Input::Wish(_)
                | Input::Language(_)
                | Input::Unreadable
                | Input::TimeUp
        );
        if silent || before.is_finished() {
            prop_assert_eq!(&before.answers, &after.answers, "{:?} changed answers", input);
        }
        for answered in &before.answers {
            let now = after.answers.iter().find(|a| a.question == answered.question);
            let Some(now) = now else {
                return Err(TestCaseError::fail(format!(
                    "{input:?} lost the answer to {}",
                    answered.question
                )));
            };
            if now.outcome != answered.outcome {
                prop_assert_eq!(
                    now.at,
                    self.now,
                    "{:?} changed {} behind the citizen's back",
                    input,
                    answered.question
                );
                let given = matches!(answered.outcome, Outcome::Given { .. });
                prop_assert!(
                    !(given && now.outcome == Outcome::Failed),
                    "{:?} gave up the answer to {}",
                    input,
                    now.question
                );
            }
        }
        let mut ids: Vec<&String> = after.answers.iter().map(|a| &a.question).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), after.answers.len(), "a question is answered twice");
        for effect in &turn.effects {
            let Effect::Respond(response) = effect else { continue };
            // Addresses and votes are kept apart; of a vote it is told only whether the citizen took part.
            let apart = |id: &str| self.script.question(id).is_some_and(|q| q.is_apart());
            let answers: Vec<_> = after.answers.iter().filter(|a| !apart(&a.question)).cloned().collect();
            let told = response.answers.iter().filter(|a| self.script.vote(&a.question).is_none());
            prop_assert_eq!(told.cloned().collect::<Vec<_>>(), answers.clone());
            let gone: Vec<&String> =
                answers.iter().map(|a| &a.question).filter(|id| after.outcome(id).is_none()).collect();
            prop_assert_eq!(response.withdrawn.iter().collect::<Vec<_>>(), gone);
        }
        Ok(())
    }

    fn stays_small(&self, turn: &Turn) -> Result<(), TestCaseError> {
        let (session, items) = (&turn.session, self.script.items().len());
        prop_assert!(session.trail.len() <= items, "the trail grows: {}", session.trail.len());
        prop_assert!(session.kept.len() <= items, "the kept list grows: {:?}", session.kept);
        prop_assert!(session.returns.len() <= 16, "the ways back grow");
        prop_assert!(session.trail.iter().all(|p| p.1.len() <= 16), "the ways back on the trail grow");
        prop_assert!(turn.effects.len() <= 4 * items + 8, "{} effects in one turn", turn.effects.len());
        Ok(())
    }

    fn keeps_no_secret(&self, turn: &Turn) -> Result<(), TestCaseError> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        let kept = format!("{:?}", turn.session);
        let digits: String = kept.chars().map(|c| if c.is_ascii_digit() { c } else { ' ' }).collect();
        let bytes = String::from_utf8_lossy(&engine::encode(&turn.session).unwrap()).into_owned();
        for secret in &self.secrets {
            let (date, last) = secret.split_at(6);
            let shapes = [
                secret.clone(),
                secret.trim_start_matches('0').to_owned(),
                format!("{date}-{last}"),
                format!("{date}\n{last}"),
                format!("{date}\n-{last}"),
                format!("{date} {last}"),
            ];
            for shape in &shapes {
                prop_assert!(!bytes.contains(shape) && !kept.contains(shape), "{} is kept", shape);
            }
            prop_assert!(!digits.split(' ').any(|d| d == secret), "{} is kept", secret);
        }
        Ok(())
    }
}

static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    let mut scripts: Vec<Script> = shipped().iter().map(|p| support::play::load(p)).collect();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    scripts.push(support::play::load(&tests.join("properties/rundt.yaml")));
    scripts.push(support::play::load(&tests.join("problems/base.yaml")));
    scripts.push(support::play::load(&tests.join("transcripts/typer/typer.yaml")));
    scripts
});

fn shipped() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut found: Vec<PathBuf> = inside(support::play::dialogues())
        .filter(|p| p.is_dir())
        .flat_map(inside)
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .filter(|p| !p.file_name().unwrap().to_str().unwrap().starts_with('_'))
        .collect();
    found.sort();
    found
}

fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    Config { cases, failure_persistence: None, max_shrink_iters: 4000, ..Config::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn no_walk_panics_loses_an_answer_or_keeps_a_secret(
        which in any::<prop::sample::Index>(),
        seed in any::<u64>(),
        acts in prop::collection::vec(act(), 1..60),
        stops in prop::bool::weighted(0.2),
    ) {
        let script = which.get::<Script>(&SCRIPTS);
        let mut talk = Talk::start(script, seed, None);
        let first = talk.buttons()[0];
        talk.take(&Input::Press(first))?;
        for act in &acts {
            talk.act(act)?;
        }
        if stops {
            talk.take(&Input::Stop)?;
            prop_assert!(talk.session.is_finished());
            for act in acts.iter().take(10) {
                talk.act(act)?;
            }
        }
    }
}

/// Damage to a text, as an author's hand does it.
#[derive(Debug, Clone)]
enum Damage {
    Delete(usize),
    Duplicate(usize),
    Indent(usize, i8),
    Swap(usize, usize),
    Insert(usize, usize, char),
    Remove(usize, usize),
    Break(usize, usize),
    Piece(usize, usize),
}

const PIECES: [&str; 24] = [
    ": ",
    " #",
    "- ",
    "&a ",
    "*a",
    "!!str ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|",
    ">",
    "?",
    "%",
    "@",
    "\t",
    "---",
    "...",
    "goto: end",
    "visit: farlig",
    "when:",
    "${x}",
];

fn damage() -> impl Strategy<Value = Damage> {
    let n = || 0usize..400;
    prop_oneof![
        n().prop_map(Damage::Delete),
        n().prop_map(Damage::Duplicate),
        (n(), -4i8..5).prop_map(|(l, by)| Damage::Indent(l, by)),
        (n(), n()).prop_map(|(a, b)| Damage::Swap(a, b)),
        (n(), 0usize..60, any::<char>()).prop_map(|(l, c, sign)| Damage::Insert(l, c, sign)),
        (n(), 0usize..60).prop_map(|(l, c)| Damage::Remove(l, c)),
        (n(), 0usize..60).prop_map(|(l, c)| Damage::Break(l, c)),
        (n(), 0usize..PIECES.len()).prop_map(|(l, p)| Damage::Piece(l, p)),
    ]
}

fn damaged(source: &str, list: &[Damage]) -> String {
    let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
    for damage in list {
        let length = lines.len().max(1);
        if lines.is_empty() {
            lines.push(String::new());
        }
        let letter = |line: &str, n: usize| line.char_indices().nth(n).map_or(line.len(), |(at, _)| at);
        match damage {
            Damage::Delete(n) => {
                lines.remove(n % length);
            }
            Damage::Duplicate(n) => lines.insert(n % length, lines[n % length].clone()),
            Damage::Indent(n, by) => {
                let line = &mut lines[n % length];
                match usize::try_from(*by) {
                    Ok(more) => line.insert_str(0, &" ".repeat(more)),
                    Err(_) => {
                        let less =
                            line.chars().take_while(|c| *c == ' ').count().min(by.unsigned_abs() as usize);
                        line.drain(..less);
                    }
                }
            }
            Damage::Swap(a, b) => lines.swap(a % length, b % length),
            Damage::Insert(n, at, sign) => {
                let line = &mut lines[n % length];
                line.insert(letter(line, *at), *sign);
            }
            Damage::Remove(n, at) => {
                let line = &mut lines[n % length];
                let at = letter(line, *at);
                if at < line.len() {
                    line.remove(at);
                }
            }
            Damage::Break(n, at) => {
                let line = lines[n % length].clone();
                let (left, right) = line.split_at(letter(&line, *at));
                lines[n % length] = left.to_owned();
                lines.insert(n % length + 1, right.to_owned());
            }
            Damage::Piece(n, piece) => {
                let line = &mut lines[n % length];
                let at = line.find(": ").map_or(line.len(), |at| at + 2);
                line.insert_str(at, PIECES[*piece]);
            }
        }
    }
    lines.join("\n")
}

static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut paths = shipped();
    paths.extend([tests.join("properties/rundt.yaml"), tests.join("problems/base.yaml")]);
    paths.iter().map(|p| fs::read_to_string(p).unwrap()).collect()
});

fn checked(source: &str) -> (Option<Script>, Vec<Problem>) {
    let parts = Parts { institution: Institution::named_after("nordby") };
    Script::check(&ScriptId("nordby/skade".to_owned()), source, &parts)
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn no_damage_panics_or_hangs_the_checker_and_what_is_clean_can_be_played(
        which in any::<prop::sample::Index>(),
        list in prop::collection::vec(damage(), 1..5),
        seed in any::<u64>(),
        acts in prop::collection::vec(act(), 20),
    ) {
        let source = damaged(which.get::<String>(&SOURCES), &list);
        let started = Instant::now();
        let (script, problems) = checked(&source);
        for problem in &problems {
            for language in [StaffLanguage::Da, StaffLanguage::En] {
                prop_assert!(picture(problem, &source, language).contains(problem.code));
            }
            prop_assert!(!problem.mend.is_empty() && !problem.why.is_empty(), "{:?}", problem);
        }
        let better = mended(&source, &problems);
        checked(&better);
        let took = started.elapsed();
        prop_assert!(took < Duration::from_secs(2), "{:?}", took);
        prop_assert_eq!(script.is_none(), problems.iter().any(Problem::is_error));
        let Some(script) = script else { return Ok(()) };
        let mut talk = Talk::start(&script, seed, None);
        let first = talk.buttons()[0];
        talk.take(&Input::Press(first))?;
        for act in &acts {
            talk.act(act)?;
        }
    }
}
