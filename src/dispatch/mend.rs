//! An answer is mended: after the end, while the session is still there, and by changing the message that gave it.

use super::conversation::{Conversation, ENDED_KEPT, Kept, Said};
use super::own::Own;
use super::reception::Reception;
use crate::engine::{self, ButtonKind, Ended, EngineError, Input, Outcome, Press, Response, State, Value};
use crate::library::Library;
use crate::script::ScriptId;

/// Messages that are remembered for each conversation.
const REMEMBERED: usize = 60;

impl Reception<'_> {
    /// An input to the session that ended last. It is open again while a question of it is.
    pub(super) fn mend(&mut self, input: &Input) -> Result<(), EngineError> {
        if self.conversation.open.as_ref().is_some_and(|s| matches!(s.state, State::Waiting(_))) {
            // One thing at a time: what is open is shown.
            return self.show_open();
        }
        let Some(Kept { session, until }) = self.conversation.ended.take() else { return Ok(()) };
        let published = self.script_of(&session)?;
        let turn = engine::advance(&published.script, session, input, &self.moment)?;
        match turn.session.state {
            // Nothing has changed yet: it is there as long as it was to be.
            State::Finished(_) if !turn.effects.iter().any(|e| matches!(e, engine::Effect::Respond(_))) => {
                self.effects.extend(turn.effects);
                self.conversation.ended = Some(Kept { session: turn.session, until });
            }
            State::Card { .. } | State::Waiting(_) | State::Finished(_) => {
                self.apply(&published.script, turn)
            }
        }
        Ok(())
    }

    /// Whether the last response of a dialogue can be mended though its session is gone.
    pub(super) fn can_reopen(&self, of: &ScriptId) -> bool {
        can_reopen(self.library, &self.own, of)
    }

    /// The last response of a dialogue, mended when its session is long gone.
    pub(super) fn reopen(&mut self, of: &ScriptId) -> Result<(), EngineError> {
        let now = self.moment.now;
        let session = last(&self.own, of).and_then(|response| {
            let published = self.library.revision(of, response.revision)?;
            engine::reopen(&published.script, self.channel, response, &self.moment)
        });
        let Some(session) = session else {
            self.is_closed();
            return Ok(());
        };
        let press = Press { session: session.nonce, step: 0, visit: 0, button: ButtonKind::Mend };
        let until = now.checked_add(ENDED_KEPT).unwrap_or(now);
        self.conversation.ended = Some(Kept { session, until });
        self.mend(&Input::Press(press))
    }

    pub(super) fn edited(&mut self, words: &str) -> Result<(), EngineError> {
        let Some(message) = &self.message else { return Ok(()) };
        let Some(said) = self.conversation.said.iter().find(|s| s.message == *message).cloned() else {
            return Ok(());
        };
        let input = Input::Edited { question: said.question.clone(), words: words.to_owned() };
        let before = answer(&self.conversation, &said);
        let open = self.conversation.open.as_ref().is_some_and(|s| s.nonce == said.session);
        let ended = self.conversation.ended.as_ref().is_some_and(|k| k.session.nonce == said.session);
        match (open, ended) {
            (true, _) => self.input(&input)?,
            (false, true) => self.mend(&input)?,
            (false, false) => return Ok(()),
        }
        self.noted = answer(&self.conversation, &said) != before;
        Ok(())
    }

    /// Remembers which answers the message gave. One that only goes on with an answer leaves none that it could change.
    pub(super) fn remember(&mut self, typed: &str) {
        let Some(message) = &self.message else { return };
        let ended = self.conversation.ended.iter().map(|kept| &kept.session);
        for session in self.conversation.open.iter().chain(ended) {
            for answered in session.answers.iter().filter(|a| a.at == self.moment.now) {
                let Outcome::Given { value, .. } = &answered.outcome else { continue };
                if matches!(value, Value::Media(_)) {
                    // The words are a note to it, not the answer.
                    continue;
                }
                let (session, question) = (session.nonce, answered.question.clone());
                self.conversation.said.retain(|s| s.session != session || s.question != question);
                let goes_on =
                    matches!(value, Value::Text(whole) if whole.lines().count() > typed.lines().count());
                if !goes_on {
                    self.conversation.said.push(Said { message: message.clone(), session, question });
                }
            }
        }
        let over = self.conversation.said.len().saturating_sub(REMEMBERED);
        self.conversation.said.drain(..over);
    }
}

/// Whether the last response of a dialogue can be mended though its session is gone.
pub fn can_reopen(library: &Library, own: &Own, of: &ScriptId) -> bool {
    let last = last(own, of).filter(|response| response.ended == Ended::End);
    let published = last.and_then(|response| library.revision(of, response.revision));
    published.is_some_and(|published| engine::can_reopen(&published.script))
}

fn last<'o>(own: &'o Own, of: &ScriptId) -> Option<&'o Response> {
    own.responses.iter().rfind(|response| response.dialogue == *of)
}

/// Which message gave an answer is known as long as the session is there.
pub fn let_go(conversation: &mut Conversation) {
    let sessions: Vec<u64> = conversation.sessions().map(|s| s.nonce).collect();
    conversation.said.retain(|said| sessions.contains(&said.session));
}

fn answer(conversation: &Conversation, said: &Said) -> Option<Outcome> {
    let ended = conversation.ended.iter().map(|kept| &kept.session);
    let session = conversation.open.iter().chain(ended).find(|s| s.nonce == said.session)?;
    session.answers.iter().find(|a| a.question == said.question).map(|a| a.outcome.clone())
}
