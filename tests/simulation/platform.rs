//! A platform as Telegram is: updates stay until they are confirmed, messages arrive late, twice or never, people block.

use super::town::{Chance, Life, Town, lock};
use async_trait::async_trait;
use snak::channel::{Channel, Content, ConversationId, Inbox, Incoming, Outbound, SendError, Sent};
use snak::engine::{Input, Message};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{ConversationKey, Store, key_of};
use tokio::task::JoinSet;

/// What a citizen sees.
#[derive(Debug, Default)]
pub struct Chat {
    pub blocked: bool,
    /// By the platform's id, as they stand now.
    pub messages: Vec<(u64, Message)>,
}

#[derive(Debug, Default)]
struct State {
    updates: Vec<Incoming>,
    confirmed: usize,
    chats: Vec<Chat>,
    last_message: u64,
}

#[derive(Debug)]
pub struct Platform {
    town: Arc<Town>,
    state: Mutex<State>,
}

pub fn address(citizen: usize) -> ConversationId {
    ConversationId::new("telegram", 100 + citizen)
}

impl Platform {
    pub fn new(town: Arc<Town>, citizens: usize) -> Arc<Platform> {
        let state = State { chats: (0..citizens).map(|_| Chat::default()).collect(), ..State::default() };
        Arc::new(Platform { town, state: Mutex::new(state) })
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
        let update = format!("telegram:{}", state.updates.len());
        let said = match &content {
            Content::Input(Input::Press(press)) => {
                format!("presses {:?} of question {}", press.button, press.step)
            }
            other => format!("{other:?}"),
        };
        let conversation = address(citizen);
        self.town.tell(format!("citizen {citizen} ({:?}): {said} ({update})", self.key(&conversation)));
        if let Content::Input(Input::Text(words)) = &content {
            lock(&self.town.ledger).types(&update, words);
        }
        let (channel, language, shows_recap) = ("telegram", None, false);
        state.updates.push(Incoming {
            update,
            conversation,
            channel,
            language,
            content,
            upload: None,
            shows_recap,
        });
    }

    pub fn everything_is_confirmed(&self) -> bool {
        let state = lock(&self.state);
        state.confirmed == state.updates.len()
    }

    // What is not confirmed, from `offset` on; asking for it confirms what is before.
    fn updates(&self, offset: usize) -> (usize, Vec<Incoming>) {
        let mut state = lock(&self.state);
        state.confirmed = state.confirmed.max(offset);
        let first = state.confirmed;
        let many = self.town.chance.between(1, 8) as usize;
        (first, state.updates.iter().skip(first).take(many).cloned().collect())
    }

    /// Receives as `channel::telegram` does: in order within a conversation, the batch confirmed when all of it is kept.
    pub async fn receive(self: Arc<Self>, inbox: Arc<dyn Inbox>, life: Life) {
        let mut offset = 0;
        loop {
            self.town.takes_time().await;
            life.goes_on().await;
            let (first, updates) = self.updates(offset);
            // The answer is lost on its way.
            if updates.is_empty() || self.town.fault(30) {
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
                        town.tell(format!("not kept: {update}"));
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
            town.tell(format!("refused to {key:?}"));
            lock(&town.ledger).refused(key, outbound);
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
            self.town.tell(format!("blocked by {key:?}"));
            lock(&self.town.ledger).blocked(key);
            return Err(SendError::Blocked);
        }
        let id = match outbound {
            Outbound::Say(message) | Outbound::Show { message, .. } => {
                state.last_message += 1;
                let id = state.last_message;
                state.chats[citizen].messages.push((id, message.clone()));
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
        let told = match outbound {
            Outbound::Say(message) | Outbound::Show { message, .. } => {
                format!("{:?}", message.text.to_string())
            }
            Outbound::Amend { message, .. } => format!("(changed) {:?}", message.text.to_string()),
        };
        self.town.tell(format!("arrived at {key:?} as {id}: {}", told.chars().take(60).collect::<String>()));
        self.town.check(|ledger| ledger.arrived(key, outbound, &id.to_string()));
        Ok(Sent(id.to_string()))
    }
}
