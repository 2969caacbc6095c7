//! `snak report`: what a dialogue's answers say together, with bars in the terminal.

use super::operator::{self, Reach};
use super::{Failure, Places};
use crate::export::report::{Group, Page, Question, Split};
use crate::script::Language;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

/// Letters of a whole bar.
const BAR: u64 = 30;
/// Letters of a label.
const LABEL: usize = 34;

/// Show what a dialogue's answers say together: counts, drop-off, who and where. Works whether or not `serve` is running.
///
/// Counts under 5 are not told, nor those that would give one away (–).
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak report nordby-bibliotek/aabningstider --by place")]
pub struct Report {
    /// INSTITUTION/DIALOGUE
    dialogue: String,
    /// Each question also by these groups
    #[arg(long, value_name = "GROUPS", value_parser = ["place", "channel", "language"])]
    by: Option<String>,
    /// The whole report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Report) -> Result<(), Failure> {
    let path = super::export::dialogue_path(&command.dialogue)?;
    let reach: Reach = operator::reach(&command.places.settings(None)?).await?;
    let answer = match reach.ask("GET", &format!("{path}/report.json"), None).await {
        Ok(answer) => operator::json(answer).await,
        Err(failure) => Err(failure),
    };
    let value = reach.close().await.and(answer)?;
    let text = match command.json {
        true => format!("{value:#}\n"),
        false => {
            let page = serde_json::from_value(value);
            let page = page.map_err(|e| Failure::Failed(format!("the report cannot be read: {e}")))?;
            drawn(&page, command.by.as_deref())
        }
    };
    // Whoever hung up does not want to know.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

fn drawn(page: &Page, by: Option<&str>) -> String {
    let (report, header) = (&page.report, &page.header);
    let mut out = String::new();
    let _ = writeln!(out, "{}\n{}\n", words(&header["title"]), page.dialogue);
    for (name, text) in [
        ("Formål", words(&header["purpose"])),
        ("Metode", words(&header["method"])),
        ("Målgruppe", words(&header["target_group"])),
        ("Forventet effekt", words(&header["expected_effect"])),
        ("Tilbagemelding", words(&header["give_back"]["how"])),
        ("Senest", header["give_back"]["by"].as_str().unwrap_or_default().to_owned()),
    ] {
        let _ = writeln!(out, "{name:<17} {text}");
    }
    let _ = writeln!(
        out,
        "\n{} svar talt med, {} hele, {} stoppede undervejs, {} som regel",
        report.counted,
        number(report.complete),
        number(report.partial),
        time(report.median_seconds)
    );
    if let Some(share) = report.not_yet_user_share {
        let _ = writeln!(out, "{:.0} % af svarene er fra nogen, der ikke bruger det endnu", share * 100.0);
    }
    for (title, groups) in
        [("Steder", &report.place), ("Kanaler", &report.channel), ("Sprog", &report.language)]
    {
        group(&mut out, title, groups);
    }
    for asked in &report.questions {
        question(&mut out, asked, report.counted);
        if let Some(split) = asked.by.iter().find(|split| Some(split.by.as_str()) == by) {
            parts(&mut out, asked, split);
        }
    }
    let _ = writeln!(
        out,
        "\n* heraf bruger det ikke endnu.\n– er et tal, der ikke vises: under {}, eller et, der ville afsløre et andet. Nye svar tælles med fem ad gangen.",
        report.smallest
    );
    out
}

fn group(out: &mut String, title: &str, groups: &[Group]) {
    // With one alone there is nothing to compare.
    if groups.len() < 2 {
        return;
    }
    let _ = writeln!(out, "\n{title:<LABEL$} {:>6}  bruger det ikke endnu", "svar");
    for group in groups {
        let name = if group.code.is_empty() { "uden sted" } else { &group.code };
        let share = group.not_yet_user_share.map_or("–".to_owned(), |s| format!("{:.0} %", s * 100.0));
        let _ = writeln!(out, "  {:<width$} {:>6}  {share}", name, number(group.count), width = LABEL - 2);
    }
}

fn question(out: &mut String, asked: &Question, counted: u64) {
    let _ = writeln!(out, "\n{}", first(&asked.text).unwrap_or(&asked.name));
    if !asked.bars.is_empty() {
        let _ = writeln!(out, "{:>width$} {:>6}", "svar", "ikke*", width = LABEL + 7);
    }
    for bar in &asked.bars {
        let label: String = first(&bar.label).unwrap_or(&bar.code).chars().take(LABEL - 2).collect();
        let count = bar.count.unwrap_or(0);
        let all = asked.answered.unwrap_or(counted).max(1);
        let length = usize::try_from((count * BAR).div_ceil(all)).unwrap_or(0);
        let _ = writeln!(
            out,
            "  {label:<width$} {:>6} {:>6}  {}",
            number(bar.count),
            number(bar.not_yet_users),
            "█".repeat(length),
            width = LABEL - 2
        );
    }
    let _ = writeln!(
        out,
        "  svarede {}, sprang over {}, blev ikke spurgt {}, gik i stå {}, stoppede her {}, {}",
        number(asked.answered),
        number(asked.skipped),
        number(asked.not_asked),
        number(asked.failed),
        number(asked.left_after),
        time(asked.median_seconds)
    );
}

// An option a line, a group a column.
fn parts(out: &mut String, asked: &Question, split: &Split) {
    let name = |code: &str| if code.is_empty() { "uden sted".to_owned() } else { code.to_owned() };
    let names: Vec<String> = split.groups.iter().map(|group| name(&group.code)).collect();
    let width = |name: &String| name.chars().count().max(5) + 2;
    let line = |cells: Vec<String>| -> String {
        cells.iter().zip(&names).map(|(cell, name)| format!("{cell:>width$}", width = width(name))).collect()
    };
    let _ = writeln!(out, "  {:<LABEL$}{}", "", line(names.clone()));
    for (n, bar) in asked.bars.iter().enumerate() {
        let label: String = first(&bar.label).unwrap_or(&bar.code).chars().take(LABEL - 2).collect();
        let counts = split.groups.iter().map(|group| number(group.bars.get(n).and_then(|bar| bar.count)));
        let _ = writeln!(out, "  {label:<LABEL$}{}", line(counts.collect()));
    }
}

fn number(count: Option<u64>) -> String {
    count.map_or("–".to_owned(), |n| n.to_string())
}

fn time(seconds: Option<u64>) -> String {
    seconds.map_or("–".to_owned(), |s| format!("{s} sek."))
}

fn first(texts: &BTreeMap<Language, String>) -> Option<&str> {
    texts.get(&Language::DANISH).or(texts.values().next()).map(String::as_str)
}

/// Of an object with a text for each language: the Danish, else the first.
pub fn words(texts: &Value) -> String {
    let first = || texts.as_object().and_then(|map| map.values().next());
    texts.get("da").or_else(first).and_then(Value::as_str).unwrap_or_default().to_owned()
}
