//! Opening the sound output, and the SoundFont a command sounds with.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::output;
use crate::library::paths;
use crate::music::Score;
use crate::sound::{Loading, OutputState, Player, SoundFont, unheard};

/// How long the output may take to open; sound servers start on demand.
const OPENING: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// The SoundFont asked for, else the best on this computer.
///
/// # Errors
/// The one asked for is not usable, or there is none at all.
pub fn choose_soundfont(given: Option<&Path>) -> anyhow::Result<SoundFont> {
    let cache = paths::decoded_soundfonts_folder().ok();
    let loading = Loading::cached(cache.as_deref());
    match given {
        Some(path) => Ok(SoundFont::load_with(path, &loading)?),
        None => SoundFont::best(None, paths::soundfonts_folder().ok().as_deref(), &loading).context(
            "no SoundFont found: install one (on Debian and Ubuntu: timgm6mb-soundfont), or give a file with \
                 --soundfont",
        ),
    }
}

/// What of a file's score the font cannot play, in sentences; told on standard error, too. Parts beyond those that can
/// sound are told where the file is read.
pub fn unheard(font: &SoundFont, score: &Score) -> Vec<String> {
    let sounding: Vec<usize> =
        unheard::unheard(font, score).into_iter().filter(|index| *index < Score::MAX_SOUNDING).collect();
    output::tell(unheard::without_sound(font.name(), score, &sounding).as_slice())
}

/// Waits until the output is open or known not to be there; at most ten seconds.
pub fn wait_until_open(player: &Player) -> OutputState {
    let give_up = Instant::now() + OPENING;
    loop {
        let state = player.output();
        if state != OutputState::Opening || Instant::now() > give_up {
            return state;
        }
        std::thread::sleep(LOOK);
    }
}

/// The same where nothing can be done without it.
///
/// # Errors
/// There is no output.
pub fn open(player: &Player) -> anyhow::Result<OutputState> {
    match wait_until_open(player) {
        OutputState::NoDevice { reason } => bail!("{reason}"),
        OutputState::Opening => bail!("the sound output didn't open"),
        running @ OutputState::Running { .. } => Ok(running),
    }
}
