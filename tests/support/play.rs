//! Plays a transcript against the engine, storing the session between any two lines.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use snak::engine::{
    self, Apart, Begin, ButtonKind, Effect, Facts, Fetched, Input, Kept, Keyboard, Location, Media, Message,
    Moment, Other, Outcome, Press, Session, Turn, Value, Wish,
};
use snak::script::{Language, MediaKind, Point, Script, StaffLanguage, picture};
use std::fs;
use std::path::{Path, PathBuf};

/// The checked script of a `.chat`; a script with problems fails with their pictures.
pub fn script_of(chat: &Path, root: &Path) -> Script {
    let folder = chat.parent().unwrap();
    let beside = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "yaml"));
    let path = beside.unwrap_or_else(|| {
        let below = folder.strip_prefix(root).unwrap();
        Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues").join(below).with_extension("yaml")
    });
    load(&path)
}

pub fn load(path: &Path) -> Script {
    let file = snak::library::file(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (script, problems) = file.check();
    script.unwrap_or_else(|| {
        let pictures: Vec<String> =
            problems.iter().map(|p| picture(p, file.source_of(p), StaffLanguage::En)).collect();
        panic!("{}\n{}", path.display(), pictures.join("\n"))
    })
}

/// The first lines that differ.
pub fn difference(written: &str, played: &str) -> String {
    let same = written.lines().zip(played.lines()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| text.lines().skip(same).take(8).map(|l| format!("    {l}\n")).collect::<String>();
    format!("from line {}:\n  written:\n{}  played:\n{}", same + 1, part(written), part(played))
}

struct Player<'s> {
    script: &'s Script,
    session: Option<Session>,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    out: String,
    /// The newest messages last, as they stand now.
    shown: Vec<Message>,
    /// What others have done before, and this citizen since.
    facts: Facts,
    files: u128,
    /// The same as they were sent.
    sent: Vec<Message>,
}

/// The transcript as it comes out when the `at:`, `you:` and `wait:` lines of `written` are played.
pub fn play(script: &Script, written: &str) -> String {
    let mut player = Player {
        script,
        session: None,
        now: Timestamp::UNIX_EPOCH,
        wake_at: None,
        out: String::new(),
        shown: Vec::new(),
        facts: Facts::default(),
        files: 0,
        sent: Vec::new(),
    };
    let mut begin = Begin {
        revision: 1,
        channel: "telegram",
        place: None,
        language: None,
        returning: false,
        response: uuid::Uuid::nil(),
    };
    let mut header = true;
    for line in written.lines() {
        let (word, rest) = line.split_once(": ").unwrap_or((line, ""));
        match word {
            _ if line.starts_with('#') => player.write(line),
            "at" => {
                player.write(line);
                player.now = rest.parse().unwrap();
            }
            "place" => {
                player.write(line);
                begin.place = Some(rest.to_owned());
            }
            "language" => {
                player.write(line);
                begin.language = Language::parse(rest);
            }
            "count" => {
                player.write(line);
                let (name, count) = rest.rsplit_once(' ').unwrap();
                player.facts.counts.insert(name.to_owned(), count.parse().unwrap());
            }
            "other" => {
                player.write(line);
                let [list, id, words] = rest.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
                let other = Other { id: id.to_owned(), words: words.to_owned() };
                player.facts.others.entry(list.to_owned()).or_default().push(other);
            }
            "channel" => {
                player.write(line);
                begin.channel = if rest == "web" { "web" } else { "telegram" };
            }
            "you" | "then" | "wait" => {
                if std::mem::take(&mut header) {
                    player.start(begin.clone());
                }
                player.write(line);
                match word {
                    "wait" => player.wait(rest),
                    "then" => player.you(rest, SignedDuration::from_secs(1)),
                    _ => player.you(rest, SignedDuration::from_secs(10)),
                }
            }
            _ => {}
        }
    }
    if header {
        player.start(begin);
    }
    player.out
}

impl Player<'_> {
    fn write(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn moment(&self) -> Moment {
        Moment { now: self.now, seed: 7, facts: self.facts.clone() }
    }

    fn start(&mut self, begin: Begin) {
        let turn = engine::start(self.script, begin, &self.moment());
        self.take(turn);
    }

    fn you(&mut self, typed: &str, after: SignedDuration) {
        self.now += after;
        let input = match typed {
            "/tilbage" => Input::Back,
            "/spring" => Input::Skip,
            "/stop" => Input::Stop,
            "/hjaelp" => Input::Help,
            "/del" => Input::Share,
            "/pause" => Input::Pause,
            "/minedata" => Input::Wish(Wish::MyData),
            "/slet" => Input::Wish(Wish::Delete),
            "/privatliv" => Input::Privacy,
            "/sprog" => Input::Language(None),
            t if t.starts_with('(') => sent(t),
            t if t.starts_with('[') => match self.button(t) {
                Some(press) => Input::Press(press),
                None => return self.write("!! there is no such button"),
            },
            t => Input::Text(t.replace("\\n", "\n")),
        };
        let input = self.fetched(input);
        self.advance(&input);
    }

    // As dispatch does it: what the engine wants is fetched first, and nothing else is.
    fn fetched(&mut self, input: Input) -> Input {
        let Some(media) = engine::wants(self.script, self.session.as_ref().unwrap(), &input) else {
            return input;
        };
        self.write(&format!("-- fetched {}", media.handle));
        self.files += 1;
        let fetched = match media.handle.as_str() {
            h if h.contains("lost") => Fetched::Failed,
            h if h.contains("heic") => Fetched::Unfit,
            _ => Fetched::Kept { id: uuid::Uuid::from_u128(self.files), bytes: 1000 },
        };
        Input::Media(Media { fetched, ..media })
    }

    // The newest message that shows the label, or showed it once, for `[label] again`; ticks are not part of it.
    fn button(&self, typed: &str) -> Option<Press> {
        let (label, again) = typed.strip_suffix(" again").map_or((typed, false), |label| (label, true));
        let label = label.trim_matches(['[', ']']).trim_start_matches(['☐', '☑', ' ']);
        let messages = if again { &self.sent } else { &self.shown };
        messages
            .iter()
            .rev()
            .flat_map(|m| m.buttons.iter().flatten())
            .find(|b| b.label == label)
            .map(|b| b.press)
    }

    fn wait(&mut self, span: &str) {
        let span: Span = span.parse().unwrap_or_else(|e| panic!("{span}: {e}"));
        let until = self.now + span.to_duration(SpanRelativeTo::days_are_24_hours()).unwrap();
        while let Some(at) = self.wake_at.filter(|at| *at <= until) {
            self.now = at;
            let clock = at.to_zoned(self.script.institution().timezone.clone());
            self.write(&format!("-- woken {}", clock.strftime("%Y-%m-%d %H:%M")));
            self.advance(&Input::TimeUp);
            if self.wake_at.is_some_and(|next| next <= at) {
                panic!("woken at {at} again and again");
            }
        }
        self.now = until;
    }

    fn advance(&mut self, input: &Input) {
        let bytes = engine::encode(self.session.as_ref().unwrap()).unwrap();
        let session: Session = engine::decode(&bytes).unwrap();
        let turn = engine::advance(self.script, session, input, &self.moment()).unwrap();
        self.take(turn);
    }

    fn take(&mut self, turn: Turn) {
        let before = self.session.replace(turn.session);
        let session = self.session.clone().unwrap();
        self.wake_at = None;
        for answered in &session.answers {
            let known = before.as_ref().is_some_and(|s| s.answers.contains(answered));
            if !known {
                let line = format!("= {} {}", answered.question, spoken(&answered.outcome));
                self.write(&line);
            }
        }
        for effect in turn.effects {
            match effect {
                Effect::Say(message) => {
                    self.message("bot: ", &message);
                    self.sent.push(message.clone());
                    self.shown.push(message);
                }
                Effect::Amend { of, message } => {
                    self.message("edit: ", &message);
                    let old = self
                        .shown
                        .iter_mut()
                        .find(|m| m.of == Some(of))
                        .expect("only what was sent is changed");
                    let text = if message.text.is_empty() { old.text.clone() } else { message.text.clone() };
                    *old = Message { of: Some(of), text, ..message };
                }
                Effect::Toast(text) => self.write(&format!("toast: {text}")),
                Effect::Unsay => self.write("-- the message is taken out of the chat"),
                Effect::Wish(wish) => self.write(&format!("-- wishes {wish:?}")),
                Effect::Apart(Apart::Count { name, add }) => {
                    self.write(&format!("-- counted {name} {add:+}"));
                    let count = self.facts.counts.entry(name).or_default();
                    *count = count.saturating_add_signed(add);
                }
                Effect::Apart(Apart::Flag(flag)) => self.write(&format!("-- flagged {}", flag.question)),
                Effect::Apart(Apart::Votes { vote, ballots, .. }) => {
                    let each = ballots.iter().map(|b| format!(" {} {}", b.statement, b.vote.name()));
                    self.write(&format!("-- voted {vote}:{}", each.collect::<String>()));
                }
                Effect::Apart(Apart::Contribute { contributions, .. }) => {
                    for (_, c) in contributions {
                        self.write(&format!("-- held for review, {} in {}: {}", c.of, c.question, c.words));
                    }
                }
                Effect::WakeAt(at) => self.wake_at = Some(at),
                Effect::Apart(Apart::Quiet) => self.write("-- hears of nothing more"),
                Effect::Apart(Apart::Subscribe { language, .. }) => match language {
                    Some(language) => self.write(&format!("-- news in the chat, in {language}")),
                    None => self.write("-- no news in the chat"),
                },
                Effect::Contacts(_, contacts) => {
                    let each = contacts.iter().map(|c| format!(" {} {}", c.question, c.address));
                    let each: String = each.collect();
                    self.write(&format!(
                        "-- kept apart:{}",
                        if each.is_empty() { " nothing" } else { &each }
                    ));
                }
                Effect::Respond(r) => {
                    let name = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
                    let ended = name(serde_json::to_value(r.ended).unwrap());
                    let status = name(serde_json::to_value(r.status).unwrap());
                    let audience = name(serde_json::to_value(r.audience).unwrap());
                    let withdrawn = if r.withdrawn.is_empty() {
                        String::new()
                    } else {
                        format!(", without {}", r.withdrawn.join(" "))
                    };
                    self.write(&format!("-- finished ({ended}, {status}, {audience}{withdrawn})"));
                }
            }
        }
    }

    fn message(&mut self, who: &str, message: &Message) {
        let text = match message.text.to_string() {
            text if text.is_empty() && message.buttons.is_empty() => "(no buttons)".to_owned(),
            text if text.is_empty() => "(buttons)".to_owned(),
            text => text,
        };
        let indent = " ".repeat(who.len());
        for (n, line) in text.lines().enumerate() {
            let head = if n == 0 { who } else { &indent };
            self.write(format!("{head}{line}").trim_end());
        }
        match &message.keyboard {
            Some(Keyboard::Share { share, write }) => {
                let write = write.as_ref().map_or(String::new(), |w| format!(" {{{w}}}"));
                self.write(&format!("{indent}{{{share}}}{write}"));
            }
            Some(Keyboard::Number { share }) => self.write(&format!("{indent}{{{share}}}")),
            Some(Keyboard::Remove) => self.write(&format!("{indent}(keyboard gone)")),
            None => {}
        }
        if let Some(shown) = &message.illustration {
            self.write(&format!(
                "{indent}<{} {}/media/{}>",
                shown.kind.name(),
                shown.institution,
                shown.file
            ));
        }
        if let Some(link) = &message.link {
            self.write(&format!("{indent}<{}: {}>", link.label, link.url));
        }
        if let Some(share) = &message.share {
            self.write(&format!("{indent}<{} {}: {}>", share.label, share.payload, share.words));
        }
        for row in &message.buttons {
            let labels: Vec<String> = row.iter().map(|b| format!("[{}{}]", tick(b.on), b.label)).collect();
            self.write(&format!("{indent}{}", labels.join(" ")));
        }
    }
}

/// `(place 55.7, 12.4)`, `(live 55.7, 12.4)`, `(photo one: caption)`, `(album a one)`, `(voice)`, `(file plan 30 MB)`, `(sticker)`.
fn sent(typed: &str) -> Input {
    let inside = typed.trim_matches(['(', ')']);
    let (what, caption) = inside.split_once(": ").map_or((inside, None), |(w, c)| (w, Some(c.to_owned())));
    let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
    let kind = match word {
        "place" | "live" => {
            let point = Point::parse(rest).unwrap_or_else(|| panic!("{rest} is no point"));
            return Input::Location(Location { point, live: word == "live" });
        }
        "photo" | "album" => MediaKind::Photo,
        "voice" => MediaKind::Voice,
        "file" => MediaKind::File,
        _ => return Input::Unreadable,
    };
    let album = rest.split(' ').next().filter(|_| word == "album").map(str::to_owned);
    let size = rest.strip_suffix(" MB").and_then(|r| r.rsplit(' ').next()?.parse::<u64>().ok());
    let bytes = Some(size.map_or(1000, |mb| mb * 1_000_000));
    Input::Media(Media {
        kind,
        handle: what.to_owned(),
        bytes,
        caption,
        album,
        allowed: false,
        fetched: Fetched::No,
    })
}

fn tick(on: Option<bool>) -> &'static str {
    match on {
        Some(true) => "☑ ",
        Some(false) => "☐ ",
        None => "",
    }
}

pub fn spoken(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Skipped => "skipped".to_owned(),
        Outcome::Failed => "failed".to_owned(),
        Outcome::Given { value, other } => {
            let value = match value {
                Value::Code(code) => code.clone(),
                Value::Codes(codes) => codes.join(" "),
                Value::Number(number) => number.normalize().to_string(),
                Value::Text(text) => text.replace('\n', "\\n"),
                Value::Place { point, outside } => {
                    format!("{point}{}", if *outside { " (outside)" } else { "" })
                }
                Value::Media(list) => {
                    let of = |kept: &Kept| {
                        let note = kept.note.as_ref().map_or(String::new(), |n| format!(" {n:?}"));
                        format!("{} {}{note}", kept.kind.name(), kept.id.as_u128())
                    };
                    list.iter().map(of).collect::<Vec<_>>().join(", ")
                }
                Value::Ranked(codes) => codes.join(" > "),
                Value::Date(date) => date.to_string(),
                Value::Voted => "voted".to_owned(),
                Value::Time(time) => time.strftime("%H:%M").to_string(),
            };
            match other {
                Some(words) => format!("{value} \"{words}\""),
                None => value,
            }
        }
    }
}

/// The buttons of a message that press `kind`.
pub fn pressing(message: &Message, kind: ButtonKind) -> Option<Press> {
    message.buttons.iter().flatten().find(|b| b.press.button == kind).map(|b| b.press)
}

pub fn dialogues() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues")
}
