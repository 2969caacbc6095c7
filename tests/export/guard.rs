//! Wrong tokens come by the thousand, against the real binary.

use super::support::service::{Place, Service};
use reqwest::header::HeaderMap;

const PATH: &str = "/v1/dialogues";
const WRONG: &str = "snak_ikke-en-rigtig-en";

/// Status, headers and body of one request with a token, as a proxy on this machine passes it on.
async fn asked(service: &Service, from: &str, token: &str) -> (u16, HeaderMap, String) {
    let request = reqwest::Client::new().get(service.link(PATH)).header("x-forwarded-for", from);
    let answer = request.bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_thousand_wrong_tokens_are_put_off_and_told_of_once_and_a_right_one_gets_in_beside_them() {
    let place = Place::default().with("SNAK_TRUSTED_PROXY", "127.0.0.1");
    let token = place.token("nordby-bibliotek");
    let service = place.serve();
    let client = reqwest::Client::new();
    let (mut refused, mut put_off) = (0, 0);
    for n in 0..1_000 {
        let request = client.get(service.link(PATH)).header("x-forwarded-for", "192.0.2.7");
        match request.bearer_auth(format!("{WRONG}-{n}")).send().await.unwrap().status().as_u16() {
            401 => refused += 1,
            429 => put_off += 1,
            status => panic!("{status}"),
        }
        if n % 100 == 99 {
            assert_eq!(
                asked(&service, "192.0.2.7", &token).await.0,
                200,
                "a right one from the same address"
            );
        }
    }
    assert!((50..100).contains(&refused) && put_off > 900, "{refused} refused, {put_off} put off");

    let (status, headers, body) = asked(&service, "192.0.2.7", WRONG).await;
    assert_eq!((status, &headers["content-type"]), (429, &"application/problem+json".parse().unwrap()));
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    assert!(body.contains("\"status\":429") && !body.contains("retry_after"), "{body}");
    assert_eq!(asked(&service, "192.0.2.8", WRONG).await.0, 401, "another address begins anew");
    let bare = client.get(service.link(PATH)).header("x-forwarded-for", "192.0.2.7").send().await.unwrap();
    assert_eq!(bare.status().as_u16(), 401, "Excel is still asked for a password");

    let log = service.log();
    assert_eq!(log.matches("token that is not known").count(), 1, "{log}");
    for word in [WRONG, &token, "192.0.2"] {
        assert!(!log.contains(word), "{log}");
    }
}
