//! Takes CPR numbers, and on request phone numbers and e-mail addresses, out of what citizens write. Pure.
//!
//! A CPR number is six digits that are a date, then four more. Modulus 11 is not asked for: numbers without it have been
//! issued since 2007.

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What stands instead of a CPR number.
pub const CPR_MARK: &str = "[CPR fjernet]";
pub const PHONE_MARK: &str = "[telefonnummer fjernet]";
pub const EMAIL_MARK: &str = "[e-mail fjernet]";

const DIGITS: usize = 10;

// What people put between the digits: spaces, dots, slashes, every dash there is, and signs that cannot be seen.
const BETWEEN: &str = r"[\s\p{Cf}./\\_\p{Pd}−]";

// Day, month and year may be parted, the last four by more; never inside a longer run of digits. After a dash the last four may be
// two and two; without one, five pairs are as likely something else.
static CPR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let b = BETWEEN;
    let last = format!(r"(?:{b}{{0,3}}\d{{4}}|\s?[\p{{Pd}}−]\s?\d{{2}} \d{{2}})");
    Regex::new(&format!(r"(^|[^0-9])(\d{{2}}){b}{{0,2}}(\d{{2}}){b}{{0,2}}(\d{{2}}){last}($|[^0-9])")).ok()
});
// Digit by digit, as on a form with boxes.
static SPACED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(^|[^0-9 ] ?)(\d \d) (\d \d) \d \d ?\p{Pd}? ?\d \d \d \d($|[^0-9 ]| $| [^0-9 ])").ok()
});
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(^|[^0-9+])((?:\+|00)\d{2}[ -]?)?\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}($|[^0-9])").ok()
});
static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*\.\p{L}{2,}").ok());

/// The text without CPR numbers, and whether there was one.
pub fn cpr(text: &str) -> (Cow<'_, str>, bool) {
    // Full-width digits and the like are numbers to whoever reads them.
    if text.chars().filter(|c| c.is_numeric()).count() < DIGITS {
        return (Cow::Borrowed(text), false);
    }
    let plain: Cow<'_, str> = if text.chars().all(|c| !c.is_numeric() || c.is_ascii_digit()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(western).collect())
    };
    let mut found = false;
    let mut out = plain.to_string();
    // Neighbouring numbers share the sign between them, so a second pass is needed.
    for pattern in [&CPR, &CPR, &SPACED].into_iter().filter_map(|p| p.as_ref()) {
        out = pattern
            .replace_all(&out, |c: &Captures<'_>| {
                let number = |n: usize| c[n].replace(' ', "");
                if is_date(&number(2), &number(3)) {
                    found = true;
                    format!("{}{CPR_MARK}{}", &c[1], &c[c.len() - 1])
                } else {
                    c[0].to_owned()
                }
            })
            .into_owned();
    }
    if found { (Cow::Owned(out), true) } else { (Cow::Borrowed(text), false) }
}

/// The text without phone numbers of eight digits.
pub fn phone(text: &str) -> Cow<'_, str> {
    let Some(pattern) = PHONE.as_ref() else { return Cow::Borrowed(text) };
    pattern.replace_all(text, |c: &Captures<'_>| format!("{}{PHONE_MARK}{}", &c[1], &c[3]))
}

/// The text without e-mail addresses.
pub fn email(text: &str) -> Cow<'_, str> {
    let Some(pattern) = EMAIL.as_ref() else { return Cow::Borrowed(text) };
    pattern.replace_all(text, EMAIL_MARK)
}

// Days of 61 and up mark substitute numbers, given to people without a CPR number of their own.
fn is_date(day: &str, month: &str) -> bool {
    let day = day.parse().unwrap_or(0);
    let month = month.parse().unwrap_or(0);
    (matches!(day, 1..=31) || matches!(day, 61..=91)) && matches!(month, 1..=12)
}

fn western(c: char) -> char {
    if c.is_numeric() && !c.is_ascii() {
        let arabic = match c {
            '٠'..='٩' => Some(c as u32 - '٠' as u32),
            '۰'..='۹' => Some(c as u32 - '۰' as u32),
            _ => None,
        };
        return arabic
            .and_then(|n| char::from_digit(n, 10))
            .or_else(|| std::iter::once(c).nfkc().next().filter(char::is_ascii_digit))
            .unwrap_or(c);
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpr_numbers_go_in_every_form_people_write() {
        let forms = [
            "010203-1234",
            "0102031234",
            "010203 1234",
            "01.02.03-1234",
            "01-02-03-1234",
            "01/02/03 1234",
            "010203–1234",
            "010203 - 1234",
            "０１０２０３-１２３４",
            "mit cpr er 311299-0000.",
            "(010203-1234)",
            "610203-1234",
            "٠١٠٢٠٣-١٢٣٤",
        ];
        for form in forms {
            let (text, found) = cpr(form);
            assert!(found && text.contains(CPR_MARK) && !text.contains("1234"), "{form}: {text}");
        }
        assert_eq!(cpr("010203-1234 010203-1234").0, format!("{CPR_MARK} {CPR_MARK}"));
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        let others = [
            "tlf. 20 30 40 50",
            "20304050",
            "1. maj 2028",
            "01-02-2003",
            "kl. 14.30",
            "450203-1234",
            "011303-1234",
            "12345678901",
            "1.000.000 kr.",
            "konto 4001 0102031234567",
            "vej 12, 2300",
            "2026-03-02",
        ];
        for text in others {
            assert!(!cpr(text).1, "{text}");
        }
    }

    #[test]
    fn phone_and_email_go_on_request() {
        assert_eq!(phone("ring 20 30 40 50 nu"), format!("ring {PHONE_MARK} nu"));
        assert_eq!(phone("+45 20304050"), PHONE_MARK);
        assert_eq!(email("skriv til jens.å@post.dk!"), format!("skriv til {EMAIL_MARK}!"));
    }
}
