//! What a SoundFont cannot play of a score.

use super::soundfont::{SoundFont, nearest_preset};
use crate::music::{Part, Score};

/// The parts of a score that have notes and for which the font has no sound at all.
pub fn unheard(font: &SoundFont, score: &Score) -> Vec<usize> {
    let presets = font.presets();
    let is_unheard =
        |part: &Part| !part.notes.is_empty() && nearest_preset(&presets, 0, part.program, part.is_drum).is_none();
    (0..score.parts.len()).filter(|&index| is_unheard(&score.parts[index])).collect()
}
