//! Two hundred citizens answer the library's dialogue on Telegram at the same time, and what is pulled equals what they said;
//! the same while the service is killed and started again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use botapi::{Citizen, Outcome, Server};
use serde_json::{Value, json};
use std::time::Duration;
use support::service::{Place, get};

const CITIZENS: i64 = 200;
const PATIENCE: Duration = Duration::from_secs(120);

/// One citizen's answers, decided by their number; half of them type.
struct Plan {
    n: i64,
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
    fn types(&self) -> bool {
        self.n % 2 == 0
    }
    fn bruger(&self) -> (&'static str, &'static str) {
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
    fn hvorfor(&self) -> Option<Vec<(&'static str, &'static str)>> {
        (self.bruger().0 != "jævnligt").then(|| self.chosen(HVORFOR, 3, 4))
    }
    fn own_words(&self) -> Option<String> {
        let andet = self.hvorfor()?.iter().any(|(code, _)| *code == "andet");
        andet.then(|| format!("Trapperne, siger borger {}", self.n))
    }
    fn tidspunkt(&self) -> Vec<(&'static str, &'static str)> {
        self.chosen(TIDSPUNKT, 8, 2)
    }
    fn selvbetjent(&self) -> (&'static str, &'static str) {
        if self.n % 5 < 3 { ("ja", "Ja") } else { ("nej", "Nej") }
    }
    fn fri(&self) -> Option<String> {
        (self.n % 4 != 1).then(|| format!("Kaffe & kage, \"{}\" 🙂\n=2+2", self.n))
    }

    /// The row that the institution must find.
    fn row(&self) -> Value {
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
            "answers": answers, "states": states, "audience": audience, "channel": "telegram", "place": "station", "language": "da",
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

async fn answer(citizen: Citizen, plan: Plan) {
    let say = |typed: &str, label: &str| match plan.types() {
        true => citizen.write(typed),
        false => citizen.press(label).unwrap(),
    };
    citizen.start("aabn_station");
    asked(&citizen, "Jeg er en chatbot").await;
    say("start", "Start");
    asked(&citizen, "Hvor tit kommer du").await;
    say(plan.bruger().1, plan.bruger().1);
    if let Some(list) = plan.hvorfor() {
        asked(&citizen, "Hvad holder dig væk").await;
        choose(&citizen, plan.types(), &list).await;
        if let Some(words) = plan.own_words() {
            asked(&citizen, "med dine egne ord").await;
            citizen.write(&words);
        }
    }
    asked(&citizen, "Hvornår ville det passe dig").await;
    choose(&citizen, plan.types(), &plan.tidspunkt()).await;
    asked(&citizen, "låse dig ind").await;
    say(plan.selvbetjent().0, plan.selvbetjent().1);
    asked(&citizen, "komme næste uge").await;
    match plan.fri() {
        Some(words) => citizen.write(&words),
        None => say("spring over", "Spring over"),
    };
    asked(&citizen, "Tak for dine svar").await;
}

/// The part of a row that the citizens decided.
fn decided(row: &Value) -> Value {
    let mut kept = json!({});
    for name in
        ["answers", "states", "audience", "channel", "place", "language", "status", "ended", "revision"]
    {
        kept[name] = row[name].clone();
    }
    kept
}

async fn pulled(url: &str, token: &str) -> Vec<String> {
    let (status, body) = get(url, token).await;
    assert_eq!(status, 200, "{body}");
    let mut rows: Vec<String> =
        body.lines().map(|l| decided(&serde_json::from_str(l).unwrap()).to_string()).collect();
    rows.sort();
    rows
}

fn expected() -> Vec<String> {
    let mut rows: Vec<String> = (0..CITIZENS).map(|n| Plan { n }.row().to_string()).collect();
    rows.sort();
    rows
}

const PULL: &str = "/v1/dialogues/nordby-bibliotek/aabningstider/responses.ndjson";

fn everybody_answers(server: &Server) -> Vec<tokio::task::JoinHandle<()>> {
    (0..CITIZENS)
        .map(|n| tokio::spawn(answer(server.citizen(4_000_000_000 + n, Some("da")), Plan { n })))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_and_every_row_is_what_they_said() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().with("TELOXIDE_TOKEN", "1:test").with("TELOXIDE_API_URL", server.url());
    let service = place.serve();
    for citizen in everybody_answers(&server) {
        citizen.await.unwrap();
    }
    let rows = pulled(&service.link(PULL), &place.token("nordby-bibliotek")).await;
    assert_eq!(rows, expected());
    assert_eq!(server.breaches(), Vec::<String>::new());
    let log = service.log();
    for private in ["4000000", "Trapperne", "Kaffe", "1:test"] {
        assert!(!log.contains(private), "{private} is in the log");
    }
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twice_on_the_way_no_answer_is_lost_or_doubled() {
    let server = Server::start("1:test").await.unwrap();
    let place = Place::default().with("TELOXIDE_TOKEN", "1:test").with("TELOXIDE_API_URL", server.url());
    let token = place.token("nordby-bibliotek");
    let mut service = place.serve();
    let citizens = everybody_answers(&server);
    for share in [3, 7] {
        // Killed when a good part of the conversation's messages is sent: in the middle of turns.
        let enough = CITIZENS as usize * share;
        server.wait_until(|s| s.count("sendMessage", &Outcome::Ok) >= enough, PATIENCE).await.unwrap();
        service.kill();
        service = place.serve();
    }
    for citizen in citizens {
        citizen.await.unwrap();
    }
    assert_eq!(pulled(&service.link(PULL), &token).await, expected());
    assert_eq!(server.breaches(), Vec::<String>::new());
    assert!(service.stop().success());
}
