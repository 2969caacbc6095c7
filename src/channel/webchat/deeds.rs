//! What becomes of a form: it is handed in as an event, and the browser is sent back to the page.

use super::address::{Entry, Note};
use super::form::{Deed, Posted, asks_for, asks_to_share};
use super::trouble::{self, Trouble};
use super::visitor::Token;
use super::{Chat, see, with_cookie};
use crate::channel::{Content, InboxError, Incoming, PageState, Received};
use crate::engine::{Form, Input, Line, Wish, lines};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::time::Duration;

impl Chat {
    /// Whoever has many behind one address is let through for long; what is refused stands on the page still.
    pub(super) fn counted(&self, from: Option<IpAddr>, deed: &Deed) -> Result<(), Duration> {
        let Some(from) = from else { return Ok(()) };
        match deed {
            Deed::Start => self.openings.take(from).and_then(|()| self.posts.take(from)),
            // Keeps nothing.
            Deed::Forget => Ok(()),
            Deed::Decline
            | Deed::Restart(_)
            | Deed::Mend
            | Deed::Delete
            | Deed::Answer(_)
            | Deed::Files { .. }
            | Deed::Other(_) => self.posts.take(from),
        }
    }

    /// Does what the form says.
    pub(super) async fn done(
        &self,
        entry: &Entry,
        brought: Option<Token>,
        posted: Posted,
        deed: Deed,
    ) -> Result<Response, Trouble> {
        let stale = || see(entry, Some(Note::Stale), None);
        let token = match (brought, &deed) {
            (Some(token), _) => token,
            (None, Deed::Start | Deed::Decline | Deed::Forget) => self.new_token(entry, &posted).await?,
            (
                None,
                Deed::Restart(_)
                | Deed::Mend
                | Deed::Delete
                | Deed::Answer(_)
                | Deed::Files { .. }
                | Deed::Other(_),
            ) => return Ok(stale()),
        };
        let payload = entry.payload();
        let handed_in = async |content, note| self.received(entry, &token, &posted, content, note).await;
        Ok(match deed {
            Deed::Start => {
                let content = Content::Accepted { payload, language: posted.language() };
                handed_in(content, Some(Note::Started)).await
            }
            Deed::Decline => {
                self.declined(entry, &posted).await;
                see(entry, Some(Note::Goodbye), None)
            }
            Deed::Restart(session) => handed_in(Content::Restarted { payload, session }, None).await,
            Deed::Mend => handed_in(Content::Mended { payload }, Some(Note::Mend)).await,
            Deed::Forget => see(entry, None, Some(Token::forgotten(entry, self.is_secure()))),
            Deed::Delete => self.deleted(entry, &token, &posted).await,
            Deed::Other(input) => handed_in(Content::Input(input), None).await,
            Deed::Answer(form) => {
                let content = Content::Input(Input::Form(form.clone()));
                let response = handed_in(content, asked_beside(&form)).await;
                match response.status() {
                    StatusCode::SEE_OTHER => self.to_mend(entry, &token, &form).await.unwrap_or(response),
                    _ => response,
                }
            }
            Deed::Files { form, kind, allowed } => {
                match self.asks_for_files(entry, &token, &form, kind).await? {
                    true => self.uploaded(entry, &token, posted, kind, allowed).await,
                    false => stale(),
                }
            }
        })
    }

    // Named after its form, a conversation begins once however often Start is pressed. Whoever has answered something in it has its
    // cookie: without one, an old page on a computer that others use as well does not lead there again.
    async fn new_token(&self, entry: &Entry, posted: &Posted) -> Result<Token, Trouble> {
        if let Some(named) = posted.nonce() {
            let of = named.conversation();
            // What cannot be read will not be kept either, and is told then.
            let page = self.pages.page(&entry.payload(), Some(&of), None).await.ok().flatten();
            let answered = match &page {
                None => false,
                Some(page) => match &page.state {
                    PageState::Running(recap) => {
                        recap.before.is_some() || recap.lines.iter().any(|l| matches!(l, Line::Citizen(_)))
                    }
                    PageState::Ended { .. } | PageState::Answered { .. } | PageState::Closed(..) => true,
                    // One that was broken off begins with its card again, and has answers all the same.
                    PageState::Opening(_) => !matches!(self.pages.kept(&of, page.language).await, Ok(None)),
                },
            };
            if !answered {
                return Ok(named);
            }
        }
        Token::random().map_err(|_| Trouble::Down)
    }

    // Hands the event in, and sends the browser back to the page.
    async fn received(
        &self,
        entry: &Entry,
        token: &Token,
        posted: &Posted,
        content: Content,
        note: Option<Note>,
    ) -> Response {
        let incoming = self.event(token, posted, content);
        let cookie = token.kept(entry, self.is_secure());
        match self.inbox.receive(incoming).await {
            Ok(Received { failed: true, .. }) => see(entry, Some(Note::Trouble), Some(cookie)),
            // Else a word over a button says that it came too late.
            Ok(received) => see(entry, received.toast.map(|_| Note::Stale).or(note), Some(cookie)),
            Err(InboxError::NotKept(_)) => trouble::not_kept(entry, posted),
        }
    }

    // An answer that did not fit stands there still, to be mended: it is kept nowhere, so this page is the answer to the
    // form itself. `None` where there is nothing to mend.
    async fn to_mend(&self, entry: &Entry, token: &Token, form: &Form) -> Option<Response> {
        if form.words.trim().is_empty() && form.options.len() < 2 {
            return None;
        }
        let page = self.pages.page(&entry.payload(), Some(&token.conversation()), None).await.ok()??;
        let PageState::Running(recap) = &page.state else { return None };
        let asked = recap.asked.filter(|a| a.step == form.step && a.visit == form.visit);
        if asked.is_none() || recap.why.is_none() || asked_beside(form).is_some() {
            return None;
        }
        // What must not be written here does not stand there again.
        let written = recap.why != Some(lines(page.language).get("cpr-not-here"));
        let response = self.drawn(entry, &page, true, None, Some(form).filter(|_| written)).ok()?;
        Some((StatusCode::UNPROCESSABLE_ENTITY, response).into_response())
    }

    // The page itself has asked whether it is meant. What is told of it stands on a page that is shown once.
    async fn deleted(&self, entry: &Entry, token: &Token, posted: &Posted) -> Response {
        let content = Content::Input(Input::Wish(Wish::Delete));
        match self.inbox.receive(self.event(token, posted, content)).await {
            // A word that comes instead of a receipt says that it went wrong: what is kept can still be reached.
            Ok(Received { forgotten: None, toast: Some(_), .. }) => trouble::not_kept(entry, posted),
            Ok(Received { forgotten, .. }) => {
                let gone = Token::forgotten(entry, self.is_secure());
                with_cookie(trouble::deleted(entry, posted, forgotten.as_deref()), Some(gone))
            }
            Err(InboxError::NotKept(_)) => trouble::not_kept(entry, posted),
        }
    }

    // That somebody declined is counted once for each page; whoever did is nobody, and need not hear that it could not be.
    async fn declined(&self, entry: &Entry, posted: &Posted) {
        let Some(nobody) = posted.nonce() else { return };
        let content = Content::Declined { payload: entry.payload() };
        let _ = self.inbox.receive(self.event(&nobody, posted, content)).await;
    }

    pub(super) fn event(&self, token: &Token, posted: &Posted, content: Content) -> Incoming {
        Incoming {
            update: posted.update(token),
            conversation: token.conversation(),
            channel: "web",
            language: posted.language(),
            content,
            message: None,
            upload: None,
            shows_recap: true,
        }
    }
}

// What the page itself shows, whatever question is open.
fn asked_beside(form: &Form) -> Option<Note> {
    match () {
        () if asks_for("help-words", form) => Some(Note::Help),
        () if asks_for("privacy-words", form) => Some(Note::Privacy),
        () if asks_for("delete-words", form) => Some(Note::Delete),
        () if asks_for("my-data-words", form) => Some(Note::Data),
        () if asks_for("language-words", form) => Some(Note::Language),
        () if asks_to_share(form) => Some(Note::Share),
        () => None,
    }
}
