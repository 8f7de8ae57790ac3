//! Whether bars in which the melody comes back are accompanied as they were before.

use std::collections::BTreeMap;

use crate::corpus::Planes;
use crate::measures::mean;
use crate::music::{Grid, Role};

/// Mean agreement of bars of equal melody, of the pitched parts together: cells that sound in both / cells that sound
/// in either. Each bar is compared with the one before of the same melody; the last bar, which has an ending to find,
/// and bars in which the melody strikes nothing are left out. `None` where no bar comes back.
pub fn agreement(parts: &[(Role, Grid)], melody: &Grid, steps_per_bar: usize) -> Option<f64> {
    let melody = Planes::from(melody);
    let parts: Vec<Planes> =
        parts.iter().filter(|(role, _)| *role != Role::Drums).map(|(_, grid)| Planes::from(grid)).collect();
    let bars = (melody.steps() / steps_per_bar.max(1)).saturating_sub(1);
    let mut before: BTreeMap<(&[u128], &[u128]), usize> = BTreeMap::new();
    let mut agreements = Vec::new();
    for bar in 0..bars {
        let steps = bar * steps_per_bar..(bar + 1) * steps_per_bar;
        let notes = (&melody.onset[steps.clone()], &melody.sound[steps]);
        if notes.0.iter().all(|struck| *struck == 0) {
            continue;
        }
        if let Some(earlier) = before.insert(notes, bar) {
            agreements.push(agree(&parts, earlier * steps_per_bar, bar * steps_per_bar, steps_per_bar));
        }
    }
    mean(agreements)
}

fn agree(parts: &[Planes], a: usize, b: usize, steps: usize) -> Option<f64> {
    let cells = parts.iter().flat_map(|part| (0..steps).map(move |step| (part.sound[a + step], part.sound[b + step])));
    let (both, either) =
        cells.fold((0, 0), |(both, either), (a, b)| (both + (a & b).count_ones(), either + (a | b).count_ones()));
    (either > 0).then(|| f64::from(both) / f64::from(either))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Cell;

    fn bars(pitches: &[usize]) -> Grid {
        let mut grid = Grid::silent(pitches.len() * 4);
        for (bar, &pitch) in pitches.iter().enumerate() {
            for step in 0..4 {
                grid.set(bar * 4 + step, pitch, if step == 0 { Cell::Onset } else { Cell::Held });
            }
        }
        grid
    }

    #[test]
    fn bars_of_equal_melody_are_compared() {
        let melody = bars(&[60, 62, 60, 60, 62, 60]);
        let answered = |pitches: &[usize]| agreement(&[(Role::Bass, bars(pitches))], &melody, 4);
        assert_eq!(answered(&[40, 41, 40, 40, 41, 49]), Some(1.0));
        // 1 = 3 no, 1 = 2 and 2 = 5 yes; the last is left out
        assert_eq!(answered(&[40, 41, 40, 43, 41, 40]), Some(2.0 / 3.0));
        assert_eq!(agreement(&[(Role::Bass, bars(&[40, 40]))], &bars(&[60, 62]), 4), None);
        assert_eq!(agreement(&[(Role::Drums, bars(&[40; 6]))], &melody, 4), None);
    }
}
