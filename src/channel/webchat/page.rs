//! How a conversation looks in a browser.

use super::{Note, Page, PageState};
use crate::engine::{Arg, Button, ButtonKind, Field, Line, Message, Recap, Run, Text, lines};
use crate::script::{Language, Style};
use maud::{DOCTYPE, Markup, html};

/// What stands around the conversation.
pub struct Around<'a> {
    pub payload: &'a str,
    /// Names this showing of the forms: sent twice, they count once.
    pub ticket: &'a str,
    pub note: Option<&'a Note<'a>>,
    pub bot: Option<&'a str>,
}

pub fn page(page: &Page, around: &Around<'_>) -> Markup {
    let l = lines(page.language);
    let conversation = match &page.state {
        PageState::Opening(card) => opening(page, card, around),
        PageState::Running(recap) => running(page, recap, around),
        PageState::Ended { recap, again } => ended(page, recap, *again, around),
        PageState::Closed(words) => html! { section.card id="nu" { p { (words) } } },
    };
    let inside = html! {
        header {
            p.who { (page.institution) }
            h1 { (page.title) }
        }
        main { (conversation) }
        footer {
            details {
                summary { (l.get("more-about-data")) }
                p.words { (text(&page.privacy)) }
            }
            details {
                summary { (l.get("page-help")) }
                p.words { (text(&page.help)) }
            }
            @if matches!(page.state, PageState::Opening(_) | PageState::Closed(_)) {
                nav aria-label=(l.get("page-languages")) {
                    @for language in page.languages.iter().filter(|l| **l != page.language) {
                        a href={ "?lang=" (language.tag()) } lang=(language.tag()) hreflang=(language.tag()) { (language.own_name()) }
                    }
                }
            }
        }
    };
    document(page.language, &format!("{} · {}", page.title, page.institution), &inside)
}

fn document(language: Language, title: &str, inside: &Markup) -> Markup {
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href="/c/-/style.css";
            }
            body { div.page { (inside) } }
        }
    }
}

fn opening(page: &Page, card: &Message, around: &Around<'_>) -> Markup {
    let label = |kind| {
        card.buttons
            .iter()
            .flatten()
            .find(|b| b.press.button == kind)
            .map(|b| b.label.as_str())
            .unwrap_or_default()
    };
    html! {
        section.card id="nu" {
            p.words { (text(&without_title(&card.text))) }
            form method="post" action=(action(around)) {
                (hidden(page, around))
                button.main name="do" value="start" { (label(ButtonKind::Start)) }
                button.quiet name="do" value="decline" { (label(ButtonKind::NoThanks)) }
            }
            @if let Some(bot) = around.bot {
                p.elsewhere { a href={ "https://t.me/" (bot) "?start=" (around.payload) } { (lines(page.language).get("page-telegram")) } }
            }
        }
    }
}

// The page's heading says the title already.
fn without_title(text: &Text) -> Text {
    let rest = match text.0.as_slice() {
        [Run(_, Style::Bold), rest @ ..] => rest,
        all => all,
    };
    let mut rest = Text(rest.to_vec());
    if let Some(Run(first, _)) = rest.0.first_mut() {
        *first = first.trim_start().to_owned();
    }
    rest
}

fn running(page: &Page, recap: &Recap, around: &Around<'_>) -> Markup {
    let l = lines(page.language);
    let why = around.note.map(|n| n.words.as_str()).or(recap.why.as_deref());
    html! {
        (said(page.language, &recap.lines))
        @if let Some(open) = &recap.open {
            section.open id="nu" tabindex="-1" {
                @if let Some(why) = why { p.why role="alert" { (why) } }
                form.answer method="post" action=(action(around)) {
                    (hidden(page, around))
                    @if let Some((step, visit)) = recap.asked {
                        input type="hidden" name="step" value=(step);
                        input type="hidden" name="visit" value=(visit);
                    }
                    (question(page.language, open, around))
                }
                form.aside method="post" action=(action(around)) {
                    (hidden(page, around))
                    button name="do" value="back" { (l.get("page-back")) }
                    button name="do" value="stop" { (l.get("page-stop")) }
                }
                @for language in page.languages.iter().filter(|l| **l != page.language) {
                    form.aside method="post" action=(action(around)) {
                        input type="hidden" name="ticket" value=(around.ticket);
                        input type="hidden" name="lang" value=(language.tag());
                        button name="do" value="language" lang=(language.tag()) { (language.own_name()) }
                    }
                }
            }
        }
    }
}

fn ended(page: &Page, recap: &Recap, again: bool, around: &Around<'_>) -> Markup {
    html! {
        (said(page.language, &recap.lines))
        section id="nu" tabindex="-1" {
            @if let Some(note) = around.note { p.why role="alert" { (note.words) } }
            @if again {
                form.aside method="post" action=(action(around)) {
                    (hidden(page, around))
                    button name="do" value="start" { (lines(page.language).get("answer-again")) }
                }
            }
        }
    }
}

fn action(around: &Around<'_>) -> String {
    format!("/c/{}", around.payload)
}

fn hidden(page: &Page, around: &Around<'_>) -> Markup {
    html! {
        input type="hidden" name="ticket" value=(around.ticket);
        input type="hidden" name="lang" value=(page.language.tag());
    }
}

fn said(language: Language, list: &[Line]) -> Markup {
    let l = lines(language);
    html! {
        ol.log role="log" aria-label=(l.get("page-conversation")) {
            @for line in list {
                @match line {
                    Line::Bot(words) => li.bot { span.unseen { (l.get("page-bot")) ": " } span.bubble { (text(words)) } },
                    Line::Citizen(words) => li.you { span.unseen { (l.get("page-you")) ": " } span.bubble { (text(words)) } },
                }
            }
        }
    }
}

fn question(language: Language, open: &Message, around: &Around<'_>) -> Markup {
    let l = lines(language);
    let options: Vec<&Button> =
        open.buttons.iter().flatten().filter(|b| matches!(b.press.button, ButtonKind::Option(_))).collect();
    let skip = open.buttons.iter().flatten().find(|b| b.press.button == ButtonKind::Skip);
    let draft = around.note.map_or("", |n| n.draft);
    html! {
        fieldset aria-describedby="spm" {
            legend id="spm" { span.bubble { (text(&open.text)) } }
            @match &open.field {
                Some(Field::OneOf { .. }) => {
                    input type="hidden" name="do" value="answer";
                    div class=(if options.iter().all(|b| b.label.chars().count() <= 3) { "options scale" } else { "options" }) {
                        @for option in &options {
                            button.option name="option" value=(number(option)) { (option.label) }
                        }
                    }
                },
                Some(Field::SeveralOf { other }) => {
                    div.options {
                        @for option in &options {
                            label.tick {
                                input type="checkbox" name="option" value=(number(option)) checked[option.on == Some(true)];
                                span { (option.label) }
                            }
                        }
                    }
                    @if *other {
                        label.field { span { (l.get("own-words")) } input type="text" name="words" value=(draft) autocomplete="off"; }
                    }
                    button.main name="do" value="answer" { (l.get("done")) }
                },
                Some(Field::Text { max_length }) => {
                    label.field {
                        span { (l.with("page-room", &[("max", Arg::Number(*max_length as i64))])) }
                        textarea name="words" rows="4" autofocus { (draft) }
                    }
                    button.main name="do" value="answer" { (l.get("page-send")) }
                },
                Some(Field::Number) => {
                    label.field {
                        span { (l.get("page-number")) }
                        input type="text" name="words" inputmode="decimal" value=(draft) autocomplete="off" autofocus;
                    }
                    button.main name="do" value="answer" { (l.get("page-send")) }
                },
                None => {},
            }
        }
        // Last, so that Enter in a field sends the answer.
        @if let Some(skip) = skip { button.quiet name="do" value="skip" { (skip.label) } }
    }
}

fn number(option: &Button) -> u8 {
    match option.press.button {
        ButtonKind::Option(n) => n,
        _ => 0,
    }
}

fn text(text: &Text) -> Markup {
    html! {
        @for Run(words, style) in &text.0 {
            @match style {
                Style::Plain => (words),
                Style::Bold => strong { (words) },
                Style::Italic => em { (words) },
            }
        }
    }
}

fn alone(language: Language, heading: &str, words: &str) -> Markup {
    let l = lines(language);
    let inside = html! {
        main { section.card { h1 { (l.get(heading)) } p { (l.get(words)) } } }
    };
    document(language, &l.get(heading), &inside)
}

pub fn unknown(language: Language) -> Markup {
    alone(language, "page-unknown", "page-unknown-why")
}

pub fn unreachable(language: Language) -> Markup {
    alone(language, "page-trouble", "page-trouble-why")
}

pub fn unreadable(language: Language) -> Markup {
    alone(language, "page-unreadable", "page-unreadable-why")
}

pub fn goodbye(language: Language) -> Markup {
    alone(language, "page-goodbye", "goodbye")
}
