//! Does it pass as real? How well a fresh, simple classifier tells generated music from real music that neither trained
//! nor chose the network, by features with names.
//!
//! Windows of four bars; folds by piece, so that no piece is judged by what was learned from it. The figure is the area
//! under the receiver operating characteristic (AUC): how often a generated window is taken for generated rather than
//! a real one, .5 for a guess and 1 for certainty. The null beside it tells training pieces from held-out ones in the
//! same way.

mod boosted;
mod features;
mod logistic;

use serde::Serialize;

use super::sample::{Layout, Sample};
use crate::corpus::taken_evenly;
use features::{Features, features};

/// Pieces are judged in so many turns, each by what was learned from the others.
const FOLDS: usize = 6;
/// With fewer pieces of a kind nothing can be said.
const LEAST_PIECES: usize = 4;
/// How many features are named.
const NAMED: usize = 10;

/// How well two classifiers tell one kind of music from another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Auc {
    /// AUC of a logistic regression.
    pub linear: f64,
    /// AUC of boosted trees.
    pub boosted: f64,
}

/// A feature by which generated music is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Telling {
    /// What it counts.
    pub name: String,
    /// Its weight in the logistic regression, per standard deviation: positive where generated music has more of it.
    pub weight: f64,
    /// Its mean in windows of real music.
    pub real: f64,
    /// Its mean in windows of generated music.
    pub generated: f64,
}

/// Whether generated music passes as real.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassesAsReal {
    /// Generated against real music: the lower, the better; no better than the null.
    pub auc: Auc,
    /// Training pieces against held-out ones; `None` where there are too few.
    pub null: Option<Auc>,
    /// What gives it away most, the strongest first.
    pub strongest: Vec<Telling>,
}

/// Tells what was generated to the melodies of some real pieces from these, piece for piece; beside it, training pieces
/// from these. `None` where there are too few pieces.
pub fn passes_as_real(
    generated: &[Sample],
    real: &[Sample],
    training: &[Sample],
    layout: &Layout,
) -> Option<PassesAsReal> {
    let of_real = Windows::of(real, layout);
    let of_generated = Windows::of(generated, layout);
    let auc = told_apart(&of_real, &of_generated)?;
    let some = real.len().min(training.len());
    let as_many = training.iter().enumerate().filter(|(nth, _)| taken_evenly(*nth, some, training.len()));
    let as_many: Vec<Sample> = as_many.map(|(_, sample)| sample.clone()).collect();
    let null = told_apart(&of_real, &Windows::of(&as_many, layout));
    Some(PassesAsReal { auc, null, strongest: strongest(&of_real, &of_generated) })
}

/// The windows of some pieces.
struct Windows {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
    /// The piece of each.
    piece: Vec<usize>,
    pieces: usize,
}

impl Windows {
    fn of(samples: &[Sample], layout: &Layout) -> Self {
        let mut windows = Self { names: Vec::new(), rows: Vec::new(), piece: Vec::new(), pieces: samples.len() };
        for (piece, sample) in samples.iter().enumerate() {
            for Features { names, values } in features(sample, layout) {
                windows.names = names;
                windows.rows.push(values);
                windows.piece.push(piece);
            }
        }
        windows
    }
}

/// Rows of features with what they are: 0 or 1.
struct Labelled {
    rows: Vec<Vec<f64>>,
    labels: Vec<f64>,
}

impl Labelled {
    /// Rows in deviations from the mean of these; what never differs is 0.
    fn standardised(&self, others: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let count = self.rows.len().max(1) as f64;
        let columns = self.rows.first().map_or(0, Vec::len);
        let of_column = |of: &dyn Fn(&Vec<f64>, usize) -> f64| -> Vec<f64> {
            (0..columns).map(|column| self.rows.iter().map(|row| of(row, column)).sum::<f64>() / count).collect()
        };
        let means = of_column(&|row, column| row[column]);
        let deviations = of_column(&|row, column| (row[column] - means[column]).powi(2));
        let scaled = |row: &Vec<f64>| -> Vec<f64> {
            let columns = row.iter().zip(&means).zip(&deviations);
            columns.map(|((value, mean), square)| (value - mean) / (square.sqrt() + 1e-6)).collect()
        };
        (self.rows.iter().map(scaled).collect(), others.iter().map(scaled).collect())
    }
}

/// The AUC of both classifiers, each window judged by what was learned from other pieces.
fn told_apart(real: &Windows, other: &Windows) -> Option<Auc> {
    if real.pieces.min(other.pieces) < LEAST_PIECES || real.rows.is_empty() || other.rows.is_empty() {
        return None;
    }
    let (mut linear, mut boosted, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for fold in 0..FOLDS {
        let mut learned = Labelled { rows: Vec::new(), labels: Vec::new() };
        let mut judged = Vec::new();
        for (windows, label) in [(real, 0.0), (other, 1.0)] {
            for (row, piece) in windows.rows.iter().zip(&windows.piece) {
                if piece % FOLDS == fold {
                    judged.push(row.clone());
                    truth.push(label);
                } else {
                    learned.rows.push(row.clone());
                    learned.labels.push(label);
                }
            }
        }
        let (rows, judged) = learned.standardised(&judged);
        let model = logistic::fit(&rows, &learned.labels);
        linear.extend(judged.iter().map(|row| model.score(row)));
        let model = boosted::fit(&rows, &learned.labels);
        boosted.extend(judged.iter().map(|row| model.score(row)));
    }
    Some(Auc { linear: auc(&linear, &truth), boosted: auc(&boosted, &truth) })
}

/// The features that weigh most when all windows are learned from.
fn strongest(real: &Windows, generated: &Windows) -> Vec<Telling> {
    let rows: Vec<Vec<f64>> = [&real.rows[..], &generated.rows[..]].concat();
    let labels = (0..rows.len()).map(|nth| f64::from(u8::from(nth >= real.rows.len()))).collect();
    let labelled = Labelled { rows, labels };
    let model = logistic::fit(&labelled.standardised(&[]).0, &labelled.labels);
    let mean =
        |rows: &[Vec<f64>], column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len().max(1) as f64;
    let mut all: Vec<Telling> = real
        .names
        .iter()
        .enumerate()
        .map(|(column, name)| Telling {
            name: name.clone(),
            weight: model.weights[column],
            real: mean(&real.rows, column),
            generated: mean(&generated.rows, column),
        })
        .collect();
    all.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    all.truncate(NAMED);
    all
}

/// The area under the receiver operating characteristic: how often one labelled 1 has a higher score than one labelled
/// 0, half for equal ones (Mann and Whitney's U over the number of pairs); 0.5 where there is no pair.
pub fn auc(scores: &[f64], labels: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let (mut below, mut won, mut positives) = (0.0, 0.0, 0.0);
    for equal in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let ones = equal.iter().filter(|one| labels[**one] > 0.5).count() as f64;
        let zeros = equal.len() as f64 - ones;
        won += ones * (below + zeros / 2.0);
        below += zeros;
        positives += ones;
    }
    let pairs = positives * below;
    if pairs > 0.0 { won / pairs } else { 0.5 }
}

#[cfg(test)]
mod tests;
