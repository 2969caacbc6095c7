//! What a header must say, and how it is told when it does not.

use super::fields::Reader;
use super::header::KEYS;
use super::problem::{Both, Problem, Span, both};
use super::tree::{Entry, Node};

/// What must stand there: the key, what is missing without it, and the line to write.
pub const MANDATORY: [(&str, &str, &str, &str, &str); 12] = [
    ("format", "der mangler et `format`", "the dialogue lacks its `format`", "format: 1", "format: 1"),
    (
        "title",
        "der mangler en titel (`title`)",
        "the dialogue has no `title`",
        "title: <det, borgeren ser øverst>",
        "title: <what citizens see at the top>",
    ),
    (
        "owner",
        "der mangler en ansvarlig (`owner`)",
        "nobody is responsible (`owner`)",
        "owner: <navn, afdeling>",
        "owner: <name, department>",
    ),
    (
        "contact",
        "der mangler en kontakt (`contact`)",
        "there is no `contact`",
        "contact: <mailadresse eller telefon, som borgeren kan bruge>",
        "contact: <an e-mail address or phone number for citizens>",
    ),
    (
        "purpose",
        "der mangler et formål (`purpose`)",
        "the dialogue does not say its `purpose`",
        "purpose: <én sætning: hvad vil I finde ud af?>",
        "purpose: <one sentence: what do you want to find out?>",
    ),
    (
        "method",
        "der mangler en metode (`method`)",
        "the dialogue does not say its `method`",
        "method: <én sætning: hvordan når I folk?>",
        "method: <one sentence: how do you reach people?>",
    ),
    (
        "target_group",
        "der mangler en målgruppe (`target_group`)",
        "the dialogue has no `target_group`",
        "target_group: <hvem vil I høre fra?>",
        "target_group: <whom do you want to hear from?>",
    ),
    (
        "expected_effect",
        "der mangler en forventet effekt (`expected_effect`)",
        "the dialogue does not say which effect you expect",
        "expected_effect: <én sætning: hvad vil I gøre eller beslutte med svarene?>",
        "expected_effect: <one sentence: what will you do or decide with the answers?>",
    ),
    (
        "give_back",
        "der mangler en tilbagemelding til borgerne (`give_back`)",
        "citizens are promised no answer (`give_back`)",
        "give_back:\n  by: 2027-12-01\n  how: <hvor og hvordan får borgerne besked?>",
        "give_back:\n  by: 2027-12-01\n  how: <where and how will citizens hear?>",
    ),
    (
        "period",
        "der mangler en periode (`period`)",
        "the dialogue has no `period`",
        "period:\n  from: 2027-03-01\n  to: 2027-04-12",
        "period:\n  from: 2027-03-01\n  to: 2027-04-12",
    ),
    (
        "privacy",
        "der står intet om privatliv (`privacy`)",
        "nothing is said about `privacy`",
        "privacy:\n  basis: public_task\n  anonymous: true\n  keep: 12 months\n  notice: <hvad gemmer I, og hvor længe?>",
        "privacy:\n  basis: public_task\n  anonymous: true\n  keep: 12 months\n  notice: <what do you keep, and for how long?>",
    ),
    (
        "entry",
        "der mangler en indgang (`entry`)",
        "there is no way in (`entry`)",
        "entry:\n  code: <kort navn til link og QR-kode>",
        "entry:\n  code: <a short name for the link and the QR code>",
    ),
];
const AUDIENCE: (&str, &str, &str, &str, &str) = (
    "audience",
    "det fremgår ikke, hvem I vil nå (`audience`)",
    "it does not say whom you want to reach (`audience`)",
    "audience:\n  ask: <et spørgsmåls id>\n  not_yet_users: [<svar>]\neller, hvis alle er lige vigtige:\naudience: everyone",
    "audience:\n  ask: <the id of a question>\n  not_yet_users: [<answers>]\nor, if everybody counts alike:\naudience: everyone",
);

/// The node of a mandatory key; where it is missing, that is told at the line below which it belongs.
pub fn field<'n>(reader: &mut Reader, root: &'n Node, key: &str) -> Option<&'n Node> {
    let entries = root.map().unwrap_or_default();
    if let Some(entry) = entries.iter().find(|e| e.key == key && !e.value.is_empty()) {
        let text = entry.value.text().unwrap_or_default().trim();
        if text.starts_with("Skriv ") && text.ends_with(" her") {
            reader.report(still_template(entry.value.at, text));
        }
        return Some(&entry.value);
    }
    // Written with another word: that is told where it stands.
    if Reader::meant(entries, key, &KEYS).is_none() {
        reader.report(missing(entries, key));
    }
    None
}

fn missing(entries: &[Entry], key: &str) -> Problem {
    let all = MANDATORY.iter().chain([&AUDIENCE]);
    let place = all.clone().position(|(k, ..)| *k == key).unwrap_or_default();
    let (_, da, en, line_da, line_en) = all.clone().nth(place).unwrap_or(&AUDIENCE);
    let here = entries.iter().find(|e| e.key == key);
    let before = all.take(place).filter_map(|(k, ..)| entries.iter().find(|e| e.key == *k)).last();
    let at = here.or(before).or(entries.first()).map_or(Span::on_line(1, 1, 1), |e| e.key_at);
    let label = match (here, before) {
        (Some(_), _) => both("her står der ikke noget", "nothing stands here"),
        (None, Some(_)) => both(format!("tilføj `{key}` herefter"), format!("add `{key}` after this")),
        (None, None) => {
            both(format!("tilføj `{key}` over denne linje"), format!("add `{key}` above this line"))
        }
    };
    Problem::error("H501", at, both(*da, *en))
        .label(label)
        .why(both(
            "det skal stå der, før dialogen kan udgives",
            "it must be there before the dialogue can be published",
        ))
        .mend(both(*line_da, *line_en))
}

/// A mandatory key inside `of`.
pub fn part<'n>(
    reader: &mut Reader,
    node: &'n Node,
    key: &str,
    known: &[&str],
    of: &str,
) -> Option<&'n Node> {
    let entries = node.map().unwrap_or_default();
    let found = entries.iter().find(|e| e.key == key);
    if let Some(entry) = found.filter(|e| !e.value.is_empty()) {
        return Some(&entry.value);
    }
    if Reader::meant(entries, key, known).is_none() && node.map().is_some() {
        let at = found.or(entries.last()).map_or(node.at, |e| e.key_at);
        reader.report(
            Problem::error(
                "H501",
                at,
                both(format!("der mangler `{key}` under `{of}`"), format!("`{of}` lacks `{key}`")),
            )
            .label(both(format!("tilføj `{key}` herefter"), format!("add `{key}` after this")))
            .why(both(
                "det skal stå der, før dialogen kan udgives",
                "it must be there before the dialogue can be published",
            ))
            .mend(part_to_write(key)),
        );
    }
    None
}

fn part_to_write(key: &str) -> Both {
    match key {
        "basis" => both("basis: public_task", "basis: public_task"),
        "anonymous" => both("anonymous: true", "anonymous: true"),
        "notice" => {
            both("notice: <hvad gemmer I, og hvor længe?>", "notice: <what do you keep, and for how long?>")
        }
        "by" => both("by: 2027-12-01", "by: 2027-12-01"),
        "how" => {
            both("how: <hvor og hvordan får borgerne besked?>", "how: <where and how will citizens hear?>")
        }
        "from" => both("from: 2027-03-01", "from: 2027-03-01"),
        "to" => both("to: 2027-04-12", "to: 2027-04-12"),
        "code" => {
            both("code: <kort navn til link og QR-kode>", "code: <a short name for the link and the QR code>")
        }
        "ask" => both("ask: <et spørgsmåls id>", "ask: <the id of a question>"),
        "not_yet_users" => both("not_yet_users: [<svar>]", "not_yet_users: [<answers>]"),
        other => both(format!("{other}: …"), format!("{other}: …")),
    }
}

fn still_template(at: Span, text: &str) -> Problem {
    Problem::error(
        "H504",
        at,
        both("her står stadig skabelonens ord", "this is still the template's wording"),
    )
    .why(both(
        format!("\"{text}\" ville stå øverst i resultaterne"),
        format!("\"{text}\" would stand at the top of the results"),
    ))
    .mend(both("skriv jeres egne ord", "write your own words"))
}
