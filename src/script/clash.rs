//! Words that citizens type and that would mean two things.

use super::fields::Reader;
use super::fold::fold;
use super::model::{Choice, Item};
use super::problem::{Problem, Span, both};
use super::tree::{Entry, Node};

/// A455: a synonym of an option that another option has too.
pub fn synonyms(reader: &mut Reader, entries: &[Entry], options: &[Choice]) {
    for option in options {
        let Some(node) = entries.iter().find(|e| e.key == option.code).and_then(|e| e.value.get("also"))
        else {
            continue;
        };
        for (word, at) in reader.texts(node) {
            let folded = fold(word);
            let means = |o: &&Choice| o.folded.labels.contains(&folded) || o.folded.names.contains(&folded);
            let Some(other) = options.iter().filter(|o| o.code != option.code).find(means) else { continue };
            // Of two that have it under `also`, the second is told.
            let place = entries.iter().find(|e| e.key == other.code).map_or(at, |e| e.key_at);
            if other.also.iter().any(|a| fold(a) == folded) && place > at {
                continue;
            }
            reader.report(two_meanings(word, at, place, (&other.code, &option.code)));
        }
    }
}

fn two_meanings(word: &str, at: Span, other: Span, (first, second): (&str, &str)) -> Problem {
    Problem::error(
        "A455",
        at,
        both(
            format!("`{word}` passer både til `{first}` og `{second}`"),
            format!("`{word}` fits both `{first}` and `{second}`"),
        ),
    )
    .also(other, both("den anden mulighed", "the other option"))
    .why(both(
        "den, der skriver ordet, ville få valgt den ene uden at vide det",
        "whoever types the word would choose one of them without knowing",
    ))
    .mend(both("fjern ordet et af stederne", "remove the word in one of the places"))
}

/// E703: a word that begins the dialogue and is an answer in it as well.
pub fn keywords<'i>(reader: &mut Reader, entry: Option<&Node>, items: impl Iterator<Item = &'i Item>) {
    let Some(node) = entry.and_then(|n| n.get("keywords")) else { return };
    let questions: Vec<_> = items.filter_map(Item::question).collect();
    for (word, at) in reader.texts(node) {
        let folded = fold(word);
        let answers = |o: &Choice| o.folded.labels.contains(&folded) || o.folded.names.contains(&folded);
        let asked = questions.iter().find(|q| q.answer.options().is_some_and(|o| o.list.iter().any(answers)));
        if let Some(question) = asked {
            reader.report(also_an_answer(word, at, &question.id));
        }
    }
}

fn also_an_answer(word: &str, at: Span, question: &str) -> Problem {
    Problem::warning(
        "E703",
        at,
        both(
            format!("nøgleordet `{word}` er også et svar på `{question}`"),
            format!("the keyword `{word}` is also an answer to `{question}`"),
        ),
    )
    .why(both(
        "den, der skriver sit svar, kunne komme til at begynde forfra",
        "whoever types the answer might begin again instead",
    ))
    .mend(both("vælg et andet nøgleord", "choose another keyword"))
}
