//! What cannot be heard of a score, and why.

use super::soundfont::{SoundFont, nearest_preset};
use crate::music::{Part, Score};
use crate::plural::counted;

/// Further parts are only counted.
const MOST_NAMES: usize = 8;

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

/// That a font has no sound for parts, which are some of those, in one sentence without its full stop; `None` for none.
pub fn without_sound(font: &str, score: &Score, parts: &[usize]) -> Option<String> {
    let shown = parts.iter().take(MOST_NAMES).map(|part| score.parts[*part].shown_name());
    let names = shown.collect::<Vec<_>>().join(", ");
    let others = match parts.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        others => format!(" and {}", counted(others, "other part")),
    };
    match parts {
        [] => None,
        [part] => Some(why(font, score, *part)),
        _ => Some(format!("{font} has no sound for {names}{others}; they are silent")),
    }
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
