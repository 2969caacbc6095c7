//! `channels`: other words, or other options, on one channel. Each channel that has some gets a script of its own.

use super::fields::{Reader, not_yet, wrong_value};
use super::model::*;
use super::names::{named, unknown_code};
use super::problem::{Both, both};
use super::suggest::suggest;
use super::tree::{Entry, Node, Value};
use super::words::{Language, Words};

/// Where a step may say something else. Some of these are still to come as channels.
pub const CHANNELS: [&str; 5] = ["telegram", "web", "console", "sms", "whatsapp"];

/// Where a dialogue may run. The others have no citizens yet.
const RUNS_ON: [&str; 2] = ["telegram", "web"];

/// The channels on which a dialogue can be begun.
pub fn where_it_runs(reader: &mut Reader, node: &Node) -> Vec<String> {
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        match word {
            word if RUNS_ON.contains(&word) => list.push(word.to_owned()),
            "sms" | "whatsapp" => reader.report(not_yet(at, word)),
            _ => {
                let problem = wrong_value(at, word, both("`telegram` eller `web`", "`telegram` or `web`"));
                reader.report(match suggest(word, RUNS_ON) {
                    Some(meant) => problem.fix(at, meant),
                    None => problem,
                });
            }
        }
    }
    list
}

/// What a step says instead on each channel; `question` is that which it asks.
pub fn variants(reader: &mut Reader, node: &Node, question: Option<&Question>) -> Vec<Variant> {
    let mut list = Vec::new();
    for entry in reader.entries(node, &CHANNELS, false) {
        if CHANNELS.contains(&entry.key.as_str()) {
            let subject = named("teksten til", "the text for", &entry.key);
            let text = text(reader, &entry.value, question.is_some(), &subject);
            let labels = question.map(|q| labels(reader, &entry.value, q)).unwrap_or_default();
            list.push(Variant { channel: entry.key.clone(), text, labels });
        }
    }
    list
}

// Empty where only the options are others.
fn text(reader: &mut Reader, node: &Node, is_question: bool, subject: &Both) -> Vec<Words> {
    match &node.value {
        Value::List(bubbles) if !is_question => bubbles.iter().map(|n| reader.words(n, subject)).collect(),
        Value::Map(entries) if is_question => {
            reader.entries(node, &["options"], true);
            let worded = |e: &Entry| Language::parse(&e.key).is_some_and(|l| l.tag() == e.key);
            let at = entries.first().map_or(node.at, |e| e.key_at);
            match entries.iter().any(worded) {
                true => vec![reader.worded(entries, at, subject)],
                false => Vec::new(),
            }
        }
        Value::Text { .. } | Value::List(_) | Value::Map(_) => vec![reader.words(node, subject)],
    }
}

fn labels(reader: &mut Reader, node: &Node, question: &Question) -> Vec<(String, Words)> {
    let codes = super::question::codes(&question.answer);
    let mut list = Vec::new();
    for entry in node.get("options").and_then(Node::map).unwrap_or_default() {
        if !codes.contains(&entry.key) {
            reader.report(unknown_code(entry.key_at, &entry.key, &question.id, &codes));
            continue;
        }
        let subject = named("muligheden", "the option", &entry.key);
        list.push((entry.key.clone(), reader.words(&entry.value, &subject)));
    }
    if let Some(options) = node.get("options").filter(|n| n.map().is_none()) {
        reader.report(wrong_value(
            options.at,
            options.text().unwrap_or_default(),
            both("svarmuligheder med deres koder", "options with their codes"),
        ));
    }
    list
}

impl Script {
    /// The dialogue as it is on a channel: the same steps, with the words for it.
    pub fn on(&self, channel: &str) -> &Script {
        self.elsewhere.iter().find(|(name, _)| name == channel).map_or(self, |(_, script)| script)
    }

    pub(super) fn with_channels(mut self) -> Script {
        let named = |name: &str| {
            let mut script = self.clone();
            for item in &mut script.items {
                let variant = item.on.iter().position(|v| v.channel == name).map(|n| item.on.swap_remove(n));
                item.on.clear();
                if let Some(variant) = variant {
                    replace(&mut item.kind, variant);
                }
            }
            (name.to_owned(), script)
        };
        let used = |name: &&str| self.items.iter().any(|i| i.on.iter().any(|v| v.channel == *name));
        let elsewhere = CHANNELS.into_iter().filter(used).map(named).collect();
        self.elsewhere = elsewhere;
        self
    }
}

fn replace(kind: &mut Kind, variant: Variant) {
    match kind {
        Kind::Say(bubbles) if !variant.text.is_empty() => *bubbles = variant.text,
        Kind::Ask(question) => {
            if let Some(text) = variant.text.into_iter().next() {
                question.text = text;
            }
            let Some(options) = question.answer.options_mut().filter(|_| !variant.labels.is_empty()) else {
                return;
            };
            options.list.retain(|o| variant.labels.iter().any(|(code, _)| *code == o.code));
            for option in &mut options.list {
                if let Some((_, label)) = variant.labels.iter().find(|(code, _)| *code == option.code) {
                    option.label = label.clone();
                    *option = option.clone().folded();
                }
            }
        }
        Kind::Say(_) | Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) | Kind::End(_) => {}
    }
}
