//! Three whole dialogues, each broken in every way of the catalogue: the code, its line and its column, in both languages.
//!
//! `shared/NAME.changes` lists the mistakes in `shared/NAME.yaml`; where each must be told stands in it, marked with `‸`, and is not
//! taken from what the checker says. What it says is in `NAME.txt`, one line for each problem.

use super::{changed, folder, golden};
use snak::script::{
    Institution, MediaFile, Part, Parts, Problem, Script, ScriptId, StaffLanguage, against, picture,
};
use std::fs;
use std::process::Command;

const MARK: char = '‸';

/// One mistake: the code it must have, what it is, and the lines that make it.
struct Mistake {
    code: String,
    what: String,
    lines: String,
}

fn shared(file: &str) -> String {
    fs::read_to_string(folder().join("shared").join(file)).unwrap()
}

fn mistakes(name: &str) -> Vec<Mistake> {
    let list = shared(&format!("{name}.changes"));
    let mut mistakes: Vec<Mistake> = Vec::new();
    for line in list.lines().filter(|l| !l.starts_with("# ")) {
        match (line.chars().next(), mistakes.last_mut()) {
            (None | Some('+' | '-'), Some(last)) => last.lines += &format!("{line}\n"),
            (None, None) => {}
            (Some(_), _) => {
                let (code, what) = line.split_once(' ').unwrap();
                mistakes.push(Mistake { code: code.to_owned(), what: what.to_owned(), lines: String::new() });
            }
        }
    }
    mistakes
}

struct Dialogue {
    id: ScriptId,
    text: String,
}

impl Dialogue {
    fn check(&self, text: &str) -> (Option<Script>, Vec<Problem>) {
        // One of the institutions has a file of its own.
        let mut institution = match self.id.institution() {
            "kulturhuset-havnen" => {
                Institution::beside("kulturhuset-havnen", &shared("_institution.yaml"), None).0
            }
            other => Institution::named_after(other),
        };
        let source = shared("foelg-op.yaml");
        let file = "_shared/parts/foelg-op.yaml".to_owned();
        institution.parts = [Part { name: "foelg-op".to_owned(), file, source }].into();
        institution.media = Some([MediaFile { name: "kort.png".to_owned(), bytes: 1000 }].into());
        Script::check(&self.id, text, &Parts { institution })
    }

    /// What is told of a changed text, without what is told of the dialogue as it is; for some codes beside that as published.
    fn problems(&self, text: &str, beside: bool) -> Vec<Problem> {
        let (before, known) = self.check(&self.text);
        let before = before.unwrap_or_else(|| panic!("{} is not clean: {known:#?}", self.id));
        let (now, mut problems) = self.check(text);
        if let Some(now) = now.as_ref().filter(|_| beside) {
            problems.extend(against((&before, &self.text), (now, text)));
        }
        let line =
            |text: &str, p: &Problem| text.lines().nth(p.at.line as usize - 1).unwrap_or_default().to_owned();
        let known: Vec<_> = known.iter().map(|p| (p.code, p.what.clone(), line(&self.text, p))).collect();
        problems.retain(|p| !known.contains(&(p.code, p.what.clone(), line(text, p))));
        problems
    }
}

/// Line and column of the mark, and the text without it.
fn marked(text: &str) -> (Option<(u32, u32)>, String) {
    let place = text.find(MARK).map(|at| {
        let before = &text[..at];
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        (before.matches('\n').count() as u32 + 1, column as u32)
    });
    (place, text.replace(MARK, ""))
}

fn told(problem: &Problem) -> String {
    let Problem { code, at, what, .. } = problem;
    format!("    {}:{} {code} {} / {}\n", at.line, at.column, what.da, what.en)
}

/// A sentence, a reason and a way out, in either language, with the place in the picture.
fn is_whole(problem: &Problem, text: &str) -> bool {
    [StaffLanguage::Da, StaffLanguage::En].into_iter().all(|language| {
        let place = format!("[{}:{}:{}]", problem.file, problem.at.line, problem.at.column);
        let own = |t: &snak::script::Both| !t.to(language).is_empty();
        let drawn = picture(problem, text, language);
        own(&problem.what) && own(&problem.why) && own(&problem.mend) && drawn.contains(&place)
    }) && problem.what.da != problem.what.en
        && problem.why.da != problem.why.en
}

fn every_mistake_is_told_where_it_is(id: &str) {
    let (_, name) = id.split_once('/').unwrap();
    let dialogue = Dialogue { id: ScriptId(id.to_owned()), text: shared(&format!("{name}.yaml")) };
    let mistakes = mistakes(name);
    let (mut wrong, mut all) = (Vec::new(), String::new());
    for Mistake { code, what, lines } in &mistakes {
        if lines.trim().is_empty() {
            assert!(what.len() > 20, "{code}: a reason why it cannot be made in {name}");
            continue;
        }
        let (place, text) = marked(&changed(dialogue.text.clone(), lines));
        let problems = dialogue.problems(&text, code == "T302" || code.starts_with('V'));
        all += &format!("{code} {what}\n{}", problems.iter().map(told).collect::<String>());
        let found = problems.iter().find(|p| p.code == code && Some((p.at.line, p.at.column)) == place);
        let right = match found {
            None => code == "none" && problems.is_empty(),
            Some(problem) => is_whole(problem, &text) || problem.file != format!("{id}.yaml"),
        };
        if !right {
            let list: String = problems.iter().map(told).collect();
            wrong.push(format!("{name}: {code} {what}, expected at {place:?}, but\n{list}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for line in shared("../codes.txt").lines().filter(|l| !l.starts_with('#')) {
        let code = line.split_whitespace().next().unwrap();
        assert!(mistakes.iter().any(|m| m.code == code), "{name}.changes says nothing of {code}");
    }
    assert_eq!(golden(&folder().join(format!("shared/{name}.txt")), &all), None);
}

#[test]
fn the_library_dialogue_is_told_of_every_mistake() {
    every_mistake_is_told_where_it_is("nordby-bibliotek/aabningstider");
}

#[test]
fn the_park_dialogue_is_told_of_every_mistake() {
    every_mistake_is_told_where_it_is("nordby-idraet/parken-engen");
}

#[test]
fn the_stage_dialogue_is_told_of_every_mistake() {
    every_mistake_is_told_where_it_is("kulturhuset-havnen/aaben-scene");
}

/// Every mandatory field taken away in turn: told at the line it belongs below.
#[test]
fn each_field_of_the_header_is_missed() {
    const FIELDS: [&str; 13] = [
        "format",
        "title",
        "owner",
        "contact",
        "purpose",
        "method",
        "target_group",
        "expected_effect",
        "give_back",
        "period",
        "privacy",
        "entry",
        "audience",
    ];
    for id in ["nordby-bibliotek/aabningstider", "nordby-idraet/parken-engen"] {
        let (_, name) = id.split_once('/').unwrap();
        let dialogue = Dialogue { id: ScriptId(id.to_owned()), text: shared(&format!("{name}.yaml")) };
        for field in FIELDS {
            let is_key = |l: &str| l.starts_with(|c: char| c.is_ascii_lowercase());
            let mut inside = false;
            let mut kept = String::new();
            for line in dialogue.text.lines() {
                inside = if is_key(line) { line.starts_with(&format!("{field}:")) } else { inside };
                if !inside {
                    kept += &format!("{line}\n");
                }
            }
            // The mandatory field before it; of the first one, what stands first now.
            let at =
                |key: &str| kept.lines().position(|l| l.starts_with(&format!("{key}:"))).unwrap() as u32 + 1;
            let before = FIELDS.iter().take_while(|f| **f != field).last();
            let line = at(before.copied().unwrap_or("title"));
            let problems = dialogue.problems(&kept, false);
            let found =
                problems.iter().find(|p| p.code == "H501" && p.label.en.contains(&format!("`{field}`")));
            let found = found.unwrap_or_else(|| panic!("{name} without {field}: {problems:#?}"));
            assert_eq!((found.at.line, found.at.column), (line, 1), "{name} without {field}");
            assert!(is_whole(found, &kept), "{found:#?}");
        }
    }
}

/// Entry codes and keywords of the other two, each taken over in one of the three: told of that file alone.
#[test]
fn names_that_another_of_the_three_has_are_told() {
    const IDS: [&str; 3] =
        ["nordby-bibliotek/aabningstider", "nordby-idraet/parken-engen", "kulturhuset-havnen/aaben-scene"];
    const NAMES: [&str; 3] = ["Nordby Bibliotek", "Nordby Idraet", ""];
    // Which of the three, the code, the right line and the wrong one, and whose the name is.
    const TAKEN: [(usize, &str, &str, &str, usize); 6] = [
        (0, "E701", "  code: aabn\n", "  code: ‸park\n", 1),
        (1, "E701", "  code: park\n", "  code: ‸scene\n", 2),
        (2, "E701", "  code: scene\n", "  code: ‸aabn\n", 0),
        (0, "E703", "bibliotek, library]", "bibliotek, ‸Engparken]", 1),
        (1, "E703", "  keywords: [engparken, parken, park]", "  keywords: [engparken, ‸Havnen, park]", 2),
        (2, "E703", "  keywords: [scene, havnen, stage]", "  keywords: [scene, ‸bibliotek, stage]", 0),
    ];
    for (no, code, right, wrong, whose) in TAKEN {
        let room = tempfile::tempdir().unwrap();
        let mut place = None;
        for (n, id) in IDS.iter().enumerate() {
            let path = room.path().join(format!("{id}.yaml"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = shared(&format!("{}.yaml", id.split_once('/').unwrap().1));
            let text = if n == no { text.replacen(right, wrong, 1) } else { text };
            let (at, text) = marked(&text);
            place = place.or(at);
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(room.path().join("_shared/parts")).unwrap();
        fs::write(room.path().join("_shared/parts/foelg-op.yaml"), shared("foelg-op.yaml")).unwrap();
        fs::write(room.path().join("kulturhuset-havnen/_institution.yaml"), shared("_institution.yaml"))
            .unwrap();
        for language in ["da", "en"] {
            let run = Command::new(env!("CARGO_BIN_EXE_snak"))
                .args(["check", "--format", "json", "--lang", language])
                .arg(room.path().join(format!("{}.yaml", IDS[no])))
                .env("SNAK_DIALOGUES", room.path())
                .output()
                .unwrap();
            let told: Vec<serde_json::Value> = serde_json::from_slice(&run.stdout).unwrap();
            let found =
                told.iter().find(|p| p["code"] == code).unwrap_or_else(|| panic!("{code}: {told:#?}"));
            let (line, column) = place.unwrap();
            assert_eq!((&found["line"], &found["column"]), (&line.into(), &column.into()), "{found}");
            let name = match (NAMES[whose], language) {
                ("", "da") => "Kulturhuset Havnen",
                ("", _) => "The Harbour Culture House",
                (name, _) => name,
            };
            let owner = format!("{name} ({}.yaml", IDS[whose]);
            assert!(found["message"].as_str().unwrap().contains(&owner), "{found}");
        }
    }
}
