//! Files that come with a form.

use super::address::Entry;
use super::form::Posted;
use super::trouble::{self, Trouble};
use super::visitor::Token;
use super::{Chat, see};
use crate::channel::{Content, InboxError, Incoming, PageState};
use crate::engine::{Asked, Fetched, Field, Form, Input, Media};
use crate::script::MediaKind;
use axum::response::Response;

impl Chat {
    /// Whether the form is that of the open question, and the question asks for such files.
    pub(super) async fn asks_for_files(
        &self,
        entry: &Entry,
        token: &Token,
        form: &Form,
        kind: MediaKind,
    ) -> Result<bool, Trouble> {
        let page = self.pages.page(&entry.payload(), Some(&token.conversation()), None).await;
        let page = page.map_err(|_| Trouble::Down)?.ok_or(Trouble::Unknown)?;
        let PageState::Running(recap) = page.state else { return Ok(false) };
        let asked = Asked { session: form.session, step: form.step, visit: form.visit };
        let field = recap.open.and_then(|open| open.field);
        let wanted = matches!(field, Some(Field::Files { kind: wanted, .. }) if wanted == kind);
        Ok(wanted && recap.asked == Some(asked))
    }

    /// Each file is an event of its own; those beyond the question's number are met by the engine as the rest of an album.
    pub(super) async fn uploaded(
        &self,
        entry: &Entry,
        token: &Token,
        mut posted: Posted,
        kind: MediaKind,
        allowed: bool,
    ) -> Response {
        let update = posted.update(token);
        let cookie = token.kept(entry, self.is_secure());
        for (n, bytes) in std::mem::take(&mut posted.files).into_iter().enumerate() {
            let media = Media {
                kind,
                handle: n.to_string(),
                bytes: Some(bytes.len() as u64),
                caption: None,
                album: Some(update.clone()),
                allowed,
                fetched: Fetched::No,
            };
            let event = self.event(token, &posted, Content::Input(Input::Media(media)));
            let incoming = Incoming { update: format!("{update}-{n}"), upload: Some(bytes), ..event };
            if let Err(InboxError::NotKept(_)) = self.inbox.receive(incoming).await {
                return trouble::not_kept(entry, &posted);
            }
        }
        see(entry, None, Some(cookie))
    }
}
