//! `cantus bench`.

/// Arguments of `cantus bench`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus bench`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
