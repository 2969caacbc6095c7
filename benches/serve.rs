//! The release binary, idle with an empty store: how soon it is ready, and how much memory it keeps.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let mut ready = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..7 {
        let data = tempfile::tempdir().unwrap();
        let key = data.path().join("key");
        std::fs::write(&key, "0123456789abcdef".repeat(4)).unwrap();
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_snak"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path().join("data"))
            .args(["--dialogues", concat!(env!("CARGO_MANIFEST_DIR"), "/dialogues")])
            .env("SNAK_KEY_FILE", &key)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        ready.push(begun.elapsed());
        assert!(line.starts_with("listening on "), "{line}");
        // Idle: the pages touched while starting stay resident.
        std::thread::sleep(Duration::from_secs(2));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let kib = status
            .lines()
            .find_map(|l| l.strip_prefix("VmRSS:"))
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .to_owned();
        resident.push(kib.parse::<u64>().unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    ready.sort_unstable();
    resident.sort_unstable();
    println!(
        "ready in         {:.1?} (median of {}; least {:.1?}, most {:.1?})",
        ready[3],
        ready.len(),
        ready[0],
        ready[6]
    );
    println!(
        "resident, idle   {:.1} MiB (median; most {:.1} MiB)",
        resident[3] as f64 / 1024.0,
        resident[6] as f64 / 1024.0
    );
}
