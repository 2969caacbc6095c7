//! Is this an answer to that question? Understanding first, then the question's limits, then redaction.

use super::ask::shown;
use super::input::{Form, Moment};
use super::lines::{Arg, lines};
use super::matching::{self, Match};
use super::message::Text;
use super::reading::contact;
use super::reading::number::number;
use super::reading::place::place;
use super::reading::yesno::yes_or_no;
use super::session::{Outcome, Session, Value, Waiting};
use super::text::{clean, clock, date as said_date, said};
use crate::privacy::redaction;
use crate::script::{AnswerType, Choice, MediaKind, Options, Question, Redact, Script};
use jiff::civil::Time;
use rust_decimal::Decimal;

/// What typed words come to.
#[derive(Debug, PartialEq)]
pub enum Reply {
    /// `sure` is false for a guess; `redacted` when something was taken out.
    Answer { outcome: Outcome, sure: bool, redacted: bool },
    /// An `other` was chosen without words: they are asked for.
    AskWords { code: String, chosen: Vec<String> },
    /// Did not fit; what to say. Where several options are near, `only` holds them, and the try does not count. `unsay`: it was a
    /// CPR number, which goes out of the chat.
    Again { why: Text, counts: bool, only: Vec<u8>, unsay: bool },
}

impl Reply {
    pub(super) fn again(why: impl Into<String>, counts: bool) -> Reply {
        Reply::Again { why: Text::plain(why), counts, only: Vec::new(), unsay: false }
    }
}

pub struct Reading<'s> {
    pub script: &'s Script,
    pub question: &'s Question,
    pub session: &'s Session,
    pub moment: &'s Moment,
}

impl Reading<'_> {
    pub(super) fn given(&self, value: Value) -> Reply {
        Reply::Answer { outcome: Outcome::Given { value, other: None }, sure: true, redacted: false }
    }

    pub(super) fn visible<'o>(&self, options: &'o Options) -> Vec<(u8, &'o Choice)> {
        shown(options, self.question.number, self.script, self.session, self.moment)
    }

    /// Words typed as the answer to the open question.
    pub fn text(&self, typed: &str, waiting: &Waiting) -> Reply {
        let typed = clean(typed);
        if let Some(code) = &waiting.other {
            return self.other(code, &waiting.chosen, &typed);
        }
        if is_short(&self.question.answer)
            && self.question.redact.contains(&Redact::Cpr)
            && self.has_cpr(&typed)
        {
            let why = Text::plain(lines(self.session.language).get("cpr-not-here"));
            return Reply::Again { why, counts: true, only: Vec::new(), unsay: true };
        }
        match &self.question.answer {
            AnswerType::Choice(options) => self.choice(&typed, options, &waiting.only),
            AnswerType::YesNo(options) => match yes_or_no(&typed, self.session.language) {
                // Nothing can be said against somebody's idea.
                Some(false) if options.find("nej").is_none() => {
                    Reply::Answer { outcome: Outcome::Skipped, sure: true, redacted: false }
                }
                Some(yes) => self.given(Value::Code(if yes { "ja" } else { "nej" }.to_owned())),
                None => self.choice(&typed, options, &waiting.only),
            },
            AnswerType::Multi { options, .. } => self.several(&typed, options, &waiting.only),
            AnswerType::Scale { min, max, .. } => match number(&typed, self.session.language) {
                Some(n) if n >= Decimal::from(*min) && n <= Decimal::from(*max) && n.fract().is_zero() => {
                    self.given(Value::Number(n))
                }
                _ => self.again(),
            },
            AnswerType::Number { min, max } => match number(&typed, self.session.language) {
                Some(n) if min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) => {
                    self.given(Value::Number(n))
                }
                _ => self.again(),
            },
            AnswerType::Text { min_length, max_length, pattern, .. } => {
                let length = typed.chars().count();
                let l = lines(self.session.language);
                if length > *max_length {
                    let why = l.with(
                        "retry-long",
                        &[("length", Arg::Number(length as i64)), ("max", Arg::Number(*max_length as i64))],
                    );
                    // Too much was said, not the wrong thing: no try is counted.
                    return Reply::again(why, false);
                }
                if length > 0 && length < *min_length && self.question.retry.is_none() {
                    return Reply::again(l.get("retry-short"), true);
                }
                if length < *min_length || pattern.as_ref().is_some_and(|p| !p.is_match(&typed)) {
                    return self.again();
                }
                let (text, redacted) = redact(self.question, &typed);
                Reply::Answer {
                    outcome: Outcome::Given { value: Value::Text(text), other: None },
                    sure: true,
                    redacted,
                }
            }
            AnswerType::Location { or_text, .. } => self.place(&typed, *or_text),
            AnswerType::Media(_) => self.again(),
            AnswerType::Rank { options, .. } => self.order(&typed, options),
            AnswerType::Date { min, max } => self.date(&typed, *min, *max),
            AnswerType::Time { min, max } => self.time(&typed, *min, *max),
            AnswerType::Email => self.address(contact::email(&typed)),
            AnswerType::Phone => self.address(contact::phone(&typed)),
            AnswerType::Name => match contact::name(&typed) {
                Some(name) => self.given(Value::Text(name)),
                None => self.again(),
            },
        }
    }

    // Where a place cannot be shared, words are the only way to tell it.
    fn place(&self, typed: &str, or_text: bool) -> Reply {
        let words = or_text || self.session.channel != "telegram";
        let found = place(typed, self.session.language).is_some();
        if !words || !found || typed.chars().count() > crate::script::MAX_TEXT_CHARS {
            return self.again();
        }
        let (text, redacted) = redact(self.question, typed);
        let outcome = Outcome::Given { value: Value::Text(text), other: None };
        Reply::Answer { outcome, sure: true, redacted }
    }

    // A telephone number with its country in front is no CPR number, however it goes on.
    fn has_cpr(&self, typed: &str) -> bool {
        let abroad = matches!(self.question.answer, AnswerType::Phone) && typed.starts_with(['+', '0']);
        redaction::cpr(typed).1 && !(abroad && contact::phone(typed).is_some())
    }

    // Where a few options were shown alone, typed words mean one of those if they can.
    fn meant(&self, typed: &str, list: &[(u8, &Choice)], only: &[u8]) -> Match {
        let few: Vec<(u8, &Choice)> = list.iter().copied().filter(|(n, _)| only.contains(n)).collect();
        match matching::option(typed, &few) {
            Match::None => matching::option(typed, list),
            found => found,
        }
    }

    fn choice(&self, typed: &str, options: &Options, only: &[u8]) -> Reply {
        let list = self.visible(options);
        match self.meant(typed, &list, only) {
            Match::One { option, sure } => self.one(&options.list[option as usize], sure),
            Match::Several(places) => self.near(places, only),
            Match::None => match options.list.iter().find(|o| o.other) {
                Some(other) if !typed.is_empty() => self.other(&other.code, &[], typed),
                _ => self.again(),
            },
        }
    }

    fn one(&self, option: &Choice, sure: bool) -> Reply {
        if option.other {
            return Reply::AskWords { code: option.code.clone(), chosen: Vec::new() };
        }
        let outcome = Outcome::Given { value: Value::Code(option.code.clone()), other: None };
        Reply::Answer { outcome, sure, redacted: false }
    }

    fn several(&self, typed: &str, options: &Options, only: &[u8]) -> Reply {
        let list = self.visible(options);
        let whole = self.meant(typed, &list, only);
        let places = match (whole, matching::several(typed, &list)) {
            (Match::One { option, sure: true }, _) => vec![option],
            (_, Some(places)) => places,
            (Match::One { option, .. }, None) => vec![option],
            (Match::Several(places), None) => return self.near(places, only),
            (Match::None, None) => {
                return match options.list.iter().find(|o| o.other) {
                    Some(other) if !typed.is_empty() => {
                        self.other(&other.code, std::slice::from_ref(&other.code), typed)
                    }
                    _ => self.again(),
                };
            }
        };
        let codes: Vec<String> = places.iter().map(|n| options.list[*n as usize].code.clone()).collect();
        self.chosen(codes)
    }

    /// What was pressed one by one, and now is to count.
    pub fn done(&self, chosen: Vec<String>) -> Reply {
        match &self.question.answer {
            AnswerType::Rank { .. } => self.ranked(chosen),
            _ => self.chosen(chosen),
        }
    }

    /// Several options ticked: in the order of the file, within the limits.
    pub fn chosen(&self, mut codes: Vec<String>) -> Reply {
        let AnswerType::Multi { options, min, max } = &self.question.answer else { return self.again() };
        let place = |code: &String| options.list.iter().position(|o| o.code == *code);
        let visible = self.visible(options);
        codes.retain(|c| visible.iter().any(|(_, o)| o.code == *c));
        codes.sort_by_key(place);
        codes.dedup();
        if let Some(alone) = codes.iter().find(|c| options.find(c).is_some_and(|o| o.exclusive)) {
            return self.given(Value::Codes(vec![alone.clone()]));
        }
        let l = lines(self.session.language);
        if codes.len() < *min {
            let why = l.with("choose-at-least", &[("min", Arg::Number(*min as i64))]);
            return Reply::again(why, true);
        }
        if codes.len() > *max {
            let why = l.with("choose-at-most", &[("max", Arg::Number(*max as i64))]);
            return Reply::again(why, true);
        }
        match codes.iter().find(|c| options.find(c).is_some_and(|o| o.other)) {
            Some(code) => Reply::AskWords { code: code.clone(), chosen: codes },
            None => self.given(Value::Codes(codes)),
        }
    }

    /// An option pressed, or ticked alone in a form.
    pub fn pressed(&self, place: u8) -> Reply {
        match &self.question.answer {
            AnswerType::Choice(options) | AnswerType::YesNo(options) => {
                match self.visible(options).into_iter().find(|(n, _)| *n == place) {
                    Some((_, option)) => self.one(option, true),
                    None => self.again(),
                }
            }
            AnswerType::Scale { min, max, .. } if min + i64::from(place) <= *max => {
                self.given(Value::Number((min + i64::from(place)).into()))
            }
            AnswerType::Multi { .. }
            | AnswerType::Scale { .. }
            | AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Location { .. }
            | AnswerType::Media(_)
            | AnswerType::Rank { .. }
            | AnswerType::Date { .. }
            | AnswerType::Time { .. }
            | AnswerType::Email
            | AnswerType::Phone
            | AnswerType::Name => self.again(),
        }
    }

    /// A form as the web sends it: ticks, and words beside or instead.
    pub fn form(&self, form: &Form, waiting: &Waiting) -> Reply {
        let words = clean(&form.words);
        let reply = match &self.question.answer {
            _ if waiting.other.is_some() => return self.text(&form.words, waiting),
            // Sent without a tick: that is told, and is no wrong answer.
            AnswerType::Multi { .. } if form.options.is_empty() && words.is_empty() => {
                return match self.chosen(Vec::new()) {
                    Reply::Again { why, only, unsay, .. } => Reply::Again { why, only, counts: false, unsay },
                    reply => reply,
                };
            }
            AnswerType::Rank { options, .. } => {
                let code = |n: &u8| options.list.get(*n as usize).map(|o| o.code.clone());
                self.ranked(form.options.iter().filter_map(code).collect())
            }
            _ if form.options.is_empty() => return self.text(&form.words, waiting),
            AnswerType::Multi { options, .. } => {
                let code = |n: &u8| options.list.get(*n as usize).map(|o| o.code.clone());
                // Words beside the ticks are the `other`, ticked or not.
                let other =
                    options.list.iter().filter(|o| o.other && !words.is_empty()).map(|o| o.code.clone());
                self.chosen(form.options.iter().filter_map(code).chain(other).collect())
            }
            AnswerType::Choice(_)
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
            | AnswerType::Name => self.pressed(form.options[0]),
        };
        match reply {
            Reply::AskWords { code, chosen } if !words.is_empty() => self.other(&code, &chosen, &words),
            reply => reply,
        }
    }

    fn other(&self, code: &str, chosen: &[String], words: &str) -> Reply {
        if words.is_empty() {
            return self.again();
        }
        if words.chars().count() > crate::script::MAX_TEXT_CHARS {
            let max = crate::script::MAX_TEXT_CHARS as i64;
            let length = words.chars().count() as i64;
            let why = lines(self.session.language)
                .with("retry-long", &[("length", Arg::Number(length)), ("max", Arg::Number(max))]);
            return Reply::again(why, false);
        }
        let (text, redacted) = redact(self.question, words);
        let value = match &self.question.answer {
            AnswerType::Multi { .. } => Value::Codes(chosen.to_vec()),
            _ => Value::Code(code.to_owned()),
        };
        Reply::Answer { outcome: Outcome::Given { value, other: Some(text) }, sure: true, redacted }
    }

    // Asked once without counting; the same again is an answer that does not fit.
    pub(super) fn near(&self, places: Vec<u8>, only: &[u8]) -> Reply {
        let why = Text::plain(lines(self.session.language).get("did-you-mean"));
        Reply::Again { why, counts: places == only, only: places, unsay: false }
    }

    /// What is said when nothing fits: the script's own words, or ours for the type.
    pub fn again(&self) -> Reply {
        let l = lines(self.session.language);
        let why = match (&self.question.retry, &self.question.answer) {
            (Some(words), _) => said(words, self.script, self.session),
            (None, AnswerType::Choice(_) | AnswerType::Multi { .. } | AnswerType::Rank { .. }) => {
                Text::plain(l.get("retry-options"))
            }
            (None, AnswerType::Date { min, max }) => Text::plain(self.date_wanted(*min, *max)),
            (None, AnswerType::Time { min, max }) => {
                let clock = |t: Time| clock(t, self.session.language);
                Text::plain(self.wanted("retry-time", min.map(clock), max.map(clock)))
            }
            (None, AnswerType::Email) => Text::plain(l.get("retry-email")),
            (None, AnswerType::Phone) => Text::plain(l.get("retry-phone")),
            (None, AnswerType::Name) => Text::plain(l.get("retry-name")),
            (None, AnswerType::YesNo(_)) => Text::plain(l.get("retry-yesno")),
            (None, AnswerType::Scale { min, max, .. }) => {
                Text::plain(l.with("retry-scale", &[("min", Arg::Number(*min)), ("max", Arg::Number(*max))]))
            }
            (None, AnswerType::Number { min, max }) => {
                let plain = |n: Decimal| n.to_string();
                Text::plain(self.wanted("retry-number", min.map(plain), max.map(plain)))
            }
            (None, AnswerType::Text { pattern: Some(_), .. }) => Text::plain(l.get("retry-pattern")),
            (None, AnswerType::Text { .. }) => Text::plain(l.get("retry-text")),
            (None, AnswerType::Location { or_text, .. }) => {
                let written = *or_text || self.session.channel != "telegram";
                Text::plain(l.get(if written { "write-place" } else { "retry-place" }))
            }
            (None, AnswerType::Media(wanted)) => Text::plain(l.get(match wanted.kind {
                MediaKind::Photo => "retry-photo",
                MediaKind::Voice => "retry-voice",
                MediaKind::File => "retry-file",
            })),
        };
        Reply::Again { why, counts: true, only: Vec::new(), unsay: false }
    }

    /// One answer that would fit, for who has missed twice: the script's own, or ours for the type.
    pub fn example(&self) -> Option<String> {
        let language = self.session.language;
        if let Some(own) = &self.question.example {
            return Some(own.plain(language));
        }
        match &self.question.answer {
            AnswerType::Choice(options)
            | AnswerType::Multi { options, .. }
            | AnswerType::Rank { options, .. } => {
                self.visible(options).first().map(|(_, o)| o.label.plain(language))
            }
            AnswerType::Date { min, max } => {
                let today = self.today();
                let (min, max) = (min.map(|d| d.at(today)), max.map(|d| d.at(today)));
                let day = today.max(min.unwrap_or(today));
                Some(said_date(day.min(max.unwrap_or(day)), language))
            }
            AnswerType::Time { min, max } => {
                Some(clock(min.or(*max).unwrap_or(jiff::civil::time(14, 30, 0, 0)), language))
            }
            AnswerType::Email => Some(lines(language).get("example-email")),
            AnswerType::Phone => Some("20 30 40 50".to_owned()),
            AnswerType::Scale { min, max, .. } => Some(((min + max) / 2).to_string()),
            AnswerType::YesNo(_)
            | AnswerType::Number { .. }
            | AnswerType::Text { .. }
            | AnswerType::Name
            | AnswerType::Location { .. }
            | AnswerType::Media(_) => None,
        }
    }

    // One of four lines: `name` and, where there are limits, `name-between`, `name-from` or `name-to`.
    pub(super) fn wanted(&self, name: &str, min: Option<String>, max: Option<String>) -> String {
        let l = lines(self.session.language);
        match (&min, &max) {
            (Some(min), Some(max)) => {
                l.with(&format!("{name}-between"), &[("min", Arg::Text(min)), ("max", Arg::Text(max))])
            }
            (Some(min), None) => l.with(&format!("{name}-from"), &[("min", Arg::Text(min))]),
            (None, Some(max)) => l.with(&format!("{name}-to"), &[("max", Arg::Text(max))]),
            (None, None) => l.get(name),
        }
    }
}

// A few digits or words, or options alone, among which a CPR number can only be a mistake: nothing of it is kept.
fn is_short(answer: &AnswerType) -> bool {
    match answer {
        AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => true,
        AnswerType::Choice(options)
        | AnswerType::YesNo(options)
        | AnswerType::Multi { options, .. }
        | AnswerType::Rank { options, .. } => !options.list.iter().any(|o| o.other),
        AnswerType::Text { .. } | AnswerType::Location { .. } | AnswerType::Media(_) => false,
    }
}

/// The text without what the question takes out, and whether a CPR number was in it.
pub fn redact(question: &Question, text: &str) -> (String, bool) {
    let mut out = text.to_owned();
    let mut found = false;
    for what in &question.redact {
        let next = match what {
            Redact::Cpr => {
                let (next, hit) = redaction::cpr(&out);
                found |= hit;
                next.into_owned()
            }
            Redact::Phone => redaction::phone(&out).into_owned(),
            Redact::Email => redaction::email(&out).into_owned(),
        };
        out = next;
    }
    (out, found)
}
