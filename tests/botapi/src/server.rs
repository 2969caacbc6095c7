//! The server as a test holds it: starting, stopping, misfortunes, and what it saw.

use crate::bring;
use crate::chats::{Chat, Room, Standing};
use crate::citizen::Citizen;
use crate::faults::{Fault, On, Weather, is_send};
use crate::line::Switchboard;
use crate::serve;
use crate::state::{Call, Outcome, Shared, Upload};
use serde_json::Value;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// A running Bot API server for one bot. Clones are handles on the same server.
#[derive(Clone)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

impl Server {
    /// A server for the bot with this token, on a free port of loopback, in the caller's runtime.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub async fn start(token: &str) -> io::Result<Server> {
        Server::start_on(token, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// A Bot API server of the bot's own, as who runs Telegram's on their own machine has it: it brings updates to any address, also
    /// one on loopback. A server of the other kind takes the addresses that Telegram takes, and brings nothing to them.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub async fn start_local(token: &str) -> io::Result<Server> {
        let server = Server::start(token).await?;
        server.shared.lock().local = true;
        Ok(server)
    }

    /// # Errors
    /// When the address is taken.
    pub async fn start_on(token: &str, address: SocketAddr) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let server = Server { shared: Arc::new(Shared::new(token)), address, task: Arc::default() };
        server.serve(listener);
        Ok(server)
    }

    fn serve(&self, listener: TcpListener) {
        let switchboard = Switchboard { listener, lines: self.shared.lines.clone() };
        let shared = self.shared.clone();
        let task = tokio::spawn(async move {
            tokio::join!(serve::run(switchboard, shared.clone()), bring::run(shared));
        });
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// The root for `TELOXIDE_API_URL`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Telegram cannot be reached: connections are refused, open ones are cut. Citizens can go on writing.
    pub async fn stop(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // The port is free only when the task is gone.
            let _ = task.await;
        }
        self.shared.lines.cut_all();
    }

    /// Back on the same port after [`Server::stop`], with everything remembered.
    ///
    /// # Errors
    /// When somebody else took the port.
    pub async fn resume(&self) -> io::Result<()> {
        self.stop().await;
        self.serve(TcpListener::bind(self.address).await?);
        Ok(())
    }

    /// A citizen with this id and language setting (`"da"`, or `None` for an unset one). The same id is the same citizen.
    pub fn citizen<'a>(&self, id: i64, language_code: impl Into<Option<&'a str>>) -> Citizen {
        Citizen::new(self.shared.clone(), id, language_code.into())
    }

    /// An update as it is, of any kind and however strange; it gets an `update_id` unless it has one. Returns the id. Who writes in
    /// private can be written to.
    pub fn push_raw(&self, update: Value) -> i64 {
        let chat = &update["message"]["chat"];
        let mut state = self.shared.lock();
        if let Some(id) = chat["id"].as_i64().filter(|_| chat["type"] == "private") {
            state.rooms.entry(id).or_insert_with(|| Room::new(chat.clone())).standing = Standing::Open;
        }
        state.queue.push(update)
    }

    /// Updates of every kind come, whatever the bot has asked for: as those that were waiting when it asked.
    pub fn hand_out_everything(&self) {
        self.shared.lock().queue.everything();
    }

    /// Hands an update out once more, even one that was confirmed. Whether there is one of this id.
    pub fn repeat(&self, update_id: i64) -> bool {
        self.shared.lock().queue.repeat(update_id)
    }

    /// From now on every update comes once more after it was confirmed.
    pub fn hand_out_twice(&self, twice: bool) {
        self.shared.lock().queue.hand_out_twice(twice);
    }

    /// Updates that the bot has not confirmed, oldest first.
    pub fn pending(&self) -> Vec<Value> {
        self.shared.lock().queue.waiting()
    }

    /// The next `times` calls of that kind go wrong in this way. Faults hit in the order in which they were planned.
    pub fn fault(&self, fault: Fault, on: On, times: usize) {
        self.shared.lock().faults.plan(fault, on, times);
    }

    /// The next `calls` sends, to whichever chat, are answered "retry after".
    pub fn throttle(&self, calls: usize, retry_after_seconds: u64) {
        self.fault(Fault::RetryAfter(retry_after_seconds), On::Sends, calls);
    }

    /// The next `calls` that name this chat are answered "retry after".
    pub fn throttle_chat(&self, chat: i64, calls: usize, retry_after_seconds: u64) {
        self.fault(Fault::RetryAfter(retry_after_seconds), On::Chat(chat), calls);
    }

    /// From now on so many calls in a thousand go wrong, and so many updates come twice: which and how is drawn by lot, in the order
    /// of the calls.
    pub fn weather(&self, seed: u64, in_a_thousand: usize) {
        let mut state = self.shared.lock();
        state.faults.weather(Weather::new(seed, in_a_thousand));
        state.queue.weather(Some(Weather::new(!seed, in_a_thousand)));
    }

    pub fn clear_faults(&self) {
        let mut state = self.shared.lock();
        state.faults.clear();
        state.queue.weather(None);
    }

    /// Presses that wait for an answer are from now on too old to be answered.
    pub fn expire_queries(&self) {
        self.shared.lock().queries.clear();
    }

    /// Every call so far, oldest first; a poll is written down when it ends.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// Calls that put a message into this chat, in the order in which the messages arrived; with their times.
    pub fn sends(&self, chat: i64) -> Vec<Call> {
        let arrived = |c: &&Call| c.chat == Some(chat) && is_send(&c.method) && c.message_id.is_some();
        self.shared.lock().calls.iter().filter(arrived).cloned().collect()
    }

    /// Calls that were wrong in themselves, each in a sentence. Empty is good.
    pub fn breaches(&self) -> Vec<String> {
        self.shared.lock().breaches.clone()
    }

    /// How often a method was called with this outcome.
    pub fn count(&self, method: &str, outcome: &Outcome) -> usize {
        let matches = |c: &&Call| c.method == method && c.outcome == *outcome;
        self.shared.lock().calls.iter().filter(matches).count()
    }

    /// Files that the bot sent, oldest first.
    pub fn uploads(&self) -> Vec<Upload> {
        self.shared.lock().uploads.clone()
    }

    /// Files that the bot fetched, byte for byte, oldest first.
    pub fn fetched(&self) -> Vec<Vec<u8>> {
        self.shared.lock().fetched.clone()
    }

    /// Commands by scope (JSON) and language (empty: for all others), as BotCommand.
    pub fn commands(&self) -> Vec<(String, String, Vec<Value>)> {
        let state = self.shared.lock();
        state
            .commands
            .iter()
            .map(|((scope, language), list)| (scope.clone(), language.clone(), list.clone()))
            .collect()
    }

    /// `description` or `short_description` in a language (empty: for all others).
    pub fn description(&self, noun: &str, language: &str) -> Option<String> {
        self.shared.lock().descriptions.get(&(noun.to_owned(), language.to_owned())).cloned()
    }

    /// The parameters of the webhook that is set.
    pub fn webhook(&self) -> Option<Value> {
        self.shared.lock().queue.webhook.clone()
    }

    /// A chat as it now stands; empty for an unknown one.
    pub fn chat(&self, id: i64) -> Chat {
        self.shared.lock().on_the_phone(id)
    }

    /// Waits until something is true of the server; it is looked at after each call and each confirmed update.
    ///
    /// # Errors
    /// A sentence when it did not come true within this time.
    pub async fn wait_until(&self, met: impl Fn(&Server) -> bool, within: Duration) -> Result<(), String> {
        let deadline = Instant::now() + within;
        let mut activity = self.shared.lock().activity();
        loop {
            if met(self) {
                return Ok(());
            }
            let Ok(Ok(())) = timeout_at(deadline, activity.changed()).await else {
                return Err(format!("it did not come true within {within:?}"));
            };
        }
    }

    /// Waits until the bot has confirmed every update.
    ///
    /// # Errors
    /// A sentence when some are left after this time.
    pub async fn wait_until_confirmed(&self, within: Duration) -> Result<(), String> {
        let waited = self.wait_until(|server| server.pending().is_empty(), within).await;
        waited.map_err(|_| format!("{} updates are not confirmed after {within:?}", self.pending().len()))
    }
}
