//! A folder that is kept equal to the store: one row for each response, brought up to date from a cursor.
//!
//! What is new lies in a file of its own until it is whole; then it is put together with what was there, and the result takes the
//! old file's place. Whatever cuts a run off, the next one begins at the same cursor and comes to the same end: a row that comes
//! twice replaces itself.

use super::Failure;
use super::operator::{self, Reach};
use super::progress::Progress;
use crate::web::Answer;
use futures_util::StreamExt;
use serde::Deserialize;
use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Brings the folder up to date with `path`, a pull without parameters. `after`: from there instead of where it was.
pub async fn update(reach: &Reach, path: &str, folder: &Path, after: Option<&str>) -> Result<(), Failure> {
    let cannot =
        |e: io::Error| Failure::Misuse(format!("the folder {} cannot be used: {e}", folder.display()));
    // What citizens wrote is for the one who pulls it.
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot)?;
    let _alone = alone(folder)?;
    let name = path.rsplit('/').next().unwrap_or("responses.ndjson");
    let file = Rows::in_file(name);
    let mark = read_mark(folder).map_err(cannot)?;
    if let Some(other) = mark.as_ref().filter(|m| m.file != name) {
        return Err(Failure::Misuse(format!(
            "{} holds {}: choose another folder for {name}",
            folder.display(),
            other.file
        )));
    }
    let Some(rows) = file else { return whole(reach, path, folder, name).await };
    let target = Target { folder: folder.to_owned(), name: name.to_owned(), rows };
    let known = mark.filter(|_| target.file().exists()).map(|m| m.cursor);
    let start = after.map(str::to_owned).or(known).unwrap_or_else(|| "0".to_owned());
    let mut progress = Progress::of_rows(true, (start == "0").then_some(total(reach, path).await).flatten());
    let cursor = match target.pull(reach, path, &start, &mut progress).await? {
        Pulled::To(cursor) if start == "0" => target.keep(None).map(|()| cursor).map_err(cannot)?,
        Pulled::To(cursor) if target.fits().map_err(cannot)? => {
            target.keep(Some(&target.file())).map(|()| cursor).map_err(cannot)?
        }
        // Restored from a backup, or columns were added: a table has one header.
        Pulled::To(_) | Pulled::FromTheStart => {
            let again = target.pull(reach, path, "0", &mut progress).await?;
            let Pulled::To(cursor) = again else {
                return Err(Failure::Failed("the service gave no cursor to go on with".to_owned()));
            };
            target.keep(None).map_err(cannot)?;
            cursor
        }
    };
    write_mark(folder, &Mark { cursor, file: name.to_owned() }).map_err(cannot)?;
    fs::remove_file(target.part()).map_err(cannot)?;
    progress.end(&format!(" into {}", folder.display()));
    Ok(())
}

// Two runs at once would write over each other.
fn alone(folder: &Path) -> Result<File, Failure> {
    let cannot =
        |e: io::Error| Failure::Misuse(format!("the folder {} cannot be used: {e}", folder.display()));
    let lock =
        OpenOptions::new().create(true).append(true).mode(0o600).open(folder.join("lock")).map_err(cannot)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::Misuse(format!("another export into {} is running", folder.display())))
        }
        Err(TryLockError::Error(e)) => Err(cannot(e)),
    }
}

// A list or a workbook cannot be added to: it is pulled anew.
async fn whole(reach: &Reach, path: &str, folder: &Path, name: &str) -> Result<(), Failure> {
    let cannot = |e: io::Error| Failure::Failed(format!("{name} cannot be written: {e}"));
    let mut answer = reach.ask("GET", path, None).await?;
    let cursor = next(&answer).unwrap_or_else(|| "0".to_owned());
    let mut progress = Progress::of_bytes(true);
    let anew = folder.join(format!("{name}.new"));
    let mut file = private(&anew).map_err(cannot)?;
    while let Some(chunk) = answer.body.next().await {
        let chunk = chunk.map_err(broken_off)?;
        file.write_all(&chunk).map_err(cannot)?;
        progress.add(chunk.len() as u64);
    }
    file.sync_all().and_then(|()| fs::rename(anew, folder.join(name))).map_err(cannot)?;
    write_mark(folder, &Mark { cursor, file: name.to_owned() }).map_err(cannot)?;
    progress.end(&format!(" into {}", folder.display()));
    Ok(())
}

enum Pulled {
    /// What is new lies in the part, up to this cursor.
    To(String),
    /// The cursor means nothing any more.
    FromTheStart,
}

/// The file that is kept.
struct Target {
    folder: PathBuf,
    name: String,
    rows: Rows,
}

impl Target {
    fn file(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn part(&self) -> PathBuf {
        self.folder.join(format!("{}.part", self.name))
    }

    async fn pull(
        &self,
        reach: &Reach,
        path: &str,
        start: &str,
        progress: &mut Progress,
    ) -> Result<Pulled, Failure> {
        let cannot =
            |e: io::Error| Failure::Failed(format!("{} cannot be written to: {e}", self.part().display()));
        let mut answer = reach.answer("GET", &super::export::with_cursor(path, start)?, None).await?;
        match answer.status {
            200 => {}
            410 => return Ok(Pulled::FromTheStart),
            _ => return Err(operator::refused(answer).await),
        }
        let cursor = next(&answer)
            .ok_or_else(|| Failure::Failed("the service gave no cursor to go on with".to_owned()))?;
        let mut part = private(&self.part()).map_err(cannot)?;
        while let Some(chunk) = answer.body.next().await {
            let chunk = chunk.map_err(broken_off)?;
            part.write_all(&chunk).map_err(cannot)?;
            progress.add(chunk.iter().filter(|b| **b == b'\n').count() as u64);
        }
        Ok(Pulled::To(cursor))
    }

    // Whether the part's columns are the file's.
    fn fits(&self) -> io::Result<bool> {
        if self.rows == Rows::Ndjson {
            return Ok(true);
        }
        let header = |path: &Path| Records::open(path)?.next().transpose();
        Ok(header(&self.file())? == header(&self.part())?)
    }

    // Puts the part together with what was there before, row by row, and lets the result take its place.
    fn keep(&self, before: Option<&Path>) -> io::Result<()> {
        let anew = self.folder.join(format!("{}.new", self.name));
        let mut out = BufWriter::new(private(&anew)?);
        let changed = self.changed()?;
        let mut records = Records::open(&self.part())?;
        if self.rows == Rows::Csv
            && let Some(header) = records.next().transpose()?
        {
            out.write_all(&header)?;
        }
        if let Some(before) = before {
            let skipped = usize::from(self.rows == Rows::Csv);
            for record in Records::open(before)?.skip(skipped) {
                let record = record?;
                // Half a row, where a disk was full: it comes again.
                let Some(row) = self.rows.read(&record)? else { continue };
                if !changed.contains(&row.response) {
                    out.write_all(&record)?;
                }
            }
        }
        for record in records {
            let record = record?;
            if self.rows.read(&record)?.is_some_and(|row| !row.gone) {
                out.write_all(&record)?;
            }
        }
        out.into_inner()?.sync_all()?;
        fs::rename(anew, self.file())?;
        File::open(&self.folder)?.sync_all()
    }

    // The responses that the part says something new of.
    fn changed(&self) -> io::Result<HashSet<String>> {
        let skipped = usize::from(self.rows == Rows::Csv);
        let mut changed = HashSet::new();
        for record in Records::open(&self.part())?.skip(skipped) {
            changed.extend(self.rows.read(&record?)?.map(|row| row.response));
        }
        Ok(changed)
    }
}

/// How rows lie in a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rows {
    Ndjson,
    Csv,
}

#[derive(Deserialize)]
struct Row {
    response: String,
    /// Erased, or out of the filter.
    #[serde(default)]
    gone: bool,
}

impl Rows {
    fn in_file(name: &str) -> Option<Rows> {
        match name.rsplit('.').next() {
            Some("ndjson") => Some(Rows::Ndjson),
            Some("csv") => Some(Rows::Csv),
            Some(_) | None => None,
        }
    }

    // `None` for what is cut off.
    fn read(self, record: &[u8]) -> io::Result<Option<Row>> {
        if record.last() != Some(&b'\n') {
            return Ok(None);
        }
        match self {
            Rows::Ndjson => {
                let value: serde_json::Value = serde_json::from_slice(record)?;
                let gone = !value["deleted_at"].is_null() || !value["left_filter"].is_null();
                Ok(value["response"].as_str().map(|id| Row { response: id.to_owned(), gone }))
            }
            Rows::Csv => {
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record);
                let Some(cells) = reader.records().next().transpose()? else { return Ok(None) };
                // In the order of the fixed columns, `deleted_reason` is the last.
                let gone = cells.get(DELETED_REASON).is_some_and(|reason| !reason.is_empty());
                Ok(cells.get(0).map(|id| Row { response: id.to_owned(), gone }))
            }
        }
    }
}

/// Where `deleted_reason` stands among the columns.
const DELETED_REASON: usize = 13;

/// The lines of a file; in a table one record may have several.
struct Records(BufReader<File>);

impl Records {
    fn open(path: &Path) -> io::Result<Records> {
        Ok(Records(BufReader::new(File::open(path)?)))
    }
}

impl Iterator for Records {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let mut record = Vec::new();
        loop {
            match self.0.read_until(b'\n', &mut record) {
                Err(e) => return Some(Err(e)),
                Ok(0) if record.is_empty() => return None,
                Ok(0) => return Some(Ok(record)),
                // JSON has a quotation mark within quotation marks only behind `\`, and no line break.
                Ok(_) if record.first() == Some(&b'{') => return Some(Ok(record)),
                Ok(_) if record.iter().filter(|b| **b == b'"').count().is_multiple_of(2) => {
                    return Some(Ok(record));
                }
                Ok(_) => {}
            }
        }
    }
}

/// How far a folder has come.
struct Mark {
    cursor: String,
    file: String,
}

fn read_mark(folder: &Path) -> io::Result<Option<Mark>> {
    let text = match fs::read_to_string(folder.join("cursor")) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [cursor, file] => Ok(Some(Mark { cursor: (*cursor).to_owned(), file: (*file).to_owned() })),
        // Written by a version that only added rows: everything is pulled anew.
        [_, file, _] => Ok(Some(Mark { cursor: "0".to_owned(), file: (*file).to_owned() })),
        _ => Err(io::Error::other("its file `cursor` was not written by snak")),
    }
}

fn write_mark(folder: &Path, mark: &Mark) -> io::Result<()> {
    let anew = folder.join("cursor.new");
    let mut file = private(&anew)?;
    file.write_all(format!("{}\n{}\n", mark.cursor, mark.file).as_bytes())?;
    file.sync_all()?;
    fs::rename(anew, folder.join("cursor"))?;
    File::open(folder)?.sync_all()
}

fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)
}

// How many rows a pull from the start has, as far as the list knows.
async fn total(reach: &Reach, path: &str) -> Option<u64> {
    let dialogue = path.strip_prefix("/v1/dialogues/")?.rsplit_once('/')?.0;
    let list = operator::json(reach.ask("GET", "/v1/dialogues", None).await.ok()?).await.ok()?;
    let found = list["dialogues"].as_array()?.iter().find(|d| d["path"] == dialogue)?;
    found["responses"].as_u64()
}

/// From `Link: <…?after=CURSOR&…>; rel="next"`.
pub fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().ok()?;
    let (_, rest) = link.split_once("after=")?;
    rest.split(['&', '>']).next().map(str::to_owned)
}

pub fn broken_off(why: String) -> Failure {
    Failure::Failed(format!("the answers were broken off: {why}"))
}
