//! Every dialogue that ships: it checks clean, and whatever is pressed or typed, it gets everywhere and ends.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::engine::{
    self, Begin, ButtonKind, Effect, Ended, Facts, Form, Input, Message, Moment, Outcome, Session, State,
    Turn, Value,
};
use snak::script::{
    AnswerType, Condition, Kind, Language, Problem, Question, Script, Severity, StaffLanguage, picture,
};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use support::play::dialogues;

/// More questions than this on any way are a form, not a conversation.
const QUESTIONS: usize = 8;
/// A longer label is cut on a phone.
const LABEL: usize = 34;
/// Written elsewhere, and to come out exactly as written: their length, their labels and what they leave unsaid are not ours to mend.
const GIVEN: [&str; 3] =
    ["kulturhuset-havnen/aaben-scene", "nordby-idraet/parken-engen", "nordby-bibliotek/aabningstider"];
/// Turns played for one dialogue in one language before the walk is called endless.
const TURNS: usize = 1_000_000;

fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in fs::read_dir(dialogues()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        let inside = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        found.extend(inside.filter(|p| p.extension().is_some_and(|e| e == "yaml")));
    }
    found.retain(|p| !p.file_name().unwrap().to_str().unwrap().starts_with('_'));
    found.sort();
    found
}

#[test]
fn every_shipped_dialogue_checks_clean_and_no_two_share_an_entry() {
    let mut pictures = Vec::new();
    let mut codes: HashMap<String, PathBuf> = HashMap::new();
    let files = files();
    assert!(files.len() >= 4, "only {} dialogues found", files.len());
    for path in &files {
        let file = snak::library::file(path).unwrap();
        let (script, problems) = file.check();
        let id = file.id.to_string();
        let given = GIVEN.contains(&id.as_str());
        let told = |p: &&Problem| p.is_error() || (p.severity != Severity::Info && !given);
        pictures
            .extend(problems.iter().filter(told).map(|p| picture(p, file.source_of(p), StaffLanguage::En)));
        let Some(script) = script else { continue };
        let taken = codes.insert(script.header().entry.code.clone(), path.clone());
        assert_eq!(taken, None, "{} has the entry code of another", path.display());
    }
    assert!(pictures.is_empty(), "{}", pictures.join("\n"));
}

#[test]
fn every_step_and_every_option_is_reached_and_every_way_ends() {
    for path in files() {
        let script = support::play::load(&path);
        for language in script.header().languages.clone() {
            let Walked { chats, turns, steps, options } = Explorer::new(&script, language).explore();
            println!(
                "{} in {}: {chats} chats ended in {turns} turns, {steps} steps and {options} options reached",
                script.id(),
                language.tag()
            );
        }
    }
}

/// What was seen of one dialogue in one language.
struct Walked {
    chats: usize,
    turns: usize,
    /// Said or asked; rounds of a `repeat` are steps of their own.
    steps: usize,
    options: usize,
}

/// Everything that can be said in a dialogue, one input after the other.
struct Explorer<'s> {
    script: &'s Script,
    language: Language,
    /// The single tests that decide where the way goes.
    deciding: Vec<&'s Condition>,
    seen: HashSet<String>,
    reached: HashSet<String>,
    /// Question and code.
    chosen: HashSet<(String, String)>,
    open: Vec<Session>,
    turns: usize,
    ends: usize,
}

impl<'s> Explorer<'s> {
    fn new(script: &'s Script, language: Language) -> Explorer<'s> {
        let mut deciding = Vec::new();
        for item in script.items() {
            let options = item.question().and_then(|q| q.answer.options());
            let of_options = options.into_iter().flat_map(|o| &o.list).filter_map(|o| o.when.as_ref());
            item.when.iter().chain(of_options).for_each(|when| tests(when, &mut deciding));
        }
        Explorer {
            script,
            language,
            deciding,
            seen: HashSet::new(),
            reached: HashSet::new(),
            chosen: HashSet::new(),
            open: Vec::new(),
            turns: 0,
            ends: 0,
        }
    }

    fn place(&self) -> String {
        format!("{} in {}", self.script.id(), self.language.tag())
    }

    fn is_given(&self) -> bool {
        GIVEN.contains(&self.script.id().to_string().as_str())
    }

    fn explore(mut self) -> Walked {
        let begin = Begin {
            revision: 1,
            channel: "web",
            place: None,
            language: Some(self.language),
            returning: false,
            response: uuid::Uuid::nil(),
        };
        let card = engine::start(self.script, begin, &moment()).session;
        let press = engine::Press { session: card.nonce, step: 0, visit: 0, button: ButtonKind::Start };
        self.turn(card, &Input::Press(press));
        while let Some(session) = self.open.pop() {
            for input in self.inputs(&session) {
                self.turn(session.clone(), &input);
            }
            assert!(self.turns < TURNS, "{} goes on and on", self.place());
        }
        assert!(self.ends > 0, "{} never ends", self.place());
        let (mut steps, mut options) = (0, 0);
        for item in self.script.items() {
            let shown = match &item.kind {
                Kind::Say(_) | Kind::Ask(_) | Kind::End(Some(_)) => true,
                Kind::End(None) | Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) => false,
            };
            if !shown {
                continue;
            }
            assert!(self.reached.contains(&item.id), "{}: nobody gets to {}", self.place(), item.id);
            steps += 1;
            for option in item.question().and_then(|q| q.answer.options()).into_iter().flat_map(|o| &o.list) {
                let way = (item.id.clone(), option.code.clone());
                assert!(self.chosen.contains(&way), "{}: nobody can choose {way:?}", self.place());
                options += 1;
            }
        }
        Walked { chats: self.ends, turns: self.turns, steps, options }
    }

    fn turn(&mut self, session: Session, input: &Input) {
        self.turns += 1;
        let Turn { session, effects } = engine::advance(self.script, session, input, &moment()).unwrap();
        for effect in &effects {
            if let Effect::Say(message) | Effect::Amend { message, .. } = effect {
                self.reads_well(message);
            }
        }
        let questions = session.trail.iter().filter(|p| self.script.question(&p.0).is_some()).count();
        assert!(
            self.is_given() || questions <= QUESTIONS,
            "{}: {questions} questions on one way",
            self.place()
        );
        for answered in &session.answers {
            let Outcome::Given { value, .. } = &answered.outcome else { continue };
            let codes: &[String] = match value {
                Value::Code(code) => std::slice::from_ref(code),
                Value::Codes(codes) | Value::Ranked(codes) => codes,
                _ => &[],
            };
            let way = |code: &String| (answered.question.clone(), code.clone());
            self.chosen.extend(codes.iter().map(way));
        }
        self.reached.extend(session.trail.iter().map(|p| p.0.clone()));
        match &session.state {
            State::Finished(ended) => {
                assert_eq!(*ended, Ended::End, "{} breaks off after {input:?}", self.place());
                assert!(
                    effects.iter().any(|e| matches!(e, Effect::Respond(_))),
                    "{} keeps nothing",
                    self.place()
                );
                self.ends += 1;
            }
            State::Card { .. } => panic!("{} does not begin", self.place()),
            State::Waiting(_) => {
                if self.seen.insert(self.key(&session)) {
                    self.open.push(session);
                }
            }
        }
    }

    // What the rest of the way depends on.
    fn key(&self, session: &Session) -> String {
        let State::Waiting(waiting) = &session.state else { return String::new() };
        let holds = |c: &&Condition| engine::holds(Some(c), self.script, session, &moment());
        let decided: Vec<bool> = self.deciding.iter().map(holds).collect();
        let (chosen, other, tries) = (&waiting.chosen, &waiting.other, waiting.tries);
        format!("{} {:?} {chosen:?} {other:?} {tries} {decided:?}", waiting.at, session.returns)
    }

    fn reads_well(&self, message: &Message) {
        let text = message.text.to_string();
        assert!(!text.contains("${") && !text.contains("{ $"), "{}: a hole in {text:?}", self.place());
        assert!(text.chars().count() <= 1_000, "{}: too long, {text:?}", self.place());
        for button in message.buttons.iter().flatten() {
            let (label, length) = (&button.label, button.label.chars().count());
            assert!(
                length > 0 && (self.is_given() || length <= LABEL),
                "{}: a label of {length}, {label:?}",
                self.place()
            );
        }
    }

    fn inputs(&self, session: &Session) -> Vec<Input> {
        let State::Waiting(waiting) = &session.state else { return Vec::new() };
        let question = self.script.question(&waiting.at).unwrap();
        let open = engine::recap(self.script, session, &moment()).open.unwrap();
        // One tick by pressing, two by a form: every pair of branches, without every set of ticks.
        let ticked = !waiting.chosen.is_empty() && waiting.other.is_none();
        let pressed = open.buttons.iter().flatten().map(|b| b.press);
        let wanted = |kind| !ticked || kind == ButtonKind::Done;
        let mut inputs: Vec<Input> = pressed.filter(|p| wanted(p.button)).map(Input::Press).collect();
        if ticked {
            return inputs;
        }
        let typed = match waiting.other {
            Some(_) => vec!["Noget, vi ikke kom i tanke om".to_owned()],
            None => samples(question),
        };
        inputs.extend(typed.into_iter().map(Input::Text));
        if let AnswerType::Multi { options, .. } = &question.answer {
            let form = |options: Vec<u8>, words: &str| {
                let (step, visit) = (question.number, waiting.visit);
                Input::Form(Form { session: session.nonce, step, visit, options, words: words.to_owned() })
            };
            let count = options.list.len() as u8;
            inputs.extend((0..count).flat_map(|a| (0..a).map(move |b| form(vec![b, a], ""))));
            inputs.push(form((0..count).collect(), ""));
            inputs.push(form(vec![0], "og noget til"));
        }
        inputs
    }
}

fn tests<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|c| tests(c, found)),
        Condition::Answer { .. }
        | Condition::Rounds { .. }
        | Condition::Vote { .. }
        | Condition::Fact { .. } => found.push(condition),
    }
}

/// What a citizen might type: something that fits, the ends of what is allowed, and something that does not.
fn samples(question: &Question) -> Vec<String> {
    let nonsense = "qwxz".to_owned();
    match &question.answer {
        AnswerType::Choice(_) | AnswerType::Multi { .. } | AnswerType::YesNo(_) => {
            vec![nonsense, "1".to_owned()]
        }
        AnswerType::Scale { min, max, .. } => vec![nonsense, min.to_string(), (max + 1).to_string()],
        AnswerType::Number { min, max } => {
            let ends = [min, max].into_iter().flatten().map(ToString::to_string);
            ends.chain([nonsense, "ca. 3".to_owned(), "-1".to_owned()]).collect()
        }
        AnswerType::Text { min_length, max_length, .. } => {
            let of = |length: usize| "æ".repeat(length);
            vec![of(*min_length), of(*max_length), of(max_length + 1), ".".to_owned()]
        }
        AnswerType::Location { .. } => vec!["Ved bænken".to_owned(), "55.7012, 12.4013".to_owned()],
        AnswerType::Media(_) => vec![nonsense],
        AnswerType::Rank { .. } => vec![nonsense, "1".to_owned(), "2, 1".to_owned()],
        AnswerType::Date { .. } => vec![nonsense, "på lørdag".to_owned(), "31/2".to_owned()],
        AnswerType::Time { .. } => vec![nonsense, "halv tre".to_owned(), "25:00".to_owned()],
        AnswerType::Email => vec![nonsense, "jens@x.dk".to_owned()],
        AnswerType::Phone => vec![nonsense, "20 30 40 50".to_owned()],
        AnswerType::Name => vec!["7".to_owned(), "Bo".to_owned()],
    }
}

fn moment() -> Moment {
    Moment { now: "2026-11-23T10:00:00Z".parse().unwrap(), seed: 7, facts: Facts::default() }
}
