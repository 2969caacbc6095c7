//! How many groups of changes were acknowledged, noted beside the data: a log that was cut or damaged reads well up to there,
//! and knows of fewer.

use super::folder::{io, sync_folder};
use super::keys::{self, Tree};
use super::trees::Trees;
use crate::{Result, StoreError};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NAME: &str = "KEPT";

/// The store counts its groups in itself, each in the group's own transaction; the file says how far that had come.
#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    file: Arc<File>,
    groups: u64,
}

/// The count of one group, noted when it is on disk.
#[derive(Debug)]
pub struct Note {
    path: PathBuf,
    file: Arc<File>,
    groups: u64,
}

impl Mark {
    /// # Errors
    /// [`StoreError::Corrupt`] if groups that were acknowledged are not in the store.
    pub fn open(folder: &Path, trees: &Trees) -> Result<Mark> {
        let counted = trees.get(Tree::Documents, &keys::groups())?;
        let groups = counted.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes);
        let path = folder.join(NAME);
        let is_new = match fs::read_to_string(&path) {
            Ok(text) => {
                compare(&path, &text, groups)?;
                false
            }
            Err(e) if e.kind() == ErrorKind::NotFound => true,
            Err(e) => return Err(damaged(format!("{}: {e}", path.display()))),
        };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| io("cannot write", &path, &e))?;
        let mark = Mark { path, file: Arc::new(file), groups };
        mark.note().passed()?;
        if is_new {
            mark.file.sync_all().map_err(|e| io("cannot sync", &mark.path, &e))?;
            sync_folder(folder)?;
        }
        Ok(mark)
    }

    /// Counts the next group.
    pub fn next(&mut self) -> Note {
        self.groups += 1;
        self.note()
    }

    fn note(&self) -> Note {
        Note { path: self.path.clone(), file: self.file.clone(), groups: self.groups }
    }
}

impl Note {
    /// What the group counts itself as.
    pub fn bytes(&self) -> Vec<u8> {
        self.groups.to_be_bytes().to_vec()
    }

    /// The group is on disk. The note itself is not synced: it may lag after a power cut, and is never ahead. Always of the same
    /// length, so that it is never cut.
    pub fn passed(&self) -> Result<()> {
        let text = format!("{:020}\n", self.groups);
        self.file.write_all_at(text.as_bytes(), 0).map_err(|e| io("cannot write", &self.path, &e))
    }
}

fn compare(path: &Path, text: &str, groups: u64) -> Result<()> {
    let acknowledged: Option<u64> =
        text.strip_suffix('\n').filter(|t| t.len() == 20).and_then(|t| t.parse().ok());
    let Some(acknowledged) = acknowledged else {
        let path = path.display();
        return Err(damaged(format!(
            "{path} is cut or is not ours; remove it to open the store without knowing whether something is missing"
        )));
    };
    if acknowledged > groups {
        let missing = acknowledged - groups;
        return Err(damaged(format!(
            "of {acknowledged} groups of changes that were on disk the last {missing} are missing: it was cut or damaged; restore a backup"
        )));
    }
    Ok(())
}

fn damaged(why: String) -> StoreError {
    StoreError::Corrupt { what: "store", why }
}
