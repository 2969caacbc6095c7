//! The command line: one file per subcommand. Words for people go to standard error, what machines read to standard output.

mod account;
mod against;
mod chat;
mod check;
mod erase;
mod export;
mod folder;
mod key;
mod mend;
mod neighbours;
mod operator;
mod papers;
mod progress;
mod report;
mod review;
mod schema;
mod serve;
mod size;
mod talk;
mod telegram;
mod token;
mod upkeep;

use crate::settings::{Overrides, Settings};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Scripted dialogues with citizens: on Telegram, on the web, answers kept for the institution that asked.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Check(check::Check),
    Schema(schema::Schema),
    Chat(chat::Chat),
    Token(token::Token),
    Export(export::Export),
    Backup(upkeep::Backup),
    Restore(upkeep::Restore),
    Key(upkeep::Key),
    Retention(upkeep::Retention),
    Account(account::Account),
    Papers(papers::Papers),
    Report(report::Report),
    Review(review::Review),
    Erase(erase::Erase),
}

/// Where the service's things are; for every command that needs them.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Places {
    /// Settings file [default: snak.toml if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The store and media [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The scripts [default: dialogues]
    #[arg(long, value_name = "DIR")]
    dialogues: Option<PathBuf>,
}

impl Places {
    fn settings(&self, listen: Option<String>) -> Result<Settings, Failure> {
        let overrides = Overrides {
            config: self.config.clone(),
            data: self.data.clone(),
            dialogues: self.dialogues.clone(),
            listen,
        };
        Settings::read(&overrides, |name| std::env::var(name).ok()).map_err(Failure::Misuse)
    }
}

/// Why a command ends with another code than 0.
#[derive(Debug)]
pub enum Failure {
    /// Exit 1: the command was understood, but what it found is not well.
    Failed(String),
    /// Exit 2: a setting, an argument or the surroundings are not as they must be; nothing was changed.
    Misuse(String),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Failed(format!("{error:#}"))
    }
}

/// Runs the command that the process was called with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    // The message of a panic may hold what a citizen wrote: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a task panicked; please report this place");
    }));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return told(Failure::Misuse(format!("the runtime cannot be started: {error}"))),
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Serve(command) => serve::run(command).await,
            Command::Check(command) => check::run(&command).await,
            Command::Schema(command) => schema::run(&command),
            Command::Chat(command) => chat::run(&command),
            Command::Token(command) => token::run(command).await,
            Command::Export(command) => export::run(command).await,
            Command::Backup(command) => upkeep::backup(command).await,
            Command::Restore(command) => upkeep::restore(command).await,
            Command::Key(command) => upkeep::key(command).await,
            Command::Retention(command) => upkeep::retention(command).await,
            Command::Account(command) => account::run(command).await,
            Command::Papers(command) => papers::run(&command),
            Command::Report(command) => report::run(command).await,
            Command::Review(command) => review::run(command).await,
            Command::Erase(command) => erase::run(command).await,
        }
    });
    // Tasks that wait for the network are let go: what they did is on disk.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => told(failure),
    }
}

#[allow(clippy::print_stderr, reason = "the one place where a failed command speaks")]
fn told(failure: Failure) -> ExitCode {
    let (sentence, code) = match failure {
        Failure::Failed(sentence) => (sentence, 1),
        Failure::Misuse(sentence) => (sentence, 2),
    };
    if !sentence.is_empty() {
        eprintln!("snak: {sentence}");
    }
    ExitCode::from(code)
}

fn log() {
    let filter = EnvFilter::try_from_env("SNAK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    if std::env::var("SNAK_LOG_FORMAT").is_ok_and(|f| f == "json") {
        builder.json().init();
    } else {
        builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together_and_every_command_has_an_example() {
        Arguments::command().debug_assert();
        let mut open: Vec<clap::Command> = Arguments::command().get_subcommands().cloned().collect();
        assert!(open.len() >= 5);
        while let Some(mut command) = open.pop() {
            let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
            let help = command.render_long_help().to_string();
            assert!(!below.is_empty() || help.contains("Example:"), "{help}");
            open.extend(below);
        }
    }
}
