//! A pull under way: a page of rows at a time, so that memory does not grow with their number.

use super::access::Access;
use super::error::Refusal;
use crate::export::{Sheet, SheetError, Stored, Writer};
use axum::body::Bytes;
use futures_util::stream;
use std::sync::Arc;
use storage::{Cursor, DialogueId, Reason, ResponseRow, Row, Store, StoreError};
use tokio::sync::mpsc;
use tracing::error;

/// Rows read at once: so much of a pull is in memory.
const PAGE: usize = 500;
/// At the least, however few are asked for.
const FEW: usize = 20;
/// Rows written at once: nobody else is served on this thread meanwhile.
const AT_ONCE: usize = 50;
/// Of votes, which are short: so many are shuffled, so that their order tells nothing of who answered when.
const VOTES: usize = 20_000;

#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error("the rows cannot be packed")]
    Pack(#[from] std::io::Error),
}

impl From<PullError> for Refusal {
    fn from(error: PullError) -> Refusal {
        match error {
            PullError::Store(error) => error.into(),
            PullError::Sheet(error) => {
                StoreError::Corrupt { what: "response", why: error.to_string() }.into()
            }
            PullError::Pack(error) => StoreError::Backend(error.to_string()).into(),
        }
    }
}

/// From a cursor to where the log ended when the pull began.
pub struct Pull {
    store: Arc<dyn Store>,
    dialogue: DialogueId,
    writer: Writer,
    /// Rows that are read and not yet written.
    read: std::vec::IntoIter<ResponseRow>,
    /// The last row passed.
    at: u64,
    watermark: u64,
    /// Rows that may still be given.
    left: usize,
    given: u64,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Rows,
    Done,
}

impl Pull {
    /// `watermark` is the last row to be given; `limit` the most rows, of which a filter's and erasures count too.
    pub fn new(
        store: Arc<dyn Store>,
        dialogue: DialogueId,
        sheet: Sheet,
        watermark: u64,
        limit: Option<usize>,
    ) -> Pull {
        let at = sheet.after.unwrap_or(0);
        Pull {
            store,
            dialogue,
            writer: Writer::new(sheet),
            read: Vec::new().into_iter(),
            at,
            watermark,
            left: limit.unwrap_or(usize::MAX),
            given: 0,
            stage: Stage::Header,
        }
    }

    /// The next page's bytes, what stands around the rows included; `None` at the end.
    async fn page(&mut self) -> Result<Option<Vec<u8>>, PullError> {
        match self.stage {
            Stage::Header => {
                self.writer.begin()?;
                self.stage = Stage::Rows;
            }
            Stage::Rows if self.left == 0 || (self.at >= self.watermark && self.read.len() == 0) => {
                self.writer.end()?;
                self.stage = Stage::Done;
            }
            Stage::Rows if self.read.len() == 0 => self.read().await?,
            Stage::Rows => self.write()?,
            Stage::Done => return Ok(None),
        }
        Ok(Some(self.writer.take()))
    }

    async fn read(&mut self) -> Result<(), PullError> {
        let are_votes = self.writer.sheet().is_votes();
        // Who asked for few gets few; a filter may pass many by.
        let page = if are_votes { VOTES } else { PAGE.min(self.left.max(FEW)) };
        let mut rows = self.store.responses(&self.dialogue, Cursor(self.at), page).await?;
        // Rows that changed since the pull began have moved behind the watermark.
        let last = rows.len() < page;
        rows.retain(|r| r.cursor.0 <= self.watermark);
        self.at = match rows.last() {
            Some(row) if !last => row.cursor.0,
            Some(_) | None => self.watermark,
        };
        if are_votes {
            // The names of rows are as good as drawn.
            rows.sort_by_key(|r| r.response);
        }
        self.read = rows.into_iter();
        Ok(())
    }

    fn write(&mut self) -> Result<(), PullError> {
        for row in self.read.by_ref().take(AT_ONCE) {
            if self.writer.row(row.cursor.0, row.response, stored(&row.row))? {
                self.given += 1;
                self.left -= 1;
            }
            if self.left == 0 {
                self.at = row.cursor.0;
                break;
            }
        }
        Ok(())
    }

    /// Everything at once, and the cursor to go on with: for a pull with a limit.
    pub async fn collected(mut self, mut access: Access) -> Result<(Vec<u8>, u64), PullError> {
        let mut all = Vec::new();
        while let Some(page) = self.page().await? {
            all.extend(page);
        }
        access.end(&*self.store, self.given, true).await;
        Ok((all, self.at))
    }
}

fn stored(row: &Row) -> Stored<'_> {
    match row {
        Row::Live(body) => Stored::Live(body),
        Row::Erased { at, reason: Reason::Citizen } => Stored::Erased { at: *at, reason: "citizen" },
        Row::Erased { at, reason: Reason::Staff } => Stored::Erased { at: *at, reason: "staff" },
        Row::Erased { at, reason: Reason::Retention } => Stored::Erased { at: *at, reason: "retention" },
    }
}

/// The pages as they are read. A task reads ahead by one; it stops when nobody takes them any more, and logs the pull before
/// the stream ends.
pub fn streamed(mut pull: Pull, mut access: Access) -> impl stream::Stream<Item = Result<Bytes, PullError>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let finished = loop {
            let page = match pull.page().await {
                Ok(Some(page)) if page.is_empty() => continue,
                Ok(Some(page)) => Ok(Bytes::from(page)),
                Ok(None) => break true,
                Err(error) => Err(error),
            };
            let failed = page.is_err();
            if let Err(error) = &page {
                error!(dialogue = pull.dialogue.0, %error, "a pull was broken off");
            }
            // Who hears an error has a transfer that is cut short, and so does not take it for the whole.
            if sender.send(page).await.is_err() || failed {
                break false;
            }
        };
        access.end(&*pull.store, pull.given, finished).await;
    });
    stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|page| (page, receiver)) })
}
