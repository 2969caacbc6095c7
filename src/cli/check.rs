//! `snak check`: every mistake in the scripts, with its place and its mending.

use super::against::Published;
use super::{Failure, Places, mend, neighbours};
use crate::library::{self, File};
use crate::script::{Problem, Severity, StaffLanguage, picture};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check scripts: what is wrong, where, and how it is mended.
///
/// Exits 0 when there are no errors (warnings may remain), 1 with errors, 2 when a path cannot be read or
/// holds no dialogue.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak check dialogues/nordby-bibliotek/aabningstider.yaml --lang en")]
pub struct Check {
    /// Scripts, folders of an institution, or folders of several [default: dialogues]
    paths: Vec<PathBuf>,
    /// The language of the messages [default: the institution's `staff_language`]
    #[arg(long, value_name = "da|en", value_parser = ["da", "en"])]
    lang: Option<String>,
    /// `text` for people, `json` for programs
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
    /// Write the proposals marked ✎ into the files
    #[arg(long)]
    fix: bool,
    /// Tell also what would hurt the answers to the revisions that are published now
    #[arg(long, value_name = "published", value_parser = ["published"])]
    against: Option<String>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: &Check) -> Result<(), Failure> {
    let settings = command.places.settings(None)?;
    let paths = match command.paths.as_slice() {
        [] => vec![settings.dialogues.clone()],
        paths => paths.to_vec(),
    };
    let published = match command.against {
        Some(_) => Published::fetch(&settings).await?,
        None => Published::default(),
    };
    let wanted = command.lang.as_deref().map(|lang| match lang {
        "en" => StaffLanguage::En,
        _ => StaffLanguage::Da,
    });
    if command.fix {
        let told =
            mend::institutions(&files_of(&paths)?, wanted)? + &mend::dialogues(&files_of(&paths)?, wanted)?;
        let _ = std::io::stderr().lock().write_all(told.as_bytes());
    }
    let files = files_of(&paths)?;
    let language = wanted.unwrap_or_else(|| staff_language(&files));
    let mut found = problems(&files, &neighbours::of(&files, &settings.dialogues), &published);
    mend::mark(&mut found, &files);
    found.sort_by(|(a, _), (b, _)| (a.severity, &a.file, a.at).cmp(&(b.severity, &b.file, b.at)));
    let errors = found.iter().filter(|(p, _)| p.is_error()).count();
    let out =
        if command.format == "json" { as_json(&found, language) } else { as_text(&found, &files, language) };
    // Whoever reads along may have gone: that is no mistake of the scripts.
    let _ = std::io::stdout().lock().write_all(out.as_bytes());
    if files.is_empty() {
        return Err(Failure::Misuse(String::new()));
    }
    match errors > 0 || (command.strict && found.iter().any(|(p, _)| p.severity == Severity::Warning)) {
        true => Err(Failure::Failed(String::new())),
        false => Ok(()),
    }
}

// English where all who wrote the files read it; Danish is for everybody.
fn staff_language(files: &[File]) -> StaffLanguage {
    let english = |f: &File| f.staff_language() == StaffLanguage::En;
    if !files.is_empty() && files.iter().all(english) { StaffLanguage::En } else { StaffLanguage::Da }
}

fn files_of(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(files_at(path)?);
    }
    Ok(files)
}

/// The files that a path stands for.
fn files_at(path: &Path) -> Result<Vec<File>, Failure> {
    let misuse = |why: String| Failure::Misuse(why);
    if path.is_file() {
        return Ok(vec![library::file(path).map_err(|e| misuse(e.to_string()))?]);
    }
    library::scan(path).map_err(|e| misuse(e.to_string()))
}

/// Every problem with the text of its file.
fn problems<'f>(files: &'f [File], others: &[File], published: &Published) -> Vec<(Problem, &'f str)> {
    let mut found = Vec::new();
    let mut taken = neighbours::Taken::default();
    for file in others {
        if let (Some(script), _) = file.check() {
            taken.enter(script, &file.yaml);
        }
    }
    for file in files {
        let (script, problems) = file.check();
        for problem in problems {
            let source = file.source_of(&problem);
            // What is wrong with the institution's file is wrong for each of its dialogues.
            if !found.iter().any(|(p, _)| *p == problem) {
                found.push((problem, source));
            }
        }
        let Some(script) = script else { continue };
        let of_file = published.problems(&script, file).into_iter().chain(taken.enter(script, &file.yaml));
        found.extend(of_file.map(|problem| (problem, file.yaml.as_str())));
    }
    found
}

/// So many are shown whole, the most serious first; of the rest, place and sentence.
const PICTURES: usize = 10;

fn as_text(found: &[(Problem, &str)], files: &[File], language: StaffLanguage) -> String {
    let (first, rest) = found.split_at(found.len().min(PICTURES));
    let mut out: String =
        first.iter().map(|(p, source)| format!("{}\n", picture(p, source, language))).collect();
    for (p, _) in rest {
        let what = p.what.to(language);
        out.push_str(&format!("{}:{}:{}: [{}] {what}\n", p.file, p.at.line, p.at.column, p.code));
    }
    if !rest.is_empty() {
        out.push('\n');
    }
    let errors = found.iter().filter(|(p, _)| p.is_error()).count();
    let warnings = found.iter().filter(|(p, _)| p.severity == Severity::Warning).count();
    let fixable = found.iter().filter(|(p, _)| p.is_safe()).count();
    let count = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let infos = found.len() - errors - warnings;
    let some = |n: usize, one: &str, more: &str| match n {
        0 => String::new(),
        n => count(n, one, more) + ", ",
    };
    let parts = files.iter().filter(|f| f.part.is_some()).count();
    let dialogues = files.len() - parts;
    let kinds = |dialogue: [&str; 2], part: [&str; 2], and: &str| {
        let (some, more) = (count(dialogues, dialogue[0], dialogue[1]), count(parts, part[0], part[1]));
        match (dialogues, parts) {
            (_, 0) => some,
            (0, _) => more,
            _ => format!("{some} {and} {more}"),
        }
    };
    let danish = kinds(["dialog", "dialoger"], ["del", "dele"], "og");
    let english = kinds(["dialogue", "dialogues"], ["part", "parts"], "and");
    out.push_str(&match language {
        StaffLanguage::Da if files.is_empty() => {
            "Her er ingen dialoger: en dialog er en fil, der ender på .yaml, i institutionens mappe.\n".to_owned()
        }
        StaffLanguage::En if files.is_empty() => {
            "There are no dialogues here: a dialogue is a file that ends in .yaml, in the institution's folder.\n"
                .to_owned()
        }
        StaffLanguage::Da if found.is_empty() => {
            format!("Alt er i orden: {danish} kontrolleret.\n")
        }
        StaffLanguage::En if found.is_empty() => {
            format!("All is well: {english} checked.\n")
        }
        StaffLanguage::Da => format!(
            "{danish} kontrolleret: {}, {}, {}{fixable} kan rettes med --fix (✎).\n",
            count(errors, "fejl", "fejl"),
            count(warnings, "advarsel", "advarsler"),
            some(infos, "oplysning", "oplysninger")
        ),
        StaffLanguage::En => format!(
            "{english} checked: {}, {}, {}{fixable} can be mended with --fix (✎).\n",
            count(errors, "error", "errors"),
            count(warnings, "warning", "warnings"),
            some(infos, "piece of information", "pieces of information")
        ),
    });
    out
}

fn as_json(found: &[(Problem, &str)], language: StaffLanguage) -> String {
    let list: Vec<serde_json::Value> = found
        .iter()
        .map(|(p, _)| {
            json!({
                "file": p.file, "line": p.at.line, "column": p.at.column, "end_line": p.at.end_line, "end_column": p.at.end_column,
                "severity": p.severity, "code": p.code, "message": p.what.to(language), "why": p.why.to(language),
                "mend": p.mend.to(language), "fix": p.fix,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}
