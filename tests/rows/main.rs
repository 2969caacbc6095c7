//! How the conversation behaves on Telegram, row by row: each is a test by its number.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod chat;
mod dialogues;
mod house;
#[path = "../support/mod.rs"]
mod support;

/// Each is the chat of its name below `tests/rows/chats/`.
macro_rules! chats {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            chat::play(stringify!($name)).await;
        })*
    };
}

chats! {
    row_36_privacy,
    row_37_my_data,
    row_37_my_data_with_an_address,
    row_38_delete,
    row_38_delete_an_anonymous_answer,
    row_38_delete_nothing,
    row_39_pause_and_stop,
}
