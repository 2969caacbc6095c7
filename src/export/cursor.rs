//! The cursor as text: a place in one dialogue's answer log that nobody else can make up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Bytes of the MAC that are kept: guessing one of 2^96 is no way in.
const MAC: usize = 12;

/// Writes and reads the cursors of one dialogue.
#[derive(Clone)]
pub struct Cursors {
    /// With the secret in it: a pull writes one cursor for each row.
    keyed: Hmac<Sha256>,
    /// Of the store: another after a backup was restored.
    epoch: u64,
    dialogue: String,
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cursors({}, epoch {})", self.dialogue, self.epoch)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    #[error("the cursor was not given out for this dialogue")]
    Forged,
    #[error("the cursor is from before a backup was restored")]
    OtherEpoch,
}

impl Cursors {
    pub fn new(secret: [u8; 32], epoch: u64, dialogue: &str) -> Cursors {
        let mut key = [0; 64];
        key[..32].copy_from_slice(&secret);
        Cursors { keyed: Hmac::new(&key.into()), epoch, dialogue: dialogue.to_owned() }
    }

    /// 38 characters that need no escaping in an address: epoch, number and MAC.
    pub fn text(&self, number: u64) -> String {
        let mut bytes = [0; 16 + MAC];
        bytes[..8].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[8..16].copy_from_slice(&number.to_be_bytes());
        bytes[16..].copy_from_slice(&self.mac(self.epoch, number));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The number that [`Cursors::text`] wrote.
    ///
    /// # Errors
    /// [`CursorError`], if it was never given out for this dialogue, or by this store before a backup was restored.
    pub fn open(&self, text: &str) -> Result<u64, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Forged)?;
        let bytes: [u8; 16 + MAC] = bytes.try_into().map_err(|_| CursorError::Forged)?;
        let number = |from: usize| bytes[from..from + 8].iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        let (epoch, number) = (number(0), number(8));
        if !bool::from(self.mac(epoch, number).ct_eq(&bytes[16..])) {
            return Err(CursorError::Forged);
        }
        if epoch == self.epoch { Ok(number) } else { Err(CursorError::OtherEpoch) }
    }

    fn mac(&self, epoch: u64, number: u64) -> [u8; MAC] {
        let mut mac = self.keyed.clone();
        mac.update(b"cursor");
        mac.update(&epoch.to_be_bytes());
        mac.update(&number.to_be_bytes());
        mac.update(self.dialogue.as_bytes());
        let mut cut = [0; MAC];
        cut.copy_from_slice(&mac.finalize().into_bytes()[..MAC]);
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_where_it_was_given_out() {
        let here = Cursors::new([7; 32], 3, "nordby/havn");
        let text = here.text(981);
        assert_eq!(here.open(&text), Ok(981));
        assert_eq!(Cursors::new([7; 32], 4, "nordby/havn").open(&text), Err(CursorError::OtherEpoch));
        assert_eq!(Cursors::new([7; 32], 3, "nordby/park").open(&text), Err(CursorError::Forged));
        assert_eq!(Cursors::new([8; 32], 3, "nordby/havn").open(&text), Err(CursorError::Forged));
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                here.open(std::str::from_utf8(&other).unwrap()),
                Err(CursorError::Forged),
                "letter {at}"
            );
        }
        assert_eq!(here.open("981"), Err(CursorError::Forged));
    }
}
