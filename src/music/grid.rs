//! Piano-roll planes: a part on the sixteenth grid, as networks and metrics see it.

use super::{Note, Pitch, TICKS_PER_QUARTER, Tick, Velocity};

/// Steps of the grid in a quarter note.
pub const STEPS_PER_QUARTER: usize = 4;
/// Ticks in a step.
pub const TICKS_PER_STEP: Tick = TICKS_PER_QUARTER / STEPS_PER_QUARTER as Tick;
/// Pitches of the grid.
pub const PITCHES: usize = 128;

/// One cell of a [`Grid`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing sounds.
    #[default]
    Silent,
    /// A note struck earlier still sounds.
    Held,
    /// A note is struck here (and sounds).
    Onset,
}

/// One part on the sixteenth grid: `steps` x 128 cells, two planes in one (onset, and sustain, which includes the
/// onset).
///
/// A note runs from its onset to silence or to the next onset of the same pitch, so repeated notes survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    steps: usize,
    cells: Vec<Cell>,
}

impl Grid {
    /// A silent grid.
    pub fn silent(steps: usize) -> Self {
        Self { steps, cells: vec![Cell::Silent; steps * PITCHES] }
    }

    /// Notes on the grid, from `start` (in ticks) on for `steps` steps.
    ///
    /// Starts and ends go to the nearest step, a note keeps at least one; what begins before `start` but sounds into
    /// the grid is held from step 0. Where two notes of a pitch overlap, the later one cuts the earlier.
    pub fn from_notes(notes: &[Note], start: Tick, steps: usize) -> Self {
        let mut grid = Self::silent(steps);
        let nearest = |tick: Tick| {
            (i64::from(tick) - i64::from(start) + i64::from(TICKS_PER_STEP / 2)).div_euclid(i64::from(TICKS_PER_STEP))
        };
        let mut sorted: Vec<&Note> = notes.iter().collect();
        sorted.sort();
        for note in sorted {
            let first = nearest(note.start);
            let last = nearest(note.end()).max(first + 1); // exclusive
            if last <= 0 || first >= steps as i64 {
                continue;
            }
            let pitch = usize::from(note.pitch.get());
            for step in first.max(0)..last.min(steps as i64) {
                let cell = if step == first { Cell::Onset } else { Cell::Held };
                grid.cells[step as usize * PITCHES + pitch] = cell;
            }
            // a note that this one cut must not go on behind it
            let mut step = last.min(steps as i64) as usize;
            while step < steps && grid.cells[step * PITCHES + pitch] == Cell::Held {
                grid.cells[step * PITCHES + pitch] = Cell::Silent;
                step += 1;
            }
        }
        grid
    }

    /// The notes of the grid, on ticks counted from `start`, all of one velocity, sorted.
    ///
    /// Held cells with nothing struck before them begin a note too.
    pub fn to_notes(&self, start: Tick, velocity: Velocity) -> Vec<Note> {
        let mut notes = Vec::new();
        for pitch in 0..PITCHES {
            let mut step = 0;
            while step < self.steps {
                if self.get(step, pitch) == Cell::Silent {
                    step += 1;
                    continue;
                }
                let first = step;
                step += 1;
                while step < self.steps && self.get(step, pitch) == Cell::Held {
                    step += 1;
                }
                notes.push(Note {
                    start: start + first as Tick * TICKS_PER_STEP,
                    pitch: Pitch::clamped(pitch as i32),
                    duration: (step - first) as Tick * TICKS_PER_STEP,
                    velocity,
                });
            }
        }
        notes.sort_unstable();
        notes
    }

    /// How many steps long it is.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// The cell at a step and a pitch number.
    pub fn get(&self, step: usize, pitch: usize) -> Cell {
        self.cells[step * PITCHES + pitch]
    }

    /// Changes the cell at a step and a pitch number.
    pub fn set(&mut self, step: usize, pitch: usize, cell: Cell) {
        self.cells[step * PITCHES + pitch] = cell;
    }

    /// Whether anything sounds at a step and a pitch number.
    pub fn sounds(&self, step: usize, pitch: usize) -> bool {
        self.get(step, pitch) != Cell::Silent
    }

    /// The pitch numbers that sound at a step, from low to high.
    pub fn sounding(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        self.cells[step * PITCHES..(step + 1) * PITCHES]
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell != Cell::Silent)
            .map(|(pitch, _)| pitch)
    }

    /// The pitch numbers struck at a step, from low to high.
    pub fn onsets(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        self.cells[step * PITCHES..(step + 1) * PITCHES]
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell == Cell::Onset)
            .map(|(pitch, _)| pitch)
    }

    /// A piece of it: `length` steps from `first` on, silent beyond the end.
    #[must_use]
    pub fn window(&self, first: usize, length: usize) -> Self {
        let mut window = Self::silent(length);
        let from = first.min(self.steps) * PITCHES;
        let to = (first + length).min(self.steps) * PITCHES;
        if from < to {
            window.cells[..to - from].copy_from_slice(&self.cells[from..to]);
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    #[test]
    fn repeated_notes_survive() {
        let notes = [note(0, 480, 60), note(480, 480, 60), note(960, 240, 62)];
        let grid = Grid::from_notes(&notes, 0, 16);
        assert_eq!(grid.to_notes(0, Velocity::DEFAULT), notes);
    }

    #[test]
    fn a_later_note_cuts_the_earlier() {
        let grid = Grid::from_notes(&[note(0, 1920, 60), note(480, 240, 60)], 0, 16);
        assert_eq!(grid.to_notes(0, Velocity::DEFAULT), [note(0, 480, 60), note(480, 240, 60)]);
    }

    #[test]
    fn notes_that_began_before_are_held() {
        let grid = Grid::from_notes(&[note(0, 960, 60)], 480, 8);
        assert_eq!(grid.get(0, 60), Cell::Held);
        assert_eq!(grid.sounding(3).collect::<Vec<_>>(), [60]);
        assert_eq!(grid.sounding(4).count(), 0);
    }

    #[test]
    fn windows_beyond_the_end_are_silent() {
        let grid = Grid::from_notes(&[note(0, 480, 60)], 0, 4);
        let window = grid.window(2, 4);
        assert!(window.sounds(1, 60) && !window.sounds(2, 60));
        assert_eq!(grid.window(9, 2), Grid::silent(2));
    }
}
