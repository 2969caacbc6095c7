//! Misfortunes on request: what shall go wrong, with which calls, how often.

use crate::lot::Lot;
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

/// Of so many calls in a thousand each goes wrong in one way or another.
#[derive(Debug)]
pub struct Weather {
    lot: Lot,
    in_a_thousand: usize,
}

/// As bad as the net between us and Telegram can be.
const FOUL: [Fault; 5] = [
    Fault::Status(500),
    Fault::Status(502),
    Fault::Cut,
    Fault::AnswerLost,
    Fault::Hang(Duration::from_secs(2)),
];

impl Weather {
    pub fn new(seed: u64, in_a_thousand: usize) -> Weather {
        Weather { lot: Lot::new(seed), in_a_thousand }
    }

    pub fn strikes(&mut self) -> bool {
        self.lot.below(1000) < self.in_a_thousand
    }
}

#[derive(Debug, Default)]
pub struct Faults {
    planned: Vec<Planned>,
    weather: Option<Weather>,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    on: On,
    left: usize,
}

impl Faults {
    pub fn plan(&mut self, fault: Fault, on: On, times: usize) {
        self.planned.push(Planned { fault, on, left: times });
    }

    pub fn clear(&mut self) {
        self.planned.clear();
        self.weather = None;
    }

    pub fn weather(&mut self, weather: Weather) {
        self.weather = Some(weather);
    }

    /// The oldest fault that is due for this call; it is used up by it. Else what the weather brings.
    pub fn due(&mut self, method: &str, chat: Option<i64>) -> Option<Fault> {
        let Some(planned) = self.planned.iter_mut().find(|p| p.on.hits(method, chat)) else {
            let weather = self.weather.as_mut()?;
            return weather.strikes().then(|| *weather.lot.of(&FOUL));
        };
        planned.left = planned.left.saturating_sub(1);
        let fault = planned.fault;
        self.planned.retain(|p| p.left > 0);
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
