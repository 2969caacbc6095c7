//! `snak export --into`, the real command, while citizens answer, change their answers and erase themselves.

use super::never;
use super::site::*;
use super::support::service::{KEY, Place};
use snak::engine::{Response, Status};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use storage::{ConversationKey, MasterKey};

const CITIZENS: usize = 200;
const TURNS: usize = 700;

/// Numbers in a row that look like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// A citizen's response as it now is: nobody, or how often they answered anew and how often they committed.
#[derive(Clone, Copy, Default)]
struct Citizen {
    generation: u128,
    version: u64,
}

async fn live(site: Arc<Service>, seed: u64) {
    let mut chance = Chance(seed);
    let mut citizens = vec![Citizen::default(); CITIZENS];
    for turn in 0..TURNS {
        let n = if turn < CITIZENS { turn } else { chance.below(CITIZENS) };
        let of = u8::try_from(n).unwrap();
        let citizen = &mut citizens[n];
        if citizen.version > 0 && chance.below(4) == 0 {
            site.store.erase(&ConversationKey([of; 16]), at("2026-11-24T10:00:00Z")).await.unwrap();
            *citizen = Citizen { generation: citizen.generation + 1, version: 0 };
            continue;
        }
        let mut response: Response = never(n as u128 + 1_000 * citizen.generation);
        response.answers.push(given("fri", text(&format!("{turn}: \"ja\",\nnej\r\n")), None));
        response.status = if chance.below(2) == 0 { Status::Complete } else { Status::Partial };
        site.put(of, citizen.version, &response).await;
        citizen.version += 1;
        tokio::task::yield_now().await;
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.sort_unstable();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_pulled_while_citizens_answer_change_and_erase_ends_as_the_store_is() {
    for seed in 0_u64..10 {
        let format = if seed.is_multiple_of(2) { "ndjson" } else { "csv" };
        let place = Place::default();
        let site = Arc::new(service_of(&MasterKey::from_text(KEY).unwrap().operator()).await);
        std::fs::create_dir_all(place.data()).unwrap();
        std::fs::write(place.data().join("serve.addr"), &site.url).unwrap();
        let command = || {
            let mut command = place.snak(&["export", DIALOGUE, "--into", "svar", "--format", format]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let citizens = tokio::spawn(live(site.clone(), seed));
        let mut chance = Chance(seed);
        let mut pulls = 0;
        while !citizens.is_finished() {
            let mut child = command().spawn().unwrap();
            pulls += 1;
            // Some are killed wherever they are; nothing depends on where.
            if chance.below(3) == 0 {
                tokio::time::sleep(Duration::from_millis(chance.below(40) as u64)).await;
                let _ = child.kill();
            }
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
        }
        citizens.await.unwrap();
        let mut child = command().spawn().unwrap();
        assert!(
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap().success(),
            "seed {seed}"
        );

        let folder = place.folder.path().join("svar");
        let kept = std::fs::read_to_string(folder.join(format!("responses.{format}"))).unwrap();
        let operator = MasterKey::from_text(KEY).unwrap().operator();
        let path = format!("/v1/dialogues/{DIALOGUE}/responses.{format}");
        let stored = site.get_as(&operator, &path).await.body;
        assert_eq!(sorted(&kept), sorted(&stored), "seed {seed}, {pulls} pulls on the way");
        let mut left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["cursor", "lock", &format!("responses.{format}")], "nothing else is left there");
    }
}
