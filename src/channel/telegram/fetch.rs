//! Downloads a file that a citizen sent. Its address holds the token: it stands in no error.

use super::{Telegram, send_error};
use crate::channel::{Fetch, FetchError, SendError};
use async_trait::async_trait;
use teloxide::requests::Requester;
use teloxide::types::FileId;

#[async_trait]
impl Fetch for Telegram {
    async fn fetch(&self, handle: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let file =
            self.call(self.bot.get_file(FileId(handle.to_owned()))).await.map_err(
                |error| match send_error(error) {
                    SendError::Throttled(wait) => FetchError::Unreachable(format!("asked to wait {wait:?}")),
                    SendError::Unreachable(why) => FetchError::Unreachable(why),
                    SendError::Refused(why) => FetchError::Refused(why),
                    SendError::Blocked => FetchError::Refused("blocked".to_owned()),
                },
            )?;
        let mut url = self.bot.api_url();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("file").push(&format!("bot{}", self.bot.token()));
            path.extend(file.path.split('/'));
        }
        let unreachable = |e: reqwest::Error| FetchError::Unreachable(e.without_url().to_string());
        let mut response = self.bot.client().get(url).send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_client_error() {
            return Err(FetchError::Refused(status.to_string()));
        }
        if !status.is_success() {
            return Err(FetchError::Unreachable(status.to_string()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > max_bytes {
                return Err(FetchError::Refused("it is larger than Telegram says".to_owned()));
            }
        }
        Ok(bytes)
    }
}
