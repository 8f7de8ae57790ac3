//! What cannot be heard of a score, and why.

use super::soundfont::{SoundFont, nearest_preset};
use crate::music::{Part, Score};

/// The parts of a score that have notes and cannot be heard: the font has no sound at all for them, or they are beyond
/// those that sound at once.
pub fn unheard(font: &SoundFont, score: &Score) -> Vec<usize> {
    let presets = font.presets();
    let has_sound = |part: &Part| nearest_preset(&presets, 0, part.program, part.is_drum).is_some();
    let is_unheard = |index: &usize| {
        let part = &score.parts[*index];
        !part.notes.is_empty() && (*index >= Score::MAX_SOUNDING || !has_sound(part))
    };
    (0..score.parts.len()).filter(is_unheard).collect()
}

/// Why the part at an index, which is one of those, cannot be heard, as a sentence without its full stop.
pub fn why(font: &str, score: &Score, index: usize) -> String {
    let name = score.parts.get(index).map_or_else(String::new, |part| part.shown_name().to_owned());
    if index >= Score::MAX_SOUNDING {
        format!("{name} is part {}, and only the first {} sound; it is silent", index + 1, Score::MAX_SOUNDING)
    } else {
        format!("{font} has no sound for {name}; it is silent")
    }
}
