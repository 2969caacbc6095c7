//! What the service counts of its own work, for Prometheus. Never who: labels are channels, dialogues, files and outcomes.

mod observed;

pub use observed::Observed;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::OnceLock;
use std::time::Instant;

/// Of the answer.
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// A commit takes a few milliseconds, and seconds when the disk is in trouble.
const COMMIT_SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;

/// All of it begins at 0 with the process.
pub struct Metrics {
    registry: Registry,
    events: Counters<2>,
    commit_seconds: Histogram,
    sends: Counters<2>,
    pulls: Counters<3>,
    rows: Counters<2>,
    wrong_tokens: Counter,
    broken: Gauge,
    observe: OnceLock<Observe>,
}

/// Looks at what is not counted but is there.
pub type Observe = Box<dyn Fn() -> Observed + Send + Sync>;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A turn is on disk.
    Committed,
    /// It was handled before.
    Duplicate,
    /// Nothing for us.
    Nothing,
    /// What it is about cannot be read, today or later.
    PassedOver,
    /// It must come again.
    NotKept,
}

/// What became of one try to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Sent,
    /// The platform asked to wait; it is tried again.
    Throttled,
    /// It is tried again.
    Unreachable,
    /// The citizen cannot be reached any more.
    Blocked,
    /// The platform does not take it; it is dropped.
    Refused,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut made = Metrics {
            registry: Registry::default(),
            events: Family::default(),
            commit_seconds: Histogram::new(COMMIT_SECONDS),
            sends: Family::default(),
            pulls: Family::default(),
            rows: Family::default(),
            wrong_tokens: Counter::default(),
            broken: Gauge::default(),
            observe: OnceLock::new(),
        };
        made.register();
        made
    }
}

impl Metrics {
    // A counter's name gets `_total` behind it.
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "snak_events",
            "Events from platforms and from timers, by channel and what became of them; a turn is committed",
            self.events.clone(),
        );
        registry.register(
            "snak_commit_seconds",
            "How long a turn waits for the store, until it is on disk",
            self.commit_seconds.clone(),
        );
        registry.register(
            "snak_sends",
            "Tries to send a message, by channel and what became of them",
            self.sends.clone(),
        );
        registry.register(
            "snak_pulls",
            "Pulls of answers, reports, files and addresses, by dialogue, file and whether the puller stayed to the end",
            self.pulls.clone(),
        );
        registry.register(
            "snak_pulled_rows",
            "Rows given to pullers, by dialogue and file",
            self.rows.clone(),
        );
        registry.register(
            "snak_wrong_tokens",
            "Requests with a token that is not known, revoked or expired",
            self.wrong_tokens.clone(),
        );
        registry.register(
            "snak_dialogue_files_broken",
            "Files of dialogues with mistakes when the folder was last read; a published one goes on as it was",
            self.broken.clone(),
        );
    }

    /// Says how to look at what is there; the first word counts.
    pub fn observing(&self, observe: Observe) {
        let _ = self.observe.set(observe);
    }

    pub fn event(&self, channel: &str, event: Event) {
        let outcome = match event {
            Event::Committed => "committed",
            Event::Duplicate => "duplicate",
            Event::Nothing => "nothing",
            Event::PassedOver => "passed_over",
            Event::NotKept => "not_kept",
        };
        count(&self.events, [("channel", channel), ("outcome", outcome)]);
    }

    /// Waits for a commit, and keeps how long it took.
    pub async fn commit<T>(&self, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        self.commit_seconds.observe(begun.elapsed().as_secs_f64());
        done
    }

    pub fn send(&self, channel: &str, of: Attempt) {
        let outcome = match of {
            Attempt::Sent => "sent",
            Attempt::Throttled => "throttled",
            Attempt::Unreachable => "unreachable",
            Attempt::Blocked => "blocked",
            Attempt::Refused => "refused",
        };
        count(&self.sends, [("channel", channel), ("outcome", outcome)]);
    }

    /// `file` is what was asked for; the name of a citizen's file is left out.
    pub fn pull(&self, dialogue: &str, file: &str, rows: u64, finished: bool) {
        let file = file.split('/').next().unwrap_or_default();
        let outcome = if finished { "finished" } else { "broken_off" };
        count(&self.pulls, [("dialogue", dialogue), ("file", file), ("outcome", outcome)]);
        let labels = [("dialogue", dialogue.to_owned()), ("file", file.to_owned())];
        self.rows.get_or_create(&labels).inc_by(rows);
    }

    pub fn wrong_token(&self) {
        self.wrong_tokens.inc();
    }

    pub fn broken(&self, files: usize) {
        self.broken.set(i64::try_from(files).unwrap_or(i64::MAX));
    }

    /// Everything, in the text format of Prometheus. It may look at the disk, and so take a moment.
    ///
    /// # Errors
    /// None that is known.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        if let Some(observe) = self.observe.get() {
            observe().write(&mut text)?;
        }
        Ok(text)
    }
}

fn count<const N: usize>(family: &Counters<N>, labels: [(&'static str, &str); N]) {
    family.get_or_create(&labels.map(|(name, value)| (name, value.to_owned()))).inc();
}

/// For who counts and is not told with whom.
impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
