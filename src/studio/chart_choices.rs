//! How the charts of trainings are looked at, which is kept from one start to the next. Knows no chart.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The most that lines are smoothed.
pub const MOST_SMOOTHING: f64 = 0.999;

/// What curves run over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Iterations.
    #[default]
    Iterations,
    /// Seconds of training.
    Time,
}

/// How charts are looked at: the same for all runs, and kept from one start to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartChoices {
    /// The weight of what came before in the smoothed lines, from 0 to [`MOST_SMOOTHING`].
    pub smoothing: f64,
    /// Whether the axes are logarithmic.
    pub logarithmic: bool,
    /// What the curves run over.
    pub axis: Axis,
    /// The metric whose values are shown part by part.
    pub metric: String,
    /// Columns whose lines are not drawn.
    pub hidden: BTreeSet<String>,
}

impl ChartChoices {
    /// The same, with what a file may say brought into range.
    #[must_use]
    pub fn in_range(self) -> Self {
        let smoothing = if self.smoothing.is_finite() { self.smoothing.clamp(0.0, MOST_SMOOTHING) } else { 0.0 };
        Self { smoothing, ..self }
    }
}

impl Default for ChartChoices {
    fn default() -> Self {
        Self {
            smoothing: 0.6,
            logarithmic: false,
            axis: Axis::default(),
            metric: "scale_consistency".into(),
            hidden: BTreeSet::new(),
        }
    }
}
