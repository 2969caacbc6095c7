//! snak.
pub mod engine;
pub mod privacy;
pub mod script;
