//! Yes or no, with what people write around it.

use super::tokens::{Kind, tokens};
use super::vocabulary::{Vocabulary, vocabularies};
use crate::script::Language;

/// What `👍` and its kin mean, in every language.
const YES: [&str; 9] = ["👍", "👌", "✅", "✔", "☑", "💯", "🙌", "👏", "🆗"];
const NO: [&str; 6] = ["👎", "❌", "🚫", "✖", "⛔", "🙅"];

/// `true` for yes, `false` for no; nothing where both are said, or neither for sure. The first language in which every word
/// is known decides, `language` before the rest: Polish `tak` is Danish thanks.
pub fn yes_or_no(typed: &str, language: Language) -> Option<bool> {
    let mut words = Vec::new();
    for token in tokens(typed) {
        match token.kind {
            Kind::Word(word) => words.push(word),
            Kind::Sign('.' | ',' | '!' | '-' | '(' | ')' | ':' | ';' | '"' | '*' | '/' | '…' | '<') => {}
            Kind::Sign(_) | Kind::Digits(_) | Kind::Part(_) => return None,
        }
    }
    if words.is_empty() || words.len() > 10 {
        return None;
    }
    vocabularies(language).find_map(|v| read(&words, v)).flatten()
}

// `None`: a word is not known in this language.
fn read(words: &[String], v: &Vocabulary) -> Option<Option<bool>> {
    let whole = words.iter().map(|w| squeezed(w)).collect::<Vec<_>>().join(" ");
    let is = |list: &str, word: &str| v.has_squeezed(list, &squeezed(word));
    match (is("yes-words", &whole), is("no-words", &whole)) {
        (true, false) => return Some(Some(true)),
        (false, true) => return Some(Some(false)),
        _ => {}
    }
    // `absolut` only strengthens what stands beside it; alone it is a yes.
    let (mut yes, mut strong, mut no, mut not, mut unsure) = (false, false, false, false, false);
    for word in words {
        match word.as_str() {
            word if YES.contains(&word) => yes = true,
            word if NO.contains(&word) => no = true,
            // Any other emoji only shows a mood.
            word if word.chars().all(|c| !c.is_alphanumeric()) => {}
            word if is("unsure-words", word) => unsure = true,
            word if is("not-words", word) => not = true,
            word if is("polite-words", word) => strong |= is("yes-words", word),
            word if is("yes-words", word) => yes = true,
            word if is("no-words", word) => no = true,
            _ => return None,
        }
    }
    Some(match (yes || (strong && !no && !not), no || not) {
        _ if unsure => None,
        (true, false) => Some(true),
        // `ikke` alone says nothing; `det vil jeg ikke` does.
        (false, true) if no || words.len() > 1 => Some(false),
        _ => None,
    })
}

/// `jaaa` and `neeej` are `ja` and `nej`.
pub fn squeezed(word: &str) -> String {
    let mut last = None;
    let mut word: String = word.chars().filter(|c| last.replace(*c) != Some(*c)).collect();
    // One letter each, as folded.
    for (twice, once) in [("aeae", "ae"), ("oeoe", "oe")] {
        while word.contains(twice) {
            word = word.replace(twice, once);
        }
    }
    word
}
