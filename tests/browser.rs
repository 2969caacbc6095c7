//! The web chat in a real browser: Chromium against the real service. The walks are in `tests/browser`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "a test says what it saw")]

mod support;

use std::path::Path;
use std::process::Command;
use support::service::Place;

fn walk(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(Path::new("/usr/bin/chromium").exists(), "the test needs Chromium: apt-get install chromium");
    assert!(
        folder.join("node_modules").exists(),
        "the test needs what drives it: npm ci --prefix tests/browser"
    );
    let place = Place::default();
    let service = place.serve();
    let walked = Command::new("node").arg(folder.join(name)).arg(&service.url).output();
    let walked = walked.expect("the test needs Node.js: apt-get install nodejs npm");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    println!("{}", said(&walked.stdout));
    assert!(walked.status.success(), "{name}: {}", said(&walked.stderr));
}

#[test]
fn a_citizen_without_javascript_comes_to_the_end() {
    walk("plain.mjs");
}

#[test]
fn a_citizen_with_a_keyboard_alone_comes_to_the_end() {
    walk("keyboard.mjs");
}

#[test]
fn the_page_changes_in_place_and_gets_over_a_broken_connection() {
    walk("live.mjs");
}

#[test]
fn a_place_is_shared_by_pressing_a_button_or_written() {
    walk("place.mjs");
}

#[test]
fn a_link_on_another_site_leads_in_and_no_frame_holds_it() {
    walk("elsewhere.mjs");
}

#[test]
fn axe_finds_nothing_on_any_page() {
    walk("axe.mjs");
}
