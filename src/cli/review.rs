//! `snak review`: staff read what citizens contribute before others see it.

use super::operator::{self, Reach};
use super::{Failure, Places};
use serde_json::{Value, json};
use std::io::Write;

/// List, approve and reject the statements and ideas that citizens give for others to see. Works whether or not `serve` is running.
#[derive(Debug, clap::Args)]
pub struct Review {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(List),
    Approve(Decide),
    Reject(Decide),
}

/// List what waits, tab-separated: id, review, kind, vote or idea, day, how often shown, how often liked, words.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak review list kulturhuset-havnen/aaben-scene")]
struct List {
    /// INSTITUTION/DIALOGUE
    dialogue: String,
    /// What was approved or rejected too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    places: Places,
}

/// Others see it from now on, or no longer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak review approve kulturhuset-havnen/aaben-scene/0b9c…")]
struct Decide {
    /// As `snak review list` gives it; may be several
    #[arg(required = true)]
    id: Vec<String>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Review) -> Result<(), Failure> {
    let places = match &command.action {
        Action::List(List { places, .. })
        | Action::Approve(Decide { places, .. })
        | Action::Reject(Decide { places, .. }) => places,
    };
    let reach = operator::reach(&places.settings(None)?).await?;
    let done = match &command.action {
        Action::List(of) => list(&reach, of).await,
        Action::Approve(of) => decide(&reach, of, "approved").await,
        Action::Reject(of) => decide(&reach, of, "rejected").await,
    };
    let closed = reach.close().await;
    done.and(closed)
}

async fn list(reach: &Reach, of: &List) -> Result<(), Failure> {
    let path = format!("/v1/operator/review?dialogue={}", of.dialogue);
    let found = operator::json(reach.ask("GET", &path, None).await?).await?;
    let mut out = std::io::stdout().lock();
    for entry in found.as_array().into_iter().flatten().filter(|e| of.all || e["review"] == "held") {
        let text = |key: &str| {
            entry[key]
                .as_str()
                .unwrap_or_default()
                .replace('\\', "\\\\")
                .replace('\n', "\\n")
                .replace('\t', " ")
        };
        let number = |key: &str| entry[key].as_i64().unwrap_or(0);
        let (shown, liked) = (number("shown"), number("liked"));
        let [id, review, kind, vote, day, words] = ["id", "review", "kind", "of", "day", "words"].map(text);
        // Whoever hung up does not want to know.
        let _ = writeln!(out, "{id}\t{review}\t{kind}\t{vote}\t{day}\t{shown}\t{liked}\t{words}");
    }
    Ok(())
}

async fn decide(reach: &Reach, of: &Decide, review: &str) -> Result<(), Failure> {
    for id in &of.id {
        let verdict: Value = json!({"id": id, "review": review});
        reach.ask("POST", "/v1/operator/review", Some(verdict)).await?;
        tracing::info!("{id} is {review}");
    }
    Ok(())
}
