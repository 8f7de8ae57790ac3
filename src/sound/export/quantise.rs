//! From floating point to whole numbers, with dither where 16 bits would be heard.

use serde::{Deserialize, Serialize};

/// The format of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// 16 bits, dithered.
    Bits16,
    /// 24 bits.
    Bits24,
    /// 32 bits of floating point, as the synth gives them.
    Float32,
}

impl Depth {
    /// How many bits.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Bits16 => 16,
            Self::Bits24 => 24,
            Self::Float32 => 32,
        }
    }
}

/// Always the same, so that the same sound gives the same bytes.
const SEED: u64 = 0x00CA_4705;

/// Rounds samples to a depth.
#[derive(Debug)]
pub(super) struct Quantiser {
    full_scale: f32,
    dither: Option<fastrand::Rng>,
}

impl Quantiser {
    /// To 16 bits with triangular dither of two steps, which turns the error into a steady noise and preserves what
    /// lies below a step (Lipshitz, Wannamaker and Vanderkooy 1992); to 24 without, where the error is below any
    /// converter's noise.
    pub fn new(depth: Depth) -> Self {
        Self {
            full_scale: ((1_u32 << (depth.bits().min(24) - 1)) - 1) as f32,
            dither: (depth == Depth::Bits16).then(|| fastrand::Rng::with_seed(SEED)),
        }
    }

    /// One sample as a whole number within the depth, clipped at full scale. Digital silence stays silent.
    pub fn quantise(&mut self, sample: f32) -> i32 {
        let noise = match &mut self.dither {
            Some(random) if sample != 0.0 => random.f32() - random.f32(),
            _ => 0.0,
        };
        (sample * self.full_scale + noise).round().clamp(-self.full_scale - 1.0, self.full_scale) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_a_step_survives_as_a_mean() {
        let mut quantiser = Quantiser::new(Depth::Bits16);
        let quiet = 0.3 / 32_767.0;
        let count = 100_000;
        let sum: i64 = (0..count).map(|_| i64::from(quantiser.quantise(quiet))).sum();
        assert!((sum as f64 / f64::from(count) - 0.3).abs() < 0.02);
        assert_eq!(quantiser.quantise(0.0), 0);
    }

    #[test]
    fn twice_the_same_and_never_beyond() {
        let (mut one, mut other) = (Quantiser::new(Depth::Bits16), Quantiser::new(Depth::Bits16));
        for index in 0..1000 {
            let sample = (index as f32 * 0.37).sin() * 1.5;
            let whole = one.quantise(sample);
            assert_eq!(whole, other.quantise(sample));
            assert!((-32_768..=32_767).contains(&whole));
        }
        assert_eq!(Quantiser::new(Depth::Bits24).quantise(1.0), 8_388_607);
    }
}
