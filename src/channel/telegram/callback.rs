//! A button's press as `callback_data`: base64url of session nonce, question, visit and button. No table of tokens.

use crate::engine::{ButtonKind, Press};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 18 characters; core.telegram.org/bots/api#inlinekeyboardbutton allows 1 to 64 bytes.
pub fn data(press: &Press) -> String {
    let mut bytes = [0; 13];
    bytes[..8].copy_from_slice(&press.session.to_be_bytes());
    bytes[8..10].copy_from_slice(&press.step.to_be_bytes());
    bytes[10..12].copy_from_slice(&press.visit.to_be_bytes());
    bytes[12] = press.button.to_byte();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The press that [`data`] wrote; `None` for anything else.
pub fn press(data: &str) -> Option<Press> {
    let bytes: [u8; 13] = URL_SAFE_NO_PAD.decode(data).ok()?.try_into().ok()?;
    let (session, rest) = bytes.split_first_chunk::<8>()?;
    let (step, rest) = rest.split_first_chunk::<2>()?;
    let (visit, rest) = rest.split_first_chunk::<2>()?;
    Some(Press {
        session: u64::from_be_bytes(*session),
        step: u16::from_be_bytes(*step),
        visit: u16::from_be_bytes(*visit),
        button: ButtonKind::from_byte(rest[0])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_travels_and_comes_back() {
        for byte in 0..=255 {
            let Some(button) = ButtonKind::from_byte(byte) else { continue };
            let sent = Press { session: u64::MAX - 3, step: 7, visit: 300, button };
            assert_eq!(press(&data(&sent)), Some(sent));
            assert!(data(&sent).len() <= 64);
        }
        assert_eq!(press("rubbish"), None);
        assert_eq!(press(""), None);
    }
}
