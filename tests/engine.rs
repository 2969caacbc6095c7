//! What holds and what is shown: conditions over answers that may be missing, order of options, ways back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::Timestamp;
use snak::engine::{self, Begin, ButtonKind, Effect, Facts, Input, Message, Moment, Session, Turn};
use snak::script::{Institution, Language, Parts, Script, ScriptId, StaffLanguage, picture};
use std::collections::HashSet;

const HEADER: &str = "\
format: 1
title: Prøve
languages: [da]
owner: Prøve
contact: hej@nordby.example
purpose: Prøve.
method: Chat.
target_group: Ingen.
expected_effect: Ingen.
give_back: {by: 2028-01-01, how: Slet ikke.}
period: {from: 2026-01-01, to: open}
privacy: {basis: consent, anonymous: true, keep: 1 month, notice: Intet gemmes.}
entry: {code: prove, places: {her: Her, der: Der}}
progress: no
";

const QUESTIONS: &str = "
  - ask: Valg?
    id: valg
    options: {a: Ananas, b: Banan, c: Citron}
  - ask: Flere?
    id: flere
    type: multi
    options: {x: Xylofon, y: Ymer, z: Zebra}
  - ask: Tal?
    id: tal
    type: number
  - ask: Tekst?
    id: tekst
    type: text
  - ask: Ja?
    id: jata
    type: yesno
";

fn script(body: &str) -> Script {
    let source = format!("{HEADER}{body}");
    let parts = Parts { institution: Institution::named_after("nordby") };
    let (script, problems) = Script::check(&ScriptId("nordby/prove".to_owned()), &source, &parts);
    script.unwrap_or_else(|| {
        let pictures: Vec<String> = problems.iter().map(|p| picture(p, &source, StaffLanguage::En)).collect();
        panic!("{}", pictures.join("\n"))
    })
}

fn moment(seed: u64) -> Moment {
    // A Tuesday at noon in Copenhagen.
    Moment { now: "2026-11-24T11:00:00Z".parse::<Timestamp>().unwrap(), seed, facts: Facts::default() }
}

fn begun(script: &Script, seed: u64, place: Option<&str>) -> Turn {
    let begin = Begin {
        revision: 1,
        channel: "telegram",
        place: place.map(str::to_owned),
        language: Some(Language::DANISH),
        returning: false,
        response: uuid::Uuid::nil(),
    };
    let card = engine::start(script, begin, &moment(seed)).session;
    says(script, card, "start")
}

fn says(script: &Script, session: Session, typed: &str) -> Turn {
    engine::advance(script, session, &Input::Text(typed.to_owned()), &moment(0)).unwrap()
}

fn said(turn: &Turn) -> Vec<String> {
    let words = |effect: &Effect| match effect {
        Effect::Say(message) => Some(message.text.to_string()),
        Effect::Amend { .. }
        | Effect::Toast(_)
        | Effect::Wish(_)
        | Effect::Unsay
        | Effect::Respond(_)
        | Effect::WakeAt(_)
        | Effect::Contacts(..)
        | Effect::Apart(_) => None,
    };
    turn.effects.iter().filter_map(words).collect()
}

/// Whether each `when` holds after these answers to [`QUESTIONS`]; `-` skips one.
fn held(answers: [&str; 5], whens: &[&str]) -> Vec<bool> {
    let steps: String =
        whens.iter().enumerate().map(|(n, when)| format!("  - say: vist {n}\n    when: {when}\n")).collect();
    let script = script(&format!("audience: {{ask: valg, not_yet_users: [a]}}\nsteps:\n{QUESTIONS}{steps}"));
    let mut turn = begun(&script, 1, Some("her"));
    for answer in answers {
        let typed = if answer == "-" { "spring over" } else { answer };
        turn = says(&script, turn.session, typed);
    }
    let said = said(&turn);
    (0..whens.len()).map(|n| said.contains(&format!("vist {n}"))).collect()
}

#[test]
fn conditions_hold_for_the_answers_they_name() {
    let cases = [
        ("{valg: a}", true),
        ("{valg: [b, c]}", false),
        ("{valg: {not: b}}", true),
        ("{valg: {none_of: [a, b]}}", false),
        ("{flere: x}", true),
        ("{flere: [z, y]}", true),
        ("{flere: {has_all: [x, y]}}", true),
        ("{flere: {has_all: [x, z]}}", false),
        ("{flere: {none_of: [z]}}", true),
        ("{flere: {only: [x, y, z]}}", true),
        ("{flere: {only: x}}", false),
        ("{flere: {count: 2}}", true),
        ("{flere: {count: {at_least: 3}}}", false),
        ("{tal: 2.50}", true),
        ("{tal: [1, 2.5]}", true),
        ("{tal: {above: 2.5}}", false),
        ("{tal: {at_least: 2.5, below: 3}}", true),
        ("{tal: {between: [1, 2]}}", false),
        ("{tal: {not: 2.5}}", false),
        ("{tekst: ' EN BÆNK '}", true),
        ("{tekst: {contains: bænk}}", true),
        ("{tekst: {longer_than: 6}}", false),
        ("{tekst: {longer_than: 5}}", true),
        ("{jata: ja}", true),
        ("{jata: yes}", true),
        ("{jata: no}", false),
        ("{valg: answered}", true),
        ("{valg: skipped}", false),
        ("{valg: not_asked}", false),
        ("{place: her}", true),
        ("{place: {not: her}}", false),
        ("{channel: telegram, language: da}", true),
        ("{audience: not_yet_user}", true),
        ("{weekday: tirsdag}", true),
        ("{today: {from: 2026-11-24, until: 2026-11-24}}", true),
        ("{today: {before: 2026-11-24}}", false),
        ("{time_of_day: {from: '11:00', before: '12:30'}}", true),
        ("{any: [{valg: b}, {tal: 2.5}]}", true),
        ("{any: [{valg: b}, {tal: 3}]}", false),
        ("{valg: a, all: [{flere: x}, {any: [{tal: 1}, {jata: ja}]}]}", true),
    ];
    let whens: Vec<&str> = cases.iter().map(|(when, _)| *when).collect();
    let held = held(["a", "x, y", "2,5", "en bænk", "ja"], &whens);
    for ((when, expected), held) in cases.iter().zip(held) {
        assert_eq!(held, *expected, "{when}");
    }
}

#[test]
fn what_was_not_answered_is_never_true_and_never_false() {
    let cases = [
        ("{valg: a}", false),
        ("{valg: {not: a}}", false),
        ("{flere: {none_of: [x]}}", false),
        ("{flere: {count: {at_most: 0}}}", false),
        ("{tal: {below: 1000}}", false),
        ("{tal: {not: 3}}", false),
        ("{tekst: {not: bænk}}", false),
        ("{jata: ja}", false),
        ("{audience: user}", false),
        ("{audience: {not: user}}", false),
        ("{valg: skipped}", true),
        ("{valg: answered}", false),
        ("{valg: not_asked}", false),
        // False beats unknown beats true; true beats unknown beats false.
        ("{any: [{valg: a}, {valg: skipped}]}", true),
        ("{any: [{valg: a}, {valg: answered}]}", false),
        ("{all: [{valg: a}, {valg: skipped}]}", false),
        ("{any: [{valg: {not: a}}, {valg: skipped}]}", true),
        ("{tal: skipped, valg: {not: a}}", false),
    ];
    let whens: Vec<&str> = cases.iter().map(|(when, _)| *when).collect();
    let held = held(["-", "-", "-", "-", "-"], &whens);
    for ((when, expected), held) in cases.iter().zip(held) {
        assert_eq!(held, *expected, "{when}");
    }
}

#[test]
fn a_question_given_up_is_unknown_and_neither_skipped_nor_unasked() {
    let whens = ["{tal: skipped}", "{tal: not_asked}", "{tal: answered}", "{tal: {not: 1}}"];
    let steps: String =
        whens.iter().enumerate().map(|(n, when)| format!("  - say: vist {n}\n    when: {when}\n")).collect();
    let script = script(&format!(
        "audience: everyone\nretries: 0\nsteps:\n  - ask: Tal?\n    id: tal\n    type: number\n{steps}"
    ));
    let turn = says(&script, begun(&script, 1, None).session, "mange");
    assert!(turn.session.is_finished());
    assert!(said(&turn).iter().all(|s| !s.starts_with("vist")), "{:?}", said(&turn));
}

#[test]
fn users_are_sent_elsewhere_and_those_who_do_not_say_go_on() {
    let script = script(
        "audience: {ask: valg, not_yet_users: [a], else: brugere}
steps:
  - ask: Valg?
    id: valg
    options: {a: Aldrig, b: Banan}
  - say: alle
sections:
  brugere:
    - say: brugere
    - end: farvel
",
    );
    for (typed, heard) in [("aldrig", "alle"), ("spring over", "alle"), ("banan", "brugere")] {
        let turn = says(&script, begun(&script, 1, None).session, typed);
        assert_eq!(said(&turn)[0], heard, "{typed}");
    }
}

const VISITS: &str = "audience: everyone
steps:
  - visit: ude
  - say: efter ude
  - ask: Videre?
    id: videre
    type: yesno
  - goto: slut
    when: {videre: nej}
  - visit: inde
  - say: til sidst
sections:
  ude:
    - say: ude
    - visit: inde
    - say: ude igen
  inde:
    - ask: Inde?
      id: inde_svar
      options:
        a: {da: Ananas, visit: dybest}
        b: Banan
    - say: inde
  dybest:
    - say: dybest
  slut:
    - say: slut
    - end: farvel
";

#[test]
fn visits_within_visits_return_to_where_they_came_from() {
    let script = script(VISITS);
    let turn = begun(&script, 1, None);
    assert_eq!(said(&turn)[0], "ude");
    let turn = says(&script, turn.session, "ananas");
    assert_eq!(said(&turn)[..4], ["dybest", "inde", "ude igen", "efter ude"]);
    let turn = says(&script, turn.session, "ja");
    assert!(said(&turn)[0].contains("Inde?"), "a second visit asks again: {:?}", said(&turn));
    let turn = says(&script, turn.session, "banan");
    assert_eq!(said(&turn)[..2], ["inde", "til sidst"]);
    assert!(turn.session.is_finished());
}

#[test]
fn going_back_into_a_visit_finds_the_way_out_again() {
    let script = script(VISITS);
    let turn = says(&script, begun(&script, 1, None).session, "banan");
    let turn = engine::advance(&script, turn.session, &Input::Back, &moment(0)).unwrap();
    assert_eq!(turn.session.returns.len(), 2, "the question lies in a visit within a visit");
    let turn = says(&script, turn.session, "ananas");
    // What was said before is not said again; what is new on the way is.
    assert_eq!(said(&turn)[..1], ["dybest"]);
    let turn = says(&script, turn.session, "nej");
    assert_eq!(said(&turn), ["slut", "farvel"]);
}

#[test]
fn an_answer_that_is_no_longer_on_the_way_is_kept_but_withdrawn() {
    let script = script(
        "audience: everyone
steps:
  - ask: Valg?
    id: valg
    options: {a: Ananas, b: Banan}
  - ask: Hvorfor?
    id: hvorfor
    type: text
    when: {valg: a}
  - ask: Sidst?
    id: sidst
    type: text
    when: {hvorfor: answered}
  - ask: Slut?
    id: slut
    type: yesno
",
    );
    let mut turn = begun(&script, 1, None);
    for typed in ["ananas", "derfor", "til sidst", "tilbage", "tilbage", "tilbage", "banan", "ja"] {
        turn = says(&script, turn.session, typed);
    }
    let response = turn.effects.iter().find_map(|e| match e {
        Effect::Respond(response) => Some(response),
        Effect::Say(_)
        | Effect::Amend { .. }
        | Effect::Toast(_)
        | Effect::Wish(_)
        | Effect::Unsay
        | Effect::WakeAt(_)
        | Effect::Contacts(..)
        | Effect::Apart(_) => None,
    });
    let response = response.unwrap();
    assert_eq!(response.withdrawn, ["hvorfor", "sidst"], "and `sidst` asked about the one that went");
    assert_eq!(response.answers.len(), 4);
}

#[test]
fn options_that_keep_their_place_keep_it_and_the_rest_is_mixed_once_for_each_session() {
    let script = script(
        "audience: everyone
steps:
  - ask: Valg?
    id: valg
    shuffle: true
    options:
      a: Ananas
      b: {da: Banan, fixed: true}
      c: Citron
      d: Daddel
      e: {da: Andet, other: true}
",
    );
    let order = |message: &Message| -> Vec<u8> {
        let options = message.buttons.iter().flatten().filter_map(|b| match b.press.button {
            ButtonKind::Option(n) => Some(n),
            _ => None,
        });
        options.collect()
    };
    let mut orders = HashSet::new();
    for seed in 0..200 {
        let session = begun(&script, seed, None).session;
        let open = || order(&engine::recap(&script, &session, &moment(9)).open.unwrap());
        assert_eq!(open(), open(), "the same session sees the same order");
        assert_eq!((open()[1], open()[4]), (1, 4));
        orders.insert(open());
    }
    assert_eq!(orders.len(), 6, "every order of the other three comes up");
}
