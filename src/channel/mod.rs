//! Platforms, each in a folder of its own: their events come in as [`Incoming`], our messages go out through [`Channel`].
//!
//! A channel knows neither who decides nor what is stored. It is given an [`Inbox`], and acknowledges an event to its
//! platform only after [`Inbox::receive`] has returned.

mod parcel;
pub mod telegram;
pub mod webchat;

pub use parcel::Parcel;

use crate::engine::{Illustration, Input, Message};
use crate::script::Language;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use std::time::Duration;

/// `telegram:12345`: channel and address. Its Debug prints no address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ConversationId(pub String);

impl ConversationId {
    pub fn new(channel: &str, address: impl std::fmt::Display) -> ConversationId {
        ConversationId(format!("{channel}:{address}"))
    }
    /// The channel's name.
    pub fn channel(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
    /// The platform's own id.
    pub fn address(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, address)| address)
    }
}

impl std::fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:…", self.channel())
    }
}

/// A platform's event in our words.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Names the event: the same id twice is the same event. `telegram:981`.
    pub update: String,
    pub conversation: ConversationId,
    pub channel: &'static str,
    /// The platform's language setting.
    pub language: Option<Language>,
    pub content: Content,
    /// The platform's id of the message that it is, where it is one of the citizen's.
    pub message: Option<String>,
    /// The bytes of the file that the content is about, where the event brought them itself.
    pub upload: Option<Vec<u8>>,
    /// The channel shows the conversation itself, from the engine's recap: nothing is put in the outbox.
    pub shows_recap: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// An entry: a link or QR code, with its payload `<code>` or `<code>_<place>`; empty for none.
    Start {
        payload: String,
    },
    /// An entry whose opening card was shown and accepted on the spot, as on a web page.
    Accepted {
        payload: String,
        language: Option<Language>,
    },
    /// An entry whose opening card was shown and turned down on the spot.
    Declined {
        payload: String,
    },
    /// The session of this nonce is given up, and its dialogue begun anew.
    Restarted {
        payload: String,
        session: u64,
    },
    /// What was answered to this entry before shall be mended.
    Mended {
        payload: String,
    },
    Input(Input),
    /// The citizen has changed an earlier message of theirs: what it is now.
    Edited {
        words: String,
    },
    /// The citizen blocked us, or went away for good.
    Blocked,
    /// Nothing for us: the event is only remembered as seen.
    Nothing,
}

/// What the platform may show at once, besides the messages that follow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// A word over the pressed button; to who pressed none, a message that nobody keeps.
    pub toast: Option<String>,
    /// The button belongs to nothing any more: it and its neighbours can go.
    pub stale: bool,
    /// The citizen's own message can be taken out of the chat.
    pub unsay: bool,
    /// What the citizen changed is taken note of.
    pub noted: bool,
    /// Everything kept of the citizen is deleted: what they are told of it.
    pub forgotten: Option<String>,
    /// It went wrong on our side, and would again: the toast says so.
    pub failed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// Nothing was kept: the event must come again.
    #[error("the turn could not be kept: {0}")]
    NotKept(String),
}

/// Takes events. Once this returns `Ok`, what follows from the event is on disk.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// # Errors
    /// [`InboxError::NotKept`]: the platform must hand the event out again.
    async fn receive(&self, incoming: Incoming) -> Result<Received, InboxError>;
}

/// Brings a file that a citizen sent. Asked only for what an open question wants.
#[async_trait]
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The bytes behind the channel's own handle.
    ///
    /// # Errors
    /// [`FetchError`]; its words name no address and no token.
    async fn fetch(&self, handle: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError>;
}

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// May go well another time.
    #[error("platform cannot be reached: {0}")]
    Unreachable(String),
    /// Gone, or too large.
    #[error("platform does not give the file: {0}")]
    Refused(String),
}

/// Brings what a dialogue shows.
#[async_trait]
pub trait Illustrations: Send + Sync + std::fmt::Debug {
    /// The file; `None` where it is not there any more.
    async fn bytes(&self, of: &Illustration) -> Option<Vec<u8>>;
}

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Outbound {
    Say(Message),
    /// A picture or a film with its file; the message's text says what is to be seen in it.
    Show {
        message: Message,
        file: Vec<u8>,
    },
    /// Changes a message that the platform calls `of`.
    Amend {
        of: String,
        message: Message,
    },
}

/// The platform's id of what was sent: of the message that carries the buttons, where it took several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent(pub String);

/// One variant for each thing that delivery does differently.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("platform asks to wait {0:?}")]
    Throttled(Duration),
    #[error("platform cannot be reached: {0}")]
    Unreachable(String),
    #[error("citizen blocked the bot")]
    Blocked,
    #[error("platform refused the message: {0}")]
    Refused(String),
}

/// A way to citizens.
#[async_trait]
pub trait Channel: Send + Sync {
    fn name(&self) -> &'static str;
    /// # Errors
    /// See [`SendError`]: what went wrong says what to do next.
    async fn send(&self, to: &ConversationId, outbound: &Outbound) -> Result<Sent, SendError>;
}

/// What a page shows that is drawn anew each time: nothing of it is stored as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub title: String,
    pub institution: String,
    /// Stands beside the institution's name, and says no more than it.
    pub logo: Option<crate::engine::Illustration>,
    pub language: Language,
    pub languages: Vec<Language>,
    pub state: PageState,
    /// Whoever comes now can begin.
    pub open: bool,
    /// It can be begun in Telegram too.
    pub telegram: bool,
    /// The link to pass on.
    pub share: Option<crate::engine::Share>,
    pub help: crate::engine::Text,
    pub privacy: crate::engine::Text,
    /// Whom citizens may turn to; empty where nobody is named.
    pub contact: String,
    /// The address of the institution's own accessibility statement.
    pub accessibility: Option<String>,
}

/// Everything that is kept of a citizen, as they are shown it: to read, and the same as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub text: crate::engine::Text,
    pub json: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PageState {
    /// Nothing has begun: the opening card. Its buttons say what can be done; only Start begins something.
    Opening(Message),
    /// What was said and answered so far, and the open question.
    Running(crate::engine::Recap),
    /// What was said and answered. `again`: whether the dialogue may be answered once more; `mends`: a button for each answer that
    /// can still be mended.
    Ended { recap: crate::engine::Recap, again: bool, mends: Vec<crate::engine::Button> },
    /// It was answered some time ago: what is said of that. `again` as above; `mends`: whether the answers can be mended.
    Answered { words: String, again: bool, mends: bool },
    /// Outside its period, or on another channel alone: what is said instead, and what else can be answered.
    Closed(String, Vec<Offered>),
}

/// A dialogue that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub title: String,
    pub institution: String,
    /// Its entry code.
    pub payload: String,
}

/// Draws pages for channels that show the conversation themselves.
#[async_trait]
pub trait Pages: Send + Sync {
    /// The page behind an entry payload (`<code>` or `<code>_<place>`); `None` where no such code is known.
    ///
    /// # Errors
    /// [`InboxError::NotKept`] if the conversation cannot be read.
    async fn page(
        &self,
        payload: &str,
        of: Option<&ConversationId>,
        language: Option<Language>,
    ) -> Result<Option<Page>, InboxError>;

    /// What can be answered, nearest deadline first; where there is nothing, whom one may write to.
    ///
    /// # Errors
    /// [`InboxError::NotKept`] if it cannot be read.
    async fn offered(&self, language: Language) -> Result<(Vec<Offered>, Option<String>), InboxError>;

    /// What is kept of a conversation; `None` where nothing is.
    ///
    /// # Errors
    /// [`InboxError::NotKept`] if it cannot be read.
    async fn kept(&self, of: &ConversationId, language: Language) -> Result<Option<Kept>, InboxError>;

    /// Gives one item for each time that the conversation has changed from now on; changes close together may be one.
    fn changes(&self, of: &ConversationId) -> BoxStream<'static, ()>;
}
