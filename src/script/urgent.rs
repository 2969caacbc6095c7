//! `urgent`: words that tell of danger, and what is said to whoever writes them.

use super::fields::Reader;
use super::fold::fold;
use super::model::Urgent;
use super::tree::Node;
use regex::{Regex, RegexBuilder};
use std::sync::LazyLock;

const KEYS: [&str; 2] = ["keywords", "text"];
/// What is noticed where the institution says nothing itself. A star stands for any ending.
const KEYWORDS: [&str; 37] = [
    "selvmord*",
    "tage livet af mig",
    "tager livet af mig",
    "tage mit eget liv",
    "tager mit eget liv",
    "tage mit liv",
    "gøre en ende på det hele",
    "vil ikke leve",
    "gider ikke leve",
    "orker ikke at leve",
    "vil dø",
    "vil gerne dø",
    "ønsker at dø",
    "ville ønske jeg var død",
    "skære i mig selv",
    "skærer i mig selv",
    "gøre skade på mig selv",
    "far slår mig",
    "mor slår mig",
    "han slår mig",
    "hun slår mig",
    "bliver slået",
    "bange for mit liv",
    "slå ham ihjel",
    "slå hende ihjel",
    "slå dem ihjel",
    "slå nogen ihjel",
    "bombetrussel",
    "voldtaget",
    "voldtægt",
    "suicid*",
    "kill myself",
    "end my life",
    "want to die",
    "hurt myself",
    "kill him",
    "kill her",
];

static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| any(&KEYWORDS));

impl Default for Urgent {
    fn default() -> Self {
        Urgent { keywords: DEFAULT.clone(), text: None }
    }
}

/// What the institution's file says of it; what is missing keeps its default.
pub fn urgent(reader: &mut Reader, node: &Node) -> Urgent {
    reader.entries(node, &KEYS, false);
    let mut urgent = Urgent::default();
    if let Some(node) = node.get("keywords") {
        let words: Vec<&str> = reader.texts(node).into_iter().map(|(word, _)| word).collect();
        urgent.keywords = any(&words);
    }
    urgent.text = node.get("text").map(|n| reader.staff_words(n));
    urgent
}

// One of the words, whole, in folded text: there words have one blank between them.
fn any(words: &[&str]) -> Option<Regex> {
    let keyword = |word: &&str| {
        let begins = word.trim().strip_suffix('*');
        let end = if begins.is_some() { "" } else { "(?: |$)" };
        // A word of signs alone would be found everywhere.
        Some(fold(begins.unwrap_or(word))).filter(|w| !w.is_empty()).map(|w| regex::escape(&w) + end)
    };
    let words: Vec<String> = words.iter().filter_map(keyword).collect();
    if words.is_empty() {
        return None;
    }
    // As many as a file may hold.
    RegexBuilder::new(&format!("(?:^| )(?:{})", words.join("|"))).size_limit(1 << 28).build().ok()
}

impl Urgent {
    /// Whether one of the words stands in what was written.
    pub fn is_in(&self, written: &str) -> bool {
        self.keywords.as_ref().is_some_and(|words| words.is_match(&fold(written)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_writes_its_own() {
        let file = "urgent:\n  keywords: [væltet*, glas]\n  text:\n    da: Ring til vagten på 70 00 00 00.\n";
        let (institution, problems) = crate::script::Institution::parse("nordby", file);
        assert!(problems.is_empty(), "{problems:?}");
        let urgent = institution.urgent;
        assert!(urgent.is_in("Et VÆLTETRÆ … nej, et væltet træ") && urgent.is_in("glas!"));
        assert!(!urgent.is_in("glasset er tomt") && !urgent.is_in("selvmord"));
        assert!(
            urgent
                .text
                .is_some_and(|t| t.plain(crate::script::Language::DANISH).starts_with("Ring til vagten"))
        );
    }

    #[test]
    fn words_are_found_whole_and_nothing_else_is() {
        let urgent = Urgent::default();
        for written in [
            "Jeg har selvmordstanker.",
            "nogle gange vil jeg ikke leve … jeg VIL IKKE  LEVE mere",
            "I want to die!",
            "min far slår mig",
        ] {
            assert!(urgent.is_in(written), "{written}");
        }
        for written in [
            "Flere døre",
            "Det slår mig, at der mangler lys",
            "Det er til at dø af grin",
            "bomber og ballade",
            "",
            "vi vil døbe scenen",
        ] {
            assert!(!urgent.is_in(written), "{written}");
        }
    }
}
