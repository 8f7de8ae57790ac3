//! Smoothing by a de-biased exponential mean, and a thread for curves so long that a frame has no time for it.
//!
//! Of a smoothed curve only where the mean was at each smallest stretch is kept, and the extremes: what lies between is soon
//! found again, and a million points take a sixth of the memory.

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::studio::pages::train::curves::values::{Extremes, SMALLEST, Values};

/// Curves that may wait for the thread at once; one that finds no room asks again with the next frame.
const WAITING: usize = 64;
/// Below it, the share that the first value has beyond its due changes nothing.
const NO_BIAS: f64 = 1e-17;

/// The mean so far, and the share of it that is nothing yet.
#[derive(Clone, Copy, Debug)]
struct Mean {
    mean: f64,
    bias: f64,
}

impl Mean {
    const START: Self = Self { mean: 0.0, bias: 1.0 };

    #[inline]
    fn step(&mut self, weight: f64, value: f64) -> f64 {
        self.mean = self.mean * weight + (1.0 - weight) * value;
        if self.bias > 0.0 {
            self.bias *= weight;
            // never a subnormal number, with which arithmetic is slow
            if self.bias < NO_BIAS {
                self.bias = 0.0;
            }
        }
        self.value()
    }

    #[inline]
    fn value(self) -> f64 {
        if self.bias > 0.0 { self.mean / (1.0 - self.bias) } else { self.mean }
    }
}

/// A curve smoothed by some weight.
#[derive(Clone, Debug)]
pub struct Smoothed {
    weight: f64,
    now: Mean,
    points: usize,
    /// The mean before each smallest stretch.
    marks: Vec<Mean>,
    extremes: Extremes,
}

impl Smoothed {
    pub fn new(weight: f64) -> Self {
        Self { weight, now: Mean::START, points: 0, marks: Vec::new(), extremes: Extremes::default() }
    }

    pub const fn weight(&self) -> f64 {
        self.weight
    }

    pub const fn extremes(&self) -> &Extremes {
        &self.extremes
    }

    /// Takes in what was appended since.
    pub fn follow(&mut self, raw: &Values) {
        for block in raw.from(self.points) {
            for value in block {
                if self.points.is_multiple_of(1 << SMALLEST) {
                    self.marks.push(self.now);
                }
                self.points += 1;
                self.extremes.push(self.now.step(self.weight, *value));
            }
        }
    }

    /// The values there, of a curve that was followed that far.
    pub fn values(&self, raw: &Values, first: usize, last: usize) -> Vec<f64> {
        let mark = first >> SMALLEST;
        let mut mean = self.marks.get(mark).copied().unwrap_or(self.now);
        let before = mark << SMALLEST;
        let raw = raw.from(before).flatten().take(last - before);
        let values = raw.map(|value| mean.step(self.weight, *value));
        values.skip(first - before).collect()
    }

    /// The first and the last value of the smallest stretches from `begin` to `end`, the last of which may not be full.
    pub fn ends(&self, raw: &Values, begin: usize, end: usize) -> (f64, f64) {
        let mut first = self.marks[begin >> SMALLEST];
        let after = if (end + 1).is_multiple_of(1 << SMALLEST) {
            self.marks.get((end + 1) >> SMALLEST)
        } else {
            None // the curve ends there
        };
        (first.step(self.weight, raw.at(begin)), after.copied().unwrap_or(self.now).value())
    }
}

struct Job {
    raw: Values,
    weight: f64,
    done: Sender<Smoothed>,
}

/// The thread that smooths long curves; it ends with this.
#[derive(Debug)]
pub struct Smoother(Option<Sender<Job>>);

impl Smoother {
    /// Begins it; `wake` is called when a curve is done.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (jobs, asked) = bounded::<Job>(WAITING);
        let thread = std::thread::Builder::new().name("smoothing".into()).spawn(move || {
            for job in asked {
                let mut smoothed = Smoothed::new(job.weight);
                smoothed.follow(&job.raw);
                if job.done.send(smoothed).is_ok() {
                    wake();
                }
            }
        });
        if let Err(error) = &thread {
            log::warn!("curves are smoothed in the window's thread: {error}");
        }
        Self(thread.is_ok().then_some(jobs))
    }

    /// Whether there is a thread.
    pub const fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Has a curve smoothed: where it will come, unless too many wait.
    pub fn ask(&self, raw: &Values, weight: f64) -> Option<Receiver<Smoothed>> {
        let (done, result) = bounded(1);
        let raw = raw.clone();
        self.0.as_ref()?.try_send(Job { raw, weight, done }).ok()?;
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_again_is_what_was_there() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut raw = Values::default();
        for weight in [0.3, 0.9, 0.999] {
            let mut smoothed = Smoothed::new(weight);
            let (mut mean, mut bias, mut expected) = (0.0, 1.0, Vec::new());
            for index in 0..5000 {
                if raw.len() <= index {
                    raw.push(random.f64());
                }
                mean = mean * weight + (1.0 - weight) * raw.at(index);
                bias *= weight;
                expected.push(mean / (1.0 - bias));
            }
            smoothed.follow(&raw);
            assert_eq!(smoothed.values(&raw, 0, 5000), expected);
            assert_eq!(smoothed.values(&raw, 4090, 4100), expected[4090..4100]);
            assert!(smoothed.values(&raw, 5000, 5000).is_empty());
            assert_eq!(smoothed.ends(&raw, 32, 63), (expected[32], expected[63]));
            assert_eq!(smoothed.ends(&raw, 4992, 4999), (expected[4992], expected[4999]));
            let least = expected.iter().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(smoothed.extremes().of_all().0, least);
        }
    }
}
