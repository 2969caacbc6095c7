//! The pictures and films that institutions show: files in their folder `media`, and nothing that lies elsewhere.

use super::folder::{fits_a_link, real};
use crate::script::{MediaFile, media_type};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders in folders deeper than this are not looked into.
const MAX_DEPTH: usize = 3;
/// More files than this are not counted.
const MAX_FILES: usize = 10_000;

/// Every file of an institution's folder that may be shown.
pub fn media_in(institution: &Path, root: &Path) -> Arc<[MediaFile]> {
    let Some(media) = media_folder(institution, root) else { return Arc::default() };
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, usize)> = vec![(media.clone(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(Result::ok).map(|e| e.path()) {
            let name = path.strip_prefix(&media).ok().and_then(Path::to_str).unwrap_or_default();
            match inside(&path, &media) {
                Some(meta) if meta.is_dir() && depth < MAX_DEPTH => open.push((path, depth + 1)),
                Some(meta) if meta.is_file() && media_type(name).is_some() && found.len() < MAX_FILES => {
                    found.push(MediaFile { name: name.to_owned(), bytes: meta.len() });
                }
                Some(_) | None => {}
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.into()
}

/// The bytes of a file; `None` where it is not there, lies elsewhere or is too large.
pub fn media(root: &Path, institution: &str, file: &str) -> Option<Vec<u8>> {
    let (path, most) = shown(root, institution, file)?;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
    (!bytes.is_empty() && bytes.len() as u64 <= most).then_some(bytes)
}

/// Whether [`media`] has the file.
pub fn has_media(root: &Path, institution: &str, file: &str) -> bool {
    shown(root, institution, file).is_some()
}

// Where a file lies that may be shown, and how large it may be.
fn shown(root: &Path, institution: &str, file: &str) -> Option<(PathBuf, u64)> {
    let (kind, _) = media_type(file).filter(|_| fits_a_link(institution))?;
    let root = real(root).ok()?;
    let media = media_folder(&root.join(institution), &root)?;
    let path = media.join(file);
    let fits = |meta: &std::fs::Metadata| meta.is_file() && (1..=kind.max_bytes()).contains(&meta.len());
    inside(&path, &media).filter(fits)?;
    Some((path, kind.max_bytes()))
}

fn media_folder(institution: &Path, root: &Path) -> Option<PathBuf> {
    let folder = real(&institution.join("media")).ok()?;
    (folder.is_dir() && folder.starts_with(real(root).ok()?)).then_some(folder)
}

// What a path leads to, if that lies in `folder`: a link may lead anywhere.
fn inside(path: &Path, folder: &Path) -> Option<std::fs::Metadata> {
    let real = path.canonicalize().ok().filter(|real| real.starts_with(folder))?;
    real.metadata().ok()
}
