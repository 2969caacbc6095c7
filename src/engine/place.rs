//! A place as an answer: shared, or written; and the keyboard that shares it, which goes when it is no longer needed.

use super::advance::{again, unreadable};
use super::ask;
use super::lines::{is_label, lines};
use super::message::{Effect, Keyboard, Message, Text};
use super::reading::place::{Place, place as read};
use super::session::{Outcome, State, Value, Waiting};
use super::text::said;
use super::walk::Walk;
use crate::script::{AnswerType, Point, Question, fold};

/// Where somebody says to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    pub point: Point,
    /// It goes on being shared: only this first point is taken.
    pub live: bool,
}

/// Takes a point that was shared.
pub fn location(walk: &mut Walk<'_>, question: &Question, mut waiting: Waiting, shared: Location) {
    let AnswerType::Location { within, .. } = &question.answer else {
        return unreadable(walk, question, waiting, "cannot-read");
    };
    let outside = within.is_some_and(|around| !around.holds(shared.point));
    if outside && !waiting.far {
        waiting.far = true;
        let why = match &question.retry {
            Some(words) => said(words, walk.script, &walk.session),
            None => Text::plain(lines(walk.session.language).get("place-far")),
        };
        return again(walk, question, waiting, why, false, &[]);
    }
    let l = lines(walk.session.language);
    if shared.live {
        walk.say(Text::plain(l.get("place-live")));
    }
    walk.say(Text::plain(l.get("place-kept")));
    let value = Value::Place { point: shared.point, outside };
    walk.accept(question, Outcome::Given { value, other: None });
}

/// Words typed where a place is asked for: a wish to write it, or a point in numbers. Whether they were that.
pub fn typed(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting, typed: &str) -> bool {
    let AnswerType::Location { .. } = &question.answer else { return false };
    if is_label("write-instead", &fold(typed)) {
        let language = walk.session.language;
        let text = Text::plain(lines(language).get("write-place"));
        walk.session.keyboard = false;
        let keyboard = Some(Keyboard::Remove);
        walk.effects.push(Effect::Say(Message { text, keyboard, ..Message::bare(language) }));
        return true;
    }
    let Some(Place::Point(point)) = read(typed, walk.session.language) else { return false };
    location(walk, question, waiting.clone(), Location { point, live: false });
    true
}

/// At the end of a turn: a keyboard for sharing goes with the first words after it, once something else is asked. Buttons and a
/// keyboard's removal do not fit under one message, so a word of its own may be needed.
pub fn tidy_keyboard(walk: &mut Walk<'_>) {
    let says = |effect: &Effect| matches!(effect, Effect::Say(_));
    let shares = |effect: &Effect| match effect {
        Effect::Say(Message { keyboard: Some(keyboard), .. }) => *keyboard != Keyboard::Remove,
        _ => false,
    };
    if walk.effects.iter().any(shares) {
        walk.session.keyboard = true;
        return;
    }
    let still_asked = match &walk.session.state {
        State::Waiting(waiting) => {
            let question = walk.script.question(&waiting.at);
            question.is_some_and(|q| ask::keyboard(q, waiting, &walk.session).is_some())
        }
        State::Card { .. } | State::Finished(_) => false,
    };
    if !walk.session.keyboard || still_asked {
        return;
    }
    walk.session.keyboard = false;
    let bare = |effect: &&mut Effect| matches!(effect, Effect::Say(m) if m.buttons.is_empty() && m.share.is_none() && m.link.is_none());
    if let Some(Effect::Say(message)) = walk.effects.iter_mut().find(bare) {
        message.keyboard = Some(Keyboard::Remove);
        return;
    }
    let place = walk.effects.iter().position(says).unwrap_or(walk.effects.len());
    let now = walk.session.answers.iter().rfind(|answer| answer.at == walk.moment.now);
    let name = match now.map(|answer| &answer.outcome) {
        Some(Outcome::Given { .. }) => "place-noted",
        Some(Outcome::Skipped | Outcome::Failed) => "moving-on",
        // Gone back, or asked for something else.
        None => "all-right",
    };
    let language = walk.session.language;
    let text = Text::plain(lines(language).get(name));
    let keyboard = Some(Keyboard::Remove);
    walk.effects.insert(place, Effect::Say(Message { text, keyboard, ..Message::bare(language) }));
}
