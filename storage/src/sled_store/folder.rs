//! The folder of a sled store: `CURRENT` says in which format it is, which generation of the data counts, and holds the data
//! key wrapped by the master key. A new folder is made beside its place and moved there whole.

use super::keys::{self, Tree};
use super::mark::Mark;
use super::media::{self, Media};
use super::trees::{Batch, Trees, backend};
use crate::seal::{DataKey, Seal};
use crate::{MasterKey, Result, Secrets, StoreError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The format that this program writes.
const FORMAT: u32 = 1;
/// An item up to a quarter of this stays in the log, which is synced; sled would write a larger one to a file of its own, which
/// is not.
const SEGMENT: usize = 8 * 1024 * 1024;
/// Resident memory is about 2.7 times this when it is full, and 230 bytes or more for each leaf of a tree besides.
const CACHE: u64 = 8 * 1024 * 1024;

/// So long sled may take to let its file go.
const LET_GO: Duration = Duration::from_secs(10);

/// Held while the store is open: one process for one folder.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "the lock goes when the file is closed")] File);

/// An opened folder: the generation that counts, and what is needed to put another in its place.
#[derive(Debug)]
pub struct Folder {
    pub generation: Generation,
    pub secrets: Secrets,
    pub media: Arc<Media>,
    pub mark: Mark,
    path: PathBuf,
    current: Current,
    /// Goes last: until then nobody else may open the folder.
    _lock: Lock,
}

/// One sled database with everything in it.
#[derive(Debug)]
pub struct Generation {
    disk: Disk,
    pub trees: Arc<Trees>,
    path: PathBuf,
}

/// Where a database lies: what is needed to make it durable.
#[derive(Debug, Clone)]
pub struct Disk {
    db: sled::Db,
    /// sled's own file, to be synced after each flush.
    file: Arc<File>,
}

impl Disk {
    /// Everything that was applied is on disk when this returns.
    pub fn sync(&self) -> Result<()> {
        self.db.flush().map_err(backend)?;
        self.file.sync_data().map_err(|e| StoreError::Backend(format!("cannot sync the store: {e}")))
    }
}

#[derive(Debug, Clone)]
struct Current {
    generation: u64,
    /// The data key, wrapped.
    key: String,
}

/// Opens the folder, or makes it where there is none.
pub fn open(path: &Path, master: &MasterKey) -> Result<Folder> {
    let lock = lock(path)?;
    clear_restore(path)?;
    if !path.exists() {
        create(path, master)?;
    }
    open_locked(path, master, lock)
}

/// What a restore leaves that was broken off: between its two moves the old store, which counts again; before them a copy that
/// nobody uses; after them the old store, of which nothing may stay. Needs the folder's lock.
pub fn clear_restore(path: &Path) -> Result<()> {
    let replaced = beside(path, "replaced");
    if !path.exists() && replaced.exists() {
        fs::rename(&replaced, path).map_err(|e| io("cannot move back", &replaced, &e))?;
        path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), sync_folder)?;
    }
    remove(&replaced)?;
    let restored = beside(path, "restored");
    let _ = fs::remove_file(beside(&restored, "lock"));
    remove(&restored)
}

/// Opens a folder that must be there.
pub fn open_existing(path: &Path, master: &MasterKey) -> Result<Folder> {
    open_locked(path, master, lock(path)?)
}

fn open_locked(path: &Path, master: &MasterKey, lock: Lock) -> Result<Folder> {
    let current = read_current(path)?;
    // Before anything is opened for writing: a wrong key changes nothing.
    let key = master.unwrap(&current.key).ok_or(StoreError::WrongKey)?;
    let generation = Generation::open(&path.join(generation_name(current.generation)), Arc::new(key.seal()))?;
    let secrets =
        generation.trees.get(Tree::Documents, &keys::secrets())?.and_then(|bytes| secrets_from(&bytes));
    let secrets = secrets.ok_or_else(|| missing(&generation.path))?;
    let mark = Mark::open(path, &generation.trees)?;
    clear_leftovers(path, &current)?;
    let media = Arc::new(Media::open(path, &media_keys(&generation)?)?);
    Ok(Folder { generation, secrets, media, mark, path: path.to_owned(), current, _lock: lock })
}

// Those of the store; new ones where it has never had any.
fn media_keys(generation: &Generation) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(keys) = generation.trees.get(Tree::Documents, &keys::media_keys())? {
        return Ok(Zeroizing::new(keys));
    }
    let first = media::first_keys()?;
    let mut batch = Batch::over(&generation.trees);
    batch.put(Tree::Documents, keys::media_keys(), first.to_vec());
    batch.apply()?;
    generation.sync()?;
    Ok(first)
}

impl Generation {
    fn open(path: &Path, seal: Arc<Seal>) -> Result<Generation> {
        let db = open_db(path)?;
        let trees = Arc::new(Trees::open(&db, seal)?);
        let file = path.join("db");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&file)
            .map_err(|e| io("cannot open", &file, &e))?;
        Ok(Generation { disk: Disk { db, file: Arc::new(file) }, trees, path: path.to_owned() })
    }

    /// Everything that was applied is on disk when this returns.
    pub fn sync(&self) -> Result<()> {
        self.disk.sync()
    }

    pub fn disk(&self) -> Disk {
        self.disk.clone()
    }

    /// What the file takes, in bytes.
    pub fn size(&self) -> Result<u64> {
        self.disk.file.metadata().map(|m| m.len()).map_err(|e| io("cannot look at", &self.path, &e))
    }
}

/// A generation being filled, which nobody reads yet.
#[derive(Debug)]
pub struct Next {
    pub generation: Generation,
    current: Current,
}

/// The data key of the next generation.
pub enum NextKey<'m> {
    Same,
    /// A new one, wrapped by the master key.
    New(&'m MasterKey),
}

/// What the writer must know to make the next generation elsewhere.
#[derive(Debug, Clone)]
pub struct Plan {
    path: PathBuf,
    current: Current,
    pub trees: Arc<Trees>,
    pub size: u64,
}

impl Folder {
    pub fn plan(&self) -> Result<Plan> {
        let Folder { path, current, generation, .. } = self;
        Ok(Plan {
            path: path.clone(),
            current: current.clone(),
            trees: generation.trees.clone(),
            size: generation.size()?,
        })
    }

    /// Everything before the step that cannot be taken back: the next generation is on disk, and named beside `CURRENT`.
    pub fn announce(&self, next: &Next) -> Result<()> {
        next.generation.sync()?;
        sync_folder(&next.generation.path)?;
        write_new_current(&self.path, &next.current)
    }

    /// Puts an announced generation in the place of the one that counts: from the moment `CURRENT` is renamed it is the store.
    pub fn swap(&mut self, next: Next) -> Result<Generation> {
        rename_current(&self.path)?;
        self.current = next.current;
        Ok(std::mem::replace(&mut self.generation, next.generation))
    }
}

impl Plan {
    /// An empty next generation, beside the one that counts or in another folder.
    ///
    /// # Errors
    /// [`StoreError::Backend`] if the disk has no room for a second copy.
    pub fn begin(&self, elsewhere: Option<&Path>, key: &NextKey<'_>) -> Result<Next> {
        let folder = elsewhere.unwrap_or(&self.path);
        room_for(self.size, folder)?;
        let number = self.current.generation + 1;
        let path = folder.join(generation_name(number));
        remove(&path)?;
        private(&path)?;
        let (seal, key) = match key {
            NextKey::Same => (self.trees.seal(), self.current.key.clone()),
            NextKey::New(master) => {
                let key = DataKey::generate().map_err(StoreError::Backend)?;
                (Arc::new(key.seal()), master.wrap(&key).map_err(StoreError::Backend)?)
            }
        };
        Ok(Next { generation: Generation::open(&path, seal)?, current: Current { generation: number, key } })
    }
}

impl Next {
    /// Makes the folder that it lies in a store of its own.
    pub fn settle(self) -> Result<()> {
        self.generation.sync()?;
        sync_folder(&self.generation.path)?;
        let folder = self.generation.path.parent().unwrap_or(&self.generation.path).to_owned();
        let current = self.current.clone();
        drop(self);
        write_current(&folder, &current)
    }

    /// Opened anew: sled reads its file through and writes down where everything lies, so that the next start need not.
    pub fn reopened(self) -> Result<Next> {
        let Next { generation, current } = self;
        let (path, seal) = (generation.path.clone(), generation.trees.seal());
        drop(generation);
        match Generation::open(&path, seal) {
            Ok(generation) => Ok(Next { generation, current }),
            Err(error) => {
                remove(&path)?;
                Err(error)
            }
        }
    }

    pub fn discard(self) {
        let path = self.generation.path.clone();
        drop(self);
        if let Err(error) = remove(&path) {
            tracing::warn!(%error, "what was copied in vain could not be removed; it goes at the next start");
        }
    }
}

impl Generation {
    /// Gone with everything in it.
    pub fn remove(self) -> Result<()> {
        let path = self.path.clone();
        drop(self);
        remove(&path)
    }
}

pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(io("cannot remove", path, &e)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(io("cannot remove", path, &e)),
        Ok(()) | Err(_) => Ok(()),
    }
}

// Of a copy that was broken off, or the old one of a copy that was finished just before the end.
fn clear_leftovers(path: &Path, current: &Current) -> Result<()> {
    let keep = generation_name(current.generation);
    for entry in fs::read_dir(path).map_err(|e| io("cannot list", path, &e))? {
        let entry = entry.map_err(|e| io("cannot list", path, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(GENERATION) && name != keep {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn room_for(bytes: u64, path: &Path) -> Result<()> {
    let free = rustix::fs::statvfs(path).map_err(|e| io("cannot look at", path, &e.into()))?;
    let free = free.f_bavail.saturating_mul(free.f_frsize);
    if free < bytes {
        let (needed, there) = (bytes / (1 << 20), free / (1 << 20));
        let why = format!(
            "a second copy of the store needs {needed} MiB, but {} has {there} MiB free",
            path.display()
        );
        return Err(StoreError::Backend(why));
    }
    Ok(())
}

fn missing(generation: &Path) -> StoreError {
    StoreError::Corrupt {
        what: "store",
        why: format!("{} holds no secrets: it was cut or is not ours", generation.display()),
    }
}

pub fn io(doing: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Backend(format!("{doing} {}: {error}", path.display()))
}

/// `store` -> `store.ending`, in the same folder.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

// Beside the folder, so that it is there before the folder is.
pub fn lock(folder: &Path) -> Result<Lock> {
    let path = beside(folder, "lock");
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        private(parent)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| io("cannot open the lock", &path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.display().to_string())),
        Err(TryLockError::Error(e)) => Err(io("cannot lock", &path, &e)),
    }
}

// For its owner alone.
pub fn private(path: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|e| io("cannot make the folder", path, &e))
}

const GENERATION: &str = "generation-";

fn generation_name(number: u64) -> String {
    format!("{GENERATION}{number}")
}

// We hold the folder's lock, so whoever still has sled's own is this process: sled lets it go from a thread of its own, some
// time after the database was dropped.
fn open_db(path: &Path) -> Result<sled::Db> {
    clear_half_snapshots(path)?;
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

// sled 0.34.7 takes a snapshot that it was killed while writing for its newest, and then refuses to open: it leaves out another
// ending than the one it writes. Until one is whole and renamed, the one before is there.
fn clear_half_snapshots(path: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(path) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|e| io("cannot list", path, &e))?.path();
        if path.extension().is_some_and(|ending| ending == "generating") {
            fs::remove_file(&path).map_err(|e| io("cannot remove", &path, &e))?;
        }
    }
    Ok(())
}

pub fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|f| f.sync_all()).map_err(|e| io("cannot sync", path, &e))
}

fn create(folder: &Path, master: &MasterKey) -> Result<()> {
    let new = beside(folder, "new");
    // Left from a start that was broken off: nothing was acknowledged from there.
    remove(&new)?;
    let generation = new.join(generation_name(1));
    private(&generation)?;
    let key = DataKey::generate().map_err(StoreError::Backend)?;
    {
        let generation = Generation::open(&generation, Arc::new(key.seal()))?;
        let mut batch = Batch::over(&generation.trees);
        batch.put(Tree::Documents, keys::secrets(), secrets_to(&Secrets::generate()?));
        batch.apply()?;
        generation.sync()?;
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

/// Whether a folder was made to its end. A backup that was broken off was not.
pub fn is_whole(folder: &Path) -> bool {
    current_path(folder).exists()
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
    write_new_current(folder, current)?;
    rename_current(folder)
}

fn write_new_current(folder: &Path, current: &Current) -> Result<()> {
    let path = current_path(folder);
    let new = path.with_extension("new");
    let text = format!("snak-store {FORMAT}\ngeneration {}\nkey {}\n", current.generation, current.key);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|e| io("cannot write", &new, &e))
}

fn rename_current(folder: &Path) -> Result<()> {
    let path = current_path(folder);
    fs::rename(path.with_extension("new"), &path).map_err(|e| io("cannot write", &path, &e))?;
    sync_folder(folder)
}

pub fn secrets_to(secrets: &Secrets) -> Vec<u8> {
    [secrets.lookup.as_slice(), &secrets.pseudonym, &secrets.cursor, &secrets.epoch.to_be_bytes()].concat()
}

fn secrets_from(bytes: &[u8]) -> Option<Secrets> {
    let (lookup, rest) = bytes.split_first_chunk()?;
    let (pseudonym, rest) = rest.split_first_chunk()?;
    let (cursor, rest) = rest.split_first_chunk()?;
    let epoch = u64::from_be_bytes(rest.try_into().ok()?);
    Some(Secrets { lookup: *lookup, pseudonym: *pseudonym, cursor: *cursor, epoch })
}
