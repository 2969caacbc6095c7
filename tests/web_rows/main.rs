//! How the conversation behaves on the web, row by row: each is a test by its number, or says why it is none.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod chat;
mod coded;
mod given;
mod house;
mod look;
#[path = "../support/mod.rs"]
mod support;

/// Rows about something that pages have not got, and what there is instead.
const NOT_HERE: [(u32, &str); 11] = [
    (8, "a card has two buttons and no field: nothing can be typed before Start"),
    (
        26,
        "a page has no stickers or polls: a form holds what its fields hold, and anything else is no form of ours",
    ),
    (27, "yes and no are two buttons without a field beside them"),
    (
        28,
        "a voice can be sent where one is asked for, with its own yes in the same form; a text question has no field for it",
    ),
    (29, "a file can be sent where one is asked for; a text question has no field for it"),
    (30, "what was sent cannot be edited in place: an answer is mended by its button, rows 11, 32 and 50"),
    (31, "there is no message of one's own to delete: row 38"),
    (
        43,
        "what does not fit is asked for three times at most; how much one address may send is limited: tests/webchat.rs",
    ),
    (44, "nothing is ever sent to whoever closed the page, so nothing need be blocked: row 40"),
    (45, "there are no groups; a page stands in nobody's frame: tests/browser"),
    (
        49,
        "a page is asked for and not sent; one that cannot be reached is tried again by its script: tests/browser",
    ),
];

/// Each is the chat of its name below `tests/web_rows/chats/`.
macro_rules! chats {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            chat::play(stringify!($name)).await;
        })*
    };
}

chats! {
    row_01_first_page_by_a_printed_code,
    row_02_no_code,
    row_02_nothing_is_open,
    row_03_a_code_that_is_unknown_over_or_not_yet_open,
    row_03_nothing_else_is_open,
    row_04_the_same_code_on_the_way,
    row_05_another_code_on_the_way,
    row_06_answered_before,
    row_06_answered_before_and_once_only,
    row_06_answered_before_without_a_name,
    row_07_no_thanks,
    row_09_presses_an_option,
    row_10_presses_twice,
    row_11_a_button_of_an_earlier_question,
    row_12_a_button_of_something_over,
    row_12_an_old_card_on_a_computer_others_use,
    row_13_types_a_label,
    row_14_types_with_a_slip,
    row_15_between_two,
    row_16_fits_nothing,
    row_17_several,
    row_18_in_order,
    row_19_a_scale,
    row_20_open_text,
    row_21_a_number,
    row_22_a_day,
    row_22_a_day_by_its_number,
    row_23_a_place,
    row_24_a_picture,
    row_25_a_number_written,
    row_25_an_address,
    row_32_back,
    row_32_back_to_buttons,
    row_33_skips_what_is_needed,
    row_34_help,
    row_35_language,
    row_36_privacy,
    row_37_my_data,
    row_38_delete,
    row_38_delete_an_anonymous_answer,
    row_38_delete_on_the_way,
    row_39_pause_and_stop,
    row_40_silence,
    row_41_a_cpr_number,
    row_42_danger,
    row_46_there_are_enough_on_the_way,
    row_46_the_period_ends_on_the_way,
    row_47_a_new_version_on_the_way,
    row_48_restarts_and_forms_that_come_twice,
    row_50_an_anonymous_answer,
    row_50_the_last_answer,
    row_51_share,
    row_52_by_typing_alone,
}

#[test]
fn every_row_is_a_test_by_its_number_or_says_why_not() {
    let tests = include_str!("main.rs");
    let is_test = |n: &u32| tests.contains(&format!(" row_{n:02}_"));
    let is_none = |n: &u32| NOT_HERE.iter().any(|(of, _)| of == n);
    let wrong: Vec<u32> = (1..=52).filter(|n| is_test(n) == is_none(n)).collect();
    assert!(wrong.is_empty(), "neither a test nor a reason, or both: {wrong:?}");
}
