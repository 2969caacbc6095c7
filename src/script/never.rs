//! Conditions that nobody can meet.

use super::condition::{Bounds, Condition, Test};
use super::model::{AnswerType, Question};
use super::problem::{Problem, Span, both};

/// C404 for a condition at `at`, if no answer can make it true.
pub fn never(condition: &Condition, at: Span, questions: &[&Question]) -> Option<Problem> {
    let name = impossible(condition, questions)?;
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
        Condition::Fact { .. } | Condition::Rounds { .. } => None,
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
