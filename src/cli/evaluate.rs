//! `cantus evaluate`.

/// Arguments of `cantus evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus evaluate`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
