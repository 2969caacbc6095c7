//! What `snak check` says to staff, word for word: each case in `tests/problems/` has its pictures, Danish and English, in the
//! `.txt` beside it.
//!
//! A `.yaml` is a dialogue of its own. A `.diff` is `base.yaml` with a few lines changed: those with `-` stand once in the
//! base and give way to those with `+`. The parts that cases may use lie in `parts/`. `UPDATE=1 cargo test --test problems`
//! rewrites the pictures; the diff is reviewed. Every ✎ is tried: with its line written as proposed, the problem is gone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "problems/shared.rs"]
mod shared;

use snak::script::{
    Institution, MediaFile, Part, Parts, Problem, Script, ScriptId, StaffLanguage, against, marked, mended,
    mended_safely, picture,
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

const PARTS: [&str; 5] = ["afstemning", "foelg-op", "hilsen", "skaev", "venlig"];

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
        let problems = told(name(&path), &source).0;
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

/// What is wrong with a case, with the mark ✎ where `--fix` would write; and the text that it would write.
fn told(name: &str, source: &str) -> (Vec<Problem>, String) {
    let own = format!("nordby/{name}.yaml");
    let of_file = |text: &str| {
        let mut problems = check(name, text).1;
        problems.retain(|p| p.file == own);
        problems
    };
    let mut problems = check(name, source).1;
    let (text, done) = match problems.iter().any(Problem::is_safe) {
        true => mended_safely(source, of_file),
        false => (source.to_owned(), Vec::new()),
    };
    marked(&mut problems, &done);
    (problems, text)
}

#[test]
fn a_pen_means_that_fix_writes_it_and_no_pen_that_it_does_not() {
    for (path, source) in cases() {
        let (problems, text) = told(name(&path), &source);
        let has_pen = |p: &Problem| {
            let picture = picture(p, &source_of(p, &source), StaffLanguage::Da);
            picture.lines().next().unwrap().ends_with('✎')
        };
        let lines = |text: &str, p: &Problem| -> Vec<String> {
            let at = p.fix.as_ref().unwrap().at;
            let count = (at.end_line - at.line) as usize + 1;
            text.lines().skip(at.line as usize - 1).take(count).map(str::to_owned).collect()
        };
        let (with, without): (Vec<&Problem>, Vec<&Problem>) = problems.iter().partition(|p| has_pen(p));
        assert!(!with.is_empty() || text == source, "{}: written without a pen", path.display());
        for problem in &with {
            let what = &problem.what.en;
            assert_ne!(lines(&text, problem), lines(&source, problem), "{}: {what}", path.display());
        }
        let alone = |p: &&&Problem| {
            let at = p.fix.as_ref().unwrap().at;
            let beside = |w: &&&Problem| {
                let other = w.fix.as_ref().unwrap().at;
                other.line <= at.end_line && at.line <= other.end_line
            };
            !with.iter().any(|w| beside(&w))
        };
        let own = format!("nordby/{}.yaml", name(&path));
        for problem in without.iter().filter(|p| p.fix.is_some() && p.file == own).filter(alone) {
            let what = &problem.what.en;
            assert_eq!(lines(&text, problem), lines(&source, problem), "{}: {what}", path.display());
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

/// What is told of a dialogue of which the base is published: each `.diff` in `against/`; with a `.before` beside it, the base with
/// those lines changed.
#[test]
fn what_would_hurt_the_published_answers_is_told() {
    let mut differ = Vec::new();
    for path in in_folder("against", "diff") {
        let lines = fs::read_to_string(path.with_extension("before")).unwrap_or_default();
        let published = changed(base(), &lines);
        let before = check("base", &published).0.unwrap();
        let text = changed(base(), &fs::read_to_string(&path).unwrap());
        let (now, problems) = check(name(&path), &text);
        let now = now.unwrap_or_else(|| panic!("{}: {problems:#?}", path.display()));
        let problems = against((&before, &published), (&now, &text));
        assert!(against((&now, &text), (&now, &text)).is_empty(), "{}", path.display());
        let pictures =
            |language| -> String { problems.iter().map(|p| picture(p, &text, language) + "\n").collect() };
        let told = format!("{}{}", pictures(StaffLanguage::Da), pictures(StaffLanguage::En));
        differ.extend(golden(&path.with_extension("txt"), &told));
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The file of an institution, with the files of [`MEDIA`] in its folder.
#[test]
fn what_is_wrong_with_an_institution_is_told() {
    let source = fs::read_to_string(folder().join("institutions/nordby.yaml")).unwrap();
    let problems = Institution::beside("nordby", &source, Some(MEDIA.map(media).into())).1;
    let pictures =
        |language| -> String { problems.iter().map(|p| picture(p, &source, language) + "\n").collect() };
    let told = format!("{}{}", pictures(StaffLanguage::Da), pictures(StaffLanguage::En));
    assert_eq!(golden(&folder().join("an_institution.txt"), &told), None);
}

/// Two dialogues with one code and one keyword; only the second is checked.
#[test]
fn names_that_a_neighbour_has_are_told_of_one_file_too() {
    let room = tempfile::tempdir().unwrap();
    let text = base().replacen("  places:", "  keywords: [parken, Engparken]\n  places:", 1);
    for institution in ["havnen", "nordby"] {
        fs::create_dir(room.path().join(institution)).unwrap();
        fs::write(room.path().join(institution).join("parken.yaml"), &text).unwrap();
    }
    let told: String = ["da", "en"]
        .iter()
        .map(|language| {
            let run = Command::new(env!("CARGO_BIN_EXE_snak"))
                .args(["check", "--lang", language])
                .arg(room.path().join("nordby/parken.yaml"))
                .env("SNAK_DIALOGUES", room.path())
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
            format!(
                "$ snak check --lang {language} nordby/parken.yaml\n{}\n",
                String::from_utf8(run.stdout).unwrap()
            )
        })
        .collect();
    assert_eq!(golden(&folder().join("a_neighbour.txt"), &told), None);
}

/// Files that no one reads, and a folder with none that anyone does.
#[test]
fn a_file_with_the_wrong_ending_is_told_and_an_empty_folder_too() {
    let room = tempfile::tempdir().unwrap();
    for (folder, file) in [
        ("havnen", "scenen.yaml.txt"),
        ("havnen", "Salen.yml"),
        ("havnen/parts", "hilsen.yml"),
        ("nordby", "parken.yaml"),
    ] {
        fs::create_dir_all(room.path().join(folder)).unwrap();
        fs::write(room.path().join(folder).join(file), base()).unwrap();
    }
    fs::create_dir_all(room.path().join("tom/tom")).unwrap();
    let mut told = String::new();
    for (below, code) in
        [("", 1), ("havnen", 1), ("havnen/Salen.yml", 1), ("havnen/parts/hilsen.yml", 1), ("tom", 2)]
    {
        for language in ["da", "en"] {
            let run = Command::new(env!("CARGO_BIN_EXE_snak"))
                .args(["check", "--lang", language])
                .arg(room.path().join(below))
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(code), "{below}: {}", String::from_utf8_lossy(&run.stderr));
            told += &format!(
                "$ snak check --lang {language} {below}\n{}\n",
                String::from_utf8(run.stdout).unwrap()
            );
        }
    }
    assert_eq!(golden(&folder().join("a_wrong_ending.txt"), &told), None);
}

fn in_folder(below: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder().join(below)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == extension));
    paths.sort();
    paths
}

/// What is told instead of what the file says, if it is something else.
fn golden(path: &Path, told: &str) -> Option<String> {
    if std::env::var("UPDATE").is_ok() {
        fs::write(path, told).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    (written != told).then(|| format!("{}\n{told}", path.display()))
}

/// The codes that a file of ours names.
fn codes_in(room: &str) -> Vec<String> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
    let mut codes: Vec<String> = Vec::new();
    for file in fs::read_dir(room).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        let is_code = |w: &&[u8]| {
            w[0] == b'"'
                && w[1].is_ascii_uppercase()
                && w[2..5].iter().all(u8::is_ascii_digit)
                && w[5] == b'"'
        };
        let quoted = source.as_bytes().windows(6).filter(is_code);
        codes.extend(quoted.map(|w| String::from_utf8_lossy(&w[1..5]).into_owned()));
    }
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn every_code_of_the_catalogue_has_its_picture_in_both_languages() {
    let list = fs::read_to_string(folder().join("codes.txt")).unwrap();
    let catalogue: Vec<(&str, &str)> = list
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| (l.split_whitespace().next().unwrap(), l.split_whitespace().nth(1).unwrap()))
        .collect();
    let mut ours: Vec<String> = ["src/script", "src/library"].into_iter().flat_map(codes_in).collect();
    ours.sort();
    ours.dedup();
    let mut codes: Vec<&str> = catalogue.iter().map(|(code, _)| *code).collect();
    codes.sort_unstable();
    assert_eq!(ours, codes, "the checker's codes, and the catalogue's in codes.txt");

    let pictures: String = ["", "against"]
        .into_iter()
        .flat_map(|below| in_folder(below, "txt"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut missing: Vec<String> = Vec::new();
    for (code, severities) in catalogue {
        for severity in severities.chars() {
            let heads = match severity {
                'e' => ["fejl", "error"],
                'w' => ["advarsel", "warning"],
                _ => ["oplysning", "info"],
            };
            let shown = |head: &&str| pictures.lines().any(|l| l.starts_with(&format!("{head}[{code}]: ")));
            missing.extend(heads.iter().filter(|h| !shown(h)).map(|head| format!("{head}[{code}]")));
        }
        let of_another =
            [('e', "error"), ('w', "warning"), ('i', "info")].into_iter().find(|(sign, head)| {
                !severities.contains(*sign) && pictures.contains(&format!("\n{head}[{code}]: "))
            });
        assert_eq!(of_another, None, "{code} is {severities} in codes.txt");
    }
    assert!(missing.is_empty(), "no case tells {missing:?}");
}
