//! Brings the file that an open question asks for: cleaned, sealed and on disk before the turn that names it is computed.

use super::{Conversation, Dispatch};
use crate::channel::{Content, FetchError, Incoming};
use crate::engine::{self, Fetched, Input, Media};
use crate::privacy::picture::{Cleaned, cleaned};
use crate::script::MediaKind;
use std::time::Duration;
use storage::{StoreError, Stored};
use tracing::{info, warn};

/// A file that is not here by then is asked for again: everybody behind it waits.
const PATIENCE: Duration = Duration::from_secs(20);
const TRIES: u32 = 3;
/// core.telegram.org/bots/api#getfile; the engine has compared the size with the question's own limit where it is known.
const MAX_BYTES: u64 = 20_000_000;

impl Dispatch {
    /// What the event is once its file is there; `None` where it has none that is wanted.
    pub(super) async fn fetched(
        &self,
        stored: Option<&Stored>,
        incoming: &Incoming,
    ) -> Result<Option<Content>, StoreError> {
        let Content::Input(input) = &incoming.content else { return Ok(None) };
        if !engine::may_want(input) {
            return Ok(None);
        }
        let Some(media) = stored.and_then(|stored| self.wanted(stored, input)) else { return Ok(None) };
        let fetched = self.fetch(incoming, &media).await?;
        Ok(Some(Content::Input(Input::Media(Media { fetched, ..media }))))
    }

    fn wanted(&self, stored: &Stored, input: &Input) -> Option<Media> {
        // What cannot be read is told by the turn itself.
        let session = engine::decode::<Conversation>(&stored.body).ok()?.open?;
        let published = self.library.revision(&session.script, session.revision)?;
        engine::wants(&published.script, &session, input)
    }

    async fn fetch(&self, incoming: &Incoming, media: &Media) -> Result<Fetched, StoreError> {
        let bytes = match &incoming.upload {
            Some(bytes) => bytes.clone(),
            None => match tokio::time::timeout(PATIENCE, self.brought(incoming, media)).await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Ok(Fetched::Failed),
                Err(_) => {
                    warn!("a file did not come in time");
                    return Ok(Fetched::Failed);
                }
            },
        };
        let bytes = match (cleaned(bytes), media.kind) {
            (Cleaned::Picture(bytes), MediaKind::Photo | MediaKind::File) => bytes,
            (Cleaned::Other(bytes), MediaKind::Voice | MediaKind::File) => bytes,
            (Cleaned::Other(_), MediaKind::Photo)
            | (Cleaned::Picture(_), MediaKind::Voice)
            | (Cleaned::Unfit, _) => return Ok(Fetched::Unfit),
        };
        let size = bytes.len() as u64;
        let id = self.store.put_media(bytes, self.clock.now()).await?;
        info!(file = %id.0, kind = media.kind.name(), size, "a file was kept");
        Ok(Fetched::Kept { id: id.0, bytes: size })
    }

    async fn brought(&self, incoming: &Incoming, media: &Media) -> Option<Vec<u8>> {
        let fetch = self.fetchers.get(incoming.channel)?;
        for attempt in 1..=TRIES {
            match fetch.fetch(&media.handle, MAX_BYTES).await {
                Ok(bytes) => return Some(bytes),
                Err(FetchError::Refused(why)) => {
                    warn!(why, "a file could not be fetched");
                    return None;
                }
                Err(FetchError::Unreachable(why)) => {
                    warn!(why, attempt, "a file could not be fetched");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
        None
    }
}
