//! How fast a training goes, and how long what is left may take.

use std::collections::VecDeque;

/// How many recent iterations tell the speed.
const ITERATIONS: usize = 20;
/// How many recent measurements tell how long one takes.
const MEASUREMENTS: usize = 5;

/// What recent iterations and measurements took, in seconds.
#[derive(Debug, Default)]
pub struct Speed {
    /// Up to which iteration those learn who learn now; from there on, iterations take another time.
    phase_end: Option<u64>,
    iterations: VecDeque<f64>,
    /// Whether the only iteration is the first of its phase, which prepares things.
    is_first: bool,
    measurements: VecDeque<f64>,
}

impl Speed {
    /// Takes in an iteration of the phase that ends there.
    pub fn take_iteration(&mut self, phase_end: u64, seconds: f64) {
        let is_new = self.phase_end.replace(phase_end) != Some(phase_end);
        if is_new || self.is_first {
            self.iterations.clear();
        }
        self.is_first = is_new;
        push(&mut self.iterations, ITERATIONS, seconds);
    }

    /// Takes in a measurement, with the sample and the checkpoint that come with it.
    pub fn take_measurement(&mut self, seconds: f64) {
        push(&mut self.measurements, MEASUREMENTS, seconds);
    }

    /// What an iteration takes; `None` before the first.
    pub fn per_iteration(&self) -> Option<f64> {
        mean(&self.iterations)
    }

    /// What so many iterations and measurements would take, with so long a wait after each iteration.
    pub fn of(&self, iterations: u64, measurements: u64, wait: f64) -> Option<f64> {
        let measuring = mean(&self.measurements).unwrap_or(0.0) * measurements as f64;
        Some((self.per_iteration()? + wait) * iterations as f64 + measuring)
    }
}

fn push(recent: &mut VecDeque<f64>, most: usize, seconds: f64) {
    recent.push_back(seconds);
    if recent.len() > most {
        recent.pop_front();
    }
}

fn mean(recent: &VecDeque<f64>) -> Option<f64> {
    (!recent.is_empty()).then(|| recent.iter().sum::<f64>() / recent.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_recent_iterations_of_the_phase() {
        let mut speed = Speed::default();
        assert_eq!((speed.per_iteration(), speed.of(9, 0, 0.0)), (None, None));
        speed.take_iteration(30, 100.0);
        assert_eq!(speed.per_iteration(), Some(100.0), "for want of a better one");
        for _ in 0..25 {
            speed.take_iteration(30, 2.0);
        }
        assert_eq!(speed.per_iteration(), Some(2.0), "the first prepared what the others had");
        for _ in 0..ITERATIONS {
            speed.take_iteration(30, 3.0);
        }
        assert_eq!(speed.of(10, 7, 0.5), Some(35.0), "nothing has been measured yet");
        speed.take_measurement(8.0);
        speed.take_measurement(12.0);
        assert_eq!(speed.of(10, 2, 0.0), Some(50.0));
        // what was so quick before says nothing of the next phase
        speed.take_iteration(90, 20.0);
        speed.take_iteration(90, 17.0);
        assert_eq!(speed.per_iteration(), Some(17.0));
    }
}
