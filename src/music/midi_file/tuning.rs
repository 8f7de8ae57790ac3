//! Tunings, which are not played.

/// Whether a system exclusive tunes: MIDI's tuning standard, or another master tuning than the usual of GS and XG.
pub fn is_tuning(data: &[u8]) -> bool {
    const USUAL: [u8; 4] = [0, 4, 0, 0];
    match data {
        [0x7E | 0x7F, _, 0x08, message, ..] => *message > 1, // others ask for a tuning and answer
        [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x00, tuning @ ..]
        | [0x43, 0x10..=0x1F, 0x4C, 0x00, 0x00, 0x00, tuning @ ..] => {
            tuning.len() >= USUAL.len() && !tuning.starts_with(&USUAL)
        }
        _ => false,
    }
}
