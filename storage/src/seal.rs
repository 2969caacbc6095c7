//! Sealing: every value is XChaCha20-Poly1305 under the store's data key, bound to the place where it lies.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::{Mutex, PoisonError};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const NONCE: usize = 24;
const TAG: usize = 16;

/// The operator's key. It wraps the data key and lives outside the data folder.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a master key is 64 hexadecimal digits")]
    Form,
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

impl MasterKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeyError::Random`] if the system has no random numbers.
    pub fn generate() -> Result<MasterKey, KeyError> {
        Ok(MasterKey(random().map_err(KeyError::Random)?))
    }

    /// The key written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`KeyError::Form`] for anything else.
    pub fn from_text(text: &str) -> Result<MasterKey, KeyError> {
        let bytes = from_hex(text).and_then(|b| <[u8; 32]>::try_from(b).ok());
        bytes.map(MasterKey).ok_or(KeyError::Form)
    }

    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(to_hex(&self.0))
    }

    /// What a command on this machine shows a running service to be let in: HMAC(master key, "operator") in hex.
    pub fn operator(&self) -> String {
        to_hex(&mac(&self.0, &[b"operator"]))
    }

    /// What a platform shows that brings its events to us, in hex: the same after every restart, and kept nowhere.
    pub fn webhook(&self, channel: &str) -> String {
        to_hex(&mac(&self.0, &[b"webhook", channel.as_bytes()]))
    }

    pub(crate) fn wrap(&self, data_key: &DataKey) -> Result<String, String> {
        Ok(to_hex(&Seal::new(&self.0).seal(b"data key", &data_key.0)?))
    }

    /// `None`: the data key was wrapped by another master key.
    pub(crate) fn unwrap(&self, wrapped: &str) -> Option<DataKey> {
        let plain = Zeroizing::new(Seal::new(&self.0).open(b"data key", &from_hex(wrapped)?)?);
        plain.as_slice().try_into().ok().map(DataKey)
    }
}

/// The key that values are sealed with.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct DataKey([u8; 32]);

impl DataKey {
    pub fn generate() -> Result<DataKey, String> {
        random().map(DataKey)
    }
    pub fn from_bytes(bytes: [u8; 32]) -> DataKey {
        DataKey(bytes)
    }
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    pub fn seal(&self) -> Seal {
        Seal::new(&self.0)
    }
}

/// Seals and opens values with one key.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    /// Random, fetched many at a time: the system is asked once for a few groups of changes.
    nonces: Mutex<Vec<[u8; NONCE]>>,
}

/// Nonces fetched at once.
const NONCES: usize = 128;

impl Seal {
    fn new(key: &[u8; 32]) -> Seal {
        Seal { cipher: XChaCha20Poly1305::new(key.into()), nonces: Mutex::default() }
    }

    fn nonce(&self) -> Result<[u8; NONCE], String> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(nonce) = nonces.pop() {
            return Ok(nonce);
        }
        let fresh = random::<{ NONCE * NONCES }>()?;
        nonces.extend(fresh.as_chunks().0);
        nonces.pop().ok_or_else(|| "the system gives no random numbers".to_owned())
    }

    /// Nonce and sealed value; `place` must be the same when it is opened.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
        self.seal_behind(&[], place, plain)
    }

    /// As [`Seal::seal`], behind these bytes, which stay as they are.
    pub fn seal_behind(&self, before: &[u8], place: &[u8], plain: &[u8]) -> Result<Vec<u8>, String> {
        let nonce = self.nonce()?;
        let mut sealed = Vec::with_capacity(before.len() + NONCE + plain.len() + TAG);
        sealed.extend_from_slice(before);
        sealed.extend_from_slice(&nonce);
        let from = sealed.len();
        sealed.extend_from_slice(plain);
        let tag = self
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), place, (&mut sealed[from..]).into())
            .map_err(|_| "a value is too large to be sealed".to_owned())?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// `None`: damaged, moved from another place, or sealed with another key.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: place }).ok()
    }
}

/// HMAC-SHA-256 over the parts, each with its length before it.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC takes a key of any length: the error cannot happen.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    match parts {
        [one] => mac.update(one),
        parts => parts.iter().for_each(|part| {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }),
    }
    mac.finalize().into_bytes().into()
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.trim().chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    let digits = Zeroizing::new(digits.filter(|d| d.len() % 2 == 0)?);
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_with_its_key_and_in_its_place() {
        let (one, other) = (DataKey::generate().unwrap().seal(), DataKey::generate().unwrap().seal());
        let sealed = one.seal(b"here", b"et svar").unwrap();
        assert_eq!(one.open(b"here", &sealed).as_deref(), Some(b"et svar".as_slice()));
        assert_eq!(one.open(b"there", &sealed), None);
        assert_eq!(other.open(b"here", &sealed), None);
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(one.open(b"here", &bent), None);
        assert!(!sealed.windows(4).any(|w| w == b"svar"));
    }

    #[test]
    fn a_master_key_is_written_and_read_back() {
        let key = MasterKey::generate().unwrap();
        assert_eq!(MasterKey::from_text(&key.to_text()).unwrap().0, key.0);
        assert!(MasterKey::from_text("kort").is_err());
        assert!(MasterKey::from_text(&"å".repeat(64)).is_err());
    }
}
