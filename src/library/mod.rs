//! The published dialogues: reads the folder, freezes revisions in the store, keeps them at hand.

mod erased;
mod folder;
mod journal;
mod media;
mod retention;
mod shelf;
mod trim;

pub use erased::{Erased, receipt_number};
pub use folder::{Checked, File, file, institutions, scan};
pub use journal::Entry;
pub use media::{has_media, media};
pub use retention::Expired;

use crate::export::Codebook;
use crate::script::{Both, Institution, Language, Part, Parts, Problem, Script, ScriptId, both};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shelf::{Revision, Shelf};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Document, Kind, Store};
use tracing::warn;

/// By what a revision is published whose file has changed, in the log of who did what.
const FOLDER: &str = "dialogues folder";

/// A checked revision as it was frozen.
#[derive(Debug)]
pub struct Published {
    pub script: Arc<Script>,
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
    /// The dialogue as it was published, mistakes that this version of snak finds in it or not; `None` where it cannot be played.
    pub fn script(&self, id: &ScriptId) -> Option<Script> {
        let (mut institution, _) = Institution::beside(id.institution(), &self.institution, None);
        institution.parts = self.parts.clone().into();
        Script::kept(id, &self.yaml, &Parts { institution })
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
            let Some(dialogue) = shelf.number(&id) else { continue };
            match crate::engine::decode::<Frozen>(&body) {
                Ok(frozen) => shelf.put(Arc::new(Revision::kept(dialogue, frozen))),
                // One that cannot be read must not keep the others from being served.
                Err(why) => warn!(
                    revision = id,
                    %why, "a published revision cannot be read; sessions on it stand still"
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
        let files = self.checked().await?;
        let before = self.shelf.load_full();
        let mut shelf =
            Shelf { all: before.all.clone(), numbers: before.numbers.clone(), ..Shelf::default() };
        let mut reading = Reading::default();
        let mut newest: HashMap<ScriptId, Arc<Revision>> = HashMap::new();
        for revision in before.all.values() {
            if newest.get(&revision.id).is_none_or(|r| r.number() < revision.number()) {
                newest.insert(revision.id.clone(), revision.clone());
            }
        }
        let mut found: Vec<(File, Option<Arc<Script>>)> = Vec::new();
        for (file, (script, problems)) in files {
            let script = script.map(Arc::new);
            if let (Some(script), Some(old)) = (&script, newest.get(&file.id))
                && old.fingerprint() == script.fingerprint()
            {
                old.same_as(script.clone());
            }
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
        let rank = |file: &File, script: &Option<Arc<Script>>| match (newest.get(&file.id), script) {
            (Some(old), Some(new)) if old.fingerprint() == new.fingerprint() => 0,
            (Some(old), Some(new)) => {
                u8::from(old.published().is_none_or(|old| code(&old.script) != code(new)))
            }
            (Some(_), None) => 0,
            (None, _) => 2,
        };
        found.sort_by_key(|(file, script)| rank(file, script));
        for (file, script) in found {
            let old = newest.get(&file.id).cloned();
            let other = script.as_ref().and_then(|s| shelf.codes.get(&code(s)).cloned());
            let taken_by = other.as_ref().and_then(|o| shelf.latest.get(o)?.published());
            if let (Some(script), Some(other)) = (&script, taken_by) {
                let problem = code_taken(script, &file.yaml, &other.script, None);
                reading.problems.push((problem, file.yaml.as_str().into()));
            }
            let revision = match (script.filter(|_| other.is_none()), old) {
                (Some(script), Some(old)) if old.fingerprint() == script.fingerprint() => old,
                (Some(script), _) => {
                    let number = shelf.numbers.get(&file.id).copied().unwrap_or(0) + 1;
                    self.publish(&file, script, number, now, &mut reading).await?
                }
                (None, _) => match shelf.last_good(&file.id) {
                    Some(old) => old,
                    None => continue,
                },
            };
            let Some(published) = revision.published() else { continue };
            let code = code(&published.script);
            // A file that is broken keeps its last good revision, unless another dialogue has taken its code.
            if shelf.codes.contains_key(&code) {
                continue;
            }
            shelf.codes.insert(code, revision.id.clone());
            shelf.put(revision);
        }
        self.shelf.store(Arc::new(shelf));
        Ok(reading)
    }

    // Every file and what is to be said of it, in their order: on every core, since a folder may hold hundreds.
    async fn checked(&self) -> Result<Vec<(File, Checked)>, LibraryError> {
        let broken = |e| LibraryError::Folder(self.folder.clone(), std::io::Error::other(e));
        let folder = self.folder.clone();
        let mut files =
            tokio::task::spawn_blocking(move || institutions(&folder)).await.map_err(broken)??;
        let cores = tokio::runtime::Handle::current().metrics().num_workers();
        let share = files.len().div_ceil(cores).max(1);
        let mut work = Vec::new();
        while !files.is_empty() {
            let part: Vec<File> = files.drain(..share.min(files.len())).collect();
            let check = |file: File| {
                let checked = file.check();
                (file, checked)
            };
            work.push(tokio::task::spawn_blocking(move || part.into_iter().map(check).collect::<Vec<_>>()));
        }
        let mut all = Vec::new();
        for part in work {
            all.extend(part.await.map_err(broken)?);
        }
        Ok(all)
    }

    /// Where the scripts lie, and what they show.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    async fn publish(
        &self,
        file: &File,
        script: Arc<Script>,
        revision: u32,
        now: Timestamp,
        reading: &mut Reading,
    ) -> Result<Arc<Revision>, LibraryError> {
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
        let act = Entry::act(FOLDER, now, &id.0, format!("publish revision {revision}"), 1);
        let told = act.document(&format!("r{revision:06}")).map_err(|e| broken(e.to_string()))?;
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
                told,
            ])
            .await?;
        reading.published.push(id.clone());
        let kept = Revision::kept(id.clone(), frozen);
        kept.same_as(script);
        Ok(Arc::new(kept))
    }

    /// The offered dialogues, in the order of their ids: the latest revision of each.
    pub fn offered(&self) -> Vec<Arc<Published>> {
        self.shelf.load().latest.values().filter_map(|r| r.published()).collect()
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
        self.shelf.load().latest.get(id)?.published()
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
        self.shelf.load().all.get(&(id.clone(), revision))?.published()
    }

    /// Whether the responses of a revision belong to nobody. Of one that is not known nothing else can be promised.
    pub fn is_anonymous(&self, id: &ScriptId, revision: u32) -> bool {
        self.revision(id, revision).is_none_or(|published| published.script.header().privacy.anonymous)
    }

    /// The dialogue behind an entry code.
    pub fn by_code(&self, code: &str) -> Option<Arc<Published>> {
        let shelf = self.shelf.load();
        shelf.codes.get(code).and_then(|id| shelf.latest.get(id))?.published()
    }
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
