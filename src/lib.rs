//! snak.
pub mod channel;
pub mod engine;
pub mod export;
pub mod library;
pub mod privacy;
pub mod script;
pub mod settings;
pub mod web;
