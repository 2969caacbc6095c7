//! Texts and values that are not what belongs where they stand.

use super::problem::{Both, Problem, Span, both};

/// Longer messages are read by nobody on a phone.
pub const LONG_TEXT: usize = 300;
pub const MAX_TEXT: usize = 1000;

pub fn too_long(at: Span, length: usize) -> Problem {
    let at = Span { end_line: at.line, end_column: at.column + 1, ..at };
    let what = both(format!("teksten er på {length} tegn"), format!("this text has {length} characters"));
    let problem = match length > MAX_TEXT {
        true => Problem::error("T304", at, what).label(both(
            format!("højst {MAX_TEXT}, helst under {LONG_TEXT}"),
            format!("at most {MAX_TEXT}, better below {LONG_TEXT}"),
        )),
        false => Problem::warning("T304", at, what)
            .label(both(format!("helst under {LONG_TEXT}"), format!("better below {LONG_TEXT}"))),
    };
    problem
        .why(both(
            "på en telefon fylder den mere end skærmen, og mange læser den ikke",
            "on a phone it fills more than the screen, and many will not read it",
        ))
        .mend(both(
            "gør den kortere, eller del den i flere beskeder",
            "make it shorter, or split it into several messages",
        ))
}

pub fn empty_text(at: Span, subject: &Both) -> Problem {
    Problem::error(
        "Y108",
        at,
        both(format!("{} har ingen ord", subject.da), format!("{} has no words", subject.en)),
    )
    .why(both("borgeren ville se en tom besked", "the citizen would see an empty message"))
    .mend(both("skriv teksten, eller fjern linjen", "write the text, or remove the line"))
}

pub fn needs_lines(at: Span) -> Problem {
    Problem::error("Y103", at, both("her skal stå linjer under hinanden", "lines of their own belong here"))
        .why(both("indholdet kan ikke læses, som det står", "the content cannot be read as it stands"))
        .mend(both(
            "skriv hver ting på sin egen linje, to mellemrum længere inde",
            "write each thing on a line of its own, two spaces further in",
        ))
}

pub fn needs_text(at: Span) -> Problem {
    Problem::error("Y103", at, both("her skal stå en tekst", "a text belongs here"))
        .why(both("indholdet kan ikke læses, som det står", "the content cannot be read as it stands"))
        .mend(both(
            "skriv teksten på samme linje, eller se på indrykningen",
            "write the text on the same line, or look at the indentation",
        ))
}

/// Y110: what stands there is not what belongs there.
///
/// `written` may be empty where no single text stands there.
pub fn wrong_value(at: Span, written: &str, expected: Both) -> Problem {
    let written: String = written.trim().chars().take(40).collect();
    let what = match written.as_str() {
        "" => both("værdien kan ikke forstås her", "this value is not understood here"),
        text => both(format!("`{text}` kan ikke forstås her"), format!("`{text}` is not understood here")),
    };
    Problem::error("Y110", at, what)
        .label(both(format!("her skal stå {}", expected.da), format!("expected: {}", expected.en)))
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
    .why(both("borgeren ville aldrig møde det", "citizens would never meet it"))
    .mend(both("tag det ud indtil videre", "leave it out for now"))
}
