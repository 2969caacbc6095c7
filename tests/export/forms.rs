//! Each form of the same rows: JSON, XLSX, labels instead of codes, packed on the wire; addresses, and what a token may see.

use super::site::*;
use super::{cells, never, rows};
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value as Json, json};
use snak::engine::{self, Contact, Value, Way};
use snak::script::Language;
use std::io::{Cursor, Read};
use storage::{Document, Kind};

async fn bytes(site: &Service, file_and_query: &str) -> Vec<u8> {
    let path = format!("/v1/dialogues/{DIALOGUE}/{file_and_query}");
    let got = site.request(&path).bearer_auth(OPERATOR).send().await.unwrap();
    assert_eq!(got.status().as_u16(), 200, "{file_and_query}");
    got.bytes().await.unwrap().to_vec()
}

fn sheet(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    assert!(book.worksheet_formula(&name).unwrap().is_empty(), "nothing in it is worked out");
    book.worksheet_range(&name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[tokio::test]
async fn json_is_one_list_of_the_lines_of_ndjson() {
    let site = service().await;
    assert_eq!(site.pull("responses.json").await.json(), json!([]));
    site.put(1, 0, &never(1)).await;
    site.put(2, 0, &never(2)).await;
    site.erase(2).await;
    for query in ["", "?after=0", "?limit=1&status=complete", "?shape=long", "?values=both&lang=en"] {
        let list = site.pull(&format!("responses.json{query}")).await;
        assert_eq!(list.header("content-type"), "application/json");
        let lines = site.pull(&format!("responses.ndjson{query}")).await;
        assert!(!lines.lines().is_empty(), "{query}");
        assert_eq!(list.json(), Json::Array(lines.lines()), "{query}");
        let next = |got: &Got| got.next().split("after=").nth(1).unwrap().to_owned();
        assert_eq!(next(&list), next(&lines), "{query}");
    }
}

#[tokio::test]
async fn a_workbook_has_the_rows_of_the_csv_with_numbers_and_days_as_such_and_no_formulas() {
    let site = service().await;
    let steps = "
  - {ask: {da: Dag?, en: Day?}, id: dag, type: date}
  - {ask: {da: Tid?, en: Time?}, id: tid, type: time}
  - {ask: {da: Alder?, en: Age?}, id: alder, type: number}
  - {ask: {da: Fri?, en: Free?}, id: fri, type: text}
";
    let (head, _) = sample().split_once("audience:").map(|(h, t)| (h.to_owned(), t.to_owned())).unwrap();
    site.publish(&format!("{head}audience: everyone\nsteps:{steps}")).await;
    let written = "=HYPERLINK(\"http://x\")\n<&_x0041_ \u{7}\"æ🙂";
    let mut response = response(
        1,
        vec![
            given("dag", Value::Date("2026-03-07".parse().unwrap()), None),
            given("tid", Value::Time("14:30".parse().unwrap()), None),
            given("alder", number("-12.50"), None),
            given("fri", text(written), None),
        ],
    );
    response.revision = 2;
    site.put(1, 0, &response).await;
    let table = sheet(bytes(&site, "responses.xlsx").await);
    let csv = rows(&site.pull("responses.csv").await, b',');
    let header: Vec<String> = table[0].iter().map(ToString::to_string).collect();
    assert_eq!(header, csv[0]);
    let cell = |name: &str| table[1][header.iter().position(|h| h == name).unwrap()].clone();
    assert_eq!(cell("response"), Data::String(response.id.to_string()));
    assert_eq!((cell("revision"), cell("alder")), (Data::Float(2.0), Data::Float(-12.5)));
    assert_eq!(cell("fri"), Data::String(written.to_owned()), "the exact words, as words");
    let time = |name: &str| match cell(name) {
        Data::DateTime(at) => at.to_ymd_hms_milli(),
        other => panic!("{name} is {other:?}"),
    };
    assert_eq!(time("started_at"), (2026, 11, 23, 8, 15, 4, 0));
    assert_eq!(time("dag"), (2026, 3, 7, 0, 0, 0, 0));
    let (.., hour, minute, _, _) = time("tid");
    assert_eq!((hour, minute), (14, 30));
    assert_eq!(cell("bruger"), Data::Empty, "a question of an earlier revision");

    let after = sheet(bytes(&site, "responses.xlsx?after=0&shape=long&columns=response,alder").await);
    let words: Vec<Vec<String>> = after.iter().map(|r| r.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(words[0].join(" "), "response deleted_at deleted_reason question value other state");
    assert_eq!(words[1][3..], ["alder", "-12.5", "", "answered"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes(&site, "responses.xlsx").await)).unwrap();
    assert_eq!(book.sheet_names(), ["responses", "codebook"]);
    let columns = book.worksheet_range("codebook").unwrap();
    let names: Vec<String> = columns.rows().map(|r| r[1].to_string()).collect();
    assert_eq!((names[0].as_str(), names.iter().filter(|n| *n == "dag").count()), ("name", 1), "{names:?}");
    assert_eq!(bytes(&site, "responses.xlsx").await, bytes(&site, "responses.xlsx").await, "the same bytes");
}

#[tokio::test]
async fn labels_stand_beside_the_codes_or_instead_of_them() {
    let site = service().await;
    site.put(1, 0, &never(1)).await;
    let columns = "columns=response,bruger,hvorfor_ikke,fri";
    let table = rows(&site.pull(&format!("responses.csv?values=label&lang=en&{columns}")).await, b',');
    assert_eq!(table[0].join(" "), "response bruger hvorfor_ikke fri");
    assert_eq!(table[1][1..], ["Never", "It is closed when I have time; Something else", ""]);
    let both = rows(&site.pull(&format!("responses.csv?values=both&{columns}")).await, b',');
    assert_eq!(both[0].join(" "), "response bruger bruger_label hvorfor_ikke hvorfor_ikke_label fri");
    assert_eq!(
        cells(&both, 1, &["bruger", "bruger_label", "hvorfor_ikke_label"]),
        ["aldrig", "Aldrig", "Der er lukket, når jeg har tid; Noget andet"]
    );
    let long = rows(&site.pull(&format!("responses.csv?values=both&shape=long&{columns}")).await, b',');
    assert_eq!(long[0].join(" "), "response question value label other state");
    assert_eq!(long[1][1..], ["bruger", "aldrig", "Aldrig", "", "answered"]);
    let line = &site.pull("responses.ndjson?values=both&lang=en").await.lines()[0];
    assert_eq!(line["answers"]["hvorfor_ikke"], json!(["tid", "andet"]));
    assert_eq!(line["labels"]["bruger"], "Never");
    let line = &site.pull("responses.ndjson?values=label&shape=long").await.lines()[1];
    assert_eq!((&line["question"], &line["state"]), (&json!("hvorfor_ikke"), &json!("answered")));
    assert_eq!(line["value"], json!(["Der er lukket, når jeg har tid", "Noget andet"]));
    assert_eq!(line["other"], "Der er for mange trapper");
    let wrong = site.get(&format!("/v1/dialogues/{DIALOGUE}/responses.csv?lang=sv")).await;
    assert_eq!((wrong.status, &wrong.json()["allowed"]), (400, &json!(["da", "en"])));
}

#[tokio::test]
async fn who_takes_gzip_gets_the_same_rows_packed_and_the_first_before_the_last_is_read() {
    let site = service().await;
    for n in 1..=20 {
        site.put(n, 0, &never(n.into())).await;
    }
    let path = format!("/v1/dialogues/{DIALOGUE}/responses.csv");
    let ask = || site.request(&path).bearer_auth(OPERATOR).header("accept-encoding", "br, gzip;q=0.8");
    let mut got = ask().send().await.unwrap();
    assert_eq!(got.headers()["content-encoding"], "gzip");
    assert_eq!(got.headers()["vary"], "accept-encoding");
    let etag = got.headers()["etag"].clone();
    let plain = site.get(&path).await;
    assert_ne!(plain.header("etag"), etag.to_str().unwrap(), "other bytes have another name");
    let mut packed = got.chunk().await.unwrap().unwrap().to_vec();
    let mut first = String::new();
    let _ = flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut first);
    assert!(first.starts_with("response,"), "the header can be read from the first chunk: {first}");
    while let Some(chunk) = got.chunk().await.unwrap() {
        packed.extend_from_slice(&chunk);
    }
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(packed.len() * 2 < unpacked.len(), "{} of {}", packed.len(), unpacked.len());
    let again = site.send(ask().header("if-none-match", etag)).await;
    assert_eq!(again.status, 304);
    let refused = site.request(&path).bearer_auth(OPERATOR).header("accept-encoding", "gzip;q=0");
    assert_eq!(site.send(refused).await.body, plain.body);
}

#[tokio::test]
async fn addresses_need_a_permission_of_their_own_and_lead_to_no_response() {
    let site = service().await;
    site.put(1, 0, &never(1)).await;
    let contact = Contact {
        question: "mail".to_owned(),
        way: Way::Phone,
        address: "+4520304050".to_owned(),
        language: Language::DANISH,
    };
    let id = uuid::Uuid::from_u128(7);
    let document = Document {
        kind: Kind::Contact,
        id: format!("{DIALOGUE}/{id}"),
        body: Some(engine::encode(&contact).unwrap()),
    };
    site.store.keep(vec![document]).await.unwrap();
    let shy = site.token(json!({"institution": "nordby-bibliotek", "name": "tal"})).await;
    let path = format!("/v1/dialogues/{DIALOGUE}/responses.csv?table=contacts");
    assert_eq!(site.get_as(&shy, &path).await.status, 403);
    let may = site.token(json!({"institution": "nordby-bibliotek", "name": "post", "contact": true})).await;
    let got = site.get_as(&may, &path).await;
    assert_eq!(got.body, format!("contact,question,way,address,language\n{id},mail,phone,'+4520304050,da\n"));
    let line = site.pull("responses.ndjson?table=contacts").await.lines();
    let whole = json!({"contact": id, "question": "mail", "way": "phone", "address": "+4520304050", "language": "da"});
    assert_eq!(line, [whole], "neither response nor time nor place");
    assert_eq!(sheet(bytes(&site, "responses.xlsx?table=contacts").await).len(), 2);
    for query in ["after=0", "since=2026-11-23", "columns=address", "limit=1"] {
        let refused = site.get(&format!("{path}&{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    let log = site.pulls().await;
    let logged: Vec<Json> = log.iter().map(|(_, body)| engine::decode(body).unwrap()).collect();
    assert!(logged.iter().any(|a| a["query"] == "table=contacts" && a["token"] == "post"), "{logged:?}");
}

#[tokio::test]
async fn a_token_narrowed_to_columns_reads_no_other_answer_in_any_form() {
    let site = service().await;
    let mut response = never(1);
    response.answers.push(given("fri", text("hemmeligt"), None));
    site.put(1, 0, &response).await;
    let wanted = json!({"institution": "nordby-bibliotek", "name": "kun", "columns": ["hvorfor_ikke"]});
    let token = site.token(wanted).await;
    let base = format!("/v1/dialogues/{DIALOGUE}/responses");
    let table = rows(&site.get_as(&token, &format!("{base}.csv?states=1&values=both")).await, b',');
    assert_eq!(
        table[0][14..].join(" "),
        "hvorfor_ikke hvorfor_ikke_label hvorfor_ikke_state hvorfor_ikke.tid hvorfor_ikke.langt hvorfor_ikke.behov \
         hvorfor_ikke.andet hvorfor_ikke_other"
    );
    for query in [".ndjson", ".json", ".csv?shape=long", ".ndjson?shape=long&include=withdrawn"] {
        let got = site.get_as(&token, &format!("{base}{query}")).await;
        assert!(got.body.contains("trapper"), "{query}");
        for other in ["hemmeligt", "aldrig", "selvbetjent"] {
            assert!(!got.body.contains(other), "{query}: {}", got.body);
        }
    }
    let refused = site.get_as(&token, &format!("{base}.csv?columns=fri")).await;
    assert_eq!(refused.status, 400);
}
