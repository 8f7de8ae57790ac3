//! The curves of a training: one table that its files, `TensorBoard`, the charts and the command line read.
//!
//! A curve more is a variant of [`Curve`] and its row; what a network's own curves are, its row in [`super::networks`]
//! says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something that is measured while a network learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// The discriminator's loss, the penalty included.
    #[serde(alias = "critic_loss")]
    DiscriminatorLoss,
    /// The generator's adversarial loss.
    GeneratorLoss,
    /// The gradient penalty within the discriminator's loss.
    GradientPenalty,
    /// Cross-entropy of the cells that the generator is to fill in.
    Reconstruction,
    /// The same on held-out pieces.
    HeldOutReconstruction,
    /// Similarity index S.
    Similarity,
    /// Share of windows copied from the training set.
    Copying,
    /// How much takes of one melody differ.
    Variety,
    /// How often the discriminator likes real held-out music better than what is composed to its melodies.
    #[serde(alias = "critic_auc")]
    DiscriminatorAuc,
    /// Share of cells in which two drafts of a melody hold the same.
    Agreement,
    /// How undecided the generator is.
    Entropy,
    /// The discriminator's mean score of real music.
    RealScore,
    /// Its mean score of generated music.
    GeneratedScore,
    /// The mean of the properties that the similarity index is made of.
    SimilarityMean,
}

/// The charts that curves are drawn in, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// How well hidden cells are filled in.
    Reconstruction,
    /// How like the data what is written is.
    Similarity,
    /// Whether it copies, and whether takes differ.
    CopyingAndVariety,
    /// What the discriminator minimises.
    DiscriminatorLosses,
    /// What the generator minimises against it; of another size, so it has an axis of its own.
    GeneratorLosses,
    /// What the discriminator gives real and generated music.
    Scores,
    /// How well the discriminator tells, and how much drafts differ.
    Drafts,
}

/// What is to be known of a curve.
#[derive(Debug)]
pub struct CurveRow {
    /// Which it is.
    pub curve: Curve,
    /// Its column in `metrics.csv`, and its name in JSON.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Where it is drawn.
    pub chart: Chart,
    /// Its name in `TensorBoard`.
    pub tag: &'static str,
}

/// All curves, in the order of their columns.
#[rustfmt::skip]
pub static CURVES: [CurveRow; 14] = {
    use Chart::{CopyingAndVariety, DiscriminatorLosses, Drafts, GeneratorLosses, Reconstruction, Scores, Similarity};
    const fn row(
        curve: Curve, key: &'static str, title: &'static str, chart: Chart, tag: &'static str,
    ) -> CurveRow {
        CurveRow { curve, key, title, chart, tag }
    }
    [
        row(Curve::DiscriminatorLoss, "discriminator_loss", "Discriminator", DiscriminatorLosses,
            "loss/discriminator"),
        row(Curve::GeneratorLoss, "generator_loss", "Generator", GeneratorLosses, "loss/generator"),
        row(Curve::GradientPenalty, "gradient_penalty", "Gradient penalty", DiscriminatorLosses,
            "loss/gradient_penalty"),
        row(Curve::Reconstruction, "reconstruction", "Training pieces", Reconstruction,
            "loss/reconstruction"),
        row(Curve::HeldOutReconstruction, "held_out_reconstruction", "Held-out pieces", Reconstruction,
            "loss/held_out_reconstruction"),
        row(Curve::Similarity, "similarity", "Similarity index", Similarity, "similarity/S"),
        row(Curve::Copying, "copying", "Copying", CopyingAndVariety, "similarity/copying"),
        row(Curve::Variety, "variety", "Variety", CopyingAndVariety, "similarity/variety"),
        row(Curve::DiscriminatorAuc, "discriminator_auc", "Discriminator's AUC", Drafts,
            "drafts/discriminator_auc"),
        row(Curve::Agreement, "agreement", "Agreement between drafts", Drafts, "drafts/agreement"),
        row(Curve::Entropy, "entropy", "Entropy", Drafts, "drafts/entropy"),
        row(Curve::RealScore, "real_score", "Real music", Scores, "scores/real"),
        row(Curve::GeneratedScore, "generated_score", "Generated music", Scores, "scores/generated"),
        row(Curve::SimilarityMean, "similarity_mean", "Mean of all properties", Similarity, "similarity/mean"),
    ]
};

impl Curve {
    /// Its row in [`CURVES`].
    pub fn row(self) -> &'static CurveRow {
        &CURVES[self as usize]
    }
}

/// What is measured of all networks.
pub const MEASURED_OF_ALL: [Curve; 4] = [Curve::Similarity, Curve::SimilarityMean, Curve::Copying, Curve::Variety];

/// What columns were called in files of earlier versions, and are now.
const RENAMED: [(&str, &str); 2] = [("critic_loss", "discriminator_loss"), ("critic_auc", "discriminator_auc")];

/// What a column is called now that may be one of an earlier version.
pub fn present_name(column: &str) -> &str {
    RENAMED.iter().find(|(earlier, _)| *earlier == column).map_or(column, |(_, now)| now)
}

/// The row of a column's name, an earlier one included.
pub fn row_of(column: &str) -> Option<&'static CurveRow> {
    CURVES.iter().find(|row| row.key == present_name(column))
}

impl Chart {
    /// All of them, in order: those first that have points from the start, whoever learns.
    pub const ALL: [Self; 7] = [
        Self::Reconstruction,
        Self::Similarity,
        Self::CopyingAndVariety,
        Self::DiscriminatorLosses,
        Self::GeneratorLosses,
        Self::Scores,
        Self::Drafts,
    ];

    /// What stands above it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::DiscriminatorLosses => "Loss of the discriminator",
            Self::GeneratorLosses => "Loss of the generator",
            Self::Scores => "Scores by the discriminator",
            Self::Similarity => "Similarity to the data",
            Self::Reconstruction => "Reconstruction",
            Self::CopyingAndVariety => "Copying and variety",
            Self::Drafts => "Discriminator and drafts",
        }
    }

    /// What is drawn in it.
    pub fn curves(self) -> impl Iterator<Item = &'static CurveRow> {
        CURVES.iter().filter(move |row| row.chart == self)
    }
}

/// What was measured of some curves at one iteration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CurveValues(BTreeMap<Curve, f64>);

impl CurveValues {
    /// A curve's value, where it was measured.
    pub fn get(&self, curve: Curve) -> Option<f64> {
        self.0.get(&curve).copied()
    }

    /// Takes a value in, where there is one.
    pub fn set(&mut self, curve: Curve, value: impl Into<Option<f64>>) {
        if let Some(value) = value.into() {
            self.0.insert(curve, value);
        }
    }

    /// Takes in what newer values there are.
    pub fn update(&mut self, newer: &Self) {
        self.0.extend(&newer.0);
    }

    /// Beyond this no loss means anything: those of trainings that go well are below a thousand.
    const ABSURD: f64 = 1e6;

    /// Whether all that was measured is a number that a training which has not diverged may come to.
    pub fn are_sane(&self) -> bool {
        self.0.values().all(|value| value.abs() < Self::ABSURD) // not a number is below nothing
    }
}

impl<const N: usize> From<[(Curve, f64); N]> for CurveValues {
    fn from(values: [(Curve, f64); N]) -> Self {
        Self(values.into())
    }
}

/// A point on the curves of a training; what was not measured at this iteration is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CurvePoint {
    /// Iterations done.
    pub iteration: u64,
    /// Iterations in all.
    pub total: u64,
    /// Seconds of training so far, over all resumes.
    pub seconds: f64,
    /// What was measured.
    pub values: CurveValues,
}

impl CurvePoint {
    /// Becomes a newer point, and keeps what was measured before where it was not measured again.
    pub fn update(&mut self, newer: &Self) {
        let mut values = std::mem::take(&mut self.values);
        values.update(&newer.values);
        *self = Self { values, ..newer.clone() };
    }

    /// The head of `metrics.csv`.
    pub fn csv_head() -> String {
        CURVES.iter().fold("iteration,seconds".to_owned(), |head, row| head + "," + row.key)
    }

    /// Its row of a `metrics.csv` of that head, which may be an older one: what was not measured is empty, and so is
    /// what is measured no more.
    pub fn csv_row(&self, head: &str) -> String {
        let value = |column: &str| self.values.get(row_of(column)?.curve);
        let field = |column: &str| value(column).map_or_else(String::new, |value| format!("{value:.6}"));
        let start = format!("{},{:.1}", self.iteration, self.seconds);
        head.split(',').skip(2).fold(start, |text, column| text + "," + &field(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_that_grew_without_bound_are_not_sane() {
        for (loss, is_sane) in [(0.7, true), (-900.0, true), (1e7, false), (-3e30, false), (f64::NAN, false)] {
            assert_eq!(CurveValues::from([(Curve::DiscriminatorLoss, loss)]).are_sane(), is_sane, "{loss}");
        }
    }

    #[test]
    fn each_curve_has_its_row_and_its_chart() {
        for (index, row) in CURVES.iter().enumerate() {
            assert_eq!(row.curve as usize, index);
            assert_eq!(serde_json::to_value(row.curve).unwrap(), row.key);
            assert_eq!(row_of(row.key).unwrap().curve, row.curve);
            assert!(Chart::ALL.contains(&row.chart));
        }
        assert_eq!(Chart::ALL.iter().map(|chart| chart.curves().count()).sum::<usize>(), CURVES.len());
    }

    #[test]
    fn rows_have_a_field_for_each_column_and_older_values_stay() {
        let values = CurveValues::from([(Curve::GeneratorLoss, -0.25), (Curve::Similarity, 0.5)]);
        let mut point = CurvePoint { iteration: 7, seconds: 1.26, values, ..CurvePoint::default() };
        let head = CurvePoint::csv_head();
        assert_eq!(point.csv_row(&head), "7,1.3,,-0.250000,,,,0.500000,,,,,,,,");
        assert_eq!(head.split(',').count(), point.csv_row(&head).split(',').count());
        assert_eq!(point.csv_row("iteration,seconds,similarity,style,copying"), "7,1.3,0.500000,,");
        // a run that an earlier version began has its columns
        let loss = CurvePoint { values: [(Curve::DiscriminatorLoss, 1.5)].into(), ..point.clone() };
        assert_eq!(loss.csv_row("iteration,seconds,critic_loss"), "7,1.3,1.500000");
        assert_eq!(serde_json::from_str::<CurveValues>(r#"{"critic_loss":1.5}"#).unwrap(), loss.values);
        let json = serde_json::to_string(&point).unwrap();
        assert_eq!(serde_json::from_str::<CurvePoint>(&json).unwrap(), point);
        point.update(&CurvePoint {
            iteration: 8,
            values: [(Curve::GeneratorLoss, 1.0)].into(),
            ..CurvePoint::default()
        });
        assert_eq!((point.iteration, point.values.get(Curve::Similarity)), (8, Some(0.5)));
        assert_eq!(point.values.get(Curve::GeneratorLoss), Some(1.0));
    }
}
