//! Curves of any length, and the few points of them that a chart of some pixels can show.
//!
//! Of each stretch of points that falls into one pixel the least and the greatest are kept, so that no spike is lost. What is
//! appended costs what is new. Knows no window and no file.

mod smooth;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use crossbeam_channel::{Receiver, TryRecvError};

use self::smooth::Smoothed;
pub use self::smooth::Smoother;
use self::values::{Extremes, SMALLEST, Values};

/// Points that are smoothed anew within a frame; more take a thread of their own.
const AT_ONCE: usize = 20_000;

/// One curve over iterations.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Iterations, rising.
    x: Vec<f64>,
    y: Values,
    raw: Extremes,
    smoothed: Option<Smoothed>,
    /// Where it comes when it was smoothed by another weight.
    coming: Option<Receiver<Smoothed>>,
}

impl Curve {
    /// Adds a point; one that is no number, or not beyond the last, is left out.
    pub fn push(&mut self, x: f64, y: f64) {
        if y.is_finite() && self.x.last().is_none_or(|last| x > *last) {
            self.x.push(x);
            self.y.push(y);
            self.raw.push(y);
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

    /// Whether a frame has no time to smooth it anew.
    pub fn is_long(&self) -> bool {
        self.len() > AT_ONCE
    }

    /// The last point.
    pub fn last(&self) -> Option<[f64; 2]> {
        Some([*self.x.last()?, self.y.at(self.len() - 1)])
    }

    /// Whether all of it lies above zero.
    pub fn is_positive(&self) -> bool {
        !self.is_empty() && self.raw.of_all().0 > 0.0
    }

    /// Smooths it by a weight; 0 is as it is. To be called before it is drawn: what was appended is taken in. A long curve is
    /// left to `smoother` where there is one, and stays as it was until that is done, which is false here.
    pub fn smooth(&mut self, weight: f64, smoother: Option<&Smoother>) -> bool {
        match self.coming.as_ref().map(Receiver::try_recv) {
            Some(Ok(smoothed)) => (self.smoothed, self.coming) = (Some(smoothed), None),
            Some(Err(TryRecvError::Disconnected)) => self.coming = None,
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        if weight <= 0.0 {
            (self.smoothed, self.coming) = (None, None);
            return true;
        }
        let is_there = |smoothed: &Option<Smoothed>| smoothed.as_ref().is_some_and(|known| known.weight() == weight);
        if !is_there(&self.smoothed) && self.coming.is_none() {
            match smoother.filter(|smoother| smoother.is_there() && self.is_long()) {
                Some(smoother) => self.coming = smoother.ask(&self.y, weight),
                None => self.smoothed = Some(Smoothed::new(weight)),
            }
        }
        if let Some(smoothed) = &mut self.smoothed {
            smoothed.follow(&self.y);
        }
        is_there(&self.smoothed)
    }

    /// The value at the point nearest to `x`, smoothed as it was last, with that point's place.
    pub fn at(&self, x: f64) -> Option<[f64; 2]> {
        let above = self.x.partition_point(|known| *known < x);
        let nearest = match (above.checked_sub(1), self.x.get(above)) {
            (Some(below), Some(next)) if x - self.x[below] < next - x => below,
            (_, Some(_)) => above,
            (below, None) => below?,
        };
        let value = match &self.smoothed {
            Some(smoothed) => smoothed.values(&self.y, nearest, nearest + 1)[0],
            None => self.y.at(nearest),
        };
        Some([self.x[nearest], value])
    }

    /// What of it is to be drawn where `pixels` show the iterations of `visible`: all points where there is room, else the
    /// least and the greatest of each stretch. Stretches lie fast on the points, so that nothing flickers while one pans.
    pub fn points(&self, visible: Range<f64>, pixels: usize, drawn: As) -> Vec<[f64; 2]> {
        let first = self.x.partition_point(|x| *x < visible.start).saturating_sub(1);
        let last = (self.x.partition_point(|x| *x <= visible.end) + 1).min(self.len());
        let count = last.saturating_sub(first);
        let smoothed = self.smoothed.as_ref().filter(|_| drawn == As::Smoothed);
        let power = (count / pixels.max(1)).checked_ilog2().unwrap_or(0);
        if power < SMALLEST {
            let values = match smoothed {
                Some(smoothed) => smoothed.values(&self.y, first, last),
                None => self.y.from(first).flatten().take(count).copied().collect(),
            };
            return self.x[first..last].iter().zip(values).map(|(x, y)| [*x, y]).collect();
        }
        let stretches = first >> power..((last - 1) >> power) + 1;
        let mut points = Vec::with_capacity(2 * stretches.len());
        for stretch in stretches {
            let begin = stretch << power;
            let end = (begin + (1 << power)).min(self.len()) - 1;
            let ((low, high), (from, to)) = match smoothed {
                Some(smoothed) => (smoothed.extremes().of(power, stretch), smoothed.ends(&self.y, begin, end)),
                None => (self.raw.of(power, stretch), (self.y.at(begin), self.y.at(end))),
            };
            // the order in which a rise or a fall passes them
            let (a, b) = if from <= to { (low, high) } else { (high, low) };
            points.push([self.x[begin], a]);
            points.push([self.x[end], b]);
        }
        points
    }
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
                for (x, y) in newer.x.into_iter().zip(newer.y.from(0).flatten()) {
                    curve.push(x, *y);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn curve(values: impl IntoIterator<Item = f64>) -> Curve {
        let mut curve = Curve::default();
        for (index, value) in values.into_iter().enumerate() {
            curve.push(index as f64, value);
        }
        curve
    }

    /// What is drawn of it where there is room for all, smoothed at once.
    fn smoothed(curve: &mut Curve, weight: f64) -> Vec<[f64; 2]> {
        assert!(curve.smooth(weight, None));
        curve.points(0.0..1e9, 1_000_000, As::Smoothed)
    }

    fn extremes(points: &[[f64; 2]]) -> (f64, f64) {
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        points.iter().fold(start, |(low, high), point| (low.min(point[1]), high.max(point[1])))
    }

    #[test]
    fn smoothing_is_unbiased_from_the_first_point() {
        let mut even = curve([4.0, 4.0, 4.0]);
        assert!(smoothed(&mut even, 0.9).iter().all(|point| (point[1] - 4.0).abs() < 1e-9));
        let mut step = curve([0.0, 10.0]);
        assert_eq!(smoothed(&mut step, 0.0), [[0.0, 0.0], [1.0, 10.0]]);
        let last = smoothed(&mut step, 0.5)[1][1];
        assert!((last - 20.0 / 3.0).abs() < 1e-9, "{last}");
        step.push(2.0, 10.0); // what is appended is smoothed on, not anew
        let expected = smoothed(&mut curve([0.0, 10.0, 10.0]), 0.5);
        assert_eq!(smoothed(&mut step, 0.5), expected);
    }

    #[test]
    fn no_spike_is_lost_and_few_points_are_left() {
        let spiky = |index: usize| match index {
            77_777 => 50.0,
            31_000 => -50.0,
            _ => (index as f64 / 1e4).sin(),
        };
        let mut curve = curve((0..100_003).map(spiky));
        let points = curve.points(0.0..2e5, 500, As::Raw);
        assert!((500..=4100).contains(&points.len()), "{}", points.len());
        assert_eq!(extremes(&points), (-50.0, 50.0));
        assert_eq!(points.last().unwrap()[0], 100_002.0);
        assert!(points.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
        // near enough, every point is there
        let near = curve.points(77_700.0..77_800.0, 500, As::Raw);
        assert_eq!(near.len(), 103);
        // and the same stretches are summed up wherever the view begins
        let a = curve.points(10_000.0..90_000.0, 500, As::Raw);
        let b = curve.points(10_500.0..90_500.0, 500, As::Raw);
        assert!(b.iter().filter(|point| a.contains(point)).count() > a.len() * 9 / 10);
        // smoothed, the extremes are those of all smoothed points
        let all = smoothed(&mut curve, 0.9);
        let few = curve.points(0.0..2e5, 500, As::Smoothed);
        assert_eq!((all.len(), extremes(&few)), (100_003, extremes(&all)));
        assert!(few.len() <= 4100, "{}", few.len());
    }

    #[test]
    fn a_long_curve_is_smoothed_elsewhere_and_stays_as_it_was_meanwhile() {
        let value = |index: usize| (index as f64 / 7e3).sin() + (index % 13) as f64 / 13.0;
        let mut long = curve((0..AT_ONCE * 5).map(value));
        let expected = smoothed(&mut curve((0..AT_ONCE * 5 + 3).map(value)), 0.99);
        let before = smoothed(&mut long, 0.5);
        let (woken, wakes) = crossbeam_channel::bounded(9);
        let smoother = Smoother::new(move || {
            let _ = woken.send(());
        });
        assert!(!long.smooth(0.9, Some(&smoother)), "nothing is ready yet");
        assert_eq!(long.points(0.0..1e9, 1_000_000, As::Smoothed), before);
        // the slider has gone on, and points have come
        for index in AT_ONCE * 5..AT_ONCE * 5 + 3 {
            long.push(index as f64, value(index));
        }
        let began = Instant::now();
        while !long.smooth(0.99, Some(&smoother)) {
            assert!(began.elapsed() < Duration::from_secs(20), "it never came");
            wakes.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        assert_eq!(long.points(0.0..1e9, 1_000_000, As::Smoothed), expected);
        // a short one is at once what it is to be
        assert!(curve([1.0, 2.0]).smooth(0.9, Some(&smoother)));
    }

    #[test]
    fn the_nearest_point_is_told_and_what_is_no_number_is_left_out() {
        let mut curve = curve([1.0, f64::NAN, 3.0]);
        assert_eq!((curve.len(), curve.at(0.9), curve.at(1.2)), (2, Some([0.0, 1.0]), Some([2.0, 3.0])));
        assert_eq!((curve.at(-5.0), curve.at(99.0)), (Some([0.0, 1.0]), Some([2.0, 3.0])));
        curve.smooth(0.5, None);
        let [x, smoothed] = curve.at(99.0).unwrap();
        assert!(x == 2.0 && (smoothed - 7.0 / 3.0).abs() < 1e-9, "{smoothed}");
        assert!(curve.is_positive());
        curve.push(5.0, -1.0);
        assert!(!curve.is_positive());
        for index in 6..200 {
            curve.push(f64::from(index), 1.0);
        }
        assert!(!curve.is_positive());
        assert_eq!(Curve::default().at(0.0), None);
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
        assert_eq!(curves.get("a").points(0.0..9.0, 10, As::Raw), [[1.0, 0.5], [2.0, 0.25]]);
        assert_eq!(curves.get("b").last(), Some([2.0, 7.0]));
    }
}
