//! Names that dialogues share: entry codes and the words that begin a conversation. Each belongs to one of them.

use crate::library::{self, File, code_taken, keyword_taken};
use crate::script::{Problem, Script, fold};
use std::path::Path;
use std::rc::Rc;

/// The other dialogues of the folder that `files` are in, where that is the service's.
pub fn of(files: &[File], dialogues: &Path) -> Vec<File> {
    let Ok(root) = dialogues.canonicalize() else { return Vec::new() };
    let inside = |f: &File| f.path.canonicalize().is_ok_and(|p| p.starts_with(&root));
    if files.is_empty() || !files.iter().all(inside) {
        return Vec::new();
    }
    let mut others = library::institutions(&root).unwrap_or_default();
    others.retain(|o| o.part.is_none() && !files.iter().any(|f| f.id == o.id));
    others
}

/// Who has which name.
#[derive(Debug, Default)]
pub struct Taken {
    codes: Vec<(String, Rc<Script>, u32)>,
    keywords: Vec<(String, Rc<Script>)>,
}

impl Taken {
    /// Enters a dialogue; what is wrong with its names beside those that came before.
    pub fn enter(&mut self, script: Script, source: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let script = Rc::new(script);
        let entry = &script.header().entry;
        match self.codes.iter().find(|(code, ..)| *code == entry.code) {
            Some((_, other, line)) => problems.push(code_taken(&script, source, other, Some(*line))),
            None => {
                let line = source.lines().position(|l| l.trim_start().starts_with("code:")).unwrap_or(0);
                self.codes.push((entry.code.clone(), script.clone(), line as u32 + 1));
            }
        }
        for keyword in &entry.keywords {
            let folded = fold(keyword);
            match self.keywords.iter().find(|(word, other)| *word == folded && other.id() != script.id()) {
                Some((_, other)) => problems.push(keyword_taken(&script, source, keyword, other)),
                None => self.keywords.push((folded, script.clone())),
            }
        }
        problems
    }
}
