//! How far two sets of windows lie apart in all their measures at once: the Fréchet distance (Dowson and Landau 1982;
//! Heusel et al. 2017 for networks' output) of normal distributions fitted to the metrics of their windows.
//!
//! |m - n|^2 + tr(C + D - 2 (C D)^(1/2)), where each metric is counted in standard deviations of the training windows.
//! What is undefined in a window counts as the training windows' mean.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::measures::Sample;
use crate::measures::mean;
use crate::measures::metrics::{Metric, PartMetrics, Subject};
use crate::music::Role;

/// A metric that hardly differs among the training windows would drown all others.
const LEAST_DEVIATION: f64 = 0.02;

/// The training windows, which all others are compared with.
#[derive(Clone, Debug)]
pub struct Frechet {
    roles: Vec<Role>,
    steps_per_bar: usize,
    mean: DVector<f64>,
    deviation: DVector<f64>,
    /// Of the metrics in deviations, whose mean is 0.
    covariance: DMatrix<f64>,
}

impl Frechet {
    /// Measures the training windows; `None` where there are fewer than two.
    pub fn new(training: &[Sample], roles: &[Role], steps_per_bar: usize) -> Option<Self> {
        let rows: Vec<Vec<Option<f64>>> =
            training.iter().map(|sample| features(sample, roles, steps_per_bar)).collect();
        if rows.len() < 2 {
            return None;
        }
        let columns = rows[0].len();
        let defined = |column: usize| rows.iter().filter_map(move |row| row[column]);
        let means = DVector::from_fn(columns, |column, _| mean(defined(column).map(Some)).unwrap_or(0.0));
        let deviation = DVector::from_fn(columns, |column, _| {
            let squares = defined(column).map(|value| Some((value - means[column]).powi(2)));
            mean(squares).unwrap_or(0.0).sqrt().max(LEAST_DEVIATION)
        });
        let mut frechet = Self {
            roles: roles.to_vec(),
            steps_per_bar,
            mean: means,
            deviation,
            covariance: DMatrix::zeros(columns, columns),
        };
        frechet.covariance = covariance(&frechet.in_deviations(&rows)).1;
        Some(frechet)
    }

    /// How far these windows are from the training windows; 0 for the same, `None` for fewer than two.
    pub fn distance(&self, samples: &[Sample]) -> Option<f64> {
        if samples.len() < 2 {
            return None;
        }
        let rows: Vec<Vec<Option<f64>>> =
            samples.iter().map(|sample| features(sample, &self.roles, self.steps_per_bar)).collect();
        let (mean, covariance) = covariance(&self.in_deviations(&rows));
        let root = square_root(&self.covariance);
        // C D has the eigenvalues of the symmetric C^(1/2) D C^(1/2)
        let mixed = square_root(&(&root * &covariance * &root));
        Some((mean.norm_squared() + self.covariance.trace() + covariance.trace() - 2.0 * mixed.trace()).max(0.0))
    }

    fn in_deviations(&self, rows: &[Vec<Option<f64>>]) -> DMatrix<f64> {
        DMatrix::from_fn(rows.len(), self.mean.len(), |row, column| {
            rows[row][column].map_or(0.0, |value| (value - self.mean[column]) / self.deviation[column])
        })
    }
}

/// What is compared; each part has those that make sense for it.
const COMPARED: [Metric; 11] = [
    Metric::EmptyBarRate,
    Metric::PitchesUsed,
    Metric::PitchClassesUsed,
    Metric::ScaleConsistency,
    Metric::QualifiedNotes,
    Metric::Polyphony,
    Metric::PitchClassEntropy,
    Metric::GrooveConsistency,
    Metric::DrumPattern,
    Metric::Dissonance,
    Metric::TonalDistanceToMelody,
];

/// The metrics of all parts of a window, alone and with the melody.
fn features(sample: &Sample, roles: &[Role], steps_per_bar: usize) -> Vec<Option<f64>> {
    let part = |(part, role): (_, &Role)| {
        let is_drum = *role == Role::Drums;
        let metrics =
            PartMetrics::measure(&Subject::new(part, steps_per_bar, is_drum).with_melody(Some(&sample.melody)));
        let of_part = COMPARED.iter().filter(move |metric| metric.row().is_of(is_drum));
        of_part.map(move |metric| metrics[*metric]).collect::<Vec<_>>()
    };
    sample.parts.iter().zip(roles).flat_map(part).collect()
}

/// The mean of the rows, and their covariance.
fn covariance(rows: &DMatrix<f64>) -> (DVector<f64>, DMatrix<f64>) {
    let mean = rows.row_mean();
    let mut centred = rows.clone();
    for mut row in centred.row_iter_mut() {
        row -= &mean;
    }
    let covariance = centred.transpose() * &centred / (rows.nrows() as f64 - 1.0);
    (mean.transpose(), covariance)
}

/// The root of a symmetric matrix without negative eigenvalues but for rounding.
fn square_root(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(matrix.clone());
    let roots = DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.max(0.0).sqrt()));
    &eigen.eigenvectors * roots * eigen.eigenvectors.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use crate::corpus::{Dataset, Piece, Split, WindowShape};

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn normal_distributions_are_as_far_apart_as_the_formula_says() {
        let frechet = Frechet {
            roles: Vec::new(),
            steps_per_bar: 16,
            mean: DVector::zeros(2),
            deviation: DVector::from_element(2, 1.0),
            covariance: DMatrix::from_row_slice(2, 2, &[4.0, 0.0, 0.0, 9.0]),
        };
        // axes of their own: the sum of squares of the differences of means and of deviations
        let root = square_root(&frechet.covariance);
        assert!(close(root[(0, 0)], 2.0) && close(root[(1, 1)], 3.0) && close(root[(0, 1)], 0.0));
        let turned = DMatrix::from_row_slice(2, 2, &[2.0, 1.0, 1.0, 2.0]);
        let root = square_root(&turned);
        assert!((&root * &root - turned).norm() < 1e-9);
        let (mean, spread) = covariance(&DMatrix::from_row_slice(3, 1, &[1.0, 2.0, 6.0]));
        assert!(close(mean[0], 3.0) && close(spread[(0, 0)], 7.0));
    }

    #[test]
    fn the_same_music_is_nowhere_else_and_other_music_is() {
        let roles = [Role::Alto, Role::Tenor, Role::Bass];
        let samples = |style: Style, seed: u64| {
            let pieces: Vec<Piece> = (0..40).map(|number| style.piece(seed, number)).collect();
            let dataset = Dataset { pieces, ..Dataset::default() };
            let shape = WindowShape { bars: 2, hop_bars: 2, steps_per_bar: Some(16) };
            let windows = dataset.windows(Split::Train, shape);
            windows.iter().map(|window| Sample::from_window(&dataset, window, &roles)).collect::<Vec<_>>()
        };
        let chorales = samples(Style::Chorale, 1);
        let frechet = Frechet::new(&chorales, &roles, 16).unwrap();
        assert!(frechet.distance(&chorales).unwrap() < 1e-6);
        let others = frechet.distance(&samples(Style::Chorale, 2)).unwrap();
        let mut upside_down = chorales.clone();
        for sample in &mut upside_down {
            sample.parts.reverse();
        }
        let reversed = frechet.distance(&upside_down).unwrap();
        assert!(others < 0.3 * reversed, "{others} {reversed}");
        assert_eq!(frechet.distance(&chorales[..1]), None);
        assert!(Frechet::new(&[], &roles, 16).is_none());
    }
}
