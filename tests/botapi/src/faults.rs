//! Misfortunes on request: what shall go wrong, with which calls, how often.

use std::time::Duration;

/// Bringing an update to the webhook, as if it were a method. [`Fault::AnswerLost`]: the bot takes it, and its answer is not
/// heard; anything else: it never gets there.
pub const WEBHOOK: &str = "webhook";

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429: too many requests, ask again after this many seconds. The call does nothing.
    RetryAfter(u64),
    /// An answer of this status, 500 to 599. The call does nothing.
    Status(u16),
    /// The connection is cut without an answer. The call does nothing.
    Cut,
    /// No answer for so long, then the connection is cut. The call does nothing.
    Hang(Duration),
    /// The call does its work, and the connection is cut before the answer: the client cannot know.
    AnswerLost,
}

/// Which calls a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// Every call that puts a new message into a chat.
    Sends,
    /// Every call that names this chat.
    Chat(i64),
    /// One method, by its name as in the documentation; [`WEBHOOK`] for bringing an update.
    Method(&'static str),
    Everything,
}

#[derive(Debug, Default)]
pub struct Faults(Vec<Planned>);

#[derive(Debug)]
struct Planned {
    fault: Fault,
    on: On,
    left: usize,
}

impl Faults {
    pub fn plan(&mut self, fault: Fault, on: On, times: usize) {
        self.0.push(Planned { fault, on, left: times });
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The oldest fault that is due for this call; it is used up by it.
    pub fn due(&mut self, method: &str, chat: Option<i64>) -> Option<Fault> {
        let planned = self.0.iter_mut().find(|p| p.on.hits(method, chat))?;
        planned.left = planned.left.saturating_sub(1);
        let fault = planned.fault;
        self.0.retain(|p| p.left > 0);
        Some(fault)
    }
}

impl On {
    fn hits(&self, method: &str, chat: Option<i64>) -> bool {
        match self {
            On::Sends => is_send(method),
            On::Chat(id) => chat == Some(*id),
            On::Method(name) => method == *name,
            On::Everything => true,
        }
    }
}

/// Whether the method puts a new message into a chat.
pub fn is_send(method: &str) -> bool {
    method.starts_with("send") && method != "sendChatAction"
}
