//! Typed words against options: which one did the citizen mean?

use crate::script::{Choice, fold};

#[derive(Debug, PartialEq)]
pub enum Match {
    /// Place in the file. `sure` is false for a guess, which is shown back with a way to correct it.
    One {
        option: u8,
        sure: bool,
    },
    /// Two or more fit equally well.
    Several(Vec<u8>),
    None,
}

/// The option that `typed` means, among those shown. The first rule that fits wins: number of the option as shown (not
/// where labels hold digits), label in any language, code or synonym, start of a label, a slip of one or two letters.
pub fn option(typed: &str, shown: &[(u8, &Choice)]) -> Match {
    let folded = fold(typed);
    if folded.is_empty() {
        return Match::None;
    }
    if let Some(found) = exactly(&folded, shown) {
        return Match::One { option: found, sure: true };
    }
    let letters = folded.chars().count();
    // Fewer than three letters only as whole words: `ja` of `Ja, tit`.
    let begins = |label: &String| {
        label.strip_prefix(&folded).is_some_and(|rest| letters >= 3 || rest.starts_with(' '))
    };
    match those(shown, |c| c.folded.labels.iter().any(begins)).as_slice() {
        [] => {}
        [one] => return Match::One { option: *one, sure: true },
        several => return Match::Several(several.to_vec()),
    }
    nearest(&folded, letters, shown)
}

/// Number, label, code or synonym, letter for letter.
pub fn exactly(folded: &str, shown: &[(u8, &Choice)]) -> Option<u8> {
    let digits = shown.iter().any(|(_, c)| c.folded.has_digit);
    if !digits
        && let Ok(number) = folded.parse::<usize>()
        && let Some((option, _)) = number.checked_sub(1).and_then(|n| shown.get(n))
    {
        return Some(*option);
    }
    let by = |list: fn(&Choice) -> &Vec<String>| {
        shown.iter().find(|(_, c)| list(c).iter().any(|l| l == folded)).map(|(n, _)| *n)
    };
    by(|c| &c.folded.labels).or_else(|| by(|c| &c.folded.names))
}

fn those(shown: &[(u8, &Choice)], fits: impl Fn(&Choice) -> bool) -> Vec<u8> {
    shown.iter().filter(|(_, c)| fits(c)).map(|(n, _)| *n).collect()
}

fn nearest(folded: &str, letters: usize, shown: &[(u8, &Choice)]) -> Match {
    let allowed = match letters {
        0..=3 => return Match::None,
        4..=7 => 1,
        _ => 2,
    };
    let distance = |c: &Choice| {
        let words = c.folded.labels.iter().chain(&c.folded.names);
        words
            .filter(|w| w.chars().count().abs_diff(letters) <= allowed)
            .map(|w| strsim::damerau_levenshtein(folded, w))
            .min()
    };
    let near: Vec<(u8, usize)> =
        shown.iter().filter_map(|(n, c)| distance(c).filter(|d| *d <= allowed).map(|d| (*n, d))).collect();
    let Some(best) = near.iter().map(|(_, d)| *d).min() else { return Match::None };
    match near.iter().filter(|(_, d)| *d == best).map(|(n, _)| *n).collect::<Vec<_>>().as_slice() {
        [one] => Match::One { option: *one, sure: false },
        several => Match::Several(several.to_vec()),
    }
}

/// The options that a list such as `1 og 3` or `lukket, for langt` names. `None` unless every part names one.
pub fn several(typed: &str, shown: &[(u8, &Choice)]) -> Option<Vec<u8>> {
    let parts = split(typed);
    if parts.len() < 2 {
        return None;
    }
    let mut found = Vec::new();
    for part in parts {
        let Match::One { option, .. } = option(&part, shown) else { return None };
        if !found.contains(&option) {
            found.push(option);
        }
    }
    Some(found)
}

fn split(typed: &str) -> Vec<String> {
    let spaced = typed.replace([',', ';', '&', '+', '/', '\n'], " , ");
    let mut parts = vec![String::new()];
    let numbers =
        spaced.split_whitespace().all(|w| w == "," || is_and(w) || w.chars().all(|c| c.is_ascii_digit()));
    for word in spaced.split_whitespace() {
        if word == "," || is_and(word) {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            // `1 3 4`: numbers need no sign between them.
            if numbers && !part.is_empty() {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push_str(word);
                part.push(' ');
            }
        }
    }
    parts.retain(|p| !p.trim().is_empty());
    parts
}

fn is_and(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "og" | "and" | "samt" | "plus")
}
