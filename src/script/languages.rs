//! Which languages a dialogue is offered in, and texts that have too few or too many of them.

use super::fields::Reader;
use super::model::Institution;
use super::problem::{Both, Problem, Severity, Span, both};
use super::tree::{Entry, Node};
use super::words::Language;

/// A list of language tags.
pub fn languages(reader: &mut Reader, node: &Node) -> Vec<Language> {
    let mut list = Vec::new();
    for (tag, at) in reader.texts(node) {
        let meant = language_named(tag);
        match Language::parse(tag).filter(|l| l.tag() == tag).or(meant) {
            Some(language) if list.contains(&language) => reader.report(twice(at, tag)),
            Some(language) => list.push(language),
            None => reader.languages_unclear = true,
        }
        if Language::parse(tag).is_none_or(|l| l.tag() != tag) {
            let problem = Problem::error(
                "H502",
                at,
                both(format!("`{tag}` er ikke et sprog"), format!("`{tag}` is not a language")),
            )
            .why(both(
                "ingen ville kunne vælge det: sprog skrives med to bogstaver",
                "nobody could choose it: languages are written with two letters",
            ));
            reader.report(match meant {
                Some(language) => problem.fix(at, language.tag()),
                None => problem.mend(both("languages: [da, en]", "languages: [da, en]")),
            });
        }
    }
    list
}

fn twice(at: Span, tag: &str) -> Problem {
    Problem::error(
        "H502",
        at,
        both(
            format!("sproget `{tag}` står der to gange"),
            format!("the language `{tag}` stands there twice"),
        ),
    )
    .why(both("borgeren ville få to ens knapper", "the citizen would get two buttons alike"))
    .mend(both("behold det ene", "keep one of them"))
}

/// The languages of a dialogue; the first is its own.
pub fn languages_of(reader: &mut Reader, root: &Node, institution: &Institution) -> Vec<Language> {
    reader.languages_line = root.get("languages").map_or(0, |n| n.at.line);
    let own = root.get("languages").map(|n| languages(reader, n)).unwrap_or_default();
    match () {
        () if !own.is_empty() => own,
        () if !institution.languages.is_empty() => institution.languages.clone(),
        () => vec![Language::DANISH],
    }
}

pub fn language_not_offered(entry: &Entry) -> Problem {
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

pub fn missing_language(
    at: Span,
    subject: &Both,
    language: Language,
    written: Option<&(Language, Span)>,
) -> Problem {
    let (da, en) = names_of(language);
    let problem = Problem::error(
        "T301",
        at,
        both(
            format!("{} mangler på {da} ({language})", subject.da),
            format!("{} is missing in {en} ({language})", subject.en),
        ),
    );
    let Some((other, text)) = written else { return problem };
    let (other_da, other_en) = names_of(*other);
    let only = both(format!("står kun på {other_da}"), format!("only in {other_en}"));
    let problem = match text.line == at.line {
        true => problem.label(only),
        false => problem.also(*text, only),
    };
    problem.why(both(
        format!("den, der har valgt {da}, ville få det at læse på {other_da}"),
        format!("people who chose {en} would get to read it in {other_en}"),
    ))
}

/// T301 as a warning: a text of the header that the citizen reads in another language than the one chosen.
pub fn read_in_another(
    at: Span,
    subject: &Both,
    language: Language,
    written: Option<&(Language, Span)>,
    lines: Option<String>,
) -> Problem {
    let problem = missing_language(at, subject, language, written);
    let mend = match lines {
        Some(lines) => both(
            format!("giv hvert sprog sin linje:\n{lines}"),
            format!("give each language its line:\n{lines}"),
        ),
        None => both(format!("tilføj `{language}: …`"), format!("add `{language}: …`")),
    };
    Problem { severity: Severity::Warning, ..problem }.mend(mend)
}

/// T301 with how many texts lack the language; `line` is that of `languages`, 0 where the institution gives them.
pub fn counted(problem: Problem, missing: usize, texts: usize, language: Language, line: u32) -> Problem {
    let (da, en) = names_of(language);
    let are = if missing == 1 { "is" } else { "are" };
    let (line_da, line_en) = match line {
        0 => (String::new(), String::new()),
        n => (format!(" (linje {n})"), format!(" (line {n})")),
    };
    let (add_da, add_en) = match problem.mend.is_empty() {
        true => (format!("tilføj `{language}: …`"), format!("add `{language}: …`")),
        false => ("giv hvert sprog sin linje".to_owned(), "give each language its line".to_owned()),
    };
    let lines = problem.mend.en.lines().map(|l| format!("\n{l}")).collect::<String>();
    let lines = if lines.is_empty() { lines } else { format!(":{lines}") };
    let (or_da, or_en) = match problem.mend.is_empty() {
        true => (format!(", eller fjern `{language}`"), format!(", or remove `{language}`")),
        false => (format!("\neller fjern `{language}`"), format!("\nor remove `{language}`")),
    };
    problem.mend(both(
        format!("{add_da}{lines}{or_da} fra `languages`{line_da}\n{missing} ud af {texts} tekster mangler på {da}"),
        format!("{add_en}{lines}{or_en} from `languages`{line_en}\n{missing} of {texts} texts {are} missing in {en}"),
    ))
}

/// The language that staff meant by its Danish or English name.
pub fn language_named(name: &str) -> Option<Language> {
    ["da", "en", "ar", "de", "tr", "pl", "uk"].into_iter().filter_map(Language::parse).find(|l| {
        let (da, en) = names_of(*l);
        name.to_lowercase() == da || name.to_lowercase() == en.to_lowercase()
    })
}

/// Its name in Danish and in English.
pub fn names_of(language: Language) -> (String, String) {
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
