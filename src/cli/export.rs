//! x
#[derive(Debug, clap::Args)]
pub struct Export {}
pub async fn run(_: Export) -> Result<(), super::Failure> { Ok(()) }
