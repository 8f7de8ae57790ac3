//! Lines: which interval follows which.

use super::subject::Subject;
use crate::measures::lines::Line;
use crate::measures::similarity::histogram::{Counts, Histogram};

/// An interval this large or larger is one bin, upwards and downwards.
const WIDEST: i32 = 13;
const BINS: usize = 2 * WIDEST as usize + 1;

/// Of each pitched part, pairs of intervals in a row: 27 × 27 bins.
pub fn count(subject: &Subject<'_>) -> Counts {
    let of_line = |line: &Line| {
        let mut bigrams = Histogram::new(BINS * BINS);
        let bin = |interval: i32| (interval.clamp(-WIDEST, WIDEST) + WIDEST) as usize;
        let intervals: Vec<Option<i32>> = line.intervals().collect();
        for pair in intervals.windows(2) {
            if let [Some(first), Some(second)] = pair {
                bigrams.add(bin(*first) * BINS + bin(*second));
            }
        }
        bigrams
    };
    Counts::new(subject.voices.accompaniment().iter().map(of_line).collect())
}
