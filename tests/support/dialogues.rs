//! Small dialogues, each about one thing, by their entry codes.

use std::path::Path;

/// Code, what differs in the header, steps.
pub const ALL: [(&str, &str, &str); 15] = [
    // Choices, in Danish and English.
    ("hal", "", "
  - ask: {da: Hvornår kommer du?, en: When do you come?}
    id: hvornaar
    options:
      morgen: {da: Morgen, en: Morning}
      middag: {da: Middag, en: Noon}
      aften: {da: Aften, en: Evening, also: [sent]}
  - ask: {da: Kommer du alene?, en: Do you come alone?}
    id: alene
    type: yesno
  - {ask: {da: Hvad mangler du?, en: What do you miss?}, id: mangler, type: text, max_length: 200}
"),
    // Several, in order, on a scale.
    ("flere", "", "
  - ask: Hvad bruger du?
    id: bruger
    type: multi
    max_choices: 2
    options:
      bold: {da: Boldbanen}
      sti: {da: Stien}
      baenk: {da: Bænken}
      intet: {da: Ingenting, exclusive: true}
  - ask: Hvad er vigtigst?
    id: vigtigst
    type: rank
    pick: 2
    options:
      lys: {da: Lys}
      ro: {da: Ro}
      is: {da: En isbod}
  - {ask: Hvor tilfreds er du?, id: tilfreds, type: scale, min: 1, max: 5, labels: {1: {da: slet ikke}, 5: {da: meget}}}
"),
    // Words, numbers, days.
    ("ord", "", "
  - {ask: Fortæl om stedet., id: fortael, type: text, max_length: 60}
  - {ask: Hvor mange er I?, id: antal, type: number, min: 0, max: 100}
  - {ask: Hvilken dag?, id: dag, type: date}
"),
    // Where, what it looks like, what it sounds like.
    ("sted", "", "
  - {ask: Hvor er det?, id: hvor, type: location, or_text: true}
  - {ask: Hvordan ser det ud?, id: billede, type: photo, max_files: 2}
  - {ask: Hvad vil du sige om det?, id: tale, type: text, voice: true}
  - {ask: Mere?, id: mere, type: text}
"),
    ("kontakt", "", "
  - {ask: Hvad siger du?, id: fri, type: text}
  - {ask: Din mail?, id: mail, type: email}
  - {ask: Dit nummer?, id: nummer, type: phone}
"),
    ("anonym", "", "
  - {ask: Hvad siger du?, id: fri, type: text}
"),
    ("slut", "", "
  - {ask: Hvad sagde du?, id: fri, type: text}
"),
    ("snart", "", "
  - {ask: Hvad vil du sige?, id: fri, type: text}
"),
    ("dage", "", "
  - ask: Hvornår passer det?
    id: dag
    options:
      formiddag: {da: Mandag formiddag}
      aften: {da: Mandag aften}
      loerdag: {da: Lørdag}
"),
    ("frist", "", "
  - {ask: Hvad når du at sige?, id: fri, type: text}
  - {ask: Og mere?, id: mere, type: text}
"),
    ("kort", "answer_again: yes\n", "
  - {ask: Hvad så?, id: fri, type: text, skip: false}
"),
    // Own words beside the options.
    ("selv", "", "
  - ask: Hvornår passer det?
    id: dag
    options:
      formiddag: {da: Mandag formiddag}
      aften: {da: Mandag aften}
      loerdag: {da: Lørdag, also: [weekenden]}
      andet: {da: Noget andet, other: true}
  - {ask: Hvorfor?, id: hvorfor, type: text}
"),
    // One answer is enough.
    ("taal", "quota: {total: 1}\n", "
  - {ask: Hvad siger du?, id: fri, type: text}
  - {ask: Og mere?, id: mere, type: text}
"),
    // How old somebody is.
    ("ung", "", "
  - ask: Hvor gammel er du?
    id: gruppe
    options:
      under_15: {da: Under 15}
      voksen: {da: 15 eller mere}
  - {ask: Hvor mange år?, id: alder, type: number, min: 0, max: 120}
"),
    ("unik", "answer_again: no\n", "
  - {ask: Hvad siger du?, id: fri, type: text}
"),
];

/// Those that are named, or all.
pub fn write(folder: &Path, only: &[String]) {
    let institution = folder.join("nordby");
    std::fs::create_dir_all(&institution).unwrap();
    for (code, extra, steps) in
        ALL.iter().filter(|(code, ..)| only.is_empty() || only.iter().any(|o| o == code))
    {
        std::fs::write(institution.join(format!("{code}.yaml")), text(code, extra, steps)).unwrap();
    }
}

/// The whole file.
pub fn text(code: &str, extra: &str, steps: &str) -> String {
    let period = match code {
        "slut" => "{from: 2025-01-01, to: 2026-01-31}",
        "snart" => "{from: 2026-06-02, to: 2027-12-31}",
        "hal" => "{from: 2026-01-01, to: 2026-12-31}",
        "frist" => "{from: 2026-01-01, to: 2026-03-05}",
        _ => "{from: 2026-01-01, to: open}",
    };
    let languages = if code == "hal" { "[da, en]" } else { "[da]" };
    let title = match code {
        "hal" => "{da: Hallen, en: The hall}".to_owned(),
        code => code[..1].to_uppercase() + &code[1..],
    };
    let notice = if code == "hal" {
        "{da: Vi gemmer dine svar., en: We keep your answers.}"
    } else {
        "Vi gemmer dine svar."
    };
    let anonymous = code == "anonym";
    let contact = if code == "snart" { "snart@nordby.example" } else { "havn@nordby.example" };
    format!(
        "format: 1
title: {title}
languages: {languages}
owner: Mette Lund
contact: {contact}
purpose: {}
method: Chat.
target_group: Alle.
expected_effect: Noget.
give_back: {{by: 2028-05-01, how: {}}}
period: {period}
privacy: {{basis: consent, anonymous: {anonymous}, keep: 12 months, notice: {notice}}}
entry: {{code: {code}}}
audience: everyone
progress: no
{extra}steps:{steps}",
        if code == "hal" { "{da: Finde ud af noget., en: To find out.}" } else { "Finde ud af noget." },
        if code == "hal" { "{da: På døren., en: On the door.}" } else { "På døren." },
    )
}
