//! `cantus generate`.

/// Arguments of `cantus generate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus generate`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
