//! How the conversations begin that were written last: a turn need not open the one that it replaces to know its version.

use std::collections::HashMap;

/// So many are remembered; then it begins anew.
const MOST: usize = 16_384;
const HEAD: usize = 16;

/// Key of a conversation -> the first bytes under it; `None`: it is gone.
#[derive(Debug, Default)]
pub struct Heads(HashMap<sled::IVec, Option<[u8; HEAD]>>);

impl Heads {
    /// `None`: nothing is known of it.
    pub fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.0.get(key).map(|head| head.as_ref().map(<[u8; HEAD]>::as_slice))
    }

    pub fn note(&mut self, key: sled::IVec, value: Option<&[u8]>) {
        self.0.insert(key, value.and_then(<[u8]>::first_chunk).copied());
    }

    /// What was noted later counts.
    pub fn extend(&mut self, later: Heads) {
        if self.0.len() + later.0.len() > MOST {
            self.0.clear();
        }
        self.0.extend(later.0);
    }
}
