//! The words that people type, by language: one file of lists for each, below `words/typed`.

use super::tokens::bare;
use super::yesno::squeezed;
use crate::script::{Language, fold};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

const FILES: [(&str, &str); 9] = [
    ("da", include_str!("../words/typed/da.txt")),
    ("en", include_str!("../words/typed/en.txt")),
    ("ar", include_str!("../words/typed/ar.txt")),
    ("fa", include_str!("../words/typed/fa.txt")),
    ("ur", include_str!("../words/typed/ur.txt")),
    ("tr", include_str!("../words/typed/tr.txt")),
    ("pl", include_str!("../words/typed/pl.txt")),
    ("so", include_str!("../words/typed/so.txt")),
    ("uk", include_str!("../words/typed/uk.txt")),
];

/// A word of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Numeral {
    Value(Decimal),
    /// What stands before it is so many times as much: `hundrede`, `dusin`.
    Times(Decimal),
    And,
    /// Between a whole number and the digits behind it: `to komma fem`.
    Point,
    Minus,
}

/// The lists of one language.
#[derive(Debug)]
pub struct Vocabulary {
    language: Language,
    /// Each list as it stands in the file, its words made [`bare`]. Words for the same stand together.
    lists: FxHashMap<&'static str, Vec<Vec<String>>>,
    /// Each list with every letter once where it stands several times in a row.
    squeezed: FxHashMap<&'static str, FxHashSet<String>>,
    numerals: FxHashMap<String, Numeral>,
    /// Day and month of days that have a name.
    holidays: FxHashMap<String, (i8, i8)>,
}

static ALL: LazyLock<Vec<Vocabulary>> =
    LazyLock::new(|| FILES.iter().filter_map(|(tag, text)| Vocabulary::read(tag, text)).collect());

/// Every word of the lists, folded, in all languages, with the lists that it stands in.
static WORDS: LazyLock<FxHashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, Vec<&'static str>> = FxHashMap::default();
    for (name, list) in FILES.iter().flat_map(|(_, text)| lists_in(text)) {
        for word in list.split_whitespace().flat_map(|w| w.split('/')).map(fold) {
            words.entry(word).or_default().push(name);
        }
    }
    words
});

/// The lists that a folded text is a word of, in any language.
pub fn lists_of(folded: &str) -> &'static [&'static str] {
    WORDS.get(folded).map_or(&[], Vec::as_slice)
}

/// Whether a folded text is one of the words in `list`, in any language.
pub fn is_word(list: &str, folded: &str) -> bool {
    lists_of(folded).contains(&list)
}

/// Whether a folded text is a word that asks for something, in any language.
pub fn is_command(folded: &str) -> bool {
    const LISTS: [&str; 10] = [
        "back-words",
        "skip-words",
        "stop-words",
        "help-words",
        "privacy-words",
        "language-words",
        "done-words",
        "delete-words",
        "my-data-words",
        "pause-words",
    ];
    lists_of(folded).iter().any(|list| LISTS.contains(list))
}

/// Every vocabulary, that of `language` first: people answer in their own words, but not always.
pub fn vocabularies(language: Language) -> impl Iterator<Item = &'static Vocabulary> {
    let own = move |v: &&Vocabulary| v.language == language;
    ALL.iter().filter(own).chain(ALL.iter().filter(move |v| !own(v)))
}

impl Vocabulary {
    fn read(tag: &str, text: &'static str) -> Option<Vocabulary> {
        let mut read = Vocabulary {
            language: Language::parse(tag)?,
            lists: FxHashMap::default(),
            squeezed: FxHashMap::default(),
            numerals: FxHashMap::default(),
            holidays: FxHashMap::default(),
        };
        for (name, list) in lists_in(text) {
            if name == "holidays" {
                read.holidays.extend(list.split_whitespace().filter_map(holiday));
                continue;
            }
            let alike = |word: &str| word.split('/').map(bare).collect::<Vec<String>>();
            let words: Vec<Vec<String>> = list.split_whitespace().map(alike).collect();
            let numeral = match name {
                "and" => Some(Numeral::And),
                "point" => Some(Numeral::Point),
                "minus" => Some(Numeral::Minus),
                name => match name.strip_prefix('x') {
                    Some(times) => times.parse().ok().map(Numeral::Times),
                    None => name.parse().ok().map(Numeral::Value),
                },
            };
            if let Some(numeral) = numeral {
                read.numerals.extend(words.iter().flatten().map(|w| (w.clone(), numeral)));
            }
            read.squeezed.insert(name, words.iter().flatten().map(|w| squeezed(w)).collect());
            read.lists.insert(name, words);
        }
        Some(read)
    }

    /// Whether a bare word, or several with a blank between them, stands in a list.
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.place(list, word).is_some()
    }

    /// As [`Vocabulary::has`], of a word that is squeezed, against words that are.
    pub fn has_squeezed(&self, list: &str, word: &str) -> bool {
        self.squeezed.get(list).is_some_and(|words| words.contains(word))
    }

    /// The place in a list of a bare word, from nought.
    pub fn place(&self, list: &str, word: &str) -> Option<usize> {
        self.lists.get(list)?.iter().position(|alike| alike.iter().any(|w| w == word))
    }

    /// The words of a list.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.lists.get(name).into_iter().flatten().flatten().map(String::as_str)
    }

    /// Day and month of a day that has a name: `juleaften=24/12`.
    pub fn holiday(&self, name: &str) -> Option<(i8, i8)> {
        self.holidays.get(name).copied()
    }

    pub fn numeral(&self, word: &str) -> Option<Numeral> {
        self.numerals.get(word).copied()
    }

    /// A word made of several numerals, taken apart: `femogtyve`. Empty where it is none.
    pub fn compound(&self, word: &str) -> Vec<Numeral> {
        if let Some(numeral) = self.numeral(word) {
            return vec![numeral];
        }
        // The longest first word whose rest is made of numerals too.
        for (at, _) in word.char_indices().skip(1).collect::<Vec<_>>().into_iter().rev() {
            if let Some(first) = self.numeral(&word[..at]) {
                let rest = self.compound(&word[at..]);
                if !rest.is_empty() {
                    return [vec![first], rest].concat();
                }
            }
        }
        Vec::new()
    }
}

// `juleaften=24/12`
fn holiday(word: &str) -> Option<(String, (i8, i8))> {
    let (name, day) = word.split_once('=')?;
    let (day, month) = day.split_once('/')?;
    Some((bare(name), (day.parse().ok()?, month.parse().ok()?)))
}

fn lists_in(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_commands_and_the_numbers() {
        let commands = ["yes", "no", "start", "back", "skip", "stop", "help", "privacy", "language", "done"];
        for vocabulary in ALL.iter() {
            let tag = vocabulary.language;
            for list in commands.map(|c| format!("{c}-words")) {
                assert!(vocabulary.list(&list).next().is_some(), "{tag}: {list}");
            }
            let has = |n: i64| vocabulary.numerals.values().any(|v| *v == Numeral::Value(n.into()));
            for n in (0..=20).chain((30..=90).step_by(10)) {
                assert!(has(n), "{tag}: {n}");
            }
        }
    }

    #[test]
    fn no_command_means_two_things_in_one_language() {
        let commands = [
            "start", "back", "skip", "stop", "help", "privacy", "language", "done", "delete", "my-data",
            "pause", "no",
        ];
        for vocabulary in ALL.iter() {
            for list in commands.map(|c| format!("{c}-words")) {
                for other in commands.map(|c| format!("{c}-words")).iter().filter(|o| **o != list) {
                    let both = vocabulary.list(&list).find(|w| vocabulary.has(other, w));
                    assert_eq!(both, None, "{}: in {list} and {other}", vocabulary.language);
                }
            }
        }
    }
}
