//! One `ask`: its type, its options and what counts as a valid answer.

use super::condition::Fact;
use super::fields::{Reader, not_yet, suggest, wrong_value};
use super::header::{named, redact};
use super::model::*;
use super::problem::{Both, Problem, Span, both};
use super::steps::Going;
use super::tree::{Entry, Node, Value};
use super::words::{Template, Words};
use regex::RegexBuilder;
use rust_decimal::Decimal;

const KEYS: [&str; 33] = [
    "ask",
    "id",
    "type",
    "options",
    "skip",
    "hint",
    "retry",
    "retries",
    "example",
    "sensitive",
    "redact",
    "when",
    "was",
    "shuffle",
    "min",
    "max",
    "labels",
    "min_choices",
    "max_choices",
    "min_length",
    "max_length",
    "pattern",
    "channels",
    "voice",
    "pick",
    "or_text",
    "near",
    "within",
    "max_files",
    "max_size",
    "publish",
    "show_others",
    "photo",
];
const OPTION_KEYS: [&str; 10] =
    ["say", "visit", "goto", "also", "other", "exclusive", "fixed", "when", "was", "channels"];
const TYPES: [&str; 6] = ["text", "number", "choice", "multi", "yesno", "scale"];
const LATER: [&str; 10] =
    ["rank", "date", "time", "location", "photo", "voice", "file", "email", "phone", "name"];
/// Names that the export, the endings and the conditions use themselves.
const RESERVED: [&str; 15] = [
    "response",
    "citizen",
    "revision",
    "status",
    "ended",
    "started_at",
    "finished_at",
    "changed_at",
    "deleted_at",
    "deleted_reason",
    "cursor",
    "answers",
    "states",
    "end",
    "id",
];
const ENDINGS: [&str; 3] = ["_other", "_state", "_label"];
pub const MAX_OPTIONS: usize = 60;
/// core.telegram.org/bots/api#sendmessage: longer texts arrive in several messages.
pub const MAX_TEXT_CHARS: usize = 4096;
/// Staff's patterns are compiled within this many bytes, so that none can eat the memory.
const MAX_PATTERN: usize = 200_000;

pub struct Read<'n> {
    pub question: Question,
    pub options_when: Vec<(usize, &'n Node)>,
    pub goes: Vec<Going<'n>>,
}

/// Reads one question. `None` where it has no usable id or type.
pub fn read<'n>(
    reader: &mut Reader,
    step: &'n Node,
    ask: &'n Entry,
    number: u16,
    defaults: &Defaults,
) -> Option<Read<'n>> {
    if ask.value.is_empty()
        && let Some(beside) = step.map()?.iter().find(|e| reader.languages.iter().any(|l| l.tag() == e.key))
    {
        reader.report(words_beside(beside, step));
        return None;
    }
    reader.entries(step, &KEYS, false);
    for key in ["channels", "voice"] {
        if let Some(entry) = step.map()?.iter().find(|e| e.key == key) {
            reader.report(not_yet(entry.key_at, key));
        }
    }
    let id = match step.get("id").and_then(|n| Some((n, reader.text(n)?))) {
        Some((node, id)) => checked_id(reader, id, node.at)?,
        None => {
            reader.report(
                Problem::error(
                    "H501",
                    ask.key_at,
                    both("spørgsmålet mangler et `id`", "the question lacks an `id`"),
                )
                .why(both("svarene får ingen kolonne", "the answers would have no column"))
                .mend(both("id: et_kort_navn", "id: a_short_name")),
            );
            return None;
        }
    };
    let text = reader.words(&ask.value, &named("spørgsmålet", "the question", &id));
    let mut goes = Vec::new();
    let mut options_when = Vec::new();
    let answer = answer_type(reader, step, ask, &mut goes, &mut options_when)?;
    let mut words =
        |key: &str, da: &str, en: &str| step.get(key).map(|n| reader.words(n, &named(da, en, &id)));
    let hint = words("hint", "hjælpeteksten til", "the hint of");
    let retry = words("retry", "`retry` til", "the `retry` of");
    let skip = match step.get("skip") {
        None => Skip::Yes,
        Some(node) => match node.text().map(str::trim) {
            Some("no" | "nej" | "false") => Skip::No,
            Some("yes" | "ja" | "true") => Skip::Yes,
            _ => Skip::As(reader.words(node, &named("`skip` til", "the `skip` of", &id))),
        },
    };
    let question = Question {
        text,
        hint,
        retry,
        skip,
        answer,
        number,
        retries: step.get("retries").and_then(|n| reader.whole(n)).unwrap_or(defaults.retries),
        example: step.get("example").map(|n| reader.staff_words(n)),
        sensitive: step.get("sensitive").and_then(|n| reader.boolean(n)).unwrap_or(false),
        redact: step.get("redact").map(|n| redact(reader, n)).unwrap_or(defaults.redact.clone()),
        was: step.get("was").map(|n| owned(reader.texts(n))).unwrap_or_default(),
        id,
    };
    let skippable = matches!(question.skip, Skip::Yes | Skip::As(_));
    if question.sensitive && !skippable {
        reader.report(
            Problem::warning(
                "A456",
                ask.key_at,
                both(
                    "et følsomt spørgsmål uden en vej udenom",
                    "a sensitive question with no way to decline",
                ),
            )
            .why(both(
                "den, der ikke vil svare, må stoppe helt",
                "whoever will not answer has to stop altogether",
            ))
            .mend(both("fjern `skip: false`", "remove `skip: false`")),
        );
    }
    Some(Read { question, options_when, goes })
}

fn owned(texts: Vec<(&str, Span)>) -> Vec<String> {
    texts.into_iter().map(|(t, _)| t.to_owned()).collect()
}

fn checked_id(reader: &mut Reader, id: &str, at: Span) -> Option<String> {
    if id.is_empty() || !id.chars().all(|c| c.is_alphanumeric() || c == '_') {
        reader.report(wrong_value(
            at,
            both("et navn af bogstaver, tal og _", "a name of letters, digits and _"),
        ));
        return None;
    }
    let round =
        id.rsplit_once("_r").is_some_and(|(_, n)| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    if RESERVED.contains(&id) || Fact::named(id).is_some() || ENDINGS.iter().any(|e| id.ends_with(e)) || round
    {
        reader.report(
            Problem::error(
                "F210",
                at,
                both(format!("navnet `{id}` er optaget"), format!("the name `{id}` is reserved")),
            )
            .why(both(
                "tjenesten bruger det selv i udtræk og betingelser",
                "the service uses it itself in exports and conditions",
            ))
            .mend(both(format!("id: {id}_svar"), format!("id: {id}_answer"))),
        );
        return None;
    }
    Some(id.to_owned())
}

fn answer_type<'n>(
    reader: &mut Reader,
    step: &'n Node,
    ask: &Entry,
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Option<AnswerType> {
    let options = step.get("options");
    let name = match step.get("type") {
        Some(node) => (reader.text(node)?, node.at),
        None if options.is_some() => ("choice", ask.key_at),
        None => {
            reader.report(no_type(ask.key_at));
            return None;
        }
    };
    let whole = |reader: &mut Reader, key: &str| step.get(key).and_then(|n| reader.whole::<usize>(n));
    let shuffle = step.get("shuffle").and_then(|n| reader.boolean(n)).unwrap_or(false);
    let mut listed = |reader: &mut Reader, multi| {
        options_of(reader, options, ask.key_at, shuffle, multi, goes, options_when)
    };
    Some(match name.0 {
        "choice" => AnswerType::Choice(listed(reader, false)?),
        "multi" => {
            let options = listed(reader, true)?;
            let min = whole(reader, "min_choices").unwrap_or(1).max(1);
            let max = whole(reader, "max_choices").unwrap_or(options.list.len());
            crossed(reader, step, "max_choices", min > max || min > options.list.len());
            AnswerType::Multi { options, min, max }
        }
        "yesno" => AnswerType::YesNo(yes_and_no(reader, options, goes, options_when)),
        "scale" => {
            let end = |reader: &mut Reader, key| match step.get(key) {
                Some(n) => reader.whole::<i64>(n),
                None => {
                    reader.report(wrong_value(
                        ask.key_at,
                        both(format!("`{key}` på skalaen"), format!("`{key}` of the scale")),
                    ));
                    None
                }
            };
            let (min, max) = (end(reader, "min"), end(reader, "max"));
            let (min, max) = (min?, max?);
            crossed(reader, step, "max", max <= min || max - min > 20);
            let labels = labels(reader, step, min, max);
            AnswerType::Scale { min, max, labels }
        }
        "number" => {
            let expected = || both("et tal", "a number");
            let bound = |reader: &mut Reader, key| {
                step.get(key).and_then(|n| reader.value(n, expected(), |t| t.parse::<Decimal>().ok()))
            };
            let (min, max) = (bound(reader, "min"), bound(reader, "max"));
            crossed(reader, step, "max", matches!((min, max), (Some(a), Some(b)) if b < a));
            AnswerType::Number { min, max }
        }
        "text" => {
            let min_length = whole(reader, "min_length").unwrap_or(1);
            let max_length = whole(reader, "max_length").unwrap_or(MAX_TEXT_CHARS);
            crossed(reader, step, "max_length", max_length < min_length);
            AnswerType::Text { min_length, max_length, pattern: pattern(reader, step) }
        }
        later if LATER.contains(&later) => {
            reader.report(not_yet(name.1, later));
            return None;
        }
        unknown => {
            let problem = match suggest(unknown, TYPES) {
                Some(word) => {
                    wrong_value(name.1, both(format!("`{word}`"), format!("`{word}`"))).fix(name.1, word)
                }
                None => no_type(name.1),
            };
            reader.report(problem);
            return None;
        }
    })
}

fn no_type(at: Span) -> Problem {
    let all = TYPES.join(" · ");
    Problem::error("A450", at, both("spørgsmålet har ingen kendt type", "the question has no known type"))
        .label(both(all.clone(), all))
        .why(both("tjenesten ved ikke, hvad der er et svar", "the service cannot know what is an answer"))
        .mend(both(
            "skriv `type: text`, eller giv svarene under `options`",
            "write `type: text`, or give the answers under `options`",
        ))
}

fn crossed(reader: &mut Reader, step: &Node, key: &str, wrong: bool) {
    if wrong {
        let at = step.get(key).map_or(step.at, |n| n.at);
        reader.report(
            Problem::error(
                "A453",
                at,
                both(
                    format!("`{key}` passer ikke med den nedre grænse"),
                    format!("`{key}` does not fit the lower limit"),
                ),
            )
            .why(both("intet svar ville være gyldigt", "no answer would be valid"))
            .mend(both("byt om på grænserne, eller ret den ene", "swap the limits, or correct one")),
        );
    }
}

fn labels(reader: &mut Reader, step: &Node, min: i64, max: i64) -> Vec<(i64, Words)> {
    let mut list = Vec::new();
    for entry in step.get("labels").and_then(Node::map).unwrap_or_default() {
        match entry.key.parse().ok().filter(|n| (min..=max).contains(n)) {
            Some(n) => list.push((n, reader.words(&entry.value, &named("trinet", "the label", &entry.key)))),
            None => reader.report(wrong_value(
                entry.key_at,
                both(format!("et tal fra {min} til {max}"), format!("a number from {min} to {max}")),
            )),
        }
    }
    list
}

fn pattern(reader: &mut Reader, step: &Node) -> Option<regex::Regex> {
    let node = step.get("pattern")?;
    let source = reader.text(node)?;
    let built = RegexBuilder::new(&format!("^(?:{source})$")).size_limit(MAX_PATTERN).build();
    let example = step.get("example").and_then(Node::text);
    match built {
        Ok(pattern) if example.is_some_and(|e| !pattern.is_match(e.trim())) => {
            reader.report(
                Problem::error(
                    "A454",
                    node.at,
                    both("mønstret afviser sit eget eksempel", "the pattern rejects its own example"),
                )
                .why(both(
                    "den, der svarer som eksemplet, ville blive afvist",
                    "whoever answers like the example would be refused",
                ))
                .mend(both("ret mønstret eller eksemplet", "correct the pattern or the example")),
            );
            None
        }
        Ok(pattern) => Some(pattern),
        Err(_) => {
            reader.report(
                Problem::error(
                    "A454",
                    node.at,
                    both("mønstret kan ikke bruges", "the pattern cannot be used"),
                )
                .why(both("intet svar kunne afprøves mod det", "no answer could be tested against it"))
                .mend(both(
                    "se efter parenteser, der ikke er lukket, eller gør det kortere",
                    "look for brackets that are not closed, or make it shorter",
                )),
            );
            None
        }
    }
}

fn options_of<'n>(
    reader: &mut Reader,
    node: Option<&'n Node>,
    ask_at: Span,
    shuffle: bool,
    multi: bool,
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Option<Options> {
    let entries = node.and_then(Node::map).unwrap_or_default();
    let mut list: Vec<Choice> = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        checked_id(reader, &entry.key, entry.key_at)?;
        list.push(choice(reader, entry, n, goes, options_when).folded());
        let option = &list[n];
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
        let twin = list[..n].iter().find(|o| {
            o.label.languages().any(|(l, t)| option.label.languages().any(|(m, u)| l == m && t == u))
        });
        if let Some(twin) = twin {
            reader.report(same_label(entry, twin));
        }
    }
    match list.len() {
        0 | 1 => reader.report(
            Problem::error(
                "A451",
                node.map_or(ask_at, |n| n.at),
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

fn same_label(entry: &Entry, twin: &Choice) -> Problem {
    let code = &entry.key;
    Problem::error(
        "A452",
        entry.key_at,
        both(
            format!("`{code}` og `{}` har samme tekst", twin.code),
            format!("`{code}` and `{}` have the same text", twin.code),
        ),
    )
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
    goes: &mut Vec<Going<'n>>,
    options_when: &mut Vec<(usize, &'n Node)>,
) -> Choice {
    let node = &entry.value;
    let subject = named("muligheden", "the option", &entry.key);
    let entries =
        if matches!(node.value, Value::Map(_)) { reader.entries(node, &OPTION_KEYS, true) } else { &[] };
    let label = if entries.is_empty() {
        reader.words(node, &subject)
    } else {
        reader.worded(entries, entry.key_at, &subject)
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
    if let Some(channels) = node.get("channels") {
        reader.report(not_yet(channels.at, "channels"));
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
fn yes_and_no<'n>(
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
    let mut list = Vec::new();
    for (n, (code, english, yes)) in [("ja", "yes", true), ("nej", "no", false)].into_iter().enumerate() {
        let entry =
            node.and_then(Node::map).and_then(|m| m.iter().find(|e| e.key == code || e.key == english));
        let worded = entry.is_some_and(|e| match &e.value.value {
            Value::Map(m) => m.iter().any(|e| reader.languages.iter().any(|l| l.tag() == e.key)),
            Value::Text { .. } | Value::List(_) => true,
        });
        let mut option = match entry {
            Some(entry) if worded => choice(reader, entry, n, goes, options_when),
            Some(entry) => {
                let mut quiet = Reader { languages: Vec::new(), ..Reader::default() };
                let option = choice(&mut quiet, entry, n, goes, options_when);
                let say = entry.value.get("say");
                let say = say.map(|s| reader.words(s, &named("`say` til", "the `say` of", &entry.key)));
                Choice { label: known(yes)(&reader.languages), say, ..option }
            }
            None => Choice {
                label: known(yes)(&reader.languages),
                code: String::new(),
                say: None,
                jump: None,
                also: Vec::new(),
                other: false,
                exclusive: false,
                fixed: true,
                folded: Folded::default(),
                when: None,
                was: Vec::new(),
            },
        };
        option.code = code.to_owned();
        list.push(option.folded());
    }
    Options { list, shuffle: false }
}

fn words_beside(beside: &Entry, step: &Node) -> Problem {
    let tags: Vec<&Entry> = step
        .map()
        .unwrap_or_default()
        .iter()
        .filter(|e| e.key.len() == 2 && e.key_at.column == beside.key_at.column && e.key != "id")
        .collect();
    let names: Vec<String> = tags.iter().map(|e| format!("`{}`", e.key)).collect();
    let lines: Vec<String> = tags.iter().map(|e| e.key_at.line.to_string()).collect();
    let also = |list: &[String], word: &str| list.join(&format!(" {word} "));
    Problem::error(
        "Y103",
        beside.key_at,
        both(
            format!(
                "spørgsmålet har ingen tekst: {} står ved siden af `ask`, ikke under",
                also(&names, "og")
            ),
            format!("this question has no words: {} stand beside `ask`, not under it", also(&names, "and")),
        ),
    )
    .label(both(
        "står ved siden af `ask` og hører derfor ikke til det",
        "stands beside `ask`, so it does not belong to it",
    ))
    .why(both(
        "`ask` er tom, og borgeren ville ikke se noget",
        "`ask` is empty and the citizen would see nothing",
    ))
    .mend(both(
        format!("ryk linje {} to mellemrum til højre", also(&lines, "og")),
        format!("move line {} two spaces to the right", also(&lines, "and")),
    ))
}

/// The codes an answer to this question may have; empty where any value may come.
pub fn codes(answer: &AnswerType) -> Vec<String> {
    answer.options().map(|o| o.list.iter().map(|c| c.code.clone()).collect()).unwrap_or_default()
}

/// What staff call a type.
pub fn type_named(answer: &AnswerType) -> Both {
    let name = answer.name();
    both(format!("typen `{name}`"), format!("type `{name}`"))
}
