//! The folder of a sled store: `CURRENT` says in which format it is, which generation of the data counts, and holds the data
//! key wrapped by the master key. A new folder is made beside its place and moved there whole.

use super::keys::{self, Tree};
use super::trees::{Batch, Trees, backend};
use crate::seal::DataKey;
use crate::{MasterKey, Result, Secrets, StoreError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The format that this program writes.
const FORMAT: u32 = 1;
/// An item up to a quarter of this stays in the log, which is synced; sled would write a larger one to a file of its own, which
/// is not.
const SEGMENT: usize = 8 * 1024 * 1024;
/// Resident memory is about 2.7 times this when it is full.
const CACHE: u64 = 64 * 1024 * 1024;

/// So long sled may take to let its file go.
const LET_GO: Duration = Duration::from_secs(10);

/// Held while the store is open: one process for one folder.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "the lock goes when the file is closed")] File);

/// An opened folder.
#[derive(Debug)]
pub struct Folder {
    pub db: sled::Db,
    /// sled's own file, to be synced after each flush.
    pub file: File,
    pub trees: Arc<Trees>,
    pub secrets: Secrets,
    /// Goes last: until then nobody else may open the folder.
    pub _lock: Lock,
}

struct Current {
    generation: u64,
    key: String,
}

/// Opens the folder, or makes it where there is none.
pub fn open(folder: &Path, master: &MasterKey) -> Result<Folder> {
    let lock = lock(folder)?;
    if !folder.exists() {
        create(folder, master)?;
    }
    let current = read_current(folder)?;
    // Before anything is opened for writing: a wrong key changes nothing.
    let key = master.unwrap(&current.key).ok_or(StoreError::WrongKey)?;
    let generation = folder.join(generation_name(current.generation));
    let db = open_db(&generation)?;
    let trees = Trees::open(&db, key.seal())?;
    let secrets = trees.get(Tree::Documents, &keys::secrets())?.ok_or_else(|| missing(&generation))?;
    let secrets = secrets_from(&secrets).ok_or_else(|| missing(&generation))?;
    let file = open_file(&generation)?;
    Ok(Folder { db, file, trees: Arc::new(trees), secrets, _lock: lock })
}

fn missing(generation: &Path) -> StoreError {
    StoreError::Corrupt {
        what: "store",
        why: format!("{} holds no secrets: it was cut or is not ours", generation.display()),
    }
}

fn io(doing: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Backend(format!("{doing} {}: {error}", path.display()))
}

// Beside the folder, so that it is there before the folder is.
fn lock(folder: &Path) -> Result<Lock> {
    let path = folder.with_extension("lock");
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|e| io("cannot make the folder", parent, &e))?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| io("cannot open the lock", &path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.display().to_string())),
        Err(TryLockError::Error(e)) => Err(io("cannot lock", &path, &e)),
    }
}

fn generation_name(number: u64) -> String {
    format!("generation-{number}")
}

// We hold the folder's lock, so whoever still has sled's own is this process: sled lets it go from a thread of its own, some
// time after the database was dropped.
fn open_db(path: &Path) -> Result<sled::Db> {
    let begun = Instant::now();
    let config =
        sled::Config::new().path(path).segment_size(SEGMENT).cache_capacity(CACHE).flush_every_ms(None);
    loop {
        match config.open() {
            Ok(db) => return Ok(db),
            Err(sled::Error::Io(e)) if e.to_string().contains("acquire lock") && begun.elapsed() < LET_GO => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(e @ sled::Error::Corruption { .. }) => {
                return Err(StoreError::Corrupt { what: "store", why: format!("{}: {e}", path.display()) });
            }
            Err(other) => return Err(backend(other)),
        }
    }
}

fn open_file(generation: &Path) -> Result<File> {
    let path = generation.join("db");
    OpenOptions::new().read(true).write(true).open(&path).map_err(|e| io("cannot open", &path, &e))
}

pub fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|f| f.sync_all()).map_err(|e| io("cannot sync", path, &e))
}

fn create(folder: &Path, master: &MasterKey) -> Result<()> {
    let new = folder.with_extension("new");
    // Left from a start that was broken off: nothing was acknowledged from there.
    match fs::remove_dir_all(&new) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(io("cannot clear", &new, &e)),
        Ok(()) | Err(_) => {}
    }
    let generation = new.join(generation_name(1));
    fs::create_dir_all(&generation).map_err(|e| io("cannot make the folder", &generation, &e))?;
    let key = DataKey::generate().map_err(StoreError::Backend)?;
    {
        let db = open_db(&generation)?;
        let trees = Trees::open(&db, key.seal())?;
        let mut batch = Batch::over(&trees);
        batch.put(Tree::Documents, keys::secrets(), secrets_to(&Secrets::generate()?));
        batch.apply()?;
        db.flush().map_err(backend)?;
        open_file(&generation)?.sync_all().map_err(|e| io("cannot sync", &generation, &e))?;
    }
    let wrapped = master.wrap(&key).map_err(StoreError::Backend)?;
    write_current(&new, &Current { generation: 1, key: wrapped })?;
    sync_folder(&generation)?;
    sync_folder(&new)?;
    fs::rename(&new, folder).map_err(|e| io("cannot move the new store to", folder, &e))?;
    folder.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn current_path(folder: &Path) -> PathBuf {
    folder.join("CURRENT")
}

fn read_current(folder: &Path) -> Result<Current> {
    let path = current_path(folder);
    let text = fs::read_to_string(&path).map_err(|e| io("cannot read", &path, &e))?;
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let unreadable =
        || StoreError::Corrupt { what: "store", why: format!("{} is cut or is not ours", path.display()) };
    let format: u32 = value("snak-store").and_then(|v| v.parse().ok()).ok_or_else(unreadable)?;
    if format > FORMAT {
        return Err(StoreError::Newer { found: format, known: FORMAT });
    }
    let generation = value("generation").and_then(|v| v.parse().ok()).ok_or_else(unreadable)?;
    Ok(Current { generation, key: value("key").ok_or_else(unreadable)?.to_owned() })
}

fn write_current(folder: &Path, current: &Current) -> Result<()> {
    let path = current_path(folder);
    let new = path.with_extension("new");
    let text = format!("snak-store {FORMAT}\ngeneration {}\nkey {}\n", current.generation, current.key);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, &path)).map_err(|e| io("cannot write", &path, &e))?;
    sync_folder(folder)
}

fn secrets_to(secrets: &Secrets) -> Vec<u8> {
    [secrets.lookup.as_slice(), &secrets.pseudonym, &secrets.cursor, &secrets.epoch.to_be_bytes()].concat()
}

fn secrets_from(bytes: &[u8]) -> Option<Secrets> {
    let (lookup, rest) = bytes.split_first_chunk()?;
    let (pseudonym, rest) = rest.split_first_chunk()?;
    let (cursor, rest) = rest.split_first_chunk()?;
    let epoch = u64::from_be_bytes(rest.try_into().ok()?);
    Some(Secrets { lookup: *lookup, pseudonym: *pseudonym, cursor: *cursor, epoch })
}
