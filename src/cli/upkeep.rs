//! `snak backup`, `snak restore`, `snak key rotate`, `snak retention`: what an operator does with the store.

use super::operator::{self, Reach};
use super::{Failure, Places, key};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use storage::{Replaced, StoreError};
use tracing::info;

/// Write a sealed copy of the store, and read it back. Works while `serve` is running; the same master key opens it.
///
/// The scripts and the master key are not in it: keep copies of them too, the key somewhere else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak backup /var/backups/snak/2026-11-24")]
pub struct Backup {
    /// A folder that is not there yet, or is empty
    folder: PathBuf,
    #[command(flatten)]
    places: Places,
}

/// Put a backup in the place of the store. `serve` must not be running.
///
/// What was erased since the backup is erased again, as far as the store that is replaced knows of it. Cursors given out before
/// are void: whoever pulls is told to pull from the start.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak restore /var/backups/snak/2026-11-24")]
pub struct Restore {
    /// What `snak backup` wrote
    folder: PathBuf,
    /// The store that is replaced cannot be read: what was erased since the backup comes back
    #[arg(long)]
    ignore_current: bool,
    #[command(flatten)]
    places: Places,
}

/// The keys that seal the store.
#[derive(Debug, clap::Args)]
pub struct Key {
    #[command(subcommand)]
    action: KeyAction,
}

#[derive(Debug, clap::Subcommand)]
enum KeyAction {
    Rotate(Rotate),
}

/// Seal everything anew with a new data key. Works while `serve` is running; the master key stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak key rotate")]
struct Rotate {
    #[command(flatten)]
    places: Places,
}

/// Erase the responses that are older than their dialogue said it would keep them (`privacy.keep`), as `serve` does every night;
/// and of others what citizens wrote themselves (`keep_text`) and their files (`keep_media`).
///
/// Prints one line per dialogue, tab-separated: its name, how many go, and of how many only words or files go. A pull shows the first
/// as deleted, with the reason `retention`; the others come again, with those answers withdrawn.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak retention --dry-run")]
pub struct Retention {
    /// Only count them
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    places: Places,
}

pub async fn retention(command: Retention) -> Result<(), Failure> {
    let wish = json!({"dry_run": command.dry_run});
    let expired = post(&command.places, "/v1/operator/retention", Some(wish)).await?;
    let mut out = std::io::stdout().lock();
    for of in expired.as_array().into_iter().flatten() {
        // Whoever hung up does not want to know.
        let dialogue = of["dialogue"].as_str().unwrap_or_default();
        let _ = writeln!(out, "{dialogue}\t{}\t{}", of["responses"], of["trimmed"]);
    }
    let sum = |name: &str| -> u64 {
        expired.as_array().into_iter().flatten().filter_map(|of| of[name].as_u64()).sum()
    };
    let (count, parts) = (sum("responses"), sum("trimmed"));
    match command.dry_run {
        true => info!("{count} responses are past their time, and words or files of {parts} others"),
        false => info!(
            "{count} responses were past their time and are erased, and words or files of {parts} others; the disk forgets them tonight"
        ),
    }
    Ok(())
}

async fn post(places: &Places, path: &str, body: Option<Value>) -> Result<Value, Failure> {
    let reach: Reach = operator::reach(&places.settings(None)?).await?;
    let answer = match reach.ask("POST", path, body).await {
        Ok(answer) => operator::json(answer).await,
        Err(failure) => Err(failure),
    };
    let closed = reach.close().await;
    answer.and_then(|value| closed.map(|()| value))
}

fn mib(bytes: &Value) -> u64 {
    bytes.as_u64().unwrap_or(0) >> 20
}

pub async fn backup(command: Backup) -> Result<(), Failure> {
    let folder = std::path::absolute(&command.folder)
        .map_err(|e| Failure::Misuse(format!("{} is no folder: {e}", command.folder.display())))?;
    let done = post(&command.places, "/v1/operator/backup", Some(json!({"folder": folder}))).await?;
    info!(
        "backed up to {}: {} values, {} MiB, read back whole",
        folder.display(),
        done["values"],
        mib(&done["bytes"])
    );
    Ok(())
}

pub async fn key(command: Key) -> Result<(), Failure> {
    let KeyAction::Rotate(rotate) = command.action;
    let done = post(&rotate.places, "/v1/operator/key/rotate", None).await?;
    info!("everything is sealed with a new data key: {} MiB", mib(&done["bytes_after"]));
    Ok(())
}

pub async fn restore(command: Restore) -> Result<(), Failure> {
    let settings = command.places.settings(None)?;
    let master = key::master(&settings)?;
    let replaced = if command.ignore_current { Replaced::Ignored } else { Replaced::Remembered };
    let done =
        storage::restore(&settings.store, &command.folder, &master, replaced).await.map_err(|e| match e {
            StoreError::Corrupt { .. } | StoreError::Backend(_) => Failure::Misuse(format!(
                "{} was not restored, and the store is as it was: {e}",
                command.folder.display()
            )),
            other => key::store_failure(&other, &settings),
        })?;
    info!(
        "restored {}: {} values; {} were erased again",
        command.folder.display(),
        done.values,
        done.erased_again
    );
    Ok(())
}
