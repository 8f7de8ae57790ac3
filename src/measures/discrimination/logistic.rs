//! Logistic regression with a penalty on the squares of its weights.

use nalgebra::{DMatrix, DVector};

/// Half the penalty on the sum of the squares of the weights (scikit-learn's C is its inverse).
const PENALTY: f64 = 50.0;
/// Newton steps at most, and steps of conjugate gradients within each.
const NEWTON_STEPS: usize = 25;
const GRADIENT_STEPS: usize = 60;
/// A step that changes no weight by more ends it.
const SMALL: f64 = 1e-6;

/// Weights, and what is added.
#[derive(Clone, Debug)]
pub struct Logistic {
    /// Of each column.
    pub weights: Vec<f64>,
    bias: f64,
}

impl Logistic {
    /// The logit of a row.
    pub fn score(&self, row: &[f64]) -> f64 {
        self.bias + self.weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>()
    }
}

/// The weights of least cross-entropy and penalty, by Newton's method: the Hessian's system is solved by conjugate
/// gradients, for it is large and well conditioned. The bias, which comes last, bears no penalty.
pub fn fit(rows: &[Vec<f64>], labels: &[f64]) -> Logistic {
    let columns = rows.first().map_or(0, Vec::len);
    let data = DMatrix::from_fn(rows.len(), columns + 1, |row, column| rows[row].get(column).copied().unwrap_or(1.0));
    let labels = DVector::from_column_slice(labels);
    let penalty = DVector::from_fn(columns + 1, |column, _| if column < columns { PENALTY } else { 1e-3 });
    let mut weights = DVector::zeros(columns + 1);
    for _ in 0..NEWTON_STEPS {
        let chances = (&data * &weights).map(|logit: f64| 1.0 / (1.0 + (-logit).exp()));
        let gradient = data.tr_mul(&(&chances - &labels)) + penalty.component_mul(&weights);
        let curvature = chances.map(|chance| (chance * (1.0 - chance)).max(1e-6));
        let hessian =
            |of: &DVector<f64>| data.tr_mul(&curvature.component_mul(&(&data * of))) + penalty.component_mul(of);
        let step = solve(hessian, &gradient);
        weights -= &step;
        if step.amax() < SMALL {
            break;
        }
    }
    let bias = weights[columns];
    Logistic { weights: weights.iter().take(columns).copied().collect(), bias }
}

/// Solves A x = b by conjugate gradients (Hestenes and Stiefel 1952).
fn solve(times: impl Fn(&DVector<f64>) -> DVector<f64>, b: &DVector<f64>) -> DVector<f64> {
    let mut x = DVector::zeros(b.len());
    let mut residual = b.clone();
    let mut direction = residual.clone();
    let mut square = residual.norm_squared();
    let enough = square * 1e-16;
    for _ in 0..GRADIENT_STEPS {
        if square <= enough {
            break;
        }
        let turned = times(&direction);
        let length = square / direction.dot(&turned);
        x += &direction * length;
        residual -= turned * length;
        let next = residual.norm_squared();
        direction = &residual + &direction * (next / square);
        square = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_zero_where_it_ends() {
        let rows: Vec<Vec<f64>> =
            (0..200).map(|n| vec![f64::from(n % 7) - 3.0, f64::from(n % 11) - 5.0, f64::from(n % 2)]).collect();
        let labels: Vec<f64> = rows.iter().map(|row| f64::from(u8::from(row[0] + 0.3 * row[1] > 0.0))).collect();
        let model = fit(&rows, &labels);
        for column in 0..3 {
            let slope: f64 = rows
                .iter()
                .zip(&labels)
                .map(|(row, label)| (1.0 / (1.0 + (-model.score(row)).exp()) - label) * row[column])
                .sum();
            assert!((slope + PENALTY * model.weights[column]).abs() < 1e-3, "{column}: {slope}, {model:?}");
        }
        assert!(model.weights[0] > model.weights[1] && model.weights[1] > 0.0);
    }
}
