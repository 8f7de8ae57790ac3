//! Accompaniments that no network writes: what a model has to be better than.

use crate::corpus::{Dataset, Planes, Split, Window, WindowShape};
use crate::measures::Sample;
use crate::music::Role;

/// Length of the windows that are looked for in the training pieces, in bars; the same for all networks.
pub const WINDOW_BARS: usize = 2;
/// Bars from one training window to the next.
const HOP_BARS: usize = 1;

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

    /// A melody with, window by window, the parts of the training window with the likest melody, transposed to it.
    pub fn nearest(&self, sample: &Sample, steps_per_bar: usize) -> Sample {
        let mut parts = vec![Planes::default(); sample.parts.len()];
        for steps in sample.melody.bars(WINDOW_BARS * steps_per_bar) {
            let window = sample.cut(steps);
            for (whole, part) in parts.iter_mut().zip(self.nearest_parts(&window)) {
                whole.onset.extend_from_slice(&part.onset[..window.steps()]);
                whole.sound.extend_from_slice(&part.sound[..window.steps()]);
            }
        }
        Sample { melody: sample.melody.clone(), parts }
    }

    fn nearest_parts(&self, window: &Sample) -> Vec<Planes> {
        let mut best: (f64, Option<&Sample>, i32) = (f64::INFINITY, None, 0);
        for other in &self.samples {
            for shift in -FURTHEST..=FURTHEST {
                let distance = distance(&window.melody, &other.melody, shift, best.0);
                if distance < best.0 {
                    best = (distance, Some(other), shift);
                }
            }
        }
        let Some(nearest) = best.1 else { return window.silenced().parts };
        let parts = nearest.parts.iter().zip(&self.pitched);
        parts.map(|(part, pitched)| if *pitched { part.transposed(best.2) } else { part.clone() }).collect()
    }
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

const fn moved(word: u128, semitones: i32) -> u128 {
    if semitones >= 0 { word << semitones } else { word >> -semitones }
}
