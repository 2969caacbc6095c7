//! The description of the surface against the surface itself.

use super::never;
use super::site::*;
use boon::{Compiler, Schemas};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const PLACE: &str = "http://x/openapi.json";

async fn document(site: &Service) -> Json {
    let got = site.send(site.request("/v1/openapi.json")).await;
    assert_eq!(got.status, 200);
    got.json()
}

/// Whether a value is what the document says stands at `path` with this status.
fn fits(document: &Json, path: &str, status: u16, kind: &str, value: &Json) {
    let escaped =
        |text: &str| text.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D");
    let (path, kind) = (escaped(path), escaped(kind));
    let place = format!("{PLACE}#/paths/{path}/get/responses/{status}/content/{kind}/schema");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource(PLACE, document.clone()).unwrap();
    let schema = compiler.compile(&place, &mut schemas).unwrap_or_else(|e| panic!("{place}: {e}"));
    schemas.validate(value, schema).unwrap_or_else(|e| panic!("{place}: {e}\n{value:#}"));
}

#[tokio::test]
async fn every_route_of_the_pull_is_described_and_nothing_else() {
    let site = service().await;
    let document = document(&site).await;
    let described: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let router = include_str!("../../src/web/router.rs");
    let routes = router.split(".route(").skip(1).map(|r| r.split('"').nth(1).unwrap());
    let ours =
        |r: &&str| r.starts_with("/report/") || (r.starts_with("/v1/") && !r.starts_with("/v1/operator/"));
    assert_eq!(described, routes.filter(ours).collect::<BTreeSet<&str>>());
    for (path, methods) in document["paths"].as_object().unwrap() {
        let open = json!([{}]);
        let told = methods["get"]["security"] == open;
        let address = path.replace("{institution}/{dialogue}", DIALOGUE).replace("{id}", "x");
        let status = site.send(site.request(&address)).await.status;
        assert_eq!(status, if told { 200 } else { 401 }, "{path} without a token");
    }
}

#[tokio::test]
async fn the_parameters_described_are_those_that_are_taken() {
    let site = service().await;
    let document = document(&site).await;
    for file in [
        "responses.csv",
        "responses.xlsx",
        "responses.json",
        "responses.ndjson",
        "codebook.csv",
        "codebook.json",
    ] {
        let path = format!("/v1/dialogues/{{institution}}/{{dialogue}}/{file}");
        let parameters = document["paths"][&path]["get"]["parameters"].as_array().unwrap();
        let query = parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap());
        let refused = site.get(&format!("/v1/dialogues/{DIALOGUE}/{file}?nonsense=1")).await.json();
        let taken = refused["allowed"].as_array().unwrap().iter().map(|p| p.as_str().unwrap());
        assert_eq!(query.collect::<BTreeSet<_>>(), taken.collect::<BTreeSet<_>>(), "{file}");
    }
}

#[tokio::test]
async fn what_is_answered_is_what_is_described() {
    let site = service().await;
    for n in 1..=10 {
        site.put(n, 0, &never(n.into())).await;
    }
    site.erase(3).await;
    let document = document(&site).await;
    let base = "/v1/dialogues/{institution}/{dialogue}";
    let of = |file: &str| format!("/v1/dialogues/{DIALOGUE}/{file}");
    fits(&document, "/v1/dialogues", 200, "application/json", &site.get("/v1/dialogues").await.json());
    for (file, query) in [
        ("codebook.json", ""),
        ("report.json", ""),
        ("responses.json", "?after=0"),
        ("responses.json", "?shape=long"),
    ] {
        let got = site.get(&of(&format!("{file}{query}"))).await.json();
        fits(&document, &format!("{base}/{file}"), 200, "application/json", &got);
    }
    let after = site.cursors(0).text(1);
    let lines = site.pull(&format!("responses.ndjson?after={after}&status=partial")).await.lines();
    assert!(
        lines.iter().any(|l| l["left_filter"] == true) && lines.iter().any(|l| !l["deleted_at"].is_null())
    );
    for line in lines.iter().chain(&site.pull("responses.ndjson?columns=fri").await.lines()) {
        fits(&document, &format!("{base}/responses.ndjson"), 200, "application/x-ndjson", line);
    }
    let problem = "application/problem+json";
    for (query, status) in [("?place=nowhere", 400), ("?after=x", 400)] {
        let got = site.get(&of(&format!("responses.csv{query}"))).await;
        assert_eq!(got.status, status);
        fits(&document, &format!("{base}/responses.csv"), status, problem, &got.json());
    }
    let nobody = site.send(site.request("/v1/dialogues")).await;
    fits(&document, "/v1/dialogues", 401, problem, &nobody.json());
    let page = site.send(site.request("/v1/docs")).await;
    assert!(
        page.body.contains("responses.xlsx")
            && page.body.contains("a cursor") | page.body.contains("A cursor")
    );
    for fetch in ["<script", "<link", "<img", "src=", "@import"] {
        assert!(!page.body.contains(fetch), "{fetch}");
    }
}
