//! How the conversation behaves on Telegram, row by row: each is a test by its number.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod chat;
mod coded;
mod given;
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
    row_01_first_time_by_a_printed_code,
    row_02_nothing_is_open,
    row_02_start_without_a_code,
    row_03_a_code_that_is_unknown_over_or_not_yet_open,
    row_03_whom_to_write_to,
    row_04_the_same_code_on_the_way,
    row_05_another_code_on_the_way,
    row_06_answered_before,
    row_07_no_thanks,
    row_08_types_instead_of_pressing_start,
    row_09_presses_an_option,
    row_10_presses_twice,
    row_11_a_button_of_an_earlier_question,
    row_12_a_button_of_something_over,
    row_13_types_a_label,
    row_14_types_with_a_slip,
    row_15_between_two,
    row_16_fits_nothing,
    row_17_several,
    row_18_in_order,
    row_19_a_scale,
    row_20_open_text,
    row_20_open_text_that_is_needed,
    row_21_a_number,
    row_22_a_day,
    row_22_a_day_by_its_number,
    row_23_a_place,
    row_23_a_place_in_words,
    row_24_a_picture,
    row_25_an_address,
    row_25_a_number_written,
    row_26_what_cannot_be_read,
    row_27_a_thumb,
    row_28_a_voice,
    row_29_a_picture_where_words_are_asked,
    row_30_edits_a_message,
    row_30_edits_while_an_order_is_being_made,
    row_31_deletes_a_message,
    row_32_back,
    row_33_skips_what_is_needed,
    row_34_help,
    row_35_language,
    row_36_privacy,
    row_37_my_data,
    row_37_my_data_with_an_address,
    row_38_delete,
    row_38_delete_an_anonymous_answer,
    row_38_delete_nothing,
    row_39_pause_and_stop,
    row_40_no_after_the_reminder,
    row_40_silence,
    row_41_a_cpr_number,
    row_41_a_cpr_number_under_a_picture,
    row_42_danger,
    row_43_a_stranger,
    row_43_much_that_fits_nothing,
    row_44_blocks_the_bot,
    row_46_the_period_ends_on_the_way,
    row_50_an_anonymous_answer,
    row_50_the_last_answer,
    row_50_whoever_is_a_child,
    row_51_share,
    row_52_by_typing_alone,
}

#[test]
fn every_row_is_a_test_by_its_number() {
    let tests = [include_str!("main.rs"), include_str!("coded.rs")].concat();
    let missing: Vec<u32> = (1..=52).filter(|n| !tests.contains(&format!(" row_{n:02}_"))).collect();
    assert!(missing.is_empty(), "no test for the rows {missing:?}");
}
