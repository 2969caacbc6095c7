//! The real binary, killed, cut off from power, put on a full disk and a damaged one: nothing that was acknowledged is lost,
//! and nothing counts twice.
//!
//! `cargo test --test crash -- [PART…] [--rounds N] [--cuts N] [--seed N]`, or `SNAK_CRASH_ROUNDS`, `_CUTS`, `_SEED`. The disks need
//! root; where that is not given, the test asks `sudo`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the figures are for whoever runs it")]

mod chance;
mod damage;
mod disk;
mod figures;
mod full;
mod kills;
mod power;
mod puller;
#[path = "../support/mod.rs"]
mod support;
mod town;
mod upkeep;
mod visitor;

use chance::Chance;
use figures::Figures;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

const PARTS: [&str; 7] = ["kills", "stops", "upkeep", "damage", "syncs", "cuts", "full"];
/// Those that mount file systems.
const DISKS: [&str; 2] = ["cuts", "full"];

struct Wishes {
    parts: Vec<String>,
    rounds: u64,
    cuts: u64,
    seed: u64,
}

impl Wishes {
    fn read() -> Wishes {
        let from = |name: &str| std::env::var(format!("SNAK_CRASH_{name}")).ok().map(|n| n.parse().unwrap());
        let drawn = || std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 % 1_000_000;
        let (rounds, cuts) = (from("ROUNDS").unwrap_or(30), from("CUTS").unwrap_or(5));
        let mut wishes = Wishes { parts: Vec::new(), rounds, cuts, seed: from("SEED").unwrap_or_else(drawn) };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number behind it");
            match argument.as_str() {
                "--rounds" => wishes.rounds = number(),
                "--cuts" => wishes.cuts = number(),
                "--seed" => wishes.seed = number(),
                // Those of cargo's own harness mean nothing here.
                other if other.starts_with('-') => {}
                part => wishes.parts.push(part.to_owned()),
            }
        }
        wishes
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|p| part.contains(p))
    }
}

fn main() {
    let wishes = Wishes::read();
    let parts: Vec<&str> = PARTS.into_iter().filter(|part| wishes.wants(part)).collect();
    if parts.iter().any(|part| DISKS.contains(part)) {
        alone();
    }
    println!("seed {}", wishes.seed);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for part in parts {
        let (mut figures, begun, chance) = (Figures::default(), Instant::now(), Chance::new(wishes.seed));
        runtime.block_on(async {
            match part {
                "kills" => kills::kills(wishes.rounds, chance, &mut figures).await,
                "stops" => kills::stops(chance, &mut figures).await,
                "upkeep" => upkeep::upkeep(wishes.rounds.div_ceil(3), chance, &mut figures).await,
                "damage" => damage::damage(wishes.rounds, chance, &mut figures).await,
                "full" => full::full(chance, &mut figures).await,
                "syncs" => full::syncs(chance, &mut figures).await,
                "cuts" => power::cuts(wishes.cuts, chance, &mut figures).await,
                other => panic!("no part is called {other}"),
            }
        });
        println!("{}", figures.told(part, begun.elapsed()));
    }
}

// As root, with mounts that nobody else sees and that go when the test ends, however it ends.
fn alone() {
    const INSIDE: &str = "SNAK_CRASH_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return;
    }
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(if root { "unshare" } else { "sudo" });
    if !root {
        let may = Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|o| o.status.success());
        assert!(may, "the disks need root: run it as root, or where `sudo -n` works (apt-get install sudo)");
        command.args(["-n", "-E", "unshare"]);
    }
    command.args(["--mount", "--propagation", "private"]).arg(std::env::current_exe().unwrap());
    let failed = command.args(std::env::args_os().skip(1)).env(INSIDE, "1").exec();
    panic!("`unshare` is needed (apt-get install util-linux): {failed}");
}
