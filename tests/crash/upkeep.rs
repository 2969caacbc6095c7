//! Killed while it makes a backup, changes its key or is restored: the store opens with everything in it, a copy is whole or
//! is refused, and a restore leaves the old or the new.

use crate::chance::Chance;
use crate::figures::Figures;
use crate::support::service::Place;
use crate::town::Town;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const DIALOGUE: &str = "nordby-bibliotek/aabningstider";

pub async fn upkeep(rounds: u64, mut chance: Chance, figures: &mut Figures) {
    let mut town = Town::new(chance.split()).await;
    town.turns(60).await;
    // How long it takes when nobody kills it.
    let first = town.place.folder.path().join("backup-first");
    let begun = Instant::now();
    done(&town.place, &["backup", first.to_str().unwrap()]);
    let whole = begun.elapsed() + Duration::from_millis(50);
    let mut last = first.clone();
    for round in 0..rounds {
        town.turns(20).await;
        let backup = town.place.folder.path().join(format!("backup-{round}"));
        let arguments: &[&str] = match chance.below(2) {
            0 => &["backup", backup.to_str().unwrap()],
            _ => &["key", "rotate"],
        };
        // It works while the service runs, and without it.
        let serving = chance.below(3) > 0;
        if !serving {
            town.stop().await;
        }
        let before = ids_pulled(&town);
        let mut child = started(&town.place, arguments);
        tokio::time::sleep(whole.mul_f64(chance.below(1000) as f64 / 1000.0)).await;
        match serving {
            true => town.kill(),
            false => child.kill().unwrap(),
        }
        child.wait().unwrap();
        town.serve();
        town.cursors_hold().await;
        assert_eq!(generations(&town.place.data().join("store")), 1, "nothing is left of a copy");
        figures.kills += 1;
        if arguments[0] == "backup" && made(&backup, &before) {
            last = backup;
        }
    }
    restores(rounds, [&first, &last], &mut chance, figures).await;
    town.close(figures).await;
}

// A backup is there with all that was acknowledged before it began, or there is none: what is half made is refused.
fn made(backup: &Path, before: &BTreeSet<String>) -> bool {
    let half = backup.with_extension("new");
    if half.exists() && !half.join("CURRENT").exists() {
        refused(&half);
    }
    if !backup.exists() {
        refused(backup);
        return false;
    }
    let place = Place::default();
    done(&place, &["restore", backup.to_str().unwrap()]);
    let there = ids(&place);
    assert!(before.is_subset(&there), "a backup lacks what was acknowledged before it began");
    true
}

fn refused(backup: &Path) {
    let place = Place::default();
    let out = place.snak(&["restore", backup.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("was not restored") && said.contains("no whole backup"), "{said}");
}

// The store is what it was, or what the backup holds. Where it is neither, the service says so and a second restore mends it.
async fn restores(rounds: u64, backups: [&Path; 2], chance: &mut Chance, figures: &mut Figures) {
    let place = Place::default();
    let mut held = Vec::new();
    let begun = Instant::now();
    for backup in backups {
        done(&place, &["restore", backup.to_str().unwrap()]);
        held.push(ids(&place));
    }
    let whole = begun.elapsed() / 2;
    let mut now = 1;
    for _ in 0..rounds {
        let other = 1 - now;
        let mut child = started(&place, &["restore", backups[other].to_str().unwrap()]);
        tokio::time::sleep(whole.mul_f64(chance.below(1000) as f64 / 1000.0)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let there = ids(&place);
        assert!(held.contains(&there), "neither the old nor the new: {} rows", there.len());
        if there == held[other] {
            now = other;
        }
        figures.kills += 1;
    }
    let beside =
        std::fs::read_dir(place.data()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = beside.filter(|n| n.starts_with("store.") && n != "store.lock").collect();
    assert_eq!(left, Vec::<String>::new(), "nothing is left of a restore that was broken off");
}

fn generations(store: &Path) -> usize {
    let names = std::fs::read_dir(store).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|n| n.starts_with("generation-")).count()
}

fn started(place: &Place, arguments: &[&str]) -> Child {
    place.snak(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn done(place: &Place, arguments: &[&str]) {
    place.output(arguments);
}

fn ids_pulled(town: &Town) -> BTreeSet<String> {
    town.world.pulled().iter().map(|row| row["response"].to_string()).collect()
}

fn ids(place: &Place) -> BTreeSet<String> {
    let rows = place.output(&["export", DIALOGUE, "--format", "ndjson"]);
    let rows = rows.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    rows.map(|row| row["response"].to_string()).collect()
}
