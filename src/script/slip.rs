//! Slips of form, told in the author's words: signs, quotation marks, tabs, indentation, files that are no text.

use super::attempt::in_curly;
use super::beside::{self, blanks};
use super::problem::{Both, Problem, Span, both};
use super::tree::{Broken, Why};

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

/// The file lies elsewhere: a link in the folder of dialogues leads out of it.
pub fn outside() -> Problem {
    Problem::error(
        "Y109",
        Span::on_line(1, 1, 1),
        both(
            "filen er et link ud af mappen med dialoger og bliver ikke læst",
            "the file is a link out of the folder of dialogues and is not read",
        ),
    )
    .why(both(
        "et link kan føre til filer, som borgerne ikke må se",
        "a link may lead to files that citizens must not see",
    ))
    .mend(both("læg selve filen i mappen", "put the file itself into the folder"))
}

pub fn too_large() -> Problem {
    Problem::error(
        "Y109",
        Span::on_line(1, 1, 1),
        both("filen er større end 256 KiB", "the file is larger than 256 KiB"),
    )
    .why(both("så lang en samtale når ingen igennem", "nobody gets through a conversation that long"))
    .mend(both("del den i flere dialoger", "split it into several dialogues"))
}

pub fn no_text(at: Span) -> Problem {
    Problem::error(
        "Y109",
        at,
        both("her står et tegn, der ikke er tekst", "a sign stands here that is not text"),
    )
    .why(both("resten af filen ville blive væk", "the rest of the file would be lost"))
    .mend(both(
        "gem filen igen som almindelig UTF-8-tekst, og slet tegnet",
        "save the file again as plain UTF-8 text, and delete the sign",
    ))
}

pub fn empty_file() -> Problem {
    Problem::error("Y108", Span::on_line(1, 1, 1), both("filen er tom", "the file is empty"))
        .why(both("der er intet at tale om", "there is nothing to talk about"))
        .mend(both(
            "kopiér en dialog, der virker, og ret den til",
            "copy a dialogue that works and change it",
        ))
}

/// A line whose indentation, `length` signs of it, holds tabs; `spaces` is what it may have been meant to be.
pub fn tab(line: u32, length: u32, spaces: &str) -> Problem {
    let at = Span::on_line(line, 1, length);
    Problem::error("Y106", at, both("linjen begynder med en tabulator", "the line begins with a tab"))
        .why(both(
            "en tabulator har ingen fast bredde, så ingen kan se, hvad linjen hører til",
            "a tab has no fixed width, so nobody can tell what the line belongs to",
        ))
        .mend(both("brug mellemrum, to for hvert trin ind", "use spaces, two for each step inwards"))
        .fix(at, spaces)
}

const MOVED: &str = "this line does not begin where it should";
const MOVED_BLOCK: &str = "these lines begin too far in";

/// Whether all that is said is that lines stand too far in or out, and not what they are.
pub fn says_only_where(problem: &Problem) -> bool {
    [MOVED, MOVED_BLOCK].contains(&problem.what.en.as_str())
}

/// A line that begins at `from` and would be readable at `to`, both counted from 0.
pub fn moved(line: u32, from: u32, to: u32) -> Problem {
    let steps = from.abs_diff(to);
    let (da, en) = if to > from { ("højre", "right") } else { ("venstre", "left") };
    let (blanks_da, blanks_en) = blanks(steps);
    let place = Span::on_line(line, 1, from);
    Problem::error("Y103", Span::on_line(line, from + 1, 1), both("linjen er rykket forkert ind", MOVED))
        .label(both(
            format!("begynder {from} mellemrum inde; linjerne omkring den {to}"),
            format!("begins {from} spaces in; the lines around it {to}"),
        ))
        .why(both(
            "tjenesten kan ikke se, hvad linjen hører til",
            "the service cannot tell what the line belongs to",
        ))
        .mend(both(
            format!("ryk linjen {blanks_da} til {da}"),
            format!("move the line {blanks_en} to the {en}"),
        ))
        .fix(place, " ".repeat(to as usize))
}

/// A text at `at` that YAML takes for something else unless it is written as `quoted`.
pub fn needs_quotes(at: Span, value: &str, quoted: &str) -> Problem {
    let first = value.chars().next().unwrap_or(' ');
    let colon = value.find(": ").or_else(|| value.strip_suffix(':').map(str::len));
    let problem = match colon {
        _ if in_curly(value).is_some() => curly(at, first),
        _ if first == '[' && quoted.starts_with('[') => open_list(at),
        _ if quoted.starts_with(value) => open_quote(at, first),
        _ if "@%*&!{}[],\"'>-?`|#".contains(first) => sign(at, first),
        Some(colon) => swallowed(at, value, colon),
        None => Problem::error(
            "Y105",
            at,
            both("teksten kan ikke læses, som den står", "this text cannot be read as it stands"),
        )
        .why(not_seen())
        .mend(quotes()),
    };
    problem.fix(at, quoted)
}

/// As [`needs_quotes`], of a text with quotation marks in it of which nobody can tell what they mean.
pub fn quotes_inside(at: Span, value: &str, quoted: &str) -> Problem {
    let lone = value.matches('"').count() == 1;
    let what = match lone {
        true => {
            both("der står et enligt anførselstegn i teksten", "a lone quotation mark stands in the text")
        }
        false => both("der er anførselstegn inde i teksten", "there are quotation marks inside the text"),
    };
    Problem::error("Y105", at, what)
        .why(both(
            "tjenesten kan ikke se, hvor teksten begynder og slutter",
            "the service cannot tell where the text begins and ends",
        ))
        .mend(match lone {
            true => both(
                "slet tegnet, og sæt anførselstegn om hele teksten",
                "delete the sign, and put quotation marks round the whole text",
            ),
            false => both(
                "sæt ' om hele teksten, og behold \" om de ord, der skal stå i anførselstegn",
                "put ' round the whole text, and keep \" round the words that are to be quoted",
            ),
        })
        .guess(at, quoted)
}

fn quotes() -> Both {
    both("sæt anførselstegn om hele teksten", "put quotation marks round the whole text")
}

fn not_seen() -> Both {
    both("borgeren ville slet ikke se teksten", "the citizen would not see the text at all")
}

fn sign(at: Span, sign: char) -> Problem {
    Problem::error(
        "Y105",
        Span { end_column: at.column + 1, ..at },
        both(
            format!("tegnet {sign} i begyndelsen gør teksten ulæselig for tjenesten"),
            format!("the sign {sign} at the start makes this text unreadable for the service"),
        ),
    )
    .label(both(
        format!("{sign} først i en tekst betyder noget særligt i disse filer"),
        format!("{sign} at the start of a text means something special in these files"),
    ))
    .why(not_seen())
    .mend(quotes())
}

fn curly(at: Span, sign: char) -> Problem {
    Problem::error(
        "Y105",
        Span { end_column: at.column + 1, ..at },
        both(
            format!("anførselstegnet {sign} holder ikke teksten sammen; det gør kun \""),
            format!("the quotation mark {sign} does not hold the text together; only \" does"),
        ),
    )
    .label(both("sådan skriver telefoner og tekstprogrammer det", "as phones and word processors write it"))
    .why(not_seen())
    .mend(both("skriv \" i begyndelsen og i slutningen", "write \" at the start and at the end"))
}

fn open_list(at: Span) -> Problem {
    Problem::error(
        "Y105",
        Span { end_column: at.column + 1, ..at },
        both("listen bliver aldrig lukket: der mangler et ]", "the list is never closed: a ] is missing"),
    )
    .label(both("begynder her", "begins here"))
    .why(both(
        "alt, hvad der følger, ville høre med til listen",
        "everything that follows would be part of the list",
    ))
    .mend(both("sæt et ] til sidst", "put a ] at the end"))
}

fn open_quote(at: Span, sign: char) -> Problem {
    Problem::error(
        "Y105",
        Span { end_column: at.column + 1, ..at },
        both(
            format!("anførselstegnet {sign} bliver aldrig lukket"),
            format!("the quotation mark {sign} is never closed"),
        ),
    )
    .label(both("begynder her", "begins here"))
    .why(both(
        "alt, hvad der følger, ville høre med til teksten",
        "everything that follows would be part of the text",
    ))
    .mend(both("sæt et til sidst i linjen", "put one at the end of the line"))
}

fn swallowed(at: Span, value: &str, colon: usize) -> Problem {
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
    .label(match colon + 1 == value.len() {
        true => both(
            "kolon sidst på linjen betyder, at her står et navn",
            "a colon at the end of the line means that this is a name",
        ),
        false => both(
            "kolon + mellemrum betyder \"navn: værdi\" i disse filer",
            "colon + space means \"name: value\" in these files",
        ),
    })
    .why(match colon + 1 == value.len() {
        true => both(
            format!("\"{word}\" ville blive læst som en indstilling og ikke som ord til borgeren"),
            format!("\"{word}\" would be taken as a setting, not as words to the citizen"),
        ),
        false => both(
            format!("alt efter \"{word}\" ville blive læst som en indstilling og ikke som ord til borgeren"),
            format!("everything after \"{word}\" would be taken as a setting, not as words to the citizen"),
        ),
    })
    .mend(quotes())
}

/// A comma on one line with several languages: what follows it became a name with nothing behind.
pub fn comma(at: Span, lost: &str) -> Problem {
    Problem::error("Y105", at, both("kommaet deler teksten midt over", "the comma cuts this text in two"))
        .label(both("inde i { } skiller et komma sprogene ad", "between { and } a comma parts the languages"))
        .why(both(
            format!("borgeren ville aldrig læse \"{lost}\""),
            format!("citizens would never read \"{lost}\""),
        ))
        .mend(quotes())
}

/// Words behind a `#`: YAML takes them for a note.
pub fn lost_after_hash(note: Span, kept: &str) -> Problem {
    Problem::error("Y102", note, both("resten af linjen ville gå tabt", "the rest of the line would be lost"))
        .label(both("herfra regnes det for en privat note", "from here it counts as a private note"))
        .why(both(format!("borgeren ville læse \"{kept}\""), format!("citizens would read \"{kept}\"")))
        .mend(both(
            "sæt anførselstegn om hele teksten, så det hele er med",
            "put quotation marks round the whole text, so that nothing is lost",
        ))
}

/// As [`lost_after_hash`], where nothing stands before it.
pub fn all_after_hash(note: Span) -> Problem {
    Problem::error("Y102", note, both("hele teksten ville gå tabt", "the whole text would be lost"))
        .label(both("herfra regnes det for en privat note", "from here it counts as a private note"))
        .why(both("borgeren ville se en tom besked", "the citizen would see an empty message"))
        .mend(both("sæt anførselstegn om hele teksten", "put quotation marks round the whole text"))
}

/// `da:Hej`.
pub fn no_blank_after_colon(colon: Span, tag: &str) -> Problem {
    Problem::error(
        "Y103",
        colon,
        both(
            format!("der mangler et mellemrum efter `{tag}:`"),
            format!("a space is missing after `{tag}:`"),
        ),
    )
    .label(both("her", "here"))
    .why(both(
        format!("`{tag}:` ville blive læst som en del af teksten"),
        format!("`{tag}:` would be read as part of the text"),
    ))
    .mend(both(format!("skriv `{tag}: ` med et mellemrum"), format!("write `{tag}: ` with a space")))
}

/// `id alder`.
pub fn no_colon(at: Span, word: &str) -> Problem {
    Problem::error(
        "Y101",
        at,
        both(format!("der mangler et kolon efter `{word}`"), format!("a colon is missing after `{word}`")),
    )
    .why(both(
        "uden kolon er linjen en tekst og ikke en indstilling",
        "without the colon the line is a text, not a setting",
    ))
}

/// Lines from `first` on that begin `from` blanks in and would be readable `to` blanks in.
pub fn moved_block(first: u32, lines: &[&str], moved: &[&str], from: u32, to: u32) -> Problem {
    let last = first + lines.len() as u32 - 1;
    let (blanks_da, blanks_en) = blanks(from - to);
    let (lines_da, lines_en) = beside::lines(first, last);
    let end_column = lines.last().map_or(1, |l| l.chars().count() as u32 + 1);
    let whole = Span { line: first, column: 1, end_line: last, end_column };
    Problem::error(
        "Y103",
        Span::on_line(first, from + 1, 1),
        both("linjerne er rykket for langt ind", MOVED_BLOCK),
    )
    .label(both(
        format!("begynder {from} mellemrum inde; linje {} begynder {to}", last + 1),
        format!("begins {from} spaces in; line {} begins {to}", last + 1),
    ))
    .why(both(
        "tjenesten kan ikke se, hvad linjerne hører til",
        "the service cannot tell what the lines belong to",
    ))
    .mend(both(
        format!("ryk {lines_da} {blanks_da} til venstre"),
        format!("move {lines_en} {blanks_en} to the left"),
    ))
    .fix(whole, moved.join("\n"))
}

const UNREADABLE: &str = "from here on the file cannot be read";

/// Whether what follows in the file was not looked at.
pub fn is_unreadable(problem: &Problem) -> bool {
    problem.what.en == UNREADABLE
}

/// The place where even mending does not help.
pub fn unreadable(text: &str, broken: &Broken) -> Problem {
    let at = Span::on_line(broken.line.max(1), broken.column.max(1), 1);
    let unchecked = both("resten af filen er ikke kontrolleret", "the rest of the file has not been checked");
    match broken.why {
        Why::TooDeep => Problem::error(
            "Y109",
            at,
            both("her er for mange lag inden i hinanden", "too many layers inside one another"),
        )
        .why(unchecked)
        .mend(both("brug en sektion og `visit`", "use a section and `visit`")),
        Why::SecondDocument => Problem::error(
            "Y103",
            at,
            both("`---` begynder en fil til i samme fil", "`---` begins another file in the same file"),
        )
        .why(both("alt herunder ville aldrig blive vist", "nothing below would ever be shown"))
        .mend(both(
            "slet linjen, eller flyt resten til sin egen fil",
            "delete the line, or move the rest to a file of its own",
        )),
        Why::Syntax | Why::Sign => {
            let above = text.lines().zip(1u32..at.line).filter(|(l, _)| !l.trim().is_empty()).last();
            let (above_da, above_en) = match above {
                Some((_, above)) => beside::lines(above, at.line),
                None => beside::lines(at.line, at.line),
            };
            Problem::error(
                "Y103",
                at,
                both("herfra kan filen ikke læses", UNREADABLE),
            )
            .label(both("her går det galt", "here it goes wrong"))
            .why(unchecked)
            .mend(both(
                format!("se på indrykningen af {above_da}: linjer, der hører sammen, begynder lige langt inde,\nog det, der hører til linjen over, begynder to mellemrum længere inde"),
                format!("look at the indentation of {above_en}: lines that belong together begin equally far in,\nand what belongs to the line above begins two spaces further in"),
            ))
        }
    }
}

/// A file whose `name` ends in something else than `.yaml`, and what it should be called.
pub fn misnamed(name: &str, right: &str) -> Problem {
    Problem::error(
        "Y112",
        Span::on_line(1, 1, 1),
        both(
            format!("filen `{name}` har en forkert endelse og bliver ikke læst"),
            format!("the file `{name}` has the wrong ending and is not read"),
        ),
    )
    .why(both(
        "tjenesten læser kun filer, der ender på .yaml",
        "the service reads only files that end in .yaml",
    ))
    .mend(both(
        format!("omdøb filen, så den hedder `{right}`"),
        format!("rename the file, so that it is called `{right}`"),
    ))
}

/// A dialogue file beside the institutions' folders instead of in one.
pub fn misplaced() -> Problem {
    Problem::error(
        "Y112",
        Span::on_line(1, 1, 1),
        both(
            "filen ligger uden for institutionernes mapper",
            "the file lies outside the institutions' folders",
        ),
    )
    .why(both("tjenesten ved ikke, hvem der spørger", "the service cannot know who asks"))
    .mend(both(
        "flyt filen ind i institutionens mappe, fx `dialogues/nordby-bibliotek/`",
        "move the file into the institution's folder, for example `dialogues/nordby-bibliotek/`",
    ))
}
