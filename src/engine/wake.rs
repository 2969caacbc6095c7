//! When a silent conversation is woken: once to remind, then to close.

use super::session::{Ended, Session, State};
use crate::script::Script;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, Zoned};

/// An opening card that nobody answers is forgotten after this long.
const CARD_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An answer that is put right after the end is put right within this time: then the link to the response may be cut.
const MENDED_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Who has begun when the period ends may still finish within this time.
const FINISHED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The next wake-up of a session; `None` once it has ended.
pub fn wake_at(script: &Script, session: &Session) -> Option<Timestamp> {
    let defaults = &script.header().defaults;
    match &session.state {
        State::Finished(_) => None,
        State::Card { .. } => session.touched_at.checked_add(CARD_KEPT).ok(),
        State::Waiting(_) => {
            let (closes, _) = closes(script, session)?;
            if session.finished_at.is_some() {
                return Some(closes);
            }
            if !session.reminded {
                let reminds = awake(session.touched_at.checked_add(defaults.remind_after).ok()?, script);
                if reminds < closes {
                    return Some(reminds);
                }
            }
            Some(awake(closes, script))
        }
    }
}

/// When a session that waits is closed, and as what: given up, or over some time after its period.
pub fn closes(script: &Script, session: &Session) -> Option<(Timestamp, Ended)> {
    if let Some(finished_at) = session.finished_at {
        // The cut of an anonymous link was promised from the first end: no mending puts it off.
        let anonymous = script.header().privacy.anonymous;
        let from = if anonymous { finished_at } else { session.touched_at };
        return Some((from.checked_add(MENDED_WITHIN).ok()?, Ended::Timeout));
    }
    let give_up_after = script.header().defaults.give_up_after;
    let given_up = session.touched_at.checked_add(give_up_after).ok()?;
    let over = script.period_end().and_then(|end| end.checked_add(give_up_after.min(FINISHED_WITHIN)).ok());
    Some(match over {
        Some(over) if over < given_up => (over, Ended::Closed),
        Some(_) | None => (given_up, Ended::Timeout),
    })
}

/// `at`, or the end of the quiet hours that it falls in.
pub fn awake(at: Timestamp, script: &Script) -> Timestamp {
    let (from, to) = script.header().defaults.quiet_hours;
    let local = at.to_zoned(script.institution().timezone.clone());
    if !quiet(local.time(), from, to) {
        return at;
    }
    let day = if local.time() >= to { local.date().tomorrow().unwrap_or(local.date()) } else { local.date() };
    let end = day.to_datetime(to).to_zoned(local.time_zone().clone());
    end.as_ref().map_or(at, Zoned::timestamp)
}

fn quiet(time: Time, from: Time, to: Time) -> bool {
    if from <= to { time >= from && time < to } else { time >= from || time < to }
}
