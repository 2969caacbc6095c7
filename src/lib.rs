//! snak.
pub mod channel;
pub mod engine;
pub mod privacy;
pub mod script;
pub mod settings;
