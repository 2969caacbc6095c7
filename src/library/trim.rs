//! What goes before the rest of a response: the citizen's own words after `privacy.keep_text`, files after `privacy.keep_media`.

use super::Library;
use super::retention::is_over;
use crate::engine::{self, Outcome, Response, Value};
use crate::script::ScriptId;
use jiff::Timestamp;
use storage::{
    Body, Changes, ConversationKey, Cursor, DialogueId, MediaId, ResponseChange, Row, StoreError, UpdateId,
    Version,
};
use uuid::Uuid;

/// Rows read at once, and written at once.
const PAGE: usize = 100;

impl Library {
    /// Takes out what is past its time at `now`, or only finds it; gives which responses. Each comes again in a pull: the answers
    /// that are gone are withdrawn, and an option chosen beside them stays.
    ///
    /// # Errors
    /// What the store says; what was taken out before stays so.
    pub(super) async fn trim(
        &self,
        of: &ScriptId,
        now: Timestamp,
        write: bool,
    ) -> Result<Vec<Uuid>, StoreError> {
        let log = DialogueId(of.0.clone());
        let end = self.store.extent(&log).await?.latest;
        let (mut trimmed, mut after) = (Vec::new(), Cursor(0));
        // What is written anew comes behind the end.
        while after < end {
            let page = self.store.responses(&log, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.cursor;
            let mut changes = Vec::new();
            for row in page {
                let Row::Live(body) = row.row else { continue };
                // One that cannot be read was told of already.
                let Ok(response) = engine::decode::<Response>(&body) else { continue };
                let Some(shorter) = self.shorter(&response, now) else { continue };
                trimmed.push(row.response);
                changes.push(change(&log, &shorter)?);
            }
            if write && !changes.is_empty() {
                self.store.commit(rewriting(changes, now)).await?;
            }
        }
        Ok(trimmed)
    }

    // The response without what is past its time; `None` where there is nothing of it. What goes as a whole is not touched.
    fn shorter(&self, response: &Response, now: Timestamp) -> Option<Response> {
        let published = self.revision(&response.dialogue, response.revision)?;
        let (script, privacy) = (&published.script, &published.script.header().privacy);
        if is_over(response.finished_at, privacy.keep, script, now) {
            return None;
        }
        let mut shorter = response.clone();
        for answered in &mut shorter.answers {
            // What was mended later counts from then.
            let since = response.finished_at.max(answered.at);
            let over = |keep| is_over(since, keep, script, now);
            let (text, media) = (privacy.keep_text.is_some_and(over), privacy.keep_media.is_some_and(over));
            let Outcome::Given { value, other } = &mut answered.outcome else { continue };
            if text {
                *other = None;
            }
            let gone = match value {
                Value::Text(_) => text,
                Value::Media(list) => {
                    // Written beside it.
                    list.iter_mut().filter(|_| text).for_each(|kept| kept.note = None);
                    media
                }
                Value::Code(_)
                | Value::Codes(_)
                | Value::Number(_)
                | Value::Place { .. }
                | Value::Ranked(_)
                | Value::Date(_)
                | Value::Time(_)
                | Value::Voted => false,
            };
            if gone {
                answered.outcome = Outcome::Skipped;
                if !shorter.withdrawn.contains(&answered.question) {
                    shorter.withdrawn.push(answered.question.clone());
                }
            }
        }
        (shorter != *response).then_some(Response { changed_at: now, ..shorter })
    }
}

fn change(log: &DialogueId, response: &Response) -> Result<ResponseChange, StoreError> {
    let row = engine::encode(response)
        .map_err(|e| StoreError::Backend(format!("a response cannot be written: {e}")))?;
    let media = response.answers.iter().flat_map(|a| a.outcome.media());
    let media = media.map(|kept| MediaId(kept.id)).collect();
    // A link, where there is one, is the conversation's own and stays.
    Ok(ResponseChange { dialogue: log.clone(), response: response.id, row, linked: false, media })
}

// On behalf of no conversation: only rows are written, under new cursors.
fn rewriting(responses: Vec<ResponseChange>, now: Timestamp) -> Changes {
    let first = responses.first().map(|change| change.response).unwrap_or_default();
    Changes {
        conversation: ConversationKey([0; 16]),
        update: UpdateId(format!("retention:{first}:{now}")),
        at: now,
        expected: Version(0),
        body: Body::Remove,
        address: None,
        responses,
        outbox: Vec::new(),
        wake_at: None,
        documents: Vec::new(),
        counts: Vec::new(),
        media: None,
        erases: true,
    }
}
