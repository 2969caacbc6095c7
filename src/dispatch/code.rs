//! Entry codes as they come in links and travel in buttons.

use crate::engine::{self, Arg, ButtonKind, Moment, Press, date, lines};
use crate::script::{Language, PeriodState, Script};

/// The step of buttons that belong to no session: they name an entry code instead.
const ENTRY: u16 = u16::MAX;

/// Why a dialogue cannot be answered now.
pub fn closed_words(script: &Script, channel: &str, moment: &Moment, language: Language) -> String {
    if !script.runs_on(channel) {
        return elsewhere(script, language);
    }
    match script.period_at(moment.now) {
        PeriodState::NotYet(from) => {
            lines(language).with("opens", &[("date", Arg::Text(&date(from, language)))])
        }
        PeriodState::Open => engine::full_words(script, language),
        PeriodState::Over(_) => lines(language).get("over"),
    }
}

fn elsewhere(script: &Script, language: Language) -> String {
    let l = lines(language);
    let channels: Vec<String> =
        script.header().defaults.channels.iter().map(|c| l.get(&format!("on-{c}"))).collect();
    let channels = channels.join(&format!(" {} ", l.get("or")));
    let title = script.header().title_in(language);
    let values = [("title", &*title), ("where", &*channels), ("contact", script.contact())];
    l.with("elsewhere", &values.map(|(name, text)| (name, Arg::Text(text))))
}

/// `<code>` or `<code>_<place>`, case folded; a code has no `_`.
pub fn split(payload: &str) -> (String, Option<String>) {
    let payload = payload.trim().to_lowercase();
    match payload.split_once('_') {
        Some((code, place)) => (code.to_owned(), Some(place.to_owned()).filter(|p| !p.is_empty())),
        None => (payload, None),
    }
}

pub fn known_place(script: &Script, place: Option<String>) -> Option<String> {
    let known = |p: &String| p == "ven" || script.header().entry.places.iter().any(|(code, _)| code == p);
    place.map(|p| if known(&p) { p } else { "other".to_owned() })
}

/// Whether a button names an entry code, and no session.
pub fn is_entry(press: &Press) -> bool {
    press.step == ENTRY
}

const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

// A code of up to twelve letters and digits as one number, so that it fits where a session's nonce stands.
pub fn entry_press(code: &str, button: ButtonKind) -> Press {
    let session = code.bytes().fold(0u64, |sum, b| {
        let letter = LETTERS.iter().position(|l| *l == b).unwrap_or(0) as u64 + 1;
        sum.wrapping_mul(37).wrapping_add(letter)
    });
    Press { session, step: ENTRY, visit: 0, button }
}

pub fn code_of(mut number: u64) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        let letter = (number % 37) as usize;
        letters.push(letter.checked_sub(1).map_or(b'?', |n| LETTERS[n]));
        number /= 37;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_code_travels_in_a_button() {
        for code in ["a", "aabn", "999999999999", "abc123xyz"] {
            assert_eq!(code_of(entry_press(code, ButtonKind::Start).session), code);
        }
    }

    #[test]
    fn a_payload_splits_at_the_first_underscore() {
        assert_eq!(split("AABN_perron_1"), ("aabn".to_owned(), Some("perron_1".to_owned())));
        assert_eq!(split("aabn"), ("aabn".to_owned(), None));
        assert_eq!(split("aabn_"), ("aabn".to_owned(), None));
    }
}
