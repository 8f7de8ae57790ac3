//! The master limiter: keeps the sum of many parts below full scale.

/// Loudest sample that comes out.
pub(super) const CEILING: f32 = 0.98;
/// From here on, peaks that the gain has not caught yet are soft-clipped.
const KNEE: f32 = 0.85;
/// The gain recovers by half in a fifth of a second.
const RELEASE_SECONDS: f32 = 0.2;

/// Attack within a block, slow release; the same gain on both sides, so that the stereo image stays.
#[derive(Debug)]
pub(super) struct Limiter {
    gain: f32,
    release_per_block: f32,
}

impl Limiter {
    pub fn new(sample_rate_hz: u32, block_frames: usize) -> Self {
        let block_seconds = block_frames as f32 / sample_rate_hz as f32;
        Self { gain: 1.0, release_per_block: 1.0 - 0.5_f32.powf(block_seconds / RELEASE_SECONDS) }
    }

    /// Its present gain; 1 where it does nothing.
    pub const fn gain(&self) -> f32 {
        self.gain
    }

    /// Limits one block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let peak = left.iter().chain(right.iter()).fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let needed = if peak > KNEE { KNEE / peak } else { 1.0 };
        let from = self.gain;
        let to = if needed < from { needed } else { from + (needed - from) * self.release_per_block };
        let to = if to > 0.9999 { 1.0 } else { to };
        self.gain = to;
        if from == 1.0 && to == 1.0 {
            return;
        }
        let step = (to - from) / left.len() as f32;
        for (index, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let gain = from + step * (index + 1) as f32;
            *left = soft_clip(*left * gain);
            *right = soft_clip(*right * gain);
        }
    }
}

/// Linear up to the knee, then curved towards the ceiling, which it never exceeds.
fn soft_clip(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let range = CEILING - KNEE;
    (KNEE + range * ((size - KNEE) / range).tanh()).copysign(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_passes_unchanged() {
        let mut limiter = Limiter::new(48_000, 64);
        let wave: Vec<f32> = (0..64).map(|index| (index as f32 * 0.3).sin() * KNEE).collect();
        let (mut left, mut right) = (wave.clone(), wave.clone());
        limiter.process(&mut left, &mut right);
        assert_eq!(left, wave);
    }

    #[test]
    fn nothing_gets_above_the_ceiling_and_the_level_comes_back() {
        let mut limiter = Limiter::new(48_000, 64);
        let mut peak = 0.0_f32;
        for block in 0..200 {
            let loud = if block < 20 { 9.0 } else { 0.5 };
            let mut left: Vec<f32> = (0..64).map(|index| ((block * 64 + index) as f32 * 0.2).sin() * loud).collect();
            let mut right = left.clone();
            limiter.process(&mut left, &mut right);
            peak = left.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        assert!(peak <= CEILING, "{peak}");
        for _ in 0..1500 {
            limiter.process(&mut [0.1; 64], &mut [0.1; 64]);
        }
        assert!(limiter.gain > 0.99);
    }
}
