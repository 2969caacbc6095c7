//! Citizens' words: a text in each language, with light formatting and places for earlier answers.

use serde::{Deserialize, Serialize};

/// A language tag of two or three letters, as in `da`, `en`, `ar`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language([u8; 3]);

impl Language {
    pub const DANISH: Language = Language(*b"da\0");
    pub const ENGLISH: Language = Language(*b"en\0");

    /// The language of a tag such as `da`, `da-DK` or `pt_BR`; region and script are left out.
    pub fn parse(tag: &str) -> Option<Language> {
        let main = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
        let bytes = main.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        let mut letters = [0; 3];
        letters[..bytes.len()].copy_from_slice(bytes);
        Some(Language(letters))
    }
    pub fn tag(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..length]).unwrap_or("da")
    }
    pub fn is_right_to_left(&self) -> bool {
        matches!(self.tag(), "ar" | "fa" | "ur" | "he" | "ps" | "ckb")
    }
    /// The language's own name for itself, as it stands on a button.
    pub fn own_name(&self) -> &str {
        match self.tag() {
            "da" => "Dansk",
            "en" => "English",
            "ar" => "العربية",
            "de" => "Deutsch",
            "fa" => "فارسی",
            "fo" => "Føroyskt",
            "fr" => "Français",
            "kl" => "Kalaallisut",
            "pl" => "Polski",
            "so" => "Soomaali",
            "tr" => "Türkçe",
            "uk" => "Українська",
            "ur" => "اردو",
            tag => tag,
        }
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
        let tag = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Language::parse(&tag).ok_or_else(|| serde::de::Error::custom("not a language tag"))
    }
}

/// One text in one or more languages; never empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Words(pub(super) Vec<(Language, Template)>);

impl Words {
    /// The text in `language`, else the first there is.
    pub fn to(&self, language: Language) -> &Template {
        static NOTHING: Template = Template(Vec::new());
        self.0.iter().find(|(l, _)| *l == language).or(self.0.first()).map_or(&NOTHING, |(_, t)| t)
    }
    pub fn languages(&self) -> impl Iterator<Item = (Language, &Template)> {
        self.0.iter().map(|(l, t)| (*l, t))
    }
}

/// A text with formatting, and names of answers to be put in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template(pub(super) Vec<Piece>);

impl Template {
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }
    /// The words alone; an answer's place stands as `…`.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text { text, .. } => text.as_str(),
                Piece::Answer { fallback, .. } => fallback.as_deref().unwrap_or("…"),
            })
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    #[default]
    Plain,
    Bold,
    Italic,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Text {
        text: String,
        style: Style,
    },
    /// `${question}` or `${question | fallback}`.
    Answer {
        question: String,
        fallback: Option<String>,
        style: Style,
    },
}

impl Template {
    /// Reads `**bold**`, `_italic_` and `${id | fallback}`; everything else is text as typed.
    pub fn parse(source: &str) -> Template {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut style = Style::Plain;
        let mut rest = source.trim_end();
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            if let Some((question, fallback, length)) = answer(rest) {
                flush(&mut pieces, &mut text, style);
                pieces.push(Piece::Answer { question, fallback, style });
                rest = &rest[length..];
                before = Some('}');
                continue;
            }
            if let Some((mark, to)) = turn(rest, style, before) {
                flush(&mut pieces, &mut text, style);
                style = to;
                rest = &rest[mark.len()..];
                before = mark.chars().last();
                continue;
            }
            text.push(c);
            before = Some(c);
            rest = &rest[c.len_utf8()..];
        }
        flush(&mut pieces, &mut text, style);
        Template(pieces)
    }
}

fn flush(pieces: &mut Vec<Piece>, text: &mut String, style: Style) {
    if !text.is_empty() {
        pieces.push(Piece::Text { text: std::mem::take(text), style });
    }
}

// The mark at the start of `rest` that opens or closes a style, and the style after it. An opening mark counts only where
// a closing one follows, `_` only at the edge of a word: names such as `min_fil` keep theirs.
fn turn(rest: &str, style: Style, before: Option<char>) -> Option<(&'static str, Style)> {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match style {
        Style::Bold => rest.starts_with("**").then_some(("**", Style::Plain)),
        Style::Italic => {
            (rest.starts_with('_') && !word(rest[1..].chars().next())).then_some(("_", Style::Plain))
        }
        Style::Plain if rest.starts_with("**") => rest[2..].contains("**").then_some(("**", Style::Bold)),
        Style::Plain if rest.starts_with('_') && !word(before) && word(rest[1..].chars().next()) => {
            let closes =
                rest[1..].char_indices().any(|(n, c)| c == '_' && !word(rest[n + 2..].chars().next()));
            closes.then_some(("_", Style::Italic))
        }
        Style::Plain => None,
    }
}

fn answer(rest: &str) -> Option<(String, Option<String>, usize)> {
    let inside = rest.strip_prefix("${")?;
    let end = inside.find('}')?;
    let (name, fallback) = match inside[..end].split_once('|') {
        Some((name, fallback)) => (name, Some(fallback.trim().to_owned())),
        None => (&inside[..end], None),
    };
    Some((name.trim().to_owned(), fallback, end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_answers_and_names_with_underscores_are_told_apart() {
        let template = Template::parse("Hej **du**, _tak_ for ${min_fil | intet}, og snake_case_navn * 2");
        let shape: String = template
            .pieces()
            .iter()
            .map(|p| match p {
                Piece::Text { text, style: Style::Plain } => format!("({text})"),
                Piece::Text { text, style: Style::Bold } => format!("B({text})"),
                Piece::Text { text, style: Style::Italic } => format!("I({text})"),
                Piece::Answer { question, fallback, .. } => format!("${question}{fallback:?}"),
            })
            .collect();
        assert_eq!(shape, "(Hej )B(du)(, )I(tak)( for )$min_filSome(\"intet\")(, og snake_case_navn * 2)");
    }
}
