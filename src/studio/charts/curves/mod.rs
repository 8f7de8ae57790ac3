//! Curves of any length, and the few points of them that a chart of some pixels can show.
//!
//! Of each stretch of points that falls into one pixel the least and the greatest are kept, so that no spike is lost.
//! What is appended costs what is new. Knows no window.

mod files;

use std::collections::BTreeMap;
use std::ops::Range;

pub use self::files::{CurveFiles, read_curves, read_reference};

/// Points whose least and greatest are summed up.
const BLOCK: usize = 64;
/// As many points to a pixel are still drawn one by one, as a power of two.
const ALL_DRAWN: u32 = 4;
/// Below it, the share that the first value has beyond its due changes nothing.
const NO_BIAS: f64 = 1e-17;
/// A curve whose points lie further apart on average, in iterations, is drawn as it was measured.
const SELDOM: f64 = 2.0;
/// A curve of more points is smoothed all the same: very long trainings keep but some of their rows.
const MANY: usize = 2000;
/// Points that lie so many times further apart than is usual have a gap between them.
const GAP: f64 = 8.0;

/// Values that only grow, with the least and the greatest of each full block.
#[derive(Clone, Debug, Default)]
struct Values {
    all: Vec<f64>,
    blocks: Vec<(f64, f64)>,
}

impl Values {
    fn extend(&mut self, new: impl Iterator<Item = f64>) {
        self.all.extend(new);
        let whole = self.all[self.blocks.len() * BLOCK..].chunks_exact(BLOCK);
        self.blocks.extend(whole.map(extremes));
    }

    /// The least and the greatest of a stretch.
    fn extremes(&self, stretch: Range<usize>) -> (f64, f64) {
        let (first, last) = (stretch.start.div_ceil(BLOCK), stretch.end / BLOCK);
        if first >= last {
            return extremes(&self.all[stretch]);
        }
        let edges = [&self.all[stretch.start..first * BLOCK], &self.all[last * BLOCK..stretch.end]].map(extremes);
        self.blocks[first..last].iter().chain(&edges).copied().reduce(join).unwrap_or(NOTHING)
    }
}

/// What a stretch without a point has.
const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

fn extremes(values: &[f64]) -> (f64, f64) {
    values.iter().fold(NOTHING, |known, value| join(known, (*value, *value)))
}

fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

/// The values smoothed by a de-biased exponential mean, as far as that is done.
#[derive(Clone, Debug)]
struct Smoothed {
    weight: f64,
    mean: f64,
    /// The share of the mean that is nothing yet.
    bias: f64,
    values: Values,
}

impl Smoothed {
    /// Nothing as yet of so many points, in the room of values that nobody needs any more.
    fn new(weight: f64, points: usize, mut values: Values) -> Self {
        values.all.clear();
        values.blocks.clear();
        values.all.reserve(points);
        Self { weight, mean: 0.0, bias: 1.0, values }
    }

    /// Takes in what was appended since, at most so many points.
    fn follow(&mut self, raw: &[f64], most: usize) {
        let (weight, rest) = (self.weight, 1.0 - self.weight);
        let (mut mean, mut bias) = (self.mean, self.bias);
        let done = self.values.all.len();
        self.values.extend(raw[done..].iter().take(most).map(|value| {
            mean = mean * weight + rest * value;
            if bias > 0.0 {
                bias *= weight;
                // never a subnormal number, with which arithmetic is slow
                if bias < NO_BIAS {
                    bias = 0.0;
                }
                return mean / (1.0 - bias);
            }
            mean
        }));
        (self.mean, self.bias) = (mean, bias);
    }
}

/// One curve over iterations.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Iterations, rising.
    x: Vec<f64>,
    raw: Values,
    smoothed: Option<Smoothed>,
    /// The same by another weight, while it is under way.
    coming: Option<Smoothed>,
    /// Smoothed values of before: room for the next ones. To give the memory of long curves back, and to take it again,
    /// takes longer than a frame has time.
    spare: Vec<Values>,
}

impl Curve {
    /// Adds a point; one that is no number, or not beyond the last, is left out.
    pub fn push(&mut self, x: f64, y: f64) {
        if y.is_finite() && self.x.last().is_none_or(|last| x > *last) {
            self.x.push(x);
            self.raw.extend(std::iter::once(y));
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
        Some([*self.x.last()?, *self.raw.all.last()?])
    }

    /// Its least and its greatest value; none where it has no point.
    pub fn range(&self) -> Option<Range<f64>> {
        let (low, high) = self.raw.extremes(0..self.len());
        (!self.is_empty()).then_some(low..high)
    }

    /// Whether all of it lies above zero.
    pub fn is_positive(&self) -> bool {
        self.range().is_some_and(|range| range.start > 0.0)
    }

    /// How far apart its points lie on average, in iterations.
    fn spacing(&self) -> f64 {
        match (self.x.first(), self.x.last()) {
            (Some(first), Some(last)) => (last - first) / (self.len() - 1).max(1) as f64,
            _ => 0.0,
        }
    }

    /// Whether it was measured too seldom to be smoothed: a mean of few values is none that anybody measured.
    pub fn is_measured_seldom(&self) -> bool {
        self.spacing() > SELDOM && self.len() <= MANY
    }

    /// Smooths it by a weight; 0 is as it is, and so is what was measured seldom. To be called before it is drawn: what
    /// was appended is taken in. Another
    /// weight takes points off `budget`: where these do not suffice, the curve stays as it was, which is false here,
    /// until further calls have done the rest.
    pub fn smooth(&mut self, weight: f64, budget: &mut usize) -> bool {
        if weight <= 0.0 || self.is_measured_seldom() {
            let unneeded = [self.smoothed.take(), self.coming.take()];
            self.spare.extend(unneeded.into_iter().flatten().map(|smoothed| smoothed.values));
            return true;
        }
        let raw = &self.raw.all;
        if let Some(smoothed) = &mut self.smoothed {
            smoothed.follow(raw, raw.len());
        }
        let is_there = |smoothed: &Option<Smoothed>| smoothed.as_ref().is_some_and(|known| known.weight == weight);
        if is_there(&self.smoothed) {
            self.spare.extend(self.coming.take().map(|smoothed| smoothed.values));
            return true;
        }
        let spare = &mut self.spare;
        let anew = || Smoothed::new(weight, raw.len(), spare.pop().unwrap_or_default());
        let coming = self.coming.get_or_insert_with(anew);
        let before = coming.values.all.len();
        coming.follow(raw, *budget);
        *budget -= coming.values.all.len() - before;
        if coming.values.all.len() == raw.len() {
            let before = std::mem::replace(&mut self.smoothed, self.coming.take());
            self.spare.extend(before.map(|smoothed| smoothed.values));
        }
        is_there(&self.smoothed)
    }

    /// Gives the memory of some values back that nobody needs any more; whether there were any.
    pub fn give_back(&mut self) -> bool {
        self.spare.pop().is_some()
    }

    /// The values to be drawn.
    fn values(&self, drawn: As) -> &Values {
        let is_whole = |smoothed: &&Smoothed| drawn == As::Smoothed && smoothed.values.all.len() == self.len();
        self.smoothed.as_ref().filter(is_whole).map_or(&self.raw, |smoothed| &smoothed.values)
    }

    /// The first point.
    pub fn first(&self) -> Option<[f64; 2]> {
        Some([*self.x.first()?, *self.raw.all.first()?])
    }

    /// The last point that is not beyond `x`, as it was measured, and smoothed as it was last: what was known by then.
    /// None before the first.
    pub fn known_at(&self, x: f64) -> Option<[f64; 3]> {
        let last = self.x.partition_point(|known| *known <= x).checked_sub(1)?;
        Some([self.x[last], self.raw.all[last], self.values(As::Smoothed).all[last]])
    }

    /// The raw value at `x` and the one before it, where there is a point.
    pub fn raw_around(&self, x: f64) -> Option<[f64; 2]> {
        let at = self.x.partition_point(|known| *known < x);
        self.x.get(at).filter(|known| **known == x)?;
        Some([self.raw.all[at.checked_sub(1)?], self.raw.all[at]])
    }

    /// The value at `x` of a curve that is a line from point to point, and even before and behind them; of none, `x`.
    pub fn between(&self, x: f64) -> f64 {
        interpolated(&self.x, &self.raw.all, x)
    }

    /// Where a curve that never falls has this value.
    pub fn place_of(&self, value: f64) -> f64 {
        interpolated(&self.raw.all, &self.x, value)
    }

    /// What of it is to be drawn where `pixels` show the iterations of `visible`: all points where there is room, else
    /// the least and the greatest of each stretch. Stretches lie fast on the points, so that nothing flickers while one
    /// pans.
    pub fn points(&self, visible: Range<f64>, pixels: usize, drawn: As) -> Vec<[f64; 2]> {
        let first = self.x.partition_point(|x| *x < visible.start).saturating_sub(1);
        let last = (self.x.partition_point(|x| *x <= visible.end) + 1).min(self.len());
        let count = last.saturating_sub(first);
        let values = self.values(drawn);
        let power = (count / pixels.max(1)).checked_ilog2().unwrap_or(0);
        if power < ALL_DRAWN {
            return (first..last).map(|index| [self.x[index], values.all[index]]).collect();
        }
        let stretches = first >> power..((last - 1) >> power) + 1;
        let mut points = Vec::with_capacity(2 * stretches.len());
        for stretch in stretches {
            let (begin, end) = (stretch << power, ((stretch + 1) << power).min(self.len()));
            let (low, high) = values.extremes(begin..end);
            // the order in which a rise or a fall passes them
            let (a, b) = if values.all[begin] <= values.all[end - 1] { (low, high) } else { (high, low) };
            points.push([self.x[begin], a]);
            points.push([self.x[end - 1], b]);
        }
        points
    }

    /// The same, apart where the curve was not measured for so long that a line would tell what nobody knows.
    pub fn stretches(&self, visible: Range<f64>, pixels: usize, drawn: As) -> Vec<Vec<[f64; 2]>> {
        let points = self.points(visible, pixels, drawn);
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
        let longest = GAP * self.spacing().max((last[0] - first[0]) / pixels.max(1) as f64);
        points.chunk_by(|a, b| b[0] - a[0] <= longest).map(<[_]>::to_vec).collect()
    }
}

/// The place on a line through points of rising `from`.
fn interpolated(from: &[f64], to: &[f64], at: f64) -> f64 {
    let above = from.partition_point(|known| *known < at);
    let (Some(first), Some(last)) = (to.first(), to.last()) else { return at };
    if above == 0 {
        return *first;
    }
    let Some(next) = from.get(above) else { return *last };
    let share = (at - from[above - 1]) / (next - from[above - 1]).max(f64::MIN_POSITIVE);
    to[above - 1] + (to[above] - to[above - 1]) * share
}

/// Which values of a curve are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    /// As they came.
    Raw,
    /// As they were smoothed last.
    Smoothed,
}

/// The curves of a run by the names of their columns.
#[derive(Clone, Debug, Default)]
pub struct Curves(pub BTreeMap<String, Curve>);

impl Curves {
    /// Whether there is nothing to be drawn.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Curve::is_empty)
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
                newer.x.into_iter().zip(newer.raw.all).for_each(|(x, y)| curve.push(x, y));
            }
        }
    }
}

#[cfg(test)]
mod tests;
