//! Between grids and the -1 / +1 cells of a two-bar window.

use crate::random::stable_hash;
use cantus::music::Grid;
use cantus::music::grid::{Cell, PITCHES};

/// Steps of a window.
pub const STEPS: usize = 32;

/// Steps from one window to the next: two bars where they fit, else one, else a full window.
pub fn hop(steps_per_bar: usize) -> usize {
    match steps_per_bar {
        1..=16 => 2 * steps_per_bar,
        17..=32 => steps_per_bar,
        _ => STEPS,
    }
}

/// A window's cells, `shift` semitones higher: 32 x 128, +1 where something sounds, -1 elsewhere and beyond the grid's
/// end.
pub fn cells_from_grid(grid: &Grid, shift: i32) -> Vec<f32> {
    let mut cells = vec![-1.0; STEPS * PITCHES];
    for step in 0..grid.steps().min(STEPS) {
        for pitch in grid.sounding(step) {
            let moved = pitch as i32 + shift;
            if (0..PITCHES as i32).contains(&moved) {
                cells[step * PITCHES + moved as usize] = 1.0;
            }
        }
    }
    cells
}

/// Writes a window's cells above the threshold into a part, `shift` semitones lower; equal neighbours make one note.
pub fn write(grid: &mut Grid, start: usize, hop: usize, cells: &[f32], threshold: f32, shift: i32) {
    for step in 0..hop.min(STEPS).min(grid.steps() - start) {
        for pitch in 0..PITCHES {
            let Ok(moved) = usize::try_from(pitch as i32 - shift) else {
                continue;
            };
            if moved >= PITCHES || cells[step * PITCHES + pitch] <= threshold {
                continue;
            }
            let at = start + step;
            let goes_on = at > 0 && grid.sounds(at - 1, moved);
            grid.set(at, moved, if goes_on { Cell::Held } else { Cell::Onset });
        }
    }
}

/// A number that equal windows share.
pub fn label(cells: &[f32]) -> u64 {
    let sounding = cells.iter().enumerate().filter(|(_, cell)| **cell > 0.0);
    stable_hash(&sounding.flat_map(|(index, _)| (index as u64).to_le_bytes()).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_go_there_and_back() {
        let mut grid = Grid::silent(40);
        for (step, cell) in [(33, Cell::Onset), (34, Cell::Held), (36, Cell::Onset)] {
            grid.set(step, 48, cell);
        }
        let cells = cells_from_grid(&grid.window(32, 32), 12);
        assert_eq!(cells.iter().filter(|cell| **cell > 0.0).count(), 3);
        assert_eq!(cells[PITCHES + 60], 1.0);
        let mut back = Grid::silent(40);
        write(&mut back, 32, 32, &cells, 0.0, 12);
        assert_eq!(back, grid);
    }

    #[test]
    fn equal_windows_share_a_label() {
        let mut cells = vec![-1.0; STEPS * PITCHES];
        let silent = label(&cells);
        cells[700] = 1.0;
        assert_ne!(label(&cells), silent);
        assert_eq!(label(&cells), label(&cells.clone()));
    }
}
