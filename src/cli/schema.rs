//! `snak schema`: the language as a JSON Schema, for editors.

use super::Failure;
use std::io::Write;

/// Print a JSON Schema of dialogue files, so that an editor completes words and explains them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak schema > .vscode/snak.schema.json")]
pub struct Schema {}

pub fn run(_: &Schema) -> Result<(), Failure> {
    // Whoever reads along may have gone.
    let _ = writeln!(std::io::stdout().lock(), "{:#}", crate::script::schema());
    Ok(())
}
