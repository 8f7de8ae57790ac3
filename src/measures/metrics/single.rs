//! Metrics of a part alone.

use crate::corpus::{Planes, classes};
use crate::measures::mean::{mean, ratio};

/// Notes of at least so many steps are qualified: shorter ones are mostly a network's mistakes.
const QUALIFIED_STEPS: usize = 2;
/// A step with more pitches than this is polyphonic.
const POLYPHONIC_ABOVE: u32 = 2;

/// Notes of each pitch class.
pub fn class_counts(part: &Planes) -> [u32; 12] {
    part.onset.iter().fold([0; 12], |mut counts, word| {
        for (count, more) in counts.iter_mut().zip(classes(*word)) {
            *count += more;
        }
        counts
    })
}

pub fn entropy(counts: &[u32; 12]) -> Option<f64> {
    let total: u32 = counts.iter().sum();
    let shares = counts.iter().filter(|count| **count > 0).map(|&count| f64::from(count) / f64::from(total));
    // -0 for one class
    (total > 0).then(|| -shares.map(|share| share * share.log2()).sum::<f64>()).map(|bits| bits.max(0.0))
}

pub fn long_notes(part: &Planes) -> u32 {
    part.notes().filter(|note| note.length >= QUALIFIED_STEPS).count() as u32
}

pub fn polyphony_rate(part: &Planes) -> Option<f64> {
    let polyphonic = part.sound.iter().filter(|word| word.count_ones() > POLYPHONIC_ABOVE).count() as u32;
    ratio(polyphonic, part.steps() as u32)
}

pub fn polyphony(part: &Planes) -> Option<f64> {
    ratio(part.cells() as f64, part.sound.iter().filter(|word| **word != 0).count() as u32)
}

pub fn pitches_used(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    per_sounding_bar(part, steps_per_bar, u128::count_ones)
}

pub fn pitch_classes_used(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    per_sounding_bar(part, steps_per_bar, |word| classes(word).iter().filter(|count| **count > 0).count() as u32)
}

pub fn empty_bar_rate(part: &Planes, steps_per_bar: usize) -> Option<f64> {
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

pub fn groove_consistency(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    let struck = |step: usize| part.onset.get(step).is_some_and(|word| *word != 0);
    let bars = part.steps().div_ceil(steps_per_bar.max(1));
    let distances = (1..bars).map(|bar| {
        let first = bar * steps_per_bar;
        let differing = (first..first + steps_per_bar).filter(|&step| struck(step) != struck(step - steps_per_bar));
        Some(differing.count() as f64 / steps_per_bar as f64)
    });
    mean(distances).map(|distance| 1.0 - distance)
}

pub fn drum_pattern(part: &Planes, steps_per_bar: usize) -> Option<f64> {
    let (mut weight, mut onsets) = (0.0, 0.0);
    for (step, word) in part.onset.iter().enumerate() {
        let struck = f64::from(word.count_ones());
        weight += struck * if (step % steps_per_bar.max(1)).is_multiple_of(2) { 1.0 } else { 0.1 };
        onsets += struck;
    }
    ratio(weight, onsets)
}
