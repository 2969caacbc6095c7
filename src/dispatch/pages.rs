//! Draws a page from what is kept, for channels that show the conversation themselves.

use super::code::{closed_words, known_place, split};
use super::mydata::{self, Shown};
use super::{Conversation, Dispatch, decoded, own};
use crate::channel::{ConversationId, InboxError, Kept, Page, PageState, Pages};
use crate::engine::{self, Begin, Effect, Illustration, Line, Moment, Session};
use crate::library::has_media;
use crate::script::{IllustrationKind, Language, PeriodState, Script};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
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
        let facts = self.facts_of(latest.as_slice()).await.map_err(not_read)?;
        let moment = Moment { now: self.clock.now(), seed: 0, facts };
        // Whoever is on the way goes on, also when the dialogue is no longer offered: a visitor belongs to one entry code.
        let of_this = |s: &&Session| latest.as_ref().is_none_or(|l| s.script == *l.script.id());
        let open = conversation.open.as_ref().filter(of_this);
        let ended = conversation.ended.as_ref().map(|k| &k.session).filter(of_this);
        let Some(session) = open.or(ended) else {
            let Some(latest) = latest else { return Ok(None) };
            let script = &latest.script;
            let language = script.offered(language);
            let place = known_place(script, place);
            let state = match script.period_at(moment.now) {
                PeriodState::Open
                    if script.runs_on(CHANNEL)
                        && !engine::is_full(script, place.as_deref(), &moment.facts) =>
                {
                    opening(script, latest.revision, language, &moment)
                }
                PeriodState::NotYet(_) | PeriodState::Open | PeriodState::Over(_) => {
                    PageState::Closed(closed_words(script, CHANNEL, &moment, language))
                }
            };
            let goes_on = engine::is_full(script, place.as_deref(), &moment.facts);
            let goes_on = !goes_on && script.period_at(moment.now) == PeriodState::Open;
            let page = self.page_of(script, language, state);
            return Ok(Some(Page { telegram: goes_on && script.runs_on("telegram"), ..page }));
        };
        let Some(published) = self.library.revision(&session.script, session.revision) else {
            return Err(InboxError::NotKept(format!("revision {} is missing", session.revision)));
        };
        let script = &published.script;
        let mut recap = engine::recap(script, session, &moment);
        self.describe_what_is_gone(&mut recap.lines);
        let goes_on = latest.is_some()
            && script.runs_on(CHANNEL)
            && script.period_at(moment.now) == PeriodState::Open
            && !engine::is_full(script, session.place.as_deref(), &moment.facts);
        let again = goes_on && script.header().answer_again;
        let state = match open {
            Some(_) => PageState::Running(recap),
            None => {
                let given = recap.lines.iter().any(|line| matches!(line, Line::Share(_)));
                let share = engine::share(script, session.language).share.filter(|_| !given && goes_on);
                PageState::Ended { recap, again, mends: engine::mendable(script, session), share }
            }
        };
        Ok(Some(self.page_of(script, session.language, state)))
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
            telegram: false,
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
