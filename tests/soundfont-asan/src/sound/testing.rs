//! How the tests listen to a synth.

use super::block::BLOCK_FRAMES;
use super::mixer::buses::add_scaled;
use super::synth::Synth;

/// The next blocks of all channels together, left and right.
pub fn sound(synth: &mut dyn Synth, blocks: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut left, mut right) = (vec![0.0; blocks * BLOCK_FRAMES], vec![0.0; blocks * BLOCK_FRAMES]);
    for (left, right) in left.chunks_mut(BLOCK_FRAMES).zip(right.chunks_mut(BLOCK_FRAMES)) {
        synth.advance(BLOCK_FRAMES);
        for (_, bus) in synth.finish_block().used() {
            add_scaled(left, &bus.left, 1.0);
            add_scaled(right, &bus.right, 1.0);
        }
    }
    (left, right)
}

/// The loudest sample of the next blocks.
pub fn loudest(synth: &mut dyn Synth, blocks: usize) -> f32 {
    let (left, right) = sound(synth, blocks);
    left.iter().chain(&right).fold(0.0, |peak, sample| peak.max(sample.abs()))
}
