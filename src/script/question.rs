//! One `ask`: its type, its options and what counts as a valid answer.

use super::condition::Fact;
use super::fields::{Reader, wrong_value};
use super::fits;
use super::institution::redact;
use super::limits::{
    MAX_SCALE, crossed, days_crossed, more_than_options, no_end, not_in_a_ranking, pattern, too_long,
};
use super::media;
use super::model::*;
use super::names::{id_of, named};
use super::options::{options_of, yes_and_no};
use super::problem::{Both, Problem, Span, both};
use super::steps::Going;
use super::suggest::{meant_by, suggest, unknown_key};
use super::tree::{Entry, Node, Value};
use super::words::Words;
use rust_decimal::Decimal;

/// Keys of every question.
pub const KEYS: [&str; 13] = [
    "ask",
    "id",
    "type",
    "skip",
    "hint",
    "retry",
    "retries",
    "example",
    "sensitive",
    "redact",
    "when",
    "was",
    "channels",
];
/// Keys of one type.
pub const OWN_KEYS: [(&str, &[&str]); 16] = [
    ("choice", &["options", "shuffle"]),
    ("multi", &["options", "shuffle", "min_choices", "max_choices"]),
    ("yesno", &["options"]),
    ("scale", &["min", "max", "labels"]),
    ("number", &["min", "max"]),
    ("text", &["min_length", "max_length", "pattern", "voice"]),
    ("rank", &["options", "shuffle", "pick"]),
    ("date", &["min", "max"]),
    ("time", &["min", "max"]),
    ("location", &["or_text", "near", "within"]),
    ("photo", &["max_files", "max_size"]),
    ("voice", &["max_size"]),
    ("file", &["max_files", "max_size"]),
    ("email", &[]),
    ("phone", &[]),
    ("name", &[]),
];
pub const TYPES: [&str; 16] = [
    "text", "number", "choice", "multi", "yesno", "scale", "rank", "date", "time", "location", "photo",
    "voice", "file", "email", "phone", "name",
];
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
/// Words that mean something of their own in a `when`.
const RESERVED_IN_WHEN: [&str; 5] = ["answered", "skipped", "not_asked", "any", "all"];
const ENDINGS: [&str; 3] = ["_other", "_state", "_label"];
pub const MAX_OPTIONS: usize = 60;
/// core.telegram.org/bots/api#sendmessage: longer texts arrive in several messages.
pub const MAX_TEXT_CHARS: usize = 4096;
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
    if reader.words_beside(step, ask) || keys_inside(reader, ask) {
        return None;
    }
    let all: Vec<&str> =
        KEYS.into_iter().chain(OWN_KEYS.iter().flat_map(|(_, k)| k.iter().copied())).collect();
    if reader.options_beside(step, &all) {
        return None;
    }
    let typed = step.get("type").and_then(Node::text).map_or("choice", str::trim);
    let own = OWN_KEYS.iter().find(|(t, _)| *t == typed).map(|(_, keys)| *keys);
    keys_of(reader, step, typed, own);
    let id = own_id(reader, step, ask, &KEYS)?;
    let mut goes = Vec::new();
    let mut options_when = Vec::new();
    let Some(answer) = answer_type(reader, step, ask, &mut goes, &mut options_when) else {
        // Its words are looked at all the same.
        reader.words(&ask.value, &named("spørgsmålet", "the question", &id));
        return None;
    };
    fits::labels(reader, step, "options");
    fits::answers(reader, step, ask, &answer);
    let question = asked(reader, step, ask, id, number, answer, defaults);
    Some(Read { question, options_when, goes })
}

/// What all questions have besides their answers.
pub fn asked(
    reader: &mut Reader,
    step: &Node,
    ask: &Entry,
    id: String,
    number: u16,
    answer: AnswerType,
    defaults: &Defaults,
) -> Question {
    let text = reader.words(&ask.value, &named("spørgsmålet", "the question", &id));
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
        round: None,
        common: None,
        table: None,
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
    question
}

pub fn owned(texts: Vec<(&str, Span)>) -> Vec<String> {
    texts.into_iter().map(|(t, _)| t.to_owned()).collect()
}

/// The id of a step that must have one; where it is missing or may not be, that is told.
pub fn own_id(reader: &mut Reader, step: &Node, kind: &Entry, keys: &[&str]) -> Option<String> {
    if let Some((node, id)) = step.get("id").and_then(|n| Some((n, reader.text(n)?))) {
        return checked_id(reader, id, node.at);
    }
    if Reader::meant(step.map()?, "id", keys).is_none() {
        reader.report(no_id(kind));
    }
    None
}

pub fn checked_id(reader: &mut Reader, id: &str, at: Span) -> Option<String> {
    let round =
        id.rsplit_once("_r").is_some_and(|(_, n)| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    let reserved = RESERVED.contains(&id)
        || RESERVED_IN_WHEN.contains(&id)
        || Fact::named(id).is_some()
        || ENDINGS.iter().any(|e| id.ends_with(e))
        || round;
    checked_name(reader, id, at, reserved)
}

/// An option's code, if it may be one.
pub fn checked_code(reader: &mut Reader, code: &str, at: Span) -> Option<String> {
    checked_name(reader, code, at, RESERVED_IN_WHEN.contains(&code))
}

fn checked_name(reader: &mut Reader, name: &str, at: Span, reserved: bool) -> Option<String> {
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        let problem =
            wrong_value(at, name, both("et navn af bogstaver, tal og _", "a name of letters, digits and _"));
        reader.report(match id_of(name) {
            better if better.is_empty() => problem,
            better => Problem { mend: Both::default(), ..problem.fix(at, better) },
        });
        return None;
    }
    if reserved {
        reader.report(
            Problem::error(
                "F210",
                at,
                both(format!("navnet `{name}` er optaget"), format!("the name `{name}` is reserved")),
            )
            .why(both(
                "tjenesten bruger det selv i udtræk og betingelser",
                "the service uses it itself in exports and conditions",
            ))
            .fix(at, format!("{name}_1")),
        );
        return None;
    }
    Some(name.to_owned())
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
            let keys: Vec<&str> = KEYS.into_iter().chain(["options"]).collect();
            if ["type", "options"]
                .iter()
                .all(|k| Reader::meant(step.map().unwrap_or_default(), k, &keys).is_none())
            {
                reader.report(no_type(ask.key_at, None));
            }
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
            crossed(reader, step, ("min_choices", "max_choices"), min > max);
            more_than_options(reader, step, "min_choices", min, options.list.len());
            AnswerType::Multi { options, min, max }
        }
        "yesno" => AnswerType::YesNo(yes_and_no(reader, options, goes, options_when)),
        "scale" => {
            let end = |reader: &mut Reader, key| match step.get(key) {
                Some(n) => reader.whole::<i64>(n),
                None => {
                    if Reader::meant(step.map().unwrap_or_default(), key, &["min", "max"]).is_none() {
                        reader.report(no_end(name.1, key));
                    }
                    None
                }
            };
            let (min, max) = (end(reader, "min"), end(reader, "max"));
            let (min, max) = (min?, max?);
            crossed(reader, step, ("min", "max"), max <= min);
            // Ends the wrong way round are told once; the rest is read as it was meant.
            let (min, max) = (min.min(max), max.max(min));
            too_long(reader, step, max.saturating_sub(min) > MAX_SCALE);
            let labels = labels(reader, step, min, max);
            AnswerType::Scale { min, max, labels }
        }
        "number" => {
            let expected = || both("et tal", "a number");
            let bound = |reader: &mut Reader, key| {
                let node = step.get(key)?;
                if let Some(whole) =
                    thousands(node.text().unwrap_or_default().trim()).filter(|_| !reader.is_kept)
                {
                    reader.report(points_in_a_number(node, &whole));
                    return None;
                }
                reader.value(node, expected(), |t| t.parse::<Decimal>().ok())
            };
            let (min, max) = (bound(reader, "min"), bound(reader, "max"));
            crossed(reader, step, ("min", "max"), matches!((min, max), (Some(a), Some(b)) if b < a));
            AnswerType::Number { min, max }
        }
        "text" => {
            let min_length = whole(reader, "min_length").unwrap_or(1);
            let max_length = whole(reader, "max_length").unwrap_or(MAX_TEXT_CHARS);
            crossed(reader, step, ("min_length", "max_length"), max_length < min_length);
            let voice = step.get("voice").and_then(|n| reader.boolean(n)).unwrap_or(false);
            AnswerType::Text { min_length, max_length, pattern: pattern(reader, step), voice }
        }
        "location" => media::location(reader, step),
        "photo" => AnswerType::Media(media::wanted(reader, step, MediaKind::Photo)),
        "voice" => AnswerType::Media(media::wanted(reader, step, MediaKind::Voice)),
        "file" => AnswerType::Media(media::wanted(reader, step, MediaKind::File)),
        "rank" => {
            let options = listed(reader, true)?;
            let pick = whole(reader, "pick").unwrap_or(options.list.len());
            more_than_options(reader, step, "pick", pick, options.list.len());
            not_in_a_ranking(reader, step);
            AnswerType::Rank { options, pick }
        }
        "date" => {
            let bound = |reader: &mut Reader, key| step.get(key).and_then(|n| reader.day(n));
            let (min, max) = (bound(reader, "min"), bound(reader, "max"));
            crossed(reader, step, ("min", "max"), days_crossed(min, max));
            AnswerType::Date { min, max }
        }
        "time" => {
            let bound = |reader: &mut Reader, key| step.get(key).and_then(|n| reader.clock(n));
            let (min, max) = (bound(reader, "min"), bound(reader, "max"));
            crossed(reader, step, ("min", "max"), matches!((min, max), (Some(a), Some(b)) if b < a));
            AnswerType::Time { min, max }
        }
        "email" => AnswerType::Email,
        "phone" => AnswerType::Phone,
        "name" => AnswerType::Name,
        unknown => {
            reader.report(no_type(name.1, Some(unknown)));
            return None;
        }
    })
}

// `1.000` without its point: one thousand, where the service would read one.
fn thousands(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().filter(|g| digits(g) && g.len() <= 3 && *g != "0")?;
    let rest: Vec<&str> = groups.collect();
    let whole = !rest.is_empty() && rest.iter().all(|g| digits(g) && g.len() == 3);
    whole.then(|| format!("{first}{}", rest.concat()))
}

fn points_in_a_number(node: &Node, whole: &str) -> Problem {
    let text = node.text().unwrap_or_default().trim();
    let read: Decimal = text.parse().unwrap_or_default();
    let read = read.normalize();
    Problem::error(
        "Y110",
        node.at,
        both(format!("`{text}` ville blive læst som {read}"), format!("`{text}` would be read as {read}")),
    )
    .label(both("et punktum betyder komma her", "a point parts whole from decimals here"))
    .why(both("grænsen ville blive en anden, end I mener", "the limit would be another than you mean"))
    .guess(node.at, whole)
}

fn no_id(ask: &Entry) -> Problem {
    let words = match &ask.value.value {
        Value::Text { text, .. } => text.as_str(),
        Value::Map(entries) => entries.first().and_then(|e| e.value.text()).unwrap_or_default(),
        Value::List(_) => "",
    };
    let kind = &ask.key;
    let name = Some(id_of(words)).filter(|n| !n.is_empty()).unwrap_or_else(|| "navn".to_owned());
    Problem::error("H501", ask.key_at, both("spørgsmålet mangler et `id`", "the question lacks an `id`"))
        .why(both("svarene ville ikke få nogen kolonne", "the answers would have no column"))
        .mend(both(
            format!(
                "skriv det under spørgsmålet, lige så langt inde som `{kind}`:\n- {kind}: …\n  id: {name}"
            ),
            format!("write it below the question, as far in as `{kind}`:\n- {kind}: …\n  id: {name}"),
        ))
}

fn no_type(at: Span, typed: Option<&str>) -> Problem {
    let all = TYPES.join(" · ");
    let what = match typed {
        Some(typed) => both(
            format!("`{typed}` er ikke en type, tjenesten kender"),
            format!("`{typed}` is not a type the service knows"),
        ),
        None => both("det fremgår ikke, hvordan der skal svares", "it does not say how to answer"),
    };
    let problem = Problem::error("A450", at, what)
        .why(both("tjenesten ved ikke, hvad der er et svar", "the service cannot know what is an answer"));
    match typed.and_then(|t| suggest(t, TYPES)) {
        Some(word) => problem.label(meant_by(typed.unwrap_or_default(), word)).fix(at, word),
        None => problem.label(both(all.clone(), all)).mend(both(
            "skriv `type: text`, eller giv svarene under `options`",
            "write `type: text`, or give the answers under `options`",
        )),
    }
}

// Keys of this question that nobody knows, that belong to another type, or that are still to come.
fn keys_of(reader: &mut Reader, step: &Node, typed: &str, own: Option<&[&str]>) {
    // Of a type that is told as unknown or still to come, the rest waits.
    let Some(own) = own else { return };
    let known = [KEYS.as_slice(), own].concat();
    for entry in step.map().unwrap_or_default() {
        let key = entry.key.as_str();
        if known.contains(&key) {
            continue;
        }
        let others: Vec<&str> =
            OWN_KEYS.iter().filter(|(_, keys)| keys.contains(&key)).map(|(t, _)| *t).collect();
        let told = step.get("type").is_none() && step.get("options").is_none();
        match others.is_empty() {
            true => reader.report(unknown_key(entry, &known)),
            false if told => {}
            false => reader.report(other_types(entry, typed, &others)),
        }
    }
}

fn other_types(entry: &Entry, typed: &str, others: &[&str]) -> Problem {
    let key = &entry.key;
    let all = others.iter().map(|t| format!("`type: {t}`")).collect::<Vec<_>>();
    Problem::error(
        "Y104",
        entry.key_at,
        both(
            format!("`{key}` hører ikke til `type: {typed}`"),
            format!("`{key}` does not belong to `type: {typed}`"),
        ),
    )
    .label(both(format!("hører til {}", all.join(", ")), format!("belongs to {}", all.join(", "))))
    .why(both("linjen ville ikke gøre noget", "the line would do nothing"))
    .mend(both("fjern linjen, eller ret typen", "remove the line, or correct the type"))
}

// `id`, `type` and the like moved in too far stand among the words of the question.
fn keys_inside(reader: &mut Reader, ask: &Entry) -> bool {
    let all: Vec<&str> =
        KEYS.into_iter().chain(OWN_KEYS.iter().flat_map(|(_, k)| k.iter().copied())).collect();
    let inside: Vec<&Entry> =
        ask.value.map().unwrap_or_default().iter().filter(|e| all.contains(&e.key.as_str())).collect();
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else { return false };
    let problem = Problem::error(
        "Y103",
        first.key_at,
        both(
            format!("`{}` står under `ask` og ikke ved siden af", first.key),
            format!("`{}` stands under `ask`, not beside it", first.key),
        ),
    )
    .label(both("bliver læst som en del af teksten", "is read as part of the words"))
    .why(both("spørgsmålet ville mangle det, der står her", "the question would lack what stands here"));
    reader.report(reader.move_lines(problem, first.key_at, last.value.last(), ask.key_at.column));
    true
}

fn labels(reader: &mut Reader, step: &Node, min: i64, max: i64) -> Vec<(i64, Words)> {
    let mut list = Vec::new();
    for entry in step.get("labels").and_then(Node::map).unwrap_or_default() {
        match entry.key.parse().ok().filter(|n| (min..=max).contains(n)) {
            Some(n) => list.push((n, reader.words(&entry.value, &named("trinet", "the label", &entry.key)))),
            None => reader.report(wrong_value(
                entry.key_at,
                &entry.key,
                both(format!("et tal fra {min} til {max}"), format!("a number from {min} to {max}")),
            )),
        }
    }
    list
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
