//! The folder of scripts on disk: institutions' folders and the dialogue files in them, read but not published.

use super::LibraryError;
use crate::script::{Institution, MAX_BYTES, Parts, Problem, Script, ScriptId, misplaced, not_utf8, outside};
use std::path::{Path, PathBuf};

/// One dialogue file, read but not checked.
#[derive(Debug)]
pub struct File {
    pub id: ScriptId,
    pub yaml: String,
    pub(super) institution: Institution,
    /// Of the institution's file, of the file's name, and that the file is no text.
    problems: Vec<Problem>,
}

impl File {
    /// The script, if it has no errors, and every problem.
    pub fn check(&self) -> (Option<Script>, Vec<Problem>) {
        if self.problems.iter().any(|p| matches!(p.code, "Y109" | "Y112")) {
            return (None, self.problems.clone());
        }
        let (script, mut problems) =
            Script::check(&self.id, &self.yaml, &Parts { institution: self.institution.clone() });
        problems.extend(self.problems.clone());
        let broken = self.problems.iter().any(Problem::is_error);
        (script.filter(|_| !broken), problems)
    }
}

impl File {
    /// The text of the file that a problem is in: of the institution's, if it is there.
    pub fn source_of(&self, problem: &Problem) -> &str {
        match problem.file.ends_with("/_institution.yaml") {
            true => &self.institution.source,
            false => &self.yaml,
        }
    }
}

/// Every dialogue file below a folder of institutions, in order. A name that cannot stand in a link, or a file beside the
/// institutions' folders, is a problem of its file; folders that begin with `_` or `.` are passed over.
///
/// # Errors
/// [`LibraryError::Folder`] if a folder cannot be listed.
pub fn institutions(folder: &Path) -> Result<Vec<File>, LibraryError> {
    let inside = list(folder)?;
    let root = real(folder)?;
    let mut files = Vec::new();
    for path in inside.iter().filter(|p| p.is_dir() && !hidden(p)) {
        files.extend(institution(path, &list(path)?, &root)?);
    }
    for path in inside.iter().filter(|p| is_dialogue(p)) {
        let stem = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        let problem = Problem { file: format!("{stem}.yaml"), ..misplaced() };
        let institution = Institution::named_after("");
        files.push(File {
            id: ScriptId(stem.to_owned()),
            yaml: String::new(),
            institution,
            problems: vec![problem],
        });
    }
    Ok(files)
}

/// As [`institutions`]; a folder that holds dialogue files and no institution's folder is one institution's.
///
/// # Errors
/// [`LibraryError::Folder`] if a folder cannot be listed.
pub fn scan(folder: &Path) -> Result<Vec<File>, LibraryError> {
    let files = institutions(folder)?;
    let only_strays = !files.is_empty() && files.iter().all(|f| !f.id.0.contains('/'));
    match only_strays {
        true => institution(folder, &list(folder)?, real(folder)?.parent().unwrap_or(folder)),
        false => Ok(files),
    }
}

/// One dialogue file, with the defaults of the folder it lies in.
///
/// # Errors
/// [`LibraryError::Folder`] if the file cannot be read.
pub fn file(path: &Path) -> Result<File, LibraryError> {
    let folder = real(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let path = folder.join(path.file_name().unwrap_or_default());
    let root = folder.parent().unwrap_or(&folder);
    institution(&folder, std::slice::from_ref(&path), root)?.pop().ok_or_else(|| {
        LibraryError::Folder(
            path.clone(),
            std::io::Error::other("it is not a dialogue: its name must end in .yaml"),
        )
    })
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let entries = std::fs::read_dir(folder).map_err(|e| LibraryError::Folder(folder.to_owned(), e))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    paths.sort();
    Ok(paths)
}

fn real(path: &Path) -> Result<PathBuf, LibraryError> {
    path.canonicalize().map_err(|e| LibraryError::Folder(path.to_owned(), e))
}

/// A file's text, or why it is none.
enum Text {
    Read(String),
    Not(Problem),
}

// A file that lies outside `root` is not read: a link may lead anywhere.
fn text(path: &Path, root: &Path) -> Result<Text, LibraryError> {
    use std::io::Read;
    if !real(path)?.starts_with(root) {
        return Ok(Text::Not(outside()));
    }
    let broken = |e| LibraryError::Folder(path.to_owned(), e);
    let mut bytes = Vec::new();
    // Enough to tell that it is too large.
    let file = std::fs::File::open(path).map_err(broken)?;
    file.take(MAX_BYTES as u64 + 4).read_to_end(&mut bytes).map_err(broken)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Text::Read(text),
        // Cut in the middle of a letter.
        Err(e) if e.as_bytes().len() > MAX_BYTES => {
            Text::Read(String::from_utf8_lossy(e.as_bytes()).into_owned())
        }
        Err(_) => Text::Not(not_utf8()),
    })
}

fn is_dialogue(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yaml") && path.is_file() && !hidden(path)
}

fn hidden(path: &Path) -> bool {
    path.file_name().and_then(|n| n.to_str()).is_none_or(|n| n.starts_with(['_', '.']))
}

// The dialogues among `paths`, with the defaults of their folder. Nothing outside `root` is read.
fn institution(folder: &Path, paths: &[PathBuf], root: &Path) -> Result<Vec<File>, LibraryError> {
    let folder_name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("dialogues");
    let defaults = folder.join("_institution.yaml");
    let (parsed, problems) = match defaults.try_exists() {
        Ok(true) => match text(&defaults, root)? {
            Text::Read(source) => Institution::parse_or_default(folder_name, &source),
            Text::Not(problem) => {
                let file = format!("{folder_name}/_institution.yaml");
                (Institution::named_after(folder_name), vec![Problem { file, ..problem }])
            }
        },
        Ok(false) => (Institution::named_after(folder_name), Vec::new()),
        Err(e) => return Err(LibraryError::Folder(defaults, e)),
    };
    let mut files = Vec::new();
    for path in paths.iter().filter(|p| is_dialogue(p)) {
        let stem = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        let id = ScriptId(format!("{folder_name}/{stem}"));
        let name = format!("{id}.yaml");
        let mut file =
            File { id, yaml: String::new(), institution: parsed.clone(), problems: problems.clone() };
        match text(path, root)? {
            Text::Read(yaml) => file.yaml = yaml,
            Text::Not(problem) => file.problems.push(Problem { file: name.clone(), ..problem }),
        }
        for part in [folder_name, stem].into_iter().filter(|n| !fits_a_link(n)) {
            file.problems.push(Problem { file: name.clone(), ..crate::script::bad_name(part) });
        }
        files.push(file);
    }
    Ok(files)
}

// Folder and file names land in addresses.
fn fits_a_link(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
