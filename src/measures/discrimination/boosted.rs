//! Boosted trees: shallow ones added up, each fitted to what the others leave (Friedman 2001), with the second-order
//! gain and penalty of Chen and Guestrin (2016), on columns cut into bins.

/// Trees, their depth, and the share of each that is added.
const TREES: usize = 60;
const DEPTH: usize = 3;
const RATE: f64 = 0.1;
/// Rows on either side of a split, at least.
const LEAST_ROWS: usize = 20;
/// The penalty on the squares of the leaves.
const PENALTY: f64 = 1.0;
/// Bins of a column.
const BINS: usize = 32;

/// A tree's node.
#[derive(Clone, Debug)]
enum Node {
    Leaf(f64),
    Split { column: usize, above: f64, low: Box<Self>, high: Box<Self> },
}

impl Node {
    fn score(&self, row: &[f64]) -> f64 {
        match self {
            Self::Leaf(value) => *value,
            Self::Split { column, above, low, high } => if row[*column] > *above { high } else { low }.score(row),
        }
    }
}

/// The sum of trees.
#[derive(Clone, Debug)]
pub struct Boosted(Vec<Node>);

impl Boosted {
    /// The logit of a row.
    pub fn score(&self, row: &[f64]) -> f64 {
        self.0.iter().map(|tree| tree.score(row)).sum()
    }
}

/// Columns cut into bins: the upper edges of the bins of each, and the bin of each value, column by column.
struct Binned {
    edges: Vec<Vec<f64>>,
    bins: Vec<Vec<u8>>,
}

impl Binned {
    fn new(rows: &[Vec<f64>]) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        let mut binned = Self { edges: Vec::new(), bins: Vec::new() };
        for column in 0..columns {
            let mut sorted: Vec<f64> = rows.iter().map(|row| row[column]).collect();
            sorted.sort_by(f64::total_cmp);
            let mut edges: Vec<f64> = (1..BINS).map(|nth| sorted[(sorted.len() - 1) * nth / BINS]).collect();
            edges.dedup();
            edges.retain(|edge| *edge < sorted[sorted.len() - 1]);
            let bin = |row: &Vec<f64>| edges.partition_point(|edge| *edge < row[column]) as u8;
            binned.bins.push(rows.iter().map(bin).collect());
            binned.edges.push(edges);
        }
        binned
    }
}

/// Gradient and curvature of some rows, summed.
#[derive(Clone, Copy, Default)]
struct Slope {
    gradient: f64,
    curvature: f64,
    rows: usize,
}

impl Slope {
    fn add(&mut self, gradient: f64, curvature: f64) {
        *self = Self { gradient: self.gradient + gradient, curvature: self.curvature + curvature, rows: self.rows + 1 };
    }

    fn and(self, other: Self, sign: f64) -> Self {
        Self {
            gradient: self.gradient + sign * other.gradient,
            curvature: self.curvature + sign * other.curvature,
            rows: if sign > 0.0 { self.rows + other.rows } else { self.rows - other.rows },
        }
    }

    fn gain(self) -> f64 {
        self.gradient * self.gradient / (self.curvature + PENALTY)
    }
}

/// Fits trees to labels of 0 and 1.
pub fn fit(rows: &[Vec<f64>], labels: &[f64]) -> Boosted {
    let binned = Binned::new(rows);
    let mut logits = vec![0.0; rows.len()];
    let mut trees = Vec::new();
    for _ in 0..TREES {
        let slopes: Vec<(f64, f64)> = logits
            .iter()
            .zip(labels)
            .map(|(logit, label): (&f64, _)| {
                let chance = 1.0 / (1.0 + (-logit).exp());
                (chance - label, chance * (1.0 - chance))
            })
            .collect();
        let tree = grow(&binned, &slopes, &(0..rows.len()).collect::<Vec<_>>(), DEPTH);
        logits.iter_mut().zip(rows).for_each(|(logit, row)| *logit += tree.score(row));
        trees.push(tree);
    }
    Boosted(trees)
}

fn grow(binned: &Binned, slopes: &[(f64, f64)], rows: &[usize], depth: usize) -> Node {
    let mut all = Slope::default();
    for &row in rows {
        all.add(slopes[row].0, slopes[row].1);
    }
    let mut best: Option<(f64, usize, usize)> = None;
    if depth > 0 && rows.len() >= 2 * LEAST_ROWS {
        for (column, (edges, bins)) in binned.edges.iter().zip(&binned.bins).enumerate() {
            let mut of_bins = [Slope::default(); BINS];
            for &row in rows {
                of_bins[usize::from(bins[row])].add(slopes[row].0, slopes[row].1);
            }
            let mut low = Slope::default();
            for (edge, of_bin) in of_bins.iter().enumerate().take(edges.len()) {
                low = low.and(*of_bin, 1.0);
                let high = all.and(low, -1.0);
                if low.rows < LEAST_ROWS || high.rows < LEAST_ROWS {
                    continue;
                }
                let gain = low.gain() + high.gain() - all.gain();
                if gain > best.map_or(1e-9, |(most, ..)| most) {
                    best = Some((gain, column, edge));
                }
            }
        }
    }
    let Some((_, column, edge)) = best else {
        return Node::Leaf(-RATE * all.gradient / (all.curvature + PENALTY));
    };
    let (low, high): (Vec<usize>, Vec<usize>) =
        rows.iter().partition(|row| usize::from(binned.bins[column][**row]) <= edge);
    Node::Split {
        column,
        above: binned.edges[column][edge],
        low: Box::new(grow(binned, slopes, &low, depth - 1)),
        high: Box::new(grow(binned, slopes, &high, depth - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_line_divides_is_learned() {
        let rows: Vec<Vec<f64>> = (0..400).map(|n| vec![f64::from(n % 20), f64::from(n / 20), 1.0]).collect();
        let labels: Vec<f64> = rows.iter().map(|row| f64::from(u8::from((row[0] < 10.0) != (row[1] < 5.0)))).collect();
        let model = fit(&rows, &labels);
        let right = rows.iter().zip(&labels).filter(|(row, label)| (model.score(row) > 0.0) == (**label > 0.5));
        assert!(right.count() > 390);
        let line = super::super::logistic::fit(&rows, &labels);
        let right = rows.iter().zip(&labels).filter(|(row, label)| (line.score(row) > 0.0) == (**label > 0.5));
        assert!(right.count() < 320);
    }
}
