//! `snak chat` as staff meet it: the dialogue on standard output, what the program says of itself beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is said beside the dialogue, and how the command ends.
fn chat(room: &Path, arguments: &[&str], typed: &str) -> (String, Option<i32>) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_snak"))
        .arg("chat")
        .args(arguments)
        .arg("--dialogues")
        .arg(room)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that ends at once does not read.
    let _ = run.stdin.take().unwrap().write_all(typed.as_bytes());
    let out = run.wait_with_output().unwrap();
    (String::from_utf8(out.stderr).unwrap(), out.status.code())
}

#[test]
fn the_program_speaks_the_language_of_staff() {
    let room = tempfile::tempdir().unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base.yaml");
    fs::create_dir(room.path().join("nordby")).unwrap();
    fs::copy(base, room.path().join("nordby/park.yaml")).unwrap();

    let (said, code) = chat(room.path(), &["nordby/park"], "start\naldrig\n/slut\n/spring\n/stop\n");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(
        said,
        "Du prøver dialogen: intet gemmes. Skriv et svars nummer eller ord, eller dine egne ord.\n\
         Du kan også skrive: /tilbage /spring /stop /hjaelp /privatliv /sprog /del\n\
         `/slut` kendes ikke. Du kan skrive: /tilbage /spring /stop /hjaelp /privatliv /sprog /del\n\
         \nSamtalen er slut: 1 svar, 1 sprunget over, 0 opgivet. Intet er gemt.\n"
    );

    let (said, code) = chat(room.path(), &["nordby/park", "--lang", "en"], "start\n/end\nNever\n");
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(
        said,
        "You are trying the dialogue: nothing is stored. Type an answer's number or words, or your own words.\n\
         You can also type: /back /skip /stop /help /privacy /language /share\n\
         `/end` is not known. You can type: /back /skip /stop /help /privacy /language /share\n\
         snak: the input ended before the dialogue did\n"
    );

    let (said, code) = chat(room.path(), &["nordby/parken"], "");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.starts_with("snak: der er ingen dialog nordby/parken i "), "{said}");
}
