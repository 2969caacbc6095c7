//! Any one line moved by a few blanks: the file is still read as it was meant, or that line alone is blamed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use snak::script::{Institution, Parts, Problem, Script, ScriptId, mended_safely};
use std::fs;
use std::path::Path;

fn errors(source: &str) -> Vec<Problem> {
    let id = ScriptId("nordby/park".to_owned());
    let (_, mut problems) =
        Script::check(&id, source, &Parts { institution: Institution::named_after("nordby") });
    problems.retain(Problem::is_error);
    problems
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[test]
fn the_line_that_was_moved_is_the_one_that_is_blamed() {
    let base =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base.yaml")).unwrap();
    let lines: Vec<&str> = base.lines().collect();
    let (mut blamed, mut others) = (0, Vec::new());
    for (n, line) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        // Two slips for each line: by one blank, and by a whole step.
        for by in [[1, -2], [-1, 2]][n % 2] {
            let Some(to) = indent(line).checked_add_signed(by) else { continue };
            let moved = format!("{}{}", " ".repeat(to), line.trim_start());
            let mut text = lines.clone();
            text[n] = &moved;
            let text = text.join("\n") + "\n";
            let told = errors(&text);
            // The only line below another may stand as deep as it likes.
            if told.is_empty() {
                continue;
            }
            match told.iter().all(|p| p.at.line as usize == n + 1) && told.len() == 1 {
                true => blamed += 1,
                false => others.push(format!("line {} by {by}: {}", n + 1, told[0].what.en)),
            }
            // What `--fix` writes is what it was.
            if told.iter().any(Problem::is_safe) && told.len() == 1 {
                assert_eq!(mended_safely(&text, errors).0, base, "line {} by {by}", n + 1);
            }
        }
    }
    assert!(others.is_empty(), "{} of {}:\n{}", others.len(), others.len() + blamed, others.join("\n"));
}
