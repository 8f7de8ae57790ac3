//! The sizes that everything in the audio callback is made of.

/// Frames rendered at a time; fluidlite's own block.
pub(super) const BLOCK_FRAMES: usize = 64;
/// Channels of a synth: one for each part, the last for live notes.
pub(super) const CHANNELS: usize = 128;
/// The channel of notes played live.
pub(super) const LIVE_CHANNEL: usize = CHANNELS - 1;
/// How many parts can sound; further ones are silent.
pub(super) const MAX_PARTS: usize = CHANNELS - 1;

/// A block of both sides as left and right in turn.
pub(super) fn interleave(left: &[f32; BLOCK_FRAMES], right: &[f32; BLOCK_FRAMES], out: &mut [f32; BLOCK_FRAMES * 2]) {
    for (frame, (left, right)) in out.as_chunks_mut::<2>().0.iter_mut().zip(left.iter().zip(right)) {
        *frame = [*left, *right];
    }
}
