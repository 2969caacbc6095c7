//! Wrong tokens: counted for each address and put off when they come thick, told of once for each burst. A right one always gets in.

use super::error::Refusal;
use crate::gate::{Meter, Rate, origin};
use axum::http::request::Parts;
use ipnet::IpNet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;

/// A nightly job with an old token, which asks for each of its dialogues in each form, hears 401 and why; what goes on for longer
/// than any job that somebody would have to mend is put off.
const WRONG: Rate = Rate { burst: 50, every: Duration::from_secs(10) };
/// A burst is over when no wrong token has come for so long.
const QUIET: Duration = Duration::from_secs(60);
/// One that does not end is told of again.
const TOLD_EVERY: Duration = Duration::from_secs(60 * 60);

/// Who comes with a token that is none.
#[derive(Debug)]
pub struct Guard {
    meter: Meter,
    /// Whose word is taken for where a request comes from.
    trusted: Vec<IpNet>,
    burst: Mutex<Option<Burst>>,
}

#[derive(Debug)]
struct Burst {
    last: Instant,
    told: Instant,
}

impl Default for Guard {
    fn default() -> Guard {
        Guard::new(Vec::new())
    }
}

impl Guard {
    pub fn new(trusted: Vec<IpNet>) -> Guard {
        Guard { meter: Meter::new(WRONG), trusted, burst: Mutex::new(None) }
    }

    /// What to answer whoever came with a wrong token: 401, or 429 when there were too many from there.
    ///
    /// A token is looked at first and its sender counted only when it is wrong, so that a whole town hall behind one address is
    /// never shut out by one old token among them, and nobody can shut out others by guessing in their name. Nothing is lost by
    /// that: a token is 256 random bits, and is not guessed at any speed. What the limit saves is the log, and the senders' time;
    /// a look is a hash and a comparison with the few tokens there are.
    pub fn wrong(&self, parts: &Parts) -> Refusal {
        self.tell(Instant::now());
        // This machine too: a proxy on it that nobody has told of speaks for many, but only for their wrong tokens here.
        let Some(from) = origin(&parts.headers, &parts.extensions, &self.trusted) else {
            return Refusal::unauthorized();
        };
        self.meter.take(from).err().map_or_else(Refusal::unauthorized, Refusal::too_many)
    }

    // Neither the token nor where it came from: a right one with a slip in it would stand in the log, and an address is a person's.
    fn tell(&self, now: Instant) {
        let mut burst = self.burst.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |b: &Burst| now - b.last >= QUIET || now - b.told >= TOLD_EVERY;
        if burst.as_ref().is_none_or(over) {
            warn!("somebody asks for answers with a token that is not known, revoked or expired");
            *burst = Some(Burst { last: now, told: now });
        } else if let Some(burst) = burst.as_mut() {
            burst.last = now;
        }
    }
}
