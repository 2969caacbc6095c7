//! The master key: from a setting, from a file, or made on first start in the user's config folder.

use super::Failure;
use crate::settings::{KeySource, Settings};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use storage::MasterKey;

/// The key that fits the settings. Makes one only where there is neither a key nor a store.
pub fn master(settings: &Settings) -> Result<MasterKey, Failure> {
    let wrong =
        |place: &str| Failure::Misuse(format!("the master key in {place} is not 64 hexadecimal digits"));
    match &settings.key {
        KeySource::Text(text) => MasterKey::from_text(text.trim()).map_err(|_| wrong("SNAK_KEY")),
        KeySource::File(path) => {
            apart(path, settings)?;
            let text = fs::read_to_string(path).map_err(|e| {
                Failure::Misuse(format!("the master key file {} cannot be read: {e}", path.display()))
            })?;
            MasterKey::from_text(text.trim()).map_err(|_| wrong(&path.display().to_string()))
        }
        KeySource::Own(path) => match fs::read_to_string(path) {
            Ok(text) => MasterKey::from_text(text.trim()).map_err(|_| wrong(&path.display().to_string())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => make(path, settings),
            Err(e) => {
                Err(Failure::Misuse(format!("the master key file {} cannot be read: {e}", path.display())))
            }
        },
    }
}

// Whoever takes a copy of the data folder must not have the key with it.
fn apart(key: &Path, settings: &Settings) -> Result<(), Failure> {
    let (Ok(key), Ok(data)) = (key.canonicalize(), settings.data.canonicalize()) else { return Ok(()) };
    match key.starts_with(&data) {
        true => Err(Failure::Misuse(format!(
            "the master key {} lies in the data folder: keep it somewhere else",
            key.display()
        ))),
        false => Ok(()),
    }
}

fn make(path: &Path, settings: &Settings) -> Result<MasterKey, Failure> {
    if let Some(store) = store_folder(&settings.store).filter(|s| s.exists()) {
        return Err(Failure::Misuse(format!(
            "there is a store in {}, but no master key in {}: put the key back, or name it with SNAK_KEY_FILE",
            store.display(),
            path.display()
        )));
    }
    let cannot = |e: std::io::Error| {
        Failure::Misuse(format!("the master key cannot be written to {}: {e}", path.display()))
    };
    let key =
        MasterKey::generate().map_err(|e| Failure::Misuse(format!("no master key can be made: {e}")))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
    file.write_all(format!("{}\n", key.to_text().as_str()).as_bytes()).map_err(cannot)?;
    file.sync_all().map_err(cannot)?;
    tracing::info!("made a master key in {}: keep a copy of it somewhere safe", path.display());
    Ok(key)
}

pub fn store_folder(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sled:").map(PathBuf::from)
}

/// What a failed opening of the store means to the operator.
pub fn store_failure(error: &storage::StoreError, settings: &Settings) -> Failure {
    use storage::StoreError as E;
    let store = &settings.store;
    Failure::Misuse(match error {
        E::WrongKey => format!("the master key does not fit the store {store}; nothing was changed"),
        E::InUse(_) => format!(
            "the data folder {} is in use by another snak; stop it, or choose another with --data",
            settings.data.display()
        ),
        other => format!("the store {store} cannot be opened: {other}"),
    })
}
