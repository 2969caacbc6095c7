//! Gets past lines that YAML cannot read, so that one run finds every mistake.

use super::attempt::Attempt;
use super::lines;
use super::problem::{Problem, Span};
use super::slip;
use super::tree::{self, Node, Why};

/// A dialogue is a page or two; a larger file is something else.
pub const MAX_BYTES: usize = 256 * 1024;
/// So many bytes are read again to find mendings, and a broken file is still told about at once.
const MAX_READ: usize = 4 * 1024 * 1024;

/// What could be read, and the problems of form. `None` where nothing could.
pub fn read(source: &str) -> (Option<Node>, Vec<Problem>) {
    if source.len() > MAX_BYTES {
        return (None, vec![slip::too_large()]);
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if let Some(at) = no_text(source) {
        return (None, vec![slip::no_text(at)]);
    }
    let (mut text, mut problems) = lines::straightened(source);
    let mut tries = 20 + MAX_READ / text.len().max(1);
    loop {
        let broken = match tree::read(&text) {
            Ok((root, form)) => {
                problems.extend(form);
                return (Some(root), problems);
            }
            Err(broken) => broken,
        };
        let mended = match broken.why {
            Why::Syntax | Why::Sign => Attempt { text: &text, broken: &broken, tries: &mut tries }.make(),
            Why::TooDeep | Why::SecondDocument => None,
        };
        let Some((mended, problem)) = mended else {
            problems.push(slip::unreadable(&text, &broken));
            return (None, problems);
        };
        // A line moved because its tab was taken for two blanks: the tab is what the author can see.
        match problems
            .iter_mut()
            .find(|p| p.code == "Y106" && p.at.line == problem.at.line && p.at.column == 1)
        {
            Some(tab) if problem.code == "Y103" => {
                // Columns of the mended line are not those of the file: the whole indentation is what is replaced.
                if let (Some(tab), Some(moved)) = (&mut tab.fix, problem.fix) {
                    tab.text = moved.text;
                }
            }
            _ => problems.push(problem),
        }
        text = mended;
    }
}

// Signs that no editor writes into a text. YAML takes the first of them for the end of the file.
fn no_text(source: &str) -> Option<Span> {
    let strange = |(n, c): (usize, char)| {
        let carriage = c == '\r' && !source[n + 1..].starts_with('\n');
        let control = (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || c == '\u{feff}';
        (carriage || control).then_some(n)
    };
    let at = source.char_indices().find_map(strange)?;
    let before = &source[..at];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    Some(Span::on_line(line, column, 1))
}
