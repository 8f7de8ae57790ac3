//! How surprising a line's intervals are.

use std::collections::HashMap;

use crate::measures::lines::Line;

/// Intervals this large or larger are one, upwards and downwards.
const WIDEST: i32 = 13;
const INTERVALS: f64 = 2.0 * WIDEST as f64 + 1.0;
/// What the single interval, the pair and the triple weigh.
const WEIGHTS: [f64; 3] = [0.35, 0.35, 0.3];
/// What of the single interval's probability is shared by all intervals equally.
const UNIFORM: f64 = 0.1;

/// A model of which interval follows which two: probabilities counted in the training pieces, interpolated linearly
/// (Jelinek and Mercer 1980).
#[derive(Clone, Debug, Default)]
pub struct Trigram {
    /// How often each context of up to two intervals was followed by each.
    counts: HashMap<(usize, [i32; 3]), f64>,
    /// How often it was followed by any.
    totals: HashMap<(usize, [i32; 2]), f64>,
}

/// A line's intervals, over rests of up to a quarter.
fn intervals(line: &Line) -> Vec<i32> {
    line.intervals().flatten().map(|interval| interval.clamp(-WIDEST, WIDEST)).collect()
}

/// The contexts of an interval by their length, as far as there are intervals before it.
fn contexts(all: &[i32], at: usize) -> impl Iterator<Item = (usize, [i32; 2])> + '_ {
    (0..=at.min(2)).map(move |length| {
        let mut context = [0; 2];
        context[..length].copy_from_slice(&all[at - length..at]);
        (length, context)
    })
}

impl Trigram {
    /// Counts lines.
    pub fn new<'a>(lines: impl Iterator<Item = &'a Line>) -> Self {
        let mut model = Self::default();
        for line in lines {
            let all = intervals(line);
            for at in 0..all.len() {
                for (length, [a, b]) in contexts(&all, at) {
                    *model.counts.entry((length, [a, b, all[at]])).or_default() += 1.0;
                    *model.totals.entry((length, [a, b])).or_default() += 1.0;
                }
            }
        }
        model
    }

    /// The bits of all intervals of a line, and how many these are. Where there is no context yet, the shorter one
    /// stands in.
    pub fn bits(&self, line: &Line) -> (f64, f64) {
        let all = intervals(line);
        let mut bits = 0.0;
        for at in 0..all.len() {
            let mut probabilities = [0.0; 3];
            for (length, [a, b]) in contexts(&all, at) {
                let count = self.counts.get(&(length, [a, b, all[at]])).copied().unwrap_or(0.0);
                let share = count / self.totals.get(&(length, [a, b])).copied().unwrap_or(1.0);
                let smoothed = if length == 0 { (1.0 - UNIFORM) * share + UNIFORM / INTERVALS } else { share };
                probabilities[length..].fill(smoothed);
            }
            bits -= probabilities.iter().zip(WEIGHTS).map(|(share, weight)| share * weight).sum::<f64>().log2();
        }
        (bits, all.len() as f64)
    }
}
