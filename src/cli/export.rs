//! `snak export`: the answers of a dialogue, the same bytes as over HTTP; into a folder it goes on where it was.

use super::operator::{self, Reach};
use super::progress::Progress;
use super::{Failure, Places, folder};
use futures_util::StreamExt;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

/// Write a dialogue's answers to standard output, or keep a folder up to date with them.
///
/// With --into, each run brings DIR/responses.ndjson (or .csv) up to date with what has been committed since the last one: new
/// answers come, changed ones replace the earlier, erased ones go. A run that was cut off is made up for by the next. Works
/// whether or not `serve` is running.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  snak export nordby-bibliotek/aabningstider > svar.csv\n  snak export nordby-bibliotek/aabningstider --into svar/   # as a nightly job"
)]
pub struct Export {
    /// INSTITUTION/DIALOGUE
    dialogue: String,
    /// [default: csv; with --into: ndjson]
    #[arg(long, value_parser = ["csv", "xlsx", "json", "ndjson"])]
    format: Option<String>,
    /// A folder that is brought up to date; it is made where it is not there
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Only what was committed after this cursor; 0 is the start, with erasures
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Export) -> Result<(), Failure> {
    let path = path(&command)?;
    let reach = operator::reach(&command.places.settings(None)?).await?;
    let done = match &command.into {
        None => to_stdout(&reach, &path, command.after.as_deref()).await,
        Some(into) => folder::update(&reach, &path, into, command.after.as_deref()).await,
    };
    let closed = reach.close().await;
    done.and(closed)
}

// `/v1/…/responses.csv`
fn path(command: &Export) -> Result<String, Failure> {
    let format = command.format.as_deref().unwrap_or(if command.into.is_some() { "ndjson" } else { "csv" });
    Ok(format!("{}/responses.{format}", dialogue_path(&command.dialogue)?))
}

/// `/v1/dialogues/INSTITUTION/DIALOGUE`
pub fn dialogue_path(dialogue: &str) -> Result<String, Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match dialogue.split_once('/') {
        Some((i, d)) if !i.is_empty() && !d.is_empty() && (i.to_owned() + d).chars().all(fits) => {
            Ok(format!("/v1/dialogues/{i}/{d}"))
        }
        Some(_) | None => Err(Failure::Misuse(format!(
            "a dialogue is named as INSTITUTION/DIALOGUE, for example nordby-bibliotek/aabningstider, but it is `{dialogue}`"
        ))),
    }
}

/// The pull behind a cursor.
pub fn with_cursor(path: &str, after: &str) -> Result<String, Failure> {
    // What an argument holds must not become another parameter.
    match after.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        true => Ok(format!("{path}?after={after}")),
        false => Err(Failure::Misuse(format!("`{after}` is no cursor"))),
    }
}

async fn to_stdout(reach: &Reach, path: &str, after: Option<&str>) -> Result<(), Failure> {
    let path = after.map_or_else(|| Ok(path.to_owned()), |after| with_cursor(path, after))?;
    let mut answer = reach.ask("GET", &path, None).await?;
    let mut progress = Progress::of_bytes(!io::stdout().is_terminal());
    let mut out = io::stdout().lock();
    let cannot = |e| Failure::Failed(format!("standard output cannot be written to: {e}"));
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(folder::broken_off)?;
        match out.write_all(&chunk) {
            // Whoever reads along has seen enough.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(cannot)?,
        }
        progress.add(chunk.len() as u64);
    }
    out.flush().map_err(cannot)?;
    progress
        .end(&folder::next(&answer).map(|c| format!("; go on later with --after {c}")).unwrap_or_default());
    Ok(())
}
