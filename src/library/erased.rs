//! What is kept of an erasure: a number that was told, the day, how many responses. Nothing about whose they were.

use super::Library;
use crate::engine::{self, CodecError};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use storage::{Document, Kind, StoreError};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    pub on: Date,
    pub responses: usize,
}

/// Letters and digits that are not taken for one another (Crockford's).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Erased {
    pub fn at(now: Timestamp, responses: usize) -> Erased {
        Erased { on: now.to_zoned(TimeZone::UTC).date(), responses }
    }

    /// As it is kept under its number.
    ///
    /// # Errors
    /// [`CodecError`] if it cannot be written.
    pub fn document(&self, number: String) -> Result<Document, CodecError> {
        Ok(Document { kind: Kind::Receipt, id: number, body: Some(engine::encode(self)?) })
    }
}

/// Fifty of the seed's bits: `7K3M9-2QDXA`.
pub fn receipt_number(mut seed: u64) -> String {
    let mut number = String::with_capacity(11);
    for n in 0..10 {
        if n == 5 {
            number.push('-');
        }
        number.push(char::from(SIGNS[(seed % 32) as usize]));
        seed /= 32;
    }
    number
}

impl Library {
    /// The erasure of which somebody was told this number.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erased(&self, number: &str) -> Result<Option<Erased>, StoreError> {
        let number = number.trim().to_uppercase();
        let Some(body) = self.store.document(Kind::Receipt, &number).await? else { return Ok(None) };
        let corrupt = |e: CodecError| StoreError::Corrupt { what: "receipt", why: e.to_string() };
        engine::decode(&body).map(Some).map_err(corrupt)
    }
}
