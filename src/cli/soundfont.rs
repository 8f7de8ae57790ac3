//! Which SoundFont a command sounds with.

use std::path::Path;

use anyhow::Context as _;

use crate::library::paths;
use crate::sound::{Loading, SoundFont};

/// The given one, else the best on this computer.
///
/// # Errors
/// The given one is not usable, or there is none at all.
pub fn choose(given: Option<&Path>) -> anyhow::Result<SoundFont> {
    let cache = paths::decoded_soundfonts_folder().ok();
    let loading = Loading::cached(cache.as_deref());
    match given {
        Some(path) => Ok(SoundFont::load_with(path, &loading)?),
        None => SoundFont::best(None, paths::soundfonts_folder().ok().as_deref(), &loading)
            .context("no SoundFont was found: install one (on Debian and Ubuntu: timgm6mb-soundfont), or name a file with --soundfont"),
    }
}
