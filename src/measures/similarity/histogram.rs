//! Histograms, and their overlap.

use crate::measures::mean;

/// Counts; normalised when compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(Vec<u32>);

impl Histogram {
    /// So many empty bins.
    pub fn new(bins: usize) -> Self {
        Self(vec![0; bins])
    }

    /// Counts one more; what lies beyond the last bin goes to it.
    pub fn add(&mut self, bin: usize) {
        let last = self.0.len() - 1;
        self.0[bin.min(last)] += 1;
    }

    /// Takes the counts of another in.
    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(count, more)| *count += more);
    }

    fn total(&self) -> f64 {
        self.0.iter().map(|count| f64::from(*count)).sum()
    }

    /// OVL(P, Q): the sum over bins of the smaller of the two shares (Weitzman 1970). `None` where the reference has
    /// nothing, 0 where only the other has not.
    pub fn overlap(&self, reference: &Self) -> Option<f64> {
        let (a, b) = (self.total(), reference.total());
        match (a > 0.0, b > 0.0) {
            (_, false) => None,
            (false, true) => Some(0.0),
            (true, true) => {
                Some(self.0.iter().zip(&reference.0).map(|(x, y)| f64::min(f64::from(*x) / a, f64::from(*y) / b)).sum())
            }
        }
    }
}

/// What is counted of a group: one histogram for each part, or pair of parts, and each way to look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Vec<Histogram>);

impl Counts {
    /// These histograms.
    pub const fn new(histograms: Vec<Histogram>) -> Self {
        Self(histograms)
    }

    /// The counts of several samples together.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = all.into_iter();
        let mut sum = all.next().cloned().unwrap_or_default();
        for counts in all {
            sum.0.iter_mut().zip(&counts.0).for_each(|(histogram, more)| histogram.merge(more));
        }
        sum
    }

    /// The mean overlap of the histograms. `None` where the reference has nothing.
    pub fn overlap(&self, reference: &Self) -> Option<f64> {
        let empty = Histogram::new(1);
        let pairs = reference.0.iter().enumerate();
        mean(pairs.map(|(nth, reference)| self.0.get(nth).unwrap_or(&empty).overlap(reference)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps() {
        let histogram = |counts: &[u32]| Histogram(counts.to_vec());
        assert_eq!(histogram(&[1, 1]).overlap(&histogram(&[5, 5])), Some(1.0));
        assert_eq!(histogram(&[1, 0]).overlap(&histogram(&[0, 5])), Some(0.0));
        assert_eq!(histogram(&[3, 1]).overlap(&histogram(&[1, 1])), Some(0.75));
        assert_eq!(histogram(&[0, 0]).overlap(&histogram(&[1, 1])), Some(0.0));
        assert_eq!(histogram(&[1, 1]).overlap(&histogram(&[0, 0])), None);
        let two = Counts(vec![histogram(&[1, 1]), histogram(&[0, 0])]);
        assert_eq!(two.overlap(&two), Some(1.0));
        assert_eq!(Counts::sum([&two, &two]).0[0], histogram(&[2, 2]));
        assert_eq!(Counts::default().overlap(&two), Some(0.0));
    }
}
