//! A strict Bot API server on loopback.
//!
//! It speaks real HTTP, keeps `getUpdates`' promises, checks every call against the machine-readable Bot API and refuses
//! what Telegram refuses, in Telegram's words. Its state outlives its clients: kill one, start another, and the updates
//! that were not confirmed come again.
//!
//! Two kinds of wrong are told apart. A *refusal* is what Telegram says in the situation: the chat is not known, the
//! citizen has blocked the bot. A *breach* is a call that is wrong in any situation, or that Telegram would mend in silence:
//! a test asserts that [`Server::breaches`] is empty.
//!
//! ```no_run
//! # async fn example() -> Result<(), String> {
//! use std::time::Duration;
//! let server = botapi::Server::start("1:token").await.map_err(|e| e.to_string())?;
//! // … start the bot with TELOXIDE_API_URL = server.url() …
//! let ida = server.citizen(12345, "da");
//! ida.start("aabn_station");
//! ida.wait_for(|chat| chat.shows("Start"), Duration::from_secs(5)).await?;
//! ida.press("Start")?;
//! assert!(server.breaches().is_empty());
//! # Ok(())
//! # }
//! ```

mod api;
mod body;
mod bring;
mod chats;
mod citizen;
mod compose;
mod faults;
mod line;
mod lot;
mod markup;
mod methods;
mod profile;
mod queue;
mod sending;
mod serve;
mod server;
mod shapes;
mod state;
mod text;
mod updates;

pub use chats::{Button, Chat, Shown};
pub use citizen::{Act, Citizen};
pub use faults::{Fault, On, WEBHOOK};
pub use server::Server;
pub use shapes::{Shape, messages_of, shapes};
pub use state::{Call, Outcome, Upload};

/// Whether a value is of a type of the Bot API, recursively: `check("Update", &update)`.
///
/// # Errors
/// A sentence that says where it is not.
pub fn check(type_name: &str, value: &serde_json::Value) -> Result<(), String> {
    api::api().fits(value, type_name, type_name)
}

/// Whether a value is what a method returns.
///
/// # Errors
/// A sentence that says where it is not, or that there is no such method.
pub fn check_result(method: &str, value: &serde_json::Value) -> Result<(), String> {
    let known = api::api().method(method).ok_or_else(|| format!("there is no method {method}"))?;
    api::api().returned(known, value)
}
