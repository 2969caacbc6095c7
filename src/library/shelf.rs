//! The revisions at hand. One is checked again only when somebody asks for it: most are old, and the latest mostly is what its
//! file says.

use super::{Frozen, Published};
use crate::script::{Script, ScriptId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use tracing::warn;

#[derive(Debug, Default)]
pub struct Shelf {
    pub latest: BTreeMap<ScriptId, Arc<Revision>>,
    pub all: HashMap<(ScriptId, u32), Arc<Revision>>,
    pub codes: HashMap<String, ScriptId>,
    /// The highest number that each dialogue's revisions ever had, also of those that cannot be read.
    pub numbers: HashMap<ScriptId, u32>,
}

/// A revision as it was frozen, and as it is used.
#[derive(Debug)]
pub struct Revision {
    pub id: ScriptId,
    frozen: Frozen,
    published: OnceLock<Option<Arc<Published>>>,
}

impl Revision {
    pub fn kept(id: ScriptId, frozen: Frozen) -> Revision {
        Revision { id, frozen, published: OnceLock::new() }
    }

    pub fn number(&self) -> u32 {
        self.frozen.number
    }

    pub fn fingerprint(&self) -> &str {
        &self.frozen.fingerprint
    }

    /// `None` where this version of snak cannot play it.
    pub fn published(&self) -> Option<Arc<Published>> {
        let found = self.published.get_or_init(|| {
            let script = self.frozen.script(&self.id);
            if script.is_none() {
                let (dialogue, revision) = (&self.id.0, self.number());
                warn!(
                    dialogue,
                    revision,
                    "a published revision cannot be played with this version of snak; sessions on it stand still"
                );
            }
            script.map(|script| Arc::new(self.with(Arc::new(script))))
        });
        found.clone()
    }

    /// The file says the same, and was checked.
    pub fn same_as(&self, script: Arc<Script>) {
        self.published.get_or_init(|| Some(Arc::new(self.with(script))));
    }

    fn with(&self, script: Arc<Script>) -> Published {
        Published { script, revision: self.frozen.number, published_at: self.frozen.published_at }
    }
}

impl Shelf {
    /// `institution/dialogue/000012`: the number is taken. Gives whose it is.
    pub fn number(&mut self, document: &str) -> Option<ScriptId> {
        let (id, number) = document.rsplit_once('/')?;
        let (id, number) = (ScriptId(id.to_owned()), number.parse().ok()?);
        let highest = self.numbers.entry(id.clone()).or_default();
        *highest = u32::max(number, *highest);
        Some(id)
    }

    /// The newest revision of a dialogue that can be used.
    pub fn last_good(&self, id: &ScriptId) -> Option<Arc<Revision>> {
        let mut all: Vec<_> = self.all.values().filter(|r| r.id == *id).collect();
        all.sort_by_key(|r| std::cmp::Reverse(r.number()));
        all.into_iter().find(|r| r.published().is_some()).cloned()
    }

    pub fn put(&mut self, revision: Arc<Revision>) {
        let id = revision.id.clone();
        let number = self.numbers.entry(id.clone()).or_default();
        *number = revision.number().max(*number);
        self.all.insert((id.clone(), revision.number()), revision.clone());
        if self.latest.get(&id).is_none_or(|r| r.number() <= revision.number()) {
            self.latest.insert(id, revision);
        }
    }
}
