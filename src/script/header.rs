//! The header of a dialogue: who asks whom, why, when, and what becomes of the answers.

use super::days::amount;
use super::fields::{Reader, wrong_value};
use super::institution::{contact_of, read_default};
use super::missing::{field, part};
use super::model::*;
use super::names::{InLink, bad_code, nowhere, taken_by_us, unknown_code, unknown_question};
use super::problem::{Both, Problem, Span, both};
use super::steps::Drafts;
use super::suggest::{did_you_mean, understood};
use super::tree::Node;
use super::words::{Language, Words};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// Keys at the top of a dialogue.
pub const KEYS: [&str; 27] = [
    "format",
    "title",
    "languages",
    "owner",
    "contact",
    "purpose",
    "method",
    "target_group",
    "expected_effect",
    "method_mix",
    "give_back",
    "period",
    "minutes",
    "privacy",
    "entry",
    "audience",
    "quota",
    "quiet_hours",
    "remind_after",
    "give_up_after",
    "retries",
    "redact",
    "progress",
    "channels",
    "answer_again",
    "steps",
    "sections",
];
/// Keys at the top that are still to come.
const LATER: [&str; 3] = ["urgent", "was", "data_protection_contact"];
pub const GIVE_BACK_KEYS: [&str; 2] = ["by", "how"];
pub const PERIOD_KEYS: [&str; 2] = ["from", "to"];
pub const PRIVACY_KEYS: [&str; 7] =
    ["basis", "anonymous", "keep", "keep_text", "keep_media", "notice", "link"];
pub const ENTRY_KEYS: [&str; 3] = ["code", "keywords", "places"];
pub const AUDIENCE_KEYS: [&str; 3] = ["ask", "not_yet_users", "else"];
/// Two years, and some days of slack.
const MAX_KEEP_DAYS: i64 = 745;
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[a-z0-9]{1,12}$").ok());
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[a-z0-9_-]{1,51}$").ok());

/// Reads the header. `None` where something mandatory is missing.
pub fn header(reader: &mut Reader, root: &Node, institution: &Institution) -> Option<Header> {
    format(reader, root);
    let title = field(reader, root, "title").map(|n| reader.words(n, &both("titlen", "the title")));
    let owner = field(reader, root, "owner").and_then(|n| reader.text(n));
    let contact = match institution.contact {
        Some(_) => root.get("contact"),
        None => field(reader, root, "contact"),
    };
    let contact = contact.and_then(|n| contact_of(reader, n, "contact"));
    let mut staff = |key: &str| field(reader, root, key).map(|n| reader.staff_words(n));
    let (purpose, method) = (staff("purpose"), staff("method"));
    let (target_group, expected_effect) = (staff("target_group"), staff("expected_effect"));
    let give_back = field(reader, root, "give_back").and_then(|n| give_back(reader, n));
    let period = field(reader, root, "period").and_then(|n| period(reader, n));
    let privacy = field(reader, root, "privacy").and_then(|n| privacy(reader, n));
    let entry = field(reader, root, "entry").and_then(|n| entry_of(reader, n));
    let _ = field(reader, root, "audience");
    let mut defaults = institution.defaults.clone();
    for entry in root.map().unwrap_or_default() {
        read_default(reader, entry, &mut defaults);
    }
    let answer_again = root.get("answer_again").and_then(|n| reader.boolean(n)).unwrap_or(true);
    // All of it is read before anything that is missing ends it.
    let method_mix = root.get("method_mix").map(|n| method_mix(reader, n)).unwrap_or_default();
    let minutes = root.get("minutes").and_then(|n| reader.whole(n));
    Some(Header {
        title: title?,
        languages: reader.languages.clone(),
        owner: owner?.to_owned(),
        contact,
        purpose: purpose?,
        method: method?,
        target_group: target_group?,
        expected_effect: expected_effect?,
        method_mix,
        give_back: give_back?,
        period: period?,
        minutes,
        privacy: privacy?,
        entry: entry?,
        audience: None,
        quota: None,
        answer_again,
        defaults,
    })
}

/// The one form there is.
pub fn format(reader: &mut Reader, root: &Node) {
    if let Some(node) = field(reader, root, "format") {
        let _ = reader.value(node, both("`1`", "`1`"), |t| (t == "1").then_some(()));
    }
}

fn method_mix(reader: &mut Reader, node: &Node) -> Vec<String> {
    const MIX: [&str; 6] = ["formal", "informal", "direct", "indirect", "dialogue", "data"];
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        if MIX.contains(&word) {
            list.push(word.to_owned());
        } else {
            let all = MIX.join(", ");
            reader.report(wrong_value(
                at,
                word,
                both(format!("et af ordene {all}"), format!("one of {all}")),
            ));
        }
    }
    list
}

fn give_back(reader: &mut Reader, node: &Node) -> Option<GiveBack> {
    reader.entries(node, &GIVE_BACK_KEYS, false);
    let by = part(reader, node, "by", &GIVE_BACK_KEYS, "give_back").and_then(|n| reader.date(n));
    let how = part(reader, node, "how", &GIVE_BACK_KEYS, "give_back").map(|n| {
        let how = reader.staff_words(n);
        reader.read_by_citizens(n, &how, &both("tilbagemeldingen (`how`)", "the give-back (`how`)"));
        how
    });
    Some(GiveBack { by: by?, how: how? })
}

fn period(reader: &mut Reader, node: &Node) -> Option<Period> {
    reader.entries(node, &PERIOD_KEYS, false);
    let from = part(reader, node, "from", &PERIOD_KEYS, "period").and_then(|n| reader.date(n));
    let to_node = part(reader, node, "to", &PERIOD_KEYS, "period");
    let to = to_node.and_then(|n| match n.text() {
        Some("open") => Some(None),
        _ => reader.date(n).map(Some),
    });
    if let (Some(from), Some(Some(to)), Some(at)) = (from, to, to_node.map(|n| n.at))
        && to < from
    {
        reader.report(ends_before_it_begins(at, from, to));
    }
    Some(Period { from: from?, to: to? })
}

fn ends_before_it_begins(at: Span, from: Date, to: Date) -> Problem {
    let meant = end_meant(from, to);
    let ((to_da, to_en), (from_da, from_en)) = (day(to), day(from));
    let problem = Problem::error(
        "H503",
        at,
        both(
            format!("perioden slutter ({to_da}), før den begynder ({from_da})"),
            format!("the period ends ({to_en}) before it begins ({from_en})"),
        ),
    )
    .label(did_you_mean(meant.map(|d| d.to_string()).as_deref()))
    .why(both("dialogen ville aldrig være åben", "the dialogue would never be open"));
    match meant {
        Some(date) => problem.guess(at, date.to_string()),
        None => problem.mend(both("ret en af de to datoer", "correct one of the two dates")),
    }
}

// A slip in the year, else in the month: the same day where the period lasts at least four weeks.
fn end_meant(from: Date, to: Date) -> Option<Date> {
    let long_enough = from.checked_add(jiff::Span::new().weeks(4)).ok()?;
    let step =
        if to.year() == from.year() { jiff::Span::new().months(1) } else { jiff::Span::new().years(1) };
    (1..=24).filter_map(|n| to.checked_add(step * n).ok()).find(|d| *d >= long_enough && d.day() == to.day())
}

// `12. feb. 2026` and `12 Feb 2026`.
fn day(date: Date) -> (String, String) {
    const MONTHS: [(&str, &str); 12] = [
        ("jan.", "Jan"),
        ("feb.", "Feb"),
        ("marts", "Mar"),
        ("april", "Apr"),
        ("maj", "May"),
        ("juni", "Jun"),
        ("juli", "Jul"),
        ("aug.", "Aug"),
        ("sep.", "Sep"),
        ("okt.", "Oct"),
        ("nov.", "Nov"),
        ("dec.", "Dec"),
    ];
    let (day, year) = (date.day(), date.year());
    let (da, en) = MONTHS[date.month() as usize - 1];
    (format!("{day}. {da} {year}"), format!("{day} {en} {year}"))
}

fn privacy(reader: &mut Reader, node: &Node) -> Option<Privacy> {
    reader.entries(node, &PRIVACY_KEYS, false);
    let node = &understood(node, &PRIVACY_KEYS);
    let basis = part(reader, node, "basis", &PRIVACY_KEYS, "privacy").and_then(|n| {
        reader.value(n, both("`consent` eller `public_task`", "`consent` or `public_task`"), |t| match t {
            "consent" => Some(Basis::Consent),
            "public_task" => Some(Basis::PublicTask),
            _ => None,
        })
    });
    let anonymous = part(reader, node, "anonymous", &PRIVACY_KEYS, "privacy").and_then(|n| reader.boolean(n));
    let keep = match node.get("keep").filter(|n| !n.is_empty()) {
        Some(n) => reader.value(n, time_span(), keep),
        None => {
            reader.report(
                Problem::error(
                    "P602",
                    node.map().and_then(|m| m.last()).map_or(node.at, |e| e.key_at),
                    both(
                        "der står ikke, hvor længe svarene gemmes",
                        "it does not say how long answers are kept",
                    ),
                )
                .label(both("tilføj `keep` herefter", "add `keep` after this"))
                .why(both("borgeren har ret til at vide det", "citizens have a right to know"))
                .mend(both("keep: 12 months", "keep: 12 months")),
            );
            None
        }
    };
    if let (Some(keep), Some(node)) = (keep, node.get("keep"))
        && keep.in_days() > MAX_KEEP_DAYS
    {
        reader.report(kept_too_long(node.at));
    }
    let (keep_text, keep_media) =
        (sooner(reader, node, "keep_text", keep), sooner(reader, node, "keep_media", keep));
    let notice = part(reader, node, "notice", &PRIVACY_KEYS, "privacy")
        .map(|n| reader.words(n, &both("privatlivsteksten", "the privacy notice")));
    let link = node.get("link").and_then(|n| reader.text(n)).map(str::to_owned);
    let (basis, anonymous, keep, notice) = (basis?, anonymous?, keep?, notice?);
    Some(Privacy { basis, anonymous, keep, keep_text, keep_media, notice, link })
}

fn time_span() -> Both {
    both("et tidsrum som `12 months`", "a time span such as `12 months`")
}

// A part of the answers that goes before the rest.
fn sooner(reader: &mut Reader, privacy: &Node, key: &str, whole: Option<Keep>) -> Option<Keep> {
    let node = privacy.get(key).filter(|n| !n.is_empty())?;
    let part = reader.value(node, time_span(), keep)?;
    if whole.is_some_and(|whole| part.in_days() > whole.in_days()) {
        reader.report(later_than_all(node.at, key));
    }
    Some(part)
}

fn later_than_all(at: Span, key: &str) -> Problem {
    Problem::error(
        "P606",
        at,
        both(format!("`{key}` er længere end `keep`"), format!("`{key}` is longer than `keep`")),
    )
    .why(both("efter `keep` slettes hele svaret", "after `keep` the whole answer is deleted"))
    .mend(both(
        format!("skriv et kortere tidsrum end i `keep`, eller slet linjen `{key}`"),
        format!("write a shorter time than in `keep`, or delete the line `{key}`"),
    ))
}

fn kept_too_long(at: Span) -> Problem {
    Problem::warning(
        "P602",
        at,
        both("svarene gemmes i mere end to år", "answers are kept for more than two years"),
    )
    .why(both(
        "svar må kun gemmes, så længe de skal bruges til formålet",
        "answers may be kept only as long as the purpose needs them",
    ))
    .mend(both("keep: 12 months", "keep: 12 months"))
}

fn keep(text: &str) -> Option<Keep> {
    let (count, unit) = amount(text)?;
    match unit {
        "day" | "days" | "dag" | "dage" => Some(Keep { months: 0, days: count }),
        "week" | "weeks" | "uge" | "uger" => Some(Keep { months: 0, days: count * 7 }),
        "month" | "months" | "måned" | "måneder" => Some(Keep { months: count, days: 0 }),
        "year" | "years" | "år" => Some(Keep { months: count * 12, days: 0 }),
        _ => None,
    }
}

fn entry_of(reader: &mut Reader, node: &Node) -> Option<super::model::Entry> {
    reader.entries(node, &ENTRY_KEYS, false);
    let code = part(reader, node, "code", &ENTRY_KEYS, "entry").and_then(|n| {
        let text = reader.text(n)?;
        let problem = match text {
            "ven" => taken_by_us(n.at, text),
            _ if !fits(&CODE, text) => bad_code(n.at, text, InLink::Code),
            _ => return Some(text.to_owned()),
        };
        reader.report(problem);
        None
    });
    let keywords = node.get("keywords").map(|n| keywords(reader, n)).unwrap_or_default();
    let mut places = Vec::new();
    for entry in node.get("places").and_then(Node::map).unwrap_or_default() {
        if matches!(entry.key.as_str(), "ven" | "other") {
            reader.report(taken_by_us(entry.key_at, &entry.key));
        } else if !fits(&PLACE, &entry.key) {
            reader.report(bad_code(entry.key_at, &entry.key, InLink::Place));
        } else if let Some(text) = reader.text(&entry.value) {
            places.push((entry.key.clone(), text.to_owned()));
        }
    }
    if node.map().is_some() && node.get("places").is_none_or(Node::is_empty) {
        reader.report(
            Problem::warning(
                "E704",
                node.map().and_then(|m| m.last()).map_or(node.at, |e| e.key_at),
                both("der er ingen steder (`places`)", "there are no places (`places`)"),
            )
            .why(both("I kan ikke se, hvor borgerne kom fra", "you cannot see where citizens came from"))
            .mend(both(
                "places:\n  station: Plakaten på stationen",
                "places:\n  station: The poster at the station",
            )),
        );
    }
    Some(super::model::Entry {
        code: code?,
        keywords: keywords.iter().map(|(k, _)| (*k).to_owned()).collect(),
        places,
    })
}

// Several words without brackets would be one that nobody types.
fn keywords<'n>(reader: &mut Reader, node: &'n Node) -> Vec<(&'n str, Span)> {
    let words: Vec<&str> = node.text().unwrap_or_default().split([',', ';']).map(str::trim).collect();
    if words.len() > 1 && !reader.is_kept {
        let list =
            format!("[{}]", words.iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(", "));
        let problem = wrong_value(
            node.at,
            node.text().unwrap_or_default(),
            both("en liste som `[park, parken]`", "a list such as `[park, parks]`"),
        );
        reader.report(Problem { mend: Both::default(), ..problem }.fix(node.at, list));
        return Vec::new();
    }
    reader.texts(node)
}

fn fits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|p| p.is_match(text))
}

/// The audience, once the questions are known.
pub fn audience(
    reader: &mut Reader,
    node: &Node,
    questions: &[(String, Vec<String>)],
    drafts: &Drafts<'_>,
) -> Option<Audience> {
    if node.text() == Some("everyone") {
        return None;
    }
    reader.entries(node, &AUDIENCE_KEYS, false);
    let otherwise = node.get("else").and_then(|n| {
        let name = reader.text(n)?;
        let Some((_, _, block)) = drafts.sections.iter().find(|(s, ..)| s == name) else {
            let known: Vec<_> =
                drafts.sections.iter().map(|(s, at, _)| (s.as_str(), true, at.line)).collect();
            reader.report(nowhere(n.at, name, &known, &reader.lines));
            return None;
        };
        block.first().copied()
    });
    let ask = part(reader, node, "ask", &AUDIENCE_KEYS, "audience")?;
    let name = reader.text(ask)?;
    let Some((_, codes)) = questions.iter().find(|(id, _)| id == name) else {
        if reader.is_spoiled(name) {
            return None;
        }
        reader.report(unknown_question(ask.at, name, questions.iter().map(|(id, _)| id.as_str())));
        return None;
    };
    let list = part(reader, node, "not_yet_users", &AUDIENCE_KEYS, "audience")?;
    let mut not_yet_users = Vec::new();
    for (code, at) in reader.texts(list) {
        if reader.is_full() {
            break;
        }
        if codes.iter().any(|c| c == code) {
            not_yet_users.push(code.to_owned());
        } else {
            reader.report(unknown_code(at, code, name, codes));
        }
    }
    Some(Audience { question: name.to_owned(), not_yet_users, otherwise })
}

/// Keys of the top that nobody knows, or that are still to come.
pub fn unknown_keys(reader: &mut Reader, root: &Node) {
    reader.entries_but(root, &KEYS, &LATER, false);
}

impl Keep {
    // A month is a twelfth of a year.
    fn in_days(self) -> i64 {
        i64::from(self.months) * 365 / 12 + i64::from(self.days)
    }
}

impl Header {
    pub fn title_in(&self, language: Language) -> String {
        self.title.to(language).plain()
    }
}

impl Words {
    /// The plain words in a language.
    pub fn plain(&self, language: Language) -> String {
        self.to(language).plain()
    }
}
