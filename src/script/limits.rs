//! Limits of an answer that cannot be met: ends the wrong way round, scales too long, patterns that accept nothing.

use super::condition::Day;
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

/// Where `key` asks for more options than there are, or for none.
pub fn more_than_options(reader: &mut Reader, step: &Node, key: &str, wanted: usize, options: usize) {
    let Some(node) = step.get(key).filter(|_| wanted > options || wanted == 0) else { return };
    let what = match (wanted, key) {
        (0, _) => both(format!("`{key}` er 0"), format!("`{key}` is 0")),
        (_, "pick") => both(
            format!("der skal rangordnes {wanted}, men der er kun {options} svarmuligheder"),
            format!("{wanted} shall be ranked, but there are only {options} options"),
        ),
        (_, _) => both(
            format!("der skal vælges mindst {wanted}, men der er kun {options} svarmuligheder"),
            format!("at least {wanted} must be chosen, but there are only {options} options"),
        ),
    };
    let fitting = if key == "pick" { options.max(1) } else { 1 };
    reader.report(
        Problem::error("A453", node.at, what)
            .why(both("intet svar ville være gyldigt", "no answer would be valid"))
            .mend(both(format!("{key}: {fitting}"), format!("{key}: {fitting}"))),
    );
}

/// Options of a ranking that cannot have a place in one.
pub fn not_in_a_ranking(reader: &mut Reader, step: &Node) {
    for option in step.get("options").and_then(Node::map).unwrap_or_default() {
        for key in ["other", "exclusive"] {
            let Some(entry) = option.value.map().and_then(|m| m.iter().find(|e| e.key == key)) else {
                continue;
            };
            reader.report(
                Problem::error(
                    "Y104",
                    entry.key_at,
                    both(
                        format!("`{key}` hører ikke til i en rangorden"),
                        format!("`{key}` does not belong in a ranking"),
                    ),
                )
                .why(both(
                    "her bliver svarene stillet op efter hinanden",
                    "here the answers are put in order",
                ))
                .mend(both(
                    "fjern linjen, eller brug `type: multi`",
                    "remove the line, or use `type: multi`",
                )),
            );
        }
    }
}

/// Whether no day lies between two that can be compared: both written out, or both counted from today.
pub fn days_crossed(min: Option<Day>, max: Option<Day>) -> bool {
    match (min, max) {
        (Some(Day::On(min)), Some(Day::On(max))) => max < min,
        (Some(Day::FromToday(min)), Some(Day::FromToday(max))) => max < min,
        (Some(Day::On(_)), Some(Day::FromToday(_))) | (Some(Day::FromToday(_)), Some(Day::On(_))) => false,
        (None, _) | (_, None) => false,
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
