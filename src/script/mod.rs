//! YAML text -> [`Script`], or every problem with line and column. Pure.
//!
//! An event parser keeps the text and place of every scalar ([`tree`]); lines that YAML cannot read are mended in memory
//! ([`mend`]); the tree is lowered by hand and every problem is collected, so that one run tells them all.

mod condition;
mod fields;
mod fix;
mod flow;
mod fold;
mod header;
mod mend;
mod model;
mod picture;
mod problem;
mod question;
mod steps;
mod tree;
mod when;
mod words;

pub use condition::{Bounds, Condition, Fact, Test};
pub use fields::suggest;
pub use fix::mended;
pub use fold::fold;
pub use header::{bad_name, code_taken};
pub use mend::{MAX_BYTES, not_utf8};
pub use model::*;
pub use picture::picture;
pub use problem::{Both, Fix, Problem, Severity, Span, StaffLanguage, both};
pub use question::{MAX_OPTIONS, MAX_TEXT_CHARS};
pub use words::{Language, Piece, Style, Template, Words};

use fields::Reader;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use steps::Drafts;

/// What a dialogue draws in from beside its own file.
#[derive(Debug, Clone)]
pub struct Parts {
    pub institution: Institution,
}

impl Script {
    /// The checked dialogue; warnings are left out.
    ///
    /// # Errors
    /// Every problem that keeps it from being published, in the order of the file.
    pub fn parse(id: &ScriptId, yaml: &str, parts: &Parts) -> Result<Script, Vec<Problem>> {
        let (script, problems) = Script::check(id, yaml, parts);
        script.ok_or(problems)
    }

    /// The dialogue, if it has no errors, and everything there is to say about it, errors first, in the order of the file.
    pub fn check(id: &ScriptId, yaml: &str, parts: &Parts) -> (Option<Script>, Vec<Problem>) {
        let (root, problems) = mend::read(yaml);
        let mut reader = Reader { problems, ..Reader::default() };
        let script = root.as_ref().and_then(|root| lower(&mut reader, id, root, yaml, parts));
        let mut problems = reader.problems;
        for problem in &mut problems {
            problem.file = format!("{id}.yaml");
        }
        problems.sort_by_key(|p| (p.severity, p.at, p.code));
        problems.dedup();
        let clean = !problems.iter().any(Problem::is_error);
        (script.filter(|_| clean), problems)
    }
}

fn lower(reader: &mut Reader, id: &ScriptId, root: &tree::Node, yaml: &str, parts: &Parts) -> Option<Script> {
    reader.languages = header::languages_of(reader, root, &parts.institution);
    header::unknown_keys(reader, root);
    let header = header::header(reader, root, &parts.institution);
    let defaults = header.as_ref().map_or(&parts.institution.defaults, |h| &h.defaults).clone();
    let mut drafts = Drafts::read(reader, root, &defaults);
    drafts.resolve(reader);
    conditions(reader, &mut drafts);
    let known: Vec<(String, Vec<String>)> = drafts
        .list
        .iter()
        .filter_map(|d| d.item.question())
        .map(|q| (q.id.clone(), question::codes(&q.answer)))
        .collect();
    let sections = drafts.section_starts();
    let audience = root.get("audience").and_then(|n| header::audience(reader, n, &known, &sections));
    let flow = flow::check(&drafts, audience.as_ref());
    reader.problems.extend(flow);
    pipes(reader, &drafts, &known);
    let mut header = header?;
    header.audience = audience;
    let items: Vec<Item> = drafts.list.into_iter().map(|d| d.item).collect();
    let mut ids = HashMap::new();
    let mut questions = HashMap::new();
    for (no, item) in items.iter().enumerate() {
        ids.insert(item.id.clone(), no);
        if let Some(question) = item.question() {
            questions.insert(question.id.clone(), no);
        }
    }
    (!items.is_empty()).then(|| Script {
        id: id.clone(),
        fingerprint: fingerprint(yaml, parts),
        institution: parts.institution.clone(),
        header,
        items,
        questions,
        ids,
    })
}

fn conditions(reader: &mut Reader, drafts: &mut Drafts<'_>) {
    let questions: Vec<Question> = drafts.list.iter().filter_map(|d| d.item.question().cloned()).collect();
    let questions: when::Questions<'_> = questions.iter().collect();
    for draft in &mut drafts.list {
        draft.item.when = draft.when.map(|n| when::condition(reader, n, &questions));
        for (n, node) in std::mem::take(&mut draft.options_when) {
            let condition = when::condition(reader, node, &questions);
            if let Kind::Ask(question) = &mut draft.item.kind
                && let AnswerType::Choice(o) | AnswerType::YesNo(o) | AnswerType::Multi { options: o, .. } =
                    &mut question.answer
                && let Some(option) = o.list.get_mut(n)
            {
                option.when = Some(condition);
            }
        }
    }
}

// T303: `${name}` of something that is no question.
fn pipes(reader: &mut Reader, drafts: &Drafts<'_>, known: &[(String, Vec<String>)]) {
    for draft in &drafts.list {
        let texts: Vec<&Words> = match &draft.item.kind {
            Kind::Say(bubbles) => bubbles.iter().collect(),
            Kind::Ask(question) => {
                std::iter::once(&question.text).chain(&question.hint).chain(&question.retry).collect()
            }
            Kind::End(words) => words.iter().collect(),
            Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) => Vec::new(),
        };
        for (_, template) in texts.into_iter().flat_map(Words::languages) {
            for piece in template.pieces() {
                let Piece::Answer { question, .. } = piece else { continue };
                if known.iter().any(|(id, _)| id == question) {
                    continue;
                }
                let meant = suggest(question, known.iter().map(|(id, _)| id.as_str()));
                let mut problem = Problem::error(
                    "T303",
                    draft.at,
                    both(
                        format!("`${{{question}}}` findes ikke"),
                        format!("`${{{question}}}` is not a question"),
                    ),
                )
                .label(fields::did_you_mean(meant))
                .why(both("borgeren ville se et hul i teksten", "the citizen would see a hole in the text"));
                problem = match meant {
                    Some(word) => problem.mend(both(format!("${{{word}}}"), format!("${{{word}}}"))),
                    None => problem.mend(both("skriv et spørgsmåls `id`", "write the `id` of a question")),
                };
                reader.report(problem);
            }
        }
    }
}

fn fingerprint(yaml: &str, parts: &Parts) -> String {
    let mut hash = Sha256::new();
    for text in [yaml, &parts.institution.source] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
