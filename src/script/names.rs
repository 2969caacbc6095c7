//! Names that lead nowhere: questions, codes, sections, entry codes and places; and names that would do.

use super::problem::{Both, Problem, Span, both};
use super::suggest::{did_you_mean, suggest};
use super::tree::Node;

/// `the option \`x\`` in both languages.
pub fn named(da: &str, en: &str, id: &str) -> Both {
    both(format!("{da} `{id}`"), format!("{en} `{id}`"))
}

/// An id made of a text: `Hvem er den for?` becomes `hvem_er_den_for`. At most five words; may be empty.
pub fn id_of(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.take(5).collect::<Vec<_>>().join("_").chars().take(40).collect()
}

/// What may stand in a link, and what may not.
#[derive(Debug, Clone, Copy)]
pub enum InLink {
    /// 1-12 letters and digits.
    Code,
    /// 1-51 letters, digits, `_` and `-`.
    Place,
    /// A folder's or a file's name.
    Name,
}

/// Words that say little of a dialogue by themselves.
const SMALL: [&str; 28] = [
    "hvad", "hvor", "hvordan", "hvem", "hvilken", "er", "i", "på", "og", "en", "et", "den", "det", "de",
    "til", "for", "af", "med", "om", "vores", "jeres", "what", "how", "where", "the", "a", "of", "in",
];

/// As [`id_of`], with the signs that a link can have, and no word cut in two; empty where no whole word fits.
fn code_of(text: &str, of: InLink) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let plain = |word: &&str| -> String {
        let letters = word.chars().flat_map(|c| match c {
            'æ' => vec!['a', 'e'],
            'ø' => vec!['o', 'e'],
            'å' => vec!['a', 'a'],
            c => vec![c],
        });
        letters.filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit()).collect()
    };
    let (between, most) = match of {
        InLink::Code => ("", 12),
        InLink::Place | InLink::Name => ("_", 51),
    };
    let joined = |words: &[&str]| words.iter().map(plain).collect::<Vec<_>>().join(between);
    let telling: Vec<&str> = words.iter().copied().filter(|w| !SMALL.contains(w)).collect();
    // What a dialogue is about stands last, as a rule.
    let one = telling.iter().rev().filter(|w| w.starts_with(char::is_alphabetic)).map(plain);
    [joined(&words), joined(&telling)]
        .into_iter()
        .chain(one)
        .find(|code| !code.is_empty() && code.len() <= most)
        .unwrap_or_default()
}

pub fn unknown_question<'k>(at: Span, name: &str, known: impl Iterator<Item = &'k str>) -> Problem {
    let meant = suggest(name, known);
    let problem = Problem::error(
        "C406",
        at,
        both(
            format!("der er intet spørgsmål, der hedder `{name}`"),
            format!("there is no question called `{name}`"),
        ),
    )
    .label(did_you_mean(meant))
    .why(both("ingen ved, hvilket svar der menes", "nobody can tell which answer is meant"));
    match meant {
        Some(word) => problem.fix(at, word),
        None => problem.mend(both("skriv et spørgsmåls `id`", "write the `id` of a question")),
    }
}

pub fn unknown_code(at: Span, code: &str, question: &str, codes: &[String]) -> Problem {
    let meant = suggest(code, codes.iter().map(String::as_str));
    let all = codes.join(" · ");
    let problem = Problem::error(
        "C401",
        at,
        both(
            format!("`{code}` er ikke et svar på `{question}`"),
            format!("`{code}` is not one of the answers to `{question}`"),
        ),
    )
    .why(both(
        format!("ingen kan svare `{code}`, så det ville aldrig gælde nogen"),
        format!("nobody can answer `{code}`, so this would never hold for anybody"),
    ));
    match meant {
        Some(word) => problem
            .label(both(format!("mente du `{word}`? ({all})"), format!("did you mean `{word}`? ({all})")))
            .fix(at, word),
        None => match listed(code, codes) {
            Some(list) => problem
                .label(both("flere svar skrives som en liste", "several answers are written as a list"))
                .fix(at, list),
            None => problem.mend(both(format!("vælg et af: {all}"), format!("choose one of: {all}"))),
        },
    }
}

// `aldrig, sjældent` as the list it was meant to be, if each is a code.
fn listed(text: &str, codes: &[String]) -> Option<String> {
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let known = parts.len() > 1 && parts.iter().all(|p| codes.iter().any(|c| c == p));
    known.then(|| format!("[{}]", parts.join(", ")))
}

/// A `visit` or `goto` to a name that is none of `known`: each with whether it is a section, and its line. `lines` are the
/// file's: where no section is known, `sections` may stand in the wrong place.
pub fn nowhere(at: Span, name: &str, known: &[(&str, bool, u32)], lines: &[String]) -> Problem {
    let meant = suggest(name, known.iter().map(|(k, ..)| *k));
    let problem = Problem::error(
        "F201",
        at,
        both(
            format!("der findes intet sted, der hedder `{name}`"),
            format!("there is nowhere called `{name}` to go to"),
        ),
    )
    .why(both(
        "den, der sendes hertil, ville ikke komme videre",
        "whoever is sent here would get no further",
    ));
    let new_section = both(
        format!("lav en sektion `{name}` under `sections`"),
        format!("make a section `{name}` under `sections`"),
    );
    let to_write = format!("sections:\n  {name}:\n    - end: …");
    if !known.iter().any(|(_, section, _)| *section) {
        return problem.mend(no_sections(name, lines));
    }
    let Some((word_meant, section, line)) = meant.and_then(|m| known.iter().find(|(k, ..)| *k == m)) else {
        return problem.mend(both(
            format!("{}:\n{to_write}", new_section.da),
            format!("{}:\n{to_write}", new_section.en),
        ));
    };
    let (da, en) = if *section { ("sektion", "section") } else { ("spørgsmål", "question") };
    problem
        .label(both(
            format!("mente du `{word_meant}`? ({da} i linje {line})"),
            format!("did you mean `{word_meant}`? ({en} on line {line})"),
        ))
        .mend(both(
            format!("ret navnet, eller {}", new_section.da),
            format!("correct the name, or {}", new_section.en),
        ))
        // Where people are sent is for the author to say.
        .guess(at, *word_meant)
}

fn no_sections(name: &str, lines: &[String]) -> Both {
    let indented = |l: &String| l.starts_with(' ') && l.trim() == "sections:";
    match lines.iter().position(indented) {
        Some(n) => both(
            format!("ryk `sections:` i linje {} helt ud til kanten", n + 1),
            format!("move `sections:` on line {} all the way to the left", n + 1),
        ),
        None => both(
            format!(
                "der er ingen sektioner i filen; skriv nederst, helt ude ved kanten:\nsections:\n  {name}:\n    - say: …"
            ),
            format!(
                "there are no sections in the file; write at the end, all the way to the left:\nsections:\n  {name}:\n    - say: …"
            ),
        ),
    }
}

/// E702: `text` does not fit into a link.
pub fn bad_code(at: Span, text: &str, of: InLink) -> Problem {
    let allowed = match of {
        InLink::Code => both("1-12 små bogstaver (a-z) og tal", "1-12 small letters (a-z) and digits"),
        InLink::Place => both("små bogstaver (a-z), tal, _ og -", "small letters (a-z), digits, _ and -"),
        InLink::Name => both("små bogstaver, tal og -", "small letters, digits and -"),
    };
    let problem = Problem::error(
        "E702",
        at,
        both(
            format!("`{text}` kan ikke stå i et link eller en QR-kode"),
            format!("`{text}` cannot stand in a link or a QR code"),
        ),
    )
    .label(both(format!("her kan stå {}", allowed.da), format!("what may stand here: {}", allowed.en)))
    .why(both("ingen ville kunne komme ind den vej", "nobody could come in that way"));
    match code_of(text, of) {
        code if code.is_empty() => {
            problem.mend(both("vælg et andet, kortere navn", "choose another, shorter name"))
        }
        // Where signs were left out, it may have become another word.
        code if code.chars().count() < text.chars().count() => problem.guess(at, code),
        code => problem.fix(at, code),
    }
}

/// E702: a name that the service uses in links itself.
pub fn taken_by_us(at: Span, name: &str) -> Problem {
    let (da, en) = match name {
        "ven" => {
            ("`ven` bruges til links, som borgerne deler", "`ven` is used for links that citizens share")
        }
        _ => ("`other` bruges til steder, der ikke kendes", "`other` is used for places that are not known"),
    };
    Problem::error(
        "E702",
        at,
        both(format!("navnet `{name}` er optaget"), format!("the name `{name}` is taken")),
    )
    .label(both(da, en))
    .why(both(
        "I kunne ikke kende de borgere fra hinanden, der kommer den vej",
        "you could not tell apart the citizens who come that way",
    ))
    .mend(both("vælg et andet navn", "choose another name"))
}

/// E701: another dialogue, `other`, has the entry code.
pub fn code_taken(source: &str, code: &str, other: &Both) -> Problem {
    let found = entry_in(source).and_then(|e| e.get("code").map(|n| n.at));
    Problem::error(
        "E701",
        found.unwrap_or(Span::on_line(1, 1, 1)),
        both(
            format!("QR-navnet `{code}` bruges allerede af {}", other.da),
            format!("the QR code name `{code}` is already used by {}", other.en),
        ),
    )
    .why(both("linket ville føre til den anden samtale", "the link would lead to the other conversation"))
    .mend(both("vælg et andet `code`", "choose another `code`"))
}

/// E703: another dialogue, `other`, begins with the same word.
pub fn keyword_taken(source: &str, keyword: &str, other: &Both) -> Problem {
    let keywords = entry_in(source).and_then(|e| e.get("keywords").cloned());
    let is_it = |n: &&Node| n.text().is_some_and(|t| t.trim() == keyword);
    let found = keywords.as_ref().and_then(|n| match n.list() {
        Some(list) => list.iter().find(is_it),
        None => Some(n),
    });
    Problem::warning(
        "E703",
        found.map_or(Span::on_line(1, 1, 1), |n| n.at),
        both(
            format!("nøgleordet `{keyword}` bruges også af {}", other.da),
            format!("the keyword `{keyword}` is also used by {}", other.en),
        ),
    )
    .why(both(
        "den, der skriver ordet, kunne komme ind i den anden samtale",
        "whoever types the word might get into the other conversation",
    ))
    .mend(both(
        "vælg et andet nøgleord, eller fjern det ene sted",
        "choose another keyword, or remove it in one place",
    ))
}

/// `entry` of a file that was read before.
fn entry_in(source: &str) -> Option<Node> {
    super::mend::read(source).0?.get("entry").cloned()
}

/// A folder or file whose name cannot stand in a link.
pub fn bad_name(name: &str) -> Problem {
    let mut problem = bad_code(Span::on_line(1, 1, 1), name, InLink::Name);
    problem.label = Both::default();
    problem.fix = None;
    problem.mend(both(
        "giv filen eller mappen et navn af små bogstaver (a-z), tal og -",
        "give the file or folder a name of small letters (a-z), digits and -",
    ))
}
