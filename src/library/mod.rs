//! The published dialogues: reads the folder, freezes revisions in the store, keeps them at hand.

mod folder;
mod media;
mod retention;

pub use folder::{File, file, institutions, scan};
pub use media::media;
pub use retention::Expired;

use crate::export::Codebook;
use crate::script::{Both, Institution, Language, Part, Parts, Problem, Script, ScriptId, both};
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
#[derive(Debug, Serialize, Deserialize)]
pub struct Frozen {
    number: u32,
    fingerprint: String,
    published_at: Timestamp,
    /// The dialogue's text.
    pub yaml: String,
    institution: String,
    #[serde(default)]
    parts: Vec<Part>,
}

impl Frozen {
    /// The dialogue as it was checked then; `None` where this version of snak finds mistakes in it.
    pub fn script(&self, id: &ScriptId) -> Option<Script> {
        let (mut institution, _) = Institution::parse_or_default(id.institution(), &self.institution);
        institution.parts = self.parts.clone().into();
        Script::check(id, &self.yaml, &Parts { institution }).0
    }
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
        let files = tokio::task::spawn_blocking(move || institutions(&folder))
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
        let mut found: Vec<(File, Option<Script>)> = Vec::new();
        for file in files {
            let (script, problems) = file.check();
            for problem in problems {
                let source = file.source_of(&problem).into();
                if !reading.problems.iter().any(|(p, _)| *p == problem) {
                    reading.problems.push((problem, source));
                }
            }
            found.push((file, script));
        }
        // Who has an entry code keeps it: it is printed on posters. A newcomer that wants it too is told, and not published.
        let code = |s: &Script| s.header().entry.code.clone();
        let rank = |file: &File, script: &Option<Script>| match (newest.get(&file.id), script) {
            (Some(old), Some(new)) => u8::from(code(&old.script) != code(new)),
            (Some(_), None) => 0,
            (None, _) => 2,
        };
        found.sort_by_key(|(file, script)| rank(file, script));
        for (file, script) in found {
            let old = newest.get(&file.id).cloned();
            let other = script.as_ref().and_then(|s| shelf.codes.get(&code(s)).cloned());
            if let (Some(script), Some(other)) = (&script, other.as_ref().and_then(|o| shelf.latest.get(o))) {
                let problem = code_taken(script, &file.yaml, &other.script, None);
                reading.problems.push((problem, file.yaml.as_str().into()));
            }
            let published = match (script.filter(|_| other.is_none()), old) {
                (Some(script), Some(old)) if old.script.fingerprint() == script.fingerprint() => old,
                (Some(script), _) => {
                    let number = shelf.numbers.get(&file.id).copied().unwrap_or(0) + 1;
                    self.publish(&file, script, number, now, &mut reading).await?
                }
                (None, Some(old)) if !shelf.codes.contains_key(&code(&old.script)) => old,
                (None, _) => continue,
            };
            shelf.codes.insert(code(&published.script), published.script.id().clone());
            shelf.put(published);
        }
        self.shelf.store(Arc::new(shelf));
        Ok(reading)
    }

    /// Where the scripts lie, and what they show.
    pub fn folder(&self) -> &Path {
        &self.folder
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
            parts: script.parts().to_vec(),
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

    /// Every dialogue that was ever published, in the order of their ids.
    fn dialogues(&self) -> Vec<ScriptId> {
        let mut ids: Vec<ScriptId> = self.shelf.load().all.keys().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The latest revision of a dialogue that is offered.
    pub fn latest(&self, id: &ScriptId) -> Option<Arc<Published>> {
        self.shelf.load().latest.get(id).cloned()
    }

    /// What was last published of every dialogue that is offered, as it is kept.
    ///
    /// # Errors
    /// What the store says; [`LibraryError::Frozen`] for a revision that cannot be read.
    pub async fn frozen(&self) -> Result<Vec<(ScriptId, Frozen)>, LibraryError> {
        let mut all = Vec::new();
        for published in self.offered() {
            let id = published.script.id();
            let document = format!("{id}/{:06}", published.revision);
            let Some(body) = self.store.document(Kind::Revision, &document).await? else { continue };
            let broken = |e: &dyn std::fmt::Display| LibraryError::Frozen(id.to_string(), e.to_string());
            all.push((id.clone(), crate::engine::decode(&body).map_err(|e| broken(&e))?));
        }
        Ok(all)
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
    let script = frozen.script(&ScriptId(name.to_owned()));
    let script = script.ok_or("it no longer checks clean with this version of snak")?;
    Ok(Published { script, revision: frozen.number, published_at: frozen.published_at })
}

/// E701: another dialogue has the entry code already. `line` is where its file says so, if that is known.
pub fn code_taken(script: &Script, source: &str, other: &Script, line: Option<u32>) -> Problem {
    let code = &script.header().entry.code;
    let problem = crate::script::code_taken(source, code, &shown(other, line));
    Problem { file: format!("{}.yaml", script.id()), ..problem }
}

/// E703: another dialogue begins with the same word.
pub fn keyword_taken(script: &Script, source: &str, keyword: &str, other: &Script) -> Problem {
    let problem = crate::script::keyword_taken(source, keyword, &shown(other, None));
    Problem { file: format!("{}.yaml", script.id()), ..problem }
}

// `Kulturhuset Havnen (kulturhuset-havnen/aaben-scene.yaml:29)`
fn shown(script: &Script, line: Option<u32>) -> Both {
    let line = line.map(|n| format!(":{n}")).unwrap_or_default();
    let name =
        |language| format!("{} ({}.yaml{line})", script.institution().name.plain(language), script.id());
    both(name(Language::DANISH), name(Language::ENGLISH))
}
