//! The web chat over real HTTP: pages as served, forms as posted, the real engine behind them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use snak::channel::webchat::{Limits, Links, router};
use snak::channel::{
    Content, ConversationId, Illustrations, Inbox, InboxError, Incoming, Kept, Offered, Page, PageState,
    Pages, Received,
};
use snak::engine::{
    self, Begin, Effect, Facts, Illustration, Input, Moment, Outcome, Press, Session, Value, lines,
};
use snak::gate::Rate;
use snak::script::{Institution, Language, Parts, Script, ScriptId};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use support::page::Browser;
use support::play;

/// Takes events and draws pages as the service does, keeping its sessions in a map.
#[derive(Debug)]
struct Desk {
    script: Script,
    sessions: Mutex<HashMap<ConversationId, Session>>,
    seen: Mutex<HashSet<String>>,
    taken: Mutex<Vec<Incoming>>,
    /// The disk is full.
    broken: AtomicBool,
    /// What is kept cannot be read.
    damaged: AtomicBool,
}

// Ten seconds later each time: nobody presses two buttons with one finger.
fn moment() -> Moment {
    static PASSED: AtomicI64 = AtomicI64::new(0);
    let passed = PASSED.fetch_add(10, Ordering::SeqCst);
    Moment { now: Timestamp::from_second(1_788_000_000 + passed).unwrap(), seed: 7, facts: Facts::default() }
}

impl Desk {
    fn begin(&self, language: Option<Language>) -> engine::Turn {
        let begin = Begin {
            revision: 1,
            channel: "web",
            place: None,
            language,
            returning: false,
            response: uuid::Uuid::nil(),
        };
        engine::start(&self.script, begin, &moment())
    }

    fn next(&self, session: Session, input: &Input) -> (Session, Received) {
        let turn = engine::advance(&self.script, session, input, &moment()).unwrap();
        let toast = turn.effects.into_iter().find_map(|e| match e {
            Effect::Toast(text) => Some(text),
            _ => None,
        });
        (turn.session, Received { toast, ..Received::default() })
    }

    fn session(&self) -> Session {
        let sessions = self.sessions.lock().unwrap();
        assert_eq!(sessions.len(), 1);
        sessions.values().next().unwrap().clone()
    }

    fn answer(&self, question: &str) -> String {
        self.session().outcome(question).map_or("none".to_owned(), play::spoken)
    }
}

#[async_trait]
impl Inbox for Desk {
    async fn receive(&self, incoming: Incoming) -> Result<Received, InboxError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(InboxError::NotKept("no room on the disk".to_owned()));
        }
        if self.damaged.load(Ordering::SeqCst) {
            return Ok(Received { toast: Some("trouble".to_owned()), ..Received::default() });
        }
        if matches!(incoming.content, Content::Declined { .. }) {
            return Ok(Received::default());
        }
        let mut sessions = self.sessions.lock().unwrap();
        if !self.seen.lock().unwrap().insert(incoming.update.clone()) {
            return Ok(Received::default());
        }
        assert!(incoming.shows_recap && incoming.channel == "web");
        self.taken.lock().unwrap().push(incoming.clone());
        let open = sessions.get(&incoming.conversation).filter(|s| !s.is_finished()).cloned();
        let (session, received) = match (open, &incoming.content) {
            (None, Content::Accepted { language, .. }) => {
                let session = self.begin(*language).session;
                let button = engine::ButtonKind::Start;
                let start = Press { session: session.nonce, step: 0, visit: 0, button };
                self.next(session, &Input::Press(start))
            }
            (Some(session), Content::Input(input)) => self.next(session, input),
            (None, Content::Input(_)) => {
                return Ok(Received { toast: Some("closed".to_owned()), ..Received::default() });
            }
            (Some(_), Content::Accepted { .. }) => return Ok(Received::default()),
            (_, other) => panic!("{other:?}"),
        };
        sessions.insert(incoming.conversation, session);
        Ok(received)
    }
}

#[async_trait]
impl Pages for Desk {
    async fn page(
        &self,
        payload: &str,
        of: Option<&ConversationId>,
        language: Option<Language>,
    ) -> Result<Option<Page>, InboxError> {
        if payload == "lukket" {
            return Err(InboxError::NotKept("the store is locked".to_owned()));
        }
        let script = &self.script;
        if payload.split('_').next() != Some(&script.header().entry.code) {
            return Ok(None);
        }
        let session = of.and_then(|of| self.sessions.lock().unwrap().get(of).cloned());
        let language = session.as_ref().map_or(script.offered(language), |s| s.language);
        let state = match session {
            None => match self.begin(Some(language)).effects.into_iter().next() {
                Some(Effect::Say(card)) => PageState::Opening(card),
                other => panic!("{other:?}"),
            },
            Some(session) => {
                let recap = engine::recap(script, &session, &moment());
                match session.is_finished() {
                    true => {
                        let mends = engine::mendable(script, &session);
                        PageState::Ended { recap, again: script.header().answer_again, mends }
                    }
                    false => PageState::Running(recap),
                }
            }
        };
        Ok(Some(Page {
            title: script.header().title.plain(language),
            institution: script.institution().name.plain(language),
            logo: None,
            language,
            languages: script.header().languages.clone(),
            state,
            open: true,
            telegram: true,
            share: None,
            help: engine::help(script, language),
            privacy: engine::privacy(script, language),
            contact: script.contact().to_owned(),
            accessibility: Some("https://was.example/nordby".to_owned()),
        }))
    }

    async fn offered(&self, _: Language) -> Result<(Vec<Offered>, Option<String>), InboxError> {
        Ok((Vec::new(), None))
    }

    async fn kept(&self, _: &ConversationId, _: Language) -> Result<Option<Kept>, InboxError> {
        Ok(None)
    }

    // Nothing changes behind this page's back.
    fn changes(&self, _: &ConversationId) -> BoxStream<'static, ()> {
        futures_util::stream::pending().boxed()
    }
}

#[async_trait]
impl Illustrations for Desk {
    async fn bytes(&self, _: &Illustration) -> Option<Vec<u8>> {
        None
    }
}

struct House {
    desk: Arc<Desk>,
    base: String,
    telegram: Arc<OnceLock<String>>,
    /// While it is there, the service goes on.
    _stop: tokio::sync::watch::Sender<bool>,
}

async fn house(script: Script) -> House {
    house_with(script, Limits::default()).await
}

async fn house_with(script: Script, limits: Limits) -> House {
    let desk = Arc::new(Desk {
        script,
        sessions: Mutex::default(),
        seen: Mutex::default(),
        taken: Mutex::default(),
        broken: AtomicBool::new(false),
        damaged: AtomicBool::new(false),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let telegram = Arc::new(OnceLock::new());
    let links = Links { public_url: base.clone(), telegram: telegram.clone() };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let app = router(desk.clone(), desk.clone(), desk.clone(), links, limits, stopped);
    let app = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    House { desk, base, telegram, _stop: stop }
}

async fn opening_hours() -> House {
    house(library()).await
}

fn library() -> Script {
    play::load(&play::dialogues().join("nordby-bibliotek/aabningstider.yaml"))
}

/// A dialogue with these steps, otherwise like the sample.
async fn with_steps(steps: &str) -> House {
    let sample =
        std::fs::read_to_string(play::dialogues().join("nordby-bibliotek/aabningstider.yaml")).unwrap();
    let (head, _) = sample.split_once("audience:").unwrap();
    let source = format!("{head}audience: everyone\nsteps:\n{steps}");
    let parts = Parts { institution: Institution::named_after("nordby-bibliotek") };
    let (script, problems) = Script::check(&ScriptId("nordby-bibliotek/x".to_owned()), &source, &parts);
    house(script.unwrap_or_else(|| panic!("{problems:?}"))).await
}

fn has(browser: &Browser, words: &str) {
    assert!(browser.text().contains(words), "{words:?} is not on\n{}", browser.text());
}

fn has_not(browser: &Browser, words: &str) {
    assert!(!browser.text().contains(words), "{words:?} is on\n{}", browser.text());
}

fn word(name: &str) -> String {
    lines(Language::DANISH).get(name)
}

#[tokio::test]
async fn a_dialogue_is_answered_with_plain_forms() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);

    browser.get("/c/aabn_station").await;
    has(&browser, "Hvornår skal biblioteket have åbent?");
    has(&browser, "Vi gemmer dine svar, men ikke dit navn");
    has(&browser, "Finde de åbningstider, der kan få flere ind ad døren.");
    assert!(
        browser.cookies.is_empty() && house.desk.taken.lock().unwrap().is_empty(),
        "looking begins nothing"
    );

    browser.press("Start").await;
    assert_eq!(browser.answered, 303);
    assert!(browser.page.path.ends_with("#q"), "{}", browser.page.path);
    has(&browser, "Hvor tit kommer du på biblioteket?");
    let begun = house.desk.taken.lock().unwrap()[0].clone();
    let accepted = Content::Accepted { payload: "aabn_station".to_owned(), language: Some(Language::DANISH) };
    assert_eq!(begun.content, accepted);

    browser.press("Aldrig").await;
    assert_eq!((browser.answered, &*browser.page.path), (303, "/c/aabn_station#q"));
    has(&browser, "Dig: Aldrig");
    browser.tick(&["Der er for langt", "Noget andet"]).send().await;
    has(&browser, "Skriv det gerne med dine egne ord.");
    browser.write("Ingen bus\r\n<script>alert(1)</script>").send().await;
    has(&browser, "Ingen bus\n<script>alert(1)</script>");
    assert_eq!(browser.page.html.matches("<script").count(), 1, "our own, by its address");

    // More than may be chosen: it is said, and the ticks are there to be mended.
    browser.tick(&["Før kl. 9", "Midt på dagen", "Efter kl. 18"]).send().await;
    assert_eq!(browser.answered, 422);
    has(&browser, "Vælg højst 2.");
    let ticked = browser.page.forms.iter().flat_map(|f| &f.boxes).filter(|b| b.3).count();
    assert_eq!(ticked, 3);
    browser.tick(&["Efter kl. 18"]).send().await;

    browser.press("Ja").await;
    browser.press("Ret forrige svar").await;
    has(&browser, "Ville du komme, hvis du selv kunne låse dig ind");
    browser.press("Nej").await;
    browser.write("Kaffe\r\nog kage").send().await;
    has(&browser, "Tak! Resultatet hænger på døren");
    has(&browser, word("page-over").as_str());
    assert_eq!(browser.page.html.matches("<script src=\"/c/-/chat.js?").count(), 1);

    assert_eq!(house.desk.answer("bruger"), "aldrig");
    assert_eq!(house.desk.answer("hvorfor_ikke"), "langt andet \"Ingen bus\n<script>alert(1)</script>\"");
    assert_eq!(house.desk.answer("tidspunkt"), "aften");
    assert_eq!(house.desk.answer("selvbetjent"), "nej");
    assert_eq!(house.desk.answer("fri"), "Kaffe\\nog kage");

    browser.press("Ryd samtalen her").await;
    assert!(browser.cookies.is_empty());
    has(&browser, "Start");
    has_not(&browser, "Kaffe");
}

#[tokio::test]
async fn every_kind_of_question_can_be_answered_and_passed_over() {
    let house = with_steps(
        "
  - ask: { da: Hvor godt?, en: How well? }
    id: skala
    type: scale
    min: 0
    max: 10
    labels: { 0: { da: Slet ikke, en: Not at all }, 10: { da: Meget, en: Very } }
  - ask: { da: Hvor mange?, en: How many? }
    id: tal
    type: number
    min: 1
    max: 20
  - ask: { da: Hvad helst?, en: What rather? }
    id: valg
    options:
      a: { da: Noget, en: Something }
      b: { da: Noget andet, en: Something else, other: true }
  - ask: { da: Hvorfor?, en: Why? }
    id: grund
    type: text
    skip: false
    max_length: 20
  - ask: { da: Mere?, en: More? }
    id: mere
    type: text
",
    )
    .await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    browser.press("Start").await;
    has(&browser, "10 = Meget");
    browser.press("7").await;
    browser.write("hundrede").send().await;
    assert_eq!(browser.answered, 422);
    has(&browser, "Skriv et tal fra 1 til 20.");
    assert_eq!(browser.page.forms.iter().find_map(|f| f.fields.first()).unwrap().1, "hundrede");
    browser.write("2,5").send().await;
    browser.write("Helst ingenting").send().await;
    // No button stands under a question that must be answered: the form still knows which one it is.
    assert!(browser.letter("Spring over").is_none());
    browser.write("Fordi det er for langt at skrive her").send().await;
    has(&browser, "der er plads til 20");
    browser.write("Fordi").send().await;
    browser.press("Spring over").await;
    has(&browser, word("thanks").as_str());
    let answers: Vec<String> = ["skala", "tal", "valg", "grund", "mere"].map(|q| house.desk.answer(q)).into();
    assert_eq!(answers, ["7", "2.5", "b \"Helst ingenting\"", "Fordi", "skipped"]);

    browser.press("Svar igen, fx for en anden").await;
    has(&browser, "Hvor godt?");
    has_not(&browser, "Fordi");
    browser.press("Stop samtalen").await;
    has(&browser, "Samtalen er stoppet.");
}

#[tokio::test]
async fn days_times_rankings_and_addresses_have_fields_of_their_own() {
    let house = house(play::load(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/typer/typer.yaml"),
    ))
    .await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/park").await;
    browser.press("Start").await;
    let limits = |html: &str, name: &str| {
        let after = html.split(&format!(" {name}=\"")).nth(1).unwrap_or_default();
        after.split('"').next().unwrap().to_owned()
    };
    let day = limits(&browser.page.html, "min");
    assert!(browser.page.html.contains("type=\"date\"") && day < limits(&browser.page.html, "max"), "{day}");
    browser.write("snart").send().await;
    assert_eq!(browser.answered, 422);
    browser.write(&day).send().await;
    assert_eq!(house.desk.answer("dag"), day);
    assert_eq!(limits(&browser.page.html, "max"), "20:00");
    browser.write("14:30").send().await;
    browser.press("Spring over").await;

    // One list for each place. The same answer twice is told, and nothing that was chosen is lost.
    browser.choose(&["Musik", "Musik"]).send().await;
    assert_eq!(browser.answered, 422);
    has(&browser, "Vælg hvert svar højst én gang.");
    assert_eq!(browser.page.forms.iter().flat_map(|f| &f.lists).filter(|l| l.chosen == "2").count(), 2);
    browser.choose(&["Intet valgt", "Intet valgt"]).send().await;
    has(&browser, "Vælg mindst én.");
    browser.choose(&["Musik", "Lys på stien"]).send().await;
    has(&browser, "Dig: 1. Musik, 2. Lys på stien");

    browser.press("Spring over").await;
    browser.press("Ja").await;
    browser.write("Jens@X.dk").send().await;
    has(&browser, "Dig: J…@x.dk");
    has_not(&browser, "Jens@");
    browser.press("Ret forrige svar").await;
    assert!(
        browser.page.html.contains("type=\"email\"") && browser.page.html.contains("autocomplete=\"email\"")
    );
    browser.write("bo@x.dk").send().await;
    assert!(browser.page.html.contains("type=\"tel\""));
    browser.write("20 30 40 50").send().await;
    has(&browser, word("thanks").as_str());
    let answers: Vec<String> = ["tid", "vigtigst", "mail", "telefon"].map(|q| house.desk.answer(q)).into();
    assert_eq!(answers, ["14:30", "musik > lys", "bo@x.dk", "+4520304050"]);
}

#[tokio::test]
async fn nothing_is_begun_by_a_no_and_a_language_can_be_chosen() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn?place=torvet").await;
    browser.press("Nej tak").await;
    has(&browser, word("goodbye").as_str());
    assert!(browser.cookies.is_empty() && house.desk.taken.lock().unwrap().is_empty());

    browser.press("Til samtalen").await;
    browser.press("English").await;
    has(&browser, "When should the library be open?");
    assert!(browser.page.html.contains("<html lang=\"en\" dir=\"ltr\">"));
    browser.press("Start").await;
    has(&browser, "How often do you go to the library?");
    browser.press("Dansk").await;
    has(&browser, "Hvor tit kommer du på biblioteket?");

    let mut english = Browser::new(&house.base);
    english.accept_language = "de-DE,en-GB;q=0.7,da;q=0.3".to_owned();
    english.get("/c/aabn").await;
    has(&english, "When should the library be open?");
}

#[tokio::test]
async fn pressing_twice_counts_once() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    let start = browser.letter("Start").unwrap();
    let (one, two) = tokio::join!(browser.posting(&start).send(), browser.posting(&start).send());
    assert_eq!(one.unwrap().headers()["set-cookie"], two.unwrap().headers()["set-cookie"]);
    browser.post(&start).await;
    assert_eq!(
        house.desk.sessions.lock().unwrap().len(),
        1,
        "one conversation, however often Start was pressed"
    );

    let never = browser.letter("Aldrig").unwrap();
    let (one, two) = tokio::join!(browser.posting(&never).send(), browser.posting(&never).send());
    assert!(one.is_ok() && two.is_ok());
    browser.post(&never).await;
    has(&browser, "Hvad holder dig væk?");
    has_not(&browser, word("page-stale").as_str());
    assert_eq!(house.desk.session().trail.len(), 1);

    // Sent without a tick, however often: that is told, and is no wrong answer.
    for _ in 0..3 {
        let form = browser.tick(&[]).enter();
        browser.post(&form).await;
        browser.post(&form).await;
        has(&browser, "Vælg mindst én.");
    }
    assert_eq!(house.desk.answer("hvorfor_ikke"), "none");
}

#[tokio::test]
async fn a_form_from_an_earlier_page_changes_nothing_and_says_so() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    browser.press("Start").await;
    let (never, often) = (browser.letter("Aldrig").unwrap(), browser.letter("Oftere end det").unwrap());
    let skip = browser.letter("Spring over").unwrap();
    browser.post(&never).await;
    for late in [&often, &skip] {
        browser.post(late).await;
        has(&browser, word("page-stale").as_str());
        has(&browser, "Hvad holder dig væk?");
        assert_eq!((house.desk.answer("bruger"), house.desk.session().trail.len()), ("aldrig".to_owned(), 1));
    }

    // A browser that has forgotten the conversation, or never kept it.
    let mut other = Browser::new(&house.base);
    other.post(&never).await;
    has(&other, word("page-stale").as_str());
    has(&other, "Start");
    let start = other.letter("Start").unwrap();
    other.post(&start).await;
    other.cookies.clear();
    other.get("/c/aabn?note=started").await;
    has(&other, word("page-no-cookie").as_str());
}

#[tokio::test]
async fn an_answer_that_could_not_be_kept_is_still_there_to_be_sent_again() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    house.desk.broken.store(true, Ordering::SeqCst);
    browser.press("Start").await;
    assert_eq!(browser.answered, 503);
    house.desk.broken.store(false, Ordering::SeqCst);
    browser.press("Prøv igen").await;
    browser.press("Aldrig").await;
    browser.tick(&["Noget andet"]).send().await;

    house.desk.broken.store(true, Ordering::SeqCst);
    browser.write("Bare <b>bænke</b>\nog ro").send().await;
    assert_eq!(browser.page.status, 503);
    has(&browser, "Dit svar er ikke gemt endnu. Prøv igen om lidt.");
    has(&browser, "Bare <b>bænke</b>");
    house.desk.broken.store(false, Ordering::SeqCst);
    browser.press("Prøv igen").await;
    assert_eq!(browser.page.status, 200);
    let session = house.desk.session();
    let Some(Outcome::Given { value: Value::Codes(codes), other }) = session.outcome("hvorfor_ikke") else {
        panic!("no answer")
    };
    assert_eq!(
        (codes.as_slice(), other.as_deref()),
        (&["andet".to_owned()][..], Some("Bare <b>bænke</b>\nog ro"))
    );
}

#[tokio::test]
async fn what_could_not_be_deleted_can_still_be_reached() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    browser.press("Start").await;
    house.desk.damaged.store(true, Ordering::SeqCst);
    browser.press("Ja, slet alt").await;
    assert_eq!(browser.page.status, 503);
    has(&browser, &word("page-not-deleted"));
    assert_eq!(browser.cookies.len(), 1, "the browser keeps the way to it");
}

#[tokio::test]
async fn too_much_from_one_address_is_put_off_and_nothing_typed_is_lost() {
    let rate = |burst| Rate { burst, every: Duration::from_secs(3600) };
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    let house =
        house_with(library(), Limits { openings: rate(2), posts: rate(4), listeners: 2, trusted }).await;
    let behind = |address: &str| {
        let mut browser = Browser::new(&house.base);
        browser.forwarded_for = Some(format!("203.0.113.1, {address}"));
        browser
    };
    let (mut one, mut third) = (behind("192.0.2.7"), behind("192.0.2.7"));
    for browser in [&mut behind("192.0.2.7"), &mut one, &mut third] {
        browser.get("/c/aabn").await;
        browser.press("Start").await;
    }
    assert_eq!((one.answered, third.answered), (303, 429));
    assert_eq!(third.page.headers["retry-after"], "3600");
    has(&third, &word("page-busy"));
    let elsewhere = |browser: &mut Browser| browser.forwarded_for = Some("192.0.2.8".to_owned());
    elsewhere(&mut third);
    third.press("Prøv igen").await;
    has(&third, "Hvor tit kommer du på biblioteket?");

    one.press("Aldrig").await;
    one.tick(&["Noget andet"]).send().await;
    one.write("Bare <b>bænke</b>\nog ro").send().await;
    assert_eq!(one.answered, 429);
    has(&one, &word("page-busy-why"));
    has(&one, "Bare <b>bænke</b>\nog ro");
    elsewhere(&mut one);
    one.press("Prøv igen").await;
    has(&one, "Bare <b>bænke</b>\nog ro");
    has(&one, "Hvornår ville det passe dig");
}

#[tokio::test]
async fn of_the_pages_behind_one_address_a_number_hears_of_changes_and_all_can_answer() {
    let trusted = vec!["127.0.0.1/32".parse().unwrap()];
    let house = house_with(library(), Limits { listeners: 2, trusted, ..Limits::default() }).await;
    let mut browser = Browser::new(&house.base);
    browser.forwarded_for = Some("192.0.2.7".to_owned());
    browser.get("/c/aabn").await;
    browser.press("Start").await;
    let cookie = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<String>();
    let link = format!("{}/c/-/news/aabn", house.base);
    let client = reqwest::Client::new();
    let listen = async |from: &str| {
        let asked = client.get(&link).header("cookie", &cookie).header("x-forwarded-for", from);
        asked.send().await.unwrap()
    };
    let (one, _two) = (listen("192.0.2.7").await, listen("192.0.2.7").await);
    let third = listen("192.0.2.7").await;
    assert_eq!((one.status().as_u16(), third.status().as_u16()), (200, 429));
    assert!(third.headers().contains_key("retry-after"));
    assert_eq!(listen("192.0.2.8").await.status(), 200, "the neighbours hear as before");
    browser.press("Aldrig").await;
    has(&browser, "Hvad holder dig væk?");
    // Whoever goes leaves a seat: the service notices when it finds nobody at the other end.
    drop(one);
    let begun = std::time::Instant::now();
    while listen("192.0.2.7").await.status() != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "no seat is left");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_kindly() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    for path in ["/c/findesikke", "/c/a%00b", "/c/%ff", "/c/..%2f..%2fetc", "/c/a%0d%0ax:1"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
        has(&browser, "Her er ingen samtale");
        has(&browser, "There is no conversation here");
    }
    assert_eq!(browser.get("/c/lukket").await.status, 503);
    has(&browser, "Prøv igen om lidt.");

    browser.get("/c/aabn").await;
    browser.press("Start").await;
    let good = browser.letter("Aldrig").unwrap();

    let mut foreign = Browser::new(&house.base);
    foreign.cookies = browser.cookies.clone();
    for origin in ["https://evil.example", "null"] {
        foreign.origin = origin.to_owned();
        assert_eq!(foreign.post(&good).await.status, 403);
    }

    let mut large = good.clone();
    large.pairs.push(("words".to_owned(), "å".repeat(50_000)));
    assert_eq!(browser.post(&large).await.status, 413);
    has(&browser, word("page-too-long").as_str());

    let mut odd = good.clone();
    odd.pairs.retain(|(name, _)| name != "visit");
    assert_eq!(browser.post(&odd).await.status, 400);
    let bare = browser.posting(&good).header("content-type", "text/plain").body("option=0");
    assert_eq!(bare.send().await.unwrap().status(), 400);

    assert_eq!(house.desk.session().trail.len(), 0, "nothing of all this was taken for an answer");
    let mut control = good.clone();
    control.pairs.retain(|(name, _)| name != "option");
    control.pairs.push(("words".to_owned(), "al\0drig\u{1b}\u{202e}".to_owned()));
    assert!(browser.post(&control).await.status < 500);
    browser.post(&good).await;
    assert_eq!(house.desk.answer("bruger"), "aldrig");
}

#[tokio::test]
async fn a_page_is_private_and_loads_nothing_from_elsewhere() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    let page = browser.get("/c/aabn").await.clone();
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(page.headers["content-security-policy"].contains("default-src 'none'"));
    assert!(page.headers["content-security-policy"].contains("frame-ancestors 'none'"));
    assert!(!page.headers["content-security-policy"].contains("unsafe"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert!(!page.html.contains("style=\"") && !page.html.contains("t.me"));
    let sheet = page.html.split('"').find(|part| part.contains("style.css")).unwrap();
    assert!(browser.get(sheet).await.headers["cache-control"].contains("immutable"));

    house.telegram.set("nordby_bot".to_owned()).unwrap();
    browser.get("/c/aabn_station").await;
    assert!(browser.page.html.contains("https://t.me/nordby_bot?start=aabn_station"));

    browser.get("/c/aabn").await;
    let start = browser.letter("Start").unwrap();
    let answered = browser.posting(&start).send().await.unwrap();
    let cookie = answered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/c; Max-Age=604800; HttpOnly; SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn every_page_leads_to_how_accessible_it_is_and_where_to_complain() {
    let house = opening_hours().await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn_station?lang=en").await;
    browser.press("Accessibility statement").await;
    assert!(browser.page.html.contains("<html lang=\"en\""));
    has(&browser, library().contact());
    has(&browser, "in part");
    let leads = |to: &str| browser.page.links.iter().any(|(_, link)| link.starts_with(to));
    assert!(leads("https://digst.dk/") && leads("https://was.example/nordby") && leads("/c/aabn_station"));
    for way in [&["Start"][..], &["Stop samtalen"], &["Mine data"]] {
        browser.get("/c/aabn").await;
        browser.press(way[0]).await;
        has(&browser, "Tilgængelighedserklæring");
    }
    browser.get("/c/aabn").await;
    house.desk.broken.store(true, Ordering::SeqCst);
    browser.press("Svar igen, fx for en anden").await;
    assert_eq!(browser.page.status, 503);
    has(&browser, "Tilgængelighedserklæring");
}

#[tokio::test]
async fn help_and_privacy_can_be_asked_for_in_writing() {
    let house = with_steps("  - ask: { da: Hvorfor?, en: Why? }\n    id: grund\n    type: text\n").await;
    let mut browser = Browser::new(&house.base);
    browser.get("/c/aabn").await;
    browser.press("Start").await;
    browser.write("hjælp").send().await;
    assert!(browser.page.path.ends_with("#help"));
    assert!(browser.page.html.contains("<details id=\"help\" open>"));
    browser.write("privatliv").send().await;
    assert!(browser.page.html.contains("<details id=\"privacy\" open>"));
    browser.write("/minedata").send().await;
    assert_eq!(browser.page.path, "/c/aabn/data");
    has(&browser, &word("nothing-kept"));
    browser.press("Til samtalen").await;
    assert_eq!(house.desk.answer("grund"), "none");
}
