//! `snak erase`: who asks by letter to be forgotten.

use super::operator::{self, Reach};
use super::{Failure, Places};
use serde_json::json;
use std::io::Write;
use uuid::Uuid;

/// Erase answers for somebody who asks by letter. Works whether or not `serve` is running.
///
/// Prints a receipt number to answer with. A pull shows each response as deleted, with the reason `staff`, or `citizen` where a
/// whole conversation goes; the disk forgets them the next night. In the chat citizens do the same by themselves, with /slet.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  snak erase --response 0192f1c4-7c3a-7b1e-9f10-2f6c1c3b9a01\n  snak erase --conversation telegram:12345\n  snak erase --receipt 7K3M9-2QDXA"
)]
pub struct Erase {
    /// A response, by its id in a pull or in the citizen's own file; may be given several times
    #[arg(long, value_name = "ID")]
    response: Vec<Uuid>,
    /// Everything that a conversation leads to: CHANNEL:ADDRESS
    #[arg(long, value_name = "CHANNEL:ADDRESS")]
    conversation: Option<String>,
    /// Erase nothing: tell the day and the number of responses of an earlier erasure
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["response", "conversation"])]
    receipt: Option<String>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Erase) -> Result<(), Failure> {
    if command.receipt.is_none() && command.response.is_empty() && command.conversation.is_none() {
        return Err(Failure::Misuse(
            "name what to erase: --response, --conversation or --receipt".to_owned(),
        ));
    }
    if command.conversation.as_ref().is_some_and(|address| !address.contains(':')) {
        let why = "a conversation is named by its channel and address, as telegram:12345";
        return Err(Failure::Misuse(why.to_owned()));
    }
    let reach = operator::reach(&command.places.settings(None)?).await?;
    let line = match &command.receipt {
        Some(number) => tell(&reach, number).await,
        None => erase(&reach, &command).await,
    };
    let closed = reach.close().await;
    let line = line.and_then(|line| closed.map(|()| line))?;
    // Whoever hung up does not want to know.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
    Ok(())
}

async fn erase(reach: &Reach, command: &Erase) -> Result<String, Failure> {
    let whom = json!({"responses": command.response, "conversation": command.conversation});
    let done = operator::json(reach.ask("POST", "/v1/operator/erase", Some(whom)).await?).await?;
    match done["receipt"].as_str() {
        Some(number) => {
            tracing::info!("{} responses are erased; the disk forgets them tonight", done["responses"]);
            Ok(number.to_owned())
        }
        None => Err(Failure::Failed("there was nothing to erase".to_owned())),
    }
}

async fn tell(reach: &Reach, number: &str) -> Result<String, Failure> {
    let known = number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !known {
        return Err(Failure::Misuse(format!("`{number}` is no receipt number")));
    }
    let told =
        operator::json(reach.ask("GET", &format!("/v1/operator/receipts/{number}"), None).await?).await?;
    Ok(format!("{}\t{}", told["on"].as_str().unwrap_or_default(), told["responses"]))
}
