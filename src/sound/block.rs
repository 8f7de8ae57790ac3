//! The sizes that everything in the audio callback is made of.

/// Frames rendered at a time; fluidlite's own block.
pub(super) const BLOCK_FRAMES: usize = 64;
/// Channels of a synth: one for each part, the last for live notes.
pub(super) const CHANNELS: usize = 128;
/// The channel of notes played live.
pub(super) const LIVE_CHANNEL: usize = CHANNELS - 1;
/// How many parts can sound; further ones are silent.
pub(super) const MAX_PARTS: usize = CHANNELS - 1;
