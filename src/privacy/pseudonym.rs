//! One pseudonym for each citizen and dialogue: two institutions cannot join their tables.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::{ConversationKey, DialogueId, Secrets};

/// The citizen's name in the exports of one dialogue: 22 characters, the same each time.
pub fn citizen(secrets: &Secrets, dialogue: &DialogueId, conversation: &ConversationKey) -> String {
    name(secrets, &[dialogue.0.as_bytes(), &[0], &conversation.0])
}

/// A name that stands for one response of an anonymous dialogue and for nothing else.
pub fn anonymous(secrets: &Secrets, response: uuid::Uuid) -> String {
    name(secrets, &[b"response", response.as_bytes()])
}

fn name(secrets: &Secrets, parts: &[&[u8]]) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&secrets.pseudonym).map(|mut mac| {
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    });
    // An HMAC takes a key of any length: the error cannot happen, and an empty name would join nothing.
    mac.map(|bytes| URL_SAFE_NO_PAD.encode(&bytes[..16])).unwrap_or_default()
}
