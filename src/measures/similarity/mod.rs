//! The similarity index S: how close generated parts are to the held-out music of the training set, 0 to 1.
//!
//! Two distributions overlap by `OVL(P, Q)`, the sum over bins of the smaller of their two shares. *a* is the mean
//! overlap of the style histograms with the training set's, over parts, then over groups, and with `clip` to 0 and 1
//!
//! ```text
//! A = clip((a - a_noise) / (a_real - a_noise))
//! H = mean over the fit histograms of clip((OVL - OVL_shuffled) / (OVL_real - OVL_shuffled))
//! S = 0.6 A + 0.4 H
//! ```
//!
//! `real` is held-out windows at the same sample size, `noise` is Bernoulli cells with the training set's density per
//! pitch, and `shuffled` pairs held-out accompaniments with other melodies. S cannot see copying or sameness;
//! [`Copying`] and [`variety`] can.
//!
//! Knows windows of planes only; runs while training, so the [`Reference`] is built once.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::corpus::{Dataset, Split, Window, WindowShape};
use crate::measures::mean;
use crate::music::Role;

mod copying;
mod histograms;
mod noise;
mod sample;
mod variety;

pub use copying::Copying;
use noise::Density;
pub use sample::Sample;
pub use variety::variety;

use histograms::{FitHistograms, StyleHistograms};

/// Weight of the style A in S; the fit H has the rest.
const STYLE_WEIGHT: f64 = 0.6;
/// Draws that the expected values of real, noise and shuffled are averaged over.
const DRAWS: usize = 8;
/// Where real and its control overlap equally, the scale between them is at least this.
const LEAST_SPAN: f64 = 0.01;
/// More training windows than this are thinned out evenly.
const MOST_WINDOWS: usize = 20_000;
/// So many are enough for the histograms.
const ENOUGH_WINDOWS: usize = 5_000;

/// What is measured of generated parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Similarity {
    /// S, 0 to 1.
    pub similarity: f64,
    /// Its style part A, 0 to 1.
    pub style: f64,
    /// Its fit part H, 0 to 1.
    pub fit: f64,
}

/// How a reference is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceOptions {
    /// Windows in a sample; the fixed melodies are so many.
    pub sample: usize,
    /// The draws follow from it.
    pub seed: u64,
}

impl Default for ReferenceOptions {
    fn default() -> Self {
        Self { sample: 64, seed: 1 }
    }
}

/// Why no reference came of a data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimilarityError {
    /// Nothing to compare with.
    #[error("no piece is long enough for a window of {bars} bars")]
    NoWindows {
        /// Length of a window.
        bars: usize,
    },
}

/// What generated parts are compared with: the training set's histograms, and what real, noise and shuffled music
/// reach.
#[derive(Clone, Debug)]
pub struct Reference {
    roles: Vec<Role>,
    steps_per_bar: usize,
    train: StyleHistograms,
    fit: FitHistograms,
    style_real: f64,
    style_noise: f64,
    fit_real: Vec<Option<f64>>,
    fit_shuffled: Vec<Option<f64>>,
    held_out: Vec<Sample>,
    windows: Vec<Window>,
    sample: usize,
    density: Density,
    copying: Copying,
}

impl Reference {
    /// Builds it from the windows of a data set: training windows for the histograms and against copying, held-out ones
    /// for the scale. Where nothing is held out, training windows stand in.
    ///
    /// # Errors
    /// The data set has no window of that shape.
    pub fn build(
        dataset: &Dataset,
        roles: &[Role],
        shape: WindowShape,
        options: ReferenceOptions,
    ) -> Result<Self, SimilarityError> {
        let no_windows = SimilarityError::NoWindows { bars: shape.bars };
        let steps_per_bar = shape.steps_per_bar.or_else(|| dataset.common_steps_per_bar()).ok_or(no_windows.clone())?;
        let shape = WindowShape { steps_per_bar: Some(steps_per_bar), ..shape };
        let mut train = dataset.windows(Split::Train, shape);
        let mut valid = dataset.windows(Split::Valid, shape);
        if train.is_empty() {
            train.clone_from(&valid);
        } else if valid.is_empty() {
            valid.clone_from(&train);
        }
        if train.is_empty() {
            return Err(no_windows);
        }
        let mut random = ChaCha8Rng::seed_from_u64(options.seed);
        valid.shuffle(&mut random);
        let sampled = |window: &Window| Sample::from_window(dataset, window, roles);
        let held_out: Vec<Sample> = valid.iter().take(options.sample * DRAWS).map(sampled).collect();
        let every = train.len().div_ceil(MOST_WINDOWS).max(1);
        let train: Vec<Sample> = train.iter().step_by(every).map(sampled).collect();
        let copying = Copying::new(&train, roles);
        let thin = train.len().div_ceil(ENOUGH_WINDOWS).max(1);
        let train: Vec<Sample> = train.into_iter().step_by(thin).collect();
        let mut reference = Self {
            roles: roles.to_vec(),
            steps_per_bar,
            train: StyleHistograms::of(&train, roles, steps_per_bar),
            fit: FitHistograms::of(&train, roles),
            style_real: 0.0,
            style_noise: 0.0,
            fit_real: Vec::new(),
            fit_shuffled: Vec::new(),
            windows: valid.iter().take(options.sample * DRAWS).copied().collect(),
            sample: options.sample.max(1),
            density: Density::of(&train, roles),
            copying,
            held_out,
        };
        reference.scale(&mut random);
        Ok(reference)
    }

    /// Measures what real, noise and shuffled samples reach, at the sample size.
    fn scale(&mut self, random: &mut ChaCha8Rng) {
        let (mut real, mut noise) = (Vec::new(), Vec::new());
        let (mut fit_real, mut fit_shuffled) = (Vec::new(), Vec::new());
        let draws: Vec<Vec<Sample>> = self.held_out.chunks(self.sample).map(<[Sample]>::to_vec).collect();
        let full: Vec<&Vec<Sample>> = draws.iter().filter(|draw| draw.len() == draws[0].len()).collect();
        for draw in full {
            real.push(Some(self.overlap(draw)));
            noise.push(Some(self.overlap(&self.noise_for(draw, random))));
            fit_real.push(self.fit_overlaps(draw));
            fit_shuffled.push(self.fit_overlaps(&shuffled(draw, random)));
        }
        self.style_real = mean(real).unwrap_or(0.0);
        self.style_noise = mean(noise).unwrap_or(0.0);
        self.fit_real = means(&fit_real);
        self.fit_shuffled = means(&fit_shuffled);
    }

    /// The fixed held-out windows whose melodies a network is asked to accompany while it trains.
    pub fn fixed_windows(&self) -> &[Window] {
        &self.windows[..self.sample.min(self.windows.len())]
    }

    /// The held-out windows that [`Self::held_out`] has the samples of.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The held-out samples drawn for the reference; the first ones are the fixed windows.
    pub fn held_out(&self) -> &[Sample] {
        &self.held_out
    }

    /// Sixteenths in a bar of the windows.
    pub fn steps_per_bar(&self) -> usize {
        self.steps_per_bar
    }

    /// Measures generated windows, each with the melody it was generated for.
    pub fn measure(&self, generated: &[Sample]) -> Similarity {
        let style = ((self.overlap(generated) - self.style_noise)
            / (self.style_real - self.style_noise).max(LEAST_SPAN))
        .clamp(0.0, 1.0);
        let overlaps = self.fit_overlaps(generated);
        let fits =
            overlaps.iter().zip(&self.fit_real).zip(&self.fit_shuffled).filter_map(|((overlap, real), shuffled)| {
                let (real, shuffled) = ((*real)?, (*shuffled)?);
                let overlap = overlap.unwrap_or(0.0); // parts that never sound with the melody do not fit it
                Some(Some(((overlap - shuffled) / (real - shuffled).max(LEAST_SPAN)).clamp(0.0, 1.0)))
            });
        let fit = mean(fits).unwrap_or(0.0);
        Similarity { similarity: STYLE_WEIGHT * style + (1.0 - STYLE_WEIGHT) * fit, style, fit }
    }

    /// The mean of what [`Self::measure`] says of each full sample; of the only one, where there is less than one.
    pub fn measure_samples(&self, generated: &[Sample]) -> Similarity {
        let full = generated.len() - generated.len() % self.sample;
        let all = if full == 0 { generated } else { &generated[..full] };
        let measured: Vec<Similarity> = all.chunks(self.sample).map(|sample| self.measure(sample)).collect();
        let of = |value: fn(&Similarity) -> f64| mean(measured.iter().map(|one| Some(value(one)))).unwrap_or(0.0);
        Similarity { similarity: of(|one| one.similarity), style: of(|one| one.style), fit: of(|one| one.fit) }
    }

    /// Share of the generated windows that are copied from the training set, 0 to 1.
    pub fn copying(&self, generated: &[Sample]) -> f64 {
        self.copying.share(generated)
    }

    /// Noise in place of the parts of each sample.
    pub fn noise_for(&self, samples: &[Sample], random: &mut ChaCha8Rng) -> Vec<Sample> {
        samples
            .iter()
            .map(|sample| Sample {
                melody: sample.melody.clone(),
                parts: self.density.noise(sample.melody.steps(), random),
            })
            .collect()
    }

    /// The mean overlap of the style histograms: *a* of the formula.
    fn overlap(&self, samples: &[Sample]) -> f64 {
        StyleHistograms::of(samples, &self.roles, self.steps_per_bar).overlap(&self.train)
    }

    fn fit_overlaps(&self, samples: &[Sample]) -> Vec<Option<f64>> {
        FitHistograms::of(samples, &self.roles).overlaps(&self.fit)
    }
}

/// The same accompaniments with other melodies: each moves on by one, in a random order.
pub fn shuffled(samples: &[Sample], random: &mut ChaCha8Rng) -> Vec<Sample> {
    let mut order: Vec<usize> = (0..samples.len()).collect();
    order.shuffle(random);
    let mut shuffled = samples.to_vec();
    for (nth, &index) in order.iter().enumerate() {
        shuffled[index].parts.clone_from(&samples[order[(nth + 1) % order.len()]].parts);
    }
    shuffled
}

fn means(draws: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let groups = draws.first().map_or(0, Vec::len);
    (0..groups).map(|group| mean(draws.iter().map(|draw| draw[group]))).collect()
}

#[cfg(test)]
mod tests;
