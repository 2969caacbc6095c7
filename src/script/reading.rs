//! Texts that are hard to read, and translations that are none.

use super::fields::Reader;
use super::problem::{Problem, Span, both};
use super::tree::{Entry, Node};
use super::values::MAX_TEXT;
use super::words::Language;

/// Shorter texts have no measure worth the name.
const MIN_WORDS: usize = 25;
/// Readability index of C.H. Björnsson: above 40 is as hard as a newspaper's leader.
const MAX_LIX: usize = 40;
/// Words with more letters than this count as long.
const LONG_WORD: usize = 6;
/// A name or a loan word may be the same in two languages; so many words in a row are not.
const SAME_WORDS: usize = 3;

/// Words in a sentence plus long words in a hundred; `None` for a text that is too short.
fn lix(text: &str) -> Option<usize> {
    let words: Vec<usize> = text
        .split_whitespace()
        .map(|w| w.chars().filter(|c| c.is_alphabetic()).count())
        .filter(|letters| *letters > 0)
        .collect();
    if words.len() < MIN_WORDS {
        return None;
    }
    let ends = |w: &&str| w.ends_with(['.', '!', '?', ':']);
    let sentences = text.split_whitespace().filter(ends).count().max(1);
    let long = words.iter().filter(|letters| **letters > LONG_WORD).count();
    Some(words.len() / sentences + 100 * long / words.len())
}

impl Reader {
    /// T305, for a text in Danish.
    pub fn hard_to_read(&mut self, language: Language, node: &Node) {
        // One that is much too long is told so already.
        let told = |text: &&str| text.chars().count() > MAX_TEXT;
        let text = node.text().filter(|text| language == Language::DANISH && !told(text));
        let Some(lix) = text.and_then(lix) else { return };
        if lix <= MAX_LIX {
            return;
        }
        let at = Span { end_line: node.at.line, end_column: node.at.column + 1, ..node.at };
        self.report(
            Problem::warning(
                "T305",
                at,
                both(
                    format!("teksten er svær at læse (lix {lix})"),
                    format!("this text is hard to read (LIX {lix})"),
                ),
            )
            .label(both(format!("helst under {MAX_LIX}"), format!("better below {MAX_LIX}")))
            .why(both("mange læser langsomt og ville give op her", "many read slowly and would give up here"))
            .mend(both(
                "skriv kortere sætninger med kortere ord",
                "write shorter sentences with shorter words",
            )),
        );
    }

    /// T307: the same words in two languages.
    pub fn not_translated(&mut self, entries: &[Entry]) {
        let texts: Vec<&Entry> = entries
            .iter()
            .filter(|e| self.languages.iter().any(|l| l.tag() == e.key))
            .filter(|e| e.value.text().is_some_and(has_words))
            .collect();
        for (n, entry) in texts.iter().enumerate() {
            let same = |e: &&&Entry| e.value.text().map(str::trim) == entry.value.text().map(str::trim);
            let Some(first) = texts[..n].iter().find(same) else { continue };
            self.report(
                Problem::warning(
                    "T307",
                    entry.value.at,
                    both(
                        format!("teksten er ens på `{}` og `{}`", first.key, entry.key),
                        format!("the text is the same in `{}` and `{}`", first.key, entry.key),
                    ),
                )
                .also(first.value.at, both("den samme", "the same"))
                .why(both(
                    "den ene er nok ikke blevet oversat endnu",
                    "one of them has probably not been translated yet",
                ))
                .mend(both(format!("oversæt `{}`", entry.key), format!("translate `{}`", entry.key))),
            );
        }
    }
}

fn has_words(text: &str) -> bool {
    text.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).count() >= SAME_WORDS
}
