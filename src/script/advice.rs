//! What is wrong with a dialogue as a whole: its length, its promises about time, and ways past the question of the audience.

use super::fields::Reader;
use super::flow::successors;
use super::longest::on_the_longest_way;
use super::model::*;
use super::problem::{Problem, Span, both};
use super::steps::Drafts;
use super::tree::Node;
use std::collections::HashSet;

/// More questions than this and many give up.
const MANY_QUESTIONS: u16 = 12;
/// What an answer takes, in seconds: pressing a button, and writing.
const CHOICE_SECONDS: u16 = 8;
const TEXT_SECONDS: u16 = 25;
/// `minutes` may be so many times too many or too few.
const FAR_OFF: u16 = 4;

pub fn whole(
    reader: &mut Reader,
    root: &Node,
    header: &Header,
    drafts: &Drafts<'_>,
    audience: Option<&Audience>,
) {
    let items: Vec<Item> = drafts.list.iter().map(|d| d.item.clone()).collect();
    let questions = on_the_longest_way(&items, audience, |_| 1);
    if questions > MANY_QUESTIONS
        && let Some(steps) = key_of(root, "steps")
    {
        reader.report(many_questions(steps, questions));
    }
    let seconds = on_the_longest_way(&items, audience, seconds);
    if let (Some(minutes), Some(node), true) = (header.minutes, root.get("minutes"), seconds > 0) {
        far_off(reader, node.at, minutes.max(1), seconds.div_ceil(60));
    }
    too_late(reader, root, header);
    if let (Some(audience), Some(at)) = (audience, root.get("audience").and_then(|n| n.get("ask")))
        && past_the_audience(drafts, audience)
    {
        reader.report(not_everybody(at.at, &audience.question));
    }
}

fn key_of(root: &Node, key: &str) -> Option<Span> {
    root.map()?.iter().find(|e| e.key == key).map(|e| e.key_at)
}

fn seconds(question: &Question) -> u16 {
    match &question.answer {
        AnswerType::Choice(_)
        | AnswerType::YesNo(_)
        | AnswerType::Multi { .. }
        | AnswerType::Scale { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Number { .. } => CHOICE_SECONDS,
        AnswerType::Text { .. }
        | AnswerType::Location { .. }
        | AnswerType::Media(_)
        | AnswerType::Rank { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name => TEXT_SECONDS,
    }
}

// F208
fn many_questions(at: Span, questions: u16) -> Problem {
    Problem::warning(
        "F208",
        at,
        both(
            format!("den længste vej har {questions} spørgsmål"),
            format!("the longest way has {questions} questions"),
        ),
    )
    .label(both(format!("helst højst {MANY_QUESTIONS}"), format!("better at most {MANY_QUESTIONS}")))
    .why(both(
        "mange holder op undervejs, og I mister deres svar",
        "many stop on the way, and you lose their answers",
    ))
    .mend(both(
        "fjern de spørgsmål, I ikke skal bruge til noget, eller giv nogle af dem et `when`",
        "remove the questions you will not use, or give some of them a `when`",
    ))
}

// H505
fn far_off(reader: &mut Reader, at: Span, told: u16, estimate: u16) {
    if told <= estimate.saturating_mul(FAR_OFF) && estimate <= told.saturating_mul(FAR_OFF) {
        return;
    }
    let few = |n: u16, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let (told_da, told_en) = (few(told, "minut", "minutter"), few(told, "minute", "minutes"));
    let (da, en) = (few(estimate, "minut", "minutter"), few(estimate, "minute", "minutes"));
    reader.report(
        Problem::error(
            "H505",
            at,
            both(
                format!("dialogen lover {told_da}, men tager omkring {da}"),
                format!("the dialogue promises {told_en}, but takes about {en}"),
            ),
        )
        .why(both(
            "borgeren ser tallet, før samtalen begynder, og regner med det",
            "citizens see the number before they begin, and count on it",
        ))
        .fix(at, estimate.to_string()),
    );
}

// H506
fn too_late(reader: &mut Reader, root: &Node, header: &Header) {
    // A period that ends before it begins is told as such; what follows from it is no news.
    let Some(last) = header.period.to.filter(|to| *to >= header.period.from) else { return };
    let keep = jiff::Span::new().months(header.privacy.keep.months).days(header.privacy.keep.days);
    let Ok(gone) = last.checked_add(keep) else { return };
    if header.give_back.by <= gone || opts_in(root) {
        return;
    }
    let Some(at) = root.get("give_back").and_then(|n| n.get("by")).map(|n| n.at) else { return };
    let problem = Problem::warning(
        "H506",
        at,
        both(
            "tilbagemeldingen kommer, efter at svarene er slettet",
            "the answer to citizens comes after their answers are deleted",
        ),
    )
    .label(both(format!("de sidste svar slettes {gone}"), format!("the last answers are deleted on {gone}")))
    .why(both(
        "når svarene er væk, ved I ikke længere, hvem der skal have besked",
        "once the answers are gone you no longer know whom to tell",
    ));
    reader.report(problem.mend(both(
        "gem svarene længere (`keep`), giv besked før, eller tilføj `- use: foelg-op`",
        "keep the answers longer (`keep`), tell citizens sooner, or add `- use: foelg-op`",
    )));
}

// Whether the ready-made opt-in is used anywhere.
fn opts_in(node: &Node) -> bool {
    let here = node.get("use").and_then(Node::text).is_some_and(|t| t.trim() == "foelg-op");
    here || node.map().unwrap_or_default().iter().any(|e| opts_in(&e.value))
        || node.list().unwrap_or_default().iter().any(opts_in)
}

// F209: whether `steps` can be left at its end without the question, followed step by step and around it.
fn past_the_audience(drafts: &Drafts<'_>, audience: &Audience) -> bool {
    let asks = |no: &ItemNo| drafts.list[*no].item.question().is_some_and(|q| q.id == audience.question);
    // In a section it is asked of those who are sent there: that is how it was meant.
    if !(0..drafts.list.len()).any(|no| asks(&no) && drafts.list[no].item.section == 0) {
        return false;
    }
    let mut seen = HashSet::new();
    let mut open: Vec<ItemNo> = drafts.main.first().copied().into_iter().collect();
    while let Some(no) = open.pop() {
        let draft = &drafts.list[no];
        let unasked = !asks(&no) || draft.when.is_some();
        if !unasked || !seen.insert(no) {
            continue;
        }
        let stops = matches!(draft.item.kind, Kind::Goto(_) | Kind::End(_)) && draft.when.is_none();
        let leaves = matches!(draft.item.kind, Kind::Goto(Target::End));
        if leaves || (draft.item.section == 0 && draft.item.next == Next::Return && !stops) {
            return true;
        }
        open.extend(successors(no, drafts, Some(audience)));
    }
    false
}

fn not_everybody(at: Span, question: &str) -> Problem {
    Problem::warning(
        "F209",
        at,
        both(
            format!("man kan nå til slutningen uden at få spørgsmålet `{question}`"),
            format!("the ending can be reached without the question `{question}`"),
        ),
    )
    .why(both(
        "af dem, der går den vej, ved I ikke, om de bruger jer i forvejen",
        "of those who go that way you cannot tell whether they use you already",
    ))
    .mend(both(
        "stil spørgsmålet først, uden `when`, og før noget `goto`",
        "ask it first, without a `when`, and before any `goto`",
    ))
}
