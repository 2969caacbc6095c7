//! `snak check --against published`: what would hurt the answers that the published revisions have.

use super::{Failure, key, operator};
use crate::library::{File, Frozen};
use crate::script::{Problem, Script, ScriptId, against};
use crate::settings::Settings;
use serde::Deserialize;
use std::collections::HashMap;

/// The published revisions, by dialogue.
#[derive(Debug, Default)]
pub struct Published(HashMap<ScriptId, Frozen>);

#[derive(Deserialize)]
struct One {
    dialogue: ScriptId,
    revision: Frozen,
}

impl Published {
    /// Asks the service, or the store where none runs.
    ///
    /// # Errors
    /// [`Failure::Misuse`] where there is neither.
    pub async fn fetch(settings: &Settings) -> Result<Published, Failure> {
        let store = key::store_folder(&settings.store);
        if let Some(store) = store.filter(|s| !s.exists() && !settings.data.join("serve.addr").exists()) {
            return Err(Failure::Misuse(format!(
                "nothing is published yet: no service runs, and there is no store in {}; name its folder with --data",
                store.display()
            )));
        }
        let reach = operator::reach(settings).await?;
        let answer = match reach.ask("GET", "/v1/operator/published", None).await {
            Ok(answer) => operator::json(answer).await,
            Err(failure) => Err(failure),
        };
        let closed = reach.close().await;
        let list = answer.and_then(|list| closed.map(|()| list))?;
        let list: Vec<One> = serde_json::from_value(list)
            .map_err(|e| Failure::Failed(format!("what is published cannot be read: {e}")))?;
        Ok(Published(list.into_iter().map(|one| (one.dialogue, one.revision)).collect()))
    }

    /// What is said of a dialogue when its published revision is looked at; nothing where there is none.
    pub fn problems(&self, script: &Script, file: &File) -> Vec<Problem> {
        let Some(frozen) = self.0.get(script.id()) else { return Vec::new() };
        let Some(before) = frozen.script(script.id()) else { return Vec::new() };
        against((&before, &frozen.yaml), (script, &file.yaml))
    }
}
