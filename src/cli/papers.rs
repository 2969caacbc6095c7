//! `snak papers`: what the data protection officer asks for, written from the dialogue's own text.

use super::{Failure, Places};
use crate::export::papers;
use crate::library;
use crate::script::{Script, StaffLanguage, picture};
use std::path::{Path, PathBuf};

/// Write the record of processing (GDPR art. 30), a draft of the impact assessment, and the privacy notice as a page.
///
/// In Danish, from the dialogue's header and questions. What only the institution knows is marked `[udfyldes: …]`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak papers nordby-bibliotek/aabningstider --into papirer/")]
pub struct Papers {
    /// INSTITUTION/DIALOGUE
    dialogue: String,
    /// The folder they are written to; it is made where it is not there
    #[arg(long, value_name = "DIR", default_value = "papers")]
    into: PathBuf,
    #[command(flatten)]
    places: Places,
}

pub fn run(command: &Papers) -> Result<(), Failure> {
    let settings = command.places.settings(None)?;
    let script = script(&settings.dialogues, &command.dialogue)?;
    let cannot = |path: &Path, e: std::io::Error| {
        Failure::Misuse(format!("{} cannot be written: {e}", path.display()))
    };
    std::fs::create_dir_all(&command.into).map_err(|e| cannot(&command.into, e))?;
    for (name, text) in papers(&script) {
        let path = command.into.join(name);
        std::fs::write(&path, text).map_err(|e| cannot(&path, e))?;
        tracing::info!("wrote {}", path.display());
    }
    Ok(())
}

fn script(folder: &Path, dialogue: &str) -> Result<Script, Failure> {
    super::export::dialogue_path(dialogue)?;
    let path = folder.join(format!("{dialogue}.yaml"));
    if !path.is_file() {
        return Err(Failure::Misuse(format!("there is no dialogue {}", path.display())));
    }
    let file = library::file(&path).map_err(|e| Failure::Misuse(e.to_string()))?;
    let (script, problems) = file.check();
    script.ok_or_else(|| {
        let errors = problems.iter().filter(|p| p.is_error());
        let pictures: String =
            errors.map(|p| format!("\n{}", picture(p, file.source_of(p), StaffLanguage::Da))).collect();
        Failure::Failed(format!("{dialogue} has mistakes:{pictures}"))
    })
}
