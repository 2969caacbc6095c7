//! A platform as Telegram is: updates stay until they are confirmed, messages arrive late, twice or never, people block.

use super::town::{Chance, Life, Town, lock};
use async_trait::async_trait;
use snak::channel::{Channel, Content, ConversationId, Inbox, Incoming, Outbound, SendError, Sent};
use snak::engine::{Input, Message};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{ConversationKey, key_of};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// So many messages back a citizen looks.
const SEEN: usize = 30;
/// An answer to who asks for updates comes at the latest then.
const LONG_POLL: Duration = Duration::from_secs(50);

/// What a citizen sees.
#[derive(Debug, Default)]
pub struct Chat {
    pub blocked: bool,
    /// By the platform's id, as they stand now.
    pub messages: VecDeque<(u64, Message)>,
}

#[derive(Debug, Default)]
struct State {
    /// Those not confirmed.
    updates: VecDeque<Incoming>,
    confirmed: usize,
    chats: Vec<Chat>,
    last_message: u64,
}

#[derive(Debug)]
pub struct Platform {
    town: Arc<Town>,
    state: Mutex<State>,
    news: Notify,
    /// Updates handed out at once.
    batch: u64,
}

pub fn address(citizen: usize) -> ConversationId {
    ConversationId::new("telegram", 100 + citizen)
}

impl Platform {
    pub fn new(town: Arc<Town>, citizens: usize, batch: u64) -> Arc<Platform> {
        let state = State { chats: (0..citizens).map(|_| Chat::default()).collect(), ..State::default() };
        Arc::new(Platform { town, state: Mutex::new(state), news: Notify::new(), batch })
    }

    pub fn key(&self, of: &ConversationId) -> ConversationKey {
        key_of(self.town.disk.secrets(), &of.0)
    }

    pub fn look<T>(&self, citizen: usize, at: impl FnOnce(&Chat, &Chance) -> T) -> T {
        at(&lock(&self.state).chats[citizen], &self.town.chance)
    }

    /// The citizen does something.
    pub fn act(&self, citizen: usize, content: Content) {
        let mut state = lock(&self.state);
        state.chats[citizen].blocked = content == Content::Blocked;
        let update = format!("telegram:{}", state.confirmed + state.updates.len());
        let conversation = address(citizen);
        self.town.tell(|| {
            let said = match &content {
                Content::Input(Input::Press(press)) => {
                    format!("presses {:?} of question {}", press.button, press.step)
                }
                other => format!("{other:?}"),
            };
            format!("citizen {citizen} ({:?}): {said} ({update})", self.key(&conversation))
        });
        if let Content::Input(Input::Text(words)) = &content {
            lock(&self.town.ledger).types(&update, words);
        }
        let (channel, language, shows_recap) = ("telegram", None, false);
        state.updates.push_back(Incoming {
            update,
            conversation,
            channel,
            language,
            content,
            message: None,
            upload: None,
            shows_recap,
        });
        self.news.notify_one();
    }

    pub fn everything_is_confirmed(&self) -> bool {
        lock(&self.state).updates.is_empty()
    }

    // What is not confirmed, from `offset` on; asking for it confirms what is before.
    fn updates(&self, offset: usize) -> (usize, Vec<Incoming>) {
        let mut state = lock(&self.state);
        let done = offset.saturating_sub(state.confirmed);
        state.updates.drain(..done);
        state.confirmed += done;
        let many = self.town.chance.between(1, self.batch) as usize;
        (state.confirmed, state.updates.iter().take(many).cloned().collect())
    }

    /// Receives as `channel::telegram` does: in order within a conversation, the batch confirmed when all of it is kept.
    pub async fn receive(self: Arc<Self>, inbox: Arc<dyn Inbox>, life: Life) {
        let mut offset = 0;
        loop {
            self.town.takes_time().await;
            life.goes_on().await;
            let (first, updates) = self.updates(offset);
            if updates.is_empty() {
                let _ = tokio::time::timeout(LONG_POLL, self.news.notified()).await;
                continue;
            }
            // The answer is lost on its way.
            if self.town.fault(30) {
                tokio::time::sleep(Duration::from_millis(500)).await;
                continue;
            }
            let count = updates.len();
            if self.handle(&inbox, updates).await {
                offset = first + count;
            } else {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn handle(&self, inbox: &Arc<dyn Inbox>, updates: Vec<Incoming>) -> bool {
        let mut lines: BTreeMap<String, Vec<Incoming>> = BTreeMap::new();
        for incoming in updates {
            lines.entry(incoming.conversation.0.clone()).or_default().push(incoming);
        }
        let mut work = JoinSet::new();
        for line in lines.into_values() {
            let (inbox, town) = (inbox.clone(), self.town.clone());
            work.spawn(async move {
                for incoming in line {
                    let update = incoming.update.clone();
                    if inbox.receive(incoming).await.is_err() {
                        town.tell(|| format!("not kept: {update}"));
                        return false;
                    }
                    town.check(|ledger| ledger.acknowledged(&update));
                }
                true
            });
        }
        let mut kept = true;
        while let Some(line) = work.join_next().await {
            kept &= line.unwrap();
        }
        kept
    }
}

/// The way out, as one life of the service holds it.
#[derive(Debug)]
pub struct Bot {
    pub town: Arc<Town>,
    pub platform: Arc<Platform>,
    pub life: Life,
}

#[async_trait]
impl Channel for Bot {
    fn name(&self) -> &'static str {
        "telegram"
    }

    async fn send(&self, to: &ConversationId, outbound: &Outbound) -> Result<Sent, SendError> {
        self.life.goes_on().await;
        self.town.takes_time().await;
        self.life.goes_on().await;
        let town = &self.town;
        let key = self.platform.key(to);
        if town.fault(25) {
            return Err(SendError::Unreachable("simulated".to_owned()));
        }
        if town.fault(25) {
            return Err(SendError::Throttled(Duration::from_secs(town.chance.between(1, 20))));
        }
        if town.fault(60) {
            town.tell(|| format!("refused to {key:?}"));
            town.check(|ledger| ledger.refused(key, outbound));
            return Err(SendError::Refused("simulated".to_owned()));
        }
        let sent = self.arrive(to, key, outbound)?;
        self.town.takes_time().await;
        self.life.goes_on().await;
        if town.fault(40) {
            return Err(SendError::Unreachable("simulated: the answer is lost".to_owned()));
        }
        Ok(sent)
    }
}

impl Bot {
    fn arrive(
        &self,
        to: &ConversationId,
        key: ConversationKey,
        outbound: &Outbound,
    ) -> Result<Sent, SendError> {
        let citizen = to.address().parse::<usize>().unwrap() - 100;
        let mut state = lock(&self.platform.state);
        if state.chats[citizen].blocked {
            self.town.tell(|| format!("blocked by {key:?}"));
            lock(&self.town.ledger).blocked(key);
            return Err(SendError::Blocked);
        }
        let id = match outbound {
            Outbound::Say(message) | Outbound::Show { message, .. } => {
                state.last_message += 1;
                let id = state.last_message;
                let messages = &mut state.chats[citizen].messages;
                messages.push_back((id, message.clone()));
                if messages.len() > SEEN {
                    messages.pop_front();
                }
                id
            }
            Outbound::Amend { of, message } => {
                let id = of.parse().unwrap();
                let old = state.chats[citizen].messages.iter_mut().find(|(old, _)| *old == id);
                if let Some((_, old)) = old {
                    *old = message.clone();
                }
                id
            }
        };
        self.town.tell(|| {
            let told = match outbound {
                Outbound::Say(message) | Outbound::Show { message, .. } => {
                    format!("{:?}", message.text.to_string())
                }
                Outbound::Amend { message, .. } => format!("(changed) {:?}", message.text.to_string()),
            };
            format!("arrived at {key:?} as {id}: {}", told.chars().take(60).collect::<String>())
        });
        self.town.check(|ledger| ledger.arrived(key, outbound, &id.to_string()));
        Ok(Sent(id.to_string()))
    }
}
