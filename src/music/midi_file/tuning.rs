//! Tunings and transpositions by system exclusive, which are not played.

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

/// Whether a system exclusive tunes or transposes a whole device, or a part: MIDI's fine and coarse master tuning, key
/// shifts and pitch offsets of GS, note shifts and detunings of XG. What is as usual does not.
pub const fn is_transposition(data: &[u8]) -> bool {
    const IN_TUNE: u8 = 0x40;
    match *data {
        [0x7F, _, 0x04, 0x03, fine, coarse, ..] => fine != 0 || coarse != IN_TUNE,
        [0x7F, _, 0x04, 0x04, _, shift, ..]
        | [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x05, shift, ..]
        | [0x41, _, 0x42, 0x12, 0x40, 0x10..=0x1F, 0x16, shift, ..]
        | [0x43, 0x10..=0x1F, 0x4C, 0x00, 0x00, 0x06, shift, ..]
        | [0x43, 0x10..=0x1F, 0x4C, 0x08, _, 0x08, shift, ..] => shift != IN_TUNE,
        [0x41, _, 0x42, 0x12, 0x40, 0x10..=0x1F, 0x17, high, low, ..]
        | [0x43, 0x10..=0x1F, 0x4C, 0x08, _, 0x09, high, low, ..] => high != 8 || low != 0,
        _ => false,
    }
}
