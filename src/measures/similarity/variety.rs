//! The variety meter: how much several takes of one melody differ.

use std::collections::HashSet;

use crate::corpus::{Planes, bits};

use super::sample::Sample;
use crate::measures::mean;

/// Mean over all pairs of takes of 1 - Jaccard of their onsets: 0 where all takes are the same. `takes` holds the takes
/// of one melody. `None` for fewer than two, or where no pair has a note.
pub fn variety(takes: &[&Sample]) -> Option<f64> {
    let pairs = takes.iter().enumerate().flat_map(|(nth, a)| takes[nth + 1..].iter().map(move |b| difference(a, b)));
    mean(pairs)
}

fn difference(a: &Sample, b: &Sample) -> Option<f64> {
    let onsets = |sample: &Sample| -> HashSet<(usize, usize, usize)> {
        let of_part = |(part, planes): (usize, &Planes)| -> Vec<(usize, usize, usize)> {
            let steps = planes.onset.iter().enumerate();
            steps.flat_map(|(step, word)| bits(*word).map(move |pitch| (part, step, pitch))).collect()
        };
        sample.parts.iter().enumerate().flat_map(of_part).collect()
    };
    let (a, b) = (onsets(a), onsets(b));
    let either = a.union(&b).count();
    (either > 0).then(|| 1.0 - a.intersection(&b).count() as f64 / either as f64)
}
