//! The options of a question: codes, labels, and where a choice leads.

use super::clash::synonyms;
use super::fields::Reader;
use super::model::*;
use super::names::{id_of, named};
use super::problem::{Problem, Span, both};
use super::question::{MAX_OPTIONS, checked_code, owned};
use super::steps::Going;
use super::suggest::unknown_key;
use super::tree::{Entry, Node, Value};
use super::words::{Template, Words};

pub const OPTION_KEYS: [&str; 9] =
    ["say", "visit", "goto", "also", "other", "exclusive", "fixed", "when", "was"];

/// The options of a question, with where they go and when they show.
pub fn options_of<'n>(
    reader: &mut Reader,
    node: Option<&'n Node>,
    ask_at: Span,
    shuffle: bool,
    multi: bool,
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Option<Options> {
    let entries = node.and_then(Node::map).unwrap_or_default();
    if node.is_some_and(|n| !n.is_empty() && n.map().is_none()) {
        let problem = no_codes(reader, node.map_or(ask_at, |n| n.at), node.and_then(Node::list));
        reader.report(problem);
        return None;
    }
    if reader.labels_beside(entries) || (!reader.is_kept && reader.keys_among(entries)) {
        return None;
    }
    let mut list: Vec<Choice> = Vec::new();
    let mut spoiled = false;
    // One more than may be is enough to tell that there are too many.
    for (n, entry) in entries.iter().enumerate().take(MAX_OPTIONS + 1) {
        if checked_code(reader, &entry.key, entry.key_at).is_none()
            || reader.condition_beside(&entry.value, &OPTION_KEYS)
        {
            spoiled = true;
            continue;
        }
        list.push(choice(reader, entry, n, None, goes, options_when).folded());
        let Some(option) = list.last() else { continue };
        if option.exclusive && !multi {
            let at = entry.value.get("exclusive").map_or(entry.key_at, |n| n.at);
            reader.report(
                Problem::error(
                    "A457",
                    at,
                    both(
                        "`exclusive` hører kun til, hvor man kan vælge flere",
                        "`exclusive` belongs only where several can be chosen",
                    ),
                )
                .why(both("her kan der alligevel kun vælges én", "only one can be chosen here anyway"))
                .mend(both(
                    "fjern linjen, eller skriv `type: multi`",
                    "remove the line, or write `type: multi`",
                )),
            );
        }
        for key in ["visit", "goto"] {
            if let Some(jump) = entry.value.map().and_then(|m| m.iter().find(|e| e.key == key && multi)) {
                reader.report(two_ways_at_once(jump, &entry.key));
            }
        }
        let twin = list[..list.len() - 1].iter().find(|o| {
            o.label.languages().any(|(l, t)| option.label.languages().any(|(m, u)| l == m && t == u))
        });
        let twin = twin.and_then(|twin| entries.iter().find(|e| e.key == twin.code));
        if let Some(twin) = twin {
            reader.report(same_label(entry, twin));
        }
    }
    if spoiled {
        return None;
    }
    synonyms(reader, entries, &list);
    match list.len() {
        0 | 1 => reader.report(
            Problem::error(
                "A451",
                entries.first().map_or(ask_at, |e| e.key_at),
                both("her er færre end to svarmuligheder", "there are fewer than two options"),
            )
            .why(both("så er der ikke noget at vælge", "then there is nothing to choose"))
            .mend(both("skriv mindst to under `options`", "write at least two under `options`")),
        ),
        n if n > MAX_OPTIONS => reader.report(
            Problem::error(
                "Y109",
                ask_at,
                both("her er mere end 60 svarmuligheder", "there are more than 60 options"),
            )
            .why(both("ingen læser så mange knapper", "nobody reads that many buttons"))
            .mend(both("del spørgsmålet i to", "split the question in two")),
        ),
        _ => {}
    }
    (!list.is_empty()).then_some(Options { list, shuffle })
}

fn two_ways_at_once(jump: &Entry, code: &str) -> Problem {
    let key = &jump.key;
    let to = jump.value.text().unwrap_or("…").trim();
    Problem::error(
        "Y104",
        jump.key_at,
        both(
            format!("`{key}` hører ikke til en mulighed, hvor man kan vælge flere"),
            format!("`{key}` does not belong to an option where several can be chosen"),
        ),
    )
    .why(both(
        "den, der vælger to, kan ikke sendes to steder hen",
        "whoever chooses two cannot be sent to two places",
    ))
    .mend(both(
        format!("fjern linjen, og skriv et trin efter spørgsmålet:\n- {key}: {to}\n  when:\n    <spørgsmålets id>: {code}"),
        format!("remove the line and write a step after the question:\n- {key}: {to}\n  when:\n    <id of the question>: {code}"),
    ))
}

fn same_label(entry: &Entry, twin: &Entry) -> Problem {
    let (code, first) = (&entry.key, &twin.key);
    Problem::error(
        "A452",
        entry.key_at,
        both(
            format!("`{first}` og `{code}` har samme tekst"),
            format!("`{first}` and `{code}` have the same text"),
        ),
    )
    .also(twin.key_at, both("den ene", "one"))
    .label(both("den anden", "the other"))
    .why(both(
        "borgeren kan ikke se forskel på de to knapper",
        "the citizen cannot tell the two buttons apart",
    ))
    .mend(both("giv den ene en anden tekst", "give one of them another text"))
}

fn choice<'n>(
    reader: &mut Reader,
    entry: &'n Entry,
    n: usize,
    label: Option<Words>,
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Choice {
    let node = &entry.value;
    let subject = named("muligheden", "the option", &entry.key);
    let entries = if matches!(node.value, Value::Map(_)) {
        reader.entries_but(node, &OPTION_KEYS, &["channels"], true)
    } else {
        &[]
    };
    let label = match label {
        Some(label) => label,
        None if entries.is_empty() => reader.words(node, &subject),
        None => reader.worded(entries, entry.key_at, &subject),
    };
    let flag =
        |reader: &mut Reader, key: &str| node.get(key).and_then(|n| reader.boolean(n)).unwrap_or(false);
    let (other, exclusive) = (flag(reader, "other"), flag(reader, "exclusive"));
    for key in ["visit", "goto"] {
        if let Some(to) = node.get(key)
            && let Some(name) = reader.text(to)
        {
            goes.push(Going { to: name, at: to.at, visit: key == "visit", option: Some(n) });
        }
    }
    if let Some(when) = node.get("when") {
        options_when.push((n, when));
    }
    Choice {
        code: entry.key.clone(),
        label,
        say: node.get("say").map(|s| reader.words(s, &named("`say` til", "the `say` of", &entry.key))),
        jump: None,
        also: node.get("also").map(|a| owned(reader.texts(a))).unwrap_or_default(),
        other,
        exclusive,
        fixed: other || exclusive || flag(reader, "fixed"),
        folded: Folded::default(),
        when: None,
        was: node.get("was").map(|a| owned(reader.texts(a))).unwrap_or_default(),
    }
}

// `ja` and `nej` with their words in every language we know; a script may give its own under `options`.
pub fn yes_and_no<'n>(
    reader: &mut Reader,
    node: Option<&'n Node>,
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Options {
    let known = |yes: bool| {
        let text = move |tag: &str| match (tag, yes) {
            ("da", true) => "Ja",
            ("da", false) => "Nej",
            ("ar", true) => "نعم",
            ("ar", false) => "لا",
            ("de", true) => "Ja",
            ("de", false) => "Nein",
            ("tr", true) => "Evet",
            ("tr", false) => "Hayır",
            ("pl", true) => "Tak",
            ("pl", false) => "Nie",
            ("uk", true) => "Так",
            ("uk", false) => "Ні",
            ("so", true) => "Haa",
            ("so", false) => "Maya",
            ("fa", true) => "بله",
            ("fa", false) => "نه",
            ("ur", true) => "ہاں",
            ("ur", false) => "نہیں",
            (_, true) => "Yes",
            (_, false) => "No",
        };
        move |languages: &[super::words::Language]| {
            Words(languages.iter().map(|l| (*l, Template::parse(text(l.tag())))).collect())
        }
    };
    for entry in node.and_then(Node::map).unwrap_or_default() {
        if !matches!(entry.key.as_str(), "ja" | "nej" | "yes" | "no") {
            reader.report(unknown_key(entry, &["ja", "nej"]));
        }
    }
    let mut list = Vec::new();
    for (n, (code, english, yes)) in [("ja", "yes", true), ("nej", "no", false)].into_iter().enumerate() {
        let entry =
            node.and_then(Node::map).and_then(|m| m.iter().find(|e| e.key == code || e.key == english));
        let worded = entry.is_some_and(|e| match &e.value.value {
            Value::Map(m) => m.iter().any(|e| reader.languages.iter().any(|l| l.tag() == e.key)),
            Value::Text { .. } | Value::List(_) => true,
        });
        let mut option = match entry {
            Some(entry) => {
                let label = (!worded).then(|| known(yes)(&reader.languages));
                choice(reader, entry, n, label, goes, options_when)
            }
            None => Choice::named("", known(yes)(&reader.languages)),
        };
        option.code = code.to_owned();
        list.push(option.folded());
    }
    Options { list, shuffle: false }
}

// A list of labels without codes: every answer needs a short name of its own.
fn no_codes(reader: &Reader, at: Span, list: Option<&[Node]>) -> Problem {
    let problem = Problem::error(
        "Y103",
        at,
        both("svarmulighederne mangler hver et kort navn", "the options lack a short name each"),
    )
    .why(both(
        "svarene skal kunne kendes igen, når teksten bliver rettet",
        "answers must be known again when the text is corrected",
    ));
    let lines = list.and_then(|list| with_codes(reader, list));
    match lines {
        Some((place, lines)) => {
            let shown: Vec<&str> = lines.iter().take(4).map(|l| l.trim_start()).collect();
            let shown = shown.join("\n");
            problem
                .mend(both(
                    format!("skriv et kort navn foran hver i stedet for stregen:\n{shown}"),
                    format!("write a short name before each instead of the dash:\n{shown}"),
                ))
                .fix(place, lines.join("\n"))
        }
        None if list.is_some_and(|l| l.iter().any(|n| n.map().is_some())) => {
            let lines = list.map(worded_options).unwrap_or_default();
            problem.mend(both(
                format!("skriv et kort navn i stedet for stregen, og sprogene under det:\n{lines}"),
                format!("write a short name instead of the dash, and the languages below it:\n{lines}"),
            ))
        }
        None => problem.mend(both(
            "options:\n  aldrig: Aldrig\n  ofte: Hver uge",
            "options:\n  never: Never\n  often: Every week",
        )),
    }
}

// The first options of a list, each with a code made of its words and its own lines below.
fn worded_options(list: &[Node]) -> String {
    let mut lines = Vec::new();
    for entries in list.iter().filter_map(Node::map).take(2) {
        let text = |e: &Entry| e.value.text().unwrap_or("…").trim().to_owned();
        let code = entries.first().map(|e| id_of(&text(e))).filter(|c| !c.is_empty());
        lines.push(format!("{}:", code.as_deref().unwrap_or("…")));
        lines.extend(entries.iter().map(|e| format!("  {}: {}", e.key, text(e))));
    }
    lines.join("\n")
}

// The lines of a list of plain texts, each with a code made of its words.
fn with_codes(reader: &Reader, list: &[Node]) -> Option<(Span, Vec<String>)> {
    let (first, last) = (list.first()?, list.last()?);
    let mut codes: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for (n, item) in list.iter().enumerate() {
        // One line each, dash and text alone.
        let line = reader.lines.get(item.at.line as usize - 1)?;
        let (indent, text) = line.split_once("- ")?;
        let code = id_of(item.text()?);
        let plain = item.at.line as usize == first.at.line as usize + n && item.at.end_line == item.at.line;
        if !plain || !indent.trim().is_empty() || code.is_empty() || codes.contains(&code) {
            return None;
        }
        lines.push(format!("{indent}{code}: {text}"));
        codes.push(code);
    }
    let end_column = reader.lines.get(last.at.line as usize - 1)?.chars().count() as u32 + 1;
    Some((Span { line: first.at.line, column: 1, end_line: last.at.line, end_column }, lines))
}
