//! The page of a conversation: who asks, what was said, what is asked now, and what else can be done.

use super::access;
use super::address::{Entry, Note};
use super::assets;
use super::bubble;
use super::front;
use super::media;
use super::question::question;
use crate::channel::{Page, PageState};
use crate::engine::{Button, ButtonKind, Form, Line, Lines, Message, Recap, Run, Text, lines, spoken};
use crate::script::{Language, Style};
use maud::{DOCTYPE, Markup, html};

/// Everything a page is drawn from.
pub struct View<'v> {
    pub entry: &'v Entry,
    pub page: &'v Page,
    /// Drawn anew for each page: its forms carry it.
    pub nonce: &'v str,
    pub note: Option<Note>,
    /// The browser brought a token.
    pub known: bool,
    pub draft: Option<&'v Form>,
    /// The bot's name, where there is one.
    pub telegram: Option<&'v str>,
}

impl View<'_> {
    /// Where its forms go. The fragment outlives a page that answers the form itself.
    pub fn action(&self) -> String {
        self.entry.question(None)
    }

    /// What every form carries.
    pub fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="nonce" value=(self.nonce);
            input type="hidden" name="lang" value=(self.page.language);
        }
    }

    /// The language of the dialogue's own words, where it is not the page's: the bot speaks more languages than most dialogues.
    pub fn foreign(&self) -> Option<Language> {
        let offered = &self.page.languages;
        offered.first().copied().filter(|_| !offered.contains(&self.page.language))
    }

    fn deed(&self, class: &str, name: &str, label: &str) -> Markup {
        html! {
            form method="post" action=(self.action()) {
                (self.hidden())
                button class=(class) name="do" value=(name) { (label) }
            }
        }
    }
}

pub fn render(view: &View<'_>) -> Markup {
    let page = view.page;
    let l = lines(page.language);
    let content = html! {
        @if matches!(page.state, PageState::Running(_)) {
            a.jump href="#q" { (l.get("page-to-question")) }
        }
        header {
            div.who {
                @match &page.logo {
                    Some(logo) => { img.logo src=(media::address(logo)) alt=""; }
                    None => { span.mark aria-hidden="true" { (assets::mark()) } }
                }
                div {
                    p.institution { (page.institution) }
                    h1 lang=[view.foreign()] { (page.title) }
                }
            }
            (languages(view, l))
        }
        main tabindex="-1" {
            @if let Some(note) = note(view, l) { p.note role="status" { (note) } }
            @match &page.state {
                PageState::Opening(_) if view.note == Some(Note::Goodbye) => (goodbye(view, l)),
                PageState::Opening(card) => (opening(view, card, l)),
                PageState::Running(recap) => {
                    (bubble::conversation(&recap.lines, view.foreign(), l))
                    (question(view, recap, l, &asked_for(view, l)))
                    (besides(view, recap, l))
                },
                PageState::Ended { recap, again, mends } => {
                    (bubble::conversation(&recap.lines, view.foreign(), l))
                    section.over #q tabindex="-1" {
                        (ended(view, *again, mends, l))
                        (left_behind(view, l))
                    }
                },
                PageState::Answered { words, again, mends } => section #q tabindex="-1" {
                    (bubble::bot(&Text::plain(words), l))
                    (answered(view, *again, *mends, l))
                    (left_behind(view, l))
                },
                PageState::Closed(why, others) => section #q tabindex="-1" {
                    (bubble::bot(&Text::plain(why), l))
                    (front::others(others, page.language))
                    (in_telegram(view, l))
                },
            }
        }
        (more(view, l))
    };
    let news = view.known.then(|| format!("/c/-/news/{}", view.entry.payload()));
    frame(page.language, &format!("{} – {}", page.title, page.institution), news.as_deref(), &content)
}

/// A whole document around `body`; `news` tells its script where to hear of changes.
pub fn frame(language: Language, title: &str, news: Option<&str>, body: &Markup) -> Markup {
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    let l = lines(language);
    html! {
        (DOCTYPE)
        html lang=(language) dir=(direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href=(*assets::SHEET_ADDRESS);
                script src=(*assets::SCRIPT_ADDRESS) defer {}
                link rel="icon" type="image/svg+xml" href="/c/-/icon.svg";
            }
            body data-news=[news] data-lost=(l.get("page-lost")) data-kept=(l.get("page-not-kept")) { (body) }
        }
    }
}

fn note(view: &View<'_>, l: &Lines) -> Option<String> {
    let opening = matches!(view.page.state, PageState::Opening(_));
    match view.note? {
        Note::Stale => Some(l.get("page-stale")),
        Note::Trouble => Some(l.get("trouble")),
        // Begun, and yet nothing has: the browser keeps no cookie.
        Note::Started if opening && !view.known => Some(l.get("page-no-cookie")),
        Note::Started
        | Note::Goodbye
        | Note::Help
        | Note::Privacy
        | Note::Delete
        | Note::Data
        | Note::Share
        | Note::Language
        | Note::Mend => None,
    }
}

// Before Start a language is only looked at; later the conversation itself changes to it.
fn languages(view: &View<'_>, l: &Lines) -> Markup {
    let others: Vec<Language> =
        view.page.languages.iter().copied().filter(|o| *o != view.page.language).collect();
    let own = |o: Language| html! { span lang=(o) dir="auto" { (o.own_name()) } };
    html! {
        @match &view.page.state {
            _ if others.is_empty() => {},
            PageState::Opening(_) | PageState::Closed(..) => nav.languages aria-label=(l.get("page-languages")) {
                @for other in others {
                    a href={ (view.entry.path()) "?lang=" (other) } hreflang=(other) { (own(other)) }
                }
            },
            PageState::Running(_) => form.languages method="post" action=(view.action())
                aria-label=(l.get("page-languages")) {
                (view.hidden())
                @for other in others {
                    button name="language" value=(other) { (own(other)) }
                }
            },
            PageState::Ended { .. } | PageState::Answered { .. } => {},
        }
    }
}

fn opening(view: &View<'_>, card: &Message, l: &Lines) -> Markup {
    let label = |kind: ButtonKind| {
        card.buttons.iter().flatten().find(|b| b.press.button == kind).map(|b| b.label.as_str())
    };
    html! {
        section #q tabindex="-1" {
            (bubble::bot(&without_title(&card.text, &view.page.title), l))
            div.begin {
                @if let Some(start) = label(ButtonKind::Start) {
                    (view.deed("send", "start", start))
                }
                @if let Some(no) = label(ButtonKind::NoThanks) {
                    (view.deed("quiet", "decline", no))
                }
            }
            @if let Some(label) = label(ButtonKind::MoreData) { (privacy(view, label)) }
            (in_telegram(view, l))
        }
    }
}

fn in_telegram(view: &View<'_>, l: &Lines) -> Markup {
    html! {
        @if let Some(bot) = view.telegram {
            p.elsewhere {
                a href={ "https://t.me/" (bot) "?start=" (view.entry.payload()) } rel="noopener noreferrer" {
                    (l.get("page-telegram"))
                }
            }
        }
    }
}

// The title stands at the top of the page already.
fn without_title(text: &Text, title: &str) -> Text {
    let mut runs = text.0.clone();
    if matches!(runs.first(), Some(Run(words, Style::Bold)) if words == title) {
        runs.remove(0);
    }
    if let Some(Run(words, _)) = runs.first_mut() {
        *words = words.trim_start().to_owned();
    }
    Text(runs)
}

fn goodbye(view: &View<'_>, l: &Lines) -> Markup {
    html! {
        section #q tabindex="-1" {
            (bubble::bot(&Text::plain(l.get("goodbye")), l))
            p.elsewhere { a href=(view.entry.path()) { (l.get("page-start-after-all")) } }
        }
    }
}

// What was asked for in writing beside the open question.
fn asked_for(view: &View<'_>, l: &Lines) -> Markup {
    let offered = view.page.languages.iter().copied();
    let ours = spoken().filter(|own| !view.page.languages.contains(own));
    let others = offered.chain(ours).filter(|o| *o != view.page.language);
    html! {
        @if let (Some(Note::Share), Some(share)) = (view.note, &view.page.share) {
            div #share { (bubble::share(share, l)) }
        }
        @if view.note == Some(Note::Language) {
            form.answer #languages method="post" action=(view.action()) {
                (view.hidden())
                (bubble::bot(&Text::plain(l.get("language-question")), l))
                div.row {
                    @for other in others {
                        button.option name="language" value=(other) {
                            span lang=(other) dir="auto" { (other.own_name()) }
                        }
                    }
                }
            }
        }
    }
}

fn besides(view: &View<'_>, recap: &Recap, l: &Lines) -> Markup {
    let answered = recap.lines.iter().any(|line| matches!(line, Line::Citizen(_)));
    let session = recap.asked.filter(|_| answered && view.page.open).map(|asked| asked.session);
    html! {
        div.besides {
            @if answered { (view.deed("quiet", "back", &l.get("page-back"))) }
            // Opened first, so that a slip of the thumb ends nothing.
            details.stop {
                summary { (l.get("page-stop")) }
                div {
                    p { (l.get("page-stop-sure")) }
                    (view.deed("quiet", "stop", &l.get("page-stop-now")))
                    @if let Some(session) = session {
                        form method="post" action=(view.action()) {
                            (view.hidden())
                            input type="hidden" name="session" value=(session);
                            button.quiet name="do" value="restart" { (l.get("start-over")) }
                        }
                    }
                }
            }
        }
    }
}

fn ended(view: &View<'_>, again: bool, mends: &[Button], l: &Lines) -> Markup {
    html! {
        p { (l.get("page-over")) }
        @if again { (view.deed("send", "start", &l.get("answer-again"))) }
        @if !mends.is_empty() { (mending(view, mends, l)) }
    }
}

// Answered before, on another day perhaps.
fn answered(view: &View<'_>, again: bool, mends: bool, l: &Lines) -> Markup {
    html! {
        div.begin {
            @if mends { (view.deed("send", "mend", &l.get("mend-answers"))) }
            @if again { (view.deed(if mends { "quiet" } else { "send" }, "start", &l.get("answer-again"))) }
        }
    }
}

// To pass on, and for whoever comes to the same computer next.
fn left_behind(view: &View<'_>, l: &Lines) -> Markup {
    html! {
        @if let Some(share) = &view.page.share { (bubble::share(share, l)) }
        div.shared {
            span { (l.get("page-shared")) }
            (view.deed("quiet", "forget", &l.get("page-forget")))
        }
    }
}

fn mending(view: &View<'_>, mends: &[Button], l: &Lines) -> Markup {
    html! {
        details.stop.mends #mends open[view.note == Some(Note::Mend)] {
            summary { (l.get("mend-answer")) }
            form method="post" action=(view.action()) {
                (view.hidden())
                p { (l.get("mend-which")) }
                div.options {
                    @for button in mends {
                        button.option name="mend" value={ (button.press.session) "-" (button.press.step) } {
                            bdi lang=[view.foreign()] { (button.label) }
                        }
                    }
                }
            }
        }
    }
}

fn more(view: &View<'_>, l: &Lines) -> Markup {
    let running = matches!(view.page.state, PageState::Running(_));
    html! {
        footer {
            @if running {
                details #help open[view.note == Some(Note::Help)] {
                    summary { (l.get("page-help")) }
                    div.words { (bubble::words(&view.page.help)) }
                }
            }
            @if !matches!(view.page.state, PageState::Opening(_)) {
                (privacy(view, &l.get("more-about-data")))
            }
            @if view.known {
                p.beside { a href={ (view.entry.path()) "/data" } { (l.get("page-my-data")) } }
                (delete(view, l))
            }
            (access::link(view.entry, view.page.language))
        }
    }
}

// Opened first, so that a slip of the thumb deletes nothing.
fn delete(view: &View<'_>, l: &Lines) -> Markup {
    html! {
        details #delete open[view.note == Some(Note::Delete)] {
            summary { (l.get("page-delete")) }
            div.words {
                p { (l.get("page-delete-sure")) }
                (view.deed("quiet", "delete", &l.get("delete-yes")))
            }
        }
    }
}

fn privacy(view: &View<'_>, label: &str) -> Markup {
    html! {
        details #privacy open[view.note == Some(Note::Privacy)] {
            summary { (label) }
            div.words { (bubble::words(&view.page.privacy)) }
        }
    }
}
