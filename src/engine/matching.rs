//! Typed words against options: which one did the citizen mean?

use super::lines::{is_word, number_word};
use crate::script::{Choice, Language, fold};
use rust_decimal::Decimal;

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
    let digits =
        shown.iter().any(|(_, c)| c.folded.labels.iter().any(|l| l.chars().any(|c| c.is_ascii_digit())));
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

/// `ja`, `yes`, `👍`, … The list is in the language files, thumbs here.
pub fn yes_or_no(typed: &str) -> Option<bool> {
    let folded = fold(typed);
    let yes = is_word("yes-words", &folded) || folded == "👍";
    let no = is_word("no-words", &folded) || folded == "👎";
    (yes != no).then_some(yes)
}

/// A number written with digits, as in `ca. 12`, `2,5`, `1.000` or `50 kr.`, or as a word. Where a sign may part thousands or
/// decimals, `language` decides.
pub fn number(typed: &str, language: Language) -> Option<Decimal> {
    let folded = fold(typed);
    let mut words: Vec<&str> = folded.split(' ').filter(|w| !is_about(w)).collect();
    words.pop_if(|w| is_word("unit-words", w));
    if let [word] = words.as_slice()
        && let Some(number) = number_word(word)
    {
        return Some(number.into());
    }
    let typed = typed.trim();
    let digits = typed.trim_start_matches(|c: char| c.is_alphabetic() || c == '.' || c.is_whitespace());
    let before = fold(&typed[..typed.len() - digits.len()]);
    let number = digits.trim_end_matches(|c: char| c.is_alphabetic() || c == '.' || c.is_whitespace());
    let after = fold(&digits[number.len()..]);
    if !(before.is_empty() || is_about(&before)) || !(after.is_empty() || is_word("unit-words", &after)) {
        return None;
    }
    western(number, language)
}

fn is_about(word: &str) -> bool {
    matches!(word, "ca" | "cirka" | "omkring" | "about" | "around")
}

// Danish thousands have points, decimals a comma; English the other way round. A point before exactly three digits, and no
// other sign, parts thousands in both; so does a comma in English.
fn western(text: &str, language: Language) -> Option<Decimal> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | ' ')) {
        return None;
    }
    let text = text.replace(' ', "");
    let groups = |sign: char| {
        let mut parts = text.trim_start_matches('-').split(sign);
        parts.next().is_some_and(|p| (1..=3).contains(&p.len()))
            && parts.clone().count() > 0
            && parts.all(|p| p.len() == 3)
    };
    let plain = match (text.contains('.'), text.contains(',')) {
        (true, true) if text.rfind(',') > text.rfind('.') => text.replace('.', "").replace(',', "."),
        (true, true) => text.replace(',', ""),
        (true, false) if groups('.') => text.replace('.', ""),
        (false, true) if language == Language::ENGLISH && groups(',') => text.replace(',', ""),
        (false, true) => text.replace(',', "."),
        _ => text,
    };
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::script::Language;

    #[test]
    fn numbers_as_people_write_them() {
        for (typed, expected) in [
            ("12", "12"),
            ("ca. 12", "12"),
            ("2,5", "2.5"),
            ("1.000", "1000"),
            ("1.234,5", "1234.5"),
            ("tolv", "12"),
            ("-3", "-3"),
            ("fire", "4"),
            ("1,000", "1"),
            ("50 kr.", "50"),
            ("ca. 20 minutter", "20"),
            ("et barn", ""),
            ("et", "1"),
            ("12.", "12"),
            ("99999999999999999999999999999999999999", ""),
        ] {
            let expected = Some(expected).filter(|e| !e.is_empty());
            assert_eq!(
                number(typed, Language::DANISH).map(|n| n.normalize().to_string()).as_deref(),
                expected,
                "{typed}"
            );
        }
        for typed in
            ["mellem 10 og 20", "", "12 eller 13", "12 eller flere", "mange", "1-2", "--", ".", "kr", "ca."]
        {
            assert_eq!(number(typed, Language::DANISH), None, "{typed}");
        }
        assert_eq!(number("1,000", Language::ENGLISH), Some(1000.into()));
        assert_eq!(number("1,5", Language::ENGLISH), "1.5".parse().ok());
    }
}
