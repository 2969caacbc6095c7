//! Conversations as they read: each `.chat` is played against its script and must come out word for word.
//!
//! The script is the one `.yaml` beside the `.chat`, else `dialogues/<path of the folder>.yaml`. Between any two lines the
//! session is stored and read back. `UPDATE=1 cargo test --test transcripts` rewrites the files; the diff is reviewed.
//!
//! ```text
//! at: 2026-11-23T10:00:00+01:00     when it begins; `place:` and `language:` may follow
//! count: quota/by/sag/total 3       what a counter stood at before
//! other: by/sag/udsagn a7 words     what somebody else has contributed to a vote or an idea, approved
//! you: [Start]                      a button; `you: words`; `you: /tilbage`; `you: (klistermærke)`
//! you: [Start] again                a button that has gone since: pressed late, or on a copy of the message
//! then: words                       the same, a second later instead of ten
//! wait: 1d                          so long nothing is said; the wake-ups that fall due come (`-- woken` and the local time)
//! bot: words                        what is said, with its buttons below
//! edit: words                       what an earlier message becomes
//! = id value                        an answer that is now kept
//! -- finished (end, complete)
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::play::play;

fn chats(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            chats(&path, found);
        } else if path.extension().is_some_and(|e| e == "chat") {
            found.push(path);
        }
    }
}

#[test]
fn every_transcript_comes_out_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut found = Vec::new();
    chats(&root, &mut found);
    assert!(found.len() >= 2, "only {} transcripts found below {}", found.len(), root.display());
    let mut failed = Vec::new();
    for path in &found {
        let written = fs::read_to_string(path).unwrap();
        let script = support::play::script_of(path, &root);
        let played = play(&script, &written);
        if played == written {
            continue;
        }
        if std::env::var("UPDATE").is_ok() {
            fs::write(path, &played).unwrap();
        } else {
            failed.push(format!("{}\n{}", path.display(), support::play::difference(&written, &played)));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} transcripts differ\n\n{}",
        failed.len(),
        found.len(),
        failed.join("\n")
    );
}
