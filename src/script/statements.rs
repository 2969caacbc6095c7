//! The statements of a vote beside the published ones (V752, V754).

use super::against::{first_words, key_of, likeness, option_at, shares_words, step_of};
use super::model::Vote;
use super::problem::{Problem, Span, both};
use super::tree::Node;
use super::words::Words;

/// Votes stand by themselves, each with its statement: they stay as they are, whatever becomes of it.
pub fn compared(root: &Node, old: &Vote, new: &Vote) -> Vec<Problem> {
    let id = &old.id;
    let at = |code: &str| {
        let here = step_of(root, id).and_then(|step| option_at(step, code));
        here.unwrap_or_else(|| key_of(root, id, &["statements"]))
    };
    let mut problems = Vec::new();
    for statement in &old.statements.list {
        let code = &statement.code;
        match new.statements.find(code) {
            Some(now) if likeness(&statement.label, &now.label).is_some_and(|part| part < 0.5) => {
                problems.push(another_statement(at(code), code, &statement.label));
            }
            Some(_) => {}
            None => {
                let mut added = new.statements.list.iter().filter(|s| old.statements.find(&s.code).is_none());
                let renamed = added.find(|s| shares_words(&s.label, &statement.label));
                let at = renamed.map_or_else(|| key_of(root, id, &["statements"]), |s| at(&s.code));
                problems.push(statement_gone(at, id, code, renamed.is_some()));
            }
        }
    }
    problems
}

fn statement_gone(at: Span, id: &str, code: &str, renamed: bool) -> Problem {
    let what = both(
        format!("udsagnet `{code}` i `{id}` er der ikke længere"),
        format!("the statement `{code}` of `{id}` is no longer there"),
    );
    match renamed {
        true => Problem::error("V752", at, what)
            .label(both(format!("hed det `{code}` før?"), format!("was it called `{code}` before?")))
            .why(both(
                "stemmerne på det samme udsagn ville blive talt hver for sig",
                "the votes on one statement would be counted as those on two",
            ))
            .mend(both(format!("lad det hedde `{code}`"), format!("keep the name `{code}`"))),
        false => Problem::warning("V752", at, what)
            .why(both(
                "de stemmer, der er givet, bliver i udtrækket, men der kommer ikke flere",
                "the votes that were cast stay in the export, but there will be no more",
            ))
            .mend(both(
                format!("er det ikke meningen, så sæt `{code}` ind igen"),
                format!("if that is not what you mean, put `{code}` back"),
            )),
    }
}

fn another_statement(at: Span, code: &str, before: &Words) -> Problem {
    let old = first_words(before);
    Problem::warning(
        "V754",
        at,
        both(
            format!("udsagnet `{code}` har fået en helt anden ordlyd"),
            format!("the statement `{code}` has quite other words now"),
        ),
    )
    .label(both(format!("er udgivet som \"{old}\""), format!("is published as \"{old}\"")))
    .why(both(
        "stemmer på to forskellige udsagn ville blive talt sammen",
        "votes on two different statements would be counted together",
    ))
    .mend(both(
        format!("er det et andet udsagn, så giv det et nyt navn, for eksempel `{code}_2`"),
        format!("if it is another statement, give it a new name, for example `{code}_2`"),
    ))
}
