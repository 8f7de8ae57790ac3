//! Which SoundFont a command sounds with.

use std::path::Path;

use anyhow::Context as _;

use crate::sound::SoundFont;

/// The given one, else the best on this computer.
///
/// # Errors
/// The given one is not usable, or there is none at all.
pub fn choose(given: Option<&Path>) -> anyhow::Result<SoundFont> {
    match given {
        Some(path) => Ok(SoundFont::load(path)?),
        None => SoundFont::best(None)
            .context("no SoundFont was found: install one (on Debian and Ubuntu: timgm6mb-soundfont), or name a file with --soundfont"),
    }
}
