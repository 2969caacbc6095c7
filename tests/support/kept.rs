//! What a store holds of the dialogues that the rows are played with, in words.

use super::{dialogues, play};
use snak::engine::{self, Response};
use std::collections::BTreeMap;
use storage::{Count, Cursor, DialogueId, Kind, Row, Store};

/// By name: responses, what lies apart, counters, and the conversations at these addresses (what to call each, and where it is).
pub async fn kept(store: &dyn Store, addresses: &[(String, String)]) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (code, ..) in dialogues::ALL {
        let log = DialogueId(format!("nordby/{code}"));
        let rows = store.responses(&log, Cursor(0), 100).await.unwrap();
        for (n, row) in rows.into_iter().enumerate() {
            kept.insert(format!("response {} of {code}", n + 1), told(row.row));
        }
    }
    for (kind, name) in [
        (Kind::Contact, "contact"),
        (Kind::Subscription, "news"),
        (Kind::Receipt, "receipt"),
        (Kind::Flag, "flag"),
    ] {
        let documents = store.documents(kind, "").await.unwrap();
        for (n, (id, _)) in documents.iter().enumerate() {
            let id = if kind == Kind::Receipt { id.as_str() } else { id.rsplit_once('/').unwrap().0 };
            kept.insert(format!("{name} {}", n + 1), id.to_owned());
        }
    }
    for (id, body) in store.documents(Kind::Counter, "").await.unwrap() {
        kept.insert(format!("counter {id}"), Count::sum(&body).unwrap().to_string());
    }
    for (name, address) in addresses {
        let of = storage::key_of(store.secrets(), address);
        if store.conversation(&of).await.unwrap().is_some() {
            kept.insert(format!("a conversation{name}"), "is kept".to_owned());
        }
        if store.address(&of).await.unwrap().is_some() {
            kept.insert(format!("an address{name}"), "is kept".to_owned());
        }
    }
    kept
}

/// What is there now and was not before, or was another; and what is gone.
pub fn changes(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let new = now.iter().filter(|(what, how)| before.get(*what) != Some(how));
    let gone = before.keys().filter(|what| !now.contains_key(*what));
    new.map(|(what, how)| format!("-- {what} {how}"))
        .chain(gone.map(|what| format!("-- {what} is gone")))
        .collect()
}

fn told(row: Row) -> String {
    let body = match row {
        Row::Live(body) => body,
        Row::Erased { reason, .. } => return format!("erased, {reason:?}").to_lowercase(),
    };
    let response: Response = engine::decode(&body).unwrap();
    let name = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let [ended, status] = [serde_json::to_value(response.ended), serde_json::to_value(response.status)]
        .map(|v| name(v.unwrap()));
    let answers = response
        .answers
        .iter()
        .map(|a| format!(" {}={}", a.question, play::spoken(&a.outcome)))
        .collect::<String>();
    // The names of files are drawn by lot.
    let drawn = |word: &str| word.len() > 20 && word.chars().all(|c| c.is_ascii_digit());
    let words = answers.split(' ').map(|w| if drawn(w.trim_end_matches(',')) { "…" } else { w });
    format!("({ended}, {status}){}", words.collect::<Vec<_>>().join(" "))
}
