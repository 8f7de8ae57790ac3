//! Curves of any length, and the few points of them that a chart of some pixels can show.
//!
//! Of each stretch of points that falls into one pixel the least and the greatest are kept, so that no spike is lost.
//! What is appended costs what is new. Knows no window.

mod files;

use std::collections::BTreeMap;
use std::ops::Range;

pub use self::files::{CurveFiles, read_curves, read_reference};

/// Of so many values, as a power of two, it is known what they come to, and of twice as many, and so on.
const BLOCK_POWER: u32 = 6;
const BLOCK: usize = 1 << BLOCK_POWER;
/// From so many points to a pixel on, as a power of two, they are not drawn one by one.
const THINNED: u32 = 2;
/// Below it, the share that the first value has beyond its due changes nothing.
const NO_BIAS: f64 = 1e-17;
/// A curve whose points lie further apart on average, in iterations, is drawn as it was measured.
const SELDOM: f64 = 2.0;
/// A curve of more points is smoothed all the same: very long trainings keep but some of their rows.
const MANY: usize = 2000;
/// Points that lie so many times further apart than is usual have a gap between them.
const GAP: f64 = 8.0;

/// What a stretch of values comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Summary {
    low: f64,
    high: f64,
    first: f64,
    last: f64,
}

impl Summary {
    /// Nothing where there are no values.
    fn of(values: &[f64]) -> Option<Self> {
        let (first, last) = (*values.first()?, *values.last()?);
        let alone = Self { low: first, high: first, first, last };
        Some(values.iter().fold(alone, |known, value| Self {
            low: if *value < known.low { *value } else { known.low },
            high: if *value > known.high { *value } else { known.high },
            ..known
        }))
    }

    /// With what comes behind it.
    fn join(self, next: Self) -> Self {
        Self { low: self.low.min(next.low), high: self.high.max(next.high), first: self.first, last: next.last }
    }
}

/// Values that only grow, and what they come to: by blocks, by pairs of blocks, and so on.
#[derive(Clone, Debug, Default)]
struct Values {
    all: Vec<f64>,
    levels: Vec<Vec<Summary>>,
}

impl Values {
    fn extend(&mut self, new: impl Iterator<Item = f64>) {
        self.all.extend(new);
        let known = self.levels.first().map_or(0, Vec::len);
        for block in self.all[known * BLOCK..].chunks_exact(BLOCK) {
            let mut whole = Summary::of(block);
            for level in 0.. {
                let Some(summary) = whole else { break };
                if level == self.levels.len() {
                    self.levels.push(Vec::new());
                }
                let level = &mut self.levels[level];
                level.push(summary);
                // the second of a pair completes one of the next level
                whole = level.len().is_multiple_of(2).then(|| level[level.len() - 2].join(summary));
            }
        }
    }

    fn clear(&mut self) {
        self.all.clear();
        self.levels.iter_mut().for_each(Vec::clear);
    }

    /// What a stretch comes to; nothing where it is empty.
    fn summary(&self, stretch: Range<usize>) -> Option<Summary> {
        let mut at = stretch.start;
        let mut whole: Option<Summary> = None;
        while at < stretch.end {
            // the longest that is known, begins here and does not go beyond
            let power = at.trailing_zeros().min((stretch.end - at).ilog2());
            let (part, end) = if let Some(level) = power.checked_sub(BLOCK_POWER) {
                (Some(self.levels[level as usize][at >> power]), at + (1 << power))
            } else {
                let end = (at + 1).next_multiple_of(BLOCK).min(stretch.end);
                (Summary::of(&self.all[at..end]), end)
            };
            whole = whole.zip(part).map(|(before, part)| before.join(part)).or(part);
            at = end;
        }
        whole
    }
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
        values.clear();
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
    x: Values,
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
        if y.is_finite() && self.x.all.last().is_none_or(|last| x > *last) {
            self.x.extend(std::iter::once(x));
            self.raw.extend(std::iter::once(y));
        }
    }

    /// How many points it has.
    pub fn len(&self) -> usize {
        self.x.all.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.x.all.is_empty()
    }

    /// The last point.
    pub fn last(&self) -> Option<[f64; 2]> {
        Some([*self.x.all.last()?, *self.raw.all.last()?])
    }

    /// Its least and its greatest value; none where it has no point.
    pub fn range(&self) -> Option<Range<f64>> {
        self.raw.summary(0..self.len()).map(|all| all.low..all.high)
    }

    /// Whether all of it lies above zero.
    pub fn is_positive(&self) -> bool {
        self.range().is_some_and(|range| range.start > 0.0)
    }

    /// How far apart its points lie on average, in iterations.
    fn spacing(&self) -> f64 {
        match (self.x.all.first(), self.x.all.last()) {
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
        Some([*self.x.all.first()?, *self.raw.all.first()?])
    }

    /// The last point that is not beyond `x`, as it was measured, and smoothed as it was last: what was known by then.
    /// None before the first.
    pub fn known_at(&self, x: f64) -> Option<[f64; 3]> {
        let last = self.x.all.partition_point(|known| *known <= x).checked_sub(1)?;
        Some([self.x.all[last], self.raw.all[last], self.values(As::Smoothed).all[last]])
    }

    /// The raw value at `x` and the one before it, where there is a point.
    pub fn raw_around(&self, x: f64) -> Option<[f64; 2]> {
        let at = self.x.all.partition_point(|known| *known < x);
        self.x.all.get(at).filter(|known| **known == x)?;
        Some([self.raw.all[at.checked_sub(1)?], self.raw.all[at]])
    }

    /// The value at `x` of a curve that is a line from point to point, and even before and behind them; of none, `x`.
    pub fn between(&self, x: f64) -> f64 {
        interpolated(&self.x.all, &self.raw.all, x)
    }

    /// Where a curve that never falls has this value.
    pub fn place_of(&self, value: f64) -> f64 {
        interpolated(&self.raw.all, &self.x.all, value)
    }

    /// What of it is to be drawn where `pixels` show the iterations of `visible`: all points where there is room, else
    /// the least and the greatest of each stretch, which is about a pixel wide. Stretches lie fast on the points, so
    /// that nothing flickers while one pans.
    pub fn points(&self, visible: Range<f64>, pixels: usize, drawn: As) -> Vec<[f64; 2]> {
        let first = self.x.all.partition_point(|x| *x < visible.start).saturating_sub(1);
        let last = (self.x.all.partition_point(|x| *x <= visible.end) + 1).min(self.len());
        let count = last.saturating_sub(first);
        let values = self.values(drawn);
        let power = (count as f64 / pixels.max(1) as f64).max(1.0).log2().round() as u32;
        if power < THINNED {
            return (first..last).map(|index| [self.x.all[index], values.all[index]]).collect();
        }
        let stretches = first >> power..((last - 1) >> power) + 1;
        let mut points = Vec::with_capacity(2 * stretches.len());
        for stretch in stretches {
            let stretch = stretch << power..((stretch + 1) << power).min(self.len());
            let (Some(x), Some(y)) = (self.x.summary(stretch.clone()), values.summary(stretch)) else { break };
            // the order in which a rise or a fall passes them
            let (a, b) = if y.first <= y.last { (y.low, y.high) } else { (y.high, y.low) };
            points.push([x.first, a]);
            points.push([x.last, b]);
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
                newer.x.all.into_iter().zip(newer.raw.all).for_each(|(x, y)| curve.push(x, y));
            }
        }
    }
}

#[cfg(test)]
mod tests;
