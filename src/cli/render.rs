//! `cantus render`.

/// Arguments of `cantus render`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus render`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
