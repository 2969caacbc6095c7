//! `urgent`: words that tell of danger, and what is said to whoever writes them.

use super::fields::Reader;
use super::fold::fold;
use super::model::Urgent;
use super::tree::Node;

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

impl Default for Urgent {
    fn default() -> Self {
        Urgent { keywords: KEYWORDS.iter().map(|k| keyword(k)).collect(), text: None }
    }
}

/// What the institution's file says of it; what is missing keeps its default.
pub fn urgent(reader: &mut Reader, node: &Node) -> Urgent {
    reader.entries(node, &KEYS, false);
    let mut urgent = Urgent::default();
    if let Some(node) = node.get("keywords") {
        urgent.keywords = reader.texts(node).into_iter().map(|(word, _)| keyword(word)).collect();
        // A word of signs alone would be found everywhere.
        urgent.keywords.retain(|(words, _)| !words.is_empty());
    }
    urgent.text = node.get("text").map(|n| reader.staff_words(n));
    urgent
}

fn keyword(word: &str) -> (String, bool) {
    let begins = word.trim().strip_suffix('*');
    (fold(begins.unwrap_or(word)), begins.is_some())
}

impl Urgent {
    /// Whether one of the words stands in what was written, as whole words.
    pub fn is_in(&self, written: &str) -> bool {
        let written = format!(" {} ", fold(written).split_whitespace().collect::<Vec<_>>().join(" "));
        self.keywords.iter().any(|(words, begins)| {
            let end = if *begins { "" } else { " " };
            written.contains(&format!(" {words}{end}"))
        })
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
