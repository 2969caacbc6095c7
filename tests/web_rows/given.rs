//! The three given dialogues gone through to their end by plain forms, in Danish, in English, and with the bot's words in Arabic.

use super::house::House;
use super::support::given::{GIVEN, MOST, picture, write};
use super::support::page::{Browser, Letter, WebForm};
use jiff::SignedDuration;
use snak::engine::{self, Response, Status, lines};
use snak::script::Language;
use storage::{Cursor, DialogueId, Row};

fn arabic() -> Language {
    Language::parse("ar").unwrap()
}

// By a word in the chat: the dialogue itself is not offered in it.
async fn in_arabic(browser: &mut Browser) {
    let mut letter = browser.letter("English").unwrap();
    letter.pairs.retain(|(name, _)| name != "language");
    letter.pairs.push(("language".to_owned(), arabic().tag().to_owned()));
    browser.post(&letter).await;
    assert!(browser.page.html.contains("dir=\"rtl\""));
}

async fn whole_way(house: &House, code: &str, language: Language) {
    let mut browser = Browser::new(house.base());
    browser.accept_language = language.tag().to_owned();
    browser.get(&format!("/c/{code}")).await;
    let card = if language == arabic() { Language::DANISH } else { language };
    browser.press(&lines(card).get("start")).await;
    if language == arabic() {
        in_arabic(&mut browser).await;
    }
    for _ in 0..MOST {
        house.pass(SignedDuration::from_secs(20));
        if browser.text().contains(&lines(language).get("page-over")) {
            return;
        }
        step(&mut browser).await;
    }
    panic!("{code} in {language} comes to no end:\n{}", browser.text());
}

// The first way of answering: ticks, lists, a button, words, a file.
async fn step(browser: &mut Browser) {
    let is_question = |form: &&WebForm| form.hidden.iter().any(|(name, _)| name == "step");
    let form =
        browser.page.forms.iter().find(is_question).unwrap_or_else(|| panic!("{}", browser.text())).clone();
    let options: Vec<_> = form.buttons.iter().filter(|(name, ..)| name == "option").collect();
    if let Some((.., label, _)) = form.boxes.first() {
        browser.tick(&[label]).send().await;
    } else if let Some(list) = form.lists.first() {
        browser.choose(&[&list.options[1].1, &list.options[2].1]).send().await;
    } else if !options.is_empty() {
        // Who says that something is dangerous is sent to the telephone, and asked no more.
        let no = usize::from(browser.text().contains("farlig") || browser.text().contains("danger"));
        let (name, value, _) = options[no];
        let pairs = form.hidden.into_iter().chain([(name.clone(), value.clone())]).collect();
        browser.post(&Letter { action: form.action, pairs }).await;
    } else if form.fields.is_empty() {
        let letter = Letter { action: form.action, pairs: form.hidden };
        browser.uploading(&letter, &[("a.jpg", picture())]).send().await.unwrap();
        let path = browser.page.path.clone();
        browser.get(&path).await;
    } else {
        let words = words(&browser.page.html);
        browser.write(words).send().await;
    }
}

fn words(html: &str) -> &'static str {
    let kinds =
        [("time", "15:00"), ("date", "2026-08-01"), ("email", "jens@example.dk"), ("tel", "20 30 40 50")];
    let kind = kinds.iter().find(|(kind, _)| html.contains(&format!("type=\"{kind}\" name=\"words\"")));
    kind.map_or("Mere lys, 3 bænke", |(_, words)| words)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_given_dialogues_are_gone_through_in_danish_english_and_arabic() {
    let house = House::with(write).await;
    // All three are open.
    house.pass(SignedDuration::from_hours(24 * 60));
    let languages = [Language::DANISH, Language::ENGLISH, arabic()];
    for (dialogue, code) in GIVEN {
        for language in languages {
            whole_way(&house, code, language).await;
        }
        let rows = house.store.responses(&DialogueId(dialogue.to_owned()), Cursor(0), 10).await.unwrap();
        let responses = rows.iter().map(|row| match &row.row {
            Row::Live(body) => engine::decode::<Response>(body).unwrap(),
            Row::Erased { .. } => panic!("erased"),
        });
        let responses: Vec<Response> = responses.collect();
        let spoken: Vec<Language> = responses.iter().map(|r| r.language).collect();
        assert_eq!(spoken, languages, "{dialogue}");
        assert!(responses.iter().all(|r| r.status == Status::Complete), "{dialogue}: {responses:#?}");
    }
}
