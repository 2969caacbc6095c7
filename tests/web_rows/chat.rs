//! Plays a row's chat in a browser without scripts: what the citizen does stands in it, all else must come out. `UPDATE=1` writes it anew.
//!
//! `you:` opens an address, presses `[label]`, or writes in the field; `(tick A | B)`, `(choose A | B)`, `(photo)` fill in what else
//! there is. `then:` does so in the same second, `another:` in another browser. `house:` is what goes on behind the pages, `wait: 2d`
//! lets time go by. Of what was said only what is new is told; lines that begin with `--` tell what was kept.

use super::house::House;
use super::look::{self, Page};
use super::support::kept::{changes, kept};
use super::support::page::{Browser, Letter};
use super::support::play;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use std::collections::BTreeMap;
use std::path::Path;

struct Player {
    house: House,
    out: String,
    kept: BTreeMap<String, String>,
    /// Where conversations are or were: what to call each, and its address.
    addresses: Vec<(String, String)>,
}

/// Somebody at a browser.
struct Citizen {
    browser: Browser,
    shown: Page,
    /// The forms of each button that was ever shown, as they were then.
    letters: BTreeMap<String, Letter>,
    /// As they were the first time.
    oldest: BTreeMap<String, Letter>,
}

pub async fn play(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/web_rows/chats/{name}.chat"));
    let written = std::fs::read_to_string(&path).unwrap();
    let only = written.lines().find_map(|l| l.strip_prefix("# only: "));
    let only: Vec<String> = only.into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect();
    let house = House::open(&only).await;
    let mut you = Citizen::at(&house);
    let mut another = Citizen::at(&house);
    let mut player = Player { house, out: String::new(), kept: BTreeMap::new(), addresses: Vec::new() };
    for line in written.lines() {
        let (word, rest) = line.split_once(": ").unwrap_or((line, ""));
        match word {
            _ if line.starts_with('#') => player.write(line),
            "you" | "then" => {
                player.house.pass(SignedDuration::from_secs(if word == "you" { 10 } else { 0 }));
                player.does(&mut you, line, rest).await;
            }
            "another" => player.does(&mut another, line, rest).await,
            "house" => {
                player.write(line);
                player.goes_on(rest, [&mut you, &mut another]).await;
            }
            "wait" => {
                player.write(line);
                let span: Span = rest.parse().unwrap();
                player.house.wait(span.to_duration(SpanRelativeTo::days_are_24_hours()).unwrap()).await;
                player.look_into_the_store().await;
            }
            _ => {}
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path, player.out).unwrap();
    }
    assert!(written == player.out, "{name}, {}", play::difference(&written, &player.out));
}

impl Player {
    fn write(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    async fn does(&mut self, citizen: &mut Citizen, line: &str, does: &str) {
        self.write(line);
        citizen.act(does).await;
        for line in citizen.news() {
            self.write(&line);
        }
        for (name, token) in &citizen.browser.cookies {
            let known = (format!(" of {}", name.trim_start_matches("snak-")), format!("web:{token}"));
            if !self.addresses.contains(&known) {
                self.addresses.push(known);
            }
        }
        self.look_into_the_store().await;
    }

    async fn look_into_the_store(&mut self) {
        let kept = kept(&*self.house.store, &self.addresses).await;
        for line in changes(&self.kept, &kept) {
            self.write(&line);
        }
        self.kept = kept;
    }

    // `restart`, or `hal: Kommer du alene? -> Kommer I flere?`: new words in a dialogue.
    async fn goes_on(&mut self, what: &str, citizens: [&mut Citizen; 2]) {
        if what == "restart" {
            self.house.restart().await;
            for citizen in citizens {
                citizen.browser.move_to(self.house.base());
            }
            return;
        }
        let (code, words) = what.split_once(": ").unwrap();
        let (old, new) = words.split_once(" -> ").unwrap();
        let file = self.house.folder.path().join(format!("nordby/{code}.yaml"));
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{old:?} is not in\n{text}");
        std::fs::write(&file, text.replace(old, new)).unwrap();
        self.house.publish().await;
    }
}

// A photograph with the place where it was taken.
fn picture() -> Vec<u8> {
    let place = b"\xff\xe1\x00\x16Exif\x00\x00GPS 55.67 12.56";
    let mut picture = vec![0xff, 0xd8];
    picture.extend(&place[..2]);
    picture.extend(((place.len() - 2) as u16).to_be_bytes());
    picture.extend(&place[4..]);
    picture.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    picture.extend([1; 300]);
    picture.extend([0xff, 0xd9]);
    picture
}

impl Citizen {
    fn at(house: &House) -> Citizen {
        let browser = Browser::new(house.base());
        Citizen { browser, shown: Page::default(), letters: BTreeMap::new(), oldest: BTreeMap::new() }
    }

    async fn act(&mut self, does: &str) {
        let sent = does.strip_prefix('(').and_then(|d| d.strip_suffix(')'));
        match (sent, does.strip_prefix('[')) {
            (Some(sent), _) => self.fill_in(sent).await,
            (None, Some(label)) => self.press(label).await,
            (None, None) if does.starts_with("/c") || does == "/" => drop(self.browser.get(does).await),
            (None, None) => drop(self.browser.write(&does.replace("\\n", "\n")).send().await),
        }
        for form in &self.browser.page.forms {
            for (_, _, label) in &form.buttons {
                let Some(letter) = self.browser.letter(label) else { continue };
                self.oldest.entry(label.clone()).or_insert_with(|| letter.clone());
                self.letters.insert(label.clone(), letter);
            }
        }
    }

    // `[label]`; `[label] again` from the page where it stood last, `[label] of old` where it stood first; `[label] twice`, before the first answer has come.
    async fn press(&mut self, label: &str) {
        let (label, how) = label.rsplit_once(']').unwrap();
        match how.trim() {
            "of old" => drop(self.browser.post(&self.oldest[label].clone()).await),
            "again" => drop(self.browser.post(&self.letters[label].clone()).await),
            "twice" => {
                let letter = self.browser.letter(label).unwrap();
                let (one, two) =
                    tokio::join!(self.browser.posting(&letter).send(), self.browser.posting(&letter).send());
                assert_eq!((one.unwrap().status().as_u16(), two.unwrap().status().as_u16()), (303, 303));
                self.browser.post(&letter).await;
            }
            _ => drop(self.browser.press(label).await),
        }
    }

    async fn fill_in(&mut self, sent: &str) {
        let (word, rest) = sent.split_once(' ').unwrap_or((sent, ""));
        let labels: Vec<&str> = rest.split(" | ").filter(|l| !l.is_empty()).collect();
        match word {
            "tick" => drop(self.browser.tick(&labels).send().await),
            "choose" => drop(self.browser.choose(&labels).send().await),
            "photo" => self.upload(&[("a.jpg", picture())]).await,
            "photos" => self.upload(&[("a.jpg", picture()), ("b.jpg", picture())]).await,
            "file" => self.upload(&[("a.txt", rest.as_bytes().to_vec())]).await,
            "reload" => {
                let path = self.browser.page.path.split(['?', '#']).next().unwrap().to_owned();
                self.browser.get(&path).await;
            }
            other => panic!("({other}) is nothing that can be done"),
        }
    }

    async fn upload(&mut self, files: &[(&str, Vec<u8>)]) {
        let letter = self.browser.letter("Send").unwrap();
        let sent = self.browser.uploading(&letter, files).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), 303);
        let to = sent.headers()["location"].to_str().unwrap().to_owned();
        self.browser.get(&to).await;
    }

    // What has changed on the page, and what is asked now.
    fn news(&mut self) -> Vec<String> {
        let page = match self.browser.page.headers["content-type"].starts_with("text/html") {
            true => look::read(&self.browser.page.html),
            false => Page {
                asked: self.browser.page.html.lines().map(|l| format!("   {l}")).collect(),
                ..Page::default()
            },
        };
        let mut lines = Vec::new();
        if page.head != self.shown.head {
            lines.push(format!("page {}", page.head));
        }
        if self.browser.page.status != 200 {
            lines.push(format!("page with status {}", self.browser.page.status));
        }
        lines.extend(page.note.iter().map(|note| format!("note: {note}")));
        let same = page.said.iter().zip(&self.shown.said).take_while(|(a, b)| a == b).count();
        if same < self.shown.said.len() && same > 0 {
            lines.push(format!("… from what was said, {} lines are gone", self.shown.said.len() - same));
        }
        lines.extend(page.said[same..].iter().cloned());
        lines.extend(page.asked.iter().cloned());
        if page.besides != self.shown.besides {
            lines.extend(page.besides.iter().cloned());
        }
        if page.foot != self.shown.foot {
            lines.extend(page.foot.iter().cloned());
        }
        self.shown = page;
        lines
    }
}
