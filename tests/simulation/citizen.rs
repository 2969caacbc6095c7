//! What citizens do: at random while things go wrong, then to the purpose, to see that every dialogue can be ended.

use super::platform::{Chat, Platform};
use super::town::Chance;
use snak::channel::Content;
use snak::engine::{ButtonKind, Input, Press};
use std::sync::Arc;
use std::time::Duration;

const ENTRIES: [&str; 3] = ["hal_her", "havn", ""];

/// Does something every now and then, and for ever.
pub async fn lives(platform: Arc<Platform>, citizen: usize) {
    acts(platform, citizen, usize::MAX, |chat, chance, _| anything(citizen, chat, chance)).await;
}

/// Mostly answers what is asked, so many times.
pub async fn answers(platform: Arc<Platform>, citizen: usize, times: usize) {
    acts(platform, citizen, times, |chat, chance, round| {
        match chance.one_in(4) || chat.messages.is_empty() {
            true => anything(citizen, chat, chance),
            false => forward(chat, round),
        }
    })
    .await;
}

async fn acts(
    platform: Arc<Platform>,
    citizen: usize,
    times: usize,
    next: impl Fn(&Chat, &Chance, usize) -> Content,
) {
    for round in 0..times {
        let (content, pause) = platform.look(citizen, |chat, chance| {
            // Two at once, or after a while.
            let pause = if chance.one_in(5) { 0 } else { chance.between(200, 20_000) };
            (next(chat, chance, round), Duration::from_millis(pause))
        });
        tokio::time::sleep(pause).await;
        platform.act(citizen, content);
    }
}

fn anything(citizen: usize, chat: &Chat, chance: &Chance) -> Content {
    if chat.messages.is_empty() {
        return Content::Start { payload: (*chance.pick(&ENTRIES[..2]).unwrap()).to_owned() };
    }
    match chance.below(40) {
        0 => Content::Start { payload: (*chance.pick(&ENTRIES).unwrap()).to_owned() },
        1 => Content::Blocked,
        2 => Content::Input(Input::Stop),
        3 => Content::Input(Input::Back),
        4 => Content::Input(Input::Skip),
        5 => Content::Input(Input::Unreadable),
        6..=8 => pressed(chat, chance, 12).unwrap_or(Content::Input(Input::Help)),
        9..=25 => pressed(chat, chance, 2).unwrap_or_else(|| typed(citizen, chance)),
        _ => typed(citizen, chance),
    }
}

// Words that nobody else types.
fn typed(citizen: usize, chance: &Chance) -> Content {
    let words = match chance.below(4) {
        0 => "ja".to_owned(),
        1 => "1 og 2".to_owned(),
        _ => format!("ord {} fra {citizen}", chance.below(1_000)),
    };
    Content::Input(Input::Text(words))
}

// Some button of the newest messages.
fn pressed(chat: &Chat, chance: &Chance, newest: usize) -> Option<Content> {
    let recent = chat.messages.iter().rev().take(newest);
    let buttons: Vec<Press> = recent.flat_map(|(_, m)| m.buttons.iter().flatten()).map(|b| b.press).collect();
    chance.pick(&buttons).map(|press| Content::Input(Input::Press(*press)))
}

/// The next thing to do by somebody who wants to get to the end.
pub fn forward(chat: &Chat, round: usize) -> Content {
    let last = chat.messages.back().map(|(_, m)| m);
    let wanted = |kind: ButtonKind| {
        matches!(kind, ButtonKind::Start | ButtonKind::GoOn | ButtonKind::Done | ButtonKind::Keep)
    };
    let buttons = last.into_iter().flat_map(|m| m.buttons.iter().flatten());
    let press = buttons.map(|b| b.press).find(|p| wanted(p.button));
    let words = ["1", "ja", "start", "Bedre lys"][round % 4];
    match press.filter(|_| round.is_multiple_of(2)) {
        Some(press) => Content::Input(Input::Press(press)),
        None => Content::Input(Input::Text(words.to_owned())),
    }
}
