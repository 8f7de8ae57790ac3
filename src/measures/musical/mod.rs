//! Musical measures of whole pieces: what a musician would look at, each counted in one plain way, so that the figures
//! of real, generated and destroyed music stand beside each other.
//!
//! Each is a sum over pieces divided by another ([`Tally`]); [`MEASURES`] says of what. Polyphonic parts are voices by
//! their highest note, basses by their lowest.

mod counting;
mod drums;
mod table;
mod trigram;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::corpus::Planes;

use super::lines::Voices;
use super::mean;
use super::sample::{Layout, Sample};

pub use table::{MEASURES, Measure, MeasureRow, Tally};
use trigram::Trigram;

/// What pieces are counted with: all that follows from the training pieces.
#[derive(Clone, Debug)]
pub struct Counting {
    layout: Layout,
    bass_intervals: Trigram,
    /// The voices from high to low, as they lie in the training pieces on the whole.
    order: Vec<usize>,
    /// The bars of the training pieces, in no key.
    bars: HashSet<u64>,
    /// Whether the style ends pieces at home.
    ends_at_home: bool,
}

/// Where so many training pieces end on the tonic of their key, the last bass note tells a key from its neighbours.
const ENDS_AT_HOME: f64 = 2.0 / 3.0;

impl Counting {
    /// Learns how basses move and which bars there are from the pieces that a network learned from.
    pub fn new(training: &[Sample], layout: &Layout) -> Self {
        let all: Vec<Voices> = training.iter().map(|sample| Voices::of(sample, layout)).collect();
        let basses = all.iter().filter_map(|voices| Some(&voices.lines[voices.bass?]));
        let mut sums = vec![(0.0, 0.0); 1 + layout.pitched().count()];
        for voices in &all {
            for (sum, line) in sums.iter_mut().zip(&voices.lines) {
                let pitches = line.pitch.iter().flatten();
                *sum = pitches.fold(*sum, |(sum, count), pitch| (sum + f64::from(*pitch), count + 1.0));
            }
        }
        let height = |voice: usize| if sums[voice].1 > 0.0 { sums[voice].0 / sums[voice].1 } else { 0.0 };
        let endings = training.iter().zip(&all).map(|(sample, voices)| {
            let is_tonic = last_bass(voices)? == sample.key(layout)?.tonic;
            Some(f64::from(u8::from(is_tonic)))
        });
        let mut order: Vec<usize> = (0..sums.len()).collect();
        order.sort_by(|a, b| height(*b).total_cmp(&height(*a)));
        Self {
            bass_intervals: Trigram::new(basses),
            order,
            bars: training.iter().flat_map(|sample| prints(sample, layout)).flatten().collect(),
            ends_at_home: mean(endings).is_some_and(|share| share >= ENDS_AT_HOME),
            layout: layout.clone(),
        }
    }

    /// The pitch class that a piece is at home in: that of its key, all parts heard, or, in a style that ends its
    /// pieces at home, its last bass note, where that is the tonic of a related key (a fifth away, or relative). Take
    /// the real piece's for what is generated to its melody, too.
    pub fn tonic(&self, real: &Sample) -> Option<u8> {
        let tonic = real.key(&self.layout)?.tonic;
        let last = last_bass(&Voices::of(real, &self.layout)).filter(|_| self.ends_at_home);
        Some(last.filter(|last| matches!((last + 12 - tonic) % 12, 3 | 5 | 7 | 9)).unwrap_or(tonic))
    }

    /// Counts a piece whose tonic is known or not.
    pub fn tally(&self, sample: &Sample, tonic: Option<u8>) -> Tally {
        let mut tally = Tally::default();
        let voices = Voices::of(sample, &self.layout);
        counting::voice_leading(&mut tally, &voices, &self.order);
        counting::lines(&mut tally, &voices, self.layout.steps_per_bar);
        counting::harmony(&mut tally, sample, &voices, &self.layout, tonic);
        counting::bars(&mut tally, sample, &self.layout);
        if let Some(bass) = voices.bass {
            tally.add(Measure::BassBits, self.bass_intervals.bits(&voices.lines[bass]));
        }
        if let Some(kit) = self.layout.drums() {
            drums::count(&mut tally, &sample.parts[kit], &voices, self.layout.steps_per_bar);
        }
        for print in prints(sample, &self.layout).flatten() {
            tally.count(Measure::BarsCopied, self.bars.contains(&print));
        }
        tally
    }

    /// Of how many cells two takes of one melody hold the same: steps of the pitched voices at which either sounds.
    pub fn agreement(&self, a: &Sample, b: &Sample) -> Tally {
        let mut tally = Tally::default();
        let [a, b] = [a, b].map(|sample| Voices::of(sample, &self.layout));
        for (a, b) in a.accompaniment().iter().zip(b.accompaniment()) {
            for (a, b) in a.pitch.iter().zip(&b.pitch).filter(|pair| *pair != (&None, &None)) {
                tally.count(Measure::Agreement, a == b);
            }
        }
        tally
    }
}

fn last_bass(voices: &Voices) -> Option<u8> {
    voices.lines[voices.bass?].notes.last().map(|note| (note.pitch % 12) as u8)
}

/// What is the same for two bars if their pitched parts are, in whatever key; `None` for silent bars.
fn prints<'a>(sample: &'a Sample, layout: &'a Layout) -> impl Iterator<Item = Option<u64>> + 'a {
    let parts: Vec<&Planes> = layout.pitched().map(|part| &sample.parts[part]).collect();
    sample.melody.bars(layout.steps_per_bar).map(move |steps| {
        let words = || parts.iter().flat_map(|part| &part.sound[steps.clone()]);
        let lowest = words().fold(0, |all, word| all | word).trailing_zeros();
        (lowest < 128).then(|| {
            let mut hasher = DefaultHasher::new();
            let onsets = parts.iter().flat_map(|part| &part.onset[steps.clone()]);
            words().chain(onsets).for_each(|word| (word >> lowest).hash(&mut hasher));
            hasher.finish()
        })
    })
}

#[cfg(test)]
mod tests;
