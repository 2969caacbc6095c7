//! Pictures, voice messages and files as answers: which are wanted, what came, how many more there is room for. Only what a
//! question asks for is ever fetched, and a voice only after its own yes.

use super::advance::{again, aside, unreadable};
use super::answer::redact;
use super::beside;
use super::input::Input;
use super::lines::{Arg, lines};
use super::message::{ButtonKind, Effect, Text};
use super::reading::yesno::yes_or_no;
use super::session::{Asks, Outcome, Session, State, Value, Waiting};
use super::text::clean;
use super::typing::typed_text;
use super::walk::Walk;
use super::{ask, text};
use crate::script::{AnswerType, Language, MediaKind, Question, Script};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// core.telegram.org/bots/api#getfile
const MAX_VOICE_BYTES: u64 = 20_000_000;

/// Something that the citizen sent besides words. Its bytes never come here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub kind: MediaKind,
    /// How its channel finds it.
    pub handle: String,
    /// Its size, where the platform told it.
    pub bytes: Option<u64>,
    pub caption: Option<String>,
    /// The platform's name for things sent together.
    pub album: Option<String>,
    /// The citizen has said with it that it may be kept.
    #[serde(default)]
    pub allowed: bool,
    pub fetched: Fetched,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fetched {
    No,
    Kept {
        id: Uuid,
        bytes: u64,
    },
    /// The platform did not give it.
    Failed,
    /// No picture, or one whose hidden data cannot be taken out.
    Unfit,
}

/// A file that is part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub id: Uuid,
    pub kind: MediaKind,
    pub bytes: u64,
    /// The words that came with it.
    pub note: Option<String>,
}

/// Things sent together of which no more is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Album {
    pub id: String,
    pub told: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Take,
    /// A voice, before its own yes.
    AskFirst,
    TooLarge(u64),
    /// The rest of an album that was larger than there was room for.
    Full,
    /// Not what is asked for.
    No,
}

/// Whether [`wants`] may be true of it: for whoever would have to read the session first.
pub fn may_want(input: &Input) -> bool {
    match input {
        Input::Media(_) => true,
        Input::Press(press) => press.button == ButtonKind::Allow,
        Input::Text(typed) => yes_or_no(typed, Language::DANISH) == Some(true),
        Input::Form(_)
        | Input::Back
        | Input::Skip
        | Input::Stop
        | Input::Help
        | Input::Privacy
        | Input::Share
        | Input::Pause
        | Input::Phone(_)
        | Input::OthersPhone
        | Input::Edited { .. }
        | Input::Wish(_)
        | Input::Language(_)
        | Input::Location(_)
        | Input::Unreadable
        | Input::TimeUp => false,
    }
}

/// The file that must be fetched and kept before `input` can be taken: the turn is then that of [`Input::Media`] with it.
pub fn wants(script: &Script, session: &Session, input: &Input) -> Option<Media> {
    if let Input::Press(press) = input
        && press.session != session.nonce
    {
        return None;
    }
    if let Some(beside) = session.beside.filter(|b| b.asks == Asks::Voice)
        && matches!(beside::choice(script, session.language, beside, input), Some(beside::Choice::Yes))
    {
        return session.pending.clone();
    }
    let (Input::Media(media), State::Waiting(waiting)) = (input, &session.state) else { return None };
    let question = script.question(&waiting.at)?;
    (verdict(session, question, waiting, media) == Verdict::Take).then(|| media.clone())
}

fn verdict(session: &Session, question: &Question, waiting: &Waiting, media: &Media) -> Verdict {
    if media.album.is_some() && session.album.as_ref().map(|a| &a.id) == media.album.as_ref() {
        return Verdict::Full;
    }
    let max_bytes = match &question.answer {
        _ if waiting.other.is_some() => return Verdict::No,
        AnswerType::Media(wanted) if fits(wanted.kind, media.kind) => wanted.max_bytes,
        AnswerType::Text { voice: true, .. } if media.kind == MediaKind::Voice => MAX_VOICE_BYTES,
        AnswerType::Choice(_)
        | AnswerType::Multi { .. }
        | AnswerType::YesNo(_)
        | AnswerType::Scale { .. }
        | AnswerType::Number { .. }
        | AnswerType::Text { .. }
        | AnswerType::Rank { .. }
        | AnswerType::Date { .. }
        | AnswerType::Time { .. }
        | AnswerType::Email
        | AnswerType::Phone
        | AnswerType::Name
        | AnswerType::Location { .. }
        | AnswerType::Media(_) => return Verdict::No,
    };
    match () {
        () if media.bytes.is_some_and(|bytes| bytes > max_bytes) => Verdict::TooLarge(max_bytes),
        () if media.kind == MediaKind::Voice && !session.voice && !media.allowed => Verdict::AskFirst,
        () => Verdict::Take,
    }
}

// A picture is a file too.
fn fits(wanted: MediaKind, came: MediaKind) -> bool {
    wanted == came || (wanted == MediaKind::File && came == MediaKind::Photo)
}

/// Takes what came while a question is open.
pub fn media(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, media: &Media) {
    let l = lines(walk.session.language);
    let again = |walk: &mut Walk<'_>, waiting, why: String| {
        // What cannot be helped, or helped easily, is no wrong answer.
        again(walk, question, waiting, Text::plain(why), false, &[]);
    };
    match (verdict(&walk.session, question, &waiting, media), media.fetched) {
        (Verdict::Full, _) => full(walk, question, waiting),
        (Verdict::No, _) => elsewhere(walk, question, waiting, media),
        (Verdict::AskFirst, _) => beside::ask_voice(walk, question, &waiting, media.clone()),
        (Verdict::TooLarge(max), _) => {
            let max = i64::try_from(max / 1_000_000).unwrap_or(i64::MAX);
            again(walk, waiting, l.with("media-too-large", &[("max", Arg::Number(max))]));
        }
        (Verdict::Take, Fetched::No | Fetched::Failed) => again(walk, waiting, l.get("media-failed")),
        (Verdict::Take, Fetched::Unfit) => again(walk, waiting, l.get("media-unfit")),
        (Verdict::Take, Fetched::Kept { id, bytes }) => {
            let note = note(walk, question, media.caption.as_deref());
            take(walk, question, waiting, media, Kept { id, kind: media.kind, bytes, note });
        }
    }
}

fn note(walk: &mut Walk<'_>, question: &Question, caption: Option<&str>) -> Option<String> {
    let caption = clean(caption?);
    let (note, redacted) = redact(question, &caption);
    if redacted {
        walk.line("cpr-removed");
        walk.effects.push(Effect::Unsay);
    }
    Some(note).filter(|n| !n.is_empty())
}

fn take(walk: &mut Walk<'_>, question: &Question, mut waiting: Waiting, media: &Media, kept: Kept) {
    walk.session.voice |= media.allowed;
    waiting.media.push(kept);
    if waiting.media.len() >= room(question) {
        walk.session.album = media.album.clone().map(|id| Album { id, told: false });
        return accept(walk, question, waiting);
    }
    // Of things sent together, one message counts them all.
    match waiting.message.filter(|_| media.album.is_some() && waiting.album == media.album) {
        Some(of) => {
            let message = ask::message(question, &waiting, None, walk.script, &walk.session, walk.moment);
            walk.effects.push(Effect::Amend { of, message });
            walk.session.state = State::Waiting(waiting);
        }
        None => {
            walk.retire(&waiting);
            waiting.album.clone_from(&media.album);
            waiting.why = None;
            walk.show(question, waiting, None, &[]);
        }
    }
}

fn room(question: &Question) -> usize {
    match &question.answer {
        AnswerType::Media(wanted) => wanted.max_files,
        _ => 1,
    }
}

/// What has come so far is the answer.
pub fn accept(walk: &mut Walk<'_>, question: &Question, waiting: Waiting) {
    walk.retire(&waiting);
    let thanks = lines(walk.session.language)
        .with("media-kept", &[("what", Arg::Text(&said(&waiting.media, walk.session.language)))]);
    walk.say(Text::plain(thanks));
    walk.accept(question, Outcome::Given { value: Value::Media(waiting.media), other: None });
}

fn full(walk: &mut Walk<'_>, question: &Question, waiting: Waiting) {
    let Some(album) = walk.session.album.as_mut().filter(|album| !album.told) else { return };
    album.told = true;
    let text = Text::plain(lines(walk.session.language).get("album-full"));
    aside(walk, question, waiting, text);
}

// Asked for something else: the words with it are read, the thing itself is not fetched.
fn elsewhere(walk: &mut Walk<'_>, question: &Question, waiting: Waiting, media: &Media) {
    let words_asked = waiting.other.is_some() || matches!(question.answer, AnswerType::Text { .. });
    match (media.kind, &media.caption) {
        (MediaKind::Photo | MediaKind::File, Some(caption)) => {
            walk.line("caption-alone");
            typed_text(walk, question, waiting, caption);
        }
        (MediaKind::Voice, _) if words_asked => unreadable(walk, question, waiting, "cannot-listen"),
        (MediaKind::Photo | MediaKind::File, None) if words_asked => {
            unreadable(walk, question, waiting, "cannot-take");
        }
        (MediaKind::Photo | MediaKind::File | MediaKind::Voice, _) => {
            unreadable(walk, question, waiting, "cannot-read");
        }
    }
}

/// How many of what, in the citizen's language.
pub fn said(list: &[Kept], language: Language) -> String {
    let l = lines(language);
    let of = |kind| list.iter().filter(|k| k.kind == kind).count();
    let names = [
        (MediaKind::Photo, "media-photos"),
        (MediaKind::Voice, "media-voices"),
        (MediaKind::File, "media-files"),
    ];
    let told = names.into_iter().filter(|(kind, _)| of(*kind) > 0);
    let told = told.map(|(kind, name)| l.with(name, &[("count", Arg::Number(of(kind) as i64))]));
    text::list(&told.collect::<Vec<_>>(), language)
}

/// What is said while more can come.
pub fn count(question: &Question, waiting: &Waiting, language: Language) -> String {
    let left = room(question).saturating_sub(waiting.media.len());
    let what = said(&waiting.media, language);
    let values = [("what", Arg::Text(&what)), ("left", Arg::Number(left as i64))];
    lines(language).with("media-so-far", &values)
}

impl Session {
    /// Every file that the session names.
    pub fn media(&self) -> Vec<Uuid> {
        let waiting = match &self.state {
            State::Waiting(waiting) => waiting.media.as_slice(),
            State::Card { .. } | State::Finished(_) => &[],
        };
        self.answers.iter().flat_map(|a| a.outcome.media()).chain(waiting).map(|kept| kept.id).collect()
    }
}

impl Outcome {
    /// The files of an answer; none for an answer of another kind.
    pub fn media(&self) -> &[Kept] {
        match self {
            Outcome::Given { value: Value::Media(list), .. } => list,
            Outcome::Given { .. } | Outcome::Skipped | Outcome::Failed => &[],
        }
    }
}
