//! The HTTP surface: pulling answers, tokens, health. Channels bring their own routes.

mod auth;
mod dialogues;
mod error;
mod export;
mod health;
mod query;
mod router;
mod token;

pub use router::router;
pub use token::Token;

use crate::library::Library;
use std::sync::Arc;
use storage::Store;

/// What the routes work on.
pub struct Site {
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    /// Why Telegram cannot be reached; `None` while it can, or where there is no Telegram.
    pub telegram: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// The bearer of the operator's commands; it may do everything.
    pub operator: String,
    /// Base of links; `None` takes what the request was sent to.
    pub public_url: Option<String>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Site")
    }
}
