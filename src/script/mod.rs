//! YAML text -> [`Script`], or every problem with line and column. Pure.
//!
//! An event parser keeps the text and place of every scalar (`tree`); lines that YAML cannot read are mended in memory
//! (`mend`); the tree is lowered by hand and every problem is collected, so that one run tells them all.

mod advice;
mod against;
mod asked;
mod attempt;
mod beside;
mod channels;
mod clash;
mod condition;
mod days;
mod fields;
mod fits;
mod fix;
mod flow;
mod fold;
mod header;
mod idea;
mod illustration;
mod institution;
mod keys;
mod lacking;
mod languages;
mod left_out;
mod limits;
mod lines;
mod longest;
mod media;
mod mend;
mod missing;
mod model;
mod moves;
mod names;
mod never;
mod offer;
mod options;
mod order;
mod out_of_step;
mod part;
mod part_words;
mod picture;
mod piping;
mod place;
mod problem;
mod promises;
mod question;
mod quota;
mod reading;
mod repeat;
mod schema;
mod shape;
mod slip;
mod statements;
mod steps;
mod suggest;
mod terms;
mod tree;
mod urgent;
mod values;
mod vote;
mod when;
mod words;

pub use against::against;
pub use condition::{Bounds, Condition, Day, Fact, Test};
pub use fix::{marked, mended, mended_safely};
pub use fold::fold;
pub use illustration::{Illustration, IllustrationKind, Link, MediaFile, media_type};
pub use mend::MAX_BYTES;
pub use model::*;
pub use names::{bad_name, code_taken, keyword_taken};
pub use part::NEWS_HERE;
pub use picture::picture;
pub use place::{Around, Point};
pub use problem::{Both, Fix, Problem, Severity, Span, StaffLanguage, both};
pub use question::{MAX_OPTIONS, MAX_TEXT_CHARS};
pub use schema::schema;
pub use slip::{misnamed, misplaced, not_utf8, outside};
pub use suggest::suggest;
pub use words::{Language, Piece, Style, Template, Words};

use fields::Reader;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
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
        let (script, problems) = Script::read(id, yaml, parts);
        (script, left_out::told(yaml, problems, |text| Script::read(id, text, parts).1))
    }

    fn read(id: &ScriptId, yaml: &str, parts: &Parts) -> (Option<Script>, Vec<Problem>) {
        let (root, problems) = mend::read(yaml);
        let mut reader = Reader::of(yaml, problems).beside(&parts.institution);
        let script = match root {
            Some(root) if root.is_empty() => {
                reader.report(slip::empty_file());
                None
            }
            Some(root) => lower(&mut reader, id, &root, yaml, parts),
            None => None,
        };
        let script = script.map(|(script, _)| script);
        let mut problems = told(reader.problems, &format!("{id}.yaml"), yaml);
        problems.extend(reader.elsewhere);
        let clean = !problems.iter().any(Problem::is_error);
        (script.filter(|_| clean), problems)
    }
}

impl Script {
    /// A dialogue that was published once, with citizens on their way through it: what this version of the checker finds wrong
    /// with it is no matter, as long as every step, way and condition is there. `None` where one is not.
    pub fn kept(id: &ScriptId, yaml: &str, parts: &Parts) -> Option<Script> {
        let (root, problems) = mend::read(yaml);
        let mut reader = Reader::of(yaml, problems).beside(&parts.institution);
        reader.is_kept = true;
        let (script, whole) = lower(&mut reader, id, &root?, yaml, parts)?;
        whole.then_some(script)
    }
}

/// Problems as they are told: with their file, the line to write, and in order.
fn told(mut problems: Vec<Problem>, file: &str, source: &str) -> Vec<Problem> {
    // A line that was mended in memory has other columns than the file: what else is proposed for it waits for the next run.
    let mended: Vec<(u32, &str)> = problems
        .iter()
        .filter(|p| matches!(p.code, "Y101" | "Y103" | "Y105" | "Y106"))
        .filter_map(|p| Some((p.fix.as_ref()?.at.line, p.code)))
        .collect();
    let proposes = problems.iter().any(|p| p.fix.is_some());
    let lines: Vec<&str> = if proposes { source.lines().collect() } else { Vec::new() };
    for problem in &mut problems {
        file.clone_into(&mut problem.file);
        let Some(fix) = &problem.fix else { continue };
        let waits = mended
            .iter()
            .any(|(line, code)| *code != problem.code && (fix.at.line..=fix.at.end_line).contains(line));
        match fix::line_to_write(&lines, fix, problem.mend.is_empty()) {
            // A line that is only moved is told in words.
            Some((now, then)) if !waits && now != then => problem.mend.and_line(&then),
            None if !waits && problem.mend.is_empty() => problem.mend.and_line(&fix.text.clone()),
            Some(_) | None => {}
        }
        if waits {
            problem.fix = None;
        }
    }
    problems.retain(|p| p.fix.is_some() || !p.mend.is_empty());
    problems.sort_by_key(|p| (p.severity, p.at, p.code));
    problems.dedup();
    problems
}

/// Gives also whether nothing was left out for a mistake.
fn lower(
    reader: &mut Reader,
    id: &ScriptId,
    root: &tree::Node,
    yaml: &str,
    parts: &Parts,
) -> Option<(Script, bool)> {
    if root.map().is_none() {
        reader.entries(root, &header::KEYS, false);
        return None;
    }
    let as_written = root;
    let root = &suggest::understood(root, &header::KEYS);
    reader.languages = languages::languages_of(reader, root, &parts.institution);
    reader.channels = fits::named_in(root);
    header::unknown_keys(reader, as_written);
    let header = header::header(reader, root, &parts.institution);
    let defaults = header.as_ref().map_or(&parts.institution.defaults, |h| &h.defaults).clone();
    let mut drafts = Drafts::read(reader, root, Some(&parts.institution), &defaults);
    drafts.resolve(reader);
    conditions(reader, &mut drafts);
    let known: Vec<(String, Vec<String>)> = drafts
        .list
        .iter()
        .filter_map(|d| d.item.question().filter(|q| q.is_named()))
        .map(|q| (q.id.clone(), question::codes(&q.answer)))
        .collect();
    // What has an answer in each round has none that counts for the whole.
    let once = |id: &str| drafts.repeats.is_empty() || drafts.repeat_of(id).is_none();
    let known_once: Vec<(String, Vec<String>)> = known.iter().filter(|(id, _)| once(id)).cloned().collect();
    let audience = root.get("audience").and_then(|n| header::audience(reader, n, &known_once, &drafts));
    let quota = root.get("quota").and_then(|n| {
        let questions = drafts.list.iter().filter_map(|d| d.item.question()).filter(|q| once(&q.id));
        quota::quota(reader, n, &questions.cloned().collect::<Vec<_>>())
    });
    // Of these no step or jump goes missing.
    let small = |p: &Problem| matches!(p.code.as_bytes()[0], b'H' | b'T' | b'P' | b'E') || p.code == "F202";
    let whole = reader.problems.iter().chain(&reader.elsewhere).all(|p| small(p) || !p.is_error());
    let flow = flow::check(&drafts, audience.as_ref(), whole);
    reader.problems.extend(flow);
    reader.problems.extend(part::named_as_a_part(&drafts));
    let pipes = std::mem::take(&mut reader.pipes);
    unknown_pipes(reader, &pipes, &known, &drafts);
    piping::may_be_missing(reader, &drafts, &pipes);
    reader.finish();
    clash::keywords(reader, root.get("entry"), drafts.list.iter().map(|d| &d.item));
    if let Some(header) = &header {
        promises::kept(reader, root, &header.privacy, &drafts);
        // With a step left out for a mistake of its own, nothing is certain about the whole.
        if whole {
            reader.problems.extend(lacking::answers(&drafts, audience.as_ref()));
            advice::whole(reader, root, header, &drafts, audience.as_ref());
        }
    }
    let mut header = header?;
    header.audience = audience;
    header.quota = quota;
    let complete = !drafts.lacks_some && !reader.problems.iter().any(|p| p.code == "F202" && p.is_error());
    let (used, opt_ins, votes) = (drafts.parts, drafts.opt_ins, drafts.votes);
    let items = drafts.list.into_iter().map(|d| d.item).collect();
    let items = repeat::unrolled(items, &drafts.repeats);
    let mut ids = FxHashMap::default();
    let mut questions = FxHashMap::default();
    for (no, item) in items.iter().enumerate() {
        ids.insert(item.id.clone(), no);
        if let Some(question) = item.question() {
            questions.insert(question.id.clone(), no);
        }
    }
    let script = (!items.is_empty()).then(|| Script {
        id: id.clone(),
        fingerprint: fingerprint(yaml, parts, &used),
        parts: used,
        opt_ins,
        votes,
        institution: parts.institution.clone(),
        longest: longest::longest(&items, header.audience.as_ref()),
        header,
        items,
        questions,
        ids,
        elsewhere: Vec::new(),
    });
    script.map(|script| (script.with_channels(), complete))
}

fn conditions(reader: &mut Reader, drafts: &mut Drafts<'_>) {
    let asked = drafts.list.iter().enumerate().filter_map(|(no, d)| Some((no, d.item.question()?)));
    let all: Vec<(ItemNo, &Question)> = asked.filter(|(_, q)| q.is_named()).collect();
    let rounds: Vec<_> = drafts.repeats.iter().map(|r| (r.name.clone(), r.rounds(drafts))).collect();
    let (repeats, votes) = (&drafts.repeats, &drafts.votes);
    let mut lacks_some = false;
    // Of each step, and of each of its options that has one.
    let mut found: Vec<(ItemNo, Option<usize>, Condition)> = Vec::new();
    for (no, draft) in drafts.list.iter().enumerate() {
        if draft.when.is_none() && draft.options_when.is_empty() {
            continue;
        }
        let (seen, hidden): (Vec<_>, Vec<_>) =
            all.iter().copied().partition(|(of, _)| repeat::sees(no, *of, repeats));
        let questions = when::Questions {
            seen: seen.into_iter().map(|(_, q)| q).collect(),
            hidden: hidden
                .into_iter()
                .filter_map(|(of, q)| Some((q.id.as_str(), repeat::around(of, repeats)?)))
                .collect(),
            rounds: &rounds,
            votes,
        };
        let own = draft.when.map(|node| (None, node));
        for (option, node) in
            own.into_iter().chain(draft.options_when.iter().map(|(n, node)| (Some(*n), *node)))
        {
            let told = reader.problems.len();
            let condition = when::condition(reader, node, &questions);
            // What cannot be read is left out of it.
            lacks_some |= reader.problems.len() > told;
            reader.problems.extend(never::never(&condition, node.first(), &questions.seen));
            found.push((no, option, condition));
        }
    }
    for (no, option, condition) in found {
        let item = &mut drafts.list[no].item;
        let Some(n) = option else {
            item.when = Some(condition);
            continue;
        };
        if let Kind::Ask(question) = &mut item.kind
            && let Some(option) = question.answer.options_mut().and_then(|o| o.list.get_mut(n))
        {
            option.when = Some(condition);
        }
    }
    drafts.lacks_some |= lacks_some;
}

// T303: `${name}` of something that is no question.
fn unknown_pipes(
    reader: &mut Reader,
    pipes: &[(String, Span)],
    known: &[(String, Vec<String>)],
    drafts: &Drafts<'_>,
) {
    for (name, at) in pipes {
        let at = *at;
        if reader.is_full() {
            break;
        }
        if let Some(repeat) = drafts.repeat_of(name)
            && !(repeat.lines.0..=repeat.lines.1).contains(&at.line)
        {
            reader.report(repeat::out_of_the_round(at, name, &repeat.name));
            continue;
        }
        if known.iter().any(|(id, _)| id == name) || reader.is_spoiled(name) {
            continue;
        }
        let meant = suggest(name, known.iter().map(|(id, _)| id.as_str()));
        let problem = Problem::error(
            "T303",
            at,
            both(format!("`${{{name}}}` findes ikke"), format!("`${{{name}}}` is not a question")),
        )
        .label(match meant {
            Some(word) => both(format!("mente du `${{{word}}}`?"), format!("did you mean `${{{word}}}`?")),
            None => Both::default(),
        })
        .why(both("borgeren ville se et hul i teksten", "the citizen would see a hole in the text"));
        reader.report(match meant {
            Some(word) => {
                let fallback = reader.source(at);
                let fallback = fallback.split_once('|').map(|(_, rest)| format!(" |{rest}"));
                problem.fix(at, format!("${{{word}{}", fallback.unwrap_or_else(|| "}".to_owned())))
            }
            None => problem.mend(both(
                "skriv et spørgsmåls `id` mellem { og }",
                "write the `id` of a question between { and }",
            )),
        });
    }
}

fn fingerprint(yaml: &str, parts: &Parts, used: &[Part]) -> String {
    let mut hash = Sha256::new();
    let texts = used.iter().flat_map(|part| [part.name.as_str(), part.source.as_str()]);
    for text in [yaml, &parts.institution.source].into_iter().chain(texts) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
