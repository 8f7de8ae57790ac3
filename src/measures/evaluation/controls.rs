//! Accompaniments that no network writes: what a model has to be better than.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::Planes;
use crate::corpus::{Dataset, Split, Window, WindowShape};
use crate::measures::similarity::Sample;
use crate::music::Role;

/// Length of the windows that are compared, in bars; the same for all networks, so that they can be compared.
pub const WINDOW_BARS: usize = 2;
/// Bars from one window to the next.
pub const HOP_BARS: usize = 1;

/// More training windows than this are thinned out evenly.
const MOST_WINDOWS: usize = 4000;
/// Melodies are compared in all keys up to so many semitones away.
const FURTHEST: i32 = 6;

/// The windows of the training pieces.
#[derive(Clone, Debug)]
pub struct Training {
    samples: Vec<Sample>,
    /// Which parts are pitched, and move with a transposition.
    pitched: Vec<bool>,
}

impl Training {
    pub fn new(dataset: &Dataset, roles: &[Role], steps_per_bar: usize) -> Self {
        let shape = WindowShape { bars: WINDOW_BARS, hop_bars: HOP_BARS, steps_per_bar: Some(steps_per_bar) };
        let windows = dataset.windows(Split::Train, shape);
        let every = windows.len().div_ceil(MOST_WINDOWS).max(1);
        let sample = |window: &Window| Sample::from_window(dataset, window, roles);
        Self {
            samples: windows.iter().step_by(every).map(sample).collect(),
            pitched: roles.iter().map(|role| *role != Role::Drums).collect(),
        }
    }

    /// Its windows, all or evenly thinned out.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Each melody gets the parts of some training window.
    pub fn at_random(&self, melodies: &[Sample], random: &mut ChaCha8Rng) -> Vec<Sample> {
        with_parts(melodies, |sample| match self.samples.len() {
            0 => silent_parts(sample),
            count => self.samples[random.random_range(0..count)].parts.clone(),
        })
    }

    /// Each melody gets the parts of the training window with the likest melody, transposed to it.
    pub fn nearest(&self, melodies: &[Sample]) -> Vec<Sample> {
        with_parts(melodies, |sample| {
            let mut best: (f64, Option<&Sample>, i32) = (f64::INFINITY, None, 0);
            for other in &self.samples {
                for shift in -FURTHEST..=FURTHEST {
                    let distance = distance(&sample.melody, &other.melody, shift, best.0);
                    if distance < best.0 {
                        best = (distance, Some(other), shift);
                    }
                }
            }
            let Some(nearest) = best.1 else { return silent_parts(sample) };
            nearest
                .parts
                .iter()
                .zip(&self.pitched)
                .map(|(part, pitched)| if *pitched { transposed(part, best.2) } else { part.clone() })
                .collect()
        })
    }
}

/// No accompaniment at all.
pub fn silence(melodies: &[Sample]) -> Vec<Sample> {
    with_parts(melodies, silent_parts)
}

fn silent_parts(sample: &Sample) -> Vec<Planes> {
    let silent = Planes { onset: vec![0; sample.melody.steps()], sound: vec![0; sample.melody.steps()] };
    vec![silent; sample.parts.len()]
}

fn with_parts(melodies: &[Sample], mut parts: impl FnMut(&Sample) -> Vec<Planes>) -> Vec<Sample> {
    let sample = |sample: &Sample| Sample { melody: sample.melody.clone(), parts: parts(sample) };
    melodies.iter().map(sample).collect()
}

/// Cells in which two melodies differ, the second moved by semitones; stops counting beyond `enough`.
fn distance(a: &Planes, b: &Planes, shift: i32, enough: f64) -> f64 {
    let mut differing = 0;
    for ((a_sound, a_onset), (b_sound, b_onset)) in a.sound.iter().zip(&a.onset).zip(b.sound.iter().zip(&b.onset)) {
        differing += (a_sound ^ moved(*b_sound, shift)).count_ones() + (a_onset ^ moved(*b_onset, shift)).count_ones();
        if f64::from(differing) >= enough {
            break;
        }
    }
    f64::from(differing)
}

fn transposed(part: &Planes, semitones: i32) -> Planes {
    let all = |words: &[u128]| words.iter().map(|word| moved(*word, semitones)).collect();
    Planes { onset: all(&part.onset), sound: all(&part.sound) }
}

const fn moved(word: u128, semitones: i32) -> u128 {
    if semitones >= 0 { word << semitones } else { word >> -semitones }
}
