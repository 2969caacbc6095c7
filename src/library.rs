//! The published dialogues: reads the folder, freezes revisions in the store, keeps them at hand.

use crate::export::Codebook;
use crate::script::{Institution, MAX_BYTES, Parts, Problem, Script, ScriptId, not_utf8, outside};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Document, Kind, Store};
use tracing::warn;

/// A checked revision as it was frozen.
#[derive(Debug)]
pub struct Published {
    pub script: Script,
    pub revision: u32,
    pub published_at: Timestamp,
}

/// What is kept of a revision, so that a running session finishes on it after the file has changed.
#[derive(Serialize, Deserialize)]
struct Frozen {
    number: u32,
    fingerprint: String,
    published_at: Timestamp,
    yaml: String,
    institution: String,
}

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("the dialogues folder {0} cannot be read: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("a revision could not be kept")]
    Store(#[from] storage::StoreError),
    #[error("a stored revision of {0} cannot be read: {1}")]
    Frozen(String, String),
}

/// What was found in the folder.
#[derive(Debug, Default)]
pub struct Reading {
    /// Every problem with the text of its file, for the picture.
    pub problems: Vec<(Problem, Arc<str>)>,
    /// Dialogues with a new revision.
    pub published: Vec<ScriptId>,
}

#[derive(Debug, Default)]
struct Shelf {
    latest: BTreeMap<ScriptId, Arc<Published>>,
    all: HashMap<(ScriptId, u32), Arc<Published>>,
    codes: HashMap<String, ScriptId>,
    /// The highest number that each dialogue's revisions ever had, also of those that cannot be read.
    numbers: HashMap<ScriptId, u32>,
}

/// Every published revision, at hand without waiting. Reading the folder again swaps the whole shelf.
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
    store: Arc<dyn Store>,
    shelf: ArcSwap<Shelf>,
    // Readings follow one another: two at once could give one number twice.
    reading: tokio::sync::Mutex<()>,
}

impl Library {
    /// The library with every revision that the store has, before the folder is read.
    ///
    /// # Errors
    /// [`LibraryError`] if a stored revision cannot be read.
    pub async fn open(folder: &Path, store: Arc<dyn Store>) -> Result<Library, LibraryError> {
        let mut shelf = Shelf::default();
        for (id, body) in store.documents(Kind::Revision, "").await? {
            shelf.number(&id);
            match thaw(&id, &body) {
                Ok(published) => shelf.put(Arc::new(published)),
                // One that cannot be read must not keep the others from being served.
                Err(why) => warn!(
                    revision = id,
                    why, "a published revision cannot be used; sessions on it stand still"
                ),
            }
        }
        let reading = tokio::sync::Mutex::new(());
        Ok(Library { folder: folder.to_owned(), store, shelf: ArcSwap::from_pointee(shelf), reading })
    }

    /// Reads the folder: a dialogue that checks clean and differs from its latest revision is published; a broken one keeps
    /// its last good revision. A dialogue whose file is gone is no longer offered.
    ///
    /// # Errors
    /// [`LibraryError::Folder`] if the folder cannot be read; mistakes in scripts are in the [`Reading`].
    pub async fn read(&self, now: Timestamp) -> Result<Reading, LibraryError> {
        let _one_at_a_time = self.reading.lock().await;
        let folder = self.folder.clone();
        let files = tokio::task::spawn_blocking(move || scan(&folder))
            .await
            .map_err(|e| LibraryError::Folder(self.folder.clone(), std::io::Error::other(e)))??;
        let before = self.shelf.load_full();
        let mut shelf =
            Shelf { all: before.all.clone(), numbers: before.numbers.clone(), ..Shelf::default() };
        let mut reading = Reading::default();
        let mut newest: HashMap<ScriptId, Arc<Published>> = HashMap::new();
        for published in before.all.values() {
            let id = published.script.id();
            if newest.get(id).is_none_or(|p| p.revision < published.revision) {
                newest.insert(id.clone(), published.clone());
            }
        }
        let mut offered: Vec<Arc<Published>> = Vec::new();
        for file in files {
            let (script, problems) = file.check();
            for problem in problems {
                let source = file.source_of(&problem).into();
                if !reading.problems.iter().any(|(p, _)| *p == problem) {
                    reading.problems.push((problem, source));
                }
            }
            let old = newest.get(&file.id).cloned();
            match (script, old) {
                (Some(script), Some(old)) if old.script.fingerprint() == script.fingerprint() => {
                    offered.push(old)
                }
                (Some(script), _) => {
                    let number = shelf.numbers.get(&file.id).copied().unwrap_or(0) + 1;
                    offered.push(self.publish(&file, script, number, now, &mut reading).await?);
                }
                (None, Some(old)) => offered.push(old),
                (None, None) => {}
            }
        }
        for published in offered {
            let code = &published.script.header().entry.code;
            if let Some(other) = shelf.codes.get(code) {
                let path = self.folder.join(format!("{}.yaml", published.script.id()));
                let source = std::fs::read_to_string(path).unwrap_or_default();
                reading.problems.push((code_taken(&published.script, &source, &other.0), source.into()));
                shelf.all.insert((published.script.id().clone(), published.revision), published);
                continue;
            }
            shelf.codes.insert(code.clone(), published.script.id().clone());
            shelf.put(published);
        }
        self.shelf.store(Arc::new(shelf));
        Ok(reading)
    }

    async fn publish(
        &self,
        file: &File,
        script: Script,
        revision: u32,
        now: Timestamp,
        reading: &mut Reading,
    ) -> Result<Arc<Published>, LibraryError> {
        let id = &file.id;
        let frozen = Frozen {
            number: revision,
            fingerprint: script.fingerprint().to_owned(),
            published_at: now,
            yaml: file.yaml.clone(),
            institution: script.institution().source.clone(),
        };
        let broken = |why: String| LibraryError::Frozen(id.to_string(), why);
        let old = self.store.document(Kind::Codebook, &id.0).await?;
        let old = old.map(|b| Codebook::from_bytes(&b)).transpose().map_err(broken)?;
        let codebook = Codebook::with_revision(old, &script, revision, now);
        self.store
            .keep(vec![
                Document {
                    kind: Kind::Revision,
                    id: format!("{id}/{revision:06}"),
                    body: Some(crate::engine::encode(&frozen).map_err(|e| broken(e.to_string()))?),
                },
                Document {
                    kind: Kind::Codebook,
                    id: id.0.clone(),
                    body: Some(codebook.to_bytes().map_err(broken)?),
                },
            ])
            .await?;
        reading.published.push(id.clone());
        Ok(Arc::new(Published { script, revision, published_at: now }))
    }

    /// The offered dialogues, in the order of their ids: the latest revision of each.
    pub fn offered(&self) -> Vec<Arc<Published>> {
        self.shelf.load().latest.values().cloned().collect()
    }

    /// The latest revision of a dialogue that is offered.
    pub fn latest(&self, id: &ScriptId) -> Option<Arc<Published>> {
        self.shelf.load().latest.get(id).cloned()
    }

    /// A revision, old ones and those of dialogues no longer offered included.
    pub fn revision(&self, id: &ScriptId, revision: u32) -> Option<Arc<Published>> {
        self.shelf.load().all.get(&(id.clone(), revision)).cloned()
    }

    /// The dialogue behind an entry code.
    pub fn by_code(&self, code: &str) -> Option<Arc<Published>> {
        let shelf = self.shelf.load();
        shelf.codes.get(code).and_then(|id| shelf.latest.get(id)).cloned()
    }
}

impl Shelf {
    // `institution/dialogue/000012`: the number is taken.
    fn number(&mut self, document: &str) {
        if let Some((id, number)) = document.rsplit_once('/').and_then(|(id, n)| Some((id, n.parse().ok()?)))
        {
            let highest = self.numbers.entry(ScriptId(id.to_owned())).or_default();
            *highest = u32::max(number, *highest);
        }
    }

    fn put(&mut self, published: Arc<Published>) {
        let id = published.script.id().clone();
        let number = self.numbers.entry(id.clone()).or_default();
        *number = published.revision.max(*number);
        self.all.insert((id.clone(), published.revision), published.clone());
        if self.latest.get(&id).is_none_or(|p| p.revision <= published.revision) {
            self.latest.insert(id, published);
        }
    }
}

fn thaw(id: &str, body: &[u8]) -> Result<Published, String> {
    let frozen: Frozen = crate::engine::decode(body).map_err(|e| e.to_string())?;
    let name = id.rsplit_once('/').map_or(id, |(name, _)| name);
    let script_id = ScriptId(name.to_owned());
    let (institution, _) = Institution::parse_or_default(script_id.institution(), &frozen.institution);
    let (script, _) = Script::check(&script_id, &frozen.yaml, &Parts { institution });
    let script = script.ok_or("it no longer checks clean with this version of snak")?;
    Ok(Published { script, revision: frozen.number, published_at: frozen.published_at })
}

/// One dialogue file, read but not checked.
#[derive(Debug)]
pub struct File {
    pub id: ScriptId,
    pub yaml: String,
    institution: Institution,
    /// Of the institution's file, of the file's name, and that the file is no text.
    problems: Vec<Problem>,
}

impl File {
    /// The script, if it has no errors, and every problem.
    pub fn check(&self) -> (Option<Script>, Vec<Problem>) {
        if self.problems.iter().any(|p| p.code == "Y109") {
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

/// Every dialogue file below a folder of institutions, or of one institution's folder, in order. A name that cannot stand in
/// a link is a problem of its file; folders that begin with `_` or `.` are passed over.
///
/// # Errors
/// [`LibraryError::Folder`] if a folder cannot be listed.
pub fn scan(folder: &Path) -> Result<Vec<File>, LibraryError> {
    let mut files = Vec::new();
    let inside = list(folder)?;
    let root = real(folder)?;
    if inside.iter().any(|p| is_dialogue(p)) {
        return institution(folder, &inside, root.parent().unwrap_or(&root));
    }
    for path in inside.into_iter().filter(|p| p.is_dir() && !hidden(p)) {
        files.extend(institution(&path, &list(&path)?, &root)?);
    }
    Ok(files)
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

/// E701: another dialogue has the entry code already.
pub fn code_taken(script: &Script, source: &str, other: &str) -> Problem {
    let code = &script.header().entry.code;
    Problem { file: format!("{}.yaml", script.id()), ..crate::script::code_taken(source, code, other) }
}
