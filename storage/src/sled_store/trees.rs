//! The trees with their values sealed, and a batch of changes over them that is applied in one transaction.

use super::heads::Heads;
use super::keys::{self, TREES, Tree};
use super::ledger;
use crate::seal::Seal;
use crate::{DialogueId, Extent, Result, StoreError};
use sled::IVec;
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// Larger values are stored in pieces. sled puts an item above a quarter of a segment into a file of its own that it never
/// syncs; its leaves hold up to 16 values or so, and a leaf must stay below that as well.
const PIECE: usize = 48 * 1024;

/// sled looks what to drop from its cache only when 64 accesses to one of 256 parts of it have come together, whatever its capacity:
/// a scan that comes once to each leaf of 8 to 16 values leaves 16,384 leaves in memory (130 MiB of responses). So it asks again for
/// every fourth key, which is in memory then.
const ASKED_AGAIN: usize = 4;

pub struct Trees {
    trees: Vec<sled::Tree>,
    seal: Arc<Seal>,
}

impl std::fmt::Debug for Trees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trees")
    }
}

pub fn backend(error: sled::Error) -> StoreError {
    match error {
        // Damaged on disk: it will not be read another time either.
        sled::Error::Corruption { at, .. } => {
            let place = at.map_or_else(String::new, |at| format!(" at {at:?}"));
            StoreError::Corrupt { what: "store", why: format!("a part of its file is damaged{place}") }
        }
        other => StoreError::Backend(other.to_string()),
    }
}

impl Trees {
    pub fn open(db: &sled::Db, seal: Arc<Seal>) -> Result<Trees> {
        let trees =
            TREES.iter().map(|(_, name)| db.open_tree(name).map_err(backend)).collect::<Result<_>>()?;
        Ok(Trees { trees, seal })
    }

    pub fn seal(&self) -> Arc<Seal> {
        self.seal.clone()
    }

    fn tree(&self, tree: Tree) -> &sled::Tree {
        &self.trees[tree as usize]
    }

    pub fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(stored) = self.tree(tree).get(key).map_err(backend)? else { return Ok(None) };
        self.whole(tree, key, stored)
    }

    // A value in pieces is read in several steps, and may be written anew between two of them: then it is read again.
    fn whole(&self, tree: Tree, key: &[u8], mut stored: IVec) -> Result<Option<Vec<u8>>> {
        loop {
            let read = self.joined(tree, key, &stored);
            if read.is_ok() || stored.first().is_none_or(|further| *further == 0) {
                return read.map(Some);
            }
            match self.tree(tree).get(key).map_err(backend)? {
                None => return Ok(None),
                Some(now) if now == stored => return read.map(Some),
                Some(now) => stored = now,
            }
        }
    }

    fn joined(&self, tree: Tree, key: &[u8], stored: &[u8]) -> Result<Vec<u8>> {
        let Some((&further, first)) = stored.split_first() else { return Ok(Vec::new()) };
        if further == 0 {
            return self.opened(tree, key, first);
        }
        let mut sealed = first.to_vec();
        for n in 1..=further {
            let piece = self.tree(Tree::Pieces).get(keys::piece(tree, key, n)).map_err(backend)?;
            sealed.extend_from_slice(&piece.ok_or_else(|| damaged(tree))?);
        }
        self.opened(tree, key, &sealed)
    }

    fn opened(&self, tree: Tree, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let mut place = Vec::with_capacity(1 + key.len());
        bind(&mut place, tree, key);
        self.seal.open(&place, sealed).ok_or_else(|| damaged(tree))
    }

    /// Keys and values from `from` on, while `wanted` says so of the key, at most `limit`.
    pub fn from(
        &self,
        tree: Tree,
        from: &[u8],
        limit: usize,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut found = Vec::new();
        for entry in self.scan(tree, from).take(limit) {
            let (key, stored) = entry?;
            if !wanted(&key) {
                break;
            }
            if let Some(value) = self.whole(tree, &key, stored)? {
                found.push((key.to_vec(), value));
            }
        }
        Ok(found)
    }

    /// At most `limit` keys behind `after` (`None`: from the first), in order.
    pub fn keys_after(&self, tree: Tree, after: Option<&[u8]>, limit: usize) -> Result<Vec<Vec<u8>>> {
        let found = self.scan(tree, &behind(after)).take(limit);
        found.map(|entry| entry.map(|(key, _)| key.to_vec())).collect()
    }

    /// At most `limit` keys behind `after`, in order, with what is read there.
    pub fn after(&self, tree: Tree, after: Option<&[u8]>, limit: usize) -> Result<Vec<Entry>> {
        self.scan(tree, &behind(after))
            .take(limit)
            .map(|entry| {
                let (key, stored) = entry?;
                let value = self.whole(tree, &key, stored);
                Ok((tree, key.to_vec(), value))
            })
            .collect()
    }

    /// What lies in a tree, keys and sealed values.
    pub fn bytes(&self, tree: Tree) -> Result<u64> {
        self.scan(tree, &[]).map(|entry| entry.map(|(k, v)| (k.len() + v.len()) as u64)).sum()
    }

    fn scan<'t>(&'t self, tree: Tree, first: &[u8]) -> impl Iterator<Item = Result<Pair>> + use<'t> {
        self.scanned(tree, self.tree(tree).range(first..))
    }

    // As it comes, and no more of it in memory than the cache may hold.
    fn scanned(&self, tree: Tree, entries: sled::Iter) -> impl Iterator<Item = Result<Pair>> {
        let tree = self.tree(tree);
        entries.zip((0..ASKED_AGAIN).cycle()).map(move |(entry, n)| {
            let (key, stored) = entry.map_err(backend)?;
            if n + 1 == ASKED_AGAIN {
                tree.contains_key(&key).map_err(backend)?;
            }
            Ok((key, stored))
        })
    }

    /// Every key that begins with `prefix`, in order.
    pub fn keys<'t>(&'t self, tree: Tree, prefix: &[u8]) -> impl Iterator<Item = Result<Vec<u8>>> + use<'t> {
        self.scanned(tree, self.tree(tree).scan_prefix(prefix))
            .map(|entry| entry.map(|(key, _)| key.to_vec()))
    }
}

fn behind(key: Option<&[u8]>) -> Vec<u8> {
    key.map(|key| [key, &[0]].concat()).unwrap_or_default()
}

// What a value is bound to.
fn bind(place: &mut Vec<u8>, tree: Tree, key: &[u8]) {
    place.clear();
    place.push(tree as u8);
    place.extend_from_slice(key);
}

fn damaged(tree: Tree) -> StoreError {
    let what = TREES[tree as usize].1;
    StoreError::Corrupt { what, why: "a value is damaged or does not belong where it lies".to_owned() }
}

/// A key and what lies there, sealed.
type Pair = (IVec, IVec);

/// A key, and what is read there: `None` if it is gone.
pub type Entry = (Tree, Vec<u8>, Result<Option<Vec<u8>>>);

/// `None`: removed.
type Value = Option<Vec<u8>>;
type Changed = BTreeMap<IVec, Value>;
type Write = (Tree, IVec, Value);

/// Changes not yet applied, over the trees as they are: what is read is what will be there.
pub struct Batch<'t> {
    trees: &'t Trees,
    changed: Vec<Changed>,
    /// What each change replaced, so that a job that fails can be taken back.
    journal: Vec<(Tree, IVec, Option<Value>)>,
    heads: Option<&'t Heads>,
    /// Whether keys with a prefix are in the trees, as it was when first asked.
    any: BTreeMap<(Tree, IVec), bool>,
}

impl<'t> Batch<'t> {
    pub fn over(trees: &'t Trees) -> Batch<'t> {
        let changed = vec![Changed::new(); TREES.len()];
        Batch { trees, changed, journal: Vec::new(), heads: None, any: BTreeMap::new() }
    }

    /// With what is remembered of the conversations in these trees.
    pub fn with(self, heads: &'t Heads) -> Batch<'t> {
        Batch { heads: Some(heads), ..self }
    }

    pub fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.changed[tree as usize].get(key) {
            Some(changed) => Ok(changed.clone()),
            None => self.trees.get(tree, key),
        }
    }

    /// The conversation at `key`, of which only the beginning may be there.
    pub fn head(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let remembered = self.heads.and_then(|heads| heads.get(key));
        match (self.changed[Tree::Conversations as usize].get(key), remembered) {
            (Some(changed), _) => Ok(changed.clone()),
            (None, Some(head)) => Ok(head.map(<[u8]>::to_vec)),
            (None, None) => self.trees.get(Tree::Conversations, key),
        }
    }

    /// Tells of the conversations that this batch changes.
    pub fn note(&self, heads: &mut Heads) {
        for (key, value) in &self.changed[Tree::Conversations as usize] {
            if keys::is_conversation(key) {
                heads.note(key.clone(), value.as_deref());
            }
        }
    }

    pub fn has(&self, tree: Tree, key: &[u8]) -> Result<bool> {
        match self.changed[tree as usize].get(key) {
            Some(changed) => Ok(changed.is_some()),
            None => self.trees.tree(tree).contains_key(key).map_err(backend),
        }
    }

    /// Whether any key begins with `prefix`. The trees are asked once; a key that this batch removes counts as there.
    pub fn any(&mut self, tree: Tree, prefix: &[u8]) -> Result<bool> {
        let asked = (tree, IVec::from(prefix));
        let there = match self.any.get(&asked) {
            Some(there) => *there,
            None => {
                let there = self.trees.keys(tree, prefix).next().transpose()?.is_some();
                self.any.insert(asked, there);
                there
            }
        };
        let changed =
            self.changed[tree as usize].range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded)).next();
        Ok(there || changed.is_some_and(|(key, _)| key.starts_with(prefix)))
    }

    pub fn put(&mut self, tree: Tree, key: Vec<u8>, value: Vec<u8>) {
        self.change(tree, key, Some(value));
    }

    pub fn remove(&mut self, tree: Tree, key: Vec<u8>) {
        self.change(tree, key, None);
    }

    fn change(&mut self, tree: Tree, key: Vec<u8>, value: Option<Vec<u8>>) {
        let key = IVec::from(key);
        let old = self.changed[tree as usize].insert(key.clone(), value);
        self.journal.push((tree, key, old));
    }

    /// Keys that begin with `prefix`, in order.
    pub fn keys(&self, tree: Tree, prefix: &[u8]) -> Result<Vec<Vec<u8>>> {
        let changed = &self.changed[tree as usize];
        let mut keys: Vec<Vec<u8>> = Vec::new();
        for key in self.trees.keys(tree, prefix) {
            let key = key?;
            if !changed.contains_key(key.as_slice()) {
                keys.push(key);
            }
        }
        let added = changed
            .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix));
        keys.extend(added.filter(|(_, value)| value.is_some()).map(|(key, _)| key.to_vec()));
        keys.sort_unstable();
        Ok(keys)
    }

    /// Every key that this batch changes.
    pub fn touched(&self) -> impl Iterator<Item = (Tree, Vec<u8>)> {
        TREES
            .iter()
            .zip(&self.changed)
            .flat_map(|((tree, _), changed)| changed.keys().map(|key| (*tree, key.to_vec())))
    }

    /// Keys that begin with `prefix` and are removed by this batch.
    pub fn removed<'b>(&'b self, tree: Tree, prefix: &'b [u8]) -> impl Iterator<Item = &'b IVec> {
        let changed =
            self.changed[tree as usize].range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded));
        let changed = changed.take_while(move |(key, _)| key.starts_with(prefix));
        changed.filter(|(_, value)| value.is_none()).map(|(key, _)| key)
    }

    /// At most `limit` keys that lie before `end` in the trees, changes of this batch left out.
    pub fn keys_before(&self, tree: Tree, end: &[u8], limit: usize) -> Result<Vec<Vec<u8>>> {
        let keys = self.trees.tree(tree).range(..end.to_vec()).keys().take(limit);
        keys.map(|key| key.map(|k| k.to_vec()).map_err(backend)).collect()
    }

    /// What one job does, or nothing of it.
    pub fn job<T>(&mut self, job: impl FnOnce(&mut Batch<'t>) -> Result<T>) -> Result<T> {
        self.journal.clear();
        let result = job(self);
        if result.is_err() {
            for (tree, key, old) in std::mem::take(&mut self.journal).into_iter().rev() {
                match old {
                    Some(old) => self.changed[tree as usize].insert(key, old),
                    None => self.changed[tree as usize].remove(&key),
                };
            }
        }
        result
    }

    pub fn is_empty(&self) -> bool {
        self.changed.iter().all(Changed::is_empty)
    }

    /// The logs whose extent changes, as they will be.
    pub fn extents(&self) -> Result<Vec<(DialogueId, Extent)>> {
        let prefix = keys::extents();
        let changed = self.changed[Tree::Documents as usize]
            .range::<[u8], _>((Bound::Included(prefix.as_slice()), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(&prefix));
        let named = |(key, value): (&IVec, &Option<Vec<u8>>)| {
            let dialogue = DialogueId(String::from_utf8_lossy(&key[prefix.len()..]).into_owned());
            Ok((dialogue, ledger::extent_of(value.as_deref().unwrap_or_default())?))
        };
        changed.map(named).collect()
    }

    /// Applies everything in one transaction over all trees.
    pub fn apply(self) -> Result<()> {
        let trees = self.trees;
        let writes = self.sealed()?;
        let done = trees.trees.as_slice().transaction(|open: &Vec<sled::transaction::TransactionalTree>| {
            for (tree, key, value) in &writes {
                match value {
                    Some(value) => open[*tree as usize].insert(key.clone(), value.as_slice())?,
                    None => open[*tree as usize].remove(key.clone())?,
                };
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        done.map_err(|e| match e {
            TransactionError::Storage(e) => backend(e),
            TransactionError::Abort(()) => StoreError::Backend("the transaction was given up".to_owned()),
        })
    }

    /// Applies everything one after the other, in the order of the keys: for a store that nobody reads yet.
    pub fn write(self) -> Result<()> {
        let trees = self.trees;
        for (tree, key, value) in self.sealed()? {
            match value {
                Some(value) => trees.tree(tree).insert(key, value),
                None => trees.tree(tree).remove(key),
            }
            .map_err(backend)?;
        }
        Ok(())
    }

    fn sealed(self) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        let mut place = Vec::new();
        let pieces_somewhere = !self.trees.tree(Tree::Pieces).is_empty();
        for ((tree, _), changed) in TREES.into_iter().zip(self.changed) {
            for (key, value) in changed {
                if pieces_somewhere && tree.may_hold_much() {
                    self.trees.pieces_gone(tree, &key, &mut writes)?;
                }
                let Some(value) = value else {
                    writes.push((tree, key, None));
                    continue;
                };
                if value.is_empty() {
                    writes.push((tree, key, Some(value)));
                    continue;
                }
                bind(&mut place, tree, &key);
                let sealed =
                    self.trees.seal.seal_behind(&[0], &place, &value).map_err(StoreError::Backend)?;
                // The first piece comes behind the number of further ones.
                if sealed.len() <= 1 + PIECE {
                    writes.push((tree, key, Some(sealed)));
                    continue;
                }
                let mut pieces = sealed[1..].chunks(PIECE);
                let first = pieces.next().unwrap_or_default();
                let further = u8::try_from(pieces.len()).map_err(|_| too_large(tree))?;
                writes.push((tree, key.clone(), Some([&[further], first].concat())));
                writes.extend((1u8..).zip(pieces).map(|(n, piece)| {
                    (Tree::Pieces, keys::piece(tree, &key, n).into(), Some(piece.to_vec()))
                }));
            }
        }
        Ok(writes)
    }
}

impl Trees {
    // A value that is replaced may have had more pieces than the new one.
    fn pieces_gone(&self, tree: Tree, key: &[u8], writes: &mut Vec<Write>) -> Result<()> {
        let old = self.tree(tree).get(key).map_err(backend)?;
        let further = old.and_then(|stored| stored.first().copied()).unwrap_or(0);
        writes.extend((1..=further).map(|n| (Tree::Pieces, keys::piece(tree, key, n).into(), None)));
        Ok(())
    }
}

fn too_large(tree: Tree) -> StoreError {
    StoreError::Backend(format!("a value for {} is larger than the store takes", TREES[tree as usize].1))
}
