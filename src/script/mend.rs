//! Gets past lines that YAML cannot read, so that one run finds every mistake.

use super::problem::{Problem, Span, both};
use super::tree::{self, Broken, Node};

/// A dialogue is a page or two; a larger file is something else.
pub const MAX_BYTES: usize = 256 * 1024;
/// So many broken lines, and the file is no dialogue.
const MAX_MENDED: usize = 50;

/// What could be read, and the problems of form. `None` where nothing could.
pub fn read(source: &str) -> (Option<Node>, Vec<Problem>) {
    if source.len() > MAX_BYTES {
        return (None, vec![too_large()]);
    }
    let (mut text, mut problems) = without_tabs(source.strip_prefix('\u{feff}').unwrap_or(source));
    for _ in 0..MAX_MENDED {
        let broken = match tree::read(&text) {
            Ok((root, form)) => {
                problems.extend(form);
                return (Some(root), problems);
            }
            Err(broken) => broken,
        };
        let Some((mended, problem)) = quote_a_line(&text, &broken) else {
            problems.push(unreadable(&text, &broken));
            return (None, problems);
        };
        problems.push(problem);
        text = mended;
    }
    (None, problems)
}

/// The file is not text at all.
pub fn not_utf8() -> Problem {
    Problem::error(
        "Y109",
        Span::on_line(1, 1, 1),
        both("filen er ikke gemt som UTF-8-tekst", "the file is not saved as UTF-8 text"),
    )
    .why(both("æ, ø og å ville blive til andre tegn", "æ, ø and å would turn into other signs"))
    .mend(both(
        "gem filen igen, og vælg tegnsættet UTF-8",
        "save the file again and choose the encoding UTF-8",
    ))
}

fn too_large() -> Problem {
    Problem::error(
        "Y109",
        Span::on_line(1, 1, 1),
        both("filen er større end 256 KiB", "the file is larger than 256 KiB"),
    )
    .why(both("så lang en samtale når ingen igennem", "nobody gets through a conversation that long"))
    .mend(both("del den i flere dialoger", "split it into several dialogues"))
}

fn without_tabs(source: &str) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut text = String::with_capacity(source.len());
    for (n, line) in source.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if let Some(column) = line[..indent].chars().position(|c| c == '\t') {
            let at = Span::on_line(n as u32 + 1, column as u32 + 1, 1);
            problems.push(
                Problem::error(
                    "Y106",
                    at,
                    both("linjen begynder med en tabulator", "the line begins with a tab"),
                )
                .why(both(
                    "afstanden kan ikke læses, når den er lavet med tabulator",
                    "the indentation cannot be read when it is made with tabs",
                ))
                .mend(both("brug mellemrum, to for hvert trin", "use spaces, two for each step"))
                .fix(at, "  "),
            );
        }
        text.push_str(&line[..indent].replace('\t', "  "));
        text.push_str(&line[indent..]);
        text.push('\n');
    }
    (text, problems)
}

// Quotes the text part of the line where the parser gave up, or of the one above; keeps it if that moved the error on.
fn quote_a_line(text: &str, broken: &Broken) -> Option<(String, Problem)> {
    let lines: Vec<&str> = text.lines().collect();
    for number in [broken.line, broken.line.saturating_sub(1)] {
        let Some(line) = (number as usize).checked_sub(1).and_then(|n| lines.get(n)) else { continue };
        let Some(start) = value_start(line) else { continue };
        let value = line[start..].trim_end();
        let quoted = quote(value);
        let mended: String = lines
            .iter()
            .enumerate()
            .map(|(n, l)| {
                if n + 1 == number as usize { format!("{}{quoted}\n", &l[..start]) } else { format!("{l}\n") }
            })
            .collect();
        let better = match tree::read(&mended) {
            Ok(_) => true,
            Err(next) => next.line > broken.line,
        };
        if better {
            let column = line[..start].chars().count() as u32 + 1;
            let at = Span::on_line(number, column, value.chars().count() as u32);
            return Some((mended, slip(at, &line[..start], value, &quoted)));
        }
    }
    None
}

// Byte where the text begins: behind dashes and a key.
fn value_start(line: &str) -> Option<usize> {
    let mut start = line.len() - line.trim_start().len();
    while let Some(rest) = line[start..].strip_prefix("- ") {
        start = line.len() - rest.trim_start().len();
    }
    let rest = &line[start..];
    let key = rest
        .find(": ")
        .filter(|n| rest[..*n].chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
    if let Some(n) = key {
        start = line.len() - rest[n + 2..].trim_start().len();
    }
    let value = line[start..].trim_end();
    (!value.is_empty() && !matches!(value, "|" | ">" | ">-" | "|-") && !value.ends_with(':')).then_some(start)
}

/// A text as YAML takes it whole.
pub fn quote(text: &str) -> String {
    if text.contains('"') || text.contains('\\') {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}

fn slip(at: Span, before: &str, value: &str, quoted: &str) -> Problem {
    let whole = format!("{}{quoted}", before.trim_start().trim_start_matches("- "));
    let mend = both(
        format!("sæt anførselstegn om hele teksten\n{whole}"),
        format!("put quotation marks round the whole text\n{whole}"),
    );
    let first = value.chars().next().unwrap_or(' ');
    if "@%*&!{[\"'>-?`|#".contains(first) {
        return Problem::error(
            "Y105",
            Span { end_column: at.column + 1, ..at },
            both(
                format!("tegnet {first} i begyndelsen gør teksten ulæselig for tjenesten"),
                format!("the sign {first} at the start makes this text unreadable for the service"),
            ),
        )
        .label(both(
            "tegnet betyder noget særligt i disse filer",
            "the sign means something special in these files",
        ))
        .why(both("borgeren ville slet ikke se teksten", "the citizen would not see the text at all"))
        .mend(mend)
        .fix(at, quoted);
    }
    let Some(colon) = value.find(": ") else {
        return Problem::error(
            "Y105",
            at,
            both("teksten kan ikke læses, som den står", "this text cannot be read as it stands"),
        )
        .why(both("borgeren ville slet ikke se teksten", "the citizen would not see the text at all"))
        .mend(mend)
        .fix(at, quoted);
    };
    let word = &value[..=colon];
    let column = at.column + value[..colon].chars().count() as u32;
    Problem::error(
        "Y101",
        Span::on_line(at.line, column, 1),
        both(
            "kolonet gør teksten ulæselig for tjenesten",
            "the colon makes this text unreadable for the service",
        ),
    )
    .label(both(
        "kolon + mellemrum betyder \"navn: værdi\" i disse filer",
        "colon + space means \"name: value\" in these files",
    ))
    .why(both(
        format!("alt efter \"{word}\" ville blive læst som en indstilling og ikke som ord til borgeren"),
        format!("everything after \"{word}\" would be taken as a setting, not as words to the citizen"),
    ))
    .mend(mend)
    .fix(at, quoted)
}

fn unreadable(text: &str, broken: &Broken) -> Problem {
    let at = Span::on_line(broken.line.max(1), broken.column, 1);
    let line = text.lines().nth(at.line as usize - 1).unwrap_or("").trim();
    Problem::error(
        "Y103",
        at,
        both("herfra kan filen ikke læses", "from here on the file cannot be read"),
    )
    .label(both("her går det galt", "here it goes wrong"))
    .why(both("resten af filen er ikke kontrolleret", "the rest of the file has not been checked"))
    .mend(both(
        format!("se på indrykningen af denne linje og linjen over: `{line}`\nlinjer, der hører sammen, begynder lige langt inde"),
        format!("look at the indentation of this line and the one above: `{line}`\nlines that belong together begin equally far in"),
    ))
}
