//! Scripted dialogues with citizens on messaging platforms, for institutions of culture and leisure.
//!
//! Functional core, imperative shell: everything that decides is a plain function over values; everything that waits, stores
//! or talks to a network is a thin shell around it.
//!
//! ```text
//!             cli  ── builds everything, the only reader of settings
//!              │
//!             web ─────────────┐
//!              │               │
//!        dispatch  delivery    │          shell: async, disk, network, clock
//!          │  │     │   │      │
//!    library  channel   │    export
//!          │  │  │      │      │
//!          │ engine     │      │          core: plain functions over values
//!          │   │        │      │
//!          script       storage           two bottoms that do not know each other
//! ```
//!
//! Beside them stand small rooms that know no other: `settings`, `gate` (who knocks, and how often: for `web` and the web chat),
//! `metrics` (what the shell counts of its own work).
//!
//! A room may use the rooms below it along a line. Never:
//!
//! 1. `script`, `engine`, `export` name tokio, axum, teloxide, sled, `std::fs`, a clock or a random source. Time, seed and
//!    facts come in as arguments.
//! 2. `storage` names this package, or looks inside a session or message body.
//! 3. `engine` names `storage`, or `storage` names `script`. `dispatch` converts.
//! 4. `channel` names `dispatch`, `delivery` or `web`. It is given an [`channel::Inbox`]; it offers a `Router` that `web` mounts.
//! 5. One channel names another.
//! 6. `web` advances a live session. Only `dispatch` does.
//! 7. Platform types leave their channel's folder, database types their file, HTTP types `web` and `channel/webchat`.
//! 8. Anything is sent or acknowledged before `commit` returned.
//!
//! `tests/tidy.rs` holds this table and fails on an arrow that is not in it.

pub mod channel;
pub mod cli;
pub mod delivery;
pub mod dispatch;
pub mod engine;
pub mod export;
pub mod gate;
pub mod library;
pub mod metrics;
pub mod privacy;
pub mod script;
pub mod settings;
pub mod web;
