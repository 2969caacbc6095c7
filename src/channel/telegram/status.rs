//! How it stands with Telegram, for the operator and for links.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing::{info, warn};

#[derive(Debug, Clone, Default)]
pub struct Status {
    trouble: Arc<Mutex<Option<String>>>,
    bot: Arc<OnceLock<String>>,
}

impl Status {
    /// Why nothing comes from Telegram, in a sentence; `None` while all is well.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// The bot's name in links, set once Telegram has told it.
    pub fn bot(&self) -> Arc<OnceLock<String>> {
        self.bot.clone()
    }
    /// The bot is called so. The operator is told the link that citizens use.
    pub(super) fn name(&self, name: &str) {
        if self.bot.set(name.to_owned()).is_ok() {
            info!("Telegram bot connected: https://t.me/{name}");
        }
    }
    /// Told once for each time it begins and ends.
    pub(super) fn set(&self, trouble: Option<String>) {
        let mut now = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*now, &trouble) {
            (None, Some(why)) => warn!(why, "nothing comes from Telegram; it is tried again"),
            (Some(_), None) => info!("Telegram can be reached"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        *now = trouble;
    }
}
