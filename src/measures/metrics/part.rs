//! Metrics of one part.

use serde::Serialize;

use crate::corpus::{Planes, classes};
use crate::music::{Key, Mode};

use super::{mean, ratio};

/// Notes of at least so many steps are qualified: shorter ones are mostly a network's crumbs.
const QUALIFIED_STEPS: usize = 2;
/// A step with more pitches than this is polyphonic.
const POLYPHONIC_ABOVE: u32 = 2;

/// What one part measures. `None` is undefined; what makes no sense for a kit is `None` for drums, and the other way round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PartMetrics {
    /// Bars without a sounding cell / bars.
    pub empty_bar_rate: Option<f64>,
    /// Mean number of distinct pitches in the bars that are not empty.
    pub pitches_used: Option<f64>,
    /// Mean number of distinct pitch classes in the bars that are not empty.
    pub pitch_classes_used: Option<f64>,
    /// Notes in C major / notes, as `DeepComposer` reports it.
    pub in_scale_c_major: Option<f64>,
    /// Notes in the scale of the piece's key / notes.
    pub in_scale_key: Option<f64>,
    /// The highest share of notes in a scale, over all 24 keys.
    pub scale_consistency: Option<f64>,
    /// Notes of at least two steps / notes.
    pub qualified_notes: Option<f64>,
    /// Steps with more than two pitches / steps.
    pub polyphony_rate: Option<f64>,
    /// Sounding cells / steps that are not silent.
    pub polyphony: Option<f64>,
    /// Entropy of the pitch classes of the notes, in bits.
    pub pitch_class_entropy: Option<f64>,
    /// 1 - mean Hamming distance of neighbouring bars' onset masks / steps in a bar.
    pub groove_consistency: Option<f64>,
    /// Onsets weighted 1 on eighths and 0.1 on the sixteenths between / onsets; drums only.
    pub drum_pattern: Option<f64>,
}

impl PartMetrics {
    /// Measures a part whose first step begins a bar; `key` is the piece's.
    pub fn measure(part: &Planes, steps_per_bar: usize, key: Option<Key>, is_drum: bool) -> Self {
        let common = Self {
            empty_bar_rate: empty_bar_rate(part, steps_per_bar),
            groove_consistency: groove_consistency(part, steps_per_bar),
            ..Self::default()
        };
        if is_drum {
            return Self { drum_pattern: drum_pattern(part, steps_per_bar), ..common };
        }
        let counts = class_counts(part);
        let notes: u32 = counts.iter().sum();
        let in_scale = |key: Key| {
            let inside: u32 =
                (0..12_u8).filter(|&class| key.contains(class)).map(|class| counts[usize::from(class)]).sum();
            ratio(inside, notes)
        };
        let sounding_steps = part.sound.iter().filter(|word| **word != 0).count() as u32;
        let polyphonic_steps = part.sound.iter().filter(|word| word.count_ones() > POLYPHONIC_ABOVE).count() as u32;
        let qualified = part.notes().filter(|note| note.length >= QUALIFIED_STEPS).count() as u32;
        Self {
            pitches_used: per_sounding_bar(part, steps_per_bar, u128::count_ones),
            pitch_classes_used: per_sounding_bar(part, steps_per_bar, |word| {
                classes(word).iter().filter(|count| **count > 0).count() as u32
            }),
            in_scale_c_major: in_scale(Key::C_MAJOR),
            in_scale_key: key.and_then(in_scale),
            scale_consistency: all_keys().filter_map(in_scale).max_by(f64::total_cmp),
            qualified_notes: ratio(qualified, notes),
            polyphony_rate: ratio(polyphonic_steps, part.steps() as u32),
            polyphony: ratio(part.cells() as f64, sounding_steps),
            pitch_class_entropy: entropy(&counts),
            ..common
        }
    }

    /// The names and values, in a fixed order.
    pub fn named(&self) -> [(&'static str, Option<f64>); 12] {
        [
            ("empty_bar_rate", self.empty_bar_rate),
            ("pitches_used", self.pitches_used),
            ("pitch_classes_used", self.pitch_classes_used),
            ("in_scale_c_major", self.in_scale_c_major),
            ("in_scale_key", self.in_scale_key),
            ("scale_consistency", self.scale_consistency),
            ("qualified_notes", self.qualified_notes),
            ("polyphony_rate", self.polyphony_rate),
            ("polyphony", self.polyphony),
            ("pitch_class_entropy", self.pitch_class_entropy),
            ("groove_consistency", self.groove_consistency),
            ("drum_pattern", self.drum_pattern),
        ]
    }

    /// The mean of each metric over those where it is defined.
    pub fn mean(all: &[Self]) -> Self {
        let of = |metric: fn(&Self) -> Option<f64>| mean(all.iter().map(metric));
        Self {
            empty_bar_rate: of(|metrics| metrics.empty_bar_rate),
            pitches_used: of(|metrics| metrics.pitches_used),
            pitch_classes_used: of(|metrics| metrics.pitch_classes_used),
            in_scale_c_major: of(|metrics| metrics.in_scale_c_major),
            in_scale_key: of(|metrics| metrics.in_scale_key),
            scale_consistency: of(|metrics| metrics.scale_consistency),
            qualified_notes: of(|metrics| metrics.qualified_notes),
            polyphony_rate: of(|metrics| metrics.polyphony_rate),
            polyphony: of(|metrics| metrics.polyphony),
            pitch_class_entropy: of(|metrics| metrics.pitch_class_entropy),
            groove_consistency: of(|metrics| metrics.groove_consistency),
            drum_pattern: of(|metrics| metrics.drum_pattern),
        }
    }
}

fn all_keys() -> impl Iterator<Item = Key> {
    (0..12).flat_map(|tonic| [Mode::Major, Mode::Minor].map(|mode| Key { tonic, mode }))
}

/// Notes of each pitch class.
fn class_counts(part: &Planes) -> [u32; 12] {
    part.onset.iter().fold([0; 12], |mut counts, word| {
        for (count, more) in counts.iter_mut().zip(classes(*word)) {
            *count += more;
        }
        counts
    })
}

fn entropy(counts: &[u32; 12]) -> Option<f64> {
    let total: u32 = counts.iter().sum();
    let shares = counts.iter().filter(|count| **count > 0).map(|&count| f64::from(count) / f64::from(total));
    (total > 0).then(|| -shares.map(|share| share * share.log2()).sum::<f64>()).map(|bits| bits.max(0.0)) // -0 for one class
}

fn empty_bar_rate(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    let (mut empty, mut bars) = (0_u32, 0_u32);
    for bar in part.bars(steps_per_bar) {
        bars += 1;
        empty += u32::from(part.sound[bar].iter().all(|word| *word == 0));
    }
    ratio(empty, bars)
}

/// The mean over the bars that sound of what `count` says of all the pitches of the bar.
fn per_sounding_bar(part: &Planes, steps_per_bar: usize, count: impl Fn(u128) -> u32) -> Option<f64> {
    let bars = part.bars(steps_per_bar).map(|bar| part.sound[bar].iter().fold(0, |all, word| all | word));
    mean(bars.filter(|pitches| *pitches != 0).map(|pitches| Some(f64::from(count(pitches)))))
}

fn groove_consistency(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    let struck = |step: usize| part.onset.get(step).is_some_and(|word| *word != 0);
    let bars = part.steps().div_ceil(steps_per_bar.max(1));
    let distances = (1..bars).map(|bar| {
        let first = bar * steps_per_bar;
        let differing = (first..first + steps_per_bar).filter(|&step| struck(step) != struck(step - steps_per_bar));
        Some(differing.count() as f64 / steps_per_bar as f64)
    });
    mean(distances).map(|distance| 1.0 - distance)
}

fn drum_pattern(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    let (mut weight, mut onsets) = (0.0, 0.0);
    for (step, word) in part.onset.iter().enumerate() {
        let struck = f64::from(word.count_ones());
        weight += struck * if (step % steps_per_bar.max(1)).is_multiple_of(2) { 1.0 } else { 0.1 };
        onsets += struck;
    }
    ratio(weight, onsets)
}
