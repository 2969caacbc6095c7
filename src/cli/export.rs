//! `snak export`: the answers of a dialogue, the same bytes as over HTTP; into a folder it goes on where it was.

use super::operator::{self, Reach};
use super::{Failure, Places};
use crate::web::Answer;
use futures_util::StreamExt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Write a dialogue's answers to standard output, or keep a folder up to date with them.
///
/// With --into, each run adds what has been committed since the last one to DIR/responses.ndjson (or .csv): new answers, answers
/// that changed (the same response id again: the later row counts) and erasures. Works whether or not `serve` is running.
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
        Some(folder) => into_folder(&reach, &path, folder, command.after.as_deref()).await,
    };
    let closed = reach.close().await;
    done.and(closed)
}

// `/v1/…/responses.csv`
fn path(command: &Export) -> Result<String, Failure> {
    let format = command.format.as_deref().unwrap_or(if command.into.is_some() { "ndjson" } else { "csv" });
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match command.dialogue.split_once('/') {
        Some((i, d)) if !i.is_empty() && !d.is_empty() && (i.to_owned() + d).chars().all(fits) => {
            Ok(format!("/v1/dialogues/{i}/{d}/responses.{format}"))
        }
        Some(_) | None => Err(Failure::Misuse(format!(
            "a dialogue is named as INSTITUTION/DIALOGUE, for example nordby-bibliotek/aabningstider, but it is `{}`",
            command.dialogue
        ))),
    }
}

async fn pull(reach: &Reach, path: &str, after: Option<&str>) -> Result<Answer, Failure> {
    // What an argument holds must not become another parameter.
    let cursor = |c: &str| c.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match after {
        Some(after) if !cursor(after) => Err(Failure::Misuse(format!("`{after}` is no cursor"))),
        Some(after) => reach.ask("GET", &format!("{path}?after={after}"), None).await,
        None => reach.ask("GET", path, None).await,
    }
}

async fn to_stdout(reach: &Reach, path: &str, after: Option<&str>) -> Result<(), Failure> {
    let mut answer = pull(reach, path, after).await?;
    let mut progress = Progress::new(!io::stdout().is_terminal());
    let mut out = io::stdout().lock();
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(broken_off)?;
        match out.write_all(&chunk) {
            // Whoever reads along has seen enough.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => {
                written.map_err(|e| Failure::Failed(format!("standard output cannot be written to: {e}")))?
            }
        }
        progress.add(chunk.len());
    }
    out.flush().map_err(|e| Failure::Failed(format!("standard output cannot be written to: {e}")))?;
    progress.end(&next(&answer).map(|c| format!("; go on later with --after {c}")).unwrap_or_default());
    Ok(())
}

/// How far a folder has come: the cursor, the data file's name and how much of it is whole.
struct Mark {
    cursor: String,
    file: String,
    length: u64,
}

async fn into_folder(reach: &Reach, path: &str, folder: &Path, after: Option<&str>) -> Result<(), Failure> {
    let cannot =
        |e: io::Error| Failure::Misuse(format!("the folder {} cannot be used: {e}", folder.display()));
    // What citizens wrote is for the one who pulls it.
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot)?;
    let name = path.rsplit('/').next().unwrap_or("responses.ndjson").to_owned();
    let mark = read_mark(folder).map_err(cannot)?;
    if let Some(other) = mark.as_ref().filter(|m| m.file != name) {
        return Err(Failure::Misuse(format!(
            "{} holds {}: choose another folder for {name}",
            folder.display(),
            other.file
        )));
    }
    let start = after
        .map(str::to_owned)
        .or(mark.as_ref().map(|m| m.cursor.clone()))
        .unwrap_or_else(|| "0".to_owned());
    let answer = pull(reach, path, Some(&start)).await?;
    let length = mark.map_or(0, |m| m.length);
    let mut progress = Progress::new(true);
    let (length, cursor) = match append(answer, &folder.join(&name), length, &mut progress).await? {
        Appended::Done(length, cursor) => (length, cursor),
        // A table has one header: with new columns it is written anew, from the start.
        Appended::OtherColumns => {
            let anew = folder.join(format!("{name}.new"));
            let answer = pull(reach, path, Some("0")).await?;
            let Appended::Done(length, cursor) = append(answer, &anew, 0, &mut progress).await? else {
                return Err(Failure::Failed(
                    "the columns changed while they were pulled; try again".to_owned(),
                ));
            };
            // Without its mark the folder begins anew, should this be cut off between the two.
            fs::remove_file(folder.join("cursor")).map_err(cannot)?;
            fs::rename(&anew, folder.join(&name)).map_err(cannot)?;
            (length, cursor)
        }
    };
    write_mark(folder, &Mark { cursor, file: name, length }).map_err(cannot)?;
    progress.end(&format!(" into {}", folder.display()));
    Ok(())
}

enum Appended {
    /// The file's length now, and the cursor to go on with.
    Done(u64, String),
    /// Nothing was written: the table's header is another than the file's.
    OtherColumns,
}

// Adds the rows behind the first `length` bytes of the file: what a run that was broken off left behind them goes. On disk
// when it returns.
async fn append(
    mut answer: Answer,
    path: &Path,
    length: u64,
    progress: &mut Progress,
) -> Result<Appended, Failure> {
    let cannot = |e: io::Error| Failure::Failed(format!("{} cannot be written to: {e}", path.display()));
    let cursor = next(&answer)
        .ok_or_else(|| Failure::Failed("the service gave no cursor to go on with".to_owned()))?;
    let mut file = OpenOptions::new()
        .create(true)
        .mode(0o600)
        .truncate(false)
        .read(true)
        .append(true)
        .open(path)
        .map_err(cannot)?;
    // Whoever takes the file away to work on it finds the next rows in a new one.
    let length = length.min(file.metadata().map_err(cannot)?.len());
    let table = path.to_string_lossy().contains(".csv");
    if table && length > 0 {
        let mut header = Vec::new();
        while !header.contains(&b'\n') {
            let Some(chunk) = answer.body.next().await else { break };
            header.extend_from_slice(&chunk.map_err(broken_off)?);
        }
        let end = header.iter().position(|b| *b == b'\n').map_or(header.len(), |n| n + 1);
        let rest = header.split_off(end);
        let mut own = Vec::new();
        BufReader::new(&file).read_until(b'\n', &mut own).map_err(cannot)?;
        if own != header {
            return Ok(Appended::OtherColumns);
        }
        file.set_len(length).map_err(cannot)?;
        file.write_all(&rest).map_err(cannot)?;
    } else {
        file.set_len(length).map_err(cannot)?;
    }
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(broken_off)?;
        file.write_all(&chunk).map_err(cannot)?;
        progress.add(chunk.len());
    }
    file.sync_all().map_err(cannot)?;
    Ok(Appended::Done(file.metadata().map_err(cannot)?.len(), cursor))
}

fn read_mark(folder: &Path) -> io::Result<Option<Mark>> {
    let text = match fs::read_to_string(folder.join("cursor")) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [cursor, file, length] => match length.parse() {
            Ok(length) => Ok(Some(Mark { cursor: (*cursor).to_owned(), file: (*file).to_owned(), length })),
            Err(_) => Err(io::Error::other("its file `cursor` was not written by snak")),
        },
        _ => Err(io::Error::other("its file `cursor` was not written by snak")),
    }
}

// The data is on disk before: a cut in between repeats the rows, and cuts off what was written of them.
fn write_mark(folder: &Path, mark: &Mark) -> io::Result<()> {
    let anew = folder.join("cursor.new");
    let mut file = File::create(&anew)?;
    file.write_all(format!("{}\n{} {}\n", mark.cursor, mark.file, mark.length).as_bytes())?;
    file.sync_all()?;
    fs::rename(anew, folder.join("cursor"))?;
    File::open(folder)?.sync_all()
}

// From `Link: <…?after=CURSOR&…>; rel="next"`.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().ok()?;
    let (_, rest) = link.split_once("after=")?;
    rest.split(['&', '>']).next().map(str::to_owned)
}

fn broken_off(why: String) -> Failure {
    Failure::Failed(format!("the answers were broken off: {why}"))
}

/// How much has come, told to a terminal; silent elsewhere.
struct Progress {
    shown: bool,
    bytes: usize,
    told: usize,
}

impl Progress {
    fn new(wanted: bool) -> Progress {
        Progress { shown: wanted && io::stderr().is_terminal(), bytes: 0, told: 0 }
    }

    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.shown && self.bytes - self.told >= 200_000 {
            self.told = self.bytes;
            let _ = write!(io::stderr(), "\r{} kB", self.bytes / 1000);
        }
    }

    fn end(&self, words: &str) {
        if self.shown {
            let _ = writeln!(io::stderr(), "\r{} kB{words}", self.bytes.div_ceil(1000));
        }
    }
}
