//! 200 dialogues of 60 steps in two languages: how long `snak check` takes, and how long the service takes to have them at hand
//! when it starts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a figure that cannot be measured ends the run")]

use jiff::Timestamp;
use snak::library::Library;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use storage::MasterKey;

// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const INSTITUTIONS: usize = 10;
const EACH: usize = 20;
const STEPS: usize = 60;
const RUNS: usize = 7;

fn main() {
    let room = tempfile::tempdir().unwrap();
    let dialogues = room.path().join("dialogues");
    let mut bytes = 0;
    for institution in 0..INSTITUTIONS {
        let folder = dialogues.join(format!("nordby-{institution}"));
        fs::create_dir_all(&folder).unwrap();
        for n in 0..EACH {
            let text = dialogue(institution * EACH + n);
            bytes += text.len();
            fs::write(folder.join(format!("dialog-{n}.yaml")), text).unwrap();
        }
    }
    println!("{} dialogues of {STEPS} steps, {} kB", INSTITUTIONS * EACH, bytes / 1000);
    row("snak check, the whole process", (0..RUNS).map(|_| check(&dialogues)).collect());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = MasterKey::generate().unwrap();
    let url = format!("sled:{}", room.path().join("store").display());
    let first = runtime.block_on(load(&url, &key, &dialogues, INSTITUTIONS * EACH));
    println!("{:<46} {first:>8.1?}", "published for the first time, each on disk");
    let again = (0..RUNS).map(|_| runtime.block_on(load(&url, &key, &dialogues, 0)));
    row("at hand again after a restart", again.collect());
}

fn check(dialogues: &Path) -> Duration {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_snak"))
        .arg("check")
        .arg(dialogues)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let took = begun.elapsed();
    assert!(status.success(), "the dialogues have mistakes: snak check {}", dialogues.display());
    took
}

// Without the opening of the store itself, which the benchmark of the store measures.
async fn load(url: &str, key: &MasterKey, dialogues: &Path, published: usize) -> Duration {
    let store = storage::open(url, key).await.unwrap();
    let begun = Instant::now();
    let library = Library::open(dialogues, store.clone()).await.unwrap();
    let reading = library.read(Timestamp::now()).await.unwrap();
    let took = begun.elapsed();
    assert_eq!((reading.published.len(), library.offered().len()), (published, INSTITUTIONS * EACH));
    drop(library);
    store.close().await.unwrap();
    took
}

fn row(what: &str, mut runs: Vec<Duration>) {
    runs.sort_unstable();
    let (least, most) = (runs[0], runs[runs.len() - 1]);
    println!(
        "{what:<46} {:>8.1?} (median of {}; least {least:.1?}, most {most:.1?})",
        runs[runs.len() / 2],
        runs.len()
    );
}

/// One dialogue, like those that institutions write: greetings, questions of several kinds, what is said to some only, a section.
fn dialogue(n: usize) -> String {
    let mut text = format!(
        "format: 1\n\
         title: {{da: Hvad mangler bydel {n}?, en: What does district {n} lack?}}\n\
         languages: [da, en]\n\
         owner: Ida Holm, leder af bydel {n}\n\
         contact: bydel{n}@nordby.example\n\
         purpose: Finde ud af, hvad bydel {n} mangler.\n\
         method: Spørgsmål i chat, og QR-koder ved indgangene.\n\
         target_group: Borgere, som ikke kommer der i dag.\n\
         expected_effect: En liste over, hvad der laves først.\n\
         give_back: {{by: 2028-12-01, how: Listen hænges op ved indgangen.}}\n\
         period: {{from: 2026-03-02, to: 2028-04-12}}\n\
         privacy:\n  basis: public_task\n  anonymous: true\n  keep: 12 months\n  notice:\n    \
         da: Vi gemmer dine svar, men ikke dit navn. De slettes efter 12 måneder.\n    \
         en: We keep your answers, but not your name. They are deleted after 12 months.\n\
         entry:\n  code: by{n}\n  keywords: [bydel{n}]\n  places: {{bom: Bommen ved indgangen, skole: Hegnet ved skolen}}\n\
         audience:\n  ask: bruger_1\n  not_yet_users: [aldrig, sjældent]\n  else: faste\n\
         steps:\n"
    );
    // Four steps a round; the last four are the section's.
    for round in 1..STEPS / 4 {
        steps(&mut text, round);
    }
    text.push_str(
        "sections:\n  faste:\n    - say:\n        da: Tak, fordi du kommer hos os.\n        en: Thank you for coming to us.\n    \
         - ask:\n        da: Hvad skal vi blive ved med?\n        en: What should we keep doing?\n      id: behold\n      type: text\n      \
         max_length: 300\n    - say:\n        da: \"Vi har noteret: ${behold | intet}.\"\n        en: \"We have noted: ${behold | nothing}.\"\n    \
         - end:\n        da: Tak for hjælpen, og på gensyn.\n        en: Thank you for your help, and see you again.\n",
    );
    text
}

fn steps(text: &mut String, round: usize) {
    let question = match round % 5 {
        0 => "    type: scale\n    min: 1\n    max: 5\n",
        1 => "    type: number\n    min: 0\n    max: 110\n",
        2 => "    type: text\n    max_length: 200\n",
        3 => "    type: yesno\n",
        _ => "    type: date\n",
    };
    let _ = write!(
        text,
        "  - ask:\n      da: Hvor tit kommer du på plads nummer {round}?\n      en: How often do you come to place number {round}?\n    \
         id: bruger_{round}\n    options:\n      aldrig:\n        da: Aldrig\n        en: Never\n        also: [nul, slet ikke]\n      \
         sjældent:\n        da: Under en gang om året\n        en: Less than once a year\n        say:\n          da: Vi vil gerne se dig tit.\n          \
         en: We would like to see you often.\n      tit:\n        da: Oftere end det\n        en: More often than that\n  \
         - say:\n      da: \"Du har svaret: ${{bruger_{round} | intet}}.\"\n      en: \"Your answer: ${{bruger_{round} | nothing}}.\"\n    \
         when:\n      bruger_{round}: [aldrig, sjældent]\n  \
         - ask:\n      da: Hvad holder dig væk fra plads nummer {round}? Vælg gerne flere.\n      en: What keeps you from place {round}? Choose several.\n    \
         id: mangler_{round}\n    type: multi\n    shuffle: true\n    when:\n      any:\n        - bruger_{round}: aldrig\n        - bruger_{round}: sjældent\n    \
         options:\n      lys:\n        da: Der er for mørkt om aftenen\n        en: It is too dark in the evening\n      vej:\n        da: Der er for langt derhen\n        \
         en: It is too far away\n      andet:\n        da: Noget andet\n        en: Something else\n        other: true\n      intet:\n        da: Ikke noget af det\n        \
         en: None of these\n        exclusive: true\n  \
         - ask:\n      da: Hvad vil du sige om plads nummer {round}, som den er nu?\n      en: What would you say about place {round} as it is now?\n    \
         id: mere_{round}\n{question}    hint:\n      da: Skriv kort, eller spring over.\n      en: Write briefly, or skip it.\n"
    );
}
