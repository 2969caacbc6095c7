//! Conditions that nobody can meet, and those that everybody meets.

use super::condition::{Bounds, Condition, Test};
use super::model::{AnswerType, Question};
use super::problem::{Problem, Span, both};
use rust_decimal::Decimal;

/// C404 for a condition at `at`, if no answer can make it true, or every one does.
pub fn never(condition: &Condition, at: Span, questions: &[&Question]) -> Option<Problem> {
    let Some(name) = impossible(condition, questions) else {
        return certain(condition, questions).map(|name| always(at, name));
    };
    Some(
        Problem::error(
            "C404",
            at,
            both(
                format!("intet svar på `{name}` passer med betingelsen"),
                format!("no answer to `{name}` meets this condition"),
            ),
        )
        .why(both("ingen ville nogensinde få det at se", "nobody would ever get to see it"))
        .mend(both(
            "ret grænserne eller svarene, eller fjern trinnet",
            "correct the limits or the answers, or remove the step",
        )),
    )
}

fn always(at: Span, name: &str) -> Problem {
    Problem::error(
        "C404",
        at,
        both(
            format!("ethvert svar på `{name}` passer med betingelsen"),
            format!("every answer to `{name}` meets this condition"),
        ),
    )
    .why(both(
        "den skiller ingen fra: alle, der har svaret, ville få det at se",
        "it tells nobody apart: all who have answered would get to see it",
    ))
    .mend(both(
        format!("gør betingelsen snævrere, eller, hvis det er meningen, skriv\n{name}: answered"),
        format!("make the condition narrower or, if that is what you mean, write\n{name}: answered"),
    ))
}

// The question whose answer makes no difference.
fn certain<'c>(condition: &'c Condition, questions: &[&Question]) -> Option<&'c str> {
    match condition {
        Condition::All(list) => {
            let found: Option<Vec<_>> = list.iter().map(|c| certain(c, questions)).collect();
            found.and_then(|names| names.first().copied())
        }
        // Where it may be another question's answer, the two are told apart.
        Condition::Any(list) => {
            let name = list.iter().find_map(|c| certain(c, questions))?;
            list.iter().flat_map(Condition::questions).all(|other| other == name).then_some(name)
        }
        Condition::Answer { question, test } => {
            let asked = questions.iter().find(|q| q.id == *question)?;
            passes(test, &asked.answer).then_some(question.as_str())
        }
        Condition::Fact { .. } | Condition::Rounds { .. } | Condition::Vote { .. } => None,
    }
}

fn passes(test: &Test, answer: &AnswerType) -> bool {
    match (test, answer) {
        (Test::Each(tests), _) => !tests.is_empty() && tests.iter().all(|t| passes(t, answer)),
        (Test::OneOf(codes), AnswerType::Choice(options) | AnswerType::YesNo(options)) => {
            options.list.iter().all(|o| codes.contains(&o.code))
        }
        (Test::Equals(list), AnswerType::Scale { min, max, .. }) => {
            (*min..=*max).all(|n| list.contains(&n.into()))
        }
        (Test::Within(bounds), AnswerType::Scale { min, max, .. }) => {
            bounds.hold((*min).into()) && bounds.hold((*max).into())
        }
        (Test::Within(bounds), AnswerType::Number { min, max }) => {
            let open = |end: &Option<Decimal>, free: bool| end.map_or(free, |n| bounds.hold(n));
            open(min, bounds.low.is_none()) && open(max, bounds.high.is_none())
        }
        (Test::Count(bounds), AnswerType::Multi { min, max, .. }) => {
            bounds.hold((*min).max(1).into()) && bounds.hold((*max).into())
        }
        _ => false,
    }
}

// The question that stands in the way.
fn impossible<'c>(condition: &'c Condition, questions: &[&Question]) -> Option<&'c str> {
    match condition {
        Condition::All(list) => list.iter().find_map(|c| impossible(c, questions)),
        Condition::Any(list) => {
            let found: Vec<_> = list.iter().map(|c| impossible(c, questions)).collect();
            found.iter().all(Option::is_some).then(|| found.into_iter().flatten().next()).flatten()
        }
        Condition::Answer { question, test } => {
            let asked = questions.iter().find(|q| q.id == *question)?;
            fails(test, &asked.answer).then_some(question.as_str())
        }
        Condition::Fact { .. } | Condition::Rounds { .. } | Condition::Vote { .. } => None,
    }
}

fn fails(test: &Test, answer: &AnswerType) -> bool {
    match (test, answer) {
        (Test::Each(tests), _) => {
            let within = |all, test: &Test| {
                if let Test::Within(one) = test { narrowed(all, one.clone()) } else { all }
            };
            is_empty(tests.iter().fold(Bounds::default(), within)) || tests.iter().any(|t| fails(t, answer))
        }
        (Test::NoneOf(codes), AnswerType::Choice(options) | AnswerType::YesNo(options)) => {
            options.list.iter().all(|o| codes.contains(&o.code))
        }
        (Test::Count(bounds), AnswerType::Multi { max, .. }) => {
            let most = Bounds { low: None, high: Some(((*max).into(), true)) };
            is_empty(narrowed(bounds.clone(), most))
        }
        _ => false,
    }
}

fn narrowed(a: Bounds, b: Bounds) -> Bounds {
    // An open end is the narrower of two at one number.
    let low = [a.low, b.low].into_iter().flatten().max_by_key(|(n, closed)| (*n, !closed));
    let high = [a.high, b.high].into_iter().flatten().min_by_key(|(n, closed)| (*n, *closed));
    Bounds { low, high }
}

fn is_empty(bounds: Bounds) -> bool {
    match (bounds.low, bounds.high) {
        (Some((low, a)), Some((high, b))) => low > high || (low == high && !(a && b)),
        (Some(_), None) | (None, Some(_)) | (None, None) => false,
    }
}
