//! Whoever pulls: goes on from the last cursor, and finds every cursor it ever held meaning what it meant.

use crate::chance::Chance;
use crate::support::library::PULL;
use crate::town::World;
use serde_json::Value;
use std::collections::HashSet;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(60);
/// Rows that are looked at again behind a cursor from before.
const AGAIN: usize = 60;

/// Pulls by cursor until the town is closed and nothing is left.
pub async fn pull(world: &World, mut chance: Chance) {
    let mut known = HashSet::new();
    loop {
        let after = world.pulled().last().map_or("0".to_owned(), cursor);
        let over = world.is_over();
        let rows = behind(world, &after, 1 + chance.below(40) as usize).await;
        if rows.is_empty() {
            if over {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        for row in rows {
            assert!(known.insert(row["response"].to_string()), "pulled twice: {row}");
            world.pulled().push(row);
        }
    }
}

/// Cursors from before: behind each lie the rows that were pulled then, and no other.
pub async fn cursors_hold(world: &World, chance: &mut Chance) {
    let before = world.pulled().clone();
    for from in [0, chance.below(before.len() as u64 + 1) as usize] {
        let after = from.checked_sub(1).map_or("0".to_owned(), |last| cursor(&before[last]));
        let now = behind(world, &after, AGAIN).await;
        let then = before[from..].iter().take(AGAIN);
        assert!(now.len() >= then.len(), "behind cursor {from} of {} rows are missing", before.len());
        for (n, (then, now)) in then.zip(&now).enumerate() {
            assert_eq!(then, now, "row {n} behind cursor {from} is another");
        }
    }
}

fn cursor(row: &Value) -> String {
    row["cursor"].as_str().expect("a cursor").to_owned()
}

async fn behind(world: &World, after: &str, limit: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let url = format!("{}{PULL}?after={after}&limit={limit}", world.url());
        if let Ok(response) = world.client.get(url).bearer_auth(world.token()).send().await {
            let status = response.status().as_u16();
            match (status, response.text().await) {
                (200, Ok(body)) => return body.lines().map(|l| serde_json::from_str(l).unwrap()).collect(),
                (200 | 503, _) => {}
                (other, body) => panic!("the pull is refused with {other}: {body:?}"),
            }
        }
        assert!(begun.elapsed() < PATIENCE, "nobody answers the pull");
        tokio::time::sleep(PAUSE).await;
    }
}
