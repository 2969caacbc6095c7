//! What a channel cannot show or take: labels too long for its buttons (L801), types that it has no way to answer (L802).

use super::channels::CHANNELS;
use super::fields::Reader;
use super::model::{AnswerType, MediaKind, Wanted};
use super::problem::{Both, Problem, Span, both};
use super::tree::{Entry, Node, Value};
use super::words::Language;

/// A longer label is cut on a phone.
const PHONE: usize = 34;
/// Up to so many options are buttons of their own on WhatsApp; more are rows of a list.
const BUTTONS: usize = 3;
const BUTTON: usize = 20;
const ROW: usize = 24;

/// The channels that the dialogue has words of its own for, anywhere.
pub fn named_in(root: &Node) -> Vec<&'static str> {
    fn walk(node: &Node, found: &mut Vec<&'static str>) {
        for entry in node.map().unwrap_or_default() {
            if entry.key == "channels" {
                found.extend(CHANNELS.into_iter().filter(|c| entry.value.get(c).is_some()));
            }
            walk(&entry.value, found);
        }
        for item in node.list().unwrap_or_default() {
            walk(item, found);
        }
    }
    let mut found = Vec::new();
    walk(root, &mut found);
    found
}

/// L801 for each label below `key` that a channel would cut. A channel with labels of its own for the step is held to those.
pub fn labels(reader: &mut Reader, step: &Node, key: &str) {
    let Some(options) = step.get(key).and_then(Node::map) else { return };
    let own = |channel: &str| step.get("channels")?.get(channel)?.get("options")?.map();
    for channel in ["telegram", "whatsapp"] {
        if channel == "whatsapp" && !reader.channels.contains(&channel) {
            continue;
        }
        let shown = own(channel).unwrap_or(options);
        for entry in shown {
            for text in texts(entry) {
                let length = text.text().map_or(0, |t| t.trim().chars().count());
                let most = most(channel, shown.len());
                // What does not fit on a phone is told once.
                let told = channel == "whatsapp" && length > PHONE && own(channel).is_none();
                if length > most && !told {
                    reader.report(too_long(text.at, &entry.key, length, channel, most));
                }
            }
        }
    }
}

fn most(channel: &str, options: usize) -> usize {
    match channel {
        "whatsapp" if options <= BUTTONS => BUTTON,
        "whatsapp" => ROW,
        _ => PHONE,
    }
}

// The words of a label, in each language.
fn texts(entry: &Entry) -> Vec<&Node> {
    match &entry.value.value {
        Value::Text { .. } => vec![&entry.value],
        Value::Map(entries) => entries
            .iter()
            .filter(|e| Language::parse(&e.key).is_some_and(|l| l.tag() == e.key))
            .map(|e| &e.value)
            .filter(|n| n.text().is_some())
            .collect(),
        Value::List(_) => Vec::new(),
    }
}

fn too_long(at: Span, code: &str, length: usize, channel: &str, most: usize) -> Problem {
    let on = if channel == "whatsapp" { "WhatsApp" } else { "Telegram" };
    Problem::warning(
        "L801",
        at,
        both(
            format!("teksten på `{code}` er for lang til en knap på {on}: {length} tegn"),
            format!("the label of `{code}` is too long for a button on {on}: {length} characters"),
        ),
    )
    .label(both(format!("højst {most}"), format!("at most {most}")))
    .why(match channel {
        "whatsapp" => both(
            "her ville borgeren i stedet få en liste med numre at skrive",
            "there citizens would get a list of numbers to type instead",
        ),
        _ => both("på en telefon bliver resten skåret af", "on a phone the rest is cut off"),
    })
    .mend(both(
        "skriv det kortere; resten kan stå i spørgsmålet eller i `hint`",
        "make it shorter; the rest can stand in the question or in `hint`",
    ))
}

/// L802 where a channel that the dialogue has words for cannot answer a question.
pub fn answers(reader: &mut Reader, step: &Node, ask: &Entry, answer: &AnswerType) {
    let sends = match answer {
        AnswerType::Media(Wanted { kind: MediaKind::Photo, .. }) => both("billeder", "photos"),
        AnswerType::Media(Wanted { kind: MediaKind::Voice, .. }) => both("talebeskeder", "voice messages"),
        AnswerType::Media(Wanted { kind: MediaKind::File, .. }) => both("filer", "files"),
        AnswerType::Location { or_text: false, .. } => both("steder på et kort", "places on a map"),
        _ => return,
    };
    // Whoever asks for the channel has thought of it.
    let chosen = step.get("when").is_some_and(|when| when.get("channel").is_some());
    if reader.channels.contains(&"sms") && !chosen {
        reader.report(not_by_sms(step.get("type").map_or(ask.key_at, |n| n.at), answer, &sends));
    }
}

fn not_by_sms(at: Span, answer: &AnswerType, sends: &Both) -> Problem {
    let name = answer.name();
    Problem::error(
        "L802",
        at,
        both(
            format!("`type: {name}` kan ikke besvares på sms"),
            format!("`type: {name}` cannot be answered by SMS"),
        ),
    )
    .label(both(
        format!("{} kan ikke sendes på sms", sends.da),
        format!("{} cannot be sent by SMS", sends.en),
    ))
    .why(both(
        "dialogen har tekster til sms, og der kunne borgeren ikke svare",
        "the dialogue has words for SMS, and there citizens could not answer",
    ))
    .mend(match answer {
        AnswerType::Location { .. } => both("or_text: true", "or_text: true"),
        _ => both("when:\n  channel: [telegram, web]", "when:\n  channel: [telegram, web]"),
    })
}
