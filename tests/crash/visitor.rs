//! A citizen in a browser without scripts who does not give up: what was not answered is sent again as it was.

use crate::support::library::Plan;
use crate::support::page::{Browser, Letter};
use crate::town::World;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(15);
const PATIENCE: Duration = Duration::from_secs(60);
const CHAT: &str = "/c/aabn_station";

pub async fn answer(world: &World, plan: &Plan) {
    let mut visitor = Visitor { world, browser: Browser::with(world.client.clone(), &world.url()) };
    let labels =
        |list: Vec<(&'static str, &'static str)>| list.into_iter().map(|(_, l)| l).collect::<Vec<_>>();
    visitor.reply("", |b| b.letter("Start").expect("a chat that has not begun")).await;
    visitor.reply("Hvor tit kommer du", |b| b.letter(plan.bruger().1).unwrap()).await;
    if let Some(list) = plan.hvorfor() {
        visitor.reply("Hvad holder dig væk", |b| b.tick(&labels(list.clone())).enter()).await;
        if let Some(words) = plan.own_words() {
            visitor.reply("med dine egne ord", |b| b.write(&words).enter()).await;
        }
    }
    visitor.reply("Hvornår ville det passe dig", |b| b.tick(&labels(plan.tidspunkt())).enter()).await;
    visitor.reply("låse dig ind", |b| b.letter(plan.selvbetjent().1).unwrap()).await;
    let freely = |b: &mut Browser| match plan.fri() {
        Some(words) => b.write(&words).enter(),
        None => b.letter("Spring over").unwrap(),
    };
    visitor.reply("komme næste uge", freely).await;
    visitor.look().await;
    assert!(visitor.browser.text().contains("Tak for dine svar"), "{}", visitor.browser.text());
}

struct Visitor<'w> {
    world: &'w World,
    browser: Browser,
}

impl Visitor<'_> {
    // The page shows this question as the one that is open: an answer that was acknowledged is neither lost nor counted twice.
    async fn reply(&mut self, question: &str, fill: impl Fn(&mut Browser) -> Letter) {
        self.look().await;
        let open = self.browser.page.html.split_once("id=\"q-text\"").map_or("", |(_, from)| from);
        let open = open.split_once("</div>").map_or("", |(open, _)| open);
        assert!(
            open.contains(question),
            "{question:?} should be open, not {open:?}:\n{}",
            self.browser.text()
        );
        let letter = fill(&mut self.browser);
        let begun = Instant::now();
        loop {
            self.browser.move_to(&self.world.url());
            let _ = self.browser.try_post(&letter).await;
            match self.browser.answered {
                303 => break,
                // Nobody there, or nothing can be kept.
                0 | 503 => {}
                other => panic!("{other}: {}", self.browser.text()),
            }
            assert!(begun.elapsed() < PATIENCE, "nobody takes the answer to {question:?}");
            tokio::time::sleep(PAUSE).await;
        }
        self.world.heard();
    }

    async fn look(&mut self) {
        let begun = Instant::now();
        loop {
            self.browser.move_to(&self.world.url());
            if self.browser.try_get(CHAT).await.is_ok() && self.browser.page.status == 200 {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody shows the page");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
