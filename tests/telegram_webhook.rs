//! Updates brought to a webhook: who is let in, what is acknowledged, and that nothing is lost or doubled on this way either.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use async_trait::async_trait;
use botapi::{Citizen, Fault, On, Outcome, Server, WEBHOOK};
use serde_json::{Value, json};
use snak::channel::telegram::{Telegram, Webhook, router};
use snak::channel::{Inbox, InboxError, Incoming, Received};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::library::{PULL, Plan, answer, decided};
use support::service::{Place, Service, get};
use tokio::sync::{Mutex, mpsc};

const PATIENCE: Duration = Duration::from_secs(60);
const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

struct House {
    server: Server,
    place: Place,
    /// Where it listens: an address that Telegram is told must be known before the start.
    listen: String,
}

impl House {
    async fn new() -> House {
        let server = Server::start_local("1:test").await.unwrap();
        let (place, listen) = Place::default().on_telegram(server.url()).brought();
        House { server, place, listen }
    }

    fn serve(&self) -> Service {
        self.place.serve_on(&self.listen)
    }

    /// What Telegram was told, once it was.
    async fn told(&self) -> Value {
        let told = |server: &Server| server.count("setWebhook", &Outcome::Ok) > 0;
        self.server.wait_until(told, PATIENCE).await.unwrap();
        self.server.webhook().unwrap()
    }

    fn well(&self, service: &Service) {
        assert_eq!(self.server.breaches(), Vec::<String>::new(), "every call is one that Telegram takes");
        let log = service.log();
        assert!(!log.contains("panicked"), "{log}");
        let secret = self.server.webhook().unwrap()["secret_token"].as_str().unwrap().to_owned();
        assert!(!log.contains(&secret) && !log.contains("1:test"), "a secret is in the log");
    }
}

async fn sees(citizen: &Citizen, words: &str) {
    let found = citizen.wait_for(|chat| chat.shows(words), PATIENCE).await;
    found.unwrap_or_else(|e| panic!("{words:?} is not shown\n{e}"));
}

/// Status and body.
async fn brought(service: &Service, secret: Option<&str>, body: impl Into<reqwest::Body>) -> (u16, String) {
    let mut request = reqwest::Client::new().post(service.link("/telegram/webhook")).body(body);
    if let Some(secret) = secret {
        request = request.header(HEADER, secret);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_secret_there_is_no_door_and_rubbish_with_it_is_taken_and_dropped() {
    let house = House::new().await;
    let service = house.serve();
    let told = house.told().await;
    let secret = told["secret_token"].as_str().unwrap();
    assert!(secret.len() >= 32, "nobody guesses it");
    assert!(told["allowed_updates"].as_array().unwrap().contains(&json!("my_chat_member")));
    assert_eq!(told["url"], format!("http://{}/telegram/webhook", house.listen));

    let update = json!({"update_id": 5, "message": {"message_id": 1, "date": 1_790_000_000, "text": "/start",
        "chat": {"id": 31, "type": "private", "first_name": "Ida"}, "from": {"id": 31, "is_bot": false, "first_name": "Ida"}}});
    let almost = format!("{}0", &secret[..secret.len() - 1]);
    for wrong in [None, Some(""), Some(almost.as_str()), Some(&secret[1..])] {
        assert_eq!(brought(&service, wrong, update.to_string()).await, (404, String::new()), "{wrong:?}");
    }
    let seen = reqwest::get(service.link("/telegram/webhook")).await.unwrap();
    assert_eq!((seen.status().as_u16(), seen.text().await.unwrap()), (404, String::new()));

    let garbage = ["", "hemmeligt ord", "[]", "{\"message\": {\"text\": \"hemmeligt ord\"}}"];
    for body in garbage {
        assert_eq!(brought(&service, Some(secret), body).await, (200, String::new()), "{body}");
    }
    assert_eq!(brought(&service, Some(secret), vec![b'['; 5_000_000]).await, (200, String::new()));
    let log = service.log();
    assert_eq!(log.matches("is no update and is dropped").count(), 5, "{log}");
    assert!(!log.contains("hemmeligt"), "what it held is in the log");

    let citizen = house.server.citizen(31, Some("da"));
    citizen.start("aabn_station");
    sees(&citizen, "Jeg er en chatbot").await;
    house.well(&service);
}

/// Tells of what it is asked to keep, and says whether it is kept when it is told.
struct Slow {
    asked: mpsc::UnboundedSender<String>,
    verdicts: Mutex<mpsc::UnboundedReceiver<bool>>,
}

#[async_trait]
impl Inbox for Slow {
    async fn receive(&self, incoming: Incoming) -> Result<Received, InboxError> {
        self.asked.send(incoming.update).unwrap();
        match self.verdicts.lock().await.recv().await.unwrap() {
            true => Ok(Received::default()),
            false => Err(InboxError::NotKept("the disk is full".to_owned())),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_acknowledged_when_it_is_kept_and_not_before() {
    let ((asked, mut asks), (verdict, verdicts)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
    let inbox = Arc::new(Slow { asked, verdicts: Mutex::new(verdicts) });
    let webhook = Webhook { url: String::new(), secret: "hemmelig".to_owned() };
    let routes = router(Telegram::new("1:test", None).unwrap(), inbox, &webhook);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/telegram/webhook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let update = json!({"update_id": 9, "poll_answer": {"poll_id": "1", "option_ids": []}}).to_string();
    for (kept, status) in [(false, 503), (true, 200)] {
        let request = reqwest::Client::new().post(&url).header(HEADER, "hemmelig").body(update.clone());
        let mut answer =
            tokio::spawn(async move { request.timeout(PATIENCE).send().await.unwrap().status().as_u16() });
        let asked = tokio::time::timeout(PATIENCE, asks.recv()).await.unwrap();
        assert_eq!(asked.unwrap(), "telegram:9");
        let early = tokio::time::timeout(Duration::from_millis(300), &mut answer).await;
        assert!(early.is_err(), "acknowledged before it was kept");
        verdict.send(kept).unwrap();
        assert_eq!(answer.await.unwrap(), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_with_answers_that_are_not_heard_nothing_is_lost_or_doubled() {
    const CITIZENS: i64 = 40;
    let house = House::new().await;
    let mut service = house.serve();
    let first = house.told().await;
    let token = house.place.token("nordby-bibliotek");
    house.server.hand_out_twice(true);
    house.server.fault(Fault::AnswerLost, On::Method(WEBHOOK), 30);
    let citizens: Vec<_> = (0..CITIZENS)
        .map(|n| tokio::spawn(answer(house.server.citizen(4_000_000_000 + n, Some("da")), Plan { n }, || ())))
        .collect();
    let enough = CITIZENS as usize * 4;
    house.server.wait_until(|s| s.count("sendMessage", &Outcome::Ok) >= enough, PATIENCE).await.unwrap();
    service.kill();
    service = house.serve();
    for citizen in citizens {
        citizen.await.unwrap();
    }
    house.server.wait_until_confirmed(PATIENCE).await.unwrap();
    let (status, body) = get(&service.link(PULL), &token).await;
    assert_eq!(status, 200, "{body}");
    let sorted = |rows: Vec<Value>| {
        let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
        rows.sort();
        rows
    };
    let pulled = body.lines().map(|line| decided(&serde_json::from_str(line).unwrap())).collect();
    let said = (0..CITIZENS).map(|n| Plan { n }.row("telegram")).collect();
    assert_eq!(sorted(pulled), sorted(said));
    assert_eq!(house.server.webhook().unwrap(), first, "the secret is the same after a restart");
    assert_eq!(house.server.count("getUpdates", &Outcome::Ok), 0);
    house.well(&service);
    assert!(service.stop().success());
    assert!(house.server.webhook().is_some(), "what comes now waits for the next start");
}

#[tokio::test(flavor = "multi_thread")]
async fn telegram_may_be_away_at_the_start_and_each_way_takes_over_from_the_other() {
    let house = House::new().await;
    house.server.stop().await;
    let citizen = house.server.citizen(33, Some("da"));
    citizen.start("aabn_station");
    let service = house.serve();
    let trouble = async || {
        let ready = reqwest::get(service.link("/readyz")).await.unwrap();
        assert_eq!(ready.status(), 200, "the web chat and the pull work");
        serde_json::from_str::<Value>(&ready.text().await.unwrap()).unwrap()["telegram"].clone()
    };
    let begun = Instant::now();
    while trouble().await.is_null() {
        assert!(begun.elapsed() < PATIENCE, "nobody says that Telegram is away");
    }
    house.server.resume().await.unwrap();
    sees(&citizen, "Jeg er en chatbot").await;
    assert!(service.stop().success());

    // Fetched from now on: the webhook goes, and a later one too.
    let Place { folder, .. } = &house.place;
    let config = folder.path().join("polling.toml");
    std::fs::write(&config, "telegram = \"polling\"\n").unwrap();
    let polling = house.place.with("SNAK_TELEGRAM", "").with("SNAK_CONFIG", config.to_str().unwrap());
    let service = polling.serve();
    citizen.press("Start").unwrap();
    sees(&citizen, "Hvor tit kommer du").await;
    let hook = json!({"url": format!("http://{}/other", house.listen)});
    let url = format!("{}bot1:test/setWebhook", house.server.url());
    let set =
        reqwest::Client::new().post(url).header("content-type", "application/json").body(hook.to_string());
    assert!(set.send().await.unwrap().status().is_success());
    citizen.write("aldrig");
    sees(&citizen, "Hvad holder dig væk").await;
    assert!(house.server.webhook().is_none());
    assert!(service.stop().success());
}

#[test]
fn a_webhook_that_telegram_cannot_reach_is_one_sentence_at_the_start() {
    for (public, words) in [("http://snak.dk", "with https"), ("https://snak.dk:9000", "443, 80, 88 or 8443")]
    {
        let place = Place::default()
            .with("TELOXIDE_TOKEN", "1:test")
            .with("SNAK_TELEGRAM", "webhook")
            .with("SNAK_PUBLIC_URL", public);
        let out = place.snak(&["serve"]).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!((out.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains(words) && said.contains(public), "{said}");
    }
}
