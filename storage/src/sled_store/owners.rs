//! Who names a file: the response that holds it, or the conversation whose session does. A file that nobody names goes.

use super::keys::Tree;
use super::trees::{Batch, Trees};
use crate::{ConversationKey, MediaId, Result, StoreError};
use uuid::Uuid;

#[derive(Debug, Clone, Copy)]
pub enum Owner {
    Conversation(ConversationKey),
    Response(Uuid),
}

/// `m` media, owner: so that one look tells whether a file is named.
const LINK: &[u8] = b"m";
/// `o` owner -> its media: so that one look finds what goes with the owner.
const OWNED: &[u8] = b"o";

impl Owner {
    fn bytes(self) -> [u8; 17] {
        let (kind, id) = match self {
            Owner::Conversation(key) => (b'c', key.0),
            Owner::Response(id) => (b'r', id.into_bytes()),
        };
        let mut bytes = [kind; 17];
        bytes[1..].copy_from_slice(&id);
        bytes
    }
}

fn links(media: MediaId) -> Vec<u8> {
    [LINK, media.0.as_bytes()].concat()
}

fn media_of(link: &[u8]) -> Option<MediaId> {
    Some(MediaId(Uuid::from_bytes(*link.get(LINK.len()..)?.first_chunk()?)))
}

/// From now on the owner names exactly these.
pub fn set(batch: &mut Batch<'_>, owner: Owner, media: &[MediaId]) -> Result<()> {
    let key = [OWNED, &owner.bytes()].concat();
    let old = batch.get(Tree::Index, &key)?.map_or(Ok(Vec::new()), |bytes| list(&bytes))?;
    if old == media {
        return Ok(());
    }
    let link = |media: &MediaId| [links(*media).as_slice(), &owner.bytes()].concat();
    for gone in old.iter().filter(|id| !media.contains(id)) {
        batch.remove(Tree::Index, link(gone));
    }
    for named in media {
        batch.put(Tree::Index, link(named), Vec::new());
    }
    match media.is_empty() {
        true => batch.remove(Tree::Index, key),
        false => batch.put(Tree::Index, key, media.iter().flat_map(|id| id.0.into_bytes()).collect()),
    }
    Ok(())
}

fn list(bytes: &[u8]) -> Result<Vec<MediaId>> {
    let (ids, rest) = bytes.as_chunks();
    match rest.is_empty() {
        true => Ok(ids.iter().map(|id| MediaId(Uuid::from_bytes(*id))).collect()),
        false => Err(StoreError::Corrupt { what: "list of files", why: "it is cut".to_owned() }),
    }
}

/// What this batch takes the last name from.
pub fn unnamed(batch: &Batch<'_>) -> Result<Vec<MediaId>> {
    let mut gone = Vec::new();
    for media in batch.removed(Tree::Index, LINK).filter_map(|link| media_of(link)) {
        if !gone.contains(&media) && batch.keys(Tree::Index, &links(media))?.is_empty() {
            gone.push(media);
        }
    }
    Ok(gone)
}

pub fn is_named(trees: &Trees, media: MediaId) -> Result<bool> {
    Ok(trees.keys(Tree::Index, &links(media)).next().transpose()?.is_some())
}

/// The response that names a file.
pub fn response(trees: &Trees, media: MediaId) -> Result<Option<Uuid>> {
    for link in trees.keys(Tree::Index, &links(media)) {
        let link = link?;
        if let Some((owner, id)) = link.split_last_chunk::<16>()
            && owner.ends_with(b"r")
        {
            return Ok(Some(Uuid::from_bytes(*id)));
        }
    }
    Ok(None)
}

/// Every file that is named, once.
pub fn all(trees: &Trees) -> Result<Vec<MediaId>> {
    let mut all = Vec::new();
    for link in trees.keys(Tree::Index, LINK) {
        all.extend(media_of(&link?));
    }
    all.dedup();
    Ok(all)
}
