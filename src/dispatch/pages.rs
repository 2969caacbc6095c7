//! Draws a page from what is kept, for channels that show the conversation themselves.

use super::code::{closed_words, known_place, split};
use super::entry::{answered_words, is_open, open_ones, whom_to_write_to};
use super::mydata::{self, Shown};
use super::{Conversation, Dispatch, decoded, mend, own};
use crate::channel::{ConversationId, InboxError, Kept, Offered, Page, PageState, Pages};
use crate::engine::{self, Begin, Effect, Ended, Illustration, Line, Moment, Session, State};
use crate::library::{Published, has_media};
use crate::script::{IllustrationKind, Language, PeriodState, Script};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::Arc;
use storage::ConversationKey;

/// The channel that shows pages.
const CHANNEL: &str = "web";

#[async_trait]
impl Pages for Dispatch {
    async fn page(
        &self,
        payload: &str,
        of: Option<&ConversationId>,
        language: Option<Language>,
    ) -> Result<Option<Page>, InboxError> {
        let (code, place) = split(payload);
        let latest = self.library.by_code(&code);
        let conversation = match of {
            Some(of) => self.read(&self.key(of)).await?,
            None => Conversation::default(),
        };
        let moment = self.moment(latest.as_slice()).await?;
        // Whoever is on the way goes on, also when the dialogue is no longer offered: a visitor belongs to one entry code.
        let of_this = |s: &&Session| latest.as_ref().is_none_or(|l| s.script == *l.script.id());
        let open = conversation.open.as_ref().filter(of_this);
        let ended = conversation.ended.as_ref().map(|k| &k.session).filter(of_this);
        let Some(session) = open.or(ended) else {
            let Some(latest) = latest else { return Ok(None) };
            let place = known_place(&latest.script, place);
            let language = latest.script.offered(language.or(conversation.language));
            return self.unbegun(of, &conversation, &latest, place, language, &moment).await.map(Some);
        };
        let Some(published) = self.library.revision(&session.script, session.revision) else {
            return Err(InboxError::NotKept(format!("revision {} is missing", session.revision)));
        };
        let script = &published.script;
        let mut recap = engine::recap(script, session, &moment);
        self.describe_what_is_gone(&mut recap.lines);
        let begins = latest.is_some() && is_open(script, CHANNEL, session.place.as_deref(), &moment);
        let given = recap.lines.iter().any(|line| matches!(line, Line::Share(_)));
        let state = match open {
            Some(_) => PageState::Running(recap),
            None => {
                let again = begins && script.header().answer_again;
                PageState::Ended { recap, again, mends: engine::mendable(script, session) }
            }
        };
        let page = self.page_of(script, session.language, state);
        // Whoever stopped has no more to do with it.
        let stopped = matches!(session.state, State::Finished(ended) if ended != Ended::End);
        let share = page.share.filter(|_| !given && begins && !stopped);
        Ok(Some(Page { open: begins, share, ..page }))
    }

    async fn offered(&self, language: Language) -> Result<(Vec<Offered>, Option<String>), InboxError> {
        let all = self.library.offered();
        let moment = self.moment(&all).await?;
        let open = open_ones(&self.library, CHANNEL, &moment);
        let contact = all.first().map(|p| whom_to_write_to(&p.script, language));
        let offered = open.iter().map(|p| offered(&p.script, language)).collect::<Vec<_>>();
        let contact = contact.filter(|_| offered.is_empty());
        Ok((offered, contact))
    }

    async fn kept(&self, of: &ConversationId, language: Language) -> Result<Option<Kept>, InboxError> {
        let key = self.key(of);
        let conversation = self.read(&key).await?;
        let own = own::read(&*self.store, &key, &conversation).await.map_err(not_read)?;
        if conversation.is_empty() && own.responses.is_empty() {
            return Ok(None);
        }
        let Shown { text, json } = mydata::all(&self.library, &conversation, &own, language);
        Ok(Some(Kept { text, json }))
    }

    fn changes(&self, of: &ConversationId) -> BoxStream<'static, ()> {
        let changes = stream::unfold(self.watched.watch(self.key(of)), async |mut watched| {
            watched.changed().await.ok().map(|()| ((), watched))
        });
        changes.boxed()
    }
}

fn not_read(why: impl std::fmt::Display) -> InboxError {
    InboxError::NotKept(why.to_string())
}

impl Dispatch {
    async fn read(&self, of: &ConversationKey) -> Result<Conversation, InboxError> {
        let stored = self.store.conversation(of).await.map_err(not_read)?;
        decoded(stored.as_ref()).map_err(not_read)
    }

    async fn moment(&self, scripts: &[Arc<Published>]) -> Result<Moment, InboxError> {
        let facts = self.facts_of(scripts).await.map_err(not_read)?;
        Ok(Moment { now: self.clock.now(), seed: 0, facts })
    }

    // Neither begun nor just ended.
    async fn unbegun(
        &self,
        of: Option<&ConversationId>,
        conversation: &Conversation,
        latest: &Published,
        place: Option<String>,
        language: Language,
        moment: &Moment,
    ) -> Result<Page, InboxError> {
        let script = &latest.script;
        let begins = is_open(script, CHANNEL, place.as_deref(), moment);
        let state = match of.filter(|_| conversation.completed(script.id())) {
            _ if !begins => {
                let mut why = closed_words(script, CHANNEL, moment, language);
                let (others, _) = self.offered(language).await?;
                if others.is_empty() && !why.contains(script.contact()) {
                    why = format!("{why} {}", whom_to_write_to(script, language));
                }
                PageState::Closed(why, others)
            }
            None => opening(script, latest.revision, language, moment),
            Some(of) => {
                let own = own::read(&*self.store, &self.key(of), conversation).await.map_err(not_read)?;
                PageState::Answered {
                    words: answered_words(conversation, script, language),
                    again: script.header().answer_again,
                    mends: mend::can_reopen(&self.library, &own, script.id()),
                }
            }
        };
        let full = engine::is_full(script, place.as_deref(), &moment.facts);
        let goes_on = !full && script.period_at(moment.now) == PeriodState::Open;
        let page = self.page_of(script, language, state);
        Ok(Page { open: begins, telegram: goes_on && script.runs_on("telegram"), ..page })
    }

    fn page_of(&self, script: &Script, language: Language, state: PageState) -> Page {
        let institution = script.institution();
        let logo = institution.logo.as_ref().map(|file| Illustration {
            kind: IllustrationKind::Image,
            institution: institution.folder.clone(),
            file: file.clone(),
        });
        Page {
            title: script.header().title_in(language),
            institution: institution.name.plain(language),
            logo: logo.filter(|of| has_media(self.library.folder(), &of.institution, &of.file)),
            language,
            languages: script.header().languages.clone(),
            state,
            open: false,
            telegram: false,
            share: engine::share(script, language).share,
            help: engine::help(script, language),
            privacy: engine::privacy(script, language),
            contact: institution.contact.as_deref().unwrap_or(script.contact()).to_owned(),
            accessibility: institution.accessibility.clone(),
        }
    }

    // In place of a picture or a film whose file is not there, what would be to be seen in it.
    fn describe_what_is_gone(&self, lines: &mut [Line]) {
        let there = |of: &Illustration| has_media(self.library.folder(), &of.institution, &of.file);
        for line in lines {
            if let Line::Shown(of, words) = line
                && !there(of)
            {
                *line = Line::Bot(std::mem::take(words));
            }
        }
    }
}

fn offered(script: &Script, language: Language) -> Offered {
    Offered {
        title: script.header().title_in(language),
        institution: script.institution().name.plain(language),
        payload: script.header().entry.code.clone(),
    }
}

// The card as a session would show it; nothing begins by looking.
fn opening(script: &Script, revision: u32, language: Language, moment: &Moment) -> PageState {
    let begin = Begin {
        revision,
        channel: CHANNEL,
        place: None,
        language: Some(language),
        returning: false,
        response: uuid::Uuid::nil(),
    };
    let turn = engine::start(script, begin, moment);
    let card = turn.effects.into_iter().find_map(|e| match e {
        Effect::Say(message) => Some(message),
        Effect::Amend { .. }
        | Effect::Toast(_)
        | Effect::Wish(_)
        | Effect::Unsay
        | Effect::Respond(_)
        | Effect::WakeAt(_)
        | Effect::Contacts(..)
        | Effect::Apart(_) => None,
    });
    PageState::Opening(card.unwrap_or_else(|| engine::Message::bare(language)))
}
