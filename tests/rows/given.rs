//! The three given dialogues gone through to their end on the Bot API, in Danish, in English, and with the bot's words in Arabic.

use super::house::House;
use super::support::given::{GIVEN, MOST, picture, write};
use botapi::{Citizen, Shown};
use jiff::SignedDuration;
use snak::engine::{self, Response, Status, lines};
use snak::script::Language;
use storage::{Cursor, DialogueId, Row};

fn arabic() -> Language {
    Language::parse("ar").unwrap()
}

/// Somebody who takes what is offered: the first button, else a place, a picture, a number, words.
struct Walker<'h> {
    house: &'h House,
    citizen: Citizen,
    language: Language,
    /// Of the last question that was written to: how often.
    written: (i64, usize),
}

impl Walker<'_> {
    async fn whole_way(&mut self, code: &str) {
        self.citizen.start(code);
        self.house.rest().await;
        self.citizen.press(&lines(self.language_of_card()).get("start")).unwrap();
        self.house.rest().await;
        if self.language == arabic() {
            self.citizen.write("/sprog");
            self.house.rest().await;
            self.citizen.write(arabic().own_name());
            self.house.rest().await;
        }
        let end = lines(self.language).get("mend-answer");
        for _ in 0..MOST {
            if self.citizen.chat().shows(&end) {
                return;
            }
            self.step().await;
        }
        panic!("{code} in {} comes to no end:\n{}", self.language, self.citizen.transcript().join("\n"));
    }

    // The platform is in Arabic, the dialogue is not offered in it.
    fn language_of_card(&self) -> Language {
        if self.language == arabic() { Language::DANISH } else { self.language }
    }

    async fn step(&mut self) {
        self.house.pass(SignedDuration::from_secs(20));
        let chat = self.citizen.chat();
        let last = chat.last_from_bot().unwrap().clone();
        let labels: Vec<String> = last.labels().concat().into_iter().map(str::to_owned).collect();
        match self.choice(&last, &labels) {
            Some(label) => drop(self.citizen.press(&label).unwrap()),
            None if !chat.keyboard.is_empty() => drop(self.citizen.location(55.6761, 12.5683)),
            None => self.write(&last),
        }
        self.house.rest().await;
    }

    // An option, and once one is taken what says that it is enough; `None`: something is to be sent or written.
    fn choice(&self, open: &Shown, labels: &[String]) -> Option<String> {
        let l = lines(self.language);
        let (done, enough) = (l.get("done"), |label: &&String| label.ends_with(')') && label.contains('('));
        let others = [l.get("skip"), l.get("media-more"), l.get("undo"), done.clone()];
        let options: Vec<&String> = labels.iter().filter(|label| !others.contains(label)).collect();
        let taken = labels.iter().find(|label| enough(label) && label.starts_with(&done));
        // A picture has come.
        let taken = taken.or_else(|| labels.iter().find(|l| **l == done && labels.contains(&others[1])));
        match taken {
            Some(label) => Some(label.clone()),
            // Who says that something is dangerous is sent to the telephone, and asked no more.
            None => options
                .get(usize::from(open.text.contains("farlig") || open.text.contains("danger")))
                .map(|l| (*l).clone()),
        }
    }

    fn write(&mut self, question: &Shown) {
        let tries = if self.written.0 == question.message_id { self.written.1 + 1 } else { 0 };
        self.written = (question.message_id, tries);
        let asks_for_a_picture = question.text.contains("billede")
            || question.text.contains("photo")
            || question.text.contains("picture");
        match asks_for_a_picture {
            true => drop(self.citizen.photo_of(picture(), "")),
            false => drop(self.citizen.write(if question.text.contains('@') {
                "jens@example.dk"
            } else {
                "Mere lys, 3 bænke"
            })),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_given_dialogues_are_gone_through_in_danish_english_and_arabic() {
    let house = House::with(write).await;
    // All three are open.
    house.pass(SignedDuration::from_hours(24 * 60));
    let languages = [Language::DANISH, Language::ENGLISH, arabic()];
    for (n, (dialogue, code)) in (1..).zip(GIVEN) {
        for (m, language) in (1..).zip(languages) {
            let citizen = house.server.citizen(n * 10 + m, Some(language.tag()));
            Walker { house: &house, citizen, language, written: (0, 0) }.whole_way(code).await;
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
    house.well();
}
