//! `snak token`: what lets a program or a spreadsheet pull an institution's answers.

use super::operator::{self, Reach};
use super::{Failure, Places};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use std::io::Write;

/// Make, list and revoke the tokens that pull answers. Works whether or not `serve` is running.
#[derive(Debug, clap::Args)]
pub struct Token {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Create(Create),
    List(List),
    Revoke(Revoke),
    Log(Log),
}

/// Make a token. It is printed once, alone on standard output; only a hash of it is kept.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  TOKEN=$(snak token create --institution nordby-bibliotek --name natjob --expires 90d)"
)]
struct Create {
    /// The folder of the institution whose answers it reads
    #[arg(long, value_name = "I")]
    institution: String,
    /// What the log calls it
    #[arg(long, value_name = "N")]
    name: String,
    /// Only this dialogue; may be given several times
    #[arg(long, value_name = "D")]
    dialogue: Vec<String>,
    /// Only this question's answers, by the name of its column; may be given several times
    #[arg(long, value_name = "C")]
    column: Vec<String>,
    /// It stops working after this time, such as 90d or 1y [default: never]
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// May read contact data
    #[arg(long)]
    contact: bool,
    /// May read pictures, voice messages and files
    #[arg(long)]
    media: bool,
    /// Whether it may read what citizens wrote in their own words
    #[arg(long, value_name = "yes|no", default_value = "yes", value_parser = ["yes", "no"])]
    raw_text: String,
    #[command(flatten)]
    places: Places,
}

/// List the tokens, tab-separated: what each may read, and until when.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak token list")]
struct List {
    #[command(flatten)]
    places: Places,
}

/// Revoke a token: it stops working at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak token revoke --institution nordby-bibliotek --name natjob")]
struct Revoke {
    #[arg(long, value_name = "I")]
    institution: String,
    #[arg(long, value_name = "N")]
    name: String,
    #[command(flatten)]
    places: Places,
}

/// List who did what, tab-separated: when, token, dialogue, what, query, rows, whether they stayed to the end.
///
/// Every pull, every revision published, every token made or revoked, every review, erasure, backup and key change, what was
/// given back. Nothing changes an entry.
///
/// Without --institution those of the whole service too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  snak token log --institution nordby-bibliotek")]
struct Log {
    /// Only of this institution
    #[arg(long, value_name = "I")]
    institution: Option<String>,
    #[command(flatten)]
    places: Places,
}

pub async fn run(command: Token) -> Result<(), Failure> {
    let places = match &command.action {
        Action::Create(Create { places, .. })
        | Action::List(List { places })
        | Action::Log(Log { places, .. })
        | Action::Revoke(Revoke { places, .. }) => places,
    };
    let expires_at = match &command.action {
        Action::Create(create) => create.expires.as_deref().map(after_now).transpose()?,
        Action::List(_) | Action::Log(_) | Action::Revoke(_) => None,
    };
    let reach = operator::reach(&places.settings(None)?).await?;
    let done = match &command.action {
        Action::Create(wanted) => create(&reach, wanted, expires_at).await,
        Action::List(_) => list(&reach).await,
        Action::Log(of) => log(&reach, of).await,
        Action::Revoke(of) => revoke(&reach, of).await,
    };
    let closed = reach.close().await;
    done.and(closed)
}

async fn create(reach: &Reach, wanted: &Create, expires_at: Option<Timestamp>) -> Result<(), Failure> {
    let body = json!({
        "institution": wanted.institution, "name": wanted.name, "dialogues": wanted.dialogue, "columns": wanted.column, "expires_at": expires_at,
        "contact": wanted.contact, "media": wanted.media, "raw_text": wanted.raw_text == "yes",
    });
    let made = operator::json(reach.ask("POST", "/v1/operator/tokens", Some(body)).await?).await?;
    for missing in made["not_published"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        tracing::warn!("nothing is published as {missing} yet; the token reads it once it is");
    }
    let Some(token) = made["token"].as_str() else {
        return Err(Failure::Failed("the service gave no token".to_owned()));
    };
    print(&format!("{token}\n"))
}

async fn list(reach: &Reach) -> Result<(), Failure> {
    let tokens = operator::json(reach.ask("GET", "/v1/operator/tokens", None).await?).await?;
    let mut out =
        String::from("institution\tname\tdialogues\tcreated_at\texpires_at\tpermissions\tcolumns\n");
    for token in tokens["tokens"].as_array().into_iter().flatten() {
        let word = |name: &str| token[name].as_str().unwrap_or("-").to_owned();
        let several =
            |names: Vec<&str>, none: &str| if names.is_empty() { none.to_owned() } else { names.join(" ") };
        let dialogues =
            token["dialogues"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let columns = token["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let permissions = ["contact", "media", "raw_text"].into_iter().filter(|p| token[p] == true).collect();
        let row = [
            word("institution"),
            word("name"),
            several(dialogues, "all"),
            word("created_at"),
            word("expires_at"),
            several(permissions, "-"),
            several(columns, "all"),
        ];
        out.push_str(&row.join("\t"));
        out.push('\n');
    }
    print(&out)
}

async fn log(reach: &Reach, of: &Log) -> Result<(), Failure> {
    let query = of.institution.as_deref().map(|i| format!("?institution={}", escaped(i))).unwrap_or_default();
    let entries =
        operator::json(reach.ask("GET", &format!("/v1/operator/access{query}"), None).await?).await?;
    let mut rows: Vec<&Value> = entries.as_array().into_iter().flatten().collect();
    rows.sort_by_key(|e| e["at"].as_str().unwrap_or_default());
    let mut out = String::from("at\ttoken\tdialogue\twhat\tquery\trows\tfinished\n");
    for entry in rows {
        let words =
            ["at", "token", "dialogue", "file", "query"].map(|name| entry[name].as_str().unwrap_or("-"));
        out.push_str(&format!("{}\t{}\t{}\n", words.join("\t"), entry["rows"], entry["finished"]));
    }
    print(&out)
}

async fn revoke(reach: &Reach, of: &Revoke) -> Result<(), Failure> {
    let path = format!("/v1/operator/tokens/{}?institution={}", escaped(&of.name), escaped(&of.institution));
    reach.ask("DELETE", &path, None).await.map(|_| ())
}

// Names may hold any letter; an address may not.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn after_now(span: &str) -> Result<Timestamp, Failure> {
    let now = Timestamp::now();
    let end = span
        .parse::<Span>()
        .ok()
        .and_then(|s| now.to_zoned(TimeZone::UTC).checked_add(s).ok())
        .map(|z| z.timestamp());
    end.filter(|end| *end > now).ok_or_else(|| {
        Failure::Misuse(format!("--expires is a time such as 90d, 12mo or 1y, but it is `{span}`"))
    })
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| Failure::Failed(format!("standard output cannot be written to: {e}")))
}
