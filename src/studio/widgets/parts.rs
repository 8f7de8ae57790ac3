//! What parts are called, and by which icon they are shown.

use crate::{
    music::{Part, Role, instruments},
    studio::theme::Icon,
};

/// What a part is called, even where nobody named it.
pub fn part_title(part: &Part) -> String {
    part.shown_name().to_owned()
}

/// The name of a part's instrument.
pub fn instrument_name(part: &Part) -> &'static str {
    if part.is_drum { "Drum kit" } else { instruments::program_name(part.program) }
}

/// An icon for a part's instrument.
pub fn part_icon(part: &Part) -> Icon {
    if part.is_drum || part.role == Role::Drums {
        return Icon::Drum;
    }
    match part.program / 8 {
        0 | 2 => Icon::Piano,
        1 => Icon::Bell,
        3 => Icon::Guitar,
        4 => Icon::AudioLines,
        6 if part.program >= 52 => Icon::MicVocal,
        7..=9 => Icon::Wind,
        10..=12 => Icon::AudioWaveform,
        14 => Icon::Drum,
        15 => Icon::Bird,
        _ => Icon::Music,
    }
}
