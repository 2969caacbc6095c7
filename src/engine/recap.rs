//! The conversation so far, told again from the session: no transcript is stored.

use super::card::card;
use super::input::Moment;
use super::lines::{Arg, lines};
use super::message::{Illustration, Link, Message, Share, Text};
use super::session::{Ended, Outcome, Session, State, Value, Waiting, other_value};
use super::share::share;
use super::show::{illustrations, link};
use super::text::{date, outcome, said, shown_back, year_at};
use super::walk::{closing, how_far};
use super::{ask, urgent};
use crate::script::{AnswerType, Basis, Keep, Kind, Language, Question, Script};
use jiff::{Span, Timestamp};

#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    Bot(Text),
    Citizen(Text),
    /// A picture or a film, and what is to be seen in it.
    Shown(Illustration, Text),
    /// Comes with what was said before it.
    Link(Link),
    Share(Share),
}

/// An answer that can be given anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// As a field holds it, to be changed there.
    InField(String),
    /// To be told above the question.
    Told(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Recap {
    pub language: Language,
    pub lines: Vec<Line>,
    /// What went wrong with the last answer to the open question.
    pub why: Option<String>,
    /// The answer that the open question had before.
    pub before: Option<Before>,
    /// The opening card or the open question; `None` when the session has ended.
    pub open: Option<Message>,
    /// Which question is open; `None` at the card and after the end.
    pub asked: Option<Asked>,
}

/// What a form must carry so that it answers this showing of this question and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The session's nonce.
    pub session: u64,
    pub step: u16,
    pub visit: u16,
}

/// Everything that was said and answered on the way, and what is open now.
pub fn recap(script: &Script, session: &Session, moment: &Moment) -> Recap {
    let script = script.on(&session.channel);
    let mut recap = Recap {
        language: session.language,
        lines: Vec::new(),
        why: None,
        before: None,
        asked: None,
        open: None,
    };
    for passed in &session.trail {
        let Some(no) = script.find(&passed.0) else { continue };
        match &script.item(no).kind {
            Kind::Say(bubbles) => {
                recap.lines.extend(bubbles.iter().map(|w| Line::Bot(said(w, script, session))));
                let item = script.item(no);
                let shown = illustrations(item, script, session).into_iter();
                recap.lines.extend(shown.filter_map(|m| Some(Line::Shown(m.illustration?, m.text))));
                recap.lines.extend(link(item, script, session).map(Line::Link));
                let shared = item.share.then(|| share(script, session.language));
                recap.lines.extend(shared.map(Line::Share));
            }
            Kind::End(words) => recap.lines.extend(words.iter().map(|w| Line::Bot(said(w, script, session)))),
            Kind::Ask(question) => {
                recap.lines.push(Line::Bot(ask::words(question, script, session)));
                let given = session.outcome(&question.id);
                let words = match given {
                    Some(Outcome::Skipped) => ask::skip_label(question, session.language),
                    Some(given) => {
                        let year = year_at(session.started_at, script);
                        shown_back(question, given, session.language, Some(year))
                    }
                    None => None,
                };
                recap.lines.extend(words.map(|w| Line::Citizen(Text::plain(w))));
                if session.urgent.contains(&question.id) {
                    recap.lines.push(Line::Bot(urgent::help(script, session)));
                }
                if let Some(Outcome::Given { value: Value::Code(code), .. }) = given
                    && let Some(reply) =
                        question.answer.options().and_then(|o| o.find(code)).and_then(|o| o.say.as_ref())
                {
                    recap.lines.push(Line::Bot(said(reply, script, session)));
                }
            }
            Kind::Group { .. } | Kind::Visit(_) | Kind::Goto(_) => {}
        }
    }
    recap.lines.extend(session.remarks.iter().cloned().map(Line::Bot));
    match &session.state {
        State::Card { message } => recap.open = Some(card(script, session, *message)),
        State::Waiting(waiting) => {
            recap.why.clone_from(&waiting.why);
            let Some(question) = script.question(&waiting.at) else { return recap };
            recap.asked = Some(Asked { session: session.nonce, step: question.number, visit: waiting.visit });
            recap.open = Some(ask::open(question, waiting, None, script, session, moment));
            recap.before = before(question, waiting, session);
            if let Some(code) = &waiting.other {
                // The option is chosen and its words are awaited: the question itself lies behind.
                let ticked =
                    Outcome::Given { value: other_value(question, code, &waiting.chosen), other: None };
                recap.lines.push(Line::Bot(ask::words(question, script, session)));
                recap.lines.extend(
                    outcome(question, &ticked, session.language).map(|w| Line::Citizen(Text::plain(w))),
                );
            }
        }
        State::Finished(ended) => {
            let last = session.trail.last().and_then(|p| script.find(&p.0)).map(|no| &script.item(no).kind);
            // An `end:` with words has said goodbye itself.
            if !(*ended == Ended::End && matches!(last, Some(Kind::End(Some(_))))) {
                recap.lines.push(Line::Bot(closing(script, session, *ended)));
            }
        }
    }
    recap
}

fn before(question: &Question, waiting: &Waiting, session: &Session) -> Option<Before> {
    if waiting.other.is_some() || !waiting.media.is_empty() {
        return None;
    }
    let given = &session.answers.iter().find(|a| a.question == question.id)?.outcome;
    let Outcome::Given { value, .. } = given else { return None };
    let words = outcome(question, given, session.language);
    match value {
        Value::Text(_) if question.answer.is_contact() => words.map(Before::Told),
        Value::Text(words) => Some(Before::InField(words.clone())),
        Value::Number(_) if matches!(question.answer, AnswerType::Number { .. }) => {
            words.map(Before::InField)
        }
        Value::Place { .. } => words.map(Before::InField),
        // As browsers want them.
        Value::Date(date) => Some(Before::InField(date.to_string())),
        Value::Time(time) => Some(Before::InField(time.strftime("%H:%M").to_string())),
        // These are ticked and chosen as they were.
        Value::Codes(_) | Value::Ranked(_) | Value::Voted => None,
        Value::Code(_) | Value::Number(_) | Value::Media(_) => words.map(Before::Told),
    }
}

/// What this is, how to answer, whom to ask.
pub fn help(script: &Script, language: Language) -> Text {
    let institution = script.institution().name.plain(language);
    let title = script.header().title.plain(language);
    Text::plain(lines(language).with(
        "help",
        &[
            ("institution", Arg::Text(&institution)),
            ("title", Arg::Text(&title)),
            ("contact", Arg::Text(script.contact())),
        ],
    ))
}

/// Who asks and why, what is kept and for how long, whom to ask about it.
pub fn privacy(script: &Script, language: Language) -> Text {
    let privacy = &script.header().privacy;
    let institution = script.institution();
    let basis = match privacy.basis {
        Basis::Consent => "consent",
        Basis::PublicTask => "public_task",
    };
    let protection = institution.data_protection_contact.as_deref().unwrap_or(script.contact());
    let mut text = Text::plain(lines(language).with(
        "privacy",
        &[
            ("institution", Arg::Text(&institution.name.plain(language))),
            ("purpose", Arg::Text(&script.header().purpose.plain(language))),
            ("notice", Arg::Text(&privacy.notice.plain(language))),
            ("basis", Arg::Text(basis)),
            ("keep", Arg::Text(&kept_for(privacy.keep, language))),
            ("anonymous", Arg::Text(if privacy.anonymous { "yes" } else { "no" })),
            ("data-protection", Arg::Text(protection)),
        ],
    ));
    for (name, keep) in [("kept-text", privacy.keep_text), ("kept-media", privacy.keep_media)] {
        if let Some(keep) = keep {
            let keep = kept_for(keep, language);
            text.line(&lines(language).with(name, &[("keep", Arg::Text(&keep))]));
        }
    }
    if let Some(link) = &privacy.link {
        text.line(link);
    }
    text
}

/// As [`privacy`], with the day until which answers given at `now` are kept, and what can be asked for here in the chat.
pub fn privacy_at(script: &Script, language: Language, now: Timestamp) -> Text {
    let mut text = privacy(script, language);
    let Keep { months, days } = script.header().privacy.keep;
    let today = now.to_zoned(script.institution().timezone.clone()).date();
    if let Ok(day) = today.checked_add(Span::new().months(months).days(days)) {
        text.line(&lines(language).with("kept-until", &[("date", Arg::Text(&date(day, language)))]));
    }
    text.line(&lines(language).get("privacy-rights"));
    text
}

fn kept_for(keep: Keep, language: Language) -> String {
    let (name, count) = if keep.months > 0 { ("keep-months", keep.months) } else { ("keep-days", keep.days) };
    lines(language).with(name, &[("count", Arg::Number(count.into()))])
}

/// Question so-and-so of so many, for whoever comes back; `None` before the first and after the last.
pub fn place(script: &Script, session: &Session) -> Option<(u16, u16)> {
    let script = script.on(&session.channel);
    let State::Waiting(waiting) = &session.state else { return None };
    Some(how_far(script, session, script.question(&waiting.at)?))
}
