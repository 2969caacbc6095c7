//! The HTTP surface: pulling answers, tokens, health. Channels bring their own routes.

mod access;
mod account;
mod auth;
mod choices;
mod dialogues;
mod entry;
mod erasure;
mod error;
mod export;
mod guard;
mod gzip;
mod health;
mod inside;
mod media;
mod metrics;
mod openapi;
mod pull;
mod query;
mod report;
mod report_page;
mod review;
mod router;
mod token;
mod upkeep;

pub use account::Account;
pub use guard::Guard;
pub use inside::{Answer, Inside};
pub use router::{router, serve};
pub use token::Token;

use crate::library::Library;
use crate::metrics::Metrics;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use storage::{ConversationKey, Receipt, Store};

/// Routes with everything they need.
pub type App = axum::Router;

/// What the routes work on.
pub struct Web {
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    /// Why Telegram cannot be reached; `None` while it can, or where there is no Telegram.
    pub telegram: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// The bearer of the operator's commands; it may do everything.
    pub operator: String,
    pub guard: Guard,
    pub metrics: Arc<Metrics>,
    /// Forgets a conversation with all that it leads to.
    pub forget: Forget,
}

/// Forgets a conversation.
pub type Forget = Arc<dyn Fn(ConversationKey) -> BoxFuture<'static, storage::Result<Receipt>> + Send + Sync>;

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Web")
    }
}
