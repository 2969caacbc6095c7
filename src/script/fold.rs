//! Typed words made comparable: case, form, punctuation and the ways of writing æ, ø and å are evened out.

use unicode_normalization::UnicodeNormalization;

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// `Før kl. 9!` and `FOER KL 9` come out alike. Signs that are no letters or digits become one space, emoji are kept.
pub fn fold(text: &str) -> String {
    // Letters that are one already, as nearly always: nothing to compose.
    if text.chars().all(|c| matches!(c, '\n' | ' '..='~' | 'À'..='ÿ')) {
        folded(text.chars().map(lower), text.len())
    } else {
        folded(text.nfkc().flat_map(char::to_lowercase), text.len())
    }
}

// Of a letter whose small one is a single letter too.
fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

fn folded(letters: impl Iterator<Item = char>, length: usize) -> String {
    let mut out = String::with_capacity(length + 8);
    let mut gap = false;
    for c in letters {
        let letters = match c {
            'æ' | 'ä' => "ae",
            'ø' | 'ö' => "oe",
            'å' => "aa",
            // One letter in each of these, whatever the keyboard gives.
            'ı' => "i",
            'أ' | 'إ' | 'ٱ' => "ا",
            'ى' | 'ی' => "ي",
            'ک' => "ك",
            // The dot left over from a Turkish İ, Arabic vowel signs and stretches.
            '\u{307}' | '\u{640}' | '\u{64b}'..='\u{652}' => continue,
            // Digits of Arabic and of Persian.
            '\u{660}'..='\u{669}' => DIGITS[c as usize - 0x660],
            '\u{6f0}'..='\u{6f9}' => DIGITS[c as usize - 0x6f0],
            // Variation selectors and skin tones change how an emoji looks, not what it says.
            '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' => continue,
            c if c.is_ascii_alphanumeric() || c.is_alphanumeric() || is_emoji(c) => {
                space(&mut out, &mut gap);
                out.push(c);
                continue;
            }
            _ => {
                gap = true;
                continue;
            }
        };
        space(&mut out, &mut gap);
        out.push_str(letters);
    }
    out
}

fn space(out: &mut String, gap: &mut bool) {
    if std::mem::take(gap) && !out.is_empty() {
        out.push(' ');
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c as u32, 0x2600..=0x27bf | 0x1f300..=0x1faff)
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn ways_of_writing_the_same_are_one() {
        assert_eq!(fold("  Før kl. 9!"), "foer kl 9");
        assert_eq!(fold("FOER  KL 9"), "foer kl 9");
        assert_eq!(fold("a\u{30a}ben"), "aaben");
        assert_eq!(fold("👍🏽"), fold("👍"));
        assert_eq!(fold("HAYIR İYİ"), fold("hayır iyi"));
        assert_eq!(fold("أحمد ٣"), "احمد 3");
        assert_eq!(fold("?!"), "");
    }
}
