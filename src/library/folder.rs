//! The folder of scripts on disk: institutions' folders and the dialogue files in them, read but not published.

use super::LibraryError;
use super::media::media_in;
use crate::script::{
    Institution, MAX_BYTES, Part, Parts, Problem, Script, ScriptId, StaffLanguage, misnamed, misplaced,
    not_utf8, outside,
};
use std::path::{Path, PathBuf};

/// One dialogue file, or the file of a part; read but not checked.
#[derive(Debug)]
pub struct File {
    pub id: ScriptId,
    /// Where it lies.
    pub path: PathBuf,
    pub yaml: String,
    /// It is a part: checked by itself, never published.
    pub part: Option<Part>,
    pub(super) institution: Institution,
    /// Of the institution's file, of the file's name, and that the file is no text.
    problems: Vec<Problem>,
}

/// The script, if it has no errors, and every problem.
pub type Checked = (Option<Script>, Vec<Problem>);

impl File {
    /// The script, if it has no errors, and every problem.
    pub fn check(&self) -> Checked {
        if self.problems.iter().any(|p| matches!(p.code, "Y109" | "Y112")) {
            return (None, self.problems.clone());
        }
        let (script, mut problems) = match &self.part {
            Some(part) => (None, part.check(&self.institution)),
            None => Script::check(&self.id, &self.yaml, &Parts { institution: self.institution.clone() }),
        };
        problems.extend(self.problems.clone());
        let broken = self.problems.iter().any(Problem::is_error);
        (script.filter(|_| !broken), problems)
    }
}

impl File {
    /// What the staff who wrote it read messages in.
    pub fn staff_language(&self) -> StaffLanguage {
        self.institution.staff_language
    }

    /// Its institution's file: where it lies, and its text. `None` where there is none, and for a part.
    pub fn defaults(&self) -> Option<(PathBuf, &str)> {
        let there = self.part.is_none() && !self.institution.source.is_empty();
        there.then(|| (self.path.with_file_name("_institution.yaml"), self.institution.source.as_str()))
    }

    /// What would be wrong with its institution's file if that said `text` instead.
    pub fn problems_of_defaults(&self, text: &str) -> Vec<Problem> {
        Institution::beside(&self.institution.folder, text, self.institution.media.clone()).1
    }

    /// Its path below the dialogues folder.
    pub fn name(&self) -> String {
        self.part.as_ref().map_or_else(|| format!("{}.yaml", self.id), |p| p.file.clone())
    }

    /// What would be wrong with it, and with no other file, if it said `yaml` instead.
    pub fn problems_of(&self, yaml: &str) -> Vec<Problem> {
        let mut problems = match &self.part {
            Some(part) => Part { source: yaml.to_owned(), ..part.clone() }.check(&self.institution),
            None => Script::check(&self.id, yaml, &Parts { institution: self.institution.clone() }).1,
        };
        let own = self.name();
        problems.retain(|p| p.file == own);
        problems
    }

    /// The text of the file that a problem is in: of the institution's or a part's, if it is there.
    pub fn source_of(&self, problem: &Problem) -> &str {
        let part = self.institution.parts.iter().find(|p| p.file == problem.file);
        match (part, problem.file.ends_with("/_institution.yaml")) {
            (Some(part), _) => &part.source,
            (None, true) => &self.institution.source,
            (None, false) => &self.yaml,
        }
    }
}

/// Every dialogue file below a folder of institutions, in order, and the parts. A name that cannot stand in a link, or a file beside the
/// institutions' folders, is a problem of its file; folders that begin with `_` or `.` are passed over.
///
/// # Errors
/// [`LibraryError::Folder`] if a folder cannot be listed.
pub fn institutions(folder: &Path) -> Result<Vec<File>, LibraryError> {
    let inside = list(folder)?;
    let root = real(folder)?;
    let mut files = parts(&folder.join("_shared"), &Institution::named_after("_shared"), &root)?;
    for path in inside.iter().filter(|p| p.is_dir() && !hidden(p)) {
        files.extend(institution(path, &list(path)?, &root)?);
    }
    for path in inside.iter().filter(|p| is_dialogue(p)) {
        let stem = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        let problem = Problem { file: format!("{stem}.yaml"), ..misplaced() };
        let institution = Institution::named_after("");
        files.push(File {
            id: ScriptId(stem.to_owned()),
            path: path.clone(),
            yaml: String::new(),
            part: None,
            institution,
            problems: vec![problem],
        });
    }
    files.extend(inside.iter().filter_map(|p| wrong_ending(p, "")));
    Ok(files)
}

// A file that was meant to be a dialogue, by its name. It has the whole name as its id, so it is never taken for one that is.
fn wrong_ending(path: &Path, folder: &str) -> Option<File> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_lowercase();
    let stem = [".yaml.txt", ".yml.txt", ".yml", ".yaml"].into_iter().find_map(|e| lower.strip_suffix(e))?;
    if name.starts_with('.') || name.ends_with(".yaml") || !path.is_file() {
        return None;
    }
    let id = format!("{folder}{name}");
    let problem = Problem { file: id.clone(), ..misnamed(name, &format!("{stem}.yaml")) };
    Some(File {
        id: ScriptId(id),
        path: path.to_owned(),
        yaml: String::new(),
        part: None,
        institution: Institution::named_after(folder.trim_end_matches('/')),
        problems: vec![problem],
    })
}

/// As [`institutions`]; a folder that holds dialogue files and no institution's folder is one institution's.
///
/// # Errors
/// [`LibraryError::Folder`] if a folder cannot be listed.
pub fn scan(folder: &Path) -> Result<Vec<File>, LibraryError> {
    let files = institutions(folder)?;
    // Parts lie in an institution's folder, never in one of several.
    let inside = |f: &File| !f.id.0.contains('/') || f.id.0.starts_with("parts/");
    let only_strays = !files.is_empty() && files.iter().all(inside);
    match only_strays {
        true => institution(folder, &list(folder)?, real(folder)?.parent().unwrap_or(folder)),
        false => Ok(files),
    }
}

/// One dialogue file, with the defaults of the folder it lies in; or a part, where the folder is called `parts`.
///
/// # Errors
/// [`LibraryError::Folder`] if the file cannot be read.
pub fn file(path: &Path) -> Result<File, LibraryError> {
    let folder = real(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let path = folder.join(path.file_name().unwrap_or_default());
    let root = folder.parent().unwrap_or(&folder);
    let found = match (folder.ends_with("parts"), root.parent()) {
        (true, Some(dialogues)) => {
            let name = root.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let institution = defaults(root, name, dialogues)?.0;
            let mut files = parts(root, &institution, dialogues)?;
            files.retain(|f| f.path == path);
            files.pop()
        }
        (true, None) | (false, _) => {
            institution(&folder, std::slice::from_ref(&path), root)?.into_iter().find(|f| f.part.is_none())
        }
    };
    found.ok_or_else(|| {
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

pub(super) fn real(path: &Path) -> Result<PathBuf, LibraryError> {
    path.canonicalize().map_err(|e| LibraryError::Folder(path.to_owned(), e))
}

/// A file's text, or why it is none.
enum Text {
    Read(String),
    Not(Box<Problem>),
}

// A file that lies outside `root` is not read: a link may lead anywhere.
fn text(path: &Path, root: &Path) -> Result<Text, LibraryError> {
    use std::io::Read;
    if !real(path)?.starts_with(root) {
        return Ok(Text::Not(Box::new(outside())));
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
        Err(_) => Text::Not(Box::new(not_utf8())),
    })
}

fn is_dialogue(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yaml") && path.is_file() && !hidden(path)
}

fn hidden(path: &Path) -> bool {
    path.file_name().and_then(|n| n.to_str()).is_none_or(|n| n.starts_with(['_', '.']))
}

// What the dialogues of a folder share, and what is wrong with that file.
fn defaults(folder: &Path, name: &str, root: &Path) -> Result<(Institution, Vec<Problem>), LibraryError> {
    let defaults = folder.join("_institution.yaml");
    let media = Some(media_in(folder, root)).filter(|_| name != "_shared");
    Ok(match defaults.try_exists() {
        Ok(true) => match text(&defaults, root)? {
            Text::Read(source) => Institution::beside(name, &source, media),
            Text::Not(problem) => {
                let file = format!("{name}/_institution.yaml");
                (Institution::beside(name, "", media).0, vec![Problem { file, ..*problem }])
            }
        },
        Ok(false) => Institution::beside(name, "", media),
        Err(e) => return Err(LibraryError::Folder(defaults, e)),
    })
}

// The parts in a folder's `parts`. One that is no text has none, and a problem that says so.
fn parts(folder: &Path, institution: &Institution, root: &Path) -> Result<Vec<File>, LibraryError> {
    let inside = folder.join("parts");
    if !inside.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for path in list(&inside)?.iter().filter(|p| is_dialogue(p)) {
        let name = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let id = format!("{}/parts/{name}", institution.folder);
        let file = format!("{id}.yaml");
        let (yaml, mut problems) = match text(path, root)? {
            Text::Read(yaml) => (yaml, Vec::new()),
            Text::Not(problem) => (String::new(), vec![Problem { file: file.clone(), ..*problem }]),
        };
        if !fits_a_link(&name) {
            problems.push(Problem { file: file.clone(), ..crate::script::bad_name(&name) });
        }
        let part = Some(Part { name, file, source: yaml.clone() });
        let mut institution = institution.clone();
        institution.parts = part.iter().cloned().collect();
        files.push(File { id: ScriptId(id), path: path.clone(), yaml, part, institution, problems });
    }
    let below = format!("{}/parts/", institution.folder);
    files.extend(list(&inside)?.iter().filter_map(|p| wrong_ending(p, &below)));
    Ok(files)
}

// The dialogues among `paths` and the institution's parts, with the defaults of their folder. Nothing outside `root` is read.
fn institution(folder: &Path, paths: &[PathBuf], root: &Path) -> Result<Vec<File>, LibraryError> {
    let folder_name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("dialogues");
    let (mut parsed, problems) = defaults(folder, folder_name, root)?;
    let mut files = parts(folder, &parsed, root)?;
    let shared = parts(&root.join("_shared"), &Institution::named_after("_shared"), root)?;
    parsed.parts = files.iter().chain(&shared).filter_map(|f| f.part.clone()).collect();
    for path in paths.iter().filter(|p| is_dialogue(p)) {
        let stem = path.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        let id = ScriptId(format!("{folder_name}/{stem}"));
        let name = format!("{id}.yaml");
        let mut file = File {
            id,
            path: path.clone(),
            yaml: String::new(),
            part: None,
            institution: parsed.clone(),
            problems: problems.clone(),
        };
        match text(path, root)? {
            Text::Read(yaml) => file.yaml = yaml,
            Text::Not(problem) => file.problems.push(Problem { file: name.clone(), ..*problem }),
        }
        for part in [folder_name, stem].into_iter().filter(|n| !fits_a_link(n)) {
            file.problems.push(Problem { file: name.clone(), ..crate::script::bad_name(part) });
        }
        files.push(file);
    }
    files.extend(paths.iter().filter_map(|p| wrong_ending(p, &format!("{folder_name}/"))));
    Ok(files)
}

// Folder and file names land in addresses.
pub(super) fn fits_a_link(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
