//! snak.
fn main() {}
