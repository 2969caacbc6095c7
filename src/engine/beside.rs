//! Small questions beside the open one: shall an earlier answer change, which language, will you go on?

use super::advance::{aside, ask_words, reading, show_again, stop, take};
use super::answer::Reply;
use super::input::Input;
use super::lines::{Arg, is_label, lines, spoken};
use super::media::Media;
use super::message::{Button, ButtonKind, Effect, Message, Press, Text};
use super::reading::yesno::yes_or_no;
use super::session::{Asks, Beside, Outcome, Waiting};
use super::text::{date, list, outcome};
use super::wake::closes;
use super::walk::Walk;
use crate::script::{AnswerType, Language, Question, Script, fold};
use jiff::SignedDuration;

/// Presses on one question within this time are one finger's: the first counts.
const ONE_FINGER: SignedDuration = SignedDuration::from_secs(5);

/// What the citizen says to a small question.
#[derive(Debug, Clone, Copy)]
pub enum Choice {
    Yes,
    No,
    To(Language),
}

/// The answer to the small question, if the input is one. Anything else belongs to the open question.
pub fn choice(script: &Script, language: Language, beside: Beside, input: &Input) -> Option<Choice> {
    match (beside.asks, input) {
        (Asks::Change { step, .. }, Input::Press(press)) if press.step == step => match press.button {
            ButtonKind::Change => Some(Choice::Yes),
            ButtonKind::Keep => Some(Choice::No),
            _ => None,
        },
        // Step 0: whoever comes back by the link wants to go on, and is shown the question by other means.
        (Asks::GoOn, Input::Press(press)) if press.step != 0 => match press.button {
            ButtonKind::GoOn => Some(Choice::Yes),
            ButtonKind::NoThanks => Some(Choice::No),
            _ => None,
        },
        (Asks::Language, Input::Press(press)) => match press.button {
            ButtonKind::Language(n) => script.header().languages.get(n as usize).copied().map(Choice::To),
            _ => None,
        },
        (Asks::Language, Input::Text(typed)) => named(script, &fold(typed)).map(Choice::To),
        (Asks::Voice, Input::Press(press)) => match press.button {
            ButtonKind::Allow => Some(Choice::Yes),
            ButtonKind::Refuse => Some(Choice::No),
            _ => None,
        },
        (Asks::GoOn, Input::Text(typed)) if is_label("go-on", &fold(typed)) => Some(Choice::Yes),
        (Asks::Change { .. } | Asks::GoOn | Asks::Voice, Input::Text(typed)) => {
            yes_or_no(typed, language).map(|yes| if yes { Choice::Yes } else { Choice::No })
        }
        (Asks::Change { .. } | Asks::GoOn | Asks::Language | Asks::Voice | Asks::Mend, _) => None,
    }
}

/// Whether a conversation can go on in it: the dialogue is offered in it, or the bot's own words are.
pub fn may_speak(script: &Script, language: Language) -> bool {
    script.header().languages.contains(&language) || spoken().any(|l| l == language)
}

/// From now on in `to`. Where the dialogue is not offered in it, that it is the bot's own words alone is said.
pub fn speak(walk: &mut Walk<'_>, to: Language) {
    walk.session.language = to;
    let offered = &walk.script.header().languages;
    if offered.contains(&to) {
        return walk.say(Text::plain(lines(to).get("language-now")));
    }
    let names: Vec<String> = offered.iter().map(|l| l.own_name().to_owned()).collect();
    let names = list(&names, to);
    walk.remark(Text::plain(lines(to).with("language-words-only", &[("languages", Arg::Text(&names))])));
}

/// The language that a folded text names in its own words: one of the dialogue, or one that the bot speaks.
pub fn named(script: &Script, folded: &str) -> Option<Language> {
    let offered = script.header().languages.iter().copied();
    offered.chain(spoken()).find(|l| fold(l.own_name()) == folded)
}

/// Does what was chosen.
pub fn settle(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, beside: Beside, choice: Choice) {
    match (beside.asks, choice) {
        (Asks::Change { step, to }, Choice::Yes) => change(walk, &waiting, step, to),
        (Asks::Language, Choice::To(language)) => {
            leave(walk);
            walk.retire(&waiting);
            speak(walk, language);
            show_again(walk, question, waiting, None);
        }
        (Asks::GoOn, Choice::Yes) | (Asks::Change { .. }, Choice::No) => {
            leave(walk);
            walk.retire(&waiting);
            show_again(walk, question, waiting, None);
        }
        (Asks::GoOn, Choice::No) => {
            leave(walk);
            stop(walk, &waiting);
        }
        (Asks::Voice, Choice::Yes) => {
            // Nobody could fetch it: it is asked for once more, the yes stands.
            walk.session.voice = true;
            leave(walk);
            let text = Text::plain(lines(walk.session.language).get("media-failed"));
            aside(walk, question, waiting, text);
        }
        (Asks::Voice, Choice::No) => {
            leave(walk);
            let text = Text::plain(lines(walk.session.language).get("voice-refused"));
            aside(walk, question, waiting, text);
        }
        (Asks::Change { .. } | Asks::Language | Asks::GoOn | Asks::Voice | Asks::Mend, _) => leave(walk),
    }
}

/// The small question no longer stands: its buttons go.
pub fn leave(walk: &mut Walk<'_>) {
    walk.session.pending = None;
    let Some(beside) = walk.session.beside.take() else { return };
    let bare = Message::bare(walk.session.language);
    walk.effects.push(Effect::Amend { of: beside.message, message: bare });
}

pub(super) fn put(walk: &mut Walk<'_>, asks: Asks, text: Text, buttons: Vec<Vec<Button>>) {
    leave(walk);
    let message = walk.session.name_message();
    walk.session.beside = Some(Beside { message, asks });
    let language = walk.session.language;
    walk.effects.push(Effect::Say(Message {
        of: Some(message),
        language,
        text,
        buttons,
        ..Message::bare(language)
    }));
}

fn button(walk: &Walk<'_>, question: &Question, visit: u16, label: String, kind: ButtonKind) -> Vec<Button> {
    let press = Press { session: walk.session.nonce, step: question.number, visit, button: kind };
    vec![Button { label, press, on: None }]
}

/// A press on a question that was answered before: does the citizen want another answer?
pub fn ask_change(walk: &mut Walk<'_>, earlier: &Question, press: &Press) {
    let Some(now) = walk.session.outcome(&earlier.id).cloned() else {
        return walk.toast("already-answered");
    };
    let at = walk.session.answers.iter().find(|a| a.question == earlier.id).map(|a| a.at);
    if at.is_some_and(|at| walk.moment.now.duration_since(at) < ONE_FINGER) {
        return;
    }
    let ButtonKind::Option(place) = press.button else { return walk.toast("already-answered") };
    let l = lines(walk.session.language);
    let label = match &earlier.answer {
        AnswerType::Multi { .. } | AnswerType::Rank { .. } => l.get("change"),
        _ => match wanted(walk, earlier, place) {
            Some((wanted, _)) if wanted == now => return,
            Some((_, label)) => l.with("change-to", &[("answer", Arg::Text(&label))]),
            None => return walk.toast("already-answered"),
        },
    };
    let mut text = Text::default();
    if let Some(answer) = outcome(earlier, &now, walk.session.language) {
        text.line(&l.with("your-answer-was", &[("answer", Arg::Text(&answer))]));
    }
    text.line(&l.get("change-question"));
    let buttons = vec![
        button(walk, earlier, press.visit, label, ButtonKind::Change),
        button(walk, earlier, press.visit, l.get("keep-answer"), ButtonKind::Keep),
    ];
    put(walk, Asks::Change { step: press.step, to: press.button }, text, buttons);
}

// What a press on an option comes to, own words still to come, and how it reads.
fn wanted(walk: &Walk<'_>, question: &Question, place: u8) -> Option<(Outcome, String)> {
    let given = match reading(walk, question).pressed(place) {
        Reply::Answer { outcome, .. } => outcome,
        Reply::AskWords { code, chosen } => {
            Outcome::Given { value: super::session::other_value(question, &code, &chosen), other: None }
        }
        Reply::Again { .. } => return None,
    };
    let label = outcome(question, &given, walk.session.language)?;
    Some((given, label))
}

fn change(walk: &mut Walk<'_>, waiting: &Waiting, step: u16, to: ButtonKind) {
    let script = walk.script;
    let earlier = script.questions().find(|q| q.number == step);
    let Some(earlier) = earlier.filter(|q| walk.session.outcome(&q.id).is_some()) else {
        return leave(walk);
    };
    let reply = match (&earlier.answer, to) {
        (AnswerType::Multi { .. } | AnswerType::Rank { .. }, _) => None,
        (_, ButtonKind::Option(place)) => Some(reading(walk, earlier).pressed(place)),
        _ => None,
    };
    walk.retire(waiting);
    walk.carried = Some(waiting.clone());
    match reply {
        Some(Reply::Answer { outcome: given, sure, redacted }) => {
            changed(walk, earlier, &given);
            let Some(waiting) = walk.unwind(&earlier.id) else { return };
            take(walk, earlier, waiting, Reply::Answer { outcome: given, sure, redacted });
        }
        Some(Reply::AskWords { code, chosen }) => {
            leave(walk);
            let Some(waiting) = walk.unwind(&earlier.id) else { return };
            ask_words(walk, earlier, waiting, code, chosen);
        }
        Some(Reply::Again { .. }) | None => {
            leave(walk);
            walk.rewind(&earlier.id);
        }
    }
}

fn changed(walk: &mut Walk<'_>, question: &Question, given: &Outcome) {
    let language = walk.session.language;
    let Some(beside) = walk.session.beside.take() else { return };
    let answer = outcome(question, given, language).unwrap_or_default();
    let text = Text::plain(lines(language).with("changed", &[("answer", Arg::Text(&answer))]));
    let message = Message { text, ..Message::bare(language) };
    walk.effects.push(Effect::Amend { of: beside.message, message });
}

/// The languages of the dialogue, each in its own words.
pub fn ask_language(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting) {
    let buttons = (0u8..)
        .zip(&walk.script.header().languages)
        .map(|(n, l)| button(walk, question, waiting.visit, l.own_name().to_owned(), ButtonKind::Language(n)))
        .collect();
    let text = Text::plain(lines(walk.session.language).get("language-question"));
    put(walk, Asks::Language, text, buttons);
}

/// May the voice message be kept? Nothing of it is fetched before the answer.
pub fn ask_voice(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting, media: Media) {
    let l = lines(walk.session.language);
    let buttons = vec![
        button(walk, question, waiting.visit, l.get("voice-yes"), ButtonKind::Allow),
        button(walk, question, waiting.visit, l.get("voice-no"), ButtonKind::Refuse),
    ];
    put(walk, Asks::Voice, Text::plain(l.get("voice-question")), buttons);
    walk.session.pending = Some(media);
}

/// The one reminder.
pub fn remind(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting) {
    let l = lines(walk.session.language);
    let buttons = vec![
        button(walk, question, waiting.visit, l.get("go-on"), ButtonKind::GoOn),
        button(walk, question, waiting.visit, l.get("no-thanks"), ButtonKind::NoThanks),
    ];
    put(walk, Asks::GoOn, Text::plain(l.get("reminder")), buttons);
}

/// The place is kept, and nobody is reminded of it.
pub fn pause(walk: &mut Walk<'_>, question: &Question, waiting: &Waiting) {
    walk.session.reminded = true;
    let l = lines(walk.session.language);
    let closes = closes(walk.script, &walk.session).map(|(at, _)| at);
    let until = closes.map(|at| {
        date(at.to_zoned(walk.script.institution().timezone.clone()).date(), walk.session.language)
    });
    let text = l.with("paused", &[("date", Arg::Text(until.as_deref().unwrap_or_default()))]);
    if walk.session.channel == "web" {
        // The question stands open on the page as before.
        return walk.remark(Text::plain(text));
    }
    let buttons = vec![button(walk, question, waiting.visit, l.get("go-on"), ButtonKind::GoOn)];
    put(walk, Asks::GoOn, Text::plain(text), buttons);
}
