//! `cantus models`.

/// Arguments of `cantus models`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus models`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
