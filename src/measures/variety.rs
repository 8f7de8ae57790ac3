//! The variety meter: how much several takes of one melody differ.

use std::collections::HashSet;

use crate::corpus::{Planes, bits};

use super::mean;
use super::sample::Sample;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::lines::testing::quarters;

    #[test]
    fn variety_is_the_difference_of_takes() {
        let take = |pitches: &[usize]| Sample { melody: Planes::default(), parts: vec![quarters(pitches)] };
        let (a, b) = (take(&[60, 62, 64, 65]), take(&[60, 62, 64, 67]));
        assert_eq!(variety(&[&a, &a]), Some(0.0));
        assert_eq!(variety(&[&a]), None);
        assert_eq!(variety(&[&a, &b]), Some(0.4));
        assert_eq!(variety(&[&a, &take(&[50, 51, 52, 53])]), Some(1.0));
        assert!(variety(&[&a, &b, &a]).unwrap() < variety(&[&a, &b]).unwrap());
        assert_eq!(variety(&[&take(&[]), &take(&[])]), None);
    }
}
