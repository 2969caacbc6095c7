//! Where a dialogue can be begun, and what the page of an institution shows at the top.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use snak::channel::{Content, Page, PageState, Pages};
use std::fs;
use std::sync::Arc;
use storage::MemoryStore;
use support::desk::{Desk, desk, now};

async fn only_on(channels: &str) -> Desk {
    let header = format!("{channels}steps:\n  - {{ask: Hvad mangler der?, id: mangler, type: text}}\n");
    desk(Arc::new(MemoryStore::new().unwrap()), "sted", false, &header).await
}

async fn page(desk: &Desk) -> Page {
    desk.dispatch.page("sted_bom", None, None).await.unwrap().unwrap()
}

async fn last_said(desk: &Desk, who: u32) -> String {
    desk.said(who).await.last().map(|m| m.text.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_dialogue_for_the_web_is_not_begun_on_telegram() {
    let desk = only_on("channels: web\n").await;
    desk.take(7, Content::Start { payload: "sted".to_owned() }).await;
    let words =
        "”Prøve” kan du ikke svare på her, men på nettet. Spørg havn@nordby.example, hvis du mangler linket.";
    assert_eq!(last_said(&desk, 7).await, words);
    desk.take(8, Content::Start { payload: String::new() }).await;
    assert!(last_said(&desk, 8).await.starts_with("Der er ingen åbne spørgsmål"), "nor is it offered");
    let page = page(&desk).await;
    assert!(matches!(page.state, PageState::Opening(_)) && !page.telegram, "{page:?}");
}

#[tokio::test]
async fn a_dialogue_for_telegram_says_so_on_its_page() {
    let desk = only_on("channels: [telegram]\n").await;
    let here = page(&desk).await;
    let PageState::Closed(words, _) = &here.state else { panic!("{here:?}") };
    assert!(words.contains("men på Telegram") && here.telegram, "{words}");
    desk.begin(7).await;
    assert!(last_said(&desk, 7).await.contains("Hvad mangler der?"));
    let everywhere = only_on("").await;
    let page = page(&everywhere).await;
    assert!(matches!(page.state, PageState::Opening(_)) && page.telegram, "{page:?}");
}

#[tokio::test]
async fn the_logo_is_shown_as_long_as_its_file_is_there() {
    let desk = only_on("").await;
    let folder = desk.library.folder().join("nordby");
    fs::create_dir(folder.join("media")).unwrap();
    fs::write(folder.join("media/logo.png"), [1]).unwrap();
    fs::write(folder.join("_institution.yaml"), "logo: logo.png\nchannels: web\n").unwrap();
    let problems = desk.library.read(now()).await.unwrap().problems;
    assert!(!problems.iter().any(|(p, _)| p.file.contains("_institution")), "{problems:?}");
    let logo = page(&desk).await.logo.expect("a logo");
    assert_eq!((logo.institution.as_str(), logo.file.as_str()), ("nordby", "logo.png"));
    assert!(!page(&desk).await.telegram, "where it runs may be said for all dialogues");
    fs::remove_file(folder.join("media/logo.png")).unwrap();
    assert_eq!(page(&desk).await.logo, None);
}
