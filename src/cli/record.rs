//! `cantus record`.

/// Arguments of `cantus record`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus record`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
