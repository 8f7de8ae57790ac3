//! `cantus play`.

/// Arguments of `cantus play`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs `cantus play`.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
