//! x
#[derive(Debug, clap::Args)]
pub struct Token {}
pub async fn run(_: Token) -> Result<(), super::Failure> { Ok(()) }
