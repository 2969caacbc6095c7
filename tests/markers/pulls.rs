//! Everything that can be pulled of the dialogue, in every form, as one text.

use crate::support::service::{Place, Service};
use calamine::{Reader, Xlsx};
use std::io::Cursor;

const DIALOGUE: &str = "nordby/spor";
/// What a token may read that may not read addresses.
const FILES: [&str; 11] = [
    "responses.csv?after=0&raw=1",
    "responses.csv?after=0&states=1&dialect=excel",
    "responses.csv?after=0&shape=long&values=both&include=withdrawn",
    "responses.json?after=0&shape=long",
    "responses.ndjson?after=0&include=withdrawn",
    "responses.csv?table=udsagn",
    "responses.ndjson?table=idé",
    "responses.ndjson?table=hjælp",
    "report.json",
    "codebook.json",
    "codebook.csv",
];
const WRONG: &str = "snak_sporetforkert";

/// As an institution pulls it, and as its addresses are pulled.
pub struct Pulled {
    pub answers: String,
    pub addresses: String,
}

/// Pulls with a token made for it; with wrong ones too, and with the token where none is looked for. Neither token is in the log.
pub async fn everything(place: &Place, service: &Service, name: &str) -> Pulled {
    let made = ["token", "create", "--institution", "nordby", "--name", name, "--contact", "--media"];
    let token = place.output(&made);
    let http = reqwest::Client::new();
    let path = |file: &str| service.link(&format!("/v1/dialogues/{DIALOGUE}/{file}"));
    let got = async |url: String| {
        let answer = http.get(&url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{url}");
        answer.bytes().await.unwrap()
    };
    let mut answers = String::new();
    for file in FILES {
        answers.push_str(std::str::from_utf8(&got(path(file)).await).unwrap());
    }
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(got(path("responses.xlsx?after=0&states=1")).await)).unwrap();
    for sheet in book.sheet_names() {
        answers.push_str(&format!("{:?}", book.worksheet_range(&sheet).unwrap()));
    }
    for page in [format!("/report/{DIALOGUE}"), "/v1/dialogues".to_owned(), "/metrics".to_owned()] {
        answers.push_str(std::str::from_utf8(&got(service.link(&page)).await).unwrap());
    }
    let addresses = got(path("responses.ndjson?table=contacts")).await;
    for request in [
        http.get(path("responses.csv")).bearer_auth(WRONG),
        http.get(path("responses.csv")).basic_auth("sporetbruger", Some(WRONG)),
        http.get(path(&format!("responses.csv?token={token}"))),
        http.get(path(&format!("responses.csv?token={WRONG}"))),
    ] {
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401);
    }
    let log = service.log();
    assert!(!log.contains(&token) && !log.contains("sporetforkert") && !log.contains("sporetbruger"));
    Pulled { answers, addresses: String::from_utf8(addresses.to_vec()).unwrap() }
}
