//! From one item to the next: what is said, where the way goes, which question is put.

use super::ask;
use super::condition::holds;
use super::draw;
use super::input::Moment;
use super::lines::{Arg, lines};
use super::mend;
use super::message::{Apart, Contact, Effect, Message, Response, Status, Text, Way};
use super::quota;
use super::session::{Answered, Ended, Outcome, Passed, Session, State, Value, Waiting};
use super::share::share;
use super::show::{illustrations, link};
use super::text::{date, said};
use super::wake::wake_at;
use crate::script::{AnswerType, ItemNo, Jump, Kind, NEWS_HERE, Next, Question, Script, Target};
use jiff::Timestamp;

/// Visits within visits deeper than this lose the outermost way back: a script that goes round in visits still ends.
const MAX_RETURNS: usize = 16;
/// Shorter conversations are over before anybody wonders.
const PROGRESS_FROM: u16 = 4;

/// A turn while it is made.
pub struct Walk<'s> {
    pub script: &'s Script,
    pub session: Session,
    pub moment: &'s Moment,
    pub effects: Vec<Effect>,
    /// The question that stands open while an earlier answer changes: when it is put again, what was ticked and sent is there.
    pub carried: Option<Waiting>,
}

impl Walk<'_> {
    pub fn say(&mut self, text: Text) {
        if !text.is_empty() {
            let language = self.session.language;
            self.effects.push(Effect::Say(Message { text, ..Message::bare(language) }));
        }
    }

    /// A line of the bot's own.
    pub fn line(&mut self, name: &str) {
        self.remark(Text::plain(lines(self.session.language).get(name)));
    }

    /// Says something that nothing else in the session tells of.
    pub fn remark(&mut self, text: Text) {
        // Elsewhere what was said stands in the chat; a page is drawn from the session alone.
        if self.session.channel == "web" {
            self.session.remarks.push(text.clone());
        }
        self.say(text);
    }

    pub fn toast(&mut self, name: &str) {
        self.effects.push(Effect::Toast(lines(self.session.language).get(name)));
    }

    /// Walks on from an item (`None`: its list ran out) to the next question, or to the end.
    pub fn go(&mut self, from: Option<ItemNo>) {
        let mut at = from;
        // A checked script has no round without a question: with each step passed at most once between two questions,
        // and each return used up, this bound is never met. It holds whatever comes.
        let mut left = (self.script.items().len() + 1) * (MAX_RETURNS + 2);
        while left > 0 {
            left -= 1;
            let Some(no) = at else {
                match self.session.returns.pop() {
                    Some(id) => at = self.script.find(&id).and_then(|no| self.after(no)),
                    None => return self.finish(Ended::End),
                }
                continue;
            };
            let script = self.script;
            let item = script.item(no);
            if !holds(item.when.as_ref(), script, &self.session, self.moment) {
                at = self.after(no);
                continue;
            }
            match &item.kind {
                Kind::Say(bubbles) => {
                    if !self.passed_before(&item.id) {
                        for words in bubbles {
                            let text = said(words, script, &self.session);
                            self.say(text);
                        }
                        let shown = illustrations(item, script, &self.session);
                        self.effects.extend(shown.into_iter().map(Effect::Say));
                        if let Some(Effect::Say(last)) = self.effects.last_mut() {
                            if item.share {
                                last.share = Some(share(script, self.session.language));
                            }
                            last.link = link(item, script, &self.session).or(last.link.take());
                        }
                    }
                    self.pass(&item.id);
                    at = self.after(no);
                }
                // Nothing is left to show.
                Kind::Ask(question) if !draw::has_something(self, question) => at = self.after(no),
                Kind::Ask(question) => {
                    let answered = self.passed_before(&item.id);
                    let Some(outcome) =
                        self.session.answers.iter().find(|a| answered && a.question == item.id)
                    else {
                        return self.ask(question);
                    };
                    let outcome = outcome.outcome.clone();
                    self.pass(&item.id);
                    at = match self.jump(question, &outcome) {
                        Some(Next::Item(no)) => Some(no),
                        Some(Next::Return) => return self.finish(Ended::End),
                        None => self.after(no),
                    };
                }
                Kind::Group { first } => at = first.or_else(|| self.after(no)),
                Kind::Visit(target) => match self.leave(no, Jump::Visit(*target)) {
                    Next::Item(no) => at = Some(no),
                    Next::Return => return self.finish(Ended::End),
                },
                Kind::Goto(target) => match self.leave(no, Jump::Goto(*target)) {
                    Next::Item(no) => at = Some(no),
                    Next::Return => return self.finish(Ended::End),
                },
                Kind::End(words) => {
                    match words {
                        Some(words) => {
                            let text = said(words, script, &self.session);
                            self.say(text);
                            self.pass(&item.id);
                            self.finish_quietly(Ended::End);
                        }
                        None => self.finish(Ended::End),
                    }
                    return;
                }
            }
        }
        self.finish(Ended::End);
    }

    fn after(&self, no: ItemNo) -> Option<ItemNo> {
        after(self.script, no)
    }

    // `Return` stands for the end of the dialogue.
    fn leave(&mut self, from: ItemNo, jump: Jump) -> Next {
        match jump {
            Jump::Visit(Target::Item(to)) => {
                if self.session.returns.len() >= MAX_RETURNS {
                    self.session.returns.remove(0);
                }
                self.session.returns.push(self.script.item(from).id.clone());
                Next::Item(to)
            }
            Jump::Goto(Target::Item(to)) => {
                // Left for good: the way back out of a section that was visited goes too.
                if self.script.item(to).section != self.script.item(from).section {
                    self.session.returns.clear();
                }
                Next::Item(to)
            }
            Jump::Visit(Target::End) | Jump::Goto(Target::End) => Next::Return,
        }
    }

    /// Where an answer leads, other than on to the next step.
    fn jump(&mut self, question: &Question, outcome: &Outcome) -> Option<Next> {
        let from = self.script.find(&question.id)?;
        if let Some(audience) = self.script.header().audience.as_ref().filter(|a| a.question == question.id)
            && let Some(to) = audience.otherwise
            && self.session.audience(self.script) == super::message::Audience::User
        {
            return Some(self.leave(from, Jump::Goto(Target::Item(to))));
        }
        let Outcome::Given { value: Value::Code(code), .. } = outcome else { return None };
        let jump = question.answer.options()?.find(code)?.jump?;
        Some(self.leave(from, jump))
    }

    fn pass(&mut self, id: &str) {
        // A step asked again moves to its latest place, so the trail is never longer than the script.
        self.session.trail.retain(|p| p.0 != id);
        self.session.trail.push(Passed(id.to_owned(), self.session.returns.clone()));
    }

    // Whether the step lies behind the point to which the citizen went back. Counts once: a loop asks again.
    fn passed_before(&mut self, id: &str) -> bool {
        let before = self.session.kept.len();
        self.session.kept.retain(|k| k != id);
        self.session.kept.len() < before
    }

    // A question as it is put first, before it has a message.
    fn first(&mut self, question: &Question) -> Waiting {
        self.session.visits = self.session.visits.wrapping_add(1);
        let new = Waiting::new(question.id.clone(), self.session.visits);
        match self.carried.take_if(|w| w.at == question.id) {
            Some(Waiting { chosen, media, album, .. }) => Waiting { chosen, media, album, ..new },
            None => new,
        }
    }

    // Question so-and-so of so many on the longest way that is left. Not told where it would run backwards.
    fn progress(&mut self, question: &Question) -> Option<(u16, u16)> {
        let script = self.script;
        if !script.header().defaults.progress || script.longest_from(0) < PROGRESS_FROM {
            return None;
        }
        let (place, total) = how_far(script, &self.session, question);
        if let Some((before, of)) = self.session.told
            && u32::from(place) * u32::from(of) < u32::from(before) * u32::from(total)
        {
            return None;
        }
        self.session.told = Some((place, total));
        self.session.told
    }

    /// Puts a question.
    pub fn ask(&mut self, question: &Question) {
        let mut waiting = Waiting { progress: self.progress(question), ..self.first(question) };
        if waiting.chosen.is_empty() {
            waiting.chosen = self.ticked_before(question);
        }
        let before = self.session.answers.iter().find(|a| a.question == question.id);
        let lead = before
            .and_then(|a| super::text::outcome(question, &a.outcome, self.session.language))
            .map(|answer| {
                Text::plain(
                    lines(self.session.language).with("your-answer-was", &[("answer", Arg::Text(&answer))]),
                )
            });
        self.show(question, waiting, lead, &[]);
    }

    fn ticked_before(&self, question: &Question) -> Vec<String> {
        let before = self.session.answers.iter().find(|a| a.question == question.id).map(|a| &a.outcome);
        match (&question.answer, before) {
            (AnswerType::Multi { .. }, Some(Outcome::Given { value: Value::Codes(codes), .. }))
            | (AnswerType::Rank { .. }, Some(Outcome::Given { value: Value::Ranked(codes), .. })) => {
                codes.clone()
            }
            _ => Vec::new(),
        }
    }

    /// Sends the open question, with `lead` before it; with `only`, just these options as buttons.
    pub fn show(&mut self, question: &Question, mut waiting: Waiting, lead: Option<Text>, only: &[u8]) {
        waiting.only = only.to_vec();
        let mut message = ask::open(question, &waiting, lead, self.script, &self.session, self.moment);
        // A message is named that a later turn may change; under a keyboard for sharing nothing can be.
        let changes =
            message.keyboard.is_none() && (!message.buttons.is_empty() || question.answer.is_shown_back());
        waiting.message = changes.then(|| self.session.name_message());
        message.of = waiting.message;
        self.session.state = State::Waiting(waiting);
        self.effects.push(Effect::Say(message));
    }

    /// Takes the buttons off the message that showed the open question.
    pub fn retire(&mut self, waiting: &Waiting) {
        let Some(of) = waiting.message else { return };
        self.effects.push(Effect::Amend { of, message: Message::bare(self.session.language) });
    }

    /// Keeps an answer and walks on.
    pub fn accept(&mut self, question: &Question, outcome: Outcome) {
        draw::count(self, question);
        self.session.set(&question.id, outcome.clone(), self.moment.now);
        self.pass(&question.id);
        if let Outcome::Given { value: Value::Code(code), .. } = &outcome
            && let Some(words) =
                question.answer.options().and_then(|o| o.find(code)).and_then(|o| o.say.as_ref())
        {
            let text = said(words, self.script, &self.session);
            self.say(text);
        }
        if quota::stops(self, question, &outcome) {
            return self.finish(Ended::Quota);
        }
        let no = self.script.find(&question.id);
        match self.jump(question, &outcome) {
            Some(Next::Item(to)) => self.go(Some(to)),
            Some(Next::Return) => self.finish(Ended::End),
            None => self.go(no.and_then(|no| self.after(no))),
        }
    }

    /// Goes back to a question on the trail and puts it anew. What was passed after it is passed over when reached again.
    pub fn rewind(&mut self, id: &str) {
        let Some(question) = self.script.question(id) else { return };
        if self.unwind(id).is_some() {
            self.ask(question);
        }
    }

    /// As [`Walk::rewind`], without putting the question: as it would wait.
    pub fn unwind(&mut self, id: &str) -> Option<Waiting> {
        let place = self.session.trail.iter().position(|p| p.0 == id)?;
        let question = self.script.question(id)?;
        let behind = self.session.trail.split_off(place);
        self.session.returns = behind[0].1.clone();
        for passed in &behind[1..] {
            if !self.session.kept.contains(&passed.0) {
                self.session.kept.push(passed.0.clone());
            }
        }
        self.session.told = None;
        Some(self.first(question))
    }

    /// Ends with the card of thanks and what happens next, or with the words that fit.
    pub fn finish(&mut self, ended: Ended) {
        let text = match self.session.finished_at {
            // Nobody waits for a word.
            Some(_) if ended == Ended::Timeout => Text::default(),
            Some(_) => {
                let name = if ended == Ended::End { "mended" } else { "mend-left" };
                Text::plain(lines(self.session.language).get(name))
            }
            None => closing(self.script, &self.session, ended),
        };
        self.say(text);
        self.finish_quietly(ended);
    }

    fn finish_quietly(&mut self, ended: Ended) {
        if ended != Ended::End {
            self.keep_all();
        }
        let stops = ended == Ended::Stop;
        // What had reached its end stays at its end, however the mending goes.
        let before = self.session.finished_at;
        let ended = if before.is_some() { Ended::End } else { ended };
        self.session.kept.clear();
        self.session.state = State::Finished(ended);
        quota::count(self, ended);
        let response = self.response(ended);
        self.session.finished_at = Some(response.finished_at);
        self.effects.push(Effect::Respond(response));
        if ended == Ended::End {
            mend::offer(self);
        }
        draw::hand_over(self, before.is_some());
        if stops {
            // Who stops wants to hear no more: no address is kept.
            self.effects.push(Effect::Apart(Apart::Quiet));
            if self.script.questions().any(|q| q.answer.is_contact()) {
                self.effects.push(Effect::Contacts(self.script.id().clone(), Vec::new()));
            }
            return;
        }
        self.subscribe(before.is_some());
        // Nor is a child's address kept.
        let child = mend::is_a_child(self.script, &self.session);
        let contacts = if child { Vec::new() } else { self.contacts() };
        let asked = self.script.questions().any(|q| q.answer.is_contact());
        if !contacts.is_empty()
            || (child && asked && before.is_some())
            || before.is_some_and(|at| self.gave_up_addresses(at))
        {
            self.effects.push(Effect::Contacts(self.script.id().clone(), contacts));
        }
    }

    // An answer that led to an address leads there no more. One that was given before `at` and lies apart is passed over as skipped.
    fn gave_up_addresses(&self, at: Timestamp) -> bool {
        let apart = |answered: &Answered| {
            answered.outcome == Outcome::Skipped
                && answered.at <= at
                && self.session.outcome(&answered.question).is_some()
        };
        let asks = |q: &Question| q.answer.is_contact();
        let lies_apart = |q: &Question| self.session.answers.iter().any(|a| a.question == q.id && apart(a));
        self.script.questions().any(asks) && !self.script.questions().any(|q| asks(q) && lies_apart(q))
    }

    // Who was asked and did not say yes is written to no more.
    fn subscribe(&mut self, mended: bool) {
        let code = |id: &str| match self.session.outcome(id) {
            Some(Outcome::Given { value: Value::Code(code), .. }) => Some(code.as_str()),
            _ => None,
        };
        let asked = |[wants, _]: &[String; 2]| self.session.outcome(wants).is_some();
        let yes = |[wants, place]: [String; 2]| code(&wants) == Some("ja") && code(&place) == Some(NEWS_HERE);
        if mend::is_a_child(self.script, &self.session) {
            // Whoever says so only when an answer is mended may have wanted the result before.
            let dialogue = self.script.id().clone();
            let gone = mended.then_some(Effect::Apart(Apart::Subscribe { dialogue, language: None }));
            return self.effects.extend(gone);
        }
        if self.script.opt_ins().any(|ids| asked(&ids)) {
            let wanted = self.script.opt_ins().any(yes);
            let language = wanted.then_some(self.session.language);
            let dialogue = self.script.id().clone();
            self.effects.push(Effect::Apart(Apart::Subscribe { dialogue, language }));
        }
    }

    fn contacts(&self) -> Vec<Contact> {
        let given = |question: &Question| {
            if !question.answer.is_contact() {
                return None;
            }
            let mail = matches!(question.answer, AnswerType::Email);
            let way = if mail { Way::Email } else { Way::Phone };
            let Some(Outcome::Given { value: Value::Text(address), .. }) = self.session.outcome(&question.id)
            else {
                return None;
            };
            let (address, language) = (address.clone(), self.session.language);
            Some(Contact { question: question.id.clone(), way, address, language })
        };
        self.script.questions().filter_map(given).collect()
    }

    // Broken off: what had been answered before going back still stands.
    fn keep_all(&mut self) {
        let open = match self.session.state.clone() {
            State::Waiting(waiting) => {
                if !waiting.media.is_empty() {
                    let outcome = Outcome::Given { value: Value::Media(waiting.media), other: None };
                    self.session.set(&waiting.at, outcome, self.moment.now);
                }
                Some(waiting.at)
            }
            State::Card { .. } | State::Finished(_) => None,
        };
        let kept = std::mem::take(&mut self.session.kept);
        for id in open.into_iter().chain(kept) {
            if self.session.answers.iter().any(|a| a.question == id) {
                self.pass(&id);
            }
        }
    }

    fn response(&self, ended: Ended) -> Response {
        let session = &self.session;
        // Addresses and votes never stand beside answers.
        let apart = |id: &str| self.script.question(id).is_some_and(Question::is_apart);
        let mut answers: Vec<Answered> =
            session.answers.iter().filter(|a| !apart(&a.question)).cloned().collect();
        let on_the_way = |id: &str| session.trail.iter().any(|p| p.0 == id);
        let votes = self.script.votes().iter().map(|v| v.id.as_str());
        let withdrawn = |a: &&Answered| !on_the_way(&a.question);
        let withdrawn = answers.iter().filter(withdrawn).map(|a| a.question.clone()).collect();
        answers.extend(votes.filter_map(|vote| draw::took_part(self, vote)));
        Response {
            id: session.response,
            dialogue: session.script.clone(),
            citizen: String::new(),
            revision: session.revision,
            channel: session.channel.clone(),
            language: session.language,
            place: session.place.clone(),
            audience: session.audience(self.script),
            status: if ended == Ended::End { Status::Complete } else { Status::Partial },
            ended,
            started_at: session.started_at,
            finished_at: session.finished_at.unwrap_or(self.moment.now),
            changed_at: self.moment.now,
            answers,
            withdrawn,
        }
    }

    /// Whether the wake-up has fallen due.
    pub fn is_due(&self) -> bool {
        wake_at(self.script, &self.session).is_some_and(|at| at <= self.moment.now)
    }

    pub fn wake(&mut self) {
        if let Some(at) = wake_at(self.script, &self.session) {
            self.effects.push(Effect::WakeAt(at));
        }
    }
}

fn after(script: &Script, no: ItemNo) -> Option<ItemNo> {
    match script.item(no).next {
        Next::Item(next) => Some(next),
        Next::Return => None,
    }
}

/// Question so-and-so of so many, on the longest way that is left from this one.
pub fn how_far(script: &Script, session: &Session, question: &Question) -> (u16, u16) {
    let answered = session.trail.iter().filter(|p| script.question(&p.0).is_some()).count() as u16;
    let back = session.returns.iter().filter_map(|id| after(script, script.find(id)?));
    let left =
        script.find(&question.id).into_iter().chain(back).map(|no| script.longest_from(no)).sum::<u16>();
    (answered + 1, answered + left)
}

/// The last thing said.
pub fn closing(script: &Script, session: &Session, ended: Ended) -> Text {
    let l = lines(session.language);
    match ended {
        Ended::End => {
            let give_back = &script.header().give_back;
            let mut text = Text::plain(l.get("thanks"));
            text.line(&l.with("what-happens", &[("how", Arg::Text(&give_back.how.plain(session.language)))]));
            let by = date(give_back.by, session.language);
            let by = l.with("by-date", &[("date", Arg::Text(&by))]);
            match session.language.is_right_to_left() {
                // What staff wrote may run the other way: each in a line of its own.
                true => text.line(&by),
                false => text.push(&format!(" {by}"), Default::default()),
            }
            text
        }
        Ended::Stop if session.answers.is_empty() => Text::plain(l.get("stopped-empty")),
        // On a page nothing can be written any more.
        Ended::Stop if session.channel == "web" => Text::plain(l.get("stopped")),
        Ended::Stop => Text::plain(format!("{} {}", l.get("stopped"), l.get("stopped-delete"))),
        Ended::Timeout | Ended::Closed if session.answers.is_empty() => Text::plain(l.get("timed-out-empty")),
        Ended::Timeout | Ended::Closed => Text::plain(l.get("timed-out")),
        Ended::Declined => Text::plain(l.get("goodbye")),
        Ended::Quota => quota::full_text(script, session),
        Ended::Restarted | Ended::Switched => Text::default(),
    }
}
