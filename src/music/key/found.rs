//! The key that a whole score suggests.

use super::{Key, MelodyNote, detect_from, detect_melody};
use crate::music::Score;

/// The key that a score's notes suggest: the melody's. The `present` one stays until another one fits clearly better.
pub fn found_in(score: &Score, present: Option<Key>) -> Option<Key> {
    let notes_of = |melody: bool| {
        let pitched = score.parts.iter().enumerate().filter(|(_, part)| !part.is_drum);
        let wanted = pitched.filter(move |(index, _)| (score.melody == Some(*index)) == melody);
        wanted.flat_map(|(_, part)| &part.notes)
    };
    detect_melody(&MelodyNote::line(notes_of(true)), present)
        .or_else(|| detect_from(notes_of(true), notes_of(false), present))
}
