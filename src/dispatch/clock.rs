//! Time and chance as they are handed in: nothing in this room asks the system for them.

use jiff::Timestamp;

/// Tells the time and draws numbers.
pub struct Clock {
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    draw: Box<dyn Fn() -> Result<u128, String> + Send + Sync>,
}

impl Clock {
    /// `draw` must give numbers that nobody can guess: session and response ids are made of them. Its error says why there
    /// are none.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        draw: impl Fn() -> Result<u128, String> + Send + Sync + 'static,
    ) -> Clock {
        Clock { now: Box::new(now), draw: Box::new(draw) }
    }

    /// As fine as times are kept: in microseconds.
    pub fn now(&self) -> Timestamp {
        let now = (self.now)();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// # Errors
    /// Why there is no random number.
    pub fn draw(&self) -> Result<u128, String> {
        (self.draw)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
