//! `cantus devices`.

/// Arguments of `cantus devices`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus devices`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
