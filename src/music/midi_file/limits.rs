//! How large a MIDI file may be, read or written.

use crate::music::{MAX_TICK, TICKS_PER_QUARTER};

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// The most notes that are read, and the most controls. Written again, they fit into [`MAX_FILE_BYTES`].
pub const MAX_EVENTS: usize = 4_000_000;
/// Longer names are cut.
pub const MAX_NAME_CHARS: usize = 200;

/// The index of the channel that General MIDI keeps for drums ("channel 10").
pub(super) const DRUM_CHANNEL: u8 = 9;
/// What comes later is not read, in beats.
pub(super) const MAX_FILE_BEATS: u32 = MAX_TICK / TICKS_PER_QUARTER;
