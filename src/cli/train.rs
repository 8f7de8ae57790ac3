//! `cantus train`.

/// Arguments of `cantus train`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus train`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
