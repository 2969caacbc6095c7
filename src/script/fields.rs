//! Reads keys and plain values of a file, and says what is wrong with them in the author's words.

use super::mend::quote;
use super::problem::{Both, Problem, Span, both};
use super::tree::{Entry, Node, Value};
use super::words::{Language, Piece, Template, Words};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};

/// Danish words that authors try, and the word the language has for them.
const DANISH: [(&str, &str); 44] = [
    ("spørg", "ask"),
    ("spørgsmål", "ask"),
    ("sig", "say"),
    ("skriv", "say"),
    ("tekst", "say"),
    ("hvis", "when"),
    ("når", "when"),
    ("gå_til", "goto"),
    ("hop_til", "goto"),
    ("besøg", "visit"),
    ("bland", "shuffle"),
    ("slut", "end"),
    ("svar", "options"),
    ("svarmuligheder", "options"),
    ("muligheder", "options"),
    ("valgmuligheder", "options"),
    ("valg", "options"),
    ("trin", "steps"),
    ("sektioner", "sections"),
    ("afsnit", "sections"),
    ("titel", "title"),
    ("sprog", "languages"),
    ("ejer", "owner"),
    ("ansvarlig", "owner"),
    ("kontakt", "contact"),
    ("formål", "purpose"),
    ("metode", "method"),
    ("målgruppe", "target_group"),
    ("forventet_effekt", "expected_effect"),
    ("effekt", "expected_effect"),
    ("tilbagemelding", "give_back"),
    ("periode", "period"),
    ("fra", "from"),
    ("til", "to"),
    ("minutter", "minutes"),
    ("privatliv", "privacy"),
    ("indgang", "entry"),
    ("kode", "code"),
    ("nøgleord", "keywords"),
    ("steder", "places"),
    ("publikum", "audience"),
    ("spring_over", "skip"),
    ("andet", "other"),
    ("type_svar", "type"),
];

/// The known word that `typed` probably meant.
pub fn suggest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded = typed.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    let danish = DANISH.iter().find(|(da, _)| *da == folded).map(|(_, en)| *en);
    if let Some(word) = danish.and_then(|w| known.iter().find(|k| **k == w)) {
        return Some(word);
    }
    let near = if folded.chars().count() < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&folded, &k.to_lowercase()), k))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// `did you mean …?` for a label, empty where nothing is near.
pub fn did_you_mean(word: Option<&str>) -> Both {
    match word {
        Some(word) => both(format!("mente du `{word}`?"), format!("did you mean `{word}`?")),
        None => Both::default(),
    }
}

/// Collects problems while a file is read.
#[derive(Debug, Default)]
pub struct Reader {
    pub problems: Vec<Problem>,
    pub languages: Vec<Language>,
    /// Texts that citizens meet, and how many of them lack a language.
    pub texts: usize,
}

impl Reader {
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The entries of a map. Keys that are not in `known` are reported; with `worded`, language tags are known too.
    pub fn entries<'n>(&mut self, node: &'n Node, known: &[&str], worded: bool) -> &'n [Entry] {
        let Some(entries) = node.map() else {
            if !node.is_empty() {
                self.report(needs_lines(node.at));
            }
            return &[];
        };
        for entry in entries {
            let tag = Language::parse(&entry.key).filter(|l| l.tag() == entry.key);
            if known.contains(&entry.key.as_str())
                || (worded && tag.is_some_and(|l| self.languages.contains(&l)))
            {
                continue;
            }
            let problem = match tag {
                Some(language) if worded && language.own_name() != language.tag() => {
                    language_not_offered(entry)
                }
                _ => unknown_key(entry, known),
            };
            self.report(problem);
        }
        entries
    }

    /// A text for citizens: plain, or one per language. A language that is missing is reported.
    pub fn words(&mut self, node: &Node, subject: &Both) -> Words {
        match &node.value {
            Value::Text { .. } if node.is_empty() => {
                self.report(empty_text(node.at, subject));
                Words::default()
            }
            Value::Text { text, .. } => {
                self.lost_words(node);
                let first = self.languages.first().copied().unwrap_or(Language::DANISH);
                let words = Words(vec![(first, Template::parse(text))]);
                self.missing_languages(&words, node.at, subject);
                words
            }
            Value::Map(entries) => {
                self.entries(node, &[], true);
                self.worded(entries, node.at, subject)
            }
            Value::List(_) => {
                self.report(needs_text(node.at));
                Words::default()
            }
        }
    }

    /// The texts among `entries`: those whose key is one of the dialogue's languages.
    pub fn worded(&mut self, entries: &[Entry], at: Span, subject: &Both) -> Words {
        let mut words = Words::default();
        for language in self.languages.clone() {
            let Some(entry) = entries.iter().find(|e| e.key == language.tag()) else { continue };
            match entry.value.text() {
                Some(text) if !text.trim().is_empty() => {
                    self.lost_words(&entry.value);
                    words.0.push((language, Template::parse(text)));
                }
                Some(_) => self.report(empty_text(entry.key_at, subject)),
                None => self.report(needs_text(entry.value.at)),
            }
        }
        if words.0.is_empty() && !entries.iter().any(|e| Language::parse(&e.key).is_some()) {
            self.report(empty_text(at, subject));
        } else {
            self.missing_languages(&words, at, subject);
        }
        words
    }

    /// A text for staff: one language is enough.
    pub fn staff_words(&mut self, node: &Node) -> Words {
        match &node.value {
            Value::Text { text, .. } => {
                self.lost_words(node);
                let first = self.languages.first().copied().unwrap_or(Language::DANISH);
                Words(vec![(
                    first,
                    Template(vec![Piece::Text { text: text.trim().to_owned(), style: Default::default() }]),
                )])
            }
            Value::Map(entries) => {
                self.entries(node, &[], true);
                let texts = entries.iter().filter_map(|e| Some((Language::parse(&e.key)?, e.value.text()?)));
                Words(texts.map(|(l, t)| (l, Template::parse(t))).collect())
            }
            Value::List(_) => {
                self.report(needs_text(node.at));
                Words::default()
            }
        }
    }

    fn missing_languages(&mut self, words: &Words, at: Span, subject: &Both) {
        self.texts += 1;
        for language in self.languages.clone() {
            if !words.0.iter().any(|(l, _)| *l == language) {
                self.report(missing_language(at, subject, language));
            }
        }
    }

    // YAML drops everything after ` #`: a citizen would read half a sentence.
    fn lost_words(&mut self, node: &Node) {
        if let Value::Text { text, note: Some((note, words)), .. } = &node.value {
            self.report(lost_after_hash(node, text, *note, words));
        }
    }

    /// A text of any kind, for a key that staff or the service reads.
    pub fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.report(needs_text(node.at));
        }
        text.map(str::trim).filter(|t| !t.is_empty())
    }

    /// One text or a list of them.
    pub fn texts<'n>(&mut self, node: &'n Node) -> Vec<(&'n str, Span)> {
        match &node.value {
            Value::Text { text, .. } => vec![(text.trim(), node.at)],
            Value::List(items) => items.iter().filter_map(|n| self.text(n).map(|t| (t, n.at))).collect(),
            Value::Map(_) => {
                self.report(needs_text(node.at));
                Vec::new()
            }
        }
    }

    pub fn boolean(&mut self, node: &Node) -> Option<bool> {
        let value = match node.text().map(|t| t.trim().to_lowercase()).as_deref() {
            Some("yes" | "ja" | "true") => Some(true),
            Some("no" | "nej" | "false") => Some(false),
            _ => None,
        };
        if value.is_none() {
            self.report(wrong_value(node.at, both("`yes` eller `no`", "`yes` or `no`")));
        }
        value
    }

    /// A value that `read` understands; else a problem that says what would be.
    pub fn value<T>(&mut self, node: &Node, expected: Both, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = node.text().and_then(|t| read(t.trim()));
        if value.is_none() {
            self.report(wrong_value(node.at, expected));
        }
        value
    }

    pub fn whole<T: std::str::FromStr>(&mut self, node: &Node) -> Option<T> {
        self.value(node, both("et helt tal", "a whole number"), |t| t.parse().ok())
    }

    pub fn date(&mut self, node: &Node) -> Option<Date> {
        self.value(node, both("en dato som 2027-03-31", "a date such as 2027-03-31"), |t| t.parse().ok())
    }

    pub fn duration(&mut self, node: &Node) -> Option<SignedDuration> {
        self.value(
            node,
            both("et tidsrum som `24 hours` eller `7 days`", "a time span such as `24 hours` or `7 days`"),
            duration,
        )
    }

    pub fn hours(&mut self, node: &Node) -> Option<(Time, Time)> {
        self.value(node, both("klokkeslæt som 21:00-08:00", "times such as 21:00-08:00"), |t| {
            let (from, to) = t.split_once('-')?;
            Some((time(from)?, time(to)?))
        })
    }
}

/// `14:00`, `9.30`.
pub fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once([':', '.'])?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A count and the first letters of its unit.
pub fn amount(text: &str) -> Option<(i32, &str)> {
    let (count, unit) = text.split_once(' ')?;
    Some((count.parse().ok().filter(|n| (0..10_000).contains(n))?, unit.trim()))
}

fn duration(text: &str) -> Option<SignedDuration> {
    let (count, unit) = amount(text)?;
    let count = i64::from(count);
    Some(match unit {
        "minute" | "minutes" | "minut" | "minutter" => SignedDuration::from_mins(count),
        "hour" | "hours" | "time" | "timer" => SignedDuration::from_hours(count),
        "day" | "days" | "dag" | "dage" => SignedDuration::from_hours(count * 24),
        "week" | "weeks" | "uge" | "uger" => SignedDuration::from_hours(count * 24 * 7),
        _ => return None,
    })
}

pub fn unknown_key(entry: &Entry, known: &[&str]) -> Problem {
    let key = &entry.key;
    let meant = suggest(key, known.iter().copied());
    let mut problem = Problem::error(
        "Y104",
        entry.key_at,
        both(
            format!("`{key}` er ikke et ord, tjenesten kender her"),
            format!("`{key}` is not a word the service knows here"),
        ),
    )
    .label(did_you_mean(meant))
    .why(both("linjen ville ikke gøre noget", "the line would do nothing"));
    let all = known.join(" · ");
    problem = match meant {
        Some(word) => problem.mend(both(format!("{word}: …"), format!("{word}: …"))).fix(entry.key_at, word),
        None => problem.mend(both(format!("her kan stå: {all}"), format!("what may stand here: {all}"))),
    };
    problem
}

fn language_not_offered(entry: &Entry) -> Problem {
    let key = &entry.key;
    Problem::error(
        "H502",
        entry.key_at,
        both(
            format!("sproget `{key}` står ikke i `languages`"),
            format!("the language `{key}` is not in `languages`"),
        ),
    )
    .why(both("ingen ville få teksten at se", "nobody would ever see this text"))
    .mend(both(
        format!("tilføj `{key}` i `languages`, eller fjern linjen"),
        format!("add `{key}` to `languages`, or remove the line"),
    ))
}

fn missing_language(at: Span, subject: &Both, language: Language) -> Problem {
    let (da, en) = names_of(language);
    Problem::error(
        "T301",
        at,
        both(
            format!("{} mangler på {da} ({language})", subject.da),
            format!("{} is missing in {en} ({language})", subject.en),
        ),
    )
    .why(both(
        format!("den, der har valgt {da}, ville få et andet sprog at læse"),
        format!("people who chose {en} would get another language to read"),
    ))
    .mend(both(
        format!("tilføj `{language}: …`, eller fjern `{language}` fra `languages`"),
        format!("add `{language}: …`, or remove `{language}` from `languages`"),
    ))
}

fn names_of(language: Language) -> (String, String) {
    let (da, en) = match language.tag() {
        "da" => ("dansk", "Danish"),
        "en" => ("engelsk", "English"),
        "ar" => ("arabisk", "Arabic"),
        "de" => ("tysk", "German"),
        "tr" => ("tyrkisk", "Turkish"),
        "pl" => ("polsk", "Polish"),
        "uk" => ("ukrainsk", "Ukrainian"),
        tag => (tag, tag),
    };
    (da.to_owned(), en.to_owned())
}

fn empty_text(at: Span, subject: &Both) -> Problem {
    Problem::error(
        "Y108",
        at,
        both(format!("{} har ingen ord", subject.da), format!("{} has no words", subject.en)),
    )
    .why(both("borgeren ville se en tom besked", "the citizen would see an empty message"))
    .mend(both("skriv teksten, eller fjern linjen", "write the text, or remove the line"))
}

fn lost_after_hash(node: &Node, kept: &str, note: Span, words: &str) -> Problem {
    let problem = Problem::error(
        "Y102",
        note,
        both("resten af linjen ville gå tabt", "the rest of the line would be lost"),
    )
    .label(both("herfra er det en privat note", "from here it counts as a private note"))
    .why(both(format!("borgeren ville læse \"{kept}\""), format!("citizens would read \"{kept}\"")))
    .mend(both("sæt anførselstegn om hele teksten", "put quotation marks round the whole text"));
    if node.at.line != note.line {
        return problem;
    }
    problem.fix(Span { end_column: note.end_column, ..node.at }, quote(&format!("{kept} {words}")))
}

fn needs_lines(at: Span) -> Problem {
    Problem::error("Y103", at, both("her skal stå linjer under hinanden", "lines of their own belong here"))
        .why(both("indholdet kan ikke læses, som det står", "the content cannot be read as it stands"))
        .mend(both(
            "skriv hver ting på sin egen linje, to mellemrum længere inde",
            "write each thing on a line of its own, two spaces further in",
        ))
}

fn needs_text(at: Span) -> Problem {
    Problem::error("Y103", at, both("her skal stå en tekst", "a text belongs here"))
        .why(both("indholdet kan ikke læses, som det står", "the content cannot be read as it stands"))
        .mend(both(
            "skriv teksten på samme linje, eller se på indrykningen",
            "write the text on the same line, or look at the indentation",
        ))
}

pub fn wrong_value(at: Span, expected: Both) -> Problem {
    Problem::error("Y110", at, both("værdien kan ikke forstås her", "this value is not understood here"))
        .label(both(format!("her skal stå {}", expected.da), format!("expected {}", expected.en)))
        .why(both("tjenesten ved ikke, hvad der menes", "the service cannot know what is meant"))
        .mend(both(format!("skriv {}", expected.da), format!("write {}", expected.en)))
}

/// Something the language has but this version does not do yet: better refused than silently left out.
pub fn not_yet(at: Span, what: &str) -> Problem {
    Problem::error(
        "Y111",
        at,
        both(
            format!("`{what}` kan ikke bruges i denne udgave endnu"),
            format!("`{what}` cannot be used in this version yet"),
        ),
    )
    .why(both("det ville blive sprunget over uden besked", "it would be passed over without a word"))
    .mend(both("tag det ud indtil videre", "leave it out for now"))
}
