//! How a problem looks in a terminal: the line, a mark under the place, why it matters, how it is mended.

use super::problem::{Both, Problem, Severity, Span, StaffLanguage};
use std::fmt::Write;

/// The picture of one problem; `source` is the text of its file.
pub fn picture(problem: &Problem, source: &str, language: StaffLanguage) -> String {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::new();
    let (kind, why, mend) = match (language, problem.severity) {
        (StaffLanguage::Da, Severity::Error) => ("fejl", "hvorfor", "sådan  "),
        (StaffLanguage::Da, Severity::Warning) => ("advarsel", "hvorfor", "sådan  "),
        (StaffLanguage::Da, Severity::Info) => ("oplysning", "hvorfor", "sådan  "),
        (StaffLanguage::En, Severity::Info) => ("info", "why ", "mend"),
        (StaffLanguage::En, Severity::Error) => ("error", "why ", "mend"),
        (StaffLanguage::En, Severity::Warning) => ("warning", "why ", "mend"),
    };
    let pen = if problem.is_safe() { "  ✎" } else { "" };
    let _ = writeln!(out, "{kind}[{}]: {}{pen}", problem.code, shown(problem.what.to(language), MAX_ADVICE));

    let mut places: Vec<(Span, &Both)> = problem.also.iter().map(|(at, label)| (*at, label)).collect();
    places.push((problem.at, &problem.label));
    places.sort_by_key(|(at, _)| *at);
    let width = places.iter().map(|(at, _)| at.line).max().unwrap_or(1).to_string().len().max(2);
    let _ = writeln!(out, "{:width$} ╭─[{}:{}:{}]", "", problem.file, problem.at.line, problem.at.column);
    if let Some(before) = places.first().map(|(at, _)| at.line.saturating_sub(1)).filter(|l| *l > 0)
        && let Some(text) = lines.get(before as usize - 1).filter(|t| !t.trim().is_empty())
    {
        let _ = writeln!(out, "{before:>width$} │ {}", shown(text, MAX_LINE));
    }
    let mut last = 0;
    // Of a file that could not be read there is nothing to show.
    for (at, label) in places.into_iter().filter(|_| !lines.is_empty()) {
        let text = lines.get((at.line as usize).saturating_sub(1)).copied().unwrap_or("");
        if at.line != last {
            let _ = writeln!(out, "{:>width$} │ {}", at.line, shown(text, MAX_LINE));
        }
        last = at.line;
        let indent = " ".repeat((at.column as usize).saturating_sub(1).min(MAX_LINE));
        let line = format!("{:width$} │ {indent}{} {}", "", mark(at), shown(label.to(language), MAX_ADVICE));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "{:width$} ╰─", "");
    for (head, text) in [(why, &problem.why), (mend, &problem.mend)] {
        for (n, line) in text.to(language).lines().enumerate() {
            let head = if n == 0 { format!("{head}: ") } else { " ".repeat(head.chars().count() + 2) };
            let _ = writeln!(out, "  {head}{}", shown(line, MAX_ADVICE));
        }
    }
    out
}

/// Long lines are cut: the place is near the start of what an author types.
const MAX_LINE: usize = 160;

const MAX_ADVICE: usize = 250;

fn shown(line: &str, most: usize) -> String {
    let mut text: String = line.chars().take(most).map(|c| if c.is_control() { '␉' } else { c }).collect();
    if line.chars().nth(most).is_some() {
        text.push('…');
    }
    text
}

// `──┬──`, as long as the place; `┬─` where that is one sign.
fn mark(at: Span) -> String {
    let length =
        if at.end_line == at.line { at.end_column.saturating_sub(at.column).clamp(1, 60) } else { 1 };
    let left = (length as usize - 1) / 2;
    let right = (length as usize - 1 - left).max(1);
    format!("{}┬{}", "─".repeat(left), "─".repeat(right))
}
