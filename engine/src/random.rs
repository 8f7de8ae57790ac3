//! Everything random in networks and training, from a seed, a purpose and a counter.
//!
//! There is no state to save: iteration 700 draws the same numbers whether the run was interrupted or not, and on a GPU
//! the same as on the CPU, for all of them are drawn here. libtorch's own generator is never used.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use siphasher::sip::SipHasher13;
use tch::{Device, Kind, Tensor};

/// What numbers are drawn for; each purpose has its own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// First weights of a generator.
    GeneratorWeights = 1,
    /// First weights of a critic.
    CriticWeights,
    /// Batches, noise and masks of a training step.
    Training,
    /// Fixed windows and noise that curves are measured on.
    Measuring,
    /// A composition.
    Composing,
    /// Its drums.
    Drumming,
    /// Who rests when.
    Form,
    /// Who plays how.
    Patterns,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Source(ChaCha8Rng);

impl Source {
    /// The stream of a seed, a purpose and a counter (an iteration, say).
    pub fn new(seed: u64, purpose: Purpose, counter: u64) -> Self {
        let mut rng =
            ChaCha8Rng::seed_from_u64(seed.wrapping_add((purpose as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        rng.set_stream(counter);
        Self(rng)
    }

    /// A whole number from 0 to `end` - 1; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// Evenly from 0 to 1, without 1.
    pub fn uniform(&mut self) -> f32 {
        self.0.random()
    }

    /// An index, by weights, as [`index_at`] has it.
    pub fn weighted(&mut self, weights: &[f32]) -> usize {
        index_at(self.uniform(), weights)
    }

    /// Evenly from `low` to `high`.
    pub fn uniform_tensor(&mut self, shape: &[i64], low: f32, high: f32, device: Device) -> Tensor {
        self.fill(shape, device, |source| low + (high - low) * source.uniform())
    }

    /// Gumbel-distributed: the index of the largest `logit + gumbel` is a draw from the softmax of the logits.
    pub fn gumbel_tensor(&mut self, shape: &[i64], device: Device) -> Tensor {
        let mut key: u64 = self.0.random(); // millions are wanted at a time
        if device != Device::Cpu {
            return gumbel_there(key, shape, device);
        }
        self.fill(shape, device, |_| {
            key = key.wrapping_add(1);
            gumbel_of(uniform_of(key))
        })
    }

    /// Normally distributed, drawn again beyond two standard deviations (as TensorFlow's `truncated_normal`).
    pub fn truncated_normal_tensor(&mut self, shape: &[i64], device: Device) -> Tensor {
        self.fill(shape, device, |source| {
            loop {
                // Box-Muller
                let radius = (-2.0 * (1.0 - source.uniform()).ln()).sqrt();
                let normal = radius * (std::f32::consts::TAU * source.uniform()).cos();
                if normal.abs() <= 2.0 {
                    return normal;
                }
            }
        })
    }

    fn fill(&mut self, shape: &[i64], device: Device, mut draw: impl FnMut(&mut Self) -> f32) -> Tensor {
        let count: i64 = shape.iter().product();
        let numbers: Vec<f32> = (0..count).map(|_| draw(self)).collect();
        Tensor::from_slice(&numbers).view(shape).to_device(device)
    }
}

/// A number that equal bytes share, whatever compiler built this: SipHash-1-3 (Aumasson and Bernstein 2012) with keys
/// of zero.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    SipHasher13::new().hash(bytes)
}

/// The index in whose share of the weights a number from 0 to 1 falls; the last one above 0 where rounding leaves none,
/// 0 where there is none.
pub fn index_at(share: f32, weights: &[f32]) -> usize {
    let mut at = share * weights.iter().sum::<f32>();
    for (index, weight) in weights.iter().enumerate() {
        if at < *weight {
            return index;
        }
        at -= weight;
    }
    weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
}

/// A number whose bits have nothing to do with those of its neighbours' (`SplitMix64`'s finaliser, Steele et al. 2014).
pub const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// A number from 0 to 1, without 1, that follows from a key: for places that must draw the same whatever was drawn
/// before.
pub const fn uniform_of(key: u64) -> f32 {
    (mixed(key.wrapping_add(0x9E37_79B9_7F4A_7C15)) >> 40) as f32 / (1 << 24) as f32
}

/// What [`Source::gumbel_tensor`] draws, computed on the device itself: [`uniform_of`] and [`gumbel_of`] as arithmetic
/// on whole tensors, whose 64-bit numbers wrap, too, but are shifted with their sign.
fn gumbel_there(key: u64, shape: &[i64], device: Device) -> Tensor {
    let shifted = |x: &Tensor, by: i64| x.bitwise_right_shift_tensor_scalar(by).bitwise_and((1_i64 << (64 - by)) - 1);
    let first = key.wrapping_add(1).wrapping_add(0x9E37_79B9_7F4A_7C15) as i64;
    let mut mixed = Tensor::arange(shape.iter().product::<i64>(), (Kind::Int64, device)) + first;
    for (by, factor) in [(30, 0xBF58_476D_1CE4_E5B9_u64), (27, 0x94D0_49BB_1331_11EB)] {
        mixed = mixed.bitwise_xor_tensor(&shifted(&mixed, by)) * factor as i64;
    }
    mixed = mixed.bitwise_xor_tensor(&shifted(&mixed, 31));
    let even = shifted(&mixed, 40).to_kind(Kind::Float) / f64::from(1 << 24);
    -(-even.clamp(1e-7, 1.0 - 1e-7).log()).log().view(shape)
}

/// The Gumbel-distributed number that an even one makes.
pub fn gumbel_of(even: f32) -> f32 {
    let even = even.clamp(1e-7, 1.0 - 1e-7);
    -(-even.ln()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_fall_by_weight() {
        let mut source = Source::new(1, Purpose::Form, 0);
        let mut counts = [0; 4];
        (0..4000).for_each(|_| counts[source.weighted(&[0.0, 1.0, 3.0, 0.0])] += 1);
        assert_eq!((counts[0], counts[3]), (0, 0));
        assert!((900..1100).contains(&counts[1]), "{counts:?}");
        assert_eq!((source.weighted(&[]), source.weighted(&[0.0, 0.0])), (0, 0));
    }

    #[test]
    fn a_stream_follows_from_seed_purpose_and_counter() {
        let draw = |seed, purpose, counter| Source::new(seed, purpose, counter).below(1 << 40);
        assert_eq!(draw(1, Purpose::Training, 7), draw(1, Purpose::Training, 7));
        assert_ne!(draw(1, Purpose::Training, 7), draw(1, Purpose::Training, 8));
        assert_ne!(draw(1, Purpose::Training, 7), draw(1, Purpose::Composing, 7));
        assert_ne!(draw(1, Purpose::Training, 7), draw(2, Purpose::Training, 7));
    }

    #[test]
    fn hashes_are_what_they_have_always_been() {
        // “Make again” of a composition in somebody's library depends on these
        assert_eq!(stable_hash(b""), 0xD1FB_A762_150C_532C);
        assert_eq!(stable_hash(&[1, 2, 3]), 6_984_003_033_159_075_747);
    }

    #[test]
    fn numbers_of_keys_are_even() {
        let drawn: Vec<f32> = (0..10_000).map(|index| uniform_of(index << 32)).collect();
        assert!(drawn.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = drawn.iter().sum::<f32>() / 10_000.0;
        let low = drawn.iter().filter(|number| **number < 0.1).count();
        assert!((mean - 0.5).abs() < 0.02 && (900..1100).contains(&low), "{mean} {low}");
    }

    #[test]
    fn other_devices_draw_the_same() {
        for seed in [1, 2, 3] {
            let here = Source::new(seed, Purpose::Training, 7).gumbel_tensor(&[30, 100], Device::Cpu);
            let key = Source::new(seed, Purpose::Training, 7).0.random();
            let there = gumbel_there(key, &[30, 100], Device::Cpu);
            assert!((here - there).abs().max().double_value(&[]) < 1e-4);
        }
    }

    #[test]
    fn truncated_normal_has_its_moments() {
        let drawn = Source::new(3, Purpose::Measuring, 0).truncated_normal_tensor(&[40_000], Device::Cpu);
        assert!(drawn.abs().max().double_value(&[]) <= 2.0);
        assert!(drawn.mean(tch::Kind::Float).double_value(&[]).abs() < 0.02);
        // the standard deviation of a normal cut at two sigma
        assert!((drawn.std(true).double_value(&[]) - 0.8796).abs() < 0.01);
    }
}
