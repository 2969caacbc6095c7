//! Limits of an answer that cannot be met: ends the wrong way round, scales too long, patterns that accept nothing.

use super::fields::Reader;
use super::problem::{Problem, Span, both};
use super::tree::Node;
use regex::RegexBuilder;

/// Staff's patterns are compiled within this many bytes, so that none can eat the memory.
const MAX_PATTERN: usize = 1_000_000;
/// More steps than this and nobody can tell them apart.
pub const MAX_SCALE: i64 = 20;

pub fn crossed(reader: &mut Reader, step: &Node, (low, high): (&str, &str), wrong: bool) {
    let (Some(min), Some(max)) = (step.get(low), step.get(high)) else { return };
    if wrong {
        let (l, h) = (min.text().unwrap_or_default(), max.text().unwrap_or_default());
        let (da, en) = if l == h { ("det samme som", "the same as") } else { ("mindre end", "less than") };
        reader.report(
            Problem::error(
                "A453",
                max.at,
                both(
                    format!("`{high}` ({h}) er {da} `{low}` ({l})"),
                    format!("`{high}` ({h}) is {en} `{low}` ({l})"),
                ),
            )
            .why(both("intet svar ville være gyldigt", "no answer would be valid"))
            .mend(both(format!("{low}: {h}\n{high}: {l}"), format!("{low}: {h}\n{high}: {l}"))),
        );
    }
}

pub fn too_many_wanted(reader: &mut Reader, step: &Node, min: usize, options: usize) {
    if let Some(node) = step.get("min_choices").filter(|_| min > options) {
        reader.report(
            Problem::error(
                "A453",
                node.at,
                both(
                    format!("der skal vælges mindst {min}, men der er kun {options} svarmuligheder"),
                    format!("at least {min} must be chosen, but there are only {options} options"),
                ),
            )
            .why(both("intet svar ville være gyldigt", "no answer would be valid"))
            .mend(both("min_choices: 1", "min_choices: 1")),
        );
    }
}

pub fn too_long(reader: &mut Reader, step: &Node, wrong: bool) {
    if let Some(node) = step.get("max").filter(|_| wrong) {
        reader.report(
            Problem::error(
                "A453",
                node.at,
                both("skalaen har mere end 21 trin", "the scale has more than 21 steps"),
            )
            .why(both("ingen kan skelne så mange trin", "nobody can tell that many steps apart"))
            .mend(both(
                "brug en kortere skala, eller `type: number`",
                "use a shorter scale, or `type: number`",
            )),
        );
    }
}

pub fn no_end(at: Span, key: &str) -> Problem {
    let (da, en) = if key == "min" { ("laveste", "lowest") } else { ("højeste", "highest") };
    let line = if key == "min" { "min: 1" } else { "max: 5" };
    Problem::error(
        "A453",
        at,
        both(
            format!("skalaen mangler sit {da} trin (`{key}`)"),
            format!("the scale lacks its {en} step (`{key}`)"),
        ),
    )
    .why(both("borgeren ville ikke få nogen knapper", "the citizen would get no buttons"))
    .mend(both(line, line))
}

pub fn pattern(reader: &mut Reader, step: &Node) -> Option<regex::Regex> {
    let node = step.get("pattern")?;
    let source = reader.text(node)?;
    let built = RegexBuilder::new(&format!("^(?:{source})$")).size_limit(MAX_PATTERN).build();
    let example = step.get("example").and_then(Node::text);
    match built {
        Ok(pattern) if example.is_some_and(|e| !pattern.is_match(e.trim())) => {
            reader.report(
                Problem::error(
                    "A454",
                    step.get("example").map_or(node.at, |n| n.at),
                    both("mønstret afviser sit eget eksempel", "the pattern rejects its own example"),
                )
                .why(both(
                    "den, der svarer som eksemplet, ville blive afvist",
                    "whoever answers like the example would be refused",
                ))
                .mend(both("ret mønstret eller eksemplet", "correct the pattern or the example")),
            );
            None
        }
        Ok(pattern) => Some(pattern),
        Err(_) => {
            reader.report(
                Problem::error(
                    "A454",
                    node.at,
                    both("mønstret kan ikke bruges", "the pattern cannot be used"),
                )
                .why(both("intet svar kunne afprøves mod det", "no answer could be tested against it"))
                .mend(both(
                    "se efter parenteser, der ikke er lukket, eller gør det kortere",
                    "look for brackets that are not closed, or make it shorter",
                )),
            );
            None
        }
    }
}
