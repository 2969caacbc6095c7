//! How many may stay at once from one address. No address is kept.

use super::meter::network;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// A number of seats for each address.
#[derive(Debug)]
pub struct Seats {
    most: u32,
    /// With a key of this process alone: what is in memory says nothing about who was here.
    hasher: RandomState,
    taken: Mutex<HashMap<u64, u32>>,
}

/// One that is taken, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    of: Arc<Seats>,
    key: u64,
}

impl Seats {
    pub fn new(most: u32) -> Arc<Seats> {
        Arc::new(Seats { most, hasher: RandomState::new(), taken: Mutex::default() })
    }

    /// `None`: all that there are for this address are taken.
    pub fn take(self: &Arc<Seats>, from: IpAddr) -> Option<Seat> {
        let key = self.hasher.hash_one(network(from));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { of: self.clone(), key })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_left_is_there_for_the_next_and_for_each_address_there_are_some() {
        let seats = Seats::new(2);
        let [home, away] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let (one, _two) = (seats.take(home).unwrap(), seats.take(home).unwrap());
        assert!(seats.take(home).is_none());
        drop(seats.take(away).unwrap());
        drop(one);
        let _again = seats.take(home).unwrap();
        assert_eq!(seats.taken.lock().unwrap().len(), 1, "whoever went is forgotten");
    }
}
