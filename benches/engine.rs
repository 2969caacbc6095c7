//! How long one turn takes: `advance` alone, and with the session read before and written after, as each message costs it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use snak::engine::{self, Begin, Facts, Input, Moment, Session};
use snak::script::{Institution, Language, Parts, Script, ScriptId};
use std::hint::black_box;

// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a citizen types to the twelve questions.
const TYPED: [&str; 12] = [
    "1",
    "1 og 2",
    "ja",
    "4",
    "37",
    "En kop kaffe",
    "den anden mulighed",
    "2",
    "nej",
    "fire",
    "2,5",
    "Bedre lys",
];

fn script() -> Script {
    let id = ScriptId("bench/tolv".to_owned());
    let parts = Parts { institution: Institution::named_after("bench") };
    let yaml = include_str!("dialogues/bench/tolv.yaml");
    Script::parse(&id, yaml, &parts).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn moment() -> Moment {
    Moment { now: "2026-11-24T10:00:00Z".parse().unwrap(), seed: 7, facts: Facts::default() }
}

/// The session before each answer, and the answer.
fn turns(script: &Script) -> Vec<(Session, Input)> {
    let begin = Begin {
        revision: 1,
        channel: "telegram",
        place: Some("her".to_owned()),
        language: Language::parse("da"),
        returning: false,
        response: uuid::Uuid::nil(),
    };
    let mut session = engine::start(script, begin, &moment()).session;
    session = engine::advance(script, session, &Input::Text("start".to_owned()), &moment()).unwrap().session;
    let mut turns = Vec::new();
    for typed in TYPED {
        let input = Input::Text(typed.to_owned());
        turns.push((session.clone(), input.clone()));
        session = engine::advance(script, session, &input, &moment()).unwrap().session;
    }
    assert!(session.is_finished(), "the twelve answers reach the end");
    turns
}

fn bench(c: &mut Criterion) {
    let script = script();
    let moment = moment();
    let turns = turns(&script);
    for (session, input) in &turns {
        let many: Vec<_> = (0..20000).map(|_| session.clone()).collect();
        let begun = std::time::Instant::now();
        let mut keep = Vec::with_capacity(20000);
        for s in many {
            keep.push(engine::advance(&script, s, input, &moment));
        }
        println!("{:?} {} ns", input, begun.elapsed().as_nanos() / 20000);
    }
    let mut next = 0;
    c.bench_function("advance, 12-question script, one turn", |b| {
        b.iter_batched(
            || {
                next = (next + 1) % turns.len();
                turns[next].clone()
            },
            |(session, input)| black_box(engine::advance(&script, session, &input, &moment)),
            // As many as may be at work at once: larger batches measure how fast the kernel gives memory.
            BatchSize::NumIterations(64),
        );
    });
    let stored: Vec<(Vec<u8>, Input)> =
        turns.iter().map(|(s, i)| (engine::encode(s).unwrap(), i.clone())).collect();
    println!("session: {} to {} bytes", stored[0].0.len(), stored[stored.len() - 1].0.len());
    let mut next = 0;
    c.bench_function("decode, advance, encode, one turn", |b| {
        b.iter(|| {
            next = (next + 1) % stored.len();
            let (bytes, input) = &stored[next];
            let session: Session = engine::decode(bytes).unwrap();
            let turn = engine::advance(&script, session, input, &moment).unwrap();
            black_box(engine::encode(&turn.session).unwrap())
        });
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
