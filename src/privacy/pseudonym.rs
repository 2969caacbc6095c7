//! One pseudonym for each citizen and dialogue: two institutions cannot join their tables.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::{ConversationKey, DialogueId, Secrets};

/// The citizen's name in the exports of one dialogue: 22 characters, the same each time.
pub fn citizen(secrets: &Secrets, dialogue: &DialogueId, conversation: &ConversationKey) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&secrets.pseudonym).map(|mut mac| {
        mac.update(dialogue.0.as_bytes());
        mac.update(&[0]);
        mac.update(&conversation.0);
        mac.finalize().into_bytes()
    });
    // An HMAC takes a key of any length: the error cannot happen, and an empty name would join nothing.
    mac.map(|bytes| URL_SAFE_NO_PAD.encode(&bytes[..16])).unwrap_or_default()
}

/// A name that is used once, for a response of an anonymous dialogue.
pub fn anonymous(response: uuid::Uuid, seed: u64) -> String {
    use sha2::Digest;
    let hash = Sha256::new().chain_update(response.as_bytes()).chain_update(seed.to_be_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(&hash[..16])
}
