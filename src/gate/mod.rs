//! Who knocks, and how often: where a request comes from, and how much of one kind may come from there.

mod hops;
mod meter;

pub use hops::{client, origin};
pub use meter::{Meter, Rate};
