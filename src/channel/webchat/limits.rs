//! How much one address may send: enough for a whole house behind it, too little to fill the store.

use crate::gate::Rate;
use ipnet::IpNet;
use std::time::Duration;

/// What may be sent from one address.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Conversations that are begun.
    pub openings: Rate,
    /// Forms of any kind.
    pub posts: Rate,
    /// Pages that hear at the same time of what changes.
    pub listeners: u32,
    /// Whose word is taken for where a request comes from.
    pub trusted: Vec<IpNet>,
}

impl Default for Limits {
    // A library, a school or a concert hall has one address to the outside, and a poster there is read by hundreds at the same time:
    // 500 may begin at once, and then 3,600 an hour. Each of them presses a button every other second at most, and 2,000 presses are
    // there in stock; 50 a second on end are a hundredth of what the store takes, so that no single address keeps others waiting.
    fn default() -> Limits {
        Limits {
            openings: Rate { burst: 500, every: Duration::from_secs(1) },
            posts: Rate { burst: 2_000, every: Duration::from_millis(20) },
            // Every one of those who may begin at once, in two tabs. Each is an open connection, of which a process has not many more.
            listeners: 1_000,
            trusted: Vec::new(),
        }
    }
}
