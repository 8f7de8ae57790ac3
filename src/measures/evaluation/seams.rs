//! Where a network's windows join: whether the music goes on there as it does elsewhere.

use serde::Serialize;

use crate::corpus::Planes;
use crate::measures::mean;
use crate::measures::metrics::tonal_distance;
use crate::music::grid::STEPS_PER_QUARTER;
use crate::music::{Grid, Role};

/// The networks write so many bars before the next window begins.
const SEAM_BARS: usize = 2;

/// How neighbouring bars join, mean over parts: at bar lines where windows join, and at the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Seams {
    /// Tonal distance from the last beat of a bar to the first of the next, where windows join.
    pub tonal_distance_at_seams: Option<f64>,
    /// The same at the other bar lines.
    pub tonal_distance_elsewhere: Option<f64>,
    /// 1 - share of steps at which one bar strikes and its neighbour does not, where windows join.
    pub groove_at_seams: Option<f64>,
    /// The same at the other bar lines.
    pub groove_elsewhere: Option<f64>,
}

impl Seams {
    /// Measures the parts of a piece; windows are counted from the bar in which the melody begins.
    pub fn measure(parts: &[(Role, Grid)], melody: &Grid, steps_per_bar: usize) -> Self {
        let first = (0..melody.steps()).find(|&step| melody.onsets(step).next().is_some()).unwrap_or(0) / steps_per_bar;
        let mut joins: [Vec<(Option<f64>, Option<f64>)>; 2] = [Vec::new(), Vec::new()];
        for (role, grid) in parts {
            let planes = Planes::from(grid);
            for bar in first + 1..grid.steps() / steps_per_bar {
                let at_seam = (bar - first).is_multiple_of(SEAM_BARS);
                let line = bar * steps_per_bar;
                let beat = |from: usize| cut(&planes, from, STEPS_PER_QUARTER.min(steps_per_bar));
                let tonal = match role {
                    Role::Drums => None,
                    _ => tonal_distance(&beat(line - STEPS_PER_QUARTER.min(steps_per_bar)), &beat(line)),
                };
                let struck = |step: usize| planes.onset[step] != 0;
                let differing =
                    (line..line + steps_per_bar).filter(|&step| struck(step) != struck(step - steps_per_bar));
                let groove = 1.0 - differing.count() as f64 / steps_per_bar as f64;
                joins[usize::from(at_seam)].push((tonal, Some(groove)));
            }
        }
        let [elsewhere, at_seams] = joins;
        Self {
            tonal_distance_at_seams: mean(at_seams.iter().map(|join| join.0)),
            tonal_distance_elsewhere: mean(elsewhere.iter().map(|join| join.0)),
            groove_at_seams: mean(at_seams.iter().map(|join| join.1)),
            groove_elsewhere: mean(elsewhere.iter().map(|join| join.1)),
        }
    }

    /// The mean over pieces.
    pub fn mean(all: &[Self]) -> Self {
        let of = |value: fn(&Self) -> Option<f64>| mean(all.iter().map(value));
        Self {
            tonal_distance_at_seams: of(|seams| seams.tonal_distance_at_seams),
            tonal_distance_elsewhere: of(|seams| seams.tonal_distance_elsewhere),
            groove_at_seams: of(|seams| seams.groove_at_seams),
            groove_elsewhere: of(|seams| seams.groove_elsewhere),
        }
    }
}

fn cut(planes: &Planes, first: usize, steps: usize) -> Planes {
    Planes { onset: planes.onset[first..first + steps].to_vec(), sound: planes.sound[first..first + steps].to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Cell;

    #[test]
    fn jumps_at_seams_are_seen() {
        // C for two bars, F sharp for two: one seam between them
        let mut grid = Grid::silent(64);
        for step in 0..64 {
            let pitch = if step < 32 { 60 } else { 66 };
            grid.set(step, pitch, if step % 4 == 0 { Cell::Onset } else { Cell::Held });
        }
        let seams = Seams::measure(&[(Role::Bass, grid.clone())], &grid, 16);
        assert!((seams.tonal_distance_at_seams.unwrap() - 2.8284).abs() < 1e-3);
        assert_eq!(seams.tonal_distance_elsewhere, Some(0.0));
        assert_eq!((seams.groove_at_seams, seams.groove_elsewhere), (Some(1.0), Some(1.0)));
    }
}
