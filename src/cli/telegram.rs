//! Telegram as the settings have it: fetched, or brought to a route.

use super::Failure;
use crate::channel::Inbox;
use crate::channel::telegram::{self, Status, Telegram, Webhook};
use crate::settings::{self, Settings};
use crate::web::App;
use std::sync::Arc;
use storage::MasterKey;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::info;

/// A bot that is connected, and where its updates are brought; `None`: they are fetched.
pub struct Connected {
    pub telegram: Telegram,
    webhook: Option<Webhook>,
}

/// `None` where there is no token.
pub fn connect(settings: &Settings, master: &MasterKey) -> Result<Option<Connected>, Failure> {
    let Some(token) = &settings.telegram_token else {
        info!("no Telegram bot is connected (TELOXIDE_TOKEN is not set): the web chat works alone");
        return Ok(None);
    };
    let telegram = Telegram::new(token, settings.telegram_api_url.as_deref()).map_err(Failure::Misuse)?;
    let webhook = match &settings.telegram {
        settings::Telegram::Polling => None,
        settings::Telegram::Webhook(url) => {
            Some(Webhook { url: url.clone(), secret: master.webhook("telegram") })
        }
    };
    Ok(Some(Connected { telegram, webhook }))
}

impl Connected {
    /// Takes updates from now on, until `stopped` says otherwise; the routes that bring them.
    pub fn receive(
        self,
        inbox: Arc<dyn Inbox>,
        status: Status,
        stopped: watch::Receiver<bool>,
    ) -> (JoinHandle<()>, App) {
        let Connected { telegram, webhook } = self;
        match webhook {
            None => (tokio::spawn(telegram::run(telegram, inbox, status, stopped)), App::new()),
            Some(webhook) => {
                let routes = telegram::router(telegram.clone(), inbox, &webhook);
                (tokio::spawn(telegram::attend(telegram, webhook, status, stopped)), routes)
            }
        }
    }
}
