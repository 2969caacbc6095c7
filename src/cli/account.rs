//! `snak account`: what a year's dialogues were for, whom they reached, what was given back, what is overdue.

use super::operator::{self, Reach};
use super::report::words;
use super::{Failure, Places};
use crate::web::Account as Entry;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;

/// Print the account of a year: per dialogue purpose, method, target group, expected effect, whom it reached, what was given back.
///
/// With --given-back, first remembers that something was given back. Counts under 5 are not told (–).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  snak account --year 2026\n  snak account --year 2026 --format csv > regnskab.csv\n  snak account --given-back nordby-bibliotek/aabningstider --what \"Nye åbningstider fra 1. august\""
)]
pub struct Account {
    /// [default: this one]
    #[arg(long)]
    year: Option<i16>,
    #[arg(long, default_value = "text", value_parser = ["text", "csv"])]
    format: String,
    /// INSTITUTION/DIALOGUE whose citizens were told what came of their answers
    #[arg(long, value_name = "DIALOGUE", requires = "what")]
    given_back: Option<String>,
    /// What they were told, and where
    #[arg(long, requires = "given_back")]
    what: Option<String>,
    /// The day they were told [default: today]
    #[arg(long, value_name = "DAY", requires = "given_back")]
    on: Option<Date>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Account) -> Result<(), Failure> {
    let reach = operator::reach(&command.places.settings(None)?).await?;
    let done = match &command.given_back {
        Some(dialogue) => remember(&reach, &command, dialogue).await.map(|()| String::new()),
        None => account(&reach, &command).await,
    };
    let text = reach.close().await.and(done)?;
    // Whoever hung up does not want to know.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

async fn remember(reach: &Reach, command: &Account, dialogue: &str) -> Result<(), Failure> {
    let on = command.on.unwrap_or_else(today);
    let given = json!({"dialogue": dialogue, "on": on, "what": command.what});
    reach.ask("POST", "/v1/operator/given-back", Some(given)).await?;
    tracing::info!("{dialogue}: what was given back on {on} is in the account");
    Ok(())
}

async fn account(reach: &Reach, command: &Account) -> Result<String, Failure> {
    let year = command.year.unwrap_or_else(|| today().year());
    let answer = reach.ask("GET", &format!("/v1/operator/account?year={year}"), None).await?;
    let entries: Vec<Entry> = serde_json::from_value(operator::json(answer).await?)
        .map_err(|e| Failure::Failed(format!("the account cannot be read: {e}")))?;
    match command.format.as_str() {
        "csv" => table(&entries),
        _ => Ok(told(&entries, year)),
    }
}

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::system()).date()
}

fn told(entries: &[Entry], year: i16) -> String {
    let mut out = format!("Regnskab {year}: {} dialoger\n", entries.len());
    for entry in entries {
        let header = &entry.header;
        let _ = writeln!(out, "\n{} ({})", words(&header["title"]), entry.dialogue);
        let mix = texts(&header["method_mix"]).join(", ");
        let method = words(&header["method"]);
        for (name, text) in [
            ("Formål", words(&header["purpose"])),
            ("Metode", if mix.is_empty() { method } else { format!("{method} ({mix})") }),
            ("Målgruppe", words(&header["target_group"])),
            ("Forventet effekt", words(&header["expected_effect"])),
            (
                "Nåede",
                format!(
                    "{} svar, heraf bruger {} det ikke endnu",
                    number(entry.reached),
                    number(entry.not_yet_users)
                ),
            ),
        ] {
            let _ = writeln!(out, "  {name:<17} {text}");
        }
        for given in &entry.given_back {
            let _ = writeln!(out, "  {:<17} {}: {}", "Givet tilbage", given.on, given.what);
        }
        let by = header["give_back"]["by"].as_str().unwrap_or_default();
        let how = words(&header["give_back"]["how"]);
        match (entry.overdue, entry.given_back.is_empty()) {
            (true, _) => {
                let _ = writeln!(out, "  {:<17} skulle være givet tilbage senest {by}: {how}", "FORFALDEN");
            }
            (false, true) => {
                let _ = writeln!(out, "  {:<17} senest {by}: {how}", "Gives tilbage");
            }
            (false, false) => {}
        }
    }
    let overdue = entries.iter().filter(|e| e.overdue).count();
    let _ = writeln!(
        out,
        "\n{overdue} tilbagemeldinger er forfaldne. – er et tal under 5, eller et, der ville afsløre et."
    );
    out
}

fn table(entries: &[Entry]) -> Result<String, Failure> {
    let broken = |e: &dyn std::fmt::Display| Failure::Failed(format!("the table cannot be written: {e}"));
    let mut csv = csv::Writer::from_writer(Vec::new());
    let columns = [
        "dialogue",
        "title",
        "purpose",
        "method",
        "method_mix",
        "target_group",
        "expected_effect",
        "reached",
        "not_yet_users",
        "give_back_by",
        "give_back_how",
        "given_back",
        "overdue",
    ];
    csv.write_record(columns).map_err(|e| broken(&e))?;
    for entry in entries {
        let header = &entry.header;
        let given: Vec<String> = entry.given_back.iter().map(|g| format!("{}: {}", g.on, g.what)).collect();
        let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        let row = [
            entry.dialogue.clone(),
            words(&header["title"]),
            words(&header["purpose"]),
            words(&header["method"]),
            texts(&header["method_mix"]).join(" "),
            words(&header["target_group"]),
            words(&header["expected_effect"]),
            count(entry.reached),
            count(entry.not_yet_users),
            header["give_back"]["by"].as_str().unwrap_or_default().to_owned(),
            words(&header["give_back"]["how"]),
            given.join("; "),
            if entry.overdue { "ja" } else { "nej" }.to_owned(),
        ];
        csv.write_record(row.iter().map(|cell| crate::export::harmless(cell).into_owned()))
            .map_err(|e| broken(&e))?;
    }
    let bytes = csv.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

fn number(count: Option<u64>) -> String {
    count.map_or("–".to_owned(), |n| n.to_string())
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
