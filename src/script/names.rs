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

/// As [`id_of`], with the signs that a link can have. At most twelve.
pub fn code_of(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .flat_map(|c| match c {
            'æ' => vec!['a', 'e'],
            'ø' => vec!['o', 'e'],
            'å' => vec!['a', 'a'],
            c => vec![c],
        })
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        .take(12)
        .collect()
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
        None => problem.mend(both(format!("vælg et af: {all}"), format!("choose one of: {all}"))),
    }
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
    if !known.iter().any(|(_, section, _)| *section) {
        return problem.mend(no_sections(name, lines));
    }
    let Some((word_meant, section, line)) = meant.and_then(|m| known.iter().find(|(k, ..)| *k == m)) else {
        return problem.mend(new_section);
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

/// E702: `text` does not fit into a link. `allowed` says what does.
pub fn bad_code(at: Span, text: &str, allowed: Both) -> Problem {
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
    match code_of(text) {
        code if code.is_empty() => problem.mend(both("vælg et andet navn", "choose another name")),
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
    let mut problem = bad_code(
        Span::on_line(1, 1, 1),
        name,
        both("små bogstaver, tal og -", "small letters, digits and -"),
    );
    problem.label = Both::default();
    problem.fix = None;
    problem.mend(both(
        "giv filen eller mappen et navn af små bogstaver (a-z), tal og -",
        "give the file or folder a name of small letters (a-z), digits and -",
    ))
}
