//! A store's folder, read without the store: what is sealed in it, and what that is when it is opened.

use crate::support::service::files;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;
use storage::{ConversationKey, Cursor, DialogueId, Store};

/// The store's trees, in the order of the byte that is bound into their values.
const TREES: [&str; 7] = ["conversations", "responses", "outbox", "index", "seen", "documents", "pieces"];
const PIECES: usize = 6;
const LET_GO: Duration = Duration::from_millis(50);

/// Pieces of the files that cannot be alike by chance: what is sealed has them, what is empty or counted has not.
pub fn sealed(folder: &Path) -> HashSet<[u8; 24]> {
    let mut pieces = HashSet::new();
    for (path, bytes) in files(folder) {
        // The keys wrapped by the master key outlive an erasure.
        if path.ends_with("CURRENT") {
            continue;
        }
        for piece in bytes.windows(24).step_by(8).filter(|piece| piece[..8] != [0; 8]) {
            let distinct: HashSet<u8> = piece.iter().copied().collect();
            if distinct.len() >= 20 {
                pieces.insert(piece.try_into().unwrap());
            }
        }
    }
    pieces
}

/// Ids that stay in the store, so that a tombstone is found.
pub struct Ids(HashSet<[u8; 6]>);

impl Ids {
    pub fn in_part_of(&self, piece: &[u8; 24]) -> bool {
        piece.windows(6).any(|part| self.0.contains(part))
    }
}

/// `others`: see [`filed`].
pub async fn ids(
    store: &dyn Store,
    logs: &[DialogueId],
    of: &[ConversationKey],
    others: Vec<Vec<u8>>,
) -> Ids {
    let mut ids: Vec<Vec<u8>> = of.iter().map(|key| key.0.to_vec()).chain(others).collect();
    for log in logs {
        let rows = store.responses(log, Cursor(0), usize::MAX).await.unwrap();
        assert!(!rows.is_empty(), "nothing is in {log:?}");
        ids.extend(rows.iter().map(|row| row.response.as_bytes().to_vec()));
    }
    Ids(ids
        .iter()
        .flat_map(|id| id.windows(6).map(|part| part.try_into().unwrap()).collect::<Vec<_>>())
        .collect())
}

pub fn nothing_of(folder: &Path, before: &[[u8; 24]]) {
    let before: HashSet<&[u8]> = before.iter().map(|piece| piece.as_slice()).collect();
    for (path, bytes) in files(folder) {
        let there = bytes.windows(24).find(|piece| piece[..8] != [0; 8] && before.contains(piece));
        assert!(there.is_none(), "{there:x?} from before the erasure is still in {}", path.display());
    }
}

/// Under what is filed that stays and is about nobody: updates that must not count twice, by a keyed hash and for two days, and the
/// log of who pulled what when.
pub fn filed(folder: &Path) -> Vec<Vec<u8>> {
    const ACCESS: u8 = 4;
    let db = database(folder);
    let keys = |tree: &str| db.open_tree(tree).unwrap().iter().keys().map(|key| key.unwrap().to_vec());
    let log = keys("documents").filter(|key| key[0] == ACCESS);
    let filed: Vec<Vec<u8>> = keys("seen").map(|key| key[4..].to_vec()).chain(log).collect();
    assert!(filed.len() > 10, "{} are filed", filed.len());
    filed
}

fn current(folder: &Path, name: &str) -> String {
    let current = std::fs::read_to_string(folder.join("CURRENT")).unwrap();
    current.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned()
}

fn database(folder: &Path) -> sled::Db {
    let generation = folder.join(format!("generation-{}", current(folder, "generation ")));
    let config = sled::Config::new().path(generation).segment_size(8 << 20);
    // sled lets a file go some time after it was closed.
    let tries = std::iter::repeat_with(|| config.open().ok().ok_or_else(|| std::thread::sleep(LET_GO)));
    tries.take(100).find_map(Result::ok).expect("nobody has it open")
}

/// Every key and value of a closed store, opened with the key that the master key wraps.
pub fn opened(folder: &Path, master: &str) -> Vec<Vec<u8>> {
    let data_key = open(&hex(master), b"data key", &hex(&current(folder, "key "))).expect("it is the key");
    let db = database(folder);
    let trees: Vec<sled::Tree> = TREES.iter().map(|name| db.open_tree(name).unwrap()).collect();
    let mut found = Vec::new();
    for (n, tree) in trees.iter().enumerate().filter(|(n, _)| *n != PIECES) {
        for entry in tree.iter() {
            let (key, stored) = entry.unwrap();
            let place = [&[n as u8], key.as_ref()].concat();
            found.push(key.to_vec());
            let Some((further, first)) = stored.split_first() else { continue };
            let mut sealed = first.to_vec();
            for piece in 1..=*further {
                let place = [place.as_slice(), &[piece]].concat();
                sealed.extend_from_slice(&trees[PIECES].get(place).unwrap().unwrap());
            }
            found.push(open(&data_key, &place, &sealed).expect("a value opens with its key"));
        }
    }
    assert!(found.len() > 20, "a store holds more than {} things", found.len());
    found
}

fn open(key: &[u8], place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place }).ok()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.trim().chars().map(|c| c.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
