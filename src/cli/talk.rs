//! What `snak chat` says itself, beside the dialogue: in the language of the staff who try it.

use crate::engine::{Outcome, Response};
use crate::script::StaffLanguage;

/// Words with a `/` that the terminal knows, in Danish and in English.
pub const COMMANDS: [(&str, &str); 7] = [
    ("/tilbage", "/back"),
    ("/spring", "/skip"),
    ("/stop", "/stop"),
    ("/hjaelp", "/help"),
    ("/privatliv", "/privacy"),
    ("/sprog", "/language"),
    ("/del", "/share"),
];

/// Speaks to staff; Danish unless they read English.
#[derive(Debug, Clone, Copy)]
pub struct Talk(pub StaffLanguage);

impl Talk {
    fn say(self, da: String, en: String) -> String {
        match self.0 {
            StaffLanguage::Da => da,
            StaffLanguage::En => en,
        }
    }

    fn commands(self) -> String {
        let words = COMMANDS.map(|(da, en)| self.say(da.to_owned(), en.to_owned()));
        words.join(" ")
    }

    pub fn opening(self) -> String {
        let words = self.commands();
        self.say(
            format!("Du prøver dialogen: intet gemmes. Skriv et svars nummer eller ord, eller dine egne ord.\nDu kan også skrive: {words}\n"),
            format!("You are trying the dialogue: nothing is stored. Type an answer's number or words, or your own words.\nYou can also type: {words}\n"),
        )
    }

    pub fn unknown(self, typed: &str) -> String {
        let words = self.commands();
        let typed: String = typed.chars().take(40).collect();
        self.say(
            format!("`{typed}` kendes ikke. Du kan skrive: {words}\n"),
            format!("`{typed}` is not known. You can type: {words}\n"),
        )
    }

    pub fn summary(self, response: Option<&Response>) -> String {
        let count = |is: fn(&Outcome) -> bool| {
            response.map_or(0, |r| r.answers.iter().filter(|a| is(&a.outcome)).count())
        };
        let given = count(|o| matches!(o, Outcome::Given { .. }));
        let skipped = count(|o| matches!(o, Outcome::Skipped));
        let failed = count(|o| matches!(o, Outcome::Failed));
        let answers = if given == 1 { "answer" } else { "answers" };
        self.say(
            format!("\nSamtalen er slut: {given} svar, {skipped} sprunget over, {failed} opgivet. Intet er gemt.\n"),
            format!("\nThe conversation is over: {given} {answers}, {skipped} skipped, {failed} given up. Nothing is stored.\n"),
        )
    }

    pub fn ended_early(self) -> String {
        self.say(
            "der kom ikke mere at læse, før samtalen var slut".to_owned(),
            "the input ended before the dialogue did".to_owned(),
        )
    }

    pub fn no_dialogue(self, dialogue: &str, folder: &str) -> String {
        self.say(
            format!("der er ingen dialog {dialogue} i {folder}"),
            format!("there is no dialogue {dialogue} in {folder}"),
        )
    }

    pub fn has_errors(self, dialogue: &str, pictures: &str) -> String {
        self.say(
            format!("{dialogue} har fejl og kan ikke prøves\n{pictures}"),
            format!("{dialogue} has errors and cannot be played\n{pictures}"),
        )
    }
}
