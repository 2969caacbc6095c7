//! A puller who takes a byte now and then, on a real socket: the service goes on, and does not hold the answers for them.

use super::site::{given, response, text};
use super::support::page::Browser;
use super::support::service::{KEY, Place, Service, get};
use jiff::Timestamp;
use snak::engine;
use snak::library::Library;
use std::time::{Duration, Instant};
use storage::{Body, Changes, ConversationKey, DialogueId, MasterKey, ResponseChange, UpdateId, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const DIALOGUE: &str = "nordby-bibliotek/aabningstider";
const FILE: &str = "responses.ndjson";
const PATIENCE: Duration = Duration::from_secs(30);
const ROWS: u32 = 8_000;
/// Of words in each: all of them together are 32 MB, and no socket here takes so much in.
const WORDS: usize = 4_000;
const MIB: f64 = 1024.0 * 1024.0;

/// A store with so many answers that nobody sends at once.
async fn filled(place: &Place) {
    std::fs::create_dir_all(place.data()).unwrap();
    let url = format!("sled:{}", place.data().join("store").display());
    let store = storage::open(&url, &MasterKey::from_text(KEY).unwrap()).await.unwrap();
    let library = Library::open(&place.dialogues, store.clone()).await.unwrap();
    library.read(Timestamp::now()).await.unwrap();
    let words = "o".repeat(WORDS);
    for n in 0..ROWS / 500 {
        let row = |m: u32| {
            let response = response((n * 500 + m).into(), vec![given("fri", text(&words), None)]);
            let dialogue = DialogueId(DIALOGUE.to_owned());
            let row = engine::encode(&response).unwrap();
            ResponseChange { dialogue, response: response.id, row, linked: true, media: Vec::new() }
        };
        let mut key = [0; 16];
        key[..4].copy_from_slice(&n.to_be_bytes());
        let changes = Changes {
            conversation: ConversationKey(key),
            update: UpdateId(format!("test:{n}")),
            at: Timestamp::now(),
            expected: Version(0),
            body: Body::Put(Vec::new()),
            address: Some(format!("test:{n}")),
            responses: (0..500).map(row).collect(),
            outbox: Vec::new(),
            wake_at: None,
            documents: Vec::new(),
            counts: Vec::new(),
            media: None,
            erases: false,
        };
        store.commit(changes).await.unwrap();
    }
    store.close().await.unwrap();
}

/// What is counted under this name; 0 for what has not been.
async fn counted(service: &Service, name: &str) -> f64 {
    let text = reqwest::get(service.link("/metrics")).await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

/// Has asked for everything, and taken the first byte of it.
async fn slow(service: &Service, token: &str) -> TcpStream {
    let address = service.url.strip_prefix("http://").unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    // Of its own, the system would take in megabytes for whoever does not read.
    socket.set_recv_buffer_size(64 << 10).unwrap();
    let mut line = socket.connect(address.parse().unwrap()).await.unwrap();
    let head = format!(
        "GET /v1/dialogues/{DIALOGUE}/{FILE} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await.unwrap();
    byte(&mut line).await;
    line
}

async fn byte(line: &mut TcpStream) {
    assert_eq!(line.read(&mut [0; 1]).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_a_byte_at_a_time_keeps_nobody_waiting_and_nothing_in_memory() {
    let place = Place::default();
    filled(&place).await;
    let token = place.token("nordby-bibliotek");
    let service = place.serve();
    let whole = service.link(&format!("/v1/dialogues/{DIALOGUE}/{FILE}"));
    let limited = format!("{whole}?limit=1");
    // What reading all of it costs once, such as the store's cache, is no matter here.
    let (_, all) = get(&whole, &token).await;
    assert!(all.lines().count() == ROWS as usize && all.len() > ROWS as usize * WORDS);
    drop(all);
    let memory = async || counted(&service, "process_resident_memory_bytes").await / MIB;
    let before = memory().await;

    let mut slow_one = slow(&service, &token).await;
    let mut slowest = Duration::ZERO;
    for n in 0..50 {
        byte(&mut slow_one).await;
        let begun = Instant::now();
        let (status, row) = get(&limited, &token).await;
        assert!(status == 200 && row.lines().count() == 1, "{n}: {row}");
        let mut page = Browser::new(&service.url);
        page.get("/c/aabn").await;
        page.press("Start").await;
        assert!(page.text().contains("biblioteket"), "{n}: {}", page.text());
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(5), "a pull and a turn took {slowest:?}");
    let grown = memory().await - before;
    // A few pages of 2 MB are, and what fifty visitors leave behind.
    assert!(grown < 20.0, "{grown} MiB more are held for 32 MB that wait");
    let name =
        |end: &str| format!("snak_pulls_total{{dialogue=\"{DIALOGUE}\",file=\"{FILE}\",outcome=\"{end}\"}}");
    assert_eq!(counted(&service, &name("broken_off")).await, 0.0, "it hangs on");

    // Many of them; then all hang up, and the work for them stops.
    let mut many = vec![slow_one];
    for _ in 0..9 {
        many.push(slow(&service, &token).await);
    }
    assert_eq!(get(&limited, &token).await.0, 200);
    let rows = format!("snak_pulled_rows_total{{dialogue=\"{DIALOGUE}\",file=\"{FILE}\"}}");
    let given = counted(&service, &rows).await;
    drop(many);
    let begun = Instant::now();
    while counted(&service, &name("broken_off")).await < 10.0 {
        assert!(begun.elapsed() < PATIENCE, "somebody is still sent to\n{}", service.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let read = counted(&service, &rows).await - given;
    assert!(read < f64::from(10 * ROWS / 2), "{read} rows were read for who took none");
    assert!(service.stop().success());
}
