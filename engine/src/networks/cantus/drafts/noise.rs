//! Noise that follows from where a cell is, whatever was drawn before.

use crate::random::{gumbel_of, uniform_of};

/// The noise of one cell of a bar in one pass, the same whatever was drawn before it.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u64);

impl Noise {
    /// Of a line at a step of a bar that a number stands for.
    pub fn new(bar: u64, pass: usize, line: usize, step: usize) -> Self {
        let place = (pass as u64) << 48 | (line as u64) << 32 | (step as u64) << 8;
        Self(bar.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ place)
    }

    /// From 0 to 1.
    pub fn uniform(self, number: i64) -> f32 {
        uniform_of(self.0 ^ number as u64)
    }

    /// Gumbel-distributed.
    pub fn gumbel(self, number: i64) -> f32 {
        gumbel_of(self.uniform(number))
    }
}
