//! Ten revisions of a dialogue, drawn at random: no column of an earlier one moves, and no value is lost or changed by a later one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "support/header.rs"]
mod header;

use header::header;
use jiff::Timestamp;
use proptest::prelude::*;
use snak::engine::{self, Answered, Audience, Ended, Outcome, Response, Status, Value};
use snak::export::{Atlas, Codebook, Csv, Cursors, Filter, Form, Layout, Look, Sheet, Stored, Wish, Writer};
use snak::script::{Institution, Language, Parts, Script, ScriptId, StaffLanguage, picture};
use std::collections::HashMap;
use std::fmt::Write;
use uuid::Uuid;

const REVISIONS: u32 = 10;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
    YesNo,
    Choice,
    Multi,
    Scale(u8),
}

#[derive(Debug, Clone)]
struct Question {
    /// The same whatever staff call it.
    no: u32,
    id: String,
    was: Vec<String>,
    kind: Kind,
    /// Code, and the one before.
    options: Vec<(String, Option<String>)>,
}

/// Numbers in a row that look like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn kind(&mut self) -> Kind {
        let kinds = [
            Kind::Text,
            Kind::Number,
            Kind::YesNo,
            Kind::Choice,
            Kind::Multi,
            Kind::Scale(5),
            Kind::Scale(7),
        ];
        kinds[self.below(kinds.len())]
    }
}

/// The dialogue as its staff change it.
struct Draft {
    questions: Vec<Question>,
    gone: Vec<String>,
    named: u32,
    chance: Chance,
}

impl Draft {
    fn new(seed: u64) -> Draft {
        let mut draft = Draft { questions: Vec::new(), gone: Vec::new(), named: 0, chance: Chance(seed) };
        (0..4).for_each(|_| draft.add());
        draft
    }

    fn name(&mut self, letter: char) -> String {
        self.named += 1;
        format!("{letter}{}", self.named)
    }

    fn add(&mut self) {
        // Now and then under a name that was used before.
        let back = !self.gone.is_empty() && self.chance.below(3) == 0;
        let id = if back { self.gone.remove(0) } else { self.name('q') };
        let options = (0..3).map(|_| (self.name('o'), None)).collect();
        let kind = self.chance.kind();
        let at = self.chance.below(self.questions.len() + 1);
        self.named += 1;
        self.questions.insert(at, Question { no: self.named, id, was: Vec::new(), kind, options });
    }

    fn change(&mut self) {
        let at = self.chance.below(self.questions.len());
        match self.chance.below(8) {
            0 => self.add(),
            1 if self.questions.len() > 2 => {
                let gone = self.questions.remove(at);
                if gone.was.is_empty() {
                    self.gone.push(gone.id);
                }
            }
            1 | 2 => {
                let id = self.name('q');
                let question = &mut self.questions[at];
                question.was.push(std::mem::replace(&mut question.id, id));
            }
            3 => self.questions.rotate_left(1),
            4 => self.questions[at].kind = self.chance.kind(),
            5 => {
                let code = self.name('o');
                self.questions[at].options.insert(0, (code, None));
            }
            6 if self.questions[at].options.len() > 2 => {
                self.questions[at].options.remove(1);
            }
            6 | 7 => {
                let code = self.name('o');
                let option = &mut self.questions[at].options[0];
                let old = std::mem::replace(&mut option.0, code);
                option.1 = Some(old);
            }
            _ => {}
        }
    }

    fn yaml(&self) -> String {
        let mut out = format!("{}steps:\n", header("havn", true));
        for Question { id, was, kind, options, .. } in &self.questions {
            let _ = write!(out, "  - ask: Hvad med {id}?\n    id: {id}\n");
            if !was.is_empty() {
                let _ = writeln!(out, "    was: [{}]", was.join(", "));
            }
            let name = match kind {
                Kind::Text => "text".to_owned(),
                Kind::Number => "number".to_owned(),
                Kind::YesNo => "yesno".to_owned(),
                Kind::Choice => "choice".to_owned(),
                Kind::Multi => "multi".to_owned(),
                Kind::Scale(max) => format!("scale\n    min: 1\n    max: {max}"),
            };
            let _ = writeln!(out, "    type: {name}");
            if matches!(kind, Kind::Choice | Kind::Multi) {
                out.push_str("    options:\n");
                for (n, (code, was)) in options.iter().enumerate() {
                    let _ = writeln!(out, "      {code}:\n        da: Svar {code}");
                    if let Some(was) = was {
                        let _ = writeln!(out, "        was: [{was}]");
                    }
                    if n == 1 {
                        out.push_str("        other: true\n");
                    }
                }
            }
        }
        out
    }

    // An answer to each question, told by its revision.
    fn response(&mut self, revision: u32) -> Response {
        let at: Timestamp = "2026-11-23T08:15:04Z".parse().unwrap();
        let mut answers = Vec::new();
        for n in 0..self.questions.len() {
            let pick = self.chance.below(self.questions[n].options.len());
            let Question { id, kind, options, .. } = &self.questions[n];
            let code = |n: usize| options[n].0.clone();
            let (value, other) = match kind {
                Kind::Text => (Value::Text(format!("ord{revision}{id}")), None),
                Kind::Number => (Value::Number((1_000 * revision + 7).into()), None),
                Kind::YesNo => (Value::Code("ja".to_owned()), None),
                Kind::Scale(max) => (Value::Number((*max).into()), None),
                Kind::Choice => {
                    (Value::Code(code(pick)), (pick == 1).then(|| format!("andet{revision}{id}")))
                }
                Kind::Multi => (Value::Codes(vec![code(0), code(1)]), Some(format!("andet{revision}{id}"))),
            };
            let outcome = Outcome::Given { value, other };
            answers.push(Answered { question: id.clone(), outcome, at });
        }
        Response {
            id: Uuid::from_u128(revision.into()),
            dialogue: ScriptId("nordby/havn".to_owned()),
            citizen: "k".to_owned(),
            revision,
            channel: "web".to_owned(),
            language: Language::DANISH,
            place: None,
            audience: Audience::Unknown,
            status: Status::Complete,
            ended: Ended::End,
            started_at: at,
            finished_at: at,
            changed_at: at,
            answers,
            withdrawn: Vec::new(),
        }
    }
}

fn script(yaml: &str) -> Script {
    let parts = Parts { institution: Institution::named_after("nordby") };
    let (script, problems) = Script::check(&ScriptId("nordby/havn".to_owned()), yaml, &parts);
    let pictures: Vec<String> = problems.iter().map(|p| picture(p, yaml, StaffLanguage::En)).collect();
    script.unwrap_or_else(|| panic!("{}", pictures.join("\n")))
}

/// Header and rows, without what every row says about its response.
fn table(book: &Codebook, responses: &[Response]) -> Vec<Vec<String>> {
    let wish = Wish { raw_text: true, ..Wish::default() };
    let sheet = Sheet {
        layout: Layout::new(book, &wish).unwrap(),
        atlas: Atlas::new(book.clone()),
        form: Form::Csv(Csv::default()),
        look: Look { states: true, ..Look::default() },
        filter: Filter::default(),
        withdrawn: false,
        after: None,
        cursors: Cursors::new([0; 32], 0, "nordby/havn"),
    };
    let mut writer = Writer::new(sheet);
    writer.begin().unwrap();
    for (n, response) in (1..).zip(responses) {
        let body = engine::encode(response).unwrap();
        assert!(writer.row(n, response.id, Stored::Live(&body)).unwrap());
    }
    let bytes = writer.take();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|r| r.unwrap().iter().skip(14).map(str::to_owned).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_column_moves_and_no_value_is_lost_over_ten_revisions(seed in any::<u64>()) {
        let mut draft = Draft::new(seed);
        let mut responses = Vec::new();
        let mut book: Option<Codebook> = None;
        let mut before: Vec<Vec<String>> = vec![Vec::new()];
        let mut places: HashMap<u32, (usize, Kind)> = HashMap::new();
        for revision in 1..=REVISIONS {
            let next = Codebook::with_revision(book, &script(&draft.yaml()), revision, Timestamp::UNIX_EPOCH);
            responses.push(draft.response(revision));
            let now = table(&next, &responses);
            for (row, old) in now.iter().zip(&before) {
                prop_assert_eq!(&row[..old.len()], &old[..], "revision {} changes what was pulled before", revision);
                let new = &row[old.len()..];
                // The header has new columns; for an older response they say nothing.
                let is_header = old == &before[0];
                prop_assert!(is_header || new.iter().all(String::is_empty), "revision {}: {:?}", revision, new);
            }
            let mut names = now[0].clone();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), now[0].len(), "a name stands for one column");
            let own = now.last().unwrap();
            let answered = own.iter().filter(|cell| *cell == "answered").count();
            prop_assert_eq!(answered, draft.questions.len(), "each answer has its column");
            let atlas = Atlas::new(next.clone());
            for Question { no, id, kind, .. } in &draft.questions {
                let place = atlas.place_of(revision, id).unwrap();
                if let Some((was, of)) = places.insert(*no, (place, *kind)) {
                    // Also under another name; but never as something else.
                    prop_assert_eq!(place == was, *kind == of, "{} in revision {}", id, revision);
                }
            }
            let response = responses.last().unwrap();
            for Answered { question, outcome, .. } in &response.answers {
                let Outcome::Given { value, other } = outcome else { continue };
                if let Value::Text(words) = value {
                    prop_assert!(own.contains(words), "{question}");
                }
                if let Some(words) = other {
                    prop_assert!(own.contains(words), "{question}");
                }
            }
            (book, before) = (Some(next), now);
            (0..3).for_each(|_| draft.change());
        }
    }
}
