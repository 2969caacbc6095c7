//! How much may come from one address. No address is kept.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Addresses that are counted at once, some 2 MiB. Those beyond are let through: an answer is worth more than a limit.
const MAX_COUNTED: usize = 50_000;
/// So often the addresses are looked through that have been quiet long enough to be forgotten.
const TIDIED_EVERY: Duration = Duration::from_secs(1);

/// So many at once, and one more each `every` after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

/// Counts for each address what came from it (the generic cell rate algorithm: one time for each).
#[derive(Debug)]
pub struct Meter {
    rate: Rate,
    /// With a key of this process alone: what is in memory says nothing about who was here.
    hasher: RandomState,
    counted: Mutex<Counted>,
}

#[derive(Debug)]
struct Counted {
    /// When all that came from it is used up.
    until: HashMap<u64, Instant>,
    tidied: Instant,
}

impl Meter {
    pub fn new(rate: Rate) -> Meter {
        let counted = Counted { until: HashMap::new(), tidied: Instant::now() };
        Meter { rate, hasher: RandomState::new(), counted: Mutex::new(counted) }
    }

    /// One more from this address.
    ///
    /// # Errors
    /// It is too much: how long to wait.
    pub fn take(&self, from: IpAddr) -> Result<(), Duration> {
        let now = Instant::now();
        let key = self.hasher.hash_one(network(from));
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.tidy(now);
        let full = counted.until.len() >= MAX_COUNTED;
        let until = counted.until.get(&key).copied();
        if until.is_none() && full {
            return Ok(());
        }
        let until = until.unwrap_or(now).max(now) + self.rate.every;
        let wait = until.saturating_duration_since(now + self.rate.every * self.rate.burst);
        if !wait.is_zero() {
            return Err(wait);
        }
        counted.until.insert(key, until);
        Ok(())
    }
}

impl Counted {
    fn tidy(&mut self, now: Instant) {
        if now.saturating_duration_since(self.tidied) >= TIDIED_EVERY {
            self.until.retain(|_, until| *until > now);
            self.tidied = now;
        }
    }
}

/// RFC 6177: a home or a telephone has a /64 of IPv6, and can be at any address in it.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => IpAddr::V6((long.to_bits() & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_used_up_comes_back_with_time_and_for_each_address_alone() {
        let meter = Meter::new(Rate { burst: 3, every: Duration::from_secs(2) });
        for _ in 0..3 {
            assert_eq!(meter.take(from("192.0.2.1")), Ok(()));
        }
        assert_eq!(meter.take(from("192.0.2.1")), Err(Duration::from_secs(2)));
        assert_eq!(meter.take(from("192.0.2.2")), Ok(()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(meter.take(from("192.0.2.1")), Ok(()));
        assert_eq!(meter.take(from("192.0.2.1")), Err(Duration::from_secs(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_telephone_is_one_wherever_in_its_network_it_is() {
        let meter = Meter::new(Rate { burst: 1, every: Duration::from_secs(1) });
        assert_eq!(meter.take(from("2001:db8::1")), Ok(()));
        assert!(meter.take(from("2001:db8::2")).is_err());
        assert_eq!(meter.take(from("2001:db8:0:1::2")), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn no_flood_of_addresses_fills_the_memory_or_keeps_anybody_out() {
        let meter = Meter::new(Rate { burst: 1, every: Duration::from_secs(1) });
        for n in 0..60_000u32 {
            assert_eq!(meter.take(IpAddr::V4((0x0a00_0000 + n).into())), Ok(()));
        }
        assert_eq!(meter.counted.lock().unwrap().until.len(), MAX_COUNTED);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(meter.take(from("192.0.2.1")), Ok(()));
        assert_eq!(meter.counted.lock().unwrap().until.len(), 1);
    }
}
