//! A script -> the papers that go with it: the record of processing, a draft of the impact assessment, the notice as a page. Pure.
//!
//! What the script and the program know is filled in; what only the institution can know is asked for as `[udfyldes: …]`.

use crate::engine::privacy;
use crate::script::{AnswerType, Basis, Keep, Language, Question, Script};
use std::fmt::Write;

/// Name of the file, and what stands in it.
pub type Paper = (&'static str, String);

pub fn papers(script: &Script) -> Vec<Paper> {
    vec![
        ("fortegnelse.md", record(script)),
        ("konsekvensanalyse.md", assessment(script)),
        ("privatliv.html", notice(script)),
    ]
}

// GDPR art. 30(1), letter by letter.
fn record(script: &Script) -> String {
    let (header, institution) = (script.header(), script.institution());
    let da = Language::DANISH;
    let mut out = format!(
        "# Fortegnelse over behandlingsaktivitet\n\nDatabeskyttelsesforordningens artikel 30, stk. 1. Dialogen `{}`, sat op af snak ud fra dialogens egen tekst.\n\n",
        script.id()
    );
    let protection =
        institution.data_protection_contact.as_deref().unwrap_or("[udfyldes: databeskyttelsesrådgiver]");
    let rows = [
        ("Dataansvarlig", format!("{}, {}", institution.name.to(da).plain(), script.contact())),
        ("Ansvarlig for dialogen", header.owner.clone()),
        ("Databeskyttelsesrådgiver", protection.to_owned()),
        ("Behandling", header.title.to(da).plain()),
        ("Formål", header.purpose.to(da).plain()),
        ("Hvordan", header.method.to(da).plain()),
        ("Retsgrundlag", basis(script).to_owned()),
        ("Registrerede", header.target_group.to(da).plain()),
        ("Oplysninger", "se listen nedenfor".to_owned()),
        ("Modtagere", recipients(script)),
        ("Overførsel til tredjelande", transfer(script).to_owned()),
        ("Slettefrist", deleted_after(script)),
        ("Sikkerhed", SECURITY.to_owned()),
    ];
    out.push_str("| | |\n|---|---|\n");
    for (name, text) in rows {
        let _ = writeln!(out, "| {name} | {} |", cell(&text));
    }
    out.push_str("\n## Oplysninger\n\n| spørgsmål | oplysning | bemærk |\n|---|---|---|\n");
    for question in script.questions().filter(|q| q.is_named()) {
        let (kind, note) = (kind(&question.answer), remarks(question).join("; "));
        let _ = writeln!(out, "| {} | {kind} | {note} |", cell(&question.text.to(da).plain()));
    }
    let _ = writeln!(out, "\nDertil for hvert svar: {}.", kept_beside(script));
    out
}

// A draft: what is built in against each risk stands there, how likely and how grave it is here is for people to say.
fn assessment(script: &Script) -> String {
    let header = script.header();
    let da = Language::DANISH;
    let mut out = format!(
        "# Konsekvensanalyse (udkast)\n\nDatabeskyttelsesforordningens artikel 35. Dialogen `{}`. Udfyldt ud fra dialogens tekst; det i [ ] mangler.\n\n",
        script.id()
    );
    let _ = writeln!(
        out,
        "## 1. Behandlingen\n\n{} {}\n\nMålgruppe: {}\n\nForventet effekt: {}\n\nSvarene slettes af sig selv: {}.\n",
        header.purpose.to(da).plain(),
        header.method.to(da).plain(),
        header.target_group.to(da).plain(),
        header.expected_effect.to(da).plain(),
        deleted_after(script),
    );
    let sensitive: Vec<String> =
        script.questions().filter(|q| q.sensitive).map(|q| q.text.to(da).plain()).collect();
    let _ = writeln!(
        out,
        "## 2. Nødvendighed\n\nRetsgrundlag: {}. {}\n\n[udfyldes: hvorfor formålet ikke kan nås med færre oplysninger]\n",
        basis(script),
        match sensitive.is_empty() {
            true => "Ingen spørgsmål er markeret som følsomme (`sensitive`).".to_owned(),
            false => format!("Markeret som følsomme: {}.", sensitive.join(" · ")),
        }
    );
    out.push_str(
        "## 3. Risici\n\n| risiko | indbygget værn | sandsynlighed | konsekvens |\n|---|---|---|---|\n",
    );
    for (risk, guard) in risks(script) {
        let _ = writeln!(out, "| {risk} | {guard} | [udfyldes] | [udfyldes] |");
    }
    out.push_str(RIGHTS);
    out.push_str("\n## 5. Konklusion\n\n[udfyldes: er risikoen høj efter værnene? Databeskyttelsesrådgiverens ord, dato og navn]\n");
    out
}

fn notice(script: &Script) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{0}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{1}</title>\n</head>\n<body>\n",
        script.first_language(),
        html(&script.header().title.to(script.first_language()).plain())
    );
    for language in &script.header().languages {
        let title = html(&script.header().title.to(*language).plain());
        let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
        let _ = writeln!(out, "<section lang=\"{language}\" dir=\"{direction}\">\n<h1>{title}</h1>");
        for line in privacy(script, *language).to_string().lines().filter(|l| !l.trim().is_empty()) {
            let _ = writeln!(out, "<p>{}</p>", html(line));
        }
        out.push_str("</section>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

const SECURITY: &str = "Alt er forseglet på disken (XChaCha20-Poly1305), nøglen ligger et andet sted; adgang kun med adgangsnøgle pr. institution, og hvert udtræk logges; \
    CPR-numre fjernes, før noget gemmes; logge rummer ingen svar og ingen afsendere";

const RIGHTS: &str = "
## 4. De registreredes rettigheder

- Oplysning: kortet før første spørgsmål og `/privatliv`.
- Indsigt og dataportabilitet: `/minedata` i chatten, også som fil.
- Sletning: `/slet` i chatten, med kvittering; den, der skriver i stedet, hjælpes med `snak erase`.
- Berigtigelse: [Ret et svar] efter samtalen; undervejs kan hvert svar ændres.
- Indsigelse og tilbagekaldelse af samtykke: `/stop` og `/slet`.
";

fn basis(script: &Script) -> &'static str {
    match script.header().privacy.basis {
        Basis::PublicTask => "opgave i samfundets interesse, artikel 6, stk. 1, litra e",
        Basis::Consent => "samtykke, artikel 6, stk. 1, litra a",
    }
}

fn deleted_after(script: &Script) -> String {
    let privacy = &script.header().privacy;
    let sooner = |what: &str, keep_for: Option<Keep>| {
        keep_for.map(|of| format!("; {what} efter {}", keep(of))).unwrap_or_default()
    };
    format!(
        "{} efter svaret{}{}",
        keep(privacy.keep),
        sooner("fri tekst", privacy.keep_text),
        sooner("billeder, lyd og filer", privacy.keep_media)
    )
}

fn keep(keep: Keep) -> String {
    let count = |n: i32, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    match keep {
        Keep { months, days: 0 } => count(months, "måned", "måneder"),
        Keep { months: 0, days } => count(days, "dag", "dage"),
        Keep { months, days } => {
            format!("{} og {}", count(months, "måned", "måneder"), count(days, "dag", "dage"))
        }
    }
}

fn recipients(script: &Script) -> String {
    let mut who =
        vec!["institutionens medarbejdere med adgangsnøgle", "[udfyldes: den, der driver serveren]"];
    if script.runs_on("telegram") {
        who.push("Telegram, som selv er dataansvarlig for sin tjeneste og ser beskederne");
    }
    who.join("; ")
}

fn transfer(script: &Script) -> &'static str {
    match script.runs_on("telegram") {
        true => "Telegram: [udfyldes: kommunens vurdering]; på webchatten ingen",
        false => "ingen, når serveren står i EU",
    }
}

fn kept_beside(script: &Script) -> &'static str {
    match script.header().privacy.anonymous {
        true => {
            "tidspunkt, sted (koden på opslaget), sprog og kanal; forbindelsen til samtalen slettes 30 minutter efter, at den er slut"
        }
        false => "tidspunkt, sted (koden på opslaget), sprog, kanal og et pseudonym for denne ene dialog",
    }
}

fn kind(answer: &AnswerType) -> &'static str {
    match answer {
        AnswerType::Choice(_) | AnswerType::YesNo(_) => "valg mellem svar",
        AnswerType::Multi { .. } => "valg af flere svar",
        AnswerType::Scale { .. } => "tal på en skala",
        AnswerType::Number { .. } => "tal",
        AnswerType::Text { voice: true, .. } => "fri tekst eller stemme",
        AnswerType::Text { .. } => "fri tekst",
        AnswerType::Location { .. } => "sted",
        AnswerType::Media(wanted) => match wanted.kind {
            crate::script::MediaKind::Photo => "billede",
            crate::script::MediaKind::Voice => "stemme",
            crate::script::MediaKind::File => "fil",
        },
        AnswerType::Rank { .. } => "rækkefølge",
        AnswerType::Date { .. } => "dato",
        AnswerType::Time { .. } => "klokkeslæt",
        AnswerType::Email => "e-mail",
        AnswerType::Phone => "telefonnummer",
        AnswerType::Name => "navn",
    }
}

fn remarks(question: &Question) -> Vec<&'static str> {
    let mut remarks = Vec::new();
    if question.sensitive {
        remarks.push("følsom");
    }
    if question.answer.is_contact() {
        remarks.push("gemmes for sig, uden forbindelse til svarene");
    }
    if matches!(question.answer, AnswerType::Text { .. }) {
        remarks.push("CPR-numre fjernes");
    }
    remarks
}

fn risks(script: &Script) -> Vec<(&'static str, &'static str)> {
    let is = |wanted: fn(&AnswerType) -> bool| script.questions().any(|q| wanted(&q.answer));
    let mut risks = vec![
        ("Nogen læser svarene på disken eller i en kopi", "alt er forseglet; kopien åbnes kun med nøglen"),
        (
            "En medarbejder ser mere, end opgaven kræver",
            "adgangsnøgler pr. institution, dialog og spørgsmål; fri tekst, kontakt og filer hver for sig; log",
        ),
        (
            "En borger kan genkendes i resultaterne",
            "tal under 5 vises ikke, heller ikke dem, der ville afsløre et",
        ),
        (
            "Svarene gemmes længere end lovet",
            "de slettes hver nat efter fristen, også hos den, der henter dem (gravsten)",
        ),
    ];
    if is(|a| matches!(a, AnswerType::Text { .. })) {
        risks.push((
            "Borgeren skriver om sig selv eller andre i fri tekst",
            "CPR-numre fjernes; fri tekst kræver særskilt ret at læse",
        ));
    }
    if is(|a| matches!(a, AnswerType::Media(_))) {
        risks.push((
            "Billeder eller stemmer viser andre",
            "egen ret at hente; sted og tid i billedfiler fjernes; slettes med svaret",
        ));
    }
    if is(|a| matches!(a, AnswerType::Location { .. })) {
        risks.push(("Steder viser, hvor en borger bor", "[udfyldes: hvorfor stedet er nødvendigt]"));
    }
    if is(AnswerType::is_contact) {
        risks.push(("Adresser kobles til svar", "adresser gemmes for sig, uden tid og uden vej til svaret"));
    }
    if script.runs_on("telegram") {
        risks.push((
            "Telegram behandler beskederne",
            "det står på kortet før første spørgsmål; webchatten er et andet valg",
        ));
    }
    risks
}

// In a table of Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
