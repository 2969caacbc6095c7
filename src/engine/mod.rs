//! Session + input -> session + effects. Pure: time and seed come in, nothing is stored or sent.
//!
//! [`start`] shows the opening card; [`advance`] takes one input to the next wait. What the citizen has done so far can be
//! told again at any time by [`recap`].

mod advance;
mod answer;
mod ask;
mod beside;
mod card;
mod condition;
mod draw;
mod facts;
mod input;
mod lines;
mod matching;
mod media;
mod mend;
mod message;
mod own;
mod place;
mod quota;
mod ranking;
pub mod reading;
mod recap;
mod session;
mod share;
mod show;
mod taken;
mod text;
mod typing;
mod urgent;
mod wake;
mod walk;

pub use advance::{EngineError, advance};
pub use card::{close, declined_counter, start};
pub use condition::holds;
pub use draw::may_draw;
pub use facts::{Facts, Other, liked_counters, list, quota_counters, shown_counters, vote_log};
pub use input::{Begin, Form, Input, Moment};
pub use lines::{Arg, Lines, is_label, lines, spoken};
pub use media::{Fetched, Kept, Media, may_want, wants};
pub use mend::{can_reopen, cut, mendable, reopen};
pub use message::*;
pub use own::{Told, ballot_words, told};
pub use place::Location;
pub use quota::{full_words, is_full};
pub use reading::contact::masked;
pub use reading::yesno::yes_or_no;
pub use reading::{is_command, is_word};
pub use recap::{Asked, Before, Line, Recap, help, place, privacy, privacy_at, recap};
pub use session::*;
pub use share::message as share;
pub use text::date;
pub use wake::{closes, wake_at};
