//! The header of a dialogue, and the institution's defaults.

use super::fields::{Reader, amount, did_you_mean, not_yet, suggest, unknown_key, wrong_value};
use super::model::*;
use super::problem::{Both, Problem, Span, both};
use super::tree::{Entry, Node};
use super::words::{Language, Words};
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use regex::Regex;
use std::sync::LazyLock;

/// Keys at the top of a dialogue.
pub const KEYS: [&str; 30] = [
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
    "data_protection_contact",
    "urgent",
    "was",
];
const INSTITUTION_KEYS: [&str; 15] = [
    "format",
    "name",
    "contact",
    "data_protection_contact",
    "staff_language",
    "timezone",
    "languages",
    "quiet_hours",
    "remind_after",
    "give_up_after",
    "retries",
    "redact",
    "urgent",
    "logo",
    "four_eyes",
];
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[a-z0-9]{1,12}$").ok());
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[a-z0-9_-]{1,51}$").ok());

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            quiet_hours: (Time::constant(21, 0, 0, 0), Time::constant(8, 0, 0, 0)),
            remind_after: SignedDuration::from_hours(24),
            give_up_after: SignedDuration::from_hours(7 * 24),
            retries: 2,
            redact: vec![Redact::Cpr],
        }
    }
}

impl Institution {
    /// An institution without a file of its own: named after its folder.
    pub fn named_after(folder: &str) -> Institution {
        let title: Vec<String> = folder
            .split('-')
            .map(|w| w.chars().take(1).flat_map(char::to_uppercase).chain(w.chars().skip(1)).collect())
            .collect();
        Institution {
            folder: folder.to_owned(),
            name: Words(vec![(Language::DANISH, super::words::Template::parse(&title.join(" ")))]),
            contact: None,
            data_protection_contact: None,
            timezone: TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC),
            languages: Vec::new(),
            defaults: Defaults::default(),
            source: String::new(),
        }
    }

    /// Reads `_institution.yaml`; what is missing keeps its default.
    pub fn parse(folder: &str, source: &str) -> (Institution, Vec<Problem>) {
        let mut institution = Institution::named_after(folder);
        institution.source = source.to_owned();
        let (root, problems) = super::mend::read(source);
        let mut reader = Reader { problems, ..Reader::default() };
        if let Some(root) = root {
            institution.read(&mut reader, &root);
        }
        for problem in &mut reader.problems {
            problem.file = format!("{folder}/_institution.yaml");
        }
        (institution, reader.problems)
    }

    /// As [`Institution::parse`], with an empty text for a file that is not there.
    pub fn parse_or_default(folder: &str, source: &str) -> (Institution, Vec<Problem>) {
        if source.trim().is_empty() {
            return (Institution::named_after(folder), Vec::new());
        }
        Institution::parse(folder, source)
    }

    fn read(&mut self, reader: &mut Reader, root: &Node) {
        self.languages = root.get("languages").map(|n| languages(reader, n)).unwrap_or_default();
        // Names are read in whatever languages they come in.
        reader.languages = [self.languages.clone(), vec![Language::DANISH, Language::ENGLISH]].concat();
        for entry in reader.entries(root, &INSTITUTION_KEYS, false) {
            let node = &entry.value;
            match entry.key.as_str() {
                "name" => self.name = reader.staff_words(node),
                "contact" => self.contact = reader.text(node).map(str::to_owned),
                "data_protection_contact" => {
                    self.data_protection_contact = reader.text(node).map(str::to_owned)
                }
                "timezone" => {
                    let zone = reader.value(
                        node,
                        both("en tidszone som Europe/Copenhagen", "a time zone such as Europe/Copenhagen"),
                        |t| TimeZone::get(t).ok(),
                    );
                    self.timezone = zone.unwrap_or(self.timezone.clone());
                }
                "urgent" | "logo" | "four_eyes" => reader.report(not_yet(entry.key_at, &entry.key)),
                _ => read_default(reader, entry, &mut self.defaults),
            }
        }
    }
}

fn read_default(reader: &mut Reader, entry: &Entry, defaults: &mut Defaults) {
    let node = &entry.value;
    match entry.key.as_str() {
        "quiet_hours" => defaults.quiet_hours = reader.hours(node).unwrap_or(defaults.quiet_hours),
        "remind_after" => defaults.remind_after = reader.duration(node).unwrap_or(defaults.remind_after),
        "give_up_after" => defaults.give_up_after = reader.duration(node).unwrap_or(defaults.give_up_after),
        "retries" => defaults.retries = reader.whole(node).unwrap_or(defaults.retries),
        "redact" => defaults.redact = redact(reader, node),
        _ => {}
    }
}

pub fn redact(reader: &mut Reader, node: &Node) -> Vec<Redact> {
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        match word {
            "cpr" => list.push(Redact::Cpr),
            "phone" => list.push(Redact::Phone),
            "email" => list.push(Redact::Email),
            _ => reader
                .report(wrong_value(at, both("`cpr`, `phone` eller `email`", "`cpr`, `phone` or `email`"))),
        }
    }
    list
}

fn languages(reader: &mut Reader, node: &Node) -> Vec<Language> {
    let mut list = Vec::new();
    for (tag, at) in reader.texts(node) {
        match Language::parse(tag).filter(|l| l.tag() == tag) {
            Some(language) => list.push(language),
            None => reader.report(
                Problem::error(
                    "H502",
                    at,
                    both(format!("`{tag}` er ikke et sprog"), format!("`{tag}` is not a language")),
                )
                .why(both("sprog skrives med to bogstaver", "languages are written with two letters"))
                .mend(both("languages: [da, en]", "languages: [da, en]")),
            ),
        }
    }
    list
}

/// The languages of a dialogue; the first is its own.
pub fn languages_of(reader: &mut Reader, root: &Node, institution: &Institution) -> Vec<Language> {
    let own = root.get("languages").map(|n| languages(reader, n)).unwrap_or_default();
    match () {
        () if !own.is_empty() => own,
        () if !institution.languages.is_empty() => institution.languages.clone(),
        () => vec![Language::DANISH],
    }
}

/// What the header lacks is reported once, at the line below which it belongs.
struct Missing {
    at: Span,
    any: bool,
}

impl Missing {
    fn field<'n>(
        &mut self,
        reader: &mut Reader,
        root: &'n Node,
        key: &str,
        danish: &str,
    ) -> Option<&'n Node> {
        if let Some(node) = root.get(key).filter(|n| !n.is_empty()) {
            if let Some(text) =
                node.text().filter(|t| t.trim().starts_with("Skriv ") && t.trim().ends_with(" her"))
            {
                reader.report(still_template(node.at, text));
            }
            return Some(node);
        }
        self.any = true;
        reader.report(
            Problem::error(
                "H501",
                self.at,
                both(
                    format!("der mangler {danish} (`{key}`)"),
                    format!("the dialogue lacks `{key}` ({danish})"),
                ),
            )
            .label(both(
                format!("tilføj `{key}` i toppen af filen"),
                format!("add `{key}` at the top of the file"),
            ))
            .why(both(
                "det skal stå der, før dialogen kan udgives",
                "it must be there before the dialogue can be published",
            ))
            .mend(both(format!("{key}: …"), format!("{key}: …"))),
        );
        None
    }
}

/// Reads the header. `None` where something mandatory is missing.
pub fn header(reader: &mut Reader, root: &Node, institution: &Institution) -> Option<Header> {
    let top = root.map().and_then(|e| e.first()).map_or(Span::on_line(1, 1, 1), |e| e.key_at);
    let mut missing = Missing { at: top, any: false };
    if let Some(node) = missing.field(reader, root, "format", "filens format") {
        let _ = reader.value(node, both("`1`", "`1`"), |t| (t == "1").then_some(()));
    }
    for key in ["quota", "channels", "urgent", "was"] {
        if let Some(entry) = root.map().and_then(|m| m.iter().find(|e| e.key == key)) {
            reader.report(not_yet(entry.key_at, key));
        }
    }
    let title = missing
        .field(reader, root, "title", "en titel")
        .map(|n| reader.words(n, &both("titlen", "the title")));
    let owner = missing.field(reader, root, "owner", "en ansvarlig").and_then(|n| reader.text(n));
    let mut staff =
        |key: &str, danish: &str| missing.field(reader, root, key, danish).map(|n| reader.staff_words(n));
    let purpose = staff("purpose", "et formål");
    let method = staff("method", "en metode");
    let target_group = staff("target_group", "en målgruppe");
    let expected_effect = staff("expected_effect", "en forventet effekt");
    let give_back = missing
        .field(reader, root, "give_back", "en tilbagemelding til borgerne")
        .and_then(|n| give_back(reader, n));
    let period = missing.field(reader, root, "period", "en periode").and_then(|n| period(reader, n));
    let privacy = missing.field(reader, root, "privacy", "privatliv").and_then(|n| privacy(reader, n));
    let entry = missing.field(reader, root, "entry", "en indgang").and_then(|n| entry_of(reader, n));
    let _ = missing.field(reader, root, "audience", "hvem I vil nå");
    let mut defaults = institution.defaults.clone();
    for entry in root.map().unwrap_or_default() {
        read_default(reader, entry, &mut defaults);
    }
    let contact = root.get("contact").and_then(|n| reader.text(n)).map(str::to_owned);
    if contact.is_none() && institution.contact.is_none() {
        missing.field(reader, root, "contact", "en kontakt");
    }
    let flag = |reader: &mut Reader, key: &str| root.get(key).and_then(|n| reader.boolean(n)).unwrap_or(true);
    Some(Header {
        title: title?,
        languages: reader.languages.clone(),
        owner: owner?.to_owned(),
        contact,
        purpose: purpose?,
        method: method?,
        target_group: target_group?,
        expected_effect: expected_effect?,
        method_mix: root.get("method_mix").map(|n| method_mix(reader, n)).unwrap_or_default(),
        give_back: give_back?,
        period: period?,
        minutes: root.get("minutes").and_then(|n| reader.whole(n)),
        privacy: privacy?,
        entry: entry?,
        audience: None,
        answer_again: flag(reader, "answer_again"),
        progress: flag(reader, "progress"),
        defaults,
    })
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

fn method_mix(reader: &mut Reader, node: &Node) -> Vec<String> {
    const MIX: [&str; 6] = ["formal", "informal", "direct", "indirect", "dialogue", "data"];
    let mut list = Vec::new();
    for (word, at) in reader.texts(node) {
        if MIX.contains(&word) {
            list.push(word.to_owned());
        } else {
            let all = MIX.join(", ");
            reader.report(wrong_value(at, both(format!("et af ordene {all}"), format!("one of {all}"))));
        }
    }
    list
}

fn part<'n>(reader: &mut Reader, node: &'n Node, key: &str, of: &str) -> Option<&'n Node> {
    let found = node.get(key).filter(|n| !n.is_empty());
    if found.is_none() {
        reader.report(
            Problem::error(
                "H501",
                node.at,
                both(format!("der mangler `{key}` under `{of}`"), format!("`{of}` lacks `{key}`")),
            )
            .why(both(
                "det skal stå der, før dialogen kan udgives",
                "it must be there before the dialogue can be published",
            ))
            .mend(both(format!("{key}: …"), format!("{key}: …"))),
        );
    }
    found
}

fn give_back(reader: &mut Reader, node: &Node) -> Option<GiveBack> {
    reader.entries(node, &["by", "how"], false);
    let by = part(reader, node, "by", "give_back").and_then(|n| reader.date(n));
    let how = part(reader, node, "how", "give_back").map(|n| reader.staff_words(n));
    Some(GiveBack { by: by?, how: how? })
}

fn period(reader: &mut Reader, node: &Node) -> Option<Period> {
    reader.entries(node, &["from", "to"], false);
    let from = part(reader, node, "from", "period").and_then(|n| reader.date(n));
    let to_node = part(reader, node, "to", "period");
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
    let swapped = Date::new(to.year(), to.day(), to.month()).ok().filter(|d| *d >= from);
    let problem = Problem::error(
        "H503",
        at,
        both(
            format!("perioden slutter ({to}), før den begynder ({from})"),
            format!("the period ends ({to}) before it begins ({from})"),
        ),
    )
    .label(did_you_mean(swapped.map(|d| d.to_string()).as_deref()))
    .why(both("dialogen ville aldrig være åben", "the dialogue would never be open"));
    match swapped {
        Some(date) => {
            problem.mend(both(format!("to: {date}"), format!("to: {date}"))).fix(at, date.to_string())
        }
        None => problem.mend(both("ret en af de to datoer", "correct one of the two dates")),
    }
}

fn privacy(reader: &mut Reader, node: &Node) -> Option<Privacy> {
    reader.entries(node, &["basis", "anonymous", "keep", "notice", "link", "keep_media", "keep_text"], false);
    let basis = part(reader, node, "basis", "privacy").and_then(|n| {
        reader.value(n, both("`consent` eller `public_task`", "`consent` or `public_task`"), |t| match t {
            "consent" => Some(Basis::Consent),
            "public_task" => Some(Basis::PublicTask),
            _ => None,
        })
    });
    let anonymous = part(reader, node, "anonymous", "privacy").and_then(|n| reader.boolean(n));
    let keep = match node.get("keep").filter(|n| !n.is_empty()) {
        Some(n) => {
            reader.value(n, both("et tidsrum som `12 months`", "a time span such as `12 months`"), keep)
        }
        None => {
            reader.report(
                Problem::error(
                    "P602",
                    node.at,
                    both(
                        "der står ikke, hvor længe svarene gemmes",
                        "it does not say how long answers are kept",
                    ),
                )
                .why(both("borgeren har ret til at vide det", "citizens have a right to know"))
                .mend(both("keep: 12 months", "keep: 12 months")),
            );
            None
        }
    };
    let notice = part(reader, node, "notice", "privacy")
        .map(|n| reader.words(n, &both("privatlivsteksten", "the privacy notice")));
    let link = node.get("link").and_then(|n| reader.text(n)).map(str::to_owned);
    Some(Privacy { basis: basis?, anonymous: anonymous?, keep: keep?, notice: notice?, link })
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
    reader.entries(node, &["code", "keywords", "places"], false);
    let code = part(reader, node, "code", "entry").and_then(|n| {
        let text = reader.text(n)?;
        if !fits(&CODE, text) || text == "ven" {
            reader.report(bad_code(n.at, text, "a-z 0-9, 1-12"));
            return None;
        }
        Some(text.to_owned())
    });
    let keywords = node.get("keywords").map(|n| reader.texts(n)).unwrap_or_default();
    let mut places = Vec::new();
    for entry in node.get("places").and_then(Node::map).unwrap_or_default() {
        if !fits(&PLACE, &entry.key) || entry.key == "ven" || entry.key == "other" {
            reader.report(bad_code(entry.key_at, &entry.key, "a-z 0-9 _ -"));
        } else if let Some(text) = reader.text(&entry.value) {
            places.push((entry.key.clone(), text.to_owned()));
        }
    }
    if places.is_empty() {
        reader.report(
            Problem::warning(
                "E704",
                node.at,
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

fn fits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|p| p.is_match(text))
}

fn bad_code(at: Span, text: &str, signs: &str) -> Problem {
    Problem::error(
        "E702",
        at,
        both(
            format!("`{text}` kan ikke stå i et link eller en QR-kode"),
            format!("`{text}` cannot stand in a link or a QR code"),
        ),
    )
    .label(both(format!("tilladt: {signs}; `ven` er optaget"), format!("allowed: {signs}; `ven` is taken")))
    .why(both("ingen ville kunne komme ind den vej", "nobody could come in that way"))
    .mend(both(
        "vælg et kort navn med små bogstaver uden æ, ø og å",
        "choose a short name in small letters without æ, ø and å",
    ))
}

/// E701: two dialogues with one entry code.
pub fn code_taken(source: &str, code: &str, other: &str) -> Problem {
    let found = source.lines().zip(1u32..).find_map(|(line, n)| {
        let value = line.trim_start().strip_prefix("code:")?.trim();
        (value == code)
            .then(|| Span::on_line(n, (line.find(code).unwrap_or(0) + 1) as u32, code.len() as u32))
    });
    Problem::error(
        "E701",
        found.unwrap_or(Span::on_line(1, 1, 1)),
        both(
            format!("QR-navnet `{code}` bruges allerede af {other}"),
            format!("the QR code name `{code}` is already used by {other}"),
        ),
    )
    .why(both("linket ville føre til den anden samtale", "the link would lead to the other conversation"))
    .mend(both("vælg et andet `code`", "choose another `code`"))
}

/// A folder or file whose name cannot stand in a link.
pub fn bad_name(name: &str) -> Problem {
    bad_code(Span::on_line(1, 1, 1), name, "a-z 0-9 -")
}

/// The audience, once the questions are known.
pub fn audience(
    reader: &mut Reader,
    node: &Node,
    questions: &[(String, Vec<String>)],
    sections: &[(String, ItemNo)],
) -> Option<Audience> {
    if node.text() == Some("everyone") {
        return None;
    }
    reader.entries(node, &["ask", "not_yet_users", "else"], false);
    let ask = part(reader, node, "ask", "audience")?;
    let name = reader.text(ask)?;
    let Some((_, codes)) = questions.iter().find(|(id, _)| id == name) else {
        reader.report(unknown_question(ask.at, name, questions.iter().map(|(id, _)| id.as_str())));
        return None;
    };
    let list = part(reader, node, "not_yet_users", "audience")?;
    let mut not_yet_users = Vec::new();
    for (code, at) in reader.texts(list) {
        if codes.iter().any(|c| c == code) {
            not_yet_users.push(code.to_owned());
        } else {
            reader.report(unknown_code(at, code, name, codes));
        }
    }
    let otherwise = node.get("else").and_then(|n| {
        let name = reader.text(n)?;
        let found = sections.iter().find(|(s, _)| s == name).map(|(_, no)| *no);
        if found.is_none() {
            reader.report(nowhere(n.at, name, sections.iter().map(|(s, _)| s.as_str())));
        }
        found
    });
    Some(Audience { question: name.to_owned(), not_yet_users, otherwise })
}

pub fn unknown_question<'k>(at: Span, name: &str, known: impl Iterator<Item = &'k str>) -> Problem {
    let meant = suggest(name, known);
    let problem = Problem::error(
        "C406",
        at,
        both(
            format!("der er intet spørgsmål, der hedder `{name}`"),
            format!("there is no question called `{name}`"),
        ),
    )
    .label(did_you_mean(meant))
    .why(both("betingelsen kan ikke afgøres", "the condition cannot be decided"));
    match meant {
        Some(word) => problem.mend(both(word, word)).fix(at, word),
        None => problem.mend(both("skriv et spørgsmåls `id`", "write the `id` of a question")),
    }
}

pub fn unknown_code(at: Span, code: &str, question: &str, codes: &[String]) -> Problem {
    let meant = suggest(code, codes.iter().map(String::as_str));
    let all = codes.join(" · ");
    let problem = Problem::error(
        "C401",
        at,
        both(
            format!("`{code}` er ikke et svar på `{question}`"),
            format!("`{code}` is not one of the answers to `{question}`"),
        ),
    )
    .why(both("ingen ville nogensinde passe på betingelsen", "nobody would ever fit the condition"));
    match meant {
        Some(word) => problem
            .label(both(format!("mente du `{word}`? ({all})"), format!("did you mean `{word}`? ({all})")))
            .mend(both(word, word))
            .fix(at, word),
        None => problem
            .label(both(all.clone(), all.clone()))
            .mend(both(format!("vælg et af: {all}"), format!("choose one of: {all}"))),
    }
}

pub fn nowhere<'k>(at: Span, name: &str, known: impl Iterator<Item = &'k str>) -> Problem {
    let meant = suggest(name, known);
    let problem = Problem::error(
        "F201",
        at,
        both(
            format!("der findes intet sted, der hedder `{name}`"),
            format!("there is nowhere called `{name}` to go to"),
        ),
    )
    .label(did_you_mean(meant))
    .why(both("borgeren ville ikke komme videre", "the citizen would get no further"));
    match meant {
        Some(word) => problem.mend(both(word, word)).fix(at, word),
        None => problem.mend(both(
            format!("lav en sektion `{name}` under `sections`"),
            format!("make a section `{name}` under `sections`"),
        )),
    }
}

/// Keys of the top that nobody knows.
pub fn unknown_keys(reader: &mut Reader, root: &Node) {
    for entry in root.map().unwrap_or_default() {
        if !KEYS.contains(&entry.key.as_str()) {
            reader.report(unknown_key(entry, &KEYS));
        }
    }
}

/// `the option \`x\`` in both languages.
pub fn named(da: &str, en: &str, id: &str) -> Both {
    both(format!("{da} `{id}`"), format!("{en} `{id}`"))
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
