//! What several tests share.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

pub mod desk;
pub mod dialogues;
pub mod given;
pub mod ground;
pub mod header;
pub mod kept;
pub mod library;
pub mod meddling;
pub mod page;
pub mod play;
pub mod service;
