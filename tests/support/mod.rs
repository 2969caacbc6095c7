//! What several tests share.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod page;
pub mod play;
