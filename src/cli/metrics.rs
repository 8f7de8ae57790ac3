//! `cantus metrics`.

/// Arguments of `cantus metrics`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus metrics`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
