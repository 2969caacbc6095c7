//! What is kept of a citizen as they are shown it: to read, and the same as a JSON file. Pure.

use super::conversation::Conversation;
use super::own::Own;
use crate::engine::{
    self, Answered, Arg, Contribution, Outcome, Review, Reviewed, Session, State, Text, Told, date, lines,
    told,
};
use crate::library::Library;
use crate::script::{Language, Script, ScriptId, Style};
use serde_json::{Value, json};

pub struct Shown {
    pub text: Text,
    pub json: String,
}

/// Everything, dialogue by dialogue, the running ones last.
pub fn all(library: &Library, conversation: &Conversation, own: &Own, language: Language) -> Shown {
    let mut list = List { library, language, text: Text::plain(lines(language).get("data-all")) };
    let mut responses: Vec<Value> = own.responses.iter().map(|r| list.response(r)).collect();
    // An anonymous response is linked to nothing: while it can still be mended, its session leads to it.
    let ended = conversation.ended.iter().map(|kept| &kept.session);
    let unlinked = ended.filter(|s| !own.responses.iter().any(|r| r.id == s.response));
    responses.extend(unlinked.map(|s| list.session(s)));
    let running: Vec<&Session> = conversation.open.iter().chain(&conversation.parked).collect();
    let running = running.into_iter().filter(|s| matches!(s.state, State::Waiting(_)));
    let running: Vec<Value> = running.map(|s| list.session(s)).collect();
    let votes: Vec<Value> = own.votes.iter().filter_map(|(log, row)| list.vote(log, row)).collect();
    let contacts: Vec<Value> = own.contacts.iter().map(|(of, contact)| list.contact(of, contact)).collect();
    let contributed: Vec<Value> =
        own.contributed.iter().map(|(of, reviewed)| list.contributed(&of.dialogue, reviewed)).collect();
    let news: Vec<Value> = conversation.subscribed.iter().map(|s| list.news(&s.dialogue)).collect();
    let done: Vec<Value> =
        conversation.done.iter().map(|d| json!({"dialogue": d.dialogue, "on": d.on.to_string()})).collect();
    let whole = json!({
        "responses": responses, "running": running, "votes": votes, "contacts": contacts,
        "contributions": contributed, "news": news, "answered": done,
        "language": conversation.language,
    });
    let json = serde_json::to_string_pretty(&whole).unwrap_or_default();
    Shown { text: list.text, json }
}

struct List<'l> {
    library: &'l Library,
    language: Language,
    text: Text,
}

impl List<'_> {
    fn line(&mut self, name: &str, values: &[(&'static str, Arg<'_>)]) {
        self.text.line("");
        self.text.line(&lines(self.language).with(name, values));
    }

    fn head(&mut self, words: &str) {
        self.text.line("");
        self.text.line("");
        self.text.push(words, Style::Bold);
    }

    // A dialogue that is not in the library any more has its name alone.
    fn title(&self, of: &ScriptId) -> String {
        let latest = self.library.latest(of);
        latest.map_or_else(|| of.0.clone(), |p| p.script.header().title_in(self.language))
    }

    fn answers(&mut self, script: &Script, answers: &[Answered]) -> Vec<Value> {
        let answer = |Told { asked, answer, json }| {
            self.text.line(&asked);
            self.text.push("\n– ", Style::Plain);
            self.text.push(&answer, Style::Plain);
            json
        };
        told(script, answers, self.language).into_iter().map(answer).collect()
    }

    fn response(&mut self, of: &engine::Response) -> Value {
        let published = self.library.revision(&of.dialogue, of.revision);
        let title = self.title(&of.dialogue);
        let day = of.finished_at.to_zoned(
            published.as_ref().map_or(jiff::tz::TimeZone::UTC, |p| p.script.institution().timezone.clone()),
        );
        let day = date(day.date(), self.language);
        let values = [("title", Arg::Text(title.as_str())), ("date", Arg::Text(&day))];
        self.head(&lines(self.language).with("data-answered", &values));
        // Words and files that were kept for a shorter time than the rest are gone, not skipped.
        let gone = |a: &&Answered| a.outcome == Outcome::Skipped && of.withdrawn.contains(&a.question);
        let kept: Vec<Answered> = of.answers.iter().filter(|a| !gone(a)).cloned().collect();
        let answers = published.map(|p| self.answers(&p.script, &kept)).unwrap_or_default();
        json!({
            "response": of.id, "dialogue": of.dialogue, "title": title, "revision": of.revision,
            "channel": of.channel, "place": of.place, "language": of.language, "status": of.status,
            "ended": of.ended, "started_at": of.started_at.to_string(),
            "finished_at": of.finished_at.to_string(), "changed_at": of.changed_at.to_string(),
            "answers": answers,
        })
    }

    fn session(&mut self, session: &Session) -> Value {
        let title = self.title(&session.script);
        self.head(&lines(self.language).with("data-running", &[("title", Arg::Text(&title))]));
        let published = self.library.revision(&session.script, session.revision);
        let answers = published.map(|p| self.answers(&p.script, &session.answers)).unwrap_or_default();
        json!({
            "dialogue": session.script, "title": title, "revision": session.revision,
            "channel": session.channel, "place": session.place, "language": session.language,
            "started_at": session.started_at.to_string(), "answers": answers,
        })
    }

    fn vote(&mut self, log: &str, row: &engine::VoteRow) -> Option<Value> {
        let (dialogue, vote) = log.split_once('#')?;
        let dialogue = ScriptId(dialogue.to_owned());
        let published = self.library.revision(&dialogue, row.revision)?;
        let words = engine::ballot_words(&published.script, vote, row, self.language);
        let values = [("vote", Arg::Text(row.vote.name())), ("words", Arg::Text(words.as_str()))];
        self.line("data-vote", &values);
        Some(
            json!({"dialogue": dialogue, "vote": vote, "statement": words, "voted": row.vote, "on": row.day.to_string()}),
        )
    }

    fn contact(&mut self, of: &ScriptId, contact: &engine::Contact) -> Value {
        let address = engine::masked(&contact.address);
        self.line("data-contact", &[("address", Arg::Text(&address))]);
        json!({"dialogue": of, "way": contact.way, "address": address})
    }

    fn contributed(&mut self, of: &ScriptId, reviewed: &Reviewed) -> Value {
        let Reviewed { contribution: Contribution { words, day, .. }, review, .. } = reviewed;
        let published = if *review == Review::Approved { "yes" } else { "no" };
        self.line("data-idea", &[("published", Arg::Text(published)), ("words", Arg::Text(words))]);
        json!({"dialogue": of, "words": words, "on": day.to_string(), "review": review})
    }

    fn news(&mut self, of: &ScriptId) -> Value {
        let title = self.title(of);
        self.line("data-news", &[("title", Arg::Text(&title))]);
        json!({"dialogue": of, "title": title})
    }
}
