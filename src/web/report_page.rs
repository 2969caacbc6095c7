//! The report as a page: the header on top, then bars drawn as SVG. It prints on paper, and asks for nothing from elsewhere.

use crate::export::report::{Count, Group, Page, Question, Split};
use crate::script::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use std::collections::BTreeMap;

const STYLE: &str = "
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:50rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .3rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:1rem 0}dt{font-weight:600}dd{margin:0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.15rem .6rem .15rem 0;vertical-align:middle}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{display:block;width:100%;height:.9rem}.bar{fill:#1f5f8b}.rest{fill:#e4e9ee}
.small{color:#444;font-size:.9rem}section{break-inside:avoid}
@media print{body{margin:0;max-width:none}.bar{fill:#333}}
";

/// What is not told.
const HIDDEN: &str = "–";

pub fn page(page: &Page, language: Language) -> Markup {
    let report = &page.report;
    let title = words(&page.header["title"], language);
    html! {
        (DOCTYPE)
        html lang="da" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Resultater: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                p.small { (words(&page.header["institution"], language)) " · " (page.dialogue) }
                h1 { (title) }
                (header(&page.header, language))
                section {
                    h2 { "Svar" }
                    dl {
                        dt { "Talt med" } dd { (report.counted) }
                        dt { "Hele samtalen" } dd { (number(report.complete)) }
                        dt { "Stoppede undervejs" } dd { (number(report.partial)) }
                        dt { "Tid, midterste" } dd { (time(report.median_seconds)) }
                    }
                    (audience(&report.audience, report.not_yet_user_share))
                }
                (group("Steder", &report.place, |code| place(&page.header, code)))
                (group("Kanaler", &report.channel, channel))
                (group("Sprog", &report.language, tongue))
                @for asked in &report.questions { (question(asked, report.counted, language, &page.header)) }
                p.small {
                    (HIDDEN) " betyder, at tallet ikke vises: Det er på under " (report.smallest)
                    ", eller det ville afsløre et andet, der er. Nye svar tælles med fem ad gangen."
                }
            }
        }
    }
}

fn header(header: &Value, language: Language) -> Markup {
    let rows = [
        ("Formål", words(&header["purpose"], language)),
        ("Metode", words(&header["method"], language)),
        ("Målgruppe", words(&header["target_group"], language)),
        ("Forventet effekt", words(&header["expected_effect"], language)),
        ("Tilbagemelding", words(&header["give_back"]["how"], language)),
        ("Senest", header["give_back"]["by"].as_str().unwrap_or_default().to_owned()),
        ("Ansvarlig", header["owner"].as_str().unwrap_or_default().to_owned()),
    ];
    html! {
        dl { @for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) { dt { (name) } dd { (text) } } }
    }
}

fn audience(counts: &[Count], share: Option<f64>) -> Markup {
    let name = |code: &str| match code {
        "not_yet_user" => "Bruger det ikke endnu",
        "user" => "Bruger det",
        _ => "Ved vi ikke",
    };
    let all: u64 = counts.iter().filter_map(|c| c.count).sum();
    html! {
        h2 { "Hvem svarede" }
        table {
            @for count in counts { (row(name(&count.code), count.count, all)) }
        }
        @if let Some(share) = share {
            p { (percent(share)) " af svarene er fra nogen, der ikke bruger det endnu." }
        }
    }
}

fn group(title: &str, groups: &[Group], name: impl Fn(&str) -> String) -> Markup {
    let all: u64 = groups.iter().filter_map(|g| g.count).sum();
    html! {
        // With one alone there is nothing to compare.
        @if groups.len() > 1 {
            section {
                h2 { (title) }
                table {
                    tr { th {} th {} th.n { "Svar" } th.n { "Bruger det ikke endnu" } }
                    @for group in groups {
                        tr {
                            td { (name(&group.code)) }
                            td style="width:30%" { (bar(group.count, all)) }
                            td.n { (number(group.count)) }
                            td.n { (group.not_yet_user_share.map_or(HIDDEN.to_owned(), percent)) }
                        }
                    }
                }
            }
        }
    }
}

// What hangs there, as staff have described it.
fn place(header: &Value, code: &str) -> String {
    match (code, header["entry"]["places"][code].as_str()) {
        ("", _) => "uden sted".to_owned(),
        ("ven", None) => "delt af en ven".to_owned(),
        (code, None) => code.to_owned(),
        (_, Some(words)) => words.to_owned(),
    }
}

fn channel(code: &str) -> String {
    match code {
        "web" => "Webchat".to_owned(),
        "telegram" => "Telegram".to_owned(),
        code => code.to_owned(),
    }
}

fn tongue(code: &str) -> String {
    Language::parse(code).map_or(code.to_owned(), |language| language.own_name().to_owned())
}

fn question(asked: &Question, counted: u64, language: Language, header: &Value) -> Markup {
    let text = pick(&asked.text, language).unwrap_or(&asked.name);
    let all = asked.answered.unwrap_or(counted);
    html! {
        section {
            h2 { (text) }
            @if !asked.bars.is_empty() {
                table {
                    tr { th {} th {} th.n { "Svar" } th.n { "Bruger det ikke endnu" } }
                    @for option in &asked.bars {
                        tr {
                            td style="width:45%" { (pick(&option.label, language).unwrap_or(&option.code)) }
                            td style="width:30%" { (bar(option.count, all)) }
                            td.n { (number(option.count)) }
                            td.n { (number(option.not_yet_users)) }
                        }
                    }
                }
            }
            @for split in asked.by.iter().filter(|split| split.groups.iter().any(|g| g.answered.is_some())) {
                (parts(asked, split, language, header))
            }
            p.small {
                "Svarede: " (number(asked.answered)) " · sprang over: " (number(asked.skipped))
                " · blev ikke spurgt: " (number(asked.not_asked)) " · gik i stå: " (number(asked.failed))
                " · stoppede her: " (number(asked.left_after)) " · tid: " (time(asked.median_seconds))
            }
        }
    }
}

// An option a row, a group a column.
fn parts(asked: &Question, split: &Split, language: Language, header: &Value) -> Markup {
    let name = |code: &str| match split.by.as_str() {
        "place" => place(header, code),
        "channel" => channel(code),
        "language" => tongue(code),
        other => other.to_owned(),
    };
    html! {
        table {
            tr { th {} @for group in &split.groups { th.n { (name(&group.code)) } } }
            @for (n, bar) in asked.bars.iter().enumerate() {
                tr {
                    td { (pick(&bar.label, language).unwrap_or(&bar.code)) }
                    @for group in &split.groups { td.n { (number(group.bars.get(n).and_then(|b| b.count))) } }
                }
            }
        }
    }
}

fn row(label: &str, count: Option<u64>, all: u64) -> Markup {
    html! {
        tr {
            td style="width:45%" { (label) }
            td style="width:40%" { (bar(count, all)) }
            td.n { (number(count)) }
        }
    }
}

fn bar(count: Option<u64>, all: u64) -> Markup {
    let width = count.unwrap_or(0) * 100 / all.max(1);
    html! {
        svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(number(count)) {
            rect.rest width="100" height="10" {}
            rect.bar width=(width) height="10" {}
        }
    }
}

fn number(count: Option<u64>) -> String {
    count.map_or(HIDDEN.to_owned(), |n| n.to_string())
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn time(seconds: Option<u64>) -> String {
    match seconds {
        None => HIDDEN.to_owned(),
        Some(seconds @ 0..=119) => format!("{seconds} sek."),
        Some(seconds) => format!("{} min.", (seconds + 30) / 60),
    }
}

fn pick(texts: &BTreeMap<Language, String>, language: Language) -> Option<&str> {
    texts.get(&language).or(texts.values().next()).map(String::as_str)
}

// Of an object with a text for each language.
fn words(texts: &Value, language: Language) -> String {
    let first = || texts.as_object().and_then(|map| map.values().next());
    let text = texts.get(language.tag()).or_else(first);
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}
