//! What `snak check --fix` does to a file: the places it tells of change, and every other byte stays.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;
use snak::script::{Institution, Parts, Problem, Script, ScriptId, mended, mended_safely};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn base() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base.yaml")).unwrap()
}

fn check(source: &str) -> Vec<Problem> {
    let id = ScriptId("nordby/park".to_owned());
    Script::check(&id, source, &Parts { institution: Institution::named_after("nordby") }).1
}

/// Slips of the kind that carries a proposal, each made in one line of the base.
const SLIPS: [(&str, &str); 20] = [
    ("    shuffle: true\n", "    bland: true\n"),
    ("    max_length: 80\n", "    max_lenght: 80\n"),
    ("        exclusive: true\n", "        exlusive: true\n"),
    ("        goto: fare\n", "        gå_til: fare\n"),
    ("      bruger: [aldrig, sjældent]\n", "      bruger: [aldrig, sjælden]\n"),
    ("      da: Tak for turen.\n", "      da: Husk: parken lukker kl. 22.\n"),
    ("      da: Tak for turen.\n", "      da: Tak! Følg os på #nordby hele året.\n"),
    ("      da: Tak for turen.\n", "      da: @nordby siger tak\n"),
    ("      da: Tak for turen.\n", "      da:Tak for turen.\n"),
    ("    id: alder\n", "\t\tid: alder\n"),
    (
        "      da: Hvor gammel er du?\n      en: How old are you?\n",
        "    da: Hvor gammel er du?\n    en: How old are you?\n",
    ),
    ("purpose:", "formål:"),
    ("  - ask:\n      da: Hvad hedder din vej?\n", "    ask:\n      da: Hvad hedder din vej?\n"),
    ("  - ask:\n      da: Hvad hedder din vej?\n", "  -ask:\n      da: Hvad hedder din vej?\n"),
    ("    type: number\n", "    type:\tnumber\n"),
    ("    type: number\n", "    type:number\n"),
    ("    type: number\n", "    type number\n"),
    ("        da: Lys\n        en: Light\n", "      da: Lys\n      en: Light\n"),
    ("      en: Hi, and thank you for helping!\n", "      en:Hi, and thank you for helping!\n"),
    ("languages: [da, en]", "languages: [dansk, en]"),
];

fn with_slips(slips: &[usize]) -> String {
    let mut text = base();
    for slip in slips {
        let (right, wrong) = SLIPS[*slip];
        text = text.replacen(right, wrong, 1);
    }
    text
}

#[test]
fn every_slip_is_mended_and_nothing_comes_instead() {
    for (n, (_, wrong)) in SLIPS.iter().enumerate() {
        let source = with_slips(&[n]);
        assert!(check(&source).iter().any(Problem::is_error), "{wrong}: nothing is wrong with it");
        let (text, done) = mended_safely(&source, check);
        assert!(!done.is_empty(), "{wrong}: not mended, although {:#?}", check(&source));
        assert_eq!(check(&text), [], "{wrong}\n{text}");
    }
}

#[test]
fn a_mending_that_would_make_another_mistake_is_left_to_people() {
    // The id that is proposed is taken.
    let source = base().replacen("id: vej\n", "id: alder!\n", 1);
    let told = check(&source);
    assert!(told.iter().any(|p| p.fix.as_ref().is_some_and(|f| f.text == "alder")), "{told:#?}");
    assert_eq!(mended_safely(&source, check), (source.clone(), Vec::new()));
    // Where people are sent, when a dialogue is open, what is printed on posters, and what a lone quotation mark was meant for:
    // nobody but the author knows.
    for (right, wrong) in [
        ("        goto: fare\n", "        goto: farer\n"),
        ("        goto: fare\n", "        visit: brugere\n"),
        ("  to: 2027-04-12\n", "  to: 2025-04-12\n"),
        ("  code: park\n", "  code: hvad-mangler-parken\n"),
        ("      da: Tak for turen.\n", "      da: Skønt! Husk: kortet ligger i skranken.\"\n"),
        (
            "        goto: fare\n",
            "        andet:\n          da: Noget andet\n          en: Else\n        goto: fare\n",
        ),
    ] {
        let source = base().replacen(right, wrong, 1);
        assert!(check(&source).iter().any(Problem::is_error), "{wrong}: nothing is wrong with it");
        assert_eq!(mended_safely(&source, check), (source.clone(), Vec::new()), "{wrong}");
    }
    // `shuffle` is there already.
    let source = base().replacen("    shuffle: true\n", "    shuffle: true\n    bland: true\n", 1);
    assert_eq!(mended_safely(&source, check).0, source);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Also with other slips about, with Windows line ends and a mark in front.
    #[test]
    fn all_other_bytes_stay(
        slips in prop::collection::vec(0..SLIPS.len(), 1..4),
        windows: bool,
        mark: bool,
    ) {
        let mut source = with_slips(&slips);
        if windows {
            source = source.replace('\n', "\r\n");
        }
        if mark {
            source.insert(0, '\u{feff}');
        }
        let (text, done) = mended_safely(&source, check);
        prop_assert!(!done.is_empty(), "{:#?}", check(&source));
        prop_assert_eq!(text.starts_with('\u{feff}'), mark);
        prop_assert_eq!(text.matches('\n').count(), source.matches('\n').count());
        prop_assert_eq!(text.matches("\r\n").count(), source.matches("\r\n").count());
        let touched: Vec<u32> =
            done.iter().filter_map(|p| p.fix.as_ref()).flat_map(|f| f.at.line..=f.at.end_line).collect();
        for ((old, new), n) in source.split('\n').zip(text.split('\n')).zip(1u32..) {
            prop_assert!(old == new || touched.contains(&n), "line {} was not told of: {:?} -> {:?}", n, old, new);
        }
        let errors = |t: &str| check(t).iter().filter(|p| p.is_error()).count();
        prop_assert!(errors(&text) < errors(&source));
        prop_assert_eq!(mended_safely(&text, check), (text.clone(), Vec::new()), "the second time");
    }

    /// Of one proposal, the bytes before and after its place.
    #[test]
    fn one_proposal_touches_its_own_place_alone(slip in 0..SLIPS.len(), windows: bool) {
        let mut source = with_slips(&[slip]);
        if windows {
            source = source.replace('\n', "\r\n");
        }
        for problem in check(&source).iter().filter(|p| p.fix.is_some()) {
            let at = problem.fix.as_ref().unwrap().at;
            let after = mended(&source, [problem]);
            let byte = |line: u32, column: u32| {
                let start: usize = source.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
                let text = source[start..].lines().next().unwrap();
                start + text.chars().take(column as usize - 1).map(char::len_utf8).sum::<usize>()
            };
            let (from, to) = (byte(at.line, at.column), byte(at.end_line, at.end_column));
            prop_assert!(after.starts_with(&source[..from]) && after.ends_with(&source[to..]), "{}", after);
        }
    }
}

fn snak(room: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_snak")).arg("check").args(arguments).arg(room).output().unwrap()
}

#[test]
fn the_command_writes_the_files_and_says_so() {
    let room = tempfile::tempdir().unwrap();
    let nordby = room.path().join("nordby");
    fs::create_dir(&nordby).unwrap();
    let (park, link) = (nordby.join("park.yaml"), nordby.join("vej.yaml"));
    let wrong = with_slips(&[0, 5, 9]).replace('\n', "\r\n");
    fs::write(&park, &wrong).unwrap();
    fs::set_permissions(&park, fs::Permissions::from_mode(0o640)).unwrap();
    fs::write(nordby.join("_institution.yaml"), "name: Nordby\nstaff_language: en\nretires: 3\n").unwrap();

    let before = snak(room.path(), &[]);
    assert_eq!(before.status.code(), Some(1));
    assert!(String::from_utf8(before.stdout).unwrap().contains("error[Y104]"), "English, as its staff read");
    assert_eq!(fs::read_to_string(&park).unwrap(), wrong, "without --fix nothing is written");

    let run = snak(room.path(), &["--fix"]);
    let told = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(0), "{told}\n{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "All is well: 1 dialogue checked.\n");
    for line in [
        "mended nordby/_institution.yaml:3:1: [Y104] `retires` is not a word the service knows here\n    retries: 3\n",
        "[Y101] the colon makes this text unreadable for the service\n    da: \"Husk: parken lukker kl. 22.\"\n",
        "[Y104] `bland` is not a word the service knows here\n    shuffle: true\n",
        "[Y106] the line begins with a tab\n    id: alder\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let right =
        with_slips(&[5]).replacen("Husk: parken lukker kl. 22.", "\"Husk: parken lukker kl. 22.\"", 1);
    assert_eq!(fs::read_to_string(&park).unwrap(), right.replace('\n', "\r\n"));
    assert_eq!(fs::metadata(&park).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(&nordby).unwrap().count(), 2, "nothing is left behind");

    let again = snak(room.path(), &["--fix"]);
    assert_eq!((again.status.code(), again.stderr.len()), (Some(0), 0));

    // A link inside the folder stays a link; a folder that cannot be written to is told.
    std::os::unix::fs::symlink(&park, &link).unwrap();
    fs::write(&park, with_slips(&[0])).unwrap();
    snak(room.path(), &["--fix"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&park).unwrap(), base());
}

#[test]
fn the_list_for_programs_has_the_fields_of_the_contract() {
    let room = tempfile::tempdir().unwrap();
    let nordby = room.path().join("nordby");
    fs::create_dir(&nordby).unwrap();
    fs::write(nordby.join("park.yaml"), with_slips(&[0])).unwrap();
    let run = snak(room.path(), &["--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let line = with_slips(&[0]).lines().position(|l| l == "    bland: true").unwrap() + 1;
    assert_eq!(
        list,
        serde_json::json!([{
            "file": "nordby/park.yaml", "line": line, "column": 5, "end_line": line, "end_column": 10,
            "severity": "error", "code": "Y104", "message": "`bland` er ikke et ord, tjenesten kender her",
            "why": "mulighederne ville ikke blive blandet", "mend": "shuffle: true",
            "fix": {"at": {"line": line, "column": 5, "end_line": line, "end_column": 10}, "text": "shuffle"},
        }])
    );
    // Warnings alone are clean, except with --strict.
    fs::write(nordby.join("park.yaml"), base().replacen("keep: 12 months", "keep: 30 months", 1)).unwrap();
    assert_eq!(snak(room.path(), &[]).status.code(), Some(0));
    assert_eq!(snak(room.path(), &["--strict"]).status.code(), Some(1));
    fs::write(nordby.join("park.yaml"), base()).unwrap();
    let run = snak(room.path(), &["--format", "json", "--strict"]);
    assert_eq!((run.status.code(), String::from_utf8(run.stdout).unwrap()), (Some(0), "[]\n".to_owned()));
}
