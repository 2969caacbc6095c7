//! Votes, in a log of their own for each vote: the voter is called otherwise than in the responses, and no row names one.

use super::{Dispatch, encoded};
use crate::engine::{Ballot, Effect, Session, VoteRow, vote_log};
use crate::privacy::pseudonym;
use crate::script::ScriptId;
use storage::{ConversationKey, DialogueId, ResponseChange, Secrets, StoreError};
use uuid::Uuid;

/// The response of the session that ends in these effects.
pub fn response(effects: &[Effect]) -> Option<Uuid> {
    effects.iter().find_map(|e| if let Effect::Respond(response) = e { Some(response.id) } else { None })
}

impl Dispatch {
    /// The rows of one citizen's votes. Voted again, by a citizen who is known, the newer vote stands.
    pub(super) fn votes(
        &self,
        key: &ConversationKey,
        response: Uuid,
        (dialogue, revision): (&ScriptId, u32),
        log: &DialogueId,
        ballots: Vec<Ballot>,
    ) -> Result<Vec<ResponseChange>, StoreError> {
        let secrets = self.store.secrets();
        let anonymous = self.library.is_anonymous(dialogue, revision);
        let voter = match anonymous {
            true => pseudonym::anonymous_voter(secrets, log, response),
            false => pseudonym::voter(secrets, log, key),
        };
        let row = |Ballot { statement, words, vote, day }: Ballot| {
            let response = pseudonym::ballot(secrets, log, &voter, &statement);
            let row = VoteRow { revision, voter: voter.clone(), statement, words, vote, day };
            let row = encoded(&row)?;
            Ok(ResponseChange { dialogue: log.clone(), response, row, linked: !anonymous, media: Vec::new() })
        };
        let mut rows: Vec<ResponseChange> =
            ballots.into_iter().map(row).collect::<Result<_, StoreError>>()?;
        // In an order that tells nothing of the conversation.
        rows.sort_by_key(|row| row.response);
        Ok(rows)
    }
}

/// The response of a session and the votes that were given in it, where nothing else leads to them.
pub fn led_to(secrets: &Secrets, session: &Session, anonymous: bool) -> Vec<Uuid> {
    let mut ids = vec![session.response];
    if anonymous {
        for drawn in &session.drawn {
            let log = DialogueId(vote_log(&session.script, &drawn.of));
            let voter = pseudonym::anonymous_voter(secrets, &log, session.response);
            ids.extend(drawn.list.iter().map(|shown| pseudonym::ballot(secrets, &log, &voter, &shown.id)));
        }
    }
    ids
}
