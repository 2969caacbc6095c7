//! The open question and the ways to answer it: plain forms, one for each way.

use super::bubble;
use super::page::View;
use crate::engine::{
    Arg, Asked, Before, Button, ButtonKind, Field, Form, Keyboard, Lines, Message, Recap, Text,
};
use crate::script::MediaKind;
use jiff::civil::Time;
use maud::{Markup, html};

/// Signs over the limit that can still be typed: the bot says kindly that it is too long, the browser would just stop.
fn room(max_length: usize) -> usize {
    max_length + max_length / 4 + 100
}

// As `type=time` wants it.
fn clock(at: Time) -> String {
    at.strftime("%H:%M").to_string()
}

/// A question while it is drawn.
struct Sheet<'v> {
    view: &'v View<'v>,
    l: &'v Lines,
    message: &'v Message,
    asked: Asked,
    /// What was sent and did not fit, shown again to be mended.
    draft: Option<&'v Form>,
    /// What was answered before, for the field to begin with.
    before: &'v str,
    /// The ids of what a screen reader reads with a field.
    described: &'static str,
    /// What was typed did not fit.
    wrong: Option<&'static str>,
}

/// `first`: what was asked for beside it, and is to be read before.
pub fn question(view: &View<'_>, recap: &Recap, l: &Lines, first: &Markup) -> Markup {
    let (Some(message), Some(asked)) = (&recap.open, recap.asked) else { return html! {} };
    // What went wrong first: who has just typed knows the question.
    let described = if recap.why.is_some() { "q-why q-text" } else { "q-text" };
    let wrong = recap.why.is_some().then_some("true");
    let (before, told) = match &recap.before {
        Some(Before::InField(words)) => (words.as_str(), None),
        Some(Before::Told(answer)) => ("", Some(l.with("your-answer-was", &[("answer", Arg::Text(answer))]))),
        None => ("", None),
    };
    let sheet = Sheet { view, l, message, asked, draft: view.draft, before, described, wrong };
    html! {
        section #q tabindex="-1" aria-label=(l.get("page-question")) {
            (first)
            @if let Some(told) = told { (bubble::bot(&Text::plain(told), l)) }
            div #q-text .bubble.bot {
                span.unseen { (l.get("page-bot")) " " }
                bdi lang=[view.foreign()] { (bubble::words(&message.text)) }
            }
            @if let Some(why) = &recap.why {
                div #q-why .bubble.bot.why role="status" { span.unseen { (l.get("page-bot")) " " } bdi { (why) } }
            }
            @match &message.field {
                Some(Field::OneOf { other }) => (sheet.one_of(*other)),
                Some(Field::SeveralOf { .. }) => (sheet.several_of()),
                Some(Field::Text { max_length }) => @match &message.keyboard {
                    Some(Keyboard::Share { share, .. }) => (sheet.place(share, *max_length)),
                    Some(Keyboard::Remove | Keyboard::Number { .. }) | None => (sheet.text(*max_length)),
                },
                Some(Field::Number) => (sheet.number()),
                Some(Field::Files { kind, max }) => (sheet.files(*kind, *max)),
                Some(Field::Ranked { places, chosen }) => (sheet.ranked(*places, chosen)),
                Some(Field::Date { min, max }) => {
                    (sheet.line("page-your-date", &html! {
                        input #words type="date" name="words" required min=[min] max=[max]
                            value=(sheet.words()) aria-invalid=[sheet.wrong] aria-describedby=(sheet.described);
                    }))
                }
                Some(Field::Time { min, max }) => {
                    (sheet.line("page-your-time", &html! {
                        input #words type="time" name="words" required min=[min.map(clock)] max=[max.map(clock)]
                            value=(sheet.words()) aria-invalid=[sheet.wrong] aria-describedby=(sheet.described);
                    }))
                }
                Some(Field::Email) => (sheet.typed("page-your-email", "email", "email")),
                Some(Field::Phone) => (sheet.typed("page-your-phone", "tel", "tel")),
                Some(Field::Name) => (sheet.typed("page-your-name", "text", "name")),
                None => {},
            }
        }
    }
}

impl Sheet<'_> {
    fn form(&self, class: &str, fields: &Markup) -> Markup {
        self.form_of(None, class, fields)
    }

    fn form_of(&self, encoding: Option<&str>, class: &str, fields: &Markup) -> Markup {
        html! {
            form class=(class) method="post" action=(self.view.action()) enctype=[encoding] {
                (self.view.hidden())
                input type="hidden" name="session" value=(self.asked.session);
                input type="hidden" name="step" value=(self.asked.step);
                input type="hidden" name="visit" value=(self.asked.visit);
                (fields)
            }
        }
    }

    fn options(&self) -> impl Iterator<Item = (u8, &Button)> {
        self.message.buttons.iter().flatten().filter_map(|b| match b.press.button {
            ButtonKind::Option(n) => Some((n, b)),
            ButtonKind::Skip
            | ButtonKind::Done
            | ButtonKind::Start
            | ButtonKind::MoreData
            | ButtonKind::NoThanks
            | ButtonKind::Language(_)
            | ButtonKind::Correct
            | ButtonKind::GoOn
            | ButtonKind::StartOver
            | ButtonKind::Switch
            | ButtonKind::AnswerAgain
            | ButtonKind::Change
            | ButtonKind::Keep
            | ButtonKind::More
            | ButtonKind::Allow
            | ButtonKind::Refuse
            | ButtonKind::Undo
            | ButtonKind::Forget
            | ButtonKind::Mend
            | ButtonKind::News => None,
        })
    }

    fn skip(&self) -> Markup {
        let skip = self.message.buttons.iter().flatten().find(|b| b.press.button == ButtonKind::Skip);
        html! {
            @if let Some(skip) = skip {
                button.quiet name="do" value="skip" formnovalidate { (skip.label) }
            }
        }
    }

    // Each option is a button that answers at once. Own words stand in a form of their own: there, Enter must not press
    // the first option.
    fn one_of(&self, other: bool) -> Markup {
        let scale = self.options().all(|(_, b)| b.label.parse::<i64>().is_ok());
        let short = self.options().all(|(_, b)| b.label.chars().count() <= 12);
        let shape = match (scale, short) {
            (true, _) => "options scale",
            (false, true) => "options short",
            (false, false) => "options",
        };
        let buttons = html! {
            div class=(shape) role="group" aria-labelledby="q-text" {
                @for (n, button) in self.options() {
                    button.option name="option" value=(n) { bdi lang=[self.view.foreign()] { (button.label) } }
                }
            }
            div.row { (self.skip()) }
        };
        let words = html! {
            label for="words" { (self.l.get("page-write-own")) }
            div.line {
                input #words type="text" name="words" required maxlength=(room(crate::script::MAX_TEXT_CHARS))
                    value=(self.words()) autocomplete="off" aria-invalid=[self.wrong.filter(|_| !self.words().is_empty())]
                    aria-describedby=(self.described);
                button.send { (self.l.get("page-send")) }
            }
        };
        html! {
            (self.form("answer", &buttons))
            @if other { (self.form("answer own", &words)) }
        }
    }

    // Own words beside an option are asked for afterwards, as in any chat.
    fn several_of(&self) -> Markup {
        let ticked = |n: u8, button: &Button| match self.draft {
            Some(draft) => draft.options.contains(&n),
            None => button.on == Some(true),
        };
        let fields = html! {
            div.options role="group" aria-labelledby="q-text" aria-describedby=(self.described) {
                @for (n, button) in self.options() {
                    label.tick {
                        input type="checkbox" name="option" value=(n) checked[ticked(n, button)];
                        bdi lang=[self.view.foreign()] { (button.label) }
                    }
                }
            }
            div.row {
                button.send name="do" value="answer" { (self.l.get("done")) }
                (self.skip())
            }
        };
        self.form("answer", &fields)
    }

    fn text(&self, max_length: usize) -> Markup {
        let room_told = self.l.with("page-room", &[("max", Arg::Number(max_length as i64))]);
        let fields = html! {
            label for="words" { (self.l.get("page-your-answer")) }
            textarea #words name="words" rows="4" required maxlength=(room(max_length))
                aria-invalid=[self.wrong] aria-describedby={ (self.described) " q-room" } {
                // The first line break in a textarea is not shown: this one may go.
                "\n" (self.words())
            }
            p #q-room .hint { (room_told) }
            div.row {
                button.send name="do" value="answer" { (self.l.get("page-send")) }
                (self.skip())
            }
        };
        self.form("answer", &fields)
    }

    // Typed, or pointed out by the telephone: that button works by script alone, and is not shown without one.
    fn place(&self, share: &str, max_length: usize) -> Markup {
        let fields = html! {
            button.locate type="button" hidden data-looking=(self.l.get("page-place-looking"))
                data-denied=(self.l.get("page-place-denied")) { (share) }
            label for="words" { (self.l.get("page-your-place")) }
            input #words type="text" name="words" required maxlength=(room(max_length)) value=(self.words())
                autocomplete="off" aria-invalid=[self.wrong] aria-describedby=(self.described);
            p #q-place .hint role="status" {}
            div.row {
                button.send name="do" value="answer" { (self.l.get("page-send")) }
                (self.skip())
            }
        };
        self.form("answer", &fields)
    }

    fn number(&self) -> Markup {
        self.line(
            "page-your-number",
            &html! {
                input #words type="text" inputmode="decimal" name="words" required maxlength="100"
                    value=(self.words()) autocomplete="off" aria-invalid=[self.wrong] aria-describedby=(self.described);
            },
        )
    }

    // Something that the browser may know, such as the citizen's own address.
    fn typed(&self, label: &str, kind: &str, known_as: &str) -> Markup {
        self.line(
            label,
            &html! {
                input #words type=(kind) name="words" required maxlength="300"
                    value=(self.words()) autocomplete=(known_as) aria-invalid=[self.wrong]
                    aria-describedby=(self.described);
            },
        )
    }

    // One field under its label.
    fn line(&self, label: &str, input: &Markup) -> Markup {
        let fields = html! {
            label for="words" { (self.l.get(label)) }
            (input)
            div.row {
                button.send name="do" value="answer" { (self.l.get("page-send")) }
                (self.skip())
            }
        };
        self.form("answer", &fields)
    }

    // Files go with the form itself, as browsers have always sent them.
    fn files(&self, kind: MediaKind, max: usize) -> Markup {
        let accept = match kind {
            MediaKind::Photo => Some("image/jpeg,image/png,image/webp"),
            MediaKind::Voice => Some("audio/*"),
            MediaKind::File => None,
        };
        let done = self.message.buttons.iter().flatten().any(|b| b.press.button == ButtonKind::Done);
        let label = self.l.with("page-choose-files", &[("max", Arg::Number(max as i64))]);
        let fields = html! {
            label for="files" { (label) }
            input type="hidden" name="kind" value=(kind.name());
            input #files type="file" name="file" multiple[max > 1] accept=[accept] required
                aria-invalid=[self.wrong] aria-describedby=(self.described);
            // A voice is kept only after its own yes.
            @if kind == MediaKind::Voice {
                label.tick {
                    input type="checkbox" name="allow" value="yes" required;
                    span { (self.l.get("page-voice-allow")) }
                }
            }
            div.row {
                button.send name="do" value="answer" { (self.l.get("page-send")) }
                @if done { button.quiet name="do" value="done" formnovalidate { (self.l.get("done")) } }
                (self.skip())
            }
        };
        self.form_of(Some("multipart/form-data"), "answer", &fields)
    }

    // A list to choose from for each place: it works with keys, screen readers and no script at all.
    fn ranked(&self, places: usize, chosen: &[u8]) -> Markup {
        let unplaced = |n: u8, label: &'_ str| {
            let place = chosen.iter().position(|c| *c == n).map(|place| format!("{}. ", place + 1));
            place.and_then(|place| label.strip_prefix(&place)).unwrap_or(label).to_owned()
        };
        let options: Vec<(u8, String)> = self.options().map(|(n, b)| (n, unplaced(n, &b.label))).collect();
        let before = self.draft.map_or(chosen, |draft| &draft.options);
        let fields = html! {
            @for place in 0..places.min(options.len()) {
                div.place {
                    label for={ "place-" (place) } {
                        (self.l.with("page-place", &[("place", Arg::Number(place as i64 + 1))]))
                    }
                    select id={ "place-" (place) } name="option" aria-invalid=[self.wrong] aria-describedby=(self.described) {
                        option value="" { (self.l.get("page-no-place")) }
                        @for (n, label) in &options {
                            option value=(n) selected[before.get(place) == Some(n)] { (label) }
                        }
                    }
                }
            }
            div.row {
                button.send name="do" value="answer" { (self.l.get("done")) }
                (self.skip())
            }
        };
        self.form("answer", &fields)
    }

    fn words(&self) -> &str {
        self.draft.map_or(self.before, |d| &d.words)
    }
}
