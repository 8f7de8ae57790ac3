//! Notes and metres for tests, in one line each.

use super::{Metre, MetreChange, MetreMap, Note, Pitch, Tick, Velocity};

/// A note of the velocity that new notes have.
pub fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
    note_with_velocity(start, duration, pitch, Velocity::DEFAULT.get().into())
}

/// A note of a velocity.
pub fn note_with_velocity(start: Tick, duration: Tick, pitch: i32, velocity: i32) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(velocity) }
}

/// Metres from ticks on: numerator and denominator.
pub fn metres(changes: &[(Tick, u8, u8)]) -> MetreMap {
    let change = |&(tick, numerator, denominator): &(Tick, u8, u8)| MetreChange {
        tick,
        metre: Metre::new(numerator, denominator).unwrap(),
    };
    MetreMap::from_changes(changes.iter().map(change).collect())
}
