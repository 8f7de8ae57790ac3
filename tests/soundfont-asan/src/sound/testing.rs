//! How the tests listen to a synth.

use super::synth::Synth;

/// So many blocks of sound, left and right.
pub fn sound(synth: &mut dyn Synth, blocks: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut left, mut right) = (vec![0.0; blocks * 64], vec![0.0; blocks * 64]);
    synth.render(&mut left, &mut right);
    (left, right)
}

/// The highest sample of so many blocks.
pub fn loudest(synth: &mut dyn Synth, blocks: usize) -> f32 {
    let (left, right) = sound(synth, blocks);
    left.iter().chain(&right).fold(0.0, |peak, sample| peak.max(sample.abs()))
}
