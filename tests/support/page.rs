//! A citizen's browser without scripts: reads pages as served, fills in their forms and sends them as a browser would.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::time::Duration;

/// One browser with its own cookies. Every action follows redirects and leaves the page that came.
pub struct Browser {
    base: String,
    client: reqwest::Client,
    pub cookies: HashMap<String, String>,
    /// What it calls the site of its forms; its own unless told otherwise.
    pub origin: String,
    pub accept_language: String,
    /// The address that its proxy says it has.
    pub forwarded_for: Option<String>,
    pub page: Shown,
    /// The status of the last answer, before any redirect was followed.
    pub answered: u16,
    filled: HashMap<usize, Filled>,
    last: usize,
}

/// A page as it came.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    pub status: u16,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub html: String,
    pub forms: Vec<WebForm>,
    pub links: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default)]
pub struct WebForm {
    pub action: String,
    pub hidden: Vec<(String, String)>,
    /// Name, value, label.
    pub buttons: Vec<(String, String, String)>,
    /// Name, value, label, ticked as served.
    pub boxes: Vec<(String, String, String, bool)>,
    /// Name and words as served, of text fields and areas.
    pub fields: Vec<(String, String)>,
    pub lists: Vec<List>,
}

/// A list to choose from.
#[derive(Debug, Clone, Default)]
pub struct List {
    pub name: String,
    /// Value and label.
    pub options: Vec<(String, String)>,
    /// The value chosen as served.
    pub chosen: String,
}

#[derive(Debug, Clone, Default)]
struct Filled {
    ticked: Vec<String>,
    chosen: Vec<String>,
    words: Option<String>,
}

/// A form filled in and not yet sent: can be sent later, twice, or from a page long left.
#[derive(Debug, Clone)]
pub struct Letter {
    pub action: String,
    pub pairs: Vec<(String, String)>,
}

impl Browser {
    /// `base`: `http://127.0.0.1:8080`, without a path.
    pub fn new(base: &str) -> Browser {
        Browser::with(client(), base)
    }

    /// Many browsers may share a client: the cookies are each one's own.
    pub fn with(client: reqwest::Client, base: &str) -> Browser {
        Browser {
            base: base.trim_end_matches('/').to_owned(),
            client,
            cookies: HashMap::new(),
            origin: base.trim_end_matches('/').to_owned(),
            accept_language: "da-DK,da;q=0.9,en;q=0.8".to_owned(),
            forwarded_for: None,
            page: Shown::default(),
            answered: 0,
            filled: HashMap::new(),
            last: 0,
        }
    }

    /// The same browser when the service has come back at another address.
    pub fn move_to(&mut self, base: &str) {
        self.base = base.trim_end_matches('/').to_owned();
        self.origin.clone_from(&self.base);
    }

    pub async fn get(&mut self, path: &str) -> &Shown {
        self.try_get(path).await.unwrap();
        &self.page
    }

    /// As [`Browser::get`], where nobody may answer.
    pub async fn try_get(&mut self, path: &str) -> Result<(), reqwest::Error> {
        self.go(self.getting(path), path).await
    }

    /// Presses the button or follows the link with this label.
    pub async fn press(&mut self, label: &str) -> &Shown {
        if let Some(letter) = self.letter(label) {
            return self.post(&letter).await;
        }
        let link = self.page.links.iter().find(|(text, _)| text == label).map(|(_, to)| to.clone());
        match link {
            Some(to) => self.get(&to).await,
            None => panic!("nothing here is called {label:?}:\n{}", self.text()),
        }
    }

    /// Sets exactly these ticks in the form that has them.
    pub fn tick(&mut self, labels: &[&str]) -> &mut Browser {
        let form = self.page.forms.iter().position(|f| !f.boxes.is_empty()).expect("a form with ticks");
        let boxes = &self.page.forms[form].boxes;
        for label in labels {
            assert!(boxes.iter().any(|b| b.2 == *label), "no box is called {label:?}:\n{}", self.text());
        }
        self.filled.entry(form).or_default().ticked = labels.iter().map(|l| (*l).to_owned()).collect();
        self.last = form;
        self
    }

    /// Chooses in the lists of the page, from the first on; the others stay as they are.
    pub fn choose(&mut self, labels: &[&str]) -> &mut Browser {
        let form = self.page.forms.iter().position(|f| !f.lists.is_empty()).expect("a form with lists");
        let value = |(list, label): (&List, &&str)| {
            let found = list.options.iter().find(|(_, text)| text == label);
            found.unwrap_or_else(|| panic!("{label:?} cannot be chosen: {:?}", list.options)).0.clone()
        };
        let chosen = self.page.forms[form].lists.iter().zip(labels).map(value).collect();
        self.filled.entry(form).or_default().chosen = chosen;
        self.last = form;
        self
    }

    /// Writes in the page's text field.
    pub fn write(&mut self, words: &str) -> &mut Browser {
        let form =
            self.page.forms.iter().position(|f| !f.fields.is_empty()).expect("a form with a text field");
        self.filled.entry(form).or_default().words = Some(words.to_owned());
        self.last = form;
        self
    }

    /// Enter in the form that was filled in last: its first button.
    pub async fn send(&mut self) -> &Shown {
        let letter = self.enter();
        self.post(&letter).await
    }

    /// What [`Browser::send`] would send.
    pub fn enter(&self) -> Letter {
        self.sealed(self.last, 0)
    }

    /// What pressing a button would send; `None` where no button is called so.
    pub fn letter(&self, label: &str) -> Option<Letter> {
        let forms = self.page.forms.iter().enumerate();
        let (form, button) = forms
            .flat_map(|(n, f)| f.buttons.iter().enumerate().map(move |(b, button)| ((n, b), button)))
            .find(|(_, (_, _, text))| text == label)?
            .0;
        Some(self.sealed(form, button))
    }

    fn sealed(&self, form: usize, button: usize) -> Letter {
        let filled = self.filled.get(&form).cloned();
        let form = &self.page.forms[form];
        let mut pairs = form.hidden.clone();
        for (name, value, label, on) in &form.boxes {
            let on = filled.as_ref().map_or(*on, |f| f.ticked.contains(label));
            pairs.extend(on.then(|| (name.clone(), value.clone())));
        }
        for (n, list) in form.lists.iter().enumerate() {
            let chosen = filled.as_ref().and_then(|f| f.chosen.get(n)).unwrap_or(&list.chosen);
            pairs.push((list.name.clone(), chosen.clone()));
        }
        for (name, served) in &form.fields {
            let words = filled.as_ref().and_then(|f| f.words.clone()).unwrap_or(served.clone());
            // So does a browser, in every form it sends.
            pairs.push((name.clone(), words.replace("\r\n", "\n").replace('\n', "\r\n")));
        }
        let (name, value, _) = &form.buttons[button];
        if !name.is_empty() {
            pairs.push((name.clone(), value.clone()));
        }
        Letter { action: form.action.clone(), pairs }
    }

    pub async fn post(&mut self, letter: &Letter) -> &Shown {
        self.try_post(letter).await.unwrap();
        &self.page
    }

    /// As [`Browser::post`], where nobody may answer. It was taken if `answered` is a redirect, whatever came of the page
    /// behind it.
    pub async fn try_post(&mut self, letter: &Letter) -> Result<(), reqwest::Error> {
        self.go(self.posting(letter), &letter.action).await
    }

    /// The request that posts a letter, for sending two at once.
    pub fn posting(&self, letter: &Letter) -> reqwest::RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&letter.pairs).finish();
        self.dressed(self.client.post(self.address(&letter.action)))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.origin)
            .body(body)
    }

    /// As [`Browser::posting`], with files: name and content of each.
    pub fn uploading(&self, letter: &Letter, files: &[(&str, Vec<u8>)]) -> reqwest::RequestBuilder {
        let mut body = Vec::new();
        let mut part = |head: String, content: &[u8]| {
            body.extend(format!("--GRENSE\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        };
        for (name, value) in &letter.pairs {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (name, content) in files {
            part(
                format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"),
                content,
            );
        }
        body.extend(b"--GRENSE--\r\n");
        self.dressed(self.client.post(self.address(&letter.action)))
            .header("content-type", "multipart/form-data; boundary=GRENSE")
            .header("origin", &self.origin)
            .body(body)
    }

    fn getting(&self, path: &str) -> reqwest::RequestBuilder {
        self.dressed(self.client.get(self.address(path)))
    }

    fn dressed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let pairs: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = match &self.forwarded_for {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        };
        request.header("cookie", pairs.join("; ")).header("accept-language", &self.accept_language)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{}", self.base, path.split('#').next().unwrap())
    }

    async fn go(&mut self, mut request: reqwest::RequestBuilder, path: &str) -> Result<(), reqwest::Error> {
        let mut path = path.to_owned();
        self.answered = 0;
        for hop in 0..5 {
            let response = request.send().await?;
            if hop == 0 {
                self.answered = response.status().as_u16();
            }
            self.keep_cookies(&response);
            let to = response.headers().get("location").map(|v| v.to_str().unwrap().to_owned());
            let Some(to) = to else {
                self.page = Shown::read(path, response).await?;
                self.filled.clear();
                return Ok(());
            };
            assert!(to.starts_with('/'), "{to}");
            request = self.getting(&to);
            path = to;
        }
        panic!("round and round at {path}");
    }

    fn keep_cookies(&mut self, response: &reqwest::Response) {
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            match line.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    /// The page as it reads, one line for each part.
    pub fn text(&self) -> String {
        text_of(&self.page.html)
    }
}

impl Shown {
    async fn read(path: String, response: reqwest::Response) -> Result<Shown, reqwest::Error> {
        let status = response.status().as_u16();
        let header = |(k, v): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (k.as_str().to_owned(), v.to_str().unwrap_or_default().to_owned())
        };
        let headers = response.headers().iter().map(header).collect();
        let html = response.text().await?;
        let (forms, links) = forms_of(&html);
        Ok(Shown { status, path, headers, html, forms, links })
    }
}

/// Follows no redirect by itself.
pub fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// A piece of a page.
pub enum Token<'h> {
    Open(&'h str, HashMap<String, String>),
    Close(&'h str),
    Text(String),
}

// Enough for pages of our own, whose `<` and `>` are always escaped.
pub fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let Some(start) = rest.find('<') else {
            tokens.push(Token::Text(unescaped(rest)));
            break;
        };
        if start > 0 {
            tokens.push(Token::Text(unescaped(&rest[..start])));
        }
        let end = start + rest[start..].find('>').expect("a tag that ends");
        let tag = &rest[start + 1..end];
        match tag.strip_prefix('/') {
            Some(name) => tokens.push(Token::Close(name)),
            None => {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                tokens.push(Token::Open(name, attributes_of(attributes)));
            }
        }
        rest = &rest[end + 1..];
    }
    tokens
}

fn attributes_of(mut text: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    loop {
        text = text.trim_start();
        let end = text.find([' ', '=']).unwrap_or(text.len());
        if end == 0 {
            return found;
        }
        let name = text[..end].to_owned();
        match text[end..].strip_prefix("=\"") {
            Some(quoted) => {
                let (value, rest) = quoted.split_once('"').expect("a closing quote");
                found.insert(name, unescaped(value));
                text = rest;
            }
            None => {
                found.insert(name, String::new());
                text = &text[end..];
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn forms_of(html: &str) -> (Vec<WebForm>, Vec<(String, String)>) {
    let (mut forms, mut links) = (Vec::<WebForm>::new(), Vec::new());
    let (mut open, mut label) = (false, String::new());
    // The box or link whose words are being read.
    let (mut ticking, mut linking) = (None, None);
    let mut area = false;
    for token in tokens(html) {
        match token {
            Token::Open("form", attributes) => {
                assert!(!open, "a form within a form");
                open = true;
                forms.push(WebForm { action: attributes["action"].clone(), ..WebForm::default() });
            }
            Token::Close("form") => open = false,
            Token::Open("a", attributes) => {
                label.clear();
                linking = attributes.get("href").cloned();
            }
            Token::Close("a") => links.extend(linking.take().map(|to| (label.trim().to_owned(), to))),
            Token::Open("label", _) => label.clear(),
            Token::Close("label") => {
                if let Some((name, value, on)) = ticking.take() {
                    let form = forms.last_mut().unwrap();
                    form.boxes.push((name, value, label.trim().to_owned(), on));
                }
            }
            Token::Open("input", attributes) => {
                let of = |name: &str| attributes.get(name).cloned().unwrap_or_default();
                let form = forms.last_mut().filter(|_| open).expect("a field stands in a form");
                match &*of("type") {
                    "hidden" => form.hidden.push((of("name"), of("value"))),
                    "checkbox" => {
                        ticking = Some((of("name"), of("value"), attributes.contains_key("checked")))
                    }
                    "text" | "date" | "time" | "email" | "tel" => form.fields.push((of("name"), of("value"))),
                    // Files are added to the form when it is sent.
                    "file" => {}
                    other => panic!("an input of type {other:?}"),
                }
            }
            Token::Open("select", attributes) => {
                let lists = &mut forms.last_mut().unwrap().lists;
                lists.push(List { name: attributes["name"].clone(), ..List::default() });
            }
            Token::Open("option", attributes) => {
                label.clear();
                let list = forms.last_mut().unwrap().lists.last_mut().unwrap();
                list.options.push((attributes["value"].clone(), String::new()));
                if attributes.contains_key("selected") {
                    list.chosen = attributes["value"].clone();
                }
            }
            Token::Close("option") => {
                let list = forms.last_mut().unwrap().lists.last_mut().unwrap();
                list.options.last_mut().unwrap().1 = label.trim().to_owned();
            }
            Token::Open("textarea", attributes) => {
                label.clear();
                area = true;
                forms.last_mut().unwrap().fields.push((attributes["name"].clone(), String::new()));
            }
            Token::Close("textarea") => {
                area = false;
                let words = label.strip_prefix('\n').unwrap_or(&label).to_owned();
                forms.last_mut().unwrap().fields.last_mut().unwrap().1 = words;
            }
            Token::Open("button", attributes) => {
                label.clear();
                let of = |name: &str| attributes.get(name).cloned().unwrap_or_default();
                let form = forms.last_mut().filter(|_| open).expect("a button stands in a form");
                form.buttons.push((of("name"), of("value"), String::new()));
            }
            Token::Close("button") => {
                forms.last_mut().unwrap().buttons.last_mut().unwrap().2 = label.trim().to_owned();
            }
            Token::Text(text) if area => label = text,
            Token::Text(text) => label.push_str(&text),
            Token::Open(..) | Token::Close(_) => {}
        }
    }
    (forms, links)
}

fn text_of(html: &str) -> String {
    const BLOCKS: [&str; 12] = [
        "div", "p", "h1", "section", "form", "button", "label", "summary", "details", "header", "a",
        "textarea",
    ];
    let mut out = String::new();
    let mut head = false;
    for token in tokens(html) {
        match token {
            Token::Open("head", _) => head = true,
            Token::Close("head") => head = false,
            Token::Open(name, _) | Token::Close(name) if BLOCKS.contains(&name) => out.push('\n'),
            Token::Text(text) if !head => out.push_str(&text),
            Token::Open(..) | Token::Close(_) | Token::Text(_) => {}
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}
