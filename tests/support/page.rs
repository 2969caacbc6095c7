//! A browser without JavaScript: reads the forms out of a page, fills them in and sends them.

use regex::Regex;
use std::collections::BTreeMap;

pub struct Browser {
    base: String,
    client: reqwest::Client,
    pub cookies: BTreeMap<String, String>,
    pub path: String,
    pub status: u16,
    pub html: String,
    ticked: Vec<String>,
    written: Option<String>,
}

/// A form as it would be sent, and where to.
#[derive(Clone)]
pub struct Sending {
    pub to: String,
    pub fields: Vec<(String, String)>,
}

fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?s){text}")).unwrap()
}

fn unescaped(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    pattern(&format!(r#"\s{name}="([^"]*)""#)).captures(tag).map(|c| unescaped(&c[1]))
}

impl Browser {
    pub fn new(base: &str) -> Browser {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser {
            base: base.to_owned(),
            client,
            cookies: BTreeMap::new(),
            path: String::new(),
            status: 0,
            html: String::new(),
            ticked: Vec::new(),
            written: None,
        }
    }

    pub async fn get(&mut self, path: &str) {
        self.path = path.to_owned();
        let request = self.client.get(format!("{}{path}", self.base)).header("cookie", self.cookie());
        self.take(request).await;
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn take(&mut self, request: reqwest::RequestBuilder) {
        let response = request.send().await.unwrap();
        self.status = response.status().as_u16();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let to = response
            .headers()
            .get("location")
            .map(|l| l.to_str().unwrap().split('#').next().unwrap().to_owned());
        self.html = response.text().await.unwrap();
        self.ticked.clear();
        self.written = None;
        if let Some(to) = to {
            assert_eq!(self.status, 303, "a form is answered by a page of its own");
            Box::pin(self.get(&to)).await;
        }
    }

    /// What a reader sees, without tags.
    pub fn text(&self) -> String {
        let breaks =
            pattern("</(p|li|h1|legend|button|label|summary|div|form)>").replace_all(&self.html, "\n");
        unescaped(&pattern("<[^>]*>").replace_all(&breaks, ""))
    }

    pub fn tick(&mut self, labels: &[&str]) {
        self.ticked = labels.iter().map(|l| (*l).to_owned()).collect();
    }

    pub fn write(&mut self, words: &str) {
        self.written = Some(words.to_owned());
    }

    /// The form of the button with this label, filled in.
    pub fn form(&self, label: &str) -> Sending {
        let forms = pattern("<form[^>]*>.*?</form>");
        for form in forms.find_iter(&self.html) {
            let form = form.as_str();
            for button in pattern("<button([^>]*)>([^<]*)</button>").captures_iter(form) {
                if unescaped(&button[2]) != label {
                    continue;
                }
                let mut fields = self.fields(form);
                fields
                    .push((attribute(&button[1], "name").unwrap(), attribute(&button[1], "value").unwrap()));
                return Sending { to: attribute(form, "action").unwrap(), fields };
            }
        }
        panic!("no button {label:?} on the page:\n{}", self.text())
    }

    fn fields(&self, form: &str) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for input in pattern("<input[^>]*>(?:<span>([^<]*)</span>)?").captures_iter(form) {
            let tag = &input[0];
            let (Some(name), value) = (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default())
            else {
                continue;
            };
            match attribute(tag, "type").as_deref() {
                Some("checkbox") => {
                    let label = unescaped(input.get(1).unwrap().as_str());
                    if self.ticked.contains(&label) {
                        fields.push((name, value));
                    }
                }
                Some("text") => fields.push((name, self.written.clone().unwrap_or(value))),
                _ => fields.push((name, value)),
            }
        }
        if let Some(area) = pattern("<textarea[^>]*>([^<]*)</textarea>").captures(form) {
            let name = attribute(&area[0], "name").unwrap();
            fields.push((name, self.written.clone().unwrap_or_else(|| unescaped(&area[1]))));
        }
        fields
    }

    pub async fn press(&mut self, label: &str) {
        let form = self.form(label);
        self.send(&form).await;
    }

    pub async fn send(&mut self, form: &Sending) {
        self.send_from(form, &[]).await;
    }

    /// As [`Browser::send`], with headers of one's own.
    pub async fn send_from(&mut self, form: &Sending, headers: &[(&str, &str)]) {
        let mut request = self
            .client
            .post(format!("{}{}", self.base, form.to))
            .header("cookie", self.cookie())
            .form(&form.fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.take(request).await;
    }
}
