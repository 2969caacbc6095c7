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

/// The citizen's name in one vote, whose log is `log`: another than in the responses.
pub fn voter(secrets: &Secrets, log: &DialogueId, conversation: &ConversationKey) -> String {
    name(secrets, &[b"voter", log.0.as_bytes(), &[0], &conversation.0])
}

/// As [`voter`], in an anonymous dialogue: a name for one response's votes.
pub fn anonymous_voter(secrets: &Secrets, log: &DialogueId, response: uuid::Uuid) -> String {
    name(secrets, &[b"anonymous voter", log.0.as_bytes(), &[0], response.as_bytes()])
}

/// What the row of a voter's answer to a statement is called: neither can be read from it.
pub fn ballot(secrets: &Secrets, log: &DialogueId, voter: &str, statement: &str) -> uuid::Uuid {
    let parts = [b"ballot", log.0.as_bytes(), &[0], voter.as_bytes(), &[0], statement.as_bytes()];
    uuid::Builder::from_random_bytes(mac(secrets, &parts)).into_uuid()
}

fn name(secrets: &Secrets, parts: &[&[u8]]) -> String {
    URL_SAFE_NO_PAD.encode(mac(secrets, parts))
}

fn mac(secrets: &Secrets, parts: &[&[u8]]) -> [u8; 16] {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&secrets.pseudonym).map(|mut mac| {
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    });
    // An HMAC takes a key of any length: the error cannot happen, and an empty name would join nothing.
    let first = |bytes: sha2::digest::Output<Hmac<Sha256>>| bytes.first_chunk().copied();
    mac.ok().and_then(first).unwrap_or_default()
}
