//! Responses that are older than their dialogue said it would keep them: found, and erased with a tombstone.

use super::Library;
use crate::engine::{self, Response, Review, Reviewed, VoteRow, vote_log};
use crate::script::{Keep, Script, ScriptId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::de::DeserializeOwned;
use storage::{Cursor, DialogueId, Document, Kind, Reason, Row, StoreError};
use uuid::Uuid;

/// Rows read at once.
const PAGE: usize = 500;

/// What is past its time in one dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    pub dialogue: ScriptId,
    pub responses: Vec<Uuid>,
    pub votes: Vec<Uuid>,
    /// Statements and ideas, as they are removed.
    pub contributions: Vec<Document>,
    /// Responses of which only the words or the files go: see `trim`.
    pub trimmed: Vec<Uuid>,
}

impl Expired {
    fn is_empty(&self) -> bool {
        self.responses.is_empty()
            && self.votes.is_empty()
            && self.contributions.is_empty()
            && self.trimmed.is_empty()
    }
}

/// Whether something has been kept for so long since then.
pub(super) fn is_over(since: Timestamp, keep: Keep, script: &Script, now: Timestamp) -> bool {
    let span = Span::new().months(keep.months).days(keep.days);
    let since = since.to_zoned(script.institution().timezone.clone());
    since.checked_add(span).is_ok_and(|until| until.timestamp() <= now)
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
            let votes = self.expired_votes(&dialogue, now).await?;
            let contributions = self.expired_contributions(&dialogue, now).await?;
            let trimmed = self.trim(&dialogue, now, false).await?;
            let of = Expired { dialogue, responses, votes, contributions, trimmed };
            if !of.is_empty() {
                all.push(of);
            }
        }
        Ok(all)
    }

    async fn expired_of(&self, of: &ScriptId, now: Timestamp) -> Result<Vec<Uuid>, StoreError> {
        let log = DialogueId(of.0.clone());
        let past = |response: &Response| self.is_past(response, now);
        self.expired_in(&log, past).await
    }

    async fn expired_votes(&self, of: &ScriptId, now: Timestamp) -> Result<Vec<Uuid>, StoreError> {
        let mut expired = Vec::new();
        for vote in self.votes(of) {
            let past = |row: &VoteRow| self.is_past_day(of, row.revision, (row.day, false), now);
            expired.extend(self.expired_in(&DialogueId(vote_log(of, &vote)), past).await?);
        }
        Ok(expired)
    }

    async fn expired_contributions(
        &self,
        of: &ScriptId,
        now: Timestamp,
    ) -> Result<Vec<Document>, StoreError> {
        let mut expired = Vec::new();
        for kind in [Kind::Statement, Kind::Idea] {
            for (id, body) in self.store.documents(kind, &format!("{of}/")).await? {
                match engine::decode::<Reviewed>(&body) {
                    Ok(Reviewed { contribution: c, review, .. }) => {
                        // What staff have let others see is no longer the citizen's own words alone.
                        let words = review != Review::Approved;
                        if self.is_past_day(of, c.revision, (c.day, words), now) {
                            expired.push(Document { kind, id, body: None });
                        }
                    }
                    Err(error) => tracing::warn!(%error, dialogue = %of, "a contribution cannot be read"),
                }
            }
        }
        Ok(expired)
    }

    // Every vote that a revision had.
    fn votes(&self, of: &ScriptId) -> Vec<String> {
        let shelf = self.shelf.load();
        let ours = shelf.all.iter().filter(|((id, _), _)| id == of).filter_map(|(_, r)| r.published());
        let mut votes: Vec<String> =
            ours.flat_map(|p| p.script.votes().iter().map(|v| v.id.clone()).collect::<Vec<_>>()).collect();
        votes.sort_unstable();
        votes.dedup();
        votes
    }

    async fn expired_in<T: DeserializeOwned>(
        &self,
        log: &DialogueId,
        past: impl Fn(&T) -> bool,
    ) -> Result<Vec<Uuid>, StoreError> {
        let (mut expired, mut after) = (Vec::new(), Cursor(0));
        loop {
            let page = self.store.responses(log, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(expired) };
            after = last.cursor;
            for row in page {
                let Row::Live(body) = row.row else { continue };
                match engine::decode::<T>(&body) {
                    Ok(response) if past(&response) => expired.push(row.response),
                    Ok(_) => {}
                    // It is damaged or of a newer version: not ours to judge.
                    Err(error) => tracing::warn!(%error, dialogue = log.0, "a response cannot be read"),
                }
            }
        }
    }

    fn is_past(&self, response: &Response, now: Timestamp) -> bool {
        let published = self.revision(&response.dialogue, response.revision);
        published
            .is_some_and(|p| is_over(response.finished_at, p.script.header().privacy.keep, &p.script, now))
    }

    // Of what only the day is known, the whole day has passed.
    fn is_past_day(&self, of: &ScriptId, revision: u32, (day, words): (Date, bool), now: Timestamp) -> bool {
        let Some(published) = self.revision(of, revision) else { return false };
        let privacy = &published.script.header().privacy;
        let keep = privacy.keep_text.filter(|_| words).unwrap_or(privacy.keep);
        let until =
            day.checked_add(Span::new().months(keep.months).days(keep.days)).and_then(|d| d.tomorrow());
        let until = until.and_then(|d| d.to_zoned(published.script.institution().timezone.clone()));
        until.is_ok_and(|until| until.timestamp() <= now)
    }

    /// Erases what [`Library::expired`] finds; gives what it was.
    ///
    /// # Errors
    /// What the store says; what was erased before stays erased.
    pub async fn erase_expired(&self, now: Timestamp) -> Result<Vec<Expired>, StoreError> {
        let expired = self.expired(now).await?;
        for Expired { dialogue, responses, votes, contributions, trimmed } in &expired {
            if !contributions.is_empty() {
                self.store.keep(contributions.clone()).await?;
            }
            for page in responses.chunks(PAGE).chain(votes.chunks(PAGE)) {
                self.store.erase_responses(page.to_vec(), now, Reason::Retention).await?;
            }
            if !trimmed.is_empty() {
                self.trim(dialogue, now, true).await?;
            }
        }
        Ok(expired)
    }
}
