//! `snak chat`: a dialogue in the terminal. The same engine, no store; works through pipes.

use super::Failure;
use super::talk::{COMMANDS, Talk};
use crate::engine::{self, Begin, Effect, Facts, Input, Message, Moment, Response, Session};
use crate::library;
use crate::script::{Language, Script, StaffLanguage, picture};
use jiff::Timestamp;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

/// Try a dialogue in the terminal.
///
/// One line of input is one reply: an option's number or words, or your own words. `/tilbage`, `/spring`, `/stop`, `/sprog`,
/// `/hjaelp` and `/privatliv` work as on Telegram. Nothing is stored. What the program says of itself is in the language that the
/// institution's staff read, and in English with `--lang en`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  snak chat nordby-bibliotek/aabningstider --lang en --place station\n  printf 'start\\nAldrig\\n' | snak chat nordby-bibliotek/aabningstider"
)]
pub struct Chat {
    /// INSTITUTION/DIALOGUE
    dialogue: String,
    /// The scripts
    #[arg(long, value_name = "DIR", default_value = "dialogues", env = "SNAK_DIALOGUES")]
    dialogues: std::path::PathBuf,
    /// The citizen's language
    #[arg(long)]
    lang: Option<String>,
    /// The place whose code was scanned
    #[arg(long)]
    place: Option<String>,
}

pub fn run(command: &Chat) -> Result<(), Failure> {
    let english = command.lang.as_deref() == Some("en");
    let (script, talk) = load(&command.dialogues, &command.dialogue, english)?;
    let mut out = std::io::stdout().lock();
    aside(&talk.opening());
    let mut chat = Console { script: &script, talk, numbered: Vec::new(), response: None };
    let begin = Begin {
        revision: 0,
        channel: "console",
        place: command.place.clone(),
        language: command.lang.as_deref().and_then(Language::parse),
        returning: false,
        response: uuid::Uuid::now_v7(),
    };
    let turn = engine::start(&script, begin, &moment()?);
    let broken = |e: std::io::Error| Failure::Failed(format!("the terminal cannot be written to: {e}"));
    chat.show(&turn.effects, &mut out).map_err(broken)?;
    let mut session = turn.session;
    let terminal = std::io::stdin().is_terminal();
    let mut lines = std::io::stdin().lock().lines();
    while !session.is_finished() {
        if terminal {
            write!(out, "> ").and_then(|()| out.flush()).map_err(broken)?;
        }
        let Some(Ok(line)) = lines.next() else {
            return Err(Failure::Failed(talk.ended_early()));
        };
        session = chat.reply(session, &line, &mut out).map_err(broken)?;
    }
    aside(&talk.summary(chat.response.as_ref()));
    Ok(())
}

// What is no part of the dialogue is told beside it.
fn aside(words: &str) {
    let _ = std::io::stderr().lock().write_all(words.as_bytes());
}

fn load(folder: &Path, dialogue: &str, english: bool) -> Result<(Script, Talk), Failure> {
    let talk = |read: StaffLanguage| Talk(if english { StaffLanguage::En } else { read });
    let path = folder.join(format!("{}.yaml", dialogue.trim_end_matches(".yaml")));
    if !path.is_file() {
        let sentence = talk(StaffLanguage::Da).no_dialogue(dialogue, &folder.display().to_string());
        return Err(Failure::Misuse(sentence));
    }
    let file = library::file(&path).map_err(|e| Failure::Misuse(e.to_string()))?;
    let talk = talk(file.staff_language());
    let (script, problems) = file.check();
    let script = script.ok_or_else(|| {
        let pictures: String = problems
            .iter()
            .filter(|p| p.is_error())
            .map(|p| format!("\n{}", picture(p, file.source_of(p), talk.0)))
            .collect();
        Failure::Failed(talk.has_errors(dialogue, &pictures))
    })?;
    Ok((script, talk))
}

fn moment() -> Result<Moment, Failure> {
    let seed =
        getrandom::u64().map_err(|e| Failure::Failed(format!("the system gives no random numbers: {e}")))?;
    Ok(Moment { now: Timestamp::now(), seed, facts: Facts::default() })
}

struct Console<'s> {
    script: &'s Script,
    talk: Talk,
    /// What the numbers shown stand for.
    numbered: Vec<(String, engine::Press)>,
    /// What would have been kept.
    response: Option<Response>,
}

impl Console<'_> {
    fn reply(&mut self, mut session: Session, line: &str, out: &mut impl Write) -> std::io::Result<Session> {
        let word = line.trim();
        if word.starts_with('/') && !COMMANDS.iter().any(|(da, en)| word == *da || word == *en) {
            aside(&self.talk.unknown(word));
            return Ok(session);
        }
        for input in self.inputs(line.trim()) {
            let before = session.clone();
            let moment = Moment { now: Timestamp::now(), seed: session.nonce, facts: Facts::default() };
            session = match engine::advance(self.script, session, &input, &moment) {
                Ok(turn) => {
                    self.show(&turn.effects, out)?;
                    turn.session
                }
                Err(error) => {
                    writeln!(out, "{error}")?;
                    before
                }
            };
        }
        Ok(session)
    }

    fn inputs(&self, typed: &str) -> Vec<Input> {
        let one = match typed {
            "/tilbage" | "/back" => Input::Back,
            "/spring" | "/skip" => Input::Skip,
            "/stop" => Input::Stop,
            "/hjaelp" | "/help" => Input::Help,
            "/del" | "/share" => Input::Share,
            "/privatliv" | "/privacy" => Input::Privacy,
            "/sprog" | "/language" => Input::Language(None),
            typed => {
                if let Some(presses) = self.numbers(typed) {
                    return presses;
                }
                match self.numbered.iter().find(|(label, _)| label.to_lowercase() == typed.to_lowercase()) {
                    Some((_, press)) if !self.is_option(press) => Input::Press(*press),
                    _ => Input::Text(typed.to_owned()),
                }
            }
        };
        vec![one]
    }

    // The numbers shown are the terminal's own: they count also where labels hold digits. Several are ticked, then sent.
    fn numbers(&self, typed: &str) -> Option<Vec<Input>> {
        let options: Vec<engine::Press> =
            self.numbered.iter().map(|(_, p)| *p).filter(|p| self.is_option(p)).collect();
        // On a scale the number is the answer itself.
        if self.numbered.iter().any(|(label, press)| self.is_option(press) && label.parse::<i64>().is_ok()) {
            return None;
        }
        let done = self.numbered.iter().map(|(_, p)| *p).find(|p| p.button == engine::ButtonKind::Done);
        let parts = typed.split([',', ' ']).filter(|w| !w.is_empty() && !matches!(*w, "og" | "and"));
        let chosen: Option<Vec<engine::Press>> =
            parts.map(|w| options.get(w.parse::<usize>().ok()?.checked_sub(1)?).copied()).collect();
        let chosen = chosen.filter(|c| c.len() == 1 || (c.len() > 1 && done.is_some()))?;
        Some(chosen.into_iter().chain(done).map(Input::Press).collect())
    }

    // Options are understood as typed, several at once too; the other buttons are pressed by their words.
    fn is_option(&self, press: &engine::Press) -> bool {
        matches!(press.button, engine::ButtonKind::Option(_))
    }

    fn show(&mut self, effects: &[Effect], out: &mut impl Write) -> std::io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Say(message) => self.message(message, out)?,
                Effect::Toast(text) => writeln!(out, "({text})")?,
                Effect::Respond(response) => self.response = Some(response.clone()),
                Effect::Wish(_) => writeln!(out, "(nothing is kept here)")?,
                Effect::Unsay => {}
                // What has scrolled by is not rewritten in a terminal.
                Effect::Amend { .. } | Effect::WakeAt(_) | Effect::Contacts(..) | Effect::Apart(_) => {}
            }
        }
        out.flush()
    }

    fn message(&mut self, message: &Message, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "\n{}", message.text)?;
        if let Some(shown) = &message.illustration {
            let kind = shown.kind.name();
            writeln!(out, "  [{kind}: {}/media/{}]", shown.institution, shown.file)?;
        }
        if let Some(link) = &message.link {
            writeln!(out, "  {}: {}", link.label, link.url)?;
        }
        if let Some(share) = &message.share {
            writeln!(out, "  {}: /c/{}", share.label, share.payload)?;
        }
        if !message.buttons.is_empty() {
            self.numbered.clear();
        }
        let mut number = 0;
        let mut others = Vec::new();
        for button in message.buttons.iter().flatten() {
            self.numbered.push((button.label.clone(), button.press));
            if self.is_option(&button.press) {
                number += 1;
                writeln!(out, "  {number}  {}", button.label)?;
            } else if button.press.button != engine::ButtonKind::Done {
                others.push(format!("[{}]", button.label));
            }
        }
        if !others.is_empty() {
            writeln!(out, "  {}", others.join(" "))?;
        }
        Ok(())
    }
}
