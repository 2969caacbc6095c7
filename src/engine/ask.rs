//! A question as a message: its words, its options in the order they are shown, its buttons.

use super::condition::holds;
use super::draw;
use super::input::Moment;
use super::lines::{Arg, lines};
use super::media;
use super::message::{Button, ButtonKind, Field, Keyboard, Message, Press, Text};
use super::session::{Session, Waiting};
use super::text::said;
use crate::script::{AnswerType, Choice, Day, Language, Options, Question, Script, Skip, Style, Wanted};

/// Labels up to this long stand two in a row: a phone shows them whole.
const SHORT_LABEL: usize = 12;
/// Buttons of a scale in one row; longer scales take more rows.
const SCALE_ROW: usize = 7;

/// The options that the citizen can see, in the order shown, with their places in the file.
pub fn shown<'s>(
    options: &'s Options,
    number: u16,
    script: &Script,
    session: &Session,
    moment: &Moment,
) -> Vec<(u8, &'s Choice)> {
    let mut list: Vec<(u8, &Choice)> =
        (0u8..).zip(&options.list).filter(|(_, o)| holds(o.when.as_ref(), script, session, moment)).collect();
    if options.shuffle {
        let loose: Vec<usize> = (0..list.len()).filter(|n| !list[*n].1.fixed).collect();
        let mut random = session.nonce ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Fisher-Yates over the places of those that may move; the same session sees the same order each time.
        for i in (1..loose.len()).rev() {
            let j = (next(&mut random) % (i as u64 + 1)) as usize;
            list.swap(loose[i], loose[j]);
        }
    }
    list
}

/// SplitMix64, for an order that only has to differ between sessions.
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The question's own words with its hint, as they stand in the message.
pub fn words(question: &Question, script: &Script, session: &Session) -> Text {
    let mut text = match draw::words(question, script, session) {
        Some(shown) => shown,
        None => said(&question.text, script, session),
    };
    if let Some(hint) = &question.hint {
        text.line("");
        text.append(said(hint, script, session));
    }
    let language = session.language;
    match &question.answer {
        AnswerType::Multi { options, max, .. } if *max < options.list.len() => {
            text.line("");
            text.push(
                &lines(language).with("choose-at-most", &[("max", Arg::Number(*max as i64))]),
                Style::Italic,
            );
        }
        AnswerType::Scale { labels, .. } if !labels.is_empty() => {
            let ends: Vec<String> =
                labels.iter().map(|(n, w)| format!("{n} = {}", w.plain(language))).collect();
            text.line("");
            text.push(&ends.join("\n"), Style::Plain);
        }
        AnswerType::Rank { options, pick } => {
            let l = lines(language);
            // A page has a list to choose from for each place.
            let on_page = session.channel == "web";
            let how = match *pick < options.list.len() {
                true if on_page => l.with("page-rank-first", &[("pick", Arg::Number(*pick as i64))]),
                true => l.with("rank-first", &[("pick", Arg::Number(*pick as i64))]),
                false if on_page => l.get("page-rank-all"),
                false => l.get("rank-all"),
            };
            text.line("");
            text.push(&how, Style::Italic);
        }
        AnswerType::Choice(_)
        | AnswerType::Multi { .. }
        | AnswerType::YesNo(_)
        | AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_)
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => {}
    }
    text
}

/// A question with its buttons; `lead` goes before it.
pub fn message(
    question: &Question,
    waiting: &Waiting,
    lead: Option<Text>,
    script: &Script,
    session: &Session,
    moment: &Moment,
) -> Message {
    Message {
        of: waiting.message,
        text: put(question, waiting, lead, script, session),
        buttons: buttons(question, waiting, script, session, moment),
        field: Some(field(question, waiting, script, moment)),
        keyboard: keyboard(question, waiting, session),
        ..Message::bare(session.language)
    }
}

/// The question's message when it was answered: its words as they were, and what was answered below.
pub fn answered(
    question: &Question,
    waiting: &Waiting,
    script: &Script,
    session: &Session,
    (mark, label, style): (&str, &str, Style),
) -> Message {
    let mut text = put(question, waiting, None, script, session);
    text.line(mark);
    text.push(label, style);
    let keyboard = keyboard(question, waiting, session);
    Message { of: waiting.message, text, keyboard, ..Message::bare(session.language) }
}

// The words of the message that puts a question.
fn put(
    question: &Question,
    waiting: &Waiting,
    lead: Option<Text>,
    script: &Script,
    session: &Session,
) -> Text {
    let mut text = lead.unwrap_or_default();
    if waiting.other.is_some() {
        text.line(&lines(session.language).get("own-words"));
    } else if !waiting.media.is_empty() {
        text.line(&media::count(question, waiting, session.language));
    } else {
        if !text.is_empty() {
            text.line("");
            text.line("");
        }
        text.append(words(question, script, session));
    }
    text
}

/// As [`message`], with how far the citizen is: for the question that stands open.
pub fn open(
    question: &Question,
    waiting: &Waiting,
    lead: Option<Text>,
    script: &Script,
    session: &Session,
    moment: &Moment,
) -> Message {
    let mut message = message(question, waiting, lead, script, session, moment);
    if let Some((place, total)) = waiting.progress.filter(|_| waiting.other.is_none()) {
        message.text.line("");
        let values = [("place", Arg::Number(place.into())), ("total", Arg::Number(total.into()))];
        message.text.push(&lines(session.language).with("progress", &values), Style::Italic);
    }
    message
}

fn field(question: &Question, waiting: &Waiting, script: &Script, moment: &Moment) -> Field {
    match &question.answer {
        _ if waiting.other.is_some() => Field::Text { max_length: crate::script::MAX_TEXT_CHARS },
        AnswerType::Choice(o) => Field::OneOf { other: o.list.iter().any(|c| c.other) },
        AnswerType::YesNo(_) | AnswerType::Scale { .. } => Field::OneOf { other: false },
        AnswerType::Multi { options, .. } => Field::SeveralOf { other: options.list.iter().any(|c| c.other) },
        AnswerType::Number { .. } => Field::Number,
        AnswerType::Text { max_length, .. } => Field::Text { max_length: *max_length },
        AnswerType::Location { .. } => Field::Text { max_length: crate::script::MAX_TEXT_CHARS },
        AnswerType::Media(Wanted { kind, max_files, .. }) => {
            Field::Files { kind: *kind, max: max_files.saturating_sub(waiting.media.len()) }
        }
        AnswerType::Rank { options, pick } => {
            let place = |code: &String| options.list.iter().position(|o| o.code == *code).map(|n| n as u8);
            Field::Ranked { places: *pick, chosen: waiting.chosen.iter().filter_map(place).collect() }
        }
        AnswerType::Date { min, max } => {
            let today = moment.now.to_zoned(script.institution().timezone.clone()).date();
            let day = |d: &Option<Day>| d.map(|d| d.at(today));
            Field::Date { min: day(min), max: day(max) }
        }
        AnswerType::Time { min, max } => Field::Time { min: *min, max: *max },
        AnswerType::Email => Field::Email,
        AnswerType::Phone => Field::Phone,
        AnswerType::Name => Field::Name,
    }
}

/// What shares the answer, in place of the citizen's own keyboard.
pub fn keyboard(question: &Question, waiting: &Waiting, session: &Session) -> Option<Keyboard> {
    let l = lines(session.language);
    // Elsewhere nobody knows a citizen's number but themselves.
    if matches!(question.answer, AnswerType::Phone) && session.channel == "telegram" {
        return Some(Keyboard::Number { share: l.get("share-number") });
    }
    let AnswerType::Location { or_text, .. } = &question.answer else { return None };
    let write = or_text.then(|| l.get("write-instead"));
    waiting.other.is_none().then(|| Keyboard::Share { share: l.get("share-place"), write })
}

fn buttons(
    question: &Question,
    waiting: &Waiting,
    script: &Script,
    session: &Session,
    moment: &Moment,
) -> Vec<Vec<Button>> {
    let language = session.language;
    let press =
        |button| Press { session: session.nonce, step: question.number, visit: waiting.visit, button };
    let plain = |label: String, kind| Button { label, press: press(kind), on: None };
    let mut rows: Vec<Vec<Button>> = Vec::new();
    if waiting.other.is_none() {
        match &question.answer {
            AnswerType::Choice(options) | AnswerType::YesNo(options) | AnswerType::Multi { options, .. } => {
                let several = matches!(question.answer, AnswerType::Multi { .. });
                let list: Vec<Button> = shown(options, question.number, script, session, moment)
                    .into_iter()
                    .filter(|(n, _)| waiting.only.is_empty() || waiting.only.contains(n))
                    .map(|(n, o)| Button {
                        label: o.label.plain(language),
                        press: press(ButtonKind::Option(n)),
                        on: several.then(|| waiting.chosen.contains(&o.code)),
                    })
                    .collect();
                let width = if list.iter().all(|b| b.label.chars().count() <= SHORT_LABEL) { 2 } else { 1 };
                in_rows(list, width, &mut rows);
                if several {
                    rows.push(vec![plain(done_label(waiting.chosen.len(), language), ButtonKind::Done)]);
                }
            }
            AnswerType::Scale { min, max, .. } => {
                let list: Vec<Button> = (*min..=*max)
                    .map(|n| plain(n.to_string(), ButtonKind::Option((n - min) as u8)))
                    .collect();
                in_rows(list, SCALE_ROW, &mut rows);
            }
            AnswerType::Media(_) if !waiting.media.is_empty() => {
                let l = lines(language);
                rows.push(vec![plain(l.get("done"), ButtonKind::Done)]);
                rows.push(vec![plain(l.get("media-more"), ButtonKind::More)]);
                return rows;
            }
            AnswerType::Rank { options, .. } => {
                let list = shown(options, question.number, script, session, moment);
                rows.extend(list.into_iter().map(|(n, o)| {
                    let label = o.label.plain(language);
                    let label = match waiting.chosen.iter().position(|c| *c == o.code) {
                        Some(place) => format!("{}. {label}", place + 1),
                        None => label,
                    };
                    vec![plain(label, ButtonKind::Option(n))]
                }));
                let undo = (!waiting.chosen.is_empty())
                    .then(|| plain(lines(language).get("undo"), ButtonKind::Undo));
                let done = plain(done_label(waiting.chosen.len(), language), ButtonKind::Done);
                rows.push(undo.into_iter().chain([done]).collect());
            }
            AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Date { .. }
            | AnswerType::Time { .. }
            | AnswerType::Email
            | AnswerType::Phone
            | AnswerType::Name
            | AnswerType::Location { .. }
            | AnswerType::Media(_) => {}
        }
    }
    if let Some(label) = skip_label(question, language) {
        rows.push(vec![plain(label, ButtonKind::Skip)]);
    }
    rows
}

fn in_rows(list: Vec<Button>, width: usize, rows: &mut Vec<Vec<Button>>) {
    let mut list = list.into_iter();
    loop {
        let row: Vec<Button> = list.by_ref().take(width).collect();
        if row.is_empty() {
            return;
        }
        rows.push(row);
    }
}

fn done_label(count: usize, language: Language) -> String {
    match count {
        0 => lines(language).get("done"),
        n => lines(language).with("done-count", &[("count", Arg::Number(n as i64))]),
    }
}

/// The words on the button that passes a question over; `None` where it cannot be.
pub fn skip_label(question: &Question, language: Language) -> Option<String> {
    match &question.skip {
        Skip::No => None,
        Skip::Yes => Some(lines(language).get("skip")),
        Skip::As(words) => Some(words.plain(language)),
    }
}
