//! Programs that know the pull from its description alone: one that tries to break it, and one that makes a client of it. Both
//! against the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use jiff::Timestamp;
use snak::engine::{self, Answered, Audience, Ended, Kept, Outcome, Response, Status, Value};
use snak::library::Library;
use snak::script::{Language, MediaKind, ScriptId};
use std::path::{Path, PathBuf};
use std::process::Command;
use storage::{
    Body, Changes, ConversationKey, DialogueId, MasterKey, MediaId, ResponseChange, UpdateId, Version,
};
use support::service::{KEY, Place};

const DIALOGUE: &str = "nordby-bibliotek/aabningstider";
const INSTALL: &str = "these tests need a tool that is not there; install it: \
    python3 -m venv target/python && target/python/bin/pip install -r tests/clients/requirements.txt";

/// A program of the tests' own Python.
fn tool(name: &str) -> Command {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "target/python/bin", name].iter().collect();
    assert!(path.exists(), "{INSTALL}");
    let bin = path.parent().unwrap().display();
    let mut command = Command::new(&path);
    command.env("PATH", format!("{bin}:{}", std::env::var("PATH").unwrap_or_default()));
    command
}

/// Ten that answered, the first with a picture. Gives its name.
async fn filled(place: &Place) -> MediaId {
    std::fs::create_dir_all(place.data()).unwrap();
    let url = format!("sled:{}", place.data().join("store").display());
    let store = storage::open(&url, &MasterKey::from_text(KEY).unwrap()).await.unwrap();
    Library::open(&place.dialogues, store.clone()).await.unwrap().read(Timestamp::now()).await.unwrap();
    let now = Timestamp::now();
    let picture = store.put_media(b"\xff\xd8foto".to_vec(), now).await.unwrap();
    for n in 1..=10_u8 {
        let given = |question: &str, value| Answered {
            question: question.to_owned(),
            outcome: Outcome::Given { value, other: None },
            at: now,
        };
        let words = format!("=Ord \"nr.\" {n}, og\nmere");
        let mut answers =
            vec![given("bruger", Value::Code("aldrig".to_owned())), given("fri", Value::Text(words))];
        let mut media = Vec::new();
        if n == 1 {
            let kept = Kept { id: picture.0, kind: MediaKind::Photo, bytes: 6, note: None };
            answers.push(given("billede", Value::Media(vec![kept])));
            media.push(picture);
        }
        let response = Response {
            id: uuid::Uuid::from_u128(n.into()),
            dialogue: ScriptId(DIALOGUE.to_owned()),
            citizen: format!("citizen-{n}"),
            revision: 1,
            channel: "web".to_owned(),
            language: Language::DANISH,
            place: Some("station".to_owned()),
            audience: Audience::NotYetUser,
            status: Status::Complete,
            ended: Ended::End,
            started_at: now,
            finished_at: now,
            changed_at: now,
            answers,
            withdrawn: Vec::new(),
        };
        let changes = Changes {
            conversation: ConversationKey([n; 16]),
            update: UpdateId(format!("web:{n}")),
            at: now,
            expected: Version(0),
            body: Body::Put(Vec::new()),
            address: Some(format!("web:{n}")),
            responses: vec![ResponseChange {
                dialogue: DialogueId(DIALOGUE.to_owned()),
                response: response.id,
                row: engine::encode(&response).unwrap(),
                linked: true,
                media,
            }],
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
    picture
}

/// What a program printed, when it succeeded.
fn ran(command: &mut Command) -> String {
    let out = command.output().unwrap();
    let (said, told) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}\n{said}\n{told}");
    said.into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_description_leads_to_is_answered_otherwise_than_described() {
    let place = Place::default();
    let picture = filled(&place).await;
    let made =
        ["token", "create", "--institution", "nordby-bibliotek", "--name", "fuzz", "--contact", "--media"];
    let token = place.output(&made);
    let service = place.serve();
    // Places, columns, cursors and tables are the dialogue's own: no description knows them, and 400 names those there are.
    let settings = format!(
        "[parameters]
\"path.institution\" = \"nordby-bibliotek\"
\"path.dialogue\" = \"aabningstider\"
\"path.id\" = \"{}\"

[generation]
max-examples = 60

[checks.positive_data_acceptance]
expected-statuses = [\"2xx\", 400]
",
        picture.0
    );
    std::fs::write(place.folder.path().join("schemathesis.toml"), settings).unwrap();
    let mut fuzz = tool("st");
    fuzz.current_dir(place.folder.path()).args(["run", &service.link("/v1/openapi.json"), "--seed", "1"]);
    fuzz.args(["--header", &format!("Authorization: Bearer {token}"), "--no-color"]);
    let said = ran(&mut fuzz);
    let tested = said.lines().find_map(|line| line.trim().strip_prefix("Tested: ")).unwrap_or_default();
    assert!(tested.parse::<u32>().unwrap_or(0) >= 11, "every route is tried: {said}");
    assert!(!service.log().contains("panicked"), "{}", service.log());
    assert!(service.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_from_the_description_lists_dialogues_and_pulls_answers_and_the_report() {
    let place = Place::default();
    filled(&place).await;
    let token = place.token("nordby-bibliotek");
    let service = place.serve();
    let client = place.folder.path().join("client");
    let mut generator = tool("openapi-python-client");
    generator.args([
        "generate",
        "--url",
        &service.link("/v1/openapi.json"),
        "--meta",
        "none",
        "--output-path",
    ]);
    ran(generator.arg(&client));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/pull.py");
    let mut python = tool("python");
    python.env("PYTHONPATH", place.folder.path()).arg(script).args([&service.url, &token]);
    let said = ran(&mut python);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("{DIALOGUE} 10 Hvornår skal biblioteket have åbent?"));
    assert_eq!(lines[1..3], ["complete station =Ord \"nr.\" 1, og", "mere"], "{said}");
    assert_eq!(lines[21], "10 Hvor tit kommer du på biblioteket? 10", "{said}");
    assert!(service.stop().success());
}
