//! What the bot itself says, in each language it speaks. Project Fluent files; a further language is one more file.

use crate::script::{Language, fold};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::HashSet;
use std::sync::LazyLock;

const FILES: [(&str, &str); 2] = [("da", include_str!("words/da.ftl")), ("en", include_str!("words/en.ftl"))];

/// The lines of one language.
pub struct Lines {
    bundle: FluentBundle<FluentResource>,
    /// Folded words of each command and of yes and no.
    words: Vec<(&'static str, HashSet<String>)>,
    numbers: Vec<String>,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines")
    }
}

static ALL: LazyLock<Vec<(Language, Lines)>> = LazyLock::new(|| {
    FILES.iter().filter_map(|(tag, text)| Some((Language::parse(tag)?, Lines::read(tag, text)))).collect()
});

const WORD_LISTS: [&str; 10] = [
    "yes-words",
    "no-words",
    "start-words",
    "back-words",
    "skip-words",
    "stop-words",
    "help-words",
    "privacy-words",
    "language-words",
    "done-words",
];

/// The lines in `language`; in English where the bot does not speak it.
pub fn lines(language: Language) -> &'static Lines {
    let of = |wanted| ALL.iter().find(|(l, _)| *l == wanted).map(|(_, lines)| lines);
    of(language).or_else(|| of(Language::ENGLISH)).unwrap_or(&ALL[0].1)
}

/// Whether a folded text is one of the words in `list`, in any language.
pub fn is_word(list: &str, folded: &str) -> bool {
    ALL.iter()
        .any(|(_, lines)| lines.words.iter().any(|(name, words)| *name == list && words.contains(folded)))
}

/// Whether a folded text is the line `name`, in any language: a button's words can be typed.
pub fn is_label(name: &str, folded: &str) -> bool {
    ALL.iter().any(|(_, lines)| fold(&lines.get(name)) == folded)
}

/// The number that a folded word stands for, in any language.
pub fn number_word(folded: &str) -> Option<i64> {
    ALL.iter().find_map(|(_, lines)| lines.numbers.iter().position(|w| w == folded)).map(|n| n as i64)
}

impl Lines {
    fn read(tag: &str, text: &str) -> Lines {
        // What cannot be parsed is left out by the library and fails the test below, not a citizen's turn.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let locale = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // No invisible isolation marks: Telegram and screen readers show or read them.
        bundle.set_use_isolating(false);
        let _ = bundle.add_resource(resource);
        let mut lines = Lines { bundle, words: Vec::new(), numbers: Vec::new() };
        for list in WORD_LISTS {
            let words = lines.get(list).split_whitespace().map(fold).collect();
            lines.words.push((list, words));
        }
        lines.numbers = lines.get("number-words").split_whitespace().map(fold).collect();
        lines
    }

    pub fn get(&self, name: &str) -> String {
        self.with(name, &[])
    }

    /// A line with its values put in.
    pub fn with(&self, name: &str, values: &[(&'static str, Arg<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|m| m.value()) else {
            return name.to_owned();
        };
        let mut args = FluentArgs::with_capacity(values.len());
        for (key, value) in values {
            match value {
                Arg::Text(text) => args.set(*key, FluentValue::from(*text)),
                Arg::Number(number) => args.set(*key, FluentValue::from(*number)),
            }
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Arg<'a> {
    Text(&'a str),
    Number(i64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::FluentResource;

    fn names(text: &str) -> Vec<String> {
        text.lines()
            .filter_map(|l| l.split_once(" ="))
            .map(|(n, _)| n.to_owned())
            .filter(|n| !n.starts_with([' ', '#']))
            .collect()
    }

    #[test]
    fn every_language_says_everything() {
        let wanted = names(FILES[0].1);
        assert!(wanted.len() > 60);
        for (tag, text) in FILES {
            assert!(
                FluentResource::try_new(text.to_owned()).is_ok(),
                "{tag}.ftl has a line that cannot be read"
            );
            assert_eq!(names(text), wanted, "{tag}.ftl");
        }
    }

    #[test]
    fn plurals_follow_the_language() {
        let danish = lines(Language::DANISH);
        assert_eq!(danish.with("card-minutes", &[("minutes", Arg::Number(1))]), "Det tager cirka et minut.");
        assert_eq!(
            danish.with("card-minutes", &[("minutes", Arg::Number(3))]),
            "Det tager cirka 3 minutter."
        );
    }
}
