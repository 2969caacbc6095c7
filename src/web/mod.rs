//! x
use std::sync::Arc;
pub struct Web { pub store: Arc<dyn storage::Store>, pub library: Arc<crate::library::Library>, pub operator: String, pub telegram: Arc<dyn Fn() -> Option<String> + Send + Sync> }
pub fn router(_w: Web, chat: axum::Router) -> axum::Router { chat }
