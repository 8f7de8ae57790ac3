//! Curves of any length, and the few points of them that a chart of some pixels can show.
//!
//! Of each stretch of points that falls into one pixel the least and the greatest are kept, so that no spike is lost. What is
//! appended costs what is new. Knows no window and no file.

use std::collections::BTreeMap;
use std::ops::Range;

/// Points in the smallest stretch that is summed up, as a power of two.
const SMALLEST: u32 = 4;

/// The least and the greatest of stretches of 16, 32, 64… points, as far as they are full.
#[derive(Clone, Debug, Default)]
struct Extremes(Vec<Vec<(f64, f64)>>);

impl Extremes {
    /// To be called after each point.
    fn grow(&mut self, values: &[f64]) {
        let smallest = 1 << SMALLEST;
        if !values.len().is_multiple_of(smallest) {
            return;
        }
        let mut new = extremes(&values[values.len() - smallest..]);
        for level in 0.. {
            if self.0.len() == level {
                self.0.push(Vec::new());
            }
            self.0[level].push(new);
            match self.0[level].as_slice() {
                [.., a, b] if self.0[level].len().is_multiple_of(2) => new = (a.0.min(b.0), a.1.max(b.1)),
                _ => return,
            }
        }
    }

    /// The extremes of a stretch of 2^`power` points, the last of which may not be there yet.
    fn of(&self, power: u32, index: usize, values: &[f64]) -> (f64, f64) {
        let known = self.0.get((power - SMALLEST) as usize).and_then(|level| level.get(index));
        known.copied().unwrap_or_else(|| {
            let first = index << power;
            extremes(&values[first..(first + (1 << power)).min(values.len())])
        })
    }
}

fn extremes(values: &[f64]) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    values.iter().fold(start, |(low, high), &value| (low.min(value), high.max(value)))
}

/// The curve, smoothed by a de-biased exponential mean.
#[derive(Clone, Debug, Default)]
struct Smoothed {
    weight: f64,
    mean: f64,
    bias: f64,
    values: Vec<f64>,
    extremes: Extremes,
}

impl Smoothed {
    fn new(weight: f64) -> Self {
        Self {
            weight,
            bias: 1.0,
            ..Self::default()
        }
    }

    fn follow(&mut self, raw: &[f64]) {
        for value in &raw[self.values.len()..] {
            self.mean = self.mean * self.weight + (1.0 - self.weight) * value;
            self.bias *= self.weight;
            self.values.push(self.mean / (1.0 - self.bias));
            self.extremes.grow(&self.values);
        }
    }
}

/// One curve over iterations.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Iterations, rising.
    x: Vec<f64>,
    y: Vec<f64>,
    raw: Extremes,
    smoothed: Smoothed,
}

impl Curve {
    /// Adds a point; one that is no number, or not beyond the last, is left out.
    pub fn push(&mut self, x: f64, y: f64) {
        if y.is_finite() && self.x.last().is_none_or(|last| x > *last) {
            self.x.push(x);
            self.y.push(y);
            self.raw.grow(&self.y);
        }
    }

    /// How many points it has.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The last point.
    pub fn last(&self) -> Option<[f64; 2]> {
        Some([*self.x.last()?, *self.y.last()?])
    }

    /// Whether all of it lies above zero.
    pub fn is_positive(&self) -> bool {
        let (low, _) = self
            .raw
            .0
            .last()
            .and_then(|level| level.first())
            .copied()
            .unwrap_or((f64::INFINITY, 0.0));
        let summed_up = self
            .raw
            .0
            .last()
            .map_or(0, |level| level.len() << (SMALLEST as usize + self.raw.0.len() - 1));
        low > 0.0 && extremes(&self.y[summed_up.min(self.y.len())..]).0 > 0.0
    }

    /// The smoothed value at the point nearest to `x`, with that point's place; weight 0 is as it is.
    pub fn at(&mut self, x: f64, weight: f64) -> Option<[f64; 2]> {
        let above = self.x.partition_point(|known| *known < x);
        let nearest = match (above.checked_sub(1), self.x.get(above)) {
            (Some(below), Some(next)) if x - self.x[below] < next - x => below,
            (_, Some(_)) => above,
            (below, None) => below?,
        };
        Some([self.x[nearest], self.values(weight).0[nearest]])
    }

    fn values(&mut self, weight: f64) -> (&[f64], &Extremes) {
        if weight <= 0.0 {
            return (&self.y, &self.raw);
        }
        if self.smoothed.weight != weight {
            self.smoothed = Smoothed::new(weight);
        }
        self.smoothed.follow(&self.y);
        (&self.smoothed.values, &self.smoothed.extremes)
    }

    /// What of it is to be drawn where `pixels` show the iterations of `visible`: all points where there is room, else the
    /// least and the greatest of each stretch. Stretches lie fast on the points, so that nothing flickers while one pans.
    pub fn points(&mut self, visible: Range<f64>, pixels: usize, weight: f64) -> Vec<[f64; 2]> {
        let first = self.x.partition_point(|x| *x < visible.start).saturating_sub(1);
        let last = (self.x.partition_point(|x| *x <= visible.end) + 1).min(self.x.len());
        let count = last.saturating_sub(first);
        let pixels = pixels.max(1);
        self.values(weight);
        let (values, extremes) = if weight <= 0.0 {
            (&self.y, &self.raw)
        } else {
            (&self.smoothed.values, &self.smoothed.extremes)
        };
        let power = (count / pixels).checked_ilog2().unwrap_or(0);
        if power < SMALLEST {
            return (first..last).map(|index| [self.x[index], values[index]]).collect();
        }
        let stretches = first >> power..((last - 1) >> power) + 1;
        let mut points = Vec::with_capacity(2 * stretches.len());
        for stretch in stretches {
            let (low, high) = extremes.of(power, stretch, values);
            let begin = stretch << power;
            let end = (begin + (1 << power)).min(values.len()) - 1;
            // the order in which a rise or a fall passes them
            let rises = values[begin] <= values[end];
            let (a, b) = if rises { (low, high) } else { (high, low) };
            points.push([self.x[begin], a]);
            points.push([self.x[end], b]);
        }
        points
    }
}

/// The curves of a run by the names of their columns.
#[derive(Clone, Debug, Default)]
pub struct Curves(pub BTreeMap<String, Curve>);

impl Curves {
    /// Adds a row: the first number is the iteration; what is empty, was not measured then.
    pub fn push_row(&mut self, columns: &[String], row: &str) {
        let mut fields = row.split(',');
        let Some(Ok(x)) = fields.next().map(str::parse::<f64>) else {
            return;
        };
        for (column, field) in columns.iter().skip(1).zip(fields) {
            if let Ok(y) = field.trim().parse() {
                self.get(column).push(x, y);
            }
        }
    }

    /// The curve of a column, empty where there is none.
    pub fn get(&mut self, column: &str) -> &mut Curve {
        if !self.0.contains_key(column) {
            self.0.insert(column.to_owned(), Curve::default());
        }
        self.0.get_mut(column).expect("it was just put in")
    }

    /// Appends what came after.
    pub fn extend(&mut self, newer: Self) {
        for (column, newer) in newer.0 {
            let curve = self.get(&column);
            if curve.is_empty() {
                *curve = newer;
            } else {
                for (x, y) in newer.x.into_iter().zip(newer.y) {
                    curve.push(x, y);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: impl IntoIterator<Item = f64>) -> Curve {
        let mut curve = Curve::default();
        for (index, value) in values.into_iter().enumerate() {
            curve.push(index as f64, value);
        }
        curve
    }

    #[test]
    fn smoothing_is_unbiased_from_the_first_point() {
        let mut even = curve([4.0, 4.0, 4.0]);
        assert!(even.points(0.0..3.0, 100, 0.9).iter().all(|point| (point[1] - 4.0).abs() < 1e-9));
        let mut step = curve([0.0, 10.0]);
        assert_eq!(step.points(0.0..3.0, 100, 0.0), [[0.0, 0.0], [1.0, 10.0]]);
        let last = step.points(0.0..3.0, 100, 0.5)[1][1];
        assert!((last - 20.0 / 3.0).abs() < 1e-9, "{last}");
        step.push(2.0, 10.0); // what is appended is smoothed on, not anew
        let expected = curve([0.0, 10.0, 10.0]).points(0.0..3.0, 100, 0.5);
        assert_eq!(step.points(0.0..3.0, 100, 0.5), expected);
    }

    #[test]
    fn no_spike_is_lost_and_few_points_are_left() {
        let spiky = |index: usize| match index {
            77_777 => 50.0,
            31_000 => -50.0,
            _ => (index as f64 / 1e4).sin(),
        };
        let mut curve = curve((0..100_003).map(spiky));
        let points = curve.points(0.0..2e5, 500, 0.0);
        assert!((500..=4100).contains(&points.len()), "{}", points.len());
        let (low, high) = extremes(&points.iter().map(|point| point[1]).collect::<Vec<_>>());
        assert_eq!((low, high), (-50.0, 50.0));
        assert_eq!(points.last().unwrap()[0], 100_002.0);
        assert!(points.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        // near enough, every point is there
        let near = curve.points(77_700.0..77_800.0, 500, 0.0);
        assert_eq!(near.len(), 103);
        // and the same stretches are summed up wherever the view begins
        let a = curve.points(10_000.0..90_000.0, 500, 0.0);
        let b = curve.points(10_500.0..90_500.0, 500, 0.0);
        assert!(b.iter().filter(|point| a.contains(point)).count() > a.len() * 9 / 10);
    }

    #[test]
    fn the_nearest_point_is_told_and_what_is_no_number_is_left_out() {
        let mut curve = curve([1.0, f64::NAN, 3.0]);
        assert_eq!(
            (curve.len(), curve.at(0.9, 0.0), curve.at(1.2, 0.0)),
            (2, Some([0.0, 1.0]), Some([2.0, 3.0]))
        );
        assert_eq!((curve.at(-5.0, 0.0), curve.at(99.0, 0.0)), (Some([0.0, 1.0]), Some([2.0, 3.0])));
        assert!(curve.is_positive());
        curve.push(5.0, -1.0);
        assert!(!curve.is_positive());
        for index in 6..200 {
            curve.push(f64::from(index), 1.0);
        }
        assert!(!curve.is_positive());
        assert_eq!(Curve::default().at(0.0, 0.5), None);
    }

    #[test]
    fn rows_become_curves_and_come_in_order() {
        let columns: Vec<String> = ["iteration", "a", "b"].map(String::from).to_vec();
        let mut curves = Curves::default();
        curves.push_row(&columns, "1,0.5,");
        curves.push_row(&columns, "what,is,this");
        let mut newer = Curves::default();
        newer.push_row(&columns, "2,0.25,7");
        newer.push_row(&columns, "2,9,9");
        curves.extend(newer);
        assert_eq!(curves.get("a").points(0.0..9.0, 10, 0.0), [[1.0, 0.5], [2.0, 0.25]]);
        assert_eq!(curves.get("b").last(), Some([2.0, 7.0]));
    }
}
