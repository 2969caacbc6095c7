//! A service to pull from: the routes on loopback, a store in memory, and responses put there by hand.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use snak::engine::{self, Answered, Audience, Ended, Outcome, Response, Status, Value};
use snak::export::Cursors;
use snak::library::Library;
use snak::script::{Language, ScriptId};
use snak::web::{self, Web};
use std::sync::Arc;
use storage::{
    Body, Changes, ConversationKey, DialogueId, Kind, MemoryStore, ResponseChange, Store, UpdateId, Version,
};
use tokio::sync::watch;

pub const OPERATOR: &str = "0123456789abcdef";
pub const DIALOGUE: &str = "nordby-bibliotek/aabningstider";

pub struct Service {
    pub store: Arc<dyn Store>,
    pub library: Arc<Library>,
    pub folder: tempfile::TempDir,
    pub url: String,
    pub http: reqwest::Client,
    _stop: watch::Sender<bool>,
}

/// With the sample dialogue published.
pub async fn service() -> Service {
    service_of(OPERATOR).await
}

/// As [`service`], with another operator.
pub async fn service_of(operator: &str) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().unwrap());
    let library = Arc::new(Library::open(folder.path(), store.clone()).await.unwrap());
    let site = Web {
        store: store.clone(),
        library: library.clone(),
        telegram: Arc::new(|| Some("cannot be reached".to_owned())),
        operator: operator.to_owned(),
        guard: web::Guard::default(),
        metrics: Arc::default(),
        forget: Arc::new(|_| Box::pin(async { Ok(storage::Receipt::default()) })),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = web::router(site, axum::Router::new());
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move { web::serve(listener, router, stopped).await.unwrap() });
    let service = Service { store, library, folder, url, http: reqwest::Client::new(), _stop: stop };
    service.publish(&sample()).await;
    service
}

pub fn sample() -> String {
    std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dialogues/nordby-bibliotek/aabningstider.yaml"
    ))
    .unwrap()
}

/// What came back.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    pub fn lines(&self) -> Vec<Json> {
        self.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
    /// The address of the next pull.
    pub fn next(&self) -> String {
        let link = self.header("link");
        link.strip_prefix('<')
            .and_then(|l| l.strip_suffix(">; rel=\"next\""))
            .unwrap_or_else(|| panic!("`{link}`"))
            .to_owned()
    }
}

impl Service {
    /// Reads the folder after the sample dialogue became `yaml`.
    pub async fn publish(&self, yaml: &str) {
        self.publish_as(DIALOGUE, yaml).await;
    }

    pub async fn publish_as(&self, id: &str, yaml: &str) {
        let path = self.folder.path().join(format!("{id}.yaml"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, yaml).unwrap();
        let reading = self.library.read(Timestamp::now()).await.unwrap();
        let errors: Vec<_> = reading.problems.iter().filter(|(p, _)| p.is_error()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    /// Keeps a response, or its newer form, as one turn of the citizen `n`.
    pub async fn put(&self, n: u8, version: u64, response: &Response) {
        let change = ResponseChange {
            dialogue: DialogueId(response.dialogue.0.clone()),
            response: response.id,
            row: engine::encode(response).unwrap(),
            linked: true,
            media: Vec::new(),
        };
        self.commit(n, version, vec![change]).await;
    }

    pub async fn commit(&self, n: u8, version: u64, responses: Vec<ResponseChange>) {
        // Who has erased themselves begins anew.
        let of = responses.first().map(|r| r.response);
        let changes = Changes {
            conversation: ConversationKey([n; 16]),
            update: UpdateId(format!("test:{n}:{version}:{of:?}")),
            at: Timestamp::now(),
            expected: Version(version),
            body: Body::Put(Vec::new()),
            address: Some(format!("test:{n}")),
            responses,
            outbox: Vec::new(),
            wake_at: None,
            documents: Vec::new(),
            counts: Vec::new(),
            media: None,
            erases: false,
        };
        self.store.commit(changes).await.unwrap();
    }

    pub async fn erase(&self, n: u8) {
        self.store.erase(&ConversationKey([n; 16]), at("2026-11-24T10:00:00Z")).await.unwrap();
    }

    pub async fn get(&self, path: &str) -> Got {
        self.get_as(OPERATOR, path).await
    }

    /// `path` may be a whole address.
    pub async fn get_as(&self, token: &str, path: &str) -> Got {
        self.send(self.request(path).bearer_auth(token)).await
    }

    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.http.get(url)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Got {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got { status, headers, body: response.text().await.unwrap() }
    }

    /// A pull of the sample dialogue.
    pub async fn pull(&self, file_and_query: &str) -> Got {
        let got = self.get(&format!("/v1/dialogues/{DIALOGUE}/{file_and_query}")).await;
        assert_eq!(got.status, 200, "{file_and_query}: {}", got.body);
        got
    }

    /// What is logged of the sample dialogue's pulls.
    pub async fn pulls(&self) -> Vec<(String, Vec<u8>)> {
        let all = self.store.documents(Kind::Access, DIALOGUE).await.unwrap();
        let publish = |body: &[u8]| {
            engine::decode::<Json>(body).unwrap()["file"].as_str().unwrap().starts_with("publish ")
        };
        all.into_iter().filter(|(_, body)| !publish(body)).collect()
    }

    pub async fn token(&self, wanted: Json) -> String {
        let request = self.http.post(format!("{}/v1/operator/tokens", self.url)).bearer_auth(OPERATOR);
        let got =
            self.send(request.header("content-type", "application/json").body(wanted.to_string())).await;
        assert_eq!(got.status, 201, "{}", got.body);
        got.json()["token"].as_str().unwrap().to_owned()
    }

    /// The cursors of the sample dialogue, of another epoch than the store's by `epochs`.
    pub fn cursors(&self, epochs: u64) -> Cursors {
        let secrets = self.store.secrets();
        Cursors::new(secrets.cursor, secrets.epoch.wrapping_add(epochs), DIALOGUE)
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn given(question: &str, value: Value, other: Option<&str>) -> Answered {
    let outcome = Outcome::Given { value, other: other.map(str::to_owned) };
    Answered { question: question.to_owned(), outcome, at: at("2026-11-23T08:16:00Z") }
}

pub fn skipped(question: &str) -> Answered {
    Answered { question: question.to_owned(), outcome: Outcome::Skipped, at: at("2026-11-23T08:16:00Z") }
}

pub fn code(code: &str) -> Value {
    Value::Code(code.to_owned())
}

pub fn codes(codes: &[&str]) -> Value {
    Value::Codes(codes.iter().map(|c| (*c).to_owned()).collect())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn number(number: &str) -> Value {
    Value::Number(number.parse::<Decimal>().unwrap())
}

/// A complete response of revision 1 with the last digit of its id.
pub fn response(digit: u128, answers: Vec<Answered>) -> Response {
    Response {
        id: uuid::Uuid::from_u128(0x0192_f1c4_0000_7000_8000_0000_0000_0000 + digit),
        dialogue: ScriptId(DIALOGUE.to_owned()),
        citizen: format!("citizen-{digit}"),
        revision: 1,
        channel: "telegram".to_owned(),
        language: Language::DANISH,
        place: Some("station".to_owned()),
        audience: Audience::NotYetUser,
        status: Status::Complete,
        ended: Ended::End,
        started_at: at("2026-11-23T08:15:04.25Z"),
        finished_at: at("2026-11-23T08:17:40.75Z"),
        changed_at: at("2026-11-23T08:17:40.75Z"),
        answers,
        withdrawn: Vec::new(),
    }
}
