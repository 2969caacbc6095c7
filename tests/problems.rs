//! What `snak check` says to staff, word for word: each case in `tests/problems/` has its pictures, Danish and English, in the
//! `.txt` beside it.
//!
//! A `.yaml` is a dialogue of its own. A `.diff` is `base.yaml` with a few lines changed: those with `-` stand once in the
//! base and give way to those with `+`. The parts that cases may use lie in `parts/`. `UPDATE=1 cargo test --test problems`
//! rewrites the pictures; the diff is reviewed. Every ✎ is tried: with its line written as proposed, the problem is gone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use snak::script::{
    Institution, MediaFile, Part, Parts, Problem, Script, ScriptId, StaffLanguage, mended, picture,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

fn base() -> String {
    fs::read_to_string(folder().join("base.yaml")).unwrap()
}

fn check(name: &str, source: &str) -> (Option<Script>, Vec<Problem>) {
    let id = ScriptId(format!("nordby/{name}"));
    let mut institution = Institution::named_after("nordby");
    institution.parts = PARTS.map(part).into();
    institution.media = Some(MEDIA.map(media).into());
    Script::check(&id, source, &Parts { institution })
}

const PARTS: [&str; 4] = ["foelg-op", "hilsen", "skaev", "venlig"];

/// What lies in the institution's folder `media`, and how many bytes it has.
const MEDIA: [(&str, u64); 3] =
    [("parken.jpg", 300_000), ("kort/plan.png", 14_200_000), ("turen.mp4", 900_000)];

fn media((name, bytes): (&str, u64)) -> MediaFile {
    MediaFile { name: name.to_owned(), bytes }
}

fn part(name: &str) -> Part {
    let source = fs::read_to_string(folder().join(format!("parts/{name}.yaml"))).unwrap();
    Part { name: name.to_owned(), file: format!("nordby/parts/{name}.yaml"), source }
}

/// The text that a problem of a case is in: the case's own, or a part's.
fn source_of(problem: &Problem, own: &str) -> String {
    let of_part = PARTS.map(part).into_iter().find(|p| p.file == problem.file);
    of_part.map_or_else(|| own.to_owned(), |p| p.source)
}

/// The base with the lines of `diff` changed.
fn changed(mut text: String, diff: &str) -> String {
    let mut change = |old: &mut String, new: &mut String| {
        if old.is_empty() {
            return;
        }
        assert_eq!(text.matches(&*old).count(), 1, "these lines do not stand once in the base:\n{old}");
        text = text.replacen(&*old, new, 1);
        old.clear();
        new.clear();
    };
    let (mut old, mut new) = (String::new(), String::new());
    for line in diff.lines() {
        if let Some(added) = line.strip_prefix('+') {
            new += &format!("{added}\n");
            continue;
        }
        if !new.is_empty() || line.is_empty() {
            change(&mut old, &mut new);
        }
        if let Some(gone) = line.strip_prefix('-') {
            old += &format!("{gone}\n");
        }
    }
    change(&mut old, &mut new);
    text
}

fn cases() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let source = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        match path.extension().and_then(|e| e.to_str()) {
            Some("diff") => Some(changed(base(), &text)),
            Some("yaml") if !path.ends_with("base.yaml") => Some(text),
            _ => None,
        }
    };
    paths.into_iter().filter(|p| p.is_file()).filter_map(|p| source(&p).map(|s| (p, s))).collect()
}

fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

#[test]
fn every_mistake_is_told_as_written() {
    let (clean, problems) = check("base", &base());
    assert!(clean.is_some() && problems.is_empty(), "the base is not clean: {problems:#?}");
    let mut differ = Vec::new();
    for (path, source) in cases() {
        let problems = check(name(&path), &source).1;
        assert!(!problems.is_empty(), "{}: nothing is wrong with it", path.display());
        let pictures = |language| -> String {
            problems.iter().map(|p| picture(p, &source_of(p, &source), language) + "\n").collect()
        };
        let told = format!("{}{}", pictures(StaffLanguage::Da), pictures(StaffLanguage::En));
        let golden = path.with_extension("txt");
        if std::env::var("UPDATE").is_ok() {
            fs::write(&golden, &told).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != told {
            differ.push(format!("{}\n{told}", golden.display()));
        }
    }
    assert!(differ.is_empty(), "{} differ from what is written:\n\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn every_proposal_mends_what_it_is_about() {
    for (path, source) in cases() {
        let problems = check(name(&path), &source).1;
        let own = format!("nordby/{}.yaml", name(&path));
        for problem in problems.iter().filter(|p| p.fix.is_some() && p.file == own) {
            let after = mended(&source, [problem]);
            let left = check(name(&path), &after).1;
            let count = |list: &[Problem]| list.iter().filter(|p| p.code == problem.code).count();
            assert!(
                count(&left) < count(&problems),
                "{}: {} is still there after\n{:?}\n{after}",
                path.display(),
                problem.what.en,
                problem.fix
            );
        }
    }
}

/// A folder with what is told of whole files, and with more mistakes than fit on a screen.
fn folder_of_trouble() -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    let institution = |name: &str| {
        let folder = room.path().join(name);
        fs::create_dir(&folder).unwrap();
        folder
    };
    let (aaby, havnen, nordby) = (institution("aaby"), institution("havnen"), institution("nordby"));
    let numbered =
        |n: usize, line: &str| (1..=n).map(|n| line.replace('N', &n.to_string())).collect::<String>();
    let steps = numbered(200, "  - say: {da: Trin N, en: Step N}\n");
    let options = numbered(60, "      o_N: {da: Svar N, en: Answer N}\n");
    let files = [
        (aaby.join("parken.yaml"), base()),
        (aaby.join("skoven.yaml"), base()),
        (havnen.join("Ny_dialog.yaml"), base().replacen("code: park", "code: ny", 1)),
        (havnen.join("nuller.yaml"), base().replacen("steps:", "\0steps:", 1)),
        (havnen.join("rulle.yaml"), "x".repeat(300_000)),
        (havnen.join("trin.yaml"), base().replacen("sections:", &format!("{steps}sections:"), 1)),
        (havnen.join("valg.yaml"), base().replacen("      lys:\n", &format!("{options}      lys:\n"), 1)),
        (room.path().join("hjemloes.yaml"), base()),
        (nordby.join("_institution.yaml"), "name: Nordby\nkontakt: nordby@nordby.example\n".to_owned()),
        (nordby.join("parken.yaml"), base().replace("        en:", "        ne:")),
    ];
    for (path, text) in files {
        fs::write(path, text).unwrap();
    }
    fs::write(havnen.join("gammel.yaml"), b"title: Hvad mangler \xe5en?\n").unwrap();
    std::os::unix::fs::symlink(folder().join("base.yaml"), havnen.join("ude.yaml")).unwrap();
    room
}

#[test]
fn the_command_shows_ten_and_names_the_rest() {
    let room = folder_of_trouble();
    let told: String = ["da", "en"]
        .iter()
        .map(|language| {
            let run = Command::new(env!("CARGO_BIN_EXE_snak"))
                .args(["check", "--lang", language])
                .arg(room.path())
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
            format!("$ snak check --lang {language}\n{}\n", String::from_utf8(run.stdout).unwrap())
        })
        .collect();
    let golden = folder().join("a_folder.txt");
    if std::env::var("UPDATE").is_ok() {
        fs::write(&golden, &told).unwrap();
    }
    assert_eq!(fs::read_to_string(&golden).unwrap_or_default(), told);
}

#[test]
fn every_code_has_a_picture() {
    let of_folder = folder().join("a_folder.txt");
    let pictures: String = cases()
        .iter()
        .map(|(path, _)| path.with_extension("txt"))
        .chain([of_folder])
        .map(|path| fs::read_to_string(path).unwrap_or_default())
        .collect();
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/script");
    let mut missing: Vec<String> = Vec::new();
    for file in fs::read_dir(room).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        for quoted in source.split('"').skip(1).step_by(2) {
            let is_code = quoted.len() == 4
                && quoted.starts_with(|c: char| c.is_ascii_uppercase())
                && quoted[1..].bytes().all(|b| b.is_ascii_digit());
            if is_code && !pictures.contains(&format!("[{quoted}]")) {
                missing.push(quoted.to_owned());
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "no case tells {missing:?}");
}
