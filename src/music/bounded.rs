//! Numbers brought into MIDI's ranges as they are deserialized.

use serde::{Deserialize, Deserializer};

/// A number of MIDI's data bytes, from whatever number is written: 0 to 127.
pub(super) fn data_byte<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    // `as` goes to the nearest: below 0 it gives 0
    Ok((f64::deserialize(deserializer)? as u8).min(127))
}

/// A pitch bend, from whatever number is written: -8192 to 8191.
pub(super) fn pitch_bend<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i16, D::Error> {
    Ok((f64::deserialize(deserializer)? as i16).clamp(-8192, 8191))
}
