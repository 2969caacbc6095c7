//! What is there at this moment: it is looked at when somebody asks.

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Observed {
    /// Messages that wait to be sent.
    pub outbox: usize,
    /// How long the first of them has waited in this process.
    pub oldest: Duration,
    /// Dialogues that can be begun.
    pub dialogues: usize,
    /// Bytes of the store's folder, files of citizens included; `None` where it is in memory.
    pub store: Option<u64>,
    /// Bytes of memory that the process holds; `None` where the system does not tell.
    pub memory: Option<u64>,
}

impl Observed {
    pub fn write(&self, text: &mut String) -> fmt::Result {
        let mut registry = Registry::default();
        let mut number = |name: &str, help: &str, value: u64| {
            let gauge = Gauge::<u64, AtomicU64>::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        };
        number("snak_outbox_messages", "Messages that wait to be sent", self.outbox as u64);
        number("snak_dialogues", "Dialogues that are published and offered", self.dialogues as u64);
        if let Some(bytes) = self.store {
            number("snak_store_bytes", "Size of the store on disk, files of citizens included", bytes);
        }
        if let Some(bytes) = self.memory {
            number("process_resident_memory_bytes", "Memory that the process holds", bytes);
        }
        let oldest = Gauge::<f64, AtomicU64>::default();
        oldest.set(self.oldest.as_secs_f64());
        registry.register(
            "snak_outbox_oldest_seconds",
            "How long the first message in the outbox has waited since this process knows of it; 0 for none",
            oldest,
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("snak_build", "The version that runs", build);
        let mut written = String::new();
        prometheus_text::encode(&mut written, &registry)?;
        text.push_str(&written);
        Ok(())
    }
}
