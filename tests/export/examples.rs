//! The examples are run as they stand.

use super::never;
use super::site::*;
use serde_json::json;
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_example_in_python_pulls_the_answers_with_the_codebooks_labels() {
    let pandas = Command::new("python3").args(["-c", "import pandas"]).output();
    assert!(
        pandas.is_ok_and(|out| out.status.success()),
        "the examples need Python with pandas; install it: apt-get install python3-pandas (or pip install pandas)"
    );
    let site = service().await;
    site.put(1, 0, &never(1)).await;
    let token = site.token(json!({"institution": "nordby-bibliotek", "name": "natjob"})).await;
    let url = format!("{}/v1/dialogues/{DIALOGUE}", site.url);
    let run = tokio::task::spawn_blocking(move || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pull.py");
        Command::new("python3").arg(script).env("SNAK_URL", url).env("SNAK_TOKEN", token).output().unwrap()
    });
    let out = run.await.unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
    let names = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[names.iter().position(|n| n == name).unwrap()];
    assert_eq!(cell("bruger"), "Aldrig");
    assert_eq!(cell("hvorfor_ikke"), "Der er lukket, når jeg har tid; Noget andet");
    assert_eq!((cell("hvorfor_ikke.tid"), cell("hvorfor_ikke_other")), ("1", "Der er for mange trapper"));
}
