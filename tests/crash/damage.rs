//! A store that was cut or has flipped bits is refused in a sentence, or every answer is still there: never silently fewer.

use crate::chance::Chance;
use crate::figures::Figures;
use crate::support::service::Place;
use crate::town::Town;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const EXPORT: [&str; 4] = ["export", "nordby-bibliotek/aabningstider", "--format", "ndjson"];

pub async fn damage(rounds: u64, mut chance: Chance, figures: &mut Figures) {
    let mut town = Town::new(chance.split()).await;
    town.turns(150).await;
    // Part of it was there when the service last began, and part came since.
    town.stop().await;
    town.serve();
    town.turns(150).await;
    town.kill();
    let killed = Place::default();
    copy(&town.place.data().join("store"), &killed.data().join("store"));
    town.serve();
    town.finish().await;
    town.stop().await;
    let closed = Place::default();
    copy(&town.place.data().join("store"), &closed.data().join("store"));
    for (store, state) in [(&killed, "killed"), (&closed, "closed")] {
        // Of a copy: to open a store is to write to it.
        let whole = said(&copied(store).snak(&EXPORT).output().unwrap());
        let Ok(whole) = whole else { panic!("an unhurt store is refused: {whole:?}") };
        assert!(whole.lines().count() > 10, "{whole}");
        let (mut refused, mut free) = (0, 0);
        for _ in 0..rounds {
            let hurt = copied(store);
            let how = hurt_one(&hurt.data().join("store"), &mut chance);
            match said(&hurt.snak(&EXPORT).output().unwrap()) {
                Ok(rows) if rows == whole => free += 1,
                Ok(rows) => panic!(
                    "{state}, {how}: {} rows without a word, where {} were acknowledged",
                    rows.lines().count(),
                    whole.lines().count()
                ),
                Err(sentence) => {
                    let clear = sentence.starts_with("snak: ") && !sentence.contains("panicked");
                    assert!(clear, "{state}, {how}: no clear sentence: {sentence}");
                    refused += 1;
                }
            }
        }
        println!("damage, {state} store: {refused} refused, {free} with every row still there");
    }
    figures.turns += town.world.turns();
}

// What it gave, or the last line of why not.
fn said(out: &Output) -> Result<String, String> {
    match out.status.success() {
        true => Ok(String::from_utf8(out.stdout.clone()).unwrap()),
        false => Err(String::from_utf8_lossy(&out.stderr).lines().last().unwrap_or_default().to_owned()),
    }
}

// One file is cut, or has a bit flipped where something is written.
fn hurt_one(store: &Path, chance: &mut Chance) -> String {
    let files = files(store);
    let (path, bytes) = &files[chance.below(files.len() as u64) as usize];
    let mut bytes = bytes.clone();
    let written = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1) as u64;
    let at = chance.below(written) as usize;
    let how = match chance.below(3) {
        0 => {
            bytes.truncate(at);
            "cut"
        }
        _ => {
            bytes[at] ^= 1 << chance.below(8);
            "a bit flipped"
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{} {how} at {at} of {written}", path.strip_prefix(store).unwrap().display())
}

// Most of what is kept lies in `db`: it is hurt as often as all others together.
fn files(store: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = crate::support::service::files(store);
    let db = all.iter().find(|(path, _)| path.ends_with("db")).cloned().expect("a db file");
    all.extend(std::iter::repeat_n(db, all.len()));
    all
}

fn copied(of: &Place) -> Place {
    let place = Place::default();
    copy(&of.data().join("store"), &place.data().join("store"));
    place
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in crate::support::service::files(from) {
        let copy = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, bytes).unwrap();
    }
}
