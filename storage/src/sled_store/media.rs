//! Pictures, voice messages and files: one sealed file each in the store's `media` folder, on disk before anybody names it.
//!
//! They have keys of their own, kept in the store: a compaction copies no media. A change of keys seals each file anew.

use super::folder::{io, private, remove_file, sync_folder};
use crate::seal::{DataKey, random};
use crate::{MediaId, Result, StoreError};
use jiff::Timestamp;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
/// A file is sealed in pieces of this many bytes: a damaged or shortened one is told from a whole.
const PIECE: usize = 64 * 1024;
/// What sealing adds to a piece: a nonce of 24 and a tag of 16 bytes.
const ADDED: usize = 40;

#[derive(Debug)]
pub struct Media {
    folder: PathBuf,
    keys: RwLock<Keys>,
}

/// Keys by number, the one in use last. There are two only while files are sealed anew.
struct Keys(Vec<(u32, DataKey)>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    fn from_bytes(bytes: &[u8]) -> Option<Keys> {
        let (keys, rest) = bytes.as_chunks::<36>();
        let key = |bytes: &[u8; 36]| {
            let (number, key) = bytes.split_first_chunk()?;
            Some((u32::from_be_bytes(*number), DataKey::from_bytes(key.try_into().ok()?)))
        };
        let keys: Vec<_> = keys.iter().map(key).collect::<Option<_>>()?;
        (rest.is_empty() && !keys.is_empty()).then_some(Keys(keys))
    }

    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let key = |(number, key): &(u32, DataKey)| [number.to_be_bytes().as_slice(), key.bytes()].concat();
        Zeroizing::new(self.0.iter().flat_map(key).collect())
    }

    fn newest(&self) -> u32 {
        self.0.last().map_or(0, |(number, _)| *number)
    }

    fn seal(&self, id: MediaId, plain: &[u8]) -> Result<Vec<u8>> {
        let Some((number, key)) = self.0.last() else { return Err(damaged()) };
        let seal = key.seal();
        let mut sealed = [&[FORMAT], number.to_be_bytes().as_slice()].concat();
        let mut pieces: Vec<&[u8]> = plain.chunks(PIECE).collect();
        if pieces.is_empty() {
            pieces.push(&[]);
        }
        for (n, piece) in pieces.iter().enumerate() {
            let place = place(id, n, n + 1 == pieces.len());
            sealed.extend(seal.seal(&place, piece).map_err(StoreError::Backend)?);
        }
        Ok(sealed)
    }

    fn open(&self, id: MediaId, sealed: &[u8]) -> Option<Vec<u8>> {
        let number = number_of(sealed)?;
        let (_, key) = self.0.iter().find(|(n, _)| *n == number)?;
        let seal = key.seal();
        let pieces: Vec<&[u8]> = sealed[5..].chunks(PIECE + ADDED).collect();
        let mut plain = Vec::with_capacity(sealed.len());
        for (n, piece) in pieces.iter().enumerate() {
            plain.extend(seal.open(&place(id, n, n + 1 == pieces.len()), piece)?);
        }
        (!pieces.is_empty()).then_some(plain)
    }
}

fn number_of(sealed: &[u8]) -> Option<u32> {
    let (format, rest) = sealed.split_first()?;
    (*format == FORMAT).then(|| rest.first_chunk().map(|n| u32::from_be_bytes(*n)))?
}

// Which file a piece belongs to, where it stands in it, and whether it is the last.
fn place(id: MediaId, n: usize, last: bool) -> Vec<u8> {
    [b"media", id.0.as_bytes().as_slice(), &(n as u64).to_be_bytes(), &[last.into()]].concat()
}

fn damaged() -> StoreError {
    StoreError::Corrupt { what: "file", why: "it is damaged or does not belong where it lies".to_owned() }
}

/// The first keys of a store, as they are kept.
pub fn first_keys() -> Result<Zeroizing<Vec<u8>>> {
    Ok(Keys(vec![(1, DataKey::generate().map_err(StoreError::Backend)?)]).to_bytes())
}

impl Media {
    /// The media of a store's folder, opened with the keys that the store keeps.
    pub fn open(store: &Path, keys: &[u8]) -> Result<Media> {
        let folder = store.join("media");
        private(&folder)?;
        sync_folder(store)?;
        let keys = Keys::from_bytes(keys)
            .ok_or_else(|| StoreError::Corrupt { what: "keys of media", why: "they are cut".to_owned() })?;
        Ok(Media { folder, keys: RwLock::new(keys) })
    }

    fn path(&self, id: MediaId) -> PathBuf {
        self.folder.join(id.0.to_string())
    }

    /// Seals and keeps a file: on disk when this returns.
    pub fn put(&self, bytes: &[u8], at: Timestamp) -> Result<MediaId> {
        let id = uuid::Builder::from_random_bytes(random().map_err(StoreError::Backend)?).into_uuid();
        let id = MediaId(id);
        // Held until the file is there: who changes the keys sees every file that the old one sealed.
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        write(&self.path(id), &keys.seal(id, bytes)?, at.into())?;
        sync_folder(&self.folder)?;
        Ok(id)
    }

    /// `None`: there is no such file, or it was erased.
    pub fn get(&self, id: MediaId) -> Result<Option<Vec<u8>>> {
        // Once more where it was sealed anew between reading it and looking for its key.
        for _ in 0..2 {
            let Some(sealed) = self.sealed(id)? else { return Ok(None) };
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(plain) = keys.open(id, &sealed) {
                return Ok(Some(plain));
            }
        }
        Err(damaged())
    }

    fn sealed(&self, id: MediaId) -> Result<Option<Vec<u8>>> {
        let path = self.path(id);
        match fs::read(&path) {
            Ok(sealed) => Ok(Some(sealed)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io("cannot read", &path, &e)),
        }
    }

    /// Removes files; one that is gone already is passed over.
    pub fn remove(&self, list: &[MediaId]) -> Result<()> {
        for id in list {
            remove_file(&self.path(*id))?;
        }
        if list.is_empty() { Ok(()) } else { sync_folder(&self.folder) }
    }

    /// Removes what was put before `before` and nobody names, and what was left of writing; gives how many files.
    pub fn collect(&self, before: Timestamp, named: impl Fn(MediaId) -> Result<bool>) -> Result<usize> {
        let mut removed = 0;
        for (path, id) in self.list()? {
            let put = fs::metadata(&path).and_then(|m| m.modified());
            let old = put.is_ok_and(|put| put < SystemTime::from(before));
            if old && !id.map_or(Ok(false), &named)? {
                remove_file(&path)?;
                removed += 1;
            }
        }
        if removed > 0 {
            sync_folder(&self.folder)?;
        }
        Ok(removed)
    }

    // Everything in the folder; without an id where the name is none.
    fn list(&self) -> Result<Vec<(PathBuf, Option<MediaId>)>> {
        let list = fs::read_dir(&self.folder).map_err(|e| io("cannot list", &self.folder, &e))?;
        let file = |entry: fs::DirEntry| {
            let id = entry.file_name().to_str().and_then(|name| name.parse().ok()).map(MediaId);
            (entry.path(), id)
        };
        list.map(|entry| entry.map(file).map_err(|e| io("cannot list", &self.folder, &e))).collect()
    }

    /// Copies the sealed files of `wanted` to another store's folder; gives their size in bytes.
    pub fn copy(&self, wanted: &[MediaId], store: &Path) -> Result<u64> {
        let to = store.join("media");
        private(&to)?;
        let mut bytes = 0;
        for id in wanted {
            let path = self.path(*id);
            let put = fs::metadata(&path).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            let sealed = self.sealed(*id)?.ok_or_else(|| {
                let why = format!("{} is named and is not there", path.display());
                StoreError::Corrupt { what: "file", why }
            })?;
            write(&to.join(id.0.to_string()), &sealed, put)?;
            bytes += sealed.len() as u64;
        }
        sync_folder(&to)?;
        Ok(bytes)
    }

    /// A new key for every file; what the old one sealed is gone afterwards. `keep` writes the keys to the store. Broken off, the
    /// next call finishes it.
    pub fn renew(&self, keep: impl Fn(Zeroizing<Vec<u8>>) -> Result<()>) -> Result<()> {
        let fresh = DataKey::generate().map_err(StoreError::Backend)?;
        let newest = {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            let newest = keys.newest() + 1;
            keys.0.push((newest, fresh));
            keep(keys.to_bytes()).inspect_err(|_| drop(keys.0.pop()))?;
            newest
        };
        for (path, id) in self.list()? {
            if let Some(id) = id {
                self.seal_anew(&path, id, newest)?;
            }
        }
        sync_folder(&self.folder)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let all = keys.to_bytes();
        keys.0.retain(|(number, _)| *number == newest);
        keep(keys.to_bytes()).inspect_err(|_| {
            // Still needed by nobody, but the store and this process must not differ.
            if let Some(before) = Keys::from_bytes(&all) {
                *keys = before;
            }
        })
    }

    fn seal_anew(&self, path: &Path, id: MediaId, newest: u32) -> Result<()> {
        let Some(sealed) = self.sealed(id)? else { return Ok(()) };
        if number_of(&sealed) == Some(newest) {
            return Ok(());
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let Some(plain) = keys.open(id, &sealed).map(Zeroizing::new) else {
            // No key opens it: it is lost already, and must not keep the others from theirs.
            tracing::error!(file = %path.display(), "a file is damaged and cannot be sealed anew");
            return Ok(());
        };
        let put = fs::metadata(path).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let new = path.with_extension("new");
        remove_file(&new)?;
        write(&new, &keys.seal(id, &plain)?, put)?;
        fs::rename(&new, path).map_err(|e| io("cannot write", path, &e))
    }
}

// A new file of its owner alone, its bytes on disk; its name is when the folder is synced.
fn write(path: &Path, bytes: &[u8], at: SystemTime) -> Result<()> {
    let written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(|mut file: File| {
            file.write_all(bytes)?;
            file.set_modified(at)?;
            file.sync_all()
        });
    written.map_err(|e| io("cannot write", path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_file_opens_whole_in_its_place_or_not_at_all() {
        let keys = Keys::from_bytes(&first_keys().unwrap()).unwrap();
        let (id, other) = (MediaId(Uuid::from_u128(1)), MediaId(Uuid::from_u128(2)));
        for size in [0, 1, PIECE, PIECE + 1, 3 * PIECE] {
            let plain: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let sealed = keys.seal(id, &plain).unwrap();
            assert_eq!(keys.open(id, &sealed).as_deref(), Some(plain.as_slice()), "{size} bytes");
            assert_eq!(keys.open(other, &sealed), None, "moved");
            assert_eq!(keys.open(id, &sealed[..sealed.len() - 1]), None, "cut");
            assert_eq!(
                keys.open(id, &sealed[..5 + (PIECE + ADDED).min(sealed.len() - 6)]),
                None,
                "pieces lost"
            );
        }
    }
}
