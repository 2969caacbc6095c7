//! Writes proposals into a file.

use super::problem::{Fix, Problem, Span};

/// `source` with the proposals of `problems` written in. Where two touch the same place, the first counts.
pub fn mended<'p>(source: &str, problems: impl IntoIterator<Item = &'p Problem>) -> String {
    let mut fixes: Vec<&Fix> = problems.into_iter().filter_map(|p| p.fix.as_ref()).collect();
    fixes.sort_by_key(|f| f.at);
    with(source, &fixes)
}

fn with(source: &str, fixes: &[&Fix]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut written = 0;
    for fix in fixes {
        let Some((from, to)) = bytes(source, fix.at).filter(|(from, _)| *from >= written) else { continue };
        out.push_str(&source[written..from]);
        out.push_str(&fix.text);
        written = to;
    }
    out.push_str(&source[written..]);
    out
}

fn bytes(source: &str, at: Span) -> Option<(usize, usize)> {
    let from = byte(source, at.line, at.column)?;
    let to = byte(source, at.end_line, at.end_column)?;
    (from <= to).then_some((from, to))
}

// A column behind the end of a line is its end.
fn byte(source: &str, line: u32, column: u32) -> Option<usize> {
    // Columns count without the mark that some editors put first.
    let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut start = mark;
    for _ in 1..line {
        start += source[start..].find('\n')? + 1;
    }
    let text = source[start..].lines().next().unwrap_or("");
    Some(start + text.char_indices().nth(column as usize - 1).map_or(text.len(), |(n, _)| n))
}

/// What line `fix` is on and will be, without what stands before its words; `None` where it is about several lines.
pub fn line_to_write(lines: &[&str], fix: &Fix) -> Option<(String, String)> {
    let line =
        lines.get((fix.at.line as usize).checked_sub(1)?).filter(|_| fix.at.line == fix.at.end_line)?;
    let line = line.trim_start_matches('\u{feff}');
    let at = Span { line: 1, end_line: 1, ..fix.at };
    let after = with(line, &[&Fix { at, text: fix.text.clone() }]);
    let words = |line: &str| line.trim_start_matches([' ', '-']).trim_end().to_owned();
    Some((words(line), words(&after)))
}
