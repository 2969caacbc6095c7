//! `snak check --fix`: writes the safe proposals into the files and tells what was mended.

use super::Failure;
use crate::library::File;
use crate::script::{Problem, StaffLanguage, marked, mended_safely};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Mends the institutions' files that `files` draw in, each once; what was mended, one line each, in `language` or the staff's.
pub fn institutions(files: &[File], language: Option<StaffLanguage>) -> Result<String, Failure> {
    let mut told = String::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    for file in files {
        let Some((path, source)) = file.defaults() else { continue };
        if seen.contains(&path) {
            continue;
        }
        let check = |text: &str| file.problems_of_defaults(text);
        told += &mend(&path, source, language.unwrap_or(file.staff_language()), check)?;
        seen.push(path);
    }
    Ok(told)
}

/// Mends the dialogues; what was mended, one line each.
pub fn dialogues(files: &[File], language: Option<StaffLanguage>) -> Result<String, Failure> {
    let language = |file: &File| language.unwrap_or(file.staff_language());
    let mend = |file: &File| mend(&file.path, &file.yaml, language(file), |t| file.problems_of(t));
    files.iter().filter(|f| !f.yaml.is_empty()).map(mend).collect()
}

/// Leaves the mark ✎ on those proposals alone that would be written into `files` or their institutions'.
pub fn mark(found: &mut [(Problem, &str)], files: &[File]) {
    let mut done: Vec<Problem> = Vec::new();
    let mut waiting: Vec<String> =
        found.iter().filter(|(p, _)| p.is_safe()).map(|(p, _)| p.file.clone()).collect();
    let mut take = |name: &str| {
        let before = waiting.len();
        waiting.retain(|n| n != name);
        waiting.len() < before
    };
    for file in files {
        let folder = file.id.institution();
        if let Some((_, source)) = file.defaults()
            && take(&format!("{folder}/_institution.yaml"))
        {
            done.extend(mended_safely(source, |t| file.problems_of_defaults(t)).1);
        }
        if take(&file.name()) {
            done.extend(mended_safely(&file.yaml, |t| file.problems_of(t)).1);
        }
    }
    for (problem, _) in found {
        let of_file: Vec<Problem> = done.iter().filter(|d| d.file == problem.file).cloned().collect();
        marked([problem], &of_file);
    }
}

fn mend(
    path: &Path,
    source: &str,
    language: StaffLanguage,
    check: impl Fn(&str) -> Vec<Problem>,
) -> Result<String, Failure> {
    let (text, done) = mended_safely(source, check);
    if done.is_empty() {
        return Ok(String::new());
    }
    replace(path, source, &text)
        .map_err(|e| Failure::Misuse(format!("{} cannot be mended: {e}", path.display())))?;
    Ok(done.iter().map(|p| line(p, &text, language)).collect())
}

fn line(problem: &Problem, text: &str, language: StaffLanguage) -> String {
    let mended = match language {
        StaffLanguage::Da => "rettet",
        StaffLanguage::En => "mended",
    };
    let (Problem { file, code, at, .. }, what) = (problem, problem.what.to(language));
    let now = problem.fix.as_ref().and_then(|f| text.lines().nth((f.at.line as usize).checked_sub(1)?));
    let now: String = now.unwrap_or_default().trim().chars().take(120).collect();
    format!("{mended} {file}:{}:{}: [{code}] {what}\n    {now}\n", at.line, at.column)
}

// All of it or nothing: whoever reads the file meanwhile finds the one or the other. A link stays one.
fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let Some(name) = path.file_name().and_then(|n| n.to_str()) else {
        return Err(io::Error::other("it has no name"));
    };
    // A name that begins with a dot is no dialogue, should it be left behind.
    let beside = path.with_file_name(format!(".{name}.new"));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(new.as_bytes())?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        if fs::read(&path)? != old.as_bytes() {
            return Err(io::Error::other("it was changed by somebody else just now; try again"));
        }
        fs::rename(&beside, &path)
    })();
    if let Err(error) = written {
        // What another run is writing is not ours to take away.
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&beside);
        }
        return Err(error);
    }
    fs::File::open(path.parent().unwrap_or(&path))?.sync_all()
}
