//! A dialogue beside its published revision: what would hurt the data (V7xx), and translations that were left behind (T302).

use super::fold::fold;
use super::languages::names_of;
use super::mend;
use super::model::*;
use super::problem::{Problem, Span, both};
use super::statements;
use super::tree::Node;
use super::words::{Language, Words};
use std::collections::{BTreeMap, HashSet};

/// What is said of `now` when `before` is published: each is a checked dialogue with its text. In the order of the file.
pub fn against(before: (&Script, &str), now: (&Script, &str)) -> Vec<Problem> {
    let (Some(old), Some(new)) = (mend::read(before.1).0, mend::read(now.1).0) else { return Vec::new() };
    let mut problems = Vec::new();
    let (asked, asks) = (questions(before.0), questions(now.0));
    for (id, question) in &asked {
        match asks.iter().find(|(other, q)| other == id || q.was.contains(id)) {
            Some((_, other)) => problems.extend(changes(question, other, &new)),
            None => {
                let renamed = renamed(question, &asked, &asks);
                let at = renamed.and_then(|other| Some(step_of(&new, other)?.get("id")?.at));
                let (at, renamed) = at.map_or_else(|| (key_of(&new, id, &[]), None), |at| (at, renamed));
                problems.push(gone(id, at, renamed));
            }
        }
    }
    for vote in before.0.votes() {
        match now.0.vote(&vote.id) {
            Some(other) => problems.extend(statements::compared(&new, vote, other)),
            None => problems.push(gone(&vote.id, key_of(&new, &vote.id, &[]), None)),
        }
    }
    problems.extend(left_behind(&old, &new, &now.0.header().languages));
    for problem in &mut problems {
        problem.file = format!("{}.yaml", now.0.id());
    }
    problems.sort_by_key(|p| (p.severity, p.at, p.code));
    problems
}

// Each question once, by the name it has in the file.
fn questions(script: &Script) -> Vec<(String, &Question)> {
    let named = |q: &Question| match &q.round {
        Some(Round::Asks { no: 1, id, .. }) => Some(id.clone()),
        Some(Round::Asks { .. } | Round::Again) => None,
        None => Some(q.id.clone()),
    };
    // Of a vote, the statements are what counts.
    let own = |q: &&Question| q.is_named() && q.common != Some(Common::OwnStatement);
    script.questions().filter(own).filter_map(|q| Some((named(q)?, q))).collect()
}

fn changes(before: &Question, now: &Question, root: &Node) -> Vec<Problem> {
    let id = match &now.round {
        Some(Round::Asks { id, .. }) => id,
        Some(Round::Again) | None => &now.id,
    };
    let place = |keys: &[&str]| key_of(root, id, keys);
    let mut problems = Vec::new();
    if before.answer.name() != now.answer.name() {
        problems.push(another_type(place(&["type", "options", "ask"]), id, before, now));
        return problems;
    }
    if let (Some(old), Some(new)) = (scale(&before.answer), scale(&now.answer)) {
        problems.extend(another_scale(place(&["min", "type"]), id, (old, new), is_turned(before, now)));
    }
    if let (Some(old), Some(new)) = (before.answer.options(), now.answer.options()) {
        problems.extend(codes_gone(root, id, old, new));
    }
    if likeness(&before.text, &now.text).is_some_and(|part| part < 0.5) {
        problems.push(other_words(place(&["ask", "offer", "idea", "vote"]), id, &before.text));
    }
    problems
}

fn codes_gone(root: &Node, id: &str, old: &Options, new: &Options) -> Vec<Problem> {
    let kept = |code: &String| new.list.iter().any(|o| o.code == *code || o.was.contains(code));
    let gone = |option: &Choice| {
        let mut added = new.list.iter().filter(|o| old.find(&o.code).is_none());
        let renamed = added.find(|o| shares_words(&o.label, &option.label));
        let at = renamed.and_then(|o| option_at(step_of(root, id)?, &o.code));
        let at = at.unwrap_or_else(|| key_of(root, id, &["options", "skills", "type"]));
        code_gone(at, id, &option.code, renamed)
    };
    old.list.iter().filter(|o| !kept(&o.code)).map(gone).collect()
}

/// The step that a question stands in: its own, or the one that uses a part.
pub fn step_of<'n>(node: &'n Node, id: &str) -> Option<&'n Node> {
    let named = |key: &str, name: &str| node.get(key).and_then(Node::text).is_some_and(|t| t.trim() == name);
    let outer = id.split('.').next().unwrap_or(id);
    let used = node.get("use").is_some()
        && (named("as", outer) || (node.get("as").is_none() && named("use", outer)));
    let asked = ["ask", "offer", "idea", "vote"].iter().any(|k| node.get(k).is_some());
    if used || (asked && (named("id", id) || named("id", outer))) {
        return Some(node);
    }
    let below = node.map().unwrap_or_default().iter().map(|e| &e.value);
    below.chain(node.list().unwrap_or_default()).find_map(|n| step_of(n, id))
}

// The first of `keys` that the question's step has; else the step, or `steps`.
pub fn key_of(root: &Node, id: &str, keys: &[&str]) -> Span {
    let step = step_of(root, id);
    let key_at = |node: &Node, key: &str| node.map()?.iter().find(|e| e.key == key).map(|e| e.key_at);
    let own = step.and_then(|step| keys.iter().find_map(|key| key_at(step, key)));
    own.or(step.map(Node::first)).or(key_at(root, "steps")).unwrap_or(Span::on_line(1, 1, 1))
}

pub fn option_at(step: &Node, code: &str) -> Option<Span> {
    let options = step.get("options").or(step.get("skills")).or(step.get("statements"))?;
    options.map()?.iter().find(|e| e.key == code).map(|e| e.key_at)
}

// The new question that has the words of one that is gone.
fn renamed<'q>(
    question: &Question,
    asked: &[(String, &Question)],
    asks: &'q [(String, &Question)],
) -> Option<&'q str> {
    let is_new = |id: &str| !asked.iter().any(|(old, _)| old == id);
    let alike = |q: &Question| {
        q.answer.name() == question.answer.name()
            && likeness(&q.text, &question.text).is_some_and(|part| part >= 0.5)
    };
    asks.iter().find(|(id, q)| is_new(id) && alike(q)).map(|(id, _)| id.as_str())
}

// V751
fn gone(id: &str, at: Span, renamed: Option<&str>) -> Problem {
    let what = both(
        format!("spørgsmålet `{id}` er der ikke længere"),
        format!("the question `{id}` is no longer there"),
    );
    let why = both(
        "der er svar på det i den udgivne udgave, og deres kolonne ville ikke få flere",
        "the published version has answers to it, and their column would get no more",
    );
    match renamed {
        Some(other) => Problem::error("V751", at, what)
            .label(both(format!("hed det `{id}` før?"), format!("was it called `{id}` before?")))
            .why(why)
            .mend(both(
                format!("lad det hedde `{id}`, eller skriv under `id: {other}`\nwas: [{id}]"),
                format!("keep the name `{id}`, or write below `id: {other}`\nwas: [{id}]"),
            )),
        None => Problem::error("V751", at, what).why(why).mend(both(
            "sæt det ind igen, eller lav en ny dialog, hvis der nu skal spørges om noget andet",
            "put it back, or make a new dialogue if something else shall be asked now",
        )),
    }
}

// V752
fn code_gone(at: Span, id: &str, code: &str, renamed: Option<&Choice>) -> Problem {
    let problem = Problem::error(
        "V752",
        at,
        both(
            format!("svaret `{code}` på `{id}` er der ikke længere"),
            format!("the answer `{code}` to `{id}` is no longer there"),
        ),
    )
    .why(both(
        "de, der har svaret det, kunne ikke tælles sammen med de næste",
        "those who have answered it could not be counted together with the next",
    ));
    match renamed {
        Some(option) => problem
            .label(both(format!("hed det `{code}` før?"), format!("was it called `{code}` before?")))
            .mend(both(
                format!("lad det hedde `{code}`, eller skriv under `{}`\nwas: [{code}]", option.code),
                format!("keep the name `{code}`, or write below `{}`\nwas: [{code}]", option.code),
            )),
        None => problem.mend(both(
            format!("sæt `{code}` ind igen, eller giv spørgsmålet et nyt id"),
            format!("put `{code}` back, or give the question a new id"),
        )),
    }
}

// V753
fn another_type(at: Span, id: &str, before: &Question, now: &Question) -> Problem {
    let (old, new) = (before.answer.name(), now.answer.name());
    Problem::error(
        "V753",
        at,
        both(
            format!("`{id}` er udgivet med `type: {old}` og har nu `type: {new}`"),
            format!("`{id}` is published with `type: {old}` and now has `type: {new}`"),
        ),
    )
    .why(mixed())
    .mend(new_id(id))
}

fn another_scale(at: Span, id: &str, (old, new): ((i64, i64), (i64, i64)), turned: bool) -> Option<Problem> {
    let what = match () {
        () if turned => both(
            format!("skalaen i `{id}` er vendt om siden udgivelsen"),
            format!("the scale of `{id}` was turned round since it was published"),
        ),
        () if old != new => both(
            format!("skalaen i `{id}` gik fra {} til {} og går nu fra {} til {}", old.0, old.1, new.0, new.1),
            format!(
                "the scale of `{id}` went from {} to {} and now goes from {} to {}",
                old.0, old.1, new.0, new.1
            ),
        ),
        () => return None,
    };
    Some(Problem::error("V753", at, what).why(mixed()).mend(new_id(id)))
}

fn mixed() -> super::problem::Both {
    both(
        "svar, der betyder noget forskelligt, ville stå i samme kolonne",
        "answers that mean different things would stand in one column",
    )
}

fn new_id(id: &str) -> super::problem::Both {
    both(
        format!("lad det være, som det var, eller giv spørgsmålet et nyt id, for eksempel\nid: {id}_2"),
        format!("leave it as it was, or give the question a new id, for example\nid: {id}_2"),
    )
}

fn scale(answer: &AnswerType) -> Option<(i64, i64)> {
    match answer {
        AnswerType::Scale { min, max, .. } => Some((*min, *max)),
        _ => None,
    }
}

// The words of one end stand at the other now.
fn is_turned(before: &Question, now: &Question) -> bool {
    let ends = |question: &Question| match &question.answer {
        AnswerType::Scale { min, max, labels } => {
            let of = |n: i64| labels.iter().find(|(l, _)| *l == n).map(|(_, words)| words.clone());
            Some((of(*min)?, of(*max)?))
        }
        _ => None,
    };
    let (Some((low, high)), Some((now_low, now_high))) = (ends(before), ends(now)) else { return false };
    shares_words(&low, &now_high) && shares_words(&high, &now_low)
}

// V754
fn other_words(at: Span, id: &str, before: &Words) -> Problem {
    let old = first_words(before);
    Problem::warning(
        "V754",
        at,
        both(
            format!("spørgsmålet `{id}` har fået en helt anden ordlyd"),
            format!("the question `{id}` has quite other words now"),
        ),
    )
    .label(both(format!("er udgivet som \"{old}\""), format!("is published as \"{old}\"")))
    .why(mixed())
    .mend(both(
        format!("er det et andet spørgsmål, så giv det et nyt id, for eksempel\nid: {id}_2"),
        format!("if it is another question, give it a new id, for example\nid: {id}_2"),
    ))
}

pub fn first_words(words: &Words) -> String {
    words.languages().next().map(|(_, text)| text.plain()).unwrap_or_default()
}

pub fn shares_words(one: &Words, other: &Words) -> bool {
    one.languages()
        .any(|(l, t)| other.languages().any(|(m, u)| l == m && fold(&t.plain()) == fold(&u.plain())))
}

/// How much of their words two texts share, in the language where it is most: 1 for all, 0 for none. `None` where one says nothing.
pub fn likeness(one: &Words, other: &Words) -> Option<f32> {
    let words =
        |text: &str| -> HashSet<String> { fold(text).split_whitespace().map(str::to_owned).collect() };
    let pairs = one.languages().filter_map(|(l, t)| {
        let (_, u) = other.languages().find(|(m, _)| *m == l)?;
        let (a, b) = (words(&t.plain()), words(&u.plain()));
        let both = !a.is_empty() && !b.is_empty();
        both.then(|| 2.0 * a.intersection(&b).count() as f32 / (a.len() + b.len()) as f32)
    });
    pairs.reduce(f32::max)
}

/// A text in several languages: where it stands, and its words.
type Text<'n> = BTreeMap<Language, (&'n str, Span)>;

// T302: the words of the first language are others than when it was published, and the translation is not.
fn left_behind(old: &Node, new: &Node, languages: &[Language]) -> Vec<Problem> {
    let Some((first, others)) = languages.split_first() else { return Vec::new() };
    let (mut before, mut now) = (Vec::new(), Vec::new());
    texts(old, "", languages, &mut before);
    texts(new, "", languages, &mut now);
    let mut problems = Vec::new();
    for (path, text) in &now {
        let Some((source, _)) = text.get(first) else { continue };
        for language in others {
            let Some((translation, at)) = text.get(language) else { continue };
            let same = |t: &&Text<'_>| t.get(language).is_some_and(|(old, _)| old == translation);
            let mut stood = before.iter().filter(|(p, _)| p == path).map(|(_, t)| t).filter(same).peekable();
            let changed = |t: &Text<'_>| t.get(first).is_some_and(|(old, _)| fold(old) != fold(source));
            if stood.peek().is_some() && stood.all(changed) {
                problems.push(older(*at, *first, *language));
            }
        }
    }
    problems
}

// Every text in more than one language, with the names on the way to it; steps go by their `id` and not by their number.
fn texts<'n>(node: &'n Node, path: &str, languages: &[Language], found: &mut Vec<(String, Text<'n>)>) {
    let entries = node.map().unwrap_or_default();
    let tag = |key: &str| languages.iter().find(|l| l.tag() == key).copied();
    let text: Text<'n> =
        entries.iter().filter_map(|e| Some((tag(&e.key)?, (e.value.text()?, e.value.at)))).collect();
    if text.len() > 1 {
        found.push((path.to_owned(), text));
    }
    for entry in entries {
        texts(&entry.value, &format!("{path}.{}", entry.key), languages, found);
    }
    for item in node.list().unwrap_or_default() {
        let id = item.get("id").and_then(Node::text).unwrap_or_default();
        texts(item, &format!("{path}.[{id}]"), languages, found);
    }
}

fn older(at: Span, source: Language, language: Language) -> Problem {
    let ((from_da, from_en), (da, en)) = (names_of(source), names_of(language));
    Problem::warning(
        "T302",
        at,
        both(
            format!("teksten på {da} ({language}) er ældre end den på {from_da} ({source})"),
            format!("the text in {en} ({language}) is older than the one in {from_en} ({source})"),
        ),
    )
    .label(both("er, som den var ved udgivelsen", "is as it was when published"))
    .why(both(
        format!("den, der har valgt {da}, ville læse noget andet end de øvrige"),
        format!("people who chose {en} would read something else than the others"),
    ))
    .mend(both(
        format!("se, om den stadig passer, og ret den: {language}: …"),
        format!("see whether it still fits, and correct it: {language}: …"),
    ))
}
