//! What the bot itself says, in each language it speaks. Project Fluent files; a further language is one more file.

use crate::script::{Language, fold};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

const FILES: [(&str, &str); 3] = [
    ("da", include_str!("words/da.ftl")),
    ("en", include_str!("words/en.ftl")),
    ("ar", include_str!("words/ar.ftl")),
];

/// The lines of one language.
pub struct Lines {
    bundle: FluentBundle<FluentResource>,
    /// Lines of words and values alone, which need no grammar: taken apart once.
    plain: FxHashMap<String, Vec<Part>>,
    /// Lines without values, folded: a button's words can be typed.
    folded: FxHashMap<String, String>,
}

enum Part {
    Words(String),
    Value(String),
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines")
    }
}

static ALL: LazyLock<Vec<(Language, Lines)>> = LazyLock::new(|| {
    FILES.iter().filter_map(|(tag, text)| Some((Language::parse(tag)?, Lines::read(tag, text)))).collect()
});

/// The lines in `language`; in English where the bot does not speak it.
pub fn lines(language: Language) -> &'static Lines {
    let of = |wanted| ALL.iter().find(|(l, _)| *l == wanted).map(|(_, lines)| lines);
    of(language).or_else(|| of(Language::ENGLISH)).unwrap_or(&ALL[0].1)
}

/// The languages that the bot itself speaks.
pub fn spoken() -> impl Iterator<Item = Language> {
    ALL.iter().map(|(language, _)| *language)
}

/// Whether a folded text is the line `name`, in any language: a button's words can be typed.
pub fn is_label(name: &str, folded: &str) -> bool {
    ALL.iter().any(|(_, lines)| lines.folded.get(name).is_some_and(|line| line == folded))
}

impl Lines {
    fn read(tag: &str, text: &str) -> Lines {
        // What cannot be parsed is left out by the library and fails the test below, not a citizen's turn.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let plain: FxHashMap<String, Vec<Part>> = resource.entries().filter_map(taken_apart).collect();
        let alone = plain.iter().filter_map(|(name, parts)| match parts.as_slice() {
            [Part::Words(words)] => Some((name.clone(), fold(words))),
            _ => None,
        });
        let folded = alone.collect();
        let locale = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // No invisible isolation marks: Telegram and screen readers show or read them.
        bundle.set_use_isolating(false);
        let _ = bundle.add_resource(resource);
        Lines { bundle, plain, folded }
    }

    pub fn get(&self, name: &str) -> String {
        self.with(name, &[])
    }

    /// A line with its values put in.
    pub fn with(&self, name: &str, values: &[(&'static str, Arg<'_>)]) -> String {
        if let Some(parts) = self.plain.get(name) {
            return joined(parts, values);
        }
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

// `None`: the line chooses between forms, or is no line.
fn taken_apart(entry: &ast::Entry<&str>) -> Option<(String, Vec<Part>)> {
    let ast::Entry::Message(message) = entry else { return None };
    let part = |element: &ast::PatternElement<&str>| match element {
        ast::PatternElement::TextElement { value } => Some(Part::Words((*value).to_owned())),
        ast::PatternElement::Placeable {
            expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }),
        } => Some(Part::Value(id.name.to_owned())),
        ast::PatternElement::Placeable { .. } => None,
    };
    let parts = message.value.as_ref()?.elements.iter().map(part).collect::<Option<Vec<Part>>>()?;
    Some((message.id.name.to_owned(), parts))
}

fn joined(parts: &[Part], values: &[(&'static str, Arg<'_>)]) -> String {
    let mut line = String::with_capacity(64);
    for part in parts {
        match part {
            Part::Words(words) => line.push_str(words),
            Part::Value(name) => match values.iter().find(|(n, _)| n == name) {
                Some((_, Arg::Text(text))) => line.push_str(text),
                Some((_, Arg::Number(number))) => line.push_str(&number.to_string()),
                // As the library shows what it was not given.
                None => line.extend(["{$", name, "}"]),
            },
        }
    }
    line
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
        let arabic = |months| {
            let language = Language::parse("ar").unwrap();
            lines(language).with("keep-months", &[("count", Arg::Number(months))])
        };
        assert_eq!([1, 2, 3, 12].map(arabic), ["شهر واحد", "شهرين", "3 أشهر", "12 شهرًا"]);
    }
}
