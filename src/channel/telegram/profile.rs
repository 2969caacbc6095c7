//! What stands beside the chat: the bot's commands and what it is, in each language. Told only where Telegram has it otherwise.

use super::{Telegram, asked_to_wait, scrubbed};
use crate::engine::{lines, spoken};
use crate::script::Language;
use std::time::Duration;
use teloxide::RequestError;
use teloxide::payloads::{
    GetMyCommandsSetters, GetMyDescriptionSetters, GetMyShortDescriptionSetters, SetMyCommandsSetters,
    SetMyDescriptionSetters, SetMyShortDescriptionSetters,
};
use teloxide::requests::Requester;
use teloxide::types::BotCommand;
use tracing::info;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Telegram lets a profile be changed a few times an hour.
const LAST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// What is said of each command, its name in Danish and in every other language. Names are Latin letters only
/// (core.telegram.org/bots/api#botcommand).
const COMMANDS: [(&str, &str, &str); 11] = [
    ("command-start", "start", "start"),
    ("command-back", "tilbage", "back"),
    ("command-skip", "spring", "skip"),
    ("command-language", "sprog", "language"),
    ("command-share", "del", "share"),
    ("command-help", "hjaelp", "help"),
    ("command-privacy", "privatliv", "privacy"),
    ("command-pause", "pause", "pause"),
    ("command-stop", "stop", "stop"),
    ("command-mydata", "minedata", "mydata"),
    ("command-delete", "slet", "delete"),
];

/// Ends once Telegram has it all. The conversations do not wait for it.
pub async fn keep(telegram: &Telegram) {
    let mut wait = FIRST_PAUSE;
    while let Err(error) = tell(telegram).await {
        let pause = wait.max(asked_to_wait(&error));
        info!(why = scrubbed(error), "Telegram did not take what the bot is; trying again in {pause:?}");
        tokio::time::sleep(pause).await;
        wait = (wait * 2).min(LAST_PAUSE);
    }
}

// For everybody in Danish; for whoever has set their phone to a language that the bot speaks, in that one.
async fn tell(telegram: &Telegram) -> Result<(), RequestError> {
    about(telegram, "", Language::DANISH).await?;
    for language in spoken() {
        about(telegram, language.tag(), language).await?;
    }
    Ok(())
}

// An empty code: for all whose language has none of its own.
async fn about(telegram: &Telegram, code: &str, language: Language) -> Result<(), RequestError> {
    let (bot, l) = (&telegram.bot, lines(language));
    let commands = commands(language);
    if telegram.call(bot.get_my_commands().language_code(code)).await? != commands {
        telegram.call(bot.set_my_commands(commands).language_code(code)).await?;
    }
    let words = l.get("bot-description");
    if telegram.call(bot.get_my_description().language_code(code)).await?.description != words {
        telegram.call(bot.set_my_description().description(words).language_code(code)).await?;
    }
    let words = l.get("bot-short");
    if telegram.call(bot.get_my_short_description().language_code(code)).await?.short_description != words {
        telegram.call(bot.set_my_short_description().short_description(words).language_code(code)).await?;
    }
    Ok(())
}

fn commands(language: Language) -> Vec<BotCommand> {
    let l = lines(language);
    let name = |danish, other| if language == Language::DANISH { danish } else { other };
    COMMANDS.map(|(line, danish, other)| BotCommand::new(name(danish, other), l.get(line))).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_fits_the_room_that_telegram_gives() {
        let length = |text: &str| text.chars().count();
        for language in spoken() {
            let l = lines(language);
            assert!((1..=512).contains(&length(&l.get("bot-description"))), "{language:?}");
            assert!((1..=120).contains(&length(&l.get("bot-short"))), "{language:?}");
            for BotCommand { command, description, .. } in commands(language) {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
                assert!((1..=32).contains(&command.len()) && command.chars().all(plain), "{command}");
                assert!((1..=256).contains(&length(&description)) && !description.starts_with("command-"));
            }
        }
    }
}
