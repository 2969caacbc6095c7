//! Words that authors write instead of ours: slips of the finger, and Danish.

use super::fields::Reader;
use super::keys;
use super::problem::{Both, Problem, both};
use super::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// Longer than any name we know; nothing is near to it.
const MAX_NAME: usize = 40;
/// More unknown words than this in one place are not slips.
const MAX_MEANT: usize = 40;
/// What goes missing when a word is not understood. Of the rest, its line alone.
const LOST: [(&str, &str, &str); 8] = [
    ("shuffle", "mulighederne ville ikke blive blandet", "the options would not be shuffled"),
    (
        "when",
        "alle ville få det at se, uanset hvad de har svaret",
        "everybody would see it, whatever they answered",
    ),
    (
        "goto",
        "samtalen ville gå videre, som om intet var sagt",
        "the conversation would go on as if nothing had been said",
    ),
    (
        "visit",
        "samtalen ville gå videre, som om intet var sagt",
        "the conversation would go on as if nothing had been said",
    ),
    (
        "options",
        "borgeren ville ikke få noget at vælge imellem",
        "the citizen would have nothing to choose from",
    ),
    ("say", "teksten ville ikke nå borgeren", "the text would not reach the citizen"),
    ("ask", "spørgsmålet ville ikke blive stillet", "the question would not be asked"),
    ("end", "samtalen ville ikke slutte her", "the conversation would not end here"),
];

/// The known word that `typed` probably meant.
pub fn suggest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded = typed.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(word) = keys::in_danish(&folded).find_map(|w| known.iter().find(|k| **k == w)) {
        return Some(word);
    }
    let length = folded.chars().count();
    if length > MAX_NAME {
        return None;
    }
    let near = if length < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&folded, &k.to_lowercase()), k))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// `did you mean …?` for a label, empty where nothing is near.
pub fn did_you_mean(word: Option<&str>) -> Both {
    match word {
        Some(word) => both(format!("mente du `{word}`?"), format!("did you mean `{word}`?")),
        None => Both::default(),
    }
}

/// Y104: a word that is none of `known`.
pub fn unknown_key(entry: &Entry, known: &[&str]) -> Problem {
    let key = &entry.key;
    let problem = Problem::error(
        "Y104",
        entry.key_at,
        both(
            format!("`{key}` er ikke et ord, tjenesten kender her"),
            format!("`{key}` is not a word the service knows here"),
        ),
    );
    let Some(word) = suggest(key, known.iter().copied()) else {
        let all = known.join(" · ");
        return problem
            .why(both("linjen ville ikke gøre noget", "the line would do nothing"))
            .mend(both(format!("her kan stå: {all}"), format!("what may stand here: {all}")));
    };
    let why = LOST.iter().find(|(w, ..)| *w == word).map_or_else(
        || both("linjen ville ikke gøre noget", "the line would do nothing"),
        |(_, da, en)| both(*da, *en),
    );
    // A code that an author chose is no key to be translated, should it have slipped into another option.
    if word == "other" && entry.value.text().is_none_or(|t| !is_yes_or_no(t)) {
        return problem
            .why(both("svarmuligheden ville ikke blive vist", "the option would not be shown"))
            .mend(both(
                format!("er `{key}` en svarmulighed, så ryk den ud, til den begynder lige under de andre"),
                format!("if `{key}` is an option, move it out until it begins right below the others"),
            ));
    }
    problem.label(meant_by(key, word)).why(why).fix(entry.key_at, word)
}

pub fn is_yes_or_no(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "yes" | "no" | "ja" | "nej" | "true" | "false")
}

/// A label that says which word was meant by `typed`.
pub fn meant_by(typed: &str, word: &str) -> Both {
    match keys::in_danish(&typed.to_lowercase()).any(|w| w == word) {
        true => both(format!("hedder på engelsk `{word}`"), format!("in English: `{word}`")),
        false => did_you_mean(Some(word)),
    }
}

/// A map as its author meant it: a key that is told as unknown stands as the one it was meant for. What is below is read all the same.
pub fn understood<'n>(node: &'n Node, known: &[&str]) -> Cow<'n, Node> {
    let entries = node.map().unwrap_or_default();
    if entries.iter().all(|e| known.contains(&e.key.as_str())) {
        return Cow::Borrowed(node);
    }
    let mut node = node.clone();
    let has: Vec<String> = node.map().unwrap_or_default().iter().map(|e| e.key.clone()).collect();
    if let Value::Map(entries) = &mut node.value {
        for entry in entries.iter_mut().filter(|e| !known.contains(&e.key.as_str())).take(MAX_MEANT) {
            let meant =
                suggest(&entry.key, known.iter().copied()).filter(|word| !has.iter().any(|k| k == word));
            if let Some(word) = meant {
                word.clone_into(&mut entry.key);
            }
        }
    }
    Cow::Owned(node)
}

impl Reader {
    /// The key of `entries` that was meant as `key`, if one of the unknown ones was.
    pub fn meant<'e>(entries: &'e [Entry], key: &str, known: &[&str]) -> Option<&'e Entry> {
        entries
            .iter()
            .filter(|e| !known.contains(&e.key.as_str()))
            .find(|e| suggest(&e.key, known.iter().copied()) == Some(key))
    }
}
