//! Much that fits nothing: one calm line, then silence for a while. What was written is not kept. A press and an answer that fits
//! never count, and end the silence.

use super::conversation::{Conversation, Flood};
use super::reception::Reception;
use crate::channel::Content;
use crate::engine::{self, EngineError, Input, Outcome, State};
use crate::script::fold;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use storage::ConversationKey;

/// So many in a minute are too many.
const MOST: u8 = 20;
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
const SILENCE: SignedDuration = SignedDuration::from_mins(10);

/// Those of whom nothing is kept: what came from them is counted in memory alone, and forgotten when the service stops.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<HashMap<ConversationKey, Flood>>);

/// More strangers than this are not told apart.
const MOST_STRANGERS: usize = 10_000;

impl Strangers {
    pub fn flood(&self, of: &ConversationKey) -> Option<Flood> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(of).copied()
    }

    /// What has come from a stranger until `now`; `None`: nothing that counts, or no stranger any more.
    pub fn note(&self, of: ConversationKey, flood: Option<Flood>, now: Timestamp) {
        let mut strangers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(flood) = flood else {
            strangers.remove(&of);
            return;
        };
        if strangers.len() >= MOST_STRANGERS && !strangers.contains_key(&of) {
            strangers.retain(|_, flood| flood.lasts(now));
            if strangers.len() >= MOST_STRANGERS {
                return;
            }
        }
        strangers.insert(of, flood);
    }
}

impl Flood {
    fn lasts(&self, now: Timestamp) -> bool {
        match self.silent_until {
            Some(until) => now < until,
            None => now.duration_since(self.since) < WINDOW,
        }
    }
}

/// What an input that fits something changes.
#[derive(PartialEq)]
struct Standing {
    session: Option<u64>,
    answered: usize,
    latest: Option<Timestamp>,
    ticked: usize,
    files: usize,
    asks: bool,
}

impl Standing {
    fn of(conversation: &Conversation) -> Standing {
        let open = conversation.open.as_ref();
        // Given up on is not answered.
        let answers = || open.into_iter().flat_map(|s| &s.answers).filter(|a| a.outcome != Outcome::Failed);
        let waiting = open.and_then(|s| match &s.state {
            State::Waiting(waiting) => Some(waiting),
            State::Card { .. } | State::Finished(_) => None,
        });
        Standing {
            session: open.map(|s| s.nonce),
            answered: answers().count(),
            latest: answers().map(|a| a.at).max(),
            ticked: waiting.map_or(0, |w| w.chosen.len()),
            files: waiting.map_or(0, |w| w.media.len()),
            asks: waiting.is_some(),
        }
    }
}

impl Reception<'_> {
    /// Takes what was written or sent, unless it is one too many.
    pub(super) fn unless_flooded(&mut self, content: &Content) -> Result<(), EngineError> {
        if !may_fit_nothing(content) {
            return self.taken(content);
        }
        let before = Standing::of(&self.conversation);
        let near = self.conversation.flood.is_some_and(|f| f.count >= MOST || f.silent_until.is_some());
        let kept = near.then(|| self.conversation.clone());
        self.taken(content)?;
        if Standing::of(&self.conversation) != before {
            self.conversation.flood = None;
            return Ok(());
        }
        let now = self.moment.now;
        let flood = self.conversation.flood.filter(|flood| flood.lasts(now));
        let flood = match flood {
            None => Flood { since: now, count: 1, silent_until: None },
            Some(flood @ Flood { silent_until: Some(_), .. }) => flood,
            Some(flood) => Flood { count: flood.count.saturating_add(1), ..flood },
        };
        let is_silent = flood.silent_until.is_some();
        let flood = match flood.count > MOST && !is_silent {
            true => Flood { silent_until: now.checked_add(SILENCE).ok(), ..flood },
            false => flood,
        };
        if let (Some(kept), true) = (kept, flood.silent_until.is_some()) {
            // As if it had not come.
            self.conversation = kept;
            self.effects.clear();
            if !is_silent {
                let calm = self.line("calm");
                self.say(calm, Vec::new());
            }
        }
        self.conversation.flood = Some(flood);
        Ok(())
    }
}

// A word that the bot knows is met whatever came before it.
fn may_fit_nothing(content: &Content) -> bool {
    match content {
        Content::Input(Input::Text(typed)) => !engine::is_command(&fold(typed)),
        Content::Input(
            Input::Unreadable | Input::Location(_) | Input::Media(_) | Input::Phone(_) | Input::OthersPhone,
        ) => true,
        _ => false,
    }
}
