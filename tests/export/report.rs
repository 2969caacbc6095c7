//! The report over real HTTP: what is told, what is not, and on a page.

use super::site::*;
use serde_json::{Value as Json, json};
use snak::engine::{Audience, Ended, Response, Status};

/// The citizen `n` answers; the last words of the report are theirs to give away.
fn citizen(n: u128, bruger: &str, place: &str) -> Response {
    let mut answers = vec![given("bruger", code(bruger), None)];
    if bruger != "jævnligt" {
        answers.push(given("hvorfor_ikke", codes(&["tid"]), None));
    }
    answers.push(given("tidspunkt", codes(&["aften", "weekend"]), None));
    answers.push(given("selvbetjent", code(if n.is_multiple_of(2) { "ja" } else { "nej" }), None));
    answers.push(given("fri", text("hemmeligt"), None));
    let mut response = response(n, answers);
    response.place = Some(place.to_owned());
    response.audience = if bruger == "jævnligt" { Audience::User } else { Audience::NotYetUser };
    response
}

async fn report(site: &Service) -> Json {
    site.pull("report.json").await.json()
}

fn question<'j>(report: &'j Json, name: &str) -> &'j Json {
    report["questions"].as_array().unwrap().iter().find(|q| q["name"] == name).unwrap()
}

fn bars(question: &Json) -> Vec<(&str, Option<u64>)> {
    let bars = question["bars"].as_array().unwrap().iter();
    bars.map(|b| (b["code"].as_str().unwrap(), b["count"].as_u64())).collect()
}

#[tokio::test]
async fn a_report_tells_who_answered_what_where_and_where_they_left_with_no_small_number() {
    let site = service().await;
    // Thirty that never come and eight that seldom do, twenty that do: at the station, on the square and three in the park.
    let kinds = [("aldrig", 30_u8), ("sjældent", 8), ("jævnligt", 20)];
    let all = kinds.iter().flat_map(|(bruger, count)| (0..*count).map(|_| *bruger));
    for (n, bruger) in (1_u8..).zip(all) {
        let place = ["station", "torvet"][usize::from(n % 2)];
        site.put(n, 0, &citizen(n.into(), bruger, if n > 55 { "legeplads" } else { place })).await;
    }
    // Two that leave after the first question.
    for n in [59, 60] {
        let mut left = citizen(n.into(), "aldrig", "torvet");
        left.answers.truncate(1);
        (left.status, left.ended) = (Status::Partial, Ended::Timeout);
        site.put(n, 0, &left).await;
    }
    let report = report(&site).await;
    assert_eq!(
        (&report["counted"], &report["header"]["title"]["da"]),
        (&json!(60), &json!("Hvornår skal biblioteket have åbent?"))
    );
    assert_eq!(
        (&report["complete"], &report["partial"]),
        (&Json::Null, &Json::Null),
        "58 and 2: one gives away the other"
    );
    let bruger = question(&report, "bruger");
    assert_eq!(bars(bruger), [("aldrig", Some(32)), ("sjældent", Some(8)), ("jævnligt", Some(20))]);
    assert_eq!(
        (&bruger["answered"], &bruger["skipped"], &bruger["left_after"]),
        (&json!(60), &json!(0), &Json::Null)
    );
    assert_eq!(bruger["bars"][0]["label"]["en"], "Never");
    let why = question(&report, "hvorfor_ikke");
    assert_eq!((&why["answered"], &why["not_asked"]), (&json!(38), &json!(22)));
    assert_eq!(bars(why)[0], ("tid", Some(38)));
    assert_eq!(question(&report, "fri")["bars"], json!([]));
    assert_eq!(report["audience"][0], json!({"code": "not_yet_user", "count": 40}));
    assert_eq!(report["not_yet_user_share"], json!(0.667));
    let places = report["place"].as_array().unwrap();
    let place = |code: &str| places.iter().find(|p| p["code"] == code).unwrap();
    assert_eq!(place("legeplads")["count"], Json::Null, "three of the park");
    let told = places.iter().filter(|p| p["count"].is_u64()).count();
    assert_eq!(told, 1, "nor one of the others, or the difference would tell: {places:?}");
    assert!(places.iter().all(|p| p["count"].is_u64() || p["not_yet_users"].is_null()), "{places:?}");
    assert!(!report.to_string().contains("hemmeligt"));
}

#[tokio::test]
async fn what_one_citizen_adds_is_told_only_together_with_four_others() {
    let site = service().await;
    for n in 1..=20 {
        site.put(n, 0, &citizen(n.into(), "aldrig", "station")).await;
    }
    let before = report(&site).await;
    assert_eq!(before["counted"], 20);
    for n in 21..=24 {
        site.put(n, 0, &citizen(n.into(), "jævnligt", "torvet")).await;
        assert_eq!(report(&site).await, before, "the report before and after {n} gives {n} away");
    }
    for file in ["report.json?place=torvet", "report.json?since=2026-11-23"] {
        let refused = site.get(&format!("/v1/dialogues/{DIALOGUE}/{file}")).await;
        assert_eq!(refused.status, 400, "{file}: two reports over different answers");
    }
    site.put(25, 0, &citizen(25, "jævnligt", "torvet")).await;
    let after = report(&site).await;
    assert_eq!(
        bars(question(&after, "bruger")),
        [("aldrig", Some(20)), ("sjældent", Some(0)), ("jævnligt", Some(5))]
    );
}

#[tokio::test]
async fn the_report_is_a_page_for_paper_that_needs_the_token_and_nothing_from_elsewhere() {
    let site = service().await;
    for n in 1..=10 {
        site.put(n, 0, &citizen(n.into(), "aldrig", "station")).await;
    }
    let path = format!("/report/{DIALOGUE}");
    assert_eq!(site.send(site.request(&path)).await.status, 401);
    let token = site.token(json!({"institution": "nordby-bibliotek", "name": "kiosk"})).await;
    let page = site.send(site.request(&path).basic_auth("excel", Some(&token))).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for words in [
        "Formål",
        "Borgere over 15 år",
        "Hvor tit kommer du på biblioteket?",
        "<svg",
        ">10</td>",
        "lang=\"da\"",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    for fetch in ["http://", "https://", "<script", "<link", "<img", "url("] {
        assert!(!page.body.contains(fetch), "{fetch}");
    }
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let theatre = site.token(json!({"institution": "nordby-teater", "name": "kiosk"})).await;
    assert_eq!(site.get_as(&theatre, &path).await.status, 404);
    let narrow = json!({"institution": "nordby-bibliotek", "name": "kun", "columns": ["selvbetjent"]});
    let narrow = site.token(narrow).await;
    let seen = site.get_as(&narrow, &format!("/v1/dialogues/{DIALOGUE}/report.json")).await.json();
    let names: Vec<&Json> = seen["questions"].as_array().unwrap().iter().map(|q| &q["name"]).collect();
    assert_eq!(names, ["selvbetjent"]);
}

#[tokio::test]
async fn a_question_is_told_by_place_and_a_place_with_few_hides_another() {
    let site = service().await;
    let kinds = ["aldrig", "sjældent", "jævnligt"];
    let of = |place: &'static str, counts: [usize; 3]| {
        let each = kinds.into_iter().zip(counts);
        each.flat_map(move |(bruger, count)| std::iter::repeat_n((bruger, place), count))
    };
    let all = of("station", [10; 3]).chain(of("torvet", [12, 8, 10])).chain(of("legeplads", [5, 0, 2]));
    for (n, (bruger, place)) in (1_u8..).zip(all.chain(of("", [10, 9, 9]))) {
        let response = citizen(n.into(), bruger, place);
        let place = response.place.clone().filter(|place| !place.is_empty());
        site.put(n, 0, &Response { place, ..response }).await;
    }
    let report = report(&site).await;
    let by = question(&report, "bruger")["by"].as_array().unwrap();
    let places = by.iter().find(|split| split["by"] == "place").unwrap()["groups"].as_array().unwrap();
    let counts = |place: &str| {
        let group = places.iter().find(|group| group["code"] == place).unwrap();
        let bars = group["bars"].as_array().unwrap().iter().map(|bar| bar["count"].as_u64());
        (group["answered"].as_u64(), bars.collect::<Vec<_>>())
    };
    assert_eq!(counts("torvet"), (Some(30), vec![Some(12), Some(8), Some(10)]));
    assert_eq!(counts("legeplads"), (None, vec![None; 3]), "two come often");
    assert_eq!(counts(""), counts("legeplads"), "or the difference would tell");
    assert_eq!(counts("station").0, Some(30));
    assert!(by.iter().all(|split| split["by"] != "channel"), "there is one alone");
    let page = site.get(&format!("/report/{DIALOGUE}")).await.body;
    for cell in ["<th class=\"n\">Opslagstavlen i Netto på Torvet</th>", "<td class=\"n\">12</td>"] {
        assert!(page.contains(cell), "{cell}: {page}");
    }
}
