//! What was said, as bubbles: the bot's at the start of the line, the citizen's at its end.

use super::media;
use crate::engine::{Illustration, Line, Lines, Run, Share, Text};
use crate::script::{IllustrationKind, Language, Style};
use maud::{Markup, html};

/// Everything said so far, in order; `foreign`: the language of what the dialogue says, where it is not the page's.
pub fn conversation(said: &[Line], foreign: Option<Language>, l: &Lines) -> Markup {
    html! {
        div.log role="log" aria-label=(l.get("page-conversation")) {
            @for line in said {
                @match line {
                    Line::Bot(text) => (spoken(text, foreign_to(&text.to_string(), foreign), l)),
                    Line::Shown(shown, alt) => (illustration(shown, &alt.to_string())),
                    Line::Link(link) => p.share {
                        a href=(link.url) rel="noopener noreferrer" { (link.label) }
                    },
                    Line::Share(passed) => (share(passed, l)),
                    Line::Citizen(text) => div.bubble.you {
                        span.unseen { (l.get("page-you")) " " }
                        // The citizen's own words: no address in them becomes a link.
                        bdi { (text) }
                    },
                }
            }
        }
    }
}

/// A link to pass on: the script hands it to the telephone, or copies it; without one it can be copied by hand.
pub fn share(of: &Share, l: &Lines) -> Markup {
    html! {
        p.share {
            a href={ "/c/" (of.payload) } data-words=(of.words) data-copied=(l.get("page-copied")) { (of.label) }
            " " span.hint role="status" {}
        }
    }
}

/// What is said last, of a conversation that is deleted.
pub fn receipt(words: &str, l: &Lines) -> Markup {
    html! {
        div.log role="log" aria-label=(l.get("page-conversation")) {
            @for line in words.lines() { (bot(&Text::plain(line), l)) }
        }
    }
}

// A picture speaks its description in place of itself; beside a film it stands.
fn illustration(of: &Illustration, alt: &str) -> Markup {
    let address = media::address(of);
    match of.kind {
        IllustrationKind::Image => html! {
            figure.shown { img src=(address) alt=(alt) loading="lazy"; }
        },
        IllustrationKind::Video => html! {
            figure.shown {
                video src=(address) controls preload="metadata" {}
                figcaption { (alt) }
            }
        },
    }
}

pub fn bot(text: &Text, l: &Lines) -> Markup {
    spoken(text, None, l)
}

fn spoken(text: &Text, language: Option<Language>, l: &Lines) -> Markup {
    html! {
        div.bubble.bot { span.unseen { (l.get("page-bot")) " " } bdi lang=[language] { (words(text)) } }
    }
}

/// The dialogue's language, unless the letters are such as it is not written in: then the bot itself is speaking.
pub fn foreign_to(text: &str, foreign: Option<Language>) -> Option<Language> {
    // Hebrew, Arabic and what stands between them.
    let from_the_right = text.chars().any(|c| ('\u{590}'..='\u{8ff}').contains(&c));
    foreign.filter(|language| language.is_right_to_left() == from_the_right)
}

/// Words of ours with their formatting; web addresses can be followed. Line breaks are the stylesheet's.
pub fn words(text: &Text) -> Markup {
    html! {
        @for Run(words, style) in &text.0 {
            @match style {
                Style::Plain => (linked(words)),
                Style::Bold => strong { (linked(words)) },
                Style::Italic => em { (linked(words)) },
            }
        }
    }
}

fn linked(words: &str) -> Markup {
    html! {
        @for piece in words.split_inclusive(char::is_whitespace) {
            @let word = piece.trim_end();
            @let address = word.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
            @if address.starts_with("https://") && address.len() > "https://".len() {
                a href=(address) rel="noopener noreferrer" { (address) }
                (piece[address.len()..])
            } @else {
                (piece)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_link_and_nothing_else_is_markup() {
        let text = Text::plain(
            "Se <b>https://a.example/x?a=1&b=2</b>, https://b.example.\njavascript:alert(1) https://",
        );
        assert_eq!(
            words(&text).into_string(),
            "Se &lt;b&gt;https://a.example/x?a=1&amp;b=2&lt;/b&gt;, \
             <a href=\"https://b.example\" rel=\"noopener noreferrer\">https://b.example</a>.\n\
             javascript:alert(1) https://"
        );
    }
}
