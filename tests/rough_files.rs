//! Files that are no dialogue, or are saved in an odd way: a clear problem or a clean reading, at once, never a panic.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use snak::library;
use snak::script::{AnswerType, Institution, Parts, Problem, Script, ScriptId, StaffLanguage, picture};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn base() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base.yaml");
    fs::read_to_string(path).unwrap()
}

/// The problems of a text, checked in well under a second, each with its picture in both languages.
fn told(what: &str, source: &str) -> Vec<Problem> {
    let started = Instant::now();
    let id = ScriptId("nordby/prøve".to_owned());
    let (script, problems) =
        Script::check(&id, source, &Parts { institution: Institution::named_after("nordby") });
    for problem in problems.iter().take(20) {
        for language in [StaffLanguage::Da, StaffLanguage::En] {
            let drawn = picture(problem, source, language);
            assert!(drawn.lines().all(|l| l.chars().count() < 500), "{what}: {drawn}");
        }
        assert!(!problem.why.is_empty() && !problem.mend.is_empty(), "{what}: {problem:?} gives no advice");
    }
    let took = started.elapsed();
    assert!(took < Duration::from_millis(900), "{what}: {took:?} for {} problems", problems.len());
    assert_eq!(script.is_some(), !problems.iter().any(Problem::is_error), "{what}");
    problems
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    let mut list: Vec<&str> = problems.iter().map(|p| p.code).collect();
    list.dedup();
    list
}

#[test]
fn files_of_another_editor_read_the_same() {
    let base = base();
    assert_eq!(told("base", &base), []);
    assert_eq!(told("CRLF", &base.replace('\n', "\r\n")), []);
    assert_eq!(told("BOM", &format!("\u{feff}{base}")), []);
    assert_eq!(told("BOM and CRLF", &format!("\u{feff}{}", base.replace('\n', "\r\n"))), []);
    assert_eq!(told("no last line end", base.trim_end()), []);
    assert_eq!(told("blanks at line ends", &base.replace('\n', "  \n")), []);
    assert_eq!(told("--- first", &format!("---\n{base}")), []);
    // macOS writes å as two code points: the name is one all the same.
    let decomposed = base.replacen("bænke:", "ba\u{30a}nke:", 1).replace("steps:", "# no\u{301}te\nsteps:");
    let (script, problems) = Script::check(
        &ScriptId("nordby/prøve".to_owned()),
        &decomposed,
        &Parts { institution: Institution::named_after("nordby") },
    );
    assert_eq!(problems, []);
    let script = script.unwrap();
    assert!(script.question("mangler").unwrap().answer.options().unwrap().find("b\u{e5}nke").is_some());
    // Words that other readers of YAML take for truth and numbers stay as they are typed.
    let words = base.replacen("        exclusive: true\n", "        also: [No, on, 1.10, ~, null]\n", 1);
    assert_eq!(told("words", &words), []);
}

#[test]
fn files_that_are_no_dialogue_are_told_so() {
    let base = base();
    let big = format!("{base}# {}\n", "x".repeat(10_000_000));
    assert_eq!(codes(&told("10 MB", &big)), ["Y109"]);
    assert_eq!(codes(&told("nothing", "")), ["Y108"]);
    assert_eq!(codes(&told("blanks", " \n\n  \n")), ["Y108"]);
    assert_eq!(codes(&told("a note", "# kommer snart\n")), ["Y108"]);
    assert_eq!(codes(&told("nulls", &"\0".repeat(5000))), ["Y109"]);
    assert_eq!(codes(&told("a null in the middle", &base.replacen("steps:", "\0steps:", 1))), ["Y109"]);
    assert_eq!(codes(&told("an old Mac", &base.replace('\n', "\r"))), ["Y109"]);
    assert_eq!(codes(&told("two documents", &format!("{base}---\n{base}"))), ["Y103"]);
    assert_eq!(codes(&told("a text", "Hej, jeg er en dialog.\n")), ["Y103"]);
    assert_eq!(
        codes(&told("a web page", "<!DOCTYPE html>\n<html lang=\"da\">\n<body>Hej</body>\n</html>\n")),
        ["Y103"]
    );
    assert!(!told("JSON", "{\"format\": 1, \"title\": \"Hej\"}").is_empty());
}

#[test]
fn depth_bombs_and_crowds_are_told_at_once() {
    let base = base();
    for (what, open) in [("brackets", "["), ("braces", "{a: "), ("dashes", "- "), ("question marks", "? ")] {
        assert!(!told(what, &open.repeat(100_000 / open.len())).is_empty(), "{what}");
        assert!(!told(what, &format!("{base}x: {}", open.repeat(50_000))).is_empty(), "{what}");
    }
    let stairs: String = (0..600).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert!(!told("stairs", &stairs).is_empty());
    let bomb: String =
        (1..20).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
    let bomb = told("an alias bomb", &format!("a0: &a0 lol\n{bomb}{base}"));
    assert!(codes(&bomb).contains(&"Y105"), "{:?}", codes(&bomb));
    let tabs = base.replace("  ", "\t");
    assert!(codes(&told("tabs", &tabs)).contains(&"Y106"));
    let colons = "      da: Husk: det er i morgen\n".repeat(8000);
    assert!(!told("broken lines", &format!("{base}{colons}")).is_empty());
    let keys: String = (0..20_000).map(|n| format!("k{n}: 1\n")).collect();
    assert!(codes(&told("unknown words", &format!("{base}{keys}"))).contains(&"Y104"));
    assert!(
        codes(&told("a word again and again", &format!("{base}{}", "minutes: 2\n".repeat(20_000))))
            .contains(&"Y107")
    );
    let steps = "  - say: {da: Hej, en: Hi}\n".repeat(8000);
    let crowd = base.replacen("sections:", &format!("{steps}sections:"), 1);
    assert_eq!(codes(&told("steps", &crowd)), ["Y109"]);
    let options: String = (0..5000).map(|n| format!("      o{n}: {{da: S{n}, en: A{n}}}\n")).collect();
    let crowd = base.replacen("      lys:\n", &format!("{options}      lys:\n"), 1);
    assert_eq!(codes(&told("options", &crowd)), ["Y109"]);
    let long = base.replacen("Hej, og tak for hjælpen!", &"_hej ".repeat(40_000), 1);
    assert_eq!(codes(&told("a long text", &long)), ["T304"]);
    let pipes = base.replacen("Hej, og tak for hjælpen!", &"${x}".repeat(40_000), 1);
    assert!(codes(&told("pipes", &pipes)).contains(&"T304"));
    let jumps: String = (0..150).map(|n| format!("  - goto: sted{n}\n")).collect();
    let sections: String = (0..8000).map(|n| format!("  afsnit{n}: []\n")).collect();
    let lost = base.replacen("sections:\n", &format!("{jumps}sections:\n{sections}"), 1);
    assert!(codes(&told("sections", &lost)).contains(&"F206"));
    for pattern in [
        "(a{1000}){1000}",
        "((((a{50}){50}){50}){50})",
        "(a|b|c)*\\p{L}{500}{500}",
        "(a+)+$",
        "(a|aa)+",
        "(.*)*x",
        "a*a*a*a*a*a*b",
    ] {
        let text = base.replacen("    max_length: 80", &format!("    pattern: '{pattern}'"), 1);
        let problems = told(pattern, &text);
        assert!(problems.is_empty() || codes(&problems) == ["A454"], "{pattern}: {problems:?}");
        // What is accepted answers at once, whatever citizens write.
        let id = ScriptId("nordby/prøve".to_owned());
        let script = Script::check(&id, &text, &Parts { institution: Institution::named_after("nordby") }).0;
        let Some(AnswerType::Text { pattern: Some(built), .. }) =
            script.as_ref().and_then(|s| s.question("vej")).map(|q| &q.answer)
        else {
            continue;
        };
        let started = Instant::now();
        built.is_match(&format!("{}!", "a".repeat(4096)));
        assert!(started.elapsed() < Duration::from_millis(900), "{pattern}: {:?}", started.elapsed());
    }
}

#[test]
fn files_on_disk_that_cannot_be_read_are_told_and_the_rest_is() {
    let away = tempfile::tempdir().unwrap();
    fs::write(away.path().join("secret.yaml"), base()).unwrap();
    let room = tempfile::tempdir().unwrap();
    let nordby = room.path().join("nordby");
    fs::create_dir(&nordby).unwrap();
    fs::write(nordby.join("god.yaml"), base()).unwrap();
    fs::write(
        nordby.join("latin1.yaml"),
        base()
            .replace('æ', "\u{1}")
            .as_bytes()
            .iter()
            .map(|b| if *b == 1 { 0xe6 } else { *b })
            .collect::<Vec<u8>>(),
    )
    .unwrap();
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(base().encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(nordby.join("utf16.yaml"), wide).unwrap();
    // As macOS writes å.
    fs::write(nordby.join("a\u{30a}ben.yaml"), base()).unwrap();
    fs::write(nordby.join("Store Bogstaver.yaml"), base()).unwrap();
    fs::create_dir(nordby.join("mappe.yaml")).unwrap();
    std::os::unix::fs::symlink(nordby.join("rundt.yaml"), nordby.join("rundt.yaml")).unwrap();
    let havnen = room.path().join("havnen");
    fs::create_dir(&havnen).unwrap();
    fs::write(havnen.join("god.yaml"), base()).unwrap();
    fs::write(away.path().join("defaults"), "name: Et hemmeligt navn\n").unwrap();
    std::os::unix::fs::symlink(away.path().join("defaults"), havnen.join("_institution.yaml")).unwrap();
    fs::write(nordby.join("stor.yaml"), vec![b'x'; 10_000_000]).unwrap();
    std::os::unix::fs::symlink(away.path().join("secret.yaml"), nordby.join("ude.yaml")).unwrap();
    std::os::unix::fs::symlink(nordby.join("god.yaml"), nordby.join("inde.yaml")).unwrap();
    std::os::unix::fs::symlink(away.path(), room.path().join("langt-ude")).unwrap();

    let mut seen: Vec<(String, String)> = Vec::new();
    for file in library::scan(room.path()).unwrap() {
        let (script, problems) = file.check();
        let first = problems.first().map(|p| format!("{} {}", p.code, p.what.en)).unwrap_or_default();
        assert_eq!(script.is_some(), problems.is_empty(), "{}", file.id);
        let own = [format!("{}.yaml", file.id), format!("{}/_institution.yaml", file.id.institution())];
        assert!(problems.iter().all(|p| own.contains(&p.file)), "{problems:?}");
        seen.push((file.id.to_string(), first));
    }
    let outside = "Y109 the file is a link out of the folder of dialogues and is not read";
    let expected = [
        ("havnen/god", outside),
        ("langt-ude/secret", outside),
        ("nordby/Store Bogstaver", "E702 `Store Bogstaver` cannot stand in a link or a QR code"),
        ("nordby/a\u{30a}ben", "E702 `a\u{30a}ben` cannot stand in a link or a QR code"),
        ("nordby/god", ""),
        ("nordby/inde", ""),
        ("nordby/latin1", "Y109 the file is not saved as UTF-8 text"),
        ("nordby/stor", "Y109 the file is larger than 256 KiB"),
        ("nordby/ude", outside),
        ("nordby/utf16", "Y109 the file is not saved as UTF-8 text"),
    ];
    assert_eq!(seen, expected.map(|(id, what)| (id.to_owned(), what.to_owned())));
    let (script, problems) = library::file(&nordby.join("ude.yaml")).unwrap().check();
    assert!(script.is_none() && codes(&problems) == ["Y109"], "named on its own: {problems:?}");
}

#[test]
fn mistakes_of_the_institutions_file_are_shown_in_its_own_lines() {
    let room = tempfile::tempdir().unwrap();
    let nordby = room.path().join("nordby");
    fs::create_dir(&nordby).unwrap();
    fs::write(nordby.join("a.yaml"), base()).unwrap();
    fs::write(nordby.join("b.yaml"), base()).unwrap();
    fs::write(nordby.join("_institution.yaml"), "name: Nordby\nkontakt: nordby@nordby.example\n").unwrap();
    for file in library::scan(room.path()).unwrap() {
        let problems = file.check().1;
        let drawn = picture(&problems[0], file.source_of(&problems[0]), StaffLanguage::Da);
        assert!(drawn.contains("nordby/_institution.yaml:2:1"), "{drawn}");
        assert!(drawn.contains(" 2 │ kontakt: nordby@nordby.example"), "{drawn}");
    }
    fs::write(nordby.join("_institution.yaml"), [0xff, 0xfe, b'n']).unwrap();
    for file in library::scan(room.path()).unwrap() {
        let (script, problems) = file.check();
        assert!(script.is_none() && problems[0].file == "nordby/_institution.yaml", "{problems:?}");
    }
}
