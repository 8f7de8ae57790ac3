//! The histograms that are compared, and their overlap.

use crate::corpus::{Planes, bits, classes};
use crate::measures::metrics::tonal_distances;
use crate::music::Role;

use super::sample::Sample;
use crate::measures::mean;

/// Lower edges of the bins of notes per bar.
const NOTES_EDGES: [usize; 10] = [0, 1, 2, 3, 5, 7, 9, 13, 17, 33];
/// Lower edges of the bins of length in steps.
const LENGTH_EDGES: [usize; 9] = [1, 2, 3, 4, 5, 7, 9, 13, 17];
/// Bins of a tonal distance.
const TONAL_BINS: usize = 12;
/// Width of such a bin.
const TONAL_WIDTH: f64 = 0.25;
/// A melodic step this large or larger goes to a tail.
const WIDEST_STEP: i32 = 12;

/// Counts; normalised when compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Histogram(Vec<u64>);

impl Histogram {
    fn new(bins: usize) -> Self {
        Self(vec![0; bins])
    }

    fn add(&mut self, bin: usize, count: u64) {
        self.0[bin] += count;
    }

    fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// OVL: sum of the smaller shares. `None` where neither has anything, 0 where one has not.
    fn overlap(&self, other: &Self) -> Option<f64> {
        let (a, b) = (self.total() as f64, other.total() as f64);
        match (a > 0.0, b > 0.0) {
            (false, false) => None,
            (true, true) => {
                Some(self.0.iter().zip(&other.0).map(|(x, y)| f64::min(*x as f64 / a, *y as f64 / b)).sum())
            }
            _ => Some(0.0),
        }
    }
}

/// A group: one histogram for each part, or pair of parts.
type Group = Vec<Histogram>;

fn group_overlap(a: &Group, b: &Group) -> Option<f64> {
    mean(a.iter().zip(b).map(|(a, b)| a.overlap(b)))
}

/// The style groups of a set of windows.
#[derive(Clone, Debug)]
pub struct StyleHistograms {
    groups: [Group; 7],
}

impl StyleHistograms {
    /// Counts the windows. Drums have pitch (the kit's keys), position and notes per bar only.
    pub fn of(samples: &[Sample], roles: &[Role], steps_per_bar: usize) -> Self {
        let mut groups: [Group; 7] = Default::default();
        for (index, &role) in roles.iter().enumerate() {
            let of_part =
                part_histograms(samples.iter().map(|sample| &sample.parts[index]), steps_per_bar, role == Role::Drums);
            for (group, histogram) in groups.iter_mut().zip(of_part) {
                group.push(histogram);
            }
        }
        let pitched: Vec<usize> = (0..roles.len()).filter(|&index| roles[index] != Role::Drums).collect();
        for (nth, &a) in pitched.iter().enumerate() {
            for &b in &pitched[nth + 1..] {
                groups[6].push(tonal(samples.iter().map(|sample| (&sample.parts[a], &sample.parts[b]))));
            }
        }
        Self { groups }
    }

    /// The mean over groups of the mean over parts of the overlaps.
    pub fn overlap(&self, other: &Self) -> f64 {
        let overlaps = self.groups.iter().zip(&other.groups).map(|(a, b)| group_overlap(a, b));
        mean(overlaps).unwrap_or(0.0)
    }
}

/// Pitch, position, active pitches, notes per bar, length, melodic step; those that a kit has not stay empty.
fn part_histograms<'a>(parts: impl Iterator<Item = &'a Planes>, steps_per_bar: usize, is_drum: bool) -> [Histogram; 6] {
    let mut pitch = Histogram::new(128);
    let mut position = Histogram::new(steps_per_bar);
    let mut active = Histogram::new(7);
    let mut notes = Histogram::new(NOTES_EDGES.len());
    let mut length = Histogram::new(LENGTH_EDGES.len());
    let mut melodic = Histogram::new(2 * WIDEST_STEP as usize + 3);
    for part in parts {
        for (step, word) in part.onset.iter().enumerate() {
            position.add(step % steps_per_bar, u64::from(word.count_ones()));
            for struck in bits(*word) {
                pitch.add(struck, 1);
            }
        }
        for bar in part.bars(steps_per_bar) {
            let struck: u32 = part.onset[bar].iter().map(|word| word.count_ones()).sum();
            notes.add(bin_of(&NOTES_EDGES, struck as usize), 1);
        }
        if is_drum {
            continue;
        }
        for word in &part.sound {
            active.add((word.count_ones() as usize).min(6), 1);
        }
        for note in part.notes() {
            length.add(bin_of(&LENGTH_EDGES, note.length), 1);
        }
        // the highest note of each onset makes the line
        let tops: Vec<i32> = part.onset.iter().filter(|word| **word != 0).map(|word| word.ilog2() as i32).collect();
        for pair in tops.windows(2) {
            let step = (pair[1] - pair[0]).clamp(-WIDEST_STEP - 1, WIDEST_STEP + 1);
            melodic.add((step + WIDEST_STEP + 1) as usize, 1);
        }
    }
    [pitch, position, active, notes, length, melodic]
}

fn bin_of(edges: &[usize], value: usize) -> usize {
    edges.partition_point(|edge| *edge <= value).saturating_sub(1)
}

fn tonal<'a>(pairs: impl Iterator<Item = (&'a Planes, &'a Planes)>) -> Histogram {
    let mut histogram = Histogram::new(TONAL_BINS);
    for (a, b) in pairs {
        for distance in tonal_distances(a, b) {
            histogram.add(((distance / TONAL_WIDTH) as usize).min(TONAL_BINS - 1), 1);
        }
    }
    histogram
}

/// The fit groups of a set of windows: interval classes and tonal distances between the melody and each pitched part.
#[derive(Clone, Debug)]
pub struct FitHistograms {
    groups: [Group; 2],
}

impl FitHistograms {
    /// Counts the windows.
    pub fn of(samples: &[Sample], roles: &[Role]) -> Self {
        let mut groups: [Group; 2] = Default::default();
        for (index, _) in roles.iter().enumerate().filter(|(_, role)| **role != Role::Drums) {
            let mut intervals = Histogram::new(12);
            for sample in samples {
                for (melody, part) in sample.melody.sound.iter().zip(&sample.parts[index].sound) {
                    if *melody == 0 || *part == 0 {
                        continue;
                    }
                    let (melody, part) = (classes(*melody), classes(*part));
                    for (class, count) in melody.iter().enumerate().filter(|(_, count)| **count > 0) {
                        for interval in 0..12 {
                            intervals.add(interval, u64::from(count * part[(class + interval) % 12]));
                        }
                    }
                }
            }
            groups[0].push(intervals);
            groups[1].push(tonal(samples.iter().map(|sample| (&sample.melody, &sample.parts[index]))));
        }
        Self { groups }
    }

    /// The overlap of each group.
    pub fn overlaps(&self, other: &Self) -> Vec<Option<f64>> {
        self.groups.iter().zip(&other.groups).map(|(a, b)| group_overlap(a, b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps() {
        let histogram = |counts: &[u64]| Histogram(counts.to_vec());
        assert_eq!(histogram(&[1, 1]).overlap(&histogram(&[5, 5])), Some(1.0));
        assert_eq!(histogram(&[1, 0]).overlap(&histogram(&[0, 5])), Some(0.0));
        assert_eq!(histogram(&[3, 1]).overlap(&histogram(&[1, 1])), Some(0.75));
        assert_eq!(histogram(&[0, 0]).overlap(&histogram(&[1, 1])), Some(0.0));
        assert_eq!(histogram(&[0, 0]).overlap(&histogram(&[0, 0])), None);
    }

    #[test]
    fn bins_follow_their_edges() {
        let notes = [0, 1, 2, 3, 4, 5, 9, 12, 13, 33, 99].map(|count| bin_of(&NOTES_EDGES, count));
        assert_eq!(notes, [0, 1, 2, 3, 3, 4, 6, 6, 7, 9, 9]);
        let lengths = [1, 4, 5, 6, 7, 12, 16, 17, 64].map(|steps| bin_of(&LENGTH_EDGES, steps));
        assert_eq!(lengths, [0, 3, 4, 4, 5, 6, 7, 8, 8]);
    }
}
