//! `cantus dataset`.

/// Arguments of `cantus dataset`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus dataset`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
