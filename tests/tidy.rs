//! The house stands as drawn: which room may name which, and who may touch what. A new arrow is a decision, made here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name. A path such as `privacy::redaction` allows that part alone.
const ARROWS: [(&str, &[&str]); 13] = [
    ("script", &[]),
    ("engine", &["script", "privacy::redaction"]),
    ("export", &["script", "engine"]),
    ("privacy", &["storage"]),
    ("settings", &[]),
    ("gate", &[]),
    ("metrics", &[]),
    ("channel", &["engine", "script", "gate"]),
    ("library", &["script", "engine", "export", "storage"]),
    ("delivery", &["channel", "engine", "metrics", "storage"]),
    ("dispatch", &["library", "channel", "engine", "script", "privacy", "metrics", "storage"]),
    ("web", &["library", "channel", "engine", "script", "export", "gate", "metrics", "storage"]),
    (
        "cli",
        &[
            "web", "dispatch", "delivery", "library", "channel", "engine", "export", "script", "metrics",
            "settings", "storage",
        ],
    ),
];

/// Words that may stand only below these paths.
const ONLY: [(&str, &[&str]); 23] = [
    ("teloxide", &["src/channel/telegram/"]),
    ("axum", &["src/web/", "src/gate/hops.rs", "src/channel/webchat/", "src/channel/telegram/webhook.rs"]),
    ("maud", &["src/web/", "src/channel/webchat/"]),
    ("reqwest", &["src/channel/telegram/", "src/cli/"]),
    ("sled", &["storage/src/sled_store/"]),
    (
        "tokio",
        &[
            "src/channel/",
            "src/cli/",
            "src/delivery/",
            "src/dispatch/",
            "src/gate/meter.rs",
            "src/library/",
            "src/web/",
            "storage/src/",
        ],
    ),
    ("prometheus_client", &["src/metrics/"]),
    ("std::fs", &["src/cli/", "src/library/", "src/settings.rs", "storage/src/sled_store/"]),
    ("fs::", &["src/cli/", "src/library/", "src/settings.rs", "storage/src/sled_store/"]),
    ("std::env", &["src/cli/"]),
    ("std::net", &["src/settings.rs", "src/cli/", "src/gate/", "src/web/", "src/channel/webchat/"]),
    ("std::thread", &["storage/src/sled_store/"]),
    ("Timestamp::now", &["src/cli/", "src/web/", "src/channel/webchat/"]),
    ("Zoned::now", &[]),
    ("SystemTime", &["storage/src/sled_store/media.rs"]),
    (
        "Instant",
        &[
            "src/channel/telegram/",
            "src/gate/meter.rs",
            "src/metrics/",
            "src/web/guard.rs",
            "src/delivery/",
            "storage/src/sled_store/",
        ],
    ),
    ("getrandom", &["src/cli/", "src/web/", "src/channel/webchat/", "storage/src/seal.rs"]),
    ("now_v7", &["src/cli/"]),
    ("rand::", &[]),
    ("engine::advance", &["src/dispatch/", "src/cli/chat.rs"]),
    ("engine::start", &["src/dispatch/", "src/cli/chat.rs"]),
    ("crate::settings", &["src/cli/"]),
    ("snak::", &["src/main.rs"]),
];

/// One channel does not name another.
const CHANNELS: [&str; 2] = ["telegram", "webchat"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The code alone: no comments, no unit tests at the end of the file, no words in quotation marks.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let line = |l: &str| {
        let code = l.split("//").next().unwrap_or_default();
        code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
    };
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn room(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap_or("");
    below.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn is_word(text: &str, at: usize, length: usize) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    let open = |c: Option<char>| c.is_none_or(|c| !part(c));
    // `rand::` and `fs::` end in no letter: only what stands before them counts.
    open(before) && (text[at..at + length].ends_with(':') || open(after))
}

fn names(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| is_word(text, at, word.len()))
}

/// What stands after `crate::`, groups in braces opened: `crate::{a::b, c}` names `a::b` and `c`.
fn named_rooms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with("pub(in ") {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        let path = |t: &str| {
            t.trim().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect::<String>()
        };
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split('}').next().unwrap_or_default().split(',').map(path)),
            None => found.push(path(rest)),
        }
    }
    found
}

/// What is wrong with one file.
fn wrong(path: &str, source: &str) -> Vec<String> {
    let text = code(source);
    let mut wrong = Vec::new();
    let me = room(path);
    if let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| *room == me) {
        for named in named_rooms(&text) {
            let other = named.split("::").next().unwrap_or_default();
            let known = ARROWS.iter().any(|(room, _)| *room == other);
            if known
                && other != me
                && !allowed.iter().any(|a| named == *a || named.starts_with(&format!("{a}::")))
            {
                wrong.push(format!("{path}: `{me}` may not name `{named}`"));
            }
        }
        if names(&text, "storage") && !allowed.contains(&"storage") {
            wrong.push(format!("{path}: `{me}` may not name `storage`"));
        }
    } else if path.starts_with("src/") && !matches!(me, "lib" | "main") {
        wrong.push(format!("{path}: `{me}` is a room that is not in the table"));
    }
    for (word, places) in ONLY {
        if names(&text, word) && !places.iter().any(|p| path.starts_with(p)) && path != "src/lib.rs" {
            wrong.push(format!(
                "{path}: `{word}` may stand only in {}",
                if places.is_empty() { "no file".to_owned() } else { places.join(", ") }
            ));
        }
    }
    for (own, other) in [(CHANNELS[0], CHANNELS[1]), (CHANNELS[1], CHANNELS[0])] {
        if path.starts_with(&format!("src/channel/{own}/"))
            && named_rooms(&text).iter().any(|n| n.starts_with(&format!("channel::{other}")))
        {
            wrong.push(format!("{path}: one channel names another"));
        }
    }
    if !source.starts_with("//! ") {
        wrong.push(format!("{path}: the first line says the file's one job, behind `//!`"));
    }
    wrong
}

#[test]
fn no_arrow_leads_where_none_is_drawn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "storage/src"] {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 50, "only {} files found", files.len());
    let all: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            wrong(&path, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn each_never_is_caught_when_it_is_planted() {
    let planted = [
        ("src/engine/walk.rs", "use std::fs;"),
        ("src/engine/walk.rs", "let now = Timestamp::now();"),
        ("src/script/model.rs", "use tokio::sync::watch;"),
        ("src/export/csv.rs", "use axum::body::Body;"),
        ("src/engine/walk.rs", "use storage::Store;"),
        ("src/engine/walk.rs", "use crate::dispatch::Dispatch;"),
        ("src/engine/walk.rs", "use crate::{privacy::pseudonym, script::Script};"),
        ("src/channel/mod.rs", "use crate::delivery::Delivery;"),
        ("src/channel/webchat/mod.rs", "use crate::channel::telegram::Telegram;"),
        ("src/web/export.rs", "crate::engine::advance(script, session, input, moment)"),
        ("src/web/export.rs", "use crate::dispatch::Dispatch;"),
        ("src/dispatch/mod.rs", "use teloxide::Bot;"),
        ("src/library/", "fn f(db: sled::Db) {}"),
        ("storage/src/rows.rs", "use snak::engine::Session;"),
        ("src/web/router.rs", "use crate::settings::Settings;"),
        ("src/attic.rs", "fn f() {}"),
    ];
    for (path, line) in planted {
        assert!(!wrong(path, &format!("//! A file.\n{line}\n")).is_empty(), "{path}: {line}");
    }
    assert!(wrong("src/engine/walk.rs", "//! A file.\nuse crate::script::Script; // tokio\n").is_empty());
}
