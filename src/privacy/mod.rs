//! What citizens can trust: redaction before anything is kept, and pseudonyms that do not join up.

pub mod picture;
pub mod pseudonym;
pub mod redaction;
