//! Where the lines of a chart's grid lie: on round numbers, as many as can be read.

use std::ops::Range;

use egui_plot::{GridInput, GridMark};

/// Lines from one side of a chart to the other, and from its foot to its top, about.
const ACROSS: f64 = 7.0;
const UP: f64 = 5.0;
/// Steps of seconds that people count in.
const SECONDS: [f64; 15] =
    [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0];

/// The lines of an axis of values.
pub fn values(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    marks(low..high, round_step((high - low) / UP))
}

/// The lines of an axis of iterations: none between two.
pub fn iterations(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    marks(low..high, round_step((high - low) / ACROSS).max(1.0))
}

/// The lines of an axis of time, in seconds.
pub fn times(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let wanted = (high - low) / ACROSS;
    let known = SECONDS.into_iter().find(|step| *step >= wanted);
    marks(low..high, known.unwrap_or_else(|| round_step(wanted / 3600.0) * 3600.0))
}

/// The next of 1, 2, 5, 10, … that is not below it.
fn round_step(wanted: f64) -> f64 {
    let decade = 10.0_f64.powf(wanted.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|step| step * decade).find(|step| *step >= wanted * 0.999).unwrap_or(10.0 * decade)
}

fn marks(range: Range<f64>, step_size: f64) -> Vec<GridMark> {
    let (first, last) = ((range.start / step_size).ceil() as i64, (range.end / step_size).floor() as i64);
    (first..=last).take(100).map(|number| GridMark { value: number as f64 * step_size, step_size }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(of: fn(&GridInput) -> Vec<GridMark>, low: f64, high: f64) -> Vec<f64> {
        of(&GridInput { bounds: (low, high), base_step_size: 1.0 }).iter().map(|mark| mark.value).collect()
    }

    #[test]
    fn lines_lie_on_round_numbers() {
        assert_eq!(places(values, -0.1, 1.6), [0.0, 0.5, 1.0, 1.5]);
        assert_eq!(places(values, 0.905, 0.995).len(), 4, "0.92, 0.94, 0.96, 0.98");
        assert_eq!(places(iterations, 0.0, 3.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(places(iterations, -1.0, 77.0), [0.0, 20.0, 40.0, 60.0]);
        assert_eq!(places(times, 0.0, 200.0), [0.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0]);
        assert_eq!(places(times, 0.0, 500_000.0)[1], 72_000.0);
    }
}
