//! A second copy of the store elsewhere, and the way back from it.

use super::copy::{ask, fill};
use super::folder::{self, Folder, NextKey, Plan, beside, io, private, remove, secrets_to, sync_folder};
use super::keys::{self, TREES, Tree};
use super::media::Media;
use super::trees::{Batch, Trees};
use super::writer::Job;
use super::{ledger, owners};
use crate::*;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::mpsc::Sender;

const PAGE: usize = 1_000;

/// Writes the store as it is at one moment to `to`, then reads it back whole. Blocks until it is done; one copy at a time.
pub fn backup(jobs: &Sender<Job>, media: &Media, to: &Path, master: &MasterKey) -> Result<Copied> {
    if fs::read_dir(to).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(StoreError::Backend(format!(
            "{} is not empty: name a folder that is not there yet",
            to.display()
        )));
    }
    let new = beside(to, "new");
    remove(&new)?;
    private(&new)?;
    let plan: Plan = ask(jobs, Job::Track)?;
    let copied = copied(jobs, media, &plan, &new);
    if copied.is_err() {
        ask(jobs, Job::Untrack)?;
        remove(&new)?;
    }
    let media_bytes = copied?;
    // An empty folder may be there; renaming takes its place.
    fs::rename(&new, to).map_err(|e| io("cannot move the backup to", to, &e))?;
    to.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
    let folder = folder::open_existing(to, master)?;
    let values = whole(&folder)?;
    let _ = fs::remove_file(beside(to, "lock"));
    Ok(Copied { bytes: folder.generation.size()? + media_bytes, values })
}

// Gives the size of the media, which are copied last: none of them is removed while a copy is made.
fn copied(jobs: &Sender<Job>, media: &Media, plan: &Plan, new: &Path) -> Result<u64> {
    let next = fill(jobs, &plan.trees, plan.begin(Some(new), &NextKey::Same)?)?;
    let next = ask(jobs, |reply| Job::Complete(Box::new(next), reply))?;
    let bytes = media.copy(&owners::all(&next.generation.trees)?, new)?;
    next.settle()?;
    Ok(bytes)
}

/// Reads everything: each value opens, each response lies where its index says, each log has as many as it counts, each file
/// that is named is there. Gives how many values there are.
fn whole(folder: &Folder) -> Result<u64> {
    let trees = &folder.generation.trees;
    let mut values = 0;
    for id in owners::all(trees)? {
        folder.media.get(id)?.ok_or_else(|| unequal("a file that is named is not there"))?;
        values += 1;
    }
    let mut live: HashMap<DialogueId, u64> = HashMap::new();
    for (tree, _) in TREES.into_iter().filter(|(t, _)| *t != Tree::Pieces) {
        let mut from = Vec::new();
        loop {
            let page = trees.from(tree, &from, PAGE, |_| true)?;
            let Some((last, _)) = page.last() else { break };
            from = [last.as_slice(), &[0]].concat();
            values += page.len() as u64;
            for (key, value) in page {
                match tree {
                    Tree::Conversations if keys::is_conversation(&key) => drop(ledger::stored(&value)?),
                    Tree::Outbox => drop(ledger::outgoing(&value)?),
                    Tree::Responses => {
                        let row = ledger::row(&key, value)?;
                        let lies = trees.get(Tree::Index, &keys::place(row.response))?;
                        let dialogue = keys::dialogue_of(&key).filter(|_| lies.as_deref() == Some(&key));
                        let dialogue =
                            dialogue.ok_or_else(|| unequal("a response lies where nothing points to it"))?;
                        *live.entry(dialogue).or_default() += u64::from(matches!(row.row, Row::Live(_)));
                    }
                    Tree::Conversations | Tree::Index | Tree::Seen | Tree::Documents | Tree::Pieces => {}
                }
            }
        }
    }
    let prefix = keys::extents();
    for (key, value) in trees.from(Tree::Documents, &prefix, usize::MAX, |key| key.starts_with(&prefix))? {
        let dialogue = DialogueId(String::from_utf8_lossy(&key[prefix.len()..]).into_owned());
        if ledger::extent_of(&value)?.responses != live.remove(&dialogue).unwrap_or(0) {
            return Err(unequal("a log does not hold as many responses as it counts"));
        }
    }
    match live.is_empty() {
        true => Ok(values),
        false => Err(unequal("a log is not counted")),
    }
}

fn unequal(why: &str) -> StoreError {
    StoreError::Corrupt { what: "copy", why: why.to_owned() }
}

/// What becomes of the store that a backup replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// What it knows to have been erased is erased in the backup too.
    Remembered,
    /// It is not looked at: for a store that is damaged.
    Ignored,
}

/// Puts a backup in the place of the store at `url`. What had been erased since the backup is erased again, as far as the store
/// that is replaced still knows it, addresses and contributions too; cursors given out before are void. The store must not be open.
///
/// # Errors
/// [`StoreError::InUse`], [`StoreError::WrongKey`], [`StoreError::Corrupt`]: the store is as it was.
pub async fn restore(url: &str, backup: &Path, key: &MasterKey, replaced: Replaced) -> Result<Restored> {
    let Some(to) = url.strip_prefix("sled:").filter(|f| !f.is_empty()) else {
        return Err(StoreError::Url(url.to_owned()));
    };
    let (to, backup, key) = (PathBuf::from(to), backup.to_owned(), key.clone());
    super::blocking(move || restore_now(&to, &backup, &key, replaced)).await
}

fn restore_now(to: &Path, backup: &Path, key: &MasterKey, replaced: Replaced) -> Result<Restored> {
    if !folder::is_whole(backup) {
        let why = "it is no whole backup: CURRENT, which is written last, is not there".to_owned();
        return Err(StoreError::Corrupt { what: "backup", why });
    }
    // Nobody may have the store open; until all is well with the copy it is not touched.
    let lock = folder::lock(to)?;
    folder::clear_restore(to)?;
    drop(lock);
    let (old, new) = (beside(to, "replaced"), beside(to, "restored"));
    copy_files(backup, &new)?;
    let restored = prepared(&new, to, key, replaced).inspect_err(|_| drop(remove(&new)))?;
    let lock = folder::lock(to).inspect_err(|_| drop(remove(&new)))?;
    if to.exists() {
        fs::rename(to, &old).map_err(|e| io("cannot move the old store to", &old, &e))?;
    }
    fs::rename(&new, to).map_err(|e| io("cannot move the restored store to", to, &e))?;
    to.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
    remove(&old)?;
    let _ = fs::remove_file(beside(&new, "lock"));
    drop(lock);
    Ok(restored)
}

// Read whole, then a new epoch, so that cursors from before are known to be void; what was erased goes again.
fn prepared(new: &Path, now: &Path, key: &MasterKey, replaced: Replaced) -> Result<Restored> {
    let folder = folder::open_existing(new, key)?;
    let trees = &folder.generation.trees;
    let values = whole(&folder)?;
    let erased = match replaced == Replaced::Remembered && now.exists() {
        true => Erased::of(&folder::open_existing(now, key)?)?,
        false => Erased::default(),
    };
    let mut batch = Batch::over(trees);
    let epoch = Secrets::generate()?.epoch;
    batch.put(Tree::Documents, keys::secrets(), secrets_to(&Secrets { epoch, ..folder.secrets.clone() }));
    let mut erased_again = 0;
    for (of, at) in &erased.conversations {
        // Erased before the backup was made: what it holds of them came later.
        let known =
            trees.get(Tree::Index, &keys::erased_conversation(of))?.and_then(|bytes| erased_at(&bytes));
        if known.is_some_and(|known| known >= *at) {
            continue;
        }
        let receipt = ledger::erase(&mut batch, of, *at)?;
        erased_again += receipt.conversations + receipt.responses;
    }
    for prefix in ledger::GIVEN.map(|kind| keys::document(kind, "")) {
        for key in trees.keys(Tree::Documents, &prefix) {
            let key = key?;
            if erased.documents.contains(&keys::erased_document(&folder.secrets, &key)) {
                ledger::erase_document(&mut batch, &folder.secrets, key);
                erased_again += 1;
            }
        }
    }
    for (response, at, reason) in &erased.responses {
        erased_again += ledger::erase_responses(&mut batch, &[*response], *at, *reason)?;
    }
    batch.apply()?;
    folder.generation.sync()?;
    folder.media.collect(Timestamp::MAX, |id| owners::is_named(trees, id))?;
    Ok(Restored { values, erased_again })
}

/// What a store knows to have been erased.
#[derive(Default)]
struct Erased {
    conversations: Vec<(ConversationKey, Timestamp)>,
    responses: Vec<(Uuid, Timestamp, Reason)>,
    /// The marks of documents.
    documents: HashSet<Vec<u8>>,
}

fn marks(trees: &Trees, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    trees.from(Tree::Index, prefix, usize::MAX, |key| key.starts_with(prefix))
}

impl Erased {
    fn of(folder: &Folder) -> Result<Erased> {
        let trees = &folder.generation.trees;
        let mut erased = Erased::default();
        for (key, _) in marks(trees, keys::ERASED_DOCUMENTS)? {
            erased.documents.insert(key);
        }
        for (key, value) in marks(trees, keys::ERASED)? {
            erased.conversations.extend(keys::conversation_of(&key).zip(erased_at(&value)));
        }
        let mut from = Vec::new();
        loop {
            let page = trees.from(Tree::Responses, &from, PAGE, |_| true)?;
            let Some((last, _)) = page.last() else { return Ok(erased) };
            from = [last.as_slice(), &[0]].concat();
            for (key, value) in page {
                let row = ledger::row(&key, value)?;
                if let Row::Erased { at, reason } = row.row {
                    erased.responses.push((row.response, at, reason));
                }
            }
        }
    }
}

fn erased_at(bytes: &[u8]) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::from_be_bytes(bytes.try_into().ok()?)).ok()
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    private(to)?;
    for entry in fs::read_dir(from).map_err(|e| io("cannot read the backup", from, &e))? {
        let entry = entry.map_err(|e| io("cannot read the backup", from, &e))?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_files(&path, &copy)?;
            continue;
        }
        fs::copy(&path, &copy).map_err(|e| io("cannot copy", &path, &e))?;
        fs::File::open(&copy).and_then(|f| f.sync_all()).map_err(|e| io("cannot sync", &copy, &e))?;
    }
    sync_folder(to)
}
