//! Who knocks, and how often: where a request comes from, how much of one kind may come from there, and how many may stay.

mod hops;
mod meter;
mod seats;

pub use hops::{client, origin};
pub use meter::{Meter, Rate};
pub use seats::{Seat, Seats};
