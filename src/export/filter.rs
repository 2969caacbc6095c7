//! Which responses a puller asked for.

use crate::engine::{Audience, Response, Status};
use jiff::Timestamp;

/// Everything left empty lets everything through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub status: Option<Status>,
    /// First and last whole second of `changed_at`, both included.
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub revisions: Vec<u32>,
    pub places: Vec<String>,
    pub channels: Vec<String>,
    pub audiences: Vec<Audience>,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    pub fn holds(&self, response: &Response) -> bool {
        fn among<T: PartialEq>(wanted: &[T], it: &T) -> bool {
            wanted.is_empty() || wanted.contains(it)
        }
        // Exports show whole seconds, so whole seconds are compared.
        let changed = second(response.changed_at);
        let place = || response.place.as_ref().is_some_and(|p| self.places.contains(p));
        self.status.is_none_or(|s| s == response.status)
            && self.since.is_none_or(|since| changed >= since)
            && self.until.is_none_or(|until| changed <= until)
            && among(&self.revisions, &response.revision)
            && (self.places.is_empty() || place())
            && among(&self.channels, &response.channel)
            && among(&self.audiences, &response.audience)
    }
}

/// The whole second that a time lies in.
pub fn second(at: Timestamp) -> Timestamp {
    let whole = at.as_second() - i64::from(at.subsec_nanosecond() < 0);
    Timestamp::from_second(whole).unwrap_or(at)
}
