//! Noise as dense as the music: what no network may be worse than.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::{Planes, bits};
use crate::music::Role;

use super::sample::Sample;

/// How often each pitch sounds in each part of the training set, 0 to 1.
#[derive(Clone, Debug)]
pub struct Density {
    parts: Vec<Vec<f64>>,
}

impl Density {
    /// Counts the windows.
    pub fn of(samples: &[Sample], roles: &[Role]) -> Self {
        let of_part = |index: usize| {
            let mut counts = vec![0_u64; 128];
            let mut steps = 0_u64;
            for word in samples.iter().flat_map(|sample| &sample.parts[index].sound) {
                steps += 1;
                for pitch in bits(*word) {
                    counts[pitch] += 1;
                }
            }
            counts.into_iter().map(|count| count as f64 / steps.max(1) as f64).collect()
        };
        Self { parts: (0..roles.len()).map(of_part).collect() }
    }

    /// Parts whose cells sound independently of each other, with the training set's density. A cell that sounds after
    /// one of the same pitch holds it, as binarised planes do.
    pub fn noise(&self, steps: usize, random: &mut ChaCha8Rng) -> Vec<Planes> {
        let part = |density: &Vec<f64>| {
            let mut sound = vec![0_u128; steps];
            for word in &mut sound {
                for (pitch, &share) in density.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                    if random.random::<f64>() < share {
                        *word |= 1 << pitch;
                    }
                }
            }
            from_sound(sound)
        };
        self.parts.iter().map(part).collect()
    }

    /// The melody of a sample with noise in place of its parts.
    pub fn noise_for(&self, sample: &Sample, random: &mut ChaCha8Rng) -> Sample {
        Sample { melody: sample.melody.clone(), parts: self.noise(sample.steps(), random) }
    }
}

/// Planes from what sounds alone: a note begins where its pitch was silent.
pub fn from_sound(sound: Vec<u128>) -> Planes {
    let mut before = 0;
    let onset = sound
        .iter()
        .map(|&word| {
            let onset = word & !before;
            before = word;
            onset
        })
        .collect();
    Planes { onset, sound }
}
