//! Citizens who answer the library's dialogue about its opening hours, each as their number decides.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use botapi::Citizen;
use serde_json::{Value, json};
use std::time::Duration;

pub const PULL: &str = "/v1/dialogues/nordby-bibliotek/aabningstider/responses.ndjson";
const PATIENCE: Duration = Duration::from_secs(120);

/// One citizen's answers, decided by their number; half of them type.
pub struct Plan {
    pub n: i64,
}

const BRUGER: [(&str, &str); 3] =
    [("aldrig", "Aldrig"), ("sjældent", "Under en gang om året"), ("jævnligt", "Oftere end det")];
const HVORFOR: [(&str, &str); 4] = [
    ("tid", "Der er lukket, når jeg har tid"),
    ("langt", "Der er for langt"),
    ("behov", "Jeg mangler ikke noget derfra"),
    ("andet", "Noget andet"),
];
const TIDSPUNKT: [(&str, &str); 4] = [
    ("morgen", "Før kl. 9"),
    ("dag", "Midt på dagen"),
    ("aften", "Efter kl. 18"),
    ("weekend", "I weekenden"),
];

impl Plan {
    pub fn types(&self) -> bool {
        self.n % 2 == 0
    }
    pub fn bruger(&self) -> (&'static str, &'static str) {
        BRUGER[(self.n / 2 % 3) as usize]
    }
    fn chosen(
        &self,
        options: [(&'static str, &'static str); 4],
        first: i64,
        most: usize,
    ) -> Vec<(&'static str, &'static str)> {
        let bits = (self.n * 7 + first) % 15 + 1;
        (0..4).filter(|k| bits >> k & 1 == 1).map(|k| options[k as usize]).take(most).collect()
    }
    pub fn hvorfor(&self) -> Option<Vec<(&'static str, &'static str)>> {
        (self.bruger().0 != "jævnligt").then(|| self.chosen(HVORFOR, 3, 4))
    }
    pub fn own_words(&self) -> Option<String> {
        let andet = self.hvorfor()?.iter().any(|(code, _)| *code == "andet");
        andet.then(|| format!("Trapperne, siger borger {}", self.n))
    }
    pub fn tidspunkt(&self) -> Vec<(&'static str, &'static str)> {
        self.chosen(TIDSPUNKT, 8, 2)
    }
    pub fn selvbetjent(&self) -> (&'static str, &'static str) {
        if self.n % 5 < 3 { ("ja", "Ja") } else { ("nej", "Nej") }
    }
    pub fn fri(&self) -> Option<String> {
        (self.n % 4 != 1).then(|| format!("Kaffe & kage, \"{}\" 🙂\n=2+2", self.n))
    }

    /// The row that the institution must find.
    pub fn row(&self, channel: &str) -> Value {
        let codes =
            |list: Vec<(&'static str, &str)>| list.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        let mut answers = json!({
            "bruger": self.bruger().0, "tidspunkt": codes(self.tidspunkt()), "selvbetjent": self.selvbetjent().0, "fri": self.fri(),
        });
        let mut states = json!({});
        match self.hvorfor() {
            Some(list) => answers["hvorfor_ikke"] = json!(codes(list)),
            None => states["hvorfor_ikke"] = json!("not_asked"),
        }
        if let Some(words) = self.own_words() {
            answers["hvorfor_ikke_other"] = json!(words);
        }
        if self.fri().is_none() {
            states["fri"] = json!("skipped");
        }
        let audience = if self.bruger().0 == "jævnligt" { "user" } else { "not_yet_user" };
        json!({
            "answers": answers, "states": states, "audience": audience, "channel": channel, "place": "station", "language": "da",
            "status": "complete", "ended": "end", "revision": 1,
        })
    }
}

async fn asked(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("nobody asked {words:?}\n{e}"));
}

async fn offered(citizen: &Citizen, label: &str) {
    let found = citizen.wait_for(|chat| chat.button(label).is_some(), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("no button {label:?}\n{e}"));
}

async fn choose(citizen: &Citizen, typed: bool, options: &[(&str, &str)]) {
    if typed {
        let words: Vec<&str> = options.iter().map(|(code, _)| *code).collect();
        let _ = citizen.write(&words.join(" og "));
        return;
    }
    for (n, (_, label)) in options.iter().enumerate() {
        citizen.press(label).unwrap();
        offered(citizen, &format!("Færdig ({})", n + 1)).await;
    }
    citizen.press(&format!("Færdig ({})", options.len())).unwrap();
}

/// Answers over Telegram to the end; `heard` is called whenever the bot has answered.
pub async fn answer(citizen: Citizen, plan: Plan, heard: impl Fn()) {
    let say = |typed: &str, label: &str| match plan.types() {
        true => citizen.write(typed),
        false => citizen.press(label).unwrap(),
    };
    let asked = async |words: &str| {
        asked(&citizen, words).await;
        heard();
    };
    citizen.start("aabn_station");
    asked("Jeg er en chatbot").await;
    say("start", "Start");
    asked("Hvor tit kommer du").await;
    say(plan.bruger().1, plan.bruger().1);
    if let Some(list) = plan.hvorfor() {
        asked("Hvad holder dig væk").await;
        choose(&citizen, plan.types(), &list).await;
        if let Some(words) = plan.own_words() {
            asked("med dine egne ord").await;
            citizen.write(&words);
        }
    }
    asked("Hvornår ville det passe dig").await;
    choose(&citizen, plan.types(), &plan.tidspunkt()).await;
    asked("låse dig ind").await;
    say(plan.selvbetjent().0, plan.selvbetjent().1);
    asked("komme næste uge").await;
    match plan.fri() {
        Some(words) => citizen.write(&words),
        None => say("spring over", "Spring over"),
    };
    asked("Tak for dine svar").await;
}

/// The part of a row that the citizens decided.
pub fn decided(row: &Value) -> Value {
    let mut kept = json!({});
    for name in
        ["answers", "states", "audience", "channel", "place", "language", "status", "ended", "revision"]
    {
        kept[name] = row[name].clone();
    }
    kept
}
