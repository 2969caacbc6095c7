//! Responses that are older than their dialogue said it would keep them: found, and erased with a tombstone.

use super::Library;
use crate::engine::{self, Response};
use crate::script::ScriptId;
use jiff::{Span, Timestamp};
use storage::{Cursor, DialogueId, Reason, Row, StoreError};
use uuid::Uuid;

/// Rows read at once.
const PAGE: usize = 500;

/// What is past its time in one dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    pub dialogue: ScriptId,
    pub responses: Vec<Uuid>,
}

impl Library {
    /// What `privacy.keep` of the revision that asked says is to go at `now`, by dialogue; dialogues that are no longer offered
    /// too. Reads every response: for the night, and for whoever asks.
    ///
    /// # Errors
    /// What the store says.
    pub async fn expired(&self, now: Timestamp) -> Result<Vec<Expired>, StoreError> {
        let mut all = Vec::new();
        for dialogue in self.dialogues() {
            let responses = self.expired_of(&dialogue, now).await?;
            if !responses.is_empty() {
                all.push(Expired { dialogue, responses });
            }
        }
        Ok(all)
    }

    async fn expired_of(&self, of: &ScriptId, now: Timestamp) -> Result<Vec<Uuid>, StoreError> {
        let log = DialogueId(of.0.clone());
        let (mut expired, mut after) = (Vec::new(), Cursor(0));
        loop {
            let page = self.store.responses(&log, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(expired) };
            after = last.cursor;
            for row in page {
                let Row::Live(body) = row.row else { continue };
                match engine::decode::<Response>(&body) {
                    Ok(response) if self.is_past(&response, now) => expired.push(row.response),
                    Ok(_) => {}
                    // It is damaged or of a newer version: not ours to judge.
                    Err(error) => tracing::warn!(%error, dialogue = %of, "a response cannot be read"),
                }
            }
        }
    }

    fn is_past(&self, response: &Response, now: Timestamp) -> bool {
        let Some(published) = self.revision(&response.dialogue, response.revision) else { return false };
        let keep = published.script.header().privacy.keep;
        let span = Span::new().months(keep.months).days(keep.days);
        let finished = response.finished_at.to_zoned(published.script.institution().timezone.clone());
        finished.checked_add(span).is_ok_and(|until| until.timestamp() <= now)
    }

    /// Erases what [`Library::expired`] finds; gives what it was.
    ///
    /// # Errors
    /// What the store says; what was erased before stays erased.
    pub async fn erase_expired(&self, now: Timestamp) -> Result<Vec<Expired>, StoreError> {
        let expired = self.expired(now).await?;
        for Expired { responses, .. } in &expired {
            for page in responses.chunks(PAGE) {
                self.store.erase_responses(page.to_vec(), now, Reason::Retention).await?;
            }
        }
        Ok(expired)
    }
}
