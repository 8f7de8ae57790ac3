//! What curves run over: iterations, or the time spent training.

use egui_plot::{GridInput, GridMark};

use super::curves::Curves;
use super::ticks;
pub use crate::studio::chart_choices::Axis;
use crate::studio::words;

/// The column that says how many seconds of training an iteration ended at.
pub const SECONDS: &str = "seconds";

impl Axis {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Iterations, "Iterations"), (Self::Time, "Time")];

    /// What stands below it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iterations => "Iterations",
            Self::Time => "Time spent training",
        }
    }

    /// Where on the axis an iteration of a run lies.
    pub fn place(self, curves: &Curves, iteration: f64) -> f64 {
        match self {
            Self::Iterations => iteration,
            Self::Time => curves.0.get(SECONDS).map_or(iteration, |seconds| seconds.between(iteration)),
        }
    }

    /// The iteration of a run that lies there on the axis.
    pub fn iteration(self, curves: &Curves, place: f64) -> f64 {
        match self {
            Self::Iterations => place,
            Self::Time => curves.0.get(SECONDS).map_or(place, |seconds| seconds.place_of(place)),
        }
    }

    /// The lines of the grid.
    pub fn grid(self, input: &GridInput) -> Vec<GridMark> {
        match self {
            Self::Iterations => ticks::iterations(input),
            Self::Time => ticks::times(input),
        }
    }

    /// A place in words, short enough to stand under the axis.
    pub fn mark(self, place: f64) -> String {
        match self {
            Self::Iterations if place >= 10_000.0 => format!("{}k", place / 1000.0),
            Self::Iterations => format!("{place}"),
            Self::Time => words::duration(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_that_of_each_run() {
        let mut curves = Curves::default();
        for iteration in 1..=10 {
            curves.get(SECONDS).push(f64::from(iteration), f64::from(iteration) * 3.0);
        }
        assert_eq!((Axis::Time.place(&curves, 4.0), Axis::Time.iteration(&curves, 15.0)), (12.0, 5.0));
        assert_eq!((Axis::Iterations.place(&curves, 4.0), Axis::Iterations.iteration(&curves, 15.0)), (4.0, 15.0));
        // an old run that has no times
        assert_eq!(Axis::Time.place(&Curves::default(), 4.0), 4.0);
        assert_eq!((Axis::Time.mark(187.0).as_str(), Axis::Iterations.mark(20_000.0).as_str()), ("3:07", "20k"));
    }
}
