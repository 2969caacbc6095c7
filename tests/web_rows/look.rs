//! A page as it is read: its head, a word to whoever looks, what was said, and what can be done now.

use super::support::page::{Token, tokens};
use std::collections::HashMap;

/// Lines as a transcript has them.
#[derive(Default, PartialEq, Clone)]
pub struct Page {
    pub head: String,
    pub note: Option<String>,
    pub said: Vec<String>,
    pub asked: Vec<String>,
    /// What else can be done.
    pub besides: Vec<String>,
    /// What of the foot stands open.
    pub foot: Vec<String>,
}

#[derive(Default)]
struct Open<'h> {
    name: &'h str,
    class: String,
}

#[derive(Default)]
struct Reader<'h> {
    page: Page,
    within: Vec<Open<'h>>,
    words: String,
    /// Buttons of one group stand in one line.
    buttons: Vec<String>,
    label: String,
    /// The details that are being read stand open.
    unfolded: bool,
    link: Option<String>,
    language: String,
    languages: Vec<String>,
    chosen: String,
}

pub fn read(html: &str) -> Page {
    let mut reader = Reader::default();
    for token in tokens(html) {
        match token {
            Token::Open(name, attributes) => reader.opens(name, attributes),
            Token::Close(name) => reader.closes(name),
            Token::Text(text) if reader.is("unseen") || reader.in_head() => drop(text),
            Token::Text(text) => reader.words.push_str(&text),
        }
    }
    let languages = reader.languages.iter().map(|l| format!(" [{l}]")).collect::<String>();
    reader.page.head = format!("({}) {}{languages}", reader.language, reader.page.head);
    reader.page
}

impl<'h> Reader<'h> {
    fn is(&self, class: &str) -> bool {
        self.within.iter().any(|open| open.class.split(' ').any(|c| c == class))
    }

    fn inside(&self, name: &str) -> bool {
        self.within.iter().any(|open| open.name == name)
    }

    fn in_head(&self) -> bool {
        self.inside("head")
    }

    fn opens(&mut self, name: &'h str, attributes: HashMap<String, String>) {
        let of = |key: &str| attributes.get(key).cloned().unwrap_or_default();
        match name {
            "html" => self.language = [of("lang"), of("dir")].join(", ").replace(", ltr", ""),
            "input" => return self.input(attributes.contains_key("checked"), &of),
            "img" => return self.write(&format!("    (picture: {})", of("alt"))),
            "meta" | "link" | "br" => return,
            "option" if attributes.contains_key("selected") => self.chosen = "*".to_owned(),
            "select" => self.chosen.clear(),
            "details" => self.unfolded = attributes.contains_key("open"),
            "a" => self.link = Some(of("href")),
            _ => {}
        }
        if !runs_on(name) || (name == "a" && !self.is("bubble") && !self.inside("p")) {
            self.words.clear();
        }
        self.within.push(Open { name, class: of("class") });
    }

    fn input(&mut self, ticked: bool, of: &dyn Fn(&str) -> String) {
        match &*of("type") {
            "hidden" => {}
            "checkbox" => {
                // Whether it is ticked stands before its words.
                self.chosen = if ticked { "[x] " } else { "[ ] " }.to_owned();
            }
            "file" => self.line(&format!("    {}: (files)", self.label.clone())),
            kind => {
                let kind = if kind == "text" { String::new() } else { format!(" ({kind})") };
                self.line(&format!("    {}{kind}: |{}|", self.label.clone(), of("value")));
            }
        }
    }

    fn closes(&mut self, name: &str) {
        let words = self.words.trim().to_owned();
        let class = self.within.last().map(|o| o.class.clone()).unwrap_or_default();
        match name {
            "div" if class.contains("bubble") => {
                let who = if class.contains("you") { "me" } else { "bot" };
                self.line(&format!("{who}: {words}"));
            }
            "details" => self.unfolded = false,
            "div" | "p" | "summary" if self.inside("footer") => self.foot(name, &class, &words),
            "p" if class == "note" => self.page.note = Some(words),
            "p" if class != "institution" && !words.is_empty() => self.line(&format!("    {words}")),
            "h1" if self.inside("header") => self.page.head = words,
            "h1" => self.line(&format!("== {words}")),
            "h2" => self.line(&format!("=== {words}")),
            "summary" => self.line(&format!("    {words} …")),
            "div" if class.contains("kept") => self.line(&words),
            "div" if class == "words" && self.unfolded => self.foot(name, &class, &words),
            "form" | "div" | "section" => self.group(),
            _ => self.control(name, &class, words),
        }
        if !runs_on(name) {
            self.words.clear();
        }
        while self.within.pop().is_some_and(|open| open.name != name) {}
    }

    // What can be pressed or filled in.
    fn control(&mut self, name: &str, class: &str, words: String) {
        match name {
            "button" | "a" if self.is("languages") => self.languages.push(words),
            "button" => self.buttons.push(format!("[{words}]")),
            "a" if self.inside("main") && !self.is("bubble") => {
                let to = self.link.take().unwrap_or_default();
                self.line(&format!("    [{words}] -> {to}"));
                self.words.clear();
            }
            "label" if class.contains("tick") => self.line(&format!("    {}{words}", self.chosen.clone())),
            "label" => self.label = words,
            "textarea" => self.line(&format!("    {}: |{words}|", self.label.clone())),
            "option" if self.chosen == "*" => self.chosen = words,
            "select" => self.line(&format!("    {}: <{}>", self.label.clone(), self.chosen.clone())),
            _ => {}
        }
    }

    // What is folded up is the same on every page.
    fn foot(&mut self, name: &str, class: &str, words: &str) {
        match name {
            _ if !self.unfolded => {}
            "summary" => self.page.foot.push(format!("{words}:")),
            "div" if class != "words" => {}
            _ => self.page.foot.extend(words.lines().map(|l| format!("     {l}"))),
        }
    }

    fn group(&mut self) {
        if self.buttons.is_empty() {
            return;
        }
        let line = format!("    {}", std::mem::take(&mut self.buttons).join(" "));
        if !self.inside("footer") {
            self.write(&line);
        }
    }

    fn line(&mut self, line: &str) {
        self.group();
        self.write(line);
    }

    fn write(&mut self, line: &str) {
        let said = self.is("log");
        let lines = line.lines().enumerate().map(|(n, l)| match n {
            0 => l.to_owned(),
            _ if l.is_empty() => String::new(),
            _ => format!("     {l}"),
        });
        match said {
            true => self.page.said.extend(lines),
            false if self.is("besides") || self.is("shared") => self.page.besides.extend(lines),
            false => self.page.asked.extend(lines),
        }
    }
}

// Words on either side of these belong together.
fn runs_on(name: &str) -> bool {
    matches!(name, "span" | "bdi" | "strong" | "em" | "a")
}
