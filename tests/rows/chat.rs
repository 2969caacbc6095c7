//! Plays a row's chat over the Bot API: what the citizen does stands in it, all else must come out. `UPDATE=1` writes it anew.
//!
//! `you:` writes, `you: [label]` presses, `you: (sticker 👍)` sends; `then:` does so in the same second. `wait: 2d` lets time go by.
//! Lines that begin with `--` tell what was kept.

use super::house::{House, PATIENCE};
use super::support::given::picture;
use super::support::kept::{changes, kept};
use super::support::play;
use botapi::Citizen;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use std::collections::BTreeMap;
use std::path::Path;

struct Player {
    house: House,
    citizen: Citizen,
    out: String,
    told: usize,
    uploads: usize,
    fetched: usize,
    /// The reply keyboard, as it was shown last.
    keyboard: String,
    /// What the empty field says.
    field: String,
    /// The message and data of each button that was ever shown.
    buttons: BTreeMap<String, (i64, String)>,
    own: Vec<i64>,
    kept: BTreeMap<String, String>,
}

pub async fn play(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/rows/chats/{name}.chat"));
    let written = std::fs::read_to_string(&path).unwrap();
    let only = written.lines().find_map(|l| l.strip_prefix("# only: "));
    let only: Vec<String> = only.into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect();
    let house = House::open(&only).await;
    let citizen = house.citizen(7);
    let mut player = Player {
        house,
        citizen,
        out: String::new(),
        told: 0,
        uploads: 0,
        fetched: 0,
        keyboard: String::new(),
        field: String::new(),
        buttons: BTreeMap::new(),
        own: Vec::new(),
        kept: BTreeMap::new(),
    };
    player.look().await;
    player.out.clear();
    for line in written.lines() {
        let (word, rest) = line.split_once(": ").unwrap_or((line, ""));
        match word {
            _ if line.starts_with('#') => player.write(line),
            "you" | "then" | "wait" => {
                player.write(line);
                match word {
                    "you" => player.you(rest, SignedDuration::from_secs(10)).await,
                    "then" => player.you(rest, SignedDuration::ZERO).await,
                    _ => player.wait(rest).await,
                }
            }
            _ => {}
        }
    }
    player.house.well();
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

    async fn you(&mut self, does: &str, after: SignedDuration) {
        self.house.pass(after);
        let act = match does.strip_prefix('(').and_then(|d| d.strip_suffix(')')) {
            Some(sent) => self.sends(sent),
            None if does.starts_with('[') => self.presses(does),
            None => Some(self.citizen.write(&does.replace("\\n", "\n")).message_id),
        };
        if let Some(message) = act {
            self.own.push(message);
        }
        self.house.rest().await;
        let answered = self.citizen.wait_for(|chat| chat.spinners == 0, PATIENCE).await;
        answered.unwrap();
        self.look().await;
    }

    // `[label]` as it is shown now; `[label] again` where it was shown last.
    fn presses(&mut self, does: &str) -> Option<i64> {
        let (label, again) = does.strip_suffix(" again").map_or((does, false), |l| (l, true));
        let label = label.trim_matches(['[', ']']);
        if again {
            let (message, data) = self.buttons[label].clone();
            self.citizen.press_data(message, &data);
            return None;
        }
        // The reply keyboard's buttons write their label.
        let written = self.citizen.chat().button(label).is_none();
        let act = self.citizen.press(label).unwrap();
        written.then_some(act.message_id)
    }

    fn sends(&mut self, sent: &str) -> Option<i64> {
        let (word, rest) = sent.split_once(' ').unwrap_or((sent, ""));
        let place = || {
            let (latitude, longitude) = rest.split_once(", ").unwrap();
            (latitude.parse().unwrap(), longitude.parse().unwrap())
        };
        Some(match word {
            "sticker" => self.citizen.sticker(rest).message_id,
            "voice" => self.citizen.voice().message_id,
            "photo" => self.citizen.photo_of(picture(), rest).message_id,
            "place" => self.citizen.location(place().0, place().1).message_id,
            "live" => self.citizen.live_location(place().0, place().1).message_id,
            "contact" => self.citizen.contact(rest).message_id,
            "somebody" => self.citizen.somebodys_contact(rest).message_id,
            "block" => self.citizen.block().message_id,
            "unblock" => self.citizen.unblock().message_id,
            // `(edit 2: words)`: the message written second.
            "edit" => {
                let (n, words) = rest.split_once(": ").unwrap();
                let message = self.own[n.parse::<usize>().unwrap() - 1];
                self.citizen.edit(message, words).unwrap();
                return None;
            }
            other => panic!("({other}) is nothing that can be sent"),
        })
    }

    async fn wait(&mut self, span: &str) {
        let span: Span = span.parse().unwrap();
        self.house.wait(span.to_duration(SpanRelativeTo::days_are_24_hours()).unwrap()).await;
        self.house.rest().await;
        self.look().await;
    }

    // What has come out since.
    async fn look(&mut self) {
        let lines = self.citizen.transcript();
        let new: Vec<String> = lines.iter().skip(self.told).cloned().collect();
        self.told = lines.len();
        // What is done beside the messages comes now before them and now after.
        let toast =
            |line: &&String| line.strip_prefix("toast:").is_some_and(|words| !words.trim().is_empty());
        let beside = |line: &&String| line.starts_with("bot reacts") || line.starts_with("bot deletes");
        for line in new.iter().filter(|line| toast(line) || beside(line)) {
            self.write(line);
        }
        let mut ours = false;
        for line in new.iter().filter(|line| !line.starts_with("toast:") && !beside(line)) {
            let begins = line.starts_with("bot") || line.starts_with("you");
            ours = if begins { line.starts_with("you") } else { ours };
            match (ours, begins || line.starts_with("    [")) {
                (true, _) => {}
                (false, true) => self.write(line),
                (false, false) => self.write(&format!("     {line}")),
            }
        }
        for message in self.citizen.chat().messages {
            for button in message.buttons.into_iter().flatten() {
                if let Some(data) = button.data {
                    self.buttons.insert(button.label, (message.message_id, data));
                }
            }
        }
        let rows = self.citizen.chat().keyboard;
        let keyboard = rows.concat().iter().map(|label| format!(" [{label}]")).collect::<String>();
        if keyboard != self.keyboard {
            let shown = if keyboard.is_empty() { " is gone" } else { &keyboard };
            self.write(&format!("-- the keyboard{shown}"));
        }
        self.keyboard = keyboard;
        let field = self.citizen.chat().placeholder.unwrap_or_default();
        if field != self.field && !field.is_empty() {
            self.write(&format!("-- the field says {field}"));
        }
        self.field = field;
        let fetched = self.house.server.fetched().len();
        for _ in self.fetched..fetched {
            self.write("-- a file is fetched");
        }
        self.fetched = fetched;
        let uploads = self.house.server.uploads();
        for upload in uploads.iter().skip(self.uploads) {
            self.write(&format!("-- file {}", upload.name));
            for line in String::from_utf8_lossy(&upload.bytes).lines() {
                // Drawn by lot.
                let line = line
                    .split_once("\"response\": ")
                    .map_or(line.to_owned(), |(before, _)| format!("{before}\"response\": …"));
                self.write(&format!("   {line}"));
            }
        }
        self.uploads = uploads.len();
        let at = [(String::new(), "telegram:7".to_owned())];
        let kept = kept(&*self.house.store, &at).await;
        for line in changes(&self.kept, &kept) {
            self.write(&line);
        }
        self.kept = kept;
    }
}
