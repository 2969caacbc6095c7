//! Words planted in every kind of answer are nowhere in the data folder or in the log, however much is logged: in clear at no
//! time, and in no form after an erasure and the compaction that follows it. A pull has them before and not after, and never more
//! than it may. Over Telegram and the web, through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod disk;
mod pulls;
#[path = "../support/mod.rs"]
mod support;

use botapi::{Citizen, Fault, On, Server};
use disk::{filed, ids, opened, sealed};
use jiff::Timestamp;
use regex::bytes::Regex;
use std::path::Path;
use std::time::Duration;
use storage::{DialogueId, MasterKey, When};
use support::header::header;
use support::page::Browser;
use support::service::{KEY, Place, Service, files};

const PATIENCE: Duration = Duration::from_secs(30);

/// What a citizen does, what of it must be nowhere, and by what it is seen that it was taken.
struct Turn {
    act: Act,
    planted: &'static [&'static str],
    next: &'static str,
}

enum Act {
    Write(&'static str),
    Press(&'static str),
    Photo(&'static str),
    Document(&'static str),
    Voice,
    Venue,
}

use Act::{Document, Photo, Press, Venue, Voice, Write};

const fn turn(act: Act, planted: &'static [&'static str], next: &'static str) -> Turn {
    Turn { act, planted, next }
}

const STEPS: &str = "steps:
  - {ask: Et ord?, id: fri, type: text}
  - {ask: Kort sagt?, id: kort, type: text, max_length: 40}
  - {say: 'Du skrev ${kort | intet}.'}
  - ask: Hvilken?
    id: valg
    options: {sporetkode: Den første, nej: Den anden}
  - ask: Hvilke?
    id: flere
    type: multi
    options:
      en: {da: Den ene}
      andet: {da: Noget andet, other: true}
  - {ask: Hvor nemt?, id: nemt, type: scale, min: 1, max: 5}
  - ask: I hvilken orden?
    id: orden
    type: rank
    pick: 2
    options: {sporetlys: Lys, sporetro: Ro, sporetmad: Mad}
  - {ask: Hvor mange?, id: antal, type: number}
  - {ask: Hvornår på dagen?, id: tid, type: time}
  - {ask: Hvilken dag?, id: dag, type: date}
  - {ask: Hvor er du?, id: her, type: location}
  - {ask: Og hvor ellers?, id: sted, type: location, or_text: true}
  - {ask: Hvad hedder du?, id: navn, type: name}
  - {ask: Et billede?, id: billede, type: photo}
  - {ask: En fil?, id: fil, type: file}
  - {ask: Hvad siger du?, id: tale, type: text, voice: true}
  - {ask: Hvad er din mail?, id: mail, type: email}
  - {ask: Hvad er dit nummer?, id: nummer, type: phone}
  - vote: Enig eller ej?
    id: udsagn
    show: 3
    let_people_add: ja
    statements: {gratis: Alt er gratis., sent: Der er åbent sent., kaffe: Der er kaffe.}
  - {idea: Har du en idé?, id: idé, show_others: 2}
  - offer: Vil du hjælpe?
    id: hjælp
    skills: {lyd: Lyd og lys, vært: Tage imod folk}
    hours_per_month: true
  - use: foelg-op
    as: kontakt
  - {ask: Til sidst?, id: sidst, type: text}
";

/// Every kind of answer. A code stands in the dialogue too and a scale has no words: of them only what is sealed can be compared.
const TURNS: [Turn; 29] = [
    turn(Press("Start"), &[], "Et ord?"),
    turn(Write("Jeg savner sporetfritekst ved åen"), &["sporetfritekst"], "Kort sagt?"),
    turn(
        Write("En sporetkladde om stort og småt og alt det, der ligger midt imellem"),
        &["sporetkladde"],
        "Det er 68 tegn",
    ),
    turn(Write("Et sporetekko"), &["sporetekko"], "Hvilken?"),
    turn(Write("Den første"), &[], "Hvilke?"),
    turn(Write("sporetandet"), &["sporetandet"], "Hvor nemt?"),
    turn(Write("4"), &[], "I hvilken orden?"),
    turn(Write("ro og mad"), &[], "Hvor mange?"),
    turn(Write("618273945"), &["618273945"], "Hvornår på dagen?"),
    turn(Write("13.47"), &["13:47", "13.47"], "Hvilken dag?"),
    turn(Write("17-03-2031"), &["2031-03-17", "17-03-2031"], "Hvor er du?"),
    turn(Venue, &["sporetbænk"], "Og hvor ellers?"),
    turn(Write("ved sporetsted"), &["sporetsted"], "Hvad hedder du?"),
    turn(Write("Sporine Sporetnavn"), &["sporine", "sporetnavn"], "Et billede?"),
    turn(Photo("En sporetbilledtekst"), &["sporetbillede", "sporetbilledtekst"], "En fil?"),
    turn(Document("En sporetfiltekst"), &["sporetfil", "sporetfiltekst", "sporetfilnavn"], "Hvad siger du?"),
    turn(Voice, &["sporetstemme"], "Må vi gemme din stemme"),
    turn(Press("Ja, gem den"), &[], "Hvad er din mail?"),
    turn(Write("sporetmail@nordby.example"), &["sporetmail"], "Hvad er dit nummer?"),
    turn(Write("71946825"), &["71946825"], "Enig eller ej?"),
    // In which order the statements come is chance.
    turn(Write("enig"), &[], ""),
    turn(Write("uenig"), &[], ""),
    turn(Write("ved ikke"), &[], "Vil du selv tilføje"),
    turn(Write("Der skal være sporetudsagn."), &["sporetudsagn"], "Har du en idé?"),
    turn(Write("Fællessang med sporetidé"), &["sporetidé"], "Vil du hjælpe?"),
    turn(Write("Jeg kan bage sporettilbud"), &["sporettilbud"], "Cirka hvor mange timer"),
    turn(Write("3"), &[], "Må vi skrive til dig"),
    turn(Write("ja"), &[], "Hvordan skal vi kontakte dig?"),
    turn(Press("På e-mail"), &[], "Hvilken e-mail skal vi bruge?"),
];
/// The end of the first citizen, and the second, who wants to hear more in the chat and is left with messages that cannot be sent.
const END: [Turn; 2] = [
    turn(Write("sporetkontakt@nordby.example"), &["sporetkontakt"], "Til sidst?"),
    turn(Write("Et sporetfarvel"), &["sporetfarvel"], "Tak for dine svar"),
];
const WAITING: &str = "sporetudbakke";
/// Of these the store never hears, or only as bytes of a file.
const ELSEWHERE: [&str; 4] = ["sporetkladde", "sporetbænk", "sporetfil", "sporetstemme"];
/// What no pull of answers tells: it was never kept, is bytes of a file or written in another way, is not answered yet, or waits
/// for staff to read it first.
const NEVER_PULLED: [&str; 10] = [
    "sporetkladde",
    "sporetbænk",
    "sporetfilnavn",
    "sporetfil",
    "sporetbillede",
    "sporetstemme",
    "13.47",
    "17-03-2031",
    WAITING,
    "sporetudsagn",
];
const ADDRESSES: [&str; 3] = ["sporetmail", "71946825", "sporetkontakt"];
/// The bot's own secret, and a citizen of the web chat and one with a poster that nobody knows.
const BOT: &str = "731946825900:sporetbot";
const ON_THE_WEB: &str = "sporetnettet";
const STRANGER: i64 = 731_946_825_404;
const POSTER: &str = "sporetplakat_sporetophæng";
/// Who they are on the platform.
const CITIZENS: [i64; 3] = [731_946_825_101, 731_946_825_202, 731_946_825_303];

fn place() -> Place {
    let mut place = Place::default();
    let dialogues = place.folder.path().join("dialogues");
    std::fs::create_dir_all(dialogues.join("nordby")).unwrap();
    std::fs::create_dir_all(dialogues.join("_shared/parts")).unwrap();
    let part = "_shared/parts/foelg-op.yaml";
    std::fs::copy(place.dialogues.join(part), dialogues.join(part)).unwrap();
    std::fs::write(dialogues.join("nordby/spor.yaml"), [header("spor", false).as_str(), STEPS].concat())
        .unwrap();
    place.dialogues = dialogues;
    // All that there is to log, of every crate.
    place.with("SNAK_LOG", "trace")
}

fn planted() -> Vec<&'static str> {
    let all = TURNS.iter().chain(&END).flat_map(|turn| turn.planted).copied();
    all.chain([WAITING]).collect()
}

fn addresses() -> impl Iterator<Item = String> {
    CITIZENS.into_iter().map(|id| id.to_string())
}

/// Words in any writing of capitals, whole: in clear text they would stand so.
fn pattern(words: impl IntoIterator<Item = String>) -> Regex {
    let words: Vec<String> = words.into_iter().map(|word| regex::escape(&word)).collect();
    Regex::new(&format!("(?i){}", words.join("|"))).unwrap()
}

fn act(citizen: &Citizen, act: &Act) {
    match act {
        Write(words) => {
            citizen.write(words);
        }
        Press(label) => {
            citizen.press(label).unwrap();
        }
        Photo(caption) => {
            let pixels = [
                &[0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
                b"sporetbillede".as_slice(),
                &[7; 2000],
                &[0xff, 0xd9],
            ];
            citizen.photo_of(pixels.concat(), caption);
        }
        Document(caption) => {
            citizen.document("sporetfilnavn.pdf", b"%PDF sporetfil".repeat(50), caption);
        }
        Voice => {
            citizen.voice_of(b"OggS sporetstemme".repeat(50));
        }
        Venue => {
            citizen.venue(55.70137, 12.40391, "sporetbænk");
        }
    }
}

/// The service, and what is looked for in its folder after each turn.
struct Watched<'a> {
    place: &'a Place,
    server: &'a Server,
    secret: Regex,
}

impl Watched<'_> {
    async fn goes(&self, citizen: &Citizen, turns: &[Turn]) {
        for turn in turns {
            if let Press(label) = turn.act {
                let there = citizen.wait_for(|chat| chat.button(label).is_some(), PATIENCE).await;
                there.unwrap_or_else(|e| panic!("[{label}] is not shown\n{e}"));
            }
            act(citizen, &turn.act);
            self.server.wait_until_confirmed(PATIENCE).await.unwrap();
            let seen = citizen.wait_for(|chat| chat.shows(turn.next), PATIENCE).await;
            seen.unwrap_or_else(|e| panic!("{:?} is not shown\n{e}", turn.next));
            self.nothing_in_clear();
        }
    }

    fn nothing_in_clear(&self) {
        let log = self.place.folder.path().join("log");
        let all = files(&self.place.data()).into_iter().chain([(log.clone(), std::fs::read(log).unwrap())]);
        for (path, bytes) in all {
            if let Some(found) = self.secret.find(&bytes) {
                panic!("{:?} is in {}", String::from_utf8_lossy(found.as_bytes()), path.display());
            }
        }
    }
}

async fn begun(id: i64, watched: &Watched<'_>) -> Citizen {
    let citizen = watched.server.citizen(id, Some("da"));
    citizen.start("spor");
    citizen.wait_for(|chat| chat.shows("Vi gemmer dine svar"), PATIENCE).await.unwrap();
    watched.nothing_in_clear();
    citizen
}

// Somebody answers, everything is pulled, and they delete it. Gives what their browser is known by.
async fn on_the_web(service: &Service, place: &Place) -> String {
    let mut page = Browser::new(&service.url);
    page.get("/c/spor").await;
    page.press("Start").await;
    page.write(ON_THE_WEB).send().await;
    let cookie = page.cookies.values().next().unwrap().clone();
    page.press("Stop samtalen").await;
    let pulled = pulls::everything(place, service, "før").await;
    let all = planted().into_iter().chain([ON_THE_WEB]);
    let (expected, hidden): (Vec<&str>, Vec<&str>) =
        all.partition(|word| !ADDRESSES.contains(word) && !NEVER_PULLED.contains(word));
    let is_told = |word: &&str| {
        let whole = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(word))).unwrap();
        whole.is_match(pulled.answers.as_bytes())
    };
    assert_eq!(
        expected.into_iter().filter(|word| !is_told(word)).collect::<Vec<_>>(),
        [""; 0],
        "is not pulled"
    );
    assert_eq!(hidden.into_iter().filter(is_told).collect::<Vec<_>>(), [""; 0], "is pulled");
    for address in ADDRESSES {
        assert!(pulled.addresses.contains(address), "{address}: {}", pulled.addresses);
    }
    let platform = pattern(addresses().chain([cookie.clone(), BOT.to_owned()]));
    assert!(!platform.is_match(pulled.answers.as_bytes()), "who they are on the platform");
    page.get("/c/spor").await;
    page.press("Ja, slet alt").await;
    cookie
}

// Everybody says what they have to say; then the service is killed. Gives what the browser of one was known by.
async fn everybody(service: Service, watched: &Watched<'_>) -> String {
    let server = watched.server;
    let first = begun(CITIZENS[0], watched).await;
    watched.goes(&first, &TURNS).await;
    watched.goes(&first, &END).await;
    // This one wants to hear more in the chat.
    let second = begun(CITIZENS[1], watched).await;
    watched.goes(&second, &TURNS[..1]).await;
    while !second.chat().shows("Må vi skrive til dig") {
        second.write("spring over");
        server.wait_until_confirmed(PATIENCE).await.unwrap();
    }
    watched.goes(&second, &TURNS[27..28]).await;
    watched.goes(&second, &[turn(Press("Her i chatten"), &[], "Til sidst?")]).await;
    watched.goes(&second, &END[1..]).await;
    // One has only seen the card.
    begun(CITIZENS[2], watched).await;
    // Once more, and nothing of what is said last arrives.
    second.start("spor");
    watched
        .goes(
            &second,
            &[turn(Press("Svar igen, fx for en anden"), &[], "Start"), turn(Press("Start"), &[], "Et ord?")],
        )
        .await;
    second.write("igen");
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    server.fault(Fault::Cut, On::Sends, usize::MAX);
    second.write(WAITING);
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    watched.nothing_in_clear();
    let stranger = server.citizen(STRANGER, Some("da"));
    stranger.start(POSTER);
    server.wait_until_confirmed(PATIENCE).await.unwrap();
    let cookie = on_the_web(&service, watched.place).await;
    watched.nothing_in_clear();
    assert!(!service.log().contains(&cookie), "what a browser is known by is in the log");
    assert_eq!(files(&watched.place.data().join("store/media")).len(), 3, "a picture, a file and a voice");
    service.kill();
    cookie
}

#[tokio::test(flavor = "multi_thread")]
async fn what_citizens_say_is_never_readable_and_after_an_erasure_nowhere() {
    let server = Server::start(BOT).await.unwrap();
    let place = place().with("TELOXIDE_TOKEN", BOT).with("TELOXIDE_API_URL", server.url());
    let service = place.serve();
    let own = pattern(planted().into_iter().chain([ON_THE_WEB]).map(str::to_owned).chain(addresses()));
    let codes = ["sporetkode", "sporetlys", "sporetro", "sporetmad"].map(str::to_owned);
    let others = [ON_THE_WEB, "sporetplakat", "sporetophæng", BOT].map(str::to_owned);
    let words = planted()
        .into_iter()
        .map(str::to_owned)
        .chain(addresses())
        .chain(others)
        .chain([STRANGER.to_string()]);
    let watched = Watched { place: &place, server: &server, secret: pattern(words.chain(codes)) };
    let cookie = everybody(service, &watched).await;
    watched.nothing_in_clear();
    let folder = place.data().join("store");
    gone(&folder, &own, &format!("web:{cookie}")).await;
    watched.nothing_in_clear();
    let service = place.serve();
    let pulled = pulls::everything(&place, &service, "efter").await;
    assert!(pulled.answers.matches("deleted_at").count() > 4, "erasures are told of");
    for pulled in [&pulled.answers, &pulled.addresses] {
        let found = own.find(pulled.as_bytes()).map(|found| String::from_utf8_lossy(found.as_bytes()));
        assert!(found.is_none(), "{found:?} is still given to pullers");
    }
    watched.nothing_in_clear();
}

// What was there is there when it is opened with its key, and after the erasure in no form.
// `deleted`: who has erased themselves before.
async fn gone(folder: &Path, own: &Regex, deleted: &str) {
    let before = sealed(folder);
    let opened_before = opened(folder, KEY);
    let others_filed = filed(folder);
    let words = TURNS.iter().chain(&END).map(|turn| turn.planted).chain([[WAITING].as_slice()]);
    for words in words.filter(|words| !words.is_empty() && !ELSEWHERE.contains(&words[0])) {
        let any = pattern(words.iter().map(|word| (*word).to_owned()));
        assert!(opened_before.iter().any(|value| any.is_match(value)), "of {words:?} nothing was kept");
    }
    let store = storage::open(&format!("sled:{}", folder.display()), &MasterKey::from_text(KEY).unwrap())
        .await
        .unwrap();
    let keys = CITIZENS.map(|id| storage::key_of(store.secrets(), &format!("telegram:{id}")));
    let logs = ["nordby/spor", "nordby/spor#udsagn"].map(|log| DialogueId(log.to_owned()));
    // What tombstones are filed under stays: a puller must be told of it.
    // Who has gone before, and who was never asked anything and so is not forgotten.
    let gone_or_strange = [deleted.to_owned(), format!("telegram:{STRANGER}")];
    let gone_or_strange = gone_or_strange.map(|address| storage::key_of(store.secrets(), &address));
    let all = [keys.as_slice(), &gone_or_strange].concat();
    let stays = ids(store.as_ref(), &logs, &all, others_filed).await;
    let before: Vec<[u8; 24]> = before.into_iter().filter(|piece| !stays.in_part_of(piece)).collect();
    assert!(before.len() > 500, "{} pieces are too few to compare", before.len());
    for key in &keys {
        let now = Timestamp::now();
        let receipt = snak::dispatch::erase(store.as_ref(), |_, _| false, key, now).await.unwrap();
        assert_eq!(receipt.conversations, 1);
    }
    store.compact(When::Needed).await.unwrap().expect("an erasure needs a compaction");
    store.collect_media(Timestamp::MAX).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    assert_eq!(files(&folder.join("media")), [], "every file is gone");
    disk::nothing_of(folder, &before);
    for value in opened(folder, KEY) {
        if let Some(found) = own.find(&value) {
            panic!("{:?} is still kept", String::from_utf8_lossy(found.as_bytes()));
        }
    }
}
