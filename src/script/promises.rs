//! Questions that do not keep what the privacy notice promises.

use super::fields::Reader;
use super::model::*;
use super::problem::{Problem, Span, both};
use super::steps::{Draft, Drafts};
use super::tree::Node;

pub fn kept(reader: &mut Reader, root: &Node, privacy: &Privacy, drafts: &Drafts<'_>) {
    let place =
        |key: &str| root.get("privacy").and_then(|n| n.get(key)).map_or(Span::on_line(1, 1, 1), |n| n.at);
    let notice: String = privacy.notice.languages().map(|(_, t)| t.plain().to_lowercase() + " ").collect();
    for (no, draft) in drafts.list.iter().enumerate() {
        let Some(question) = draft.item.question() else { continue };
        // A part that others made keeps what it asks for apart from the answers.
        if question.id.contains('.') {
            continue;
        }
        if let Some((da, en)) = contact(&question.answer) {
            if privacy.anonymous {
                reader.report(not_anonymous(draft.at, place("anonymous"), da, en));
            } else if !is_optional(no, drafts) {
                reader.report(no_opt_in(draft.at, da, en));
            }
        }
        if let Some((da, en, words)) = sent(&question.answer)
            && !words.iter().any(|w| notice.contains(w))
        {
            reader.report(not_mentioned(draft.at, place("notice"), da, en));
        }
        if privacy.basis == Basis::Consent && is_for_children(draft) {
            reader.report(children(draft.at, place("basis")));
        }
    }
}

// What reaches or names a person.
fn contact(answer: &AnswerType) -> Option<(&'static str, &'static str)> {
    match answer {
        AnswerType::Email => Some(("en e-mail", "an e-mail")),
        AnswerType::Phone => Some(("et telefonnummer", "a phone number")),
        AnswerType::Name => Some(("et navn", "a name")),
        AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Multi { .. }
        | AnswerType::Rank { .. }
        | AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Text { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_) => None,
    }
}

// What the notice has to mention, and words that do.
fn sent(answer: &AnswerType) -> Option<(&'static str, &'static str, &'static [&'static str])> {
    const VOICE: &[&str] = &["stemme", "tale", "lyd", "optag", "voice", "audio", "record"];
    match answer {
        AnswerType::Media(Wanted { kind: MediaKind::Photo, .. }) => {
            Some(("et billede", "a photo", &["billede", "foto", "photo", "picture", "image"]))
        }
        AnswerType::Media(Wanted { kind: MediaKind::Voice, .. }) | AnswerType::Text { voice: true, .. } => {
            Some(("en talebesked", "a voice message", VOICE))
        }
        AnswerType::Location { .. } => {
            Some(("et sted", "a place", &["sted", "placering", "position", "place", "location"]))
        }
        AnswerType::Media(Wanted { kind: MediaKind::File, .. })
        | AnswerType::Text { voice: false, .. }
        | AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Multi { .. }
        | AnswerType::Rank { .. }
        | AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => None,
    }
}

// Whether only those are asked who answered something before.
fn is_optional(no: ItemNo, drafts: &Drafts<'_>) -> bool {
    let draft = &drafts.list[no];
    let around = drafts.list.iter().position(|d| d.children.contains(&no));
    draft.when.is_some() || draft.item.section > 0 || around.is_some_and(|group| is_optional(group, drafts))
}

fn is_for_children(draft: &Draft<'_>) -> bool {
    let Some(question) = draft.item.question() else { return false };
    let options = question.answer.options().map(|o| o.list.as_slice()).unwrap_or_default();
    options.iter().any(Choice::is_for_children)
}

fn not_anonymous(at: Span, promise: Span, da: &str, en: &str) -> Problem {
    Problem::error(
        "P601",
        at,
        both(format!("I lover anonymitet, men spørger om {da}"), format!("you promise anonymity but ask for {en}")),
    )
    .also(promise, both("her bliver det lovet", "here it is promised"))
    .why(both("privatlivsteksten ville være usand", "the privacy text would be untrue"))
    .mend(both(
        "brug den færdige opfølgning (`- use: foelg-op`), som gemmer kontaktoplysninger adskilt fra svarene,\nskriv `anonymous: false`, og ret privatlivsteksten; eller fjern spørgsmålet",
        "use the ready-made follow-up (`- use: foelg-op`), which stores contact data apart from the answers,\nset `anonymous: false` with a new notice; or remove the question",
    ))
}

fn no_opt_in(at: Span, da: &str, en: &str) -> Problem {
    Problem::warning(
        "P604",
        at,
        both(
            format!("alle bliver bedt om {da}, uden først at have sagt ja"),
            format!("everybody is asked for {en} without having said yes first"),
        ),
    )
    .why(both("kontaktoplysninger må kun gives frivilligt", "contact data may only be given freely"))
    .mend(both(
        "spørg først, om borgeren vil kontaktes, og giv spørgsmålet et `when`; eller brug `- use: foelg-op`",
        "ask first whether the citizen wants to be contacted and give the question a `when`; or use `- use: foelg-op`",
    ))
}

fn not_mentioned(at: Span, notice: Span, da: &str, en: &str) -> Problem {
    let notice = Span { end_line: notice.line, end_column: notice.column + 1, ..notice };
    Problem::warning(
        "P603",
        at,
        both(
            format!("borgeren bliver bedt om {da}, men privatlivsteksten nævner det ikke"),
            format!("the citizen is asked for {en}, but the privacy notice does not mention it"),
        ),
    )
    .also(notice, both("privatlivsteksten", "the notice"))
    .why(both(
        "borgeren skal vide, hvad det bliver brugt til, før det sendes",
        "citizens must know what it is used for before they send it",
    ))
    .mend(both("skriv en sætning om det i `notice`", "write a sentence about it in `notice`"))
}

fn children(at: Span, basis: Span) -> Problem {
    Problem::warning("P605", at, both("her kommer børn under 15 med", "children under 15 take part here"))
        .also(basis, both("svarene gemmes på samtykke", "answers are kept by consent"))
        .why(both(
            "børn under 15 kan ikke selv give samtykke",
            "children under 15 cannot give consent themselves",
        ))
        .mend(both(
            "tal med jeres databeskyttelsesrådgiver, eller brug `basis: public_task`, hvis det passer",
            "ask your data protection officer, or use `basis: public_task` if it applies",
        ))
}
