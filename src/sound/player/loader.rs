//! Another SoundFont for a player, its synth built on the caller's thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::Sender;

use crate::sound::fluid::FluidSynth;
use crate::sound::output::state::OutputState;
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::error::SoundFontError;
use crate::sound::supervisor::Job;

/// How long a synth waits for the supervisor, which may be opening a device.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(10);

/// Loads SoundFonts for a player.
pub struct SoundFontLoader {
    pub(super) jobs: Sender<Job>,
    pub(super) state: Arc<Mutex<OutputState>>,
}

impl SoundFontLoader {
    /// Builds the synth here (half a second for the largest fonts) and then passes it on; the font before plays on
    /// until then, and still plays if this fails. Not to be called on the window's thread.
    ///
    /// # Errors
    /// The synth refuses the font.
    pub fn load(&self, soundfont: &SoundFont) -> Result<(), SoundFontError> {
        let rate_hz = self.rate_hz();
        let synth = FluidSynth::new(soundfont, rate_hz)?;
        let job = Job::BuiltSoundFont(soundfont.clone(), Box::new(synth), rate_hz);
        let sent = self.jobs.send_timeout(job, ACCEPTED_WITHIN);
        sent.map_err(|_| SoundFontError::Synth("the sound output is busy".into()))
    }

    /// The sample rate of the output; while it is not open, what it will probably be.
    pub fn rate_hz(&self) -> u32 {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            OutputState::Running { sample_rate_hz, .. } => *sample_rate_hz,
            _ => 48_000,
        }
    }
}
